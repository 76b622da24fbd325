"""Ground rules and cases of any number, in the mix of the shipped ones, for the sections that need many."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trackfit.engine.inference.base import Compiled, KnowledgeBase
from trackfit.engine.knowledge.strata import stratify
from trackfit.engine.language.conditions import AllOf, Leaf
from trackfit.engine.language.model import (
    Attribute,
    Choice,
    Conclude,
    Facts,
    GroundAttribute,
    GroundRule,
    Plan,
    Program,
    Recommend,
    Then,
    Value,
    conclusion_of,
)

CONCLUDED = frozenset({"sourced", "strengths", "recommended", "warned"})
BACKGROUNDS = [f"background_{number}" for number in range(6)]
TRACKS = [f"track_{number}" for number in range(5)]
REASONS = ["salary", "interest", "job_market", "skill_fit", "other"]
SKILLS = [f"skill_{number:03}" for number in range(120)]
STRENGTHS = [f"strength_{number}" for number in range(20)]


def leaf(attribute: str, operator: str, operand: str | int | tuple[str | int, ...]) -> Leaf:
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def make_rules(count: int, *, guarded: bool, seed: int = 1) -> tuple[GroundRule, ...]:
    """Rules of which some conclude, some follow from that, and some from its lack.

    Of `guarded` ones, 85 in 100 are for one background or one target, as the shipped ones are; of the others none.
    """
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    return stratify([_rule(chance, f"r{number:05}", guarded) for number in range(count)], CONCLUDED)


def generated_knowledge(count: int) -> KnowledgeBase:
    """A knowledge base of so many guarded rules, each of which concludes something."""
    rules = [rule for rule in make_rules(2 * count + 20, guarded=True) if conclusion_of(rule.then)][:count]
    asked = {
        "background": ("choice", BACKGROUNDS, None),
        "target_track": ("choice", TRACKS, None),
        "target_reason": ("choice", REASONS, None),
        "years_experience": ("whole_number", [], (0, 60)),
        "salary_goal": ("money", [], (0, 5_000_000)),
        "skills": ("set", SKILLS, None),
    }
    attributes = {
        name: _attribute(name, "asked", type_, choices, span)
        for name, (type_, choices, span) in asked.items()
    }
    for name in sorted(CONCLUDED):
        # what is no set may clash, and so counts as needed; here all that is concluded is to be computed
        attributes[name] = _attribute(name, "concluded", "choice", [], None)
    tables: dict[str, Any] = {name: {} for name in Facts.__struct_fields__}
    tables["attributes"] = attributes
    facts = Facts(**tables)
    ground = {name: GroundAttribute(name=name, attribute=name) for name in attributes}
    program = Program(rules=tuple(rules), attributes=ground)
    return KnowledgeBase(Path("generated"), Compiled(facts, program, "sha256:0"), "three-valued")


def _attribute(name: str, origin: Any, type_: Any, choices: Sequence[str], span: Any) -> Attribute:
    listed = tuple(Choice(id=one, name=one) for one in choices)
    return Attribute(id=name, label=name, type=type_, origin=origin, choices=listed, range=span)


def _rule(chance: random.Random, key: str, guarded: bool) -> GroundRule:
    kind = chance.random()
    if guarded and kind < 0.7:
        first = leaf("background", "is", chance.choice(BACKGROUNDS))
    elif guarded and kind < 0.85:
        first = leaf("target_track", "is", chance.choice(TRACKS))
    else:
        first = leaf("skills", "has", chance.choice(SKILLS[:30]))
    second = chance.choice(
        [
            leaf("years_experience", "at_least", chance.randrange(1, 12)),
            leaf("years_experience", "less_than", chance.randrange(5, 30)),
            leaf("skills", "has_any", _some(chance, SKILLS, 4)),
            leaf("skills", "has_none", _some(chance, SKILLS, 3)),
            leaf("target_reason", "is_not", chance.choice(REASONS)),
            leaf("salary_goal", "between", (100_000, chance.randrange(150_000, 400_000))),
        ]
    )
    third, then = _consequence(chance, key)
    return GroundRule(key=key, rule=key, title=key, when=AllOf((first, second, *third)), then=then)


def _consequence(chance: random.Random, key: str) -> tuple[tuple[Leaf, ...], Then]:
    """What is concluded, and what it waits for."""
    strength = Conclude(attribute="strengths", value=chance.choice(STRENGTHS))
    track = chance.choice(TRACKS)
    kind = chance.random()
    if kind < 0.15:
        return (), Conclude(attribute="sourced", value=track)
    if kind < 0.25:
        return (), strength
    if kind < 0.4:
        return (leaf("sourced", "has", track),), Recommend(track=track)
    if kind < 0.5:
        return (leaf("strengths", "has", chance.choice(STRENGTHS)),), strength
    if kind < 0.6:
        return (leaf("sourced", "lacks", track),), Plan(route=key)
    return (), Plan(route=key)


def _some(chance: random.Random, names: Sequence[str], count: int) -> tuple[str, ...]:
    return tuple(sorted(chance.sample(names, count)))


def make_cases(count: int, seed: int = 2) -> list[dict[str, Value]]:
    """Answers of so many persons, about one in ten missing."""
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    cases: list[dict[str, Value]] = []
    for _ in range(count):
        known: dict[str, Value] = {
            "background": chance.choice(BACKGROUNDS),
            "target_track": chance.choice(TRACKS),
            "target_reason": chance.choice(REASONS),
            "years_experience": chance.randrange(25),
            "salary_goal": chance.randrange(60_000, 500_000, 1_000),
            "skills": frozenset(chance.sample(SKILLS, chance.randrange(3, 20))),
        }
        cases.append({name: value for name, value in known.items() if chance.random() < 0.9})
    return cases
