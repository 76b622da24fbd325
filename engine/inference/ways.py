"""The gap: for one person and each track what is held, usual and missing, and the order of tracks that follows.

One model for all readers. A track has one list. Its skills fall into three parts that never overlap: `held` (named, with
what it counts as), `usual` (a source says that people of this background bring it, and it was not denied) and `missing`
(the rest). Tracks stand by the share missing; then one that leans on mathematics stands behind, for who would rather avoid
it; then those with a sourced route before those without, fewer months before more, the person's target before others.
What is left is a tie, and told as one.

`Ways.of` reads it for one case. The table reader and the solver reader say the same in their own terms, from what `Ways`
holds: `lists`, `usual`, `routes`, `walls`, `asides`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Literal, NamedTuple

from msgspec.structs import replace

from trackfit.engine.language.columns import Record
from trackfit.engine.language.facts import Route
from trackfit.engine.language.measures import ASIDE_ANSWERS, GAP_ANSWERS
from trackfit.engine.language.model import Basis, Facts, Value
from trackfit.engine.language.vocabulary import SkillIndex

BACKGROUND, SKILLS, DENIED = GAP_ANSWERS
YEARS, TARGET, MATH = ASIDE_ANSWERS
AVOIDS_MATH = "low"
KEPT = 500
"""Persons whose ways are kept: rules, measures and reports ask for them many times."""
NEAR, WITHIN_REACH = "near_threshold", "overlap_threshold"
"""Figures of our own: the share of a track's list, in percent, that is there from which we call it so."""

Closeness = Literal["near", "within_reach", "far"]


class Aside(NamedTuple):
    """What tells tracks apart that are alike in the share missing; the smaller one stands first."""

    wall: bool
    unsourced: bool
    months: tuple[int | float, int | float]
    aimed_elsewhere: bool


class Way(Record, frozen=True):
    """How one track stands to one person. The three lists are in the track's order and never overlap.

    `place` is 1 for the smallest gap; tracks that nothing tells apart share theirs, and name each other in
    `tied_with`. `route` and `timeline` (a figure in months) are ids, None where no source gives a route from this
    background at these years. `closeness` is None where the knowledge base draws no lines.
    """

    track: str
    place: int
    held: tuple[str, ...]
    usual: tuple[str, ...]
    missing: tuple[str, ...]
    route: str | None = None
    timeline: str | None = None
    tied_with: tuple[str, ...] = ()
    closeness: Closeness | None = None

    @property
    def size(self) -> int:
        """How many skills the track's list has."""
        return len(self.held) + len(self.usual) + len(self.missing)

    @property
    def share_missing(self) -> Fraction:
        """The part of the list that is missing."""
        return Fraction(len(self.missing), self.size or 1)

    @property
    def basis(self) -> Basis:
        """On what it rests."""
        return "sourced_route" if self.route else "skill_overlap"


_Kept = dict[tuple[Value | None, ...], tuple[Way, ...]]


class PlaceAhead(NamedTuple):
    """Where a track may still stand: the open questions that decide it, and its possible places (None: any)."""

    waits: frozenset[str]
    places: frozenset[int] | None


