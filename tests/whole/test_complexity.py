"""Functions that fit into a head: none of more than 50 lines, none with more ways through it than radon's 15."""

from __future__ import annotations

import pytest
from radon.complexity import cc_visit

from trackfit.tests.support.places import ROOT

MOST_LINES, MOST_WAYS = 50, 15
FILES = [
    ROOT / "cli.py",
    *(path for folder in ("commands", "engine", "tools") for path in sorted((ROOT / folder).rglob("*.py"))),
]


def functions(blocks):
    for block in blocks:
        yield from block.methods if hasattr(block, "methods") else [block]


def too_much(text):
    return [
        (one.name, one.endline - one.lineno + 1, one.complexity)
        for one in functions(cc_visit(text))
        if one.endline - one.lineno + 1 > MOST_LINES or one.complexity > MOST_WAYS
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_function_is_too_much(path):
    assert too_much(path.read_text(encoding="utf-8")) == []


def test_what_is_too_much_is_found():
    ways = "".join(f"    if {number}: return\n" for number in range(MOST_WAYS))
    assert too_much(f"def many():\n{ways}") == [("many", MOST_WAYS + 1, MOST_WAYS + 1)]
    assert too_much("def long():\n" + "    pass\n" * MOST_LINES) == [("long", MOST_LINES + 1, 1)]
    assert too_much("def short():\n    pass\n") == []
