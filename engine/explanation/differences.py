"""What differs between two consultations, as lines to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trackfit.engine.explanation.whatif import Difference, TrackChange
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.wording import Wording


def answers_told(difference: Difference, wording: Wording) -> Iterator[str]:
    """The answers that differ, before and after."""
    for key, (old, new) in difference.answers.items():
        yield f"{wording.label(key)}: {_answer(wording, key, old, new)}"


def advice_told(difference: Difference, kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """The tracks and warnings that differ, each with its sign: `+` is new, `-` gone, `~` other than it was."""
    for change in difference.tracks:
        yield from _track_told(change, kb)
    for sign, word, warnings in (
        ("+", "new warning", difference.warnings_added),
        ("-", "no longer warned of", difference.warnings_removed),
    ):
        for id_ in warnings:
            yield sign, f"{word}: {kb.facts.warnings[id_].title} ({id_})"


def rules_told(difference: Difference, kb: KnowledgeBase) -> Iterator[str]:
    """The rules that fire for one of the two only."""
    for word, keys in (("now fires", difference.rules_added), ("no longer fires", difference.rules_removed)):
        for key in keys:
            yield f"{word}: {kb.rules[key].title} ({key})"


def _answer(wording: Wording, key: str, old: Any, new: Any) -> str:
    if not isinstance(old or new, list):
        return f"{wording.value(key, old)} → {wording.value(key, new)}"
    if new is None:
        return "→ not answered"
    names = {choice.id: choice.name for choice in wording.attribute(key).choices}
    added = [f"+ {names.get(one, one)}" for one in new if one not in (old or [])]
    removed = [f"- {names.get(one, one)}" for one in old or [] if one not in new]
    return ", ".join(added + removed)


def _track_told(change: TrackChange, kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    name = kb.facts.tracks[change.track].name
    old, new = change.rank
    if old is None:
        yield "+", f"{name}: now recommended, rank {new} ({_basis(change.basis[1])})"
    elif new is None:
        yield "-", f"{name}: no longer recommended (was rank {old}, {_basis(change.basis[0])})"
    elif old != new or change.basis[0] != change.basis[1]:
        moved = [f"rank {old} → {new}"] if old != new else []
        moved += [" → ".join(map(_basis, change.basis))] if change.basis[0] != change.basis[1] else []
        yield "~", f"{name}: {', '.join(moved)}"
    for word, skills in (("no longer missing", change.gap_closed), ("now missing", change.gap_opened)):
        if skills:
            yield "~", f"{name}: {word}: {', '.join(kb.facts.skills[id_].name for id_ in skills)}"


def _basis(basis: str | None) -> str:
    return {"sourced_route": "a sourced route", "skill_overlap": "by skill overlap"}.get(
        basis or "", "not recommended"
    )
