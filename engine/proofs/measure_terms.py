"""Measured attributes as the solver's terms, written out exactly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import z3

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.facts import USUAL_CURRENCY, Figure
from trackfit.engine.language.measures import Measure
from trackfit.engine.language.model import Attribute
from trackfit.engine.problems.errors import LAST_DAY
from trackfit.engine.proofs.ranking_terms import Bool, RankingTerms


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


class Measured(Protocol):
    """What measures are made of."""

    kb: KnowledgeBase
    known: dict[str, Bool]
    value: dict[str, Any]
    dates: Dates

    def count_held(self, skills: Sequence[str]) -> Any:
        """How many of the skills are held."""
        ...

    def missing(self, track: str) -> Any:
        """How many skills of a track are missing."""
        ...

    @property
    def ranking(self) -> RankingTerms:
        """The order of tracks."""
        ...

    def encode(self, attribute: Attribute, value: Any) -> Any:
        """A value as its term's kind."""
        ...


class MeasureTerms:
    """The measures of one person, as terms: what they are made of, and which are known."""

    def __init__(self, person: Measured) -> None:
        self._person = person
        self._kb = person.kb

    def put(self, name: str, measure: Measure, row: str) -> None:
        """Add the term of a ground attribute, and when it is known."""
        known = [self._known(answer) for answer in measure.needed]
        if measure.when is not None:
            known.append(measure.when(self, row))
        self._person.known[name] = z3.And(known)
        self._person.value[name] = measure.read(self, name, row)

    def asked_for(self, track: str) -> int:
        """How many skills a track asks for."""
        return len(self._kb.ways.lists[track])

    def held_of(self, track: str) -> Any:
        """How many of them are held."""
        return self._person.count_held(self._kb.ways.lists[track])

    def missing_of(self, track: str) -> Any:
        """How many of them are missing."""
        return self._person.missing(track)

    def place(self, track: str) -> Any:
        """The place of a track among all."""
        return self._person.ranking.place(track)

    def percent(self, part: Any, whole: int) -> Any:
        """A share in percent, rounded down: written out, as solvers are slow to divide."""
        percent: Any = z3.IntVal(0)
        for number in range(1, whole + 1):
            percent = z3.If(part == number, 100 * number // whole, percent)
        return percent

    def levels(self, track: str) -> dict[str, Bool]:
        """The levels of a track, each with when its bands include the person's years."""
        levels: dict[str, list[Bool]] = defaultdict(list)
        for band in self._kb.measures.bands[track].figures:
            levels[str(band.level)].append(self._fits(band))
        return {level: z3.Or(terms) for level, terms in levels.items()}

    def how_many(self, levels: Mapping[str, Bool]) -> Any:
        """How many levels there are."""
        return z3.Sum([z3.IntVal(0), *(z3.If(term, 1, 0) for term in levels.values())])

    def has_comparable_band(self, track: str) -> Bool:
        """Whether there is a band for these years on the basis of the goal."""
        return z3.Or([when for _, when in self._applying(track)])

    def goal_against_band(self, name: str, track: str) -> Any:
        """Where the goal lies against those bands."""
        goal = self._person.value.get("salary_goal", z3.IntVal(0))
        applies = self._applying(track)
        below = z3.And([z3.Implies(when, goal < band.low) for band, when in applies])
        above = z3.And(
            [z3.Implies(when, False if band.open_ended else goal > band.high) for band, when in applies]
        )
        code = self._codes(name)
        return z3.If(
            below, code.get("below", -1), z3.If(above, code.get("above", -1), code.get("within", -1))
        )

    def goal_is_in(self, currency: str) -> Bool:
        """Whether the goal is in a currency in which some figure of pay is."""
        return self._in_money(currency) if currency in self._kb.measures.highest else z3.BoolVal(False)

    def goal_against_highest(self, name: str, currency: str) -> Any:
        """Where it lies against the highest of these figures."""
        code, highest = self._codes(name), self._kb.measures.highest.get(currency)
        if highest is None:
            return z3.IntVal(-1)
        goal = self._person.value.get("salary_goal", z3.IntVal(0))
        return z3.If(goal > highest.high, code.get("above", -1), code.get("within", -1))

    def past_review(self) -> Any:
        """How many figures are past their review date."""
        return self._person.dates.stale

    def _codes(self, name: str) -> dict[str, int]:
        """The number that stands for each choice of a ground attribute."""
        attribute = self._kb.facts.attributes[self._kb.program.attributes[name].attribute]
        return {choice.id: number for number, choice in enumerate(attribute.choices)}

    def _known(self, answer: str) -> Bool:
        """When an answer is known; never, where there is no such question."""
        return self._person.known.get(answer, z3.BoolVal(False))

    def _fits(self, band: Figure) -> Bool:
        """When the person's years are those of a band, and the country too where it is of one."""
        if band.years is None:
            return z3.BoolVal(False)
        years = self._person.value.get("years_experience", z3.IntVal(0))
        low, high = band.years
        here = z3.BoolVal(True) if band.country is None else self._answered("country", band.country)
        return z3.And(years >= low, *(() if high is None else (years <= high,)), here)

    def _answered(self, name: str, value: str) -> Bool:
        """When a question is answered with one of its choices; never, where it is none of them."""
        attribute = self._kb.facts.attributes.get(name)
        if attribute is None or value not in [choice.id for choice in attribute.choices]:
            return z3.BoolVal(False)
        return z3.And(self._known(name), self._person.value[name] == self._person.encode(attribute, value))

    def _in_money(self, currency: str) -> Bool:
        """When the goal is in a currency; one that names none is in the usual one."""
        named = self._answered("salary_currency", currency)
        if currency != USUAL_CURRENCY:
            return named
        return z3.Or(named, z3.Not(self._known("salary_currency")))

    def _applying(self, track: str) -> list[tuple[Figure, Bool]]:
        """The bands of a track, each with when it is to be compared with the goal."""
        bands = self._kb.measures.bands[track].figures
        return [
            (band, z3.And(self._fits(band), self._comparable(band), self._in_money(str(band.currency))))
            for band in bands
        ]

    def _comparable(self, band: Figure) -> Bool:
        """When a band pays on the basis of the goal, or does not say on which; or neither says."""
        if band.basis == "not_stated":
            return z3.BoolVal(True)
        if band.basis is None:
            return z3.Not(self._known("salary_basis"))
        return self._answered("salary_basis", band.basis)
