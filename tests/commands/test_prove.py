"""`trackfit prove` as a command: what it prints and writes, and the faults of statement files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import partial

import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.proofs.prove import BUILT_IN
from trackfit.engine.proofs.statements import read_statements
from trackfit.tests.support import running
from trackfit.tests.support.prove_folders import overlaid, write

run = partial(running.run, "prove")


def test_the_command_on_a_good_knowledge_base(tmp_path):
    found = run("--knowledge", overlaid("base", tmp_path / "kb"))
    lines = found.stdout.splitlines()
    assert (found.exit_code, len(lines)) == (0, len(BUILT_IN) + 2)
    assert lines[-1] == "✓ proved    Whoever has an open route is recommended its track (routes_are_shown)"


def test_the_command_on_a_broken_one(tmp_path):
    found = run("--knowledge", overlaid("early_ones_are_told", tmp_path / "kb"))
    assert found.exit_code == 1
    start = found.stdout.index("✗")
    lines = found.stdout[start:].splitlines()[:4]
    assert lines[0] == "✗ refuted   Whoever has too few years is told so (early_ones_are_told)"
    assert lines[1] == "      `where` holds, and `then` does not"
    assert lines[2] == '        background: "other"'
    assert lines[3].startswith("        years_experience: ")


def test_before_and_after_are_shown(tmp_path):
    found = run("--knowledge", overlaid("warnings_stay", tmp_path / "kb"))
    rest = found.stdout[found.stdout.index("✗") :].splitlines()
    assert rest[2:4] == ['        background: "builder"', "      and no longer with"]
    assert rest[4].startswith("        years_experience: ")


def test_json_has_the_shape_that_was_promised(tmp_path):
    found = run("--knowledge", overlaid("warnings_stay", tmp_path / "kb"), "--format", "json")
    rows = json.loads(found.stdout)
    assert found.exit_code == 1
    assert all({"statement", "result", "case"} <= row.keys() for row in rows)
    assert {row["result"] for row in rows} == {"proved", "refuted"}
    (row,) = [row for row in rows if row["result"] == "refuted"]
    assert row["case"] == {"background": "builder"} == row["failures"][0]["case"]
    assert row["failures"][0]["after"].keys() == {"background", "years_experience"}


def test_saved_cases_are_answers_files(tmp_path):
    folder, cases = overlaid("warnings_stay", tmp_path / "kb"), tmp_path / "deep" / "cases"
    assert run("--knowledge", folder, "--save", cases).exit_code == 1
    scenarios = cases / "counterexamples.test.yaml"
    answers = [cases / "warnings_stay-1-after.yaml", cases / "warnings_stay-1.yaml"]
    assert sorted(cases.iterdir()) == [scenarios, *answers]
    shutil.copy(scenarios, folder / "rules")
    found = CliRunner().invoke(cli, ["test", f"rules/{scenarios.name}", "--knowledge", str(folder)])
    assert found.exit_code == 0, found.output
    assert found.stdout.count("this follows today; write what should") == 2
    for path in answers:
        found = CliRunner().invoke(cli, ["advise", str(path), "--knowledge", str(folder)])
        assert found.exit_code == 0, found.output
    again = run("--knowledge", folder, "--save", cases)
    assert again.exit_code == 2
    assert again.stderr.splitlines()[-1].endswith("(file-exists)")
    assert run("--knowledge", folder, "--save", cases, "--force").exit_code == 1


def test_a_folder_that_cannot_be_made(tmp_path):
    write(tmp_path, "taken", "")
    found = run("--knowledge", overlaid("base", tmp_path / "kb"), "--save", tmp_path / "taken" / "cases")
    assert found.exit_code == 2
    assert found.stderr.endswith("(unwritable-file)\n")
    assert not found.stdout


def test_without_the_solver_one_line_tells_how_to_install_it():
    for command in (["prove"], ["change", "examples/backend.yaml"]):
        program = f"""
import sys
sys.modules["z3"] = None
sys.argv = ["trackfit", *{command}]
from trackfit.cli import main
main()
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        (line,) = done.stderr.splitlines()
        assert line.endswith(
            f"install it: {sys.executable} -m pip install 'trackfit[prove]' (solver-missing)"
        )


# Faults of statement files

FAULTS = {
    "statements: [{id: a, title: A, then: {backgroud: builder}}]": (
        "1:39: error: there is no attribute 'backgroud'; did you mean 'background'? (unknown-attribute)"
    ),
    "statements: [{id: a, title: A, then: {background: bilder}}]": (
        "1:51: error: 'background' is never 'bilder'; did you mean 'builder'? (unknown-value)"
    ),
    "statements: [{id: a, title: A, when: {background: builder}, then: {background: builder}}]": (
        "1:32: error: there is no key 'when' here"
    ),
    "statements: [{id: a, title: A}]": "1:14: error: the key 'then' is missing; add it (missing-key)",
    "statements: [{id: a, title: 3, then: {background: builder}}]": (
        "1:29: error: 'title' is a text (wrong-type)"
    ),
    "statements: {id: a}": "1:13: error: a file of statements has one list",
    "statments: [{id: a}]": "1:1: error: there is no key 'statments' here; did you mean 'statements'? (unknown-key)",
    "statements: [a]": "1:14: error: a statement is a mapping with `id`, `title` and `then` (wrong-type)",
    "statements: [{id: a, title: A, for_each: {route: rutes}, then: {background: builder}}]": (
        "1:50: error: 'for_each' is never 'rutes'; did you mean 'routes'? (unknown-value)"
    ),
    "statements: [{id: a, title: A, for_each: routes, then: {background: builder}}]": (
        "1:42: error: 'for_each' is a variable and its table, as in {route: routes} (wrong-type)"
    ),
    "statements: [{id: a, title: A, for_each: {route: routes}, then: {background: route.bakground}}]": (
        "error: routes have no column 'bakground'; did you mean 'background'? (unknown-column)"
    ),
    "statements: [{id: early_ones_are_told, title: A, then: {background: builder}}]": (
        "error: the id 'early_ones_are_told' stands twice (first at rules/promises.prove.yaml:2); rename one (duplicate-id)"
    ),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_of_a_statement_is_told_with_its_place(text, tmp_path):
    folder = overlaid("base", tmp_path / "kb")
    write(folder, "rules/yours.prove.yaml", text)
    found = run("--knowledge", folder)
    assert (found.exit_code, found.stdout) == (2, "")
    (line,) = found.stderr.splitlines()
    assert line.startswith("rules/yours.prove.yaml:1:")
    assert FAULTS[text] in line


def test_all_faults_are_told_at_once(tmp_path):
    folder = overlaid("base", tmp_path / "kb")
    write(
        folder,
        "rules/yours.prove.yaml",
        "statements:\n  - {id: a}\n  - {title: B, then: {x: 1}}",
    )
    with KnowledgeBase.load(folder) as kb, pytest.raises(InvalidKnowledge) as caught:
        read_statements(kb)
    assert [problem.id for problem in caught.value.problems] == ["missing-key"] * 3
