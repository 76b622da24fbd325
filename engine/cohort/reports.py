"""The reports of a cohort, each as Markdown and as a page, in files of its own that only their owner may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from trackfit.engine.cohort.people import report_path, who
from trackfit.engine.cohort.table.cells_to_cases import Normaliser
from trackfit.engine.documents.files import write_atomic
from trackfit.engine.explanation import explanation
from trackfit.engine.report.page import to_html
from trackfit.engine.report.report import to_markdown


def write_reports(
    folder: Path, normaliser: Normaliser, rows: Iterable[Mapping[str, Any]], as_of: str, *, redact: bool
) -> None:
    """Write both reports of each row of raw cells; those that are there already are written again, the same.

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
        path = folder / report_path(row["row"], who(case, row["id"], redact=redact))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        consultation = normaliser.kb.consult(case, as_of)
        explained = explanation.of(consultation)
        for ending, text in (
            (".md", to_markdown(consultation, explained=explained)),
            (".html", to_html(consultation, explained=explained)),
        ):
            write_atomic(path.with_name(path.name + ending), text.encode(), mode=0o600)
