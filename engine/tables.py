# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportMatchNotExhaustive=false
# (ibis types its columns too loosely)
"""The table reader, and the only importer of ibis: the rules as column expressions, for many cases at once.

The same expressions run on DuckDB here and on Spark where one machine is too small. Null is the unknown answer,
and SQL's logic over it is the three-valued reader's. Skills come as bit masks, so that holding one is a test of
a bit. Strata become one step each; a stratum that feeds itself is unrolled to its fixpoint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from operator import add, and_, or_
from typing import Any

import ibis

from trackfit.engine.conditions import AllOf, Condition, Leaf, leaves
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.measures import stale
from trackfit.engine.model import RECOMMENDED, WARNED, Figure, GroundRule, Recommend, conclusion_of
from trackfit.engine.operators import OPERATORS

MASK_BITS = 62
MONTHS = 1 << 10
"""More than any number of months."""
BY_OVERLAP = MONTHS * MONTHS
"""Where a track without months stands: behind all that have some."""
HAVE = 1 << 9
"""More than any number of skills that a track or route names."""
SHARES = 1 << 22
"""Twice the steps into which a missing share is cut: fine enough to keep any two different shares apart."""
ADVICE = ("first_track", "first_basis", "months_low", "months_high", "tracks", "warnings")

Column = Any
"""An ibis expression; the library types them too loosely to say more."""


class Layout:
    """Which bit of which mask column stands for which element of a set that rules, tracks or routes name."""

    def __init__(self, kb: KnowledgeBase, attribute: str) -> None:
        self.attribute = attribute
        named: set[str] = set()
        for rule in kb.program.rules:
            for leaf in leaves(rule.when):
                if leaf.attribute == attribute and leaf.operator != "known":
                    named |= set(_as_tuple(leaf.operand))
        if attribute == "skills":
            named |= {skill for skills in kb.measures.track_skills.values() for skill in skills}
            for route in kb.facts.routes.values():
                named |= {*route.carries_over, *route.gap}
        self.bits = {one: divmod(number, MASK_BITS) for number, one in enumerate(sorted(named))}
        self.columns = [f"{attribute}_mask_{number}" for number in range(max(1, -(-len(named) // MASK_BITS)))]

    def masks(self, elements: Iterable[str]) -> list[int]:
        """The masks of a set of elements; those that nothing names have no bit."""
        found = [0] * len(self.columns)
        for one in elements:
            if one in self.bits:
                mask, bit = self.bits[one]
                found[mask] |= 1 << bit
        return found

    def has(self, table: ibis.Table, element: str) -> Column:
        """Whether a row's set holds an element; null where the set is not known."""
        if element not in self.bits:
            return ibis.ifelse(table[self.columns[0]].isnull(), ibis.null("boolean"), ibis.literal(False))
        mask, bit = self.bits[element]
        return (table[self.columns[mask]] & (1 << bit)) != 0


def layouts(kb: KnowledgeBase) -> dict[str, Layout]:
    """The layout of every asked set."""
    return {row.id: Layout(kb, row.id) for row in kb.reader.attributes.values() if row.type == "set"}


def advise(kb: KnowledgeBase, cases: ibis.Table, as_of: str, *, details: bool = False) -> ibis.Table:
    """The advice for normalised cases.

    `cases` has a column a case key: choices as ids, numbers as int64, yes/no as booleans, and for every set the
    mask columns of its `Layout`; null is unknown. The result has all columns of `cases` that are no case keys,
    and first_track, first_basis, months_low, months_high, tracks (by rank) and warnings (sorted); with `details`
    also gap, the skills missing for the first track, and goal, the salary goal against its band.
    """
    return _Reader(kb, cases, as_of).result(details=details)


