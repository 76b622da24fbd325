"""What would change this advice: the smallest set of other answers, found by the solver, tried by the engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.relevance import answers_behind, open_questions, shown_by
from trackfit.engine.language.measures import ASIDE_ANSWERS, GAP_ANSWERS
from trackfit.engine.language.model import RECOMMENDED, WARNED, Advise, Attribute, Value, Warn, conclusion_of
from trackfit.engine.language.questions import asked
from trackfit.engine.problems.errors import EngineFailure
from trackfit.engine.problems.problem import Location, Problem
from trackfit.engine.proofs.encoding import Solver, World, all_of, any_of, differ, negation
from trackfit.engine.proofs.ranking_terms import Bool
from trackfit.engine.proofs.smallest_change import Smallest

SHOWN = 3
RANKED = frozenset({*GAP_ANSWERS, *ASIDE_ANSWERS})
"""The answers on which the order of tracks hangs."""


class ChangedAnswer(msgspec.Struct, frozen=True):
    """One changed answer: its value before (None: open) and after, as plain values."""

    attribute: str
    before: Any
    after: Any


class SmallestChange(msgspec.Struct, frozen=True):
    """A set of changed answers with its cost, and the advice they lead to, as the engine gave it."""

    cost: int
    steps: tuple[ChangedAnswer, ...]
    after: Consultation


class Goal(msgspec.Struct, frozen=True):
    """What should be different.

    One of: `track` first (with `anywhere`: recommended at all), `without` a warning, or, with neither, another
    first recommendation.
    """

    track: str | None = None
    anywhere: bool = False
    without: str | None = None

    def reached(self, before: Consultation, after: Consultation) -> bool:
        """Whether a consultation reaches the goal."""
        if self.without is not None:
            return self.without not in {one.id for one in after.warnings}
        tracks = [one.track for one in after.recommendations]
        if self.track is not None:
            return self.track in (tracks if self.anywhere else tracks[:1])
        return tracks[:1] != [one.track for one in before.recommendations][:1]

    def formula(self, world: World, before: Consultation) -> Bool:
        """The goal as the solver sees it."""
        if self.without is not None:
            return negation(world.warned(self.without))
        if self.track is not None:
            return world.recommended(self.track) if self.anywhere else world.first(self.track)
        first = before.recommendations[0].track if before.recommendations else None
        if first is None:
            return any_of(*(world.recommended(track) for track in before.kb.facts.tracks))
        return negation(world.first(first))

    def questions(self, kb: KnowledgeBase) -> frozenset[str]:
        """The questions that it can hang on whether the goal is reached, and whether the rules contradict."""
        aim = {WARNED} if self.without is not None else {RECOMMENDED}
        rules = [
            rule
            for rule in kb.program.rules
            if (conclusion := conclusion_of(rule.then)) is not None
            and conclusion[0] in kb.single_valued | aim
        ]
        ranked = RANKED & kb.reader.attributes.keys() if self.without is None else frozenset()
        return answers_behind(kb, rules) | ranked


def suggest(
    before: Consultation, goal: Goal, *, shown: int = SHOWN, milliseconds: int = 20_000
) -> tuple[SmallestChange, ...]:
    """The cheapest ways to the goal, best first, none containing another; empty where no answers lead there.

    Costs are declared with the questions; what may not change (the background) stays. `milliseconds` is the time
    for each. Raises `EngineFailure` where the engine does not confirm what the solver found, or the solver finds
    nothing in time.
    """
    kb = before.kb
    world = World(kb, before.as_of)
    wanted = all_of(goal.formula(world, before), world.consistent)
    search = Smallest(
        world,
        before.case,
        wanted,
        questions=goal.questions(kb),
        track=goal.track,
        milliseconds=milliseconds,
    )
    found: list[SmallestChange] = []
    while len(found) < shown:
        try:
            solution = search.next()
        except TimeoutError as error:
            if found:
                break
            text = "the solver did not decide in time; give it more with --seconds"
            raise EngineFailure([Problem(where=Location("change"), id="not-decided", text=text)]) from error
        if solution is None:
            break
        cost, answers = solution
        after = kb.consult(kb.reader.case(answers, before.case.unmatched), before.as_of)
        if not goal.reached(before, after):
            text = f"the engine does not confirm the solver's change {answers}; please report this"
            raise EngineFailure([Problem(where=Location("change"), id="solver-disagrees", text=text)])
        found.append(SmallestChange(cost, _steps(before.case, after.case), after))
    return tuple(found)


def _steps(before: Case, after: Case) -> tuple[ChangedAnswer, ...]:
    old, new = before.plain(), after.plain()
    given = [name for name in {**old, **new} if name not in after.defaulted or name in old]
    return tuple(
        ChangedAnswer(name, old.get(name), new.get(name))
        for name in sorted(given)
        if old.get(name) != new.get(name)
    )


def hinging(
    kb: KnowledgeBase,
    answers: Mapping[str, Value],
    skipped: Collection[str] = (),
    milliseconds: int = 2_000,
) -> list[Attribute]:
    """`open_questions` exactly: those left out are proved to change nothing; in their order.

    What is not decided in time counts as open, and so do sets and names that a rule's text shows, and the answers
    behind bands that one shows.
    """
    one, other = World(kb), World(kb, name="otherwise ")
    case = kb.reader.case(dict(answers))
    solver = Solver(milliseconds)
    solver.assume([*one.rules, *other.rules, _advised_otherwise(one, other)])
    for name in one.given:
        if name in case.answers and name not in case.defaulted:
            solver.assume([one.gives(name, case), other.gives(name, case)])
        elif name in skipped and not _is_required(kb, name):
            solver.assume([negation(one.given[name]), negation(other.given[name])])
    # Whatever is typed shows in a text, and so does every element of a set, told apart by rules or not.
    saying = [rule for rule in kb.program.rules if isinstance(rule.then, Warn | Advise)]
    printed = frozenset().union(*map(shown_by, saying)) - one.typed.keys()
    found = []
    for attribute in open_questions(kb, answers, skipped):
        same = [one.unchanged_in(other, name) for name in one.given if name != attribute.id]
        if attribute.id in printed or solver.ask(*same)[0] != "unsat":
            found.append(attribute)
    return found


def _is_required(kb: KnowledgeBase, name: str) -> bool:
    question = kb.reader.attributes[name].question
    return question is not None and question.required


def _advised_otherwise(one: World, other: World) -> Bool:
    """That two persons do not get the same: other firings, or other answers that these show.

    Of a recommended track are shown its place, its route, and what of its list is held, usual and missing.
    """
    kb = one.kb
    differs = [differ(one.fires(key), other.fires(key)) for key in kb.rules]
    for rule in kb.program.rules:
        if isinstance(rule.then, Warn | Advise):
            shown = [
                negation(one.same_in(other, name)) for name in sorted(shown_by(rule)) if name in one.typed
            ]
            differs.append(all_of(one.fires(rule.key), any_of(*shown)))
    for track, skills in kb.ways.lists.items():
        shown = [one.ranking.differs(other.ranking, track)]
        for skill in skills:
            shown += [differ(one.holds(skill), other.holds(skill)), differ(one.has(skill), other.has(skill))]
        differs.append(all_of(one.recommended(track), any_of(*shown)))
    return all_of(any_of(one.consistent, other.consistent), any_of(*differs))


class Sensitivity(msgspec.Struct, frozen=True):
    """Which answers the advice hangs on, and which could have been anything (proved); the rest was not decided."""

    hangs_on: tuple[str, ...]
    could_be_anything: tuple[str, ...]
    undecided: tuple[str, ...] = ()


def sensitivity(consultation: Consultation) -> Sensitivity:
    """For each question: would any other answer, or none, change the tracks, the first of them, or the warnings?

    Where the rules contradict each other for another answer, the engine refuses to advise: that counts as a change.
    """
    kb = consultation.kb
    world = World(kb, consultation.as_of)
    solver = Solver(2_000)
    solver.assume(world.rules)
    different = any_of(negation(world.consistent), *_differences(world, consultation))
    results: dict[str, list[str]] = {"sat": [], "unsat": [], "undecided": []}
    for row in asked(kb.reader.attributes.values()):
        if row.id in world.given:
            others = [world.gives(other, consultation.case) for other in world.given if other != row.id]
            verdict, _ = solver.ask(different, *others)
            results[verdict].append(row.id)
    return Sensitivity(tuple(results["sat"]), tuple(results["unsat"]), tuple(results["undecided"]))


def _differences(world: World, consultation: Consultation) -> Sequence[Bool]:
    """Every way in which the tracks recommended, the first of them, or the warnings could differ."""
    tracks = [one.track for one in consultation.recommendations]
    warned = {one.id for one in consultation.warnings}
    found: list[Bool] = []
    for track in consultation.kb.facts.tracks:
        formula = world.recommended(track)
        found.append(negation(formula) if track in tracks else formula)
        if track in tracks[1:]:
            found.append(world.first(track))
    for warning in consultation.kb.facts.warnings:
        formula = world.warned(warning)
        found.append(negation(formula) if warning in warned else formula)
    return found
