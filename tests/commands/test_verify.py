"""`trackfit verify`: yes for what was written, no for anything else, and what differs."""

import re
import shutil
from functools import partial

import pytest
from click.testing import CliRunner

from trackfit import KnowledgeBase, to_markdown
from trackfit.cli import cli
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import shipped
from trackfit.engine.report.stamp import stamp_of
from trackfit.engine.report.verify import MOST_LINES
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.running import told
from trackfit.tests.support.shipped import DAY

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
CASE = {"background": "backend_fullstack", "years_experience": 6, "skills": ["python", "docker"]}


@pytest.fixture(scope="module")
def report():
    with KnowledgeBase.load() as kb:
        return to_markdown(kb.consult(CASE, DAY))


@pytest.fixture
def folder(tmp_path, monkeypatch, report):
    (tmp_path / "report.md").write_text(report, encoding="utf-8")
    (tmp_path / "me.yaml").write_text(
        "background: backend_fullstack\nyears_experience: 6\nskills: [python, docker]\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


run = partial(told, "verify")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_report_of_an_example_is_what_it_says(tmp_path, example):
    path = tmp_path / "report.md"
    CliRunner().invoke(cli, ["advise", str(example), "--as-of", DAY, "--out", str(path)])
    status, output, _ = run(str(path), str(example))
    assert (status, output) == (0, f"Yes: {path} comes from this knowledge base and these answers.\n")


def test_the_order_and_form_of_the_answers_do_not_matter(folder):
    (folder / "me.json").write_text(
        '{"skills": ["docker", "py"], "years_experience": 6, "background": "backend_fullstack"}',
        encoding="utf-8",
    )
    assert run("report.md", "me.json")[0] == 0


def test_text_that_was_changed_by_hand(folder, report):
    (folder / "report.md").write_text(report.replace("**3–6 months", "**3–4 months", 1), encoding="utf-8")
    status, output, errors = run("report.md", "me.yaml")
    assert (status, errors) == (1, "")
    told = output.splitlines()
    assert told[:3] == [
        "No: report.md is not what this knowledge base says of these answers.",
        "  its stamp is right, so its text was changed after it was written",
        "  line 7, in “AI Engineering, 3–6 months”",
    ]
    assert re.fullmatch(r" +report  ….*3–4 months.*", told[3])
    assert re.fullmatch(r" +here    ….*3–6 months.*", told[4])
    assert told[5:] == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "3–6 months</span><sup>",
            "3–4 months</span><sup>",
            ["  line N, in “AI Engineering, 3–6 months”", "    report  3–4 months (Dexity, April 2026)",
             "    here    3–6 months (Dexity, April 2026)"],
        ),
        (
            "</body>",
            "<script>alert(1)</script></body>",
            ["  line N, in “Footnotes”", "    report  <script>alert(1)</script></body>", "    here    </body>"],
        ),
        ("--paper: #fff;", "--paper: #000;", ["  line N", "    report  --paper: #000;", "    here    --paper: #fff;"]),
    ],
    ids=["words", "tags", "look"],
)  # fmt: skip
def test_a_page_that_was_changed_by_hand(folder, before, after, told):
    CliRunner().invoke(cli, ["advise", "me.yaml", "--as-of", DAY, "--format", "html", "--out", "report.html"])
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert run("report.html", "me.yaml")[0] == 0
    (folder / "report.html").write_text(page.replace(before, after, 1), encoding="utf-8")
    status, output, _ = run("report.html", "me.yaml")
    assert status == 1
    assert [re.sub(r"line \d+", "line N", line) for line in output.splitlines()[2:]] == told


@pytest.mark.parametrize("theme", ["brief", "coach"])
@pytest.mark.parametrize("form", ["md", "html"])
def test_a_report_by_each_template_is_what_it_says_until_it_is_changed(folder, theme, form):
    path = folder / f"own.{form}"
    CliRunner().invoke(
        cli,
        ["advise", "me.yaml", "--as-of", DAY, "--template", theme, "--format", form, "--out", str(path)],
    )
    assert run(str(path), "me.yaml")[0] == 0
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("3–6 months", "3–4 months", 1), encoding="utf-8")
    status, output, _ = run(str(path), "me.yaml")
    assert status == 1
    assert "  its stamp is right, so its text was changed after it was written\n" in output


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_message_by_the_template_without_a_stamp_cannot_be_verified(folder, form):
    path = folder / f"own.{form}"
    CliRunner().invoke(
        cli,
        ["advise", "me.yaml", "--as-of", DAY, "--template", "email", "--format", form, "--out", str(path)],
    )
    assert "3–6 months" in path.read_text(encoding="utf-8")
    assert run(path.name, "me.yaml") == (
        2,
        "",
        (
            f"{path.name}:1:1: error: there is no line here that says what made it; name a report that trackfit wrote, whole "
            "as it was written, and by another template than email, which has no such line (no-stamp)\n"
        ),
    )


