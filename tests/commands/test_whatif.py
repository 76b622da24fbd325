"""`whatif`: the advice before and after other answers."""

import json

from trackfit import compare
from trackfit.tests.support.running import told

ARCHITECT = {"background": "architect", "years_experience": 8, "skills": ["system design", "rag"]}


def run(case, *settings, form="text"):
    args = [part for setting in settings for part in ("--set", setting)]
    return told("whatif", "-", *args, "--format", form, given=json.dumps(case))


def test_twenty_years_open_the_architects_route(kb):
    before = kb.consult(ARCHITECT, "2026-11-22")
    after = kb.consult({**ARCHITECT, "years_experience": 20}, "2026-11-22")
    difference = compare(before, after)
    assert difference.answers == {"years_experience": (8, 20)}
    assert [(one.track, one.rank[1], one.basis[1]) for one in difference.tracks] == [
        ("agentic_ai", 1, "sourced_route")
    ]
    assert difference.warnings_removed == ("no_sourced_route", "seniority_below_route")
    assert "open_route[architect_to_agentic_ai]" in difference.rules_added


def test_only_what_differs_is_shown():
    code, out, _ = run(ARCHITECT, "years_experience=9")
    assert code == 0
    assert (
        out
        == "years of experience: 8 → 9\n\nThe advice stays the same: the same tracks, warnings and reasons.\n"
    )


def test_the_same_answer_changes_nothing():
    code, out, _ = run(ARCHITECT, "years_experience=8")
    assert (code, out) == (0, "These are the answers you gave already; nothing differs.\n")


def test_skills_are_added_and_taken_away():
    code, out, _ = run(ARCHITECT, "skills+=k8s, langgraph", "skills-=rag", form="json")
    assert code == 0
    assert json.loads(out)["answers"]["skills"] == [
        ["rag", "system_design"],
        ["kubernetes", "langgraph", "system_design"],
    ]


def test_an_empty_value_makes_an_answer_unknown():
    code, out, _ = run({**ARCHITECT, "years_experience": 20}, "years_experience=", form="json")
    assert code == 0
    shown = json.loads(out)
    assert shown["answers"] == {"years_experience": [20, None]}
    assert "no_sourced_route" in shown["warnings_added"]


def test_a_default_goes_with_the_answer_it_came_from():
    case = {"background": "backend_fullstack", "years_experience": 6, "salary_goal": 900_000}
    code, out, _ = run(case, "salary_goal=", form="json")
    assert code == 0
    assert json.loads(out)["answers"] == {"salary_basis": ["base", None], "salary_goal": [900_000, None]}


def test_every_wrong_setting_is_told_at_once():
    code, out, err = run(
        ARCHITECT, "years=3", "years_experience=many", "target_track+=mlops", "nonsense", "skills+=tf"
    )
    assert (code, out) == (2, "")
    assert [line.rsplit("(", 1)[1] for line in err.splitlines()] == [
        "bad-setting)",
        "ambiguous-skill)",
        "bad-setting)",
        "unknown-key)",
        "wrong-type)",
    ]
    assert "did you mean 'years_experience'" in err


def test_the_text_before_and_after_and_what_fired():
    """The grounds before stand before the arrow, those now behind it."""
    code, out, _ = run(ARCHITECT, "years_experience=20")
    assert code == 0
    assert out.startswith(
        "years of experience: 8 → 20\n"
        "\n"
        "~ Applied Agentic AI: by skill overlap → a sourced route\n"
        "- no longer warned of: No sourced route from where you are (no_sourced_route)\n"
    )
    assert (
        "\n  now fires: A source gives a route from your background (open_route[architect_to_agentic_ai])\n"
        in out
    )
    assert "\n  no longer fires: No source gives a route from where you are (no_sourced_route)\n" in out


def test_the_text_of_the_way_back():
    code, out, _ = run({**ARCHITECT, "years_experience": 20}, "years_experience=8")
    assert code == 0
    assert out.startswith(
        "years of experience: 20 → 8\n"
        "\n"
        "~ Applied Agentic AI: a sourced route → by skill overlap\n"
        "+ new warning: No sourced route from where you are (no_sourced_route)\n"
    )


def test_the_text_of_skills_that_come_and_go():
    answer, _, lacks, *_ = run(ARCHITECT, "skills+=k8s", "skills-=rag")[1].splitlines()
    assert answer == "skills: + Kubernetes, - Retrieval-augmented generation"
    assert lacks == "~ Applied Agentic AI: now missing: Retrieval-augmented generation"
    answer, _, lacks, *_ = run({**ARCHITECT, "skills": ["system design"]}, "skills+=rag")[1].splitlines()
    assert answer == "skills: + Retrieval-augmented generation"
    assert lacks == "~ Applied Agentic AI: no longer missing: Retrieval-augmented generation"
    assert run(ARCHITECT, "skills=")[1].splitlines()[0] == "skills: → not answered"
