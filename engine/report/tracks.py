"""What templates see of tracks and of a recommendation."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from trackfit.engine.inference.consult import Recommendation
from trackfit.engine.inference.ways import Way
from trackfit.engine.language import formats
from trackfit.engine.language.columns import Record
from trackfit.engine.language.facts import Family, Figure, Route, Track
from trackfit.engine.language.markdown import Ready
from trackfit.engine.report.drawing import charts
from trackfit.engine.report.routes import RouteView, StepView, undated
from trackfit.engine.report.salary import goal_against, goal_in_short

if TYPE_CHECKING:
    from trackfit.engine.report.book import Book
    from trackfit.engine.report.figures import FigureView

LEVELS = {
    "entry": "entry",
    "mid": "mid",
    "senior": "senior",
    "staff": "staff or principal",
    "lead": "lead or manager",
}
"""Levels of salary bands in words, from the lowest."""


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
    def titles(self) -> list[str]:
        """Job titles to search for, the best known first; those of its kinds of job where it has several."""
        roles = [family.role for family in self.families if family.role] or [self._row.role]
        return list(dict.fromkeys((*roles, *self._row.titles)))

    @property
    def families(self) -> list[FamilyView]:
        """The kinds of job in it, where it has several: those first of whose skills the person holds the larger share."""
        found = [self._family(row) for row in self._row.families]
        return sorted(found, key=lambda one: -Fraction(one.held, one.skills or 1))

    def _family(self, row: Family) -> FamilyView:
        mine = [one.skill for one in self._row.skills if one.family == row.id]
        there = [skill for skill in mine if skill not in self._way.missing]
        return FamilyView(name=row.name, role=row.role or "", held=len(there), skills=len(mine))

    @property
    def cv_lines(self) -> list[str]:
        """Lines for a CV, for the skills of its list that the person named, the most wanted first."""
        rows = (self._book.facts.skills[skill] for skill in self._way.held)
        return [row.cv_line for row in rows if row.cv_line]

    @property
    def bar(self) -> Ready:
        """Its skills as signs, one each: held, usual and missing; on a page a chart of cells."""
        return charts.cells(self._book, len(self._way.held), len(self._way.usual), len(self._way.missing))

    @property
    def gap(self) -> list[Missing]:
        """What is missing, in the order to learn it, each with how much it is asked for."""
        steps = self._book.consultation.steps(self._way)
        order = dict.fromkeys(skill for step in steps for skill in step.to_learn)
        wanted = [skill for skill in (*order, *self._way.missing) if skill in self._way.missing]
        return [self._missing(skill) for skill in dict.fromkeys(wanted)]

    def _missing(self, skill: str) -> Missing:
        figures = self._book.facts.figures
        demand = next((row.demand for row in self._row.skills if row.skill == skill), ())
        shares = [id_ for id_ in demand if figures[id_].unit == "percent_of_postings"]
        shown = self._book.figure(shares[0]) if shares else ""
        return Missing(name=self._book.skills([skill])[0], demand=shown)

    @property
    def daily_work(self) -> list[str]:
        """What the days consist of; for a track with several kinds of job, those of each kind."""
        lines = list(self._row.daily_work)
        return lines + [
            f"{family.name}: {line}" for family in self._row.families for line in family.daily_work
        ]

    @property
    def demand(self) -> list[SkillDemand]:
        """The track's skills for which there are figures of demand, in order of demand."""
        held = self._book.held
        families = {family.id: family.name for family in self._row.families}
        return [
            SkillDemand(
                name=self._book.skills([row.skill])[0],
                held=row.skill in held,
                family=families.get(row.family or "", ""),
                figures=self._book.figures(row.demand),
            )
            for row in self._row.skills
            if row.demand
        ]

    @property
    def also_wanted(self) -> list[str]:
        """Names of the track's skills for which there is no figure of demand."""
        return self._book.skills(row.skill for row in self._row.skills if not row.demand)

    @property
    def growth(self) -> list[FigureView]:
        """Figures about the growth of the track as a whole."""
        return self._book.figures(self._row.growth)

    @property
    def demand_growth(self) -> list[FigureView]:
        """Those figures, and what is known of how the demand for its skills grows."""
        figures = self._book.facts.figures
        of_skills = (id_ for row in self._row.skills for id_ in row.demand)
        growing = [id_ for id_ in of_skills if figures[id_].unit == "percent_growth_yoy"]
        return self._book.figures(dict.fromkeys((*self._row.growth, *growing)))

    @property
    def averages(self) -> list[FigureView]:
        """Salary averages and medians that belong to no level; another track's, where the source points there."""
        rows = [self._book.facts.figures[id_] for id_ in self._row.averages]
        return self._book.figures(row.id for row in self._book.here(rows))

    @property
    def market(self) -> list[FigureView]:
        """What else is published about its market, as far as it concerns the person."""
        rows = [self._book.facts.figures[id_] for id_ in self._row.market]
        return self._book.figures(row.id for row in self._book.here(rows))

    @property
    def bands(self) -> list[FigureView]:
        """The salary bands for the person's years, on the goal's basis where a goal is given."""
        answers = self._book.consultation.memory.known
        measures = self._book.kb.measures
        if "salary_goal" in answers:
            rows = measures.comparable(answers, self._row.id)
        else:
            rows = measures.bands_at(answers, self._row.id) or ()
        return self._book.figures(row.id for row in rows)

    @property
    def all_bands(self) -> list[FigureView]:
        """The salary bands for the person's years on every basis, and those without years; all where the years fit none."""
        bands = self._book.kb.measures.bands[self._row.id].figures
        if not self.bands_at_years:
            return self._ordered(bands)
        return [*self.bands_at_years, *self._ordered(row for row in bands if row.years is None)]

    @property
    def bands_at_years(self) -> list[FigureView]:
        """The salary bands for the person's years on every basis; empty where the years fit none."""
        known = self._book.consultation.memory.known
        return self._ordered(self._book.kb.measures.bands_at(known, self._row.id) or ())

    def _ordered(self, bands: Iterable[Figure]) -> list[FigureView]:
        levels = {level: place for place, level in enumerate(LEVELS)}
        ordered = sorted(bands, key=lambda row: (row.family or "", row.span, levels[str(row.level)]))
        return self._book.figures(row.id for row in self._book.here(ordered))

    @property
    def goal_told(self) -> Ready:
        """The salary goal against the best figures there are, in a sentence or two; empty without a goal."""
        return goal_against(self._book, self._row.id)

    @property
    def goal_in_short(self) -> str:
        """The same in a few words, where no band for the person's years and basis says more; empty without a goal."""
        return goal_in_short(self._book, self._row.id)

    @property
    def goal(self) -> str:
        """The salary goal against the bands: below, within, above, or empty where they cannot be compared."""
        value = self._book.consultation.known(f"goal_against_band of {self._row.id}")
        return value if isinstance(value, str) else ""

    @property
    def skills(self) -> list[str]:
        """Names of the skills that the track is compared by, in order of demand."""
        return self._book.skills(self._wanted)

    @property
    def _way(self) -> Way:
        return self._book.way(self._row.id)

    @property
    def place(self) -> int:
        """Its place among all tracks by the share missing: 1 is the smallest gap; tied tracks share theirs."""
        return self._way.place

    @property
    def there(self) -> list[str]:
        """Those of its skills that are held or usual: all that is not missing."""
        return self._book.skills(one for one in self._wanted if one not in self._way.missing)

    @property
    def published(self) -> RouteView | None:
        """The route that a source gives from the person's background at their years; nothing where none does."""
        return self._book.route(self._way.route) if self._way.route else None

    @property
    def closeness(self) -> str:
        """How near it is: near, within reach, or far."""
        return (self._way.closeness or "").replace("_", " ")

    @property
    def held(self) -> list[str]:
        """Those of them that the person named, or that follow from what was named."""
        return self._book.skills(self._way.held)

    @property
    def usual(self) -> list[str]:
        """Those of them that people of this background usually bring, neither named nor denied."""
        return self._book.skills(self._way.usual)

    @property
    def missing(self) -> list[str]:
        """The rest of them: the gap."""
        return self._book.skills(self._way.missing)

    @property
    def steps(self) -> list[StepView]:
        """What to learn for all of its skills, in order, with what shows that it is learned; nobody says how long it takes."""
        return undated(self._book, self._book.consultation.steps(self._way))

    @property
    def percent_held(self) -> str:
        """How many of them are there, held or usual, in percent."""
        return formats.percent(len(self.held) + len(self.usual), len(self._wanted))

    @property
    def route(self) -> RouteView | None:
        """The route that a source gives for the person's background, recommended or only priced."""
        routes = self._book.facts.routes.values()
        found = next((route for route in routes if self._leads_here(route)), None)
        return self._book.route(found.id) if found else None

    def _leads_here(self, route: Route) -> bool:
        """Whether it leads from the person's background to this track."""
        background = self._book.consultation.case.answers.get("background")
        return route.background == background and route.track == self._row.id

    @property
    def _wanted(self) -> tuple[str, ...]:
        return self._book.kb.ways.lists[self._row.id]


