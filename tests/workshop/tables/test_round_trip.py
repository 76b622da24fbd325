"""Facts tables as spreadsheets and back: nothing is lost, and what is not changed stays as it is, to the byte."""

import random
from pathlib import Path

import pytest

from trackfit.engine.documents.folder import files_in
from trackfit.engine.documents.parse import read_text
from trackfit.engine.inference.base import shipped
from trackfit.engine.knowledge.schema import RECORDS
from trackfit.engine.language.columns import fields
from trackfit.engine.workshop.tables.cells import cell_of, same, value_of
from trackfit.engine.workshop.tables.plan import facts_file, plan
from trackfit.engine.workshop.tables.spreadsheet import CELL_OF_A_WORKBOOK, read_rows, to_csv, to_xlsx
from trackfit.tests.support.shipped import DAY

FILES = [one.relative_to(shipped()).as_posix() for one in files_in(shipped() / "facts", (".yaml",))]
ENDINGS = ["csv", "xlsx"]


def exported(folder, name, ending, place):
    sheets = facts_file(folder / name, name).sheets
    path = place / f"table.{ending}"
    if ending == "csv":
        path.write_text(to_csv(sheets, name), encoding="utf-8", newline="")
    else:
        path.write_bytes(to_xlsx(sheets, name, DAY, place))
    return path


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped facts."""
    for name in FILES:
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((shipped() / name).read_bytes())
    return tmp_path / "own"


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", FILES)
def test_a_round_trip_changes_not_one_byte(tmp_path, name, ending):
    path = exported(shipped(), name, ending, tmp_path)
    found = plan(shipped(), str(path), read_rows(str(path)), delete=True)
    assert (found.changes, found.notes) == ([], [])


@pytest.mark.parametrize("name", FILES)
def test_every_cell_reads_back_as_its_value(name):
    root = facts_file(shipped() / name, name).root
    for table, listing in root.value.items():
        for row in listing.value:
            for key, node in row.value.items():
                cell = cell_of(node.plain(), node.text)
                assert same(cell, cell)
                if cell != "":
                    assert value_of(cell, fields(RECORDS[table])[key]) == (node.plain(), None), (
                        row.where,
                        key,
                    )


def plain(text):
    root, _ = read_text(text, "")
    assert root is not None
    return root.plain()


def changed_rows(rows, draw):
    """Some cells emptied, filled from others of their column, or with another entry; and some rows doubled."""
    found = []
    for row in rows:
        cells = dict(row.cells)
        for heading in draw.sample(list(cells), draw.choice([0, 0, 0, 1, 2])):
            other = draw.choice(rows).cells.get(heading, "")
            if heading in ("id", "table", "file"):
                continue
            text = str(cells[heading])
            made = [other, "", "= a: 'b' # c", f"{text}; new one" if "; " in text else other]
            if "; " in text and not text.startswith(("[", "{")):
                parts = text.split("; ")
                made += [
                    "; ".join(draw.sample(parts, len(parts))),
                    "; ".join(parts[1:]),
                    "; ".join(["x", *parts[:-1]]),
                ]
            cells[heading] = draw.choice(made)
        found.append(row._replace(cells=cells))
        if draw.random() < 0.05:
            found.append(row._replace(cells={**cells, "id": f"{cells['id']}_too"}))
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", FILES)
def test_any_changes_are_written_and_nothing_else(folder, tmp_path, name, seed):
    """`plan` itself proves that the new text says what the sheet says; comments and untouched rows are looked at here."""
    draw = random.Random(f"{name} {seed}")  # noqa: S311 - the same changes in every run
    path = exported(folder, name, "csv", tmp_path)
    rows = read_rows(str(path))
    changed = changed_rows(rows, draw)
    found = plan(folder, str(path), changed, delete=False)
    before = (folder / name).read_text(encoding="utf-8")
    after = found.changes[0].after if found.changes else before
    for line in before.splitlines():
        if line.lstrip().startswith("#"):
            assert line in after.splitlines()
    (folder / name).write_text(after, encoding="utf-8")
    again = exported(folder, name, "csv", tmp_path)
    assert plan(folder, str(path), changed, delete=False).changes == []
    back = plan(folder, str(again), rows, delete=True)
    for one in back.changes:
        assert plain(one.after) == plain(before)


@pytest.mark.parametrize("name", FILES)
def test_no_cell_is_a_formula_and_all_fit(name):
    sheets = facts_file(shipped() / name, name).sheets
    for sheet in sheets:
        for row in sheet.rows.values():
            assert all(len(str(cell)) <= CELL_OF_A_WORKBOOK for cell in row.values())
    assert not any(cell.lstrip('"')[:1] in "=+@" for cell in to_csv(sheets, name).split(",") if cell)


def test_a_text_that_begins_like_a_formula_comes_back(tmp_path):
    folder = tmp_path / "own"
    (folder / "facts").mkdir(parents=True)
    text = 'units:\n  - {id: a, says: "=1+{}"}\n  - {id: b, says: "\'={}"}\n  - {id: c, says: "\'{}"}\n'
    (folder / "facts" / "units.yaml").write_text(text, encoding="utf-8")
    for ending in ENDINGS:
        path = exported(folder, "facts/units.yaml", ending, tmp_path)
        assert plan(folder, str(path), read_rows(str(path)), delete=True).changes == []
    content = Path(exported(folder, "facts/units.yaml", "csv", tmp_path)).read_text(encoding="utf-8")
    assert content.splitlines()[1:] == [
        "a,'=1+{},units,facts/units.yaml",
        "b,''={},units,facts/units.yaml",
        "c,'{},units,facts/units.yaml",
    ]
