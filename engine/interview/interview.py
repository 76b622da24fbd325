"""The interview's state: the answers so far, which question comes next, and the answers as a file.

Nothing here prints or reads a terminal; answers are read by the same code as a case file's.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy

from trackfit.engine.cases.answers_file import to_yaml
from trackfit.engine.cases.case import MAX_SKILLS, Case
from trackfit.engine.cases.typed_skills import Doubt, doubts_in, read_typed
from trackfit.engine.cases.values import Wrong
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.relevance import open_questions
from trackfit.engine.inference.three_valued import WorkingMemory, leaf_truth
from trackfit.engine.language.attributes import BACKGROUND, DENIED_SKILLS, HOURS, SKILLS
from trackfit.engine.language.conditions import ALWAYS, AnyOf, Condition, Leaf
from trackfit.engine.language.model import Attribute, Value
from trackfit.engine.language.questions import asked
from trackfit.engine.language.vocabulary import split_skills
from trackfit.engine.problems.problem import near


class Interview:
    """Answers so far, and the questions that are left.

    `skipped` holds the attributes whose question was left open; they are not asked again. `history` holds what was
    asked here, in order. `doubts` holds the typed skills that are still to ask back: they stand among `unmatched`
    until then, so that they are kept wherever the interview ends. `settled` holds what was asked back and is to stay as
    it is: typed skills, and rules that doubt some answers. None of it is asked again.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        case: Case | None = None,
        skipped: Collection[str] = (),
        settled: Collection[str] = (),
    ) -> None:
        self.kb = kb
        self.settled: set[str] = set(settled)
        given = case.answers.items() if case else ()
        self.answers: dict[str, Value] = (
            {key: value for key, value in given if key not in case.defaulted} if case else {}
        )
        self.unmatched: tuple[str, ...] = case.unmatched if case else ()
        self.doubts = self._unsettled(doubts_in(kb.reader.index, self.unmatched))
        self.skipped: set[str] = set(skipped)
        self.history: list[str] = []
        self._again: str | None = None
        if self.question() is None:
            self.skipped.clear()

    def question(self) -> Attribute | None:
        """The question to ask now; None where nothing is left that could change the advice."""
        if self._again is not None:
            return self.kb.facts.attributes[self._again]
        return next((one for one in self.left() if self.concerns(one) is True), None)

    def left(self) -> list[Attribute]:
        """The questions that can still come: whose answer can change the advice, or is printed as it is typed.

        What is required comes first, then what rules need, and last what is only printed.
        """
        needed = {one.id for one in open_questions(self.kb, self.answers, self.skipped)}
        found = [
            one
            for one in asked(self.kb.facts.attributes.values())
            if one.id not in self.answers
            and one.id not in self.skipped
            and (one.id in needed or _is_only_printed(one) or _is_required(one))
            and self.concerns(one) is not False
        ]
        return sorted(found, key=lambda one: (not _is_required(one), _is_only_printed(one)))

    def most_left(self) -> int:
        """How many questions can still come at most, the present one among them.

        Where the present one has a list of answers, each is tried: no person is asked what only others are.
        """
        now = self.question()
        if now is None:
            return 0
        if self.asks_again or now.type not in ("choice", "yes_no"):
            return len({now.id, *(one.id for one in self.left())})
        values = [one.id for one in now.choices] if now.type == "choice" else [True, False]
        after = [self._left_after(now, value) for value in values]
        if not _is_required(now):
            after.append(self._left_after(now, None))
        return 1 + max(after)

    def _left_after(self, attribute: Attribute, value: Value | None) -> int:
        after = copy(self)
        if value is None:
            after.skipped = {*self.skipped, attribute.id}
        else:
            after.answers = {**self.answers, attribute.id: value}
        return len(after.left())

    def concerns(self, attribute: Attribute) -> bool | None:
        """Whether the question makes sense for this person; None where a later answer decides."""
        return self._holds(_only_if(attribute))

    def _holds(self, condition: Condition) -> bool | None:
        """As `truth`, but what may still be answered is not yet known to be unknown."""
        if isinstance(condition, Leaf):
            open_ = condition.attribute not in self.answers and condition.attribute not in self.skipped
            return None if open_ else leaf_truth(condition, WorkingMemory(self.answers, ()))
        deciding = isinstance(condition, AnyOf)
        parts = [self._holds(part) for part in condition.parts]
        if deciding in parts:
            return deciding
        return None if None in parts else not deciding

    def answer(self, attribute: Attribute, text: str) -> None:
        """Take a typed answer; an empty one leaves the question open. A choice may be given by its number.

        Raises `Wrong`, with the first fault, where it cannot be read; nothing is taken then.
        """
        text = text.strip()
        if not text:
            self.skip(attribute)
            return
        if attribute.type == "set":
            self._answer_set(attribute, text)
        elif attribute.type == "choice":
            self.answers[attribute.id] = self._choice(attribute, text)
        else:
            self.answers[attribute.id] = self.kb.reader.value(attribute, text)
        self.skipped.discard(attribute.id)
        self._done(attribute)

    def skip(self, attribute: Attribute) -> None:
        """Leave a question open, so that its answer is unknown. Raises `Wrong` where it is required."""
        if _is_required(attribute):
            raise Wrong("missing-key", "is needed: everything else depends on it", about=attribute.id)
        self._forget(attribute.id)
        self.skipped.add(attribute.id)
        self._done(attribute)

    def keep(self, attribute: Attribute) -> None:
        """Leave an answer that was asked again as it is."""
        self._done(attribute)

    def back(self) -> bool:
        """Ask the question before the present one again; its answer stays until another is given.

        False where there is none.
        """
        at = self.history.index(self._again) if self._again in self.history else len(self.history)
        if at == 0:
            return False
        self._again = self.history[at - 1]
        return True

    def ask_again(self, id_: str) -> None:
        """Ask this question next, whether or not it was asked before."""
        self._again = id_

    @property
    def asks_again(self) -> bool:
        """Whether the present question was asked for, and not come to."""
        return self._again is not None

    def settle(self, doubt: Doubt, meant: str) -> None:
        """Put skill ids, with commas, in the place of a typed text."""
        self.doubts = tuple(one for one in self.doubts if one != doubt)
        self.unmatched = tuple(text for text in self.unmatched if text != doubt.text)
        held = self.answers.get("skills")
        self.answers["skills"] = (held if isinstance(held, frozenset) else frozenset()) | set(
            split_skills(meant)
        )

    def leave_as_typed(self, doubt: Doubt) -> None:
        """Keep a typed text as it is, and do not ask about it again."""
        self.doubts = tuple(one for one in self.doubts if one != doubt)
        self.settled.add(doubt.text)

    def usual(self) -> tuple[str, ...]:
        """What people of this background usually bring, counts for some track, and was not named: to be ticked or denied."""
        ways, index = self.kb.ways, self.kb.reader.index
        held = self.answers.get(SKILLS)
        named = index.counted(held) if isinstance(held, frozenset) else frozenset()
        wanted = frozenset().union(*ways.lists.values())
        brought = ways.usual.get(str(self.answers.get(BACKGROUND)), {})
        return tuple(skill for skill, counted in brought.items() if (counted - named) & wanted)

    def brought(self) -> tuple[str, ...]:
        """What people of this background usually bring."""
        return tuple(self.kb.ways.usual.get(str(self.answers.get(BACKGROUND)), ()))

    def tick(self, ticked: Collection[str]) -> None:
        """Take the usual skills that a person uses as well: these are named, and the others that were offered denied."""
        offered = self.usual()
        if ticked:
            held = self.answers.get(SKILLS)
            self.answers[SKILLS] = (held if isinstance(held, frozenset) else frozenset()).union(ticked)
        self.answers[DENIED_SKILLS] = frozenset(offered).difference(ticked)
        self.skipped.discard(DENIED_SKILLS)
        self._done(self.kb.facts.attributes[DENIED_SKILLS])

    def _unsettled(self, doubts: tuple[Doubt, ...]) -> tuple[Doubt, ...]:
        return tuple(one for one in doubts if one.text not in self.settled)

    def _done(self, attribute: Attribute) -> None:
        """Go on after a question, and drop the answers to those that have stopped to make sense with it."""
        self._again = None
        if attribute.id == BACKGROUND:
            self._forget(DENIED_SKILLS)
        if attribute.id not in self.history:
            self.history.append(attribute.id)
        dropped = True
        while dropped:
            dropped = False
            for id_ in (*self.answers, *self.skipped):
                if self.concerns(self.kb.facts.attributes[id_]) is False:
                    self._forget(id_)
                    self.history = [one for one in self.history if one != id_]
                    dropped = True

    def _forget(self, id_: str) -> None:
        self.answers.pop(id_, None)
        self.skipped.discard(id_)
        if id_ == "skills":
            self.unmatched, self.doubts = (), ()

    def _choice(self, attribute: Attribute, text: str) -> Value:
        numbers = {str(number): choice.id for number, choice in enumerate(attribute.choices, 1)}
        try:
            return self.kb.reader.value(attribute, numbers.get(text, text))
        except Wrong as wrong:
            names = near(text, [choice.name for choice in attribute.choices])
            hint = f"; did you mean {' or '.join(repr(name) for name in names)}?" if names else ""
            says = f"must be one of the choices, by its number from 1 to {len(numbers)}{hint}"
            raise Wrong(wrong.id, says, about=attribute.id) from wrong

    def _answer_set(self, attribute: Attribute, text: str) -> None:
        parts = len(self.kb.reader.entries(attribute, text))
        if parts > MAX_SKILLS:
            says = f"has {parts:,} entries; at most {MAX_SKILLS} are read, name the main ones"
            raise Wrong("too-many-values", says, about=attribute.id)
        if attribute.id != "skills":
            read, faults = self.kb.reader.skills(attribute, self.kb.reader.entries(attribute, text))
            if faults:
                raise faults[0]
            self.answers[attribute.id] = read.ids
            return
        typed = read_typed(self.kb.reader.index, text)
        self.answers["skills"], self.unmatched = typed.ids, typed.unmatched
        self.doubts = self._unsettled(typed.doubts)

    def case(self) -> Case:
        """The answers as a case."""
        return self.kb.reader.case(self.answers, self.unmatched)

    def to_yaml(self) -> str:
        """The answers as a file, with what was left open and what was asked back and stays."""
        return to_yaml(self.case(), self.kb.facts, self.skipped, self.settled)


def _is_only_printed(attribute: Attribute) -> bool:
    """Whether no advice hangs on an answer, and the report tells it all the same."""
    return attribute.type == "text" or attribute.id == HOURS


def _is_required(attribute: Attribute) -> bool:
    return attribute.question is not None and attribute.question.required


def _only_if(attribute: Attribute) -> Condition:
    condition = attribute.question.only_if if attribute.question else None
    return ALWAYS if condition is None else condition
