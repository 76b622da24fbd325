"""`cohort` from Parquet: columns of any type, folders, and files that are broken."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from trackfit import InvalidInput
from trackfit.cli import cli
from trackfit.engine.cohort import run as cohort
from trackfit.engine.cohort.files.headings import source_of
from trackfit.tests.support.cohorts import Quiet, assert_as_advised, people, results_of, run_cohort
from trackfit.tests.support.shipped import DAY

PLAIN_AND_TYPED = [
    (
        "years_experience",
        [1, 2.5, None, 70.0],
        pa.array(
            [Decimal(one) if one else None for one in ("1.00", "2.50", "", "70.00")], pa.decimal128(10, 2)
        ),
    ),
    (
        "years_experience",
        [3, None, 70, -1],
        pa.array([Decimal(3), None, Decimal(70), Decimal(-1)], pa.decimal128(38, 0)),
    ),
    ("years_experience", ["7", "x", None, ""], pa.array([b"7", b"x", None, b""])),
    (
        "years_experience",
        ["2026-01-01 03:04:05"] * 4,
        pa.array([datetime(2026, 1, 1, 3, 4, 5, tzinfo=UTC).replace(tzinfo=None)] * 4),
    ),
    ("years_experience", [None] * 4, pa.nulls(4)),
    ("salary_goal", [[1], [], None, [2, 3]], pa.array([[1], [], None, [2, 3]])),
    ("salary_goal", [120_000, 5e6, None, -1.0], pa.array([120_000, 5e6, None, -1], pa.float32())),
    (
        "background",
        ["other", "Data engineer", "x", None],
        pa.array(["other", "Data engineer", "x", None], pa.large_string()),
    ),
    (
        "background",
        [{"a": 1}, {"a": None}, None, {"a": 2}],
        pa.array([{"a": 1}, {"a": None}, None, {"a": 2}]),
    ),
    ("skills", ["sql; git", "none", "", None], pa.array([b"sql; git", b"none", b"", None])),
    ("skills", [1, 2, None, 4], pa.array([1, 2, None, 4])),
    (
        "skills",
        [["sql"], [], None, ["git", "cobol"]],
        pa.array([["sql", None], [None], None, ["git", "cobol"]], pa.large_list(pa.large_string())),
    ),
    ("skills", [[1, 2], [], None, [3]], pa.array([[1, 2], [], None, [3]])),
    ("skills", ["sql; git", "sql", None, ""], pa.array(["sql; git", "sql", None, ""]).dictionary_encode()),
]


@pytest.mark.parametrize(("key", "plain", "typed"), PLAIN_AND_TYPED)
def test_parquet_columns_of_any_type_are_read_as_answers(kb, tmp_path, key, plain, typed):
    columns = {"id": pa.array(list("abcd")), "background": pa.array(["other"] * 4), key: typed}
    rows = [{"id": id_, "background": "other", key: one} for id_, one in zip("abcd", plain, strict=True)]
    rows = [{name: one for name, one in row.items() if one is not None} for row in rows]
    pq.write_table(pa.table(columns), tmp_path / "people.parquet")
    run_cohort(kb, tmp_path / "people.parquet", tmp_path / "out")
    assert_as_advised(kb, rows, tmp_path / "out")


@pytest.mark.parametrize(
    ("column", "ids"),
    [
        (pa.array([1.0, 2.5, None, float("nan")]), ["1", "2.5", None, None]),
        (pa.array([1, 2, None, 4]), ["1", "2", None, "4"]),
        (pa.array([b"a", b"\xff", None, b""]), ["a", "\ufffd", None, ""]),
        (pa.array([date(2026, 1, day) for day in range(1, 5)]), [f"2026-01-0{day}" for day in range(1, 5)]),
        (pa.array(["a", "b", None, "a"]).dictionary_encode(), ["a", "b", None, "a"]),
    ],
)
def test_ids_of_any_type(kb, tmp_path, column, ids):
    pq.write_table(pa.table({"id": column, "background": ["other"] * 4}), tmp_path / "people.parquet")
    run_cohort(kb, tmp_path / "people.parquet", tmp_path / "out")
    advised, _ = results_of(tmp_path / "out")
    assert [advised[row]["id"] for row in range(1, 5)] == ids


def test_an_id_that_is_a_list_rejects_its_row(kb, tmp_path):
    column = pa.array([[1], [], None, [2, 3]])
    pq.write_table(pa.table({"id": column, "background": ["other"] * 4}), tmp_path / "people.parquet")
    run_cohort(kb, tmp_path / "people.parquet", tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert set(advised) == {3}
    assert refused[1] == [("wrong-type", "'id' must be one value, not a list")]


def test_a_folder_of_parquet_is_read_as_one_table_in_the_order_of_names(kb, tmp_path):
    rows = people(kb, 60, seed=9)
    folder = tmp_path / "export"
    folder.mkdir()
    for name, some, order in (
        ("part-10", rows[20:45], 1),
        ("part-11", rows[45:], -1),
        ("part-0", rows[:20], 1),
    ):
        columns = list(rows[0])[::order]
        table = pa.Table.from_pylist([{key: row[key] for key in columns} for row in some])
        pq.write_table(table, folder / f"{name}.snappy.parquet")
    for name in ("_SUCCESS", "._part-0.parquet", "_metadata.parquet", "notes.txt"):
        (folder / name).write_text("not a table", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    options = cohort.Options(as_of=DAY, results="jsonl", part_rows=33)
    cohort.run(kb, source_of(str(folder), {}, "parquet"), out, options, Quiet())
    assert_as_advised(kb, rows, out)


def test_parquet_that_is_broken_inside_is_told(kb, tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.Table.from_pylist(people(kb, 500, seed=3)), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[500:-8_000] = bytes(len(content) - 8_500)
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="not a Parquet file that can be read"):
        run_cohort(kb, path, tmp_path / "out")


def test_parquet_from_standard_input(kb, tmp_path):
    rows = people(kb, 40, seed=4)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "people.parquet")
    command = ["cohort", "-", "--input", "parquet", "--as-of", DAY, "--out", str(tmp_path / "out")]
    content = (tmp_path / "people.parquet").read_bytes()
    told = CliRunner().invoke(cli, command, input=content)
    assert "40 rows: " in told.stderr
    assert_as_advised(kb, rows, tmp_path / "out")
    told = CliRunner().invoke(cli, [*command, "--force"], input=b"background\nother\n")
    assert told.exit_code == 2
    assert told.stderr.startswith("-:1:1: error: this is not a Parquet file that can be read: ")
