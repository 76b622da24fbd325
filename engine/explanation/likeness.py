"""Whose skills a person's look like: the backgrounds whose usual skills they hold most of, and what leads on from there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import filterfalse

import msgspec

from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.ways import AVOIDS_MATH, MATH


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """Another background, by ids: which of its usual skills are held and missing, and the routes open from there."""

    background: str
    held: tuple[str, ...]
    missing: tuple[str, ...]
    routes: tuple[str, ...]

    @property
    def share(self) -> Fraction:
        """The part of its usual skills that is held."""
        return Fraction(len(self.held), len(self.held) + len(self.missing))


def likenesses(consultation: Consultation) -> tuple[Likeness, ...]:
    """The other backgrounds of whose usual skills the person holds the largest share; several where they are level.

    A background counts only where a source gives a route from it at the person's years, and one that leads to
    mathematics not for who would rather avoid it. Empty where none of the skills
    is usual for any.
    """
    known = consultation.memory.known
    skills = known.get("skills")
    held = skills if isinstance(skills, frozenset) else frozenset()
    ways = consultation.kb.ways
    open_to = [track for track in ways.lists if track not in ways.walls or known.get(MATH) != AVOIDS_MATH]
    found = []
    for background, usual in ways.usual.items():
        there = {**known, "background": background}
        routes = [ways.open_route(track, there) for track in open_to]
        open_routes = tuple(one.id for one in routes if one is not None)
        mine = tuple(filter(held.__contains__, usual))
        if background != known.get("background") and open_routes and mine:
            missing = tuple(filterfalse(held.__contains__, usual))
            found.append(Likeness(background=background, held=mine, missing=missing, routes=open_routes))
    return _largest(found)


def _largest(found: Sequence[Likeness]) -> tuple[Likeness, ...]:
    best = max((one.share for one in found), default=None)
    return tuple(one for one in found if one.share == best)
