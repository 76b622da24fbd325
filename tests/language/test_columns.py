"""A column is told once: what files, checks, editors and diffs make of it follows from its record."""

from __future__ import annotations

import shutil

import pytest

from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.knowledge import schema
from trackfit.engine.knowledge.load import load
from trackfit.engine.language.columns import columns, kinds, named, references
from trackfit.engine.workshop.authoring.schemas import schemas
from trackfit.tests.support import scratch_tables
from trackfit.tests.support.places import ROOT


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A small knowledge base whose sources have two more columns, and nothing else changed for that."""
    monkeypatch.setitem(schema.RECORDS, "sources", scratch_tables.Source)
    for name in FOLDERS:
        shutil.copytree(ROOT / "tests/broken/base" / name, tmp_path / name)
    return tmp_path


def with_sources(folder, text):
    (folder / "facts/more.yaml").write_text(f"sources:\n{text}", encoding="utf-8")
    found = load(folder)
    lines = [problem.line() for problem in found.problems]
    return found, [line.removeprefix("facts/more.yaml:") for line in lines if "more.yaml" in line]


ROW = '  - {id: extra, publisher: P, title: T, date: "2026", '


def test_what_a_new_column_holds_is_in_the_record(folder):
    found, faults = with_sources(folder, ROW + 'renewed: "2026-11-22", about: [python]}\n')
    assert faults == []
    row = found.facts.sources["extra"]
    assert (row.renewed, row.about, named(row, "skills")) == ("2026-11-22", ("python",), {"python"})  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("about: [python]}", "2:5: error: the key 'renewed' is missing; add it (missing-key)"),
        (
            "renewed: 22.11.2026, about: [python]}",
            (
                "2:64: error: 'renewed' is a date in quotes, such as \"2027-04-30\", not '22.11.2026'; "
                'write "2026-11-22" (wrong-date)'
            ),
        ),
        (
            'renewed: "2026-02-30", about: [python]}',
            "2:64: error: 'renewed' is '2026-02-30', a day that no calendar has (wrong-date)",
        ),
        (
            'renewed: "2026-11-22", about: [pyton]}',
            "2:86: error: there is no skill 'pyton'; did you mean 'python'? (undeclared-name)",
        ),
        (
            'renewed: "2026-11-22", about: []}',
            "2:85: error: 'about' is a list of at least 1, not an empty one (wrong-type)",
        ),
        (
            'renwed: "2026-11-22", about: [python]}',
            "2:55: error: there is no key 'renwed' here; did you mean 'renewed'? (unknown-key)",
        ),
    ],
)
def test_what_is_wrong_in_a_new_column_is_told(folder, text, fault):
    _, faults = with_sources(folder, f"{ROW}{text}\n")
    assert faults == [fault]


def test_an_editor_shows_a_new_column_and_offers_what_fits(folder):
    row = schemas(folder)["facts"]["properties"]["sources"]["items"]
    assert row["required"] == ["id", "publisher", "title", "date", "renewed"]
    assert row["properties"]["renewed"]["markdownDescription"] == "When it was renewed."
    about = {"$ref": "#/definitions/row.skills"}
    assert row["properties"]["about"]["items"] == about


def test_every_column_of_every_table_is_told():
    untold = [
        (table, path)
        for table, record in schema.RECORDS.items()
        for path, one in columns(record).items()
        if not one.column.told
    ]
    assert untold == []
    assert set(schema.TOLD) == set(schema.RECORDS)


def test_paths_lead_through_lists_and_nested_rows():
    figure = schema.RECORDS["figures"]
    assert references(figure)["earlier", "*", "sources", "*"].table == "sources"
    assert references(figure)["derived", "difference", "*"].table == "figures"
    assert references(schema.RECORDS["routes"])["stages", "*", "months"].unit == "month_of_plan"
    dated = {path for path, kind in kinds(figure).items() if kind.example}
    assert dated == {("as_of",), ("review_by",), ("earlier", "*", "as_of"), ("earlier", "*", "review_by")}
