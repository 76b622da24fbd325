"""Tracks that nothing puts one before the other: all are named."""

from __future__ import annotations

from trackfit import to_markdown
from trackfit.engine.language.formats import listing
from trackfit.tests.support.shipped import DAY


def test_every_track_of_a_tie_is_named_to_the_coach(kb):
    advice = kb.consult({"background": "other"}, DAY)
    names = [kb.facts.tracks[track].name for track in advice.recommendations[0].tied_with]
    assert len(names) > 1
    assert listing(names) in to_markdown(advice, "coach")
