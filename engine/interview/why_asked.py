"""Why a question is asked: what its answer decides about the person, and what follows from that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.relevance import Waiting, waiting_rules
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.formats import listing
from trackfit.engine.language.model import (
    Advise,
    Attribute,
    Conclude,
    GroundRule,
    Plan,
    Recommend,
    Then,
    Value,
    Warn,
    conclusion_of,
)
from trackfit.engine.language.wording import Wording

Kind = TypeVar("Kind")
MOST_SHOWN = 6
DOUBTS = "doubts"
ABOUT = {
    "skills": "your skills",
    "plan": "your plan",
    "salary": "your pay",
    "tracks": "the tracks",
    "answers": "your starting point",
}
"""What the remarks of a section are about, as it is said to the person."""


class Why:
    """The answer to "why", one level deeper each time, until nothing more follows."""

    def __init__(
        self,
        kb: KnowledgeBase,
        answers: Mapping[str, Value],
        skipped: Collection[str],
        attribute: Attribute,
    ) -> None:
        given = {name: value for name, value in answers.items() if name != attribute.id}
        self.kb = kb
        self.wording = Wording(kb.facts, kb.program)
        self._waiting = waiting_rules(kb, given, [one for one in skipped if one != attribute.id])
        self._seen: set[str] = set()
        self._level = [one for one in self._waiting if attribute.id in one.questions]
        self._of = attribute.id
        self._first = True

    def deeper(self) -> list[str]:
        """The next level: a heading, then a line for each thing that is decided, in the words of readers."""
        level, first = self._level, self._first
        self._seen |= {one.rule.key for one in level}
        self._level, self._first = self._following(level), False
        if not level:
            if first:
                return ["It changes no advice: it is only printed in your report."]
            return ["Nothing more follows: what you saw goes straight into your report."]
        lines = list(dict.fromkeys(self._lines([one.rule for one in level])))
        more = len(lines) - MOST_SHOWN
        cut = [f"and {more} more"] if more > 0 else []
        deeper = " (why again: what follows from that)" if self._level else ""
        heading = "Your answer decides" if first else "And that decides"
        return [f"{heading}{deeper}:", *lines[:MOST_SHOWN], *cut]

    def _following(self, level: Iterable[Waiting]) -> list[Waiting]:
        """The rules that wait for what these conclude."""
        concluded = {conclusion[0] for one in level if (conclusion := conclusion_of(one.rule.then))}
        return [
            one
            for one in self._waiting
            if one.rule.key not in self._seen
            and concluded & {leaf.attribute for leaf in leaves(one.rule.when)}
        ]

    def _lines(self, rules: Sequence[GroundRule]) -> Iterator[str]:
        """What rules decide about the person, as the end of "your answer decides"; what weighs most first."""
        facts = self.kb.facts
        gives = [rule.then for rule in rules]
        tracks = _names(map(self._track, _of(gives, Recommend)))
        ways = _names(map(self._track, _of(gives, Plan)))
        if len(tracks) == 1:
            yield f"whether {tracks[0]} is for you"
        elif tracks:
            yield "which tracks are for you, and in which order"
        if ways:
            yield f"whether your plan leads to {listing(ways, 'or')}, with the months that a source gives"
        yield from map(self._concluded, _of(gives, Conclude))
        for warning in _names(then.warning for then in _of(gives, Warn)):
            yield f"whether we warn you of “{facts.warnings[warning].title}”{self._picked(rules, warning)}"
        yield from _remarked(_names(then.section for then in _of(gives, Advise)))

    def _track(self, then: Recommend | Plan) -> str:
        facts = self.kb.facts
        return facts.tracks[
            then.track if isinstance(then, Recommend) else facts.routes[then.route].track
        ].name

    def _concluded(self, then: Conclude) -> str:
        attribute = self.wording.attribute(then.attribute)
        several = attribute.type == "set"
        return f"which are the {attribute.label}" if several else f"whether there is {attribute.label}"

    def _picked(self, rules: Iterable[GroundRule], warning: str) -> str:
        """The answers to this question for which rules warn; empty where they are not told by name."""
        attribute = self.kb.facts.attributes[self._of]
        names = {"True": "Yes", "False": "No", **{one.id: one.name for one in attribute.choices}}
        values = _names(
            names[str(value)]
            for rule in rules
            if isinstance(rule.then, Warn) and rule.then.warning == warning
            for leaf in leaves(rule.when)
            if leaf.attribute == self._of and leaf.operator in ("is", "one_of")
            for value in leaf.operands
            if str(value) in names
        )
        return f", if you answer {listing([f'“{value}”' for value in values], 'or')}" if values else ""


def _of(gives: Iterable[Then], kind: type[Kind]) -> list[Kind]:
    """What rules give, as far as it is of one kind."""
    return [then for then in gives if isinstance(then, kind)]


def _names(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))


def _remarked(sections: list[str]) -> Iterator[str]:
    """What remarks of some sections are about."""
    about = [ABOUT[one] for one in sections if one in ABOUT]
    if about:
        yield f"whether there is more to tell you about {listing(about)}"
    if DOUBTS in sections:
        yield "whether your answers go together, or a hand slipped"
