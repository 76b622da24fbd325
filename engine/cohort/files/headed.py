"""A sheet with headings, of CSV or of a workbook: where the table begins, what is skipped, and which rows are people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from trackfit.engine.cohort.files.headings import Columns, Reading, match_columns
from trackfit.engine.documents.sheet import OpenSheet
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.errors import refused
from trackfit.engine.problems.problem import Location, quoted
from trackfit.engine.problems.problems import Problems

EMPTY_ROW = "the row is empty; delete it"
Row = tuple[Sequence[Any], str | None]
"""The cells of a row, at least as many as there are headings, and what is wrong with it."""


class Headed:
    """The headings of one file, and its table below them."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.background = reading.reader.attributes[BACKGROUND]
        wanted = {fold(self.background.id), fold(self.background.label)}
        wanted |= {
            fold(heading) for heading, key in reading.source.mapping.items() if key == self.background.id
        }
        self._wanted = wanted
        self._first: list[Sequence[str]] = []

    def known(self, cells: Sequence[str]) -> int:
        """Whether a row may be that of the headings: a column for the background is in it."""
        if any(map(str.strip, cells)):
            self._first.append(cells)
        return int(not self._wanted.isdisjoint(map(fold, cells)))

    def columns(self, sheet: OpenSheet | None) -> Columns:
        """The columns of a sheet that is open below its headings. Raises `InvalidInput`."""
        if sheet is None:
            if not self._first:
                raise refused(self.reading.source.path, "empty-file", "the file has no rows")
            match_columns(max(self._first, key=len), self.reading)
            raise AssertionError("a heading without a background is refused")
        self._tell_above(sheet)
        line = sheet.heading.line
        layout = self.reading.layout
        layout.heading_row = line
        layout.skipped_rows = [one.line for one in sheet.above]
        return match_columns(sheet.heading.cells, self.reading, line)

    def is_person(self, cells: Sequence[str]) -> bool:
        """Whether somebody's background stands in a row."""
        return any(self.reading.reader.can_be(self.background, cell) for cell in cells)

    def _tell_above(self, sheet: OpenSheet) -> None:
        """Tell what stands above the headings; refuse what seems to be somebody's row. Raises `InvalidInput`."""
        problems = Problems()
        for one in sheet.lost(self.is_person):
            text = f"this row stands above the headings in line {sheet.heading.line} and looks like one of the table"
            problems.add(
                Location(self.reading.source.path, one.line, 1),
                "bad-row",
                f"{text}; move it below them, or delete it",
            )
        problems.refuse()
        for one in sheet.above:
            shown = quoted(" ".join(filter(None, map(str.strip, one.cells))))
            self.reading.notice(f"line {one.line} stands above the headings and is not read: {shown}")


def chosen_cells(
    rows: Iterable[Row], columns: Columns, names: Sequence[str], headings: int
) -> Iterator[Sequence[Any]]:
    """The cells of each row by `names`, of which the last is that of the row's own problem.

    Empty rows at the end are nobody's.
    """
    nothing, problem = headings, headings + 1
    chosen = itemgetter(*(columns.places.get(name, nothing) for name in names[:-1]), problem)
    empty = 0
    for cells, wrong in rows:
        if wrong == EMPTY_ROW:
            empty += 1
            continue
        while empty:
            yield *[None] * len(names[:-1]), EMPTY_ROW
            empty -= 1
        yield chosen((*cells[:headings], *[None] * (headings - len(cells)), None, wrong))
