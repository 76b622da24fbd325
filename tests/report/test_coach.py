"""The coach's sheet: two pages, five or six questions of this case, objections with their answers, what to agree."""

from __future__ import annotations

import re

import pytest

from trackfit import to_markdown
from trackfit.engine.documents.parse import read_file
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
TWO_PAGES = 900
"""Words on two printed pages of a list."""


def sheet(kb, answers):
    return to_markdown(kb.consult(answers, DAY), "coach")


def section(text, title):
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def of_example(kb, path):
    node, _ = read_file(path)
    assert node is not None
    case, problems = kb.reader.read(node)
    assert case is not None, problems
    return to_markdown(kb.consult(case, DAY), "coach")


def everyone(kb):
    yield from ({"background": background} for background in kb.facts.backgrounds)
    yield from ({"background": background, "skills": ["python"]} for background in kb.facts.backgrounds)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_it_fits_two_pages(kb, example):
    text = of_example(kb, example).partition("\nMade by ")[0]
    assert len(re.sub(r"\(<[^>]*>\)|\[\^[^\]]*\]", "", text).split()) <= TWO_PAGES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_five_or_six_questions(kb, example):
    questions = re.findall(r"^- (.*)$", section(of_example(kb, example), "Questions to ask"), re.MULTILINE)
    assert 5 <= len(questions) <= 6
    assert len(set(questions)) == len(questions)
    assert all("?" in one for one in questions)


def test_five_or_six_questions_for_whoever_comes(kb):
    for answers in everyone(kb):
        text = section(sheet(kb, answers), "Questions to ask")
        assert 5 <= len(re.findall(r"^- ", text, re.MULTILINE)) <= 6, answers


def test_a_warning_brings_its_question_and_an_objection_with_the_rules_answer(kb):
    answers = {
        "background": "backend_fullstack",
        "years_experience": 6,
        "skills": ["python"],
        "target_track": "ml_engineering",
        "target_reason": "salary",
    }
    text = sheet(kb, answers)
    row = kb.facts.warnings["salary_routing"]
    assert row.ask in section(text, "Questions to ask")
    objections = section(text, "What may be said against it")
    assert f"- **“{row.objection}”** You chose ML Engineering for its pay" in objections
    assert "[^" in objections


def test_what_to_agree_names_the_next_step_and_how_it_is_ticked(kb):
    answers = {"background": "data_engineer", "skills": ["python"], "done": ["shared_pipeline"]}
    agreed = section(sheet(kb, answers), "What to agree until next time")
    (step, *_) = [
        one for one in kb.consult(answers, DAY).steps(kb.consult(answers, DAY).ways[0]) if not one.done
    ]
    assert f"- To show: {step.outcome}; name who looks at it." in agreed
    assert f"`{step.milestone}` goes under `done`" in agreed


def test_with_earlier_answers_it_opens_with_what_has_changed(kb):
    then, now = ({"background": "data_engineer", "skills": skills} for skills in (["sql"], ["sql", "mlflow"]))
    text = to_markdown(kb.consult(now, DAY), "coach", since=kb.consult(then, DAY))
    assert "- New among your skills: MLflow." in section(text, "What has changed since last time")
    assert "what got in the way of the rest?" in section(text, "Questions to ask")
