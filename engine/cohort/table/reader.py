# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false, reportMatchNotExhaustive=false
# (ibis types its columns too loosely)
"""The table reader: measures and rules as column expressions, for many cases at once.

The same expressions run on DuckDB here and on Spark where one machine is too small. A comparison is true where the
answer is known and satisfies it, and false otherwise; as a `not` stands at the leaves only, that is all that rules
need, and no column has a null. Strata become one step each; what feeds itself is unrolled to its fixpoint.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby
from math import ceil, floor
from operator import add, and_, or_
from typing import Any

import ibis

from trackfit.engine.cohort.table.coding import KNOWN_BIT, UNKNOWN, Coding, code
from trackfit.engine.cohort.table.gaps import Column, Gaps, bit_count
from trackfit.engine.inference.measures import stale
from trackfit.engine.knowledge.chains import Atom, by_attribute, givers_of, groups, looked_at, needs_of
from trackfit.engine.language.conditions import AllOf, Condition, Leaf, leaves
from trackfit.engine.language.facts import USUAL_CURRENCY, Figure
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import RECOMMENDED, WARNED, Attribute, GroundRule, conclusion_of
from trackfit.engine.language.operators import OPERATORS

RECURSION = 5_000
"""Calls within calls: enough for a chain of as many conclusions as are run (`compile.MAX_CHAIN`)."""


def to_sql(expression: ibis.Table, dialect: str) -> str:
    """The expression as SQL, each step a query of its own.

    Put into each other, steps would be written out again wherever the next one looks at them. Each query stands inside
    the next, and its writer goes down all of them, some ten calls for each.
    """
    fused, depth = ibis.options.sql.fuse_selects, sys.getrecursionlimit()
    ibis.options.sql.fuse_selects = False
    sys.setrecursionlimit(max(depth, RECURSION))
    try:
        return str(ibis.to_sql(expression, dialect=dialect, pretty=False))
    finally:
        ibis.options.sql.fuse_selects = fused
        sys.setrecursionlimit(depth)


class TableReader:
    """Reads one knowledge base's rules over a table of coded cases; `table` grows a column for each thing concluded.

    `cases` has the columns of `Coding`, and any others, which stay. `as_of` is YYYY-MM-DD. Of rules for remarks and
    plans, on which no advice of a table rests, nothing is computed without `every_rule`.
    """

    def __init__(self, coding: Coding, cases: ibis.Table, as_of: str, *, every_rule: bool = False) -> None:
        self.kb = coding.kb
        self.coding = coding
        self.as_of = as_of
        self.table = self._with_defaults(cases)
        self._count = 0
        self._measured: dict[str, str] = {}
        self._levels: dict[str, dict[str, str]] = {}
        self._leaves: dict[Leaf, str] = {}
        self.atoms: dict[Atom, str] = {}
        rules = self.kb.program.rules
        self._rules = list(rules) if every_rule else _relevant(rules, self.kb.single_valued)
        self.gaps = Gaps(self)
        self._measure()
        self._compare()
        for _, stratum in groupby(self._rules, key=lambda rule: rule.stratum):
            self._settle(list(stratum))

    def _with_defaults(self, cases: ibis.Table) -> ibis.Table:
        filled = {}
        for attribute in self.coding.attributes:
            if attribute.default_with is not None:
                given = cases[attribute.id]
                other = self.kb.reader.attributes.get(attribute.default_with)
                known = ibis.literal(False) if other is None else self._known_in(cases, other)
                filled[attribute.id] = ibis.ifelse(
                    (given == UNKNOWN) & known, self._default(cases, attribute), given
                )
        return cases.mutate(**filled) if filled else cases

    def _default(self, cases: ibis.Table, attribute: Attribute) -> Column:
        """What is taken where a question is left open; unknown where nothing is."""
        usual = UNKNOWN if attribute.default is None else code(attribute, attribute.default)
        by = self.kb.reader.attributes.get(attribute.default_by or "")
        if by is None or not attribute.defaults:
            return ibis.literal(usual, "int64")
        found = [
            (cases[by.id] == code(by, value), code(attribute, default))
            for value, default in sorted(attribute.defaults.items())
        ]
        return ibis.cases(*found, else_=usual)

    def add(self, columns: Mapping[Any, Column]) -> dict[Any, str]:
        """Put expressions into the table under fresh names; their names by what they stand for."""
        named = {key: f"_{self._count + number}" for number, key in enumerate(columns)}
        self._count += len(named)
        if named:
            self.table = self.table.mutate(**{named[key]: column for key, column in columns.items()})
        return named

    # Skills and measures

    def holds(self, skills: Iterable[str]) -> list[Column]:
        """Masks of those skills that are held."""
        layout = self.coding.layouts.get("skills")
        if layout is None:
            return []
        return [
            self.table[column] & mask
            for column, mask in zip(layout.columns, layout.masks(skills), strict=True)
        ]

    def held(self, skills: Sequence[str]) -> Column:
        """How many of some skills are held."""
        layout = self.coding.layouts.get("skills")
        masks = layout.masks(skills) if layout else ()
        counts = [bit_count(held) for held, mask in zip(self.holds(skills), masks, strict=True) if mask]
        return reduce(add, counts) if counts else ibis.literal(0, "int64")

    def _measure(self) -> None:
        measured: dict[str, Column] = {}
        for name, ground in self.kb.program.attributes.items():
            attribute = self.kb.facts.attributes[ground.attribute]
            if attribute.measure is None:
                continue
            measure, row = MEASURES[attribute.measure], ground.row or ""
            value = measure.read(self, name, row)
            if measure.gives == "set":
                self._levels[name] = self.add(value)
                continue
            known = [self._is_known(answer) for answer in measure.needed]
            known += [] if measure.when is None else [measure.when(self, row)]
            measured[name] = ibis.ifelse(reduce(and_, known), value, UNKNOWN) if known else value
        self._measured = self.add(measured)

    def asked_for(self, track: str) -> int:
        """How many skills a track asks for."""
        return len(self.kb.ways.lists[track])

    def held_of(self, track: str) -> Column:
        """How many of them are held."""
        return self.held(self.kb.ways.lists[track])

    def missing_of(self, track: str) -> Column:
        """How many of them are missing."""
        return self.gaps.count_missing(track)

    def place(self, track: str) -> Column:
        """The place of a track among all."""
        return self.gaps.place(track)

    def percent(self, part: Column, whole: int) -> Column:
        """A share in percent, rounded down."""
        return (100 * part) // whole

    def how_many(self, levels: Mapping[str, Column]) -> Column:
        """How many levels there are."""
        return reduce(add, [column.cast("int64") for column in levels.values()], ibis.literal(0, "int64"))

    def past_review(self) -> Column:
        """How many figures are past their review date."""
        return ibis.literal(len(stale(self.kb.facts.figures.values(), self.as_of)), "int64")

    def _is_known(self, answer: str) -> Column:
        attribute = self.kb.reader.attributes.get(answer)
        return ibis.literal(False) if attribute is None else self._known_in(self.table, attribute)

    def _answer(self, name: str) -> Column:
        """A number or choice as it was answered; unknown where there is no such question."""
        return self.table[name] if name in self.kb.reader.attributes else ibis.literal(UNKNOWN, "int64")

    def _known_in(self, table: ibis.Table, attribute: Attribute) -> Column:
        if attribute.type == "set":
            return (table[self.coding.layouts[attribute.id].columns[0]] & KNOWN_BIT) != 0
        return table[attribute.id] != UNKNOWN

    def _fits(self, band: Figure) -> Column:
        years = self._answer("years_experience")
        if band.years is None:
            return ibis.literal(False)
        low, high = band.years
        fits = (years != UNKNOWN) & (years >= low)
        if high is not None:
            fits &= years <= high
        return fits if band.country is None else fits & self._answered("country", band.country)

    def _answered(self, name: str, value: str | None) -> Column:
        """Whether a question is answered with one of its choices; None is left open."""
        asked = self.kb.reader.attributes.get(name)
        if asked is None:
            return ibis.literal(value is None)
        return self.table[name] == code(asked, value)

    def _in_money(self, currency: str) -> Column:
        """Whether the goal is in a currency; one that names none is in the usual one."""
        named = self._answered("salary_currency", currency)
        return named | self._answered("salary_currency", None) if currency == USUAL_CURRENCY else named

    def levels(self, track: str) -> dict[str, Column]:
        """The levels of a track, each with when its bands include the person's years."""
        found: dict[str, Column] = {}
        for band in self.kb.measures.bands[track].figures:
            fits = self._fits(band)
            found[str(band.level)] = found[str(band.level)] | fits if band.level in found else fits
        return found

    def has_comparable_band(self, track: str) -> Column:
        """Whether there is a band for these years on the basis of the goal."""
        return reduce(or_, [when for _, when in self._applying(track)], ibis.literal(False))

    def goal_against_band(self, name: str, track: str) -> Column:
        """Where the goal lies against those bands."""
        attribute = self.kb.facts.attributes[self.kb.program.attributes[name].attribute]
        goal, applies = self._answer("salary_goal"), self._applying(track)
        below = reduce(and_, [~when | (goal < ceil(band.low)) for band, when in applies], ibis.literal(True))
        above = reduce(
            and_,
            [
                ~when | (ibis.literal(False) if band.open_ended else goal > floor(band.high))
                for band, when in applies
            ],
            ibis.literal(True),
        )
        return ibis.cases(
            (below, code(attribute, "below")),
            (above, code(attribute, "above")),
            else_=code(attribute, "within"),
        )

    def goal_is_in(self, currency: str) -> Column:
        """Whether the goal is in a currency in which some figure of pay is."""
        return self._in_money(currency) if currency in self.kb.measures.highest else ibis.literal(False)

    def goal_against_highest(self, name: str, currency: str) -> Column:
        """Where it lies against the highest of these figures."""
        attribute = self.kb.facts.attributes[self.kb.program.attributes[name].attribute]
        highest = self.kb.measures.highest.get(currency)
        if highest is None:
            return ibis.literal(UNKNOWN, "int64")
        above = self._answer("salary_goal") > floor(highest.high)
        return ibis.ifelse(above, code(attribute, "above"), code(attribute, "within"))

    def _applying(self, track: str) -> list[tuple[Figure, Column]]:
        """The bands of a track, each with when it is to be compared with the goal."""
        bands = self.kb.measures.bands[track].figures
        return [
            (band, self._fits(band) & self._paid_alike(band) & self._in_money(str(band.currency)))
            for band in bands
        ]

    def _paid_alike(self, band: Figure) -> Column:
        """Whether a band pays on the basis of the goal, or does not say on which."""
        if band.basis == "not_stated":
            return ibis.literal(True)
        return self._answered("salary_basis", band.basis)

    def measure(self, name: str) -> Column | None:
        """A measured value by its ground name, if there is one."""
        return self.table[self._measured[name]] if name in self._measured else None

    # Rules

    def _compare(self) -> None:
        """A column for every comparison of an answer or a measure, each once."""
        found = {
            leaf
            for rule in self._rules
            for leaf in leaves(rule.when)
            if self._attribute(leaf).origin != "concluded"
        }
        ordered = sorted(found, key=repr)
        self._leaves = self.add({leaf: self._comparison(leaf) for leaf in ordered})

    def _attribute(self, leaf: Leaf) -> Attribute:
        return self.kb.facts.attributes[self.kb.program.attributes[leaf.attribute].attribute]

    def _comparison(self, leaf: Leaf) -> Column:
        attribute = self._attribute(leaf)
        known = self._known(leaf.attribute, attribute)
        if leaf.operator == "known":
            return known if leaf.operand else ~known
        row = OPERATORS[leaf.row.negates] if leaf.row.negates else leaf.row
        assert row.holds is not None
        if attribute.type == "set":
            held = row.holds(leaf.attribute, leaf.operand, self._has)
        else:
            value = self.table[self._measured.get(leaf.attribute, leaf.attribute)]
            held = row.holds(value, code(attribute, leaf.operand), self._has)
        return known & (~held if leaf.row.negates else held)

    def _known(self, name: str, attribute: Attribute) -> Column:
        if name in self._levels:
            return self._answer("years_experience") != UNKNOWN
        if name in self._measured:
            return self.table[self._measured[name]] != UNKNOWN
        return self._known_in(self.table, attribute)

    def _has(self, name: str, element: str) -> Column:
        if name in self._levels:
            level = self._levels[name].get(element)
            return ibis.literal(False) if level is None else self.table[level]
        layout = self.coding.layouts[name]
        mask, bit = layout.bits[element]
        return (self.table[layout.columns[mask]] & (1 << bit)) != 0

    def match(self, condition: Condition) -> Column:
        """Whether a condition holds; not, where an unknown answer decides it."""
        if isinstance(condition, Leaf):
            name = self._leaves.get(condition)
            return self._concluded_leaf(condition) if name is None else self.table[name]
        parts = [self.match(part) for part in condition.parts]
        if not parts:
            return ibis.literal(isinstance(condition, AllOf))
        return reduce(and_ if isinstance(condition, AllOf) else or_, parts)

    def _concluded_leaf(self, leaf: Leaf) -> Column:
        if leaf.operator == "known":
            given = [
                self.table[name] for (attribute, _), name in self.atoms.items() if attribute == leaf.attribute
            ]
            some = reduce(or_, given, ibis.literal(False))
            return some if leaf.operand else ~some
        row = OPERATORS[leaf.row.negates] if leaf.row.negates else leaf.row
        if "set" in row.types:
            assert row.holds is not None
            held = row.holds(leaf.attribute, leaf.operand, self.atom)
        else:
            held = reduce(or_, [self.atom(leaf.attribute, one) for one in leaf.operands])
        return ~held if leaf.row.negates else held

    def atom(self, attribute: str, value: str | bool) -> Column:
        """Whether an attribute was given a value."""
        name = self.atoms.get((attribute, value))
        return ibis.literal(False) if name is None else self.table[name]

    def clash(self) -> Column:
        """Whether rules gave an attribute that takes one value several."""
        given: dict[str, list[Column]] = defaultdict(list)
        for (attribute, _), name in self.atoms.items():
            if attribute in self.kb.single_valued:
                given[attribute].append(self.table[name].cast("int64"))
        several = [reduce(add, columns) > 1 for columns in given.values() if len(columns) > 1]
        return reduce(or_, several, ibis.literal(False))

    def _settle(self, rules: Sequence[GroundRule]) -> None:
        """Add a column for everything one stratum concludes."""
        givers = givers_of(rules)
        needs = needs_of(givers)
        for step in _steps(needs):
            alone = [atom for group in step for atom in group if len(group) == 1 and atom not in needs[atom]]
            found = {atom: reduce(or_, [self.match(rule.when) for rule in givers[atom]]) for atom in alone}
            self.atoms.update(self.add(found))
            for group in step:
                if group[0] not in alone:
                    self._unroll(group, givers)

    def _unroll(self, group: Sequence[Atom], givers: Mapping[Atom, Sequence[GroundRule]]) -> None:
        """Conclusions that feed each other: what holds while none of them does, then what follows, as often as it can.

        A rule that looks at them may hold without them too, by the other side of an `any`. So every rule is in the
        first round; each later round that changes anything adds a conclusion, so that one less than all are enough.
        """
        inside = by_attribute(group)
        first: dict[Atom, list[Column]] = {atom: [] for atom in group}
        following: list[tuple[Atom, list[Condition], Column]] = []
        for atom in group:
            for rule in givers[atom]:
                first[atom].append(self.match(rule.when))
                inner, outer = _parted(rule.when, inside)
                if inner:
                    following.append((atom, inner, self.match(AllOf(tuple(outer)))))
        names = self.add(
            {number: outer for number, (_, _, outer) in enumerate(following)}
            | {atom: reduce(or_, columns) for atom, columns in first.items()}
        )
        self.atoms.update({atom: names[atom] for atom in group})
        for _ in group[1:]:
            now = {atom: self.table[self.atoms[atom]] for atom in group}
            for number, (atom, inner, _) in enumerate(following):
                now[atom] = now[atom] | (self.table[names[number]] & self.match(AllOf(tuple(inner))))
            self.atoms.update(self.add(now))


