"""Opens one sheet of a workbook in a process of its own, so that a hostile file can take no more than this process.

A few thousand bytes can ask for billions of cells. Here memory and processor time are bounded by the system where it
can bound them; who started this reads frames (four bytes of length, then msgpack): what the workbook is, as `Opened`
in `documents.workbook` has it; then its rows, some at a time; and an empty list of rows at the end. It imports
nothing else of ours than that bound, so that it starts fast.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from threading import Thread
from typing import Any
from xml.etree import ElementTree as Tree

import msgspec

from trackfit.engine.documents.bounds import bound_process

MEMORY = 4 << 30
"""Bytes that opening a workbook may take."""
SECONDS = 120
"""Of processor time."""
ROWS = 500
"""Rows in a frame."""
MOST_SENT = 1 << 30
"""Bytes of all frames: one text can stand in millions of cells."""
MOST_TOLD = 20_000
"""Places without a value, and merged cells, that are told."""
PLAIN = {str, float, bool, int}
_CELL = rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7})[\"']"
_ERROR = re.compile(_CELL + rb"(?=[^>]*\bt\s*=\s*[\"']e[\"'])")
_ERROR_BEHIND = re.compile(rb"t\s*=\s*[\"']e[\"']")
_UNSAVED = re.compile(
    _CELL
    + rb"(?![^>]*\bt\s*=\s*[\"']str[\"'])[^>/]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    + rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_SPANNED = re.compile(rb"number-(?:rows|columns)-spanned=\"(?!1\")")
_NAMESPACES = {
    "main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "strict": "http://purl.oclc.org/ooxml/spreadsheetml/main",
}


def main(path: str, wanted: str) -> None:
    """Write the frames of a sheet to standard output; without a name, of the first that is not hidden."""
    bound_process(MEMORY, SECONDS)
    import python_calamine as calamine

    try:
        workbook = calamine.load_workbook(path)
    except BaseException as error:  # noqa: BLE001 - the library's panics are no Exception
        protected = isinstance(error, calamine.PasswordError)
        _send({"fault": "password" if protected else "unreadable", "text": str(error)})
        return
    sheets = [one for one in workbook.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    names = [one.name for one in sheets]
    hidden = [one.name for one in sheets if one.visible != calamine.SheetVisibleEnum.Visible]
    chosen = wanted or next((name for name in names if name not in hidden), "")
    known = {"sheets": names, "hidden": hidden, "sheet": chosen}
    if chosen not in names:
        _send({**known, "fault": "no-sheet"})
        return
    look = _Look(path, chosen)
    look.start()
    try:
        sheet = workbook.get_sheet_by_name(chosen)
    except BaseException as error:  # noqa: BLE001
        _send({**known, "fault": "unreadable", "text": str(error)})
        return
    look.join()
    _send_sheet(sheet, {**known, "spanned": look.spanned, "errors": look.errors, "unsaved": look.unsaved})


def _send_sheet(sheet: Any, known: dict[str, Any]) -> None:
    """What is known of a sheet, and its rows."""
    ranges: Iterable[Any] = sheet.merged_cell_ranges or ()
    merged = islice(ranges, MOST_TOLD)
    places = [[first[0] + 1, first[1], last[0] + 1, last[1]] for first, last in merged]
    _send({**known, "height": sheet.end[0] + 1 if sheet.end else 0, "merged": places})
    left = [""] * (sheet.start[1] if sheet.start else 0)
    rows = sheet.iter_rows() if sheet.start else iter(())
    room = MOST_SENT
    while some := [left + _plain(row) for row in islice(rows, ROWS)]:
        room -= _send(some, room)
    _send([])


def _plain(row: list[Any]) -> list[Any]:
    """The cells of a row; dates and times as texts."""
    return [one if one.__class__ in PLAIN else str(one) for one in row]


class _Look(Thread):
    """Finds in the file itself what the library passes over: errors, and formulas without the value that they had."""

    def __init__(self, path: str, sheet: str) -> None:
        super().__init__(daemon=True)
        self.path, self.sheet = path, sheet
        self.errors: list[str] = []
        self.unsaved: list[str] = []
        self.spanned = False

    def run(self) -> None:
        try:
            with zipfile.ZipFile(self.path) as archive:
                if "content.xml" in archive.namelist():
                    self.spanned = bool(_SPANNED.search(archive.read("content.xml")))
                    return
                content = archive.read(_part_of(archive, self.sheet))
        except (zipfile.BadZipFile, Tree.ParseError, KeyError, ValueError, OSError, RuntimeError, EOFError):
            return  # then the library does not find the sheet either, and says so
        if _ERROR_BEHIND.search(content):
            self.errors = _places(_ERROR, content)
        if b"f>" in content or b":f " in content or b"<f " in content:
            self.unsaved = _places(_UNSAVED, content)


def _places(pattern: re.Pattern[bytes], content: bytes) -> list[str]:
    return [found[1].decode() for found in islice(pattern.finditer(content), MOST_TOLD)]


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The name of the file that holds a sheet. Raises KeyError and what reading a zip and XML raises."""
    names = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    book, links = (Tree.fromstring(archive.read(name)) for name in names)  # noqa: S314 - this process is bounded
    targets = {one.get("Id"): one.get("Target", "") for one in links}
    for one in (row for name in _NAMESPACES for row in book.iterfind(f".//{name}:sheet", _NAMESPACES)):
        if one.get("name") == sheet:
            id_ = next(value for key, value in one.items() if key.endswith("}id"))
            target = targets[id_].lstrip("/")
            return target if target.startswith("xl/") else f"xl/{target}"
    raise KeyError(sheet)


_ENCODER = msgspec.msgpack.Encoder()


def _send(frame: Any, room: int = MOST_SENT) -> int:
    """Write a frame; its size. Ends where there is no room for it."""
    content = _ENCODER.encode(frame)
    if len(content) > room:
        sys.exit(1)
    sys.stdout.buffer.write(len(content).to_bytes(4, "big") + content)
    sys.stdout.buffer.flush()
    return len(content)


def frames(stream: Any) -> Iterator[bytes]:
    """The frames of a stream, as `main` writes them, as far as they are whole."""
    while len(head := stream.read(4)) == 4:
        size = int.from_bytes(head, "big")
        content: bytes = stream.read(size)
        if len(content) < size:
            return
        yield content


if __name__ == "__main__":
    main(*sys.argv[1:3])
