"""Proofs about the rules: statements about every possible person, proved or refuted with a case.

Each built-in statement is a function that looks for ways in which it is false; it is proved when the solver
shows that there is none, for anybody, on any date. A counterexample is made as short as it can be, and run
through the rule engine before it is shown: a proof and the engine never disagree in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any

import msgspec

from trackfit.engine.case import Case
from trackfit.engine.conditions import Condition, leaves
from trackfit.engine.errors import ConflictingConclusions, EngineFailure
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.load import load
from trackfit.engine.measures import INPUTS
from trackfit.engine.model import Advise, GroundRule, Plan, Recommend, Warn
from trackfit.engine.problem import Location, Problem
from trackfit.engine.solver import Solver, World, all_of, any_of, negation
from trackfit.engine.solver_measures import Bool
from trackfit.engine.statements import Statement


class Failure(msgspec.Struct, frozen=True):
    """One way in which a statement is false: in words, and for whom (None: it concerns no case).

    `after` is the same person with more answers, where the statement compares the two. `as_of` is set where it
    takes a date: on this one figures are due for review.
    """

    text: str
    case: Case | None = None
    after: Case | None = None
    as_of: str | None = None


class Proof(msgspec.Struct, frozen=True):
    """The result for one statement; `result` is proved, refuted or undecided.

    `undecided` tells what was not decided in time, `note` what else there is to know about a statement.
    """

    id: str
    statement: str
    result: str
    failures: tuple[Failure, ...] = ()
    undecided: tuple[str, ...] = ()
    note: str = ""


def prove(
    kb: KnowledgeBase,
    statements: tuple[Statement, ...] = (),
    *,
    as_of: str | None = None,
    milliseconds: int = 10_000,
) -> Iterator[Proof]:
    """The built-in statements and then the coaches' own, one after another.

    They are proved for every date, or for `as_of` (YYYY-MM-DD); `milliseconds` bounds each question. Raises
    `EngineFailure` where solver and engine disagree.
    """
    prover = _Prover(kb, statements, as_of, milliseconds)
    for id_, text, search in BUILT_IN:
        yield prover.decide(id_, text, search(prover))
    for statement in statements:
        note = "" if _somebody_fits(prover, statement) else "nobody fits its `where`"
        yield prover.decide(statement.id, statement.title, _coaches(prover, statement), note)


class _Prover:
    """Two worlds of one knowledge base: the person, and the same person after answering more."""

    def __init__(
        self, kb: KnowledgeBase, statements: Iterable[Statement], as_of: str | None, milliseconds: int
    ) -> None:
        self.kb = kb
        conditions = [part for one in statements for row in one.rows for part in (row.where, row.then)]
        self.world = World(kb, as_of, conditions=conditions)
        self.fuller = World(kb, as_of, "then ", conditions=conditions)
        self.plain = self.world.without_silence("plainly ")
        self._alone, self._both = Solver(milliseconds), Solver(milliseconds)
        self._alone.assume([*self.world.rules, *self.plain.rules])
        self._both.assume([*self.world.rules, *self.fuller.rules, *self.world.extended_by(self.fuller)])
        self._both.assume([self.world.consistent, self.fuller.consistent])
        self._undecided: list[str] = []

    def decide(self, id_: str, text: str, search: Iterator[Failure], note: str = "") -> Proof:
        """Run the search for ways in which a statement is false."""
        self._undecided.clear()
        failures = tuple(search)
        result = "refuted" if failures else "undecided" if self._undecided else "proved"
        return Proof(id_, text, result, failures, tuple(self._undecided), note)

    def possible(self, formula: Bool, text: str) -> bool | None:
        """Whether a formula holds for somebody whom the engine advises; None, and noted, where not decided."""
        verdict, _ = self._alone.ask(self.world.consistent, formula)
        if verdict == "undecided":
            self._undecided.append(text)
            return None
        return verdict == "sat"

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
            self._undecided.append(text)
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
            found = {firing.rule.key for firing in self.kb.consult(case, day).firings}
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


def _somebody_fits(prover: _Prover, statement: Statement) -> bool:
    fits = any_of(*(prover.world.match(row.where) for row in statement.rows))
    return prover.possible(fits, "whether anybody fits `where`") is not False


def _coaches(prover: _Prover, statement: Statement) -> Iterator[Failure]:
    """A coach's statement is false for a case where `where` holds and `then` does not, or is not known to."""
    for row in statement.rows:
        formula = all_of(prover.world.match(row.where), negation(prover.world.match(row.then)))
        of = f" for {row.of}" if row.of else ""
        yield from prover.refute(formula, f"`where` holds{of}, and `then` does not")


