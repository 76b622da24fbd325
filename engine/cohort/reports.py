"""One report a person of a cohort, each in a file of its own that only its owner may read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from trackfit.engine.cohort.table.cells_to_cases import Normaliser
from trackfit.engine.documents.files import write_atomic
from trackfit.engine.report.report import to_markdown

A_FOLDER = 1_000
"""Reports in one folder at most, so that no folder grows too large to be opened."""
NAME = 40


def write_reports(
    folder: Path, normaliser: Normaliser, rows: Iterable[Mapping[str, Any]], as_of: str, *, redact: bool
) -> None:
    """Write the report of each row of raw cells; those that are there already are written again, the same.

    `redact` leaves out what people typed freely: the name, and skills that the vocabulary does not know.
    Raises OSError.
    """
    for row in rows:
        case, _ = normaliser.read(row)
        assert case is not None
        if redact:
            kept = {
                key: one
                for key, one in case.answers.items()
                if normaliser.reader.attributes[key].type != "text"
            }
            case = msgspec.structs.replace(case, answers=kept, unmatched=())
        path = folder / report_name(row["row"], None if redact else row["id"])
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(path, to_markdown(normaliser.kb.consult(case, as_of)).encode(), mode=0o600)


def report_name(row: int, id_: str | None) -> Path:
    """Where a row's report lies: by its number, and as much of its id as is safe in a file name.

    >>> report_name(1234, "../Ada & Co").as_posix()
    '000001/000001234-Ada-Co.md'
    """
    safe = re.sub(r"[^A-Za-z0-9]+", "-", id_ or "").strip("-")[:NAME]
    return Path(f"{row // A_FOLDER:06}") / f"{row:09}{'-' if safe else ''}{safe}.md"
