"""docs/transcript.md shows an interview as it is: each screen of it is one of a real terminal, compared as a whole.

Renew it with `TRACKFIT_REFRESH_GOLDEN=1 pytest -m slow tests/outside/test_transcript.py`.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest

from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import three_valued
from trackfit.tests.support.terminals import Screen

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
PAGE = ROOT / "docs" / "transcript.md"
ASKED = (
    "background",
    "years_experience",
    "skills",
    "target_track",
    "salary_goal",
    "salary_basis",
    "undervalues_pipeline_skills",
    "name",
)


class Scene(NamedTuple):
    """What is told of a screen, the keys that lead to it, and what then stands on it, and no longer does.

    One that nothing is told of is not shown on the page.
    """

    tells: str
    keys: tuple[str, ...]
    shows: tuple[str, ...]
    gone: tuple[str, ...] = ()


FOOT = "review · quit"
SCENES = (
    Scene("The first question. The bar tells how far you are.", (), ("closest to the work", FOOT)),
    Scene("An arrow key moves down.", ("down",), ("❯ Data engineer",)),
    Scene("", ("enter",), ("How many years", FOOT)),
    Scene("After Enter, the next question. `?` explains it.", ("?",), ("You can always type:", FOOT)),
    Scene("", ("7", "enter"), ("tools and skills", FOOT)),
    Scene(
        "Skills: typing searches the list, and Tab picks from it.",
        ("kube",),
        ("› kube", "❯ ○ Kubernetes"),
        ("Airflow",),
    ),
    Scene(
        "Or all is typed, with commas.",
        ("tab", "postgres, some pytorch and tf"),
        ("Yours: Kubernetes", "pytorch and tf"),
        ("○ Kubernetes",),
    ),
    Scene("Each guess is asked back.", ("enter",), ("By “some pytorch”", "❯ Yes, PyTorch", FOOT)),
    Scene("So is what may mean several things.", ("enter",), ("you mean by “tf”?", "❯ Terraform", FOOT)),
    Scene("", ("down", "enter"), ("kind of AI job", FOOT)),
    Scene("`why` tells what the answer decides.", ("why", "enter"), ("What your answer decides", FOOT)),
    Scene("Typing finds a choice, too.", ("mlo",), ("› mlo", "❯ MLOps"), ("❯ Applied",)),
    Scene("Amounts may be short.", ("enter", "180"), ("How much would you like", "› 180")),
    Scene("An odd one is asked back.", ("enter",), ("Do you mean $180,000 a year?", "❯ Yes", FOOT)),
    Scene("", ("enter",), ("base salary or your total", FOOT)),
    Scene("`review` shows all answers, to change any.", ("review", "enter"), ("answers so far.", FOOT)),
    Scene("Back to the question.", ("none", "enter"), ("base salary or your total", FOOT), ("None: go on",)),
    Scene("Only data engineers are asked this.", ("down", "enter"), ("data pipeline work", "❯ Yes", FOOT)),
    Scene("The last question.", ("no", "enter", "Zoë 🚀"), ("What name should we put", "› Zoë 🚀")),
    Scene("The report opens in a pager.", ("enter",), ("Your way into AI work", "q to end")),
    Scene("After `q`, what it comes to, and where it is.", ("q",), ("Your report:", "To change an answer:")),
)


def played(folder):
    """Each scene with its screen: what is new of it, from the last answer on."""
    screen = Screen(folder, "interview", "--as-of", "2026-11-25", columns=80, rows=24, NO_COLOR="1")
    for scene in SCENES:
        screen.press(*scene.keys)
        screen.until(*scene.shows, gone=scene.gone)
        lines = screen.text.split("\n")
        answered = [number for number, line in enumerate(lines) if line.startswith("✓")]
        if scene.tells:
            yield scene.tells, "\n".join(lines[answered[-1] if answered else 0 :]).strip("\n")
    assert screen.ended()[1] == 0


def page(folder):
    shown = "\n\n".join(f"{tells}\n\n```text\n{text}\n```" for tells, text in played(folder))
    return f"""\
# One interview, screen by screen

A data engineer with Kubernetes, PostgreSQL, PyTorch and TensorFlow looks at MLOps. These are the screens of a terminal
with 80 columns and 24 rows, made and compared by `tests/outside/test_transcript.py`; of each only what is new. What the keys do
is told in [The interview](interview.md).

{shown}
"""


@pytest.mark.slow
def test_the_page_shows_the_interview_as_it_is(tmp_path):
    text = page(tmp_path)
    if os.environ.get("TRACKFIT_REFRESH_GOLDEN"):
        PAGE.write_text(text, encoding="utf-8")
    assert text == PAGE.read_text(encoding="utf-8")


def test_the_page_asks_the_present_questions():
    """Quick, to tell at once that the page is to be made again."""
    attributes = three_valued().reader.attributes
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    for name in ASKED:
        question = attributes[name].question
        assert question is not None
        assert question.question in text