class Missing(Record, frozen=True):
    """A skill that is missing."""

    name: str
    """Its name."""
    demand: FigureView | str
    """The share of postings that ask for it; empty where no source gives one."""


class FamilyView(Record, frozen=True):
    """One of several kinds of job in a track."""

    name: str
    """Its name."""
    role: str
    """What a person in it is called; may be empty."""
    held: int
    """How many of its skills are held or usual."""
    skills: int
    """How many skills it asks for."""


class SkillDemand(Record, frozen=True):
    """A skill that a track asks for, whether the person holds it, and how much it is asked for."""

    name: str
    """Its name."""
    held: bool
    """Whether the person holds it."""
    family: str
    """The kind of job that asks for it, where the track has several; otherwise empty."""
    figures: list[FigureView]
    """How much it is asked for."""


class Average(Record, frozen=True):
    """An average of a track that concerns the person, with the tracks for which a source points to it too."""

    figure: FigureView
    """The average."""
    also_for: list[str]
    """Names of the tracks for which the source points to it, for want of one of their own."""


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
    def steps(self) -> list[StepView]:
        """The steps of the plan: those of the route, else those to all of the track's skills."""
        return self.route.steps if self.route else self.track.steps

    @property
    def carries_over(self) -> list[str]:
        """Names of the skills that carry over."""
        return self._book.skills(self._row.carries_over)

    @property
    def brings(self) -> list[str]:
        """Those of them that the person named, or that follow from what was named."""
        held = self._book.held
        return self._book.skills(skill for skill in self._row.carries_over if skill in held)

    @property
    def unnamed(self) -> list[str]:
        """The skills of the track's list that are usual for the background, neither named nor denied."""
        return self.track.usual

    @property
    def as_usual(self) -> bool:
        """Whether none of the skills that carry over is denied."""
        there = self._book.held | self._book.kb.ways.brought(self._book.consultation.memory.known)
        return there.issuperset(self._row.carries_over)

    @property
    def have(self) -> list[str]:
        """Names of the skills of the track's list that the person holds."""
        return self._book.skills(self._row.have)

    @property
    def gap(self) -> list[str]:
        """Names of the skills of the track's list that are missing, in the order to learn them."""
        return self._book.skills(self._row.gap)

    @property
    def held_besides(self) -> list[str]:
        """Those of the skills they hold that the route does not count on."""
        return self._book.skills(skill for skill in self._row.have if skill not in self._row.carries_over)

    @property
    def tied_with(self) -> list[str]:
        """Names of the tracks whose gap is just as large."""
        return [self._book.facts.tracks[track].name for track in self._row.tied_with]
