"""`test`: scenarios read, tried and told in plain words; coverage, with its reasons; suggestions."""

import json
import shutil
from functools import partial
from xml.etree import ElementTree as ET

import msgspec
import pytest
import yaml

from trackfit import KnowledgeBase
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import Compiled, shipped
from trackfit.engine.language.conditions import ALWAYS, AllOf, AnyOf, Leaf
from trackfit.engine.workshop.scenarios.coverage import author_rules, cover
from trackfit.engine.workshop.scenarios.scenarios import EXPECT, read_scenarios, scenario_files
from trackfit.engine.workshop.scenarios.trials import try_scenarios
from trackfit.tests.support.running import told
from trackfit.tests.support.shipped import DAY, three_valued


@pytest.fixture(scope="module")
def scenarios(kb):
    found, problems = read_scenarios(kb.folder, kb.facts, kb.program, scenario_files(kb.folder))
    assert problems == []
    return found


@pytest.fixture(scope="module")
def totals(kb):
    """How many rules and conditions the shipped knowledge base has."""
    rules = author_rules(kb)
    return len(rules), sum(len(rule.conditions) for rule in rules)


@pytest.fixture
def bare(tmp_path):
    """The shipped knowledge base without its scenarios."""
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name)
    for path in (tmp_path / "rules").glob("*.test.yaml"):
        path.unlink()
    return tmp_path


run = partial(told, "test", "--as-of", DAY)


def write(folder, text, name="mistakes"):
    path = folder / "rules" / f"{name}.test.yaml"
    path.write_text(text, encoding="utf-8")
    return path


SALARY = """\
scenarios:
  - name: Led by pay
    case: {background: backend_fullstack, target_track: ml_engineering, target_reason: REASON}
    expect: EXPECT
"""


def one(reason, expect):
    return SALARY.replace("REASON", reason).replace("EXPECT", expect)


def test_the_shipped_scenarios_pass_and_cover_every_rule_and_condition(totals):
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out.count("\n") == 2
    passed, covered = out.splitlines()
    assert passed.endswith(" passed, 0 failed, 0 to do.")
    rules, conditions = totals
    assert covered == f"Covered: {rules} of {rules} rules, {conditions} of {conditions} conditions."


def test_both_engines_agree_on_the_shipped_scenarios(scenarios):
    plain = three_valued()
    assert {trial.state for trial in try_scenarios(plain, _without_texts(scenarios), DAY)} == {"passed"}


def _without_texts(scenarios):
    return [
        msgspec.structs.replace(one, expected=tuple(part for part in one.expected if part.kind != "says"))
        for one in scenarios
    ]


def _granted(condition, leaf):
    if isinstance(condition, Leaf):
        return ALWAYS if condition == leaf else condition
    kind = AllOf if isinstance(condition, AllOf) else AnyOf
    return kind(tuple(_granted(part, leaf) for part in condition.parts))


@pytest.mark.slow
def test_a_condition_taken_out_of_a_shipped_rule_is_noticed(kb, scenarios):
    """All but those that another condition of the rule implies, and those of rules that only others can tell."""
    scenarios = _without_texts(scenarios)
    unnoticed = []
    for rule in author_rules(kb):
        for condition in rule.conditions:
            asked = dict(condition.leaves)
            rules = tuple(
                msgspec.structs.replace(one, when=_granted(one.when, asked[one.key]))
                if one.key in asked
                else one
                for one in kb.program.rules
            )
            program = msgspec.structs.replace(kb.program, rules=rules)
            edited = KnowledgeBase(kb.folder, Compiled(kb.facts, program, ""), "three-valued")
            if all(trial.state == "passed" for trial in try_scenarios(edited, scenarios, DAY)):
                unnoticed.append(f"{rule.id} {condition.text}")
    assert unnoticed == [
        "salary_routing target_track: {known: true}",
        "recommend_sourced_route background: route.background",
        "plan_sourced_route background: route.background",
    ]


