"""`diff`: whose advice an edit changes, and by which rule."""

import json
import shutil
import subprocess
from functools import partial

import pytest
from msgspec.structs import replace

from trackfit import KnowledgeBase
from trackfit.commands import diff as command
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import Compiled, shipped
from trackfit.engine.language.conditions import Leaf
from trackfit.engine.workshop.diff import impact
from trackfit.engine.workshop.diff.differences import edited_rules
from trackfit.engine.workshop.diff.impact import Comparison, Tried, compare, possible, reckoned_with
from trackfit.engine.workshop.scenarios.answer_space import Reach, combinations, dimensions, size, turns
from trackfit.tests.support.running import told
from trackfit.tests.support.searches import mostly_slow
from trackfit.tests.support.shipped import DAY


@pytest.fixture
def edited(tmp_path):
    """A copy of the shipped knowledge base; `edited.edit(file, before, after)` changes it."""
    folder = tmp_path / "edited"
    for name in FOLDERS:
        shutil.copytree(shipped() / name, folder / name)
    return Edited(folder)


class Edited:
    def __init__(self, folder):
        self.folder = folder

    def edit(self, file, before, after):
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    def append(self, file, text):
        path = self.folder / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture
def few(monkeypatch):
    """A fraction of the cases, for what does not depend on finding the last one."""
    monkeypatch.setattr(impact, "MOST", 600)
    monkeypatch.setattr(impact, "MOST_TOGETHER", 300)
    monkeypatch.setattr(impact.possible, "__defaults__", (600,))


run = partial(told, "diff", "--as-of", DAY)


def groups(edited, most=1_500):
    old, new = KnowledgeBase.load(), KnowledgeBase.load(edited.folder)
    found = compare(old, new, possible(old, new, most), DAY).comparison()
    return {(group.change, group.because): group for group in found.groups}


def test_the_same_knowledge_base_differs_in_nothing(edited):
    code, out, err = run(shipped(), edited.folder)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "The advice is the same."


def test_order_and_comments_are_no_difference(edited):
    edited.edit("rules/mistakes.yaml", "rules:", "# a remark\nrules:")
    edited.edit("rules/mistakes.yaml", "      background: data_engineer\n", "")
    edited.edit(
        "rules/mistakes.yaml",
        "      undervalues_pipeline_skills: true\n",
        "      undervalues_pipeline_skills: true\n      background: data_engineer\n",
    )
    assert run(shipped(), edited.folder)[0] == 0


def test_a_wider_rule_is_named_with_what_appears(edited):
    edited.edit("rules/mistakes.yaml", "target_reason: salary", "target_reason: [salary, job_market]")
    found = groups(edited)
    assert set(found) == {("the warning salary_routing is now given", ("salary_routing",))}
    (group,) = found.values()
    assert group.example["target_reason"] == "job_market"


def test_what_follows_from_an_edited_rule_is_laid_to_it(edited):
    edited.edit(
        "rules/routes.yaml",
        "    title: A source gives a route",
        "    salience: 0\n    title: A source gives a route",
    )
    edited.edit(
        "rules/routes.yaml",
        "      any:\n        - route.years_from: {known: false}",
        "      skills: {known: true}\n      any:\n        - route.years_from: {known: false}",
    )
    found = groups(edited)
    assert ("ai_engineering is no longer recommended", ("open_route",)) in found
    assert ("the plan for data_engineer_to_mlops is no longer given", ("open_route",)) in found
    assert {because for change, because in found if "recommended" in change or "warning" in change} == {
        ("open_route",)
    }


def test_a_threshold_tells_who_loses_a_recommendation(edited):
    edited.edit("facts/figures/choices.yaml", "value: 30", "value: 40")
    found = groups(edited)
    assert ("ai_engineering is no longer recommended", ("recommend_overlap",)) in found
    assert all(
        change.endswith(("is no longer recommended", "is no longer made", "is no longer given"))
        for change, _ in found
    )


