"""`cohort`: each row is advised or refused exactly as an answers file would be."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trackfit import InvalidInput
from trackfit.engine.cohort import queries as cohort_queries
from trackfit.engine.cohort import run as cohort
from trackfit.tests.support.cohorts import (
    Quiet,
    assert_as_advised,
    ids_of,
    people,
    results_of,
    run_cohort,
    write_csv,
)
from trackfit.tests.support.shipped import DAY


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_every_row_is_advised_or_refused_as_by_advise(kb, tmp_path, kind):
    rows = people(kb, 600, seed=7)
    path = tmp_path / f"people.{kind}"
    if kind == "csv":
        write_csv(path, rows)
    elif kind == "jsonl":
        rows = [{key: cell for key, cell in row.items() if cell != ""} for row in rows]
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    totals = run_cohort(kb, path, tmp_path / "out")
    assert_as_advised(kb, rows, tmp_path / "out")
    assert totals.rows == 600
    assert totals.rejected > 20


def test_null_in_json_lines_is_told_as_in_an_answers_file(kb, tmp_path):
    rows: list[dict[str, object]] = [
        {"background": None, "years_experience": 3},
        {"years_experience": None},
        {"background": "other", "skills": None, "salary_goal": None, "name": None},
        {"background": "other", "skills": [None, "sql"]},
        {"background": " ", "skills": {"a": None}},
    ]
    path = tmp_path / "people.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run_cohort(kb, path, tmp_path / "out")
    assert_as_advised(kb, [{"id": None, **row} for row in rows], tmp_path / "out")


def test_typed_parquet_columns_are_read_as_what_they_are(kb, tmp_path):
    table = pa.table(
        {
            "background": ["data_engineer", "architect", "other"],
            "years_experience": pa.array([3, 25, 99], pa.int32()),
            "skills": pa.array([["sql", "k8s"], [], None], pa.list_(pa.string())),
            "undervalues_pipeline_skills": pa.array([True, None, None]),
        }
    )
    pq.write_table(table, tmp_path / "typed.parquet")
    run_cohort(kb, tmp_path / "typed.parquet", tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert advised[1]["warnings"] == ["undervalues_pipeline_skills"]
    assert advised[2]["first_track"] == "agentic_ai"
    assert ids_of(refused) == {3: ["out-of-range"]}


def test_queries_are_kept_and_are_the_same_when_they_are_read_back(kb, tmp_path, monkeypatch):
    """In a cache folder of its own: another process lists the columns that it leaves out in another order."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cohort_queries.queries.cache_clear()
    made = cohort_queries.queries(kb, DAY)
    assert len(list(tmp_path.rglob(f"*{cohort_queries.KEPT_AS}"))) == 1
    cohort_queries.queries.cache_clear()
    assert cohort_queries.queries(kb, DAY) == made == cohort_queries._make_queries(kb, DAY)
    assert cohort_queries.queries(kb, "2027-12-31") != made


def test_the_parts_make_no_difference(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 500, seed=3))
    for name, rows in (("one", 1000), ("many", 170)):
        run_cohort(kb, path, tmp_path / name, part_rows=rows)
    for file in ("advice.jsonl", "rejected.csv"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "many" / file).read_bytes()


class Stop(Exception):
    """The run is stopped from outside."""


class Stopping(Quiet):
    """Stops a run after some rows."""

    def __init__(self, after):
        super().__init__()
        self.after = after

    def progress(self, rows):
        super().progress(rows)
        if rows >= self.after:
            raise Stop


def test_a_stopped_run_goes_on_to_the_same_results(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 400, seed=4))
    run_cohort(kb, path, tmp_path / "whole", part_rows=150)
    for after in (150, 300):
        with pytest.raises(Stop):
            run_cohort(kb, path, tmp_path / "broken", part_rows=150, listener=Stopping(after))
        assert (tmp_path / "broken" / "manifest.json").exists()
    run_cohort(kb, path, tmp_path / "broken", part_rows=150)
    for file in ("advice.jsonl", "rejected.csv"):
        assert (tmp_path / "whole" / file).read_bytes() == (tmp_path / "broken" / file).read_bytes()
    assert not (tmp_path / "broken" / "manifest.json").exists()
    assert not (tmp_path / "broken" / "parts").exists()


def test_two_runs_are_never_mixed(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 200, seed=5))
    with pytest.raises(Stop):
        run_cohort(kb, path, tmp_path / "out", part_rows=60, listener=Stopping(60))
    write_csv(path, people(kb, 200, seed=6))
    with pytest.raises(InvalidInput) as caught:
        run_cohort(kb, path, tmp_path / "out", part_rows=60)
    assert [problem.id for problem in caught.value.problems] == ["other-run"]
    assert "differs in input" in str(caught.value)
    cohort.discard(tmp_path / "out")
    run_cohort(kb, path, tmp_path / "out", part_rows=60)


def test_a_messy_export_loses_no_row(kb, tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(
        "Applicants 2026;;;;\n"
        "\n"
        "ID;Background;Years of experience;Skills;Remarks\n"
        "a;Data engineer;4;sql, spark;fine\n"
        "b;Data engineer;some yrs;sql;caf\xe9\n"
        "=cmd;nobody;3;;\n"
        ";;;;\n"
        'd;other;2;"k8s\nand more";x\n'
        "e;other;2;;;;stray\n"
        "f;other\n".encode("cp1252")
    )
    listener = Quiet()
    totals = run_cohort(kb, path, tmp_path / "out", listener=listener)
    advised, refused = results_of(tmp_path / "out")
    assert set(advised) == {1, 5, 7}
    assert ids_of(refused) == {
        2: ["wrong-type"],
        3: ["unknown-value"],
        4: ["bad-row"],
        6: ["bad-row"],
    }
    assert totals.rows == 7
    assert "\n3,'=cmd,unknown-value," in (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8")


def test_a_heading_that_looks_like_a_key_is_pointed_out_and_can_be_mapped(kb, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("background,years_experince\narchitect,25\n", encoding="utf-8")
    listener = Quiet()
    run_cohort(kb, path, tmp_path / "a", listener=listener)
    (notice,) = listener.notices
    assert notice.startswith(
        "the column 'years_experince' is not used; if it is 'years_experience', say --map"
    )
    run_cohort(kb, path, tmp_path / "b", mapping={"years_experince": "years_experience"})
    assert results_of(tmp_path / "b")[0][1]["first_track"] == "agentic_ai"
