"""The shipped knowledge base, and the day on which tests ask it."""

from __future__ import annotations

from functools import cache

from trackfit import KnowledgeBase

DAY = "2026-11-22"


@cache
def three_valued():
    """With the engine that holds nothing outside Python: one for all, and never closed. The other is the fixture `kb`."""
    return KnowledgeBase.load(engine="three-valued")
