"""The solver reader, and the only importer of z3: a knowledge base as formulas over one unknown person.

A `World` stands for every possible case at once: each answer is known or not and, if known, any value of its
declared domain. Rules become definitions, stratum by stratum (completion; a stratum that feeds itself is
unrolled to its least fixpoint); measures are written out exactly. What a formula's model says of a case, the
engine says too: tests hold the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Any, Literal

import z3

from trackfit.engine.case import Case
from trackfit.engine.conditions import AllOf, AttributeTest, Condition, Leaf, leaves
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import (
    RECOMMENDED,
    WARNED,
    Attribute,
    GroundRule,
    Value,
    conclusion_of,
)
from trackfit.engine.operators import OPERATORS, Test
from trackfit.engine.solver_measures import MEASURE_TERMS, Bool, Count
from trackfit.engine.solver_ranking import Ranking

Verdict = Literal["sat", "unsat", "undecided"]
Atom = tuple[str, str | bool]


class Solver:
    """Asks whether some case satisfies formulas; `milliseconds` bounds each question."""

    def __init__(self, milliseconds: int = 10_000) -> None:
        self._solver = z3.Solver()
        self._solver.set("timeout", milliseconds)

    def assume(self, formulas: Iterable[Bool]) -> None:
        """Formulas that hold in every question from now on."""
        self._solver.add(*formulas)

    def ask(self, *formulas: Bool) -> tuple[Verdict, z3.ModelRef | None]:
        """Whether some case satisfies all that is assumed and `formulas`, and one that does."""
        self._solver.push()
        try:
            self._solver.add(*formulas)
            result = self._solver.check()
            if result == z3.sat:
                return "sat", self._solver.model()
            return ("unsat" if result == z3.unsat else "undecided"), None
        finally:
            self._solver.pop()


class World:
    """One unknown person, as terms. `rules` is the definitions: assume them before asking anything.

    Without `as_of` it stands for every date, too. `name` keeps the terms of several worlds apart.
    """

    def __init__(self, kb: KnowledgeBase, as_of: str | None = None, name: str = "") -> None:
        self.kb = kb
        self.name = name
        self.rules: list[Bool] = []
        self.given: dict[str, Bool] = {}
        self.known: dict[str, Bool] = {}
        self.value: dict[str, Any] = {}
        self.typed: dict[str, Any] = {}
        self.elements: dict[str, dict[str, Bool]] = {}
        self.atoms: dict[Atom, Bool] = {}
        self._fires: dict[str, Bool] = {}
        self._by_attribute: dict[str, dict[str | bool, Bool]] = defaultdict(dict)
        self._alike = _telling_elements(kb)
        for attribute in kb.reader.attributes.values():
            if attribute.type != "text":
                self._answer(attribute)
        self._defaults()
        for name_, ground in kb.program.attributes.items():
            attribute = kb.facts.attributes[ground.attribute]
            if attribute.origin == "measured":
                MEASURE_TERMS[str(attribute.measure)](self, name_, ground.row or "", as_of)
        for _, stratum in groupby(kb.program.rules, key=lambda rule: rule.stratum):
            self._settle(list(stratum))

    # What a person may answer

    def _const(self, text: str) -> Bool:
        return z3.Bool(f"{self.name}{text}")

    def _answer(self, attribute: Attribute) -> None:
        given = self._const(f"{attribute.id}?")
        self.given[attribute.id] = self.known[attribute.id] = given
        if attribute.question and attribute.question.required:
            self.rules.append(given)
        if attribute.type == "set":
            bits = {
                one: self._const(f"{attribute.id} has {one}") for one in sorted(self._alike[attribute.id])
            }
            self.rules.extend(z3.Implies(bit, given) for bit in bits.values())
            self.elements[attribute.id] = bits
            self.value[attribute.id] = _counted(self.kb, bits) if attribute.id == "skills" else bits
        elif attribute.type == "yes_no":
            self.value[attribute.id] = self.typed[attribute.id] = self._const(attribute.id)
        else:
            low, high = attribute.range or (0, len(attribute.choices) - 1)
            term = z3.Int(f"{self.name}{attribute.id}")
            self.value[attribute.id] = self.typed[attribute.id] = term
            self.rules.append(z3.And(term >= low, term <= high))

    def _defaults(self) -> None:
        for attribute in self.kb.reader.attributes.values():
            if attribute.default is not None and attribute.default_with is not None:
                given = self.given[attribute.id]
                self.known[attribute.id] = z3.Or(given, self.given[attribute.default_with])
                default = self.encode(attribute, attribute.default)
                self.value[attribute.id] = z3.If(given, self.value[attribute.id], default)

    def encode(self, attribute: Attribute, value: Any) -> Any:
        """A value of an attribute as its term's kind: a choice as its place in the vocabulary."""
        if attribute.type == "choice":
            return [choice.id for choice in attribute.choices].index(value)
        return value

    # What rules say of it

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
            return known if leaf.operand else z3.Not(known)
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

    def _concluded_leaf(self, leaf: Leaf) -> Bool:
        values = self._by_attribute[leaf.attribute]
        if leaf.operator == "known":
            some = z3.Or(list(values.values()))
            return some if leaf.operand else z3.Not(some)
        row = OPERATORS[leaf.row.negates] if leaf.row.negates else leaf.row
        wanted = _as_tuple(leaf.operand)
        if "set" in row.types:
            assert row.holds is not None
            held = row.holds(values, leaf.operand, lambda atoms, one: atoms.get(one, z3.BoolVal(False)))
        else:
            held = z3.Or([values[one] for one in wanted if one in values])
        return z3.Not(held) if leaf.row.negates else held

    def _settle(self, rules: Sequence[GroundRule]) -> None:
        """Define what one stratum concludes, and when its rules fire."""
        givers: dict[Atom, list[GroundRule]] = defaultdict(list)
        for rule in rules:
            if (atom := conclusion_of(rule.then)) is not None:
                givers[atom].append(rule)
        by_attribute: dict[str, list[Atom]] = defaultdict(list)
        for atom in givers:
            by_attribute[atom[0]].append(atom)
        needs = {
            atom: {
                need for rule in group for leaf in leaves(rule.when) for need in _needed(leaf, by_attribute)
            }
            for atom, group in givers.items()
        }
        try:
            for atom in TopologicalSorter(needs).static_order():
                self._define(atom, givers[atom], "")
        except CycleError:
            self._unroll(givers)
        for rule in rules:
            self._fires[rule.key] = self.match(rule.when)

    def _define(self, atom: Atom, givers: Iterable[GroundRule], round_: str) -> None:
        term = self._const(f"{atom[0]} = {atom[1]}{round_}")
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

    def match_clause(self, clause: Iterable[AttributeTest]) -> Bool:
        """When one alternative of a condition holds."""
        return z3.And([self._leaf(_as_leaf(name, test)) for name, test in clause])

    def answered(self, attribute: str, value: str | bool) -> Bool:
        """When an asked attribute is known to be a value."""
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

    # Ranking

    def first(self, track: str) -> Bool:
        """When a track is recommended before all others."""
        return Ranking(self).first(track)

    def count(self, skills: Sequence[str], *, held: bool) -> Count:
        """How many of the skills are held, or are not; without a list of skills none is held."""
        bits = self.value.get("skills", {})
        terms = [z3.If(bits.get(one, z3.BoolVal(False)), int(held), int(not held)) for one in skills]
        return Count(z3.Sum([z3.IntVal(0), *terms]), len(terms))

    # Two persons

    def extended_by(self, fuller: World) -> list[Bool]:
        """That the fuller person gives every answer that this one gives, and may give more."""
        same: list[Bool] = []
        for name, given in self.given.items():
            same.append(z3.Implies(given, z3.And(fuller.given[name], self._same(fuller, name))))
        return same

    def unchanged_in(self, other: World, name: str) -> Bool:
        """That an answer is the same for both, or open for both."""
        return z3.And(
            self.given[name] == other.given[name], z3.Implies(self.given[name], self._same(other, name))
        )

    def _same(self, other: World, name: str) -> Bool:
        if name in self.elements:
            return z3.And([bit == other.elements[name][one] for one, bit in self.elements[name].items()])
        return self.typed[name] == other.typed[name]

    def holds_one(self, name: str, element: str, case: Case) -> bool:
        """Whether a case's set holds an element, or one that no rule tells apart from it."""
        value = case.answers.get(name)
        return isinstance(value, frozenset) and bool(
            value & self._alike[name].get(element, frozenset((element,)))
        )

    def gives(self, name: str, case: Case) -> Bool:
        """That this person answers one question as `case` does."""
        if name not in case.answers or name in case.defaulted:
            return z3.Not(self.given[name])
        value = case.answers[name]
        if name in self.elements:
            bits = self.elements[name].items()
            return z3.And(self.given[name], *(bit == self.holds_one(name, one, case) for one, bit in bits))
        attribute = self.kb.facts.attributes[name]
        return z3.And(self.given[name], self.typed[name] == self.encode(attribute, value))

    # Back to a case

    def holds_in(self, model: Any, formula: Bool) -> bool:
        """Whether a formula holds in a model."""
        return bool(z3.is_true(model.eval(formula, model_completion=True)))

    def case(self, model: z3.ModelRef) -> Case:
        """The case that a model describes: only what it gives, the rest unknown."""
        answers: dict[str, Value] = {}
        for attribute in self.kb.reader.attributes.values():
            given = self.given.get(attribute.id)
            if given is None or not z3.is_true(model.eval(given, model_completion=True)):
                continue
            if attribute.type == "set":
                bits = self.elements[attribute.id].items()
                answers[attribute.id] = frozenset(
                    one for one, bit in bits if z3.is_true(model.eval(bit, model_completion=True))
                )
                continue
            found = model.eval(self.typed[attribute.id], model_completion=True)
            if attribute.type == "yes_no":
                answers[attribute.id] = z3.is_true(found)
            elif attribute.type == "choice":
                answers[attribute.id] = attribute.choices[found.as_long()].id
            else:
                answers[attribute.id] = found.as_long()
        return self.kb.reader.case(answers)


