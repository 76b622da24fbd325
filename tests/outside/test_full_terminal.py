"""The interview on a full terminal, seen as the screen that a person sees."""

from __future__ import annotations

import re
import signal

import pytest

from trackfit.tests.support.terminals import Screen, advise

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
STEPS = [
    ("closest to the work", ["down", "down", "enter"]),
    ("How many years", ["7", "enter"]),
    ("tools and skills", ["kube", "tab", "post", "tab", "some pytorch, tf, pythn", "enter"]),
    ("Which do you mean by “tf”?", ["down", "enter"]),
    ("Which of these shall count", ["tab", "down", "tab", "enter"]),
    ("Which of these do you use as well?", ["tab", "enter"]),
    ("kind of AI job", ["mlo", "enter"]),
    ("Where do you work", ["skip", "enter"]),
    ("How much would you like", ["250", "enter"]),
    ("Do you mean $250,000 a year?", ["enter"]),
    ("base salary or your total", ["down", "down", "enter"]),
    ("data pipeline work", ["n", "enter"]),
    ("How many hours a week", ["6", "enter"]),
    ("What name", ["Zoë 🚀", "enter"]),
]
COLOUR = re.compile(r"\x1b\[[0-9;]*[39][0-7]m")
WRITTEN = """\
# Answers for trackfit. Change them as you like, then run: trackfit advise THIS_FILE
background: "data_engineer"
years_experience: 7
skills: ["kubernetes", "pipeline_architecture", "postgresql", "python", "pytorch", "tensorflow"]
denied_skills: ["airflow", "data_infrastructure", "dbt", "spark"]
target_track: "mlops"
country: # left open
salary_goal: 250000
salary_basis: "total"
undervalues_pipeline_skills: false
hours_per_week: 6
name: "Zoë 🚀"
"""


def answered(screen, steps):
    for shows, keys in steps:
        screen.until(shows)
        screen.press(*keys)


def stopped(screen, key="ctrl-c"):
    screen.press(key)
    return screen.ended()


def test_a_whole_interview(tmp_path):
    screen = Screen(tmp_path, "interview")
    answered(screen, STEPS)
    screen.until("q to end", "Zoë", "Where to go")
    text, status = stopped(screen, "q")
    assert status == 0
    assert text.endswith(
        "\n\nYour report:  trackfit-report.md\nAs a page:    trackfit-report.html\n"
        "Your answers: trackfit-answers.yaml\n"
        "To change an answer, or to go on when something is done:\n"
        "  trackfit interview --resume trackfit-answers.yaml"
    )
    assert COLOUR.search(screen.raw)
    assert (tmp_path / "trackfit-answers.yaml").read_text(encoding="utf-8") == WRITTEN
    report = (tmp_path / "trackfit-report.md").read_text(encoding="utf-8")
    assert report == advise(tmp_path, "trackfit-answers.yaml")


def test_every_word_at_a_prompt_on_a_narrow_screen(tmp_path):
    screen = Screen(tmp_path, "interview", "--save", "a.yaml", columns=40, rows=40, NO_COLOR="1")
    screen.until("closest to the work")
    screen.press("left")
    screen.until("This is the first question.")
    screen.press("down", "down", "down", "enter")
    screen.until("✓ Background: Data scientist.", "How many years")
    screen.press("lots", "enter")
    screen.until("This must be a whole number")
    screen.press("?")
    screen.until("Count whole years of paid work", "You can always type:", gone=["This must be"])
    screen.press("why", "enter")
    screen.until("Your answer decides")
    screen.press("back", "enter")
    screen.until("Your answer so far: Data scientist")
    screen.press("enter")
    screen.until("How many years", gone=["Your answer so far"])
    screen.press("skip", "enter")
    screen.until("✓ Years of experience: left open.", "tools and skills")
    screen.press("save", "enter")
    screen.until("Your answers are in a.yaml.", "type to search")
    screen.press("review", "enter")
    screen.until("Which one do you", "❯ Background: Data scientist", "Years of experience: left open")
    screen.press("down", "enter")
    screen.until("How many years")
    screen.press("4", "enter")
    screen.until("Years of experience: 4", "Which one do you")
    screen.press("none", "enter")
    screen.until("tools and skills", gone=["Which one do you"])
    screen.press("why", "enter")
    screen.until("Your answer decides (why again: what", "follows from that):")
    screen.press("why", "enter")
    screen.until("And that decides:")
    screen.resize(80, 30)
    screen.until("Which tools and skills have you used in real work?")
    screen.press("quit", "enter")
    text, status = screen.ended()
    assert status == 130
    assert "Stopped. Your answers are in a.yaml." in text
    assert not COLOUR.search(screen.raw)
    assert 'background: "data_scientist"\nyears_experience: 4\n' in (tmp_path / "a.yaml").read_text()


