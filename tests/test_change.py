"""`trackfit change`: a change wherever there is one, never a larger one, each tried by the engine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st

from trackfit.cli import cli
from trackfit.engine import change as changing
from trackfit.engine.alike import telling_skills
from trackfit.engine.change import Goal, sensitivity, suggest
from trackfit.engine.conditions import ALWAYS, Leaf
from trackfit.engine.errors import ConflictingConclusions, EngineFailure
from trackfit.engine.knowledge import KnowledgeBase, shipped
from trackfit.engine.model import Change, Conclude, GroundRule
from trackfit.engine.solver import Solver
from trackfit.engine.solver_change import Smallest
from trackfit.tests.person_strategies import (
    ASKED,
    TRACKS,
    answers,
    everybody,
    facts_of,
    knowledge_base,
    knowledge_bases,
    possible_values,
)
from trackfit.tests.searches import searching, seeded

DAY = "2026-11-22"
FEW_QUESTIONS = (4, 5)


# Brute force over the answer space


def given_answers(case):
    return {name: value for name, value in case.answers.items() if name not in case.defaulted}


def newly_held(kb, name, before, after):
    """The elements that an answer adds; of skills with all they count as, those that something names."""
    had = before or frozenset()
    if name != "skills":
        return after - had
    return (kb.reader.index.counted(after) - kb.reader.index.counted(had)) & telling_skills(kb)


def price(kb, attribute, before, after):
    """What another answer to one question costs; None where it may not be given."""
    change = attribute.question.change or Change()
    if before == after:
        return 0
    if change.never or after is None:
        return None
    if attribute.type == "set":
        added = newly_held(kb, attribute.id, before, after)
        lost = (before or frozenset()) - after
        return None if lost else change.cost * len(added) + (change.open if before is None else 0)
    if before is None:
        return change.open
    if attribute.range is None:
        ids = [choice.id for choice in attribute.choices]
        goes_back = change.only_up and ids and ids.index(after) < ids.index(before)
        return None if goes_back else change.cost
    if change.only_up and after < before:
        return None
    return change.cost * -(-abs(after - before) // change.step)


def reachable(kb, case):
    """Every person that this one may become, with what it costs; the cheapest first."""
    old = given_answers(case)
    asked = list(kb.reader.attributes.values())
    prices = {
        one.id: {value: price(kb, one, old.get(one.id), value) for value in (None, *possible_values(one))}
        for one in asked
    }
    spaces = {
        name: [value for value, cost in by_value.items() if cost is not None]
        for name, by_value in prices.items()
    }
    found = [
        (sum(prices[name][person.get(name)] or 0 for name in prices), person) for person in everybody(spaces)
    ]
    return sorted(found, key=lambda one: one[0])


def as_far(kb, attribute, old, changed, person):
    """Whether a person's answer holds all of an earlier change of it."""
    if attribute.id not in person:
        return False
    before, new, value = old.get(attribute.id), changed[attribute.id], person[attribute.id]
    if attribute.type == "set":
        earlier, now = (newly_held(kb, attribute.id, before, one) for one in (new, value))
        return earlier <= now
    if attribute.range is not None and before is not None:
        return value >= new if new > before else value <= new
    return value != before


def contains(kb, old, changed, person):
    """Whether a person has made all of the earlier changes."""
    different = [name for name in changed if changed[name] != old.get(name)]
    return all(as_far(kb, kb.reader.attributes[name], old, changed, person) for name in different)


def agrees_with_brute_force(base, data):
    facts, rules = base
    kb = knowledge_base(facts, rules)
    case = kb.reader.case(data.draw(answers(facts)))
    goal = data.draw(
        st.sampled_from(
            [
                Goal(),
                *(Goal(track=track) for track in TRACKS),
                *(Goal(track=track, anywhere=True) for track in TRACKS),
                Goal(without="careful"),
                Goal(without="slow"),
            ]
        )
    )
    try:
        before = kb.consult(case, DAY)
    except ConflictingConclusions:
        assume(False)
    assume(not goal.reached(before, before))
    found = suggest(before, goal)
    earlier: list[dict[str, Any]] = []
    for one in (*found, None):
        cheapest = next(
            (
                cost
                for cost, person in reachable(kb, case)
                if not any(contains(kb, given_answers(case), other, person) for other in earlier)
                and reaches(kb, goal, before, person)
            ),
            None,
        )
        if one is None:
            assert len(found) == 3 or cheapest is None, "there is a change that was not found"
            return
        assert one.cost == cheapest
        assert goal.reached(before, one.after)
        new = given_answers(one.after.case)
        assert one.cost == sum(
            price(kb, row, given_answers(case).get(row.id), new.get(row.id)) or 0
            for row in kb.reader.attributes.values()
        )
        assert new["background"] == case.answers["background"]
        assert {step.attribute for step in one.steps} == {
            name for name in new if new[name] != given_answers(case).get(name)
        }
        earlier.append(new)


def reaches(kb, goal, before, person):
    try:
        return goal.reached(before, kb.consult(kb.reader.case(person), DAY))
    except ConflictingConclusions:
        return False


@seeded(30)
@given(knowledge_bases(left_out=FEW_QUESTIONS), st.data())
def test_the_smallest_change_is_that_of_brute_force(base, data):
    agrees_with_brute_force(base, data)


@pytest.mark.slow
@searching(300)
@given(knowledge_bases(left_out=FEW_QUESTIONS), st.data())
def test_the_smallest_change_of_many(base, data):
    agrees_with_brute_force(base, data)


