"""The outside judge: ground rules and answers put to CLIPS, and what it fires and concludes.

It shares the condition tree and nothing else with the engine: no clauses, no truth tables, no operator functions.
Each operator is written out in CLIPS's own terms, `any` and `all` as its `or` and `and`. An answer is a fact, and
so is a conclusion; what is unknown has no fact. A lower stratum has the higher salience, so CLIPS has it settled
before a later rule that needs an absence gets its turn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import clips

from trackfit.engine.language.conditions import AllOf, Condition, Leaf
from trackfit.engine.language.model import GroundRule, Value, conclusion_of

Conclusions = dict[str, frozenset[str | bool]]

TEMPLATES = (
    "(deftemplate answer (slot name) (multislot value))",
    "(deftemplate concluded (slot name) (slot value))",
)
# A fact that clipspy hands out is never freed and slows down every fact after it, so none is: CLIPS itself asserts.
ANSWERED_BY = "(deffunction answered (?name $?value) (assert (answer (name ?name) (value ?value))) TRUE)"
MOST_FIRINGS = 1_000_000

# What an answered attribute must be, for each operator; `{x}` is a variable that stands nowhere else.
ANSWERED = {
    "is": "{one}",
    "is_not": "~{one}",
    "one_of": "{either}",
    "none_of": "{neither}",
    "at_least": "{x}&:(>= {x} {one})",
    "less_than": "{x}&:(< {x} {one})",
    "at_most": "{x}&:(<= {x} {one})",
    "more_than": "{x}&:(> {x} {one})",
    "between": "{x}&:(<= {low} {x} {high})",
    "not_between": "{x}&:(or (> {low} {x}) (> {x} {high}))",
    "has": "$? {one} $?",
    "lacks": "${x}&:(not (member$ {one} {x}))",
    "has_any": "${x}&:(or FALSE {members})",
    "has_none": "${x}&:(not (or FALSE {members}))",
    "has_all": "${x}&:(subsetp (create$ {all}) {x})",
    "lacks_any": "${x}&:(not (subsetp (create$ {all}) {x}))",
}
# The same for a concluded attribute, which has one fact a value; each line of alternatives is a pattern's `value`.
CONCLUDED = {
    "is": "(concluded (name {name}) (value {one}))",
    "is_not": "(not (concluded (name {name}) (value {one})))",
    "one_of": "(concluded (name {name}) (value {either}))",
    "none_of": "(not (concluded (name {name}) (value {either})))",
    "has": "(concluded (name {name}) (value {one}))",
    "lacks": "(not (concluded (name {name}) (value {one})))",
    "has_any": "(concluded (name {name}) (value {either}))",
    "has_none": "(not (concluded (name {name}) (value {either})))",
    "has_all": "(and {each})",
    "lacks_any": "(not (and {each}))",
}


class Judge:
    """One knowledge base's ground rules as CLIPS rules."""

    def __init__(self, rules: Iterable[GroundRule], concluded: Iterable[str]) -> None:
        self._concluded = frozenset(concluded)
        self._variables = itertools.count()
        self._fired: list[str] = []
        self._given: dict[str, set[str | bool]] = {}
        self._clips = clips.Environment()
        # clipspy keeps these for as long as the environment lives: one that led back to it would keep both for ever.
        self._clips.define_function(self._fired.append, "fired")
        self._clips.define_function(partial(_give, self._given), "given")
        for definition in (*TEMPLATES, ANSWERED_BY):
            self._clips.build(definition)
        for number, rule in enumerate(rules):
            self._clips.build(self._rule(number, rule))
        self._answered = self._clips.find_function("answered")

    def consult(self, known: Mapping[str, Value]) -> tuple[frozenset[str], Conclusions]:
        """The keys of the rules that fire, and every conclusion, for these answers."""
        self._fired.clear()
        self._given.update((name, set()) for name in self._concluded)
        self._clips.reset()
        for name, value in known.items():
            self._answered(name, *(sorted(value) if isinstance(value, frozenset) else (value,)))
        if self._clips.run(MOST_FIRINGS) == MOST_FIRINGS:
            raise AssertionError("CLIPS does not come to an end")
        return frozenset(self._fired), {name: frozenset(values) for name, values in self._given.items()}

    def _rule(self, number: int, rule: GroundRule) -> str:
        conclusion = conclusion_of(rule.then)
        actions = f"(fired {_literal(rule.key)})"
        if conclusion is not None:
            name, value = map(_literal, conclusion)
            actions += f" (given {name} {value}) (assert (concluded (name {name}) (value {value})))"
        condition = self._condition(rule.when)
        return f"(defrule rule-{number} (declare (salience {-rule.stratum})) {condition} => {actions})"

    def _condition(self, condition: Condition) -> str:
        if isinstance(condition, Leaf):
            name = _literal(condition.attribute)
            if condition.operator == "known":
                kind = "concluded" if condition.attribute in self._concluded else "answer"
                return f"({'exists' if condition.operand else 'not'} ({kind} (name {name})))"
            if condition.attribute in self._concluded:
                return _fill(CONCLUDED[condition.operator], condition.operand, name=name)
            variable = f"?v{next(self._variables)}"
            return f"(answer (name {name}) (value {_fill(ANSWERED[condition.operator], condition.operand, x=variable)}))"
        parts = " ".join(map(self._condition, condition.parts))
        if isinstance(condition, AllOf):
            return f"(and {parts})" if parts else "(test (= 0 0))"
        return f"(or {parts})" if parts else "(test (= 0 1))"


def _fill(pattern: str, operand: Any, **names: str) -> str:
    many = [_literal(one) for one in (operand if isinstance(operand, tuple) else (operand,))]
    name, x = names.get("name", ""), names.get("x", "")
    return pattern.format(
        name=name,
        x=x,
        one=many[0],
        low=many[0],
        high=many[-1],
        either="|".join(many),
        neither="&".join(f"~{one}" for one in many),
        all=" ".join(many),
        members=" ".join(f"(member$ {one} {x})" for one in many),
        each=" ".join(f"(concluded (name {name}) (value {one}))" for one in many),
    )


def _literal(value: Any) -> str:
    """Text in quotes, so that no id is taken for a CLIPS symbol, variable or number."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else f'"{value}"'


def _give(given: dict[str, set[str | bool]], name: str, value: Any) -> None:
    given[name].add(value == "TRUE" if isinstance(value, clips.Symbol) else value)
