"""What an edit changes: two knowledge bases consulted on the same cases, and the differences grouped.

The cases are every combination of answers that some rule of either can tell apart, a sample in which all
questions are answered, the cases of scenarios, and those of a cohort.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from trackfit.engine import formats
from trackfit.engine.case import Case
from trackfit.engine.conditions import Leaf, leaves
from trackfit.engine.consult import Consultation, consult
from trackfit.engine.errors import ConflictingConclusions
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import GroundRule, Recommend, Value, conclusion_of
from trackfit.engine.space import Dimensions, Reach, case_of, combinations, dimensions, growing, size

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


def edited_rules(old: KnowledgeBase, new: KnowledgeBase) -> dict[str, str]:
    """The rules that differ, by their authors' ids: "added", "removed", "changed", or "reworded" where only a text is."""
    found: dict[str, str] = {}
    before, after = _by_author(old), _by_author(new)
    for id_ in sorted({*before, *after}):
        if id_ not in before or id_ not in after:
            found[id_] = "removed" if id_ in before else "added"
        elif [_bare(rule) for rule in before[id_]] != [_bare(rule) for rule in after[id_]]:
            found[id_] = "changed"
        elif [_worded(rule) for rule in before[id_]] != [_worded(rule) for rule in after[id_]]:
            found[id_] = "reworded"
    return found


def _by_author(kb: KnowledgeBase) -> dict[str, list[GroundRule]]:
    found: dict[str, list[GroundRule]] = {}
    for rule in kb.program.rules:
        found.setdefault(rule.rule, []).append(rule)
    return found


def _bare(rule: GroundRule) -> Any:
    then = msgspec.to_builtins(rule.then)
    return rule.key, rule.when, rule.salience, {name: one for name, one in then.items() if name != "says"}


def _worded(rule: GroundRule) -> Any:
    return rule.title, msgspec.to_builtins(rule.then)


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
    skills = dict.fromkeys((*ranking.get("skills", (None,)), *_samples(old), *_samples(new)))
    yield {**ranking, "skills": tuple(skills)}


