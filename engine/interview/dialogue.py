"""The interview as a conversation: what to show next, and what becomes of a line that a person types.

A state machine without input or output. Every face of it (numbered prompts, lists with arrow keys, lines from a pipe)
shows the same `Prompt` and hands back one line of text.
"""

from __future__ import annotations

from trackfit.engine.cases.money import Amount
from trackfit.engine.cases.values import Wrong
from trackfit.engine.inference.consult import Firing, consult
from trackfit.engine.inference.relevance import answers_of
from trackfit.engine.interview import shown
from trackfit.engine.interview.doubts import (
    KEEP,
    OUT,
    YES,
    amount_prompt,
    doubt_prompt,
    first_unclear,
    guesses_of,
    picked,
    picked_several,
)
from trackfit.engine.interview.interview import Interview
from trackfit.engine.interview.prompts import COMMANDS, WORDS, YES_NO, Prompt, Said
from trackfit.engine.interview.why_asked import Why
from trackfit.engine.language.attributes import DENIED_SKILLS
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.formats import listing, money
from trackfit.engine.language.markdown import readable
from trackfit.engine.language.model import Attribute, Choice, sign_of
from trackfit.engine.language.questions import asked
from trackfit.engine.language.vocabulary import split_skills
from trackfit.engine.report.book import Book
from trackfit.engine.report.contents import said

SMALL_AMOUNT = 1000
"""Below this, a pay of so many dollars a year is asked back: it may stand for thousands."""


