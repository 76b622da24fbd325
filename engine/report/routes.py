"""What templates see of routes, and of the steps of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from trackfit.engine.inference.planner import Step
from trackfit.engine.language import formats
from trackfit.engine.language.columns import Record
from trackfit.engine.language.facts import Route
from trackfit.engine.language.markdown import Ready

if TYPE_CHECKING:
    from trackfit.engine.report.book import Book
    from trackfit.engine.report.figures import FigureView
    from trackfit.engine.report.tracks import TrackView


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
    resources: list[ResourceView]
    """The best places to learn it, at most two."""


class StepView(Record, frozen=True):
    """One step of a plan: what to learn in it, and what exists at its end.

    Days are YYYY-MM-DD, counted from the report's. Where a source splits the months of a route, `months` is its figure
    and `ends` is the last day; where it does not, the months are split evenly over the skills, from `soonest` to `ends`.
    Without a route there are no days.
    """

    to_learn: list[str]
    """Names of the skills to learn in it; empty where all are held."""
    learning: list[Learning]
    """Those of them of which it is known where to learn them, with the places."""
    groundwork: list[str]
    """Skills that others build on and the route does not list, each with what it is for."""
    outcome: str
    """What exists at its end, to show."""
    months: FigureView | str = ""
    """Its first and last month, where the source says so."""
    begins: str = ""
    """Its first day at the slowest."""
    ends: str = ""
    """Its last day at the slowest."""
    begins_soonest: str = ""
    """Its first day at the quickest, where the split is ours."""
    soonest: str = ""
    """Its last day at the quickest, where the split is ours."""


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
    def quickest(self) -> str:
        """The day on which it ends in the fewest months, as YYYY-MM-DD."""
        months = self._book.facts.figures[self._row.timeline].low
        return formats.months_later(self._book.consultation.as_of, int(months))

    @property
    def slowest(self) -> str:
        """The day on which it ends in the most months, as YYYY-MM-DD."""
        months = self._book.facts.figures[self._row.timeline].high
        return formats.months_later(self._book.consultation.as_of, int(months))

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
        way = msgspec.structs.replace(self._book.way(self._row.track), route=self._row.id)
        steps = self._book.consultation.steps(way)
        if self.split_by_source:
            return [self._by_source(step) for step in steps]
        return list(self._by_us(steps))

    def _by_source(self, step: Step) -> StepView:
        start = self._book.consultation.as_of
        months = self._book.facts.figures[str(step.months)]
        return msgspec.structs.replace(
            undated(self._book, step),
            months=self._book.figure(months.id),
            begins=formats.months_later(start, int(months.low) - 1),
            ends=formats.months_later(start, int(months.high)),
        )

    def _by_us(self, steps: Sequence[Step]) -> Iterator[StepView]:
        """Each skill takes the same share of the months, and a step without one as much as one."""
        start = self._book.consultation.as_of
        shares = [len(step.to_learn) or 1 for step in steps]
        for number, step in enumerate(steps):
            before, after = sum(shares[:number]), sum(shares[: number + 1])
            yield msgspec.structs.replace(
                undated(self._book, step),
                begins=formats.part_of_days(start, self.slowest, before, sum(shares)),
                ends=formats.part_of_days(start, self.slowest, after, sum(shares)),
                begins_soonest=formats.part_of_days(start, self.quickest, before, sum(shares)),
                soonest=formats.part_of_days(start, self.quickest, after, sum(shares)),
            )


def undated(book: Book, step: Step) -> StepView:
    """A step of which no source says how long it takes."""
    return StepView(
        to_learn=book.skills(step.to_learn),
        learning=[
            Learning(skill=name, resources=places)
            for skill, name in zip(step.to_learn, book.skills(step.to_learn), strict=True)
            if (places := book.resources(skill))
        ],
        groundwork=[
            f"{book.skills([skill])[0]} (for {book.skills([purpose])[0]})"
            for skill, purpose in step.groundwork
        ],
        outcome=step.outcome,
    )
