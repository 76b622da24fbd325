"""The e-mail: short, and of the warnings only those of mistakes."""

from __future__ import annotations

from trackfit import to_markdown
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
