"""How a case's answers stand in a table: as whole numbers without a null, which is what a query is fastest at.

A choice is its place among the choices, yes is 1 and no 0, a number itself; what was not answered is `UNKNOWN`. A set
is a few bit masks: a bit for each element that rules, tracks or routes name, and one that says it was answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.ways import DENIED, SKILLS
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.model import Attribute

UNKNOWN = -(1 << 62)
WRONG = UNKNOWN - 1
"""Stands for a cell that cannot be read."""
BITS = 61
"""Elements a mask; two of its bits are for the set as a whole, and the sign is left alone."""
KNOWN_BIT = 1 << 61
WRONG_BIT = 1 << 62
"""Both in a set's first mask: that it was answered, and that some element cannot be read."""


class SetLayout:
    """Which bit of which mask column stands for which element of a set."""

    def __init__(self, attribute: str, named: Iterable[str]) -> None:
        self.bits = {one: divmod(number, BITS) for number, one in enumerate(sorted(set(named)))}
        self.columns = [f"{attribute}_mask_{number}" for number in range(max(1, -(-len(self.bits) // BITS)))]

    def masks(self, elements: Iterable[str]) -> list[int]:
        """The masks of some elements; those that nothing names have no bit."""
        found = [0] * len(self.columns)
        for one in elements:
            if one in self.bits:
                mask, bit = self.bits[one]
                found[mask] |= 1 << bit
        return found


class Coding:
    """The columns of one knowledge base's cases, and what stands in them.

    With `beside`, skills that only that knowledge base names have their bits, too: both then code skills alike.
    """

    def __init__(self, kb: KnowledgeBase, beside: KnowledgeBase | None = None) -> None:
        self.kb = kb
        self._named_by = (kb,) if beside is None else (kb, beside)
        self.attributes = [row for row in kb.reader.attributes.values() if row.type != "text"]
        self.skills = SetLayout(SKILLS, self._named(SKILLS))
        """Where skills have their bits, whether or not there is a question for them."""
        self.layouts = {
            row.id: self.skills if row.id == SKILLS else SetLayout(row.id, self._named(row.id))
            for row in self.attributes
            if row.type == "set"
        }

    def _named(self, attribute: str) -> set[str]:
        named: set[str] = set()
        for kb in self._named_by:
            for rule in kb.program.rules:
                for leaf in leaves(rule.when):
                    if leaf.attribute == attribute and leaf.operator != "known":
                        named |= set(leaf.operands)
            if attribute == SKILLS:
                named |= {skill for skills in kb.ways.lists.values() for skill in skills}
                for route in kb.facts.routes.values():
                    named |= {*route.carries_over, *route.gap}
            if attribute == DENIED:
                for usual in kb.ways.usual.values():
                    named |= {skill for counted in usual.values() for skill in counted}
        return named

    def columns(self, attribute: Attribute) -> list[str]:
        """The columns of an attribute."""
        return self.layouts[attribute.id].columns if attribute.type == "set" else [attribute.id]

    def set_codes(self, attribute: str, elements: Iterable[str] | None) -> list[int]:
        """A set, or None where it is unknown, as it stands in its columns."""
        first, *rest = self.layouts[attribute].masks(elements or ())
        return [first | (0 if elements is None else KNOWN_BIT), *rest]

    @cached_property
    def required(self) -> list[Attribute]:
        """What must be answered."""
        return [row for row in self.attributes if row.question and row.question.required]


def code(attribute: Attribute, value: Any) -> Any:
    """A value, None, or the values of an operand, as they stand in the table; what is no choice is like nothing there."""
    if isinstance(value, tuple):
        return tuple(code(attribute, one) for one in value)
    if value is None:
        return UNKNOWN
    if attribute.type == "choice":
        return next((place for place, choice in enumerate(attribute.choices) if choice.id == value), -1)
    return int(value)
