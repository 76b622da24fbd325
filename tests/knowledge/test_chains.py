"""Conclusions that follow from one another: their groups, their longest chain, and how long it may be."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from trackfit import KnowledgeBase
from trackfit.cli import cli
from trackfit.engine.inference.three_valued import WorkingMemory, truth
from trackfit.engine.knowledge.chains import Atom, groups, longest_chain
from trackfit.engine.knowledge.compile import MAX_CHAIN, compile_knowledge
from trackfit.engine.language.conditions import AllOf, AnyOf, Leaf
from trackfit.engine.language.model import Conclude, GroundRule, Value
from trackfit.tests.support.places import ROOT

NAMES = "abcdef"
NEEDS = st.fixed_dictionaries(
    {(name, True): st.sets(st.sampled_from([(other, True) for other in NAMES])) for name in NAMES}
)


def reached(start, needs):
    found: set[Atom] = set()
    waiting = [start]
    while waiting:
        more = needs[waiting.pop()] - found
        found |= more
        waiting += more
    return found


@settings(max_examples=200, derandomize=True, deadline=None)
@given(NEEDS)
def test_groups_need_each_other_and_stand_after_what_they_need(needs):
    found = groups(needs)
    assert sorted(atom for group in found for atom in group) == sorted(needs)
    place = {atom: number for number, group in enumerate(found) for atom in group}
    for atom in needs:
        for other in needs:
            both = other in reached(atom, needs) and atom in reached(other, needs)
            assert (place[atom] == place[other]) is (both or atom == other)
        assert all(place[need] <= place[atom] for need in needs[atom])


def test_a_circle_counts_as_many_as_it_has():
    rules = [gives("a"), gives("b", "a", "d"), gives("c", "b"), gives("d", "c"), gives("e", "d"), gives("f")]
    assert [name for name, _ in longest_chain(rules)] == ["a", "b", "c", "d", "e"]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(NEEDS, st.sets(st.sampled_from(NAMES)))
def test_no_conclusion_comes_later_than_the_chain_is_long(needs, starts):
    """Round by round as the three-valued reader runs them: a chain of n is over after n rounds."""
    rules = [
        gives(name, *(other for other, _ in needs[name, True]), certain=name in starts) for name in NAMES
    ]
    memory = WorkingMemory({}, NAMES)
    rounds = 0
    while new := [one.key for one in rules if truth(one.when, memory) and not memory.concluded[one.key]]:
        rounds += 1
        for name in new:
            memory.concluded[name].add("yes")
    assert rounds <= len(longest_chain(rules))


def gives(name, *needs, certain=False):
    parts = tuple(Leaf(attribute=need, operator="is", operand="yes") for need in needs)
    when = AllOf(()) if certain or not parts else AnyOf(parts)
    return GroundRule(key=name, rule=name, title=name, when=when, then=Conclude(attribute=name, value="yes"))


@pytest.fixture
def chained(tmp_path):
    """A function that writes the shipped knowledge base with a chain more, of which a warning is the end."""

    def write(length):
        for part in ("facts", "rules", "templates"):
            shutil.copytree(ROOT / part, tmp_path / "kb" / part)
        names = [f"link_{number:03}" for number in range(length - 1)]
        attributes = [{"id": name, "label": name, "type": "yes_no", "concluded": True} for name in names]
        conditions = [{"years_experience": {"at_least": 7}}, *({name: True} for name in names)]
        ends = [
            *({"conclude": {name: True}} for name in names),
            {"warn": "notebook_portfolio", "severity": "low", "says": "The chain has an end."},
        ]
        rules = [
            {
                "id": f"rule_{number:03}",
                "title": "A link",
                "reviewed": "2026-11-22",
                "when": when,
                "then": then,
            }
            for number, (when, then) in enumerate(zip(conditions, ends, strict=True))
        ]
        (tmp_path / "kb/facts/links.yaml").write_text(yaml.dump({"attributes": attributes}), encoding="utf-8")
        (tmp_path / "kb/rules/links.yaml").write_text(yaml.dump({"rules": rules}), encoding="utf-8")
        return tmp_path / "kb"

    return write


def test_the_longest_chain_is_run_explained_and_read_over_tables(chained, tmp_path):
    folder = chained(MAX_CHAIN)
    answers: dict[str, Value] = {"background": "other", "years_experience": 7}
    (tmp_path / "case.json").write_text(json.dumps(answers), encoding="utf-8")
    (tmp_path / "people.csv").write_text(
        "background,years_experience,skills\nother,7,\nother,6,\n", encoding="utf-8"
    )
    with KnowledgeBase.load(folder) as kb:
        assert kb.engine.name == "durable-rules"
        assert "notebook_portfolio" in [one.id for one in kb.consult(kb.reader.case(answers)).warnings]
    case = str(tmp_path / "case.json")
    told = invoke(
        "explain", case, "--how", "warn:notebook_portfolio", "--format", "json", "--knowledge", str(folder)
    )
    node, depth = json.loads(told)["conclusions"][0], 1
    while node["because"]:
        node, depth = node["because"][0], depth + 1
    assert depth == MAX_CHAIN
    invoke("explain", case, "--knowledge", str(folder))
    invoke(
        "cohort", str(tmp_path / "people.csv"), "--results", "jsonl", "--knowledge", str(folder),
        "--out", str(tmp_path / "out"),
    )  # fmt: skip
    lines = (tmp_path / "out/advice.jsonl").read_text(encoding="utf-8").splitlines()
    assert ["notebook_portfolio" in json.loads(line)["warnings"] for line in lines] == [True, False]


def test_a_longer_chain_is_refused_at_its_end(chained):
    folder = chained(MAX_CHAIN + 1)
    _, _, problems = compile_knowledge(folder)
    errors = [one for one in problems if one.severity == "error"]
    assert [one.id for one in errors] == ["over-limit"]
    assert errors[0].text == (
        f"'rule_040' stands at the end of a chain of {MAX_CHAIN + 1} conclusions, each from the one before; at most "
        f"{MAX_CHAIN} are run, so let rules look at the answers themselves"
    )
    assert errors[0].where.file == "rules/links.yaml"


def invoke(*arguments):
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output
