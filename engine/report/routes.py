"""What templates see of routes, and of the steps of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from trackfit.engine.inference.planner import Step
from trackfit.engine.inference.ways import BACKGROUND, Way
from trackfit.engine.language.columns import Record
from trackfit.engine.language.facts import Route
from trackfit.engine.language.markdown import Ready

if TYPE_CHECKING:
    from trackfit.engine.report.book import Book
    from trackfit.engine.report.figures import FigureView
    from trackfit.engine.report.tracks import TrackView


WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12


class BackgroundView(Record, frozen=True):
    """A background."""

    name: str
    """Its name, as it stands inside a sentence."""


class ResourceView(Record, frozen=True):
    """A place to learn a skill."""

    title: Ready
    """Its title, which leads to its page."""
    about: Ready
    """Its publisher, what it is, and whether it is free and how many hours it takes where someone says so."""


class Learning(Record, frozen=True):
    """A skill to learn, and where."""

    skill: str
    """Its name."""
    purpose: str
    """The skill that builds on it, where it is learned for that alone; otherwise empty."""
    resources: list[ResourceView]
    """The best places to learn it, at most two; empty where none is known."""


class StepView(Record, frozen=True):
    """One step of a plan: what to learn in it, and what exists at its end.

    Where a source splits the months of a route, `months` is its figure. Where it does not, `weeks` splits them by the
    effort of what is to be learned. Without a route there is neither.
    """

    to_learn: list[str]
    """Names of the skills to learn in it; empty where all are held, and where the step is done."""
    learning: list[Learning]
    """The same, each with where to learn it."""
    unnamed: list[str]
    """Of a step that is done, names of the skills it takes that the answers do not name: they count as missing."""
    outcome: str
    """What exists at its end, to show."""
    size: str = ""
    """How large it is beside the others: small, medium or large; empty where it is the only one."""
    months: FigureView | str = ""
    """Its first and last month, where the source says so."""
    weeks: str = ""
    """How many weeks it takes, by our own split of the source's months, such as "4–9 weeks"."""
    weeks_quickest: int = 0
    """The first of the two numbers."""
    weeks_slowest: int = 0
    """The second."""
    milestone: str = ""
    """The id of what exists at its end, as the answers name it under `done`; empty where it has none."""
    done: bool = False
    """Whether the answers say that it is done."""


