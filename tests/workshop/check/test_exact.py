"""`trackfit check` with the solver: what the analysis leaves open, decided; what it tells, told in the same words."""

from __future__ import annotations

import re
import shutil

import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.commands import check as command
from trackfit.engine.inference.base import shipped
from trackfit.engine.inference.three_valued import ThreeValuedEngine
from trackfit.engine.problems.errors import pip_install
from trackfit.engine.proofs import encoding as solving
from trackfit.engine.workshop.check import witness
from trackfit.engine.workshop.check.check import check
from trackfit.tests.support.places import BROKEN
from trackfit.tests.support.shipped import DAY

CASES = sorted(
    path.parent.name
    for path in BROKEN.glob("*/expected.txt")
    if re.search(r"\((rules?-|same-|unreachable-|never-)", path.read_text(encoding="utf-8"))
)
"""The broken examples in which something is wrong with rules together."""

FACTS = """
attributes:
  - {id: share, label: share, of: tracks, type: whole_number, range: [0, 100], measured: percent_held}
  - {id: lacking, label: lacking, of: tracks, type: whole_number, range: [0, 9], measured: skills_missing}
  - id: tone
    label: tone
    type: choice
    choices: [{id: warm, name: Warm}, {id: cold, name: Cold}]
    concluded: true
"""
RULE = """
  - id: {id}
    title: A rule
    reviewed: "2026-11-22"
    when: {when}
    then: {then}
"""
SAYS = "{advise: plan, says: Something.}"
USES = {"id": "uses", "when": "{tone: warm}", "then": "{advise: plan, says: It is warm.}"}


def with_rules(folder, *rules):
    """The smallest knowledge base with measures, a tone, and more rules."""
    shutil.copytree(BROKEN / "base", folder)
    (folder / "facts" / "more.yaml").write_text(FACTS, encoding="utf-8")
    text = "rules:" + "".join(RULE.format(**rule) for rule in rules)
    (folder / "rules" / "more.yaml").write_text(text, encoding="utf-8")
    return folder


def told(folder, *, solver):
    """What is told of the rules together."""
    found = check(folder, DAY, solver=solver)
    assert found.exact is solver
    ids = ("rule-never-fires", "rule-subsumed", "rules-contradict", "rules-may-contradict")
    return [(one.id, one.text) for one in found.problems if one.id in ids]


NEVER = {
    "id": "never",
    "when": "{share of north: {at_least: 50}, lacking of north: {more_than: 1}}",
    "then": "{conclude: {tone: warm}}",
}


def test_a_rule_that_two_measures_rule_out(tmp_path):
    folder = with_rules(tmp_path / "kb", NEVER)
    assert not told(folder, solver=False)
    assert told(folder, solver=True) == [
        ("rule-never-fires", "'never' never fires: nobody can meet all that it asks (proved)")
    ]


def test_a_rule_that_waits_for_a_silent_one_is_not_told_of(tmp_path):
    folder = with_rules(tmp_path / "kb", NEVER, USES)
    assert [text.split()[0] for _, text in told(folder, solver=True)] == ["'never'"]


def test_silent_rules_that_wait_for_each_other_are_told_of_once(tmp_path):
    other = {
        "id": "other",
        "when": NEVER["when"].replace("}}", "}, tone: cold}"),
        "then": "{conclude: {tone: warm}}",
    }
    back = {
        "id": "back",
        "when": NEVER["when"].replace("}}", "}, tone: warm}"),
        "then": "{conclude: {tone: cold}}",
    }
    folder = with_rules(tmp_path / "kb", other, back)
    assert [id_ for id_, _ in told(folder, solver=True)] == ["rule-never-fires"]


def test_a_rule_that_adds_nothing_by_what_measures_have_to_do_with_each_other(tmp_path):
    folder = with_rules(
        tmp_path / "kb",
        {"id": "half", "when": "{share of north: {at_least: 50}}", "then": SAYS},
        {"id": "all", "when": "{lacking of north: 0}", "then": SAYS},
    )
    assert not told(folder, solver=False)
    adds_nothing = "'all' adds nothing: whenever it holds, 'half' holds and gives the same (proved)"
    assert told(folder, solver=True) == [
        ("rule-subsumed", f"{adds_nothing}; take it out, or tell them apart")
    ]


