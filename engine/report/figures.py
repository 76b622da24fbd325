"""What templates see of figures, and the footnotes with which they print.

Every public property of a view is a name that templates may use. A view returns plain text (which is escaped
when printed), figures (which print with their footnotes), numbers, or lists of these.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackfit.engine.inference.measures import stale
from trackfit.engine.language import formats
from trackfit.engine.language.columns import Record
from trackfit.engine.language.facts import Figure
from trackfit.engine.language.markdown import Ready, Typed, listing, quoted_in, readable, show
from trackfit.engine.language.voices import voices
from trackfit.engine.report.drawing import charts
from trackfit.engine.report.tracks import LEVELS

if TYPE_CHECKING:
    from trackfit.engine.report.book import Book

OPEN, BEFORE, CLOSE = "\ue001", "\ue002", "\ue003"
"""What stands around a figure of a page, with its id; no text that is printed holds these characters."""
MARKED = re.compile(f"{OPEN}(?P<id>[^{BEFORE}]*){BEFORE}(?P<text>[^{CLOSE}]*){CLOSE}")
BASES = {"base": "base salary", "total": "total pay", "not_stated": "basis not stated"}


class Footnote(Record, frozen=True):
    """A footnote of a figure: what stands in [^…], and the source, or how the figure was worked out."""

    label: str
    text: Ready


def footnotes(row: Figure, book: Book) -> list[Footnote]:
    """A figure's footnotes: one a source and date, and one for how it was worked out."""
    past = "; past its review date" if stale([row], book.consultation.as_of) else ""
    found = []
    for id_ in row.sources:
        source = book.facts.sources[id_]
        label = id_.replace("_", "-")
        text = f"{show(source.publisher)}, *{show(source.title)}*, {formats.date(source.date)}"
        if not source.date.startswith(row.as_of):
            label = f"{label}-for-{row.as_of.lower()}"
            text = f"{text}; the figure is for {formats.date(row.as_of)}"
        label = f"{label}-past-review" if past else label
        found.append(Footnote(label=label, text=Ready(f"{text}{past}.")))
    if row.difference is not None:
        parts = [show(book.figure(part)) for part in row.difference]
        text = f"Worked out from the source's own figures: {' − '.join(parts)}{past}."
        found.append(Footnote(label=row.id.replace("_", "-"), text=Ready(text)))
    return found


def noted(row: Figure, book: Book) -> str:
    """What prints a figure's footnotes, behind it."""
    return "".join(f"[^{note.label}]" for note in footnotes(row, book))


def without_marks(text: str) -> str:
    """A text without the marks around figures."""
    return MARKED.sub(lambda found: found["text"], text)


def said_by(row: Figure, book: Book) -> str:
    """A figure's sources in plain words, or how it was worked out."""
    return without_marks(readable("; ".join(note.text.removesuffix(".") for note in footnotes(row, book))))


def quoted_with(row: Figure) -> tuple[str, ...]:
    """The ids of what is quoted where a figure is: itself, and those whose difference it is."""
    return (row.id, *(row.difference or ()))


def _voice(book: Book, row: Figure, beside: list[Figure]) -> Ready:
    """A figure and who says it; with its date, where the same publisher says another, too."""
    publishers = [book.facts.sources[one.sources[0]].publisher for one in beside]
    name = book.facts.sources[row.sources[0]].publisher
    shown = show(Typed(name))
    if publishers.count(name) > 1:
        shown = Ready(f"{shown}, {formats.date(row.as_of)}")
    view = book.figure(row.id).__html__()
    return Ready(f"{view} ({shown})", view.figures)


