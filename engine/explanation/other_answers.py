"""What single other answers would change: which are tried, and what each of them does, by running the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from trackfit.engine.explanation.trials import Trials
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.three_valued import truth
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.model import Attribute, GroundRule, Value
from trackfit.engine.language.questions import asked


class OtherAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What another answer would do, the same for each of `values`: tried by running the rules, not guessed."""

    attribute: str
    values: tuple[Value, ...]
    first: str | None
    first_changes: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


def other_answers(trials: Trials) -> tuple[OtherAnswer, ...]:
    """The single other answers that would change the first track or the warnings, in order of the questions.

    Tried are every value of an open question with a list of answers, and for a number of years the lines that
    rules and salary bands draw (where an answer was given, only those that time can bring). One for which the rules
    contradict each other is left out.
    """
    consultation = trials.consultation
    before = _summary(consultation)
    found: dict[tuple[Any, ...], list[Value]] = {}
    for attribute in questions(consultation):
        for value in other_values(consultation, attribute):
            tried = trials.answered(attribute.id, value)
            after = _summary(tried) if tried else before
            if after != before:
                found.setdefault((attribute.id, *after), []).append(value)
    return tuple(
        OtherAnswer(
            attribute=attribute_id,
            values=tuple(values),
            first=first,
            first_changes=first != before[0],
            added=tuple(sorted(warned - before[1])),
            removed=tuple(sorted(before[1] - warned)),
        )
        for (attribute_id, first, warned), values in found.items()
    )


def _summary(consultation: Consultation) -> tuple[str | None, frozenset[str]]:
    first = consultation.recommendations[0].track if consultation.recommendations else None
    return first, frozenset(warning.id for warning in consultation.warnings)


def questions(consultation: Consultation) -> list[Attribute]:
    """The asked attributes that concern this case, in order, that rules look at."""
    return [
        attribute
        for attribute in asked(consultation.kb.facts.attributes.values())
        if concerns(attribute, consultation) and attribute.type != "text"
    ]


def concerns(attribute: Attribute, consultation: Consultation) -> bool:
    """Whether the question makes sense for this case."""
    condition = attribute.question.only_if if attribute.question else None
    return condition is None or truth(condition, consultation.memory) is True


def other_values(consultation: Consultation, attribute: Attribute) -> list[Value]:
    """The answers that `changes` tries for a question; none for sums of money, sets and texts."""
    given = consultation.case.answers.get(attribute.id)
    if attribute.type == "whole_number":
        found = lines(consultation, attribute, consultation.kb.program.rules)
        change = attribute.question.change if attribute.question else None
        lowest = given + 1 if isinstance(given, int) and change and change.only_up else min(found, default=0)
        return [line for line in found if line >= lowest and line != given]
    if given is None and attribute.type == "yes_no":
        return [True, False]
    if given is None and attribute.type == "choice":
        return [choice.id for choice in attribute.choices]
    return []


def lines(consultation: Consultation, attribute: Attribute, rules: Iterable[GroundRule]) -> list[int]:
    """The values on both sides of every line that one of the rules or a salary band draws, within the range."""
    found: set[int] = set()
    for rule in rules:
        for leaf in leaves(rule.when):
            if leaf.attribute == attribute.id and leaf.operator != "known":
                for operand in leaf.operands:
                    found |= {int(operand) - 1, int(operand), int(operand) + 1}
    if attribute.id == "years_experience":
        found.update(_lines_of_years(consultation))
    elif attribute.id == "salary_goal":
        found.update(_lines_of_pay(consultation))
    low, high = attribute.range or (0, 0)
    return [line for line in sorted(found) if low <= line <= high]


def _lines_of_years(consultation: Consultation) -> Iterator[int]:
    for bands in consultation.kb.measures.bands.values():
        for band in bands.figures:
            low, high = band.years or (0, None)
            yield from (low, low - 1) if high is None else (low, low - 1, high, high + 1)


def _lines_of_pay(consultation: Consultation) -> Iterator[int]:
    measures, known = consultation.kb.measures, consultation.memory.known
    for track in measures.bands:
        for band in measures.bands_at(known, track) or ():
            yield from (int(band.low) - 1, int(band.low), int(band.high), int(band.high) + 1)
