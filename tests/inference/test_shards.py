"""How rules are put into rulesets: within the engine's limits, few, and behind what all of a ruleset's rules need."""

from __future__ import annotations

import pytest

from trackfit.engine.inference.durable import MANY, MAX_ENTRIES, MAX_FIELDS, DurableEngine
from trackfit.engine.language.conditions import AllOf, Leaf
from trackfit.engine.language.model import Advise, GroundRule


def leaf(attribute, operator, operand):
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def rules(*whens):
    return [
        GroundRule(key=f"r{number:03}", rule="r", title="", when=when, then=Advise(section="plan", says="…"))
        for number, when in enumerate(whens)
    ]


def sizes(*whens):
    """How many rules each ruleset has, by what guards it."""
    engine = DurableEngine(rules(*whens), frozenset())
    (stratum,) = engine._strata
    found: dict[object, list[int]] = {
        (attribute, value): [len(shard.entries) for shard in shards]
        for attribute, by_value in stratum.first.guarded.items()
        for value, shards in by_value.items()
    }
    if stratum.first.unguarded:
        found[None] = [len(shard.entries) for shard in stratum.first.unguarded]
    return found


def years(number):
    return leaf("years_experience", "at_least", number)


def test_a_ruleset_is_full_before_the_next_begins():
    assert sizes(*(years(number) for number in range(MAX_ENTRIES))) == {None: [MAX_ENTRIES]}
    assert sizes(*(years(number) for number in range(MAX_ENTRIES + 1))) == {None: [MAX_ENTRIES, 1]}
    assert sizes(*(years(number) for number in range(2 * MAX_ENTRIES))) == {None: [MAX_ENTRIES, MAX_ENTRIES]}


@pytest.mark.parametrize(("more", "expected"), [(0, [2]), (1, [1, 1]), (20, [1, 1])])
def test_a_ruleset_is_full_when_its_fields_are(more, expected):
    half = MAX_FIELDS // 2
    first = AllOf(tuple(leaf(f"one {number}", "at_least", 1) for number in range(half)))
    second = AllOf(tuple(leaf(f"two {number}", "at_least", 1) for number in range(half + more)))
    assert sizes(first, second) == {None: expected}


def test_rules_that_compare_alike_stand_behind_what_they_need():
    builders = [AllOf((leaf("background", "is", "builder"), years(number))) for number in range(MANY)]
    other = AllOf((leaf("background", "is", "away"), years(1)))
    assert sizes(*builders, other, years(7)) == {
        ("background", "builder"): [MANY],
        ("background", "away"): [1],
        None: [1],
    }


def test_too_few_are_not_worth_a_ruleset_of_their_own():
    alike = [AllOf((leaf("skills", "has", "python"), years(number))) for number in range(MANY)]
    assert sizes(*alike) == {("skills", "python"): [MANY]}
    assert sizes(*alike[1:]) == {None: [MANY - 1]}
    elements = [leaf("skills", "has", f"skill {number}") for number in range(MANY)]
    assert sizes(*elements) == {None: [MANY]}, "each element is needed by one rule only"


def test_an_equality_guards_before_an_element_and_the_commoner_before_the_rarer():
    both = [
        AllOf((leaf("skills", "has", "python"), leaf("background", "is", "builder"), years(number)))
        for number in range(MANY)
    ]
    python = [AllOf((leaf("skills", "has", "python"), years(number))) for number in range(MANY)]
    assert sizes(*both, *python) == {("background", "builder"): [MANY], ("skills", "python"): [MANY]}
    targets = [leaf("target", "is", "north") for _ in range(MANY + 1)]
    two = [AllOf((leaf("background", "is", "builder"), leaf("target", "is", "north")))] * MANY
    assert sizes(*two, *targets) == {("target", "north"): [2 * MANY + 1]}


def test_what_does_not_ask_for_one_value_guards_nothing():
    whens = [
        AllOf((leaf("background", "is_not", "builder"), leaf("skills", "lacks", "python"), years(number)))
        for number in range(MANY)
    ]
    assert sizes(*whens) == {None: [MANY]}
