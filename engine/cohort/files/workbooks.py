"""Workbooks (XLSX, ODS) as rows of raw cells; what is wrong with the sheet is told once, what is wrong with a row there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trackfit.engine.cohort.files.cells import id_of
from trackfit.engine.cohort.files.headed import EMPTY_ROW, Headed, Row, chosen_cells
from trackfit.engine.cohort.files.headings import Reading, named
from trackfit.engine.documents.sheet import open_rows
from trackfit.engine.documents.workbook import Cell, OpenWorkbook, open_workbook


def workbook_rows(reading: Reading, names: Sequence[str]) -> Iterator[Sequence[Any]]:
    """The cells of each row by `names`, of which the last is that of the row's own problem. Raises `InvalidInput`."""
    source, _, notice, layout = reading
    headed = Headed(reading)
    with named(source.path) as path, open_workbook(path, source.sheet, shown=source.path) as workbook:
        for told in workbook.left_out():
            notice(told)
        layout.sheet = workbook.opened.sheet
        sheet = open_rows(workbook.rows, headed.known, _texts)
        columns = headed.columns(sheet)
        assert sheet is not None
        if workbook.opened.spanned:
            notice("some cells are merged; only the first of them holds something, so unmerge them")
        rows = _records(workbook, sheet.rows, sheet.heading.number + 1, set(columns.places.values()))
        yield from chosen_cells(rows, columns, names, len(sheet.heading.cells))


def _records(workbook: OpenWorkbook, rows: Iterator[list[Cell]], first: int, used: set[int]) -> Iterator[Row]:
    """The rows below the headings as texts, and what is wrong with each."""
    unreadable = workbook.unreadable()
    for number, cells in enumerate(rows, first):
        wrong = _wrong(unreadable[number], used) if number in unreadable else None
        if wrong is None and not any(map(_is_there, cells)):
            wrong = EMPTY_ROW
        yield [one if one.__class__ is str else id_of(one) for one in cells], wrong


def _wrong(cells: Mapping[int, str], used: set[int]) -> str | None:
    """What is wrong with cells that are read; None where there is none."""
    found = [text for column, text in sorted(cells.items()) if column in used]
    return "; ".join(found) or None


def _is_there(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [id_of(one) or "" for one in cells]
