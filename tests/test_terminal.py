"""The interview with `--plain`, as a screen reader or a simple terminal shows it, line by line."""

from __future__ import annotations

import os
import re

import pytest

from trackfit.tests.terminals import PROMPT, Terminal, advise

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
ANSWERS = ["3", "6", "python, sql, pytorch", "4", "190k", "1", "2", "n", "Ana"]
QUESTIONS = [
    "closest to the work",
    "How many years",
    "tools and skills",
    "kind of AI job",
    "How much would you like",
    "base salary or your total",
    "your own work with models",
    "with a better title",
    "What name",
]


def test_a_whole_interview(tmp_path):
    terminal = Terminal(tmp_path, "interview")
    for question, answer in zip(QUESTIONS, ANSWERS, strict=True):
        assert question in terminal.prompted()
        terminal.answer(answer)
    rest, status = terminal.ended()
    assert status == 0
    assert "Your report:  trackfit-report.md\nYour answers: trackfit-answers.yaml\n" in rest
    report = (tmp_path / "trackfit-report.md").read_text(encoding="utf-8")
    assert report == advise(tmp_path, "trackfit-answers.yaml")
    first = rest.split("\n\n")[1]
    assert len(first.split()) > 10
    assert "[^" not in rest
    assert " ".join(first.split())[:40] in re.sub(r"\*\*|\[\^[^]]+\]|\\", "", report)


@pytest.mark.slow
def test_stopped_at_every_question_and_gone_on_with(tmp_path):
    """Ctrl-C at each question in turn: what was answered stays, and only the rest is asked."""
    for number, question in enumerate(QUESTIONS):
        options = ["--resume", "a.yaml"] if number else ["--save", "a.yaml"]
        terminal = Terminal(tmp_path, "interview", *options)
        assert question in terminal.prompted()
        if number < len(QUESTIONS) - 1:
            terminal.answer(ANSWERS[number])
            assert QUESTIONS[number + 1] in terminal.prompted()
        terminal.child.sendintr()
        rest, status = terminal.ended()
        assert status == 130
        assert (
            "Stopped. Your answers are in a.yaml. Go on with:\n  trackfit interview --resume a.yaml\n" in rest
        )
    terminal = Terminal(tmp_path, "interview", "--answers", "a.yaml", "--out", "report.md")
    assert QUESTIONS[-1] in terminal.prompted()
    terminal.answer(ANSWERS[-1])
    assert terminal.ended()[1] == 0
    assert (tmp_path / "report.md").read_text() == advise(tmp_path, "trackfit-answers.yaml")
    assert 'name: "Ana"' in (tmp_path / "trackfit-answers.yaml").read_text()


@pytest.mark.parametrize("key", ["sendintr", "sendeof"])
def test_stopped_at_once(key, tmp_path):
    terminal = Terminal(tmp_path, "interview")
    terminal.prompted()
    getattr(terminal.child, key)()
    rest, status = terminal.ended()
    assert status == 130
    assert rest.endswith("Stopped. Nothing was answered, so nothing is kept.\n")
    assert list(tmp_path.iterdir()) == []


def test_end_of_input_keeps_the_answers(tmp_path):
    terminal = Terminal(tmp_path, "interview")
    terminal.prompted()
    terminal.answer("5")
    terminal.prompted()
    terminal.child.sendeof()
    rest, status = terminal.ended()
    assert status == 130
    assert "trackfit interview --resume trackfit-answers.yaml" in rest
    assert 'background: "architect"\n' in (tmp_path / "trackfit-answers.yaml").read_text()