def all_of(*formulas: Bool) -> Bool:
    """That all hold."""
    return z3.And(*formulas)


def any_of(*formulas: Bool) -> Bool:
    """That at least one holds."""
    return z3.Or(*formulas)


def negation(formula: Bool) -> Bool:
    """That a formula does not hold."""
    return z3.Not(formula)


def _as_leaf(name: str, test: Test) -> Leaf:
    """A plain test as the comparison that means the same."""
    operators = {
        "==": "is",
        "!=": "is_not",
        ">=": "at_least",
        "<": "less_than",
        "<=": "at_most",
        ">": "more_than",
        "has": "has",
        "lacks": "lacks",
    }
    if test.symbol in ("known", "unknown"):
        return Leaf(attribute=name, operator="known", operand=test.symbol == "known")
    return Leaf(attribute=name, operator=operators[test.symbol], operand=test.value)


def _telling_elements(kb: KnowledgeBase) -> dict[str, dict[str, frozenset[str]]]:
    """For every asked set, the elements that can make a difference, each with those that make the same.

    Skills that count as the same things that rules, tracks and routes name are one; a named one stands for them.
    """
    mentioned: dict[str, set[str]] = defaultdict(set)
    for rule in kb.program.rules:
        for leaf in leaves(rule.when):
            if OPERATORS[leaf.operator].types == OPERATORS["has"].types:
                mentioned[leaf.attribute] |= set(_as_tuple(leaf.operand))
    found = {name: {one: frozenset((one,)) for one in ones} for name, ones in mentioned.items()}
    wanted = set(mentioned["skills"])
    for skills in kb.measures.track_skills.values():
        wanted |= set(skills)
    for route in kb.facts.routes.values():
        wanted |= {*route.carries_over, *route.gap}
    alike: dict[frozenset[str], list[str]] = defaultdict(list)
    for skill in sorted(kb.facts.skills, key=lambda one: (one not in wanted, one)):
        alike[kb.reader.index.counted([skill]) & wanted].append(skill)
    found["skills"] = {skills[0]: frozenset(skills) for counts, skills in alike.items() if counts}
    return defaultdict(dict, found)


def _as_tuple(operand: Any) -> tuple[Any, ...]:
    return operand if isinstance(operand, tuple) else (operand,)


def _counted(kb: KnowledgeBase, bits: dict[str, Bool]) -> dict[str, Bool]:
    """The skills with all they count as: held when any skill that counts as it is given."""
    sources: dict[str, list[Bool]] = defaultdict(list)
    for given, bit in bits.items():
        for broader in sorted(kb.reader.index.counted([given])):
            sources[broader].append(bit)
    return {one: z3.Or(terms) for one, terms in sources.items()}


def _needed(leaf: Leaf, by_attribute: dict[str, list[Atom]]) -> Iterable[Atom]:
    """The atoms of the same stratum that a comparison looks at."""
    atoms = by_attribute.get(leaf.attribute, [])
    if leaf.operator == "known":
        return atoms
    wanted = _as_tuple(leaf.operand)
    return [atom for atom in atoms if atom[1] in wanted]
