"""durable-rules, the three-valued reader and CLIPS agree on every firing and every conclusion."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trackfit.engine.inference.base import Compiled, KnowledgeBase
from trackfit.engine.inference.consult import consult
from trackfit.engine.inference.three_valued import ThreeValuedEngine
from trackfit.engine.knowledge.compile import compile_knowledge
from trackfit.engine.knowledge.strata import stratify
from trackfit.engine.language.conditions import ALWAYS, AllOf, Leaf
from trackfit.engine.language.model import Advise, Conclude, GroundRule
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.tests.support.folder_strategies import (
    ROWS,
    YEARS_FROM,
    Folder,
    folder_answers,
    knowledge_folders,
)
from trackfit.tests.support.knowledge_strategies import CONCLUDED, Knowledge, answers, knowledge
from trackfit.tests.support.plain_reading import Reading
from trackfit.tests.support.readers import agreed, save
from trackfit.tests.support.searches import searching, seeded
from trackfit.tests.support.shipped import DAY

FIGURES = {"years_from": YEARS_FROM, "share": 50}
SOME = st.tuples(answers, answers, answers, answers)
SOME_OF_FOLDER = st.tuples(folder_answers, folder_answers, folder_answers)


@seeded(200)
@given(knowledge(), SOME)
def test_readers_agree(base: Knowledge, cases):
    agreed("readers_agree", base.rules, base.concluded, cases)


@pytest.mark.slow
@searching(2_500)
@given(knowledge(), SOME)
def test_readers_agree_on_many(base: Knowledge, cases):
    agreed("readers_agree_on_many", base.rules, base.concluded, cases)


@seeded(60)
@given(knowledge_folders(), SOME_OF_FOLDER)
def test_readers_agree_on_folders(folder: Folder, cases):
    _folder_agrees("readers_agree_on_folders", folder, cases)


@pytest.mark.slow
@searching(600)
@given(knowledge_folders(), SOME_OF_FOLDER)
def test_readers_agree_on_many_folders(folder: Folder, cases):
    _folder_agrees("readers_agree_on_many_folders", folder, cases)


def _folder_agrees(name, folder, cases):
    """From YAML to the consultation: both engines, CLIPS, and the plain reading of the rules as written."""
    with tempfile.TemporaryDirectory() as path:
        folder.write(Path(path))
        facts, program, problems = compile_knowledge(Path(path))
        folder.write(Path(path) / "turned", backwards=True)
        turned = compile_knowledge(Path(path) / "turned")
    assume({problem.id for problem in problems} <= {"over-limit"} and not problems)
    assert turned[:2] == (facts, program), "the order of files, rows and keys shows"
    assert {problem.id for problem in turned[2]} <= {"key-order"}
    compiled = Compiled(facts, program, "sha256:0")
    with (
        KnowledgeBase(Path(path), compiled, "durable-rules") as durable,
        KnowledgeBase(Path(path), compiled, "three-valued") as three_valued,
    ):
        for known in cases:
            by_durable, by_three_valued = (_consulted(kb, known) for kb in (durable, three_valued))
            assert by_durable == by_three_valued
            if by_durable is not None:
                memory = consult(durable, durable.reader.case(known), DAY).memory
                (outcome,) = agreed(name, program.rules, durable.concluded, [memory.known])
                assert outcome.fired == _fired_by_plain_reading(folder, memory)


def _consulted(kb, known):
    """What a consultation tells, in order; None where rules contradict each other."""
    try:
        found = consult(kb, kb.reader.case(known), DAY)
    except ConflictingConclusions:
        return None
    firings = [(firing.rule.key, firing.because, firing.found) for firing in found.firings]
    return firings, found.recommendations, found.warnings, found.memory.concluded


def _fired_by_plain_reading(folder, memory):
    """The rules that hold over the final conclusions: with strata, exactly those that fire."""
    fired = set()
    for rule in folder.rules:
        ((variable, table),) = rule.get("for_each", {"": ""}).items()
        for row_id, row in (ROWS[table] if table else {"": {}}).items():
            bound = (variable, row_id, row) if row_id else None
            if Reading(memory.known, memory.concluded, FIGURES, bound).holds(rule["when"]):
                fired.add(f"{rule['id']}[{row_id}]" if row_id else rule["id"])
    return frozenset(fired)


# What was found by the tests above, or by reading the engine, and put right; each failed once.


def leaf(attribute, operator, operand):
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def rule(key, when, then=None):
    return GroundRule(key=key, rule=key, title=key, when=when, then=then or Advise(section="plan", says="…"))


def concludes(key, when, attribute, value):
    return rule(key, when, Conclude(attribute=attribute, value=value))


def fired(name, rules, **known):
    (outcome,) = agreed(name, stratify(rules, CONCLUDED), CONCLUDED, [known])
    return outcome.fired


def test_a_guard_on_a_concluded_attribute_does_not_skip_its_rules():
    """A shard was skipped where its guard was no answer."""
    rules = [
        concludes("sure", ALWAYS, "sure", True),
        rule("one", AllOf((leaf("sure", "is", True), leaf("found", "lacks", "go")))),
        rule("two", AllOf((leaf("sure", "is", True), leaf("found", "lacks", "nan")))),
        concludes("found", ALWAYS, "found", "zinke"),
    ]
    assert fired("concluded_guard", rules) == {"sure", "one", "two", "found"}


def test_two_conditions_on_one_conclusion_of_the_same_stratum():
    """The engine wants as many different facts as a rule has patterns."""
    rules = [
        concludes("give", ALWAYS, "found", "go"),
        concludes("both", AllOf((leaf("found", "known", True), leaf("found", "has", "go"))), "found", "nan"),
    ]
    assert fired("one_conclusion_twice", rules) == {"give", "both"}


def test_many_conclusions_do_not_multiply():
    """A rule that joins three attributes of 40 values each fired 64,000 times."""
    names = ("found", "more", "mood")
    rules = [concludes(f"{name}{n:02}", ALWAYS, name, f"e{n}") for name in names for n in range(40)]
    rules += [
        concludes("all", AllOf(tuple(leaf(name, "known", True) for name in names)), "found", "x"),
        *(concludes(f"from {name}", leaf("found", "has", "x"), name, "y") for name in names),
    ]
    assert len(fired("no_product", rules)) == 3 * 40 + 4


def test_more_conclusions_in_one_rule_than_the_engine_can_join():
    """It takes sixteen facts for one rule and reports error 304 beyond."""
    elements = tuple(f"e{number:02}" for number in range(60))
    rules = [concludes(f"give {one}", ALWAYS, "found", one) for one in elements]
    rules.append(concludes("all", leaf("found", "has_all", elements), "found", "x"))
    assert "all" in fired("many_joined", rules)


def test_texts_and_names_of_one_hash_are_told_apart():
    rules = [
        rule("value", leaf("declinate", "is", "liquid")),
        rule("other value", leaf("declinate", "is", "costarring")),
        rule("other name", leaf("macallums", "is", "liquid")),
        rule("element", leaf("tools", "has", "altarage")),
        rule("other element", leaf("tools", "has", "zinke")),
        concludes("give", leaf("declinate", "is", "liquid"), "found", "altarage"),
        rule("conclusion", leaf("found", "has", "altarage")),
        rule("other conclusion", leaf("found", "has", "zinke")),
    ]
    expected = {"value", "element", "give", "conclusion"}
    assert fired("one_hash", rules, declinate="liquid", tools=frozenset({"altarage"})) == expected


@pytest.mark.parametrize("values", [[], ["go"], ["go", "nan"]])
def test_an_empty_set_is_known_and_lacks_everything(values):
    rules = [
        rule("known", leaf("tools", "known", True)),
        rule("unknown", leaf("tools", "known", False)),
        rule("lacks", leaf("tools", "lacks", "go")),
        rule("lacks any", leaf("tools", "lacks_any", ("go", "nan"))),
        rule("has none", leaf("tools", "has_none", ("go", "zinke"))),
    ]
    expected = {
        0: {"known", "lacks", "lacks any", "has none"},
        1: {"known", "lacks any"},
        2: {"known"},
    }
    assert fired("empty_set", rules, tools=frozenset(values)) == expected[len(values)]


def test_nothing_concluded_is_known_to_be_nothing():
    rules = [
        rule("known", leaf("found", "known", True)),
        rule("unknown", leaf("found", "known", False)),
        rule("lacks", leaf("found", "lacks", "go")),
        rule("is not", leaf("sure", "is_not", True)),
        rule("neither", leaf("mood", "none_of", ("true", "null"))),
    ]
    assert fired("nothing_concluded", rules) == {"unknown", "lacks", "is not", "neither"}


@pytest.mark.parametrize("value", [-(10**15), -1, 0, 1, 10**15 - 1, 10**15])
def test_numbers_at_the_ends_of_the_range(value):
    rules = [
        rule("is", leaf("depth", "is", value)),
        rule("is not", leaf("depth", "is_not", value)),
        rule("at least", leaf("depth", "at_least", value)),
        rule("more", leaf("depth", "more_than", value - 1)),
        rule("less", leaf("depth", "less_than", value + 1)),
        rule("not less", leaf("depth", "less_than", value)),
        rule("between", leaf("depth", "between", (value, value))),
        rule("not between", leaf("depth", "not_between", (value, value))),
    ]
    assert fired("ends", rules, depth=value) == {"is", "at least", "more", "less", "between"}


# What happens on a disagreement.


def test_a_saved_case_runs_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr("trackfit.tests.support.readers.SAVED", tmp_path)
    rules = stratify([concludes("one", leaf("tools", "has", "go"), "found", "x")], CONCLUDED)
    path = save("saved", rules, CONCLUDED, {"tools": frozenset({"go"}), "keen": True})
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "all readers agree\n"), done.stderr


def test_a_disagreement_is_told_and_saved(tmp_path, monkeypatch):
    monkeypatch.setattr("trackfit.tests.support.readers.SAVED", tmp_path)
    monkeypatch.setattr(
        "trackfit.tests.support.readers.ThreeValuedEngine", lambda rules: ThreeValuedEngine([*rules][:1])
    )
    rules = stratify([rule("a", ALWAYS), concludes("b", ALWAYS, "found", "go")], CONCLUDED)
    with pytest.raises(AssertionError) as caught:
        agreed("told", rules, CONCLUDED, [{}])
    lines = str(caught.value).splitlines()
    assert "CLIPS, durable-rules, durable-rules in small shards: fires b" in lines
    assert "CLIPS, durable-rules, durable-rules in small shards: concludes found=go" in lines
    assert str(tmp_path / "told.py") in lines[-1]
