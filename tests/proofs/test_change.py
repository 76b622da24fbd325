"""`trackfit change`: a change wherever there is one, never a larger one, each tried by the engine."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trackfit.engine.language.conditions import ALWAYS, Leaf
from trackfit.engine.language.model import Change, Conclude, GroundRule
from trackfit.engine.language.questions import asked
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.proofs.alike import telling_skills
from trackfit.engine.proofs.change import Goal, sensitivity, suggest
from trackfit.tests.support.person_strategies import (
    ASKED,
    TRACKS,
    answers,
    everybody,
    facts_of,
    knowledge_base,
    knowledge_bases,
    possible_values,
)
from trackfit.tests.support.searches import searching, seeded
from trackfit.tests.support.shipped import DAY

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
    change = attribute.question.change or Change() if attribute.question else Change(never=True)
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
    for attribute in asked(kb.reader.attributes.values()):
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
    assert {*found.hangs_on, *found.could_be_anything} == {
        row.id for row in asked(kb.reader.attributes.values())
    }


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
