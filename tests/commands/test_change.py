"""`trackfit change` on the shipped rules: which changes it names, what it leaves undecided, and what it prints."""

from __future__ import annotations

import json
from functools import partial

import pytest

from trackfit.engine.inference.base import shipped
from trackfit.engine.problems.errors import EngineFailure
from trackfit.engine.proofs import change as changing
from trackfit.engine.proofs.change import Goal, sensitivity, suggest
from trackfit.engine.proofs.encoding import Solver
from trackfit.engine.proofs.smallest_change import Smallest
from trackfit.tests.support import running
from trackfit.tests.support.shipped import DAY


def added(suggestion):
    return [one for step in suggestion.steps for one in step.after if one not in (step.before or [])]


def test_well_known_skills_come_before_exotic_ones(kb):
    """It named CrewAI and Django REST framework, which count as two skills each."""
    before = kb.consult({"background": "architect", "years_experience": 25, "skills": ["system_design"]}, DAY)
    for track in kb.facts.tracks:
        goal = Goal(track=track, anywhere=True)
        for one in () if goal.reached(before, before) else suggest(before, goal):
            assert set(added(one)) <= set(kb.ways.lists[track])


def test_a_number_moves_no_farther_than_it_must(kb):
    case = {"background": "architect", "years_experience": 8, "skills": []}
    (first, *_) = suggest(kb.consult(case, DAY), Goal(without="seniority_below_route"))
    assert [(step.attribute, step.before, step.after) for step in first.steps] == [
        ("years_experience", 8, 20)
    ]
    del case["years_experience"]
    (first, *_) = suggest(kb.consult(case, DAY), Goal(without="no_sourced_route"))
    assert [(step.attribute, step.before, step.after) for step in first.steps] == [
        ("years_experience", None, 20)
    ]
    goal = {"background": "data_scientist", "years_experience": 4, "salary_goal": 210_000}
    before = kb.consult(goal, DAY)
    (first, *_) = suggest(before, Goal(without="goal_above_sourced_range"))
    (step,) = [step for step in first.steps if step.attribute == "salary_goal"]
    one_more = {**goal, "salary_goal": step.after + 1}
    assert "goal_above_sourced_range" in {one.id for one in kb.consult(one_more, DAY).warnings}


def test_a_portfolio_is_not_thrown_away(kb):
    """It told a data scientist with notebooks to have nothing to show."""
    case = {"background": "data_scientist", "portfolio": "notebooks"}
    found = suggest(kb.consult(case, DAY), Goal(without="notebook_portfolio"))
    assert [[(step.attribute, step.after) for step in one.steps] for one in found] == [
        [("portfolio", "deployed")]
    ]


def test_what_was_typed_stays(kb):
    case = {
        "background": "architect",
        "skills": ["System design", "Underwater basket weaving"],
        "name": "Sam",
    }
    for one in suggest(kb.consult(case, DAY), Goal(track="agentic_ai")):
        assert one.after.case.answers["name"] == "Sam"
        assert one.after.case.unmatched == ("Underwater basket weaving",)
        assert "system_design" in one.after.case.plain()["skills"]


@pytest.mark.parametrize(
    "example", sorted((shipped() / "examples").glob("*.yaml")), ids=lambda path: path.stem
)
def test_no_example_is_too_hard(example):
    found = run(example)
    assert found.exit_code == 0, found.output


# What is not decided


def test_what_is_not_decided_is_told(kb, monkeypatch):
    before = kb.consult({"background": "architect"}, DAY)
    with pytest.raises(EngineFailure, match="not-decided"):
        suggest(before, Goal(track="agentic_ai"), milliseconds=0)
    monkeypatch.setattr(Solver, "ask", lambda self, *formulas: ("undecided", None))
    found = sensitivity(before)
    assert not found.could_be_anything
    assert "years_experience" in found.undecided


def test_one_suggestion_in_time_is_shown_without_the_others(kb, monkeypatch):
    before = kb.consult({"background": "architect"}, DAY)
    calls = iter([Smallest.next])

    def once(search):
        try:
            return next(calls)(search)
        except StopIteration as error:
            raise TimeoutError from error

    monkeypatch.setattr(Smallest, "next", once)
    assert len(suggest(before, Goal(track="agentic_ai"))) == 1


def test_a_solver_that_errs_is_found_out(kb, monkeypatch):
    monkeypatch.setattr(changing.Goal, "formula", lambda self, world, before: world.recommended("agentic_ai"))
    with pytest.raises(EngineFailure, match="solver-disagrees"):
        suggest(kb.consult({"background": "backend_fullstack"}, DAY), Goal(track="mlops"))


# The command


run = partial(running.run, "change", "--as-of", DAY)


def test_the_command(tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text("background: architect\nyears_experience: 8\n", encoding="utf-8")
    found = run(path, "--to", "ai_engineering")
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.splitlines()[:6] == [
        "To have AI Engineering come first, the smallest changes are:",
        "",
        "1. (cost 14)",
        "   skills: + Large language models, + Prompt engineering, + Python, + Vector databases",
        "   target track: not answered → AI Engineering",
        "   → recommended: AI Engineering, Applied Agentic AI",
    ]


def test_nothing_leads_there(tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text("background: other\n", encoding="utf-8")
    found = run(path, "--without", "no_sourced_route")
    assert found.exit_code == 0
    assert found.stdout.startswith("No other answers would")
    assert "(proved; your background stays)" in found.stdout


def test_what_comes_with_a_skill_is_told_and_so_is_a_new_warning():
    """A case with an unknown skill, which stays as it was typed."""
    found = run(shipped() / "examples" / "other.yaml", "--to", "ml_engineering")
    assert found.stdout.splitlines()[2:5] == [
        "1. (cost 8)",
        "   skills: + Deep learning (and with it machine learning)",
        "   target track: undecided → ML Engineering",
    ]
    found = run(shipped() / "examples" / "data_scientist.yaml", "--without", "goal_above_sourced_range")
    assert "   → a new warning: “The salary figures disagree”" in found.stdout.splitlines()


def test_json(tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text("background: architect\n", encoding="utf-8")
    found = json.loads(run(path, "--without", "no_sourced_route", "--format", "json").stdout)
    assert found["goal"] == {"track": None, "first": True, "without": "no_sourced_route"}
    assert found["changes"][0]["steps"] == [{"attribute": "years_experience", "before": None, "after": 20}]
    assert "agentic_ai" in found["changes"][0]["recommended"]


def test_what_is_not_decided_is_one_line_and_no_proof(tmp_path, monkeypatch):
    def never(_):
        raise TimeoutError

    monkeypatch.setattr(Smallest, "next", never)
    path = tmp_path / "me.yaml"
    path.write_text("background: architect\n", encoding="utf-8")
    found = run(path)
    assert (found.exit_code, found.stdout) == (2, "")
    (line,) = found.stderr.splitlines()
    assert line.endswith("give it more with --seconds (not-decided)")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--to", "agentic"], "--to:1:1: error: there is no track 'agentic'; did you mean 'agentic_ai'?"),
        (["--without", "salary"], "--without:1:1: error: there is no warning 'salary'"),
        (
            ["--to", "mlops", "--without", "salary_routing"],
            "--to:1:1: error: name a track or a warning, not both",
        ),
    ],
)
def test_a_wrong_option(words, expected):
    found = run(shipped() / "examples" / "backend.yaml", *words)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith(expected)
