"""Workbooks (XLSX, ODS): one sheet as rows of cells that keep their type, and what about it a reader should be told.

The file is opened in another process (`workbook_process`), which alone pays for a hostile one.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import msgspec

from trackfit.engine.documents import workbook_process
from trackfit.engine.problems.errors import InvalidInput, pip_install, refused
from trackfit.engine.problems.problem import Location, did_you_mean, quoted

Cell = str | float | bool
"""An empty cell is an empty text; dates and times are texts, as 2026-11-22 03:04:05."""
ENDINGS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".ods": "ods"}
MAX_UNPACKED = 2 << 30
"""Bytes that a workbook may hold when it is unpacked."""
_OLD = b"\xd0\xcf\x11\xe0"
"""How a file of older programs begins, and one that a password protects."""


class Opened(msgspec.Struct, frozen=True):
    """What a workbook is, and the sheet that is read; rows count from 1, columns from 0."""

    sheets: list[str] = []
    hidden: list[str] = []
    sheet: str = ""
    height: int = 0
    merged: list[tuple[int, int, int, int]] = []
    """First row and column, last row and column."""
    spanned: bool = False
    """Whether there are merged cells whose places are not known."""
    errors: list[str] = []
    """Cells that show an error, such as C4."""
    unsaved: list[str] = []
    """Cells with a formula whose value was not saved."""
    fault: str = ""
    text: str = ""


class OpenWorkbook:
    """A sheet that is open: what it is, and its rows from the first of the sheet on, each read once."""

    def __init__(self, path: str, opened: Opened, rows: Iterator[list[Cell]]) -> None:
        self.path = path
        self.opened = opened
        self.rows = rows

    def left_out(self) -> list[str]:
        """A sentence for each kind of sheet that is not read."""
        others = [one for one in self.opened.sheets if one != self.opened.sheet]
        seen = [one for one in others if one not in self.opened.hidden]
        hidden = [one for one in others if one in self.opened.hidden]
        found = []
        if seen:
            found.append(
                f"only the sheet {quoted(self.opened.sheet)} is read, not {_listed(seen)}; choose with --sheet"
            )
        if hidden:
            found.append(f"hidden and not read: {_listed(hidden)}; choose with --sheet")
        return found

    def unreadable(self) -> dict[int, dict[int, str]]:
        """By row and column, what is wrong with cells that seem to be empty."""
        found: dict[int, dict[int, str]] = {}
        for first, left, last, right in self.opened.merged:
            for row in range(first, min(last, self.opened.height) + 1):
                for column in range(left, right + 1):
                    if (row, column) != (first, left):
                        text = f"cell {cell_name(row, column)} is merged with {cell_name(first, left)}, so it holds nothing"
                        found.setdefault(row, {})[column] = f"{text}; unmerge them, and fill in each"
        for places, text in (
            (self.opened.errors, "shows an error; mend the formula, or type the value"),
            (
                self.opened.unsaved,
                "holds a formula whose value was not saved; save the file in a spreadsheet program, or type the value",
            ),
        ):
            for place in places:
                row, column = place_of(place)
                found.setdefault(row, {})[column] = f"cell {place} {text}"
        return found


def cell_name(row: int, column: int) -> str:
    """A cell as spreadsheet programs call it; rows count from 1, columns from 0.

    >>> cell_name(4, 2), cell_name(1, 27)
    ('C4', 'AB1')
    """
    letters = ""
    rest = column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def place_of(name: str) -> tuple[int, int]:
    """The row, from 1, and the column, from 0, of a cell such as C4.

    >>> place_of("C4"), place_of("AB1")
    ((4, 2), (1, 27))
    """
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(name[len(letters) :]), column - 1


def need_sheets() -> None:
    """Raise `InvalidInput` with the line that installs it where a library for workbooks is missing."""
    if find_spec("python_calamine") is None or find_spec("xlsxwriter") is None:
        text = f"spreadsheets need two more libraries: {pip_install('sheets')}"
        raise refused("trackfit", "sheets-missing", text)


def looks_like_workbook(start: bytes) -> bool:
    """Whether a file begins as workbooks do."""
    return start.startswith((b"PK\x03\x04", _OLD))


@contextlib.contextmanager
def open_workbook(path: str, sheet: str | None, *, shown: str | None = None) -> Iterator[OpenWorkbook]:
    """A sheet of a workbook; without a name the first that is not hidden. `shown` is what messages call the file.

    Raises `InvalidInput` where it cannot be read, also while its rows are.
    """
    need_sheets()
    place = shown or path
    _check_file(path, place)
    # So called, it looks for modules neither here nor in the folder that people are in.
    command = [sys.executable, "-P", str(Path(workbook_process.__file__)), path, sheet or ""]
    process = subprocess.Popen(  # noqa: S603 - our own file, by Python itself
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        frames = workbook_process.frames(process.stdout)
        head = next(frames, None)
        if head is None:
            raise _too_much(place)
        opened = msgspec.msgpack.decode(head, type=Opened)
        if opened.fault:
            raise _fault(opened, sheet, place)
        yield OpenWorkbook(place, opened, _rows(frames, place))
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _rows(frames: Iterator[bytes], place: str) -> Iterator[list[Cell]]:
    decoder = msgspec.msgpack.Decoder()
    for frame in frames:
        some = decoder.decode(frame)
        if not some:
            return
        yield from some
    raise _too_much(place)


def _check_file(path: str, place: str) -> None:
    """Look at what it says of itself before anything is unpacked."""
    try:
        with Path(path).open("rb") as stream:
            start = stream.read(8)
            problem = _beginning(start) or _size(stream)
    except OSError as error:
        text = f"cannot read it: {error.strerror or type(error).__name__}"
        raise refused(place, "unreadable-file", text) from error
    if problem:
        raise refused(place, *problem)


def _beginning(start: bytes) -> tuple[str, str] | None:
    if not start:
        return "empty-file", "the file is empty"
    if start.startswith(_OLD):
        text = "this is a workbook of an older kind, or one with a password; save it as .xlsx, without a password"
        return "not-a-workbook", text
    if not looks_like_workbook(start):
        return "not-a-workbook", "this is no workbook; name it for what it is, or say --input"
    return None


def _size(stream: BinaryIO) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(stream) as archive:
            size = sum(one.file_size for one in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        return "not-a-workbook", f"this is a workbook that is broken or not whole ({error}); save it again"
    if size > MAX_UNPACKED:
        text = f"it unpacks to {size / (1 << 30):,.1f} GB, and at most {MAX_UNPACKED >> 30} are read; save it as CSV"
        return "file-too-large", text
    return None


def _fault(opened: Opened, wanted: str | None, place: str) -> InvalidInput:
    if opened.fault == "password":
        return refused(place, "not-a-workbook", "a password protects it; save it without one")
    if opened.fault == "no-sheet":
        if wanted is None:
            return refused(
                place, "no-such-sheet", "it has no sheet that is not hidden; choose one with --sheet"
            )
        hint, nearest = did_you_mean(wanted, opened.sheets)
        return refused("--sheet", "no-such-sheet", f"there is no sheet {quoted(wanted)}{hint}", nearest)
    text = " ".join(opened.text.split())[:200]
    return refused(Location(place), "not-a-workbook", f"this is no workbook that can be read: {text}")


def _too_much(place: str) -> InvalidInput:
    memory, seconds = workbook_process.MEMORY >> 30, workbook_process.SECONDS
    text = f"opening it takes more than {memory} GB of memory or {seconds} seconds; delete what is empty, or save it as CSV"
    return refused(place, "file-too-large", text)


def _listed(names: list[str]) -> str:
    shown = ", ".join(quoted(one) for one in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
