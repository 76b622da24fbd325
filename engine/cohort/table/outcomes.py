# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# (ibis types its columns too loosely)
"""What the rules come to for each row of a table: the tracks in order, the warnings, the gap; first as numbers.

Many rows have one outcome, so a row gets the numbers, and the texts are made once for each outcome (`in_words`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import NamedTuple

import ibis
import msgspec

from trackfit.engine.cohort.table.coding import UNKNOWN, Coding
from trackfit.engine.cohort.table.gaps import Column
from trackfit.engine.cohort.table.reader import TableReader
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.language.facts import Route
from trackfit.engine.language.model import RECOMMENDED, WARNED

ADVICE = ("first_track", "first_basis", "months_low", "months_high", "tracks", "warnings")
WORD = 62
"""Bits of a number that are used for a list of small numbers."""
LAST = 1 << 62
"""Where a track stands that is not recommended."""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """On what a track can rest: a route that a source gives, or the overlap of skills where `route` is None.

    `number` counts from 1 over all tracks.
    """

    number: int
    track: str
    route: Route | None = None
    low: int | None = None
    high: int | None = None

    @property
    def name(self) -> str:
        """As a recommendation calls it."""
        return "sourced_route" if self.route else "skill_overlap"


class RankingColumns(NamedTuple):
    """Where the ranking of tracks stands in a table: for each track, the name of a column."""

    recommended: Mapping[str, str]
    """Whether it is recommended."""
    bases: Mapping[str, str]
    """The number of what it rests on."""
    places: Mapping[str, str]
    """Its place among the recommended ones, from 0."""

    def first(self, table: ibis.Table) -> Column:
        """What the first track rests on, as a number; 0 where none is recommended."""
        parts = [
            ibis.ifelse(table[self.recommended[track]] & (table[place] == 0), table[self.bases[track]], 0)
            for track, place in self.places.items()
        ]
        return reduce(add, parts, ibis.literal(0, "int64"))


class Outcomes:
    """The outcomes that one knowledge base can have, as numbers in columns and in words."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.tracks = list(kb.facts.tracks)
        self.warnings = sorted(kb.facts.warnings)
        self.bases = _bases(kb)
        self.every_basis = [basis for some in self.bases.values() for basis in some]
        self.digit = len(self.tracks).bit_length()
        """Bits of the number of a track, where 0 is none."""
        self.per_column = WORD // self.digit if self.tracks else 1
        self.order_columns = [f"order_{number}" for number in range(-(-len(self.tracks) // self.per_column))]
        self.warned_columns = [f"warned_{number}" for number in range(-(-len(self.warnings) // WORD))]
        self.columns = ["first", *self.order_columns, *self.warned_columns]

    def of(self, coding: Coding, cases: ibis.Table, as_of: str) -> ibis.Table:
        """The outcome of each coded case.

        The columns of `cases` that are no answers stay. `wrong` is true where it was, or where rules contradict
        each other; then follow `columns`, one column a mask of the skills missing of the first track, and `goal`, the
        place of the salary goal against the band of the first track.
        """
        kept = [name for name in cases.columns if name not in answer_columns(coding)]
        reader = TableReader(coding, cases, as_of)
        wrong = reader.table.wrong | reader.clash()
        ranking = self.rank(reader)
        (first,) = reader.add({"first": ranking.first(reader.table)}).values()
        table = reader.table
        found: dict[str, Column] = {"wrong": wrong, "first": table[first]}
        found["from_background"] = table[BACKGROUND]
        for number, name in enumerate(self.order_columns):
            found[name] = reduce(add, [self._digit(table, track, number, ranking) for track in self.tracks])
        for number, name in enumerate(self.warned_columns):
            warned = self.warnings[number * WORD : (number + 1) * WORD]
            found[name] = mask_of([reader.atom(WARNED, warning) for warning in warned])
        for number, name in enumerate(self.gap_columns(coding)):
            branches = [(one.number, reader.gaps.missing(one.track)[number]) for one in self.every_basis]
            found[name] = table[first].cases(*branches, else_=0)
        found["goal"] = self._goal(reader, table[first])
        return table.select(*[name for name in kept if name != "wrong"], **found)

    def rank(self, reader: TableReader) -> RankingColumns:
        """Rank the tracks; the reader's table grows the columns that it takes."""
        recommended = reader.add({track: reader.atom(RECOMMENDED, track) for track in self.tracks})
        keys = reader.add(
            {
                track: ibis.ifelse(
                    reader.table[recommended[track]],
                    reader.gaps.key(track) * len(self.tracks) + number,
                    LAST,
                )
                for number, track in enumerate(self.tracks)
            }
        )
        bases = reader.add({track: self._basis(reader, self.bases[track]) for track in self.tracks})
        table = reader.table
        places = reader.add({track: _place(table, track, keys) for track in self.tracks})
        return RankingColumns(recommended, bases, places)

    def gap_columns(self, coding: Coding) -> list[str]:
        """A mask each, laid out as the skills are."""
        return [f"gap_{number}" for number in range(len(coding.skills.columns))]

    @staticmethod
    def _basis(reader: TableReader, bases: Sequence[Basis]) -> Column:
        """The number of the first basis that is there; the last one needs no route."""
        branches = [(reader.gaps.opens(one.route), one.number) for one in bases if one.route]
        last = bases[-1].number
        return ibis.cases(*branches, else_=last) if branches else ibis.literal(last, "int64")

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
            (basis.number, measure)
            for basis in self.every_basis
            if (measure := reader.measure(f"goal_against_band of {basis.track}")) is not None
        ]
        return first.cases(*branches, else_=UNKNOWN) if branches else ibis.literal(UNKNOWN, "int64")

    # In words

    def in_words(self, outcomes: ibis.Table) -> ibis.Table:
        """Outcomes with their `ADVICE` columns: texts, months, and lists of texts."""
        first = outcomes["first"]
        bases = self.every_basis
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
            first_track=first.cases(*((one.number, one.track) for one in bases), else_=text),
            first_basis=first.cases(*((one.number, one.name) for one in bases), else_=text),
            months_low=_months(first, [(one.number, one.low) for one in bases], number),
            months_high=_months(first, [(one.number, one.high) for one in bases], number),
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


def _bases(kb: KnowledgeBase) -> dict[str, list[Basis]]:
    """What each track can rest on, preferred first; the last is the overlap of skills."""
    found: dict[str, list[Basis]] = {}
    number = 0
    for track in kb.facts.tracks:
        found[track] = []
        for route in (*kb.ways.routes[track], None):
            number += 1
            high, low = kb.ways.months(route) if route else (None, None)
            found[track].append(
                Basis(
                    number=number,
                    track=track,
                    route=route,
                    low=None if low is None else int(low),
                    high=None if high is None else int(high),
                )
            )
    return found


def answer_columns(coding: Coding) -> set[str]:
    """The columns in which the answers of coded cases stand."""
    return {column for attribute in coding.attributes for column in coding.columns(attribute)}
