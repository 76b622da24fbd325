"""docs/architecture.md shows the house as it stands."""

from __future__ import annotations

import re

import pytest

from trackfit.tests.support.places import ROOT
from trackfit.tools import architecture

PAGE = architecture.PAGE.read_text(encoding="utf-8")
ROOMS = sorted(path.parent.name for path in (ROOT / "engine").glob("*/__init__.py"))


def test_the_picture_is_that_of_the_imports():
    assert architecture.renewed() == PAGE, "the imports have changed; run: python tools/architecture.py"


def test_the_picture_leaves_out_nothing_but_what_follows():
    found = architecture.uses()
    drawn = architecture.shortened(found)
    assert drawn["commands"] != found["commands"]
    for room, used in found.items():
        reached: set[str] = set()
        queue = [room]
        while queue:
            new = drawn[queue.pop()] - reached
            reached |= new
            queue += new
        assert used <= reached


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_its_paragraph(room):
    assert len(re.findall(rf"\*\*{room}\*\*", PAGE)) == 1


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:\w+/)+[\w.]*|cli\.py)`", PAGE))))
def test_every_file_that_it_names_is_there(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_on_the_map(room):
    text = (ROOT / "engine/__init__.py").read_text(encoding="utf-8")
    assert re.search(rf"^    .*\b{room}\b", text, re.MULTILINE)


@pytest.mark.parametrize("folder", [path.parent for path in sorted((ROOT / "engine").rglob("__init__.py"))])
def test_a_room_is_no_more_than_a_room(folder):
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= 17
