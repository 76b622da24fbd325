"""Coverage: which rules, and which of their conditions, some scenario has tried, and why the others are not tried.

A rule is covered where it fired. A condition is covered where a firing rested on it, and where it alone stopped
its rule: it did not hold, and nothing that the rule asks of any other attribute stood in the way. A condition that
can never stop its rule alone, since another always does as well, need only have been seen not to hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.inference.three_valued import WorkingMemory, leaf_truth, truth
from trackfit.engine.knowledge.ground import Grounder
from trackfit.engine.knowledge.load import load
from trackfit.engine.knowledge.written_rules import RawAll, RawCondition, RawLeaf, RawNot, RawRule
from trackfit.engine.language.conditions import ALWAYS, AllOf, AnyOf, Condition, Leaf, leaves
from trackfit.engine.language.model import Facts, GroundRule
from trackfit.engine.language.wording import Wording
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.problems.problem import Location
from trackfit.engine.workshop.scenarios.answer_space import Reach, case_of, combinations, dimensions, size
from trackfit.engine.workshop.scenarios.scenarios import name_in

MOST_TRIED = 3_000
"""Cases that are tried to learn whether a condition can stop its rule alone."""


class AuthorCondition(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison as its author wrote it, and the ground leaves that it stands for, each under its rule's key."""

    rule: str
    text: str
    where: Location
    leaves: tuple[tuple[str, Leaf], ...]


class AuthorRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as its author wrote it, with its ground rules and its conditions."""

    id: str
    title: str
    where: Location
    ground: tuple[GroundRule, ...]
    conditions: tuple[AuthorCondition, ...]


class Uncovered(msgspec.Struct, frozen=True, kw_only=True):
    """A rule (without `condition`) or a condition that no scenario covers, and why."""

    rule: str
    where: Location
    why: str
    condition: str | None = None


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How many rules and conditions are covered, of how many, and those that are not."""

    rules: tuple[int, int]
    conditions: tuple[int, int]
    uncovered: tuple[Uncovered, ...]


def author_rules(kb: KnowledgeBase) -> tuple[AuthorRule, ...]:
    """The rules as their authors wrote them, in order of file and line."""
    loaded = load(kb.folder)
    ground: dict[str, list[GroundRule]] = {}
    for rule in kb.program.rules:
        ground.setdefault(rule.rule, []).append(rule)
    rules = sorted(loaded.rules, key=lambda raw: raw.node.where)
    return tuple(_author_rule(raw, tuple(ground.get(raw.id, ())), kb.facts) for raw in rules)


def _author_rule(raw: RawRule, ground: tuple[GroundRule, ...], facts: Facts) -> AuthorRule:
    grounder = Grounder(facts)
    conditions = []
    for part, positive in _raw_leaves(raw.when, positive=True):
        wanted: RawCondition = part if positive else RawNot(RawAll((part,)))
        found = []
        for rule in ground:
            condition = grounder.condition(RawAll((wanted,)), rule.bindings[0] if rule.bindings else None)
            if isinstance(condition, Leaf):
                found.append((rule.key, condition))
        if found:
            text = f"{'' if positive else 'not '}{part.subject}: {_as_written(part)}"
            conditions.append(AuthorCondition(rule=raw.id, text=text, where=part.where, leaves=tuple(found)))
    return AuthorRule(
        id=raw.id, title=raw.title, where=raw.node.where, ground=ground, conditions=tuple(conditions)
    )


def _raw_leaves(raw: RawCondition, *, positive: bool) -> Iterator[tuple[RawLeaf, bool]]:
    if isinstance(raw, RawLeaf):
        yield raw, positive
    elif isinstance(raw, RawNot):
        yield from _raw_leaves(raw.part, positive=not positive)
    else:
        for part in raw.parts:
            yield from _raw_leaves(part, positive=positive)


def _as_written(leaf: RawLeaf) -> str:
    operand = str(leaf.operand).lower() if isinstance(leaf.operand, bool) else leaf.operand
    if isinstance(operand, list):
        operand = f"[{', '.join(map(str, operand))}]"
    return str(operand) if leaf.operator in ("is", "one_of") else f"{{{leaf.operator}: {operand}}}"


def fires(consultation: Consultation, key: str) -> bool:
    """Whether a ground rule fired."""
    return any(rule.key == key for rule in consultation.fired)


def rests_on(consultation: Consultation, key: str, leaf: Leaf) -> bool:
    """Whether a ground rule fired, and a comparison carried it."""
    return any(firing.rule.key == key and leaf in firing.because for firing in consultation.firings)


def stops_alone(rule: GroundRule, leaf: Leaf, memory: WorkingMemory) -> bool:
    """Whether a comparison does not hold, and what the rule asks of every other attribute does."""
    if leaf_truth(leaf, memory) is True or truth(rule.when, memory) is True:
        return False
    return truth(_granted(rule.when, leaf.attribute), memory) is True


def _granted(condition: Condition, attribute: str) -> Condition:
    """The condition with all it asks of one attribute taken as holding."""
    if isinstance(condition, Leaf):
        return ALWAYS if condition.attribute == attribute else condition
    parts = tuple(_granted(part, attribute) for part in condition.parts)
    return AllOf(parts) if isinstance(condition, AllOf) else AnyOf(parts)


