"""Charts of a report as SVG: drawn from the views that its tables print, readable at any width, each with its values in words.

Lengths that stand for values are in percent of the width, everything else in pixels, so text keeps its size on a phone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

import msgspec

from trackfit.engine.language import formats
from trackfit.engine.language.columns import Record
from trackfit.engine.language.markdown import Ready
from trackfit.engine.report.book import Book
from trackfit.engine.report.figures import FigureView
from trackfit.engine.report.routes import RouteView, StepView
from trackfit.engine.report.tracks import SkillGroup, TrackView

LINE = 19
PAD = 3
BAR = 13
MARK = 11
GAP = 12
CHARACTERS = 42
"""So many of a chart's text fit a phone that is 320 pixels wide."""
STEPS = (10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)
MOST_TICKS = 5
KINDS = {"held": "held", "usual": "soft", "missing": "missing"}
"""How the marks of skills look, by their group."""


class Drawing(Record, frozen=True):
    """A chart: its title, its values in words, its SVG without the frame, and the ids of the figures that it shows."""

    title: str
    words: str
    height: int
    shapes: str
    figures: tuple[str, ...] = ()


class Charts(Record, frozen=True):
    """Charts for a page: there each prints where it belongs; in Markdown, which has tables instead, nothing."""

    salary: Ready
    """The salary bands of the tracks whose pay concerns the person, against their goal."""
    gap: Ready
    """The skills of `near`: what is held, usual and missing."""
    skills: Ready
    """How many of each track's skills the person holds, and how many more are usual for their background."""
    plan: Ready
    """The planned way month by month."""
    timelines: Ready
    """How long the way to each track takes at the quickest and at the slowest, where a source says it."""


NO_CHARTS = Charts(**dict.fromkeys(Charts.__struct_fields__, Ready("")))


def marked(drawings: Mapping[str, Drawing]) -> Charts:
    """What stands in the Markdown of a page for each chart: a paragraph that no escaped text can be."""
    marks = {name: Ready(f"\n\n{mark(name)}\n\n", one.figures) for name, one in drawings.items()}
    return msgspec.structs.replace(NO_CHARTS, **marks)


def mark(name: str) -> str:
    """What stands in the Markdown of a page where a chart belongs."""
    return f"<!-- chart {name} -->"


def to_svg(drawing: Drawing, number: int) -> str:
    """The chart as a figure for a page; `number` makes its ids."""
    name = f"chart-{number}"
    return (
        f'<figure class="chart"><figcaption>{escape(drawing.title)}</figcaption>\n'
        f'<svg role="img" aria-labelledby="{name}-title {name}-words" width="100%" height="{drawing.height}">'
        f'<title id="{name}-title">{escape(drawing.title)}</title>'
        f'<desc id="{name}-words">{escape(drawing.words)}</desc>\n{drawing.shapes}</svg></figure>\n'
    )


def _in_one_currency(book: Book, tracks: Sequence[TrackView]) -> list[tuple[TrackView, FigureView]]:
    """The bands of tracks in the goal's currency, if any are, else in that of the first."""
    figures = book.facts.figures
    bands = [(track, band) for track in tracks for band in track.all_bands]
    found = [str(figures[band.id].currency) for _, band in bands]
    own = book.consultation.case.currency
    currency = own if own in found else next(iter(found), None)
    return [(track, band) for track, band in bands if figures[band.id].currency == currency]


def _shown_goal(book: Book, currency: str | None, most: float) -> int | None:
    """The person's goal, where it is in this currency and no more than would fit on the scale."""
    goal = book.consultation.known("salary_goal")
    if not isinstance(goal, int) or currency != book.consultation.case.currency:
        return None
    return goal if goal <= most else None