@pytest.mark.parametrize(
    ("named", "options", "place"),
    [("report", ("--template", "email"), "--template"), ("email", (), "report.md")],
    ids=["by the option", "by its own word"],
)
def test_a_report_is_not_compared_with_one_that_has_no_stamp(folder, report, named, options, place):
    (folder / "report.md").write_text(
        report.replace("template report, as of", f"template {named}, as of"), encoding="utf-8"
    )
    assert run("report.md", "me.yaml", *options) == (
        2,
        "",
        (
            f"{place}:1:1: error: by this template a report has no line that says what made it; name another template "
            "(no-stamp)\n"
        ),
    )


def test_a_line_added_and_a_line_taken_out(folder, report):
    lines = report.splitlines()
    lines[6:6] = ["A line of my own."]
    taken = next(number for number, line in enumerate(lines) if line.startswith("- **MLOps**"))
    del lines[taken]
    (folder / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    status, output, _ = run("report.md", "me.yaml")
    assert status == 1
    assert "    report  A line of my own.\n    here    (nothing)\n" in output
    assert "in “All tracks side by side”\n    report  (nothing)\n    here    - **MLOps**" in output


def test_other_answers(folder):
    (folder / "me.yaml").write_text("background: data_engineer\n", encoding="utf-8")
    status, output, _ = run("report.md", "me.yaml")
    assert status == 1
    assert re.search(
        r"^  other answers: sha256:\w{12}… in the report, sha256:\w{12}… here$", output, re.MULTILINE
    )
    assert re.search(r"^  and \d+ more places$", output, re.MULTILINE)


@pytest.mark.usefixtures("folder")
def test_another_date():
    status, output, _ = run("report.md", "me.yaml", "--as-of", "2026-11-23")
    assert status == 1
    assert "  another date: 2026-11-22 in the report, 2026-11-23 here\n" in output
    assert "  line 3, in “AI Engineering, 3–6 months”\n" in output


def test_another_knowledge_base_even_where_it_says_the_same(folder):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, folder / "own" / name)
    assert run("report.md", "me.yaml", "--knowledge", "own")[0] == 0
    path = folder / "own/facts/backgrounds.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("none of these, or a mix", "none of these or a mix"),
        encoding="utf-8",
    )
    status, output, _ = run("report.md", "me.yaml", "--knowledge", "own")
    assert status == 1
    assert [line.partition(":")[0] for line in output.splitlines()] == ["No", "  another knowledge base"]


def test_another_version_that_says_the_same_is_told_and_no_fault(folder, report):
    (folder / "report.md").write_text(
        re.sub(r"trackfit 0\.\d+\.\d+", "trackfit 0.0.9", report), encoding="utf-8"
    )
    status, output, _ = run("report.md", "me.yaml")
    assert status == 0
    assert "  another version of trackfit: 0.0.9 in the report, " in output


def test_a_stamp_that_was_changed_does_not_help(folder, report):
    (folder / "me.yaml").write_text("background: data_engineer\n", encoding="utf-8")
    with KnowledgeBase.load() as kb:
        digest = kb.reader.case({"background": "data_engineer"}, ()).digest()
    (folder / "report.md").write_text(
        re.sub(r"answers sha256:\w+", f"answers {digest}", report), encoding="utf-8"
    )
    assert run("report.md", "me.yaml")[0] == 1


def test_nothing_in_a_report_reaches_the_terminal_but_text(folder, report):
    (folder / "report.md").write_text(report.replace("AI Engineering", "\x1b[2J\u202e", 1), encoding="utf-8")
    status, output, _ = run("report.md", "me.yaml")
    assert status == 1
    assert "\x1b" not in output
    assert "\u202e" not in output


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# A letter\n", "no-stamp"),
        ("", "no-stamp"),
        (
            "trackfit 1 (x), template report, as of 2026-11-22, knowledge base sha256:abc, answers sha256:abc\n",
            "no-stamp",
        ),
        ("\n" * (MOST_LINES + 1), "file-too-large"),
        (b"\xff\xfe", "not-utf-8"),
    ],
)
def test_what_is_no_report(folder, text, line):
    (folder / "report.md").write_bytes(text if isinstance(text, bytes) else text.encode())
    status, output, errors = run("report.md", "me.yaml")
    assert (status, output) == (2, "")
    assert re.fullmatch(rf"report\.md:1:1: error: [^\n]+ \({line}\)\n", errors)


def test_a_stamp_with_a_date_of_no_calendar(folder, report):
    (folder / "report.md").write_text(
        report.replace("as of 2026-11-22", "as of 2026-13-22"), encoding="utf-8"
    )
    assert run("report.md", "me.yaml")[0] == 2


@pytest.mark.usefixtures("folder")
def test_no_report_and_no_answers():
    assert run("nothing.md", "me.yaml")[2].endswith("(no-such-file)\n")
    assert run("report.md", "nothing.yaml")[2].endswith("(no-such-file)\n")


def test_a_stamp_in_html_is_read(report):
    line = next(line for line in report.splitlines() if "sha256:" in line)
    plain = stamp_of(line)
    assert plain is not None
    marked = line.replace("`", "").replace("sha256:", "<b>sha256:</b>").replace("(", "&#40;")
    assert stamp_of(f"<p>{marked}</p>") == plain