@pytest.mark.parametrize(
    "rule",
    mostly_slow(
        ["waiting_to_learn", "mathematics_ahead", "goal_above_sourced_range", "two_bands_at_these_years"]
    ),
)
def test_every_rule_that_is_taken_out_is_missed(edited, rule):
    for path in (edited.folder / "rules").glob("*.test.yaml"):
        path.unlink()
    for path in (edited.folder / "rules").glob("*.yaml"):
        head, *rows = path.read_text(encoding="utf-8").split("\n  - id: ")
        kept = [row for row in rows if row.split("\n", 1)[0] != rule]
        path.write_text("\n  - id: ".join([head, *kept]), encoding="utf-8")
    found = groups(edited)
    assert found
    assert {because for _, because in found} == {(rule,)}


@pytest.mark.usefixtures("few")
def test_a_changed_figure_shows_who_quotes_it(edited):
    edited.edit("facts/figures/timelines.yaml", "value: [3, 6]", "value: [4, 8]")
    code, out, _ = run(shipped(), edited.folder, "--format", "json")
    assert code == 1
    found = json.loads(out)
    (figure,) = found["figures"]
    assert (figure["id"], figure["routes"]) == (
        "backend_to_ai_engineering_months",
        ["backend_to_ai_engineering"],
    )
    assert "salary_routing_priced" in figure["rules"]
    assert 0 < len(figure["reports"]) <= figure["reports_written"]
    assert any(group["change"].startswith("ai_engineering takes ") for group in found["groups"])
    assert found["changed"]["scenario"] > 0


@pytest.mark.usefixtures("few")
def test_a_reworded_rule_differs_without_changing_advice(edited):
    edited.edit("rules/mistakes.yaml", "The tools can be learned", "Tools can be learned")
    code, out, _ = run(shipped(), edited.folder)
    assert code == 1
    assert out.splitlines()[0] == "Rules: waiting_to_learn (reworded)"
    assert out.splitlines()[1].endswith("no case had to be tried.")
    assert " 0 change." in out.splitlines()[2]


@pytest.mark.usefixtures("few")
def test_a_new_background_is_a_new_answer(edited):
    row = (
        "\n  - id: tuner\n    name: Piano tuner\n    description: You try what others build.\n    order: 55\n"
    )
    edited.append("facts/backgrounds.yaml", row)
    edited.append(
        "rules/mistakes.yaml",
        '\n  - id: another\n    title: Another\n    reviewed: "2026-11-22"\n    when: {background: tuner}\n'
        "    then: {warn: waiting_to_learn, severity: low, says: Do begin.}\n",
    )
    code, out, _ = run(shipped(), edited.folder)
    assert code == 1
    assert "background: tuner can now be answered" in out
    assert "backgrounds.tuner: added" in out
    assert "another (added)" in out


@pytest.mark.usefixtures("few")
def test_rules_that_now_contradict_each_other_are_told(edited):
    edited.append(
        "rules/routes.yaml",
        '\n  - id: contrary\n    title: Contrary\n    reviewed: "2026-11-22"\n    when: {background: data_engineer}\n'
        "    then: {conclude: {has_sourced_route: false}}\n",
    )
    code, out, _ = run(shipped(), edited.folder)
    assert code == 1
    assert "several values" in out
    assert "because of contrary" in out


COHORT_CSV = """\
id,background,skills,target_reason,target_track
7,data_engineer,sql; python,job_market,ml_engineering
8,data_enginer,,,
"""
COHORT_LINES = (
    '{"id": 7, "background": "data_engineer", "target_reason": "job_market", "target_track": "ml_engineering"}\n'
    '{"background": "data_enginer"}\n[]\n'
)