class FigureView:
    """A figure; printing it prints its value and the footnotes of its sources."""

    def __init__(self, book: Book, row: Figure) -> None:
        self._book = book
        self._row = row

    def __html__(self) -> Ready:
        """Its Markdown, for whoever prints it; on a page with marks around it, so that it can tell its source."""
        shown = f"{OPEN}{self.id}{BEFORE}{self.text}{CLOSE}" if self._book.page else self.text
        return Ready(shown + noted(self._row, self._book), self.text.figures)

    @property
    def bar(self) -> Ready:
        """Of a salary band: its bar, on a page; in Markdown nothing."""
        return charts.mark(self.id) if self._book.page else Ready("")

    @property
    def id(self) -> str:
        """Its id in facts/figures."""
        return self._row.id

    @property
    def text(self) -> Ready:
        """Its value with the unit, without a footnote."""
        return Ready(formats.figure(self._row), quoted_with(self._row))

    @property
    def low(self) -> float:
        """Its number, or the lower one."""
        return self._row.low

    @property
    def high(self) -> float:
        """Its number, or the higher one."""
        return self._row.high

    @property
    def about(self) -> str:
        """What it is a number of."""
        return self._row.about

    @property
    def of_what(self) -> Ready:
        """The same in a few words, to stand right after the figure."""
        return Ready(formats.of_what(self._row))

    @property
    def voices(self) -> Ready:
        """Where sources differ on it: the range of what they say, each with its name; else empty."""
        found = voices(self._book.here(self._book.facts.figures.values()), self._row)
        told = [_voice(self._book, row, found) for row in found]
        if not told:
            return Ready("")
        between = f" over {listing(told[1:-1])}" if len(told) > 2 else ""
        return Ready(f"Sources differ: from {told[0]}{between} to {told[-1]}.", quoted_in(told))

    @property
    def track(self) -> str:
        """The name of the track that it is about; empty where it is about none."""
        return self._book.facts.tracks[self._row.track].name if self._row.track else ""

    @property
    def basis(self) -> str:
        """Of a salary: base, total pay, or that the source does not say."""
        return BASES[self._row.basis or "not_stated"]

    @property
    def level(self) -> str:
        """Of a salary band: its level in words, with the family where the track has several, and its country."""
        word = LEVELS.get(self._row.level or "", "")
        families = self._book.facts.tracks[self._row.track].families if self._row.track else ()
        family = next((one.name for one in families if one.id == self._row.family), None)
        country = self._book.facts.countries[self._row.country].name if self._row.country else None
        told = [one for one in (family, country) if one]
        return f"{word} ({', '.join(told)})" if told else word

    @property
    def years(self) -> str:
        """Of a salary band: the years of experience it is for, as the source gives them."""
        if self._row.years is None:
            return "not stated"
        low, high = self._row.years
        return f"{low} and more" if high is None else f"{low}–{high}"

    @property
    def for_years(self) -> str:
        """The same with its noun: "6–9 years"."""
        return "years not stated" if self._row.years is None else f"{self.years} years"

    @property
    def compared(self) -> bool:
        """Of a salary band: whether the person's goal is compared with it."""
        return bool(self.goal) and not self.goal.startswith("not compared")

    @property
    def goal(self) -> str:
        """Of a salary band: how the person's goal stands to it, or why the two are not compared."""
        known = self._book.consultation.memory.known
        goal, years = known.get("salary_goal"), known.get("years_experience")
        if not isinstance(goal, int):
            return ""
        if self._row.currency != self._book.consultation.case.currency:
            return "not compared: another currency"
        if self._row.years is not None and not isinstance(years, int):
            return "not compared: your years are not known"
        at_years = self._book.kb.measures.bands_at(known, str(self._row.track)) or ()
        if self._row.years is not None and self._row not in at_years:
            return "not compared: other years"
        if self._row.basis not in (known.get("salary_basis"), "not_stated"):
            return f"not compared: {self.basis}"
        place = "within"
        if goal < self._row.low:
            place = "below"
        elif goal > self._row.high and not self._row.open_ended:
            place = "above"
        if self._row.years is None:
            place = f"{place}, whatever your years"
        if self._row.basis == "not_stated":
            return f"{place}, if this is {BASES[str(known.get('salary_basis'))]}"
        return place

    @property
    def by(self) -> str:
        """Who says so, and for when, such as "Dexity, April 2026"."""
        publishers = [self._book.facts.sources[id_].publisher for id_ in self._row.sources]
        return f"{formats.listing(publishers)}, {self.date}"

    @property
    def date(self) -> str:
        """The date it is for, in words."""
        return formats.date(self._row.as_of)

    @property
    def stale(self) -> bool:
        """Whether its review-by date has passed."""
        return self._row.review_by < self._book.consultation.as_of

    @property
    def formula(self) -> list[FigureView]:
        """Of a derived figure: the two figures whose difference it is; otherwise empty."""
        return self._book.figures(self._row.difference or ())
