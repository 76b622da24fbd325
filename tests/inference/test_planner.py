"""The order to learn in: most wanted first, never before what it needs; milestones reached, and days split exactly."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit import to_markdown
from trackfit.engine.inference.planner import Planner
from trackfit.engine.inference.ways import Ways
from trackfit.engine.language.facts import Milestone, Skill, Track, TrackSkill
from trackfit.engine.language.model import Facts
from trackfit.engine.language.vocabulary import SkillIndex
from trackfit.engine.report.book import Book
from trackfit.tests.support.shipped import DAY


def small(needs, milestones=(), wanted=None):
    """The steps to one track that wants every skill, in the order given, for who holds some."""
    skills = {
        id_: Skill(id=id_, name=id_, kind="ml", needs=tuple(before)) for id_, before in sorted(needs.items())
    }
    track = Track(
        id="track",
        name="Track",
        role="one",
        feeder="other",
        daily_work=("You work.",),
        skills=tuple(TrackSkill(skill=id_) for id_ in (needs if wanted is None else wanted)),
        milestones=tuple(Milestone(skills=tuple(group), outcome=f"with {group}") for group in milestones),
    )
    tables: dict[str, Any] = {table: {} for table in Facts.__struct_fields__}
    facts = Facts(**{**tables, "skills": skills, "tracks": {"track": track}})
    index = SkillIndex(facts)
    planner, ways = Planner(facts, index), Ways(facts, index)

    def steps(*held):
        skills = index.counted(held)
        (way,) = ways.of({"skills": skills})
        return planner.steps(way, skills)

    return steps


def learned(steps):
    return [list(step.to_learn) for step in steps]


def test_most_wanted_comes_first_unless_something_else_is_needed_before():
    planner = small({"a": ["c"], "b": [], "c": []})
    assert learned(planner()) == [["c", "a", "b"]]
    assert learned(planner("c")) == [["a", "b"]]


def test_what_is_held_was_learned_with_all_that_it_needs():
    planner = small({"a": ["b"], "b": [], "c": ["b"]}, wanted=["a", "c"])
    assert learned(planner("a")) == [["c"]]
    assert learned(planner()) == [["b", "a", "c"]]


def test_what_is_needed_and_not_wanted_says_for_what():
    planner = small({"a": ["b"], "b": ["c"], "c": []}, wanted=["a"])
    (step,) = planner()
    assert step.groundwork == (("c", "a"), ("b", "a"))


def test_milestones_come_in_the_order_in_which_they_can_be_reached():
    planner = small({"a": ["d"], "b": [], "c": [], "d": []}, [["b"], ["a"], ["d"], ["c"]])
    assert learned(planner()) == [["d"], ["a"], ["b"], ["c"]]


def test_the_last_milestone_stays_last_and_stays_when_nothing_in_it_is_new():
    planner = small({"a": [], "b": ["a"], "c": []}, [["b"], ["c"], ["a"]])
    assert learned(planner()) == [["a", "b"], ["c"], []]
    assert learned(planner("a", "b", "c")) == [[]]


def test_milestones_that_need_each_other_give_up_no_prerequisite():
    planner = small({"a": ["d"], "b": [], "c": ["b"], "d": ["c"]}, [["a", "c"], ["b", "d"], []])
    (first, *others) = learned(planner())
    order = [*first, *(skill for step in others for skill in step)]
    assert sorted(order) == ["a", "b", "c", "d"]
    assert order.index("b") < order.index("c") < order.index("d") < order.index("a")


def test_without_milestones_there_is_one_step_or_none():
    assert learned(small({"a": []})()) == [["a"]]
    assert small({"a": []})("a") == ()


@given(draw=st.data())
def test_no_skill_is_learned_before_what_it_needs_nor_twice_nor_when_held(kb, draw):
    skills = sorted(kb.facts.skills)
    held = kb.reader.index.counted(draw.draw(st.lists(st.sampled_from(skills), max_size=20)))
    background = draw.draw(st.sampled_from(sorted(kb.facts.backgrounds)))
    for way in kb.ways.of({"background": background, "skills": held, "years_experience": 20}):
        steps = kb.planner.steps(way, held)
        order = [skill for step in steps for skill in step.to_learn]
        assert len(set(order)) == len(order)
        assert not set(order) & {*held, *way.usual}
        assert set(way.missing) <= set(order)
        for place, skill in enumerate(order):
            assert not set(kb.facts.skills[skill].needs) & set(order[place + 1 :]), skill


def test_every_skill_of_a_track_belongs_to_a_milestone(kb):
    for track in kb.facts.tracks.values():
        covered = {skill for one in track.milestones for skill in one.skills}
        assert {row.skill for row in track.skills} <= covered, track.id


def test_what_a_route_lists_is_on_its_tracks_list_or_an_example_there(kb):
    for route in kb.facts.routes.values():
        if route.standing == "recommended":
            for skill in route.gap:
                assert kb.reader.index.counted([skill]) & set(kb.ways.lists[route.track]), (route.id, skill)


def test_skills_are_listed_in_the_order_of_their_shares_of_postings(kb):
    for track in kb.facts.tracks.values():
        shares: dict[str | None, list[float]] = {}
        for row in track.skills:
            figures = [kb.facts.figures[id_] for id_ in row.demand]
            shares.setdefault(row.family, []).extend(
                figure.low for figure in figures if figure.unit == "percent_of_postings"
            )
        for found in shares.values():
            assert found == sorted(found, reverse=True), track.id


def test_a_split_of_ours_comes_to_the_months_of_the_route(kb):
    advice = kb.consult({"background": "data_engineer", "skills": ["sql", "python"]}, DAY)
    route = Book(advice).route("data_engineer_to_mlops")
    assert not route.split_by_source
    months = route.timeline
    for ends, of_source in (("weeks_quickest", months.low), ("weeks_slowest", months.high)):
        weeks = sum(getattr(step, ends) for step in route.steps)
        assert weeks == pytest.approx(of_source * 52 / 12, abs=len(route.steps))


def test_who_has_most_of_a_way_behind_gets_few_weeks(kb):
    """Nobody is given months for a single tool."""
    whole = kb.ways.lists["ai_infrastructure"]
    skills = [one for one in whole if one not in ("llm_deployment", "gpu_orchestration")]
    advice = kb.consult({"background": "devops_platform_sre", "skills": [*skills, "gpu_orchestration"]}, DAY)
    route = Book(advice).route("devops_to_ai_infrastructure")
    assert route.part_behind
    assert sum(step.weeks_slowest for step in route.steps) < route.timeline.high * 52 / 12 / 2


def test_a_split_by_the_source_keeps_its_months(kb):
    advice = kb.consult({"background": "backend_fullstack", "skills": ["openai"]}, DAY)
    route = Book(advice).route("backend_to_ai_engineering")
    assert [getattr(step.months, "text", None) for step in route.steps] == ["1–2", "3–4", "5–6"]
    assert route.steps[0].to_learn == ["prompt engineering"]


def test_the_first_step_of_the_report_is_that_of_the_plan(kb):
    advice = kb.consult({"background": "architect", "years_experience": 25, "skills": ["python"]}, DAY)
    first = advice.recommendations[0]
    in_plan = [skill for step in advice.steps(advice.ways[0]) for skill in step.to_learn]
    assert list(first.gap) == [skill for skill in in_plan if skill in advice.ways[0].missing]
    assert "**First, this week:** Begin with LLM APIs" in to_markdown(advice)


# Milestones that are done


@pytest.mark.parametrize(
    "answers",
    [
        {"background": "data_engineer", "skills": ["sql"]},
        {"background": "backend_fullstack", "skills": ["python"]},
        {"background": "architect", "years_experience": 25, "skills": ["python"]},
    ],
)
def test_a_plan_goes_on_from_what_is_done_and_credits_nothing(kb, answers):
    before = kb.consult(answers, DAY)
    steps = before.steps(before.ways[0])
    ticked = [step.milestone for step in steps[:2]]
    after = kb.consult({**answers, "done": ticked}, DAY)
    assert [(step.milestone, step.done) for step in after.steps(after.ways[0])] == [
        (step.milestone, number < 2) for number, step in enumerate(steps)
    ]
    assert after.ways == before.ways
    assert set(after.recommendations[0].gap) == set(before.recommendations[0].gap)
    begin = Book(before).skills(steps[2].to_learn)[0]
    assert f"**First, this week:** Begin with {begin}" in to_markdown(after)


def test_a_milestone_that_is_done_stays_in_the_plan_though_its_skills_are_held(kb):
    answers = {"background": "data_engineer", "skills": ["mlflow", "model_versioning"]}
    ticked = kb.consult({**answers, "done": ["numbered_models"]}, DAY)
    first, *others = ticked.steps(ticked.ways[0])
    assert (first.milestone, first.done, first.to_learn) == ("numbered_models", True, ())
    plain = kb.consult(answers, DAY)
    assert tuple(others) == plain.steps(plain.ways[0])


def test_a_plan_of_which_all_is_done_says_what_still_counts_as_missing(kb):
    for answers in (
        {"background": "data_engineer", "skills": ["sql"]},
        {"background": "backend_fullstack", "skills": ["python"]},
    ):
        every = [choice.id for choice in kb.facts.attributes["done"].choices]
        report = to_markdown(kb.consult({**answers, "done": every}, DAY))
        assert "are done; what you do not name among your skills still counts as missing" in report
        assert "**First, this week:** Name among your skills what you can use now, and ask again" in report
        assert "Nothing is missing" not in report


def test_every_milestone_can_be_ticked(kb):
    rows = [one for track in kb.facts.tracks.values() for one in track.milestones]
    rows += [one for route in kb.facts.routes.values() for one in route.stages]
    assert {row.id for row in rows} == {choice.id for choice in kb.facts.attributes["done"].choices}
