"""The engine's limits, and that what the program does stays inside them. docs/engine-limits.md tells each in words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from trackfit.engine.inference import durable as durable_adapter
from trackfit.engine.inference.durable import FIELDS, MAX_ENTRIES, MAX_FIELDS, DurableEngine
from trackfit.engine.language.conditions import ALWAYS, AllOf, AnyOf, Leaf
from trackfit.engine.language.model import Advise, GroundRule
from trackfit.engine.problems.errors import EngineFailure
from trackfit.tests.support.readers import agreed

SKILLS = [f"skill_{number:02}" for number in range(30)]
extension: Any = vars(durable_adapter)["extension"]


def leaf(attribute, operator, operand):
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def rule(key, when):
    return GroundRule(key=key, rule=key, title=key, when=when, then=Advise(section="plan", says="…"))


def hashed(text):
    """How the engine tells names apart: FNV-1a, 32 bits."""
    found = 0x811C9DC5
    for byte in text.encode():
        found = (found ^ byte) * 16777619 & 0xFFFFFFFF
    return found


@pytest.fixture
def raw():
    """The engine as it is: a function that makes a ruleset of patterns and tells which rules a fact fires."""
    made: list[int] = []

    def fired(patterns, *facts):
        rules = {f"r{number}": {"all": pattern} for number, pattern in enumerate(patterns)}
        state = 0
        handle = extension.create_ruleset(f"raw {len(made)}", msgspec.json.encode(rules).decode())
        for number, fact in enumerate(facts):
            text = msgspec.json.encode({"id": f"n{number}", "sid": "s", "t": "case", **fact}).decode()
            _, state = extension.assert_fact(handle, text)
        started = extension.start_action_for_state(handle, state)
        message = started[1] if started else None
        found = []
        while message is not None:
            found.append(message[2 : message.index('"', 2)])
            message = extension.complete_and_start_action(handle, state)
        made.append(handle)
        return found

    yield fired
    for handle in made:
        extension.delete_ruleset(handle)


def case(**fields):
    return {"$and": [{"t": "case"}, *({name: value} for name, value in fields.items())]}


# What the engine does beyond its limits: the reason for what comes after.


def test_beyond_two_names_of_one_hash_are_one_field(raw):
    assert hashed("costarring") == hashed("liquid")
    assert raw([[{"m": case(liquid=1)}]], {"costarring": 1}) == ["r0"]


def test_beyond_two_patterns_never_share_a_fact(raw):
    assert raw([[{"a": case(x=1)}, {"b": case(y=1)}]], {"x": 1, "y": 1}) == []


def test_beyond_64_matches_side_by_side_is_an_error(raw):
    patterns = [[{"m": case(**{f"x{number}": 1})}] for number in range(65)]
    fact = {f"x{number}": 1 for number in range(65)}
    assert len(raw(patterns[:62], fact)) == 62
    with pytest.raises(extension.error, match="303"):
        raw(patterns, fact)


def test_beyond_252_keys_in_a_fact_is_an_error(raw):
    fact = {f"x{number}": 1 for number in range(253)}
    with pytest.raises(extension.error, match="302"):
        raw([[{"m": case(x1=1)}]], fact)


def test_beyond_16_facts_in_a_rule_is_an_error(raw):
    pattern = [{f"p{number}": case(x=number)} for number in range(17)]
    with pytest.raises(extension.error, match="304"):
        raw([pattern], *({"x": number} for number in range(17)))


# What the program does about it.


def test_no_two_field_names_share_a_hash():
    of_the_engine = (
        "t id sid go m s $s $i $m $l $r $forward $and $or $not $eq $neq $lt $lte $gt $gte $ex $nex"
    )
    of_the_engine += " $iall $iany $mt $imt $add $sub $mul $div all any pri count cap dist name"
    names = [*FIELDS, *of_the_engine.split()]
    assert len({hashed(name) for name in names}) == len(set(names)) == len(names)


def test_no_two_facts_share_a_hash():
    """The engine takes facts whose ids have one hash for the same."""
    assert len({hashed(name) for name in ("case", "go", f"sid-{durable_adapter._SESSION}")}) == 3


@pytest.mark.parametrize("count", [MAX_ENTRIES, MAX_ENTRIES + 1, 300])
def test_any_number_of_rules_can_match_one_case(count):
    """More than 64 matches side by side in one ruleset are error 303, many more a hang."""
    rules = [rule(f"r{number:03}", leaf("years", "at_least", number)) for number in range(count)]
    rules += [rule(f"s{number:03}", ALWAYS) for number in range(count)]
    (found,) = agreed("all_match", rules, frozenset(), [{"years": 1_000}])
    assert len(found.fired) == 2 * count


def test_more_attributes_than_a_fact_has_fields():
    """Beyond 252 keys in a fact the engine reports error 302."""
    names = [f"attribute_{number:03}" for number in range(2 * MAX_FIELDS + 1)]
    tens = {f"from {start}": names[start : start + 10] for start in range(0, len(names), 10)}
    tens["most"] = names[:MAX_FIELDS]
    rules = [rule(key, AllOf(tuple(leaf(name, "is", True) for name in ten))) for key, ten in tens.items()]
    (found,) = agreed("many_fields", rules, frozenset(), [dict.fromkeys(names, True)])
    assert found.fired == set(tens)


def test_a_rule_over_the_limit_is_refused_by_name():
    names = [f"attribute_{number:03}" for number in range(MAX_FIELDS + 1)]
    with pytest.raises(EngineFailure, match="'greedy' compares more than 180"):
        DurableEngine([rule("greedy", AllOf(tuple(leaf(name, "is", 1) for name in names)))], frozenset())


def test_many_alternatives_of_one_rule_fire_it_once():
    parts = tuple(leaf("skills", "has", one) for one in SKILLS)
    (found,) = agreed(
        "alternatives", [rule("any", AnyOf(parts))], frozenset(), [{"skills": frozenset(SKILLS)}]
    )
    assert found.fired == {"any"}


def test_a_deep_condition():
    when = leaf("years", "at_least", 1)
    for _ in range(60):
        when = AllOf((AnyOf((when, leaf("years", "is", 0))), leaf("years", "at_most", 9)))
    (found,) = agreed("deep", [rule("deep", when)], frozenset(), [{"years": 5}])
    assert found.fired == {"deep"}
