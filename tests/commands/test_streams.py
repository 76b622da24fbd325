"""Whatever stands at the other end of standard output, every command ends with its own status or with one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trackfit.cli import COMMANDS
from trackfit.engine.inference.base import shipped

CASE = str(shipped() / "examples" / "backend.yaml")
ARGUMENTS = {
    "import": ["resume.json"],
    "interview": ["--answers", CASE, "--no-input"],
    "advise": [CASE],
    "explain": [CASE],
    "whatif": [CASE, "--set", "years_experience=9"],
    "change": [CASE],
    "prove": ["--knowledge", "own"],
    "match": ["advert.txt"],
    "site": ["--help"],  # by itself it wants a runtime, and writes its pages into a folder
    "table": ["export", "own/facts/tracks.yaml"],
    "cohort": ["people.csv", "--out", "results", "--dry-run"],
    "schema": ["--stdout", "case"],
    "test": ["--knowledge", "own"],
    "diff": ["own", "own"],
    "preview": ["--help"],  # by itself it ends only when it is stopped, and prints nothing
    "verify": ["report.md", CASE],
    "new": ["skill", "--help"],
    "check": ["--knowledge", "own"],
    "handbook": [],
}
"""Of every command, arguments with which it has something to print."""
SILENT = {"cohort"}
"""Commands that print beside standard output only."""
QUICK = ["advise", "explain", "check"]
FULL = "<stdout>:1:1: error: cannot write here: No space left on device; name another place (unwritable-file)"
CLOSED = "<stdout>:1:1: error: standard output is closed; open it, or name a file (unwritable-file)"
CLOSING = "import os, sys; os.close(1); os.execv(sys.argv[1], sys.argv[1:])"


def commands():
    return [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in ARGUMENTS]


def test_every_command_is_tried():
    assert set(ARGUMENTS) == set(COMMANDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("streams")
    own = place / "own"
    started(place, "new", "knowledge", "own")
    assert own.is_dir()
    (place / "resume.json").write_text('{"basics": {"name": "Zoë"}, "skills": [{"name": "Python"}]}', "utf-8")
    (place / "advert.txt").write_text("Data engineer\n\nYou know Python and SQL.\n", encoding="utf-8")
    (place / "people.csv").write_text("background\nother\n", encoding="utf-8")
    started(place, "advise", CASE, "--out", "report.md")
    return place


def started(place, *arguments, before=(), **options):
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.run(
        [*before, sys.executable, "-m", "trackfit", *arguments],
        cwd=place, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, **options,
    )  # fmt: skip


def status(place, name):
    return started(place, name, *ARGUMENTS[name], stdout=subprocess.DEVNULL).returncode


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("name", commands())
def test_a_full_disk_is_one_line(name, folder):
    with Path("/dev/full").open("wb") as full:
        found = started(folder, name, *ARGUMENTS[name], stdout=full)
    assert b"Traceback" not in found.stderr
    if name not in SILENT:
        assert (found.returncode, found.stderr.decode().splitlines()[-1]) == (2, FULL)


@pytest.mark.parametrize("name", commands())
def test_a_closed_output_is_one_line(name, folder):
    found = started(folder, name, *ARGUMENTS[name], before=[sys.executable, "-c", CLOSING])
    assert b"Traceback" not in found.stderr
    if name not in SILENT:
        assert (found.returncode, found.stderr.decode().splitlines()[-1]) == (2, CLOSED)


@pytest.mark.parametrize("name", commands())
def test_a_reader_that_is_gone_changes_no_status(name, folder):
    reading, writing = os.pipe()
    os.close(reading)
    found = started(folder, name, *ARGUMENTS[name], stdout=writing)
    os.close(writing)
    assert b"Traceback" not in found.stderr
    assert b"rror" not in found.stderr.replace(b"errors", b"")
    assert found.returncode == status(folder, name)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii"])
@pytest.mark.parametrize("name", commands())
def test_a_narrow_encoding_replaces_what_it_cannot_write(name, folder, encoding):
    found = started(
        folder, name, *ARGUMENTS[name], env={"PYTHONIOENCODING": encoding}, stdout=subprocess.PIPE
    )
    assert b"Traceback" not in found.stderr
    assert found.returncode == status(folder, name)
