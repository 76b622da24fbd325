"""The ranking of `consult` as the solver's terms, exactly: which track comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import z3

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.proofs.measure_terms import Bool, Count


class Recommending(Protocol):
    """What the ranking reads of a world."""

    kb: KnowledgeBase

    def recommended(self, track: str) -> Bool:
        """When a track is recommended."""
        ...

    def fires(self, key: str) -> Bool:
        """When a ground rule fires."""
        ...

    def count(self, skills: Sequence[str], *, held: bool) -> Count:
        """How many of the skills are held, or are not."""
        ...


class _Standing(NamedTuple):
    """One way in which a track is recommended: its place before gaps are compared, when, and its gap."""

    order: tuple[float, float, float]
    when: Bool
    gap: Count
    have: Count


def _times(left: Count, right: Count) -> Any:
    """A product of two counts as a linear term: one case for each value of the left one."""
    terms = [z3.If(left.term == number, number * right.term, 0) for number in range(1, left.most + 1)]
    return z3.Sum([z3.IntVal(0), *terms])


class RankingTerms:
    """The order in which one unknown person's tracks are recommended."""

    def __init__(self, world: Recommending) -> None:
        self.world = world

    def first(self, track: str) -> Bool:
        """When a track is recommended before all others."""
        others = [other for other in self.world.kb.facts.tracks if other != track]
        return z3.And(
            self.world.recommended(track),
            *(z3.Implies(self.world.recommended(other), self._before(track, other)) for other in others),
        )

    def _before(self, track: str, other: str) -> Bool:
        """The total order of `consult`: sourced first, then shorter, then the smaller share missing, then the id."""
        cases = []
        for mine in self._places(track):
            for theirs in self._places(other):
                if mine.order != theirs.order:
                    earlier = z3.BoolVal(mine.order < theirs.order)
                else:
                    earlier = self._smaller(mine, theirs, track < other)
                cases.append(z3.And(mine.when, theirs.when, earlier))
        return z3.Or(cases)

    def _smaller(self, mine: _Standing, theirs: _Standing, by_id: bool) -> Bool:
        """gap/(gap+have) the smaller, then have the larger, then the id; by exact cross-multiplication."""
        gap, have, gap_, have_ = mine.gap.term, mine.have.term, theirs.gap.term, theirs.have.term
        left, right = _times(mine.gap, theirs.have), _times(theirs.gap, mine.have)
        empty, empty_ = gap + have == 0, gap_ + have_ == 0
        less = z3.If(empty, gap_ > 0, z3.And(z3.Not(empty_), left < right))
        same = z3.If(empty, gap_ == 0, z3.If(empty_, gap == 0, left == right))
        return z3.Or(less, z3.And(same, z3.Or(have > have_, z3.And(have == have_, by_id))))

    def _places(self, track: str) -> list[_Standing]:
        """Every way in which a track can be recommended: by each of its routes, or by overlap."""
        wanted = self.world.kb.measures.track_skills[track]
        found: list[_Standing] = []
        none_before: list[Bool] = []
        for route_id, rules in self.world.kb.routes_to(track).items():
            route = self.world.kb.facts.routes[route_id]
            figure = self.world.kb.facts.figures[route.timeline]
            fires = z3.Or([self.world.fires(rule.key) for rule in rules])
            missing = [one for one in dict.fromkeys((*route.gap, *wanted)) if one not in route.carries_over]
            everything = list(dict.fromkeys((*route.carries_over, *route.gap, *wanted)))
            found.append(
                _Standing(
                    (0, figure.high, figure.low),
                    z3.And(fires, *none_before),
                    self.world.count(missing, held=False),
                    self.world.count(everything, held=True),
                )
            )
            none_before.append(z3.Not(fires))
        by_overlap = z3.And(self.world.recommended(track), *none_before)
        have, gap = self.world.count(wanted, held=True), self.world.count(wanted, held=False)
        return [*found, _Standing((1, 0, 0), by_overlap, gap, have)]