@pytest.mark.parametrize("key", ["ctrl-c", "ctrl-d"])
def test_stopped_at_once(key, tmp_path):
    screen = Screen(tmp_path, "interview")
    screen.until("closest to the work")
    text, status = stopped(screen, key)
    assert status == 130
    assert text.endswith("Stopped. Nothing was answered, so nothing is kept.")
    assert list(tmp_path.iterdir()) == []


def test_a_closed_terminal_loses_no_answer_and_the_next_start_offers_to_go_on(tmp_path):
    screen = Screen(tmp_path, "interview")
    answered(screen, STEPS[:3])
    screen.until("you mean by “tf”?")
    screen.child.kill(signal.SIGHUP)
    assert screen.ended()[1] == 130
    screen = Screen(tmp_path, "interview")
    screen.until("Go on with them?")
    screen.press("enter")
    screen.until("you mean by “tf”?")
    assert stopped(screen)[1] == 130
    kept = (tmp_path / "trackfit-answers.yaml").read_text()
    assert 'skills: ["kubernetes", "postgresql", "pythn", "some pytorch", "tf"]' in kept


def test_ten_kilobytes_are_pasted(tmp_path):
    screen = Screen(tmp_path, "interview")
    answered(screen, STEPS[:2])
    screen.until("tools and skills")
    pasted = ", ".join(f"zz{number:04}qq" for number in range(450)) + "\npython" * 900
    assert len(pasted) > 10_000
    screen.press(f"\x1b[200~{pasted}\x1b[201~")
    screen.until("python, python")
    screen.press("enter")
    screen.until("has 1,350 entries; at most 500 are read")
    screen.press("sql", "enter")
    screen.until("✓ Skills: SQL.")
    assert stopped(screen)[1] == 130


def test_nothing_is_answered_by_enter_alone(tmp_path):
    """`?` and then Enter is no background, and no yes; what is required is asked again."""
    screen = Screen(tmp_path, "interview")
    screen.until("closest to the work")
    screen.press("?")
    screen.until("You can always type:")
    screen.press("enter")
    screen.until("This is needed: everything else depends on it.")
    screen.press("data engineer", "enter")
    for shows in ("How many years", "tools and skills"):
        screen.until(shows)
        screen.press("skip", "enter")
    screen.until("use as well?")
    screen.press("skip", "enter")
    screen.until("kind of AI job", "Undecided", "You look after the whole path", "Enter alone leaves it open")
    screen.press("undecided", "enter")
    for shows in ("matters most", "Where do you work", "How much would you like", "data pipeline work"):
        screen.until(shows)
        screen.press("enter")
    screen.until("✓ Thinking that little of the pipeline work carries over: left open.")
    assert stopped(screen)[1] == 130


def test_lines_that_are_pasted_without_a_mark_belong_to_one_answer(tmp_path):
    screen = Screen(tmp_path, "interview")
    answered(screen, STEPS[:2])
    screen.until("tools and skills", "❯ ○ Airflow")
    screen.press("python\rdocker\rterraform\r")
    screen.until("✓ Skills: Docker, Python, Terraform.", "Nearest so far: MLOps,")
    assert stopped(screen)[1] == 130


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, len(STEPS)))
def test_stopped_at_each_step_and_gone_on_with(number, tmp_path):
    screen = Screen(tmp_path, "interview", "--save", "a.yaml")
    answered(screen, STEPS[:number])
    screen.until(STEPS[number][0])
    text, status = stopped(screen)
    assert status == 130
    assert "trackfit interview --resume a.yaml" in text
    screen = Screen(tmp_path, "interview", "--resume", "a.yaml", "--out", "report.md")
    answered(screen, STEPS[number:])
    screen.until("q to end")
    assert stopped(screen, "q")[1] == 0
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == WRITTEN
