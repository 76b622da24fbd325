"""Consultation and explanation → advice: the Markdown report, and the JSON of the contract."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from trackfit.engine.explanation import explanation
from trackfit.engine.explanation.explanation import Explanation
from trackfit.engine.explanation.progress import to_plain
from trackfit.engine.inference.consult import Consultation, Recommendation
from trackfit.engine.inference.ways import Way
from trackfit.engine.language import formats
from trackfit.engine.language.facts import Figure
from trackfit.engine.language.markdown import Ready, plain_text
from trackfit.engine.report.book import Book
from trackfit.engine.report.contents import contents, kind_of, said
from trackfit.engine.report.drawing.boxes import plain_summaries
from trackfit.engine.report.drawing.charts import pay
from trackfit.engine.report.figures import FigureView, said_by
from trackfit.engine.report.sources import below, noted_once, sources, unstated
from trackfit.engine.report.stamp import stamp
from trackfit.engine.report.templates import SUFFIX, OwnTemplate, render_file

TEMPLATE = "report"

_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_LOOSE = re.compile(r"\n{3,}")


class MadeReport(msgspec.Struct, frozen=True):
    """A report: its Markdown, and the figures that it quotes by id.

    `traced` is the same with a footnote at every number; `text` has each once a section. For a page, `charts` are its
    charts by name, and `origins` tell of each figure who says it.
    """

    text: str
    traced: str
    figures: tuple[Figure, ...]
    charts: dict[str, str]
    origins: dict[str, str]


def to_markdown(
    consultation: Consultation,
    template: str | OwnTemplate = TEMPLATE,
    explained: Explanation | None = None,
    *,
    since: Consultation | None = None,
) -> str:
    """The report as Markdown, by a template of the knowledge base (its name without ending) or one from outside.

    `explained` is the consultation's explanation, where it is at hand. `since` is the same person's consultation with
    earlier answers, by the same knowledge base: the report then tells what has moved.

    Raises `InvalidKnowledge` where the template is not there or cannot be rendered.
    """
    return made(consultation, template, explained, since=since).text


def made(
    consultation: Consultation,
    template: str | OwnTemplate = TEMPLATE,
    explained: Explanation | None = None,
    *,
    since: Consultation | None = None,
    page: bool = False,
) -> MadeReport:
    """The report with the figures that it quotes; see `to_markdown`.

    For a page, marks stand around its figures, and where its charts and boxes belong.
    """
    book = Book(consultation, page=page)
    stamped = stamp(consultation, template, since)
    names = contents(book, explained or explanation.of(consultation), stamped, since)
    given = msgspec.structs.asdict(names)
    facts = consultation.kb.facts

    def last(ids: tuple[str, ...]) -> dict[str, Any]:
        quoted = [facts.figures[id_] for id_ in ids]
        return {"sources": sources(book, quoted), "unstated": unstated(book, quoted)}

    file = f"{template}{SUFFIX}" if isinstance(template, str) else template
    rendered = render_file(consultation.kb.folder / "templates", file, given, last)
    figures = tuple(facts.figures[id_] for id_ in sorted(rendered.figures))
    body = plain_summaries(rendered)
    notes = "\n".join(f"[^{note.label}]: {note.text}" for note in below(body, book, figures))
    text, traced = (
        _LOOSE.sub("\n\n", _TRAILING.sub("", f"{one}\n\n{notes}")).strip("\n") + "\n"
        for one in (noted_once(body), body)
    )
    return MadeReport(
        text=text,
        traced=traced,
        figures=figures,
        charts=pay(book, names.own_tracks) if page else {},
        origins={row.id: said_by(row, book) for row in figures} if page else {},
    )


def to_json(
    consultation: Consultation,
    template: str | OwnTemplate = TEMPLATE,
    explained: Explanation | None = None,
    *,
    since: Consultation | None = None,
) -> dict[str, Any]:
    """The advice in the contract's JSON form, as plain values; its figures are those that the report quotes.

    With `since`, it has a key of that name besides: what has moved.

    Raises `InvalidKnowledge` where the report cannot be rendered; see `to_markdown`.
    """
    book = Book(consultation)
    warnings = [
        {
            "id": one.id,
            "kind": kind_of(book.facts, one.id),
            "severity": one.severity,
            "text": " ".join(dict.fromkeys(said(book, firing, _plain) for firing in one.firings)),
            "because": list(one.because),
        }
        for one in consultation.warnings
    ]
    stamped = stamp(consultation, template)
    moved = {} if since is None else {"since": to_plain(since, consultation)}
    return {
        "case": consultation.case.plain(),
        "recommendations": [_recommendation(consultation, row) for row in consultation.recommendations],
        "tracks": [_track(consultation, way) for way in consultation.ways],
        "warnings": warnings,
        "figures": [_figure(one) for one in made(consultation, template, explained, since=since).figures],
        "firings": [
            {"rule": one.rule.rule, "conclusion": one.conclusion, "facts": one.found}
            for one in consultation.firings
        ],
        "stamp": {
            "version": stamped.version,
            "knowledge": stamped.knowledge,
            "case": stamped.case,
            "as_of": stamped.as_of,
            "engine": stamped.engine,
        },
        **moved,
    }


def _track(consultation: Consultation, way: Way) -> dict[str, Any]:
    return {
        "track": way.track,
        "place": way.place,
        "held": list(way.held),
        "usual": list(way.usual),
        "missing": list(way.missing),
        "share_missing": float(way.share_missing),
        "closeness": way.closeness,
        "basis": way.basis,
        "timeline_months": _months(consultation, way.timeline),
        "tied_with": list(way.tied_with),
    }


def _months(consultation: Consultation, timeline: str | None) -> dict[str, Any] | None:
    if timeline is None:
        return None
    figure = consultation.kb.facts.figures[timeline]
    return {"low": figure.low, "high": figure.high}


def _recommendation(consultation: Consultation, row: Recommendation) -> dict[str, Any]:
    return {
        "track": row.track,
        "rank": row.rank,
        "basis": row.basis,
        "timeline_months": _months(consultation, row.timeline),
        "carries_over": list(row.carries_over),
        "have": list(row.have),
        "gap": list(row.gap),
        "tied_with": list(row.tied_with),
        "because": list(row.because),
    }


def _figure(row: Figure) -> dict[str, Any]:
    return {
        "id": row.id,
        "value": row.value,
        "unit": row.unit,
        "as_of": row.as_of,
        "sources": list(row.sources),
    }


def _plain(value: Any) -> Ready:
    """A value in a rule's text without Markdown or footnotes."""
    if isinstance(value, FigureView):
        return value.text
    if isinstance(value, list | tuple):
        return Ready(formats.listing([_plain(one) for one in value]))
    return Ready(plain_text(str(value)))
