"""How `cohort` reads a file: shown by a dry run, chosen with --map and --null, remembered for the next file."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.tests.support.cohorts import ids_of, results_of, run_cohort
from trackfit.tests.support.shipped import DAY
from trackfit.tests.support.workbooks import write_xlsx

MAPPED = ["--map", "Jahre=years_experience", "--null", "n/a"]


def dry(path, *more):
    return CliRunner().invoke(cli, ["cohort", str(path), "--as-of", DAY, "--dry-run", *more])


def test_a_dry_run_shows_how_a_file_is_read_and_writes_nothing(here):
    here.joinpath("people.csv").write_bytes(
        "Bewerber für Mai\n\nID;Background;Jahre;Größe\na;Data engineer;5 years;x\nb;other;N/A;\n;;;\n".encode(
            "cp1252"
        )
    )
    before = sorted(here.rglob("*"))
    found = dry("people.csv", *MAPPED)
    assert (found.exit_code, found.stdout) == (
        0,
        (
            "kind: csv\n"
            "encoding: windows-1252\n"
            "separator: semicolon\n"
            "heading row: 3\n"
            "skipped rows: 1\n"
            "columns:\n"
            "  'ID' is id\n"
            "  'Background' is background\n"
            "  'Jahre' is years_experience\n"
            "  'Größe' is not used\n"
            "first rows:\n"
            "  1. id: 'a', background: 'Data engineer', years_experience: '5 years'\n"
            "  2. id: 'b', background: 'other'\n"
        ),
    )
    assert sorted(here.rglob("*")) == before
    assert json.loads(dry("people.csv", *MAPPED, "--format", "json").stdout) == {
        "kind": "csv",
        "sheet": None,
        "encoding": "windows-1252",
        "separator": ";",
        "heading_row": 3,
        "skipped_rows": [1],
        "columns": {"ID": "id", "Background": "background", "Jahre": "years_experience", "Größe": None},
        "first_rows": [
            {"id": "a", "background": "Data engineer", "years_experience": "5 years"},
            {"id": "b", "background": "other", "years_experience": None},
        ],
    }


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "jsonl"])
def test_a_dry_run_of_other_kinds(here, kind):
    row = {"id": "a", "background": "other", "skills": "sql; git", "age": 7}
    path = here / f"people.{kind}"
    if kind == "xlsx":
        write_xlsx(path, {"People": [list(row), list(row.values())]})
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist([row]), path)
    else:
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    found = json.loads(dry(path, "--format", "json").stdout)
    columns = {"id": "id", "background": "background", "skills": "skills", "age": None}
    assert found == {
        "kind": kind,
        "sheet": "People" if kind == "xlsx" else None,
        "encoding": "utf-8" if kind == "jsonl" else None,
        "separator": None,
        "heading_row": 1 if kind == "xlsx" else None,
        "skipped_rows": [],
        "columns": columns,
        "first_rows": [{"id": "a", "background": "other", "skills": ["sql", "git"]}]
        if kind != "jsonl"
        else found["first_rows"],
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "jsonl"])
def test_texts_for_no_answer_are_the_same_in_every_carrier(here, kind):
    rows = [
        {"id": "N/A", "background": "data_engineer", "years_experience": "n/a ", "skills": "Unknown"},
        {"id": "b", "background": "N/A", "years_experience": "3", "skills": "sql, unknown"},
    ]
    path = here / f"people.{kind}"
    if kind == "csv":
        lines = [";".join(rows[0]), *(";".join(row.values()) for row in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
    elif kind == "xlsx":
        write_xlsx(path, {"People": [list(rows[0]), *(list(row.values()) for row in rows)]})
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = ["cohort", str(path), "--out", "out", "--as-of", DAY, "--null", "N/A", "--null", "unknown"]
    assert CliRunner().invoke(cli, command).exit_code == 1
    advised, refused = results_of(here / "out")
    assert (advised[1]["id"] or None, advised[1]["first_track"]) == (None, "mlops")
    assert ids_of(refused) == {2: ["missing-key"]}


def test_what_was_said_of_the_columns_is_remembered(here):
    table = "Years;background\nn/a;other\n3;other\n"
    here.joinpath("may.csv").write_text(table, encoding="utf-8")
    here.joinpath("june.csv").write_text(table, encoding="utf-8")
    said = ["--map", "Years=years_experience", "--null", "n/a"]
    first = CliRunner().invoke(cli, ["cohort", "may.csv", "--out", "may", "--results", "jsonl", *said])
    assert first.exit_code == 0
    kept = here.joinpath("may", "columns.yaml").read_text(encoding="utf-8")
    assert kept.endswith("columns:\n  Years: years_experience\nnulls:\n- n/a\n")
    command = ["cohort", "june.csv", "--out", "june", "--results", "jsonl", "--map", "may/columns.yaml"]
    assert CliRunner().invoke(cli, command).exit_code == 0
    names = ("advice.jsonl", "rejected.csv")
    assert [(here / "june" / name).read_bytes() for name in names] == [
        (here / "may" / name).read_bytes() for name in names
    ]


def test_what_is_wrong_with_a_file_of_columns_is_told(here):
    here.joinpath("people.csv").write_text("background\nother\n", encoding="utf-8")
    here.joinpath("columns.yaml").write_text("colums:\n  a: id\nnulls: x\n", encoding="utf-8")
    assert dry("people.csv", "--map", "columns.yaml").stderr == (
        "columns.yaml:1:1: error: there is nothing called 'colums' here; did you mean 'columns'? (unknown-key)\n"
        "columns.yaml:3:8: error: 'nulls' is a list, such as [N/A, unknown] (wrong-type)\n"
    )
    assert "(no-such-file)" in dry("people.csv", "--map", "other.yaml").stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            [],
            "--out:1:1: error: say where the results go, as in --out results, or add --dry-run (missing-option)\n",
        ),
        (
            ["--out", "out", "--format", "json"],
            "--format:1:1: error: only a dry run prints something; add --dry-run, or leave it out (option-does-not-fit)\n",
        ),
        (
            ["--dry-run", "--sheet", "A"],
            "--sheet:1:1: error: only workbooks (.xlsx, .ods) have sheets; leave it out (option-does-not-fit)\n",
        ),
        (
            ["--dry-run", "--map", "Years"],
            (
                "--map Years:1:1: error: write HEADING=KEY, such as 'Years of work=years_experience', "
                "or name a file such as columns.yaml (bad-setting)\n"
            ),
        ),
    ],
)
def test_options_that_do_not_fit(here, options, told):
    here.joinpath("people.csv").write_text("background\nother\n", encoding="utf-8")
    found = CliRunner().invoke(cli, ["cohort", "people.csv", *options])
    assert (found.exit_code, found.stderr) == (2, told)


@pytest.mark.parametrize(
    ("content", "advised", "told"),
    [
        (
            'background,remarks\nother,x\nother,"never\nother,x\nother,y\n',
            {1},
            {
                2: "the row that begins in line 3 cannot be read as CSV (unexpected end of data) and swallows the next "
                "2 lines; look for a stray quotation mark"
            },
        ),
        (
            'background,remarks\nother,"never\nother,x\nother,"\nother,y\n',
            {2},
            {
                1: "the row that begins in line 2 has other rows in one cell and swallows the next 2 lines; "
                "look for a quotation mark that is not closed"
            },
        ),
        ('background,remarks\nother,"two\nlines, and more"\nother,y\n', {1, 2}, {}),
        ("background,remarks\n,\nother,\n,\n , \n\n,\n", {2}, {1: "the row is empty; delete it"}),
    ],
)
def test_rows_that_hold_others_and_rows_that_are_nobody(kb, here, content, advised, told):
    here.joinpath("people.csv").write_text(content, encoding="utf-8")
    totals = run_cohort(kb, here / "people.csv", here / "out")
    found, refused = results_of(here / "out")
    assert (set(found), refused) == (advised, {row: [("bad-row", text)] for row, text in told.items()})
    assert totals.rows == len(advised) + len(told)