def test_a_difference_is_told_with_its_reason(bare):
    write(bare, one("interest", "{warned: [salary_routing], not_recommended: [ai_engineering]}"))
    code, out, _ = run("--knowledge", bare)
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == "FAILED  Led by pay  (rules/mistakes.test.yaml:2:11)"
    assert lines[1] == "    line 4: expected the warning salary_routing; got none"
    assert any(
        "(salary_routing) did not fire: it asks for “main reason for the choice is the pay”, and found interest"
        in line.lower()
        for line in lines
    )
    assert "    line 4: expected no recommendation ai_engineering; got it" in lines
    assert any("(recommend_sourced_route) fired, because background is " in line for line in lines)


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{first: mlops}", "(mlops) first; got AI Engineering (ai_engineering)"),
        ("{first: none}", "expected no track first; got AI Engineering (ai_engineering)"),
        ("{recommended: [mlops]}", "expected the recommendation mlops; got ai_engineering"),
        ("{warned: [stale_figures]}", "expected the warning stale_figures; got salary_routing"),
        ("{not_warned: [salary_routing]}", "expected no warning salary_routing; got it"),
        (
            "{concluded: {has_route_to_target: true}}",
            "expected the conclusion has_route_to_target=true; got none",
        ),
        (
            "{concluded: {sourced_tracks: [mlops]}}",
            "expected the conclusion sourced_tracks=mlops; got sourced_tracks=ai_engineering",
        ),
        (
            "{not_concluded: {has_sourced_route: true}}",
            "expected no conclusion has_sourced_route=true; got it",
        ),
        ("{fired: [stale_figures]}", "expected the firing of the rule stale_figures; got none"),
        ("{not_fired: [priced_route]}", "expected no firing of the rule priced_route; got it"),
        ("{says: [no such text]}", "expected the report to say “no such text”; it does not"),
        ("{says_not: [12–18 months]}", "expected the report not to say “12–18 months”; it says"),
    ],
)
def test_every_kind_of_expectation_can_fail(bare, expect, told):
    write(bare, one("salary", expect))
    code, out, _ = run("--knowledge", bare)
    assert code == 1
    assert told in out


@pytest.mark.parametrize("expect", EXPECT)
def test_every_kind_of_expectation_is_used_by_the_shipped_scenarios(expect):
    assert any(f"      {expect}: " in path.read_text(encoding="utf-8") for path in scenario_files(shipped()))


FAULTY = """\
scenaros: []
scenarios:
  - nam: First
    case: {background: wizard_of_nothin, targt: mlops}
    expect: {warnd: [x], first: [mlops], recommended: [mlop], fired: 3}
  - name: Second
    case: {background: architect}
    expect: {}
    as_of: "2026-02-30"
  - name: Second
    case: {background: architect}
    expect:
      concluded: {background: architect, recommended: [mlops], sourced_tracks: [mlop], no_such: true}
      says: [""]
  - just text
"""


def test_every_fault_of_a_file_of_scenarios_is_told_at_once(bare):
    write(bare, FAULTY)
    code, out, err = run("--knowledge", bare)
    assert (code, out) == (2, "")
    found = [
        (line.split(": ", 1)[0].rsplit("/", 1)[1], line.rsplit("(", 1)[1][:-1]) for line in err.splitlines()
    ]
    assert found == [
        ("mistakes.test.yaml:1:1", "unknown-key"),
        ("mistakes.test.yaml:3:5", "unknown-key"),
        ("mistakes.test.yaml:4:24", "unknown-value"),
        ("mistakes.test.yaml:4:42", "unknown-key"),
        ("mistakes.test.yaml:5:14", "unknown-key"),
        ("mistakes.test.yaml:5:22", "undeclared-name"),
        ("mistakes.test.yaml:5:33", "wrong-type"),
        ("mistakes.test.yaml:5:56", "undeclared-name"),
        ("mistakes.test.yaml:5:70", "wrong-type"),
        ("mistakes.test.yaml:8:13", "wrong-type"),
        ("mistakes.test.yaml:9:12", "wrong-date"),
        ("mistakes.test.yaml:10:11", "duplicate-id"),
        ("mistakes.test.yaml:13:19", "not-concludable"),
        ("mistakes.test.yaml:13:42", "not-concludable"),
        ("mistakes.test.yaml:13:81", "unknown-value"),
        ("mistakes.test.yaml:13:88", "unknown-attribute"),
        ("mistakes.test.yaml:14:14", "wrong-type"),
        ("mistakes.test.yaml:15:5", "wrong-type"),
    ]
    assert "did you mean 'warned'" in err
    assert "did you mean 'mlops'" in err


