"""Small charts of a page, each on one line: the skills of a track as cells, a salary band as a bar on a scale.

In Markdown they are signs or nothing. On a page a mark stands in their place until the page is whole; nothing that is typed
or escaped can hold one. Lengths that stand for values are in percent of the width, so a chart is readable at any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from trackfit.engine.language import formats
from trackfit.engine.language.markdown import Ready

if TYPE_CHECKING:
    from trackfit.engine.report.book import Book
    from trackfit.engine.report.figures import FigureView
    from trackfit.engine.report.tracks import TrackView

OPEN, CLOSE = "\ue010", "\ue011"
SIGNS = {"held": "■", "usual": "▣", "missing": "□"}
"""What a skill of a track is in Markdown."""
HEIGHT = 12
LABEL = 14
STEPS = (10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)
MOST_TICKS = 4
SCALE = "scale"
_MARK = re.compile(f"{OPEN}(?P<name>[a-z0-9_]+)(?::(?P<counts>[0-9,]+))?{CLOSE}")


def mark(name: str) -> Ready:
    """What stands on a page where a chart belongs."""
    return Ready(f"{OPEN}{name}{CLOSE}")


def cells(book: Book, held: int, usual: int, missing: int) -> Ready:
    """One sign a skill; on a page a chart of as many cells."""
    if book.page:
        return Ready(f"{OPEN}cells:{held},{usual},{missing}{CLOSE}")
    counts = zip(SIGNS.values(), (held, usual, missing), strict=True)
    return Ready("".join(sign * count for sign, count in counts))


def drawn(page: str, charts: Mapping[str, str]) -> str:
    """The page with its charts; without those that there is nothing to draw of."""

    def chart(found: re.Match[str]) -> str:
        if found["counts"]:
            return _cells([int(one) for one in found["counts"].split(",")])
        return charts.get(found["name"], "")

    return _MARK.sub(chart, page)


def without_marks(text: str) -> str:
    """A text without the marks of charts, for where there is no room for one."""
    return _MARK.sub("", text).strip()


def _cells(counts: Sequence[int]) -> str:
    held, usual, missing = counts
    words = f"{held} held, {f'{usual} usual for your background, ' if usual else ''}{missing} missing"
    kinds = ["held"] * held + ["usual"] * usual + ["missing"] * missing
    wide = 100 / max(1, len(kinds))
    shapes = "".join(
        f'<rect class="{kind}" x="{_percent(place * wide)}" width="{_percent(0.84 * wide)}" height="{HEIGHT}" rx="2"/>'
        for place, kind in enumerate(kinds)
    )
    return _svg("cells", HEIGHT, shapes, words)


def pay(book: Book, tracks: Sequence[TrackView]) -> dict[str, str]:
    """For each salary band its bar, and their scale; of those in one currency: the goal's, or that of the first."""
    bands = _in_one_currency(book, [band for track in tracks for band in track.all_bands])
    if not bands:
        return {}
    figures = book.facts.figures
    sign = figures[bands[0].id].sign
    top = max(float(band.high) for band in bands)
    goal = _shown_goal(book, figures[bands[0].id].currency, 2 * top)
    step = next((one for one in STEPS if max(top, goal or 0) / one <= MOST_TICKS), STEPS[-1])
    end = step * -(-max(top, goal or 0) // step)

    def share(value: float) -> str:
        return _percent(100 * value / end)

    ticks = list(range(0, int(end) + 1, step))
    found = {
        band.id: _bar(band, ticks, goal, share, open_ended=figures[band.id].open_ended) for band in bands
    }
    found[SCALE] = _scale(ticks, goal, share, sign)
    return found


def _bar(
    band: FigureView,
    ticks: Sequence[int],
    goal: int | None,
    share: Callable[[float], str],
    *,
    open_ended: bool,
) -> str:
    """A band on a rail as wide as the chart, with lines at the ticks and at the goal; an arrow where it has no end."""
    low, high = share(band.low), share(max(band.high - band.low, 0))
    shapes = [f'<rect class="rail" width="100%" y="4" height="{HEIGHT}" rx="3"/>']
    shapes += [
        f'<line class="tick" x1="{share(at)}" x2="{share(at)}" y1="4" y2="{HEIGHT + 4}"/>'
        for at in ticks[1:-1]
    ]
    shapes.append(f'<rect class="band" x="{low}" width="{high}" y="4" height="{HEIGHT}" rx="3"/>')
    if open_ended:
        shapes.append(
            f'<svg x="{share(band.high)}" y="4" overflow="visible"><path class="band" d="M-4 0L8 6L-4 12z"/></svg>'
        )
    if goal is not None:
        shapes.append(f'<line class="goal" x1="{share(goal)}" x2="{share(goal)}" y1="0" y2="{HEIGHT + 8}"/>')
    return _svg("pay", HEIGHT + 8, "".join(shapes))


def _scale(ticks: Sequence[int], goal: int | None, share: Callable[[float], str], sign: str) -> str:
    """What the width stands for, and where the goal is."""
    shapes = []
    if goal is not None:
        place = f'x="{share(goal)}" y="{LABEL - 3}" text-anchor="{_anchor(goal, ticks[-1])}"'
        shapes.append(f'<text class="goal" {place}>your goal</text>')
    for at in ticks:
        anchor = "start" if at == 0 else "end" if at == ticks[-1] else "middle"
        text = escape(formats.money(at // 1000, sign) + ("k" if at else ""))
        shapes.append(
            f'<text class="tick" x="{share(at)}" y="{2 * LABEL - 2}" text-anchor="{anchor}">{text}</text>'
        )
    return _svg("scale", 2 * LABEL, "".join(shapes))


def _anchor(at: float, end: float) -> str:
    return "start" if at < end / 4 else "end" if at > 3 * end / 4 else "middle"


def _in_one_currency(book: Book, bands: Sequence[FigureView]) -> list[FigureView]:
    figures = book.facts.figures
    found = [str(figures[band.id].currency) for band in bands]
    own = book.consultation.case.currency
    currency = own if own in found else next(iter(found), None)
    return [band for band in bands if figures[band.id].currency == currency]


def _shown_goal(book: Book, currency: str | None, most: float) -> int | None:
    """The person's goal, where it is in this currency and no more than would fit on the scale."""
    goal = book.consultation.known("salary_goal")
    if not isinstance(goal, int) or currency != book.consultation.case.currency:
        return None
    return goal if goal <= most else None


def _svg(kind: str, height: int, shapes: str, words: str = "") -> str:
    """A picture as wide as its place; hidden from who cannot see it where the text beside it says the same."""
    told = f'role="img" aria-label="{escape(words)}"' if words else 'aria-hidden="true"'
    return f'<svg class="{kind}" {told} width="100%" height="{height}">{shapes}</svg>'


def _percent(share: float) -> str:
    return f"{share:.2f}".rstrip("0").rstrip(".") + "%"