class Dialogue:
    """One conversation. `step` is None when it is over; `wish` tells the face of "save" or "quit"."""

    def __init__(self, talk: Interview, as_of: str) -> None:
        self.talk = talk
        self.as_of = as_of
        self.wish: str | None = None
        self._reviewing = False
        money_asked = [one for one in talk.kb.reader.attributes.values() if one.type == "money"]
        self._small = next((one for one in money_asked if self._is_small(one)), None)
        self._why: Why | None = None

    @property
    def step(self) -> Prompt | None:
        """What is asked now: whatever was not clear first, then the next question, and last what hardly fits."""
        if self.talk.doubts:
            return doubt_prompt(self.talk.doubts)
        if self._small is not None:
            return amount_prompt(self._amount(self._small), self._sign())
        if self._reviewing and not self.talk.asks_again:
            return self._review_step()
        attribute = self.talk.question()
        if attribute is not None:
            return self._question_step(attribute)
        odd = self._odd()
        return self._odd_step(odd) if odd is not None else None

    def take(self, text: str) -> tuple[Said, ...]:
        """Take one line, and give back what there is to say about it. The step changes where it was an answer."""
        step = self.step
        assert step is not None
        self.wish = None
        text = text.strip()
        command = COMMANDS.get(text.lower())
        if command == "why":
            return self._explain_why(step)
        self._why = None
        if command is not None:
            return self._command(command, step)
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'“”" and step.type in ("text", "set"):
            text = text[1:-1]
        try:
            if step.kind == "review":
                return self._take_review(step, text)
            if step.kind == "doubt":
                return self._take_odd(step, text)
            if step.kind == "ask_back":
                return self._take_back(step, text)
            return self._take_answer(text)
        except Wrong as wrong:
            return (Said(f"This {wrong.says}{'' if wrong.says.endswith('?') else '.'}", "wrong"),)

    def review(self) -> None:
        """Show the answers next, to change any."""
        self._reviewing = True

    # Questions

    def _question_step(self, attribute: Attribute) -> Prompt:
        question = attribute.question
        assert question is not None
        given = self._in_words(attribute)
        history = self.talk.history
        usual = self._usual() if attribute.id == DENIED_SKILLS else ()
        number = history.index(attribute.id) + 1 if attribute.id in history else len(history) + 1
        return Prompt(
            kind="question",
            title=question.question,
            type=attribute.type,
            choices=YES_NO if attribute.type == "yes_no" else usual or _listed(attribute),
            rows=() if usual else shown.rows(self.talk, attribute),
            held=() if usual else self._held(attribute),
            given="" if usual else given,
            empty="means none of them" if usual else self._kept_or_open(attribute, given),
            number=number,
            most_left=self.talk.most_left(),
            notes=shown.notes(self.talk, attribute),
            hint=shown.hint(self.talk, attribute),
            nearest=shown.nearest(self.talk),
        )

    def _kept_or_open(self, attribute: Attribute, given: str) -> str:
        required = attribute.question is not None and attribute.question.required
        return "keeps it" if given else "" if required else "leaves it open"

    def _usual(self) -> tuple[Choice, ...]:
        """A checklist of what is usual for the background and was not named, with nothing ticked."""
        skills = self.talk.kb.facts.skills
        return tuple(Choice(id=one, name=skills[one].name) for one in self.talk.usual())

    def _take_ticks(self, attribute: Attribute, text: str) -> tuple[Said, ...]:
        """What is ticked is named, and what stays unticked denied; numbers, names or other spellings."""
        choices = self._usual()
        numbers = {str(number): choice.id for number, choice in enumerate(choices, 1)}
        offered = {choice.id for choice in choices}
        found = []
        for part in split_skills(text):
            ids = (numbers[part],) if part in numbers else self.talk.kb.reader.index.match(part).ids
            if len(ids) != 1 or ids[0] not in offered:
                says = (
                    f"must be numbers from 1 to {len(choices)} with commas, or Enter alone for none of them"
                )
                raise Wrong("unknown-value", says)
            found.append(ids[0])
        self.talk.tick(found)
        return tuple(self._understood(attribute))

    def _held(self, attribute: Attribute) -> tuple[str, ...]:
        value = self.talk.answers.get(attribute.id)
        if not isinstance(value, frozenset):
            return ()
        return (*sorted(value), *(self.talk.unmatched if attribute.id == "skills" else ()))

    def _take_answer(self, text: str) -> tuple[Said, ...]:
        attribute = self._asked_now()
        if attribute.id == DENIED_SKILLS and self.talk.usual():
            return self._take_ticks(attribute, text)
        if not text and self._in_words(attribute):
            self.talk.keep(attribute)
            return ()
        if not text:
            return self._leave_open(attribute)
        before = set(self.talk.answers)
        if attribute.type == "yes_no":
            text = {"1": "yes", "2": "no"}.get(text, text)
        self.talk.answer(attribute, text)
        if attribute.type == "money" and self._is_small(attribute):
            self._small = attribute
        said = self._understood(attribute)
        if attribute.type == "choice" and self.talk.kb.reader.made_of(attribute, text) and not text.isdigit():
            said.append(
                Said(f"That is what “{text}” stands for here; go back with < if another fits better.")
            )
        if dropped := sorted(before - set(self.talk.answers)):
            labels = listing([self.talk.kb.facts.attributes[one].label for one in dropped])
            said.append(Said(f"With that, this answer no longer counts, and is gone: {labels}."))
        return tuple(said)

    def _leave_open(self, attribute: Attribute) -> tuple[Said, ...]:
        self.talk.skip(attribute)
        return (Said(f"{_capital(attribute.label)}: left open.", "strong"),)

    def _understood(self, attribute: Attribute) -> list[Said]:
        if self.talk.doubts or self._small:
            return []
        said = [Said(f"{_capital(attribute.label)}: {self._in_words(attribute)}.", "strong")]
        if attribute.id == "skills" and self.talk.unmatched:
            said.append(
                Said(f"Not counted, but kept and shown in your report: {_some(sorted(self.talk.unmatched))}.")
            )
        return said

    def _in_words(self, attribute: Attribute) -> str:
        """The present answer; empty where there is none."""
        if attribute.id not in self.talk.answers:
            return ""
        value = self.talk.answers[attribute.id]
        if isinstance(value, frozenset):
            names = {one.id: one.name for one in attribute.choices}
            return ", ".join(sorted((names[one] for one in value), key=str.casefold)) or "none"
        if attribute.type == "choice":
            return next(one.name for one in attribute.choices if one.id == value)
        if attribute.type == "money":
            return f"{money(self._amount(attribute), self._sign())} a year"
        return "yes" if value is True else "no" if value is False else str(value)

    def _asked_now(self) -> Attribute:
        attribute = self.talk.question()
        assert attribute is not None
        return attribute

    def _is_small(self, attribute: Attribute) -> bool:
        return 0 < self._amount(attribute) < SMALL_AMOUNT

    def _amount(self, attribute: Attribute) -> int:
        value = self.talk.answers.get(attribute.id)
        return value if isinstance(value, int) else 0

    def _sign(self) -> str:
        """Of the currency that sums are in."""
        return sign_of(self.talk.kb.facts, self.talk.kb.reader.case(self.talk.answers).currency)

    # What is asked back

    def _take_back(self, step: Prompt, text: str) -> tuple[Said, ...]:
        if self.talk.doubts:
            self._settle(step, text)
            return tuple(self._understood(self.talk.kb.facts.attributes["skills"]))
        is_meant = not text or picked(step, text) == YES
        attribute, self._small = self._small, None
        assert attribute is not None
        if is_meant:
            amount = self.talk.answers[attribute.id]
            named = amount.currency if isinstance(amount, Amount) else None
            self.talk.answer(attribute, f"{self._amount(attribute) * 1000} {named or ''}")
        return tuple(self._understood(attribute))

    def _settle(self, step: Prompt, text: str) -> None:
        doubts = self.talk.doubts
        if (unclear := first_unclear(doubts)) is not None:
            choice = picked(step, text) if text else OUT
            self.talk.settle(unclear, "" if choice == OUT else choice)
            return
        if len(doubts) == 1:
            choice = picked(step, text) if text else KEEP
            taken = {} if choice == KEEP else {doubts[0].text: [choice]}
        else:
            guesses, taken = guesses_of(doubts), {}
            for at in picked_several(step, text):
                doubt, one = guesses[at]
                taken.setdefault(doubt.text, []).append(one.id)
        for doubt in doubts:
            if doubt.text in taken:
                self.talk.settle(doubt, ", ".join(taken[doubt.text]))
            else:
                self.talk.leave_as_typed(doubt)

    # Answers that hardly go together

    def _odd(self) -> Firing | None:
        """A doubt of the rules about the finished answers that was not asked about yet; each rule asks once."""
        found = consult(self.talk.kb, self.talk.case(), self.as_of).remarks("doubts")
        return next((one for one in found if one.rule.rule not in self.talk.settled), None)

    def _odd_step(self, odd: Firing) -> Prompt:
        consultation = consult(self.talk.kb, self.talk.case(), self.as_of)
        behind = {
            name
            for leaf in leaves(odd.rule.when)
            for name in answers_of(self.talk.kb, leaf.attribute)
            if name in self.talk.answers
        }
        changes = [
            Choice(id=one.id, name=f"Change: {one.label} ({self._in_words(one)})")
            for one in asked(self.talk.kb.reader.attributes.values())
            if one.id in behind
        ]
        return Prompt(
            kind="doubt",
            title=readable(said(Book(consultation), odd)),
            type="choice",
            choices=(Choice(id=KEEP, name="My answers are right"), *changes),
            empty="leaves them as they are",
        )

    def _take_odd(self, step: Prompt, text: str) -> tuple[Said, ...]:
        choice = picked(step, text) if text else KEEP
        odd = self._odd()
        assert odd is not None
        self.talk.settled.add(odd.rule.rule)
        if choice == KEEP:
            return (Said("Then they stay, and your report says so below your answers."),)
        self.talk.ask_again(choice)
        return ()

    # Commands

    def _command(self, name: str, step: Prompt) -> tuple[Said, ...]:
        match name:
            case "help":
                picks = (Said("Pick a number from the list, or press Enter."),)
                return (*(self.meaning() or picks), *_words())
            case "back":
                return self._back(step)
            case "skip":
                return self._skip(step)
            case "review":
                self.review()
            case _:  # save or quit
                self.wish = name
        return ()

    def meaning(self) -> tuple[Said, ...]:
        """What the present question means, with examples; nothing where something is asked back."""
        step = self.step
        if step is None or step.kind != "question":
            return ()
        attribute = self._asked_now()
        question = attribute.question
        assert question is not None
        said = [Said(question.help)]
        rows = [*self.talk.kb.facts.backgrounds.values()] if attribute.id == "background" else []
        said += [Said(f"{row.name}: {row.description}", indent="  ") for row in sorted(rows, key=_order)]
        if question.examples and not step.choices:
            said.append(Said(f"For example: {' · '.join(question.examples)}"))
        return tuple(said)

    def _explain_why(self, step: Prompt) -> tuple[Said, ...]:
        if step.kind != "question":
            return (Said("So that we read your answer as you mean it, and guess nothing."),)
        if self._why is None:
            self._why = Why(self.talk.kb, self.talk.answers, self.talk.skipped, self._asked_now())
        return tuple(
            Said(line, indent="  • " if number else "") for number, line in enumerate(self._why.deeper())
        )

    def _back(self, step: Prompt) -> tuple[Said, ...]:
        if step.kind == "review":
            self._reviewing = False
            return ()
        if step.kind == "ask_back":
            self.talk.ask_again(self._small.id if self._small else "skills")
            self.talk.doubts, self._small = (), None
            return ()
        if self._reviewing:
            self.talk.keep(self._asked_now())
            return ()
        return () if self.talk.back() else (Said("This is the first question."),)

    def _skip(self, step: Prompt) -> tuple[Said, ...]:
        if step.kind != "question":
            return self.take("")
        try:
            return self._leave_open(self._asked_now())
        except Wrong as wrong:
            return (Said(f"This {wrong.says}.", "wrong"),)

    # Review

    def _review_step(self) -> Prompt:
        rows = [self._review_row(id_) for id_ in self._reviewable()]
        return Prompt(
            kind="review",
            title="Your answers so far. Which one do you want to change?",
            type="choice",
            choices=(*rows, Choice(id=OUT, name="None: go on")),
            empty="goes on",
        )

    def _reviewable(self) -> list[str]:
        """Answered, skipped, or not asked since nothing hangs on it; but not what is still to come."""
        coming = {one.id for one in self.talk.left()}
        return [
            one.id
            for one in asked(self.talk.kb.reader.attributes.values())
            if one.id not in coming and self.talk.concerns(one) is True
        ]

    def _review_row(self, id_: str) -> Choice:
        attribute = self.talk.kb.facts.attributes[id_]
        given = self._in_words(attribute)
        if id_ == "skills" and self.talk.unmatched:
            given = ", ".join([given, *self.talk.unmatched])
        state = given or ("left open" if id_ in self.talk.skipped else "not asked")
        return Choice(id=id_, name=f"{_capital(attribute.label)}: {state}")

    def _take_review(self, step: Prompt, text: str) -> tuple[Said, ...]:
        choice = picked(step, text) if text else OUT
        if choice == OUT:
            self._reviewing = False
        else:
            self.talk.ask_again(choice)
        return ()


def _listed(attribute: Attribute) -> tuple[Choice, ...]:
    return attribute.choices if attribute.type == "choice" else ()


def _words() -> tuple[Said, ...]:
    return (
        Said("You can always type:"),
        *(Said(f"{word:7} {means}", indent="  ") for word, means in WORDS.items()),
    )


def _order(row: object) -> int:
    order: int = getattr(row, "order", 0)
    return order


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _short(text: str, width: int = 160) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _some(texts: list[str], most: int = 12) -> str:
    """A list that is cut where it is long."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(_short(one, 60) for one in texts[:most]) + more