def test_a_text_of_another_row_is_another_text(tmp_path):
    """Both the analysis and the solver took the words for the same, whatever row they speak of."""
    folder = with_rules(tmp_path / "kb")
    row = """
  - id: {id}
    title: A rule
    reviewed: "2026-11-22"
    for_each: {{track: tracks}}
    when: {when}
    then: {{advise: plan, says: "{{{{ track.name }}}}"}}
"""
    text = row.format(id="feeders", when="{background: track.feeder}")
    text += row.format(id="others", when="{not: {background: track.feeder}}")
    (folder / "rules" / "more.yaml").write_text("rules:" + text, encoding="utf-8")
    assert not told(folder, solver=False)
    assert not told(folder, solver=True)


CONFLICT = "'cold' and 'warm' give tone two values for one case, such as background: builder; tell their conditions apart"


@pytest.mark.parametrize(
    ("cold", "expected"),
    [
        ("{lacking of north: 0}", []),
        ("{share of north: 50, lacking of north: 1}", [("rules-contradict", CONFLICT)]),
    ],
)
def test_a_contradiction_is_shown_or_ruled_out(cold, expected, tmp_path, monkeypatch):
    """Where no example is at hand, the analysis leaves it open."""
    folder = with_rules(
        tmp_path / "kb",
        {"id": "warm", "when": "{share of north: 50}", "then": "{conclude: {tone: warm}}"},
        {"id": "cold", "when": cold, "then": "{conclude: {tone: cold}}"},
        USES,
    )
    monkeypatch.setattr("trackfit.engine.workshop.check.witness.MOST_TRIED", 0)
    assert [id_ for id_, _ in told(folder, solver=False)] == ["rules-may-contradict"]
    assert told(folder, solver=True) == expected


def test_what_is_not_decided_is_said(tmp_path, monkeypatch):
    folder = with_rules(tmp_path / "kb", NEVER)
    monkeypatch.setattr(solving.Solver, "ask", lambda self, *formulas: ("undecided", None))
    found = CliRunner().invoke(cli, ["check", str(folder), "--as-of", DAY])
    assert "The solver did not decide in time whether never can fire.\n" in found.stdout


def test_nothing_is_wrong_with_a_good_knowledge_base():
    for folder in (BROKEN / "base", shipped()):
        assert not check(folder, DAY, solver=True).problems


@pytest.mark.parametrize("name", CASES)
def test_the_solver_takes_nothing_back_but_a_doubt(name, tmp_path):
    folder = tmp_path / "kb"
    shutil.copytree(BROKEN / "base", folder)
    shutil.copytree(BROKEN / name, folder, dirs_exist_ok=True)
    plain, exact = (check(folder, DAY, solver=one).problems for one in (False, True))
    assert exact == tuple(one for one in plain if one.id != "rules-may-contradict")


@pytest.mark.parametrize("solver", [True, False])
def test_the_command_says_who_looked_at_the_rules_together(solver, monkeypatch):
    monkeypatch.setattr(command, "has_solver", lambda: solver)
    found = CliRunner().invoke(cli, ["check", "--as-of", DAY])
    assert found.exit_code == 0
    missing = f"The solver misses none: {pip_install('prove')}"
    assert (missing in found.stdout) is not solver


def test_rules_with_faults_of_their_own_are_left_to_the_analysis(tmp_path):
    folder = with_rules(tmp_path / "kb", NEVER, {"id": "bad", "when": "{no_such: 1}", "then": SAYS})
    found = check(folder, DAY, solver=True)
    assert not found.exact
    assert "unknown-attribute" in {one.id for one in found.problems}


def test_an_example_for_a_rule_is_tried_on_the_rules_that_decide_it_alone(tmp_path, monkeypatch):
    """Else the time of `check` would grow with the square of the number of rules."""
    sizes = []

    class Counting(ThreeValuedEngine):
        def __init__(self, rules):
            rules = list(rules)
            sizes.append(len(rules))
            super().__init__(rules)

    monkeypatch.setattr(witness, "ThreeValuedEngine", Counting)
    asking = [
        {"id": f"years_{n}", "when": f"{{years_experience: {n}}}", "then": "{advise: plan, says: Something.}"}
        for n in range(20)
    ]
    tones = [
        {"id": "warm", "when": "{years_experience: {more_than: 30}}", "then": "{conclude: {tone: warm}}"},
        USES,
    ]
    check(with_rules(tmp_path / "kb", *asking, *tones), DAY, solver=True)
    assert len(sizes) > len(asking)
    assert max(sizes[:-1], default=0) == 2
