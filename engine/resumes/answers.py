"""From a résumé to answers: what each is, where it came from and how it was worked out.

Taken is what stands there: the name, the titles and months of jobs, and the skills listed as such. Never guessed are goals,
mathematics or a portfolio, nor how well anyone knows anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from trackfit.engine.cases.answers_file import to_yaml
from trackfit.engine.cases.case import MAX_SKILLS, OTHER, Case
from trackfit.engine.cases.typed_skills import Heard, read_entry
from trackfit.engine.cases.values import Wrong
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.formats import listing
from trackfit.engine.language.model import Value
from trackfit.engine.language.questions import asked
from trackfit.engine.language.vocabulary import SkillIndex, split_skills
from trackfit.engine.problems.problem import quoted
from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.dates import Calendar, Date, merged, months_in
from trackfit.engine.resumes.resume import Job, Mention, Resume, printable

MAX_COMMENTS = 200
"""Lines beside one answer, so that an answers file never grows too large to be read."""
OLD, SHORT = 60, 24
"""Months: a job that ended longer ago and took less tells less of a person than another one, or their headline."""
MAX_SKILL = 200
"""Characters of a skill; what is longer is no name."""


class Imported(msgspec.Struct, frozen=True):
    """One answer with the lines that say what it is and where it came from.

    `unmatched` are skills that the vocabulary does not know, kept as they stood; `unclear` those that may mean several.
    `guessed` is False where nothing in the résumé told the answer.
    """

    attribute: str
    value: Value
    lines: tuple[str, ...]
    unmatched: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    guessed: bool = True


def answers_from(resume: Resume, kb: KnowledgeBase, as_of: str, notes: Problems) -> list[Imported]:
    """What a résumé answers, in the order of the questions; `as_of` (YYYY-MM-DD) stands for the present."""
    jobs = sorted(resume.jobs, key=Job.order, reverse=True)
    today = Calendar.of(kb.facts, as_of).today
    found = {
        "name": _name(resume.name),
        "background": _background(jobs, resume.headline, kb, today),
        "years_experience": _years(jobs, kb, today, notes),
        "skills": _skills(resume.skills, kb, notes),
    }
    declared = [row.id for row in asked(kb.facts.attributes.values())]
    return [one for id_ in declared if (one := found.get(id_)) is not None]


def _name(name: Mention | None) -> Imported | None:
    if name is None:
        return None
    return Imported("name", name.text[:200], (f"from {name.source}",))


def _background(
    jobs: Sequence[Job], headline: Mention | None, kb: KnowledgeBase, today: Date
) -> Imported | None:
    """By the newest job whose title a rule knows; `other` where none is known.

    An old and short job gives way to another one and to the headline, which tell more.
    """
    told = [_Told(job.title, "the title", job.source, job) for job in jobs if job.title]
    if headline is not None:
        told.append(_Told(headline.text, "the headline", headline.source, None))
    known: list[tuple[int, str, str]] = []
    passed: list[str] = []
    for at, one in enumerate(told):
        match = kb.reader.titles.match(one.text)
        reason = f"not counted, for {quoted(match.words)}" if match else "no title rule knows it"
        if match is not None and match.row.background is not None:
            known.append((at, match.row.background, match.words))
            reason = "old and short"
        passed.append(f"passed over: {quoted(one.text)}, {one.source} ({reason})")
    taken = next((one for one in known if not told[one[0]].is_faded(today)), known[0] if known else None)
    if taken is not None:
        at, id_, words = taken
        one = told[at]
        why = f"because {one.what} {quoted(one.text)}{one.period(today)} has {quoted(words)}; {one.source}"
        return Imported("background", id_, (f"{kb.facts.backgrounds[id_].name}, {why}", *passed[:at]))
    if OTHER not in kb.facts.backgrounds:
        return None
    lines = (
        "no title rule knows any of the titles here; choose a background if one fits you better",
        *passed,
    )
    return Imported("background", OTHER, lines if told else ("there is no job title here",), guessed=False)


class _Told(msgspec.Struct, frozen=True):
    """A title with its place; `job` is None for a headline, which is what somebody says of themselves today."""

    text: str
    what: str
    source: str
    job: Job | None

    def is_faded(self, today: Date) -> bool:
        """Whether it is a job that ended long ago and was short: other titles tell more of a person."""
        if self.job is None or self.job.start is None or self.job.end is None:
            return False
        ended = today.ends() - self.job.end.ends()
        return ended > OLD and self.job.end.ends() - self.job.start.begins() < SHORT

    def period(self, today: Date) -> str:
        """The years of the job, and how long ago it ended; empty where they are not known."""
        if self.job is None or self.job.start is None:
            return ""
        years = 0 if self.job.end is None else (today.ends() - self.job.end.ends()) // 12
        ago = f", ended {_count(years, 'year')} ago" if years > 0 else ""
        return f" ({self.job.years()}{ago})"


def _years(jobs: Sequence[Job], kb: KnowledgeBase, as_of: Date, notes: Problems) -> Imported | None:
    """Whole years of work, rounded down, from the months of all jobs together, each month counted once."""
    attribute = kb.reader.attributes.get("years_experience")
    if attribute is None or attribute.type != "whole_number":
        return None
    lines, stretches, untold = _stretches(_once(jobs), kb, as_of)
    if not stretches:
        return None
    lines += _together(stretches, untold)
    years = months_in(stretches) // 12
    try:
        value = kb.reader.value(attribute, years)
    except Wrong as wrong:
        where = next(job.where for job in jobs if job.start is not None)
        notes.warn(where, wrong.id, f"the jobs add up to {years} years, and {wrong.text}; it is left out")
        return None
    return Imported("years_experience", value, tuple(lines))


Stretch = tuple[int, int]
"""The first month of a job, and the first month after it."""


def _stretches(
    jobs: Sequence[Job], kb: KnowledgeBase, as_of: Date
) -> tuple[list[str], list[Stretch], list[Stretch]]:
    """What is said of each job, the months of those that count, and of these the jobs whose titles tell nothing."""
    lines: list[str] = []
    stretches: list[Stretch] = []
    untold: list[Stretch] = []
    begun = {job.start: job.start.begins() for job in jobs if job.start is not None}
    for job in jobs:
        match = kb.reader.titles.match(job.title)
        if match is not None and match.row.not_counted:
            lines.append(f"not counted, for {quoted(match.words)}: {job.shown()}, {job.source}")
        elif job.start is None:
            lines.append(f"not counted, without dates: {job.shown()}, {job.source}")
        else:
            end = (job.end or as_of).ends()
            if job.end is not None and (after := job.end.next_day()) in begun:
                end = begun[after]
            stretch = job.start.begins(), max(job.start.begins(), end)
            stretches.append(stretch)
            if match is None:
                untold.append(stretch)
            until = job.end or f"{as_of} (still there)"
            period = f"{job.start} to {until}: {_count(stretch[1] - stretch[0], 'month')}"
            lines.append(f"{period}, {job.shown()}, {job.source}")
    return lines, stretches, untold


def _together(stretches: Sequence[Stretch], untold: Sequence[Stretch]) -> Iterator[str]:
    """What the months of all jobs come to, in words; `untold` are those of jobs whose titles tell nothing."""
    months = months_in(stretches)
    twice = sum(end - first for first, end in stretches) - months
    if twice:
        yield f"{_count(twice, 'month')} of these in more than one job, counted once"
    if other := months - months_in(one for one in stretches if one not in untold):
        yield (
            f"{_count(other, 'month')} of these only in jobs whose titles no rule knows: take them off if that was no work "
            "in software or data"
        )
    years, rest = divmod(months, 12)
    gaps = f", in {len(merged(stretches))} stretches" if len(merged(stretches)) > 1 else ""
    whole = f"{_count(years, 'year')} and {_count(rest, 'month')}"
    yield f"together {_count(months, 'month')}{gaps}: {whole}, rounded down to whole years"


def _once(jobs: Sequence[Job]) -> list[Job]:
    """The jobs without those that stand there again."""
    return list({(job.title, job.employer, job.start, job.end): job for job in reversed(jobs)}.values())[::-1]


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _skills(mentions: Iterable[Mention], kb: KnowledgeBase, notes: Problems) -> Imported | None:
    """By the vocabulary; what may mean several is left out, and what it does not know kept as it stood."""
    first: dict[str, Mention] = {}
    pieces = (
        piece
        for mention in mentions
        if not mention.is_heading or _is_tool(mention.text, kb)
        for piece in _pieces(mention, kb.reader.index)
    )
    for mention in sorted(pieces, key=lambda one: (one.text.lower(), one.text)):
        first.setdefault(mention.text.lower(), mention)
    if not first:
        return None
    read = _Read(kb)
    for mention in _within_limits(list(first.values()), notes):
        read.take(mention, notes)
    return Imported(
        "skills",
        frozenset(read.ids),
        tuple(read.lines()),
        unmatched=(*(text for text, _, _ in read.heard), *(one.text for one in read.unmatched)),
        unclear=tuple(text for text, _, _ in read.unclear),
    )


def _within_limits(mentions: Sequence[Mention], notes: Problems) -> Iterator[Mention]:
    """Mentions that are neither too long nor too many; the others are noted."""
    if len(mentions) > MAX_SKILLS:
        text = f"there are {len(mentions):,} skills; the first {MAX_SKILLS} by the alphabet are taken"
        notes.warn(mentions[0].where, "too-many-values", text)
    for mention in mentions[:MAX_SKILLS]:
        if len(mention.text) > MAX_SKILL:
            text = f"{quoted(mention.text)} has {len(mention.text):,} characters; no skill has, so it is left out"
            notes.warn(mention.where, "text-too-long", text)
        else:
            yield mention


class _Read:
    """What the mentions of skills were read as."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.index = kb.reader.index
        self.names = {id_: skill.name for id_, skill in kb.facts.skills.items()}
        self.ids: dict[str, list[Mention]] = {}
        self.unclear: list[tuple[str, Mention, tuple[str, ...]]] = []
        self.heard: list[tuple[str, Mention, Heard]] = []
        self.unmatched: list[Mention] = []

    def take(self, mention: Mention, notes: Problems) -> None:
        """Read one; a level beside it is heard as if it stood behind the name in brackets."""
        entry = read_entry(self.index, mention.text)
        if mention.level and entry.names_one:
            entry = read_entry(self.index, f"{mention.text} ({mention.level})")
        for id_ in entry.ids:
            self.ids.setdefault(id_, []).append(mention)
        self.heard += [(one.text, mention, one) for one in entry.heard]
        self.unmatched += [msgspec.structs.replace(mention, text=one) for one in entry.unknown]
        for one in entry.unclear:
            self.unclear.append((one.text, mention, one.ids))
            names = " or ".join(self.names[id_] for id_ in one.ids)
            text = f"{quoted(one.text)} may mean {names}; it is left out, add {' or '.join(one.ids)}"
            notes.warn(mention.where, "ambiguous-skill", text)

    def lines(self) -> Iterator[str]:
        """What each was taken for, and where it stands."""
        for id_ in sorted(self.ids, key=lambda id_: self.names[id_].casefold()):
            yield f"{self.names[id_]}: {_places(self.ids[id_])}"
        for text, mention, may_mean in self.unclear:
            place = _places([msgspec.structs.replace(mention, text=text)])
            yield f"left out, may mean {' or '.join(may_mean)}: {place}"
        for text, mention, heard in self.heard:
            names = listing([self.names[id_] for id_ in heard.ids], "and")
            place = _places([msgspec.structs.replace(mention, text=text, level="")])
            yield f"{MEANT[heard.manner].format(names)}, shown in the report, counted nowhere: {place}"
        if self.unmatched:
            yield f"not known here, shown in the report, counted nowhere: {_places(self.unmatched)}"
        counted = [mention for mentions in self.ids.values() for mention in mentions]
        if any(mention.level for mention in (*counted, *self.unmatched)):
            yield "a level is shown as it stands there, and counts for nothing: look whether you could use it next week"


