"""All that explains one consultation, as one value: whoever shows advice is given this, and runs no rules."""

from __future__ import annotations

import msgspec

from trackfit.engine.explanation.influence import Influence, influence
from trackfit.engine.explanation.justify import Justification, justifications
from trackfit.engine.explanation.learning import Learned, first_to_learn
from trackfit.engine.explanation.likeness import Likeness, likenesses
from trackfit.engine.explanation.other_answers import OtherAnswer, other_answers
from trackfit.engine.explanation.trials import Trials
from trackfit.engine.explanation.why_not import Unfired, why_not
from trackfit.engine.inference.consult import Consultation


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why, why not, and what would change.

    `justifications` are those of all firings, in their order; `why_not` tells of each track that is not recommended
    the rules that would have. `near` is the track that the rest is about, None where none is near: what learning one
    more skill does is told for it. `likenesses` are the other backgrounds that the person's skills are most like.
    """

    justifications: tuple[Justification, ...]
    why_not: dict[str, tuple[Unfired, ...]]
    other_answers: tuple[OtherAnswer, ...]
    influence: Influence
    near: str | None
    first_to_learn: tuple[Learned, ...]
    likenesses: tuple[Likeness, ...]


def of(consultation: Consultation) -> Explanation:
    """Explain a consultation; each other answer that this asks for is tried once."""
    trials = Trials(consultation)
    recommended = {one.track for one in consultation.recommendations}
    near = nearest(consultation)
    return Explanation(
        justifications=justifications(consultation),
        why_not={
            track: why_not(consultation, track)
            for track in consultation.kb.facts.tracks
            if track not in recommended
        },
        other_answers=other_answers(trials),
        influence=influence(trials),
        near=near,
        likenesses=likenesses(consultation),
        first_to_learn=first_to_learn(consultation, near) if near else (),
    )


def nearest(consultation: Consultation) -> str | None:
    """The first track, once anything of it is held or usual; else the target, where skills were named."""
    first = consultation.ways[0]
    if first.held or first.usual:
        return first.track
    target = consultation.case.answers.get("target_track")
    known = target in consultation.kb.ways.lists and "skills" in consultation.case.answers
    return str(target) if known else None
