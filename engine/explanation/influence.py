"""On which answers the advice hangs, without the solver: tried by running the rules, or decided by logic."""

from __future__ import annotations

from typing import Any

import msgspec

from trackfit.engine.explanation.other_answers import lines
from trackfit.engine.explanation.trials import Trials
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.relevance import open_questions
from trackfit.engine.language.model import Attribute, Value, Warn, conclusion_of
from trackfit.engine.language.questions import asked


class Influence(msgspec.Struct, frozen=True):
    """The given answers on which tracks and warnings hang, and those for which any other would have done.

    The first were tried: for some other answer, or none, the advice is another. The others are decided in
    three-valued logic. An answer can be in neither: no other was found that matters, and none ruled out.
    """

    hangs_on: tuple[str, ...]
    could_be_anything: tuple[str, ...]


def influence(trials: Trials) -> Influence:
    """What the given answers do to the advice, in order of the questions."""
    consultation = trials.consultation
    case, kb = consultation.case, consultation.kb
    given = [
        row
        for row in asked(kb.reader.attributes.values())
        if row.type != "text" and row.id in case.answers and row.id not in case.defaulted
    ]
    unanswered = kb.reader.attributes.keys() - {row.id for row in given}
    hangs_on, could_be_anything = [], []
    for row in given:
        others = {one.id: case.answers[one.id] for one in given if one is not row}
        if not open_questions(kb, others, unanswered):
            could_be_anything.append(row.id)
        elif _matters(trials, row):
            hangs_on.append(row.id)
    return Influence(tuple(hangs_on), tuple(could_be_anything))


def _matters(trials: Trials, attribute: Attribute) -> bool:
    before = _told(trials.consultation)
    return any(
        _told(trials.answered(attribute.id, value)) != before
        for value in _others(trials.consultation, attribute)
    )


def _others(consultation: Consultation, attribute: Attribute) -> list[Value | None]:
    """The answers to try instead: none, every choice, both sides of every line; of a set none of its elements."""
    required = attribute.question is not None and attribute.question.required
    found: list[Value | None] = [] if required else [None]
    if attribute.type == "set":
        return [*found, frozenset()]
    if attribute.type == "yes_no":
        return [*found, False, True]
    if attribute.range is None:
        return [*found, *(choice.id for choice in attribute.choices)]
    telling = [rule for rule in consultation.kb.program.rules if conclusion_of(rule.then) is not None]
    return [*found, *lines(consultation, attribute, telling)]


def _told(consultation: Consultation | None) -> Any:
    """The tracks, the first of them, and the warnings."""
    if consultation is None:
        return None
    told = (rule.then for rule in consultation.fired)
    warnings = {then.warning for then in told if isinstance(then, Warn)}
    tracks = [one.track for one in consultation.recommendations]
    return tracks[:1], set(tracks), warnings
