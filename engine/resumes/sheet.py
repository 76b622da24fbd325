"""CSV as LinkedIn writes it and spreadsheets save it again: notes before the heading, other separators and encodings."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from trackfit.engine.documents.decoding import as_text
from trackfit.engine.documents.sheet import NumberedCells, OpenSheet, first_records, open_sheet
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.problem import Location, near, quoted
from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.archive import Part
from trackfit.engine.resumes.resume import Mention

MAX_ROWS = 20_000
MAX_CELL = 131_072
"""Characters in one cell."""


class SheetRow(msgspec.Struct, frozen=True):
    """A row of a table: its cells by the column's name, and where it stands."""

    cells: dict[str, str]
    source: str
    where: Location

    def mention(self, column: str) -> Mention:
        """A cell with its place; an empty text where there is none."""
        return Mention(self.cells.get(column, ""), self.source, self.where)


def rows_of(part: Part, columns: Sequence[str], notes: Problems) -> list[SheetRow]:
    """The rows under the heading, with the cells of `columns`; what is wrong is noted, and the rest read."""
    text = as_text(part.raw, part.place, notes)
    if text is None:
        told = "this is a binary file, not CSV; it is left out"
        notes.warn(Location(part.place), "not-utf-8", told)
        return []
    wanted = {fold(column): column for column in columns}
    sheet = open_sheet(
        io.StringIO(text, newline=""),
        lambda cells: len(wanted.keys() & set(map(fold, cells))),
        max_cell=MAX_CELL,
    )
    if sheet is None:
        first = next((one for one in first_records(text.splitlines(), ",") if not one.is_blank()), None)
        for column in columns:
            where = Location(part.place, first.line if first else 1)
            notes.warn(where, "missing-column", _missing(column, first.cells if first else [], wanted))
        return []
    heading = sheet.heading
    for folded, column in wanted.items():
        if folded not in map(fold, heading.cells):
            where = Location(part.place, heading.line)
            notes.warn(where, "missing-column", _missing(column, heading.cells, wanted))
    _tell_above(sheet, part, notes)
    names = [wanted.get(fold(cell), "") for cell in heading.cells]
    return [
        SheetRow(_cells(names, one.cells), f"{part.name} row {one.number}", Location(part.place, one.line))
        for one in _records(sheet, part.place, notes)
        if not one.is_blank()
    ]


def _tell_above(sheet: OpenSheet, part: Part, notes: Problems) -> None:
    """What stands above the headings: an error where it seems to be a row of the table."""
    lost = sheet.lost()
    for one in sheet.above:
        where = Location(part.place, one.line)
        if one in lost:
            text = f"this row stands above the headings in line {sheet.heading.line}; move it below them"
            notes.add(where, "bad-row", f"{text}, or delete it")
        else:
            shown = quoted(" ".join(filter(None, map(str.strip, one.cells))))
            notes.warn(where, "bad-row", f"this stands above the headings and is not read: {shown}")


def _cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by column; of a column that stands there twice the first."""
    found: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        found.setdefault(name, " ".join(cell.split()))
    return found


def _missing(column: str, headings: Sequence[str], wanted: dict[str, str]) -> str:
    others = [cell for cell in headings if cell.strip() and fold(cell) not in wanted]
    close = next(iter(near(column, others)), None)
    hint = f"; rename {quoted(close)}, if it is meant" if close else ""
    return f"there is no column {column!r}{hint}"


def _records(sheet: OpenSheet, place: str, notes: Problems) -> Iterator[NumberedCells]:
    """Every row below the headings; at one that cannot be read it ends, with a warning."""
    for number in itertools.count(sheet.heading.number + 1):
        line = sheet.rows.line_num + 1
        try:
            cells = next(sheet.rows)
        except StopIteration:
            return
        except csv.Error as error:
            told = "a quote in this row is not closed, or closed too early"
            if "limit" in str(error):
                told = "a cell of this row is far too long"
            notes.warn(Location(place, line), "bad-row", f"{told}; the rows from here on are left out")
            return
        if number > MAX_ROWS:
            text = f"there are more than {MAX_ROWS:,} rows; the rest is left out"
            notes.warn(Location(place, line), "too-many-values", text)
            return
        yield NumberedCells(number, line, cells)
