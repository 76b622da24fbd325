"""What templates see: facts and advice as plain objects that only give, never do.

Every public property of a view is a name that templates may use. A view returns plain text (which is escaped
when printed), figures (which print with their footnote), numbers, or lists of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from trackfit.engine import formats
from trackfit.engine.consult import Consultation, Recommendation
from trackfit.engine.measures import stale
from trackfit.engine.model import Binding, Figure, Route, Stage, Track
from trackfit.engine.wording import Wording


class Book:
    """One rendering's facts: hands out figures, and remembers which were printed and which sources they need."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.kb = consultation.kb
        self.facts = consultation.kb.facts
        self.wording = Wording(self.facts, self.kb.program)
        self.quoted: dict[str, None] = {}

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

    def skills(self, ids: Iterable[str]) -> list[str]:
        """The skills' names."""
        return [self.facts.skills[id_].name for id_ in ids]

    def answer(self, attribute: str) -> str:
        """An answer in words."""
        return self.wording.value(attribute, self.consultation.case.answers.get(attribute))

    def bound(self, binding: Binding) -> TrackView | RouteView | BackgroundView:
        """What a rule's loop variable stands for in its text."""
        if binding.table == "tracks":
            return self.track(binding.row)
        if binding.table == "routes":
            return self.route(binding.row)
        return BackgroundView(self.facts.backgrounds[binding.row].name)


class Figures:
    """`figure.its_id` in a template."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __getitem__(self, id_: str) -> FigureView:
        return self._book.figure(id_)


class Answers:
    """`case.attribute` in a rule's text: the answer in words."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __getitem__(self, attribute: str) -> str:
        return self._book.answer(attribute)


class FigureView:
    """A figure; printing it prints its value and the footnote of its sources."""

    def __init__(self, book: Book, row: Figure) -> None:
        self._book = book
        self._row = row

    @property
    def id(self) -> str:
        """Its id in facts/figures."""
        return self._row.id

    @property
    def text(self) -> str:
        """Its value with the unit, without a footnote. Counts as printed."""
        self._book.quoted[self._row.id] = None
        return formats.figure(self._row)

    @property
    def about(self) -> str:
        """What it is a number of."""
        return self._row.about

    @property
    def basis(self) -> str:
        """Of a salary: base, total pay, or that the source does not say."""
        words = {"base": "base salary", "total": "total pay", "not_stated": "basis not stated"}
        return words[self._row.basis or "not_stated"]

    @property
    def level(self) -> str:
        """Of a salary band: its level in words, with the family where the track has several."""
        word = {
            "entry": "entry",
            "mid": "mid",
            "senior": "senior",
            "staff": "staff or principal",
            "lead": "lead or manager",
        }.get(self._row.level or "", "")
        families = self._book.facts.tracks[self._row.track].families if self._row.track else ()
        family = next((one.name for one in families if one.id == self._row.family), None)
        return f"{word} ({family})" if family else word

    @property
    def years(self) -> str:
        """Of a salary band: the years of experience it is for, as the source gives them."""
        if self._row.years is None:
            return "years not stated"
        low, high = self._row.years
        self._book.quoted[self._row.id] = None
        return f"{low} years and more" if high is None else f"{low}–{high} years"

    @property
    def footnotes(self) -> list[str]:
        """The labels of its sources' footnotes."""
        return [source.replace("_", "-") for source in self._row.sources]

    @property
    def date(self) -> str:
        """The date it is for, in words."""
        return formats.date(self._row.as_of)

    @property
    def stale(self) -> bool:
        """Whether its review-by date has passed."""
        return bool(stale([self._row], self._book.consultation.as_of))

    @property
    def formula(self) -> str:
        """Of a derived figure: how it was worked out; otherwise empty."""
        if self._row.difference is None:
            return ""
        return " − ".join(self._book.figure(part).text for part in self._row.difference)


class BackgroundView:
    """A background."""

    def __init__(self, name: str) -> None:
        self.name = name


class TrackView:
    """A track, as it looks to this person."""

    def __init__(self, book: Book, row: Track) -> None:
        self._book = book
        self._row = row

    @property
    def id(self) -> str:
        """Its id."""
        return self._row.id

    @property
    def name(self) -> str:
        """Its name."""
        return self._row.name

    @property
    def role(self) -> str:
        """What someone in it is called."""
        return self._row.role

    @property
    def daily_work(self) -> list[str]:
        """What the days consist of; for a track with several kinds of job, those of each kind."""
        lines = list(self._row.daily_work)
        return lines + [
            f"{family.name}: {line}" for family in self._row.families for line in family.daily_work
        ]

    @property
    def demand(self) -> list[SkillDemand]:
        """The track's skills in order of demand, with the figures that say how much they are asked for."""
        held = self._held
        families = {family.id: family.name for family in self._row.families}
        return [
            SkillDemand(
                self._book.facts.skills[row.skill].name,
                row.skill in held,
                families.get(row.family or ""),
                self._book.figures(row.demand),
            )
            for row in self._row.skills
        ]

    @property
    def growth(self) -> list[FigureView]:
        """Figures about the growth of the track as a whole."""
        return self._book.figures(self._row.growth)

    @property
    def averages(self) -> list[FigureView]:
        """Salary averages and medians that belong to no level."""
        return self._book.figures(self._row.averages)

    @property
    def bands(self) -> list[FigureView]:
        """The salary bands for the person's years, on the goal's basis where a goal is given."""
        answers = self._book.consultation.memory.known
        measures = self._book.kb.measures
        if "salary_goal" in answers:
            rows = measures.comparable(answers, self._row.id)
        else:
            rows = measures.bands_at(answers, self._row.id) or ()
        return [FigureView(self._book, row) for row in rows]

    @property
    def all_bands(self) -> list[FigureView]:
        """The salary bands for the person's years on every basis; all of them where the years fit none."""
        measures = self._book.kb.measures
        rows = measures.bands_at(self._book.consultation.memory.known, self._row.id)
        return [FigureView(self._book, row) for row in rows or measures.bands[self._row.id].figures]

    @property
    def fits_years(self) -> bool:
        """Whether some band is for the person's years."""
        return bool(self._book.kb.measures.bands_at(self._book.consultation.memory.known, self._row.id))

    @property
    def goal(self) -> str:
        """The salary goal against the bands: below, within, above, or empty where they cannot be compared."""
        value = self._book.consultation.known(f"goal_against_band of {self._row.id}")
        return value if isinstance(value, str) else ""

    @property
    def held(self) -> list[str]:
        """Names of the track's skills that the person holds."""
        held = self._held
        return self._book.skills(
            skill for skill in self._book.kb.measures.track_skills[self._row.id] if skill in held
        )

    @property
    def missing(self) -> list[str]:
        """Names of the track's skills that the person lacks, or has not named."""
        held = self._held
        return self._book.skills(
            skill for skill in self._book.kb.measures.track_skills[self._row.id] if skill not in held
        )

    @property
    def _held(self) -> frozenset[str]:
        skills = self._book.consultation.known("skills")
        return skills if isinstance(skills, frozenset) else frozenset()

    @property
    def route(self) -> RouteView | None:
        """The route that a source gives for the person's background, recommended or only priced."""
        background = self._book.consultation.case.answers.get("background")
        for route in self._book.facts.routes.values():
            if route.background == background and route.track == self._row.id:
                return RouteView(self._book, route)
        return None


