"""Sheets in files: CSV, which holds all of them below each other, and XLSX, which has a tab for each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from trackfit.engine.documents.sheet import FORMULA
from trackfit.engine.documents.workbook import ENDINGS, open_workbook
from trackfit.engine.problems.errors import refused
from trackfit.engine.problems.problem import Location, quoted
from trackfit.engine.workshop.tables.cells import FILE, TABLE, Cell, Sheet, text_of

MAX_CELL = 1_000_000
MAX_BYTES = 20_000_000
CELL_OF_A_WORKBOOK = 32_767
"""Characters."""


class ReadRow(NamedTuple):
    """A row of a sheet: where it stands, its cells by heading, and the column of each heading, from 1."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]
    places: Mapping[str, int]

    def where(self, path: str, heading: str) -> Location:
        """The place of a cell."""
        return Location(path, self.number, self.places.get(heading, 1))


def to_csv(sheets: Sequence[Sheet], file: str) -> str:
    """All tables below each other; the last columns say to which table, and to which file, a row belongs.

    No cell is taken for a formula: before what begins like one stands an apostrophe.
    """
    headings = list(dict.fromkeys(heading for sheet in sheets for heading in sheet.headings))
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow([*headings, TABLE, FILE])
    for sheet in sheets:
        for row in sheet.rows.values():
            lines.writerow([*(_safe(text_of(row.get(one, ""))) for one in headings), sheet.table, file])
    return out.getvalue()


def to_xlsx(sheets: Sequence[Sheet], file: str, day: str, folder: Path) -> bytes:
    """A workbook with a sheet for each table. Raises `InvalidInput` where a cell is too long for one."""
    from trackfit.engine.documents.workbook_written import SheetColumn, WrittenWorkbook

    out = io.BytesIO()
    book = WrittenWorkbook(out, folder, day)
    for sheet in sheets:
        headings = [*(SheetColumn(one, _width(sheet, one)) for one in sheet.headings), SheetColumn(FILE, 24)]
        written = book.sheet(sheet.table, headings)
        for id_, row in sheet.rows.items():
            cells = [row.get(one, "") for one in sheet.headings]
            for heading, cell in zip(sheet.headings, cells, strict=True):
                if isinstance(cell, str) and len(cell) > CELL_OF_A_WORKBOOK:
                    text = (
                        f"{quoted(heading)} of {quoted(id_)} is too long for a cell of a workbook; write CSV"
                    )
                    raise refused(file, "text-too-long", text)
            written.write([[*cells, file]])
    book.close()
    return out.getvalue()


def _width(sheet: Sheet, heading: str) -> int:
    longest = max((len(text_of(row.get(heading, ""))) for row in sheet.rows.values()), default=0)
    return min(60, max(longest, len(heading)) + 2)


def read_rows(path: str) -> list[ReadRow]:
    """The rows of a file as they stand, without empty ones. Raises `InvalidInput`."""
    if ENDINGS.get(Path(path).suffix.lower()):
        return list(_rows_of_workbook(path))
    if Path(path).suffix.lower() != ".csv":
        text = "it is not clear what this is; end it in .csv, .xlsx or .ods"
        raise refused(path, "unknown-file-kind", text)
    return list(_rows_of_csv(path))


def _rows_of_workbook(path: str) -> Iterator[ReadRow]:
    with open_workbook(path, None) as workbook:
        names = workbook.opened.sheets
    for name in names:
        with open_workbook(path, name) as workbook:
            wrong = workbook.unreadable()
            for number, cells in sorted(wrong.items()):
                raise refused(
                    Location(path, number), "bad-row", f"sheet {quoted(name)}: {next(iter(cells.values()))}"
                )
            yield from _below_headings(
                path, name, ((number, row) for number, row in enumerate(workbook.rows, 1))
            )


def _rows_of_csv(path: str) -> Iterator[ReadRow]:
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        id_ = "no-such-file" if isinstance(error, FileNotFoundError) else "unreadable-file"
        raise refused(path, id_, f"cannot read it: {error.strerror or type(error).__name__}") from error
    if len(raw) > MAX_BYTES:
        raise refused(
            path, "file-too-large", f"it has more than {MAX_BYTES // 1_000_000} MB; take a part of it"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = "this is not UTF-8; save it as CSV UTF-8, or as a workbook (.xlsx)"
        raise refused(path, "not-utf-8", said) from error
    csv.field_size_limit(MAX_CELL)
    first = text.splitlines()[0] if text.strip() else ""
    separator = max((",", ";", "\t"), key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)

    def numbered() -> Iterator[tuple[int, list[Cell]]]:
        number = 0
        while True:
            number += 1
            try:
                yield number, [_unsafe(cell) for cell in next(lines)]
            except StopIteration:
                return
            except csv.Error as error:
                said = f"the row cannot be read as CSV ({error}); look for a stray quotation mark"
                raise refused(Location(path, number), "bad-row", said) from error

    yield from _below_headings(path, "", numbered())


def _below_headings(path: str, sheet: str, rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[ReadRow]:
    headings: list[str] | None = None
    for number, row in rows:
        texts = [text_of(cell).strip() for cell in row]
        if not any(texts):
            continue
        if headings is None:
            headings = texts
            twice = next((one for one in headings if one and headings.count(one) > 1), None)
            if twice:
                text = f"the heading {quoted(twice)} stands twice; take one out"
                raise refused(Location(path, number), "duplicate-heading", text)
            continue
        places = {heading: place for place, heading in enumerate(headings, 1) if heading}
        cells = {heading: row[place - 1] if place <= len(row) else "" for heading, place in places.items()}
        yield ReadRow(sheet, number, cells, places)


def _safe(text: str) -> str:
    """A text that no spreadsheet program takes for a formula.

    >>> _safe("=1+1"), _safe("'=1"), _safe("'x"), _unsafe("'=1+1"), _unsafe("''=1")
    ("'=1+1", "''=1", "'x", '=1+1', "'=1")
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def _unsafe(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text
