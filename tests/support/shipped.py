"""The shipped knowledge base, and the day on which tests ask it."""

from __future__ import annotations

from functools import cache

from trackfit import KnowledgeBase
from trackfit.engine.documents.parse import read_file

DAY = "2026-11-22"


def case_in(kb, path):
    """The case in an answers file, which must be without faults."""
    node, problems = read_file(path)
    assert node is not None, problems
    case, problems = kb.reader.read(node)
    assert case is not None, problems
    return case


@cache
def three_valued():
    """With the engine that holds nothing outside Python: one for all, and never closed. The other is the fixture `kb`."""
    return KnowledgeBase.load(engine="three-valued")