def cover(
    kb: KnowledgeBase, consultations: Sequence[Consultation], rules: Iterable[AuthorRule], as_of: str
) -> Coverage:
    """How far the consultations of some scenarios cover the rules."""
    judge = _Cover(kb, consultations, as_of)
    rules = list(rules)
    found: list[Uncovered] = []
    for rule in rules:
        found.extend(judge.rule(rule))
        for condition in rule.conditions:
            found.extend(judge.condition(rule, condition))
    missed = [one.condition is not None for one in found]
    conditions = sum(len(rule.conditions) for rule in rules)
    return Coverage(
        rules=(len(rules) - missed.count(False), len(rules)),
        conditions=(conditions - missed.count(True), conditions),
        uncovered=tuple(found),
    )


class _Cover:
    def __init__(self, kb: KnowledgeBase, consultations: Sequence[Consultation], as_of: str) -> None:
        self.kb = kb
        self.consultations = consultations
        self.as_of = as_of
        self.wording = Wording(kb.facts, kb.program)
        self.reach = Reach(kb)
        self.fired: dict[str, list[Consultation]] = {}
        for one in consultations:
            for rule in one.fired:
                self.fired.setdefault(rule.key, []).append(one)

    def rule(self, rule: AuthorRule) -> Iterator[Uncovered]:
        """The rule, if it never fired."""
        if not any(one.key in self.fired for one in rule.ground):
            yield Uncovered(rule=rule.id, where=rule.where, why=self._never_fires(rule))

    def _never_fires(self, rule: AuthorRule) -> str:
        if not rule.ground:
            return "never fires: no row of its table fits what it asks of a row"
        if not self.consultations:
            return "never fires: there is no scenario"
        missing = min(
            (
                [
                    leaf
                    for leaf in dict.fromkeys(leaves(one.when))
                    if leaf_truth(leaf, case.memory) is not True
                ]
                for one in rule.ground
                for case in self.consultations
            ),
            key=len,
        )
        return f"never fires: the scenario that comes nearest lacks that {self._words(missing)}"

    def _words(self, found: Iterable[Leaf]) -> str:
        return " and ".join(self.wording.leaf(leaf) for leaf in found)

    def condition(self, rule: AuthorRule, condition: AuthorCondition) -> Iterator[Uncovered]:
        """The condition, if it is not covered."""
        why = self._why(rule, condition)
        if why is not None:
            yield Uncovered(rule=rule.id, where=condition.where, why=why, condition=condition.text)

    def _why(self, rule: AuthorRule, condition: AuthorCondition) -> str | None:
        words = self.wording.leaf(condition.leaves[0][1])
        others = " (or the same for another row of its table)" if len(condition.leaves) > 1 else ""
        if not any(
            rests_on(one, key, leaf) for key, leaf in condition.leaves for one in self.fired.get(key, ())
        ):
            if True not in self._truths(condition):
                return f"never true: no scenario where {words}{others}"
            return f"never true in a firing: no scenario with all the rest of the rule where {words}{others}"
        by_key = {one.key: one for one in rule.ground}
        if any(
            stops_alone(by_key[key], leaf, one.memory)
            for key, leaf in condition.leaves
            for one in self.consultations
        ):
            return None
        if any(self.can_stop_alone(by_key[key], leaf) for key, leaf in condition.leaves):
            return (
                "never the one thing missing: no scenario meets the rest of the rule"
                f" but not that {words}{others}"
            )
        untrue = self._truths(condition) - {True}
        return None if untrue else f"never untrue: in every scenario {words}"

    def _truths(self, condition: AuthorCondition) -> set[bool | None]:
        """What the condition comes to in the scenarios: true, false, unknown (None)."""
        return {leaf_truth(leaf, one.memory) for _, leaf in condition.leaves for one in self.consultations}

    def can_stop_alone(self, rule: GroundRule, leaf: Leaf) -> bool:
        """Whether some case was found in which it does."""
        return any(
            stops_alone(rule, leaf, one.memory) for one in tried(self.kb, self.reach, rule, self.as_of)
        )


def tried(kb: KnowledgeBase, reach: Reach, rule: GroundRule, as_of: str) -> Iterator[Consultation]:
    """Consultations on the answers that a rule can tell apart, those with few answers first."""
    space = dimensions([(kb, reach.leaves([rule]))])
    found = combinations(space, MOST_TRIED)
    cases = (case_of(kb, answers) for answers in found)
    for case in cases if size(space) > MOST_TRIED else sorted(cases, key=lambda one: len(one.answers)):
        try:
            yield consult(kb, case, as_of)
        except ConflictingConclusions:
            continue


def in_files(
    rules: Iterable[AuthorRule], kb: KnowledgeBase, scenarios: Iterable[Path]
) -> tuple[AuthorRule, ...]:
    """The rules of the files beside which some files of scenarios stand."""
    names = {name_in(kb.folder, path).replace(".test.", ".") for path in scenarios}
    return tuple(rule for rule in rules if rule.where.file in names)