def test_stopped_while_a_skill_is_asked_back(tmp_path):
    terminal = Terminal(tmp_path, "interview")
    for answer in ("6", "4", "python, tf"):
        terminal.prompted()
        terminal.answer(answer)
    assert "Which do you mean by “tf”?" in terminal.prompted()
    terminal.child.sendintr()
    assert terminal.ended()[1] == 130
    assert 'skills: ["python", "tf"]' in (tmp_path / "trackfit-answers.yaml").read_text()
    terminal = Terminal(tmp_path, "interview", "--resume", "trackfit-answers.yaml")
    assert "Which do you mean by “tf”?" in terminal.prompted()
    terminal.answer("2")
    assert "Skills: Python, TensorFlow." in terminal.prompted()
    terminal.child.sendintr()
    assert terminal.ended()[1] == 130


def test_answers_in_this_folder_are_offered(tmp_path):
    (tmp_path / "trackfit-answers.yaml").write_text("background: other\nyears_experience: 4\n")
    (tmp_path / "trackfit-report.md").write_text("mine")
    terminal = Terminal(tmp_path, "interview")
    assert "There are answers in trackfit-answers.yaml already. Go on with them?" in terminal.prompted()
    terminal.answer("perhaps")
    assert "This must be yes or no." in terminal.prompted()
    terminal.answer("")
    assert "tools and skills" in terminal.prompted()
    terminal.answer("python")
    while "What name" not in terminal.prompted():
        terminal.answer("")
    terminal.answer("")
    rest, status = terminal.ended()
    assert status == 0
    assert "Your report:  trackfit-report-2.md\nYour answers: trackfit-answers.yaml\n" in rest
    assert (tmp_path / "trackfit-report.md").read_text() == "mine"
    assert 'skills: ["python"]' in (tmp_path / "trackfit-answers.yaml").read_text()


def test_answers_in_this_folder_can_be_left_alone(tmp_path):
    (tmp_path / "trackfit-answers.yaml").write_text("background: other\n")
    terminal = Terminal(tmp_path, "interview")
    terminal.prompted()
    terminal.answer("no")
    assert "closest to the work" in terminal.prompted()
    terminal.answer("6")
    terminal.prompted()
    terminal.child.sendintr()
    assert "--resume trackfit-answers-2.yaml" in terminal.ended()[0]
    assert (tmp_path / "trackfit-answers.yaml").read_text() == "background: other\n"


@pytest.mark.parametrize("columns", [80, 40])
def test_nothing_is_wider_than_the_terminal(columns, tmp_path):
    terminal = Terminal(tmp_path, "interview", columns=columns)
    printed = []
    for answer in ANSWERS:
        printed.append(terminal.prompted())
        terminal.answer("?")
        printed.append(terminal.prompted())
        terminal.answer(answer)
    printed.append(terminal.ended()[0])
    lines = "".join(printed).split("\n")
    assert max(len(line) for line in lines) <= columns


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"CI": "true"}, False)]
)
def test_colours(environment, coloured, tmp_path):
    terminal = Terminal(tmp_path, "interview", **environment)
    terminal.child.expect(PROMPT)
    assert ("\x1b[1m" in str(terminal.child.before)) is coloured
    terminal.child.sendintr()
    assert terminal.ended()[1] == 130


def test_bytes_that_are_no_text(tmp_path):
    terminal = Terminal(tmp_path, "interview")
    for answer in ("6", "4", "python"):
        terminal.prompted()
        terminal.answer(answer)
    while "What name" not in terminal.prompted():
        terminal.answer("")
    os.write(terminal.child.child_fd, b"Jos\xe9\n")
    rest, status = terminal.ended()
    assert status == 0, rest
    assert "Traceback" not in rest
    answers = (tmp_path / "trackfit-answers.yaml").read_text(encoding="utf-8")
    assert re.search('name: "Jos\ufffd?"\n', answers)  # some readline libraries drop such a byte themselves


def test_advice_on_a_terminal_goes_to_the_terminal(tmp_path):
    (tmp_path / "case.yaml").write_text("background: other\n")
    rest, status = Terminal(tmp_path, "advise", "case.yaml").ended()
    assert status == 0
    assert rest == advise(tmp_path, "case.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["case.yaml"]
