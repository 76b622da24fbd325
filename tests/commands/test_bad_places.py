"""Wrong files, folders, dates, knowledge bases and templates: the exact problem, and exit status 2."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trackfit.engine.inference.base import shipped
from trackfit.tests.support.running import refused, run

UTF_8 = "save the file as UTF-8, the text encoding of YAML and JSON (not-utf-8)"


def test_large_file(here):
    with (here / "case.yaml").open("wb") as file:
        file.truncate(50_000_000)
    expected = "the file is larger than 2 MB; answers and knowledge files are far smaller (file-too-large)"
    assert refused("advise", "case.yaml") == [f"case.yaml:1:1: error: {expected}"]
    assert refused("advise", "-", given=b"#" * 2_000_001) == [f"<stdin>:1:1: error: {expected}"]


def test_places_that_are_no_files(here):
    (here / "folder").mkdir()
    (here / "loop.yaml").symlink_to("loop.yaml")
    (here / "answers.yaml").touch()
    assert refused("advise", "folder") == [
        "folder:1:1: error: this is a folder; name a file in it (is-a-folder)"
    ]
    assert refused("advise", "loop.yaml") == [
        "loop.yaml:1:1: error: cannot read it: Too many levels of symbolic links (unreadable-file)"
    ]
    assert refused("advise", "anwsers.yml") == [
        "anwsers.yml:1:1: error: there is no such file; did you mean 'answers.yaml'? (no-such-file)"
    ]
    assert refused("advise", "nowhere/case.yaml") == [
        "nowhere/case.yaml:1:1: error: there is no such file; check the path (no-such-file)"
    ]


def test_unreadable_file_without_permission(here, monkeypatch):
    ordinary = Path.open

    def denied(path, *arguments, **options):
        if path.name == "case.yaml":
            raise PermissionError(13, "Permission denied")
        return ordinary(path, *arguments, **options)

    (here / "case.yaml").touch()
    monkeypatch.setattr(Path, "open", denied)
    assert refused("advise", "case.yaml") == [
        "case.yaml:1:1: error: cannot read it: Permission denied (unreadable-file)"
    ]


def test_a_day_that_is_too_far_ahead(here):
    (here / "case.yaml").write_text("background: other\n", encoding="utf-8")
    told = "9999-12-31 is too far ahead; name a day up to 2999-12-31 (wrong-date)"
    assert refused("advise", "case.yaml", "--as-of", "9999-12-31") == [f"--as-of:1:1: error: {told}"]
    assert run("advise", "case.yaml", "--as-of", "2999-12-31").exit_code == 0


def test_an_answer_to_a_question_for_others_is_noted(here):
    (here / "case.yaml").write_text("background: architect\nexpects_same_work: yes\n", encoding="utf-8")
    result = run("advise", "case.yaml")
    assert result.exit_code == 0
    assert result.stderr == (
        "case.yaml:2:1: warning: 'expects_same_work' is not asked of people with these other answers; "
        "look whether it is meant (answer-not-asked)\n"
    )


@pytest.mark.parametrize("text", ["2026-13-01", "22.11.2026", "tomorrow", "2026-02-30", ""])
def test_wrong_date(text, here):
    (here / "case.yaml").write_text("background: other\n")
    expected = (
        f"--as-of:1:1: error: {text!r} is not a date; write YYYY-MM-DD, such as 2026-11-22 (wrong-date)"
    )
    assert refused("advise", "case.yaml", "--as-of", text) == [expected]


def test_wrong_places_to_write(here):
    (here / "case.yaml").write_text("background: other\n")
    (here / "old.md").write_text("mine")
    (here / "folder").mkdir()
    advise = ("advise", "case.yaml", "--out")
    assert refused(*advise, "none/report.md") == [
        "none/report.md:1:1: error: there is no folder 'none'; make it, or name another (unwritable-file)"
    ]
    assert refused(*advise, "folder", "--force") == [
        "folder:1:1: error: this is a folder; name a file in it (is-a-folder)"
    ]
    assert refused(*advise, "old.md") == [
        "old.md:1:1: error: this file exists; add --force to overwrite it, or name another (file-exists)"
    ]
    assert (here / "old.md").read_text() == "mine"
    assert run(*advise, "old.md", "--force").stderr == "Written: old.md\n"
    assert (here / "old.md").read_text().startswith("# ")


def test_wrong_knowledge_folder(here):
    (here / "case.yaml").write_text("background: other\n")
    (here / "empty").mkdir()
    holds = "a knowledge base has facts/, rules/ and templates/ (no-knowledge-base)"
    assert refused("advise", "case.yaml", "--knowledge", "none") == [
        "none:1:1: error: there is no such folder; name one that holds facts/, rules/ and templates/ (no-knowledge-base)"
    ]
    assert refused("advise", "case.yaml", "--knowledge", "case.yaml") == [
        "case.yaml:1:1: error: there is no such folder; name one that holds facts/, rules/ and templates/ (no-knowledge-base)"
    ]
    assert refused("advise", "case.yaml", "--knowledge", "empty") == [
        f"facts:1:1: error: there is no folder 'facts' here; {holds}",
        f"rules:1:1: error: there is no folder 'rules' here; {holds}",
    ]


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (None, "1:1: error: there is no template 'report.md.j2' in templates/"),
        ("{{ nme }}", "1:4: error: the template names what is not there: 'nme' is undefined;"),
        ("\n{{ ''.__class__.__mro__ }}", "2:7: error: the template tries what the sandbox forbids:"),
        ("{% if %}", "1:1: error: the template cannot be read:"),
    ],
    ids=["missing-template", "undefined-in-template", "template-escapes-sandbox", "template-syntax"],
)
def test_wrong_template(template, problem, here, request):
    (here / "case.yaml").write_text("background: other\n")
    for name in ("facts", "rules"):
        shutil.copytree(shipped() / name, here / "kb" / name)
    (here / "kb/templates").mkdir()
    if template is not None:
        (here / "kb/templates/report.md.j2").write_text(template)
    (found,) = refused("advise", "case.yaml", "--knowledge", "kb")
    assert found.startswith(f"templates/report.md.j2:{problem}")
    assert found.endswith(f"({request.node.callspec.id})")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            b"background: !!python/object/apply:os.system ['echo hacked']",
            (
                "1:13: error: the tag '!!python/object/apply:os.system' is not allowed; "
                "drop it or quote the text (tag-not-allowed)"
            ),
        ),
        (b"", "1:1: error: the file is empty; it needs `key: value` lines (empty-file)"),
        (b"\x80", f"1:1: error: the byte 0x80 is not UTF-8; {UTF_8}"),
    ],
    ids=["tag", "empty", "bytes"],
)  # fmt: skip
def test_as_its_own_process(given, expected):
    command = [sys.executable, "-m", "trackfit", "advise", "-"]
    result = subprocess.run(command, input=given, capture_output=True, check=False)
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.decode() == f"<stdin>:{expected}\n"


def test_standard_input_may_be_closed():
    command = [sys.executable, "-m", "trackfit", "advise", "-"]
    script = "import os, sys; os.close(0); os.execv(sys.argv[1], sys.argv[1:])"
    result = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr == (
        "<stdin>:1:1: error: there is no standard input here; name a file (unreadable-file)\n"
    )
