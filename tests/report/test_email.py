"""The e-mail: short, and of the warnings only those of mistakes."""

from __future__ import annotations

from trackfit import to_html, to_markdown
from trackfit.engine.language.formats import in_sentence
from trackfit.tests.support.shipped import DAY

MISTAKEN = {
    "background": "backend_fullstack",
    "years_experience": 6,
    "target_track": "ml_engineering",
    "target_reason": "salary",
    "salary_goal": 900_000,
}


def test_it_warns_of_mistakes_and_of_nothing_else(kb):
    late = kb.consult(MISTAKEN, "2028-01-01")
    assert {"salary_routing", "stale_figures"} <= {one.id for one in late.warnings}
    warned = to_markdown(late, "email").partition("Watch out for:\n\n")[2].partition("\n\n")[0]
    assert warned.splitlines() == [f"- {kb.facts.warnings['salary_routing'].title}"]


def test_without_a_mistake_it_warns_of_nothing(kb):
    calm = kb.consult({"background": "data_engineer", "years_experience": 4}, DAY)
    assert "Watch out" not in to_markdown(calm, "email")


def test_it_has_the_first_action_and_the_pay_and_no_hash(kb):
    answers = {
        "background": "data_engineer",
        "years_experience": 4,
        "skills": ["python", "sql"],
        "salary_goal": 150_000,
    }
    advice = kb.consult(answers, DAY)
    text = to_markdown(advice, "email")
    first = advice.recommendations[0].gap[0]
    name = kb.facts.skills[first].name
    assert f"Begin this week with {in_sentence(name)}: [" in text
    assert "What it pays, with your goal of $150,000:" in text or "No source says what" in text
    assert "sha256" not in text
    assert "[^" not in text


def test_the_page_says_its_subject_once(kb):
    page = to_html(kb.consult({"background": "data_engineer", "years_experience": 4}, DAY), "email")
    assert page.count("<h1>Subject: ") == 1
    assert page.partition("<body>")[2].count("Subject: ") == 1
