"""The report that follows what is saved."""

from __future__ import annotations

import json
import shutil
import sys

import pexpect
import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.commands.preview import MARK, render_once, renew_site
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.report.report import to_markdown
from trackfit.engine.site.runtime import find_runtime
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY
from trackfit.tests.support.sites import standing_for_runtime
from trackfit.tests.support.terminals import usual_signals

WORDS = "You have not settled on a track"


@pytest.fixture
def own(tmp_path):
    """A knowledge base, and answers to which a rule of it warns."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    answers = "background: other\ntarget_reason: salary\ntarget_track: undecided\n"
    (tmp_path / "me.yaml").write_text(answers, encoding="utf-8")
    return tmp_path


def change(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_preview_is_the_report(own):
    shown = render_once(str(own / "me.yaml"), own, DAY)
    answers = {"background": "other", "target_reason": "salary", "target_track": "undecided"}
    with KnowledgeBase.load(own) as kb:
        assert shown.report == to_markdown(kb.consult(answers, as_of=DAY))
    assert shown.problems == ()
    assert shown.text == MARK + shown.report


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        ("rules/mistakes.yaml", "target_reason: salary", "target_raeson: salary", "unknown-attribute"),
        ("facts/warnings.yaml", "{id: salary_routing,", "{ud: salary_routing,", "unknown-key"),
        ("templates/report.md.j2", "## The plan", "## The {{ plam }}", "undefined-in-template"),
        ("me.yaml", "undecided", "undecidedd", "unknown-value"),
    ],
)
def test_while_something_is_broken_the_problems_stand_above_the_last_report(own, file, before, after, fault):
    case = str(own / "me.yaml")
    first = render_once(case, own, DAY)
    change(own / file, before, after)
    shown = render_once(case, own, DAY, first.report)
    assert shown.report == first.report
    assert fault in [problem.id for problem in shown.problems]
    assert "**The report cannot be written.** The report below is as it was before." in shown.text
    assert all(problem.text in shown.text for problem in shown.problems)
    assert shown.text.endswith(first.report)


def test_without_a_report_before_only_the_problems_are_shown(own):
    (own / "me.yaml").write_text("background: nobody\n", encoding="utf-8")
    shown = render_once(str(own / "me.yaml"), own, DAY)
    assert "There is no report yet." in shown.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["nobody.yaml"],
            "nobody.yaml:1:1: error: there is no such file; name an answers file (no-such-file)\n",
        ),
        (
            ["me.yaml", "--out", "kept.md"],
            "kept.md:1:1: error: this file exists; add --force to overwrite it, or name another (file-exists)\n",
        ),
    ],
)
def test_what_cannot_be_previewed_is_told(own, monkeypatch, words, told):
    monkeypatch.chdir(own)
    (own / "kept.md").write_text("mine\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["preview", *words])
    assert (result.exit_code, result.output) == (2, told)
    assert (own / "kept.md").read_text(encoding="utf-8") == "mine\n"


def test_it_follows_what_is_saved_until_ctrl_c(own):
    """Words that are waited for are in nothing that was shown before."""
    words = ["-m", "trackfit", "preview", "me.yaml", "--as-of", DAY, "--knowledge", "."]
    with pexpect.spawn(
        sys.executable,
        words,
        cwd=own,
        encoding="utf-8",
        timeout=120,
        dimensions=(60, 100),
        preexec_fn=usual_signals,
    ) as run:
        run.expect("Written without problems: report-preview.md")
        rule = own / "rules/mistakes.yaml"
        change(rule, WORDS, "Nothing is settled")
        run.expect("Nothing is settled")
        run.expect("Written without problems")
        change(rule, "target_reason: salary", "target_raeson: salary")
        run.expect("did you mean 'target_reason'")
        run.expect("Written with problems")
        text = (own / "report-preview.md").read_text(encoding="utf-8")
        assert "The report below is as it was before." in text
        assert "Nothing is settled" in text
        change(rule, "target_raeson: salary", "target_reason: salary")
        run.expect("Written without problems")
        assert "cannot be written" not in (own / "report-preview.md").read_text(encoding="utf-8")
        run.sendintr()
        run.expect("Stopped.")
        run.expect(pexpect.EOF)
    assert run.exitstatus == 0


def test_a_preview_by_a_template_of_ones_own(own):
    template = own / "own.md.j2"
    template.write_text(
        "{% extends 'email.md.j2' %}{% block greeting %}Dear you,{% endblock %}", encoding="utf-8"
    )
    shown = render_once(str(own / "me.yaml"), own, DAY, template=str(template))
    assert shown.report.startswith("Subject: ")
    assert "Dear you," in shown.report
    change(template, "block greeting", "block greting")
    again = render_once(str(own / "me.yaml"), own, DAY, shown.report, str(template))
    assert again.report == shown.report
    assert [(problem.id, problem.where.line) for problem in again.problems] == [("never-printed", 1)]


def test_pages_stay_while_something_is_broken_and_tell_it(own, tmp_path):
    runtime = find_runtime(standing_for_runtime(tmp_path / "runtime"))
    pages = tmp_path / "pages"
    pages.mkdir()

    def told():
        return json.loads((pages / "preview.json").read_text(encoding="utf-8"))

    assert renew_site(own, runtime, pages) == ()
    first, page = told(), (pages / "index.html").read_text(encoding="utf-8")
    assert first["knowledge"] in page
    assert "&quot;preview&quot;: true" in page
    change(own / "facts/attributes.yaml", "question: Which tools", "quesiton: Which tools")
    assert [one.id for one in renew_site(own, runtime, pages)] != []
    assert told()["knowledge"] == first["knowledge"]
    assert told()["problems"][0].startswith("facts/attributes.yaml:")
    assert (pages / "index.html").read_text(encoding="utf-8") == page
    change(own / "facts/attributes.yaml", "quesiton: Which tools", "question: What tools")
    assert renew_site(own, runtime, pages) == ()
    assert told()["problems"] == []
    assert told()["knowledge"] != first["knowledge"]


def test_a_preview_is_of_a_report_or_of_the_pages(own):
    neither = CliRunner().invoke(cli, ["preview"])
    both = CliRunner().invoke(cli, ["preview", "--site", str(own / "me.yaml")])
    assert (neither.exit_code, both.exit_code) == (2, 2)
    assert neither.stderr.endswith("(missing-option)\n")
    assert both.stderr.endswith("(option-does-not-fit)\n")
