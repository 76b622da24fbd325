"""`trackfit check`: each fault at its place, none twice, none hidden by another."""

from __future__ import annotations

import ast
import json
import re
import shutil
from functools import partial

import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.engine.inference.base import shipped
from trackfit.engine.problems.problem import KNOWLEDGE_PROBLEMS, PROBLEMS
from trackfit.engine.workshop.check.check import check
from trackfit.tests.support import running
from trackfit.tests.support.places import BROKEN, ROOT
from trackfit.tests.support.shipped import DAY

CASES = sorted(path.name for path in BROKEN.iterdir() if path.is_dir() and path.name not in ("base", "prove"))
NOT_IDS = {
    "c-c",
    "c-d",
    "c-n",
    "c-p",
    "trackfit-report",
    "data-label",
    "durable-rules",
    "three-valued",
    "site-packages",
    "dist-packages",
    "ls-tree",
    "rev-parse",
    "utf-8",
    "hands-on",
    "entry-level",
    "http-equiv",
    "markdown-it-py",
    "mdit-py-plugins",
    "tracked-changes",
    "no-sheet",
    "line-break",
    "table-row",
    "list-item",
    "no-cache",
}
NO_EXAMPLE = {
    "file-too-large": "a file of two megabytes",
    "no-knowledge-base": "a folder that is none; see test_no_knowledge_base",
    "unreadable-file": "a file that may not be read",
}


def overlaid(name, folder):
    """The base knowledge base with the files of one case on top."""
    shutil.copytree(BROKEN / "base", folder)
    if name != "base":
        shutil.copytree(
            BROKEN / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt")
        )
    return folder


def told(problems):
    lines = []
    for problem in problems:
        lines.append(problem.line())
        if problem.suggestion is not None:
            lines.append(f"    {'fix' if problem.replaces else 'suggestion'}: {problem.suggestion}")
    return lines