@pytest.mark.parametrize(
    ("name", "text", "left_out"),
    mostly_slow([("people.csv", COHORT_CSV, "1 row is"), ("people.jsonl", COHORT_LINES, "2 rows are")]),
)
@pytest.mark.usefixtures("few")
def test_a_cohort_is_tried_as_well(edited, tmp_path, name, text, left_out):
    edited.edit("rules/mistakes.yaml", "target_reason: salary", "target_reason: [salary, job_market]")
    cohort = tmp_path / name
    cohort.write_text(text, encoding="utf-8")
    who = tmp_path / "who.csv"
    code, out, err = run(shipped(), edited.folder, "--cohort", cohort, "--out", who)
    assert code == 1
    assert "Of 1 person of the cohort, 1 changes." in out
    assert err == (
        f"note: {left_out} left out, which neither side can read; `trackfit cohort {cohort}` lists what is wrong\n"
    )
    assert who.read_text(encoding="utf-8").splitlines() == [
        "row,id,changes,rules",
        "1,7,the warning salary_routing is now given,salary_routing",
    ]
    assert who.stat().st_mode & 0o777 == 0o600
    code, out, err = run(shipped(), edited.folder, "--cohort", cohort, "--out", who)
    assert (code, out) == (2, "")
    assert (
        err
        == f"{who}:1:1: error: this file exists; add --force to overwrite it, or name another (file-exists)\n"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("--cohort", "none.csv"),
            "none.csv:1:1: error: there is no such file; check the path (no-such-file)\n",
        ),
        (
            ("--out", "who.csv"),
            "--out:1:1: error: this lists the people of a cohort; name their file with --cohort (bad-option)\n",
        ),
        (
            ("--cohort", "-"),
            "--cohort:1:1: error: standard input can be read only once; name a file (bad-option)\n",
        ),
    ],
)
@pytest.mark.usefixtures("few")
def test_a_cohort_that_cannot_be_had_is_refused(edited, options, told):
    assert run(shipped(), edited.folder, *options) == (2, "", told)


def test_faults_name_the_side_they_are_on(edited):
    edited.edit("rules/mistakes.yaml", "background: data_engineer", "background: data_enginer")
    code, out, err = run(shipped(), edited.folder)
    assert (code, out) == (2, "")
    assert err.startswith(f"{edited.folder}/rules/mistakes.yaml:")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert run(shipped(), tmp_path / "none")[0] == 2


@pytest.fixture
def checkout(edited):
    def git(*arguments):
        names = [
            "-c",
            "user.name=Someone",
            "-c",
            "user.email=someone@example.org",
            "-c",
            "commit.gpgsign=false",
        ]
        subprocess.run(["git", "-C", edited.folder, *names, *arguments], check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "As it was")
    return edited


@pytest.mark.usefixtures("few")
def test_a_revision_is_the_knowledge_base_of_its_checkout(checkout):
    checkout.edit("rules/mistakes.yaml", "target_reason: salary", "target_reason: [salary, job_market]")
    code, out, err = run("git:HEAD", checkout.folder, "--knowledge", checkout.folder)
    assert (code, err) == (1, "")
    assert out.splitlines()[0] == "Rules: salary_routing (changed)"


@pytest.mark.parametrize("revision", ["none", "--all", "HEAD:rules", ""])
def test_a_revision_that_is_not_there_is_refused(checkout, revision):
    code, out, err = run(f"git:{revision}", checkout.folder, "--knowledge", checkout.folder)
    assert (code, out) == (2, "")
    assert "(no-such-revision)" in err


