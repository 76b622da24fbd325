"""Real situations: what must be true of the advice for people from public questions, and for a typical crowd."""

from __future__ import annotations

import random

import pytest
import yaml

from trackfit import to_markdown
from trackfit.engine.documents.node import from_plain
from trackfit.engine.problems.problem import Location
from trackfit.tests.support.places import TESTS
from trackfit.tests.support.shipped import DAY

PEOPLE = yaml.safe_load((TESTS / "whole" / "people.yaml").read_text(encoding="utf-8"))
ARTICLE = {
    "backend_fullstack": ("ai_engineering", (3, 6)),
    "data_engineer": ("mlops", (3, 6)),
    "data_scientist": ("ml_engineering", (6, 12)),
    "devops_platform_sre": ("ai_infrastructure", (6, 12)),
    "architect": ("agentic_ai", (3, 6)),
}
"""The article's track and months for each of its backgrounds."""


@pytest.fixture(scope="module")
def advised(kb):
    return lambda case: kb.consult(case, DAY)


def months(kb, way):
    figure = kb.facts.figures[way.timeline] if way.timeline else None
    return (figure.low, figure.high) if figure else None


@pytest.mark.parametrize("person", [pytest.param(one, id=one["what"]) for one in PEOPLE])
def test_what_must_be_true_of_a_person(kb, advised, person):
    must = person["must"]
    found = advised(person["case"])
    ways = {way.track: way for way in found.ways}
    first = found.recommendations[0].track
    assert first == must.get("first", first)
    assert first in must.get("first_one_of", [first])
    assert len(ways[first].missing) <= must.get("missing_at_most", len(ways[first].missing))
    assert {track: months(kb, ways[track]) for track in must.get("months", {})} == {
        track: tuple(span) if span else None for track, span in must.get("months", {}).items()
    }
    assert set(must.get("warns", ())) <= {one.id for one in found.warnings}
    text = to_markdown(found).lower()
    assert [piece for piece in must.get("says", ()) if piece not in text] == []
    assert [piece for piece in must.get("never_says", ()) if piece in text] == []


@pytest.mark.parametrize("background", ARTICLE)
def test_without_a_skill_named_the_article_s_track_is_first_by_its_list_alone(kb, advised, background):
    found = advised({"background": background, "years_experience": 20})
    first, second = found.ways[:2]
    assert (first.track, months(kb, first)) == ARTICLE[background]
    assert first.share_missing < second.share_missing, "it is no tie, so that nothing but the list decides"


def crowd(kb, number):
    """Typical people: a background, years, and some skills, most of them of tracks."""
    chance = random.Random(number)  # noqa: S311 - the same people in every run
    skills, wanted = sorted(kb.facts.skills), sorted({one for some in kb.ways.lists.values() for one in some})
    for _ in range(number):
        named = chance.sample(wanted, chance.randint(0, 6)) + chance.sample(skills, chance.randint(0, 8))
        person = {
            "background": chance.choice(sorted(kb.facts.backgrounds)),
            "years_experience": chance.randint(0, 30),
            "skills": named,
            "math_comfort": chance.choice(["low", "some", "strong"]),
            "target_track": chance.choice([*kb.facts.tracks, "undecided"]),
        }
        yield {key: value for key, value in person.items() if key == "background" or chance.random() < 0.8}


def test_of_a_crowd_nobody_is_left_without_a_first_track(kb, advised):
    for person in crowd(kb, 200):
        found = advised(person)
        assert found.recommendations, person
        assert found.recommendations[0].track == found.ways[0].track, person
        assert found.ways[0].closeness in ("near", "within_reach", "far")


def test_denied_skills_are_written_as_skills_are(advised):
    case = {"background": "devops_platform_sre", "denied_skills": ["K8s", "docker"]}
    found = advised(case)
    assert found.case.answers["denied_skills"] == {"kubernetes", "docker"}
    assert {"kubernetes", "docker"} <= set(found.ways[0].missing)


def test_a_denied_skill_that_nothing_knows_is_told_as_a_skill_is(kb):
    _, problems = kb.reader.read(
        from_plain({"background": "other", "denied_skills": ["wizardry"]}, Location("me"))
    )
    assert [(one.severity, one.id) for one in problems] == [("warning", "unknown-skill")]
