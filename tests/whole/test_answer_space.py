"""The shipped rules over the shipped answer space: no crash, one reading, and advice for everybody."""

from __future__ import annotations

import itertools
import random

import msgspec
import pytest
import yaml

from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.engine.inference.consult import consult
from trackfit.engine.language.conditions import leaves
from trackfit.tests.support.plain_reading import Reading
from trackfit.tests.support.readers import agreed

AS_OF = "2026-11-22"
FAST = 1_500
BY_CLIPS = 150


@pytest.fixture(scope="module")
def durable():
    with KnowledgeBase.load(engine="durable-rules", cache=False) as kb:
        yield kb


@pytest.fixture(scope="module")
def three_valued():
    with KnowledgeBase.load(engine="three-valued", cache=False) as kb:
        yield kb


def boundary_years(kb):
    """No answer, the ends of the range, and both sides of every number of years that a rule or a band names."""
    named = {
        operand
        for rule in kb.program.rules
        for leaf in leaves(rule.when)
        for operand in (leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,))
        if leaf.attribute == "years_experience" and type(operand) is int
    }
    named |= {year for figure in kb.facts.figures.values() for year in figure.years or () if year is not None}
    low, high = kb.facts.attributes["years_experience"].range
    near = {year + step for year in named | {low, high} for step in (-1, 0, 1)}
    return [None, *sorted(year for year in near if low <= year <= high)]


def answer_space(kb):
    """Every background, years at a boundary, target and reason, with one yes/no question answered or none."""
    attributes = kb.facts.attributes

    def choices(name):
        return [None, *(choice.id for choice in attributes[name].choices)]

    asked = [one.id for one in attributes.values() if one.type == "yes_no" and one.origin == "asked"]
    yes_no = [{}, *({name: value} for name in asked for value in (True, False))]
    backgrounds = choices("background")[1:]
    for background, years, target, reason, answered in itertools.product(
        backgrounds, boundary_years(kb), choices("target_track"), choices("target_reason"), yes_no
    ):
        case = {"background": background, "years_experience": years, "target_track": target}
        case = {**case, "target_reason": reason, **answered}
        yield {name: value for name, value in case.items() if value is not None}


def with_the_rest(kb, space, seed):
    """Each case with skills, goal and the other answers drawn at random, or left out."""
    chance = random.Random(seed)  # noqa: S311 - the same cases in every run
    skills = sorted(kb.facts.skills)
    for known in space:
        rest = {
            "skills": frozenset(chance.sample(skills, chance.choice([0, 1, 5, 15, len(skills)]))),
            "salary_goal": chance.choice([0, 60_000, 150_000, 250_000, 5_000_000]),
            "salary_basis": chance.choice(["base", "total"]),
            "math_comfort": chance.choice(["low", "some", "strong"]),
            "portfolio": chance.choice(["none", "notebooks", "deployed"]),
        }
        yield known | {name: value for name, value in rest.items() if chance.random() < 0.7}


def sampled(kb, count):
    space = list(answer_space(kb))
    return list(with_the_rest(kb, random.Random(count).sample(space, count), count))  # noqa: S311 - as above


def check(durable, three_valued, cases):
    count = 0
    for known in cases:
        found, other = (consult(kb, kb.reader.case(dict(known)), AS_OF) for kb in (durable, three_valued))
        assert told(found) == told(other), known
        assert found.recommendations or "no_sourced_route" in {one.id for one in found.warnings}, known
        count += 1
    return count


def told(consultation):
    firings = [(firing.rule.key, firing.because, firing.found) for firing in consultation.firings]
    return firings, consultation.recommendations, consultation.warnings, consultation.memory.concluded


def test_a_sample_of_the_answer_space(durable, three_valued):
    assert check(durable, three_valued, sampled(durable, FAST)) == FAST


@pytest.mark.slow
def test_the_whole_answer_space(durable, three_valued, capsys):
    count = check(durable, three_valued, with_the_rest(durable, answer_space(durable), 1))
    with capsys.disabled():
        print(f"\n{count:,} cases of the answer space")


def test_clips_says_the_same(durable):
    memories = [
        consult(durable, durable.reader.case(known), AS_OF).memory.known
        for known in sampled(durable, BY_CLIPS)
    ]
    outcomes = agreed("shipped", durable.program.rules, durable.concluded, memories)
    fired = frozenset().union(*(outcome.fired for outcome in outcomes))
    assert len(fired) > len(durable.program.rules) / 2


def test_the_shipped_rules_as_written_say_the_same(durable):
    """The YAML itself, read without the program's own compiler."""
    rules = [
        rule
        for path in sorted((shipped() / "rules").glob("*.yaml"))
        if not path.stem.endswith((".test", ".prove"))
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    ]
    figures = {id_: figure.value for id_, figure in durable.facts.figures.items()}
    tables = {
        table: {id_: _row(row, figures) for id_, row in getattr(durable.facts, table).items()}
        for table in ("tracks", "routes", "backgrounds")
    }
    for known in sampled(durable, BY_CLIPS):
        found = consult(durable, durable.reader.case(known), AS_OF)
        expected = set()
        for rule in rules:
            ((variable, table),) = rule.get("for_each", {"": ""}).items()
            for row_id, row in (tables[table] if table else {"": {}}).items():
                bound = (variable, row_id, row) if row_id else None
                if Reading(found.memory.known, found.memory.concluded, figures, bound).holds(rule["when"]):
                    expected.add(f"{rule['id']}[{row_id}]" if row_id else rule["id"])
        assert {firing.rule.key for firing in found.firings} == expected, known


def _row(row, figures):
    """A row's columns; where one holds a figure's id, its number."""
    columns = msgspec.structs.asdict(row)
    if columns.get("years_from"):
        columns["years_from"] = figures[columns["years_from"]]
    return columns