MEANT = {
    "denied": "{} is said not to be held",
    "wished": "{} is still to be learned",
    "slight": "{} is known only a little",
}
"""What a text says that takes a skill back."""


TOOLS = frozenset({"language", "framework"})
"""Kinds of skills that a heading of other skills may be the name of, as "Python" above pandas."""


def _is_tool(text: str, kb: KnowledgeBase) -> bool:
    ids = kb.reader.index.match(text).ids
    return len(ids) == 1 and kb.facts.skills[ids[0]].kind in TOOLS


def _pieces(mention: Mention, index: SkillIndex) -> list[Mention]:
    """A text that names skills as a whole, or the entries that it lists."""
    if read_entry(index, mention.text).names_one:
        return [mention]
    return [msgspec.structs.replace(mention, text=part) for part in split_skills(mention.text)]


def _places(mentions: Sequence[Mention]) -> str:
    levels = (f", level {quoted(one.level)}" if one.level else "" for one in mentions)
    return ", ".join(
        f"{quoted(one.text)} ({one.source}{level})" for one, level in zip(mentions, levels, strict=True)
    )


def in_words(one: Imported, kb: KnowledgeBase) -> str:
    """An answer in a few words."""
    if isinstance(one.value, frozenset):
        names = sorted((kb.facts.skills[id_].name for id_ in one.value), key=str.casefold)
        kept = f", and {len(one.unmatched)} not known here" if one.unmatched else ""
        return f"{', '.join(names) or 'none of those known here'}{kept}"
    names_of = {choice.id: choice.name for choice in kb.facts.attributes[one.attribute].choices}
    return names_of.get(str(one.value)) or repr(one.value)


def case_of(imported: Iterable[Imported], kb: KnowledgeBase, *, unclear: bool = False) -> Case:
    """The answers as a case; with `unclear`, what may mean several skills is kept, for the interview to ask back."""
    imported = list(imported)
    kept = (one.unmatched + (one.unclear if unclear else ()) for one in imported)
    unmatched = tuple(text for texts in kept for text in texts)
    return kb.reader.case({one.attribute: one.value for one in imported}, unmatched)


def to_commented_yaml(imported: Collection[Imported], kb: KnowledgeBase, heading: Iterable[str]) -> str:
    """An answers file that `advise` takes, each answer under the lines that say where it came from."""
    told = {one.attribute: one.lines for one in imported}
    written = [f"# {line}" for line in heading]
    for line in to_yaml(case_of(imported, kb), kb.facts).splitlines()[1:]:
        attribute = line.partition(":")[0]
        lines = told[attribute]
        written += ["", *(f"# {printable(one)}" for one in lines[:MAX_COMMENTS])]
        if len(lines) > MAX_COMMENTS:
            written.append(f"# ... and {len(lines) - MAX_COMMENTS:,} more")
        written.append(line)
    return "\n".join([*written, ""])
