"""The condition tree: a leaf compares one attribute, `AllOf` and `AnyOf` combine; there is no `not` node.

`negate` pushes a `not` down to the leaves through the operators' complements, so that an unknown answer
satisfies neither a leaf nor its complement in any reader.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from trackfit.engine.language.operators import OPERATORS, Operand, Operator, Test


class Leaf(msgspec.Struct, frozen=True, tag="leaf", kw_only=True):
    """One comparison: `attribute` `operator` `operand`, such as years_experience at_least 20.

    `figure` is the id of the figure that the operand was taken from, if any.
    """

    attribute: str
    operator: str
    operand: Operand
    figure: str | None = None

    @property
    def row(self) -> Operator:
        """The operator's row in the table."""
        return OPERATORS[self.operator]

    @property
    def operands(self) -> tuple[Any, ...]:
        """The operand as several, also where it is one value."""
        return self.operand if isinstance(self.operand, tuple) else (self.operand,)

    @property
    def is_negative(self) -> bool:
        """True where the leaf asks for an absence: a complement, or `known: false`."""
        if self.operator == "known":
            return not self.operand
        return self.row.negates is not None


class AllOf(msgspec.Struct, frozen=True, tag="all"):
    """Holds when every part holds; with no parts it always holds."""

    parts: tuple[Leaf | AllOf | AnyOf, ...]


class AnyOf(msgspec.Struct, frozen=True, tag="any"):
    """Holds when at least one part holds; with no parts it never holds."""

    parts: tuple[Leaf | AllOf | AnyOf, ...]


Condition = Leaf | AllOf | AnyOf
ALWAYS = AllOf(())
NEVER = AnyOf(())


def negate(condition: Condition) -> Condition:
    """The opposite of a condition, with the `not` at the leaves."""
    match condition:
        case AllOf(parts):
            return AnyOf(tuple(negate(part) for part in parts))
        case AnyOf(parts):
            return AllOf(tuple(negate(part) for part in parts))
        case Leaf(operator="known"):
            return msgspec.structs.replace(condition, operand=not condition.operand)
        case Leaf():
            return msgspec.structs.replace(condition, operator=condition.row.complement)


def simplify(condition: Condition) -> Condition:
    """The same condition without nested groups of one kind, single-part groups or decided parts.

    Parts are put in one order, so that the order in which an author wrote them shows nowhere.
    """
    if isinstance(condition, Leaf):
        return condition
    same, absorbing = (AllOf, NEVER) if isinstance(condition, AllOf) else (AnyOf, ALWAYS)
    parts: dict[Condition, None] = {}
    for part in map(simplify, condition.parts):
        if part == absorbing:
            return absorbing
        parts.update(dict.fromkeys(part.parts if isinstance(part, same) else (part,)))
    return next(iter(parts)) if len(parts) == 1 else same(tuple(sorted(parts, key=msgspec.json.encode)))


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, from left to right."""
    if isinstance(condition, Leaf):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)


AttributeTest = tuple[str, Test]


def clauses(condition: Condition) -> list[tuple[AttributeTest, ...]]:
    """The condition as alternatives of plain tests (disjunctive normal form), without duplicates.

    The number of alternatives multiplies under `AllOf`; `count_clauses` tells it without building them.
    """
    match condition:
        case Leaf():
            return [
                tuple((condition.attribute, test) for test in alternative)
                for alternative in condition.row.clauses(condition.operand)
            ]
        case AnyOf(parts):
            return list(dict.fromkeys(clause for part in parts for clause in clauses(part)))
        case AllOf(parts):
            product: list[tuple[AttributeTest, ...]] = [()]
            for part in parts:
                product = [tuple(dict.fromkeys(left + right)) for left in product for right in clauses(part)]
            return list(dict.fromkeys(product))


def count_clauses(condition: Condition) -> int:
    """How many alternatives `clauses` would build at most."""
    match condition:
        case Leaf():
            return len(condition.row.clauses(condition.operand))
        case AnyOf(parts):
            return sum(count_clauses(part) for part in parts)
        case AllOf(parts):
            return math.prod(count_clauses(part) for part in parts)