class Ways:
    """The gap model of one knowledge base.

    `lists` holds each track's list; `usual`, for each background, the skills that its people bring, each with all it
    counts as; `routes`, for each track, the recommended routes to it, fewest months first; `walls`, the tracks that
    ask for mathematics.
    """

    def __init__(self, facts: Facts, index: SkillIndex) -> None:
        self.facts = facts
        self.lists = {
            track.id: tuple(dict.fromkeys(row.skill for row in track.skills))
            for track in facts.tracks.values()
        }
        self.usual: dict[str, dict[str, frozenset[str]]] = {
            background: {
                skill: index.counted([skill])
                for skills in (
                    row.usual,
                    *(
                        route.carries_over
                        for route in facts.routes.values()
                        if route.background == background and route.standing == "recommended"
                    ),
                )
                for skill in skills
            }
            for background, row in facts.backgrounds.items()
        }
        self.routes = {
            track: tuple(
                sorted(
                    (
                        one
                        for one in facts.routes.values()
                        if one.track == track and one.standing == "recommended"
                    ),
                    key=lambda one: (self.months(one), one.id),
                )
            )
            for track in facts.tracks
        }
        self._ways: _Kept = {}
        self._gaps: _Kept = {}
        self.walls = frozenset(track.id for track in facts.tracks.values() if track.math == "required")

    def months(self, route: Route) -> tuple[int | float, int | float]:
        """The most and the fewest months of a route."""
        figure = self.facts.figures[route.timeline]
        return figure.high, figure.low

    def years_from(self, route: Route) -> int | None:
        """The years below which the source does not give a route; None where it gives it to all."""
        return int(self.facts.figures[route.years_from].low) if route.years_from else None

    def brought(self, answers: Mapping[str, Value]) -> frozenset[str]:
        """What people of this background usually bring, with all it counts as, and without what was denied.

        A skill that counts as a denied one is not brought either.
        """
        denied = _set(answers, DENIED)
        found: set[str] = set()
        for counted in self.usual.get(str(answers.get(BACKGROUND)), {}).values():
            if counted.isdisjoint(denied):
                found |= counted
        return frozenset(found)

    def open_route(self, track: str, answers: Mapping[str, Value]) -> Route | None:
        """The route to a track that a source gives from this background at these years, if there is one."""
        years = answers.get(YEARS)
        for route in self.routes[track]:
            line = self.years_from(route)
            old_enough = line is None or (isinstance(years, int) and years >= line)
            if route.background == answers.get(BACKGROUND) and old_enough:
                return route
        return None

    def of(self, answers: Mapping[str, Value]) -> tuple[Way, ...]:
        """All tracks, nearest first; tied ones by id. `answers` holds skills with all they count as."""
        return _kept(self._ways, answers, (*GAP_ANSWERS, *ASIDE_ANSWERS), self._of)

    def _of(self, answers: Mapping[str, Value]) -> tuple[Way, ...]:
        found: list[tuple[Fraction, Aside, Way]] = []
        for gap in _kept(self._gaps, answers, GAP_ANSWERS, self._gaps_of):
            route = self.open_route(gap.track, answers)
            way = replace(gap, route=route.id if route else None, timeline=route.timeline if route else None)
            found.append((gap.share_missing, self.aside(gap.track, route, answers), way))
        found.sort(key=lambda one: (one[:2], one[2].track))
        return tuple(_placed(found))

    def _gaps_of(self, answers: Mapping[str, Value]) -> tuple[Way, ...]:
        """What is held, usual and missing of each track, and how near that is; not yet where it stands."""
        held, brought = _set(answers, SKILLS), self.brought(answers)
        gaps = (
            Way(
                track=track,
                place=1,
                held=tuple(one for one in wanted if one in held),
                usual=tuple(one for one in wanted if one in brought and one not in held),
                missing=tuple(one for one in wanted if one not in held and one not in brought),
            )
            for track, wanted in self.lists.items()
        )
        return tuple(
            replace(gap, closeness=self.closeness(gap.size - len(gap.missing), gap.size)) for gap in gaps
        )

    def aside(self, track: str, route: Route | None, answers: Mapping[str, Value]) -> Aside:
        """What tells a track apart from those that are alike in the share missing."""
        return Aside(
            wall=track in self.walls and answers.get(MATH) == AVOIDS_MATH,
            unsourced=route is None,
            months=self.months(route) if route else (0, 0),
            aimed_elsewhere=answers.get(TARGET) != track,
        )

    def closeness(self, there: int, size: int) -> Closeness | None:
        """How near a track is of whose list so much is there; None where the knowledge base draws no lines."""
        figures = self.facts.figures
        if NEAR not in figures or WITHIN_REACH not in figures:
            return None
        percent = 100 * Fraction(there, size or 1)
        if percent >= figures[NEAR].low:
            return "near"
        return "within_reach" if percent >= figures[WITHIN_REACH].low else "far"

    # Which open questions matter

    def gap_waits(self, track: str, known: Mapping[str, Value], pending: Collection[str]) -> frozenset[str]:
        """The open questions on which it hangs what of a track is held, usual and missing."""
        waits = frozenset({BACKGROUND, SKILLS}).intersection(pending)
        if DENIED in pending:
            backgrounds = self.usual if BACKGROUND in pending else [known.get(BACKGROUND)]
            usual = {
                skill for background in backgrounds for skill in self.brought({BACKGROUND: str(background)})
            }
            if (usual - _set(known, SKILLS)).intersection(self.lists[track]):
                waits |= {DENIED}
        return waits

    def prospects(self, known: Mapping[str, Value], pending: Collection[str]) -> dict[str, PlaceAhead]:
        """For each track, where it may still stand and which open questions decide it.

        While the gaps are open all of them may, and it may stand anywhere; then the few questions that tell tracks
        apart are tried.
        """
        gaps = frozenset().union(*(self.gap_waits(track, known, pending) for track in self.lists))
        asides = [one for one in ASIDE_ANSWERS if one in pending]
        if gaps:
            return {track: PlaceAhead(gaps.union(asides), None) for track in self.lists}
        spaces = [self.asides(name) for name in asides]
        stands: dict[str, dict[tuple[Value, ...], tuple[object, ...]]] = {track: {} for track in self.lists}
        for values in product(*spaces):
            for way in self.of({**known, **dict(zip(asides, values, strict=True))}):
                stands[way.track][values] = (way.place, way.route, way.tied_with)
        return {
            track: PlaceAhead(
                frozenset(name for place, name in enumerate(asides) if _matters(place, found)),
                frozenset(int(str(one[0])) for one in found.values()),
            )
            for track, found in stands.items()
        }

    def asides(self, name: str) -> list[Value]:
        """Answers that stand for all that can tell tracks apart, to one of `ASIDE_ANSWERS`; an empty text for none."""
        if name == TARGET:
            return ["", *self.lists]
        if name == MATH:
            return ["", AVOIDS_MATH]
        lines = {self.years_from(route) for routes in self.routes.values() for route in routes}
        return [-1, *sorted(line for line in lines if line is not None)]


