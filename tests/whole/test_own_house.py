"""The tests' own house: a folder for each room of the program, and no test that leans on another."""

from __future__ import annotations

import ast

from trackfit.tests.support.places import ROOT, TESTS

BESIDES = {"agreement", "broken", "commands", "golden", "outside", "support", "whole"}


def imported(path):
    """The modules that a file imports, by their full names, and what is taken out of them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{one.name}" for one in node.names)


def test_no_test_is_imported():
    """What several tests use stands in tests/support."""
    leaning = {
        path.relative_to(TESTS).as_posix(): name
        for path in TESTS.glob("**/*.py")
        for name in imported(path)
        if ".test_" in f".{name}"
    }
    assert leaning == {}


def test_every_folder_is_a_room_of_the_program_or_stands_here():
    rooms = {path.parent.name for path in (ROOT / "engine").glob("*/__init__.py")}
    assert {
        path.name for path in TESTS.iterdir() if path.is_dir() and path.name != "__pycache__"
    } <= rooms | BESIDES
    assert {path.parent for path in TESTS.glob("test_*.py")} == set()
