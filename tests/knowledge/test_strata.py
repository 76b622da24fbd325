"""Strata: the order in which rules settle, the cycles that have none, and that no other order shows."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackfit.engine.inference.three_valued import ThreeValuedEngine
from trackfit.engine.knowledge.compile import compile_knowledge
from trackfit.engine.knowledge.strata import NegationCycle, stratify
from trackfit.engine.language.conditions import AllOf, AnyOf, Leaf, leaves
from trackfit.engine.language.model import Advise, Conclude, GroundRule, conclusion_of
from trackfit.tests.support.folder_strategies import Folder
from trackfit.tests.support.knowledge_strategies import CONCLUDED, consequences, leaves_of
from trackfit.tests.support.readers import run

NAMES = frozenset("abcdef")


def leaf(attribute, operator="known", operand: Any = True):
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def concludes(attribute, *parts, key=None):
    key = key or f"gives {attribute}"
    return GroundRule(
        key=key, rule=key, title=key, when=AllOf(parts), then=Conclude(attribute=attribute, value="v")
    )


def remark(key, *parts):
    return GroundRule(key=key, rule=key, title=key, when=AllOf(parts), then=Advise(section="plan", says="…"))


def lacks(attribute):
    return leaf(attribute, "lacks", "v")


def strata(*rules):
    return {rule.key: rule.stratum for rule in stratify(rules, NAMES)}


def test_rules_without_absences_are_one_stratum():
    found = strata(concludes("a"), concludes("b", leaf("a")), concludes("a", leaf("b"), key="back"))
    assert set(found.values()) == {0}


def test_an_absence_is_tested_after_all_that_could_fill_it():
    found = strata(
        concludes("a"),
        concludes("b", lacks("a")),
        concludes("c", leaf("b")),
        concludes("d", lacks("c")),
        concludes("a", leaf("x"), key="late"),
    )
    assert found == {"gives a": 0, "late": 0, "gives b": 1, "gives c": 1, "gives d": 2}


def test_all_rules_for_one_attribute_settle_together():
    found = strata(concludes("b"), concludes("b", lacks("a"), key="again"), concludes("a"))
    assert found == {"gives a": 0, "gives b": 1, "again": 1}


def test_remarks_depend_on_things_and_nothing_on_them():
    found = strata(remark("one", lacks("a")), remark("two", leaf("a")), concludes("a"))
    assert found == {"gives a": 0, "two": 0, "one": 1}


def test_answers_have_no_stratum():
    assert strata(concludes("a", leaf("asked", "known", False))) == {"gives a": 0}


def test_a_long_chain_of_absences():
    names = [f"n{number:02}" for number in range(50)]
    rules = [
        concludes(name, *(lacks(before) for before in names[:number])) for number, name in enumerate(names)
    ]
    found = stratify(rules, frozenset(names))
    assert [rule.stratum for rule in found] == list(range(50))


@pytest.mark.parametrize("absence", [lacks("a"), leaf("a", "known", False), leaf("a", "has_none", ("v",))])
def test_every_way_to_ask_for_an_absence_counts(absence):
    assert strata(concludes("a"), remark("one", absence))["one"] == 1


def test_a_rule_that_denies_itself_is_a_cycle():
    with pytest.raises(NegationCycle) as caught:
        strata(concludes("a", lacks("a")))
    assert caught.value.path == ("a", "a")
    assert set(caught.value.rules) == {"gives a"}


def test_the_path_of_a_cycle_goes_round():
    rules = [
        concludes("a", leaf("b")),
        concludes("b", AnyOf((leaf("c"), leaf("x")))),
        concludes("c", lacks("a")),
        concludes("d", leaf("a")),
    ]
    for shuffled in (rules, rules[::-1]):
        with pytest.raises(NegationCycle) as caught:
            strata(*shuffled)
        assert caught.value.path == ("c", "a", "b", "c")
        assert set(caught.value.rules) == {"gives a", "gives b", "gives c"}


def test_a_cycle_is_a_problem_with_its_path(tmp_path):
    def rule(name, when, conclude):
        then = {"conclude": conclude}
        return {"id": name, "title": name, "reviewed": "2026-11-22", "when": when, "then": then}

    Folder(
        [
            rule("one", {"not": {"sure": True}}, {"mood": "none"}),
            rule("two", {"mood": "none"}, {"sure": True}),
        ]
    ).write(tmp_path)
    _, program, problems = compile_knowledge(tmp_path)
    assert [problem.id for problem in problems] == ["negation-cycle"]
    assert "mood → sure → mood" in problems[0].text
    assert program.rules == ()


# Any rules at all.


@st.composite
def any_rules(draw):
    names = sorted(draw(st.sets(st.sampled_from(sorted(CONCLUDED)), min_size=1, max_size=4)))
    usable = st.one_of([leaves_of(name) for name in (*names, "keen")])
    rules = []
    for number in range(draw(st.integers(1, 7))):
        when = AllOf(tuple(draw(st.lists(usable, max_size=2))))
        then = draw(consequences(tuple(names)))
        rules.append(GroundRule(key=f"r{number}", rule=f"r{number}", title="", when=when, then=then))
    return rules


def needs(rule, names=CONCLUDED):
    return [(one.attribute, one.is_negative) for one in leaves(rule.when) if one.attribute in names]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(any_rules(), st.randoms(use_true_random=False))
def test_strata_are_sound_or_there_is_a_cycle(rules, chance):
    try:
        placed = stratify(rules, CONCLUDED)
    except NegationCycle as cycle:
        _check_cycle(rules, cycle)
        return
    level = {(conclusion_of(rule.then) or (rule.key,))[0]: rule.stratum for rule in placed}
    for rule in placed:
        own = level[(conclusion_of(rule.then) or (rule.key,))[0]]
        assert rule.stratum == own
        assert all(own >= level.get(name, 0) + negative for name, negative in needs(rule))
    shuffled = list(rules)
    chance.shuffle(shuffled)
    assert stratify(shuffled, CONCLUDED) == placed


def _check_cycle(rules, cycle):
    """Each step of the path is a need of the one before, and one of them an absence."""
    assert cycle.path[0] == cycle.path[-1]
    negatives = []
    for name, need in zip(cycle.path, cycle.path[1:], strict=False):
        givers = [rule for rule in rules if (conclusion_of(rule.then) or ("",))[0] == name]
        kinds = [negative for rule in givers for attribute, negative in needs(rule) if attribute == need]
        assert kinds
        negatives += kinds
    assert any(negatives)


def test_the_order_of_rules_shows_nowhere():
    rules = [
        concludes("a", leaf("d")),
        concludes("b", leaf("a")),
        concludes("c", lacks("b")),
        concludes("d"),
        remark("one", lacks("c"), leaf("b")),
    ]
    first = stratify(rules, NAMES)
    for seed in range(20):
        random.Random(seed).shuffle(rules)  # noqa: S311 - the same orders in every run
        assert stratify(rules, NAMES) == first
    outcome = run(ThreeValuedEngine(first), {}, NAMES)
    assert run(ThreeValuedEngine(rules_in(first, reverse=True)), {}, NAMES) == outcome
    assert outcome.fired == {"gives d", "gives a", "gives b", "one"}


def rules_in(rules, *, reverse):
    return sorted(rules, key=lambda rule: rule.key, reverse=reverse)
