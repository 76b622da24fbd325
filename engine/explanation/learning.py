"""What learning one more skill does to the gap, and to the other tracks."""

from __future__ import annotations

import msgspec

from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.ways import SKILLS, Way


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """What one more skill does: the skills newly held of those that a track asks for, itself among them.

    `left` is how many of the track's are missing then. Of the others, `nearer` are those of which fewer are missing,
    `within_reach` those that were far and are no longer. `first` are the tracks with the smallest gap, where these change.
    """

    skill: str
    newly_held: tuple[str, ...]
    left: int
    nearer: tuple[str, ...]
    within_reach: tuple[str, ...]
    first: tuple[str, ...]


def first_to_learn(consultation: Consultation, track: str) -> tuple[Learned, ...]:
    """The missing skills of a track, those first that close most of its gap, then most of the other tracks' gaps.

    Of skills that do the same, the more wanted one comes first.
    """
    gap = next(way.missing for way in consultation.ways if way.track == track)
    return tuple(
        sorted(
            (_learned(consultation, skill, track) for skill in gap),
            key=lambda one: (-len(one.newly_held), -len(one.nearer), gap.index(one.skill)),
        )
    )


def _learned(consultation: Consultation, skill: str, track: str) -> Learned:
    kb, known = consultation.kb, consultation.memory.known
    skills = known.get(SKILLS)
    held = skills if isinstance(skills, frozenset) else frozenset()
    then = kb.ways.of({**known, SKILLS: kb.reader.index.counted([*held, skill])})
    before, after = ({way.track: way for way in ways} for ways in (consultation.ways, then))
    others = [one for one in kb.ways.lists if one != track]
    return Learned(
        skill=skill,
        newly_held=tuple(one for one in before[track].missing if one not in after[track].missing),
        left=len(after[track].missing),
        nearer=tuple(one for one in others if len(after[one].missing) < len(before[one].missing)),
        within_reach=tuple(one for one in others if before[one].closeness == "far" != after[one].closeness),
        first=_first(then) if _first(then) != _first(consultation.ways) else (),
    )


def _first(ways: tuple[Way, ...]) -> tuple[str, ...]:
    return tuple(way.track for way in ways if way.place == 1)
