"""What single other answers would change: which are tried, and what each of them does, by running the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

import msgspec

from trackfit.engine.explanation.trials import Trials
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.three_valued import truth
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.model import Attribute, GroundRule, Value
from trackfit.engine.language.questions import asked

Changed = TypeVar("Changed")


class OtherAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What another answer would do, the same for each of `values`: tried by running the rules, not guessed.

    `first` are the tracks that would share the first place, where these change. By track, only what changes: its
    `place`, its `months` (a figure, None where no source gives any) and its `pay` (figures, of the tracks told of).
    """

    attribute: str
    values: tuple[Value, ...]
    first: tuple[str, ...]
    place: dict[str, int]
    months: dict[str, str | None]
    pay: dict[str, tuple[str, ...]]


class _TrackStanding(msgspec.Struct, frozen=True):
    """What advice comes to: by track its place, its months, and the pay at these years of those that concern the person."""

    place: dict[str, int]
    months: dict[str, str | None]
    pay: dict[str, tuple[str, ...]]

    @property
    def first(self) -> tuple[str, ...]:
        """The tracks with the smallest gap."""
        return tuple(track for track, place in self.place.items() if place == 1)


def other_answers(trials: Trials) -> tuple[OtherAnswer, ...]:
    """The single other answers that would change a track's place, months or pay, in order of the questions.

    Tried are every value of an open question with a list of answers, and for a number of years the lines that
    rules and salary bands draw (where an answer was given, only those that time can bring). One for which the rules
    contradict each other is left out.
    """
    consultation = trials.consultation
    concerned = {consultation.ways[0].track, consultation.case.answers.get("target_track")}
    before = _standing(consultation, concerned)
    found: dict[tuple[str, bytes], tuple[_TrackStanding, list[Value]]] = {}
    for attribute in questions(consultation):
        for value in other_values(consultation, attribute):
            tried = trials.answered(attribute.id, value)
            after = _standing(tried, concerned) if tried else before
            if after != before:
                key = (attribute.id, msgspec.msgpack.encode(after, order="deterministic"))
                found.setdefault(key, (after, []))[1].append(value)
    return tuple(
        OtherAnswer(
            attribute=attribute_id,
            values=tuple(values),
            first=after.first if after.first != before.first else (),
            place=_changed(before.place, after.place),
            months=_changed(before.months, after.months),
            pay=_changed(before.pay, after.pay),
        )
        for (attribute_id, _), (after, values) in found.items()
    )


def _standing(consultation: Consultation, concerned: Collection[Value | None]) -> _TrackStanding:
    bands_at = consultation.kb.measures.bands_at
    known = consultation.memory.known
    return _TrackStanding(
        place={way.track: way.place for way in consultation.ways},
        months={way.track: way.timeline for way in consultation.ways},
        pay={
            way.track: tuple(band.id for band in bands_at(known, way.track) or ())
            for way in consultation.ways
            if way.track in concerned
        },
    )


def _changed(before: dict[str, Changed], after: dict[str, Changed]) -> dict[str, Changed]:
    return {track: one for track, one in after.items() if one != before[track]}


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
    """The values on both sides of every line that one of the rules or a figure of pay draws, within the range."""
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
    for highest in measures.highest.values():
        yield from (int(highest.high), int(highest.high) + 1)
