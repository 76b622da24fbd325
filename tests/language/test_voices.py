"""Where sources differ on one thing: it shows in the figures, and nobody writes it down."""

import msgspec
import pytest

from trackfit.engine.language.facts import Figure
from trackfit.engine.language.voices import voices
from trackfit.tests.support.shipped import three_valued

FIGURES = three_valued().facts.figures


def months(id_, value, source, **more):
    row = {"background": "home", "track": "north", "as_of": "2026-04", **more}
    return Figure(
        id=id_, about=id_, value=value, unit="months", sources=(source,), review_by="2027-04-30", **row
    )


FIRST = months("first", (3, 6), "one")


def ids(others, figure=FIRST):
    return [one.id for one in voices([figure, *others], figure)]


def test_who_differs_is_named_from_the_lowest():
    others = [months("long", (6, 12), "two"), months("short", 2, "three", country="us")]
    assert ids(others) == ["short", "first", "long"]


def test_who_agrees_does_not_differ():
    assert ids([months("same", (3, 6), "two")]) == []
    assert ids([]) == []


def test_a_source_speaks_once_and_by_its_newest():
    others = [months("old", 1, "two", as_of="2025"), months("new", 9, "two"), months("own", 1, "one")]
    assert ids(others) == ["first", "new"]


@pytest.mark.parametrize(
    "more",
    [
        {"background": "away"},
        {"track": "south"},
        {"unit": "years"},
        {"skill": "python"},
        {"level": "mid"},
        {"years": (1, 2)},
        {"employer": "One"},
        {"difference": ("a", "b")},
    ],
    ids=str,
)
def test_another_thing_is_no_voice(more):
    other = msgspec.structs.replace(months("other", 9, "two"), **more)
    assert ids([other]) == []


def test_a_number_about_nothing_in_particular_has_no_other_voice():
    size = msgspec.structs.replace(FIRST, background=None, track=None)
    assert ids([msgspec.structs.replace(size, id="other", value=9, sources=("two",))], size) == []


@pytest.mark.parametrize(
    ("figure", "lowest", "highest"),
    [
        ("backend_to_ai_engineering_months", (2, 3), (6, 12)),
        ("ai_engineering_python_demand", 75, 82.5),
        ("ai_engineering_base_average", 149_459, 153_620),
    ],
)
def test_the_shipped_sources_differ_where_they_do(figure, lowest, highest):
    found = voices(FIGURES.values(), FIGURES[figure])
    assert FIGURES[figure] in found
    assert (found[0].value, found[-1].value) == (lowest, highest)
    assert len({one.sources for one in found}) == len(found)
