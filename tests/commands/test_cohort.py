"""`trackfit cohort` as a command: what it writes, and what it refuses."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.engine.cohort.files.output import ADVICE_SCHEMA
from trackfit.tests.support.cohorts import people, write_csv
from trackfit.tests.support.running import run
from trackfit.tests.support.shipped import DAY


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "empty-file"),
        ("name,years\nAda,3\n", "missing-column"),
        ("background,Background\nother,other\n", "duplicate-heading"),
    ],
)
def test_a_file_without_usable_headings_is_refused(tmp_path, content, problem):
    path = tmp_path / "people.csv"
    path.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(cli, ["cohort", str(path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert result.stderr.rstrip().endswith(f"({problem})")


def test_the_command_writes_results_and_a_summary(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 50, seed=8))
    out = tmp_path / "out"
    args = ["cohort", str(path), "--out", str(out), "--as-of", DAY]
    assert CliRunner().invoke(cli, [*args, "--dry-run"]).exit_code == 1
    assert not out.exists()
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 1
    assert result.stderr.startswith("50 rows: ")
    assert sorted(one.name for one in out.iterdir()) == [
        "advice.parquet",
        "rejected.csv",
        "summary.html",
        "summary.md",
    ]
    assert {one.stat().st_mode & 0o777 for one in out.iterdir()} == {0o600}
    assert pq.read_table(out / "advice.parquet").schema.names == [field.name for field in ADVICE_SCHEMA]
    again = CliRunner().invoke(cli, args)
    assert again.exit_code == 2
    assert "add --force" in again.stderr
    assert Path(out / "summary.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_five_commonest_problems_are_told_the_commonest_first(tmp_path):
    rows = {
        "wrong-type": ["other,many,"] * 5,
        "out-of-range": ["other,99,"] * 4,
        "unknown-value": ["nobody at all,3,"] * 3,
        "missing-key": [",3,"] * 3,
        "ambiguous-skill": ["other,3,tf"] * 2,
        "bad-row": ["other,3,,,,stray"],
    }
    path = tmp_path / "people.csv"
    lines = [line for of_a_kind in rows.values() for line in of_a_kind]
    path.write_text(
        "\n".join(["background,years_experience,skills", *lines, "other,3,sql"]), encoding="utf-8"
    )
    result = run("cohort", path, "--out", tmp_path / "out", "--as-of", DAY)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-6:] == [
        f"19 rows: 1 advised, 18 refused; results in {tmp_path / 'out'}.",
        "  5 × wrong-type",
        "  4 × out-of-range",
        "  3 × missing-key",
        "  3 × unknown-value",
        "  2 × ambiguous-skill",
    ]
