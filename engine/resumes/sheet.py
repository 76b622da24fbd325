"""CSV as LinkedIn writes it and spreadsheets save it again: notes before the heading, other separators and encodings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import msgspec

from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.problem import Location, near, quoted
from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.archive import Part
from trackfit.engine.resumes.decoding import as_text
from trackfit.engine.resumes.resume import Mention

MAX_ROWS = 20_000
MAX_CELL = 131_072
"""Characters in one cell."""
NOTES_BEFORE = 20
"""Rows in which the heading is looked for."""
SEPARATORS = (",", ";", "\t")


class SheetRow(msgspec.Struct, frozen=True):
    """A row of a table: its cells by the column's name, and where it stands."""

    cells: dict[str, str]
    source: str
    where: Location

    def mention(self, column: str) -> Mention:
        """A cell with its place; an empty text where there is none."""
        return Mention(self.cells.get(column, ""), self.source, self.where)


class _NumberedCells(msgspec.Struct, frozen=True):
    """A row as it stands: its number among all rows and the line it begins on, both from 1."""

    number: int
    line: int
    cells: list[str]


def rows_of(part: Part, columns: Sequence[str], notes: Problems) -> list[SheetRow]:
    """The rows under the heading, with the cells of `columns`; what is wrong is noted, and the rest read."""
    text = as_text(part.raw, part.place, notes)
    if text is None:
        told = "this is a binary file, not CSV; it is left out"
        notes.warn(Location(part.place), "not-utf-8", told)
        return []
    wanted = {fold(column): column for column in columns}
    separator, heading = max(
        ((separator, _heading(text, separator, wanted)) for separator in SEPARATORS),
        key=lambda one: (_known(one[1], wanted), -SEPARATORS.index(one[0])),
    )
    missing = [column for folded, column in wanted.items() if folded not in map(fold, heading.cells)]
    for column in missing:
        notes.warn(Location(part.place, heading.line), "missing-column", _missing(column, heading, wanted))
    if len(missing) == len(columns):
        return []
    names = [wanted.get(fold(cell), "") for cell in heading.cells]
    return [
        SheetRow(_cells(names, one.cells), f"{part.name} row {one.number}", Location(part.place, one.line))
        for one in _records(text, separator, part.place, notes)
        if one.number > heading.number and any(map(str.strip, one.cells))
    ]


def _cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by column; of a column that stands there twice the first."""
    found: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        found.setdefault(name, " ".join(cell.split()))
    return found


def _known(heading: _NumberedCells, wanted: dict[str, str]) -> int:
    return len(wanted.keys() & set(map(fold, heading.cells)))


def _heading(text: str, separator: str, wanted: dict[str, str]) -> _NumberedCells:
    """The row, among the first ones, that has most of the wanted columns; LinkedIn puts notes before some headings."""
    first = []
    for record in _records(text, separator, "", Problems()):
        first.append(record)
        if len(first) == NOTES_BEFORE:
            break
    return max(first, key=lambda one: (_known(one, wanted), -one.number), default=_NumberedCells(0, 1, []))


def _missing(column: str, heading: _NumberedCells, wanted: dict[str, str]) -> str:
    others = [cell for cell in heading.cells if cell.strip() and fold(cell) not in wanted]
    close = next(iter(near(column, others)), None)
    hint = f"; rename {quoted(close)}, if it is meant" if close else ""
    return f"there is no column {column!r}{hint}"


def _records(text: str, separator: str, place: str, notes: Problems) -> Iterator[_NumberedCells]:
    """Every row; at one that cannot be read it ends, with a warning."""
    csv.field_size_limit(MAX_CELL)  # for the whole process, so each reader sets its own
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    for number in range(1, MAX_ROWS + 2):
        try:
            cells = next(reader)
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
        yield _NumberedCells(number, line, cells)
        line = reader.line_num + 1