class SkillDemand:
    """A skill that a track asks for, whether the person holds it, and how much it is asked for."""

    def __init__(self, name: str, held: bool, family: str | None, figures: list[FigureView]) -> None:
        self.name = name
        self.held = held
        self.family = family or ""
        self.figures = figures


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
        return BackgroundView(self._book.facts.backgrounds[self._row.background].name)

    @property
    def timeline(self) -> FigureView:
        """How many months the source gives it."""
        return self._book.figure(self._row.timeline)

    @property
    def months_low(self) -> int:
        """The fewest months the source gives it."""
        return int(self._book.facts.figures[self._row.timeline].low)

    @property
    def months_high(self) -> int:
        """The most months the source gives it."""
        return int(self._book.facts.figures[self._row.timeline].high)

    @property
    def years_from(self) -> FigureView | str:
        """The years of experience from which the source gives it; empty where it gives it to all."""
        return self._book.figure(self._row.years_from) if self._row.years_from else ""

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
    def stages(self) -> list[StageView]:
        """The source's split of the months; empty where it gives none."""
        return [StageView(self._book, stage) for stage in self._row.stages]

    @property
    def gap_to_learn(self) -> list[str]:
        """Names of the gap's skills that the person does not hold yet, in the order to learn them."""
        skills = self._book.consultation.known("skills")
        held = skills if isinstance(skills, frozenset) else frozenset()
        return self._book.skills(skill for skill in self._row.gap if skill not in held)


class StageView:
    """One stretch of a plan."""

    def __init__(self, book: Book, row: Stage) -> None:
        self._book = book
        self._row = row

    @property
    def months(self) -> FigureView:
        """Its first and last month."""
        return self._book.figure(self._row.months)

    @property
    def first(self) -> int:
        """Its first month, counting from one."""
        return int(self._book.facts.figures[self._row.months].low)

    @property
    def last(self) -> int:
        """Its last month."""
        return int(self._book.facts.figures[self._row.months].high)

    @property
    def skills(self) -> list[str]:
        """Names of the skills it is for."""
        return self._book.skills(self._row.skills)

    @property
    def to_learn(self) -> list[str]:
        """Those of its skills that the person does not hold yet."""
        skills = self._book.consultation.known("skills")
        held = skills if isinstance(skills, frozenset) else frozenset()
        return self._book.skills(skill for skill in self._row.skills if skill not in held)

    @property
    def outcome(self) -> str:
        """What exists at its end."""
        return self._row.outcome


class RecommendationView:
    """A recommended track with its rank and reasons."""

    def __init__(self, book: Book, row: Recommendation) -> None:
        self._book = book
        self._row = row

    @cached_property
    def track(self) -> TrackView:
        """The track."""
        return self._book.track(self._row.track)

    @property
    def rank(self) -> int:
        """1 is the smallest gap."""
        return self._row.rank

    @property
    def sourced(self) -> bool:
        """Whether a source gives this route."""
        return self._row.basis == "sourced_route"

    @property
    def route(self) -> RouteView | None:
        """The sourced route."""
        return self._book.route(self._row.route) if self._row.route else None

    @property
    def carries_over(self) -> list[str]:
        """Names of the skills that carry over."""
        return self._book.skills(self._row.carries_over)

    @property
    def unnamed(self) -> list[str]:
        """Those that the route takes for granted and the person did not name."""
        if "skills" not in self._book.consultation.case.answers:
            return []
        return self._book.skills(skill for skill in self._row.carries_over if skill not in self._row.have)

    @property
    def have(self) -> list[str]:
        """Names of the skills the person holds, of those that count here."""
        return self._book.skills(self._row.have)

    @property
    def gap(self) -> list[str]:
        """Names of the skills that are missing, in the order to learn them."""
        return self._book.skills(self._row.gap)

    @property
    def tied_with(self) -> list[str]:
        """Names of the tracks whose gap is just as large."""
        return [self._book.facts.tracks[track].name for track in self._row.tied_with]