def _samples(kb: KnowledgeBase) -> Iterator[frozenset[str]]:
    """Sets of skills that make a difference to what is missing, and so to the ranking."""
    for track in kb.facts.tracks:
        grown = list(growing(kb, track))
        yield from (grown[len(grown) // 2], grown[-1])
    for route in kb.facts.routes.values():
        yield frozenset(route.carries_over)
        yield frozenset((*route.carries_over, *route.gap))


def compare(old: KnowledgeBase, new: KnowledgeBase, cases: Iterable[Tried], as_of: str) -> Comparison:
    """Consult both on every case, and group what differs."""
    judge = _Judge(old, new)
    groups: dict[tuple[str, tuple[str, ...]], Group] = {}
    tried: dict[str, int] = {}
    changed: dict[str, int] = {}
    for case in cases:
        before, after = _outcome(old, case, as_of), _outcome(new, case, as_of)
        if before is None and after is None:
            continue
        tried[case.origin] = tried.get(case.origin, 0) + 1
        found = list(judge.differences(before, after, case))
        if found:
            changed[case.origin] = changed.get(case.origin, 0) + 1
        for change, because in found:
            group = groups.get((change, because))
            if group is None:
                plain = _plain(case)
                group = groups[change, because] = Group(
                    change=change, because=because, cases={}, example=plain
                )
            group.cases[case.origin] = group.cases.get(case.origin, 0) + 1
            if case.name is not None and group.named is None:
                group.example, group.named = _plain(case), case.name
    ordered = sorted(groups.values(), key=lambda one: (-sum(one.cases.values()), one.change, one.because))
    return Comparison(tried=tried, changed=changed, groups=tuple(ordered))


def _plain(case: Tried) -> dict[str, Any]:
    return Case(answers=dict(sorted(case.answers.items()))).plain()


class _Clash(msgspec.Struct, frozen=True):
    """Rules that contradict each other, in place of advice."""

    text: str


def _outcome(kb: KnowledgeBase, case: Tried, as_of: str) -> Consultation | _Clash | None:
    """The advice; None where the knowledge base does not know one of the answers."""
    answers = _known(kb, case.answers)
    if answers is None:
        return None
    try:
        return consult(kb, case_of(kb, answers), as_of)
    except ConflictingConclusions as error:
        return _Clash(str(error))


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


class _Judge:
    """Says in words how two outcomes differ, and which edited rules are behind it."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
        self.sides = (old, new)
        self.edited = {id_ for id_, how in edited_rules(old, new).items() if how != "reworded"}

    def differences(
        self, before: Consultation | _Clash | None, after: Consultation | _Clash | None, case: Tried
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What differs, each with the rules because of which it does."""
        if before is None or after is None:
            yield from self._only_once(case, appears=before is None)
            return
        if isinstance(before, _Clash) or isinstance(after, _Clash):
            if type(before) is not type(after):
                clash = before if isinstance(before, _Clash) else after
                assert isinstance(clash, _Clash)
                yield f"{'no longer' if clash is before else 'now'} {clash.text}", tuple(sorted(self.edited))
            return
        yield from self._given(before, after)
        yield from self._ranked(before, after)

    def _only_once(self, case: Tried, *, appears: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
        kb = self.sides[0] if appears else self.sides[1]
        for name, value in case.answers.items():
            if _known(kb, {name: value}) is None:
                yield (
                    f"{name}: {value} {'can now be answered' if appears else 'can no longer be answered'}",
                    (),
                )

    def _given(self, before: Consultation, after: Consultation) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Recommendations, warnings, remarks and plans that appear or disappear."""
        given = [_given(one) for one in (before, after)]
        fired = [{firing.rule.key for firing in one.firings} for one in (before, after)]
        moved = fired[0] ^ fired[1]
        for id_ in sorted({*given[0], *given[1]}):
            kind, _, what = id_.partition(":")
            if id_ not in given[0] or id_ not in given[1]:
                side = 1 if id_ in given[1] else 0
                text = WORDS[kind][side].format(what)
                yield text, self._because({key for key in given[side][id_] if key in moved}, moved)
        for warning, (was, now) in _severities(before, after).items():
            if was != now:
                text = f"the warning {warning} is {now} instead of {was}"
                keys = {key for one in given for key in one[f"warn:{warning}"]}
                yield text, tuple(sorted(self._authors(keys) & self.edited))

    def _because(self, keys: set[str], moved: set[str]) -> tuple[str, ...]:
        """The edited rules among those that now fire or no longer do, and that led to these; else these."""
        queue, seen = sorted(keys), set(keys)
        for key in queue:
            for giver in sorted(self._behind(key) & moved - seen):
                seen.add(giver)
                queue.append(giver)
        return tuple(sorted(self._authors(seen) & self.edited or self._authors(keys)))

    def _behind(self, key: str) -> set[str]:
        """The rules that conclude something a rule looks at."""
        found: set[str] = set()
        for kb in self.sides:
            if key in kb.rules:
                looked_at = {leaf.attribute for leaf in leaves(kb.rules[key].when)}
                found |= {
                    rule.key
                    for rule in kb.program.rules
                    if (conclusion := conclusion_of(rule.then)) is not None and conclusion[0] in looked_at
                }
        return found

    def _authors(self, keys: Iterable[str]) -> set[str]:
        return {kb.rules[key].rule for key in keys for kb in self.sides if key in kb.rules}

    def _ranked(self, before: Consultation, after: Consultation) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The first track, and what is said of tracks that are recommended both times."""
        first = [one.recommendations[0].track if one.recommendations else None for one in (before, after)]
        if None not in first and first[0] != first[1]:
            yield f"first is {first[1]} instead of {first[0]}", ()
        old = {one.track: one for one in before.recommendations}
        new = {one.track: one for one in after.recommendations}
        for track in sorted(old.keys() & new.keys()):
            if old[track].basis != new[track].basis:
                yield f"{track} rests on {new[track].basis} instead of {old[track].basis}", ()
            months = [
                _months(kb, one[track].timeline) for kb, one in zip(self.sides, (old, new), strict=True)
            ]
            if months[0] != months[1]:
                yield f"{track} takes {months[1]} instead of {months[0]}", ()
            for said, was, now in (
                ("missing", old[track].gap, new[track].gap),
                ("carried over", old[track].carries_over, new[track].carries_over),
            ):
                if was != now:
                    yield f"{track}: what is {said} changes{_by(was, now)}", ()


WORDS = {
    "recommend": ("{} is no longer recommended", "{} is now recommended"),
    "warn": ("the warning {} is no longer given", "the warning {} is now given"),
    "advise": ("the remark of {} is no longer made", "the remark of {} is now made"),
    "plan": ("the plan for {} is no longer given", "the plan for {} is now given"),
}
"""What disappears, and what appears."""


def _given(consultation: Consultation) -> dict[str, list[str]]:
    """What a reader is given, as kind and id, with the keys of the rules that give it."""
    found: dict[str, list[str]] = {}
    for firing in consultation.firings:
        kind, _, what = firing.conclusion.partition(":")
        if kind in WORDS and what:
            name = firing.rule.rule if kind == "advise" else what
            found.setdefault(f"{kind}:{name}", []).append(firing.rule.key)
    return found


def _severities(before: Consultation, after: Consultation) -> dict[str, tuple[str, str]]:
    was = {one.id: one.severity for one in before.warnings}
    return {one.id: (was[one.id], one.severity) for one in after.warnings if one.id in was}


def _months(kb: KnowledgeBase, figure: str | None) -> str:
    return formats.figure(kb.facts.figures[figure]) if figure else "no stated time"


def _by(was: Sequence[str], now: Sequence[str]) -> str:
    signed = [f"+{one}" for one in now if one not in was] + [f"−{one}" for one in was if one not in now]
    return f" ({', '.join(signed)})" if signed else " in its order"