def _kept(
    kept: _Kept,
    answers: Mapping[str, Value],
    names: Sequence[str],
    make: Callable[[Mapping[str, Value]], tuple[Way, ...]],
) -> tuple[Way, ...]:
    """What `make` gives of the answers, which hangs on those of these names alone; made once, as far as is kept."""
    key = tuple(answers.get(name) for name in names)
    found = kept.get(key)
    if found is None:
        if len(kept) >= KEPT:
            kept.clear()
        found = kept[key] = make(answers)
    return found


def _placed(ordered: list[tuple[Fraction, Aside, Way]]) -> Iterator[Way]:
    """Each with its place and those that nothing tells apart from it."""
    for share, aside, way in ordered:
        alike = [other for *key, other in ordered if key == [share, aside]]
        before = sum((one, two) < (share, aside) for one, two, _ in ordered)
        tied = tuple(other.track for other in alike if other is not way)
        yield replace(way, place=1 + before, tied_with=tied)


def _matters(place: int, found: Mapping[tuple[Value, ...], object]) -> bool:
    """Whether some other value at one place of the key, the rest as it is, finds something else."""
    rest: dict[tuple[Value, ...], object] = {}
    return any(
        rest.setdefault((*values[:place], *values[place + 1 :]), one) != one for values, one in found.items()
    )


def _set(answers: Mapping[str, Value], name: str) -> frozenset[str]:
    value = answers.get(name)
    return value if isinstance(value, frozenset) else frozenset()
