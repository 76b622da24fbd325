"""docs/reliability.md names tests that are there, and all of those that sweep over a kind."""

import re

from trackfit.tests.support.places import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
SWEEPS = {
    "agreement/test_carriers.py",
    "commands/test_streams.py",
    "commands/test_targets.py",
    "documents/test_cache.py",
    "documents/test_folder.py",
    "report/test_hostile_templates.py",
}


def test_every_test_that_the_page_names_is_there():
    named = set(re.findall(r"`([a-z_/]+/test_[a-z_]+\.py)`", PAGE))
    assert {name for name in named if not (ROOT / "tests" / name).is_file()} == set()
    assert named >= SWEEPS


def test_every_promise_names_what_holds_it():
    rows = [
        line
        for line in PAGE.split("## Figures")[0].splitlines()
        if line.startswith("| ") and "---" not in line
    ]
    promises = [row for row in rows if not row.startswith("| promise")]
    assert len(promises) >= 14
    assert [row for row in promises if ".py`" not in row.rsplit(" | ", 1)[-1]] == []
