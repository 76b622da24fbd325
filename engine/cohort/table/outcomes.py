# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# (ibis types its columns too loosely)
"""What the rules come to for each row of a table: the tracks in order, the warnings, the gap; first as numbers.

Many rows have one outcome, so a row gets the numbers, and the texts are made once for each outcome (`in_words`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add, or_
from typing import Any, NamedTuple

import ibis
import msgspec

from trackfit.engine.cohort.table.coding import UNKNOWN, Coding
from trackfit.engine.cohort.table.reader import Column, TableReader
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.model import RECOMMENDED, WARNED

ADVICE = ("first_track", "first_basis", "months_low", "months_high", "tracks", "warnings")
WORD = 62
"""Bits of a number that are used for a list of small numbers."""
LAST = 1 << 62
"""Where a track stands that is not recommended."""
MONTHS = 1 << 10
"""More than any number of months."""
BY_OVERLAP = MONTHS * MONTHS
"""Where a track without months stands: behind all that have some."""
HAVE = 1 << 9
"""More than any number of skills that a track or route names."""
SHARES = 1 << 22
"""Twice the steps into which a missing share is cut: fine enough to keep any two different shares apart."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way to be recommended a track: a route that a source gives, or the overlap of skills.

    `number` counts from 1 over all tracks; `rules` are the keys of those that give the route, `timeline` its figure.
    """

    number: int
    track: str
    low: int | None = None
    high: int | None = None
    rules: tuple[str, ...] = ()
    timeline: str | None = None
    carries_over: tuple[str, ...] = ()
    missing: tuple[str, ...]
    relevant: tuple[str, ...]

    @property
    def basis(self) -> str:
        """The basis of the recommendation."""
        return "sourced_route" if self.rules else "skill_overlap"

    @property
    def place(self) -> int:
        """Where it stands: by its months, or behind all that have some."""
        return BY_OVERLAP if self.high is None or self.low is None else self.high * MONTHS + self.low


class RankingColumns(NamedTuple):
    """Where the ranking of tracks stands in a table: for each track, the name of a column."""

    recommended: Mapping[str, str]
    """Whether it is recommended."""
    ways: Mapping[str, str]
    """The number of the way on which it is."""
    places: Mapping[str, str]
    """Its place among the recommended ones, from 0."""

    def first(self, table: ibis.Table) -> Column:
        """The way to the first track, as a number; 0 where none is recommended."""
        parts = [
            ibis.ifelse(table[self.recommended[track]] & (table[place] == 0), table[self.ways[track]], 0)
            for track, place in self.places.items()
        ]
        return reduce(add, parts, ibis.literal(0, "int64"))


class Outcomes:
    """The outcomes that one knowledge base can have, as numbers in columns and in words."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.tracks = list(kb.facts.tracks)
        self.warnings = sorted(kb.facts.warnings)
        self.ways = _ways(kb)
        self.every_way = [way for some in self.ways.values() for way in some]
        self.digit = len(self.tracks).bit_length()
        """Bits of the number of a track, where 0 is none."""
        self.per_column = WORD // self.digit if self.tracks else 1
        self.order_columns = [f"order_{number}" for number in range(-(-len(self.tracks) // self.per_column))]
        self.warned_columns = [f"warned_{number}" for number in range(-(-len(self.warnings) // WORD))]
        self.columns = ["first", *self.order_columns, *self.warned_columns]

    def of(self, coding: Coding, cases: ibis.Table, as_of: str) -> ibis.Table:
        """The outcome of each coded case.

        The columns of `cases` that are no answers stay. `wrong` is true where it was, or where rules contradict
        each other; then follow `columns`, one column a mask of the skills missing on the first way, and `goal`, the
        place of the salary goal against the band of the first track.
        """
        kept = [name for name in cases.columns if name not in answer_columns(coding)]
        reader = TableReader(coding, cases, as_of)
        wrong = reader.table.wrong | reader.clash()
        ranking = self.rank(reader)
        (first,) = reader.add({"first": ranking.first(reader.table)}).values()
        table = reader.table
        found: dict[str, Column] = {"wrong": wrong, "first": table[first]}
        for number, name in enumerate(self.order_columns):
            found[name] = reduce(add, [self._digit(table, track, number, ranking) for track in self.tracks])
        for number, name in enumerate(self.warned_columns):
            warned = self.warnings[number * WORD : (number + 1) * WORD]
            found[name] = mask_of([reader.atom(WARNED, warning) for warning in warned])
        for number, name in enumerate(self.gap_columns(coding)):
            branches = [(way.number, reader.missing(way.missing)[number]) for way in self.every_way]
            found[name] = table[first].cases(*branches, else_=0)
        found["goal"] = self._goal(reader, table[first])
        return table.select(*[name for name in kept if name != "wrong"], **found)

    def rank(self, reader: TableReader) -> RankingColumns:
        """Rank the tracks; the reader's table grows the columns that it takes."""
        recommended = reader.add({track: reader.atom(RECOMMENDED, track) for track in self.tracks})
        fires = reader.add(
            {key: reader.match(self.kb.rules[key].when) for way in self.every_way for key in way.rules}
        )
        keys = reader.add(
            {
                track: ibis.ifelse(
                    reader.table[recommended[track]], self._key(reader, number, self.ways[track], fires), LAST
                )
                for number, track in enumerate(self.tracks)
            }
        )
        numbers = reader.add(
            {
                track: self._choose(reader, self.ways[track], fires, [way.number for way in self.ways[track]])
                for track in self.tracks
            }
        )
        table = reader.table
        places = reader.add({track: _place(table, track, keys) for track in self.tracks})
        return RankingColumns(recommended, numbers, places)

    def gap_columns(self, coding: Coding) -> list[str]:
        """A mask each, laid out as the skills are."""
        layout = coding.layouts.get("skills")
        return [f"gap_{number}" for number in range(len(layout.columns))] if layout else []

    def _choose(
        self, reader: TableReader, ways: Sequence[Way], fires: Mapping[str, str], values: Sequence[Any]
    ) -> Column:
        """The value of the first way that is open; the last way needs no route."""
        branches = [
            (reduce(or_, [reader.table[fires[key]] for key in way.rules]), value)
            for way, value in zip(ways[:-1], values[:-1], strict=True)
        ]
        last = values[-1]
        return ibis.cases(*branches, else_=last) if branches else _column(last)

    def _key(self, reader: TableReader, number: int, ways: Sequence[Way], fires: Mapping[str, str]) -> Column:
        """One number that orders a person's tracks as `consult` does.

        From the left: by overlap or the months (high, low), the share missing, what is held, the track itself.
        """
        packed = []
        for way in ways:
            held = reader.held(way.relevant)
            gap = len(way.missing) - reader.held(way.missing)
            share = (gap * (SHARES // 2)) // ibis.greatest(gap + held, 1)
            place = (way.place * SHARES + share) * HAVE + (HAVE - 1 - held)
            packed.append(place * len(self.tracks) + number)
        return self._choose(reader, ways, fires, packed)

    def _digit(self, table: ibis.Table, track: str, column: int, ranking: RankingColumns) -> Column:
        """A track's part of the order: its number, as the digit of its place."""
        number = self.tracks.index(track) + 1
        low = column * self.per_column
        high = min(low + self.per_column, len(self.tracks))
        digits = [(place, number << (self.digit * (place - low))) for place in range(low, high)]
        return ibis.ifelse(
            table[ranking.recommended[track]], table[ranking.places[track]].cases(*digits, else_=0), 0
        )

    def _goal(self, reader: TableReader, first: Column) -> Column:
        branches = [
            (way.number, measure)
            for way in self.every_way
            if (measure := reader.measure(f"goal_against_band of {way.track}")) is not None
        ]
        return first.cases(*branches, else_=UNKNOWN) if branches else ibis.literal(UNKNOWN, "int64")

    # In words

    def in_words(self, outcomes: ibis.Table) -> ibis.Table:
        """Outcomes with their `ADVICE` columns: texts, months, and lists of texts."""
        first = outcomes["first"]
        ways = self.every_way
        text, number = ibis.null("string"), ibis.null("int64")
        order = [
            (
                outcomes[self.order_columns[place // self.per_column]]
                >> (self.digit * (place % self.per_column))
            )
            & ((1 << self.digit) - 1)
            for place in range(len(self.tracks))
        ]
        names = [(place + 1, track) for place, track in enumerate(self.tracks)]
        given = [
            ibis.ifelse(
                (outcomes[self.warned_columns[place // WORD]] & (1 << place % WORD)) != 0,
                ibis.literal(warning),
                text,
            )
            for place, warning in enumerate(self.warnings)
        ]
        return outcomes.mutate(
            first_track=first.cases(*((way.number, way.track) for way in ways), else_=text),
            first_basis=first.cases(*((way.number, way.basis) for way in ways), else_=text),
            months_low=_months(first, [(way.number, way.low) for way in ways], number),
            months_high=_months(first, [(way.number, way.high) for way in ways], number),
            tracks=_texts([digit.cases(*names, else_=text) for digit in order]),
            warnings=_texts(given),
        )


def mask_of(bits: Sequence[Column]) -> Column:
    """Truth values as the bits of one number, at most `WORD`."""
    return reduce(add, [ibis.ifelse(one, 1 << place, 0) for place, one in enumerate(bits)])


def _months(first: Column, pairs: Sequence[tuple[int, int | None]], nothing: Column) -> Column:
    branches = [(number, months) for number, months in pairs if months is not None]
    return first.cases(*branches, else_=nothing) if branches else nothing


def _texts(columns: Sequence[Column]) -> Column:
    if not columns:
        return ibis.array([], type="array<string>")
    return ibis.array(columns).filter(lambda one: one.notnull())


def _place(table: ibis.Table, track: str, keys: Mapping[str, str]) -> Column:
    """How many tracks stand before this one."""
    before = [(table[keys[other]] < table[keys[track]]).cast("int8") for other in keys if other != track]
    return reduce(add, before, ibis.literal(0, "int8"))


def _ways(kb: KnowledgeBase) -> dict[str, list[Way]]:
    """The ways to be recommended each track, preferred first; the last is by overlap."""
    found: dict[str, list[Way]] = {}
    number = 0
    for track in kb.facts.tracks:
        wanted = kb.measures.track_skills[track]
        found[track] = []
        for route_id, rules in kb.routes_to(track).items():
            route = kb.facts.routes[route_id]
            figure = kb.facts.figures[route.timeline]
            number += 1
            found[track].append(
                Way(
                    number=number,
                    track=track,
                    low=int(figure.low),
                    high=int(figure.high),
                    rules=tuple(rule.key for rule in rules),
                    timeline=route.timeline,
                    carries_over=route.carries_over,
                    missing=tuple(
                        one for one in dict.fromkeys((*route.gap, *wanted)) if one not in route.carries_over
                    ),
                    relevant=tuple(dict.fromkeys((*route.carries_over, *route.gap, *wanted))),
                )
            )
        number += 1
        found[track].append(Way(number=number, track=track, missing=tuple(wanted), relevant=tuple(wanted)))
    return found


def answer_columns(coding: Coding) -> set[str]:
    """The columns in which the answers of coded cases stand."""
    return {column for attribute in coding.attributes for column in coding.columns(attribute)}


def _column(value: Any) -> Column:
    return ibis.literal(value, "int64") if isinstance(value, int) else value
