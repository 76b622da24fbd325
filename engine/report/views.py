# pyright: reportArgumentType=false
# (pyright takes a class for two, by its two paths)
"""What templates see: facts and advice as plain objects that only give, never do.

Every public property of a view is a name that templates may use. A view returns plain text (which is escaped
when printed), figures (which print with their footnotes), numbers, or lists of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.measures import stale
from trackfit.engine.language import formats
from trackfit.engine.language.facts import Figure, Resource
from trackfit.engine.language.markdown import Ready, Typed, link, show
from trackfit.engine.language.model import Binding, resources_for
from trackfit.engine.language.wording import Wording
from trackfit.engine.report.route_views import BackgroundView, ResourceView, RouteView
from trackfit.engine.report.track_views import LEVELS, TrackView

BASES = {"base": "base salary", "total": "total pay", "not_stated": "basis not stated"}

RESOURCES = 2
"""So many places to learn a skill are shown."""


class Book:
    """One rendering's facts: hands out views, and remembers which figures were printed and their footnotes."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.kb = consultation.kb
        self.facts = consultation.kb.facts
        self.wording = Wording(self.facts, self.kb.program)
        self.quoted: dict[str, None] = {}
        self.notes: dict[str, tuple[str, str, bool]] = {}
        """Footnotes by label: a source's id with the date it is quoted for, or a derived figure's with none; and
        whether what it quotes is past its review date."""

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

    @property
    def held(self) -> frozenset[str]:
        """The person's skills with all they count as; empty where none were named."""
        held = self.consultation.known("skills")
        return held if isinstance(held, frozenset) else frozenset()

    def answer(self, attribute: str) -> str:
        """An answer in words, as it stands inside a sentence."""
        value = self.consultation.case.answers.get(attribute)
        text = self.wording.value(attribute, value)
        if isinstance(value, int) and not isinstance(value, bool):
            return Ready(text)
        return Typed(text) if self.facts.attributes[attribute].type == "text" else text

    def bound(self, binding: Binding) -> TrackView | RouteView | BackgroundView:
        """What a rule's loop variable stands for in its text."""
        if binding.table == "tracks":
            return self.track(binding.row)
        if binding.table == "routes":
            return self.route(binding.row)
        return self.background(binding.row)

    def notes_of(self, row: Figure) -> list[str]:
        """The labels of a figure's footnotes: one a source and date, and one for how it was worked out."""
        labels = []
        past = bool(stale([row], self.consultation.as_of))
        for id_ in row.sources:
            label, date = id_.replace("_", "-"), self.facts.sources[id_].date
            if not date.startswith(row.as_of):
                label = f"{label}-for-{row.as_of.lower()}"
            if past:
                label = f"{label}-past-review"
            self.notes[label] = (id_, row.as_of, past)
            labels.append(label)
        for part in row.difference or ():
            self.quoted[part] = None
            self.notes_of(self.facts.figures[part])
        if row.difference is not None:
            label = row.id.replace("_", "-")
            self.notes[label] = (row.id, "", past)
            labels.append(label)
        return labels


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


class FigureView:
    """A figure; printing it prints its value and the footnotes of its sources."""

    def __init__(self, book: Book, row: Figure) -> None:
        self._book = book
        self._row = row

    def __html__(self) -> Ready:
        """Its Markdown, for whoever prints it."""
        return Ready(self.text + "".join(f"[^{label}]" for label in self._book.notes_of(self._row)))

    @property
    def id(self) -> str:
        """Its id in facts/figures."""
        return self._row.id

    @property
    def text(self) -> Ready:
        """Its value with the unit, without a footnote."""
        self._book.quoted[self._row.id] = None
        return Ready(formats.figure(self._row))

    @property
    def about(self) -> str:
        """What it is a number of."""
        return self._row.about

    @property
    def of_what(self) -> Ready:
        """The same in a few words, to stand right after the figure."""
        return Ready(formats.of_what(self._row))

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
        """Of a salary band: its level in words, with the family where the track has several."""
        word = LEVELS.get(self._row.level or "", "")
        families = self._book.facts.tracks[self._row.track].families if self._row.track else ()
        family = next((one.name for one in families if one.id == self._row.family), None)
        return f"{word} ({family})" if family else word

    @property
    def years(self) -> str:
        """Of a salary band: the years of experience it is for, as the source gives them."""
        if self._row.years is None:
            return "not stated"
        low, high = self._row.years
        return f"{low} and more" if high is None else f"{low}–{high}"

    @property
    def goal(self) -> str:
        """Of a salary band: how the person's goal stands to it, or why the two are not compared."""
        known = self._book.consultation.memory.known
        goal, years = known.get("salary_goal"), known.get("years_experience")
        if not isinstance(goal, int):
            return ""
        if self._row.years is None:
            return "not compared: years not stated"
        if not isinstance(years, int):
            return "not compared: your years are not known"
        if self._row not in (self._book.kb.measures.bands_at(known, str(self._row.track)) or ()):
            return "not compared: other years"
        if self._row.basis not in (known.get("salary_basis"), "not_stated"):
            return f"not compared: {self.basis}"
        place = "within"
        if goal < self._row.low:
            place = "below"
        elif goal > self._row.high and not self._row.open_ended:
            place = "above"
        if self._row.basis == "not_stated":
            return f"{place}, if this is {BASES[str(known.get('salary_basis'))]}"
        return place

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
