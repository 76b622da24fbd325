"""Skills as they are typed: one reader for answers files, résumés, cohorts and the interview.

One entry ("AWS (EC2, S3)", "Docker and Kubernetes", "basic SQL") is read into the skills that it surely means, what may mean
several, what says that a skill is not held yet, and what nothing here knows. No word that names a skill is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from trackfit.engine.cases.qualifiers import Manner, level, qualified
from trackfit.engine.language.model import Choice
from trackfit.engine.language.spellings import TAILS
from trackfit.engine.language.vocabulary import (
    NO_VALUES,
    SEPARATORS,
    SkillIndex,
    SkillMatch,
    fold,
    split_skills,
)

MAX_LOOKED_AT = 40
"""Of a long pasted text no more than this many unknown parts are looked at for slips of the hand."""
LONGEST_NAME = 6
"""Words of the longest run that is looked up as one name."""
DEEPEST = 6
"""How often what stands inside an entry is read as an entry again."""

_BRACKETS = re.compile(r"[()\[\]{}]")
_AROUND = " \t\"'“”„«»*>.…–—-•:!?"
_LABELLED = re.compile(r"(.{2,60}?)(?::\s+|\s+[-–—=→]+\s+)(.+)")
_JOINTS = re.compile(
    r"\s+(?:and|or|plus|und|et|y|e|o|ou|oder)\s+|\s*&\s*|\s*/\s*|\s+\+\s+|\s*\\\s*", re.IGNORECASE
)
_SURE_KINDS = frozenset({"language", "framework", "data", "cloud", "infrastructure", "ml", "llm"})
"""Kinds of skills whose names stand beside each other without a comma; those of others are words of every sentence."""


class Heard(msgspec.Struct, frozen=True, order=True):
    """A text that names skills and takes them back in the same breath."""

    text: str
    manner: Manner
    ids: tuple[str, ...]


class SkillEntry(msgspec.Struct, frozen=True):
    """One entry as read: what is surely meant, what may mean several, what is taken back, and what nothing knows."""

    ids: tuple[str, ...] = ()
    unclear: tuple[SkillMatch, ...] = ()
    heard: tuple[Heard, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def names_one(self) -> bool:
        """Whether some skill is named, and nothing else."""
        return bool(self.ids or self.unclear) and not self.unknown and not self.heard


NOTHING = SkillEntry()


def read_entry(index: SkillIndex, text: str) -> SkillEntry:
    """Read one entry of a list of skills.

    A name that is known as a whole is never taken apart. Else an entry is taken apart at brackets, at "and", "&" and "/", at a
    label such as "Databases: MySQL", and between names of tools that stand side by side. What names no skill stays whole.
    """
    entry = _read(index, text.strip(), 0)
    return (
        entry
        if entry.ids or entry.unclear or entry.heard or not entry.unknown
        else SkillEntry(unknown=(text.strip(),))
    )


def _read(index: SkillIndex, text: str, depth: int) -> SkillEntry:
    if fold(text) in NO_VALUES:
        return NOTHING
    is_cut = text.count("(") != text.count(")")
    if not is_cut and (found := index.match(text).ids):
        return SkillEntry(ids=found) if len(found) == 1 else SkillEntry(unclear=(SkillMatch(text, found),))
    if depth > DEEPEST:
        return SkillEntry(unknown=(text,))
    for take_apart in (_bare, _qualified, _bracketed, _labelled, _joined):
        if (entry := take_apart(index, text, depth)) is not None:
            return entry
    return _side_by_side(index, text) or SkillEntry(unknown=(text,))


def _together(entries: Iterable[SkillEntry]) -> SkillEntry:
    found = list(entries)
    return SkillEntry(
        ids=tuple(dict.fromkeys(id_ for one in found for id_ in one.ids)),
        unclear=tuple(match for one in found for match in one.unclear),
        heard=tuple(heard for one in found for heard in one.heard),
        unknown=tuple(text for one in found for text in one.unknown),
    )


def _bare(index: SkillIndex, text: str, depth: int) -> SkillEntry | None:
    """Without quotes, bullets and points around it."""
    bare = text.strip(_AROUND)
    return _read(index, bare, depth + 1) if bare and bare != text else None


def _qualified(index: SkillIndex, text: str, depth: int) -> SkillEntry | None:
    """As "basic SQL", "learning pytorch", "no kubernetes", "5 years of Java": what is said of the skill is heard."""
    for manner, rest in qualified(text):
        entry = _read(index, rest, depth + 1)
        if entry.heard or entry.names_one:
            return _taken_back(text, manner, entry)
    return None


def _taken_back(text: str, manner: Manner, entry: SkillEntry) -> SkillEntry:
    """The skills of an entry as they are meant; what may mean several is asked about where it is held at all."""
    if manner == "held" or entry.heard:
        return entry
    if manner == "slight":
        heard = (Heard(text, manner, entry.ids),) if entry.ids else ()
        return SkillEntry(heard=heard, unclear=entry.unclear)
    return SkillEntry(heard=(Heard(text, manner, entry.ids),))


def _bracketed(index: SkillIndex, text: str, depth: int) -> SkillEntry | None:
    """As "Model Context Protocol (MCP)", "AWS (EC2, S3", "Lambda)", "Python (advanced)", "LLMs (GPT-4) in production"."""
    parts = [part for part in (one.strip(" ,;:") for one in _BRACKETS.split(text)) if part]
    if len(parts) == 1 and parts[0] != text:
        return _read(index, parts[0], depth + 1)
    if len(parts) < 2:
        return None
    outer, inner, *behind = parts
    if behind and (found := index.match(" ".join((outer, *behind))).ids) and len(found) == 1:
        named = SkillEntry(ids=found)
    else:
        named = _together(
            _read(index, one, depth + 1) for one in (outer, *behind) if one is outer or fold(one) not in TAILS
        )
    if named.names_one and (manner := level(inner)):
        return _taken_back(text, manner, named)
    return _with_examples(index, named, inner, depth)


def _with_examples(index: SkillIndex, named: SkillEntry, inner: str, depth: int) -> SkillEntry | None:
    """A name with what stands behind it in brackets: its short form, examples of it, or a word that says nothing of skills."""
    pieces = [one for part in re.split(SEPARATORS, inner) if (one := part.strip())]
    examples = [_read(index, one, depth + 1) for one in pieces]
    if named.ids:
        examples = [_without_unclear(one, named.ids) for one in examples]
        if len(examples) == 1 and not examples[0].ids:
            return _together([named, SkillEntry(unclear=examples[0].unclear, heard=examples[0].heard)])
        return _together([named, *examples])
    if not _some_named(examples):
        return None
    meant = named.unclear and examples[0].ids
    short = len(named.unknown) == 1 and _is_short_for(inner, named.unknown[0])
    if len(examples) == 1 and (meant or short):
        return examples[0]
    return _together([named, *examples])


def _without_unclear(entry: SkillEntry, ids: tuple[str, ...]) -> SkillEntry:
    """In "Computer Vision (CV)" the short form is clear from the long one."""
    unclear = tuple(one for one in entry.unclear if not set(one.ids) & set(ids))
    return msgspec.structs.replace(entry, unclear=unclear)


def _is_short_for(short: str, long: str) -> bool:
    initials = "".join(word[0] for word in re.findall(r"\w+", long.casefold()))
    return len(short) > 1 and fold(short).rstrip("s") in (initials, fold(long)[: len(short)])


def _labelled(index: SkillIndex, text: str, depth: int) -> SkillEntry | None:
    """As "Python - advanced", "Databases: MySQL": a level behind a name, or a heading before one."""
    match = _LABELLED.fullmatch(text)
    if match is None:
        return None
    before, behind = match.groups()
    named = _read(index, before, depth + 1)
    if named.names_one and (manner := level(behind)):
        return _taken_back(text, manner, named)
    entry = _read(index, behind, depth + 1)
    if not (entry.names_one or entry.heard):
        return None
    return _together([named, entry]) if named.names_one else entry


def _says(entry: SkillEntry) -> bool:
    return bool(entry.ids or entry.unclear or entry.heard)


def _some_named(entries: Sequence[SkillEntry]) -> bool:
    return any(one.ids or one.unclear for one in entries)


def _with_words(piece: str, before: Sequence[str], behind: Sequence[str]) -> Iterator[str]:
    """A name with the last words of what stands behind, or the first of what stands before."""
    for at in range(1, len(behind)):
        yield f"{piece} {' '.join(behind[at:])}"
    for at in range(1, len(before)):
        yield f"{' '.join(before[:at])} {piece}"


def _joined(index: SkillIndex, text: str, depth: int) -> SkillEntry | None:
    """As "AWS/GCP", "Docker and Kubernetes", "tool/function calling": each part a name, perhaps with words they share.

    Where only some parts are known, the others are kept as typed; "and" and "/" inside a name part nothing.
    """
    pieces = [piece for piece in _JOINTS.split(text) if piece.strip()]
    if len(pieces) < 2:
        return None
    first, last = pieces[0].split(), pieces[-1].split()
    found: list[SkillEntry] = []
    for piece in pieces:
        entry = _read(index, piece, depth + 1)
        if not (entry.names_one or entry.heard):
            behind = last if piece is not pieces[-1] else []
            before = first if piece is not pieces[0] else []
            shared = _with_words(piece, before, behind)
            ids = next((ids for one in shared if len(ids := index.match(one).ids) == 1), ())
            entry = SkillEntry(ids=ids) if ids else entry
        found.append(entry)
    return _together(found) if any(_says(one) for one in found) else None


def _side_by_side(index: SkillIndex, text: str) -> SkillEntry | None:
    """As "python docker machine learning": nothing but names of tools, from left to right the longest first."""
    words = text.split()
    found: list[SkillEntry] = []
    while words:
        for length in range(min(len(words), LONGEST_NAME), 0, -1):
            run = " ".join(words[:length])
            ids = index.match(run).ids
            if ids and all(index.facts.skills[id_].kind in _SURE_KINDS for id_ in ids):
                found.append(
                    SkillEntry(ids=ids) if len(ids) == 1 else SkillEntry(unclear=(SkillMatch(run, ids),))
                )
                words = words[length:]
                break
        else:
            return None
    return _together(found)


class Doubt(msgspec.Struct, frozen=True):
    """A typed text to ask back: several skills it may mean (`known`), or else one that it may stand for after all.

    A choice's id is what to take in its place: a skill's id, or several with commas.
    """

    text: str
    choices: tuple[Choice, ...]
    known: bool


class SkillsTyped(msgspec.Struct, frozen=True):
    """A line of skills as read: those that are clear, those to ask back, and those that stay as typed."""

    ids: frozenset[str]
    doubts: tuple[Doubt, ...]
    unknown: tuple[str, ...]

    @property
    def unmatched(self) -> tuple[str, ...]:
        """What is no skill yet, as it was typed."""
        return (*(doubt.text for doubt in self.doubts), *self.unknown)


def read_typed(index: SkillIndex, text: str) -> SkillsTyped:
    """Read a line of skills, as typed in the interview.

    Asked back is what may mean several skills, what says that a skill is held only a little, and a likely slip of the hand.
    Doubts come in the order of their texts, so that an answers file, whose skills are sorted, brings them in the same one.
    """
    entry = _together(read_entry(index, part) for part in split_skills(text))
    names = {id_: skill.name for id_, skill in index.facts.skills.items()}
    doubts = {one.text: Doubt(one.text, _choices(one.ids, names), known=True) for one in entry.unclear}
    kept: list[str] = []
    for heard in entry.heard:
        if heard.manner == "slight":
            doubts[heard.text] = Doubt(heard.text, (_all_of(heard.ids, names),), known=False)
        else:
            kept.append(heard.text)
    for number, unknown in enumerate(sorted(set(entry.unknown))):
        near = index.nearest(unknown) if number < MAX_LOOKED_AT else []
        if near:
            doubts[unknown] = Doubt(unknown, _choices(near, names), known=False)
        else:
            kept.append(unknown)
    ordered = tuple(doubts[one] for one in sorted(doubts))
    return SkillsTyped(frozenset(entry.ids), ordered, tuple(sorted(set(kept))))


def _choices(ids: Iterable[str], names: dict[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(id=id_, name=names[id_]) for id_ in ids)


def _all_of(ids: tuple[str, ...], names: dict[str, str]) -> Choice:
    return Choice(id=", ".join(ids), name=", ".join(names[id_] for id_ in ids))


def doubts_in(index: SkillIndex, texts: Iterable[str]) -> tuple[Doubt, ...]:
    """Of texts that stand for no skill yet, those to ask back."""
    return read_typed(index, ", ".join(texts)).doubts
