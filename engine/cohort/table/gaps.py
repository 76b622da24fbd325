# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# (ibis types its columns too loosely)
"""The gap model (`inference.ways`) as column expressions: what is missing of each track, and the order that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import add, or_
from typing import Any, Protocol

import ibis

from trackfit.engine.cohort.table.coding import UNKNOWN, Coding, code
from trackfit.engine.inference.ways import AVOIDS_MATH, BACKGROUND, DENIED, MATH, SKILLS, TARGET, YEARS
from trackfit.engine.language.facts import Route

Column = Any
"""An ibis expression; the library types them too loosely to say more."""
MONTHS = 1 << 10
"""More than any number of months."""
UNSOURCED = MONTHS * MONTHS
"""Where a track without months stands: behind all that have some."""
SHARES = 1 << 21
"""The steps into which a missing share is cut: fine enough to keep any two different shares apart."""


@ibis.udf.scalar.builtin(name="bit_count", signature=(("int64",), "int8"))  # type: ignore[untyped-decorator]
def _bit_count(mask: int) -> int:  # type: ignore[empty-body]
    """How many bits are set."""


def bit_count(mask: Column) -> Column:
    """How many bits of a mask are set, as a number to reckon with."""
    return _bit_count(mask).cast("int64")


class Growing(Protocol):
    """A table of coded cases that grows columns."""

    coding: Coding
    table: ibis.Table

    def add(self, columns: Mapping[Any, Column]) -> dict[Any, str]:
        """Put expressions into the table; their names by what they stand for."""
        ...


class Gaps:
    """The gaps of the people in a growing table; every result is an expression over the table as it is then.

    `_there` names the masks of what is held or usual, `_keys` for each track the number by which it is ordered.
    """

    def __init__(self, growing: Growing) -> None:
        self._growing = growing
        self._ways = growing.coding.kb.ways
        self._there = list(growing.add(dict(enumerate(self._bring()))).values())
        routes = [route for some in self._ways.routes.values() for route in some]
        self._open = growing.add({route.id: self._opens(route) for route in routes})
        self._keys = growing.add({track: self._key(track) for track in self._ways.lists})

    def opens(self, route: Route) -> Column:
        """Whether a source gives a recommended route from this background at these years."""
        return self._growing.table[self._open[route.id]]

    def missing(self, track: str) -> list[Column]:
        """Masks of what is missing of a track: neither held nor usual."""
        masks = self._growing.coding.skills.masks(self._ways.lists[track])
        return [~self._growing.table[there] & mask for there, mask in zip(self._there, masks, strict=True)]

    def count_missing(self, track: str) -> Column:
        """How many skills of a track are missing."""
        counts = [bit_count(mask) for mask in self.missing(track)]
        return reduce(add, counts, ibis.literal(0, "int64"))

    def key(self, track: str) -> Column:
        """A number that orders a person's tracks; tracks that nothing tells apart have the same."""
        return self._growing.table[self._keys[track]]

    def place(self, track: str) -> Column:
        """1 for the smallest gap; tied tracks share theirs."""
        before = [
            (self.key(other) < self.key(track)).cast("int64") for other in self._ways.lists if other != track
        ]
        return reduce(add, before, ibis.literal(1, "int64"))

    def _key(self, track: str) -> Column:
        """From the left: the share missing, the wall, the months or none, whether it is aimed at."""
        share = (self.count_missing(track) * SHARES) // len(self._ways.lists[track])
        wall = self._answered(MATH, AVOIDS_MATH) if track in self._ways.walls else ibis.literal(False)
        routes = self._ways.routes[track]
        months = [(self.opens(route), self._place_by_months(route)) for route in routes]
        route = ibis.cases(*months, else_=UNSOURCED) if months else UNSOURCED
        elsewhere = (~self._answered(TARGET, track)).cast("int64")
        return ((share * 2 + wall.cast("int64")) * (UNSOURCED + 1) + route) * 2 + elsewhere

    def _place_by_months(self, route: Route) -> int:
        high, low = self._ways.months(route)
        return int(high) * MONTHS + int(low)

    def _bring(self) -> list[Column]:
        """Masks of the skills that are held, or usual for the background and not denied."""
        layout = self._growing.coding.skills
        asked = SKILLS in self._growing.coding.layouts
        masks = [self._growing.table[name] if asked else ibis.literal(0, "int64") for name in layout.columns]
        for counted, backgrounds in self._usual().values():
            brings = reduce(or_, [self._answered(BACKGROUND, one) for one in backgrounds])
            brings = brings & ~self._denies(counted)
            masks = [
                mask | ibis.ifelse(brings, bits, 0) if bits else mask
                for mask, bits in zip(masks, layout.masks(counted), strict=True)
            ]
        return masks

    def _usual(self) -> dict[str, tuple[frozenset[str], list[str]]]:
        """Each skill that is usual for some background: all that it counts as, and the backgrounds."""
        found: dict[str, tuple[frozenset[str], list[str]]] = {}
        for background, usual in self._ways.usual.items():
            for skill, counted in usual.items():
                found.setdefault(skill, (counted, []))[1].append(background)
        return found

    def _denies(self, skills: Iterable[str]) -> Column:
        layout = self._growing.coding.layouts.get(DENIED)
        masks = zip(layout.columns, layout.masks(skills), strict=True) if layout else ()
        denied = [(self._growing.table[column] & mask) != 0 for column, mask in masks if mask]
        return reduce(or_, denied, ibis.literal(False))

    def _answered(self, name: str, value: str) -> Column:
        """Whether a choice was answered so; not, where there is no such question or choice."""
        asked = self._growing.coding.kb.reader.attributes.get(name)
        return ibis.literal(False) if asked is None else self._growing.table[name] == code(asked, value)

    def _opens(self, route: Route) -> Column:
        from_here = self._answered(BACKGROUND, route.background)
        line = self._ways.years_from(route)
        if line is None:
            return from_here
        asked = YEARS in self._growing.coding.kb.reader.attributes
        years = self._growing.table[YEARS] if asked else ibis.literal(UNKNOWN, "int64")
        return from_here & (years >= line)
