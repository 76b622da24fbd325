"""Faults of rules taken together: those that never fire, add nothing, or contradict, and tracks that none recommends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from trackfit.engine.knowledge.compile import Compilation
from trackfit.engine.language.conditions import AttributeTest, Leaf, leaves
from trackfit.engine.language.model import RECOMMENDED, Warn, conclusion_of
from trackfit.engine.language.operators import Scalar
from trackfit.engine.language.wording import Wording
from trackfit.engine.problems.problem import Location, Problem
from trackfit.engine.workshop.check.analysis import (
    ANY,
    Alternatives,
    Reachable,
    overlaps,
    read_rules,
    single_valued,
    useless,
    wanted,
)
from trackfit.engine.workshop.check.limits import Space
from trackfit.engine.workshop.check.witness import Witness

if TYPE_CHECKING:
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.workshop.check.exact import Exact

OPERATOR_OF = {
    "==": "is",
    "!=": "is_not",
    ">=": "at_least",
    "<": "less_than",
    "<=": "at_most",
    ">": "more_than",
    "has": "has",
    "lacks": "lacks",
}
NEVER_EXPLAINED = "none of its alternatives can hold"


class RuleFaults:
    """Looks at all rules of one compilation. A rule with a fault of its own counts as giving whatever it may mean to."""

    def __init__(self, found: Compilation, as_of: str, kb: KnowledgeBase | None = None) -> None:
        """With `kb`, the same rules without faults of their own, the solver is asked as well."""
        self.found = found
        self.kb = kb
        self.as_of = as_of
        self.space = Space(found.facts, found.program)
        self.wording = Wording(found.facts, found.program)
        order = sorted(found.rules, key=lambda rule: (found.place(rule.rule), rule.key))
        self.readings = read_rules(order, self.space)
        self.concluded = frozenset(name for name, domain in self.space.domains.items() if domain.concluded)
        self.faulty = [raw for raw in found.loaded.rules if raw.id in found.faulty]
        self.told: set[str] = set()
        self.never: set[str] = set()

    @cached_property
    def witness(self) -> Witness:
        """Finds cases for which these rules fire."""
        return Witness(self.found.facts, self.found.program, self.readings, self.as_of)

    @cached_property
    def exact(self) -> Exact | None:
        """The solver, where it is to be asked."""
        if self.kb is None:
            return None
        from trackfit.engine.workshop.check.exact import Exact

        return Exact(self.kb, self.witness)

    def problems(self) -> Iterator[Problem]:
        """Every fault, each once, and none that only follows from another."""
        yield from self._never_fires()
        yield from self._unreachable_tracks()
        yield from self._useless()
        yield from self._same_condition()
        if self.exact is not None:
            yield from self._proved(self.exact)
        yield from self._contradictions()

    def silent(self) -> set[str]:
        """The rules that cannot fire as things are, for whatever reason."""
        possible = self._possible(Reachable(self.readings, self.concluded, ()))
        return {one.rule.rule for one in self.readings} - possible

    def _possible(self, firing: Reachable) -> set[str]:
        """The rules that can fire for some row."""
        return {one.rule.rule for one in self.readings if one.rule.key in firing.firing}

    def _place(self, rule: str, *path: str) -> Location:
        return self.found.place(rule, *path)

    def _never_fires(self) -> Iterator[Problem]:
        by_rule: dict[str, list[Alternatives]] = defaultdict(list)
        for reading in self.readings:
            by_rule[reading.rule.rule].append(reading)
        yield from self._without_ground(by_rule.keys())
        impossible = [rule for rule, group in by_rule.items() if not any(one.clauses for one in group)]
        for rule in impossible:
            yield self._never(rule, f"{rule!r} never fires: {self._exclude(by_rule[rule][0].conflict)}")
        given = [*self._taken_for_granted(), *self._conclusions(impossible, by_rule)]
        while True:
            firing = Reachable(self.readings, self.concluded, given)
            possible = self._possible(firing)
            silent = [rule for rule in by_rule if rule not in self.told and rule not in possible]
            if not silent:
                return
            waiting = (rule for rule in silent if not self._waits_for(rule, silent, by_rule, firing))
            rule = next(waiting, silent[0])
            yield self._never(rule, f"{rule!r} never fires: {self._lacks(by_rule[rule], firing)}")
            given += self._conclusions([rule], by_rule)

    def _without_ground(self, grounded: Collection[str]) -> Iterator[Problem]:
        """Rules for the rows of a table of which no row is fit."""
        for raw in self.found.loaded.rules:
            unsure = raw.id in self.found.faulty or (raw.table is not None and not self._whole(raw.table))
            if raw.id not in grounded and not unsure:
                rows = f"no row of {raw.table} satisfies what it asks of {raw.variable!r}"
                text = f"{raw.id!r} never fires: {rows if raw.table else NEVER_EXPLAINED}"
                yield self._never(raw.id, text)

    def _whole(self, table: str) -> bool:
        """Whether a table has rows, and no faults."""
        return bool(getattr(self.found.facts, table)) and self.found.loaded.rows.whole(table)

    def _never(self, rule: str, text: str) -> Problem:
        self.told.add(rule)
        self.never.add(rule)
        return Problem(where=self._place(rule, "when"), id="rule-never-fires", text=text, severity="warning")

    def _conclusions(
        self, rules: Iterable[str], by_rule: dict[str, list[Alternatives]]
    ) -> Iterator[tuple[str, Scalar]]:
        return _given_by(reading for rule in rules for reading in by_rule[rule])

    def _taken_for_granted(self) -> Iterator[tuple[str, Scalar]]:
        """What faulty rules may conclude, and attributes that no rule concludes, which is told of them."""
        rows = self.found.loaded.rows
        anything = bool(self.faulty) or not rows.whole("rules") or not self._tables_whole()
        given = {name for name, _ in self._conclusions_of_all()}
        for name in self.concluded:
            if anything or name not in given:
                yield from ((name, value) for value in self.space.domains[name].values)

    def _tables_whole(self) -> bool:
        """Whether every table that rules are written for each row of is without faults."""
        rows = self.found.loaded.rows
        return all(rows.whole(raw.table) for raw in self.found.loaded.rules if raw.table)

    def _conclusions_of_all(self) -> Iterator[tuple[str, Scalar]]:
        return _given_by(self.readings)

    def _conclusions_of(self, rules: Collection[str]) -> Iterator[tuple[str, Scalar]]:
        return _given_by(reading for reading in self.readings if reading.rule.rule in rules)

    def _waits_for(
        self, rule: str, silent: Sequence[str], by_rule: dict[str, list[Alternatives]], firing: Reachable
    ) -> bool:
        """Whether a rule only waits for what other silent rules would conclude."""
        others = set(self._conclusions([one for one in silent if one != rule], by_rule))
        names = {name for name, _ in others}
        return all(
            (name, value) in others or name in names
            for reading in by_rule[rule]
            for clause in reading.clauses
            for name, value in firing.lacking(clause)
        )

    def _exclude(self, conflict: Iterable[AttributeTest]) -> str:
        shown = [f"“{self._test(test)}”" for test in dict.fromkeys(conflict)]
        if len(shown) == 1:
            return f"it asks for {shown[0]}, which is never so"
        return f"it asks for {' and '.join(shown)}, which exclude each other" if shown else NEVER_EXPLAINED

    def _lacks(self, group: Iterable[Alternatives], firing: Reachable) -> str:
        for reading in group:
            for clause in reading.clauses:
                for name, value in firing.lacking(clause):
                    label = self.wording.label(name)
                    if (name, value) in set(self._conclusions_of_all()):
                        return f"it waits for {label}, and that for this rule"
                    shown = "anything" if str(value).startswith("\0") else self.wording.value(name, value)
                    return f"no rule concludes {shown} for {label}"
        return NEVER_EXPLAINED

    def _test(self, test: AttributeTest) -> str:
        name, one = test
        if one.symbol in ("known", "unknown"):
            return self.wording.leaf(Leaf(attribute=name, operator="known", operand=one.symbol == "known"))
        return self.wording.leaf(Leaf(attribute=name, operator=OPERATOR_OF[one.symbol], operand=one.value))

    def _unreachable_tracks(self) -> Iterator[Problem]:
        unsure = any("recommend" in raw.then or not raw.then for raw in self.faulty)
        if unsure or not self.found.loaded.rows.whole("rules") or not self._tables_whole():
            return
        granted = [*self._taken_for_granted()]
        if self.told:
            granted += self._conclusions_of_all()
        firing = Reachable(self.readings, self.concluded, granted).firing
        firing |= {one.rule.key for one in self.readings if one.rule.rule in self.told}
        given = _given_by(one for one in self.readings if one.rule.key in firing)
        reached = {value for name, value in given if name == RECOMMENDED}
        for row in self.found.loaded.rows.sound("tracks"):
            if row.id not in reached:
                text = f"no rule can recommend the track {row.id!r}; add a route to it, or a rule that recommends it"
                yield Problem(
                    where=row.node.find(("id",)), id="unreachable-track", text=text, severity="warning"
                )

    def _useless(self) -> Iterator[Problem]:
        asked: dict[str, set[Any]] = defaultdict(set)
        for reading in self.readings:
            asked[reading.rule.rule].add((_asks(reading), reading.rule.then))
        for rule, wider in useless(self.readings, self.space).items():
            if rule in self.told:
                continue
            self.told.add(rule)
            place = self._place(wider)
            there = f"{wider!r} ({place.file}:{place.line})"
            if asked[rule] == asked[wider]:
                text = f"{rule!r} says the same as {there}, under the same condition; take one out"
                yield Problem(where=self._place(rule), id="same-rule", text=text, severity="warning")
            else:
                text = (
                    f"{rule!r} adds nothing: whenever it holds, {there} holds and gives the same; "
                    "take it out, or tell them apart"
                )
                yield Problem(where=self._place(rule), id="rule-subsumed", text=text, severity="warning")

    def _proved(self, exact: Exact) -> Iterator[Problem]:
        """What only the solver knows of rules that nothing was told of yet."""
        granted = {*self._taken_for_granted(), *self._conclusions_of(self.never)}
        silent = [rule for rule in exact.silent(self._untold()) if not self._asks_for(rule, granted)]
        first = [
            rule for rule in silent if not self._asks_for(rule, self._conclusions_of({*silent} - {rule}))
        ]
        for rule in first or silent[:1]:
            yield self._never(rule, f"{rule!r} never fires: nobody can meet all that it asks (proved)")
        self.told.update(silent)
        for rule, keys in exact.useless(self._untold()):
            self.told.add(rule)
            text = (
                f"{rule!r} adds nothing: whenever it holds, {' or '.join(map(repr, keys))} holds and gives the same "
                "(proved); take it out, or tell them apart"
            )
            yield Problem(where=self._place(rule), id="rule-subsumed", text=text, severity="warning")

    def _untold(self) -> list[Alternatives]:
        return [one for one in self.readings if one.rule.rule not in self.told]

    def _asks_for(self, rule: str, conclusions: Iterable[tuple[str, Scalar]]) -> bool:
        """Whether a rule asks for one of the conclusions."""
        given = set(conclusions)
        given |= {(name, ANY) for name, _ in given}
        return any(
            pair in given
            for reading in self.readings
            if reading.rule.rule == rule
            for clause in reading.clauses
            for pair in wanted(clause)
        )

    def _same_condition(self) -> Iterator[Problem]:
        """Rules that give one warning in the same cases, each with a text of its own."""
        first: dict[Any, str] = {}
        for reading in self.readings:
            rule, then = reading.rule.rule, reading.rule.then
            if not isinstance(then, Warn) or rule in self.told:
                continue
            other = first.setdefault((_asks(reading), then.warning), rule)
            if other != rule:
                self.told.add(rule)
                text = (
                    f"{rule!r} gives the warning {then.warning!r} under the same condition as {other!r}; "
                    "make one rule of them"
                )
                yield Problem(where=self._place(rule), id="same-condition", text=text, severity="warning")

    def _contradictions(self) -> Iterator[Problem]:
        singles = {name: domain.single for name, domain in self.space.domains.items()}
        groups = single_valued((one for one in self.readings if one.rule.rule not in self.told), singles)
        if not groups:
            return
        for name, by_value in sorted(groups.items()):
            yield from self._contradicting(name, by_value)

    def _contradicting(self, name: str, by_value: dict[Scalar, list[Alternatives]]) -> Iterator[Problem]:
        """For each rule the first other one that may give another value for the same case."""
        values = sorted(by_value, key=str)
        pairs: dict[str, dict[str, list[tuple[Alternatives, Alternatives, Any]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for number, value in enumerate(values):
            for other_value in values[number + 1 :]:
                for one, other, both in overlaps(by_value[value], by_value[other_value], self.space):
                    if self.witness.ruled_out(both):
                        continue
                    early, late = sorted((one, other), key=lambda reading: self._place(reading.rule.rule))
                    pairs[late.rule.rule][early.rule.rule].append((late, early, both))
        for rule in sorted(pairs, key=self._place):
            yield from self._contradiction(name, rule, pairs[rule])

    def _contradiction(
        self, name: str, rule: str, others: dict[str, list[tuple[Alternatives, Alternatives, Any]]]
    ) -> Iterator[Problem]:
        """The first other rule for which a case shows it; else the doubt, unless it is proved that there is none."""
        label = self.wording.label(name)
        order = sorted(others, key=self._place)
        doubtful: list[str] = []
        for other in order:
            if (shown := self._for_example(others[other])) is not None:
                more = f", and it contradicts {len(others) - 1} more" if len(others) > 1 else ""
                yield self._contradict(rule, other, label, f"{shown}{more}")
                return
        for other in order:
            keys = sorted({(late.rule.key, early.rule.key) for late, early, _ in others[other]})
            found = self.exact.both(keys) if self.exact is not None else None
            if found:
                assert found.case is not None
                day = f", on {found.as_of}" if found.as_of else ""
                yield self._contradict(rule, other, label, f"{_shown(found.case.plain())}{day}")
                return
            if found is None:
                doubtful.append(other)
        if doubtful:
            text = (
                f"{rule!r} and {doubtful[0]!r} may give {label} two values for one case; no such case was found, "
                "and it was not ruled out either; tell their conditions apart"
            )
            yield Problem(where=self._place(rule), id="rules-may-contradict", text=text, severity="warning")

    def _for_example(self, pairs: Sequence[tuple[Alternatives, Alternatives, Any]]) -> str | None:
        """A case for which two rules fire, if one is at hand."""
        if not self.found.program.rules:
            return None
        tried = (self.witness.case(both, {late.rule.key, early.rule.key}) for late, early, both in pairs[:4])
        return next(
            (_shown(self.witness.reader.case(found).plain()) for found in tried if found is not None), None
        )

    def _contradict(self, rule: str, other: str, label: str, shown: str) -> Problem:
        text = (
            f"{rule!r} and {other!r} give {label} two values for one case, such as {shown}; "
            "tell their conditions apart"
        )
        return Problem(where=self._place(rule), id="rules-contradict", text=text)


def _given_by(readings: Iterable[Alternatives]) -> Iterator[tuple[str, Scalar]]:
    """What rules conclude."""
    for reading in readings:
        conclusion = conclusion_of(reading.rule.then)
        if conclusion is not None:
            yield conclusion


def _asks(reading: Alternatives) -> frozenset[Any]:
    """What a rule asks, however it is written."""
    return frozenset(frozenset(clause.items()) for clause in reading.clauses)


def _shown(case: dict[str, Any]) -> str:
    """An example case on one line, as an answers file would have it."""
    return ", ".join(f"{key}: {_plain(value)}" for key, value in case.items())


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def attributes_tested(found: Compilation) -> set[str]:
    """The declared attributes that some ground rule looks at."""
    return {
        found.program.attributes[leaf.attribute].attribute
        for rule in found.rules
        for leaf in leaves(rule.when)
    }
