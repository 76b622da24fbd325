"""Measured attributes as the solver's terms, written out exactly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import z3

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.measures import INPUTS
from trackfit.engine.language.facts import Figure
from trackfit.engine.language.model import Attribute

Bool = Any
"""A formula, z3.BoolRef: the library tells type checkers nothing of its own types."""


class Count(NamedTuple):
    """A number of skills as a term, and the most it can be."""

    term: Any
    most: int


LAST_DAY = "9999-12-31"


class Dates:
    """The date to advise for, as far as it matters: how many of the review dates have passed. One date for all.

    It is `as_of`, or else any date on which all figures have the values that they have here.
    """

    def __init__(self, kb: KnowledgeBase, as_of: str | None) -> None:
        self._as_of = as_of
        self._due = sorted(Counter(figure.review_by for figure in kb.facts.figures.values()).items())
        fewest, most = (
            sum(line < day for line, _ in self._due) for day in (as_of or kb.settled, as_of or LAST_DAY)
        )
        self._passed = z3.Int("review dates passed")
        self.possible: Bool = z3.And(self._passed >= fewest, self._passed <= most)
        self.all_current: Bool = self._passed == 0
        self.stale = z3.Sum(
            [z3.IntVal(0), *(z3.If(self._passed > place, n, 0) for place, (_, n) in enumerate(self._due))]
        )

    def day_in(self, model: Any) -> str:
        """A date (YYYY-MM-DD) that a model stands for."""
        passed = model.eval(self._passed, model_completion=True).as_long()
        return self._as_of or [*(line for line, _ in self._due), LAST_DAY][passed]


class Terms(Protocol):
    """What a measure reads of a world, and where it puts its own term."""

    kb: KnowledgeBase
    known: dict[str, Bool]
    value: dict[str, Any]
    dates: Dates

    def count(self, skills: Sequence[str], *, held: bool) -> Count:
        """How many of the skills are held, or are not."""
        ...

    def encode(self, attribute: Attribute, value: Any) -> Any:
        """A value as its term's kind."""
        ...


def _known(world: Terms, answer: str) -> Bool:
    """When an answer is known; never, where there is no such question."""
    return world.known.get(answer, z3.BoolVal(False))


def _held_count(world: Terms, name: str, track: str) -> None:
    world.known[name] = _known(world, "skills")
    world.value[name] = world.count(world.kb.measures.track_skills[track], held=True).term


def _missing_count(world: Terms, name: str, track: str) -> None:
    world.known[name] = _known(world, "skills")
    world.value[name] = world.count(world.kb.measures.track_skills[track], held=False).term


def _percent_held(world: Terms, name: str, track: str) -> None:
    count = world.count(world.kb.measures.track_skills[track], held=True)
    percent: Any = z3.IntVal(0)
    for number in range(1, count.most + 1):
        percent = z3.If(count.term == number, 100 * number // count.most, percent)
    world.known[name] = _known(world, "skills")
    world.value[name] = percent


def _fits(world: Terms, band: Figure) -> Bool:
    """When the person's years are those of a band."""
    if band.years is None:
        return z3.BoolVal(False)
    years = world.value.get("years_experience", z3.IntVal(0))
    low, high = band.years
    return z3.And(years >= low, *(() if high is None else (years <= high,)))


def _levels(world: Terms, name: str, track: str) -> None:
    levels: dict[str, list[Bool]] = defaultdict(list)
    for band in world.kb.measures.bands[track].figures:
        levels[str(band.level)].append(_fits(world, band))
    world.known[name] = _known(world, "years_experience")
    world.value[name] = {level: z3.Or(terms) for level, terms in levels.items()}


def _bands(world: Terms, name: str, track: str) -> None:
    _levels(world, name, track)
    world.value[name] = z3.Sum([z3.IntVal(0), *(z3.If(term, 1, 0) for term in world.value[name].values())])


def _comparable(world: Terms, band: Figure) -> Bool:
    """When a band pays on the basis of the goal, or does not say on which; or neither says."""
    if band.basis == "not_stated":
        return z3.BoolVal(True)
    known = _known(world, "salary_basis")
    if band.basis is None:
        return z3.Not(known)
    basis = world.kb.facts.attributes.get("salary_basis")
    if basis is None or band.basis not in [choice.id for choice in basis.choices]:
        return z3.BoolVal(False)
    return z3.And(known, world.value["salary_basis"] == world.encode(basis, band.basis))


def _goal_against_band(world: Terms, name: str, track: str) -> None:
    attribute = world.kb.facts.attributes[world.kb.program.attributes[name].attribute]
    goal = world.value.get("salary_goal", z3.IntVal(0))
    applies = [
        (band, z3.And(_fits(world, band), _comparable(world, band)))
        for band in world.kb.measures.bands[track].figures
    ]
    below = z3.And([z3.Implies(when, goal < band.low) for band, when in applies])
    above = z3.And(
        [z3.Implies(when, False if band.open_ended else goal > band.high) for band, when in applies]
    )
    code = {choice.id: number for number, choice in enumerate(attribute.choices)}
    needed = [_known(world, one) for one in INPUTS["goal_against_band"].needed]
    world.known[name] = z3.And(*needed, z3.Or([when for _, when in applies]))
    world.value[name] = z3.If(
        below, code.get("below", -1), z3.If(above, code.get("above", -1), code.get("within", -1))
    )


def _figures_past_review(world: Terms, name: str, _: str) -> None:
    world.known[name] = z3.BoolVal(True)
    world.value[name] = world.dates.stale


MEASURE_TERMS: dict[str, Callable[[Terms, str, str], None]] = {
    "skills_held": _held_count,
    "skills_missing": _missing_count,
    "percent_held": _percent_held,
    "levels": _levels,
    "bands": _bands,
    "goal_against_band": _goal_against_band,
    "figures_past_review": _figures_past_review,
}
