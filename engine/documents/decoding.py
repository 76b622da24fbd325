"""Bytes from other people's programs as text: UTF-8, UTF-16, or what Windows programs write."""

from __future__ import annotations

from trackfit.engine.documents.node import line_and_column
from trackfit.engine.problems.problem import Location
from trackfit.engine.problems.problems import Problems

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def as_text(raw: bytes, place: str, notes: Problems) -> str | None:
    """The text of a file at `place`, with a warning where it is no UTF-8; None where it is no text at all."""
    where = Location(place)
    if raw.startswith(_UTF_16):
        text = raw.decode("utf-16", errors="replace")
        if "\0" in text:
            return None
        told = "this is UTF-16, and is read as such; look whether everything is there"
        notes.warn(where, "not-utf-8", told)
        return text
    if b"\0" in raw:
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = line_and_column(raw[: error.start].decode("utf-8", "replace"))
        wrong = f"the byte 0x{raw[error.start]:02X} is not UTF-8"
        told = f"{wrong}; the file is read as Windows-1252, look whether letters with accents are right"
        notes.warn(Location(place, line, column), "not-utf-8", told)
        return raw.decode("cp1252", errors="replace")
