"""One name, one meaning: what a class is called tells it apart from every other."""

from __future__ import annotations

import ast
from collections import defaultdict

from trackfit.tests.support.places import ROOT

PROGRAM = [path for folder in ("engine", "commands") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_no_two_classes_have_one_name():
    homes = defaultdict(list)
    for path in PROGRAM:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes[node.name.strip("_")].append(path.relative_to(ROOT).as_posix())
    assert len(homes) > 200
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}
