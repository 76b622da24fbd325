"""One reader's conversation in the browser: a request as JSON in, what to show as JSON out.

The page's worker holds one `Session` and shows nothing itself: a third face of the same `Dialogue` that the terminal's
two drive. Requests come from the page, and what they carry was typed by a person or read from their file.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from trackfit.engine.cases.answers_file import settled_in
from trackfit.engine.cases.case import Case
from trackfit.engine.documents.node import from_plain
from trackfit.engine.explanation import explanation
from trackfit.engine.explanation.differences import advice_told, rules_told
from trackfit.engine.explanation.explanation import Explanation
from trackfit.engine.explanation.whatif import compare, with_settings
from trackfit.engine.inference.base import Compiled, KnowledgeBase
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.interview.dialogue import Dialogue
from trackfit.engine.interview.interview import Interview
from trackfit.engine.interview.prompts import Said, search
from trackfit.engine.language.attributes import BACKGROUND, SKILLS, YEARS
from trackfit.engine.problems.errors import InvalidInput, TrackfitError
from trackfit.engine.problems.problem import Location
from trackfit.engine.problems.problems import Problems, has_errors
from trackfit.engine.report.report import to_json, to_markdown
from trackfit.engine.resumes.answers import Imported, answers_from, case_of, in_words
from trackfit.engine.resumes.dates import Calendar
from trackfit.engine.site.messages import (
    Accept,
    Begin,
    Faults,
    Find,
    Found,
    Kept,
    Matches,
    Offer,
    OtherPlaces,
    Place,
    ReadFile,
    Reply,
    Request,
    Screen,
    Take,
    Text,
    Ticked,
    Try,
    Warm,
    Write,
)

ENGINE = "three-valued"
"""The engine that needs no compiler, and so no other build for the browser."""


class Session:
    """The conversation with one reader, over a compiled knowledge base whose templates are in `folder`."""

    def __init__(self, compiled: bytes, folder: str) -> None:
        found = msgspec.json.decode(compiled, type=Compiled)
        self.kb = KnowledgeBase(Path(folder), found, ENGINE)
        self._dialogue = Dialogue(Interview(self.kb), "")
        self._offered: list[Imported] = []
        self._advised: tuple[Case, Consultation, Explanation] | None = None

    def answer(self, request: str) -> str:
        """One request and its reply, as JSON. What the reader's own answers or files make impossible is in the reply."""
        asked = msgspec.json.decode(request, type=Request)
        reply: Reply
        try:
            reply = self._reply(asked)
        except TrackfitError as error:
            reply = Faults([problem.line() for problem in error.problems])
        return msgspec.json.encode(reply).decode()

    def _reply(self, asked: Request) -> Reply:
        match asked:
            case Begin():
                return self._begin(asked)
            case Warm():
                return self._warmed()
            case Take():
                return self._take(asked.line)
            case Find():
                step = self._dialogue.step
                return Matches(search(step.rows if step else (), asked.typed))
            case Write():
                return Text(self._written(asked.form))
            case Try():
                return self._try(asked)
            case ReadFile():
                return self._read(Path(asked.path))
            case Accept():
                taken = [one for one in self._offered if one.attribute in asked.attributes]
                return self._go_on(Interview(self.kb, case_of(taken, self.kb, unclear=True)))

    # The interview

    def _begin(self, asked: Begin) -> Screen:
        self._dialogue.as_of = max(asked.as_of, self.kb.settled)
        kept = asked.kept
        if kept is None:
            return self._go_on(Interview(self.kb))
        node = from_plain(kept.answers, Location("the answers kept in this browser"))
        case, problems = self.kb.reader.read(node, unfinished=True)
        if case is None or has_errors(problems):
            raise InvalidInput(problems)
        talk = Interview(self.kb, case, settled=kept.settled)
        talk.skipped = set(kept.left_open) & set(self.kb.facts.attributes) - set(talk.answers)
        talk.history = [one for one in kept.history if one in {*talk.answers, *talk.skipped}]
        return self._go_on(talk)

    def _go_on(self, talk: Interview, *said: Said) -> Screen:
        self._dialogue = Dialogue(talk, self._dialogue.as_of)
        return self._screen(said)

    def _take(self, line: str) -> Screen:
        dialogue = self._dialogue
        if dialogue.step is None:
            dialogue.review()
            return self._screen(())
        return self._screen(dialogue.take(line))

    def _screen(self, said: tuple[Said, ...]) -> Screen:
        talk = self._dialogue.talk
        case = talk.case()
        return Screen(
            step=self._dialogue.step,
            said=said,
            meaning=self._dialogue.meaning(),
            kept=Kept(
                {key: value for key, value in case.plain().items() if key not in case.defaulted},
                sorted(talk.skipped),
                sorted(talk.settled),
                talk.history,
            ),
            file=talk.to_yaml(),
        )

    # The advice

    def _consulted(self) -> tuple[Case, Consultation, Explanation]:
        case = self._dialogue.talk.case()
        if self._advised is None or self._advised[0] != case:
            found = consult(self.kb, case, self._dialogue.as_of)
            self._advised = case, found, explanation.of(found)
        return self._advised

    def _warmed(self) -> Text:
        """Templates are compiled when the first report is made, so one is made of anybody's answers."""
        from trackfit.engine.report.page import to_html

        anybody = self.kb.reader.case({BACKGROUND: self.kb.facts.attributes[BACKGROUND].choices[0].id})
        to_html(consult(self.kb, anybody, self._dialogue.as_of))
        return Text()

    def _written(self, form: str) -> str:
        _, consultation, explained = self._consulted()
        if form == "json":
            plain = msgspec.json.encode(to_json(consultation, explained=explained))
            return msgspec.json.format(plain, indent=2).decode() + "\n"
        if form == "md":
            return to_markdown(consultation, explained=explained)
        from trackfit.engine.report.page import to_html

        return str(to_html(consultation, explained=explained))

    def _try(self, asked: Try) -> Reply:
        talk = self._dialogue.talk
        before = talk.case()
        after = with_settings(before, asked.settings, self.kb.reader)
        if asked.take:
            taken = Interview(self.kb, after, settled=talk.settled)
            taken.skipped, taken.history = talk.skipped - set(taken.answers), talk.history
            return self._go_on(taken)
        as_of = self._dialogue.as_of
        old, new = consult(self.kb, before, as_of), consult(self.kb, after, as_of)
        difference = compare(old, new)
        years = after.answers.get(YEARS)
        return OtherPlaces(
            self._places(old, new),
            [*(line for _, line in advice_told(difference, self.kb)), *rules_told(difference, self.kb)],
            self._ticked(after),
            years if isinstance(years, int) else None,
        )

    def _places(self, old: Consultation, new: Consultation) -> list[Place]:
        before = {one.track: one for one in old.ways}
        return [
            Place(
                one.track,
                self.kb.facts.tracks[one.track].name,
                (before[one.track].place, one.place),
                (len(before[one.track].missing), len(one.missing)),
                one.size,
            )
            for one in new.ways
        ]

    def _ticked(self, case: Case) -> list[Ticked]:
        """Every skill on a track's list; those that the person has, by whatever counts as them, are held."""
        named = case.answers.get(SKILLS)
        counted = self.kb.reader.index.counted(named) if isinstance(named, frozenset) else frozenset[str]()
        wanted = frozenset[str]().union(*self.kb.ways.lists.values())
        names = {id_: self.kb.facts.skills[id_].name for id_ in wanted}
        return [
            Ticked(id_, names[id_], id_ in counted)
            for id_ in sorted(names, key=lambda one: names[one].casefold())
        ]

    # Files

    def _read(self, path: Path) -> Reply:
        from trackfit.engine.documents.parse import read_source, read_text
        from trackfit.engine.resumes.detect import holds_resume

        if holds_resume(path, self.kb.reader.attributes):
            return self._offer(path)
        problems = Problems()
        text, faults = read_source(path, path.name)
        problems += faults
        node, faults = read_text(text or "", path.name)
        problems += faults
        problems.refuse()
        assert node is not None
        case, faults = self.kb.reader.read(node, unfinished=True)
        problems += faults
        problems.refuse()
        left_open = {key for key, one in node.value.items() if one.value is None}
        told = Said(f"Your answers are read from {path.name}.", "strong")
        return self._go_on(Interview(self.kb, case, left_open, settled_in(text or "")), told)

    def _offer(self, path: Path) -> Offer:
        from trackfit.engine.resumes.detect import read_resume

        as_of = self._dialogue.as_of
        resume, notes = read_resume(path, Calendar.of(self.kb.facts, as_of))
        if resume is None:
            raise InvalidInput(notes)
        self._offered = [one for one in answers_from(resume, self.kb, as_of, notes) if one.guessed]
        labels = self.kb.facts.attributes
        return Offer(
            [
                Found(one.attribute, labels[one.attribute].label, in_words(one, self.kb), one.lines)
                for one in self._offered
            ],
            [one.line() for one in notes if one.id != "ambiguous-skill"],
        )