# Sensitivity


def told(kb, person):
    """The tracks, the first of them, and the warnings; None where the rules contradict each other."""
    try:
        found = kb.consult(kb.reader.case(person), DAY)
    except ConflictingConclusions:
        return None
    tracks = [one.track for one in found.recommendations]
    return frozenset(tracks), tracks[:1], {one.id for one in found.warnings}


def sensitivity_agrees(base, data):
    facts, rules = base
    kb = knowledge_base(facts, rules)
    person = data.draw(answers(facts))
    usual = told(kb, person)
    assume(usual is not None)
    hangs_on = []
    for attribute in kb.reader.attributes.values():
        required = attribute.question is not None and attribute.question.required
        values = [*possible_values(attribute), *([] if required else [None])]
        others = [{**person, attribute.id: value} for value in values]
        results = [
            told(kb, {name: one for name, one in other.items() if one is not None}) for other in others
        ]
        if any(result != usual for result in results):
            hangs_on.append(attribute.id)
    found = sensitivity(kb.consult(kb.reader.case(person), DAY))
    assert (sorted(found.hangs_on), found.undecided) == (sorted(hangs_on), ())
    assert {*found.hangs_on, *found.could_be_anything} == set(kb.reader.attributes)


def concluding(key, tone, when):
    return GroundRule(key=key, rule=key, title="…", when=when, then=Conclude(attribute="tone", value=tone))


def test_advice_hangs_on_an_answer_for_which_the_rules_contradict_each_other():
    """It told that the answer could have been anything, and the engine refuses one of them."""
    rules = (
        concluding("calm", "calm", ALWAYS),
        concluding("keen", "true", Leaf(attribute="keen", operator="is", operand=True)),
    )
    kb = knowledge_base(facts_of(ASKED), rules)
    found = sensitivity(kb.consult({"background": "home", "keen": False}, DAY))
    assert (found.hangs_on, found.undecided) == (("keen",), ())
    with pytest.raises(ConflictingConclusions):
        kb.consult({"background": "home", "keen": True}, DAY)


@seeded(30)
@given(knowledge_bases(), st.data())
def test_the_answers_that_advice_hangs_on_are_those_of_brute_force(base, data):
    sensitivity_agrees(base, data)


@pytest.mark.slow
@searching(500)
@given(knowledge_bases(), st.data())
def test_the_answers_that_the_advice_of_many_hangs_on(base, data):
    sensitivity_agrees(base, data)


# Of the shipped rules


@pytest.fixture(scope="module")
def kb():
    with KnowledgeBase.load() as found:
        yield found


def added(suggestion):
    return [one for step in suggestion.steps for one in step.after if one not in (step.before or [])]


def test_well_known_skills_come_before_exotic_ones(kb):
    """It named CrewAI and Django REST framework, which count as two skills each."""
    before = kb.consult({"background": "architect", "years_experience": 25, "skills": ["system_design"]}, DAY)
    for track in kb.facts.tracks:
        goal = Goal(track=track, anywhere=True)
        for one in () if goal.reached(before, before) else suggest(before, goal):
            assert set(added(one)) <= set(kb.measures.track_skills[track])


def test_a_number_moves_no_farther_than_it_must(kb):
    case = {"background": "architect", "years_experience": 8, "skills": []}
    (first, *_) = suggest(kb.consult(case, DAY), Goal(without="seniority_below_route"))
    assert [(step.attribute, step.before, step.after) for step in first.steps] == [
        ("years_experience", 8, 20)
    ]
    del case["years_experience"]
    (first, *_) = suggest(kb.consult(case, DAY), Goal(track="agentic_ai"))
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


def run(*words):
    return CliRunner().invoke(cli, ["change", *map(str, words), "--as-of", DAY], prog_name="trackfit")


def test_the_command(tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text("background: architect\nyears_experience: 8\n", encoding="utf-8")
    found = run(path, "--to", "agentic_ai")
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.splitlines()[:5] == [
        "To have Applied Agentic AI come first, the smallest changes are:",
        "",
        "1. (cost 13)",
        "   skills: + AI system design, + guardrails, + LLM evaluation (and with them system design)",
        "   → recommended: Applied Agentic AI",
    ]


def test_nothing_leads_there(tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text("background: backend_fullstack\n", encoding="utf-8")
    found = run(path)
    assert found.exit_code == 0
    assert found.stdout == (
        "No other answers would let you have another track come first (proved; your background stays).\n"
        "You can ask for less: --to TRACK.\n"
    )


def test_what_comes_with_a_skill_is_told_and_so_is_a_new_warning():
    """A case with an unknown skill, which stays as it was typed."""
    found = run(shipped() / "examples" / "other.yaml", "--to", "ml_engineering")
    assert found.stdout.splitlines()[2:5] == [
        "1. (cost 9)",
        "   skills: + PyTorch (and with it deep learning and machine learning)",
        "   → recommended: ML Engineering, AI Engineering",
    ]
    found = run(shipped() / "examples" / "data_scientist.yaml", "--without", "goal_above_sourced_range")
    assert "   → a new warning: “The salary figures disagree”" in found.stdout.splitlines()


def test_json(tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text("background: architect\n", encoding="utf-8")
    found = json.loads(run(path, "--to", "agentic_ai", "--format", "json").stdout)
    assert found["goal"] == {"track": "agentic_ai", "first": True, "without": None}
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
