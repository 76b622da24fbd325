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
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.conditions import Leaf
from trackfit.engine.language.model import Recommend, Value
from trackfit.engine.workshop.diff.differences import Difference, Outcome, OutcomeDiff, outcome
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
    """The cases to try, each once, in an order of their own; `most` bounds them."""
    spaces = {repr(space): space for space in _spaces(old, new)}
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
    """For every rule of either what it can tell apart, and for the ranking of tracks what may change it."""
    reaches = [Reach(kb) for kb in (old, new)]
    for key in sorted({*old.rules, *new.rules}):
        yield dimensions(
            [(one.kb, one.leaves([one.kb.rules[key]])) for one in reaches if key in one.kb.rules]
        )
    looked: list[tuple[KnowledgeBase, list[Leaf]]] = []
    for one in reaches:
        recommend = [rule for rule in one.kb.program.rules if isinstance(rule.then, Recommend)]
        looked.append((one.kb, one.leaves(recommend)))
    ranking = dimensions(looked)
    skills = dict.fromkeys((*ranking.get(SKILLS, (None,)), *_samples(old), *_samples(new)))
    yield {**ranking, SKILLS: tuple(skills)}


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
    for case in cases:
        before, after = _outcome(old, case, as_of), _outcome(new, case, as_of)
        if before is not None and after is not None:
            changes.add(case.origin, judge.differences(before, after), case)
        elif before is not None or after is not None:
            lacking, can = (old, "can now") if before is None else (new, "can no longer")
            strange = [name for name, value in case.answers.items() if _known(lacking, {name: value}) is None]
            texts = [f"{name}: {case.answers[name]} {can} be answered" for name in strange]
            changes.add(case.origin, [(text, ()) for text in texts], case)
    return changes


def _plain(case: Tried) -> dict[str, Any]:
    return Case(answers=dict(sorted(case.answers.items()))).plain()


def _outcome(kb: KnowledgeBase, case: Tried, as_of: str) -> Outcome | None:
    """The advice; None where the knowledge base does not know one of the answers."""
    answers = _known(kb, case.answers)
    return None if answers is None else outcome(kb, case_of(kb, answers), as_of)


def _known(kb: KnowledgeBase, answers: Mapping[str, Value]) -> dict[str, Value] | None:
    """The answers that a knowledge base can be given; unknown skills count nowhere, as in an answers file."""
    found: dict[str, Value] = {}
    for name, value in answers.items():
        attribute = kb.reader.attributes.get(name)
        if attribute is None:
            continue
        if isinstance(value, frozenset):
            ids = {choice.id for choice in attribute.choices}
            found[name] = frozenset(one for one in value if one in ids)
            continue
        if attribute.type == "choice" and value not in [choice.id for choice in attribute.choices]:
            return None
        found[name] = value
    return found
