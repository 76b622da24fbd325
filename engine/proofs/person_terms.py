# pyright: reportAttributeAccessIssue=false
# (z3 tells type checkers little of what it has)
"""One unknown person as the solver's terms: what they may answer, known or not, any value of its declared domain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import z3

from trackfit.engine.cases.case import Case
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.ways import BACKGROUND, DENIED, YEARS
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.conditions import Condition
from trackfit.engine.language.facts import Route
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import Attribute, Value
from trackfit.engine.proofs.alike import telling_elements
from trackfit.engine.proofs.measure_terms import Dates, MeasureTerms
from trackfit.engine.proofs.ranking_terms import Bool, RankingTerms


class UnknownPerson:
    """One unknown person, and the measures of their answers. `possible` says what the terms stand for: assume it.

    Without `as_of` it stands for every date on which the figures have these values, too. `name` keeps the terms of
    several persons apart. `conditions` are those that will be asked about beside the rules: elements of sets that
    nothing names have no terms.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        as_of: str | None = None,
        name: str = "",
        *,
        conditions: Iterable[Condition] = (),
    ) -> None:
        self.kb = kb
        self.name = name
        self.given: dict[str, Bool] = {}
        self.known: dict[str, Bool] = {}
        self.value: dict[str, Any] = {}
        self.typed: dict[str, Any] = {}
        self.elements: dict[str, dict[str, Bool]] = {}
        self.dates = Dates(kb, as_of)
        self.possible: list[Bool] = [self.dates.possible]
        self._missing: dict[str, Any] = {}
        self._alike = telling_elements(kb, conditions)
        for attribute in kb.reader.attributes.values():
            if attribute.type != "text":
                self._answer(attribute)
        self._defaults()
        measures = MeasureTerms(self)  # pyright: ignore[reportArgumentType]
        for name_, ground in kb.program.attributes.items():
            attribute = kb.facts.attributes[ground.attribute]
            if attribute.measure is not None:
                measures.put(name_, MEASURES[attribute.measure], ground.row or "")

    def _const(self, text: str) -> Bool:
        return z3.Bool(f"{self.name}{text}")

    def _answer(self, attribute: Attribute) -> None:
        given = self._const(f"{attribute.id}?")
        self.given[attribute.id] = self.known[attribute.id] = given
        if attribute.question and attribute.question.required:
            self.possible.append(given)
        if attribute.type == "set":
            bits = {
                one: self._const(f"{attribute.id} has {one}") for one in sorted(self._alike[attribute.id])
            }
            self.possible.extend(z3.Implies(bit, given) for bit in bits.values())
            self.elements[attribute.id] = bits
            self.value[attribute.id] = _counted(self.kb, bits) if attribute.id == SKILLS else bits
        elif attribute.type == "yes_no":
            self.value[attribute.id] = self.typed[attribute.id] = self._const(attribute.id)
        else:
            low, high = attribute.range or (0, len(attribute.choices) - 1)
            term = z3.Int(f"{self.name}{attribute.id}")
            self.value[attribute.id] = self.typed[attribute.id] = term
            self.possible.append(z3.Implies(given, z3.And(term >= low, term <= high)))

    def _defaults(self) -> None:
        """In the order in which a case is read: a default may follow from one that was filled in before it."""
        for attribute in self.kb.reader.attributes.values():
            if attribute.id in self.typed and attribute.default_with:
                given = self.given[attribute.id]
                other = self.known.get(attribute.default_with, z3.BoolVal(False))
                for when, default in reversed(self._defaults_of(attribute)):
                    filled = z3.And(z3.Not(given), other, when)
                    self.known[attribute.id] = z3.Or(self.known[attribute.id], filled)
                    value = self.encode(attribute, default)
                    self.value[attribute.id] = z3.If(filled, value, self.value[attribute.id])

    def _defaults_of(self, attribute: Attribute) -> list[tuple[Bool, str]]:
        """What is taken where a question is left open, and when: the first that applies."""
        found: list[tuple[Bool, str]] = []
        by = self.kb.reader.attributes.get(attribute.default_by or "")
        if by is not None:
            known, value = self.known[by.id], self.value[by.id]
            listed = {choice.id for choice in by.choices} & set(attribute.defaults)
            found = [
                (z3.And(known, value == self.encode(by, one)), attribute.defaults[one])
                for one in sorted(listed)
            ]
        if attribute.default is not None:
            found.append((z3.BoolVal(True), attribute.default))
        return found

    def encode(self, attribute: Attribute, value: Any) -> Any:
        """A value of an attribute as its term's kind: a choice as its place in the vocabulary."""
        if attribute.type == "choice":
            return [choice.id for choice in attribute.choices].index(value)
        return value

    def count_held(self, skills: Sequence[str]) -> Any:
        """How many of the skills are held; without a list of skills none is."""
        return z3.Sum([z3.IntVal(0), *(z3.If(self.holds(one), 1, 0) for one in skills)])

    def missing(self, track: str) -> Any:
        """How many skills of a track are missing: neither held nor usual."""
        if track not in self._missing:
            wanted = self.kb.ways.lists[track]
            self._missing[track] = z3.Sum([z3.IntVal(0), *(z3.If(self.has(one), 0, 1) for one in wanted)])
        return self._missing[track]

    def has(self, skill: str) -> Bool:
        """When a skill is held, or usual for the background and not denied."""
        usual = [
            z3.And(self.chose(BACKGROUND, background), *map(self._concedes, counted))
            for background, brought in self.kb.ways.usual.items()
            for counted in brought.values()
            if skill in counted
        ]
        return z3.Or(self.holds(skill), *usual)

    def _concedes(self, skill: str) -> Bool:
        """When a skill is not denied."""
        return z3.Not(self.elements.get(DENIED, {}).get(skill, z3.BoolVal(False)))

    def chose(self, name: str, value: str) -> Bool:
        """When a choice is answered so; never, where there is no such question or choice."""
        attribute = self.kb.reader.attributes.get(name)
        if attribute is None or value not in [choice.id for choice in attribute.choices]:
            return z3.BoolVal(False)
        return z3.And(self.known[name], self.value[name] == self.encode(attribute, value))

    def opens(self, route: Route) -> Bool:
        """When a source gives a route from this background at these years."""
        line = self.kb.ways.years_from(route)
        from_here = self.chose(BACKGROUND, route.background)
        if line is None:
            return from_here
        years = (
            z3.And(self.known[YEARS], self.value[YEARS] >= line) if YEARS in self.known else z3.BoolVal(False)
        )
        return z3.And(from_here, years)

    @cached_property
    def ranking(self) -> RankingTerms:
        """The order of this person's tracks."""
        return RankingTerms(self)

    def holds(self, skill: str) -> Bool:
        """When a skill counts as held."""
        return self.value.get(SKILLS, {}).get(skill, z3.BoolVal(False))

    # Two persons

    def extended_by(self, fuller: UnknownPerson) -> list[Bool]:
        """That the fuller person gives every answer that this one gives, and may give more."""
        return [
            z3.Implies(given, z3.And(fuller.given[name], self._same(fuller, name)))
            for name, given in self.given.items()
        ]

    def unchanged_in(self, other: UnknownPerson, name: str) -> Bool:
        """That an answer is the same for both, or open for both."""
        return z3.And(
            self.given[name] == other.given[name], z3.Implies(self.given[name], self._same(other, name))
        )

    def same_in(self, other: UnknownPerson, name: str) -> Bool:
        """That an answer that is no set, or its default, is the same for both, or unknown for both."""
        known = self.known[name]
        return z3.And(known == other.known[name], z3.Implies(known, self.value[name] == other.value[name]))

    def _same(self, other: UnknownPerson, name: str) -> Bool:
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


def _counted(kb: KnowledgeBase, bits: dict[str, Bool]) -> dict[str, Bool]:
    """The skills with all they count as: held when any skill that counts as it is given."""
    sources: dict[str, list[Bool]] = defaultdict(list)
    for given, bit in bits.items():
        for broader in sorted(kb.reader.index.counted([given])):
            sources[broader].append(bit)
    return {one: z3.Or(terms) for one, terms in sources.items()}
