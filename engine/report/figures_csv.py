"""The figures that a report quotes, as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io

from trackfit.engine.explanation.explanation import Explanation
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.measures import stale
from trackfit.engine.language.facts import Figure
from trackfit.engine.language.model import Facts
from trackfit.engine.report.report import TEMPLATE, made
from trackfit.engine.report.templates import OwnTemplate

COLUMNS = (
    *("figure", "about", "low", "high", "open_ended", "approximate", "unit", "basis", "track", "level"),
    *(
        "years_from",
        "years_to",
        "as_of",
        "review_by",
        "past_review",
        "difference_of",
        "sources",
        "not_stated",
    ),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would take for a formula."""


def to_csv(
    consultation: Consultation,
    template: str | OwnTemplate = TEMPLATE,
    explained: Explanation | None = None,
    *,
    since: Consultation | None = None,
) -> str:
    """One row a figure, by id, with its sources; a single number stands in both `low` and `high`.

    Raises `InvalidKnowledge` where the report, whose figures these are, cannot be rendered.
    """
    facts = consultation.kb.facts
    figures = made(consultation, template, explained, since=since).figures
    past = {figure.id for figure in stale(figures, consultation.as_of)}
    stream = io.StringIO()
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerow(COLUMNS)
    for figure in figures:
        lines.writerow([_cell(one) for one in _row(figure, facts, past=figure.id in past)])
    return stream.getvalue()


def _row(figure: Figure, facts: Facts, *, past: bool) -> list[str | int | float | None]:
    low, high = figure.years or (None, None)
    sources = [facts.sources[id_] for id_ in figure.sources]
    return [
        *(figure.id, figure.about, figure.low, figure.high),
        *(_flag(figure.open_ended), _flag(figure.approximate), figure.unit, figure.basis),
        *(figure.track, figure.level, low, high, figure.as_of, figure.review_by, _flag(past)),
        " − ".join(figure.difference or ()),
        "; ".join(f"{one.publisher}, {one.title}, {one.date}" for one in sources),
        "; ".join(dict.fromkeys(what for one in sources for what in one.does_not_state)),
    ]


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _cell(value: str | float | None) -> str | float:
    """A value as a cell; a text that looks like a formula gets a mark that shows it as a text."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
