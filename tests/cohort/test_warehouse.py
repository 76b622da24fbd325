"""`advise_table`: what `consult` says, for a table in a notebook or a warehouse."""

from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from trackfit import InvalidInput
from trackfit.engine.cohort.table.warehouse import advise_table
from trackfit.tests.support.answer_space import sampled
from trackfit.tests.support.cohorts import expected
from trackfit.tests.support.searches import mostly_slow
from trackfit.tests.support.shipped import DAY


def table_of(kb, rows):
    kinds = {"set": "array<string>", "yes_no": "boolean", "whole_number": "int64", "money": "int64"}
    schema = {"id": "string"} | {
        row.id: kinds.get(row.type, "string") for row in kb.reader.attributes.values() if row.type != "text"
    }
    full = [{name: row.get(name) for name in schema} for row in rows]
    return ibis.memtable(full, schema=schema)


def advised(kb, table):
    found = ibis.duckdb.connect().to_pyarrow(advise_table(kb, table, DAY)).to_pylist()
    return {row["id"]: row for row in found}


def test_it_says_what_consult_says(kb):
    rows = [
        {"id": str(number)}
        | {key: sorted(value) if isinstance(value, frozenset) else value for key, value in case.items()}
        for number, case in enumerate(sampled(kb, 300))
    ]
    found = advised(kb, table_of(kb, rows))
    refused: set[str] = set()
    for row in rows:
        got, want = found[row["id"]], expected(kb, row)
        problem, unread = got.pop("problem"), got.pop("unread_skills")
        assert unread == 0
        if isinstance(want, list):
            refused.update(id_ for id_, _ in want)
            assert (problem, got["tracks"]) == ("skills", None)
        else:
            assert problem is None
            assert got == want
    assert refused == {"too-many-values"}


def test_spellings_and_what_cannot_be_read(kb):
    rows = [
        {"id": "a", "background": "Data-Engineer", "skills": ["K8s", " PostgreSQL", "cobol on rails"]},
        {"id": "b", "background": "nobody", "years_experience": 99},
        {"id": "c"},
        {"id": "d", "background": "other", "skills": ["tf"]},
    ]
    found = advised(kb, table_of(kb, rows))
    assert found["a"]["first_track"] == "mlops"
    assert {id_: row["unread_skills"] for id_, row in found.items()} == {"a": 1, "b": 0, "c": 0, "d": 0}
    assert {id_: row["problem"] for id_, row in found.items()} == {
        "a": None,
        "b": "background, years_experience",
        "c": "background",
        "d": "skills",
    }
    assert found["b"]["tracks"] is None


def test_columns_that_are_not_there(kb):
    small = ibis.memtable(pa.table({"id": ["a"], "background": ["architect"], "years_experience": [25]}))
    assert advised(kb, small)["a"]["first_track"] == "agentic_ai"
    with pytest.raises(InvalidInput) as caught:
        advise_table(kb, ibis.memtable(pa.table({"ident": ["a"], "backgrund": ["other"]})), DAY)
    assert [(one.id, one.suggestion) for one in caught.value.problems] == [
        ("missing-column", "backgrund"),
        ("missing-column", "ident"),
    ]


@pytest.mark.parametrize(
    ("key", "column", "problems"),
    mostly_slow(
        [
            ("years_experience", pa.array([5.0, 6.5, float("nan"), float("inf"), None]), [0, 1, 1, 1, 0]),
            (
                "years_experience",
                pa.array([Decimal(one) for one in ("5", "6.5", "61", "-1", "0")]),
                [0, 1, 1, 1, 0],
            ),
            ("salary_goal", pa.array([1e5, 1.5, 1e300, -1e300, 0.0]), [0, 1, 1, 1, 0]),
            (
                "salary_goal",
                pa.array([1, 2**63, 2**62 + 1, 5_000_001, 5_000_000], pa.uint64()),
                [0, 1, 1, 1, 0],
            ),
            ("skills", pa.nulls(5), [0] * 5),
            ("math_comfort", pa.nulls(5), [0] * 5),
            ("skills", pa.array([[], None, [None], [""], ["sql"]]), [0] * 5),
        ],
        3,
    ),
)
def test_what_a_column_of_another_type_holds(kb, key, column, problems):
    table = pa.table({"id": list("abcde"), "background": ["other"] * 5, key: column})
    found = advised(kb, ibis.memtable(table))
    assert [found[id_]["problem"] for id_ in "abcde"] == [key if one else None for one in problems]


def test_columns_of_a_type_that_cannot_be_read(kb):
    columns = {
        "id": pa.array(["a"]),
        "background": pa.array([1]),
        "years_experience": pa.array(["5"]),
        "skills": pa.array(["sql; git"]),
        "expects_same_work": pa.array(["maybe"]),
    }
    with pytest.raises(InvalidInput) as caught:
        advise_table(kb, ibis.memtable(pa.table(columns)), DAY)
    assert [one.text for one in caught.value.problems] == [
        "the column 'background' is to hold text, not int64; change its type",
        "the column 'expects_same_work' is to hold truth values (boolean), not string; change its type",
        "the column 'skills' is to hold lists of text (array<string>), not string; change its type",
        "the column 'years_experience' is to hold numbers, not string; change its type",
    ]


def test_rows_that_cannot_be_told_apart(kb):
    table = pa.table(
        {
            "id": ["a", "b", "b", None],
            "background": ["other"] * 4,
            "skills": [["sql"], ["python"], ["docker"], ["git"]],
        }
    )
    found = ibis.duckdb.connect().to_pyarrow(advise_table(kb, ibis.memtable(table), DAY)).to_pylist()
    assert sorted((row["id"] or "", row["problem"]) for row in found) == [
        ("", "id"),
        ("a", None),
        ("b", "id"),
        ("b", "id"),
    ]


@pytest.mark.parametrize("as_of", ["x", "20261122", "2026-13-01", "2026-W01-1", ""])
def test_a_day_that_is_none(kb, as_of):
    table = ibis.memtable(pa.table({"id": ["a"], "background": ["other"]}))
    for ask in (lambda: advise_table(kb, table, as_of), lambda: kb.consult({"background": "other"}, as_of)):
        with pytest.raises(InvalidInput, match="is not a date; write YYYY-MM-DD"):
            ask()
