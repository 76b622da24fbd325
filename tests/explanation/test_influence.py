"""What single answers and skills do to the advice: tried or decided by logic, and never other than the solver says."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trackfit.engine.documents.parse import read_file
from trackfit.engine.explanation.influence import influence
from trackfit.engine.explanation.learning import first_to_learn
from trackfit.engine.explanation.trials import Trials
from trackfit.engine.inference.base import shipped
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.proofs.change import sensitivity
from trackfit.tests.support.person_strategies import answers, knowledge_base, knowledge_bases
from trackfit.tests.support.searches import seeded
from trackfit.tests.support.shipped import DAY

EXAMPLES = sorted((shipped() / "examples").glob("*.yaml"))


def example(kb, path):
    node, _ = read_file(path)
    case, _ = kb.reader.read(node)
    return kb.consult(case, DAY)


@seeded(60)
@given(knowledge_bases(), st.data())
def test_the_solver_says_the_same(base, data):
    kb = knowledge_base(*base)
    try:
        consultation = kb.consult(kb.reader.case(data.draw(answers(base[0]))), DAY)
    except ConflictingConclusions:
        assume(False)
    found, exact = influence(Trials(consultation)), sensitivity(consultation)
    assert {*found.hangs_on} <= {*exact.hangs_on}
    assert {*found.could_be_anything} <= {*exact.could_be_anything}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_but_skills_is_missed_for_an_example(kb, path):
    consultation = example(kb, path)
    found, exact = influence(Trials(consultation)), sensitivity(consultation)
    given_ = consultation.case.answers.keys() - consultation.case.defaulted - {"skills", "name"}
    assert {*found.hangs_on} - {"skills"} == {*exact.hangs_on} & given_
    assert {*found.could_be_anything} - {"skills"} <= {*exact.could_be_anything} & given_


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_a_skill_does_is_what_the_advice_says_with_it(kb, path):
    consultation = example(kb, path)
    track = consultation.ways[0].track
    before = {way.track: way for way in consultation.ways}
    learned = first_to_learn(consultation, track)
    assert [len(one.newly_held) for one in learned] == sorted(
        (len(one.newly_held) for one in learned), reverse=True
    )
    for one in learned:
        skills = consultation.case.answers["skills"] | {one.skill}
        with_it = kb.consult(kb.reader.case({**consultation.case.answers, "skills": skills}), DAY)
        after = {way.track: way for way in with_it.ways}
        assert len(after[track].missing) == one.left == len(before[track].missing) - len(one.newly_held)
        nearer = {name for name in after if len(after[name].missing) < len(before[name].missing)}
        assert nearer - {track} == {*one.nearer}
        assert {*one.within_reach} == {
            name for name in nearer - {track} if before[name].closeness == "far" != after[name].closeness
        }


def test_a_skill_that_brings_others_along_comes_first(kb):
    consultation = kb.consult({"background": "other", "skills": ["sql"]}, DAY)
    first, *_ = first_to_learn(consultation, "ml_engineering")
    brought = ("python", "pytorch", "machine_learning", "deep_learning")
    assert (first.skill, first.newly_held) == ("pytorch", brought)


def test_of_an_answer_that_decides_nothing_and_of_one_that_does(kb):
    consultation = kb.consult({"background": "other", "math_comfort": "low", "target_reason": "salary"}, DAY)
    found = influence(Trials(consultation))
    assert "target_reason" in found.could_be_anything
    assert {"background", "math_comfort"} <= {*found.hangs_on}


def test_without_skills_everything_is_to_be_learned(kb):
    consultation = kb.consult({"background": "data_engineer"}, DAY)
    (first, *_) = first_to_learn(consultation, "mlops")
    (recommended,) = [one for one in consultation.recommendations if one.track == "mlops"]
    assert first.left < len(recommended.gap)
