"""Why not: the rules that would have given a conclusion, and which of their comparisons did not hold."""

from __future__ import annotations

from typing import Any

import msgspec

from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.three_valued import WorkingMemory, leaf_truth, truth
from trackfit.engine.language.conditions import AnyOf, Condition, Leaf, leaves
from trackfit.engine.language.model import GroundRule, Recommend, Warn


class Tested(msgspec.Struct, frozen=True):
    """One comparison of a rule that did not fire: whether it holds (None: unknown), wanted and found."""

    leaf: Leaf
    holds: bool | None
    found: Any


class Unfired(msgspec.Struct, frozen=True):
    """A rule that would have given a conclusion, how its comparisons stand, and how far it was from firing.

    `distance` is the smallest number of comparisons that would have to turn out otherwise: of an `any`, the nearest
    part counts.
    """

    rule: GroundRule
    tested: tuple[Tested, ...]
    distance: int

    @property
    def missing(self) -> tuple[Tested, ...]:
        """The comparisons that do not hold or are unknown."""
        return tuple(one for one in self.tested if one.holds is not True)


def why_not(consultation: Consultation, wanted: str) -> tuple[Unfired, ...]:
    """The rules that would have recommended the track, or given the warning, `wanted`; nearest first."""
    found = [
        unfired(rule, consultation)
        for rule in consultation.kb.program.rules
        if _gives(rule, wanted) and truth(rule.when, consultation.memory) is not True
    ]
    return tuple(sorted(found, key=lambda one: (one.distance, len(one.missing), one.rule.key)))


def _gives(rule: GroundRule, wanted: str) -> bool:
    match rule.then:
        case Recommend(track=track):
            return track == wanted
        case Warn(warning=warning):
            return warning == wanted
        case _:
            return False


def unfired(rule: GroundRule, consultation: Consultation) -> Unfired:
    memory = consultation.memory
    tested = []
    for leaf in dict.fromkeys(leaves(rule.when)):
        found: Any = memory.concluded.get(leaf.attribute)
        if found is None:
            found = memory.known.get(leaf.attribute)
        tested.append(Tested(leaf, leaf_truth(leaf, memory), found))
    return Unfired(rule, tuple(tested), _distance(rule.when, memory))


def _distance(condition: Condition, memory: WorkingMemory) -> int:
    if isinstance(condition, Leaf):
        return int(leaf_truth(condition, memory) is not True)
    of_parts = [_distance(part, memory) for part in condition.parts]
    return min(of_parts, default=0) if isinstance(condition, AnyOf) else sum(of_parts)
