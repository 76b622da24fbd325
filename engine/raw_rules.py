"""A rule as its author wrote it: the condition parsed from YAML, names not yet resolved, places kept."""

from __future__ import annotations

from typing import Any

import msgspec

from trackfit.engine.operators import OPERATORS
from trackfit.engine.problem import Location, Problem, did_you_mean
from trackfit.engine.source import Node


class RawLeaf(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` `operator` `operand`, each with its place."""

    subject: str
    operator: str
    operand: Any
    where: Location
    operator_where: Location
    operand_where: Location


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
    """A rule with its parsed `when`; `node` is the whole row, for the places of everything else."""

    id: str
    title: str
    salience: int
    variable: str | None
    table: str | None
    when: RawAll
    then: dict[str, Any]
    node: Node


def parse_condition(node: Node, problems: list[Problem]) -> RawAll:
    """Parse a `when` mapping (all entries must hold); every fault is added to `problems`."""
    if not isinstance(node.value, dict):
        problems.append(
            Problem(
                where=node.where, id="wrong-type", text="a condition is a mapping of `attribute: value` lines"
            )
        )
        return RawAll(())
    if not node.value:
        problems.append(
            Problem(where=node.where, id="empty-condition", text="this condition is empty; name an attribute")
        )
    parts: list[RawCondition] = []
    for key, value in node.value.items():
        where = node.keys[key]
        if key == "not":
            parts.append(RawNot(parse_condition(value, problems)))
        elif key in ("any", "all"):
            parts.append(_group(key, value, problems))
        else:
            parts.extend(_comparisons(key, where, value, problems))
    return RawAll(tuple(parts))


def _group(key: str, node: Node, problems: list[Problem]) -> RawCondition:
    if not isinstance(node.value, list):
        text = f"`{key}` takes a list of conditions, each starting with a dash"
        problems.append(Problem(where=node.where, id="wrong-type", text=text))
        return RawAll(())
    if not node.value:
        problems.append(
            Problem(where=node.where, id="empty-condition", text=f"`{key}` is empty; add a condition to it")
        )
    parts = tuple(parse_condition(part, problems) for part in node.value)
    return RawAny(parts) if key == "any" else RawAll(parts)


def _comparisons(subject: str, where: Location, node: Node, problems: list[Problem]) -> list[RawCondition]:
    """The leaves that one `attribute: …` entry stands for."""
    if isinstance(node.value, dict):
        found: list[RawCondition] = []
        if not node.value:
            text = f"say what {subject!r} must be, as in `{subject}: {{known: true}}`"
            problems.append(Problem(where=node.where, id="empty-condition", text=text))
        for name, operand in node.value.items():
            place = node.keys[name]
            if name not in OPERATORS:
                hint, nearest = did_you_mean(name, OPERATORS)
                problems.append(
                    Problem(
                        where=place,
                        id="unknown-operator",
                        text=f"there is no operator {name!r}{hint}",
                        suggestion=nearest,
                    )
                )
                continue
            found.append(
                RawLeaf(
                    subject=subject,
                    operator=name,
                    operand=operand.plain(),
                    where=where,
                    operator_where=place,
                    operand_where=operand.where,
                )
            )
        return found
    operator = "one_of" if isinstance(node.value, list) else "is"
    return [
        RawLeaf(
            subject=subject,
            operator=operator,
            operand=node.plain(),
            where=where,
            operator_where=node.where,
            operand_where=node.where,
        )
    ]
