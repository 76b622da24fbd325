"""What docs/semantics.md says and no other test holds; and that every test that it and the limits name is there."""

from __future__ import annotations

import re

import pytest

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import consult
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.tests.support.folder_strategies import Folder
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY

NAMED = re.compile(r"`((?:\w+/)?test_\w+\.py)::(test_\w+)`")
ENGINES = pytest.mark.parametrize("engine", ["durable-rules", "three-valued"])


def rule(name, when, then, **more):
    return {"id": name, "title": name, "reviewed": DAY, "when": when, "then": then, **more}


def consulted(tmp_path, engine, rules, **answers):
    Folder(rules).write(tmp_path)
    with KnowledgeBase.load(tmp_path, engine=engine, cache=False) as kb:
        return consult(kb, kb.reader.case(answers), DAY)


def keys(consultation):
    return [firing.rule.key for firing in consultation.firings]


@ENGINES
def test_a_set_collects_what_every_rule_gives(tmp_path, engine):
    rules = [
        rule("one", {"keen": True}, {"conclude": {"found": "east"}}),
        rule("two", {"keen": True}, {"conclude": {"found": "north"}}),
    ]
    assert consulted(tmp_path, engine, rules, keen=True).memory.concluded["found"] == {"east", "north"}


@ENGINES
def test_two_values_for_a_single_valued_attribute_are_a_conflict(tmp_path, engine):
    rules = [
        rule("one", {"keen": True}, {"conclude": {"mood": "liquid"}}),
        rule("two", {"years_experience": {"at_least": 5}}, {"conclude": {"mood": "none"}}),
    ]
    assert consulted(tmp_path, engine, rules, keen=True).memory.concluded["mood"] == {"liquid"}
    with pytest.raises(ConflictingConclusions, match="one, two"):
        consulted(tmp_path, engine, rules, keen=True, years_experience=5)


@ENGINES
def test_yes_and_no_are_two_values(tmp_path, engine):
    rules = [
        rule("yes", {"keen": True}, {"conclude": {"sure": True}}),
        rule("no", {"years_experience": {"at_least": 5}}, {"conclude": {"sure": False}}),
    ]
    assert consulted(tmp_path, engine, rules, years_experience=5).memory.concluded["sure"] == {False}
    with pytest.raises(ConflictingConclusions):
        consulted(tmp_path, engine, rules, keen=True, years_experience=5)


@ENGINES
def test_two_rules_may_give_the_same_value_and_both_are_kept(tmp_path, engine):
    rules = [
        rule("one", {"keen": True}, {"conclude": {"mood": "liquid"}}),
        rule("two", {"years_experience": {"at_least": 5}}, {"conclude": {"mood": "liquid"}}),
    ]
    found = consulted(tmp_path, engine, rules, keen=True, years_experience=5)
    assert found.memory.concluded["mood"] == {"liquid"}
    assert keys(found) == ["one", "two"]


@ENGINES
def test_salience_orders_and_changes_nothing_else(tmp_path, engine):
    def rules(first, second):
        return [
            rule("a", {"keen": True}, {"conclude": {"found": "east"}}, salience=first),
            rule("b", {"found": {"has": "east"}}, {"conclude": {"more": "go"}}, salience=second),
        ]

    plain = consulted(tmp_path / "plain", engine, rules(0, 0), keen=True)
    turned = consulted(tmp_path / "turned", engine, rules(-5, 5), keen=True)
    assert (keys(plain), keys(turned)) == (["a", "b"], ["b", "a"])
    assert plain.memory.concluded == turned.memory.concluded


@ENGINES
def test_a_measure_is_known_where_its_answers_are(tmp_path, engine):
    rules = [
        rule("half", {"skills_held of north": {"at_least": 1}}, {"advise": "plan", "says": "…"}),
        rule("less", {"not": {"skills_held of north": {"at_least": 1}}}, {"advise": "plan", "says": "…"}),
    ]
    assert keys(consulted(tmp_path, engine, rules, skills=frozenset({"altarage"}))) == ["half"]
    assert keys(consulted(tmp_path, engine, rules, skills=frozenset())) == ["less"]
    assert keys(consulted(tmp_path, engine, rules)) == []


def test_a_skill_stands_there_with_all_it_counts_as():
    with KnowledgeBase.load(engine="three-valued", cache=False) as kb:
        skill = next(one for one in kb.facts.skills.values() if one.counts_as)
        memory = consult(kb, kb.reader.case({"skills": frozenset({skill.id})}), DAY).memory
    held = memory.known["skills"]
    assert isinstance(held, frozenset)
    assert held >= {skill.id, *skill.counts_as}


@pytest.mark.parametrize("page", ["semantics.md", "engine-limits.md"])
def test_every_test_that_a_page_names_is_there(page):
    named = NAMED.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert len(named) >= 10
    for file, name in named:
        assert f"\ndef {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), f"{file}::{name}"
