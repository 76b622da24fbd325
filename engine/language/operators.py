"""The one table of operators: what each means, in every reader's terms.

A positive operator says what must hold (`holds`); its complement names it in `negates` and means the
opposite of it for a known value. An unknown value satisfies neither, except for `known`.
`clauses` writes the operator as alternatives of plain tests, which is what a rule engine can match.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

import msgspec

Scalar = str | int | bool
Operand = str | int | bool | tuple[str | int, ...]
OperandShape = Literal["one", "many", "range", "flag"]
Symbol = Literal["==", "!=", ">=", "<", "<=", ">", "has", "lacks", "known", "unknown"]

CHOICE = frozenset({"choice"})
SCALAR = frozenset({"choice", "yes_no", "whole_number", "money"})
NUMBER = frozenset({"whole_number", "money"})
SET = frozenset({"set"})
ANY = SCALAR | SET


class Test(msgspec.Struct, frozen=True):
    """One plain comparison of an attribute with a value, as an engine's pattern can make it."""

    symbol: Symbol
    value: Scalar = True


Clauses = tuple[tuple[Test, ...], ...]
Has = Callable[[Any, str], Any]


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    `holds(value, operand, has)` uses only Python's own operators, so that plain values, solver terms and
    table columns all pass through it; `has(value, element)` is the reader's own set membership.
    """

    name: str
    complement: str
    takes: OperandShape
    types: frozenset[str]
    wording: str
    clauses: Callable[[Any], Clauses]
    holds: Callable[[Any, Any, Has], Any] | None = None
    negates: str | None = None

    def test(self, value: Any, operand: Any) -> bool:
        """Whether a known plain value satisfies the operator.

        >>> OPERATORS["has_none"].test(frozenset({"python"}), ("sql", "spark"))
        True
        """
        if self.negates:
            return not OPERATORS[self.negates].test(value, operand)
        if self.holds is None:
            return bool(operand)
        return bool(self.holds(value, operand, contains))


def contains(value: Any, element: str) -> bool:
    """Set membership for plain values."""
    return element in value


def _each(symbol: Symbol) -> Callable[[Any], Clauses]:
    """Alternatives: one test a value, any of which is enough."""
    return lambda operand: tuple((Test(symbol, value),) for value in operand)


def _every(symbol: Symbol) -> Callable[[Any], Clauses]:
    """One alternative in which a test holds for every value."""
    return lambda operand: (tuple(Test(symbol, value) for value in operand),)


def _single(symbol: Symbol) -> Callable[[Any], Clauses]:
    return lambda operand: ((Test(symbol, operand),),)


_ROWS = (
    Operator(
        name="is",
        complement="is_not",
        takes="one",
        types=SCALAR,
        wording="{label} is {operand}",
        clauses=_single("=="),
        holds=lambda value, operand, has: value == operand,
    ),
    Operator(
        name="is_not",
        complement="is",
        takes="one",
        types=SCALAR,
        wording="{label} is not {operand}",
        clauses=_single("!="),
        negates="is",
    ),
    Operator(
        name="one_of",
        complement="none_of",
        takes="many",
        types=CHOICE,
        wording="{label} is {operand_or}",
        clauses=_each("=="),
        holds=lambda value, operand, has: reduce(or_, [value == one for one in operand]),
    ),
    Operator(
        name="none_of",
        complement="one_of",
        takes="many",
        types=CHOICE,
        wording="{label} is neither {operand_nor}",
        clauses=_every("!="),
        negates="one_of",
    ),
    Operator(
        name="at_least",
        complement="less_than",
        takes="one",
        types=NUMBER,
        wording="{label} is at least {operand}",
        clauses=_single(">="),
        holds=lambda value, operand, has: value >= operand,
    ),
    Operator(
        name="less_than",
        complement="at_least",
        takes="one",
        types=NUMBER,
        wording="{label} is less than {operand}",
        clauses=_single("<"),
        negates="at_least",
    ),
    Operator(
        name="at_most",
        complement="more_than",
        takes="one",
        types=NUMBER,
        wording="{label} is at most {operand}",
        clauses=_single("<="),
        holds=lambda value, operand, has: value <= operand,
    ),
    Operator(
        name="more_than",
        complement="at_most",
        takes="one",
        types=NUMBER,
        wording="{label} is more than {operand}",
        clauses=_single(">"),
        negates="at_most",
    ),
    Operator(
        name="between",
        complement="not_between",
        takes="range",
        types=NUMBER,
        wording="{label} is from {low} to {high}",
        clauses=lambda operand: ((Test(">=", operand[0]), Test("<=", operand[1])),),
        holds=lambda value, operand, has: (value >= operand[0]) & (value <= operand[1]),
    ),
    Operator(
        name="not_between",
        complement="between",
        takes="range",
        types=NUMBER,
        wording="{label} is below {low} or above {high}",
        clauses=lambda operand: ((Test("<", operand[0]),), (Test(">", operand[1]),)),
        negates="between",
    ),
    Operator(
        name="has",
        complement="lacks",
        takes="one",
        types=SET,
        wording="{label} include {operand}",
        clauses=_single("has"),
        holds=lambda value, operand, has: has(value, operand),
    ),
    Operator(
        name="lacks",
        complement="has",
        takes="one",
        types=SET,
        wording="{label} do not include {operand}",
        clauses=_single("lacks"),
        negates="has",
    ),
    Operator(
        name="has_any",
        complement="has_none",
        takes="many",
        types=SET,
        wording="{label} include {operand_or}",
        clauses=_each("has"),
        holds=lambda value, operand, has: reduce(or_, [has(value, one) for one in operand]),
    ),
    Operator(
        name="has_none",
        complement="has_any",
        takes="many",
        types=SET,
        wording="{label} include neither {operand_nor}",
        clauses=_every("lacks"),
        negates="has_any",
    ),
    Operator(
        name="has_all",
        complement="lacks_any",
        takes="many",
        types=SET,
        wording="{label} include {operand_and}",
        clauses=_every("has"),
        holds=lambda value, operand, has: reduce(and_, [has(value, one) for one in operand]),
    ),
    Operator(
        name="lacks_any",
        complement="has_all",
        takes="many",
        types=SET,
        wording="{label} do not include all of {operand_and}",
        clauses=_each("lacks"),
        negates="has_all",
    ),
    Operator(
        name="known",
        complement="known",
        takes="flag",
        types=ANY,
        wording="{label} is given",
        clauses=lambda operand: ((Test("known" if operand else "unknown"),),),
    ),
)

OPERATORS: dict[str, Operator] = {row.name: row for row in _ROWS}
