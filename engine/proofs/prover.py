"""Asks the solver about every possible person of one knowledge base, and has the rule engine confirm whom it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.conditions import Condition
from trackfit.engine.language.model import GroundRule, given_by
from trackfit.engine.problems.errors import ConflictingConclusions, EngineFailure
from trackfit.engine.problems.problem import Location, Problem
from trackfit.engine.proofs.encoding import Solver, World, negation
from trackfit.engine.proofs.ranking_terms import Bool


class Failure(msgspec.Struct, frozen=True):
    """One way in which a statement is false: in words, and for whom (None: it concerns no case).

    `after` is the same person with more answers, where the statement compares the two. `as_of` is set where it
    takes a date: on this one figures are due for review.
    """

    text: str
    case: Case | None = None
    after: Case | None = None
    as_of: str | None = None


class Prover:
    """Asks about every possible person, and about the same person after answering more.

    For every date on which figures have these values, or for `as_of` (YYYY-MM-DD). `milliseconds` bounds each
    question, and `undecided` collects those for which that was too little. `conditions` are those asked about beside
    the rules.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        *,
        conditions: Iterable[Condition] = (),
        as_of: str | None = None,
        milliseconds: int = 10_000,
    ) -> None:
        self.kb = kb
        self.undecided: list[str] = []
        self._given = (tuple(conditions), as_of, milliseconds)
        self.world = self._world("")
        self._alone = Solver(milliseconds)
        self._alone.assume(self.world.rules)

    def _world(self, name: str) -> World:
        conditions, as_of, _ = self._given
        return World(self.kb, as_of, name, conditions=conditions)

    @cached_property
    def plain(self) -> World:
        """The person under rules to which an open question says nothing."""
        world = self.world.without_silence("plainly ")
        self._alone.assume(world.rules)
        return world

    @cached_property
    def fuller(self) -> World:
        """The person after answering more."""
        return self._world("then ")

    @cached_property
    def _both(self) -> Solver:
        solver = Solver(self._given[-1])
        solver.assume([*self.world.rules, *self.fuller.rules, *self.world.extended_by(self.fuller)])
        solver.assume([self.world.consistent, self.fuller.consistent])
        return solver

    def possible(self, formula: Bool, text: str) -> bool | None:
        """Whether `formula` holds for somebody whom the engine advises; None, and noted, where not decided."""
        verdict, _ = self._alone.ask(self.world.consistent, formula)
        if verdict == "undecided":
            self.undecided.append(text)
            return None
        return verdict == "sat"

    def impossible(self, formula: Bool, text: str) -> bool:
        """Whether `formula` is proved to hold for nobody, not even for those whom the engine refuses to advise."""
        verdict, _ = self._alone.ask(formula)
        if verdict == "undecided":
            self.undecided.append(text)
        return verdict == "unsat"

    def refute(
        self, formula: Bool, text: str, *, twice: bool = False, conflict: bool = False
    ) -> Iterator[Failure]:
        """The failure of a statement that is false where `formula` holds, if it does for anybody.

        `twice`: the formula is about the fuller person, too. `conflict`: about one whom the engine refuses.
        """
        solver, worlds = (self._both, [self.fuller, self.world]) if twice else (self._alone, [self.world])
        asked = [formula] if conflict else [formula, self.world.consistent]
        verdict, model = solver.ask(*asked)
        if verdict == "undecided":
            self.undecided.append(text)
        if verdict != "sat":
            return
        model = _shortest(solver, asked, model, worlds)
        day = self.world.dates.day_in(model)
        cases = [world.case(model) for world in worlds]
        for world, case in zip(worlds, cases, strict=True):
            self._confirm(world, case, model, day, conflict=conflict)
        current = self.world.holds_in(model, self.world.dates.all_current)
        yield Failure(text, cases[-1], cases[0] if twice else None, None if current else day)

    def _confirm(self, world: World, case: Case, model: Any, day: str, *, conflict: bool) -> None:
        """The rule engine must say of the case what the solver's model says."""
        try:
            found = {rule.key for rule in self.kb.consult(case, day).fired}
            expected = {
                rule.key for rule in self.kb.program.rules if world.holds_in(model, world.fires(rule.key))
            }
            differs = sorted(found ^ expected) or (["a contradiction"] if conflict else [])
        except ConflictingConclusions:
            differs = [] if conflict else ["a contradiction"]
        if differs:
            text = (
                f"solver and engine disagree on {', '.join(differs)} for {case.plain()}; please report this"
            )
            raise EngineFailure([Problem(where=Location("prove"), id="solver-disagrees", text=text)])


def _shortest(solver: Solver, asked: list[Bool], model: Any, worlds: list[World]) -> Any:
    """A model of the same formulas with few answers, few elements of sets, and on a date when nothing is stale."""
    kept = list(asked)

    def wish(formula: Bool) -> None:
        nonlocal model
        if not worlds[0].holds_in(model, formula):
            verdict, other = solver.ask(*kept, formula)
            if verdict != "sat":
                return
            model = other
        kept.append(formula)

    wish(worlds[0].dates.all_current)
    for world in worlds:
        for given in world.given.values():
            wish(negation(given))
    for world in worlds:
        for bits in world.elements.values():
            for bit in bits.values():
                wish(negation(bit))
    return model


def swallowed(
    rules: Iterable[GroundRule], covers: Callable[[GroundRule, GroundRule], bool]
) -> Iterator[tuple[str, list[str]]]:
    """The rules that add nothing, from the last: for each of their rows another rule `covers` it and gives the same.

    Each with the keys of the others, none of which was found to add nothing itself: of two rules that cover each
    other one stays.
    """
    alike: dict[tuple[str, ...], list[GroundRule]] = {}
    by_rule: dict[str, list[GroundRule]] = {}
    for rule in rules:
        alike.setdefault(given_by(rule), []).append(rule)
        by_rule.setdefault(rule.rule, []).append(rule)
    useless: set[str] = set()
    for rule_id, rows in reversed(by_rule.items()):
        by: list[str] = []
        for row in rows:
            others = (one for one in alike[given_by(row)] if one.rule not in (rule_id, *useless))
            wide = next((one.key for one in others if covers(one, row)), None)
            if wide is None:
                break
            by.append(wide)
        else:
            useless.add(rule_id)
            yield rule_id, list(dict.fromkeys(by))
