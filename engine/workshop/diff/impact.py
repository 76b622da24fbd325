"""What an edit changes: two knowledge bases consulted on the same cases, and the differences grouped.

The cases are every combination of answers that some rule of either can tell apart, a sample in which all
questions are answered, the cases of scenarios, and those of a cohort.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.measures import highest_pay
from trackfit.engine.inference.ways import NEAR, WITHIN_REACH
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.columns import named
from trackfit.engine.language.conditions import Leaf, leaves
from trackfit.engine.language.model import Facts, Recommend, Value, conclusion_of
from trackfit.engine.workshop.diff.differences import Difference, Outcome, OutcomeDiff, changed_rules, outcome
from trackfit.engine.workshop.scenarios.answer_space import (
    Dimensions,
    Reach,
    case_of,
    combinations,
    dimensions,
    growing,
    size,
)

Origin = Literal["possible", "scenario", "cohort"]
MOST = 40_000
"""Combinations of answers that are tried at most."""
MOST_TOGETHER = 4_000
"""Cases in which every question is answered."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A case to try, and where it comes from; the possible ones have no name."""

    answers: dict[str, Value]
    origin: Origin
    name: str | None = None


def tried(case: Case, origin: Origin, name: str, *, without: Collection[str] = ()) -> Tried:
    """A case with what was said in it, but for some answers."""
    left_out = {*case.defaulted, *without}
    answers = {key: value for key, value in case.answers.items() if key not in left_out}
    return Tried(answers=answers, origin=origin, name=name)


class Group(msgspec.Struct, kw_only=True):
    """One thing that appears or disappears, because of the same rules: for how many cases, and one of them."""

    change: str
    because: tuple[str, ...]
    cases: dict[str, int]
    example: dict[str, Any]
    named: str | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What came of trying all cases: `tried` and `changed` by origin, and the groups, the largest first."""

    tried: dict[str, int]
    changed: dict[str, int]
    groups: tuple[Group, ...]


def possible(old: KnowledgeBase, new: KnowledgeBase, most: int = MOST) -> list[Tried]:
    """The cases to try, each once, in an order of their own; `most` bounds them. None where no rule can come out otherwise."""
    spaces = {repr(space): space for space in _spaces(old, new)}
    if not spaces:
        return []
    found: dict[tuple[tuple[str, Value], ...], None] = {}
    left = most
    for number, space in enumerate(sorted(spaces.values(), key=size)):
        share = max(1, left // (len(spaces) - number))
        for answers in combinations(space, share):
            found[tuple(answers.items())] = None
        left -= min(size(space), share)
    together: dict[str, dict[Value | None, None]] = {}
    for space in spaces.values():
        for name, values in space.items():
            together.setdefault(name, {}).update(dict.fromkeys(values))
    whole = {name: tuple(values) for name, values in sorted(together.items())}
    for answers in combinations(whole, min(MOST_TOGETHER, most)):
        found[tuple(answers.items())] = None
    return [Tried(answers=dict(one), origin="possible") for one in found]


def _spaces(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[Dimensions]:
    """For every rule of either what it can tell apart, and for the ranking of tracks what may change it.

    Where both reckon with the same facts, only of the rules that differ and of those that build on them: nothing else
    can come out otherwise.
    """
    reaches = [Reach(kb) for kb in (old, new)]
    alike = reckoned_with(old.facts) == reckoned_with(new.facts)
    for key in sorted(_moved(old, new) if alike else {*old.rules, *new.rules}):
        yield dimensions(
            [(one.kb, one.leaves([one.kb.rules[key]])) for one in reaches if key in one.kb.rules]
        )
    if alike:
        return
    looked: list[tuple[KnowledgeBase, list[Leaf]]] = []
    for one in reaches:
        recommend = [rule for rule in one.kb.program.rules if isinstance(rule.then, Recommend)]
        looked.append((one.kb, one.leaves(recommend)))
    ranking = dimensions(looked)
    skills = dict.fromkeys((*ranking.get(SKILLS, (None,)), *_samples(old), *_samples(new)))
    yield {**ranking, SKILLS: tuple(skills)}


def reckoned_with(facts: Facts) -> tuple[Any, ...]:
    """The facts that advice can hang on: not sources, not resources, and of figures that are only quoted their review.

    A figure that a rule compares with stands in the rule itself.
    """
    drawn = {NEAR, WITHIN_REACH}.union(*(named(route, "figures") for route in facts.routes.values()))
    drawn |= {one.id for one in highest_pay(facts.figures.values()).values()}
    figures = {
        one.id: one if one.is_band or one.id in drawn else one.review_by for one in facts.figures.values()
    }
    quoted = {"figures", "sources", "resources"}
    return figures, *(getattr(facts, table) for table in Facts.__struct_fields__ if table not in quoted)


def _moved(old: KnowledgeBase, new: KnowledgeBase) -> set[str]:
    """The ground rules that differ, by key, and those that look at what a rule among these concludes."""
    changed = changed_rules(old, new)
    rules = [rule for kb in (old, new) for rule in kb.program.rules]
    found = {rule.key for rule in rules if rule.rule in changed}
    while True:
        given = {one[0] for rule in rules if rule.key in found and (one := conclusion_of(rule.then))}
        more = {rule.key for rule in rules if any(leaf.attribute in given for leaf in leaves(rule.when))}
        if more <= found:
            return found
        found |= more


def _samples(kb: KnowledgeBase) -> Iterator[frozenset[str]]:
    """Sets of skills that make a difference to what is missing, and so to the ranking."""
    for track in kb.facts.tracks:
        grown = list(growing(kb, track))
        yield from (grown[len(grown) // 2], grown[-1])
    for route in kb.facts.routes.values():
        yield frozenset(route.carries_over)
        yield frozenset((*route.carries_over, *route.gap))


class Changes:
    """Collects what differs, case after case, and groups it."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, tuple[str, ...]], Group] = {}
        self._tried: dict[str, int] = {}
        self._changed: dict[str, int] = {}

    def add(self, origin: Origin, differences: Iterable[Difference], case: Tried, number: int = 1) -> None:
        """Count so many cases like this one in, which all differ alike."""
        found = list(differences)
        self.count(origin, number)
        if found:
            self._changed[origin] = self._changed.get(origin, 0) + number
        for change, because in found:
            group = self._groups.get((change, because))
            if group is None:
                group = Group(change=change, because=because, cases={}, example=_plain(case))
                self._groups[change, because] = group
            group.cases[origin] = group.cases.get(origin, 0) + number
            if case.name is not None and group.named is None:
                group.example, group.named = _plain(case), case.name

    def count(self, origin: Origin, number: int) -> None:
        """Count so many cases that were tried, whether anything differs or not."""
        self._tried[origin] = self._tried.get(origin, 0) + number

    def tried(self, origin: Origin) -> int:
        """How many cases were tried."""
        return self._tried.get(origin, 0)

    def comparison(self) -> Comparison:
        """All of it, the largest group first."""
        ordered = sorted(
            self._groups.values(), key=lambda one: (-sum(one.cases.values()), one.change, one.because)
        )
        return Comparison(tried=self._tried, changed=self._changed, groups=tuple(ordered))


