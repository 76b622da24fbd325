"""`trackfit import` on a terminal: each answer is shown with where it came from, and taken or not."""

from __future__ import annotations

import json
import os
import re
import sys

import pexpect
import pytest
import yaml

from trackfit.tests.support.terminals import usual_signals

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
RESUME = {
    "basics": {"name": "Ana Kovač"},
    "work": [{"position": "Data Engineer", "name": "Marlow", "startDate": "2018", "endDate": "2021"}],
    "skills": ["python", "sql", "tf", "basket weaving"],
}
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def start(tmp_path):
    """Runs trackfit on a terminal, in a folder with a résumé."""
    (tmp_path / "resume.json").write_text(json.dumps(RESUME), encoding="utf-8")
    surroundings = {key: one for key, one in os.environ.items() if key != "CI"}
    children = []

    def run(*arguments):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "trackfit", *arguments],
            cwd=str(tmp_path),
            env={**surroundings, "TERM": "xterm", "PYTHONUTF8": "1"},
            encoding="utf-8",
            dimensions=(40, 80),
            timeout=120,
            preexec_fn=usual_signals,
        )
        child.delaybeforesend = None
        children.append(child)
        return child

    yield run
    for child in children:
        child.close(force=True)


@pytest.fixture
def terminal(start):
    return start("import", "resume.json", "--out", "me.yaml")


def shown(child):
    child.expect("Take this\\? Y/n > ")
    return ESCAPE.sub("", child.before).replace("\r", "").split("\n\n")[-1]


def test_each_answer_is_shown_and_taken_or_not(terminal, tmp_path):
    assert shown(terminal) == (
        "background: Data engineer\n"
        "  Data engineer, because the title 'Data Engineer' (2018–2021, ended 5 years\n"
        "  ago) has 'data engineer'; work[0]\n"
    )
    terminal.sendline("")
    assert shown(terminal).startswith("years of experience: 3\n  2018 to 2021: 36 months, 'Data Engineer'")
    terminal.sendline("perhaps")
    terminal.expect("Take this")
    terminal.sendline("n")
    assert "skills: Python, SQL, and 1 not known here\n" in shown(terminal)
    terminal.sendline("y")
    assert shown(terminal) == "name: 'Ana Kovač'\n  from basics.name\n"
    terminal.sendline("NO")
    terminal.expect("For advice as it is: trackfit advise me.yaml")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    answers = yaml.safe_load((tmp_path / "me.yaml").read_text(encoding="utf-8"))
    assert answers == {"background": "data_engineer", "skills": ["basket weaving", "python", "sql"]}


def test_without_the_background_there_is_no_advice_yet(terminal, tmp_path):
    for answer in "nyyy":
        shown(terminal)
        terminal.sendline(answer)
    terminal.expect(pexpect.EOF)
    assert "To answer the rest: trackfit interview --resume me.yaml" in terminal.before
    assert "For advice" not in terminal.before
    assert "background" in (tmp_path / "me.yaml").read_text(encoding="utf-8").splitlines()[3]


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_stopping_writes_nothing(key, terminal, tmp_path):
    shown(terminal)
    terminal.send(key)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 130
    assert [path.name for path in tmp_path.iterdir()] == ["resume.json"]


def test_an_interview_goes_on_from_what_was_taken(start, tmp_path):
    child = start("interview", "--resume", "resume.json", "--plain", "--out", "report.md")
    for answer in ["", "n", "", ""]:
        shown(child)
        child.sendline(answer)
    child.expect("“tf”")
    child.expect("> ")
    child.sendline("1")
    child.expect("How many years have you worked")
    child.expect("> ")
    child.sendline("4")
    child.expect("> ")
    child.sendline("quit")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    answers = yaml.safe_load((tmp_path / "trackfit-answers.yaml").read_text(encoding="utf-8"))
    assert (answers["background"], answers["years_experience"], answers["name"]) == (
        "data_engineer",
        4,
        "Ana Kovač",
    )
    assert answers["skills"] == ["basket weaving", "python", "sql", "terraform"]


def test_an_interview_that_is_stopped_at_a_resume_keeps_what_was_taken(start, tmp_path):
    child = start("interview", "--resume", "resume.json", "--plain")
    for answer in ["", "n"]:
        shown(child)
        child.sendline(answer)
    shown(child)
    child.sendintr()
    child.expect("Go on with:\r\n  trackfit interview --resume trackfit-answers.yaml")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    kept = yaml.safe_load((tmp_path / "trackfit-answers.yaml").read_text(encoding="utf-8"))
    assert kept == {"background": "data_engineer"}
