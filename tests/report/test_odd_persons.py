"""Reports for persons at the edges: nothing named, everything held, nothing held, no goal, sixty years."""

import re

from trackfit import to_markdown
from trackfit.engine.proofs.alike import named_skills
from trackfit.engine.report.templates import _capital
from trackfit.tests.support.rendering import by_cmark, by_markdown_it, parts
from trackfit.tests.support.shipped import DAY


def persons(kb):
    everything = sorted(named_skills(kb))
    return {
        "only a background": {"background": "data_scientist"},
        "only another background": {"background": "other"},
        "holds everything, with a route": {
            "background": "backend_fullstack",
            "years_experience": 60,
            "skills": everything,
            "salary_goal": 0,
            "target_track": "ai_engineering",
        },
        "holds everything, without a route": {
            "background": "other",
            "skills": everything,
            "target_track": "undecided",
        },
        "holds nothing, with a route": {
            "background": "devops_platform_sre",
            "years_experience": 0,
            "skills": [],
        },
        "holds nothing, without a route": {"background": "other", "skills": [], "target_track": "undecided"},
        "holds nothing, but aims": {
            "background": "other",
            "skills": [],
            "target_track": "ml_engineering",
            "salary_goal": 5_000_000,
            "salary_basis": "total",
        },
    }


def sections(text):
    return {
        part.split("\n", 1)[0]: part.split("\n", 1)[1].strip()
        for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    }


def test_no_section_is_empty_and_every_parser_reads_the_same(kb):
    for name, answers in persons(kb).items():
        text = to_markdown(kb.consult(answers, DAY))
        assert all(sections(text).values()), name
        assert parts(by_markdown_it(text)) == parts(by_cmark(text)), name
        assert not re.search(r"\bNone\b(?! of )|: \.|\| \|", text), name


def test_who_holds_everything_has_nothing_to_learn_and_no_months_to_wait(kb):
    text = to_markdown(kb.consult(persons(kb)["holds everything, with a route"], DAY))
    assert "**First, this week:** Nothing is missing, so begin to build" in text
    assert "are for people who have it still to learn" in sections(text)["The plan"]
    text = to_markdown(kb.consult(persons(kb)["holds everything, without a route"], DAY))
    assert "| **Nothing left to learn** |" in text
    assert "Nobody has published" not in text
    assert "; what is left is to show it" in sections(text)["The plan"]


def test_who_holds_nothing_is_near_to_nothing(kb):
    text = to_markdown(kb.consult(persons(kb)["holds nothing, without a route"], DAY))
    assert text.startswith("# Too early to name a track\n")
    assert "no track is nearer than another" in text
    assert "none of your skills tells which is near" in sections(text)["The plan"]
    aims = to_markdown(kb.consult(persons(kb)["holds nothing, but aims"], DAY))
    assert "that is the first step to ML Engineering" in aims


def test_what_nobody_named_is_not_called_missing(kb):
    text = to_markdown(kb.consult(persons(kb)["only a background"], DAY))
    skills = sections(text)["What you bring, what is missing"]
    assert re.search(r"^\*\*Usual for a data scientist:\*\* .*`Python`", skills, re.MULTILINE)
    assert re.search(r"^\*\*Usually missing, in the order to learn:\*\* .*`PyTorch`", skills, re.MULTILINE)
    assert "the gap below" in text
    assert "the gap below" not in to_markdown(kb.consult(persons(kb)["only another background"], DAY))


def test_a_name_that_begins_small_stays_so():
    assert _capital("vLLM") == "vLLM"
    assert _capital("docker") == "Docker"
