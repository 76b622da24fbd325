"""New rows and knowledge bases: they check, they pass their own scenarios, and nothing that was there is lost."""

from __future__ import annotations

import shutil

import pytest

from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference import base
from trackfit.engine.workshop.authoring.scaffold import KINDS
from trackfit.engine.workshop.authoring.schemas import FOLDER, schemas, to_json
from trackfit.engine.workshop.check.check import check
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.running import run
from trackfit.tests.support.shipped import DAY


def new(folder, *words):
    result = run("new", *words, "--knowledge", str(folder))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def minimal(tmp_path):
    result = run("new", "knowledge", str(tmp_path / "mine"))
    assert result.exit_code == 0, result.output
    return tmp_path / "mine"


@pytest.fixture
def copied(tmp_path):
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture(params=["minimal", pytest.param("copied", marks=pytest.mark.slow)])
def own(request):
    return request.getfixturevalue(request.param)


def contents(folder):
    return {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}


def assert_sound(folder):
    """No fault that was not there, and every scenario passes."""
    found = check(folder, DAY).problems
    assert [problem.line() for problem in found if problem.id != "placeholder"] == []
    result = run("test", "--knowledge", str(folder))
    assert result.exit_code == 0, result.output


def test_a_new_knowledge_base_checks_tests_and_advises(minimal):
    assert_sound(minimal)
    result = run("advise", str(minimal / "examples/first.yaml"), "--knowledge", str(minimal))
    assert result.exit_code == 0
    assert "# The first track, 1 of 2 skills in place" in result.stdout
    for name, schema in schemas(minimal).items():
        assert (minimal / FOLDER / f"{name}.json").read_text(encoding="utf-8") == to_json(schema)


def words_for(kind, folder):
    background = "data_engineer" if (folder / "facts/routes.yaml").exists() else "first_background"
    source = "our_choice" if background == "first_background" else "indeed_2026_04"
    return {
        "rule": ["rule", "try_this", "--for", background],
        "mistake": ["mistake", "waits_for_spring", "--for", background],
        "figure": ["figure", "a_share", "--value", "75", "--unit", "percent_of_postings", "--source", source],
    }.get(kind, [kind, f"new_{kind}"])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "knowledge"])
def test_a_new_row_checks_and_its_scenarios_pass(own, kind):
    before = contents(own)
    output = new(own, *words_for(kind, own))
    assert_sound(own)
    after = contents(own)
    changed = [path for path in after if after[path] != before.get(path)]
    assert changed
    for path in changed:
        assert after[path].startswith(before.get(path, "").rstrip()), "what was there is kept, comments too"
        assert f"Written: {path}:" in output
    assert "Next: " in output


def test_what_nobody_has_filled_in_is_told(minimal):
    for kind in KINDS[:-1]:
        new(minimal, *words_for(kind, minimal))
    told = {problem.where.file for problem in check(minimal, DAY).problems if problem.id == "placeholder"}
    assert told == {
        f"facts/{name}.yaml" for name in ("attributes", "backgrounds", "figures", "sources", "tracks")
    } | {"rules/tracks.yaml"}


def test_all_kinds_after_one_another(minimal):
    for kind in KINDS[:-1]:
        new(minimal, *words_for(kind, minimal))
    assert_sound(minimal)


def test_a_figure_in_dollars_and_as_a_range(minimal):
    new(
        minimal,
        "figure",
        "pay",
        "--value",
        "[90000, 100000.5]",
        "--unit",
        "usd_per_year",
        "--source",
        "our_choice",
    )
    assert_sound(minimal)


