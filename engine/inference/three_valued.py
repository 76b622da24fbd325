"""The three-valued reader: true, false or unknown for partial answers, and the leaves that decided it.

It is also an engine of its own: run stratum by stratum to the fixpoint, it gives what durable-rules gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from trackfit.engine.language.conditions import AnyOf, Condition, Leaf, leaves
from trackfit.engine.language.model import GroundRule, Value, conclusion_of
from trackfit.engine.language.operators import OPERATORS

Conclude = Callable[[GroundRule], None]


class WorkingMemory:
    """A case's facts while rules run: answers and measures by ground attribute, and what has been concluded.

    An answer that is missing from `known` is unknown. Concluded attributes hold the set of their values, and
    an empty set means that nothing was concluded, which is known.
    """

    __slots__ = ("concluded", "known")

    def __init__(self, known: Mapping[str, Value], concluded: Iterable[str]) -> None:
        self.known = known
        self.concluded: dict[str, set[str | bool]] = {name: set() for name in concluded}


def truth(condition: Condition, memory: WorkingMemory) -> bool | None:
    """Whether the condition holds: True, False, or None where an unknown answer decides it (Kleene's logic).

    A `not` over an unknown answer is as unknown as the answer. Concluded attributes are never unknown.
    """
    if isinstance(condition, Leaf):
        return leaf_truth(condition, memory)
    deciding = isinstance(condition, AnyOf)
    unknown = False
    for part in condition.parts:
        found = leaf_truth(part, memory) if isinstance(part, Leaf) else truth(part, memory)
        if found is deciding:
            return deciding
        unknown = unknown or found is None
    return None if unknown else not deciding


def leaf_truth(leaf: Leaf, memory: WorkingMemory) -> bool | None:
    """`truth` for one comparison."""
    values = memory.concluded.get(leaf.attribute)
    if values is not None:
        return _concluded_truth(leaf, values)
    value = memory.known.get(leaf.attribute)
    if leaf.operator == "known":
        return (value is not None) is leaf.operand
    if value is None:
        return None
    return leaf.row.test(value, leaf.operand)


def _concluded_truth(leaf: Leaf, values: set[str | bool]) -> bool:
    """A concluded attribute satisfies a positive operator by what was concluded, a negative one by its lack."""
    if leaf.operator == "known":
        return bool(values) is leaf.operand
    row = leaf.row
    positive = OPERATORS[row.negates] if row.negates else row
    if "set" in positive.types:
        held = positive.test(values, leaf.operand)
    else:
        held = any(positive.test(value, leaf.operand) for value in values)
    return held is not bool(row.negates)


def supporting_leaves(condition: Condition, memory: WorkingMemory) -> list[Leaf]:
    """The leaves that hold and carry a condition that holds, from left to right, each once."""
    found: dict[Leaf, None] = {}

    def walk(part: Condition) -> None:
        if truth(part, memory) is not True:
            return
        if isinstance(part, Leaf):
            found[part] = None
        else:
            for child in part.parts:
                walk(child)

    walk(condition)
    return list(found)


class ThreeValuedEngine:
    """Runs ground rules without durable-rules."""

    name = "three-valued"

    def __init__(self, rules: Iterable[GroundRule]) -> None:
        by_stratum = sorted(rules, key=lambda rule: rule.stratum)
        self.strata = [list(group) for _, group in groupby(by_stratum, key=lambda rule: rule.stratum)]
        self._chained = [_chained(stratum) for stratum in self.strata]

    def run(self, memory: WorkingMemory, conclude: Conclude) -> None:
        """Fire every rule that holds, once, stratum by stratum; `conclude` puts conclusions into `memory`."""
        for stratum, chained in zip(self.strata, self._chained, strict=True):
            waiting = stratum
            while fired := [rule for rule in waiting if truth(rule.when, memory) is True]:
                for rule in fired:
                    conclude(rule)
                done = {rule.key for rule in fired}
                waiting = [
                    rule for rule in (chained if waiting is stratum else waiting) if rule.key not in done
                ]

    def close(self) -> None:
        """Nothing is held outside Python."""


def _chained(stratum: list[GroundRule]) -> list[GroundRule]:
    """The rules of a stratum that look at what its rules conclude, and so may hold later than at once."""
    given = {found[0] for rule in stratum if (found := conclusion_of(rule.then)) is not None}
    return [rule for rule in stratum if any(leaf.attribute in given for leaf in leaves(rule.when))]
