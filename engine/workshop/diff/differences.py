"""How two consultations of one case differ, in words, and which edited rules are behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.language import formats
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.model import Advise, GroundRule, Plan, Recommend, Warn, conclusion_of
from trackfit.engine.problems.errors import ConflictingConclusions

Difference = tuple[str, tuple[str, ...]]
"""What differs, and the rules because of which it does."""


class Clash(msgspec.Struct, frozen=True):
    """Rules that contradict each other, in place of advice."""

    text: str


Outcome = Consultation | Clash


def outcome(kb: KnowledgeBase, case: Case, as_of: str) -> Outcome:
    """The advice for a case, or the rules that contradict each other on it."""
    try:
        return consult(kb, case, as_of)
    except ConflictingConclusions as error:
        return Clash(str(error))


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


def changed_rules(old: KnowledgeBase, new: KnowledgeBase) -> set[str]:
    """Those of them that differ in more than a text."""
    return {id_ for id_, how in edited_rules(old, new).items() if how != "reworded"}


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


class OutcomeDiff:
    """Says in words how two outcomes differ, and which edited rules are behind it.

    Without `in_order`, the order in which to learn what is missing makes no difference.
    """

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase, *, in_order: bool = True) -> None:
        self.sides = (old, new)
        self.in_order = in_order
        self.edited = changed_rules(old, new)

    def differences(self, before: Outcome, after: Outcome) -> Iterator[Difference]:
        """What differs, each with the rules because of which it does."""
        if isinstance(before, Clash) or isinstance(after, Clash):
            if type(before) is not type(after):
                clash = before if isinstance(before, Clash) else after
                assert isinstance(clash, Clash)
                yield f"{'no longer' if clash is before else 'now'} {clash.text}", tuple(sorted(self.edited))
            return
        yield from self._given(before, after)
        yield from self._ranked(before, after)

    def _given(self, before: Consultation, after: Consultation) -> Iterator[Difference]:
        """Recommendations, warnings, remarks and plans that appear or disappear."""
        fired = [{rule.key for rule in one.fired} for one in (before, after)]
        moved = fired[0] ^ fired[1]
        if not moved and self.edited.isdisjoint(rule.rule for rule in after.fired):
            return
        given = [_given(one) for one in (before, after)]
        for id_ in sorted(given[0].keys() ^ given[1].keys()):
            kind, _, what = id_.partition(":")
            side = 1 if id_ in given[1] else 0
            yield WORDS[kind][side].format(what), self._because(moved.intersection(given[side][id_]), moved)
        yield from self._regraded(before, after, given)

    def _regraded(
        self, before: Consultation, after: Consultation, given: Sequence[Mapping[str, Sequence[str]]]
    ) -> Iterator[Difference]:
        """Warnings that are given both times, more or less gravely."""
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

    def _ranked(self, before: Consultation, after: Consultation) -> Iterator[Difference]:
        """The first track, and what is said of tracks that are recommended both times."""
        first = [one.recommendations[0].track if one.recommendations else None for one in (before, after)]
        if None not in first and first[0] != first[1]:
            yield f"first is {first[1]} instead of {first[0]}", ()
        old = {one.track: one for one in before.recommendations}
        new = {one.track: one for one in after.recommendations}
        for track in sorted(old.keys() & new.keys()):
            if old[track].basis != new[track].basis:
                yield f"{track} rests on {new[track].basis} instead of {old[track].basis}", ()
            takes = [months(kb, one[track].timeline) for kb, one in zip(self.sides, (old, new), strict=True)]
            if takes[0] != takes[1]:
                yield f"{track} takes {takes[1]} instead of {takes[0]}", ()
            for said, was, now in (
                ("missing", old[track].gap, new[track].gap),
                ("carried over", old[track].carries_over, new[track].carries_over),
            ):
                if was != now and (self.in_order or set(was) != set(now)):
                    yield f"{track}: what is {said} changes{_by(was, now)}", ()


WORDS = {
    "recommend": ("{} is no longer recommended", "{} is now recommended"),
    "warn": ("the warning {} is no longer given", "the warning {} is now given"),
    "advise": ("the remark of {} is no longer made", "the remark of {} is now made"),
    "plan": ("the plan for {} is no longer given", "the plan for {} is now given"),
}
"""What disappears, and what appears."""


def told_by(rule: GroundRule) -> str | None:
    """What a reader is told by a rule, as kind and id; None where it only tells other rules something."""
    match rule.then:
        case Recommend(track=track):
            return f"recommend:{track}"
        case Warn(warning=warning):
            return f"warn:{warning}"
        case Advise():
            return f"advise:{rule.rule}"
        case Plan(route=route):
            return f"plan:{route}"
        case _:
            return None


def _given(consultation: Consultation) -> dict[str, list[str]]:
    """What a reader is given, with the keys of the rules that give it."""
    found: dict[str, list[str]] = {}
    for rule in consultation.fired:
        if (id_ := told_by(rule)) is not None:
            found.setdefault(id_, []).append(rule.key)
    return found


def _severities(before: Consultation, after: Consultation) -> dict[str, tuple[str, str]]:
    was = {one.id: one.severity for one in before.warnings}
    return {one.id: (was[one.id], one.severity) for one in after.warnings if one.id in was}


def months(kb: KnowledgeBase, figure: str | None) -> str:
    """How long it takes, in words, by the id of the figure, if there is one."""
    return formats.figure(kb.facts.figures[figure]) if figure else "no stated time"


def _by(was: Sequence[str], now: Sequence[str]) -> str:
    """The skills that are there on one side only, in an order that is the same for everybody."""
    signed = [f"+{one}" for one in sorted({*now} - {*was})] + [f"−{one}" for one in sorted({*was} - {*now})]
    return f" ({', '.join(signed)})" if signed else " in its order"