def test_a_folder_outside_any_checkout_has_no_revisions(edited, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    code, _, err = run("git:HEAD", edited.folder, "--knowledge", edited.folder)
    assert (code, "is in no git checkout" in err) == (2, True)


def test_the_answer_space_is_bounded_repeatable_and_without_doubles():
    kb = KnowledgeBase.load()
    cases = [one.answers for one in possible(kb, kb, 1_000)]
    assert cases == [one.answers for one in possible(kb, kb, 1_000)]
    assert len(cases) <= 2_000 + len(kb.rules)
    assert len({repr(sorted(one.items(), key=str)) for one in cases}) == len(cases)
    assert edited_rules(kb, kb) == {}


def test_a_space_beyond_the_bound_is_spread_over_all_its_values():
    space = {name: tuple(range(1, 8)) for name in "abcde"}
    found = list(combinations(space, 500))
    assert (size(space), len(found)) == (7**5, 500)
    assert {(name, case[name]) for case in found for name in space} == {
        (n, v) for n in space for v in range(1, 8)
    }


@pytest.mark.parametrize(
    ("operator", "operand", "numbers"),
    [
        ("at_least", 20, {20}),
        ("less_than", 20, {20}),
        ("at_most", 20, {21}),
        ("more_than", 20, {21}),
        ("is", 20, {20, 21}),
        ("is_not", 20, {20, 21}),
        ("between", (5, 9), {5, 10}),
        ("not_between", (5, 9), {5, 10}),
        ("known", True, set()),
    ],
)
def test_numbers_at_which_a_comparison_turns(operator, operand, numbers):
    assert turns(Leaf(attribute="years_experience", operator=operator, operand=operand)) == numbers


def test_the_command_is_named_like_its_module():
    assert command.diff.name == "diff"


def test_where_only_a_quoted_figure_differs_no_case_is_tried(edited):
    edited.edit("facts/figures/salary.yaml", "value: 153620", "value: 163620")
    code, out, _ = run(shipped(), edited.folder)
    assert code == 1
    assert out.splitlines()[0] == "No rule, and no fact that rules hang on, differs: no case had to be tried."
    assert "Figure ai_engineering_base_average: $153,620 (April 2026) → $163,620 (April 2026)" in out


def test_what_is_not_reckoned_with_changes_no_advice():
    """All figures that are only quoted halved, and no resources: the cases are tried, and agree."""
    old = KnowledgeBase.load()
    kept = reckoned_with(old.facts)[0]
    quoted = [one for id_, one in old.facts.figures.items() if isinstance(kept[id_], str)]
    halved = {**old.facts.figures, **{one.id: replace(one, value=_half(one.value)) for one in quoted}}
    assert halved != old.facts.figures
    facts = replace(old.facts, figures=halved, resources={})
    assert reckoned_with(facts) == reckoned_with(old.facts)
    made = Compiled(facts=facts, program=old.program, digest="other", spellings=None)
    new = KnowledgeBase(old.folder, made)
    space = dimensions([(old, Reach(old).leaves(old.program.rules))])
    cases = [Tried(answers=one, origin="possible") for one in combinations(space, 400)]
    assert compare(old, new, cases, DAY).comparison() == Comparison(
        tried={"possible": 400}, changed={}, groups=()
    )


def _half(value):
    return tuple(map(_half, value)) if isinstance(value, tuple) else value // 2


def test_a_quoted_figure_that_is_now_the_highest_pay_warns_fewer(edited):
    old = KnowledgeBase.load()
    ceiling = int(old.measures.highest["usd"].high)
    edited.edit("facts/figures/salary.yaml", "value: 555000", f"value: {ceiling + 100_000}")
    new = KnowledgeBase.load(edited.folder)
    assert reckoned_with(old.facts) != reckoned_with(new.facts)
    cases = [
        Tried(answers={"background": "other", "salary_goal": goal}, origin="possible")
        for goal in (ceiling, ceiling + 1, ceiling + 100_001)
    ]
    (group,) = compare(old, new, cases, DAY).comparison().groups
    assert group.change == "the warning goal_above_sourced_range is no longer given"
    assert (group.cases, group.example["salary_goal"]) == ({"possible": 1}, ceiling + 1)
    assert {ceiling + 1, ceiling + 100_001} <= {
        one.answers.get("salary_goal") for one in possible(old, new, 3_000)
    }
