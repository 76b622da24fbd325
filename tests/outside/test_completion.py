"""Completion of commands, options and files, in the shells themselves, set up by the lines of docs/interview.md."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from trackfit.cli import COMMANDS
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.terminals import PATIENCE, shown

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
PAGE = ROOT / "docs" / "interview.md"
BIN = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb"}
CASES = {
    ("",): set(COMMANDS),
    ("int",): {"interview"},
    ("interview", "--re"): {"--resume"},
    ("interview", "--format", ""): {"md", "html"},
}


@pytest.fixture
def folder(tmp_path):
    """A folder with one file and one folder in it."""
    (tmp_path / "answers.yaml").touch()
    (tmp_path / "archive").mkdir()
    return tmp_path


def line_of(shell):
    """What the page says to add for a shell."""
    found = re.search(rf"^\| {shell} \| [^|]+ \| `(.+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1].replace("\\|", "|")


def needed(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here; apt install {shell}")


def told(folder, *command):
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout.splitlines()


@pytest.mark.parametrize("words", CASES, ids=" ".join)
def test_bash(words, folder):
    needed("bash")
    typed = " ".join(f"'{word}'" for word in ("trackfit", *words))
    script = (
        f"{line_of('bash')}\nCOMP_WORDS=({typed})\nCOMP_CWORD={len(words)}\n"
        '_trackfit_completion trackfit\nprintf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert set(told(folder, "bash", "--norc", "-c", script)) == CASES[words]


@pytest.mark.parametrize("words", CASES, ids=" ".join)
def test_fish(words, folder):
    needed("fish")
    script = f"{line_of('fish')}\ncomplete -C 'trackfit {' '.join(words)}'"
    lines = told(folder, "fish", "--no-config", "-c", script)
    assert {line.split("\t")[0] for line in lines} == CASES[words]


def typed_into(folder, command, setup, keys):
    """An interactive shell, set up, in which a line is typed up to a Tab."""
    child = pexpect.spawn(
        command[0],
        command[1:],
        cwd=str(folder),
        env={**ENVIRONMENT, "HOME": str(folder), "INPUTRC": "/dev/null"},
        encoding="utf-8",
        timeout=PATIENCE,
        dimensions=(40, 200),
    )
    child.delaybeforesend = None
    for line in (*setup, "echo set''up"):
        child.sendline(line)
    child.expect("[\r\n]setup")
    child.send(f"{keys}\t")
    return child


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "completed"),
    [
        ("trackfit int", "trackfit interview "),
        ("trackfit interview --resu", "trackfit interview --resume "),
        ("trackfit advise ans", "trackfit advise answers.yaml"),
        ("trackfit check --knowledge arc", "trackfit check --knowledge archive/"),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_tab_in_a_terminal(shell, keys, completed, folder):
    needed(shell)
    if shell == "bash":
        child = typed_into(folder, ["bash", "--norc", "--noprofile", "-i"], [line_of("bash")], keys)
    else:
        setup = ["autoload -Uz compinit && compinit -u", line_of("zsh")]
        child = typed_into(folder, ["zsh", "-f", "-i"], setup, keys)
    try:
        child.expect_exact(completed)
    except pexpect.TIMEOUT:
        pytest.fail(f"no {completed!r} in {shown(f'{child.before}')!r}")
    finally:
        child.close(force=True)