def _scale(top: float, goal: float) -> tuple[int, float]:
    """The distance of two marks on the scale, and its end."""
    step = next((one for one in STEPS if top / one <= MOST_TICKS), STEPS[-1])
    return step, step * -(-max(top, goal) // step)


def salary(book: Book, tracks: Sequence[TrackView]) -> Drawing | None:
    """Bands as bars over one scale of money from zero, with a line at the goal: those in the goal's currency, if any."""
    bands = _in_one_currency(book, tracks)
    if not bands:
        return None
    rows = [book.facts.figures[band.id] for _, band in bands]
    sign = rows[0].sign
    top = max(float(row.high) for row in rows)
    goal = _shown_goal(book, rows[0].currency, 2 * top)
    step, end = _scale(top, goal or 0)
    sheet = _Canvas()
    if goal is not None:
        sheet.text(f"Your goal: {formats.money(goal, sign)}", "goal", _anchor(goal / end), at=goal / end)
    words = []
    before: TrackView | None = None
    for row, (track, band) in zip(rows, bands, strict=True):
        if track is not before:
            sheet.text(track.name, "group")
        before = track
        what = f"{band.level}, {_years(band)}"
        sheet.text(what, "label")
        sheet.text(f"{band.text}, {band.basis}", "value")
        sheet.bar(float(row.low) / end, float(row.high) / end, "band", open_ended=row.open_ended)
        if goal is not None:
            sheet.line(goal / end, "goal")
        words.append(f"{track.name}, {what}: {band.text} ({band.basis}){_goal(band)}.")
    sheet.axis(
        [
            (tick / end, formats.money(tick // 1000, sign) + ("k" if tick else ""))
            for tick in range(0, int(end) + 1, step)
        ]
    )
    title = "Salary bands against your goal" if goal is not None else "Salary bands"
    return sheet.drawing(title, " ".join(words), [band.id for _, band in bands])


def gap(groups: Sequence[SkillGroup]) -> Drawing | None:
    """A mark and a name for each skill, by what it is to the person."""
    if not groups:
        return None
    sheet = _Canvas()
    words = []
    for group in groups:
        sheet.text(group.title, "group")
        for skill in group.skills:
            sheet.named(skill, KINDS[group.kind])
        sheet.height += GAP // 2
        words.append(f"{group.title}: {', '.join(group.skills)}.")
    return sheet.drawing("What you bring and what you lack", " ".join(words))


def skills(tracks: Sequence[TrackView]) -> Drawing:
    """One cell a skill: those that are held, those that are usual for the background, and the others."""
    sheet = _Canvas()
    words = []
    for track in tracks:
        held, usual, wanted = len(track.held), len(track.usual), len(track.skills)
        told = f"{held} of {wanted} skills held"
        if usual:
            told = f"{told}, {usual} more usual for your background"
        sheet.text(track.name, "group")
        sheet.text(told, "value")
        sheet.cells(["held"] * held + ["soft"] * usual + ["missing"] * (wanted - held - usual))
        words.append(f"{track.name}: {told}.")
    return sheet.drawing("Skills that you hold, by track", " ".join(words))


def plan(routes: Sequence[RouteView]) -> Drawing | None:
    """The steps of routes that are left, one after the other: in the source's months, or in weeks at the slowest."""
    routes = [route for route in routes if route.left]
    if not routes:
        return None
    sheet, words = _Canvas(), []
    for route in routes:
        sheet.text(route.track.name, "group")
        spans = list(_spans(route))
        end = max(high for *_, high in spans)
        for number, (step, told, low, high) in enumerate(spans, 1 + len(route.steps) - len(spans)):
            more = f" and {len(step.to_learn) - 3} more" if len(step.to_learn) > 3 else ""
            learn = f": {', '.join(step.to_learn[:3])}{more}" if step.to_learn else ""
            sheet.text(f"Step {number}{learn}", "label")
            sheet.text(told, "value")
            sheet.bar(low / end, high / end, "band")
            words.append(f"Step {number}{learn}: {told}.")
    figures = [
        step.months.id for route in routes for step in route.left if isinstance(step.months, FigureView)
    ]
    return sheet.drawing("The plan over time", " ".join(words), figures)


def _spans(route: RouteView) -> Iterator[tuple[StepView, str, float, float]]:
    """Each step with its time in words, and where that begins and ends."""
    before = 0
    for step in route.left:
        if isinstance(step.months, FigureView):
            yield step, f"months {step.months.text}", step.months.low - 1, step.months.high
        else:
            yield step, step.weeks, before, before + step.weeks_slowest
            before += step.weeks_slowest


def timelines(routes: Sequence[RouteView]) -> Drawing | None:
    """The quickest and the slowest way to each track, in the source's months."""
    if not routes:
        return None
    sheet = _Canvas()
    end = max(route.timeline.high for route in routes)
    for route in routes:
        months = route.timeline
        sheet.text(f"{route.track.name}, {months.text}", "group")
        sheet.bar(0, months.low / end, "band")
        if months.high > months.low:
            sheet.bar(months.low / end, months.high / end, "soft")
    words = " ".join(f"{route.track.name}: {route.timeline.text}." for route in routes)
    return sheet.drawing("From where you are to each track", words, [route.timeline.id for route in routes])


def _years(band: FigureView) -> str:
    return f"{band.years} years" if band.years[0].isdigit() else f"years {band.years}"


def _goal(band: FigureView) -> str:
    return f"; your goal: {band.goal}" if band.goal else ""


def _anchor(share: float) -> str:
    return "start" if share < 0.25 else "end" if share > 0.75 else "middle"


class _Canvas:
    """Shapes one below the other."""

    def __init__(self) -> None:
        self.height = 0
        self.shapes: list[str] = []

    def text(self, text: str, kind: str, anchor: str = "start", at: float = 0) -> None:
        """Lines of text, broken to fit a phone."""
        for line in textwrap.wrap(text, CHARACTERS):
            self.height += LINE
            place = f'x="{_percent(at)}" y="{self.height - 5}" text-anchor="{anchor}"'
            self.shapes.append(f'<text class="{kind}" {place}>{escape(line)}</text>')

    def bar(self, low: float, high: float, kind: str, *, open_ended: bool = False) -> None:
        """A bar on a rail as wide as the chart; with an arrow where there is no upper end."""
        y = self.height + PAD
        width = max(high - low, 0.005)
        self.shapes.append(f'<rect class="rail" x="0" y="{y}" width="100%" height="{BAR}" rx="3"/>')
        place = f'x="{_percent(low)}" y="{y}" width="{_percent(width)}" height="{BAR}"'
        self.shapes.append(f'<rect class="{kind}" {place} rx="3"/>')
        if open_ended:
            self.shapes.append(
                f'<svg x="{_percent(high)}" y="{y}" overflow="visible"><path class="{kind}" d="M-4 0L8 6.5L-4 13z"/></svg>'
            )
        self.height = y + BAR + GAP

    def named(self, name: str, kind: str) -> None:
        """A mark with a name beside it."""
        self.height += LINE
        y = self.height - MARK - 4
        self.shapes.append(f'<rect class="{kind}" x="1" y="{y}" width="{MARK}" height="{MARK}" rx="2"/>')
        self.shapes.append(f'<text class="value" x="{2 * MARK}" y="{self.height - 5}">{escape(name)}</text>')

    def cells(self, kinds: Sequence[str]) -> None:
        """A cell for each kind."""
        y = self.height + PAD
        for number, kind in enumerate(kinds):
            place = f'x="{_percent(number / len(kinds))}" width="{_percent(0.86 / len(kinds))}"'
            self.shapes.append(f'<rect class="{kind}" {place} y="{y}" height="{BAR}" rx="2"/>')
        self.height = y + BAR + GAP

    def line(self, at: float, kind: str) -> None:
        """A line across the last bar."""
        x, y = _percent(at), self.height - GAP
        self.shapes.append(f'<line class="{kind}" x1="{x}" x2="{x}" y1="{y - BAR - PAD}" y2="{y + PAD}"/>')

    def axis(self, ticks: Sequence[tuple[float, str]]) -> None:
        """What the width stands for."""
        self.height += LINE - GAP
        for at, text in ticks:
            anchor = "start" if at == 0 else "end" if at == 1 else "middle"
            self.shapes.append(
                f'<text class="tick" x="{_percent(at)}" y="{self.height + 6}" text-anchor="{anchor}">{escape(text)}</text>'
            )
        self.height += GAP

    def drawing(self, title: str, words: str, figures: Iterable[str] = ()) -> Drawing:
        """All that was drawn."""
        shapes = "".join(f"{shape}\n" for shape in self.shapes)
        return Drawing(title=title, words=words, height=self.height, shapes=shapes, figures=tuple(figures))


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"
