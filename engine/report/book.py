"""The facts as templates and rules' texts name them: by id, looked up in one consultation's knowledge base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.ways import Way
from trackfit.engine.language import formats
from trackfit.engine.language.attributes import COUNTRY, SKILLS
from trackfit.engine.language.facts import Figure, Resource
from trackfit.engine.language.markdown import Ready, Typed, link, show
from trackfit.engine.language.model import Binding, resources_for
from trackfit.engine.language.wording import Wording
from trackfit.engine.report.figures import FigureView
from trackfit.engine.report.routes import BackgroundView, ResourceView, RouteView
from trackfit.engine.report.salary import CurrencyView
from trackfit.engine.report.tracks import TrackView

RESOURCES = 2
"""So many places to learn a skill are shown."""


class Book:
    """One consultation's facts: hands out views of them."""

    def __init__(self, consultation: Consultation, *, page: bool = False) -> None:
        self.consultation = consultation
        self.page = page
        """Whether it is for a page, where figures tell their sources and charts are drawn."""
        self.kb = consultation.kb
        self.facts = consultation.kb.facts
        self.wording = Wording(self.facts, self.kb.program, consultation.case.currency)

    @property
    def names(self) -> dict[str, Any]:
        """The names that every text may use."""
        return {"figure": Figures(self), "case": Answers(self)}

    def figure(self, id_: str) -> FigureView:
        """The figure with this id."""
        return FigureView(self, self.facts.figures[id_])

    def figures(self, ids: Iterable[str]) -> list[FigureView]:
        """The figures with these ids."""
        return [self.figure(id_) for id_ in ids]

    def track(self, id_: str) -> TrackView:
        """The track with this id."""
        return TrackView(self, self.facts.tracks[id_])

    def route(self, id_: str) -> RouteView:
        """The route with this id."""
        return RouteView(self, self.facts.routes[id_])

    def background(self, id_: str) -> BackgroundView:
        """The background with this id."""
        return BackgroundView(name=formats.in_sentence(self.facts.backgrounds[id_].name))

    def skills(self, ids: Iterable[str]) -> list[str]:
        """The skills' names, as they stand inside a sentence."""
        return [formats.in_sentence(self.facts.skills[id_].name) for id_ in ids]

    def resources(self, skill: str) -> list[ResourceView]:
        """The best places to learn a skill, at most two."""
        return [
            ResourceView(title=link(row.title, row.address), about=Ready(", ".join(map(show, _about(row)))))
            for row in resources_for(self.facts, skill)[:RESOURCES]
        ]

    def here(self, figures: Iterable[Figure]) -> list[Figure]:
        """Figures that concern the person, those of their country first; without those of other countries in other money."""
        country, currency = self.consultation.case.answers.get(COUNTRY), self.consultation.case.currency
        home = self.facts.countries[country].currency if isinstance(country, str) else currency
        near = [row for row in figures if row.country in (None, country) or row.currency == home]
        return sorted(near, key=lambda row: (row.country != country, row.country is None))

    @property
    def held(self) -> frozenset[str]:
        """The person's skills with all they count as; empty where none were named."""
        held = self.consultation.known(SKILLS)
        return held if isinstance(held, frozenset) else frozenset()

    def way(self, track: str) -> Way:
        """How a track stands to the person."""
        return next(way for way in self.consultation.ways if way.track == track)

    def answer(self, attribute: str) -> str:
        """An answer in words, as it stands inside a sentence."""
        value = self.consultation.case.answers.get(attribute)
        text = self.wording.value(attribute, value)
        if isinstance(value, int) and not isinstance(value, bool):
            return Ready(text)
        return Typed(text) if self.facts.attributes[attribute].type == "text" else text

    def bound(self, binding: Binding) -> TrackView | RouteView | BackgroundView | CurrencyView:
        """What a rule's loop variable stands for in its text."""
        if binding.table == "tracks":
            return self.track(binding.row)
        if binding.table == "routes":
            return self.route(binding.row)
        if binding.table == "currencies":
            return CurrencyView(self, self.facts.currencies[binding.row])
        return self.background(binding.row)


def _about(row: Resource) -> Iterator[str]:
    yield Typed(row.publisher)
    yield row.kind
    if row.free is not None:
        yield "free" if row.free else "paid"
    if row.hours is not None:
        yield formats.hours(row.hours)


class Figures:
    """`figure.its_id` in a template."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __getitem__(self, id_: str) -> FigureView:
        return self._book.figure(id_)


class Answers:
    """`case.attribute` in a text: the answer in words."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __getitem__(self, attribute: str) -> str:
        return self._book.answer(attribute)
