"""Measured attributes as the solver's terms, written out exactly; beside `solver` the only user of z3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import z3

from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.measures import stale
from trackfit.engine.model import Attribute, Figure

Bool = Any
"""A formula, z3.BoolRef: the library tells type checkers nothing of its own types."""


class Count(NamedTuple):
    """A number of skills as a term, and the most it can be."""

    term: Any
    most: int


class Terms(Protocol):
    """What a measure reads of a world, and where it puts its own term."""

    kb: KnowledgeBase
    rules: list[Bool]
    known: dict[str, Bool]
    value: dict[str, Any]

    def count(self, skills: Sequence[str], *, held: bool) -> Count:
        """How many of the skills are held, or are not."""
        ...

    def encode(self, attribute: Attribute, value: Any) -> Any:
        """A value as its term's kind."""
        ...


def _held_count(world: Terms, name: str, track: str, _: str | None) -> None:
    world.known[name] = world.known["skills"]
    world.value[name] = world.count(world.kb.measures.track_skills[track], held=True).term


def _missing_count(world: Terms, name: str, track: str, _: str | None) -> None:
    world.known[name] = world.known["skills"]
    world.value[name] = world.count(world.kb.measures.track_skills[track], held=False).term


def _percent_held(world: Terms, name: str, track: str, _: str | None) -> None:
    count = world.count(world.kb.measures.track_skills[track], held=True)
    percent: Any = z3.IntVal(0)
    for number in range(1, count.most + 1):
        percent = z3.If(count.term == number, 100 * number // count.most, percent)
    world.known[name] = world.known["skills"]
    world.value[name] = percent


def _fits(world: Terms, band: Figure) -> Bool:
    """When the person's years are those of a band."""
    if band.years is None:
        return z3.BoolVal(False)
    years = world.value["years_experience"]
    low, high = band.years
    return z3.And(years >= low, *(() if high is None else (years <= high,)))


def _levels(world: Terms, name: str, track: str, _: str | None) -> None:
    levels: dict[str, list[Bool]] = defaultdict(list)
    for band in world.kb.measures.bands[track].figures:
        levels[str(band.level)].append(_fits(world, band))
    world.known[name] = world.known["years_experience"]
    world.value[name] = {level: z3.Or(terms) for level, terms in levels.items()}


def _bands(world: Terms, name: str, track: str, as_of: str | None) -> None:
    _levels(world, name, track, as_of)
    world.value[name] = z3.Sum([z3.IntVal(0), *(z3.If(term, 1, 0) for term in world.value[name].values())])


def _goal_against_band(world: Terms, name: str, track: str, _: str | None) -> None:
    attribute = world.kb.facts.attributes[world.kb.program.attributes[name].attribute]
    basis = world.kb.facts.attributes["salary_basis"]
    goal = world.value["salary_goal"]
    applies: list[tuple[Figure, Bool]] = []
    for band in world.kb.measures.bands[track].figures:
        comparable = z3.BoolVal(band.basis == "not_stated")
        if any(choice.id == band.basis for choice in basis.choices):
            same = world.value["salary_basis"] == world.encode(basis, band.basis)
            comparable = z3.Or(comparable, z3.And(world.known["salary_basis"], same))
        applies.append((band, z3.And(_fits(world, band), comparable)))
    below = z3.And([z3.Implies(when, goal < band.low) for band, when in applies])
    above = z3.And(
        [z3.Implies(when, False if band.open_ended else goal > band.high) for band, when in applies]
    )
    code = {choice.id: number for number, choice in enumerate(attribute.choices)}
    world.known[name] = z3.And(
        world.known["salary_goal"], world.known["years_experience"], z3.Or([when for _, when in applies])
    )
    world.value[name] = z3.If(below, code["below"], z3.If(above, code["above"], code["within"]))


def _figures_past_review(world: Terms, name: str, _: str, as_of: str | None) -> None:
    """On no particular date it may be any number."""
    world.known[name] = z3.BoolVal(True)
    if as_of is not None:
        world.value[name] = z3.IntVal(len(stale(world.kb.facts.figures.values(), as_of)))
        return
    world.value[name] = z3.Int(name)
    world.rules.append(z3.And(world.value[name] >= 0, world.value[name] <= len(world.kb.facts.figures)))


MEASURE_TERMS: dict[str, Callable[[Terms, str, str, str | None], None]] = {
    "skills_held": _held_count,
    "skills_missing": _missing_count,
    "percent_held": _percent_held,
    "levels": _levels,
    "bands": _bands,
    "goal_against_band": _goal_against_band,
    "figures_past_review": _figures_past_review,
}
