"""Which kind of document some bytes are, and its text."""

from __future__ import annotations

import re
from pathlib import Path

from trackfit.engine.documents.decoding import as_text
from trackfit.engine.documents.parse import read_raw
from trackfit.engine.papers.bounded import read_bounded
from trackfit.engine.papers.html import read_html
from trackfit.engine.papers.paper import Paper, lines_of
from trackfit.engine.problems.problem import Location
from trackfit.engine.problems.problems import Problems

MAX_BYTES = 20_000_000
"""Of a document; pictures are most of it."""
MAX_TEXT = 5_000_000
"""Bytes of a document that is text."""
ENDINGS = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".odt")
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|div|p|h1|article|section)\b",
    re.IGNORECASE | re.DOTALL,
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0"


def raw_of(path: Path, notes: Problems, limit: int | None = None) -> bytes | None:
    """The bytes of a file up to a limit; None, with an error noted, where they cannot be had or are too many."""
    most = limit or MAX_BYTES
    raw, problems = read_raw(path, str(path), most)
    notes += problems
    if raw is not None and len(raw) > most:
        text = f"the file is larger than {most // 1_000_000} MB; take out pictures and the like, or split it"
        notes.add(Location(str(path)), "file-too-large", text)
        return None
    return raw


def kind_of(raw: bytes, name: str) -> str:
    """What a document is: `pdf`, `docx`, `odt`, `html`, `md`, `txt`, or `unknown`."""
    ending = name.rpartition(".")[2].lower()
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if raw.startswith(_ZIP):
        is_odt = b"application/vnd.oasis.opendocument.text" in raw[:200] or ending == "odt"
        return "odt" if is_odt else "docx" if ending == "docx" or b"word/" in raw else "unknown"
    if raw.startswith(_OLE) or ending in ("doc", "rtf", "pages"):
        return "unknown"
    if ending in ("pdf", "docx", "odt"):
        return f"no {ending}"
    if ending in ("html", "htm") or _HTML.match(raw[:2000]):
        return "html"
    return "md" if ending in ("md", "markdown") else "txt"


def paper_of(path: Path, raw: bytes, notes: Problems) -> Paper | None:
    """The text of a document, by what it is and not by what it is called; None, with an error noted, where there is none."""
    where = Location(str(path))
    kind = kind_of(raw, path.name)
    if kind == "unknown":
        text = "this kind of file is not read; save it as PDF, DOCX, ODT, HTML, Markdown or plain text"
        notes.add(where, "unknown-file-kind", text)
        return None
    if kind.startswith("no "):
        text = f"this is called .{kind[3:]} and is none; save it again from the program that made it"
        notes.add(where, "broken-document", text)
        return None
    if kind in ("pdf", "docx", "odt"):
        return read_bounded(kind, raw, where, notes)
    if len(raw) > MAX_TEXT:
        notes.add(where, "file-too-large", f"the text is larger than {MAX_TEXT // 1_000_000} MB; split it")
        return None
    written = text_of(raw, where.file, notes)
    if written is None:
        return None
    return (
        read_html(written)
        if kind == "html"
        else Paper("Markdown" if kind == "md" else "plain text", lines_of(written))
    )


def text_of(raw: bytes, place: str, notes: Problems) -> str | None:
    """The text of a file, with a warning where it is no UTF-8; None, with an error noted, where it is no text at all."""
    text = as_text(raw, place, notes)
    if text is None:
        notes.add(
            Location(place),
            "not-utf-8",
            "this is a binary file; name a text, an HTML page, a PDF, a DOCX or an ODT",
        )
    return text
