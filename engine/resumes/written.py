"""Résumés that people wrote for people: PDF, DOCX, ODT, HTML, Markdown and plain text, and LinkedIn's profile as a PDF.

What is listed as a skill is read as in every list; in sentences the vocabulary finds names. A job is what has a span of dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from trackfit.engine.cases.qualifiers import qualified
from trackfit.engine.cases.running_text import TextReader
from trackfit.engine.cases.typed_skills import read_entry
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.papers.paper import Line, Paper, Passage, passages
from trackfit.engine.problems.problem import Location
from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.dates import Calendar
from trackfit.engine.resumes.resume import Job, Mention, Resume, dated
from trackfit.engine.resumes.sections import Section, heading_of, sections_of

MOST_JOBS = 200
LINKEDIN = "LinkedIn profile PDF"
_DATE = (
    r"(?:(?:\d{1,2}\.? )?[^\W\d_]{3,12}\.?,? (?:de )?(?:19|20)\d\d|\d{1,2}[./](?:19|20)\d\d|(?:19|20)\d\d[-./]\d{1,2}|"
    r"\d{1,2}\.\d{1,2}\.(?:19|20)\d\d|(?:19|20)\d\d)"
)
_SPAN = re.compile(
    rf"\(?(?<![\w/.])(?P<start>{_DATE})\s*(?:-|–|—|\bto\b|\bbis\b|\bà\b|\ba\b|\bau\b|\buntil\b|\bal\b|\baté\b|\btot\b)\s*"
    rf"(?P<end>{_DATE}|[^\W\d_]+(?:[ '’][^\W\d_]+){{0,2}})\)?",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"\b(?:since|seit|depuis|desde|dal|sinds)\s+(?P<start>{_DATE})", re.IGNORECASE)
_LENGTH = re.compile(
    r"[(·•]?\s*\d+\+?\s*(?:years?|yrs?|jahre?|ans?|años?|anos?|anni|jaar|months?|mos?|monate?|mois|mes(?:es)?|maanden|mesi)\b.{0,24}\)?\s*$",
    re.IGNORECASE,
)
_APART = re.compile(r"\t|\s+[|·•–—@]\s+|\s+-\s+|,\s+|\s+(?:at|bei|chez|en|na|presso|bij)\s+(?=[A-ZÀ-Ý])")
_LETTER = re.compile(r"[^\W\d_]")
_ENTRY = re.compile(r"\s*[-–*•●▪◦‣·➢✓]\s")
_NAME = re.compile(
    r"(?:[A-ZÀ-Ý][\w'’.-]*|de|van|von|der|la|del|da|dos|di)(?: (?:[A-ZÀ-Ý][\w'’.-]*|de|van|von|der|la|del|da|dos|di)){1,4}"
)
_LABEL = re.compile(r"[^:,;()\t]{2,40}:\s*|[^:,;()\t]{2,40}\t(?=[^\t]*[,;][^\t]*$)")
"""What stands before the skills that it is about: "Databases:", or the first cell of a row with a list in the second."""
_LIST = re.compile(r"[,;:|•·\t]")
_CLAUSE = re.compile(r"[.;:!?]\s|\bbut\b|\baber\b|\bmais\b|\bpero\b", re.IGNORECASE)
_JOINTS = frozenset({"and", "or", "und", "oder", "et", "ou", "y", "o", "e", "/", "&"})
_FIELDS = frozenset(
    {"machine", "deep", "reinforcement", "transfer", "federated", "supervised", "unsupervised", "e"}
)
"""What stands before "learning" where nobody is learning anything."""
_MOST_TITLE = 14


class _Span(msgspec.Struct):
    """A line that holds a span of dates: its place among the lines, the dates, and what else stands in it."""

    at: int
    start: str
    end: str
    rest: str


class WrittenReader:
    """Reads documents as résumés; made once for a knowledge base and a day."""

    def __init__(self, kb: KnowledgeBase, days: Calendar) -> None:
        self._titles = kb.reader.titles
        self._index = kb.reader.index
        self._spellings = kb.reader.index.spellings()
        self._text = TextReader(kb.facts, kb.reader.index)
        self._days = days

    def read(self, paper: Paper, place: str, notes: Problems) -> Resume:
        """What a document says of jobs and skills, each with the page and line where it stands."""
        lines = [line for line in paper.lines if line.text.strip()]
        name = self._name(lines)
        sections = sections_of(paper.lines, frozenset({id(name)} if name else ()))
        kinds = {one.kind for one in sections}
        jobs: list[Job] = []
        skills: list[Mention] = []
        for section in sections:
            heads = frozenset({id(name)} if name else ())
            if section.kind == "work" or (section.kind in (None, "text") and "work" not in kinds):
                found, taken = self._jobs(section.lines, place, notes)
                jobs += found
                heads |= taken
            skills += self._skills(section, heads, place)
        below = self._headline(lines, name)
        return Resume(
            kind=LINKEDIN if _is_linkedin(lines) else paper.kind,
            jobs=tuple(jobs[:MOST_JOBS]),
            skills=tuple(skills),
            name=_mention(_bare(name.text), name, place) if name else None,
            headline=_mention(_bare(below.text), below, place) if below else None,
        )

    def _headline(self, lines: Sequence[Line], name: Line | None) -> Line | None:
        """The line below the name, where a title rule knows it and it has no dates."""
        at = next((at for at, line in enumerate(lines) if line is name), len(lines))
        below = lines[at + 1] if at + 1 < len(lines) else None
        is_title = below is not None and self._titles.match(below.text) and not _SPAN.search(below.text)
        return below if is_title else None

    def _name(self, lines: Sequence[Line]) -> Line | None:
        """The first line that looks like a person's name: a marked one anywhere in the first page, or the very first."""
        marked = [line for line in lines[:120] if line.text.startswith("# ") and line.page <= 1]
        for line in (*marked, *lines[:1]):
            bare = _bare(line.text)
            is_skill = read_entry(self._index, bare).names_one
            if _NAME.fullmatch(bare.title() if bare.isupper() else bare) and not (
                is_skill or heading_of(bare) or self._titles.match(bare)
            ):
                return line
        return None

    def _skills(self, section: Section, heads: frozenset[int], place: str) -> Iterator[Mention]:
        if section.kind == "skills":
            for passage in self._entries(section.lines):
                is_label = passage.text.endswith(":")
                for start, part in _parts(passage.text.rstrip(":")):
                    mention = _mention(part, passage.line(start), place)
                    yield msgspec.structs.replace(mention, is_heading=is_label)
        elif section.kind != "other":
            lines = (Line("", one.number) if id(one) in heads else one for one in section.lines)
            for passage in passages(lines):
                yield from self._named(passage, place)

    def _entries(self, lines: Sequence[Line]) -> Iterator[Passage]:
        """The lines of a list of skills, those put together that a margin parted."""
        open_: list[Line] = []
        for line in lines:
            if open_ and not self._goes_on(open_, line):
                yield _joined(open_)
                open_ = []
            if line.text.strip():
                open_.append(line)
        if open_:
            yield _joined(open_)

    def _goes_on(self, open_: Sequence[Line], line: Line) -> bool:
        """Whether a line carries on a list: it ends at no end, or the vocabulary knows the name that the margin parts."""
        before, text = open_[-1].text.rstrip(), line.text.strip()
        if not text or _ENTRY.match(line.text) or line.text.startswith("#"):
            return False
        whole = "".join(one.text for one in open_)
        if before.endswith((",", "-", "/", "&")) or whole.count("(") > whole.count(")"):
            return True
        last, first = _LIST.split(before)[-1].strip(), _LIST.split(text)[0].strip()
        known = self._spellings
        alone = "," not in before and fold(last) in known and fold(first) in known
        return fold(last + first) in known and not alone

    def _named(self, passage: Passage, place: str) -> Iterator[Mention]:
        """The skills that a sentence names, each with the words before it that take it back."""
        for naming in self._text.find(passage.text):
            if len(naming.ids) > 1:
                continue
            clause = _CLAUSE.split(passage.text[: naming.start])[-1]
            text = _with_manner(clause, naming.text)
            yield _mention(text, passage.line(naming.start), place)

    def _jobs(self, lines: Sequence[Line], place: str, notes: Problems) -> tuple[list[Job], frozenset[int]]:
        """A job for each span of dates, its title in the same line or right above or below it; and the lines of these heads."""
        jobs: list[Job] = []
        spans = [span for at, line in enumerate(lines) if (span := self._span(at, line)) is not None]
        taken: set[int] = {one.at for one in spans}
        for span in spans:
            line = lines[span.at]
            texts = [(span.at, span.rest)] if _LETTER.search(span.rest) else []
            texts += [(at, _bare(lines[at].text)) for at in self._beside(span.at, lines, taken)]
            title, employer, at = self._title([(at, text) for at, text in texts if text])
            taken.update(one for one, _ in texts[:1])
            source = self._source(title, line if at is None else lines[at])
            job = Job(title, employer, source, Location(place, line.number))
            first, last = _mention(span.start, line, place), _mention(span.end, line, place)
            jobs.append(dated(job, first, last, self._days, notes))
            taken |= {one for one, text in texts if title and title in text}
        return jobs, frozenset(id(lines[at]) for at in taken)

    def _source(self, title: str, line: Line) -> str:
        """Where a title stands, and whether it was only taken for one."""
        is_known = not title or self._titles.match(title) is not None
        return (
            _where(line) if is_known else f"{_where(line)}, taken for the title since it stands by the dates"
        )

    def _span(self, at: int, line: Line) -> _Span | None:
        for match in _SPAN.finditer(line.text):
            start, end = match["start"], self._end(match["end"])
            if end is not None and self._days.read(start) is not None:
                cut = match.start("end") + len(end) if end else match.end()
                rest = f"{line.text[: match.start()]}\t{_LENGTH.sub('', line.text[cut:].lstrip(') '))}"
                return _Span(at, start, end, _bare(rest))
        since = _SINCE.search(line.text)
        if since is not None and self._days.read(since["start"]) is not None:
            return _Span(at, since["start"], "", _bare(line.text[: since.start()] + line.text[since.end() :]))
        return None

    def _end(self, text: str) -> str | None:
        """An end as it stands, of a few words those that say that a job goes on; None where it is none."""
        words = text.split(" ")
        for number in range(len(words), 0, -1):
            part = " ".join(words[:number])
            if self._days.is_open(part) or self._days.read(part) is not None:
                return part
        return None

    def _beside(self, at: int, lines: Sequence[Line], taken: set[int]) -> list[int]:
        """The lines that may hold the title of the job whose dates stand at a place: two above, two below."""
        found = []
        for step in (-1, 1):
            other, blank = at, 0
            for _ in range(3):
                other += step
                if not 0 <= other < len(lines) or other in taken:
                    break
                if not lines[other].text.strip():
                    blank += 1
                    if blank > 1:
                        break
                    continue
                if _ENTRY.match(lines[other].text) or len(lines[other].text.split()) > _MOST_TITLE:
                    break
                found.append(other)
        return found

    def _title(self, texts: Sequence[tuple[int, str]]) -> tuple[str, str, int | None]:
        """The title, the employer and where the title stands: what a title rule knows, or else what stands nearest."""
        pieces = [
            (at, piece.strip())
            for at, text in texts
            for piece in _APART.split(text)
            if piece and _LETTER.search(piece)
        ]
        if not pieces:
            return "", "", None
        known = [(at, piece) for at, piece in pieces if self._titles.match(piece) is not None]
        at, title = known[0] if known else pieces[0]
        others = [piece for _, piece in pieces if piece != title and self._titles.match(piece) is None]
        return title[:200], (others[0] if others else "")[:200], at


