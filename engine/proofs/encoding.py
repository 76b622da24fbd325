# pyright: reportAttributeAccessIssue=false
# (z3 tells type checkers little of what it has)
"""The solver reader: a knowledge base as formulas over one unknown person.

A `World` stands for every possible case at once. Rules become definitions, stratum by stratum (completion; a
stratum that feeds itself is unrolled to its least fixpoint); measures are written out exactly. What a formula's
model says of a case, the engine says too: tests hold the two together. Only this file and its neighbors
`solver_*` know z3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Any, Literal

import z3

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.knowledge.chains import Atom, givers_of, needs_of
from trackfit.engine.language.conditions import AllOf, Condition, Leaf
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import RECOMMENDED, WARNED, Attribute, GroundRule
from trackfit.engine.language.operators import OPERATORS
from trackfit.engine.proofs.person_terms import UnknownPerson
from trackfit.engine.proofs.ranking_terms import Bool

Verdict = Literal["sat", "unsat", "undecided"]


class Solver:
    """Asks whether some case satisfies formulas; `milliseconds` bounds each question."""

    def __init__(self, milliseconds: int = 10_000) -> None:
        self._solver = z3.Solver()
        self._solver.set("timeout", milliseconds)

    def assume(self, formulas: Iterable[Bool]) -> None:
        """Formulas that hold in every question from now on."""
        self._solver.add(*formulas)

    def ask(self, *formulas: Bool) -> tuple[Verdict, Any]:
        """Whether some case satisfies all that is assumed and `formulas`, and a model of one that does."""
        self._solver.push()
        try:
            self._solver.add(*formulas)
            result = self._solver.check()
            if result == z3.sat:
                return "sat", self._solver.model()
            return ("unsat" if result == z3.unsat else "undecided"), None
        finally:
            self._solver.pop()


class World(UnknownPerson):
    """One unknown person under the rules. `rules` is what the terms stand for: assume it before asking anything."""

    def __init__(
        self,
        kb: KnowledgeBase,
        as_of: str | None = None,
        name: str = "",
        *,
        conditions: Iterable[Condition] = (),
    ) -> None:
        super().__init__(kb, as_of, name, conditions=conditions)
        self.settle_all(self.possible, silence_counts=True)

    def without_silence(self, name: str) -> World:
        """The same person under rules to which an open question says nothing: `known: false` on it never holds."""
        other = copy(self)
        other.name = name
        other.settle_all((), silence_counts=False)
        return other

    def settle_all(self, given: Iterable[Bool], *, silence_counts: bool) -> None:
        """Define what all strata conclude, from nothing."""
        self.rules: list[Bool] = [*given]
        self.atoms: dict[Atom, Bool] = {}
        self._fires: dict[str, Bool] = {}
        self._by_attribute: dict[str, dict[str | bool, Bool]] = defaultdict(dict)
        self._silence_counts = silence_counts
        for _, stratum in groupby(self.kb.program.rules, key=lambda rule: rule.stratum):
            self._settle(list(stratum))

    def match(self, condition: Condition) -> Bool:
        """When the condition holds, and is known to."""
        if isinstance(condition, Leaf):
            return self._leaf(condition)
        parts = [self.match(part) for part in condition.parts]
        return z3.And(parts) if isinstance(condition, AllOf) else z3.Or(parts)

    def _leaf(self, leaf: Leaf) -> Bool:
        attribute = self.kb.facts.attributes[self.kb.program.attributes[leaf.attribute].attribute]
        if attribute.origin == "concluded":
            return self._concluded_leaf(leaf)
        known = self.known.get(leaf.attribute, z3.BoolVal(False))
        if leaf.operator == "known":
            return known if leaf.operand else z3.And(z3.Not(known), self._silence(attribute))
        row = OPERATORS[leaf.row.negates] if leaf.row.negates else leaf.row
        assert row.holds is not None
        if attribute.type == "set" or not isinstance(leaf.operand, tuple):
            operand = leaf.operand if attribute.type == "set" else self.encode(attribute, leaf.operand)
        else:
            operand = tuple(self.encode(attribute, one) for one in leaf.operand)
        held = row.holds(
            self.value[leaf.attribute], operand, lambda bits, one: bits.get(one, z3.BoolVal(False))
        )
        return z3.And(known, z3.Not(held) if leaf.row.negates else held)

    def _silence(self, attribute: Attribute) -> Bool:
        """When a rule may go by that an attribute is unknown; a measure can be so with all questions answered."""
        if self._silence_counts:
            return z3.BoolVal(True)
        needed = MEASURES[str(attribute.measure)].needed if attribute.measure else (attribute.id,)
        if attribute.id in needed:
            return z3.BoolVal(False)
        return z3.And([self.known.get(one, z3.BoolVal(False)) for one in needed])

    def _concluded_leaf(self, leaf: Leaf) -> Bool:
        values = self._by_attribute[leaf.attribute]
        if leaf.operator == "known":
            some = z3.Or(list(values.values()))
            return some if leaf.operand else z3.Not(some)
        row = OPERATORS[leaf.row.negates] if leaf.row.negates else leaf.row
        if "set" in row.types:
            assert row.holds is not None
            held = row.holds(values, leaf.operand, lambda atoms, one: atoms.get(one, z3.BoolVal(False)))
        else:
            held = z3.Or([values[one] for one in leaf.operands if one in values])
        return z3.Not(held) if leaf.row.negates else held

    def _settle(self, rules: Sequence[GroundRule]) -> None:
        """Define what one stratum concludes, and when its rules fire."""
        givers = givers_of(rules)
        needs = needs_of(givers)
        try:
            for atom in TopologicalSorter(needs).static_order():
                self._define(atom, givers[atom])
        except CycleError:
            self._unroll(givers)
        for rule in rules:
            self._fires[rule.key] = self.match(rule.when)

    def _define(self, atom: Atom, givers: Iterable[GroundRule]) -> None:
        term = self._const(f"{atom[0]} = {atom[1]}")
        self.rules.append(term == z3.Or([self.match(rule.when) for rule in givers]))
        self._bind(atom, term)

    def _bind(self, atom: Atom, term: Bool) -> None:
        self.atoms[atom] = term
        self._by_attribute[atom[0]][atom[1]] = term

    def _unroll(self, givers: dict[Atom, list[GroundRule]]) -> None:
        """From nothing, as many rounds as there are atoms: the least fixpoint, without unfounded support."""
        for atom in givers:
            self._bind(atom, z3.BoolVal(False))
        for number in range(len(givers)):
            terms: dict[Atom, Bool] = {}
            for atom, group in givers.items():
                term = self._const(f"{atom[0]} = {atom[1]} #{number}")
                self.rules.append(term == z3.Or([self.match(rule.when) for rule in group]))
                terms[atom] = term
            for atom, term in terms.items():
                self._bind(atom, term)

    def answered(self, attribute: str, value: str | bool) -> Bool:
        """When an asked attribute is known to be a value; never, where there is no such attribute."""
        if attribute not in self.known:
            return z3.BoolVal(False)
        return self._leaf(Leaf(attribute=attribute, operator="is", operand=value))

    def fires(self, key: str) -> Bool:
        """When a ground rule fires."""
        return self._fires[key]

    def concluded(self, attribute: str, value: str | bool) -> Bool:
        """When an attribute is given a value."""
        return self.atoms.get((attribute, value), z3.BoolVal(False))

    def recommended(self, track: str) -> Bool:
        """When a track is recommended."""
        return self.concluded(RECOMMENDED, track)

    def warned(self, warning: str) -> Bool:
        """When a warning is given."""
        return self.concluded(WARNED, warning)

    @property
    def consistent(self) -> Bool:
        """When no single-valued attribute is given two values: the engine refuses such a case."""
        single = [
            list(values.values())
            for name, values in self._by_attribute.items()
            if name in self.kb.single_valued
        ]
        return z3.And([z3.AtMost(*values, 1) for values in single if len(values) > 1])

    def first(self, track: str) -> Bool:
        """When a track is recommended before all others."""
        others = [other for other in self.kb.ways.lists if other != track]
        ahead = [z3.Implies(self.recommended(other), self.ranking.before(track, other)) for other in others]
        return z3.And(self.recommended(track), *ahead)


def all_of(*formulas: Bool) -> Bool:
    """That all hold."""
    return z3.And(*formulas)


def any_of(*formulas: Bool) -> Bool:
    """That at least one holds."""
    return z3.Or(*formulas)


def differ(one: Bool, other: Bool) -> Bool:
    """That exactly one of two holds."""
    return z3.Xor(one, other)


def negation(formula: Bool) -> Bool:
    """That a formula does not hold."""
    return z3.Not(formula)
