"""`cohort` as it is run: on a terminal, in a pipe, and with nobody watching."""

import subprocess
import sys

import pytest

from trackfit.tests.support.cohorts import people, results_of, write_csv
from trackfit.tests.support.shipped import DAY, three_valued
from trackfit.tests.support.terminals import ESCAPE, spawn

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    rows = people(three_valued(), 300, seed=51)
    return write_csv(tmp_path_factory.mktemp("cohort") / "people.csv", rows)


def test_a_terminal_shows_how_far_it_is(file, tmp_path):
    child = spawn(
        tmp_path,
        "cohort",
        str(file),
        "--out",
        "out",
        "--results",
        "jsonl",
        "--as-of",
        DAY,
        columns=100,
        rows=40,
    )
    child.expect_exact("300 rows: ")
    shown = ESCAPE.sub("", str(child.before))
    assert "300 rows, " in shown
    assert " a second, left: " in shown
    child.expect_exact("results in out.")
    child.wait()
    assert child.exitstatus == 1
    child.close()


def test_a_pipe_gives_the_same_and_only_the_last_lines_are_told(file, tmp_path):
    def run(*arguments, **more):
        command = [
            sys.executable,
            "-m",
            "trackfit",
            "cohort",
            *arguments,
            "--results",
            "jsonl",
            "--as-of",
            DAY,
        ]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, **more)

    given = run(str(file), "--out", "file")
    piped = run("-", "--out", "pipe", input=file.read_bytes())
    assert (given.returncode, given.stdout) == (piped.returncode, piped.stdout) == (1, b"")
    assert results_of(tmp_path / "pipe") == results_of(tmp_path / "file")
    told = piped.stderr.decode().splitlines()
    assert told[0].startswith("300 rows: ")
    assert told[0].endswith(" refused; results in pipe.")
    assert all(line.startswith("  ") and " × " in line for line in told[1:])
