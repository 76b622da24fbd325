"""The interview with `--plain`, as a screen reader or a simple terminal shows it, line by line."""

from __future__ import annotations

import os
import re

import pytest

from trackfit.commands.terminal.pager import as_plain_text, fitted
from trackfit.tests.support.terminals import PROMPT, Terminal, advise

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
ANSWERS = ["3", "6", "python, sql, pytorch", "2", "5", "", "190k", "1", "2", "n", "6", "Zoë 🚀"]
QUESTIONS = [
    "closest to the work",
    "How many years",
    "tools and skills",
    "use as well",
    "kind of AI job",
    "Where do you work",
    "How much would you like",
    "base salary or your total",
    "your own work with models",
    "with a better title",
    "How many hours a week",
    "What name",
]


def test_a_whole_interview(tmp_path):
    """The short report is printed, as plain lines; the whole one is written, as Markdown and as a page."""
    terminal = Terminal(tmp_path, "interview")
    for question, answer in zip(QUESTIONS, ANSWERS, strict=True):
        assert question in terminal.prompted()
        terminal.answer(answer)
    rest, status = terminal.ended()
    assert status == 0
    report = (tmp_path / "trackfit-report.md").read_text(encoding="utf-8")
    assert report == advise(tmp_path, "trackfit-answers.yaml")
    assert as_plain_text(advise(tmp_path, "trackfit-answers.yaml", "--template", "brief"), 80) in rest
    assert rest.endswith(
        "\n\nYour report:  trackfit-report.md\nAs a page:    trackfit-report.html\n"
        "Your answers: trackfit-answers.yaml\n"
        "To change an answer, or to go on when something is done:\n"
        "  trackfit interview --resume trackfit-answers.yaml\n"
    )
    page = (tmp_path / "trackfit-report.html").read_text(encoding="utf-8")
    assert page == advise(tmp_path, "trackfit-answers.yaml", "--format", "html")


def test_every_word_at_a_prompt(tmp_path):
    terminal = Terminal(tmp_path, "interview", "--save", "a.yaml")
    for typed, *wanted in (
        ("?", "closest to the work"),
        ("back", "Pick the one that fills most of your week.", "You can always type:"),
        ("1", "This is the first question."),
        ("back", "Background: Backend or full-stack engineer.", "How many years"),
        ("", "Your answer so far: Backend or full-stack engineer."),
        ("skip", "How many years"),
        ("save", "Years of experience: left open.", "tools and skills"),
        ("review", "Your answers are in a.yaml."),
        ("2", "Your answers so far.", "2  Years of experience: left open"),
        ("4", "How many years"),
        ("", "Years of experience: 4", "Which one do you want to change?"),
        ("why", "tools and skills"),
        ("WHY", "Your answer decides (why again: what follows from that):"),
        ("quit", "And that decides:"),
    ):
        shown = terminal.prompted()
        for one in wanted:
            assert one in shown
        terminal.answer(typed)
    rest, status = terminal.ended()
    assert status == 130
    assert "Stopped. Your answers are in a.yaml." in rest
    assert (tmp_path / "a.yaml").read_text().splitlines()[1:] == [
        'background: "backend_fullstack"',
        "years_experience: 4",
    ]


def test_ten_kilobytes_are_pasted(tmp_path):
    terminal = Terminal(tmp_path, "interview")
    for answer in ("18", "4"):
        terminal.prompted()
        terminal.answer(answer)
    terminal.prompted()
    pasted = ", ".join(f"zz{number:04}qqqqqqqqqqqqqqq" for number in range(450))
    assert len(pasted) > 10_000
    terminal.answer(pasted)
    assert "Not counted, but kept and shown in your report: zz0000" in terminal.prompted()
    terminal.child.sendintr()
    assert terminal.ended()[1] == 130
    assert "zz0449qqqqqqqqqqqqqqq" in (tmp_path / "trackfit-answers.yaml").read_text()


def test_lines_that_are_pasted_belong_to_one_answer(tmp_path):
    terminal = Terminal(tmp_path, "interview")
    for answer in ("18", "4", "python\ndocker\nterraform"):
        terminal.prompted()
        terminal.answer(answer)
    assert "Skills: Docker, Python, Terraform." in terminal.prompted()
    terminal.child.sendintr()
    assert terminal.ended()[1] == 130


@pytest.mark.slow
def test_stopped_where_answers_hardly_go_together(tmp_path):
    """What was not answered is asked once more, and what was is not."""
    terminal = Terminal(tmp_path, "interview", "--save", "a.yaml")
    for answer in ("architect", "2", "system design", *[""] * 6, "Ana"):
        terminal.prompted()
        terminal.answer(answer)
    assert "You lead or design large systems after 2 years" in terminal.prompted()
    terminal.child.sendintr()
    assert terminal.ended()[1] == 130
    for expected in (
        "You lead or design",
        "Every question that could change your advice is answered already.",
    ):
        terminal = Terminal(tmp_path, "interview", "--resume", "a.yaml", "--out", "report.md", "--force")
        assert expected in terminal.prompted()
        terminal.answer("")
        assert terminal.ended()[1] == 0


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
    assert 'name: "Zoë \\U0001F680"' in (tmp_path / "trackfit-answers.yaml").read_text(encoding="utf-8")


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
    for answer in ("18", "4", "python, tf"):
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
    assert (
        "Your report:  trackfit-report-2.md\nAs a page:    trackfit-report-2.html\n"
        "Your answers: trackfit-answers.yaml\n"
    ) in rest
    assert (tmp_path / "trackfit-report.md").read_text() == "mine"
    assert 'skills: ["python"]' in (tmp_path / "trackfit-answers.yaml").read_text()


def test_answers_in_this_folder_can_be_left_alone(tmp_path):
    (tmp_path / "trackfit-answers.yaml").write_text("background: other\n")
    terminal = Terminal(tmp_path, "interview")
    terminal.prompted()
    terminal.answer("no")
    assert "closest to the work" in terminal.prompted()
    terminal.answer("18")
    terminal.prompted()
    terminal.child.sendintr()
    assert "--resume trackfit-answers-2.yaml" in terminal.ended()[0]
    assert (tmp_path / "trackfit-answers.yaml").read_text() == "background: other\n"


@pytest.mark.parametrize("columns", [80, 40])
def test_nothing_is_wider_than_the_terminal(columns, tmp_path):
    """But a command, which is to be copied as one line."""
    terminal = Terminal(tmp_path, "interview", columns=columns)
    printed = []
    for answer in ANSWERS:
        printed.append(terminal.prompted())
        terminal.answer("?")
        printed.append(terminal.prompted())
        terminal.answer(answer)
    printed.append(terminal.ended()[0])
    lines = [line for line in "".join(printed).split("\n") if not line.startswith("  trackfit ")]
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
    for answer in ("18", "4", "python"):
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
    assert rest == fitted(advise(tmp_path, "case.yaml"), 80)
    assert [path.name for path in tmp_path.iterdir()] == ["case.yaml"]
