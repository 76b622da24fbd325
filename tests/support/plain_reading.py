"""What a rule's `when` means, read straight from its YAML: the definition that every other reader is held against.

True, false, or None for unknown, in Kleene's logic; `not` is left where it stands. Nothing here is shared with the
program: no grounding, no operator table, no pushing of `not` to the leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

POSITIVE: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, operand: value == operand,
    "one_of": lambda value, operand: value in operand,
    "at_least": lambda value, operand: value >= operand,
    "at_most": lambda value, operand: value <= operand,
    "between": lambda value, operand: operand[0] <= value <= operand[1],
    "has": lambda value, operand: operand in value,
    "has_any": lambda value, operand: any(one in value for one in operand),
    "has_all": lambda value, operand: all(one in value for one in operand),
}
OPPOSITE = {
    "is_not": "is",
    "none_of": "one_of",
    "less_than": "at_least",
    "more_than": "at_most",
    "not_between": "between",
    "lacks": "has",
    "has_none": "has_any",
    "lacks_any": "has_all",
}


class Reading:
    """One case's answers and final conclusions, the figures, and the row that a rule's variable stands for."""

    def __init__(
        self,
        known: Mapping[str, Any],
        concluded: Mapping[str, Iterable[Any]],
        figures: Mapping[str, int],
        bound: tuple[str, str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.known = known
        self.concluded = concluded
        self.figures = figures
        self.variable, self.row_id, self.row = bound or ("", "", {})

    def holds(self, when: Mapping[str, Any]) -> bool | None:
        """Whether a condition holds: all of its entries must."""
        return _all(self._entry(key, value) for key, value in when.items())

    def _entry(self, key: str, value: Any) -> bool | None:
        if key == "all":
            return _all(self.holds(part) for part in value)
        if key == "any":
            return _not(_all(_not(self.holds(part)) for part in value))
        if key == "not":
            return _not(self.holds(value))
        if isinstance(value, list):
            value = {"one_of": value}
        if not isinstance(value, dict):
            value = {"is": value}
        return _all(self._compare(key, operator, operand) for operator, operand in value.items())

    def _compare(self, subject: str, operator: str, operand: Any) -> bool | None:
        head, dot, column = subject.partition(".")
        if dot and head == self.variable:
            return _one(self.row[column], operator, operand)
        family, of, row = subject.partition(" of ")
        name = f"{family}{of}{self._resolved(row)}" if of else subject
        operand = (
            [self._resolved(one) for one in operand] if isinstance(operand, list) else self._resolved(operand)
        )
        if name not in self.concluded:
            return _one(self.known.get(name), operator, operand)
        values = set(self.concluded[name])
        if operator == "known":
            return bool(values) is operand
        if operator in OPPOSITE:
            return _not(self._compare(subject, OPPOSITE[operator], operand))
        if operand is None:
            return None
        if operator.startswith("has"):
            return POSITIVE[operator](values, operand)
        return any(POSITIVE[operator](value, operand) for value in values)

    def _resolved(self, operand: Any) -> Any:
        if not isinstance(operand, str):
            return operand
        head, dot, column = operand.partition(".")
        if head == "figure" and dot:
            return self.figures[column]
        if self.variable and head == self.variable:
            return self.row[column] if dot else self.row_id
        return operand


def _one(value: Any, operator: str, operand: Any) -> bool | None:
    if operator == "known":
        return (value is not None) is operand
    if value is None or operand is None:
        return None
    if operator in OPPOSITE:
        return not POSITIVE[OPPOSITE[operator]](value, operand)
    return POSITIVE[operator](value, operand)


def _all(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    if False in found:
        return False
    return None if None in found else True


def _not(part: bool | None) -> bool | None:
    return None if part is None else not part
