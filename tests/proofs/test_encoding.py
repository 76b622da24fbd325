"""What the solver says of a person, the engines say, too: every firing, every conclusion, the first track."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.knowledge.strata import stratify
from trackfit.engine.language.conditions import ALWAYS, AllOf, Leaf
from trackfit.engine.language.model import Conclude, GroundRule, Recommend
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.proofs.encoding import Solver, World, negation
from trackfit.tests.support.person_strategies import (
    ASKED,
    DAYS,
    GIVEN,
    ROUTES,
    TRACKS,
    answers,
    everybody,
    facts_of,
    knowledge_base,
    knowledge_bases,
    possible_values,
)
from trackfit.tests.support.searches import searching, seeded


def both_engines(facts, rules):
    return [knowledge_base(facts, rules, engine) for engine in ("durable-rules", "three-valued")]


def hold_together(kbs, world, model):
    """For the model's person on the model's day, the solver and each engine say the same."""
    case, day = world.case(model), world.dates.day_in(model)
    fires = {key for key in kbs[0].rules if world.holds_in(model, world.fires(key))}
    concluded = {atom for atom, term in world.atoms.items() if world.holds_in(model, term)}
    first = [track for track in TRACKS if world.holds_in(model, world.first(track))]
    for kb in kbs:
        if not world.holds_in(model, world.consistent):
            with pytest.raises(ConflictingConclusions):
                kb.consult(case, day)
            continue
        found = kb.consult(case, day)
        assert {firing.rule.key for firing in found.firings} == fires
        assert {(name, one) for name, values in found.memory.concluded.items() for one in values} == concluded
        assert [one.track for one in found.recommendations[:1]] == first
        assert {name: value for name, value in found.memory.known.items() if name not in case.answers} == {
            name: value for name, value in measured(world, model, kb).items() if name not in case.answers
        }
    return case


def measured(world, model, kb):
    """The measures as the model has them, as plain values."""
    found = {}
    for name, row in kb.program.attributes.items():
        attribute = kb.facts.attributes[row.attribute]
        if attribute.origin != "measured" or not world.holds_in(model, world.known[name]):
            continue
        value = world.value[name]
        if attribute.type == "set":
            found[name] = frozenset(one for one, term in value.items() if world.holds_in(model, term))
        else:
            number = model.eval(value, model_completion=True).as_long()
            found[name] = attribute.choices[number].id if attribute.type == "choice" else number
    return found


def agree_on_a_model(base, data):
    """A person that the solver finds, on a day that it chooses."""
    facts, rules = base
    kbs = both_engines(facts, rules)
    world = World(kbs[0])
    solver = Solver()
    solver.assume(world.rules)
    wanted = data.draw(st.lists(st.tuples(st.sampled_from(rules), st.booleans()), max_size=3))
    track = data.draw(st.sampled_from([None, *TRACKS]))
    asked = [world.fires(rule.key) if yes else negation(world.fires(rule.key)) for rule, yes in wanted]
    asked += [world.first(track)] if track else []
    verdict, model = solver.ask(*asked)
    if verdict == "sat":
        hold_together(kbs, world, model)
    for kb in kbs:
        kb.close()
    assert verdict != "undecided"


def agree_on_a_case(base, data):
    """A person and a day that are given."""
    facts, rules = base
    kbs = both_engines(facts, rules)
    day = data.draw(st.sampled_from(DAYS))
    case = kbs[0].reader.case(data.draw(answers(facts)))
    world = World(kbs[0], day)
    solver = Solver()
    solver.assume(world.rules)
    verdict, model = solver.ask(*(world.gives(name, case) for name in world.given))
    assert verdict == "sat", "the person is possible"
    found = hold_together(kbs, world, model)
    telling = {name: set(world.elements[name]) for name in world.elements}
    assert {name: value for name, value in found.answers.items() if name not in telling} == {
        name: value for name, value in case.answers.items() if name not in telling
    }
    assert world.dates.day_in(model) == day
    for kb in kbs:
        kb.close()


@seeded(60)
@given(knowledge_bases(), st.data())
def test_a_person_the_solver_finds_is_advised_as_it_says(base, data):
    agree_on_a_model(base, data)


@seeded(60)
@given(knowledge_bases(), st.data())
def test_a_person_that_is_given_is_advised_as_it_says(base, data):
    agree_on_a_case(base, data)


@pytest.mark.slow
@searching(400)
@given(knowledge_bases(12), st.data())
def test_many_persons_the_solver_finds(base, data):
    agree_on_a_model(base, data)


@pytest.mark.slow
@searching(400)
@given(knowledge_bases(12), st.data())
def test_many_persons_that_are_given(base, data):
    agree_on_a_case(base, data)


# Everybody, for what single examples seldom meet.


def rule(key, when, then):
    return GroundRule(key=key, rule=key, title=key, when=when, then=then)


def leaf(attribute, operator, operand):
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def asked(*names):
    return facts_of([one for one in ASKED if one.id in ("background", *names)])


def everybody_agrees(facts, rules, spaces):
    kb = knowledge_base(facts, stratify(rules, GIVEN))
    world = World(kb, DAYS[0])
    solver = Solver()
    solver.assume(world.rules)
    for known in everybody(spaces):
        case = kb.reader.case(known)
        verdict, model = solver.ask(*(world.gives(name, case) for name in world.given))
        assert verdict == "sat"
        hold_together([kb], world, model)


def space_of(*names):
    return {one.id: [None, *possible_values(one)] for one in ASKED if one.id in names}


@pytest.mark.parametrize("by_route", [ROUTES, ROUTES[:2], ()], ids=["all routes", "some routes", "overlap"])
def test_the_first_track_of_everybody(by_route):
    rules = [rule(f"overlap {track}", ALWAYS, Recommend(track=track)) for track in TRACKS]
    rules += [
        rule(
            route.id,
            leaf("background", "is", route.background),
            Recommend(track=route.track),
        )
        for route in by_route
    ]
    spaces = {**space_of("skills"), "background": ["home", "away"]}
    everybody_agrees(asked("skills"), rules, spaces)


def test_the_goal_of_everybody():
    spaces = {**space_of("years_experience", "salary_goal", "salary_basis"), "background": ["home"]}
    everybody_agrees(asked("years_experience", "salary_goal", "salary_basis"), [], spaces)


def test_rules_that_rest_on_each_other_need_something_to_rest_on():
    rules = [
        rule("a", leaf("found", "has", "north"), Conclude(attribute="found", value="east")),
        rule("b", leaf("found", "has", "east"), Conclude(attribute="found", value="south")),
        rule("c", leaf("found", "has", "south"), Conclude(attribute="found", value="north")),
        rule("into the circle", leaf("keen", "is", True), Conclude(attribute="found", value="south")),
        rule("without it", leaf("found", "lacks", "east"), Conclude(attribute="sure", value=True)),
    ]
    everybody_agrees(asked("keen"), rules, {"background": ["home"], "keen": [None, False, True]})
    world = World(knowledge_base(asked("keen"), stratify(rules, GIVEN)))
    solver = Solver()
    solver.assume([*world.rules, negation(world.answered("keen", value=True))])
    assert [solver.ask(world.concluded("found", one))[0] for one in TRACKS] == ["unsat"] * 3
    assert solver.ask(negation(world.concluded("sure", value=True)))[0] == "unsat", (
        "nor does a later stratum see it"
    )


def test_elements_that_only_a_question_of_ours_names():
    """A statement about a skill that no rule names was proved for lack of a term."""
    kb = knowledge_base(asked("skills", "tools"), [])
    condition = AllOf((leaf("tools", "has", "nut"), leaf("skills", "has", "fox")))
    found = []
    for conditions in ((), (condition,)):
        world = World(kb, conditions=conditions)
        solver = Solver()
        solver.assume(world.rules)
        verdict, model = solver.ask(world.match(condition))
        found.append((verdict, model and world.case(model).answers["tools"]))
    assert found == [("unsat", None), ("sat", frozenset({"nut"}))]


def test_a_default_that_follows_from_a_default():
    """Filled in only where the other was filled in before it, as a case is read."""
    facts = asked("salary_goal", "salary_basis", "mood")
    mood = msgspec.structs.replace(facts.attributes["mood"], default="calm", default_with="salary_basis")
    for name, expected in (("mood", False), ("a_mood", False), ("z_mood", True)):
        attributes = {**facts.attributes, name: msgspec.structs.replace(mood, id=name)}
        kb = knowledge_base(msgspec.structs.replace(facts, attributes=dict(sorted(attributes.items()))), [])
        case = kb.reader.case({"background": "home", "salary_goal": 1})
        world = World(kb)
        solver = Solver()
        solver.assume(world.rules)
        _, model = solver.ask(*(world.gives(one, case) for one in world.given))
        assert (name in case.answers, world.holds_in(model, world.known[name])) == (expected, expected)
