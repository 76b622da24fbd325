"""Why and why not, as values."""

import json
import shutil

from trackfit import KnowledgeBase, justify, why_not
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.explanation.why_not import _distance
from trackfit.engine.inference.base import shipped
from trackfit.engine.inference.three_valued import WorkingMemory
from trackfit.engine.language.conditions import ALWAYS, AllOf, AnyOf, Leaf

BACKEND = {
    "background": "backend_fullstack",
    "years_experience": 6,
    "skills": ["python", "docker", "kubernetes"],
    "target_track": "ml_engineering",
    "target_reason": "salary",
}
ARCHITECT = {"background": "architect", "years_experience": 8, "skills": ["system design"]}


def leaf(attribute, operator, operand):
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def test_every_conclusion_leads_down_to_answers(kb):
    advice = kb.consult(BACKEND, "2026-11-22")

    def grounds(one):
        return {fact.source for fact in one.facts} | {
            source for deeper in one.because for source in grounds(deeper)
        }

    for one in justify(advice):
        assert grounds(one) & {"answer", "measure", "absence", "default"}, one.id


def test_a_recommendation_names_its_rule_and_what_it_built_on(kb):
    (one, *_) = justify(kb.consult(BACKEND, "2026-11-22"), "recommend:ai_engineering")
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
    found = why_not(kb.consult(BACKEND, "2026-11-22"), "agentic_ai")
    assert [one.rule.key for one in found][:2] == [
        "recommend_nearest[agentic_ai]",
        "recommend_overlap[agentic_ai]",
    ]
    ((place,), (test,)) = (one.missing for one in found[:2])
    assert (place.leaf.operator, place.leaf.operand) == ("is", 1)
    assert place.found > 1
    assert (test.leaf.operator, test.leaf.operand, test.leaf.figure) == ("at_least", 30, "overlap_threshold")
    assert test.found < 30
    assert [len(one.missing) for one in found] == sorted(len(one.missing) for one in found)


def test_of_alternatives_the_nearest_counts():
    """A rule with three ways to fire, each one comparison away, is nearer than one that lacks two comparisons."""
    memory = WorkingMemory({"years_experience": 5}, ())
    one_of_three = AnyOf(tuple(leaf("years_experience", "is", number) for number in (1, 2, 3)))
    two = AllOf((leaf("years_experience", "is", 4), leaf("background", "is", "architect")))
    assert [_distance(one, memory) for one in (one_of_three, two, AnyOf((two, one_of_three)))] == [1, 2, 1]
    assert [_distance(one, memory) for one in (leaf("years_experience", "is", 5), ALWAYS)] == [0, 0]


def test_what_the_reader_is_told_comes_before_what_it_was_built_on(kb):
    advice = kb.consult(BACKEND, "2026-11-22")
    ids = list(dict.fromkeys(one.id for one in justify(advice)))
    ranked = [f"recommend:{one.track}" for one in advice.recommendations]
    assert ids[: len(ranked)] == ranked
    kinds = [id_.partition(":")[0] if ":" in id_ else "" for id_ in ids]
    assert list(dict.fromkeys(kinds)) == ["recommend", "warn", "plan", "advise", ""]
    assert set(ids) == {firing.conclusion for firing in advice.firings}


def test_why_not_tells_an_unknown_from_a_no(kb):
    rules = why_not(kb.consult({"background": "data_scientist"}, "2026-11-22"), "same_work_better_title")
    assert [[test.holds for test in one.tested] for one in rules] == [[True, None]]


def test_what_is_needed_many_times_is_explained_once(tmp_path):
    """Two rules for each of forty steps are a million million ways down; each rule stands in full once."""
    for part in FOLDERS:
        shutil.copytree(shipped() / part, tmp_path / part)
    steps, ways = range(40), ("left", "right")
    rows = [{"id": f"step_{n}", "label": f"step {n}", "type": "yes_no", "concluded": True} for n in steps]
    rules = [
        {
            "id": f"{way}_{n}",
            "title": f"{way} {n}",
            "reviewed": "2026-11-22",
            "when": {f"step_{n - 1}": True} if n else {"background": "architect"},
            "then": {"conclude": {f"step_{n}": True}},
        }
        for n in steps
        for way in ways
    ]
    (tmp_path / "facts/steps.yaml").write_text(json.dumps({"attributes": rows}), encoding="utf-8")
    (tmp_path / "rules/steps.yaml").write_text(json.dumps({"rules": rules}), encoding="utf-8")
    with KnowledgeBase.load(tmp_path, cache=False) as kb:
        found = justify(kb.consult(ARCHITECT, "2026-11-22"), "step_39=true")
    assert [one.rule for one in found] == ["left_39", "right_39"]

    def below(one):
        return [one, *(deeper for part in one.because for deeper in below(part))]

    for one in found:
        whole = [(part.rule, part.again) for part in below(one)]
        assert len(whole) == len(set(whole))
        assert {rule for rule, again in whole if not again} == {
            one.rule,
            *(f"{way}_{n}" for way in ways for n in range(39)),
        }
