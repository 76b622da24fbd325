"""Measured attributes of one person, as plain values: what is worked out from the answers before any rule runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from trackfit.engine.inference.ways import Way, Ways
from trackfit.engine.language.attributes import (
    COUNTRY,
    SALARY_BASIS,
    SALARY_CURRENCY,
    SALARY_GOAL,
    SKILLS,
    YEARS,
)
from trackfit.engine.language.facts import USUAL_CURRENCY, Figure
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import Attribute, Facts, Program, Value


class Bands(msgspec.Struct, frozen=True):
    """A track's sourced salary bands, in order of years and id."""

    track: str
    figures: tuple[Figure, ...]

    def at(self, years: int) -> tuple[Figure, ...]:
        """The bands whose stated years include `years`; those without stated years never do."""
        return tuple(figure for figure in self.figures if figure.years and _within(years, figure.years))


def _within(years: int, span: tuple[int, int | None]) -> bool:
    return span[0] <= years and (span[1] is None or years <= span[1])


class Measures:
    """Works out the measured attributes of one knowledge base."""

    def __init__(self, facts: Facts, program: Program, ways: Ways) -> None:
        self.facts = facts
        self.ways = ways
        figures = sorted(facts.figures.values(), key=lambda figure: (figure.span, figure.id))
        self.bands = {
            track: Bands(
                track, tuple(figure for figure in figures if figure.is_band and figure.track == track)
            )
            for track in facts.tracks
        }
        self.highest = highest_pay(facts.figures.values())
        self._wanted: list[tuple[str, Attribute, str | None]] = [
            (ground.name, facts.attributes[ground.attribute], ground.row)
            for ground in program.attributes.values()
            if facts.attributes[ground.attribute].origin == "measured"
        ]

    def of(self, answers: Mapping[str, Value], as_of: str) -> dict[str, Value]:
        """Every measured attribute that is known, by ground name. `as_of` is YYYY-MM-DD.

        `answers` holds under `skills` the skills with all they count as.
        """
        found: dict[str, Value] = {}
        for name, attribute, row in self._wanted:
            value = self.value(attribute, row or "", answers, as_of)
            if value is not None:
                found[name] = value
        return found

    def value(
        self, attribute: Attribute, row: str, answers: Mapping[str, Value], as_of: str = ""
    ) -> Value | None:
        """One measured attribute, for one row where it exists once a row; None where it is unknown."""
        measure, reader = MEASURES[str(attribute.measure)], _Answered(self, answers, as_of)
        if any(one not in answers for one in measure.needed):
            return None
        if measure.when is not None and not measure.when(reader, row):
            return None
        value: Value = measure.read(reader, attribute.id, row)
        return value

    def held(self, answers: Mapping[str, Value], track: str) -> list[str] | None:
        """The track's skills that the person holds, in order of demand."""
        skills = answers.get(SKILLS)
        if not isinstance(skills, frozenset):
            return None
        return [skill for skill in self.ways.lists[track] if skill in skills]

    def way(self, answers: Mapping[str, Value], track: str) -> Way:
        """How a track stands to the person."""
        return next(way for way in self.ways.of(answers) if way.track == track)

    def bands_at(self, answers: Mapping[str, Value], track: str) -> tuple[Figure, ...] | None:
        """The track's salary bands for the person's years: those of the person's country, and of no country."""
        years, here = answers.get(YEARS), (None, answers.get(COUNTRY))
        if not isinstance(years, int):
            return None
        return tuple(figure for figure in self.bands[track].at(years) if figure.country in here)

    def comparable(self, answers: Mapping[str, Value], track: str) -> tuple[Figure, ...]:
        """Those bands that pay in the goal's currency and on its basis, or do not say on which."""
        basis, currency = answers.get(SALARY_BASIS), answers.get(SALARY_CURRENCY, USUAL_CURRENCY)
        return tuple(
            figure
            for figure in self.bands_at(answers, track) or ()
            if figure.basis in (basis, "not_stated") and figure.currency == currency
        )


class _Answered(msgspec.Struct, frozen=True):
    """What measures are made of, as plain values of one person."""

    measures: Measures
    answers: Mapping[str, Value]
    as_of: str

    def asked_for(self, track: str) -> int:
        return len(self.measures.ways.lists[track])

    def held_of(self, track: str) -> int:
        return len(self.measures.held(self.answers, track) or ())

    def missing_of(self, track: str) -> int:
        return len(self.measures.way(self.answers, track).missing)

    def place(self, track: str) -> int:
        return self.measures.way(self.answers, track).place

    def percent(self, part: int, whole: int) -> int:
        return 100 * part // whole

    def levels(self, track: str) -> frozenset[str]:
        bands = self.measures.bands_at(self.answers, track) or ()
        return frozenset(band.level for band in bands if band.level)

    def how_many(self, levels: frozenset[str]) -> int:
        return len(levels)

    def has_comparable_band(self, track: str) -> bool:
        return bool(self.measures.comparable(self.answers, track))

    def goal_against_band(self, name: str, track: str) -> str:
        goal, bands = self.answers[SALARY_GOAL], self.measures.comparable(self.answers, track)
        assert isinstance(goal, int), name
        if goal < min(band.low for band in bands):
            return "below"
        if goal > max(band.high for band in bands) and not any(band.open_ended for band in bands):
            return "above"
        return "within"

    def goal_is_in(self, currency: str) -> bool:
        answered = self.answers.get(SALARY_CURRENCY, USUAL_CURRENCY)
        return answered == currency and currency in self.measures.highest

    def goal_against_highest(self, name: str, currency: str) -> str:
        goal = self.answers[SALARY_GOAL]
        assert isinstance(goal, int), name
        return "above" if goal > self.measures.highest[currency].high else "within"

    def past_review(self) -> int:
        return len(stale(self.measures.facts.figures.values(), self.as_of))


def highest_pay(figures: Iterable[Figure]) -> dict[str, Figure]:
    """The stated figure that names the highest pay, by currency."""
    found: dict[str, Figure] = {}
    for figure in sorted(figures, key=lambda one: (-one.high, one.id)):
        if figure.currency is not None and figure.difference is None:
            found.setdefault(figure.currency, figure)
    return found


def stale(figures: Iterable[Figure], as_of: str) -> list[Figure]:
    """The figures whose review-by date has passed on `as_of` (YYYY-MM-DD)."""
    return [figure for figure in figures if figure.review_by < as_of]
