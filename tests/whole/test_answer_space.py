"""The shipped rules over the shipped answer space: no crash, one reading, and advice for everybody."""

from __future__ import annotations

import msgspec
import pytest
import yaml

from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.engine.inference.consult import consult
from trackfit.tests.support.answer_space import answer_space, sampled, with_the_rest
from trackfit.tests.support.plain_reading import Reading
from trackfit.tests.support.readers import agreed
from trackfit.tests.support.shipped import DAY

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


def check(durable, three_valued, cases):
    count = 0
    for known in cases:
        found, other = (consult(kb, kb.reader.case(dict(known)), DAY) for kb in (durable, three_valued))
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
        consult(durable, durable.reader.case(known), DAY).memory.known for known in sampled(durable, BY_CLIPS)
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
        for table in {table for rule in rules for table in rule.get("for_each", {}).values()}
    }
    for known in sampled(durable, BY_CLIPS):
        found = consult(durable, durable.reader.case(known), DAY)
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
