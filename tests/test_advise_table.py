"""`KnowledgeBase.advise_table`: what `consult` says, for a table in a notebook or a warehouse."""

import ibis
import pyarrow as pa
import pytest

from trackfit import InvalidInput, KnowledgeBase
from trackfit.tests.test_answer_space import sampled
from trackfit.tests.test_cohort import DAY, expected


@pytest.fixture(scope="module")
def kb():
    with KnowledgeBase.load() as found:
        yield found


def table_of(kb, rows):
    kinds = {"set": "array<string>", "yes_no": "boolean", "whole_number": "int64", "money": "int64"}
    schema = {"id": "string"} | {
        row.id: kinds.get(row.type, "string") for row in kb.reader.attributes.values() if row.type != "text"
    }
    full = [{name: row.get(name) for name in schema} for row in rows]
    return ibis.memtable(full, schema=schema)


def advised(kb, table):
    found = ibis.duckdb.connect().to_pyarrow(kb.advise_table(table, DAY)).to_pylist()
    return {row["id"]: row for row in found}


def test_it_says_what_consult_says(kb):
    rows = [
        {"id": str(number)}
        | {key: sorted(value) if isinstance(value, frozenset) else value for key, value in case.items()}
        for number, case in enumerate(sampled(kb, 300))
    ]
    found = advised(kb, table_of(kb, rows))
    for row in rows:
        got = found[row["id"]]
        assert got.pop("problem") is None
        assert got == expected(kb, row)


def test_spellings_and_what_cannot_be_read(kb):
    rows = [
        {"id": "a", "background": "Data-Engineer", "skills": ["K8s", " PostgreSQL", "cobol on rails"]},
        {"id": "b", "background": "nobody", "years_experience": 99},
        {"id": "c"},
        {"id": "d", "background": "other", "skills": ["tf"]},
    ]
    found = advised(kb, table_of(kb, rows))
    assert found["a"]["first_track"] == "mlops"
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
        kb.advise_table(ibis.memtable(pa.table({"ident": ["a"], "backgrund": ["other"]})), DAY)
    assert [(one.id, one.suggestion) for one in caught.value.problems] == [
        ("missing-column", "backgrund"),
        ("missing-column", "ident"),
    ]
