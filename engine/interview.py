"""The interview: which question comes next, and the answers so far as a file.

Nothing here prints or reads a terminal; the command line does, with the answers read by the same code as a
case file's.
"""

from __future__ import annotations

from typing import Any

import yaml

from trackfit.engine.case import Case, SkillsRead, Wrong
from trackfit.engine.conditions import ALWAYS, Condition
from trackfit.engine.explain import asked
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Attribute, Choice, Value
from trackfit.engine.three_valued import WorkingMemory, truth
from trackfit.engine.vocabulary import split_skills

HEADING = "# Answers for trackfit. Change them as you like, then run: trackfit advise THIS_FILE"


class Interview:
    """Answers so far, and the questions that are left.

    `skipped` holds the attributes whose question was left open; they are not asked again.
    """

    def __init__(self, kb: KnowledgeBase, case: Case | None = None) -> None:
        self.kb = kb
        self.answers: dict[str, Value] = dict(case.answers) if case else {}
        self.unmatched: tuple[str, ...] = case.unmatched if case else ()
        self.skipped: set[str] = set()

    def next_question(self) -> Attribute | None:
        """The next question that concerns this person, in the declared order; None at the end."""
        memory = WorkingMemory(self.answers, ())
        return next((one for one in self._open() if truth(_only_if(one), memory) is True), None)

    def most_left(self) -> int:
        """How many questions can still come, at most: those that later answers may open are counted."""
        memory = WorkingMemory(self.answers, ())
        return sum(truth(_only_if(one), memory) is not False for one in self._open())

    def _open(self) -> list[Attribute]:
        return [
            attribute
            for attribute in asked(self.kb.facts.attributes.values())
            if attribute.id not in self.answers and attribute.id not in self.skipped
        ]

    def answer(self, attribute: Attribute, text: str) -> SkillsRead | None:
        """Take a typed answer; an empty one leaves the question open.

        A choice may be given by its number. For a set the skills as read come back, so that they can be shown.
        Raises `Wrong`, with the first fault, where it cannot be read; nothing is taken then.
        """
        text = text.strip()
        if not text:
            if attribute.question and attribute.question.required:
                raise Wrong("missing-key", "this one is needed: everything else depends on it")
            self.skipped.add(attribute.id)
            return None
        if attribute.type == "set":
            return self._answer_set(attribute, text)
        if attribute.type == "choice" and text.isdigit() and 1 <= int(text) <= len(attribute.choices):
            text = attribute.choices[int(text) - 1].id
        self.answers[attribute.id] = self.kb.reader.value(attribute, text)
        return None

    def _answer_set(self, attribute: Attribute, text: str) -> SkillsRead:
        read, faults = self.kb.reader.skills(attribute, split_skills(text))
        for fault in faults:
            if fault.id == "ambiguous-skill":
                raise fault
        self.answers[attribute.id] = read.ids
        self.unmatched = read.unmatched
        return read

    def meanings(self, text: str) -> list[tuple[str, list[Choice]]]:
        """The ambiguous parts of a line of skills, each with the skills it may mean."""
        found = []
        for part in split_skills(text):
            ids = self.kb.reader.index.match(part).ids
            if len(ids) > 1:
                found.append((part, [Choice(id=id_, name=self.kb.facts.skills[id_].name) for id_ in ids]))
        return found

    def case(self) -> Case:
        """The answers as a case."""
        return self.kb.reader.case(self.answers, self.unmatched)


def _only_if(attribute: Attribute) -> Condition:
    condition = attribute.question.only_if if attribute.question else None
    return ALWAYS if condition is None else condition


def to_yaml(case: Case, kb: KnowledgeBase) -> str:
    """The answers as an answers file that `advise` reads back to the same case, in the order of the questions."""
    plain = case.plain()
    lines = [
        f"{attribute.id}: {_scalar(plain[attribute.id])}"
        for attribute in asked(kb.facts.attributes.values())
        if attribute.id in plain
    ]
    return "\n".join([HEADING, *lines, ""])


def _scalar(value: Any) -> str:
    """A value on one line of YAML; texts in quotes, so that no reader takes them for anything else."""
    if isinstance(value, list):
        return f"[{', '.join(_scalar(one) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text: str = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=float("inf"))
    return text.strip()