class _Reader:
    """Builds the advice for one table, step by step; `table` grows a column for each thing concluded."""

    def __init__(self, kb: KnowledgeBase, cases: ibis.Table, as_of: str) -> None:
        self.kb = kb
        self.as_of = as_of
        self.layouts = layouts(kb)
        self.kept = [
            name for name in cases.columns if name not in kb.reader.attributes and "_mask_" not in name
        ]
        self.table = self._with_defaults(cases)
        self.names: dict[str, str] = {}
        self.levels: dict[str, dict[str, str]] = {}
        self.atoms: dict[str, dict[str | bool, str]] = defaultdict(dict)
        self.count = 0

    def result(self, *, details: bool) -> ibis.Table:
        """The advice columns."""
        self._measure()
        for _, stratum in groupby(self.kb.program.rules, key=lambda rule: rule.stratum):
            self._settle(list(stratum))
        return self._advice(details=details)

    def _with_defaults(self, cases: ibis.Table) -> ibis.Table:
        filled = {}
        for attribute in self.kb.reader.attributes.values():
            if attribute.default is not None and attribute.default_with is not None:
                given = cases[attribute.id]
                default = ibis.ifelse(
                    cases[attribute.default_with].notnull(), attribute.default, ibis.null("string")
                )
                filled[attribute.id] = ibis.coalesce(given, default)
        return cases.mutate(**filled) if filled else cases

    def _add(self, columns: Mapping[Any, Column]) -> dict[Any, str]:
        """Put expressions into the table under fresh names; their names by what they stand for."""
        named = {key: f"_{self.count + number}" for number, key in enumerate(columns)}
        self.count += len(named)
        if named:
            self.table = self.table.mutate(**{named[key]: column for key, column in columns.items()})
        return named

    # Measures

    def _measure(self) -> None:
        measured: dict[str, Column] = {}
        for name, ground in self.kb.program.attributes.items():
            attribute = self.kb.facts.attributes[ground.attribute]
            if attribute.origin != "measured":
                continue
            track = ground.row or ""
            match attribute.measure:
                case "skills_held":
                    measured[name] = self._held(self.kb.measures.track_skills[track])
                case "skills_missing":
                    skills = self.kb.measures.track_skills[track]
                    measured[name] = len(skills) - self._held(skills)
                case "percent_held":
                    skills = self.kb.measures.track_skills[track]
                    measured[name] = (100 * self._held(skills)) // len(skills)
                case "levels":
                    levels = self._levels(track)
                    self.levels[name] = self._add(levels)
                case "bands":
                    counted = [column.cast("int64") for column in self._levels(track).values()]
                    zero = ibis.ifelse(
                        self.table.years_experience.isnull(), ibis.null("int64"), ibis.literal(0, "int64")
                    )
                    measured[name] = reduce(add, counted, zero)
                case "goal_against_band":
                    measured[name] = self._goal_against_band(track)
                case "figures_past_review":
                    number = len(stale(self.kb.facts.figures.values(), self.as_of))
                    measured[name] = ibis.literal(number, "int64")
        self.names.update(self._add(measured))

    def _held(self, skills: Sequence[str]) -> Column:
        """How many of the skills are held; null where no skills were named."""
        layout = self.layouts["skills"]
        return reduce(add, [layout.has(self.table, one).cast("int64") for one in skills])

    def _fits(self, band: Figure) -> Column:
        years = self.table.years_experience
        if band.years is None:
            return ibis.ifelse(years.isnull(), ibis.null("boolean"), ibis.literal(False))
        low, high = band.years
        return (years >= low) if high is None else (years >= low) & (years <= high)

    def _levels(self, track: str) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for band in self.kb.measures.bands[track].figures:
            fits = self._fits(band)
            found[str(band.level)] = found[str(band.level)] | fits if band.level in found else fits
        return found

    def _goal_against_band(self, track: str) -> Column:
        goal, basis = self.table.salary_goal, self.table.salary_basis
        nothing = ibis.null("string")
        applies = [
            (
                band,
                (
                    self._fits(band)
                    & ((basis == band.basis) if band.basis != "not_stated" else ibis.literal(True))
                ).fill_null(False),
            )
            for band in self.kb.measures.bands[track].figures
        ]
        if not applies:
            return nothing
        below = reduce(and_, [~when | (goal < band.low) for band, when in applies])
        above = reduce(
            and_,
            [
                ~when | (ibis.literal(False) if band.open_ended else goal > band.high)
                for band, when in applies
            ],
        )
        some = reduce(or_, [when for _, when in applies])
        place = ibis.cases((below, "below"), (above, "above"), else_="within")
        return ibis.ifelse(goal.notnull() & some, place, nothing)

    # Rules

    def match(self, condition: Condition) -> Column:
        """The condition in Kleene's logic: true, false, or null where an unknown answer decides it."""
        if isinstance(condition, Leaf):
            return self._leaf(condition)
        parts = [self.match(part) for part in condition.parts]
        if not parts:
            return ibis.literal(isinstance(condition, AllOf))
        return reduce(and_ if isinstance(condition, AllOf) else or_, parts)

    def _leaf(self, leaf: Leaf) -> Column:
        attribute = self.kb.facts.attributes[self.kb.program.attributes[leaf.attribute].attribute]
        if attribute.origin == "concluded":
            return self._concluded_leaf(leaf)
        if leaf.operator == "known":
            known = self._known(leaf.attribute)
            return known if leaf.operand else ~known
        row = OPERATORS[leaf.row.negates] if leaf.row.negates else leaf.row
        assert row.holds is not None
        if attribute.type == "set":
            held = row.holds(leaf.attribute, leaf.operand, self._has)
        else:
            held = row.holds(
                self.table[self.names.get(leaf.attribute, leaf.attribute)], leaf.operand, self._has
            )
        return ~held if leaf.row.negates else held

    def _known(self, name: str) -> Column:
        if name in self.layouts:
            return self.table[self.layouts[name].columns[0]].notnull()
        if name in self.levels:
            return self.table.years_experience.notnull()
        return self.table[self.names.get(name, name)].notnull()

    def _has(self, name: str, element: str) -> Column:
        if name in self.layouts:
            return self.layouts[name].has(self.table, element)
        levels = self.levels[name]
        if element in levels:
            return self.table[levels[element]]
        return ibis.ifelse(self.table.years_experience.isnull(), ibis.null("boolean"), ibis.literal(False))

    def _concluded_leaf(self, leaf: Leaf) -> Column:
        values = self.atoms[leaf.attribute]
        if leaf.operator == "known":
            some = reduce(or_, [self.table[name] for name in values.values()], ibis.literal(False))
            return some if leaf.operand else ~some
        row = OPERATORS[leaf.row.negates] if leaf.row.negates else leaf.row
        if "set" in row.types:
            assert row.holds is not None
            held = row.holds(leaf.attribute, leaf.operand, self.atom)
        else:
            held = reduce(or_, [self.atom(leaf.attribute, one) for one in _as_tuple(leaf.operand)])
        return ~held if leaf.row.negates else held

    def atom(self, attribute: str, value: str | bool) -> Column:
        """Whether an attribute was given a value; never null."""
        name = self.atoms[attribute].get(value)
        return ibis.literal(False) if name is None else self.table[name]

    def _settle(self, rules: Sequence[GroundRule]) -> None:
        """Add a column for everything one stratum concludes."""
        givers: dict[tuple[str, str | bool], list[GroundRule]] = defaultdict(list)
        for rule in rules:
            if (atom := conclusion_of(rule.then)) is not None:
                givers[atom].append(rule)
        sorter = TopologicalSorter(
            {
                atom: {need for rule in group for need in self._needs(rule, givers)}
                for atom, group in givers.items()
            }
        )
        try:
            sorter.prepare()
        except CycleError:
            for _ in givers:
                self._conclude(givers, list(givers))
            return
        while sorter.is_active():
            ready = sorter.get_ready()
            self._conclude(givers, [atom for atom in ready if atom in givers])
            sorter.done(*ready)

    def _needs(
        self, rule: GroundRule, givers: Iterable[tuple[str, str | bool]]
    ) -> Iterable[tuple[str, str | bool]]:
        for leaf in leaves(rule.when):
            for attribute, value in givers:
                if attribute == leaf.attribute and (
                    leaf.operator == "known" or value in _as_tuple(leaf.operand)
                ):
                    yield attribute, value

    def _conclude(
        self,
        givers: Mapping[tuple[str, str | bool], Sequence[GroundRule]],
        atoms: Sequence[tuple[str, str | bool]],
    ) -> None:
        columns = {
            atom: reduce(or_, [self.match(rule.when).fill_null(False) for rule in givers[atom]])
            for atom in atoms
        }
        for (attribute, value), name in self._add(columns).items():
            self.atoms[attribute][value] = name

    # Ranking

    def _advice(self, *, details: bool) -> ibis.Table:
        tracks = list(self.kb.facts.tracks)
        routes = self._add(
            {
                rule.key: self.match(rule.when).fill_null(False)
                for rule in self.kb.program.rules
                if isinstance(rule.then, Recommend) and rule.then.route
            }
        )
        keys = [self._key(number, track, routes) for number, track in enumerate(tracks)]
        self.table = self.table.mutate(_keys=ibis.array(keys).filter(lambda key: key.notnull()).sort())
        names = list(enumerate(tracks))

        def track_of(key: Column) -> Column:
            return (key % len(tracks)).cases(*names, else_=ibis.null("string"))

        first = self.table["_keys"].mins()
        months = first // (len(tracks) * HAVE * SHARES)
        sourced = months < BY_OVERLAP
        found = {
            "first_track": track_of(first),
            "first_basis": ibis.cases(
                (first.isnull(), ibis.null("string")), (sourced, "sourced_route"), else_="skill_overlap"
            ),
            "months_low": ibis.ifelse(sourced, months % MONTHS, ibis.null("int64")),
            "months_high": ibis.ifelse(sourced, months // MONTHS, ibis.null("int64")),
            "tracks": self.table["_keys"].map(track_of),
            "warnings": self._warnings(),
        }
        if details:
            gaps = [(number, self._gap(track, routes)) for number, track in enumerate(tracks)]
            goals = [(number, self._goal(track)) for number, track in enumerate(tracks)]
            found["gap"] = (first % len(tracks)).cases(*gaps, else_=ibis.null("array<string>"))
            found["goal"] = (first % len(tracks)).cases(*goals, else_=ibis.null("string"))
        return self.table.select(*self.kept, **found)

    def _gap(self, track: str, fires: Mapping[str, str]) -> Column:
        """The skills that are missing on the way by which a track is recommended."""
        branches = [(when, self._missing(missing)) for when, missing, _ in self._ways(track, fires)]
        *routed, (_, by_overlap) = branches
        return ibis.cases(*routed, else_=by_overlap) if routed else by_overlap

    def _missing(self, skills: Sequence[str]) -> Column:
        layout = self.layouts["skills"]
        lacking = [
            ibis.ifelse(layout.has(self.table, one).fill_null(False), ibis.null("string"), ibis.literal(one))
            for one in skills
        ]
        return (
            ibis.array(lacking).filter(lambda one: one.notnull())
            if lacking
            else ibis.array([], type="array<string>")
        )

    def _goal(self, track: str) -> Column:
        name = self.names.get(f"goal_against_band of {track}")
        return ibis.null("string") if name is None else self.table[name]

    def _warnings(self) -> Column:
        given = [
            ibis.ifelse(self.atom(WARNED, warning), ibis.literal(warning), ibis.null("string"))
            for warning in sorted(self.kb.facts.warnings)
        ]
        return ibis.array(given).filter(lambda one: one.notnull())

    def _key(self, number: int, track: str, fires: Mapping[str, str]) -> Column:
        """One number that orders a person's tracks as `consult` does; null where the track is not recommended.

        From the left: by overlap or the months (high, low), the share missing, what is held, the track itself.
        """
        branches = [
            (when, self._pack(place, missing, relevant, number))
            for (when, missing, relevant), place in zip(
                self._ways(track, fires), self._way_places(track), strict=True
            )
        ]
        return ibis.cases(*branches, else_=ibis.null("int64"))

    def _ways(self, track: str, fires: Mapping[str, str]) -> list[tuple[Column, list[str], list[str]]]:
        """Each way to be recommended a track, preferred first: when, the skills of its gap, and all that count."""
        wanted = list(self.kb.measures.track_skills[track])
        found: list[tuple[Column, list[str], list[str]]] = []
        for route_id, rules in self.kb.routes_to(track).items():
            route = self.kb.facts.routes[route_id]
            missing = [one for one in dict.fromkeys((*route.gap, *wanted)) if one not in route.carries_over]
            relevant = list(dict.fromkeys((*route.carries_over, *route.gap, *wanted)))
            when = reduce(or_, [self.table[fires[rule.key]] for rule in rules])
            found.append((when, missing, relevant))
        return [*found, (self.atom(RECOMMENDED, track), wanted, wanted)]

    def _way_places(self, track: str) -> list[int]:
        """The months of each way, as one number; those of the way by overlap stand behind all others."""
        timelines = [
            self.kb.facts.figures[self.kb.facts.routes[id_].timeline] for id_ in self.kb.routes_to(track)
        ]
        return [*(int(figure.high) * MONTHS + int(figure.low) for figure in timelines), BY_OVERLAP]

    def _pack(self, place: int, missing: Sequence[str], relevant: Sequence[str], number: int) -> Column:
        held = self._held(relevant).fill_null(0) if relevant else ibis.literal(0, "int64")
        gap = len(missing) - (self._held(missing).fill_null(0) if missing else ibis.literal(0, "int64"))
        total = ibis.greatest(gap + held, 1)
        share = (gap * (SHARES // 2)) // total
        return ((place * SHARES + share) * HAVE + (HAVE - 1 - held)) * len(self.kb.facts.tracks) + number


def _as_tuple(operand: Any) -> tuple[Any, ...]:
    return operand if isinstance(operand, tuple) else (operand,)
