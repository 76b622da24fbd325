"""The process that parses one document (`python -m trackfit.engine.papers.parsing pdf`): bytes in, lines as JSON out."""

from __future__ import annotations

import logging
import sys
import warnings

import msgspec

from trackfit.engine.documents.bounds import bound_process
from trackfit.engine.papers.bounded import MAX_CHARACTERS, MEMORY, SECONDS, Parsed


def main(kind: str) -> None:
    """Parse what stands on standard input; what a library raises on broken input is one fault."""
    bound_process(MEMORY, SECONDS, writes=False)
    logging.disable()
    warnings.simplefilter("ignore")
    raw = sys.stdin.buffer.read()
    try:
        found = _read(kind, raw)
    except (MemoryError, RecursionError):
        found = Parsed(fault="too much")
    except Exception:  # noqa: BLE001 - libraries raise anything on broken input, and all of it means the same
        found = Parsed(fault="broken")
    if sum(len(text) for text, _ in found.lines) > MAX_CHARACTERS:
        found = Parsed(fault="too much")
    elif found.fault is None and not any(text.strip() for text, _ in found.lines):
        found = Parsed(fault="scanned")
    sys.stdout.buffer.write(msgspec.json.encode(found))
    sys.stdout.buffer.flush()


def _read(kind: str, raw: bytes) -> Parsed:
    if kind == "pdf":
        from trackfit.engine.papers.pdf import read_pdf

        return read_pdf(raw)
    from trackfit.engine.papers.office import read_docx, read_odt

    return read_docx(raw) if kind == "docx" else read_odt(raw)


if __name__ == "__main__":
    main(sys.argv[1])
