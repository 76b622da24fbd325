# pyright: reportAttributeAccessIssue=false
# (z3 tells type checkers little of what it has)
"""The solver reader: a knowledge base as formulas over one unknown person.

A `World` stands for every possible case at once: each answer is known or not and, if known, any value of its
declared domain. Rules become definitions, stratum by stratum (completion; a stratum that feeds itself is
unrolled to its least fixpoint); measures are written out exactly. What a formula's model says of a case, the
engine says too: tests hold the two together. Only this file and its neighbors `solver_*` know z3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Any, Literal

import z3

from trackfit.engine.alike import telling_elements
from trackfit.engine.case import Case
from trackfit.engine.conditions import AllOf, Condition, Leaf, leaves
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.measures import INPUTS
from trackfit.engine.model import (
    RECOMMENDED,
    WARNED,
    Attribute,
    GroundRule,
    Value,
    conclusion_of,
)
from trackfit.engine.operators import OPERATORS
from trackfit.engine.solver_measures import MEASURE_TERMS, Bool, Count, Dates
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


class World:
    """One unknown person, as terms. `rules` is the definitions: assume them before asking anything.

    Without `as_of` it stands for every date, too. `name` keeps the terms of several worlds apart. `conditions`
    are those that will be asked about beside the rules: elements of sets that nothing names have no terms.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        as_of: str | None = None,
        name: str = "",
        *,
        conditions: Iterable[Condition] = (),
    ) -> None:
        self._start(kb, name)
        self.dates = Dates(kb.facts.figures.values(), as_of)
        self.rules.append(self.dates.possible)
        self._alike = telling_elements(kb, conditions)
        for attribute in kb.reader.attributes.values():
            if attribute.type != "text":
                self._answer(attribute)
        self._defaults()
        for name_, ground in kb.program.attributes.items():
            attribute = kb.facts.attributes[ground.attribute]
            if attribute.origin == "measured":
                MEASURE_TERMS[str(attribute.measure)](self, name_, ground.row or "")
        self._settle_all()

    def _start(self, kb: KnowledgeBase, name: str) -> None:
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
        self._first: dict[str, Bool] = {}
        self._by_attribute: dict[str, dict[str | bool, Bool]] = defaultdict(dict)
        self._silence_counts = True

    def without_silence(self, name: str) -> World:
        """The same person under rules to which an open question says nothing: `known: false` on it never holds."""
        other = object.__new__(World)
        other._start(self.kb, name)
        other._silence_counts = False
        for part in ("given", "known", "value", "typed", "elements", "_alike", "dates"):
            setattr(other, part, getattr(self, part))
        other._settle_all()
        return other

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
            self.rules.append(z3.Implies(given, z3.And(term >= low, term <= high)))

    def _defaults(self) -> None:
        """In the order in which a case is read: a default may follow from one that was filled in before it."""
        for attribute in self.kb.reader.attributes.values():
            if attribute.id in self.typed and attribute.default is not None and attribute.default_with:
                given = self.given[attribute.id]
                other = self.known.get(attribute.default_with, z3.BoolVal(False))
                self.known[attribute.id] = z3.Or(given, other)
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
        needed = INPUTS[str(attribute.measure)].needed if attribute.measure else (attribute.id,)
        if attribute.id in needed:
            return z3.BoolVal(False)
        return z3.And([self.known.get(one, z3.BoolVal(False)) for one in needed])

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

    def _settle_all(self) -> None:
        for _, stratum in groupby(self.kb.program.rules, key=lambda rule: rule.stratum):
            self._settle(list(stratum))

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
            if self.kb.facts.attributes[self.kb.program.attributes[name].attribute].type != "set"
        ]
        return z3.And([z3.AtMost(*values, 1) for values in single if len(values) > 1])

    # Ranking

    def first(self, track: str) -> Bool:
        """When a track is recommended before all others."""
        if track not in self._first:
            self._first[track] = Ranking(self).first(track)
        return self._first[track]

    def count(self, skills: Sequence[str], *, held: bool) -> Count:
        """How many of the skills are held, or are not; without a list of skills none is held."""
        terms = [z3.If(self.holds(one), int(held), int(not held)) for one in skills]
        return Count(z3.Sum([z3.IntVal(0), *terms]), len(terms))

    def holds(self, skill: str) -> Bool:
        """When a skill counts as held."""
        return self.value.get("skills", {}).get(skill, z3.BoolVal(False))

    # Two persons

    def extended_by(self, fuller: World) -> list[Bool]:
        """That the fuller person gives every answer that this one gives, and may give more."""
        return [
            z3.Implies(given, z3.And(fuller.given[name], self._same(fuller, name)))
            for name, given in self.given.items()
        ]

    def unchanged_in(self, other: World, name: str) -> Bool:
        """That an answer is the same for both, or open for both."""
        return z3.And(
            self.given[name] == other.given[name], z3.Implies(self.given[name], self._same(other, name))
        )

    def same_in(self, other: World, name: str) -> Bool:
        """That an answer that is no set, or its default, is the same for both, or unknown for both."""
        known = self.known[name]
        return z3.And(known == other.known[name], z3.Implies(known, self.value[name] == other.value[name]))

    def _same(self, other: World, name: str) -> Bool:
        if name in self.elements:
            return z3.And([bit == other.elements[name][one] for one, bit in self.elements[name].items()])
        return self.typed[name] == other.typed[name]

    def holds_one(self, name: str, element: str, case: Case) -> bool:
        """Whether a case's set holds an element, or one that no rule tells apart from it."""
        value = case.answers.get(name)
        return isinstance(value, frozenset) and bool(value & self._alike[name][element])

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

    def case(self, model: Any) -> Case:
        """The case that a model describes: only what it gives, the rest unknown."""
        answers: dict[str, Value] = {}
        for name, given in self.given.items():
            if not self.holds_in(model, given):
                continue
            attribute = self.kb.facts.attributes[name]
            if attribute.type == "set":
                bits = self.elements[name].items()
                answers[name] = frozenset(one for one, bit in bits if self.holds_in(model, bit))
                continue
            found = model.eval(self.typed[name], model_completion=True)
            if attribute.type == "yes_no":
                answers[name] = z3.is_true(found)
            elif attribute.type == "choice":
                answers[name] = attribute.choices[found.as_long()].id
            else:
                answers[name] = found.as_long()
        return self.kb.reader.case(answers)


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
