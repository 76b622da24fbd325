"""The e-mail: short, and of the warnings only those that are not low."""

from __future__ import annotations

from trackfit import to_markdown
from trackfit.tests.support.shipped import DAY

MISTAKEN = {
    "background": "backend_fullstack",
    "years_experience": 6,
    "target_track": "ml_engineering",
    "target_reason": "salary",
    "waits_to_learn_enough": True,
    "salary_goal": 900_000,
}


def test_it_warns_of_what_is_not_low(kb):
    late = kb.consult(MISTAKEN, "2028-01-01")
    grave = [one for one in late.warnings if one.severity != "low"]
    slight = [one for one in late.warnings if one.severity == "low"]
    assert grave
    assert slight
    text = to_markdown(late, "email")
    warned = text.partition("Watch out for:\n\n")[2].partition("\n\n")[0]
    assert warned.splitlines() == [f"- {kb.facts.warnings[one.id].title}" for one in grave]
    assert [one.id for one in slight if f"- {kb.facts.warnings[one.id].title}\n" in text] == []


def test_without_a_grave_warning_it_warns_of_nothing(kb):
    calm = kb.consult({"background": "data_engineer", "years_experience": 4}, DAY)
    assert {one.severity for one in calm.warnings} <= {"low"}
    assert "Watch out" not in to_markdown(calm, "email")
