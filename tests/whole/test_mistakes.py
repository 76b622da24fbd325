"""The six mistakes: each is warned of where it is made, not where it is nearly made, and not where nobody knows."""

from __future__ import annotations

import pytest

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.tests.support.shipped import DAY

MISTAKES = {
    "salary_routing",
    "undervalues_pipeline_skills",
    "same_work_better_title",
    "notebook_portfolio",
    "undershooting_cloud",
    "waiting_to_learn",
}
# The answers that make the mistake; those that nearly do; and the answer without which nobody can tell.
CASES = {
    "salary_routing": (
        {"background": "backend_fullstack", "target_track": "ml_engineering", "target_reason": "salary"},
        [
            {"target_reason": "interest"},  # the same target for another reason
            {"target_track": "ai_engineering"},  # for its pay, but a route leads there
        ],
        ["target_reason", "target_track"],
    ),
    "undervalues_pipeline_skills": (
        {"background": "data_engineer", "undervalues_pipeline_skills": True},
        [{"undervalues_pipeline_skills": False}, {"background": "data_scientist"}],
        ["undervalues_pipeline_skills"],
    ),
    "same_work_better_title": (
        {"background": "data_scientist", "expects_same_work": True},
        [{"expects_same_work": False}, {"background": "data_engineer"}],
        ["expects_same_work"],
    ),
    "notebook_portfolio": (
        {"background": "data_scientist", "portfolio": "notebooks"},
        [{"portfolio": "deployed"}, {"portfolio": "none"}, {"background": "data_engineer"}],
        ["portfolio"],
    ),
    "undershooting_cloud": (
        {"background": "devops_platform_sre", "considers_generic_cloud": True},
        [{"considers_generic_cloud": False}, {"background": "backend_fullstack"}],
        ["considers_generic_cloud"],
    ),
    "waiting_to_learn": (
        {"background": "architect", "years_experience": 22, "waits_to_learn_enough": True},
        [{"waits_to_learn_enough": False}, {"background": "other"}],
        ["waits_to_learn_enough"],
    ),
}
ALL = [pytest.param(name, *rest, id=name) for name, rest in CASES.items()]


@pytest.fixture(scope="module", params=["three-valued", None], ids=["three-valued", "default engine"])
def kb(request):
    with KnowledgeBase.load(engine=request.param) as kb:
        yield kb


def warned(kb, answers):
    return {one.id for one in kb.consult(answers, DAY).warnings}


def advice(kb, **answers):
    consultation = kb.consult(answers, DAY)
    return [(one.track, one.basis, one.timeline) for one in consultation.recommendations], {
        one.id for one in consultation.warnings
    }


@pytest.mark.parametrize(("mistake", "made", "_nearly", "_needed"), ALL)
def test_warned_of_where_it_is_made(mistake, made, _nearly, _needed, kb):
    assert warned(kb, made) & MISTAKES == {mistake}


@pytest.mark.parametrize(("mistake", "made", "nearly", "_needed"), ALL)
def test_not_warned_of_where_it_is_nearly_made(mistake, made, nearly, _needed, kb):
    for difference in nearly:
        assert mistake not in warned(kb, {**made, **difference}), difference


@pytest.mark.parametrize(("mistake", "made", "_nearly", "needed"), ALL)
def test_not_warned_of_where_the_answer_is_unknown(mistake, made, _nearly, needed, kb):
    for key in needed:
        without = {name: value for name, value in made.items() if name != key}
        assert mistake not in warned(kb, without), key
        assert mistake not in warned(kb, {**without, key: None}), key


def test_a_notebook_portfolio_counts_for_anyone_who_aims_at_ml_engineering(kb):
    answers = {"background": "other", "portfolio": "notebooks", "target_track": "ml_engineering"}
    assert "notebook_portfolio" in warned(kb, answers)
    assert "notebook_portfolio" not in warned(kb, {**answers, "target_track": "mlops"})


def test_pay_first_and_no_track_yet(kb):
    answers = {"background": "other", "target_track": "undecided", "target_reason": "salary"}
    assert "salary_routing" in warned(kb, answers)
    assert "salary_routing" not in warned(kb, {**answers, "target_reason": "job_market"})


def test_a_background_without_a_source(kb):
    """By overlap alone, without a number of months, and saying so."""
    tracks, warnings = advice(
        kb, background="other", skills=["python", "sql", "docker", "kubernetes", "terraform"]
    )
    assert all((basis, timeline) == ("skill_overlap", None) for _, basis, timeline in tracks)
    assert "no_sourced_route" in warnings
    assert "seniority_below_route" not in warnings


@pytest.mark.parametrize(("years", "sourced"), [(8, False), (19, False), (20, True), (60, True)])
def test_the_route_for_architects_starts_at_twenty_years(years, sourced, kb):
    skills = ["system_design", "distributed_systems", "kubernetes"]
    tracks, warnings = advice(kb, background="architect", years_experience=years, skills=skills)
    months = "architect_to_agentic_ai_months"
    assert (("agentic_ai", "sourced_route", months) in tracks) is sourced
    assert all(timeline is None for _, basis, timeline in tracks if basis == "skill_overlap")
    assert ("no_sourced_route" in warnings) is not sourced
    assert ("seniority_below_route" in warnings) is not sourced


def test_an_architect_of_unknown_years_is_taken_for_neither(kb):
    """No route is given, and none denied: nobody said that the years are too few."""
    tracks, warnings = advice(kb, background="architect", skills=["system_design"])
    assert not [track for track in tracks if track[1] == "sourced_route"]
    assert "seniority_below_route" not in warnings
    remarks = kb.consult({"background": "architect"}, DAY).remarks("answers")
    assert "name_your_years" in {one.rule.rule for one in remarks}
