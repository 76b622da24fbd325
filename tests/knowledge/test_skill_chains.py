"""Skills that lead one to the next in a circle."""

from __future__ import annotations

import shutil

from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.knowledge.load import load
from trackfit.tests.support.places import ROOT


def problems(folder, column, links):
    for name in FOLDERS:
        shutil.copytree(ROOT / "tests/broken/base" / name, folder / name)
    rows = [f"  - {{id: {one}, name: {one}, kind: practice, {column}: [{to}]}}" for one, to in links]
    (folder / "facts/more.yaml").write_text("\n".join(["skills:", *rows]), encoding="utf-8")
    return [problem.line() for problem in load(folder).problems]


def test_a_circle_is_told_once_and_not_for_those_that_lead_to_it(tmp_path):
    links = [("before", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("own", "own")]
    assert problems(tmp_path / "kb", "needs", links) == [
        "facts/more.yaml:3:45: error: skills need one another in a circle: a → b → c → a; take one link out (skill-cycle)",
        "facts/more.yaml:6:49: error: skills need one another in a circle: own → own; take one link out (skill-cycle)",
    ]
