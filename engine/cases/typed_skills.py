"""Skills typed freely, as in "k8s, postgres and some pytorch": what is surely meant, and what to ask back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import msgspec

from trackfit.engine.language.formats import listing
from trackfit.engine.language.model import Choice
from trackfit.engine.language.vocabulary import SkillIndex, split_skills

MAX_LOOKED_AT = 40
"""Of a long pasted text no more than this many unclear parts are looked at; the others are kept as typed."""
LONGEST_NAME = 5
"""Words of the longest run that is looked up as one name."""
_JOINTS = re.compile(r"\s+(?:and|plus)\s+|\s*&\s*", re.IGNORECASE)
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        "a an also and basic basics bit etc experience familiar fairly good i in know knowledge little lot lots mainly "
        "mostly my of plus recently skills solid some strong the use used using very with work worked",
    )
)


class Doubt(msgspec.Struct, frozen=True):
    """A typed text that is not clear: several skills it may mean, or, where it is not `known`, some it looks like.

    A choice's id is what to take in its place: a skill's id, or several with commas. `rest` holds the words beside
    them that say something, and no skill that is known.
    """

    text: str
    choices: tuple[Choice, ...]
    known: bool
    rest: str = ""


class SkillsTyped(msgspec.Struct, frozen=True):
    """A line of skills as read: those that are clear, those to ask back, and those that nothing looks like."""

    ids: frozenset[str]
    doubts: tuple[Doubt, ...]
    unknown: tuple[str, ...]

    @property
    def unmatched(self) -> tuple[str, ...]:
        """What is no skill yet, as it was typed."""
        return (*(doubt.text for doubt in self.doubts), *self.unknown)


class _Run(NamedTuple):
    """Words of a text that are a name, with what it may mean; or one word that is none."""

    text: str
    ids: tuple[str, ...]

    @property
    def is_filler(self) -> bool:
        return not self.ids and self.text.lower().strip(".:()!") in _FILLERS


def read_typed(index: SkillIndex, text: str) -> SkillsTyped:
    """Read a line of skills; a comma, "and", or a space between two known names parts them.

    Clear is what consists of known names alone. Any other word beside one makes it a doubt, also one that says nothing
    of the skill ("some", "a bit of"), as does a spelling that is almost a known one. Doubts come in the order of their
    texts, so that an answers file, whose skills are sorted, brings them in the same one.
    """
    ids: set[str] = set()
    doubts: list[Doubt] = []
    unknown: list[str] = []
    for piece in sorted({piece for part in split_skills(text) for piece in _pieces(index, part)}):
        runs = _runs(index, piece)
        if all(len(run.ids) == 1 for run in runs):
            ids.update(run.ids[0] for run in runs)
        elif len(doubts) + len(unknown) < MAX_LOOKED_AT and (doubt := _doubt(index, piece, runs)):
            doubts.append(doubt)
        else:
            unknown.append(piece)
    return SkillsTyped(frozenset(ids), tuple(doubts), tuple(unknown))


def doubts_in(index: SkillIndex, texts: Iterable[str]) -> tuple[Doubt, ...]:
    """Of texts that stand for no skill yet, those to ask back."""
    return read_typed(index, ", ".join(texts)).doubts


def _pieces(index: SkillIndex, part: str) -> Iterator[str]:
    """A part without its joints, where at least one piece has a known name; what may mean several is a piece of its own."""
    pieces = [piece for piece in _JOINTS.split(part) if piece]
    named = any(run.ids for piece in pieces for run in _runs(index, piece))
    for piece in pieces if named and not index.match(part).ids else [part]:
        for is_unclear, group in groupby(_runs(index, piece), key=lambda run: len(run.ids) > 1):
            runs = list(group)
            if is_unclear:
                yield from (run.text for run in runs)
            elif not all(run.is_filler for run in runs) or not named:
                yield " ".join(run.text for run in runs)


def _runs(index: SkillIndex, piece: str) -> list[_Run]:
    """The known names in a piece from left to right, the longest first, and every other word."""
    if ids := index.match(piece).ids:
        return [_Run(piece, ids)]
    words = piece.split()
    found: list[_Run] = []
    while words:
        for length in range(min(len(words), LONGEST_NAME), 0, -1):
            text = " ".join(words[:length])
            ids = index.match(text).ids
            if ids or length == 1:
                found.append(_Run(text, ids))
                words = words[length:]
                break
    return found


def _doubt(index: SkillIndex, piece: str, runs: list[_Run]) -> Doubt | None:
    skills = index.facts.skills
    if len(runs) == 1 and runs[0].ids:
        return Doubt(piece, tuple(Choice(id=id_, name=skills[id_].name) for id_ in runs[0].ids), known=True)
    clear = list(dict.fromkeys(run.ids[0] for run in runs if run.ids))
    if clear:
        names = listing([skills[id_].name for id_ in clear], "and")
        rest = " ".join(run.text for run in runs if not run.ids and not run.is_filler)
        return Doubt(piece, (Choice(id=", ".join(clear), name=names),), known=False, rest=rest)
    choices = tuple(Choice(id=id_, name=skills[id_].name) for id_ in index.nearest(piece))
    return Doubt(piece, choices, known=False) if choices else None
