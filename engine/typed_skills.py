"""Skills typed freely, as in "k8s, postgres and some pytorch": what is surely meant, and what to ask back."""

from __future__ import annotations

import re

import msgspec

from trackfit.engine.formats import listing
from trackfit.engine.model import Choice
from trackfit.engine.vocabulary import SkillIndex, split_skills

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

    A choice's id is what to take in its place: a skill's id, or several with commas.
    """

    text: str
    choices: tuple[Choice, ...]
    known: bool


class Typed(msgspec.Struct, frozen=True):
    """A line of skills as read: those that are clear, those to ask back, and those that nothing looks like."""

    ids: frozenset[str]
    doubts: tuple[Doubt, ...]
    unknown: tuple[str, ...]

    @property
    def unmatched(self) -> tuple[str, ...]:
        """What is no skill yet, as it was typed."""
        return (*(doubt.text for doubt in self.doubts), *self.unknown)


def read_typed(index: SkillIndex, text: str) -> Typed:
    """Read a line of skills; a comma, "and", or a space between two known names parts them.

    Words that say nothing of the skill ("some", "a bit of") are left out. Whatever else is beside a known name makes
    it a doubt, as does a name that is spelled almost like a known one.
    """
    ids: set[str] = set()
    doubts: list[Doubt] = []
    unknown: list[str] = []
    for part in dict.fromkeys(split_skills(text)):
        for piece in split_skills(", ".join(_pieces(index, part))):
            found, rest = _names_in(index, piece)
            if found and not rest and all(len(one) == 1 for one in found):
                ids.update(one[0] for one in found)
            elif len(doubts) + len(unknown) < MAX_LOOKED_AT and (doubt := _doubt(index, piece, found, rest)):
                doubts.append(doubt)
            else:
                unknown.append(piece)
    return Typed(frozenset(ids), tuple(doubts), tuple(unknown))


def doubts_in(index: SkillIndex, texts: tuple[str, ...]) -> tuple[Doubt, ...]:
    """Of texts that stand for no skill yet, those to ask back."""
    return tuple(doubt for text in texts for doubt in read_typed(index, text).doubts)


def _pieces(index: SkillIndex, part: str) -> list[str]:
    """A part without its joints, where at least one piece has a known name; else as it is."""
    pieces = [piece for piece in _JOINTS.split(part) if piece]
    if len(pieces) < 2 or index.match(part).ids or not any(_names_in(index, one)[0] for one in pieces):
        return [part]
    return pieces


def _names_in(index: SkillIndex, piece: str) -> tuple[list[tuple[str, ...]], list[str]]:
    """The names in a piece from left to right, the longest first, each with what it may mean; and the other words."""
    if ids := index.match(piece).ids:
        return [ids], []
    words = piece.split()
    found: list[tuple[str, ...]] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + LONGEST_NAME), at, -1):
            ids = index.match(" ".join(words[at:end])).ids
            if ids:
                found.append(ids)
                at = end
                break
        else:
            if words[at].lower().strip(".:()!") not in _FILLERS:
                rest.append(words[at])
            at += 1
    return found, rest


def _doubt(index: SkillIndex, piece: str, found: list[tuple[str, ...]], rest: list[str]) -> Doubt | None:
    skills = index.facts.skills
    clear = [one[0] for one in found if len(one) == 1]
    several = [one for one in found if len(one) > 1]
    if several and not clear and not rest:
        choices = tuple(Choice(id=id_, name=skills[id_].name) for id_ in several[0])
        return Doubt(piece, choices, known=True)
    if clear:
        names = listing([skills[id_].name for id_ in clear], "and")
        return Doubt(piece, (Choice(id=", ".join(clear), name=names),), known=False)
    near = index.nearest(piece)
    choices = tuple(Choice(id=id_, name=skills[id_].name) for id_ in near)
    return Doubt(piece, choices, known=False) if choices else None
