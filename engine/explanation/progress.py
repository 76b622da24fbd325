"""What has moved between two consultations of one person: both by today's rules and figures."""

from __future__ import annotations

from typing import Any

import msgspec

from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.ways import Way
from trackfit.engine.language.attributes import BACKGROUND, DONE, SKILLS
from trackfit.engine.language.model import Value


class TrackMoved(msgspec.Struct, frozen=True):
    """How a track stood then and stands now."""

    then: Way
    now: Way


class SinceThen(msgspec.Struct, frozen=True, kw_only=True):
    """What has moved: skill ids learned and forgotten, milestone ids done and no longer so, other answers, and tracks.

    A skill that one named then counted as is not learned, and one that one named now counts as is not forgotten. `tracks`
    holds the nearest now and the nearest then, and every other whose place or number of missing skills is another, nearest
    now first. `answers` has the value then and now of each other answer that differs, None for unknown.
    """

    learned: tuple[str, ...]
    forgotten: tuple[str, ...]
    done: tuple[str, ...]
    undone: tuple[str, ...]
    answers: dict[str, tuple[Value | None, Value | None]]
    tracks: tuple[TrackMoved, ...]

    @property
    def background_changed(self) -> bool:
        """Whether the person comes from elsewhere now, so that what is usual is something else."""
        return BACKGROUND in self.answers

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is another."""
        moved = any(
            one.then.missing != one.now.missing or one.then.place != one.now.place for one in self.tracks
        )
        return not (moved or self.learned or self.forgotten or self.done or self.undone or self.answers)


def progress(then: Consultation, now: Consultation) -> SinceThen:
    """What has moved between two consultations of one knowledge base."""
    old, new = _given(then), _given(now)
    return SinceThen(
        learned=_beyond(now, then),
        forgotten=_beyond(then, now),
        done=_only(new, old, DONE),
        undone=_only(old, new, DONE),
        answers={
            key: (old.get(key), new.get(key))
            for key in sorted(old.keys() | new.keys())
            if key not in (SKILLS, DONE) and old.get(key) != new.get(key)
        },
        tracks=_tracks(then, now),
    )


def to_plain(then: Consultation, now: Consultation) -> dict[str, Any]:
    """What has moved, as JSON-ready values; of each track the number of skills missing and the place, then and now."""
    found = progress(then, now)
    return {
        "case": then.case.digest(),
        "learned": list(found.learned),
        "forgotten": list(found.forgotten),
        "done": list(found.done),
        "undone": list(found.undone),
        "answers": {
            key: {"then": _plain(old), "now": _plain(new)} for key, (old, new) in found.answers.items()
        },
        "tracks": [
            {
                "track": one.now.track,
                "missing": {"then": len(one.then.missing), "now": len(one.now.missing)},
                "place": {"then": one.then.place, "now": one.now.place},
            }
            for one in found.tracks
        ],
    }


def _given(consultation: Consultation) -> dict[str, Value]:
    """The answers that were given, without those that were filled in."""
    case = consultation.case
    return {key: value for key, value in case.answers.items() if key not in case.defaulted}


def _plain(value: Value | None) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def _beyond(one: Consultation, other: Consultation) -> tuple[str, ...]:
    """The skills that were named in one and that nothing named in the other counts as, in the order of their ids."""
    named = one.case.answers.get(SKILLS)
    held = other.known(SKILLS)
    known = held if isinstance(held, frozenset) else frozenset[str]()
    return tuple(sorted(named - known)) if isinstance(named, frozenset) else ()


def _only(some: dict[str, Value], others: dict[str, Value], key: str) -> tuple[str, ...]:
    """The elements of an answer that is a set which the other answers lack."""
    sets = [
        value if isinstance(value, frozenset) else frozenset[str]()
        for value in (some.get(key), others.get(key))
    ]
    return tuple(sorted(sets[0] - sets[1]))


def _tracks(then: Consultation, now: Consultation) -> tuple[TrackMoved, ...]:
    before = {way.track: way for way in then.ways}
    nearest = {then.ways[0].track, now.ways[0].track}
    return tuple(
        TrackMoved(before[way.track], way)
        for way in now.ways
        if way.track in nearest
        or way.place != before[way.track].place
        or len(way.missing) != len(before[way.track].missing)
    )