def test_a_file_without_an_end_of_line_or_with_other_indentation_is_kept(minimal):
    path = minimal / "facts/skills.yaml"
    path.write_text(
        "skills:\n- {id: first_skill, name: A, kind: ml}\n- {id: second_skill, name: B, kind: ml}", "utf-8"
    )
    new(minimal, "skill", "weaving")
    text = path.read_text(encoding="utf-8")
    assert "\n- id: weaving  # trackfit: allow unused-skill because it is new;" in text
    assert_sound(minimal)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["skill", "Weaving Baskets"],
            (
                "ID:1:1: error: 'Weaving Baskets' is not an id; use small letters, digits and _, starting with a letter, "
                "such as 'weaving_baskets' (bad-id)"
            ),
        ),
        (
            ["skill", "first_skill"],
            "ID:1:1: error: the id 'first_skill' stands in skills already (facts/skills.yaml:6); choose another (duplicate-id)",
        ),
        (
            ["skill", "firstskill"],
            (
                "ID:1:1: error: 'firstskill' stands for first_skill already; "
                "choose another, or add an alias there (ambiguous-alias)"
            ),
        ),
        (
            ["mistake", "no_sourced_route"],
            (
                "ID:1:1: error: the id 'no_sourced_route' stands in warnings already (facts/warnings.yaml:5); "
                "choose another (duplicate-id)"
            ),
        ),
        (
            ["mistake", "haste", "--for", "first_backgroun"],
            "--for:1:1: error: there is no background 'first_backgroun'; did you mean 'first_background'? (undeclared-name)",
        ),
        (
            ["figure", "pay", "--value", "75"],
            "trackfit new figure:1:1: error: a figure is never made up; say --unit and --source (missing-option)",
        ),
        (
            ["figure", "pay", "--value", "lots", "--unit", "rank", "--source", "our_choice"],
            "--value:1:1: error: 'lots' is neither a number nor a range; write 75, 37.7 or [3, 6] (wrong-type)",
        ),
        (
            ["figure", "share", "--value", "130%", "--unit", "percent_of_stack", "--source", "our_choice"],
            "--value:1:1: error: 130 is no number in percent_of_stack; they run from 0 to 100 (bad-range)",
        ),
        (
            ["figure", "wait", "--value", "6-3", "--unit", "months", "--source", "our_choice"],
            "--value:1:1: error: the range of 'value' runs from 6 down to 3; write the lower end first (bad-range)",
        ),
        (
            ["skill", "weaving", "--value", "75"],
            "--value:1:1: error: --value does not go with `new skill`; leave it out (option-does-not-fit)",
        ),
    ],
)
def test_what_cannot_be_added_is_told_and_nothing_is_written(minimal, words, told):
    before = contents(minimal)
    result = run("new", *words, "--knowledge", str(minimal))
    assert (result.exit_code, result.output) == (2, f"{told}\n")
    assert contents(minimal) == before


def test_a_file_that_does_not_end_with_the_table_is_left_alone(minimal):
    path = minimal / "facts/skills.yaml"
    rows = path.read_text(encoding="utf-8")
    path.write_text(f"{rows}\nwarnings:\n  - {{id: haste, title: Haste}}\n", encoding="utf-8")
    before = contents(minimal)
    result = run("new", "skill", "weaving", "--knowledge", str(minimal))
    assert (result.exit_code, result.output) == (
        2,
        (
            "facts/skills.yaml:1:1: error: no row can be added at the end of this file; "
            "let it end with the rows of 'skills', each starting with a dash (cannot-append)\n"
        ),
    )
    assert contents(minimal) == before


def test_a_folder_with_something_in_it_is_left_alone(minimal):
    before = contents(minimal)
    result = run("new", "knowledge", str(minimal))
    assert result.exit_code == 2
    assert (
        result.output
        == f"{minimal}:1:1: error: there is something here already; name a new folder (file-exists)\n"
    )
    assert contents(minimal) == before


def test_the_installed_program_is_never_edited(tmp_path, monkeypatch):
    installed = tmp_path / "site-packages/trackfit"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, installed / name)
    monkeypatch.setattr(base, "shipped", lambda: installed)
    monkeypatch.chdir(installed)
    result = run("new", "skill", "weaving")
    assert result.exit_code == 2
    assert result.output == (
        ".:1:1: error: this is the installed program, which an update overwrites; "
        "make your own with `trackfit new knowledge DIR` (installed-knowledge)\n"
    )


def test_outside_a_knowledge_base_it_says_where_to_go(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("new", "skill", "weaving")
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "(no-knowledge-base)" in result.output