def _always_advice(prover: _Prover) -> Iterator[Failure]:
    world = prover.world
    silent = [negation(world.recommended(track)) for track in prover.kb.facts.tracks]
    formula = all_of(negation(world.warned("no_sourced_route")), *silent)
    yield from prover.refute(formula, "no recommendation, and no word about it")


def _single_values(prover: _Prover) -> Iterator[Failure]:
    kb, world = prover.kb, prover.world
    for name in sorted(kb.concluded):
        if kb.facts.attributes[kb.program.attributes[name].attribute].type == "set":
            continue
        values = sorted((value for attribute, value in world.atoms if attribute == name), key=str)
        for one, other in combinations(values, 2):
            formula = all_of(world.concluded(name, one), world.concluded(name, other))
            text = f"{name} is concluded to be both {_spoken(one)} and {_spoken(other)}"
            yield from prover.refute(formula, text, conflict=True)


def _spoken(value: str | bool) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _rules_can_fire(prover: _Prover) -> Iterator[Failure]:
    grounded = _by_rule(prover.kb.program.rules)
    for rule_id, rules in grounded.items():
        fires = any_of(*(prover.world.fires(rule.key) for rule in rules))
        if prover.possible(fires, f"whether the rule {rule_id} can fire") is False:
            yield Failure(f"the rule {rule_id} can fire for nobody")
    for raw in load(prover.kb.folder).rules:
        if raw.id not in grounded:
            yield Failure(
                f"the rule {raw.id} can fire for nobody: no row of {raw.table} meets its conditions"
            )


def _by_rule(rules: Iterable[GroundRule]) -> dict[str, list[GroundRule]]:
    found: dict[str, list[GroundRule]] = {}
    for rule in rules:
        found.setdefault(rule.rule, []).append(rule)
    return found


def _tracks_can_be_first(prover: _Prover) -> Iterator[Failure]:
    for track in prover.kb.facts.tracks:
        if prover.possible(prover.world.first(track), f"whether {track} can be first") is False:
            yield Failure(f"{track} can be first for nobody")


def _no_swallowed_rules(prover: _Prover) -> Iterator[Failure]:
    """A rule is swallowed when, row by row, another rule fires and gives the same whenever it does.

    Of two rules that swallow each other the later id is named. A rule that never fires is told of elsewhere.
    """
    alike: dict[bytes, list[GroundRule]] = {}
    for rule in prover.kb.program.rules:
        alike.setdefault(_given_by(rule), []).append(rule)
    swallowed: set[str] = set()
    for rule_id, rules in sorted(_by_rule(prover.kb.program.rules).items(), reverse=True):
        by: list[str] = []
        for rule in rules:
            others = [other for other in alike[_given_by(rule)] if other.rule not in (rule_id, *swallowed)]
            wide = next((other.key for other in others if _swallows(prover, other, rule)), None)
            if wide is None:
                break
            by.append(wide)
        else:
            fires = any_of(*(prover.world.fires(rule.key) for rule in rules))
            if prover.possible(fires, f"whether the rule {rule_id} can fire"):
                swallowed.add(rule_id)
                yield Failure(f"whenever {rule_id} fires, {' or '.join(dict.fromkeys(by))} gives the same")


def _given_by(rule: GroundRule) -> bytes:
    """What a rule gives, to compare; a text can say something else for another row."""
    rows = rule.bindings if isinstance(rule.then, Warn | Advise) else ()
    return msgspec.json.encode([rule.then, rows])


def _swallows(prover: _Prover, wide: GroundRule, narrow: GroundRule) -> bool:
    formula = all_of(prover.world.fires(narrow.key), negation(prover.world.fires(wide.key)))
    return prover.possible(formula, f"whether {wide.key} fires whenever {narrow.key} does") is False


def _no_warning_unanswered(prover: _Prover) -> Iterator[Failure]:
    """A warning rests on an open question if it would not be given by rules that pass over open questions."""
    for rule in prover.kb.program.rules:
        if isinstance(rule.then, Warn):
            formula = all_of(prover.world.fires(rule.key), negation(prover.plain.fires(rule.key)))
            text = f"{rule.key} warns of {rule.then.warning} because a question was left open"
            yield from prover.refute(formula, text)


