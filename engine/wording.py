"""The text reader: conditions and values in plain English, without Markdown."""

from __future__ import annotations

from typing import Any

from trackfit.engine.conditions import AllOf, AnyOf, Condition, Leaf
from trackfit.engine.formats import listing, money
from trackfit.engine.model import Attribute, Facts, Program


class Wording:
    """Puts conditions of one knowledge base into words."""

    def __init__(self, facts: Facts, program: Program) -> None:
        self.facts = facts
        self.program = program

    def attribute(self, name: str) -> Attribute:
        """The declared attribute behind a ground name."""
        return self.facts.attributes[self.program.attributes[name].attribute]

    def label(self, name: str) -> str:
        """How sentences name a ground attribute."""
        ground = self.program.attributes[name]
        attribute = self.facts.attributes[ground.attribute]
        if ground.row is None or attribute.of is None:
            return attribute.label
        row = getattr(self.facts, attribute.of)[ground.row]
        return f"{attribute.label} ({row.name})"

    def value(self, name: str, value: Any) -> str:
        """A value of a ground attribute; None is "not answered"."""
        attribute = self.attribute(name)
        if value is None:
            return "not answered" if attribute.origin == "asked" else "not known"
        if isinstance(value, list | tuple | set | frozenset):
            return listing([self.value(name, one) for one in sorted(value, key=str)], "and") or "none"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if attribute.type == "money":
            return money(value)
        names = {choice.id: choice.name for choice in attribute.choices}
        return names.get(value, str(value))

    def condition(self, condition: Condition) -> str:
        """A condition as one sentence without its full stop."""
        if isinstance(condition, Leaf):
            return self.leaf(condition)
        joint = " and " if isinstance(condition, AllOf) else " or "
        parts = [
            f"({self.condition(part)})" if isinstance(part, AllOf | AnyOf) else self.leaf(part)
            for part in condition.parts
        ]
        if parts:
            return joint.join(parts)
        return "always" if isinstance(condition, AllOf) else "never"

    def leaf(self, leaf: Leaf) -> str:
        """One comparison, such as "years of experience is at least 20"."""
        label = self.label(leaf.attribute)
        attribute = self.attribute(leaf.attribute)
        if leaf.operator == "known":
            return self._known(label, attribute, leaf.operand is True)
        if attribute.type == "yes_no":
            wanted = leaf.operand is (leaf.row.negates is None)
            if attribute.origin == "concluded" and leaf.row.negates is not None:
                return f"{label}: not concluded" if leaf.operand else f"{label}: not ruled out"
            return f"{label}: {'yes' if wanted else 'no'}"
        values = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
        texts = [self.value(leaf.attribute, value) for value in values]
        return leaf.row.wording.format(
            label=label,
            operand=texts[0],
            operand_or=listing(texts, "or"),
            operand_and=listing(texts, "and"),
            operand_nor=listing(texts, "nor"),
            low=texts[0],
            high=texts[-1],
        )

    def _known(self, label: str, attribute: Attribute, known: bool) -> str:
        word = {"asked": "answered", "measured": "known", "concluded": "concluded"}[attribute.origin]
        return f"{label}: {word}" if known else f"{label}: not {word}"