class RouteView:
    """A route from a background to a track."""

    def __init__(self, book: Book, row: Route) -> None:
        self._book = book
        self._row = row

    @property
    def track(self) -> TrackView:
        """Where it leads."""
        return self._book.track(self._row.track)

    @property
    def background(self) -> BackgroundView:
        """Where it starts."""
        return self._book.background(self._row.background)

    @property
    def timeline(self) -> FigureView:
        """How many months the source gives it."""
        return self._book.figure(self._row.timeline)

    @property
    def years_from(self) -> FigureView | str:
        """The years of experience from which the source gives it; empty where it gives it to all."""
        return self._book.figure(self._row.years_from) if self._row.years_from else ""

    @property
    def too_junior(self) -> bool:
        """Whether the person is known to have fewer years than it is given for."""
        years = self._book.consultation.known("years_experience")
        if self._row.years_from is None or not isinstance(years, int):
            return False
        return years < self._book.facts.figures[self._row.years_from].low

    @property
    def transfer(self) -> FigureView | str:
        """The share of the stack that carries over; empty where the source does not say."""
        return self._book.figure(self._row.transfer) if self._row.transfer else ""

    @property
    def priced_only(self) -> bool:
        """Whether the source gives the months and advises against it."""
        return self._row.standing == "priced"

    @property
    def math(self) -> str:
        """Whether it asks for mathematics: none, required, or not stated."""
        return self._row.math.replace("_", " ")

    @property
    def note(self) -> str:
        """What is special about it."""
        return self._row.note

    @property
    def split_by_source(self) -> bool:
        """Whether the source splits the months over the steps."""
        return bool(self._row.stages)

    @cached_property
    def steps(self) -> list[StepView]:
        """What to learn for it, in order, with what shows that it is learned."""
        steps = self._book.consultation.steps(self._way)
        views = undated(self._book, steps)
        if self.split_by_source:
            return [
                msgspec.structs.replace(view, months=self._book.figure(str(step.months)))
                for view, step in zip(views, steps, strict=True)
            ]
        return list(self._by_us(views, steps))

    @property
    def _way(self) -> Way:
        return msgspec.structs.replace(self._book.way(self._row.track), route=self._row.id)

    @property
    def weeks(self) -> str:
        """How many weeks the steps that are left come to, by our own split; empty where the source splits the months."""
        if self.split_by_source or not self.left:
            return ""
        return _weeks(*(sum(ends) for ends in zip(*map(_ends, self.left), strict=True)))

    @property
    def left(self) -> list[StepView]:
        """The steps that are not done."""
        return [step for step in self.steps if not step.done]

    @property
    def part_behind(self) -> bool:
        """Whether the person lacks less than the source's months are for."""
        return self._part_left < 1

    def _by_us(self, views: Sequence[StepView], steps: Sequence[Step]) -> Iterator[StepView]:
        """Each step takes its part of the months by the effort of its skills; what is behind the person takes none."""
        months = self._book.facts.figures[self._row.timeline]
        whole = sum(self._effort(step) for step in steps if not step.done)
        for view, step in zip(views, steps, strict=True):
            if step.done:
                yield view
                continue
            part = self._part_left * Fraction(self._effort(step), whole) * WEEKS_A_YEAR / MONTHS_A_YEAR
            quickest, slowest = (max(1, round(Fraction(end) * part)) for end in (months.low, months.high))
            yield msgspec.structs.replace(
                view,
                weeks=_weeks(quickest, slowest),
                weeks_quickest=quickest,
                weeks_slowest=slowest,
            )

    def _effort(self, step: Step) -> int:
        return effort(self._book, step)

    @cached_property
    def _part_left(self) -> Fraction:
        """What is to be learned beside what somebody of the background learns who brings what is usual, by effort."""
        kb = self._book.kb
        usual = kb.ways.of({BACKGROUND: self._row.background})
        way = next(way for way in usual if way.track == self._row.track)
        whole = kb.planner.steps(msgspec.structs.replace(way, route=self._row.id), frozenset())
        mine = self._book.consultation.steps(self._way)
        left = sum(self._effort(step) for step in mine if not step.done)
        return min(Fraction(1), Fraction(left, sum(map(self._effort, whole))))


def _ends(step: StepView) -> tuple[int, int]:
    return step.weeks_quickest, step.weeks_slowest


def _weeks(quickest: int, slowest: int) -> str:
    if quickest == slowest:
        return f"{slowest} {'week' if slowest == 1 else 'weeks'}"
    return f"{quickest}–{slowest} weeks"


def undated(book: Book, steps: Sequence[Step]) -> list[StepView]:
    """Steps of which no source says how long they take."""
    left = [step for step in steps if not step.done]
    return [_done(book, step) if step.done else _to_do(book, step, _size(book, step, left)) for step in steps]


def _done(book: Book, step: Step) -> StepView:
    groundwork = {skill for skill, _ in step.groundwork}
    return StepView(
        to_learn=[],
        learning=[],
        unnamed=book.skills(skill for skill in step.to_learn if skill not in groundwork),
        outcome=step.outcome,
        milestone=step.milestone or "",
        done=True,
    )


def _to_do(book: Book, step: Step, size: str) -> StepView:
    purposes = dict(step.groundwork)
    return StepView(
        to_learn=book.skills(step.to_learn),
        learning=[
            Learning(
                skill=book.skills([skill])[0],
                purpose=book.skills([purposes[skill]])[0] if skill in purposes else "",
                resources=book.resources(skill),
            )
            for skill in step.to_learn
        ],
        unnamed=[],
        outcome=step.outcome,
        milestone=step.milestone or "",
        size=size,
    )


def effort(book: Book, step: Step) -> int:
    """How much work a step is; of one in which nothing is learned, that of the smallest skill."""
    return sum(book.facts.skills[skill].effort for skill in step.to_learn) or 1


def _size(book: Book, step: Step, steps: Sequence[Step]) -> str:
    """How large a step is beside the others: small is less than two thirds of their mean, large more than four thirds."""
    if len(steps) < 2:
        return ""
    share = Fraction(effort(book, step) * len(steps), sum(effort(book, one) for one in steps))
    return "small" if share < Fraction(2, 3) else "large" if share > Fraction(4, 3) else "medium"