def _is_linkedin(lines: Sequence[Line]) -> bool:
    return any("linkedin.com/in/" in line.text.replace(" ", "") for line in lines[:60]) and any(
        _bare(line.text)
        in ("Top Skills", "Top-Kenntnisse", "Principales compétences", "Aptitudes principales")
        for line in lines[:80]
    )


def _where(line: Line) -> str:
    return f"page {line.page}, line {line.number}" if line.page else f"line {line.number}"


def _mention(text: str, line: Line, place: str) -> Mention:
    return Mention(text.strip(), _where(line), Location(place, line.number))


def _bare(text: str) -> str:
    """A line without the marks of headings, entries and bold."""
    return re.sub(r"^[#\s>*•●▪·–—|-]+|[\s*|–—,·-]+$", "", text.replace("**", "")).strip()


def _joined(lines: Sequence[Line]) -> Passage:
    whole, starts = "", []
    for line in lines:
        text = line.text.strip().lstrip("#*•●▪◦‣·➢✓–—- ").replace("**", "").replace("`", "")
        if whole.endswith("-") and text[:1].islower():
            whole = whole[:-1]
        elif whole:
            whole += " "
        starts.append(len(whole))
        whole += text
    return Passage(whole, tuple(starts), tuple(lines))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The skills in a line of a list, with their places; a label before them ("Databases:") is none."""
    label = _LABEL.match(text)
    start = label.end() if label and label.end() < len(text) else 0
    depth = 0
    for place in range(start, len(text) + 1):
        sign = text[place] if place < len(text) else ","
        depth += (sign == "(") - (sign == ")")
        if sign in ";|•·\t" or (sign == "," and depth <= 0) or place == len(text):
            part = text[start:place].strip(" .")
            if part:
                yield start, part
            start, depth = place + 1, max(0, depth)


def _with_manner(clause: str, name: str) -> str:
    """A name with the words before it that take it back: "want to learn Rust", and "no Go" of "no Java or Go".

    Between those words and the name stand other names only.
    """
    words = clause.split()
    for first in range(max(0, len(words) - 8), len(words)):
        for last in range(first + 1, len(words) + 1):
            between = words[last:]
            lead = " ".join(words[first:last])
            is_list = all(
                one.casefold() in _JOINTS or one[:1].isupper() or one.endswith(",") for one in between
            )
            is_field = first > 0 and lead.casefold() == "learning" and words[first - 1].casefold() in _FIELDS
            if (
                is_list
                and not is_field
                and any(
                    manner in ("denied", "wished") and rest == name
                    for manner, rest in qualified(f"{lead} {name}")
                )
            ):
                return f"{lead} {name}"
    return name
