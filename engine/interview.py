"""The interview: which question comes next, and the answers so far as a file.

Nothing here prints or reads a terminal; the command line does, with the answers read by the same code as a
case file's.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
import yaml

from trackfit.engine.case import Case, SkillsRead, Wrong
from trackfit.engine.conditions import ALWAYS, Condition
from trackfit.engine.explain import asked
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Attribute, Choice, Value
from trackfit.engine.problem import near
from trackfit.engine.three_valued import WorkingMemory, truth
from trackfit.engine.vocabulary import split_skills

HEADING = "# Answers for trackfit. Change them as you like, then run: trackfit advise THIS_FILE"
LEFT_OPEN = "# left open"


class Doubt(msgspec.Struct, frozen=True):
    """A typed skill that is not clear: several it may mean, or, where it is not `known`, some it looks like."""

    text: str
    choices: tuple[Choice, ...]
    known: bool


class Interview:
    """Answers so far, and the questions that are left.

    `skipped` holds the attributes whose question was left open; they are not asked again. `history` holds
    what was asked here, in order, for `back`.
    """

    def __init__(self, kb: KnowledgeBase, case: Case | None = None, skipped: Collection[str] = ()) -> None:
        self.kb = kb
        given = case.answers.items() if case else ()
        self.answers: dict[str, Value] = (
            {key: value for key, value in given if key not in case.defaulted} if case else {}
        )
        self.unmatched: tuple[str, ...] = case.unmatched if case else ()
        self.skipped: set[str] = set(skipped)
        self.history: list[str] = []
        if self.next_question() is None:
            self.skipped.clear()

    def next_question(self) -> Attribute | None:
        """The next question that concerns this person, in the declared order; None at the end."""
        return next((one for one in self._open() if self._concerns(one) is True), None)

    def most_left(self) -> int:
        """How many questions can still come, at most: those that later answers may open are counted."""
        return sum(self._concerns(one) is not False for one in self._open())

    def _open(self) -> list[Attribute]:
        return [
            attribute
            for attribute in asked(self.kb.facts.attributes.values())
            if attribute.id not in self.answers and attribute.id not in self.skipped
        ]

    def _concerns(self, attribute: Attribute) -> bool | None:
        return truth(_only_if(attribute), WorkingMemory(self.answers, ()))

    def answer(self, attribute: Attribute, text: str) -> SkillsRead | None:
        """Take a typed answer; an empty one leaves the question open.

        A choice may be given by its number. For a set the skills as read come back, so that they can be shown.
        Raises `Wrong`, with the first fault, where it cannot be read; nothing is taken then.
        """
        text = text.strip()
        read = None
        if not text:
            if attribute.question and attribute.question.required:
                raise Wrong("missing-key", "is needed: everything else depends on it", about=attribute.id)
            self.skipped.add(attribute.id)
        elif attribute.type == "set":
            read = self._answer_set(attribute, text)
        elif attribute.type == "choice":
            self.answers[attribute.id] = self._choice(attribute, text)
        else:
            self.answers[attribute.id] = self.kb.reader.value(attribute, text)
        self.history.append(attribute.id)
        return read

    def back(self) -> bool:
        """Forget the last answer given here, so that its question comes again; False where there is none."""
        if not self.history:
            return False
        self._forget(self.history.pop())
        for id_ in tuple(self.history):
            if self._concerns(self.kb.facts.attributes[id_]) is not True:
                self.history.remove(id_)
                self._forget(id_)
        return True

    def _forget(self, id_: str) -> None:
        self.answers.pop(id_, None)
        self.skipped.discard(id_)
        if id_ == "skills":
            self.unmatched = ()

    def _choice(self, attribute: Attribute, text: str) -> Value:
        numbers = {str(number): choice.id for number, choice in enumerate(attribute.choices, 1)}
        try:
            return self.kb.reader.value(attribute, numbers.get(text, text))
        except Wrong as wrong:
            names = near(text, [choice.name for choice in attribute.choices])
            hint = f"; did you mean {' or '.join(repr(name) for name in names)}?" if names else ""
            says = f"must be one of the choices, by its number from 1 to {len(numbers)}{hint}"
            raise Wrong(wrong.id, says, about=attribute.id) from wrong

    def _answer_set(self, attribute: Attribute, text: str) -> SkillsRead:
        read, faults = self.kb.reader.skills(attribute, split_skills(text))
        for fault in faults:
            if fault.id != "unknown-skill":
                raise fault
        self.answers[attribute.id] = read.ids
        self.unmatched = read.unmatched
        return read

    def doubts(self, text: str) -> list[Doubt]:
        """The parts of a line of skills that are not clear, each with the skills it may mean or looks like."""
        index, skills = self.kb.reader.index, self.kb.facts.skills
        found = []
        for part in dict.fromkeys(split_skills(text)):
            ids = index.match(part).ids
            if len(ids) != 1 and (choices := ids or tuple(index.nearest(part))):
                named = tuple(Choice(id=id_, name=skills[id_].name) for id_ in choices)
                found.append(Doubt(part, named, known=bool(ids)))
        return found

    def case(self) -> Case:
        """The answers as a case."""
        return self.kb.reader.case(self.answers, self.unmatched)

    def to_yaml(self) -> str:
        """The answers as a file, with what was left open."""
        return to_yaml(self.case(), self.kb, self.skipped)


def _only_if(attribute: Attribute) -> Condition:
    condition = attribute.question.only_if if attribute.question else None
    return ALWAYS if condition is None else condition


def to_yaml(case: Case, kb: KnowledgeBase, left_open: Collection[str] = ()) -> str:
    """The answers as an answers file that `advise` reads back to the same case, in the order of the questions."""
    plain = case.plain()
    lines = []
    for attribute in asked(kb.facts.attributes.values()):
        if attribute.id in plain and attribute.id not in case.defaulted:
            lines.append(f"{attribute.id}: {_scalar(plain[attribute.id])}")
        elif attribute.id in left_open:
            lines.append(f"{attribute.id}: {LEFT_OPEN}")
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
