"""docs/transcript.md shows an interview as it is: each screen of it is one of a real terminal, compared as a whole.

Renew it with `TRACKFIT_REFRESH_GOLDEN=1 pytest tests/outside/test_transcript.py`.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

import pytest

from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY
from trackfit.tests.support.terminals import Screen

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
PAGE = ROOT / "docs" / "transcript.md"


class Scene(NamedTuple):
    """What is told of a screen, the keys that lead to it, and what then stands on it, and no longer does.

    One that nothing is told of is not shown on the page. Keys wait for the question that they answer: what is typed
    between two questions the terminal itself would show.
    """

    tells: str
    keys: tuple[str, ...]
    shows: tuple[str, ...]
    gone: tuple[str, ...] = ()


FOOT = "review · quit"
SCENES = (
    Scene("The first question. The bar tells how far you are.", (), ("closest to the work", FOOT)),
    Scene("An arrow key moves down.", ("down",), ("❯ Backend or",)),
    Scene("", ("down", "enter"), ("How many years", FOOT)),
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
        ("tab", "postgres, some pytorch, tf"),
        ("Yours: Kubernetes", "pytorch, tf"),
        ("○ Kubernetes",),
    ),
    Scene(
        "What may mean several things is asked back.", ("enter",), ("you mean by “tf”?", "❯ Terraform", FOOT)
    ),
    Scene(
        "What is held only a little stays as typed, unless you say otherwise.",
        ("down", "enter"),
        ("Shall “some pytorch”", "❯ Keep", FOOT),
    ),
    Scene(
        "What people like you usually use as well, in one list.",
        ("down", "enter"),
        ("Which of these do you use as well?", "❯ ○", FOOT),
    ),
    Scene("Tab picks. What stays unpicked counts as still to learn.", ("tab",), ("❯ ◉",)),
    Scene("", ("enter",), ("kind of AI job", FOOT)),
    Scene("`why` tells what the answer decides.", ("why", "enter"), ("Your answer decides", FOOT)),
    Scene("Typing finds a choice, too.", ("mlo",), ("› mlo", "❯ MLOps"), ("❯ Applied",)),
    Scene("", ("enter",), ("Where do you work", FOOT)),
    Scene("", ("skip", "enter"), ("How much would you like", FOOT)),
    Scene("Amounts may be short.", ("250",), ("› 250",)),
    Scene("An odd one is asked back.", ("enter",), ("Do you mean $250,000 a year?", "❯ Yes", FOOT)),
    Scene("", ("enter",), ("base salary or your total", FOOT)),
    Scene("`review` shows all answers, to change any.", ("review", "enter"), ("answers so far.", FOOT)),
    Scene("Back to the question.", ("none", "enter"), ("base salary or your total", FOOT), ("None: go on",)),
    Scene("Only data engineers are asked this.", ("down", "down", "enter"), ("data pipeline work", FOOT)),
    Scene("", ("no", "enter"), ("How many hours a week", FOOT)),
    Scene("", ("6", "enter"), ("What name should we put", FOOT)),
    Scene("The last question.", ("Zoë 🚀",), ("› Zoë 🚀",)),
    Scene("The short report opens in a pager.", ("enter",), ("Your way into AI work", "q to end")),
    Scene("After `q`, where everything is.", ("q",), ("Your report:", "trackfit interview --resume")),
)


BLOCK = re.compile(r"^(\S[^\n]*)\n\n```text\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
HEADING = """\
# One interview, screen by screen

A data engineer with Kubernetes, PostgreSQL, PyTorch and TensorFlow looks at MLOps. These are the screens of a terminal
with 80 columns and 32 rows, made and compared by `tests/outside/test_transcript.py`; of each only what is new. What the keys do
is told in [The interview](interview.md).
"""


def new_on(screen):
    """What is new on a screen: from the last answer on."""
    lines = screen.text.split("\n")
    answered = [number for number, line in enumerate(lines) if line.startswith("✓")]
    return "\n".join(lines[answered[-1] if answered else 0 :]).strip("\n")


def played(folder, before):
    """Each scene and what is new of its screen, once it is `before`: a screen that is half drawn is none."""
    screen = Screen(folder, "interview", "--as-of", DAY, columns=80, rows=32, NO_COLOR="1")
    for scene in SCENES:
        screen.press(*scene.keys)
        screen.until(*scene.shows, gone=scene.gone)
        if scene.tells:
            screen.settle(lambda tells=scene.tells: new_on(screen) == before.get(tells))
            yield scene.tells, new_on(screen)
    assert screen.ended()[1] == 0


def test_the_page_shows_the_interview_as_it_is(tmp_path):
    before = PAGE.read_text(encoding="utf-8")
    scenes = played(tmp_path, dict(BLOCK.findall(before)))
    text = "\n".join([HEADING, *(f"{tells}\n\n```text\n{shown}\n```\n" for tells, shown in scenes)])
    if os.environ.get("TRACKFIT_REFRESH_GOLDEN"):
        PAGE.write_text(text, encoding="utf-8")
    assert text == PAGE.read_text(encoding="utf-8")
