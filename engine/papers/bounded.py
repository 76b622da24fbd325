"""Documents that unpack or draw, parsed in a process of its own: its time, memory and output end where they should.

Whoever made such a file can make it endless. The process reads the bytes from its standard input, opens no file that they
name, runs nothing that stands in them, and writes lines as JSON.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import Literal

import msgspec

from trackfit.engine.papers.paper import Line, Paper, clean
from trackfit.engine.problems.errors import pip_install
from trackfit.engine.problems.problem import Location
from trackfit.engine.problems.problems import Problems

Kind = Literal["pdf", "docx", "odt"]
Fault = Literal["broken", "locked", "scanned", "too much"]
SECONDS = 20
"""Of processor time; a résumé takes one. Twice as many by the clock."""
MEMORY = 1_500_000_000
"""Bytes of address space."""
MAX_CHARACTERS = 2_000_000
"""Of the text of a document."""
_NEEDS = {"pdf": "pdfminer", "docx": "docx", "odt": "lxml"}
_TOLD: dict[Fault, tuple[str, str]] = {
    "broken": (
        "broken-document",
        "this file is broken or not whole; save it again from the program that made it",
    ),
    "locked": ("locked-document", "this file is locked with a password; save a copy without one"),
    "scanned": (
        "scanned-document",
        (
            "there is no text in this file, only pictures, as a scanner makes them; save it from the program that it was "
            "written in, or let a program for text recognition go over it"
        ),
    ),
    "too much": (
        "harmful-document",
        "reading this file takes far more time, memory or pages than any document of its kind; save it again as a plain one",
    ),
}


class Parsed(msgspec.Struct):
    """What the process found: lines with their pages, or why there are none."""

    lines: list[tuple[str, int]] = []
    fault: Fault | None = None


def read_bounded(kind: str, raw: bytes, where: Location, notes: Problems) -> Paper | None:
    """The text of a document; None, with an error noted, where there is none or it takes too much."""
    if find_spec(_NEEDS[kind]) is None:
        text = f"reading {kind.upper()} needs more; install it: {pip_install('documents')}"
        notes.add(where, "documents-missing", text)
        return None
    found = _parsed(kind, raw)
    if found.fault is not None:
        notes.add(where, *_TOLD[found.fault])
        return None
    lines = tuple(
        Line("\t".join(map(clean, text.split("\t"))), number, page)
        for number, (text, page) in enumerate(found.lines, 1)
    )
    return Paper(kind.upper(), lines)


def _parsed(kind: str, raw: bytes) -> Parsed:
    command = [sys.executable, "-P", "-m", "trackfit.engine.papers.parsing", kind]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a kind of three
            command, input=raw, capture_output=True, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Parsed(fault="too much")
    if done.returncode:
        return Parsed(fault="too much")
    return msgspec.json.decode(done.stdout, type=Parsed)