@pytest.mark.parametrize("name", CASES)
def test_broken(name, tmp_path):
    found = told(check(overlaid(name, tmp_path / "kb"), DAY).problems)
    assert found == (BROKEN / name / "expected.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("folder", [BROKEN / "base", shipped()], ids=["base", "shipped"])
def test_nothing_is_wrong_with_a_good_knowledge_base(folder):
    assert not told(check(folder, DAY).problems)


def test_a_file_of_ever_more_documents_is_read_in_part(tmp_path):
    kb = overlaid("base", tmp_path / "kb")
    (kb / "facts" / "extra.yaml").write_text("---\nskills: []\n" * 5_000, encoding="utf-8")
    assert {problem.id for problem in check(kb, DAY).problems} == {"several-documents"}


@pytest.mark.parametrize(
    "value", ["9" * 5_000, f"${'9' * 400}", f"[9{',000' * 5_000}]", f"{{x: 9{',000' * 5_000}}}"]
)
def test_a_number_that_nobody_typed_does_no_harm(value, tmp_path):
    kb = overlaid("wrong-type-number-with-commas", tmp_path / "kb")
    path = kb / "facts" / "extra.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("153,620", value), encoding="utf-8")
    assert any(problem.where.line == 4 for problem in check(kb, DAY).problems)


@pytest.mark.parametrize("file", ["facts/extra.yaml", "rules/extra.yaml"])
def test_a_row_that_cannot_be_read_hides_no_other(file, tmp_path):
    kb = overlaid("many", tmp_path / "kb")
    before = {(problem.where, problem.id) for problem in check(kb, DAY).problems}
    with (kb / file).open("a", encoding="utf-8") as stream:
        stream.write("  - {id: not_closed\n")
    found = {(problem.where, problem.id) for problem in check(kb, DAY).problems}
    assert before < found
    assert [id_ for _, id_ in found - before] == ["yaml-syntax"]


def test_one_fault_a_case():
    several = {
        "many",
        "faults-of-rules-and-scenarios",
        "yaml-syntax-does-not-hide-others",
        "yaml-syntax-does-not-hide-its-row",
        "not-utf-8-does-not-hide-others",
        "control-character-does-not-hide-others",
        "unknown-values-each",
        "low-contrast",
    }
    for name in CASES:
        lines = (BROKEN / name / "expected.txt").read_text(encoding="utf-8").splitlines()
        assert name in several or sum(not line.startswith(" ") for line in lines) == 1, name


def ids_in_the_program():
    found = set()
    for path in [*(ROOT / "engine").rglob("*.py"), *(ROOT / "commands").glob("*.py"), ROOT / "cli.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(re.findall(r"^[a-z]+(?:-[a-z]+)+(?:-8)?$", node.value))
    return found - NOT_IDS


def test_every_id_is_registered():
    assert not ids_in_the_program() - set(PROBLEMS), (
        "each id of a problem stands in engine/problems/problem.py"
    )


@pytest.mark.parametrize("id_", sorted(PROBLEMS))
def test_every_id_has_a_page(id_):
    text = (ROOT / "docs" / "problems" / f"{id_}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {id_}\n")
    assert [part for part in ("## Avoid", "## Prefer", "## Why") if part not in text] == []


def test_no_page_without_an_id():
    pages = {path.stem for path in (ROOT / "docs" / "problems").glob("*.md")} - {"index"}
    assert pages == set(PROBLEMS)


def test_every_id_of_a_knowledge_base_has_a_broken_example():
    lines = "".join((BROKEN / name / "expected.txt").read_text(encoding="utf-8") for name in CASES)
    given = set(re.findall(r"\(([a-z0-9-]+)\)$", lines, re.MULTILINE))
    assert set(KNOWLEDGE_PROBLEMS) - given == set(NO_EXAMPLE)


run = partial(running.run, "check", "--as-of", DAY)


def test_text_with_excerpt(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    overlaid("unknown-attribute", tmp_path / "kb")
    result = run("kb")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "kb/rules/extra.yaml:6:7: error: there is no attribute 'backgruond'; did you mean 'background'? (unknown-attribute)",
        "  6 |       backgruond: builder",
        "    |       ^^^^^^^^^^",
        "1 error. docs/problems/ has a page for each id. --fix can mend 1 of them.",
    ]


def test_json(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    overlaid("unknown-attribute", tmp_path / "kb")
    result = run("kb", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [
        {
            "file": "kb/rules/extra.yaml",
            "line": 6,
            "column": 7,
            "severity": "error",
            "id": "unknown-attribute",
            "text": "there is no attribute 'backgruond'; did you mean 'background'?",
            "suggestion": "background",
        }
    ]


def test_github(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    overlaid("unused-figure", tmp_path / "kb")
    result = run("kb", "--format", "github")
    assert result.exit_code == 1
    assert result.stdout == (
        "::warning file=kb/facts/extra.yaml,line=2,col=9,title=unused-figure%3A a figure that nothing uses::"
        "no row, rule or template uses the figure 'extra_months'; take it out, or use it\n"
    )


def test_a_good_knowledge_base_exits_with_0(tmp_path):
    kb = overlaid("base", tmp_path / "kb")
    assert (run(kb).exit_code, run(kb, "--format", "json").stdout) == (0, "[]\n")


def test_no_knowledge_base(tmp_path):
    result = run(tmp_path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.endswith("(no-knowledge-base)\n")


def test_a_path_that_is_not_there(tmp_path):
    assert run(tmp_path / "nowhere").exit_code == 2


def test_a_file_shows_only_its_own_problems(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kb = overlaid("many", tmp_path / "kb")
    shown = json.loads(run(kb / "rules" / "extra.yaml", "--format", "json").stdout)
    assert {one["file"] for one in shown} == {"kb/rules/extra.yaml"}
    assert run(kb / "rules" / "rules.yaml").exit_code == 0


def test_whoever_stands_in_another_knowledge_base_is_told_which_was_checked(tmp_path, monkeypatch):
    monkeypatch.chdir(overlaid("base", tmp_path / "kb"))
    hint = "This was the knowledge base that comes with trackfit; for yours: trackfit check .\n"
    assert (run().stderr, run(".").stderr) == (hint, "")
    assert CliRunner().invoke(cli, ["test"]).stderr == hint.replace("check .", "test --knowledge .")


def test_several_knowledge_bases(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("unused-figure", "unused-warning"):
        overlaid(name, tmp_path / name)
    shown = json.loads(run("unused-figure", "unused-warning", "--format", "json").stdout)
    assert [one["id"] for one in shown] == ["unused-figure", "unused-warning"]


def test_an_allowed_warning_is_not_shown(tmp_path):
    kb = overlaid("unused-figure", tmp_path / "kb")
    path = kb / "facts" / "extra.yaml"
    allow = "# trackfit: allow unused-figure because it is for next month"
    text = path.read_text(encoding="utf-8")
    for allowed in (
        text.replace("  - id", f"  {allow}\n  - id"),
        text.replace("months\n", f"months  {allow}\n", 1),
    ):
        path.write_text(allowed, encoding="utf-8")
        assert not told(check(kb, DAY).problems)


def test_an_error_cannot_be_allowed(tmp_path):
    kb = overlaid("unknown-value", tmp_path / "kb")
    path = kb / "facts" / "extra.yaml"
    allow = "# trackfit: allow unknown-value because I say so"
    path.write_text(path.read_text(encoding="utf-8").replace("  -", f"  {allow}\n  -"), encoding="utf-8")
    assert [problem.id for problem in check(kb, DAY).problems] == ["unused-allow", "unknown-value"]


def test_names_that_differ_in_a_number_or_in_a_whole_word_are_not_mended(tmp_path):
    kb = overlaid("undeclared-name-with-another-number", tmp_path / "kb")
    result = run(kb, "--fix")
    assert (result.exit_code, result.stderr) == (1, "")


FIXED = [
    "wrong-type-number-with-a-k",
    "wrong-type-range-with-a-dash",
    "wrong-type-comparison-in-signs",
    "unknown-operator-in-other-words",
    "wrong-date-day-first",
    "yaml-syntax-no-space-after-a-colon",
    "unknown-key",
    "unknown-value",
    "alias-for-id",
    "yes-no-as-text",
    "unknown-attribute",
    "undeclared-name",
]


@pytest.mark.parametrize("name", [*FIXED, "undeclared-name-of-a-figure", "alias-for-id-in-a-rule"])
def test_fix_mends_what_is_certain(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kb = overlaid(name, tmp_path / "kb")
    (problem,) = check(kb, DAY).problems
    path = kb / problem.where.file
    before = "# a comment stays\n" + path.read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + before.replace("\n", "\r\n").encode())
    result = run("kb", "--fix")
    assert f": {problem.replaces} → {problem.suggestion}" in result.stderr
    after = path.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf# a comment stays\r\n")
    changed = [
        (old, new)
        for old, new in zip(before.split("\n"), after.decode("utf-8-sig").split("\r\n"), strict=True)
        if old != new
    ]
    word = rf'"?(?<!\w){re.escape(str(problem.replaces))}(?!\w)"?'
    assert [new for _, new in changed] == [re.sub(word, str(problem.suggestion), old) for old, _ in changed]
    assert len(changed) == 1
    assert problem.id not in [one.id for one in check(kb, DAY).problems]


MOVED = {
    "key-order": """skills:
  - id: go
    name: Go
    kind: language
    counts_as: [python]
""",
    "key-order-of-a-rule": """rules:
  - id: extra
    title: An extra rule
    reviewed: "2026-11-22"
    when:
      years_experience: {at_least: 7}  # and more
    # Whom it is for:
    then:
      warn: too_early
      severity: low
      says: >-
        # not a comment: take your time.
""",
}


@pytest.mark.parametrize("name", MOVED)
def test_fix_moves_a_key_with_its_value(name, tmp_path):
    kb = overlaid(name, tmp_path / "kb")
    (problem,) = check(kb, DAY).problems
    assert run(kb, "--fix").exit_code == 0
    assert (kb / problem.where.file).read_text(encoding="utf-8") == MOVED[name]


def test_fix_leaves_alone_what_is_not_certain(tmp_path):
    kb = overlaid("unknown-key-without-a-near-one", tmp_path / "kb")
    before = (kb / "facts" / "extra.yaml").read_bytes()
    result = run(kb, "--fix")
    assert (result.exit_code, result.stderr) == (1, "")
    assert (kb / "facts" / "extra.yaml").read_bytes() == before