def _no_foreign_timeline(prover: _Prover) -> Iterator[Failure]:
    facts, world = prover.kb.facts, prover.world
    for rule, route_id in _showing_months(prover):
        route = facts.routes[route_id]
        foreign = negation(world.answered("background", route.background))
        text = f"{rule.key} gives the months of {route_id} to people of another background"
        yield from prover.refute(all_of(world.fires(rule.key), foreign), text)
        if route.years_from and "years_experience" in world.known:
            years = facts.figures[route.years_from].value
            enough = all_of(world.known["years_experience"], world.value["years_experience"] >= years)
            text = f"{rule.key} gives the months of {route_id} to people with fewer years than it is for"
            yield from prover.refute(all_of(world.fires(rule.key), negation(enough)), text)


def _months_are_the_routes(prover: _Prover) -> Iterator[Failure]:
    facts, world = prover.kb.facts, prover.world
    showing = list(_showing_months(prover))
    for rule, route in showing:
        if isinstance(rule.then, Recommend) and facts.routes[route].track != rule.then.track:
            text = f"{rule.key} shows {rule.then.track} the months of {route}"
            yield from prover.refute(world.fires(rule.key), text)
    for (one, route), (other, other_route) in combinations(showing, 2):
        tracks = {
            _track_of(rule, facts.routes[id_].track) for rule, id_ in ((one, route), (other, other_route))
        }
        months = {facts.figures[facts.routes[id_].timeline].value for id_ in (route, other_route)}
        if len(tracks) == 1 and len(months) == 2:
            formula = all_of(world.fires(one.key), world.fires(other.key))
            yield from prover.refute(
                formula, f"{one.key} and {other.key} give {min(tracks)} different months"
            )


def _track_of(rule: GroundRule, routes_track: str) -> str:
    return rule.then.track if isinstance(rule.then, Recommend) else routes_track


def _showing_months(prover: _Prover) -> Iterator[tuple[GroundRule, str]]:
    """The rules that show somebody the months of a route, as a recommendation or in the plan."""
    for rule in prover.kb.program.rules:
        if isinstance(rule.then, Recommend | Plan) and rule.then.route:
            yield rule, rule.then.route


def _warnings_stay(prover: _Prover) -> Iterator[Failure]:
    """A high warning may go when an answer is added that its rule's own condition looks at, and not otherwise."""
    before, after = prover.world, prover.fuller
    for rule in prover.kb.program.rules:
        if isinstance(rule.then, Warn) and rule.then.severity == "high":
            same = [before.unchanged_in(after, name) for name in _answers_behind(rule.when, prover.kb)]
            formula = all_of(before.fires(rule.key), negation(after.warned(rule.then.warning)), *same)
            text = f"{rule.then.warning} ({rule.key}) disappears after an answer that the rule does not name"
            yield from prover.refute(formula, text, twice=True)


def _answers_behind(condition: Condition, kb: KnowledgeBase) -> Iterable[str]:
    """The asked attributes that a condition names, itself or by a measure of them."""
    found: dict[str, None] = {}
    for leaf in leaves(condition):
        attribute = kb.facts.attributes[kb.program.attributes[leaf.attribute].attribute]
        if attribute.origin == "asked":
            found[attribute.id] = None
        if attribute.measure:
            inputs = INPUTS[attribute.measure]
            found.update(dict.fromkeys((*inputs.needed, *inputs.also)))
    return [name for name in found if name in kb.reader.attributes]


BUILT_IN: tuple[tuple[str, str, Callable[[_Prover], Iterator[Failure]]], ...] = (
    (
        "always_advice",
        "Every case gets at least one recommendation, or the warning that no source gives a route",
        _always_advice,
    ),
    ("single_values", "No attribute that has one value is ever given two", _single_values),
    ("rules_can_fire", "Every rule can fire for somebody", _rules_can_fire),
    ("tracks_can_be_first", "Every track can be somebody's first", _tracks_can_be_first),
    ("no_swallowed_rules", "No rule gives only what another rule gives as well", _no_swallowed_rules),
    ("no_warning_unanswered", "No warning is given on a question that was left open", _no_warning_unanswered),
    (
        "no_foreign_timeline",
        "Nobody is given months that the source gives for another background, or for more years",
        _no_foreign_timeline,
    ),
    (
        "months_are_the_routes",
        "The months shown for a track are those of one route to it",
        _months_are_the_routes,
    ),
    (
        "warnings_stay",
        "Answering more never removes a high warning, except by an answer that its rule names",
        _warnings_stay,
    ),
)
