"""What single answers and skills do to the advice, without the solver: tried by running the rules, or decided by logic."""

from __future__ import annotations

from typing import Any

import msgspec

from trackfit.engine.explanation.why_not import lines
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.inference.relevance import open_questions
from trackfit.engine.language.model import Attribute, Value, Warn
from trackfit.engine.language.questions import asked
from trackfit.engine.problems.errors import ConflictingConclusions


class Influence(msgspec.Struct, frozen=True):
    """The given answers on which tracks and warnings hang, and those for which any other would have done.

    The first were tried: for some other answer, or none, the advice is another. The others are decided in
    three-valued logic. An answer can be in neither: no other was found that matters, and none ruled out.
    """

    hangs_on: tuple[str, ...]
    could_be_anything: tuple[str, ...]


def influence(consultation: Consultation) -> Influence:
    """What the given answers do to the advice, in order of the questions."""
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
        if _matters(consultation, row):
            hangs_on.append(row.id)
        elif not open_questions(kb, others, unanswered):
            could_be_anything.append(row.id)
    return Influence(tuple(hangs_on), tuple(could_be_anything))


def _matters(consultation: Consultation, attribute: Attribute) -> bool:
    before = _told(consultation)
    return any(
        _told(_otherwise(consultation, attribute.id, value)) != before
        for value in _others(consultation, attribute)
    )


def _others(consultation: Consultation, attribute: Attribute) -> list[Value | None]:
    """The answers to try instead: none, every choice, both sides of every line; of a set none of its elements."""
    required = attribute.question is not None and attribute.question.required
    found: list[Value | None] = [] if required else [None]
    if attribute.type == "set":
        return [*found, frozenset()]
    if attribute.type == "yes_no":
        return [*found, False, True]
    return [
        *found,
        *(lines(consultation, attribute) if attribute.range else [one.id for one in attribute.choices]),
    ]


def _otherwise(consultation: Consultation, name: str, value: Value | None) -> Consultation | None:
    """The consultation with another answer; None where the rules contradict each other for it."""
    case, kb = consultation.case, consultation.kb
    answers = {key: one for key, one in case.answers.items() if key not in (name, *case.defaulted)}
    if value is not None:
        answers[name] = value
    try:
        return consult(kb, kb.reader.case(answers, case.unmatched), consultation.as_of)
    except ConflictingConclusions:
        return None


def _told(consultation: Consultation | None) -> Any:
    """The tracks, the first of them, and the warnings."""
    if consultation is None:
        return None
    told = (rule.then for rule in consultation.fired)
    warnings = {then.warning for then in told if isinstance(then, Warn)}
    tracks = [one.track for one in consultation.recommendations]
    return tracks[:1], set(tracks), warnings


class Learned(msgspec.Struct, frozen=True):
    """What one more skill does: the skills newly held of those that a track asks for, itself among them.

    `left` is how many of the track's are missing then, `also` the other tracks that get nearer, and `opens` those that
    are recommended then and were not before.
    """

    skill: str
    newly_held: tuple[str, ...]
    left: int
    also: tuple[str, ...]
    opens: tuple[str, ...]


def first_to_learn(consultation: Consultation, track: str) -> tuple[Learned, ...]:
    """The missing skills of a track, those first that close most of its gap, then most of the other tracks' gaps.

    The gap is that of the recommendation, or where the track is not recommended, of all skills it is compared by.
    Of skills that do the same, the more wanted one comes first.
    """
    kb = consultation.kb
    before = kb.reader.index.counted(_skills(consultation))
    gap = next((one.gap for one in consultation.recommendations if one.track == track), None)
    if gap is None:
        gap = tuple(one for one in kb.measures.track_skills[track] if one not in before)
    return tuple(
        sorted(
            (_learned(consultation, skill, track, gap) for skill in gap),
            key=lambda one: (-len(one.newly_held), -len(one.also), gap.index(one.skill)),
        )
    )


def _learned(consultation: Consultation, skill: str, track: str, gap: tuple[str, ...]) -> Learned:
    kb = consultation.kb
    skills = _skills(consultation)
    new = kb.reader.index.counted([*skills, skill]) - kb.reader.index.counted(skills)
    after = _otherwise(consultation, "skills", skills | {skill})
    had = {one.track for one in consultation.recommendations}
    newly_held = tuple(one for one in gap if one in new)
    return Learned(
        skill,
        newly_held,
        len(gap) - len(newly_held),
        tuple(
            other
            for other, wanted in kb.measures.track_skills.items()
            if other != track and not new.isdisjoint(wanted)
        ),
        tuple(one.track for one in after.recommendations if one.track not in had) if after else (),
    )


def _skills(consultation: Consultation) -> frozenset[str]:
    skills = consultation.case.answers.get("skills")
    return skills if isinstance(skills, frozenset) else frozenset()
