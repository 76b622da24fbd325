"""A rule as its author wrote it: the condition parsed from YAML, names not yet resolved, places kept."""

from __future__ import annotations

from typing import Any

import msgspec

from trackfit.engine.documents.node import Node
from trackfit.engine.knowledge.guesses import OPERATOR_OF
from trackfit.engine.knowledge.references import WrittenRow
from trackfit.engine.knowledge.schema import LOOPED
from trackfit.engine.language.operators import OPERATORS
from trackfit.engine.problems.problem import Location, Problem, misspelt, near, quoted
from trackfit.engine.problems.problems import Problems

GROUPS = {"or": "any", "either": "any", "and": "all", "both": "all"}
"""What people write for `any` and `all`."""


class RawLeaf(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` `operator` `operand`, each with its place; the operator is empty where no known one stands there.

    `places` are those of the values in a list.
    """

    subject: str
    operator: str
    operand: Any
    where: Location
    operator_where: Location
    operand_where: Location
    places: tuple[Location, ...] = ()


class RawAll(msgspec.Struct, frozen=True):
    """All parts must hold."""

    parts: tuple[RawLeaf | RawAll | RawAny | RawNot, ...]


class RawAny(msgspec.Struct, frozen=True):
    """At least one part must hold."""

    parts: tuple[RawLeaf | RawAll | RawAny | RawNot, ...]


class RawNot(msgspec.Struct, frozen=True):
    """The part must be known not to hold."""

    part: RawAll


RawCondition = RawLeaf | RawAll | RawAny | RawNot


class RawRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with its parsed `when`; `row` is all of it, for the places of everything else.

    A rule that is not `sound` has faults already: it is read for further ones, and never run.
    """

    row: WrittenRow
    when: RawAll
    sound: bool
    variable: str | None = None
    table: str | None = None

    @property
    def id(self) -> str:
        """Its author's name for it."""
        return self.row.id

    @property
    def title(self) -> str:
        """What it is about."""
        return str(self.row.plain.get("title", self.id)).strip()

    @property
    def node(self) -> Node:
        """All of it, with places."""
        return self.row.node

    @property
    def then(self) -> dict[str, Any]:
        """Its consequence as it was written; empty where it is no mapping."""
        then = self.row.plain.get("then")
        return then if isinstance(then, dict) else {}

    @property
    def salience(self) -> int:
        """Its place among what the reader sees."""
        return int(self.row.plain.get("salience", 0))

    def find(self, *path: str, key: bool = False) -> Location:
        """The place of one of its values."""
        return self.row.node.find(path, key=key)


def raw_rule(row: WrittenRow, problems: Problems) -> RawRule:
    """Parse a row of `rules`; every fault of its conditions is added to `problems`."""
    before = len(problems)
    variable, table = _loop(row.plain.get("for_each"))
    when = (
        parse_condition(row.node.value["when"], problems)
        if isinstance(row.plain["when"], dict)
        else RawAll(())
    )
    sound = row.shape is not None and len(problems) == before
    return RawRule(row=row, when=when, sound=sound, variable=variable, table=table)


def _loop(for_each: Any) -> tuple[str | None, str | None]:
    """The variable and its table; of a misspelt table, the one that is meant."""
    if isinstance(for_each, str) and for_each in LOOPED:
        return for_each.removesuffix("s"), for_each
    if not isinstance(for_each, dict) or len(for_each) != 1:
        return None, None
    ((variable, table),) = for_each.items()
    meant = table if table in LOOPED else next(iter(near(str(table), LOOPED)), None)
    return (variable, meant) if meant else (None, None)


def parse_condition(node: Node, problems: Problems) -> RawAll:
    """Parse a `when` mapping (all entries must hold); every fault is added to `problems`."""
    if not isinstance(node.value, dict):
        text = "a condition is a mapping of `attribute: value` lines"
        if isinstance(node.value, list):
            text += "; take the dashes out, or put `all:` or `any:` before them"
        problems.add(node.where, "wrong-type", text)
        return RawAll(())
    if not node.value:
        problems.add(node.where, "empty-condition", "this condition is empty; name an attribute")
    parts: list[RawCondition] = []
    for key, value in node.value.items():
        where = node.keys[key]
        if key == "not":
            parts.append(RawNot(parse_condition(value, problems)))
        elif key in ("any", "all"):
            parts.append(_group(key, value, problems))
        elif key in GROUPS:
            text = (
                f"there is no {quoted(key)}; write `{GROUPS[key]}:`, and below it each condition after a dash"
            )
            problems.add(where, "unknown-attribute", text, suggestion=GROUPS[key], replaces=key)
            parts.extend([_group(GROUPS[key], value, problems)] if isinstance(value.value, list) else [])
        else:
            parts.extend(_comparisons(key, where, value, problems))
    return RawAll(tuple(parts))


def _group(key: str, node: Node, problems: Problems) -> RawCondition:
    if not isinstance(node.value, list):
        text = f"`{key}` takes a list of conditions, each starting with a dash"
        problems.add(node.where, "wrong-type", text)
        return RawAll(())
    if not node.value:
        problems.add(node.where, "empty-condition", f"`{key}` is empty; add a condition to it")
    parts = tuple(parse_condition(part, problems) for part in node.value)
    return RawAny(parts) if key == "any" else RawAll(parts)


def _comparisons(subject: str, where: Location, node: Node, problems: Problems) -> list[RawCondition]:
    """The leaves that one `attribute: …` entry stands for."""
    if not isinstance(node.value, dict):
        operator = "one_of" if isinstance(node.value, list) else "is"
        return [_leaf(subject, operator, node, where, node.where)]
    if not node.value:
        text = f"say what {quoted(subject)} must be, as in `{subject}: {{known: true}}`"
        problems.add(node.where, "empty-condition", text)
    found: list[RawCondition] = []
    for name, operand in node.value.items():
        place, operator = node.keys[name], name
        if name not in OPERATORS:
            others = set(OPERATORS) - set(node.value)
            text = f"there is no operator {quoted(name)}"
            better = OPERATOR_OF.get(name.lower())
            if better in others:
                told = f"{text}; here it is called {better!r}"
                problem = Problem(
                    where=place, id="unknown-operator", text=told, suggestion=better, replaces=name
                )
            else:
                problem = misspelt(place, "unknown-operator", text, name, others)
            problems.append(problem)
            operator = problem.suggestion or ""
        found.append(_leaf(subject, operator, operand, where, place))
    return found


def _leaf(subject: str, operator: str, operand: Node, where: Location, operator_where: Location) -> RawLeaf:
    return RawLeaf(
        subject=subject,
        operator=operator,
        operand=operand.plain(),
        where=where,
        operator_where=operator_where,
        operand_where=operand.where,
        places=tuple(one.where for one in operand.value) if isinstance(operand.value, list) else (),
    )
