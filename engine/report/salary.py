"""The person's salary goal against the best figures there are, which the answer names as what they are.

The bands at their years; else those just below and above; else the track's bands by level; else its averages; else the
lowest and highest band that any source gives for any track. Bands are never mixed, and nothing is filled in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from trackfit.engine.language.columns import Record
from trackfit.engine.language.facts import Currency, Figure
from trackfit.engine.language.markdown import Ready, listing, quoted_in, show

if TYPE_CHECKING:
    from trackfit.engine.report.book import Book
    from trackfit.engine.report.figures import FigureView


class CurrencyView:
    """A currency, with the highest pay that any source names in it, for anybody; empty where none names any."""

    def __init__(self, book: Book, row: Currency) -> None:
        self._book = book
        self._highest = book.kb.measures.highest.get(row.id)
        self.name = row.name

    @property
    def highest(self) -> FigureView | str:
        """The figure that names it."""
        return self._book.figure(self._highest.id) if self._highest else ""

    @property
    def highest_about(self) -> str:
        """What that is a figure of."""
        return self._highest.about if self._highest else ""


class _Compared(Record, frozen=True):
    """What there is to compare a goal with: a sentence with a place for how it lies, and the figures."""

    start: str
    in_short: str
    rows: list[Figure]
    beside: tuple[str, ...] = ()


def goal_against(book: Book, track: str) -> Ready:
    """How the goal stands to a track's pay, in a sentence or two; empty where there is no goal."""
    goal = book.consultation.memory.known.get("salary_goal")
    if not isinstance(goal, int):
        return Ready("")
    found = _compared(book, track)
    if found is None:
        return _anywhere(
            book, goal, f"No source gives the pay of {show(book.facts.tracks[track].name)} on this basis"
        )
    beside = found.beside or ("",) * len(found.rows)
    return _said(
        found.start,
        [_place(book, goal, row, beside=where) for where, row in zip(beside, found.rows, strict=True)],
    )


def goal_in_short(book: Book, track: str) -> str:
    """The same in a few words; empty where there is no goal, or nothing of this track to compare it with."""
    goal = book.consultation.memory.known.get("salary_goal")
    found = _compared(book, track) if isinstance(goal, int) else None
    if not isinstance(goal, int) or found is None:
        return ""
    sides = {_side(goal, row) for row in found.rows}
    if len(sides) == 1:
        return f"{sides.pop()} {found.in_short}"
    return f"within some of {found.in_short}" if "within" in sides else f"between {found.in_short}"


def _compared(book: Book, track: str) -> _Compared | None:
    """The best figures there are of a track; None where no source gives any on this basis."""
    known = book.consultation.memory.known
    years = known.get("years_experience")
    bands = _on_basis(book, book.kb.measures.bands[track].figures)
    name = show(book.facts.tracks[track].name)
    yours = f"our goal of {book.answer('salary_goal')} lies {{}}."
    now = [row for row in book.kb.measures.comparable(known, track) if row in bands]
    if now:
        return _Compared(f"{name} at {years} years of experience: y{yours}", "the bands for your years", now)
    if isinstance(years, int):
        around = _neighbors(bands, years)
        if around:
            start = f"No source says what {name} pays at {years} years of experience. Y{yours}"
            beside, rows = zip(*around, strict=True)
            return _Compared(start, "the bands for other years", list(rows), beside)
        start = f"For {name} no source ties pay to years of experience. Y{yours}"
    else:
        start = f"You did not say your years, so we cannot tell which band of {name} is yours. Y{yours}"
    by_level = [row for row in bands if row.years is None or not isinstance(years, int)]
    if by_level:
        return _Compared(start, "the bands by level", by_level)
    averages = _on_basis(book, [book.facts.figures[one] for one in book.facts.tracks[track].averages])
    if not averages:
        return None
    return _Compared(
        f"For {name} no source gives a band on this basis. Y{yours}", "the published averages", averages
    )


def _on_basis(book: Book, rows: Iterable[Figure]) -> list[Figure]:
    """Those that pay in the currency of the goal and on its basis, or do not say on which."""
    basis, currency = book.consultation.known("salary_basis"), book.consultation.case.currency
    return [row for row in rows if row.basis in (basis, "not_stated") and row.currency == currency]


def _neighbors(bands: Sequence[Figure], years: int) -> list[tuple[str, Figure]]:
    """The band that ends next below some years, and the one that begins next above."""
    below = [row for row in bands if row.years and row.years[1] is not None and row.years[1] < years]
    above = [row for row in bands if row.years and row.years[0] > years]
    return [
        *(("the band below", row) for row in sorted(below, key=_first_year)[-1:]),
        *(("the band above", row) for row in sorted(above, key=_first_year)[:1]),
    ]


def _first_year(row: Figure) -> int:
    return row.years[0] if row.years else 0


def _place(book: Book, goal: int, row: Figure, *, beside: str = "") -> Ready:
    """Where a goal lies to one figure, which is printed."""
    view = book.figure(row.id)
    printed = show(view)
    what = ", ".join(
        one
        for one in (
            view.level if row.level else row.about,
            f"{view.years} years" if row.years else "",
            view.basis,
        )
        if one
    )
    where = f"{beside} ({show(what)}: {printed})" if beside else f"{printed} ({show(what)})"
    return Ready(f"{_side(goal, row)} {where}", printed.figures)


def _side(goal: int, row: Figure) -> str:
    if goal < row.low:
        return "below"
    if goal > row.high and not row.open_ended:
        return "above"
    return "within" if row.low != row.high else "at"


def _said(sentence: str, parts: Sequence[Ready]) -> Ready:
    return Ready(sentence.format(listing(list(parts))), quoted_in(parts))


def _anywhere(book: Book, goal: int, start: str) -> Ready:
    """Against the lowest and the highest band of all tracks on the goal's basis."""
    rows = [row for bands in book.kb.measures.bands.values() for row in _on_basis(book, bands.figures)]
    if not rows:
        return Ready("")
    low, high = min(rows, key=lambda row: (row.low, row.id)), max(rows, key=lambda row: (row.high, row.id))
    parts = [
        Ready(
            f"the {word} band is {show(view)} ({show(f'{view.track}, {view.level}, {view.basis}')})",
            show(view).figures,
        )
        for word, view in (("lowest", book.figure(low.id)), ("highest", book.figure(high.id)))
    ]
    place = "below both" if goal < low.low else "above both" if goal > high.high else "between them"
    text = (
        f"{start}. Of all tracks, {listing(parts)}; your goal of {book.answer('salary_goal')} lies {place}."
    )
    return Ready(text, quoted_in(parts))
