"""An example case for what the analysis of rules finds, proved by running the rules on it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, islice, product
from typing import Any

from trackfit.engine.cases.case import CaseReader
from trackfit.engine.inference.measures import Measures
from trackfit.engine.inference.three_valued import ThreeValuedEngine, WorkingMemory
from trackfit.engine.inference.ways import Ways
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.model import Facts, GroundRule, Program, Value, conclusion_of
from trackfit.engine.workshop.check.analysis import Alternatives
from trackfit.engine.workshop.check.limits import Clause, Limit, Space

MOST_WAYS = 40
"""So many ways to give what a rule asks other rules to conclude are followed."""
MOST_TRIED = 400
"""So many answers are tried for one rule; then none is shown."""


class Witness:
    """Finds cases in which rules fire, for one knowledge base on one day (`as_of`, YYYY-MM-DD)."""

    def __init__(self, facts: Facts, program: Program, readings: Sequence[Alternatives], as_of: str) -> None:
        self.facts, self.program, self.as_of = facts, program, as_of
        self.space = Space(facts, program)
        self.reader = CaseReader(facts)
        self.measures = Measures(facts, program, Ways(facts, self.reader.index))
        self._rules = {rule.key: rule for rule in program.rules}
        self._concluding: dict[str, list[GroundRule]] = {}
        for rule in program.rules:
            if (given := conclusion_of(rule.then)) is not None:
                self._concluding.setdefault(given[0], []).append(rule)
        self.givers: dict[tuple[str, Any], list[Clause]] = {}
        for reading in readings:
            conclusion = conclusion_of(reading.rule.then)
            if conclusion is not None:
                self.givers.setdefault(conclusion, []).extend(reading.clauses)

    def ruled_out(self, clause: Clause) -> bool:
        """Whether nothing that rules conclude can satisfy the alternative together with what it asks of answers."""
        return next(self._without_conclusions(clause, 0), None) is None

    def case(self, clause: Clause, rules: set[str]) -> dict[str, Value] | None:
        """Answers that satisfy the alternative and for which all these ground rules fire; None where none are found."""
        ways = islice(self._without_conclusions(clause, 0), MOST_WAYS)
        answers = islice((one for way in ways for one in self._answers(way)), MOST_TRIED)
        return next((one for one in answers if rules <= self.fired(one, rules)), None)

    def fired(
        self, answers: dict[str, Value], rules: Iterable[str] | None = None, as_of: str | None = None
    ) -> set[str]:
        """The ground rules that fire for some answers, on the witness's day or another.

        Of `rules`, and those that decide of them, where they are given: what else fires is not looked at.
        """
        known = dict(self.reader.case(answers).answers)
        skills = known.get("skills")
        if isinstance(skills, frozenset):
            known["skills"] = self.reader.index.counted(skills)
        known.update(self.measures.of(known, as_of or self.as_of))
        concluded = [name for name, domain in self.space.domains.items() if domain.concluded]
        memory = WorkingMemory(known, concluded)
        fired: set[str] = set()

        def conclude(rule: GroundRule) -> None:
            fired.add(rule.key)
            conclusion = conclusion_of(rule.then)
            if conclusion is not None:
                memory.concluded[conclusion[0]].add(conclusion[1])

        engine = self._all if rules is None else ThreeValuedEngine(self._deciding(rules))
        engine.run(memory, conclude)
        return fired

    @cached_property
    def _all(self) -> ThreeValuedEngine:
        return ThreeValuedEngine(self.program.rules)

    def _deciding(self, rules: Iterable[str]) -> list[GroundRule]:
        """Rules by key, and every rule that concludes something which one of these asks for."""
        found: dict[str, GroundRule] = {}
        waiting = [self._rules[key] for key in rules]
        while waiting:
            rule = waiting.pop()
            if rule.key not in found:
                found[rule.key] = rule
                asked = {leaf.attribute for leaf in leaves(rule.when)}
                waiting.extend(chain.from_iterable(self._concluding.get(name, ()) for name in asked))
        return list(found.values())

    def _without_conclusions(self, clause: Clause, depth: int) -> Iterator[Clause]:
        """The ways to satisfy an alternative: each value that must be concluded is replaced by what gives it."""
        name = next((one for one in sorted(clause) if self.space.domains[one].concluded), None)
        if name is None:
            yield clause
            return
        if depth > len(self.space.domains):
            return
        for chosen in product(*self._givers(name, clause[name])):
            joint: Clause | None = _without(clause, name)
            for giver in chosen:
                joint = None if joint is None else self.space.together(joint, giver)
            if joint is not None:
                yield from self._without_conclusions(_without(joint, name), depth + 1)

    def _givers(self, name: str, limit: Limit) -> list[list[Clause]]:
        """For each value that must be concluded what gives it; where any value will do, what gives any."""
        if limit.known and not limit.has:
            values = sorted((value for giver, value in self.givers if giver == name), key=str)
            return [[giver for value in values for giver in self.givers[name, value]]]
        return [self.givers.get((name, value), []) for value in sorted(limit.has, key=str)]

    def _answers(self, clause: Clause) -> Iterator[dict[str, Value]]:
        """Answers within the limits of an alternative; of the measures it speaks of, several to try."""
        fixed: dict[str, Value] = {}
        for name, attribute in self.reader.attributes.items():
            limit = clause.get(name)
            needed = attribute.question is not None and attribute.question.required
            if (limit is not None and limit.known) or needed:
                fixed[name] = self._value(name, limit)
        measured = [name for name in clause if name not in self.reader.attributes]
        for more in product(*self._options(clause, measured)) if measured else [()]:
            yield {**fixed, **{name: value for name, value in more if value is not None}}

    def _value(self, name: str, limit: Limit | None) -> Value:
        domain = self.space.domains[name]
        if domain.several:
            return frozenset(str(one) for one in limit.has) if limit else frozenset()
        if domain.values:
            allowed = limit.allowed if limit else domain.values
            order: list[str | bool] = [choice.id for choice in self.reader.attributes[name].choices]
            return next(one for one in order or [True, False] if one in allowed)
        low, high = (limit.low, limit.high) if limit else (domain.low, domain.high)
        excluded = limit.without if limit else frozenset()
        return next((number for number in range(low, high + 1) if number not in excluded), low)

    def _options(self, clause: Clause, measured: Sequence[str]) -> list[list[tuple[str, Value | None]]]:
        """What to try for the answers that measures are taken of, as far as the alternative leaves them open."""
        rows = {self.program.attributes[name].row for name in measured}
        tracks = [row for row in rows if row is not None and row in self.facts.tracks]
        bands = list(chain.from_iterable(self.measures.bands[track].figures for track in tracks))
        ends = chain.from_iterable(band.years or () for band in bands)
        around = ((int(band.low) - 1, int(band.low), int(band.high) + 1) for band in bands)
        tried: dict[str, Iterable[Value]] = {
            "skills": self._skills(tracks, clause.get("skills")),
            "years_experience": {0, *(end for end in ends if end is not None)},
            "salary_goal": set(chain.from_iterable(around)),
        }
        return [
            self._fitting(name, values, limit)
            for name, values in tried.items()
            if name in self.reader.attributes and ((limit := clause.get(name)) is None or limit.known)
        ]

    def _fitting(
        self, name: str, values: Iterable[Value], limit: Limit | None
    ) -> list[tuple[str, Value | None]]:
        fitting = sorted((one for one in values if self._fits(name, one, limit)), key=str)
        return [(name, value) for value in fitting] or [(name, None)]

    def _skills(self, tracks: Sequence[str], held: Limit | None) -> Iterator[frozenset[str]]:
        """All skills of tracks, every second, every third, the first, as far as the alternative lets them be held."""
        needed = [str(one) for one in held.has] if held else []
        for step in (1, 2, 3, sys.maxsize):
            of_tracks = {skill for track in tracks for skill in self.measures.ways.lists[track][::step]}
            yield frozenset({*(of_tracks - held.lacks if held else of_tracks), *needed})

    def _fits(self, name: str, value: Value, limit: Limit | None) -> bool:
        if isinstance(value, frozenset):
            return True
        domain = self.space.domains[name]
        low, high = (limit.low, limit.high) if limit else (domain.low, domain.high)
        return low <= int(value) <= high and (limit is None or value not in limit.without)


def _without(clause: Clause, name: str) -> Clause:
    return {one: limit for one, limit in clause.items() if one != name}
