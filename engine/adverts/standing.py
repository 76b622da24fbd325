"""Where a person stands before an advertisement: what they hold of it, what they lack, what to learn and to show first."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from trackfit.engine.adverts.advert import Advert, Asked
from trackfit.engine.cases.case import SKILLS, Case
from trackfit.engine.inference.base import KnowledgeBase

MOST_TO_LEARN = 3


class ToLearn(msgspec.Struct, frozen=True):
    """A skill to learn; `before` is the asked one for which it comes first, None where it is asked for itself."""

    skill: str
    before: str | None


class ToShow(msgspec.Struct, frozen=True):
    """An asked skill that a person holds, with those of their own skills that say so."""

    asked: Asked
    own: tuple[str, ...]


class Standing(msgspec.Struct, frozen=True):
    """What of an advertisement a person holds and lacks, in its order, and what follows from that."""

    held: tuple[str, ...]
    missing: tuple[str, ...]
    learn_first: tuple[ToLearn, ...]
    put_first: tuple[ToShow, ...]


def standing_of(advert: Advert, case: Case, kb: KnowledgeBase) -> Standing:
    """Compare what is asked for with a case; a skill is held, too, where another one counts as it."""
    own = case.answers.get(SKILLS)
    named = sorted(own) if isinstance(own, frozenset) else []
    counted = kb.reader.index.counted(named)
    held = [one for one in advert.skills if one.skill in counted]
    missing = [one for one in advert.skills if one.skill not in counted]
    shown = [
        ToShow(one, tuple(id_ for id_ in named if one.skill in kb.reader.index.counted([id_])))
        for one in sorted(held, key=lambda one: (one.wished, one.line))
    ]
    first = list(_first_to_learn(missing, counted, advert, kb))
    return Standing(
        tuple(one.skill for one in held),
        tuple(one.skill for one in missing),
        tuple(first[:MOST_TO_LEARN]),
        tuple(shown),
    )


def _first_to_learn(
    missing: list[Asked], counted: frozenset[str], advert: Advert, kb: KnowledgeBase
) -> Iterator[ToLearn]:
    """What is required before what is wished for, what the nearest track lists first; what a skill needs before it."""
    track = kb.facts.tracks[advert.nearest].skills if advert.nearest else ()
    order = {one.skill: place for place, one in enumerate(track)}
    queue = sorted(missing, key=lambda one: (one.wished, order.get(one.skill, len(order)), one.line))
    told = set(counted)
    for one in queue:
        for id_ in _with_needs(one.skill, told, kb):
            told |= kb.reader.index.counted([id_])
            yield ToLearn(id_, None if id_ == one.skill else one.skill)


def _with_needs(skill: str, known: set[str], kb: KnowledgeBase) -> list[str]:
    """A skill behind those that it needs and that are not known yet."""
    if skill in known:
        return []
    found = [id_ for need in kb.facts.skills[skill].needs for id_ in _with_needs(need, known, kb)]
    return list(dict.fromkeys([*found, skill]))
