"""`explain`: why and why not, as values and on the command line."""

import json

import pytest
from click.testing import CliRunner

from trackfit import KnowledgeBase, justify, why_not
from trackfit.cli import cli

BACKEND = {
    "background": "backend_fullstack",
    "years_experience": 6,
    "skills": ["python", "docker", "kubernetes"],
    "target_track": "ml_engineering",
    "target_reason": "salary",
}
ARCHITECT = {"background": "architect", "years_experience": 8, "skills": ["system design"]}


@pytest.fixture(scope="module")
def kb():
    return KnowledgeBase.load()


def run(*args, case=None):
    result = CliRunner().invoke(cli, ["explain", "-", *args], input=json.dumps(case or BACKEND))
    return result.exit_code, result.stdout, result.stderr


def test_every_conclusion_leads_down_to_answers(kb):
    advice = kb.consult(BACKEND, "2026-11-22")

    def grounds(one):
        return {fact.source for fact in one.facts} | {
            source for deeper in one.because for source in grounds(deeper)
        }

    for one in justify(advice):
        assert grounds(one) & {"answer", "measure", "absence", "default"}, one.id


def test_a_recommendation_names_its_rule_and_what_it_built_on(kb):
    (one,) = justify(kb.consult(BACKEND, "2026-11-22"), "recommend:ai_engineering")
    assert one.rule == "recommend_sourced_route"
    assert [deeper.rule for deeper in one.because] == ["open_route"]
    assert [(fact.attribute, fact.source) for fact in one.because[0].facts] == [("background", "answer")]


def test_a_warning_given_by_two_rules_has_two_justifications(kb):
    found = justify(kb.consult(BACKEND, "2026-11-22"), "salary_routing")
    assert [one.rule for one in found] == ["salary_routing", "salary_routing_priced"]


def test_an_assumed_answer_is_told_from_a_given_one(kb):
    case = {"background": "backend_fullstack", "years_experience": 6, "salary_goal": 900_000}
    advice = kb.consult(case, "2026-11-22")
    assert advice.case.defaulted == {"salary_basis"}
    assert {one.id for one in justify(advice)} >= {"warn:goal_above_sourced_range"}


def test_an_absence_is_named_as_such(kb):
    (one, *_) = justify(kb.consult(ARCHITECT, "2026-11-22"), "no_sourced_route")
    assert [(fact.attribute, fact.source) for fact in one.facts] == [("has_sourced_route", "absence")]


def test_why_not_puts_the_nearest_rule_first_with_both_values(kb):
    nearest, *rest = why_not(kb.consult(BACKEND, "2026-11-22"), "agentic_ai")
    assert (nearest.rule.key, len(nearest.missing)) == ("recommend_overlap[agentic_ai]", 1)
    (test,) = nearest.missing
    assert (test.leaf.operator, test.leaf.operand, test.leaf.figure) == ("at_least", 30, "overlap_threshold")
    assert test.found < 30
    assert [len(one.missing) for one in rest] == sorted(len(one.missing) for one in rest)


def test_why_not_tells_an_unknown_from_a_no(kb):
    rules = why_not(kb.consult({"background": "data_scientist"}, "2026-11-22"), "same_work_better_title")
    assert [[test.holds for test in one.tested] for one in rules] == [[True, None]]


def test_json_of_why_has_the_contracts_shape():
    code, out, _ = run("--format", "json")
    assert code == 0
    shown = json.loads(out)
    assert set(shown) == {"conclusions", "sensitivity"}

    def check(one):
        assert set(one) == {"id", "rule", "says", "facts", "because"}
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
        "    Concludes tracks with a sourced route for you: AI Engineering",
        "      by the rule “A source gives a route from your background” (open_route)",
        "      because background is backend or full-stack engineer (your answer)",
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
