"""Why a question is asked: the rules that wait for its answer, what each would say, and what follows from that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.relevance import Waiting, waiting_rules
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.model import Attribute, Value, conclusion_of
from trackfit.engine.language.wording import Wording

MOST_SHOWN = 6


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
        """The next level: a heading, then a line for each rule, in the words of readers."""
        level, first = self._level, self._first
        self._seen |= {one.rule.key for one in level}
        self._level, self._first = self._following(level), False
        if not level:
            if first:
                return ["No rule needs it. It is only printed in your report."]
            return ["Nothing more follows: what you saw goes straight into your report."]
        groups: dict[str, list[Waiting]] = {}
        for one in level:
            groups.setdefault(one.rule.rule, []).append(one)
        lines = [self._line(group, first=first) for group in groups.values()]
        more = len(lines) - MOST_SHOWN
        cut = [f"And {more} more of the kind."] if more > 0 else []
        deeper = " (why again: what follows from these)" if self._level else ""
        heading = "What your answer decides" if first else "And what that decides"
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

    def _line(self, group: list[Waiting], *, first: bool) -> str:
        says = f"A rule {self.wording.consequence(*(one.rule for one in group))}"
        texts = list(
            dict.fromkeys(
                self.wording.leaf(leaf)
                for one in group
                for leaf in leaves(one.rule.when)
                if leaf.attribute in one.waits and (not first or self._of in one.waits[leaf.attribute])
            )
        )
        if not texts:
            return f"{says}; its text tells your answer."
        more = f" (and {len(texts) - 1} more such)" if len(texts) > 1 else ""
        return f"{says}, if {texts[0]}{more}."
