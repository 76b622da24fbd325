"""Which questions can still matter: what the answers so far leave undecided, in three-valued logic.

A question is left out only where no answer to it, whatever the others are answered, changes the advice. The reverse
is not promised: two comparisons that exclude each other may both look possible. `change.hinging` tells exactly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import groupby

import msgspec

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.three_valued import WorkingMemory, leaf_truth
from trackfit.engine.inference.ways import PlaceAhead
from trackfit.engine.language.conditions import AnyOf, Condition, Leaf, leaves
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import (
    Advise,
    Attribute,
    GroundRule,
    Recommend,
    Value,
    Warn,
    conclusion_of,
)
from trackfit.engine.language.placeholders import places
from trackfit.engine.language.questions import asked

OF_WAYS = ("skills_missing", "percent_held", "place")
"""The measures of the gap, which tell themselves which questions they wait for."""


def open_questions(
    kb: KnowledgeBase, answers: Mapping[str, Value], skipped: Collection[str] = ()
) -> list[Attribute]:
    """The questions whose answer can still change the advice, in their order.

    The advice is: which rules fire; the recommendations, their order, what of each is held and missing; the
    warnings and remarks with their texts. A question that is neither among `answers` nor `skipped` may be answered
    in any way, or left open; one that was skipped stays unknown. Holds for every date on which the figures have
    their present values, and for every answer to the questions that are left out.

    A report is more than that: templates print answers by themselves (the name, the goal beside the pay of a track,
    the skills held of tracks that are not recommended). A report for which fewer questions were asked says less
    there, and recommends and warns the same. A name is among these questions only where a rule's text shows it: no
    rule can look at it, so it is asked for the report's sake or not at all.
    """
    prospect = _prospect(kb, answers, skipped)
    found: set[str] = set()
    for rule in kb.program.rules:
        found |= prospect.behind(rule.when)
        if prospect.holds(rule.when) is not False:
            found |= prospect.behind_what_it_shows(rule)
    return [attribute for attribute in asked(kb.facts.attributes.values()) if attribute.id in found]


class Waiting(msgspec.Struct, frozen=True):
    """A rule that the answers so far leave undecided, or whose text waits for one.

    `questions` are those that it hangs on without the conclusions of other rules; `waits` tells of each undecided
    attribute in its condition for which questions it waits, of a concluded one for none.
    """

    rule: GroundRule
    questions: frozenset[str]
    waits: dict[str, frozenset[str]]


def waiting_rules(
    kb: KnowledgeBase, answers: Mapping[str, Value], skipped: Collection[str] = ()
) -> list[Waiting]:
    """The rules that still wait for an answer, in the order of the program."""
    prospect = _prospect(kb, answers, skipped)
    found = []
    for rule in kb.program.rules:
        holds = prospect.holds(rule.when)
        shown = prospect.behind_what_it_shows(rule) if holds is not False else frozenset[str]()
        if holds is None or shown:
            waits = {
                leaf.attribute: prospect.waits.get(leaf.attribute, frozenset())
                for leaf in leaves(rule.when)
                if prospect.holds(leaf) is None
            }
            found.append(Waiting(rule, prospect.behind(rule.when) | shown, waits))
    return found


def answers_behind(kb: KnowledgeBase, rules: Iterable[GroundRule]) -> frozenset[str]:
    """The asked attributes on which it depends whether rules fire, through all that others conclude for them."""
    givers: dict[str, list[GroundRule]] = {}
    for rule in kb.program.rules:
        if (conclusion := conclusion_of(rule.then)) is not None:
            givers.setdefault(conclusion[0], []).append(rule)
    queue = list(rules)
    seen = {rule.key for rule in queue}
    found: set[str] = set()
    for rule in queue:
        for leaf in leaves(rule.when):
            found |= answers_of(kb, leaf.attribute)
            for giver in givers.get(leaf.attribute, ()):
                if giver.key not in seen:
                    seen.add(giver.key)
                    queue.append(giver)
    while (
        more := {
            source
            for one in found
            for source in _sources_of(kb.reader.attributes[one])
            if source in kb.reader.attributes
        }
        - found
    ):
        found |= more
    return frozenset(found)


def _sources_of(attribute: Attribute) -> tuple[str, ...]:
    """The other answers that may give an attribute its value."""
    return tuple(one for one in (attribute.default_with, attribute.said_in, attribute.default_by) if one)


def answers_of(kb: KnowledgeBase, name: str) -> set[str]:
    """The asked attributes that a ground attribute is, or is measured by."""
    attribute = kb.facts.attributes[kb.program.attributes[name].attribute]
    names = MEASURES[attribute.measure].answers if attribute.measure else (attribute.id,)
    return {one for one in names if one in kb.reader.attributes}


def _prospect(kb: KnowledgeBase, answers: Mapping[str, Value], skipped: Collection[str]) -> _Prospect:
    """What the answers so far decide, with the conclusions of all rules settled."""
    prospect = _Prospect(kb, answers, frozenset(skipped))
    for _, stratum in groupby(kb.program.rules, key=lambda rule: rule.stratum):
        prospect.settle(list(stratum))
    return prospect


def shown_by(rule: GroundRule) -> frozenset[str]:
    """The answers that the text of a rule shows beyond its conditions."""
    found: set[str] = set()
    for first, *_, last in places(rule.then.says) if isinstance(rule.then, Warn | Advise) else ():
        if first == "case":
            found.add(last)
        elif last == "bands":
            found |= {*MEASURES["goal_against_band"].answers}
    return frozenset(found)


class _Prospect:
    """What is decided by the answers so far, and what the open questions may still bring.

    `waits` holds the attributes that are not decided, each with the open questions it waits for; all others are
    known, or unknown for ever. `certain` and `possible` conclusions enclose what will be concluded.
    """

    def __init__(self, kb: KnowledgeBase, answers: Mapping[str, Value], skipped: frozenset[str]) -> None:
        self.kb = kb
        case = kb.reader.case(dict(answers))
        given = {name: value for name, value in case.answers.items() if name not in case.defaulted}
        self.pending = frozenset(kb.reader.attributes) - given.keys() - skipped
        self.waits: dict[str, frozenset[str]] = {}
        for name in kb.reader.attributes:
            if name not in given and (waits := self._waits_of_answer(name, frozenset())):
                self.waits[name] = waits
        known = {name: value for name, value in case.answers.items() if name not in self.waits}
        if isinstance(skills := known.get("skills"), frozenset):
            known["skills"] = kb.reader.index.counted(skills)
        self._answered = dict(known)
        self._places: dict[str, frozenset[int]] = {}
        known.update(kb.measures.of(known, ""))
        for name in kb.program.attributes:
            self._measure(name, known)
        self.certain = WorkingMemory(known, kb.concluded)
        self.possible = WorkingMemory(known, kb.concluded)

    def _waits_of_answer(self, name: str, seen: frozenset[str]) -> frozenset[str]:
        """The open questions that may still give an answer, itself, by its default, or said in another answer."""
        attribute = self.kb.reader.attributes.get(name)
        own = frozenset((name,)) & self.pending
        if attribute is None or name in seen:
            return own
        others = (self._waits_of_answer(one, seen | {name}) for one in _sources_of(attribute))
        return own.union(*others)

    def _measure(self, name: str, known: dict[str, Value]) -> None:
        """Whether a measure is decided: unknown for ever without one it needs, open while one may come.

        One that needs no answers hangs on the date, which no question decides.
        """
        ground = self.kb.program.attributes[name]
        measure = self.kb.facts.attributes[ground.attribute].measure
        if measure is None:
            return
        if measure in OF_WAYS:
            track = str(ground.row)
            if waits := self.behind_place(track) if measure == "place" else self.behind_gap(track):
                known.pop(name, None)
                self.waits[name] = waits
                if measure == "place" and (places := self.orders[track].places) is not None:
                    self._places[name] = places
            return
        row = MEASURES[measure]
        waits = frozenset().union(*(self.waits.get(one, ()) for one in row.answers))
        never = any(one not in known and one not in self.waits for one in row.needed)
        if (waits and not never) or not row.needed:
            known.pop(name, None)
            self.waits[name] = waits

    @cached_property
    def orders(self) -> dict[str, PlaceAhead]:
        """Where each track may still stand."""
        return self.kb.ways.prospects(self._answered, self.waits.keys() & self.kb.reader.attributes.keys())

    def behind_place(self, track: str) -> frozenset[str]:
        """The open questions on which it hangs where a track stands among the others."""
        return self.behind_answers(self.orders[track].waits)

    def behind_gap(self, track: str) -> frozenset[str]:
        """The open questions on which it hangs what of a track is held, usual and missing."""
        return self.behind_answers(self.kb.ways.gap_waits(track, self._answered, self.waits.keys()))

    def behind_what_it_shows(self, rule: GroundRule) -> frozenset[str]:
        """The open questions that the advice of a rule hangs on, beyond its conditions.

        Of a track are shown its place among the others, and what of its list is held, usual and missing.
        """
        if isinstance(rule.then, Recommend):
            return self.behind_gap(rule.then.track) | self.behind_place(rule.then.track)
        return self.behind_answers(shown_by(rule))

    def settle(self, stratum: list[GroundRule]) -> None:
        """Add what the rules of one stratum may conclude, then what they must."""
        self._conclude(stratum, self.possible, (True, None))
        self._conclude(stratum, self.certain, (True,))

    def _conclude(
        self, stratum: list[GroundRule], memory: WorkingMemory, enough: tuple[bool | None, ...]
    ) -> None:
        waiting = [rule for rule in stratum if conclusion_of(rule.then) is not None]
        while fired := [rule for rule in waiting if self.holds(rule.when) in enough]:
            for rule in fired:
                name, value = conclusion_of(rule.then) or ("", "")
                memory.concluded[name].add(value)
            done = {rule.key for rule in fired}
            waiting = [rule for rule in waiting if rule.key not in done]

    def holds(self, condition: Condition) -> bool | None:
        """True or False where it is decided whether the condition will hold; None where it is not."""
        if isinstance(condition, Leaf):
            if condition.attribute in self._places:
                return self._at_every_place(condition)
            if condition.attribute in self.waits:
                return None
            surely = leaf_truth(condition, self.certain) is True
            if condition.attribute not in self.possible.concluded:
                return surely
            perhaps = leaf_truth(condition, self.possible) is True
            return surely if surely is perhaps else None
        deciding = isinstance(condition, AnyOf)
        undecided = False
        for part in condition.parts:
            found = self.holds(part)
            if found is deciding:
                return deciding
            undecided = undecided or found is None
        return None if undecided else not deciding

    def _at_every_place(self, leaf: Leaf) -> bool | None:
        """What a comparison of a track's place comes to wherever it may still stand; None where that differs."""
        found = {
            leaf_truth(leaf, WorkingMemory({leaf.attribute: place}, ()))
            for place in self._places[leaf.attribute]
        }
        return found.pop() if len(found) == 1 else None

    def behind_answers(self, names: Iterable[str]) -> frozenset[str]:
        """The open questions that answers hang on, themselves or by their defaults."""
        return frozenset().union(*(self.waits.get(name, frozenset()) for name in names))

    def behind(self, condition: Condition) -> frozenset[str]:
        """The open questions that an undecided condition hangs on; of conclusions, their own rules tell."""
        if self.holds(condition) is not None:
            return frozenset()
        if isinstance(condition, Leaf):
            return self.waits.get(condition.attribute, frozenset())
        return frozenset().union(*map(self.behind, condition.parts))