def _parted(when: Condition, inside: Mapping[str, Sequence[Atom]]) -> tuple[list[Condition], list[Condition]]:
    """The parts of a condition that look at some conclusions, and those that look at none of them."""
    parts = when.parts if isinstance(when, AllOf) else (when,)
    inner = [part for part in parts if any(True for _ in looked_at(part, inside))]
    return inner, [part for part in parts if part not in inner]


def _relevant(rules: Iterable[GroundRule], single_valued: frozenset[str]) -> list[GroundRule]:
    """The rules on which the advice of a table rests: recommendations, warnings, what leads to them, what may clash."""
    rules = [rule for rule in rules if conclusion_of(rule.then) is not None]
    needed = {RECOMMENDED, WARNED, *single_valued}
    found: list[GroundRule] = []
    while True:
        found = [rule for rule in rules if (conclusion_of(rule.then) or ("",))[0] in needed]
        more = {leaf.attribute for rule in found for leaf in leaves(rule.when)}
        if more <= needed:
            return found
        needed |= more


def _steps(needs: Mapping[Atom, set[Atom]]) -> list[list[list[Atom]]]:
    """Groups of atoms that need each other, in steps: each step needs only what stands in earlier ones."""
    step: dict[Atom, int] = {}
    steps: dict[int, list[list[Atom]]] = defaultdict(list)
    for group in groups(needs):
        below = {need for atom in group for need in needs[atom]}.difference(group)
        number = 1 + max((step[one] for one in below), default=-1)
        step.update(dict.fromkeys(group, number))
        steps[number].append(sorted(group, key=str))
    return [sorted(steps[number], key=str) for number in sorted(steps)]