def test_what_is_still_to_do_may_fail_and_is_told_when_it_passes(bare):
    todo = "\n    todo: the rule is not written yet\n"
    write(bare, one("interest", "{warned: [salary_routing]}").rstrip() + todo)
    code, out, _ = run("--knowledge", bare)
    assert (code, out.splitlines()[0][:5]) == (0, "TO DO")
    assert "0 passed, 0 failed, 1 to do." in out
    write(bare, one("salary", "{warned: [salary_routing]}").rstrip() + todo)
    code, out, _ = run("--knowledge", bare)
    assert (code, "It passes now: take its line `todo` out." in out) == (0, True)


def test_json_is_the_contracts(bare, totals):
    write(bare, one("interest", "{warned: [salary_routing]}"))
    code, out, err = run("--knowledge", bare, "--format", "json")
    found = json.loads(out)
    assert (code, err) == (1, "")
    assert {key: found[key] for key in ("passed", "failed", "todo")} == {"passed": 0, "failed": 1, "todo": 0}
    assert (found["coverage"]["rules"][1], found["coverage"]["conditions"][1]) == totals
    (failure,) = found["failures"]
    assert (failure["file"], failure["line"]) == ("rules/mistakes.test.yaml", 4)


def test_junit_is_written(bare, tmp_path):
    write(bare, one("interest", "{warned: [salary_routing]}"))
    assert run("--knowledge", bare, "--junit", tmp_path / "out.xml")[0] == 1
    suite = ET.parse(tmp_path / "out.xml").getroot()  # noqa: S314 - our own file
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "expected the warning salary_routing; got none"


@pytest.mark.parametrize("path", ["rules/salary.test.yaml", "rules/salary.yaml"])
def test_a_path_narrows_scenarios_and_coverage_to_a_file(kb, path):
    there = yaml.safe_load((shipped() / "rules" / "salary.yaml").read_text(encoding="utf-8"))["rules"]
    named = {row["id"] for row in there}
    conditions = sum(len(rule.conditions) for rule in author_rules(kb) if rule.id in named)
    code, out, _ = run(path)
    covered = f"Covered: {len(named)} of {len(named)} rules, {conditions} of {conditions} conditions."
    assert (code, out.splitlines()[1]) == (0, covered)


def test_a_path_without_scenarios_is_refused_with_the_nearest():
    code, out, err = run("rules/salery.test.yaml")
    assert (code, out) == (2, "")
    assert "did you mean 'rules/salary.test.yaml'? (no-such-file)" in err


def test_the_uncovered_says_why(bare):
    write(bare, one("salary", "{warned: [salary_routing]}"))
    code, out, _ = run("--knowledge", bare)
    assert code == 0
    for text in (
        "waiting_to_learn never fires: the scenario that comes nearest lacks that background is ",
        "salary_routing, “target_reason: salary”, never the one thing missing: no scenario meets the rest",
    ):
        assert text in out


def test_coverage_without_scenarios_is_none(kb, totals):
    found = cover(kb, [], author_rules(kb), DAY)
    assert (found.rules, found.conditions) == ((0, totals[0]), (0, totals[1]))


@pytest.mark.slow
def test_suggestions_are_scenarios_that_pass_and_cover_everything(bare):
    code, out, _ = run("--knowledge", bare, "--suggest")
    assert code == 0
    rows = yaml.safe_load(out)["scenarios"]
    assert all(row.pop("todo").startswith("approve me") for row in rows)
    write(bare, yaml.safe_dump({"scenarios": rows}, allow_unicode=True))
    code, out, err = run("--knowledge", bare)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"{len(rows)} passed, 0 failed, 0 to do."
    uncovered = [line.split(": ")[1] for line in out.splitlines()[2:-1]]
    assert {line.split(" ")[0].rstrip(",") for line in uncovered} == {"stale_figures"}


@pytest.mark.slow
def test_nothing_is_suggested_where_everything_is_tried():
    assert run("--suggest")[:2] == (0, "scenarios: []\n")
