"""The same ground rules for others: zen-engine's decision tables, and Python that is generated from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import zen

from trackfit.engine.language.conditions import AllOf, Condition, Leaf, clauses, leaves
from trackfit.engine.language.model import GroundRule, Value, conclusion_of
from trackfit.engine.language.operators import Test

# One cell of a decision table; a missing answer is null there, which is not equal to anything.
CELLS = {
    "==": "$ == {value}",
    "!=": "$ != {value}",
    ">=": "$ >= {value}",
    "<=": "$ <= {value}",
    ">": "$ > {value}",
    "<": "$ < {value}",
    "has": "contains($, {value})",
    "lacks": "not contains($, {value})",
}


class DecisionTable:
    """A zen decision table: a row an alternative, a column an attribute. It knows no conclusions, only answers."""

    def __init__(self, rules: Iterable[GroundRule]) -> None:
        rules = list(rules)
        attributes = sorted({one.attribute for rule in rules for one in leaves(rule.when)})
        self.columns = {attribute: f"c{number}" for number, attribute in enumerate(attributes)}
        rows: list[dict[str, str]] = []
        for rule in rules:
            for clause in clauses(rule.when):
                cells: dict[str, list[str]] = {}
                for attribute, test in clause:
                    cells.setdefault(self.columns[attribute], []).append(_cell(test))
                row = {column: " and ".join(tests) for column, tests in cells.items()}
                rows.append({"_id": str(len(rows)), "key": json.dumps(rule.key), **row})
        columns = [
            {"id": column, "name": column, "field": column, "type": "expression"}
            for column in self.columns.values()
        ]
        table = {
            "hitPolicy": "collect",
            "inputs": columns,
            "outputs": [{"id": "key", "name": "key", "field": "key"}],
            "rules": [dict.fromkeys(self.columns.values(), "") | row for row in rows],
        }
        nodes = [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode"},
        ]
        edges = [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ]
        self.decision: Any = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def fire(self, known: Mapping[str, Value]) -> frozenset[str]:
        given = {
            self.columns[name]: list(value) if isinstance(value, frozenset) else value
            for name, value in known.items()
            if name in self.columns
        }
        return frozenset(row["key"] for row in self.decision.evaluate(given)["result"])


def looks_at_answers_only(rule: GroundRule, concluded: frozenset[str]) -> bool:
    """What a decision table can say: one pass over the answers, no following conclusions."""
    return not any(one.attribute in concluded for one in leaves(rule.when))


def _cell(test: Test) -> str:
    if test.symbol in ("known", "unknown"):
        return f"$ {'!=' if test.symbol == 'known' else '=='} null"
    cell = CELLS[test.symbol].format(value=json.dumps(test.value))
    return cell if test.symbol == "==" else f"$ != null and {cell}"


Generated = Callable[[Mapping[str, Value]], tuple[list[str], dict[str, set[Any]]]]


def generate_python(rules: Iterable[GroundRule], concluded: frozenset[str]) -> Generated:
    """A function of `if`s: the rules that fire and what they conclude. What rules cost at the very least here."""
    rules = list(rules)
    names = sorted({one.attribute for rule in rules for one in leaves(rule.when)} | concluded)
    variables = {name: f"v{number}" for number, name in enumerate(names)}
    lines = ["def consult(known):", " fired = []"]
    for name, variable in variables.items():
        lines.append(f" {variable} = " + ("set()" if name in concluded else f"known.get({name!r})"))
    for stratum in sorted({rule.stratum for rule in rules}):
        here = [rule for rule in rules if rule.stratum == stratum]
        given = {conclusion[0] for rule in here if (conclusion := conclusion_of(rule.then))}
        following = [rule for rule in here if any(one.attribute in given for one in leaves(rule.when))]
        for rule in here:
            if rule not in following:
                lines += [
                    f" if {_expression(rule.when, variables, concluded)}:",
                    *_body(rule, variables, "  "),
                ]
        if following:
            lines += [
                f" waiting = {set(range(len(following)))}",
                " before = None",
                " while before != len(fired):",
            ]
            lines.append("  before = len(fired)")
            for number, rule in enumerate(following):
                lines.append(f"  if {number} in waiting and {_expression(rule.when, variables, concluded)}:")
                lines += [f"   waiting.discard({number})", *_body(rule, variables, "   ")]
    pairs = ", ".join(f"{name!r}: {variables[name]}" for name in sorted(concluded))
    lines.append(f" return fired, {{{pairs}}}")
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)  # noqa: S102 - that generated code is the fastest is what it is here for
    found: Generated = space["consult"]
    return found


def _body(rule: GroundRule, variables: Mapping[str, str], indent: str) -> list[str]:
    conclusion = conclusion_of(rule.then)
    body = [f"{indent}fired.append({rule.key!r})"]
    return (
        body if conclusion is None else [*body, f"{indent}{variables[conclusion[0]]}.add({conclusion[1]!r})"]
    )


def _expression(condition: Condition, variables: Mapping[str, str], concluded: frozenset[str]) -> str:
    if not isinstance(condition, Leaf):
        joined = " and " if isinstance(condition, AllOf) else " or "
        parts = [f"({_expression(part, variables, concluded)})" for part in condition.parts]
        return joined.join(parts) or str(isinstance(condition, AllOf))
    variable = variables[condition.attribute]
    alternatives = [
        " and ".join(_test(variable, test, is_set=condition.attribute in concluded) for test in alternative)
        for alternative in condition.row.clauses(condition.operand)
    ]
    return " or ".join(f"({one})" for one in alternatives)


def _test(variable: str, test: Test, *, is_set: bool) -> str:
    value = repr(test.value)
    if test.symbol in ("known", "unknown"):
        known = variable if is_set else f"{variable} is not None"
        return f"({known})" if test.symbol == "known" else f"not ({known})"
    if test.symbol in ("has", "lacks") or is_set:
        inside = "in" if test.symbol in ("has", "==") else "not in"
        return f"{variable} is not None and {value} {inside} {variable}"
    return f"{variable} is not None and {variable} {test.symbol} {value}"
