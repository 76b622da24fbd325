"""The limits that the program sets itself: documented, and what is over one is refused with its place."""

from __future__ import annotations

import re

import pytest

from trackfit.engine.cases import case, values
from trackfit.engine.documents import folder
from trackfit.engine.documents import parse as source
from trackfit.engine.knowledge import (
    compile,  # noqa: A004 - the module's own name
    references,
)
from trackfit.engine.knowledge import names as resolve
from trackfit.engine.knowledge.compile import compile_knowledge
from trackfit.tests.support.folder_strategies import Folder
from trackfit.tests.support.places import ROOT

DOCUMENTED = (ROOT / "docs/engine-limits.md").read_text(encoding="utf-8")
BY_ROW = {
    "A file of a knowledge base or of answers": folder.MAX_BYTES,
    "Values in one file": source.MAX_NODES,
    "Lists and keys inside one another": source.MAX_DEPTH,
    "Ground rules: every rule times the rows it is for": compile.MAX_RULES,
    "Alternatives of one rule, its `any`s multiplied": compile.MAX_ALTERNATIVES,
    "Comparisons in one rule": compile.MAX_CONDITIONS,
    "Values in one comparison": resolve.MAX_OPERANDS,
    "Attributes, times the rows they are for": compile.MAX_ATTRIBUTES,
    "Conclusions in a chain, each from the one before": compile.MAX_CHAIN,
    "Skills in a chain, each needed by or counted as the next": references.MAX_SKILL_CHAIN,
    "Characters in an answer": values.MAX_TEXT,
    "Skills in an answer": case.MAX_SKILLS,
}


def test_the_page_has_the_numbers_of_the_program():
    rows = re.findall(r"^\| (.+?) \| ([\d,]+)(?: bytes)? \|$", DOCUMENTED, flags=re.MULTILINE)
    assert {what: int(number.replace(",", "")) for what, number in rows} == BY_ROW


def over_limit(folder, rules):
    Folder(rules).write(folder)
    _, _, problems = compile_knowledge(folder)
    return [(one.where.file, one.text) for one in problems if one.id == "over-limit"]


def rule(number, when):
    return {
        "id": f"rule_{number:02}",
        "title": "A rule",
        "reviewed": "2026-11-22",
        "when": when,
        "then": {"advise": "plan", "says": "It holds."},
    }


def test_more_rules_than_are_run(tmp_path, monkeypatch):
    rules = [rule(number, {"years_experience": {"at_least": number}}) for number in range(12)]
    monkeypatch.setattr(compile, "MAX_RULES", 12)
    assert over_limit(tmp_path, rules) == []
    monkeypatch.setattr(compile, "MAX_RULES", 11)
    told = "the rules ground to 12 engine rules; at most 11 are run"
    assert over_limit(tmp_path, rules) == [("rules/rules_b.yaml", told)]


def test_more_attributes_than_are_run(tmp_path, monkeypatch):
    rules = [rule(1, {"years_experience": {"at_least": 3}})]
    Folder(rules).write(tmp_path)
    declared = len(compile_knowledge(tmp_path)[1].attributes)
    monkeypatch.setattr(compile, "MAX_ATTRIBUTES", declared)
    assert over_limit(tmp_path, rules) == []
    monkeypatch.setattr(compile, "MAX_ATTRIBUTES", declared - 1)
    told = f"{declared} attributes are declared; at most {declared - 1} are run"
    assert over_limit(tmp_path, rules) == [("facts", told)]


@pytest.mark.parametrize("number", [compile.MAX_CONDITIONS, compile.MAX_CONDITIONS + 1])
def test_more_comparisons_than_one_rule_may_have(tmp_path, number):
    whens = [{"salary_goal": {"at_least": at}} for at in range(number)]
    found = over_limit(tmp_path, [rule(1, {"all": whens})])
    told = f"the condition of 'rule_01' has {number} conditions; at most {compile.MAX_CONDITIONS} are run, so split the rule"
    assert found == ([] if number == compile.MAX_CONDITIONS else [("rules/rules_b.yaml", told)])
