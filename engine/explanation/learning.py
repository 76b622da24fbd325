"""What learning one more skill does to the gap, and to the other tracks."""

from __future__ import annotations

import msgspec

from trackfit.engine.explanation.trials import Trials
from trackfit.engine.inference.consult import Consultation


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


def first_to_learn(trials: Trials, track: str) -> tuple[Learned, ...]:
    """The missing skills of a track, those first that close most of its gap, then most of the other tracks' gaps.

    Of skills that do the same, the more wanted one comes first.
    """
    gap = next(way.missing for way in trials.consultation.ways if way.track == track)
    return tuple(
        sorted(
            (_learned(trials, skill, track, gap) for skill in gap),
            key=lambda one: (-len(one.newly_held), -len(one.also), gap.index(one.skill)),
        )
    )


def _learned(trials: Trials, skill: str, track: str, gap: tuple[str, ...]) -> Learned:
    consultation = trials.consultation
    kb = consultation.kb
    skills = _skills(consultation)
    new = kb.reader.index.counted([*skills, skill]) - kb.reader.index.counted(skills)
    after = trials.answered("skills", skills | {skill})
    had = {one.track for one in consultation.recommendations}
    newly_held = tuple(one for one in gap if one in new)
    return Learned(
        skill,
        newly_held,
        len(gap) - len(newly_held),
        tuple(
            other
            for other, missing in sorted((way.track, way.missing) for way in consultation.ways)
            if other != track and not new.isdisjoint(missing)
        ),
        tuple(one.track for one in after.recommendations if one.track not in had) if after else (),
    )


def _skills(consultation: Consultation) -> frozenset[str]:
    skills = consultation.case.answers.get("skills")
    return skills if isinstance(skills, frozenset) else frozenset()
