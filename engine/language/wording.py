"""The text reader: conditions and values in plain English, without Markdown."""

from __future__ import annotations

from typing import Any

from trackfit.engine.language.conditions import AllOf, AnyOf, Condition, Leaf
from trackfit.engine.language.facts import USUAL_CURRENCY
from trackfit.engine.language.formats import in_sentence, listing, money, singular
from trackfit.engine.language.model import (
    Advise,
    Attribute,
    Conclude,
    Facts,
    GroundRule,
    Plan,
    Program,
    Recommend,
    Warn,
    sign_of,
)
from trackfit.engine.language.operators import OPERATORS

_OF_ONE = {
    "one_of": "is",
    "none_of": "is_not",
    "has_any": "has",
    "has_all": "has",
    "has_none": "lacks",
    "lacks_any": "lacks",
}
"""How an operator of several values is said where it is given one."""


class Wording:
    """Puts conditions of one knowledge base into words; sums of money are in the currency with this id."""

    def __init__(self, facts: Facts, program: Program, currency: str = USUAL_CURRENCY) -> None:
        self.currency = currency
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
        name = getattr(self.facts, attribute.of)[ground.row].name
        place = f"the {singular(attribute.of)}"
        return (
            attribute.label.replace(place, name)
            if place in attribute.label
            else f"{attribute.label} ({name})"
        )

    def value(self, name: str, value: Any) -> str:
        """A value of a ground attribute as it stands inside a sentence; None is "not answered"."""
        attribute = self.attribute(name)
        if value is None:
            return "not answered" if attribute.origin == "asked" else "not known"
        if isinstance(value, list | tuple | set | frozenset):
            return listing([self.value(name, one) for one in sorted(value, key=str)], "and") or "none"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if attribute.type == "money":
            return money(value, sign_of(self.facts, self.currency))
        if attribute.measure == "percent_held":
            return f"{value}%"
        return _choice(attribute, value) if attribute.choices else str(value)

    def consequence(self, *rules: GroundRule) -> str:
        """What a rule gives, as the rest of a sentence that begins with it; of its ground rules, all that they give."""
        facts = self.facts
        then = rules[0].then
        tracks: dict[str, None] = {}
        for one in (rule.then for rule in rules):
            if isinstance(one, Recommend):
                tracks[facts.tracks[one.track].name] = None
            elif isinstance(one, Plan):
                tracks[facts.tracks[facts.routes[one.route].track].name] = None
        match then:
            case Recommend():
                return f"recommends {listing(list(tracks), 'or')}"
            case Plan():
                return f"plans the way to {listing(list(tracks), 'or')}"
            case Warn(warning=warning):
                return f"warns of “{facts.warnings[warning].title}”"
            case Advise(section=section):
                return f"adds the remark “{rules[0].title}” to the section on {section}"
            case Conclude(attribute=attribute, value=value) if len(rules) == 1:
                several = self.attribute(attribute).type == "set"
                found = Leaf(attribute=attribute, operator="has" if several else "is", operand=value)
                return f"concludes that {self.leaf(found)}"
            case Conclude():
                return f"concludes “{rules[0].title}”"

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
            return self._yes_no(label, attribute, leaf)
        texts = [self.value(leaf.attribute, value) for value in leaf.operands]
        row = OPERATORS[_OF_ONE[leaf.operator]] if len(texts) == 1 and leaf.operator in _OF_ONE else leaf.row
        return row.wording.format(
            label=label,
            operand=texts[0],
            operand_or=listing(texts, "or"),
            operand_and=listing(texts, "and"),
            operand_nor=listing(texts, "nor"),
            low=texts[0],
            high=texts[-1],
        )

    def _yes_no(self, label: str, attribute: Attribute, leaf: Leaf) -> str:
        negated = leaf.row.negates is not None
        if attribute.origin == "concluded" and not leaf.operand:
            return f"{label} is {'not ' if negated else ''}ruled out"
        return f"{label} {'applies' if leaf.operand is not negated else 'does not apply'}"

    def _known(self, label: str, attribute: Attribute, known: bool) -> str:
        several = attribute.type == "set"
        if attribute.origin == "concluded" and several:
            return f"there are {'' if known else 'no '}{label}"
        word = {"asked": "given", "measured": "known", "concluded": "concluded"}[attribute.origin]
        return f"{label} {'are' if several else 'is'} {'' if known else 'not '}{word}"


def _choice(attribute: Attribute, value: Any) -> str:
    """A choice's name inside a sentence."""
    name = next((choice.name for choice in attribute.choices if choice.id == value), str(value))
    plain = attribute.type == "choice" and name[:1].isupper() and name[1:].islower()
    return name.lower() if plain else in_sentence(name)
