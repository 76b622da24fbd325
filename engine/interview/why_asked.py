"""Why a question is asked: what its answer decides about the person, and what follows from that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

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
    Value,
    Warn,
    conclusion_of,
)
from trackfit.engine.language.wording import Wording

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
        tracks = _names(facts.tracks[then.track].name for then in gives if isinstance(then, Recommend))
        ways = _names(
            facts.tracks[facts.routes[then.route].track].name for then in gives if isinstance(then, Plan)
        )
        if tracks:
            yield (
                f"whether {tracks[0]} is for you"
                if len(tracks) == 1
                else "which tracks are for you, and in which order"
            )
        if ways:
            yield f"whether your plan leads to {listing(ways, 'or')}, with the months that a source gives"
        for then in gives:
            if isinstance(then, Conclude):
                label = self.wording.attribute(then.attribute).label
                several = self.wording.attribute(then.attribute).type == "set"
                yield f"which are the {label}" if several else f"whether there is {label}"
        for warning in _names(then.warning for then in gives if isinstance(then, Warn)):
            yield f"whether we warn you of “{facts.warnings[warning].title}”{self._picked(rules, warning)}"
        sections = _names(then.section for then in gives if isinstance(then, Advise))
        about = [ABOUT[one] for one in sections if one in ABOUT]
        if about:
            yield f"whether there is more to tell you about {listing(about)}"
        if DOUBTS in sections:
            yield "whether your answers go together, or a hand slipped"

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


def _names(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))
