"""Which questions can still matter: one that is left out never changes the advice, whatever the others are answered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.inference.base import Compiled, KnowledgeBase
from trackfit.engine.inference.relevance import answers_behind, open_questions
from trackfit.engine.language.conditions import ALWAYS
from trackfit.engine.language.measures import ASIDE_ANSWERS, GAP_ANSWERS
from trackfit.engine.language.model import Advise, Binding, GroundRule, Program, Warn
from trackfit.engine.language.placeholders import render
from trackfit.engine.language.questions import asked
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.proofs.change import hinging
from trackfit.engine.report.book import Book
from trackfit.tests.support.person_strategies import (
    BANDS_SHOWN,
    DAYS,
    SET_SHOWN,
    answers,
    everybody,
    knowledge_base,
    knowledge_bases,
    possible_values,
)
from trackfit.tests.support.searches import searching, seeded

FEW_QUESTIONS = (7, 8)


def ids(attributes):
    return {attribute.id for attribute in attributes}


def told(kb, person, day):
    """All of the advice but its reasons; None where the rules contradict each other."""
    try:
        found = kb.consult(kb.reader.case(person), day)
    except ConflictingConclusions:
        return None
    fired = [firing.rule.key for firing in found.firings]
    return fired, found.recommendations, [one.id for one in found.warnings], texts(found)


def texts(found):
    """What warnings and remarks say."""
    book = Book(found)
    names = {**book.names, "track": book.track("north")}
    return [
        render(firing.rule.then.says, names, lambda value: str(shown(value)))
        for firing in found.firings
        if isinstance(firing.rule.then, Warn | Advise)
    ]


def shown(value):
    return [figure.id for figure in value] if isinstance(value, list) else value


def partial(data, kb):
    """A person in the middle of an interview: the answers so far, what was skipped, and how it may end."""
    whole = data.draw(answers(kb.facts))
    names = sorted(kb.reader.attributes)
    state = {name: data.draw(st.sampled_from(["given", "skipped", "open", "open"])) for name in names}
    known = {name: value for name, value in whole.items() if state[name] == "given"}
    required = {one.id for one in kb.reader.attributes.values() if one.question and one.question.required}
    skipped = [name for name in names if state[name] == "skipped" and name not in required]
    spaces = {}
    for name in names:
        if name in known:
            spaces[name] = [known[name]]
        else:
            attribute = kb.reader.attributes[name]
            left_open = [] if name in required else [None]
            spaces[name] = left_open if name in skipped else [*left_open, *possible_values(attribute)]
    return known, skipped, spaces


def nothing_left_out_matters(base, data):
    kb = knowledge_base(*base)
    known, skipped, spaces = partial(data, kb)
    day = data.draw(st.sampled_from(DAYS))
    still = sorted(ids(open_questions(kb, known, skipped)))
    assert not set(still) & {*known, *skipped}
    found: dict[tuple[Any, ...], Any] = {}
    for person in everybody(spaces):
        key = tuple(person.get(name) for name in still)
        advice = told(kb, person, day)
        assert found.setdefault(key, advice) == advice, f"{person} for {still} of {list(spaces)}"


def exactly_what_matters(base, data):
    kb = knowledge_base(*base)
    known, skipped, spaces = partial(data, kb)
    advice = {}
    for day in DAYS:
        for person in everybody(spaces):
            advice[day, tuple(person.get(name) for name in spaces)] = told(kb, person, day)
    matters = set()
    for place, name in enumerate(spaces):
        groups: dict[tuple[Any, ...], Any] = {}
        for (day, values), one in advice.items():
            rest = (day, *values[:place], *values[place + 1 :])
            if groups.setdefault(rest, one) != one:
                matters.add(name)
    found = ids(hinging(kb, known, skipped))
    assert matters <= found <= ids(open_questions(kb, known, skipped))
    says = {one.then.says for one in kb.program.rules if isinstance(one.then, Warn | Advise)}
    assert found == matters or says & {SET_SHOWN, BANDS_SHOWN}


@seeded(100)
@given(knowledge_bases(left_out=FEW_QUESTIONS), st.data())
def test_a_question_left_out_never_changes_the_advice(base, data):
    nothing_left_out_matters(base, data)


@pytest.mark.slow
@searching(300)
@given(knowledge_bases(12, left_out=FEW_QUESTIONS), st.data())
def test_questions_left_out_never_change_the_advice_of_many(base, data):
    nothing_left_out_matters(base, data)


@seeded(40)
@given(knowledge_bases(left_out=(8, 9)), st.data())
def test_the_solver_tells_exactly(base, data):
    exactly_what_matters(base, data)


@pytest.mark.slow
@searching(250)
@given(knowledge_bases(12, left_out=(8, 9)), st.data())
def test_the_solver_tells_exactly_of_many(base, data):
    exactly_what_matters(base, data)


# The shipped rules


def test_at_the_start_every_question_may_matter(kb):
    assert ids(open_questions(kb, {})) == ids(asked(kb.reader.attributes.values())) - {
        "done",
        "hours_per_week",
        "name",
    }


def saying(kb, text):
    """Its facts, with one rule that always warns in these words."""
    warn = Warn(warning="stale_figures", severity="low", says=text)
    track = Binding(variable="track", table="tracks", row="mlops")
    rule = GroundRule(key="r", rule="r", title="r", when=ALWAYS, then=warn, bindings=(track,))
    program = Program(rules=(rule,), attributes=kb.program.attributes)
    return KnowledgeBase(kb.folder, Compiled(kb.facts, program, ""), "three-valued")


def test_an_answer_that_a_text_shows_is_not_left_out(kb):
    """The warning stands with or without the goal; what it says does not."""
    for text, names in (
        ("Your goal is {{ case.salary_goal }}.", {"salary_goal"}),
        ("It pays {{ track.bands }}.", {"salary_goal", "salary_basis", "years_experience", "country"}),
        ("Hello, {{ case.name }}.", {"name"}),
    ):
        small = saying(kb, text)
        assert ids(open_questions(small, {})) == ids(hinging(small, {"background": "other"})) == names


def test_a_default_that_a_text_shows_waits_for_the_answer_it_goes_with(kb):
    """The kind of pay was left open, and the goal was no longer asked, which makes it base salary."""
    small = saying(kb, "It is {{ case.salary_basis }}.")
    known = {"background": "other"}
    assert ids(open_questions(small, known, ["salary_basis"])) == {"salary_goal"}
    assert ids(hinging(small, known, ["salary_basis"])) == {"salary_goal"}
    assert not open_questions(small, {**known, "salary_basis": "total"})


def test_a_question_for_another_background_is_left_out(kb):
    found = ids(open_questions(kb, {"background": "data_engineer", "target_track": "mlops"}))
    assert "undervalues_pipeline_skills" in found
    assert not found & {"expects_same_work", "considers_generic_cloud", "waits_to_learn_enough", "portfolio"}


def test_what_was_skipped_stays_open_and_is_not_asked(kb):
    found = ids(open_questions(kb, {"background": "data_engineer"}, ["salary_goal", "target_track"]))
    assert not found & {"salary_goal", "target_track", "salary_basis", "target_reason"}


def test_nothing_is_left_to_ask_at_the_end(kb):
    person = {"background": "other"}
    assert not open_questions(kb, person, set(kb.reader.attributes) - set(person))


@pytest.mark.parametrize("background", ["architect", "data_engineer", "other"])
def test_the_exact_questions_are_among_the_others(kb, background):
    known = {"background": background, "target_track": "undecided"}
    found, exact = open_questions(kb, known), hinging(kb, known)
    assert ids(exact) <= ids(found)
    assert [one for one in found if one in exact] == exact


def test_what_rules_depend_on_through_others(kb):
    rules = [rule for rule in kb.program.rules if rule.rule == "salary_routing"]
    assert answers_behind(kb, rules) == {"background", "target_reason", "target_track", "years_experience"}
    rules = [rule for rule in kb.program.rules if rule.rule == "goal_below_sourced_range"]
    pay = {"salary_goal", "salary_basis", "salary_currency", "country", "years_experience"}
    assert answers_behind(kb, rules) == pay | {*GAP_ANSWERS, *ASIDE_ANSWERS}
