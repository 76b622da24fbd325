"""`trackfit explain` as a command: the shapes of its JSON, and its text."""

import json

import pytest

from trackfit.tests.support.running import told

BACKEND = {
    "background": "backend_fullstack",
    "years_experience": 6,
    "skills": ["python", "docker", "kubernetes"],
    "target_track": "ml_engineering",
    "target_reason": "salary",
}


def run(*args, case=None):
    return told("explain", "-", *args, given=json.dumps(case or BACKEND))


def test_json_of_why_has_the_contracts_shape():
    code, out, _ = run("--format", "json")
    assert code == 0
    shown = json.loads(out)
    assert set(shown) == {"conclusions", "sensitivity"}

    def check(one):
        assert {"id", "rule", "says", "facts", "because"} <= set(one)
        for fact in one["facts"]:
            assert {"attribute", "value", "from"} <= set(fact)
        for deeper in one["because"]:
            check(deeper)

    for one in shown["conclusions"]:
        check(one)


def test_json_of_why_not_has_the_contracts_shape():
    code, out, _ = run("--why-not", "mlops", "--format", "json")
    assert code == 0
    shown = json.loads(out)
    assert shown["track"] == "mlops"
    for rule in shown["rules"]:
        for condition in rule["conditions"]:
            assert set(condition) == {"text", "holds", "wanted", "found"}
            assert condition["holds"] in (True, False, None)


def test_text_shows_rule_answer_and_depth():
    code, out, _ = run("--how", "ai_engineering")
    assert code == 0
    assert out.splitlines() == [
        "Recommends AI Engineering: a source gives this route 3–6 months",
        "  by the rule “A source gives this route, with its months” (recommend_sourced_route)",
        "  because background is backend or full-stack engineer (your answer)",
        "  because tracks with a sourced route for you include AI Engineering (concluded, see below)",
        "    Concludes that tracks with a sourced route for you include AI Engineering",
        "      by the rule “A source gives a route from your background” (open_route)",
        "      because background is backend or full-stack engineer (your answer)",
        "  and also by the rule “No track has a smaller gap” (recommend_nearest)",
        "  because place of AI Engineering by the share missing is 1 (worked out from your answers)",
    ]


@pytest.mark.parametrize(
    ("option", "value", "line"),
    [
        (
            "--how",
            "recommend:ai_enginering",
            (
                "--how:1:1: error: 'recommend:ai_enginering' was not concluded for this case; "
                "did you mean 'recommend:ai_engineering'"
            ),
        ),
        (
            "--why-not",
            "mlop",
            "--why-not:1:1: error: there is no track or warning 'mlop'; did you mean 'mlops'",
        ),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(option, value, line):
    code, out, err = run(option, value)
    assert (code, out) == (2, "")
    assert err.startswith(line)


def test_why_not_a_track_ends_with_what_it_would_take():
    code, out, _ = run("--why-not", "mlops")
    assert code == 0
    end = out.partition("\nWhat it would take for MLOps:\n")[2].splitlines()
    assert end[0].startswith("  8 of its 11 skills are missing: model versioning, ")
    assert end[1] == "To have MLOps come first, the smallest change is:"
    assert end[3].startswith("1. (cost ")
    assert end[4].startswith("   skills: + ")
    assert end[-1].startswith("   → recommended: MLOps, ")
    assert not any(line.startswith("2.") for line in end)


def test_of_a_track_that_comes_first_nothing_is_to_be_changed():
    code, out, _ = run("--why-not", "ai_engineering")
    assert code == 0
    assert out.endswith("You already have AI Engineering come first.\n")


def test_why_not_a_warning_says_nothing_of_a_gap():
    code, out, _ = run("--why-not", "waiting_to_learn")
    assert code == 0
    assert "What it would take" not in out
