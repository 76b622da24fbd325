"""Workbooks that we write (XLSX): sheets with headings, a filter and widths, whose texts are never taken for formulas."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import xlsxwriter

from trackfit.engine.documents.sheet import FORMULA

MAX_ROWS = (1 << 20) - 1
"""Rows that a sheet holds below its headings."""
MAX_TEXT = 32_767
"""Characters that a cell holds."""


class SheetColumn(NamedTuple):
    """The heading of a column, and how wide it is, in characters."""

    text: str
    width: int


class WrittenWorkbook:
    """A workbook that is written row by row, with bounded memory; `folder` takes what does not fit into memory.

    The same rows give the same bytes: `day`, as YYYY-MM-DD, is when it says that it was made.
    """

    def __init__(self, stream: IO[bytes], folder: Path, day: str) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": str(folder),
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self._book = xlsxwriter.Workbook(stream, options)
        self._book.set_properties({"created": datetime.datetime.fromisoformat(day)})
        self._bold = self._book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self._text = self._book.add_format({"quote_prefix": True})

    def sheet(self, name: str, headings: Sequence[SheetColumn]) -> WrittenSheet:
        """A new sheet, the last."""
        return WrittenSheet(self._book.add_worksheet(name), headings, self._bold, self._text)

    def close(self) -> None:
        """Write what is not written yet. Raises OSError."""
        self._book.close()


class WrittenSheet:
    """A sheet whose rows are written one after the other."""

    def __init__(self, sheet: Any, headings: Sequence[SheetColumn], bold: Any, text: Any) -> None:
        self._sheet, self._text = sheet, text
        self.rows = 0
        """Below the headings."""
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, heading.width)
            sheet.write_string(0, place, heading.text, bold)
        sheet.freeze_panes(1, 0)
        self._last = len(headings) - 1

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """More rows: numbers, truth values, texts and None, for no cell; a longer text than a cell holds is cut."""
        for row in rows:
            self.rows += 1
            for place, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, bool):
                    self._sheet.write_boolean(self.rows, place, cell)
                elif isinstance(cell, int | float):
                    self._sheet.write_number(self.rows, place, cell)
                else:
                    text = cell if len(cell) <= MAX_TEXT else f"{cell[: MAX_TEXT - 1]}…"
                    style = self._text if text.startswith(FORMULA) else None
                    self._sheet.write_string(self.rows, place, text, style)
        self._sheet.autofilter(0, 0, max(self.rows, 1), self._last)
