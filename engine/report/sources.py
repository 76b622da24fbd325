"""The sources behind the figures that a report prints: as a list, and as the footnotes below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from trackfit.engine.inference.measures import stale
from trackfit.engine.language import formats
from trackfit.engine.language.facts import Figure, Source
from trackfit.engine.language.markdown import Ready, link, listing, show
from trackfit.engine.language.model import Facts, address_of
from trackfit.engine.report.book import Book
from trackfit.engine.report.figures import Footnote, footnotes
from trackfit.engine.report.names import SourceRow

_SECTION = re.compile(r"^(?=## |<details>)", re.MULTILINE)
_NOTES = re.compile(r"(?:(?<!\\)\[\^[^\]\s\\]+\])+")
SAMPLED = {"postings": "percent_of_postings", "salaries": "usd_per_year"}
"""What a sample counts, and the unit of the figures that rest on it."""
STANDINGS = {
    "first_hand": "counted or asked by its publisher",
    "one_author": "one author's judgement",
    "ours": "our own choice",
}
"""How far a source knows what it says, in words."""


def sources(book: Book, quoted: Sequence[Figure]) -> list[SourceRow]:
    """The sources of figures, by id, with their samples and what each alone does not state."""
    shared = _unstated(book, quoted)
    return [
        _source(book, id_, [figure for figure in quoted if id_ in figure.sources], shared)
        for id_ in sorted({source for figure in quoted for source in figure.sources})
    ]


def _source(book: Book, id_: str, mine: Sequence[Figure], shared: Iterable[str]) -> SourceRow:
    facts = book.facts
    source = facts.sources[id_]
    quoting = facts.sources[source.quoted_in] if source.quoted_in else None
    return SourceRow(
        publisher=source.publisher,
        title=source.title,
        linked=link(source.title, source.address),
        date=formats.date(source.date),
        standing=STANDINGS.get(source.standing or "", ""),
        quoted_in=quoting.publisher if quoting else "",
        quoting=link(quoting.publisher, address_of(facts, quoting.id)) if quoting else Ready(""),
        scope=[one for one in (source.place, source.period) if one],
        method=source.method or "",
        sample=book.figures(_sample(facts, source, mine)),
        does_not_state=[what for what in source.does_not_state if what not in shared],
        stale=[figure.about for figure in stale(mine, book.consultation.as_of)],
    )


def _sample(facts: Facts, source: Source, mine: Sequence[Figure]) -> list[str]:
    """How many a source looked at: where it says so for what is quoted, that; else in all."""
    about = {(figure.track, figure.family, figure.unit) for figure in mine}
    sample = [facts.figures[one] for one in source.sample]
    named = [one for one in sample if one.track and (one.track, one.family, SAMPLED[one.unit]) in about]
    return [one.id for one in named or sample if named or not one.track]


def unstated(book: Book, quoted: Sequence[Figure]) -> list[Ready]:
    """What several of the sources leave unsaid, each with their publishers."""
    return [
        Ready(f"{show(what)} ({listing(publishers)})") for what, publishers in _unstated(book, quoted).items()
    ]


def _unstated(book: Book, quoted: Sequence[Figure]) -> dict[str, list[str]]:
    facts = book.facts
    silent: dict[str, dict[str, None]] = {}
    for id_ in sorted({source for figure in quoted for source in figure.sources}):
        for what in facts.sources[id_].does_not_state:
            silent.setdefault(what, {})[facts.sources[id_].publisher] = None
    return {what: list(publishers) for what, publishers in silent.items() if len(publishers) > 1}


def noted_once(text: str) -> str:
    """A report in which a number has its footnotes only where the one before it, in the same section, has others."""

    def thinned(section: str) -> str:
        before = ""

        def kept(notes: re.Match[str]) -> str:
            nonlocal before
            shown = "" if notes[0] == before else notes[0]
            before = notes[0]
            return shown

        return _NOTES.sub(kept, section)

    return "".join(map(thinned, _SECTION.split(text)))


def below(text: str, book: Book, quoted: Sequence[Figure]) -> list[Footnote]:
    """The footnotes that a text refers to, and those that these refer to, by label."""
    known = {note.label: note for figure in quoted for note in footnotes(figure, book)}
    found: dict[str, Footnote] = {}
    texts = [text]
    for one in texts:
        for label, note in known.items():
            if label not in found and f"[^{label}]" in one:
                found[label] = note
                texts.append(note.text)
    return [found[label] for label in sorted(found)]
