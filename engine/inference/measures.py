"""Measured attributes: what is worked out from the answers and the facts before any rule runs.

A closed set. Each measure is a plain function of the tables, the answers and, for attributes that exist once
a track, the track; it gives None where the answers it needs are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from trackfit.engine.language.facts import Figure
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

    def __init__(self, facts: Facts, program: Program) -> None:
        self.facts = facts
        figures = sorted(facts.figures.values(), key=lambda figure: (figure.years or (-1, None), figure.id))
        self.bands = {
            track: Bands(
                track, tuple(figure for figure in figures if figure.is_band and figure.track == track)
            )
            for track in facts.tracks
        }
        self.track_skills = {
            track.id: tuple(dict.fromkeys(row.skill for row in track.skills))
            for track in facts.tracks.values()
        }
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
            assert attribute.measure is not None
            value = MEASURES[attribute.measure](self, answers, row or "", as_of)
            if value is not None:
                found[name] = value
        return found

    def held(self, answers: Mapping[str, Value], track: str) -> list[str] | None:
        """The track's skills that the person holds, in order of demand."""
        skills = answers.get("skills")
        if not isinstance(skills, frozenset):
            return None
        return [skill for skill in self.track_skills[track] if skill in skills]

    def bands_at(self, answers: Mapping[str, Value], track: str) -> tuple[Figure, ...] | None:
        """The track's salary bands for the person's years."""
        years = answers.get("years_experience")
        return self.bands[track].at(years) if isinstance(years, int) else None

    def comparable(self, answers: Mapping[str, Value], track: str) -> tuple[Figure, ...]:
        """Those bands that pay on the basis of the goal, or do not say on which."""
        basis = answers.get("salary_basis")
        return tuple(
            figure for figure in self.bands_at(answers, track) or () if figure.basis in (basis, "not_stated")
        )


def _skills_held(measures: Measures, answers: Mapping[str, Value], track: str, _: str) -> int | None:
    held = measures.held(answers, track)
    return None if held is None else len(held)


def _skills_missing(measures: Measures, answers: Mapping[str, Value], track: str, _: str) -> int | None:
    held = measures.held(answers, track)
    return None if held is None else len(measures.track_skills[track]) - len(held)


def _percent_held(measures: Measures, answers: Mapping[str, Value], track: str, _: str) -> int | None:
    """Rounded down, so that "at least half" never holds for less than half."""
    held = measures.held(answers, track)
    return None if held is None else 100 * len(held) // len(measures.track_skills[track])


def _levels(measures: Measures, answers: Mapping[str, Value], track: str, _: str) -> frozenset[str] | None:
    bands = measures.bands_at(answers, track)
    return None if bands is None else frozenset(band.level for band in bands if band.level)


def _bands(measures: Measures, answers: Mapping[str, Value], track: str, _: str) -> int | None:
    levels = _levels(measures, answers, track, _)
    return None if levels is None else len(levels)


def _goal_against_band(measures: Measures, answers: Mapping[str, Value], track: str, _: str) -> str | None:
    """Unknown without a goal, years or a band on a comparable basis; an open-ended band is never exceeded."""
    goal = answers.get("salary_goal")
    bands = measures.comparable(answers, track)
    if not isinstance(goal, int) or not bands:
        return None
    if goal < min(band.low for band in bands):
        return "below"
    if goal > max(band.high for band in bands) and not any(band.open_ended for band in bands):
        return "above"
    return "within"


def _figures_past_review(measures: Measures, answers: Mapping[str, Value], track: str, as_of: str) -> int:
    return len(stale(measures.facts.figures.values(), as_of))


def stale(figures: Iterable[Figure], as_of: str) -> list[Figure]:
    """The figures whose review-by date has passed on `as_of` (YYYY-MM-DD)."""
    return [figure for figure in figures if figure.review_by < as_of]


Measure = Callable[[Measures, Mapping[str, Value], str, str], Value | None]
MEASURES: dict[str, Measure] = {
    "skills_held": _skills_held,
    "skills_missing": _skills_missing,
    "percent_held": _percent_held,
    "levels": _levels,
    "bands": _bands,
    "goal_against_band": _goal_against_band,
    "figures_past_review": _figures_past_review,
}


class Inputs(msgspec.Struct, frozen=True):
    """The answers that a measure is worked out from: unknown without the `needed` ones; `also` may count, too."""

    needed: tuple[str, ...]
    also: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Both."""
        return (*self.needed, *self.also)


INPUTS: dict[str, Inputs] = {
    "skills_held": Inputs(("skills",)),
    "skills_missing": Inputs(("skills",)),
    "percent_held": Inputs(("skills",)),
    "levels": Inputs(("years_experience",)),
    "bands": Inputs(("years_experience",)),
    "goal_against_band": Inputs(("salary_goal", "years_experience"), ("salary_basis",)),
    "figures_past_review": Inputs(()),
}
