# pyright: reportAttributeAccessIssue=false
# (z3 tells type checkers little of what it has)
"""The order of tracks (`inference.ways`) as the solver's terms, exactly: which one stands before which.

A track's list has a fixed length, so that shares are compared by a product with a number, and stay linear.
"""

from __future__ import annotations

from typing import Any, Protocol

import z3

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.ways import AVOIDS_MATH, MATH, TARGET
from trackfit.engine.language.facts import Route

Bool = Any
"""A formula, z3.BoolRef: the library tells type checkers nothing of its own types."""


class Placed(Protocol):
    """What the order reads of a person."""

    kb: KnowledgeBase

    def missing(self, track: str) -> Any:
        """How many skills of a track are missing."""
        ...

    def chose(self, name: str, value: str) -> Bool:
        """When a choice is answered so."""
        ...

    def opens(self, route: Route) -> Bool:
        """When a source gives a route."""
        ...


class RankingTerms:
    """The order in which one unknown person's tracks stand."""

    def __init__(self, person: Placed) -> None:
        self._person = person
        self._ways = person.kb.ways
        routes = [route for some in self._ways.routes.values() for route in some]
        self._months = sorted({self._ways.months(route) for route in routes})
        self._asides = {track: self._aside(track) for track in self._ways.lists}

    def place(self, track: str) -> Any:
        """1 for the smallest gap; tied tracks share theirs."""
        others = [other for other in self._ways.lists if other != track]
        return z3.Sum([z3.IntVal(1), *(z3.If(self._before(other, track), 1, 0) for other in others)])

    def before(self, track: str, other: str) -> Bool:
        """When a track stands before another one; of two that nothing tells apart, the one with the smaller id."""
        return self._before(track, other) if track > other else z3.Not(self._before(other, track))

    def differs(self, other: RankingTerms, track: str) -> Bool:
        """When a track stands otherwise to the other tracks than in another ranking, or by another route."""
        rest = [one for one in self._ways.lists if one != track]
        pairs = [
            (self._before(*pair), other._before(*pair))
            for one in rest
            for pair in ((track, one), (one, track))
        ]
        routes = [
            (self._person.opens(route), other._person.opens(route)) for route in self._ways.routes[track]
        ]
        return z3.Or([z3.Xor(mine, theirs) for mine, theirs in (*pairs, *routes)])

    def _before(self, track: str, other: str) -> Bool:
        """When something tells them apart, and speaks for the first."""
        mine = self._person.missing(track) * len(self._ways.lists[other])
        theirs = self._person.missing(other) * len(self._ways.lists[track])
        return z3.Or(mine < theirs, z3.And(mine == theirs, self._asides[track] < self._asides[other]))

    def _aside(self, track: str) -> Any:
        """`ways.Aside` as one number."""
        by_months: Any = z3.IntVal(len(self._months))
        for route in reversed(self._ways.routes[track]):
            place = self._months.index(self._ways.months(route))
            by_months = z3.If(self._person.opens(route), place, by_months)
        elsewhere = z3.If(self._person.chose(TARGET, track), 0, 1)
        wall: Any = z3.IntVal(0)
        if track in self._ways.walls:
            wall = z3.If(self._person.chose(MATH, AVOIDS_MATH), 2 * (len(self._months) + 1), 0)
        return wall + 2 * by_months + elsewhere
