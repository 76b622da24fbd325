"""`cohort` says of every row what `advise` says: over generated knowledge bases and persons, and the answer space."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackfit import KnowledgeBase
from trackfit.engine.knowledge.strata import stratify
from trackfit.engine.language.conditions import AnyOf, Leaf
from trackfit.engine.language.model import Conclude, GroundRule, Recommend
from trackfit.tests.support.answer_space import answer_space, sampled, with_the_rest
from trackfit.tests.support.cohorts import assert_as_advised, results_of, run_cohort
from trackfit.tests.support.person_strategies import (
    ASKED,
    GIVEN,
    answers,
    facts_of,
    knowledge_base,
    knowledge_bases,
)
from trackfit.tests.support.shipped import three_valued

relaxed = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def same(kb, persons, folder):
    """Persons as JSON lines through `cohort`, compared with what `advise` says of each."""
    rows = [
        {"id": str(number)}
        | {key: sorted(value) if isinstance(value, frozenset) else value for key, value in one.items()}
        for number, one in enumerate(persons, 1)
    ]
    path = folder / "persons.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run_cohort(kb, path, folder / "out", part_rows=len(rows) // 2 + 1)
    assert_as_advised(kb, rows, folder / "out")


@pytest.fixture
def folders(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("cohort")


@settings(relaxed, max_examples=4, derandomize=True)
@given(knowledge_bases(), st.data())
def test_generated_knowledge_bases(folders, base, data):
    persons = data.draw(st.lists(answers(base[0]), min_size=20, max_size=40))
    with knowledge_base(*base) as kb:
        same(kb, persons, folders())


@pytest.mark.slow
@settings(relaxed, max_examples=40)
@given(knowledge_bases(14), st.data())
def test_many_generated_knowledge_bases(folders, base, data):
    persons = data.draw(st.lists(answers(base[0]), min_size=100, max_size=200))
    with knowledge_base(*base) as kb:
        same(kb, persons, folders())


def test_rules_that_feed_each_other_are_entered_by_one_side_of_an_any(tmp_path):
    """The tone and the recommendation need each other, or a salary goal: of the goal, both must follow."""
    goal = Leaf(attribute="salary_goal", operator="at_least", operand=5)
    tone = Leaf(attribute="tone", operator="known", operand=True)
    sure = Leaf(attribute="sure", operator="known", operand=True)
    all_tracks = Leaf(attribute="recommended", operator="has_all", operand=("east", "north", "south"))
    either = AnyOf((AnyOf((goal, tone)), AnyOf((sure, all_tracks))))
    north = Recommend(track="north")
    rules = [
        GroundRule(key="recommends", rule="recommends", title="…", when=tone, then=north),
        GroundRule(
            key="tone", rule="tone", title="…", when=either, then=Conclude(attribute="tone", value="true")
        ),
    ]
    person = {"background": "away", "keen": True}
    with knowledge_base(facts_of(ASKED), stratify(rules, GIVEN)) as kb:
        same(kb, [person | {"salary_goal": 5}, person | {"salary_goal": 4}, person], tmp_path)
    tracks = [row["first_track"] for row in results_of(tmp_path / "out")[0].values()]
    assert tracks == ["north", None, None]


def test_a_sample_of_the_answer_space(tmp_path):
    with KnowledgeBase.load() as kb:
        same(kb, sampled(kb, 1_000), tmp_path)


@pytest.mark.slow
def test_the_answer_space(tmp_path):
    with three_valued() as kb:
        space = list(answer_space(kb))
        chosen = random.Random(3).sample(space, 20_000)  # noqa: S311 - the same cases in every run
        same(kb, with_the_rest(kb, chosen, 3), tmp_path)
