"""Answers that hardly go together: asked about once, and noted in the report if they stay."""

from __future__ import annotations

import pytest

from trackfit.engine.cases.answers_file import settled_in
from trackfit.engine.cases.case import Case
from trackfit.engine.documents.parse import read_text
from trackfit.engine.inference.consult import consult
from trackfit.engine.interview.dialogue import Dialogue
from trackfit.engine.interview.interview import Interview
from trackfit.engine.language.model import Value
from trackfit.engine.report.report import to_markdown
from trackfit.tests.support.shipped import DAY, three_valued

YOUNG = "You lead or design large systems after 2 years of work."


@pytest.fixture
def dialogue():
    kb = three_valued()
    answers: dict[str, Value] = {
        "background": "architect",
        "years_experience": 2,
        "skills": frozenset({"system_design"}),
    }
    return Dialogue(Interview(kb, Case(answers=answers), set(kb.reader.attributes) - set(answers)), DAY)


def asked_until_the_end(dialogue):
    """The answers as they are, everything else left open, up to the first doubt or the end."""
    while (step := dialogue.step) is not None and step.kind == "question":
        dialogue.take("")
    return step


def test_a_doubt_is_asked_about_once_and_noted_if_it_stays(dialogue):
    step = asked_until_the_end(dialogue)
    assert step is not None
    assert step.title.startswith(YOUNG)
    assert [one.name for one in step.choices] == [
        "My answers are right",
        "Change: background (Architect or technical lead)",
        "Change: years of experience (2)",
    ]
    (said,) = dialogue.take("")
    assert said.text == "Then they stay, and your report says so below your answers."
    assert dialogue.step is None
    report = to_markdown(consult(dialogue.talk.kb, dialogue.talk.case(), DAY))
    assert f"- {YOUNG}" in report


def test_a_doubt_that_is_cleared_leaves_no_trace(dialogue):
    step = asked_until_the_end(dialogue)
    assert step is not None
    dialogue.take("3")
    step = dialogue.step
    assert (step.title, step.given) == ("How many years have you worked in software or data?", "2")
    dialogue.take("22")
    assert asked_until_the_end(dialogue) is None
    report = to_markdown(consult(dialogue.talk.kb, dialogue.talk.case(), DAY))
    assert "in case a hand slipped" not in report


def test_another_answer_makes_other_questions_needed(dialogue):
    asked_until_the_end(dialogue)
    dialogue.take("2")
    dialogue.take("Data engineer")
    assert dialogue.talk.answers["background"] == "data_engineer"
    assert "undervalues_pipeline_skills" in {one.id for one in dialogue.talk.left()}


def test_what_was_asked_about_is_not_asked_again_another_day(dialogue):
    """The answers file remembers it; one whose comment was taken out asks again."""
    asked_until_the_end(dialogue)
    dialogue.take("")
    text = dialogue.talk.to_yaml()
    assert text.splitlines()[1] == '# Asked back, and to stay as it is: ["doubt_young_architect"]'
    kb = dialogue.talk.kb
    node, _ = read_text(text, "case.yaml")
    assert node is not None
    case, _ = kb.reader.read(node)
    for settled, expected in ((settled_in(text), None), (frozenset(), "doubt")):
        step = asked_until_the_end(Dialogue(Interview(kb, case, settled=settled), DAY))
        assert (step.kind if step else None) == expected
