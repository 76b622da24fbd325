# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# (ibis types its columns too loosely)
"""What a cohort comes to: counts of tracks, warnings, gaps and goals, taken in the query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

import ibis
import msgspec

from trackfit.engine.cohort.people import MOST, PersonRow
from trackfit.engine.cohort.table.coding import UNKNOWN, Coding
from trackfit.engine.cohort.table.gaps import bit_count
from trackfit.engine.cohort.table.outcomes import Outcomes
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.problems.problem import Problem

NO_GOAL = "no goal, or nothing to compare it with"
NO_TRACK = "none"
Row = Mapping[str, Any]


class Totals(msgspec.Struct):
    """What a cohort came to; counts of rows, and of problems by id.

    `nearness` counts how near people are to their first track; `backgrounds` first tracks by background; `people` holds
    all who were advised, where they are few, and else nobody.
    """

    accepted: int = 0
    rejected: int = 0
    problems: dict[str, int] = msgspec.field(default_factory=dict)
    tracks: dict[str, int] = msgspec.field(default_factory=dict)
    bases: dict[str, int] = msgspec.field(default_factory=dict)
    warnings: dict[str, int] = msgspec.field(default_factory=dict)
    gaps: dict[str, int] = msgspec.field(default_factory=dict)
    gap_sizes: dict[int, int] = msgspec.field(default_factory=dict)
    goals: dict[str, int] = msgspec.field(default_factory=dict)
    nearness: dict[str, int] = msgspec.field(default_factory=dict)
    backgrounds: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    people: list[PersonRow] = msgspec.field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows of the input."""
        return self.accepted + self.rejected

    def add(self, other: Totals) -> None:
        """Count another part of the cohort in."""
        everyone = [*self.people, *other.people]
        complete = len(everyone) == self.accepted + other.accepted <= MOST
        for name in COUNTED:
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(
                self, name, mine + theirs if isinstance(mine, int) else dict(Counter(mine) + Counter(theirs))
            )
        for background, tracks in other.backgrounds.items():
            mine = self.backgrounds.get(background, {})
            self.backgrounds[background] = dict(Counter(mine) + Counter(tracks))
        self.people = everyone if complete else []

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Count a row that was refused."""
        self.rejected += 1
        for one in problems:
            self.problems[one.id] = self.problems.get(one.id, 0) + 1


COUNTED = [one for one in Totals.__struct_fields__ if one not in ("backgrounds", "people")]
"""Fields that are numbers, or numbers by what they count."""


class Tally:
    """Three small queries over coded advice (see `Outcomes.of`), and the totals that their rows come to."""

    def __init__(self, outcomes: Outcomes, coding: Coding) -> None:
        self.kb = outcomes.kb
        self.coding = coding
        self.made = outcomes
        self.gap_columns = outcomes.gap_columns(coding)

    def outcomes(self, coded: ibis.Table) -> ibis.Table:
        """Each outcome once, in numbers and in words, with `number`: how many rows have it."""
        accepted = coded.filter(~coded.wrong)
        counted = accepted.group_by(self.made.columns).aggregate(number=accepted.count())
        return self.made.in_words(counted).order_by(self.made.columns)

    def gaps(self, coded: ibis.Table) -> ibis.Table:
        """One row: for each skill, how many people lack it on the way to their first track."""
        accepted = coded.filter(~coded.wrong)
        return accepted.aggregate(
            _rows=accepted.count(),
            **{
                skill: ((accepted[self.gap_columns[column]] >> bit) & 1).sum()
                for skill, (column, bit) in self.coding.skills.bits.items()
            },
        )

    def sizes(self, coded: ibis.Table) -> ibis.Table:
        """How many people of each background have a first track, a gap of each size and a goal in each place."""
        accepted = coded.filter(~coded.wrong)
        size = reduce(add, [bit_count(accepted[name]) for name in self.gap_columns], ibis.literal(0, "int64"))
        keyed = accepted.select("goal", "first", "from_background", size=size)
        return keyed.group_by("goal", "first", "from_background", "size").aggregate(number=keyed.count())

    def totals(self, outcomes: Iterable[Row], gaps: Row, sizes: Iterable[Row]) -> Totals:
        """The totals that the rows of the three queries come to."""
        found = Totals()
        tracks, bases, warnings = Counter[str](), Counter[str](), Counter[str]()
        for row in outcomes:
            number = row["number"]
            found.accepted += number
            tracks[row["first_track"] or NO_TRACK] += number
            bases[row["first_basis"] or NO_TRACK] += number
            warnings.update(dict.fromkeys(row["warnings"], number))
        gap_sizes, goals, nearness = Counter[int](), Counter[str](), Counter[str]()
        tracks_of = {basis.number: basis.track for basis in self.made.every_basis}
        for row in sizes:
            goals[self._goal(row["goal"])] += row["number"]
            track = tracks_of.get(row["first"])
            of_background = found.backgrounds.setdefault(self._background(row["from_background"]), {})
            of_background[track or NO_TRACK] = of_background.get(track or NO_TRACK, 0) + row["number"]
            if track is not None:
                gap_sizes[row["size"]] += row["number"]
                size = len(self.kb.ways.lists[track])
                if closeness := self.kb.ways.closeness(size - row["size"], size):
                    nearness[closeness] += row["number"]
        found.nearness = dict(nearness)
        found.tracks, found.bases, found.warnings = dict(tracks), dict(bases), dict(warnings)
        found.gap_sizes, found.goals = dict(gap_sizes), dict(goals)
        found.gaps = {skill: int(number) for skill, number in gaps.items() if skill != "_rows" and number}
        return found

    def _background(self, place: int) -> str:
        return self.kb.facts.attributes[BACKGROUND].choices[place].id

    def _goal(self, place: int) -> str:
        if place == UNKNOWN:
            return NO_GOAL
        return self.kb.facts.attributes["goal_against_band"].choices[place].id
