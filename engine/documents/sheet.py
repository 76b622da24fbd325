"""A sheet as other programs save it: notes above the headings, one separator or another, rows that cannot be read."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

SEPARATORS = (",", ";", "\t", "|")
HEADING_WITHIN = 20
"""Rows in which the headings are looked for."""
_MOST_AHEAD = 1_000_000
"""Characters that are looked at for them, and the rest of the line."""


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that spreadsheet programs take for a formula."""


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet program takes for a formula when it reads it from CSV."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


class NumberedCells(NamedTuple):
    """A row as it stands: its number among all rows, and the line that it begins on, both from 1."""

    number: int
    line: int
    cells: list[str]

    def is_blank(self) -> bool:
        return not any(map(str.strip, self.cells))


class OpenSheet(NamedTuple):
    """A sheet that is open below its headings; `rows` gives the cells of each further row, and raises `csv.Error`."""

    separator: str
    heading: NumberedCells
    above: list[NumberedCells]
    """The rows above the headings that are not blank."""
    rows: Any
    """A reader of the module csv, or the further rows of a workbook."""

    def lost(self, is_row: Callable[[Sequence[str]], bool] = lambda _: False) -> list[NumberedCells]:
        """The rows above the headings that seem to be of the table: by their width, or by what `is_row` says."""
        width = _width(self.heading.cells)
        return [one for one in self.above if (width > 1 and _width(one.cells) >= width) or is_row(one.cells)]


def open_sheet(
    lines: Iterator[str], known: Callable[[Sequence[str]], int], *, max_cell: int
) -> OpenSheet | None:
    """The sheet below the row that has most headings; `known` counts those that a row has.

    None where no row among the first has any. A cell of more than `max_cell` characters cannot be read.
    """
    csv.field_size_limit(max_cell)  # for the whole process, so each reader sets its own
    ahead = list(_ahead(lines))
    best = max(
        (
            (known(one.cells), -place, -one.number)
            for place, separator in enumerate(SEPARATORS)
            for one in first_records(ahead, separator)
        ),
        default=(0, 0, 0),
    )
    if not best[0]:
        return None
    separator = SEPARATORS[-best[1]]
    *above, heading = itertools.islice(first_records(ahead, separator), -best[2])
    rows = csv.reader(itertools.chain(ahead, lines), delimiter=separator, strict=True)
    for _ in range(heading.number):
        _next_cells(rows)
    return OpenSheet(separator, heading, [one for one in above if not one.is_blank()], rows)


def open_rows(
    rows: Iterator[list[Any]],
    known: Callable[[Sequence[str]], int],
    as_texts: Callable[[Sequence[Any]], list[str]],
) -> OpenSheet | None:
    """The sheet below the row that has most headings, of rows whose cells have been told apart already.

    None where no row among the first has any.
    """
    ahead = list(itertools.islice(rows, HEADING_WITHIN))
    first = [NumberedCells(number, number, as_texts(cells)) for number, cells in enumerate(ahead, 1)]
    best = max(((known(one.cells), -one.number) for one in first), default=(0, 0))
    if not best[0]:
        return None
    place = -best[1]
    above = [one for one in first[: place - 1] if not one.is_blank()]
    return OpenSheet("", first[place - 1], above, itertools.chain(ahead[place:], rows))


def first_records(lines: Iterable[str], separator: str) -> Iterator[NumberedCells]:
    """The rows among which the headings are looked for; of one that cannot be read, no cells."""
    rows = csv.reader(lines, delimiter=separator, strict=True)
    for number in range(1, HEADING_WITHIN + 1):
        line = rows.line_num + 1
        cells = _next_cells(rows)
        if cells is None:
            return
        yield NumberedCells(number, line, cells)


def _next_cells(rows: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(rows)
    except StopIteration:
        return None
    except csv.Error:
        return []


def _ahead(lines: Iterator[str]) -> Iterator[str]:
    size = 0
    while size < _MOST_AHEAD and (line := next(lines, None)) is not None:
        size += len(line)
        yield line


def _width(cells: Sequence[str]) -> int:
    """How many cells there are up to the last that holds something."""
    return max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