def compare(old: KnowledgeBase, new: KnowledgeBase, cases: Iterable[Tried], as_of: str) -> Changes:
    """Consult both on every case, and collect what differs."""
    judge = OutcomeDiff(old, new)
    changes = Changes()
    sides = _OneSide(old, as_of), _OneSide(new, as_of)
    for case in cases:
        before, after = (side.outcome(case) for side in sides)
        if before is not None and after is not None:
            changes.add(case.origin, judge.differences(before, after), case)
        elif before is not None or after is not None:
            lacking, can = (sides[0], "can now") if before is None else (sides[1], "can no longer")
            strange = [name for name, value in case.answers.items() if lacking.known({name: value}) is None]
            texts = [f"{name}: {case.answers[name]} {can} be answered" for name in strange]
            changes.add(case.origin, [(text, ()) for text in texts], case)
    return changes


class _OneSide:
    """One of the two knowledge bases, on one day (YYYY-MM-DD), asked for many cases."""

    def __init__(self, kb: KnowledgeBase, as_of: str) -> None:
        self.kb, self.as_of = kb, as_of
        self._choices = {
            name: frozenset(choice.id for choice in attribute.choices)
            for name, attribute in kb.reader.attributes.items()
        }

    def outcome(self, case: Tried) -> Outcome | None:
        """The advice; None where the knowledge base does not know one of the answers."""
        answers = self.known(case.answers)
        return None if answers is None else outcome(self.kb, case_of(self.kb, answers), self.as_of)

    def known(self, answers: Mapping[str, Value]) -> dict[str, Value] | None:
        """The answers that the knowledge base can be given; unknown skills count nowhere, as in an answers file."""
        found: dict[str, Value] = {}
        for name, value in answers.items():
            attribute = self.kb.reader.attributes.get(name)
            if attribute is None:
                continue
            if isinstance(value, frozenset):
                found[name] = value & self._choices[name]
            elif attribute.type == "choice" and value not in self._choices[name]:
                return None
            else:
                found[name] = value
        return found


def _plain(case: Tried) -> dict[str, Any]:
    return Case(answers=dict(sorted(case.answers.items()))).plain()
