"""Operators and the condition tree: what each means for known and unknown values, and what `not` does to it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings

from trackfit.engine.inference.three_valued import WorkingMemory, supporting_leaves, truth
from trackfit.engine.knowledge.compile import compile_knowledge
from trackfit.engine.language.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Leaf,
    clauses,
    count_clauses,
    leaves,
    negate,
    simplify,
)
from trackfit.engine.language.operators import OPERATORS
from trackfit.tests.support.folder_strategies import Folder
from trackfit.tests.support.knowledge_strategies import CONCLUDED, answers, any_condition

HUNDRED = settings(max_examples=150, derandomize=True, deadline=None)
SET = frozenset({"sql", "spark"})

# Operator, operand, values that satisfy it, values that do not.
MEANING = [
    ("is", "a", ["a"], ["b"]),
    ("is", True, [True], [False]),
    ("is_not", "a", ["b"], ["a"]),
    ("one_of", ("a", "b"), ["a", "b"], ["c"]),
    ("none_of", ("a", "b"), ["c"], ["a", "b"]),
    ("at_least", 20, [20, 21], [19, -20]),
    ("less_than", 20, [19, -20], [20, 21]),
    ("at_most", 20, [20, 19], [21]),
    ("more_than", 20, [21], [20, 19]),
    ("between", (3, 5), [3, 4, 5], [2, 6]),
    ("between", (3, 3), [3], [2, 4]),
    ("not_between", (3, 5), [2, 6], [3, 4, 5]),
    ("has", "sql", [SET], [frozenset(), frozenset({"spark"})]),
    ("lacks", "sql", [frozenset(), frozenset({"spark"})], [SET]),
    ("has_any", ("sql", "git"), [SET], [frozenset(), frozenset({"spark"})]),
    ("has_none", ("sql", "git"), [frozenset(), frozenset({"spark"})], [SET]),
    ("has_all", ("spark", "sql"), [SET], [frozenset(), frozenset({"sql"})]),
    ("lacks_any", ("spark", "sql"), [frozenset(), frozenset({"sql"})], [SET]),
    ("known", True, ["a", 0, False, frozenset()], []),
    ("known", False, [], ["a", 0, False, frozenset()]),
]


def leaf(attribute, operator, operand):
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def memory_of(known, concluded=None):
    memory = WorkingMemory(known, concluded or {})
    for name, values in (concluded or {}).items():
        memory.concluded[name] |= set(values)
    return memory


def opposite(value):
    return None if value is None else not value


# Operators.


def test_every_operator_has_its_meaning_written_down():
    assert {name for name, *_ in MEANING} == set(OPERATORS)


@pytest.mark.parametrize(("operator", "operand", "holding", "failing"), MEANING)
def test_the_meaning_of_an_operator(operator, operand, holding, failing):
    one = leaf("x", operator, operand)
    for values, expected in ((holding, True), (failing, False)):
        for value in values:
            assert truth(one, memory_of({"x": value})) is expected
            assert truth(negate(one), memory_of({"x": value})) is not expected


@pytest.mark.parametrize(("operator", "operand"), [row[:2] for row in MEANING if row[0] != "known"])
def test_an_unknown_answer_satisfies_neither_an_operator_nor_its_opposite(operator, operand):
    one = leaf("x", operator, operand)
    assert truth(one, memory_of({})) is None
    assert truth(negate(one), memory_of({})) is None


def test_known_is_the_one_operator_that_sees_an_unknown_answer():
    assert truth(leaf("x", "known", True), memory_of({})) is False
    assert truth(leaf("x", "known", False), memory_of({})) is True


@pytest.mark.parametrize("row", list(OPERATORS.values()), ids=lambda row: row.name)
def test_complements_come_in_pairs_of_which_one_is_negative(row):
    other = OPERATORS[row.complement]
    assert OPERATORS[other.complement] is row
    assert (other.types, other.takes) == (row.types, row.takes)
    if row.name != "known":
        assert (row.negates is None) is (other.negates == row.name)
        assert leaf("x", row.name, "a").is_negative is (row.negates is not None)


def test_a_single_value_may_have_been_concluded_twice():
    """The check refuses it; until then a positive operator holds for either, and its opposite for neither."""
    memory = memory_of({}, {"mood": {"a", "b"}})
    assert truth(leaf("mood", "is", "a"), memory) is truth(leaf("mood", "is", "b"), memory) is True
    assert truth(leaf("mood", "is_not", "a"), memory) is False
    assert truth(leaf("mood", "none_of", ("c", "d")), memory) is True


def test_a_conclusion_is_never_unknown():
    memory = memory_of({}, {"mood": set()})
    for operator, operand in (("is", "a"), ("one_of", ("a",)), ("known", True)):
        assert truth(leaf("mood", operator, operand), memory) is False
        assert truth(negate(leaf("mood", operator, operand)), memory) is True


# Trees.

TRUE, FALSE, UNKNOWN = leaf("known", "is", "a"), leaf("known", "is", "b"), leaf("absent", "is", "a")
VALUES = {True: TRUE, False: FALSE, None: UNKNOWN}


@pytest.mark.parametrize(("left", "right"), list(itertools.product(VALUES, VALUES)))
def test_all_and_any_follow_kleene(left, right):
    memory = memory_of({"known": "a"})
    both = False if False in (left, right) else None if None in (left, right) else True
    either = True if True in (left, right) else None if None in (left, right) else False
    assert truth(AllOf((VALUES[left], VALUES[right])), memory) is both
    assert truth(AnyOf((VALUES[left], VALUES[right])), memory) is either


def test_empty_groups():
    assert truth(ALWAYS, memory_of({})) is True
    assert truth(NEVER, memory_of({})) is False
    assert (clauses(ALWAYS), clauses(NEVER)) == ([()], [])


@HUNDRED
@given(any_condition, answers)
def test_not_is_the_opposite_and_unknown_stays_unknown(condition, known):
    memory = memory_of(known, {name: set() for name in CONCLUDED})
    assert truth(negate(condition), memory) is opposite(truth(condition, memory))
    assert negate(negate(condition)) == condition


@HUNDRED
@given(any_condition, answers)
def test_simplifying_changes_no_reading(condition, known):
    memory = memory_of(known, {name: set() for name in CONCLUDED})
    simple = simplify(condition)
    assert truth(simple, memory) is truth(condition, memory)
    assert simplify(simple) == simple
    assert {*leaves(simple)} <= {*leaves(condition)}


@HUNDRED
@given(any_condition)
def test_the_order_of_parts_shows_nowhere(condition):
    assert simplify(_turned(condition)) == simplify(condition)


def _turned(condition):
    if isinstance(condition, Leaf):
        return condition
    return type(condition)(tuple(_turned(part) for part in reversed(condition.parts)))


@HUNDRED
@given(any_condition)
def test_counting_clauses_is_an_upper_bound(condition):
    assert len(clauses(condition)) <= count_clauses(condition)


@HUNDRED
@given(any_condition, answers)
def test_supporting_leaves_hold_and_are_enough(condition, known):
    memory = memory_of(known, {name: set() for name in CONCLUDED})
    found = supporting_leaves(condition, memory)
    assert all(truth(one, memory) is True for one in found)
    if truth(condition, memory) is True:
        assert truth(_only(condition, set(found)), memory) is True
    else:
        assert not found


def _only(condition, kept):
    """The tree with every other leaf made false."""
    if isinstance(condition, Leaf):
        return condition if condition in kept else NEVER
    return type(condition)(tuple(_only(part, kept) for part in condition.parts))


# From YAML to ground rules, with the rows of a table.


def ground(tmp_path, when, variable="route"):
    """The condition of each ground rule, by row, of one rule over a table."""
    rule = {
        "id": "one",
        "title": "One",
        "reviewed": "2026-11-22",
        "for_each": {variable: f"{variable}s"},
        "when": when,
        "then": {"advise": "plan", "says": "…"},
    }
    Folder([rule]).write(tmp_path)
    _, program, problems = compile_knowledge(tmp_path)
    assert problems == []
    return {one.bindings[0].row: one.when for one in program.rules}


# desk_east is recommended and states its years; desk_north is priced, field_north recommended, both without years.


def test_a_row_condition_chooses_rows_before_anything_runs(tmp_path):
    assert ground(tmp_path, {"route.standing": "recommended"}) == {"desk_east": ALWAYS, "field_north": ALWAYS}


def test_a_row_condition_under_not(tmp_path):
    assert ground(tmp_path, {"not": {"route.standing": "recommended"}}) == {"desk_north": ALWAYS}


def test_not_over_a_row_condition_and_an_answer(tmp_path):
    """Not (recommended and keen): the rows that are not recommended hold anyway, the others where keen is a no."""
    found = ground(tmp_path, {"not": {"route.standing": "recommended", "keen": True}})
    no = leaf("keen", "is_not", True)
    assert found == {"desk_east": no, "desk_north": ALWAYS, "field_north": no}


def test_not_over_any_of_them(tmp_path):
    found = ground(tmp_path, {"not": {"any": [{"route.standing": "recommended"}, {"keen": True}]}})
    assert found == {"desk_north": leaf("keen", "is_not", True)}


@pytest.mark.parametrize(
    "when",
    [
        {"route.years_from": {"at_least": 5}},
        {"route.years_from": {"less_than": 50}},
        {"not": {"route.years_from": {"at_least": 50}}},
        {"not": {"not": {"route.years_from": {"at_least": 5}}}},
    ],
)
def test_a_column_without_a_value_is_unknown_in_both_polarities(tmp_path, when):
    assert ground(tmp_path, when) == {"desk_east": ALWAYS}


@pytest.mark.parametrize("when", [{"at_least": "route.years_from"}, {"less_than": "route.years_from"}])
def test_an_operand_without_a_value_is_unknown_in_both_polarities(tmp_path, when):
    compared = {"years_experience": when}
    ((operator, _),) = when.items()
    at_20 = leaf("years_experience", operator, 20)
    (plain,) = ground(tmp_path / "a", compared).items()
    (negated,) = ground(tmp_path / "b", {"not": compared}).items()
    assert _without_figure(plain) == ("desk_east", at_20)
    assert _without_figure(negated) == ("desk_east", negate(at_20))


def _without_figure(pair):
    row, condition = pair
    return row, leaf(condition.attribute, condition.operator, condition.operand)


def test_known_sees_a_column_without_a_value(tmp_path):
    assert set(ground(tmp_path / "a", {"route.years_from": {"known": True}})) == {"desk_east"}
    assert set(ground(tmp_path / "b", {"route.years_from": {"known": False}})) == {
        "desk_north",
        "field_north",
    }
    assert set(ground(tmp_path / "c", {"not": {"route.years_from": {"known": True}}})) == {
        "desk_north",
        "field_north",
    }


def test_the_row_and_its_columns_are_values(tmp_path):
    found = ground(tmp_path, {"target_track": "route.track", "percent_held of route.track": {"at_least": 5}})
    assert found["desk_east"] == AllOf(
        (leaf("percent_held of east", "at_least", 5), leaf("target_track", "is", "east"))
    )


def test_the_order_of_keys_shows_nowhere(tmp_path):
    when = {"keen": True, "background": "desk", "any": [{"keen": False}, {"skills": {"has": "go"}}]}
    turned = {"any": [{"skills": {"has": "go"}}, {"keen": False}], "background": "desk", "keen": True}
    assert ground(tmp_path / "a", when) == ground(tmp_path / "b", turned)


def test_lists_are_sets(tmp_path):
    one = {"target_track": ["south", "east", "south"]}
    other = {"target_track": {"one_of": ["east", "south"]}}
    assert ground(tmp_path / "a", one) == ground(tmp_path / "b", other)
