"""What if: two consultations side by side, and only what differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from trackfit.engine.cases.case import Case, CaseReader
from trackfit.engine.cases.values import Wrong, is_blank
from trackfit.engine.inference.consult import Consultation, Recommendation
from trackfit.engine.language.model import Value
from trackfit.engine.problems.problem import Location, did_you_mean
from trackfit.engine.problems.problems import Problems


class TrackChange(msgspec.Struct, frozen=True, kw_only=True):
    """How a track's place differs. A rank of None means not recommended."""

    track: str
    rank: tuple[int | None, int | None]
    basis: tuple[str | None, str | None]
    gap_closed: tuple[str, ...]
    gap_opened: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between the advice before and after; each part names the rules responsible.

    `answers` gives for each changed answer its value before and after, None for unknown.
    """

    answers: dict[str, tuple[Any, Any]]
    tracks: tuple[TrackChange, ...]
    warnings_added: tuple[str, ...]
    warnings_removed: tuple[str, ...]
    rules_added: tuple[str, ...]
    rules_removed: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """True where the advice is the same."""
        return not (
            self.tracks
            or self.warnings_added
            or self.warnings_removed
            or self.rules_added
            or self.rules_removed
        )


def compare(before: Consultation, after: Consultation) -> Difference:
    """What differs between two consultations of one knowledge base."""
    old, new = before.case.plain(), after.case.plain()
    ranked = [{row.track: row for row in one.recommendations} for one in (before, after)]
    tracks = (
        _track_change(track, ranked[0].get(track), ranked[1].get(track)) for track in before.kb.facts.tracks
    )
    warned = [{one.id for one in consultation.warnings} for consultation in (before, after)]
    fired = [{rule.key for rule in consultation.fired} for consultation in (before, after)]
    return Difference(
        answers={
            key: (old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)
        },
        tracks=tuple(sorted(filter(None, tracks), key=lambda one: (one.rank[1] or 99, one.track))),
        warnings_added=tuple(sorted(warned[1] - warned[0])),
        warnings_removed=tuple(sorted(warned[0] - warned[1])),
        rules_added=tuple(sorted(fired[1] - fired[0])),
        rules_removed=tuple(sorted(fired[0] - fired[1])),
    )


def _track_change(track: str, old: Recommendation | None, new: Recommendation | None) -> TrackChange | None:
    gaps = [set(row.gap) if row else set() for row in (old, new)]
    change = TrackChange(
        track=track,
        rank=(old.rank if old else None, new.rank if new else None),
        basis=(old.basis if old else None, new.basis if new else None),
        gap_closed=tuple(sorted(gaps[0] - gaps[1])) if old and new else (),
        gap_opened=tuple(sorted(gaps[1] - gaps[0])) if old and new else (),
    )
    same = change.rank[0] == change.rank[1] and change.basis[0] == change.basis[1]
    return None if same and not change.gap_closed and not change.gap_opened else change


def with_settings(case: Case, settings: Iterable[str], reader: CaseReader) -> Case:
    """The case after settings such as `years_experience=10`, `skills+=kubernetes` or `salary_goal=` (unknown).

    Raises `InvalidInput` with every setting that cannot be read.
    """
    answers = {key: value for key, value in case.answers.items() if key not in case.defaulted}
    unmatched = set(case.unmatched)
    problems = Problems()
    for setting in settings:
        try:
            _apply(setting, answers, unmatched, reader)
        except Wrong as wrong:
            where = Location(f"--set {setting}")
            problems.add(where, wrong.id, wrong.text, suggestion=wrong.suggestion)
    problems.refuse()
    return reader.case(answers, tuple(unmatched))


def _apply(setting: str, answers: dict[str, Value], unmatched: set[str], reader: CaseReader) -> None:
    key, equals, text = setting.partition("=")
    sign = key[-1:] if key[-1:] in ("+", "-") else ""
    key = key.removesuffix(sign).strip() if sign else key.strip()
    if not equals:
        raise Wrong("bad-setting", f"{setting!r} sets nothing; write KEY=VALUE, such as years_experience=10")
    attribute = reader.attributes.get(key)
    if attribute is None:
        hint, nearest = did_you_mean(key, reader.attributes)
        raise Wrong("unknown-key", f"there is no answer called {key!r}{hint}", nearest)
    if attribute.type != "set":
        if sign:
            raise Wrong("bad-setting", f"{key!r} is one value; write {key}=VALUE, and {sign}= only for sets")
        if is_blank(attribute, text):
            answers.pop(key, None)
        else:
            answers[key] = reader.value(attribute, text.strip())
        return
    read, faults = reader.skills(
        attribute, [] if is_blank(attribute, text) else reader.entries(attribute, text)
    )
    if faults:
        raise faults[0]
    held = answers.get(key)
    before = held if isinstance(held, frozenset) else frozenset[str]()
    if sign == "+":
        answers[key] = before | read.ids
    elif sign == "-":
        answers[key] = before - read.ids
    elif is_blank(attribute, text):
        answers.pop(key, None)
        unmatched.clear()
    else:
        answers[key] = read.ids
        unmatched.clear()
