"""docs/skills.md is made from the tables, and what it says of the reader is so."""

import re

import pytest

from trackfit.engine.cases.typed_skills import read_entry
from trackfit.tests.support.shipped import three_valued
from trackfit.tools import skills_page

INDEX = three_valued().reader.index


def test_the_page_is_in_step_with_the_tables():
    assert skills_page.PAGE.read_text(encoding="utf-8") == skills_page.page(), (
        "run: python tools/skills_page.py"
    )


@pytest.mark.parametrize("kind", ["language", "cloud", "llm", "soft", "domain"])
def test_every_kind_has_a_family(kind):
    assert any(one["kind"] == kind for family in skills_page.families() for one in family.skills)


SHOWN = re.findall(r"`([^`]+)`", skills_page.HEAD.partition("## What needs no alias")[2])
KEPT = {"basic SQL", "learning PyTorch", "no Kubernetes"}


@pytest.mark.parametrize("text", [one for one in SHOWN if one != "kuberentes"])
def test_what_the_page_shows_is_read_so(text):
    entry = read_entry(INDEX, text)
    assert bool(entry.heard) is (text in KEPT)
    assert bool(entry.ids) is (text not in KEPT)
    assert not entry.unknown


def test_the_slip_that_the_page_shows_is_asked_about():
    assert "kuberentes" in SHOWN
    assert INDEX.nearest("kuberentes") == ["kubernetes"]
