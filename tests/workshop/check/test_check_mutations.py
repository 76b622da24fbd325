"""Slips of the keyboard in a shipped rules file: `check` never falls over, and says so whenever a rule's logic was lost.

Every single character is deleted in turn, and every two adjacent keys change places. A slip in prose, in a rule's name
or in what only orders rules is no loss. One that leaves a rule as good as any cannot be told from intention: `check`
is silent, and a scenario must fail.
"""

from __future__ import annotations

import collections
import functools
import shutil

import msgspec
import pytest

from trackfit.engine.documents import parse as source
from trackfit.engine.documents import recovery as salvage
from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.engine.knowledge import load
from trackfit.engine.knowledge.compile import compile_folder
from trackfit.engine.knowledge.rows import read_row
from trackfit.engine.language.model import Advise, Warn
from trackfit.engine.workshop.check import check as check_module
from trackfit.engine.workshop.check.check import check
from trackfit.engine.workshop.scenarios.scenarios import read_scenarios, scenario_files
from trackfit.engine.workshop.scenarios.trials import try_scenarios
from trackfit.tests.support.shipped import DAY

FILE = "rules/routes.yaml"
SAMPLE = 293
"""The fast test tries every so manieth slip."""


@functools.lru_cache(maxsize=1)
def compiled_with(folder, _text):
    return compile_folder(folder)


def compiled(folder):
    return compiled_with(folder, (folder / FILE).read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the shipped knowledge base.

    What does not change is done once: files and rows are read again, and a folder is compiled again, only where their
    text is another. Templates are left alone.
    """
    for name in ("facts", "rules", "templates"):
        shutil.copytree(shipped() / name, tmp_path / name)
    parsed = functools.lru_cache(maxsize=256)(source.read_text)
    row = functools.lru_cache(maxsize=4096)(read_row)

    def read(text, name):
        root, problems = parsed(text, name)
        return root, list(problems)

    def read_anew(table, node, attributes):
        shape, settled, problems = row(table, node, attributes)
        return shape, settled, list(problems)

    for module in (source, salvage):
        monkeypatch.setattr(module, "read_text", read)
    monkeypatch.setattr(load, "read_row", read_anew)
    monkeypatch.setattr(check_module, "compile_folder", compiled)
    for name in ("rendering_faults", "template_faults"):
        monkeypatch.setattr(check_module, name, lambda *_: [])
    return tmp_path


def logic(folder):
    """What the rules do, without their prose, their names and what only orders them."""
    rules = []
    for rule in compiled(folder).program.rules:
        then = rule.then
        if isinstance(then, Advise | Warn):
            then = msgspec.structs.replace(then, says="")
        rules.append((rule.when, then))
    return collections.Counter(msgspec.json.encode(one) for one in rules)


def deletions(text):
    for number in range(len(text)):
        yield f"without character {number} ({text[number]!r})", text[:number] + text[number + 1 :]


def entries(node):
    """Every two adjacent entries of a mapping, as (start, end of key, end) in the text."""
    if isinstance(node.value, dict):
        yield from zip(list(node.value), list(node.value)[1:], [node] * len(node.value), strict=False)
        for one in node.value.values():
            yield from entries(one)
    elif isinstance(node.value, list):
        for one in node.value:
            yield from entries(one)


def offset(text, where):
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: where.line - 1]) + where.column - 1


def swaps(text):
    """Adjacent keys in each other's place, each before the other's value."""
    root, _ = source.read_text(text, FILE)
    assert root is not None
    for first, second, node in entries(root):
        start, other = offset(text, node.keys[first]), offset(text, node.keys[second])
        assert text[start:].startswith(first)
        assert text[other:].startswith(second)
        between = text[start + len(first) : other]
        yield (
            f"{first} and {second} swapped",
            text[:start] + second + between + first + text[other + len(second) :],
        )


def a_scenario_fails(folder):
    with KnowledgeBase.load(folder, engine="three-valued", cache=False) as kb:
        scenarios, problems = read_scenarios(folder, kb.facts, kb.program, scenario_files(folder))
        trials = try_scenarios(kb, scenarios, DAY)
    return bool(problems) or any(trial.state == "failed" for trial in trials)


def sweep(folder, slips):
    path = folder / FILE
    before = logic(folder)
    counts: collections.Counter[str] = collections.Counter()
    silent = []
    for name, text in slips:
        path.write_text(text, encoding="utf-8")
        counts["tried"] += 1
        if check(folder, DAY).problems:
            counts["told"] += 1
        elif logic(folder) == before:
            counts["logic as before"] += 1
        elif a_scenario_fails(folder):
            counts["told by a scenario only"] += 1
            print(name)
        else:
            counts["logic changed in silence"] += 1
            silent.append(name)
    print(dict(counts))
    return silent


def test_some_slips(folder):
    text = (folder / FILE).read_text(encoding="utf-8")
    slips = [*deletions(text), *swaps(text)][::SAMPLE]
    assert not sweep(folder, slips)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_every_slip(folder, part):
    text = (folder / FILE).read_text(encoding="utf-8")
    assert not sweep(folder, [*deletions(text), *swaps(text)][part::8])
