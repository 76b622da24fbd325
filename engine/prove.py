"""Proofs about the rules: statements about every possible person, proved or refuted with a case.

Each built-in statement is a function that yields ways in which it could be false, as formulas; a statement
is proved when the solver shows that none of them is possible for anybody. A counterexample is run through the
rule engine before it is shown: a proof and the engine never disagree in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import msgspec

from trackfit.engine.case import Case
from trackfit.engine.conditions import Condition, clauses, leaves
from trackfit.engine.errors import ConflictingConclusions, EngineFailure
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import GroundRule, Recommend, Warn
from trackfit.engine.problem import Location, Problem
from trackfit.engine.solver import Solver, Verdict, World, all_of, negation
from trackfit.engine.solver_measures import Bool
from trackfit.engine.statements import Statement

ANY_DAY = "2026-01-01"


class Failure(msgspec.Struct, frozen=True):
    """One way in which a statement is false: in words, and for whom (None: it concerns no case)."""

    text: str
    case: Case | None


class Proof(msgspec.Struct, frozen=True):
    """The result for one statement; `result` is proved, refuted or undecided (not decided in time)."""

    id: str
    statement: str
    result: str
    failures: tuple[Failure, ...] = ()


class Claim(msgspec.Struct, frozen=True):
    """A way in which a statement could be false, and what it would mean.

    `wants` tells whether a case that satisfies the formula refutes the statement ("sat"), or its lack does.
    """

    formula: Bool
    text: str
    wants: Verdict = "sat"


def prove(
    kb: KnowledgeBase, statements: tuple[Statement, ...], milliseconds: int = 10_000
) -> Iterator[Proof]:
    """The built-in statements and then the coaches' own, one after another."""
    prover = _Prover(kb, milliseconds)
    for id_, text, claims in BUILT_IN:
        yield prover.decide(id_, text, claims(prover))
    for statement in statements:
        yield prover.decide(statement.id, statement.title, prover.coach_claims(statement))


class _Prover:
    """Two worlds of one knowledge base: the person, and the same person after answering more."""

    def __init__(self, kb: KnowledgeBase, milliseconds: int) -> None:
        self.kb = kb
        self.world = World(kb)
        self.fuller = World(kb, name="then ")
        self.alone = Solver(milliseconds)
        self.alone.assume(self.world.rules)
        self.both = Solver(milliseconds)
        self.both.assume([*self.world.rules, *self.fuller.rules, *self.world.extended_by(self.fuller)])

    def decide(self, id_: str, text: str, claims: Iterator[Claim]) -> Proof:
        """Ask the solver about every claim."""
        failures: list[Failure] = []
        undecided = False
        for claim in claims:
            solver = self.both if id_ == "warnings_stay" else self.alone
            verdict, model = solver.ask(claim.formula)
            if verdict == "undecided":
                undecided = True
            elif verdict == claim.wants:
                case = self.world.case(model) if model is not None else None
                if case is not None:
                    self._confirm(case, model)
                failures.append(Failure(claim.text, case))
        result = "refuted" if failures else "undecided" if undecided else "proved"
        return Proof(id_, text, result, tuple(failures))

    def _confirm(self, case: Case, model: object) -> None:
        """The rule engine must conclude for the case what the solver's model says."""
        try:
            found = {firing.rule.key for firing in self.kb.consult(case, ANY_DAY).firings}
        except ConflictingConclusions:
            return
        expected = {
            rule.key
            for rule in self.kb.program.rules
            if self.world.holds_in(model, self.world.fires(rule.key))
        }
        dated = {rule.key for rule in self.kb.program.rules if _depends_on_date(rule, self.kb)}
        if found - dated != expected - dated:
            text = f"solver and engine disagree on {sorted(found ^ expected)} for {case.plain()}; please report this"
            raise EngineFailure([Problem(where=Location("prove"), id="solver-disagrees", text=text)])

    def coach_claims(self, statement: Statement) -> Iterator[Claim]:
        """A coach's statement is false for a case where `where` holds and `then` does not."""
        where = self.world.match(statement.where)
        yield Claim(all_of(where, negation(self.world.match(statement.then))), "holds where, and not then")


def _depends_on_date(rule: GroundRule, kb: KnowledgeBase) -> bool:
    return any(
        kb.facts.attributes[kb.program.attributes[leaf.attribute].attribute].measure == "figures_past_review"
        for leaf in leaves(rule.when)
    )


def _always_advice(prover: _Prover) -> Iterator[Claim]:
    world = prover.world
    silent = [negation(world.recommended(track)) for track in prover.kb.facts.tracks]
    yield Claim(
        all_of(negation(world.warned("no_sourced_route")), *silent), "no recommendation, and no word about it"
    )


def _single_values(prover: _Prover) -> Iterator[Claim]:
    kb, world = prover.kb, prover.world
    for name in sorted(kb.concluded):
        if kb.facts.attributes[kb.program.attributes[name].attribute].type == "set":
            continue
        values = sorted((value for attribute, value in world.atoms if attribute == name), key=str)
        for one, other in combinations(values, 2):
            text = f"{name} is concluded to be both {one} and {other}"
            yield Claim(all_of(world.concluded(name, one), world.concluded(name, other)), text)


def _rules_can_fire(prover: _Prover) -> Iterator[Claim]:
    by_rule: dict[str, list[Bool]] = {}
    for rule in prover.kb.program.rules:
        by_rule.setdefault(rule.rule, []).append(prover.world.fires(rule.key))
    for rule_id, fires in by_rule.items():
        yield Claim(
            negation(all_of(*map(negation, fires))), f"the rule {rule_id} can fire for nobody", wants="unsat"
        )


def _tracks_can_be_first(prover: _Prover) -> Iterator[Claim]:
    for track in prover.kb.facts.tracks:
        yield Claim(prover.world.first(track), f"{track} can be first for nobody", wants="unsat")


def _no_swallowed_rules(prover: _Prover) -> Iterator[Claim]:
    """Only rules with one and the same consequence can swallow each other; of two alike the later id is named."""
    groups: dict[bytes, list[GroundRule]] = {}
    for rule in prover.kb.program.rules:
        groups.setdefault(msgspec.json.encode([rule.then, rule.bindings]), []).append(rule)
        if rule.bindings and not isinstance(rule.then, Warn):
            groups.setdefault(msgspec.json.encode(rule.then), []).append(rule)
    for group in groups.values():
        for one, other in combinations(sorted(group, key=lambda rule: rule.key, reverse=True), 2):
            if one.rule == other.rule:
                continue
            for narrow, wide in ((one, other), (other, one)):
                formula = all_of(prover.world.fires(narrow.key), negation(prover.world.fires(wide.key)))
                verdict, _ = prover.alone.ask(formula)
                if verdict == "unsat":
                    text = f"whenever {narrow.key} fires, {wide.key} gives the same"
                    yield Claim(formula, text, wants="unsat")
                    break


def _no_warning_unanswered(prover: _Prover) -> Iterator[Claim]:
    """An alternative of a warning's condition that looks at a question must need its answer."""
    world = prover.world
    for rule in prover.kb.program.rules:
        if not isinstance(rule.then, Warn):
            continue
        for clause in clauses(rule.when):
            asked = dict.fromkeys(name for name, _ in clause if name in world.given)
            for name in asked:
                text = f"{rule.key} warns of {rule.then.warning} while {name} is not answered"
                yield Claim(all_of(world.match_clause(clause), negation(world.known[name])), text)


def _no_foreign_timeline(prover: _Prover) -> Iterator[Claim]:
    kb, world = prover.kb, prover.world
    for rule, route in _sourced(prover):
        background = kb.facts.routes[route].background
        formula = all_of(world.fires(rule.key), negation(world.answered("background", background)))
        yield Claim(formula, f"{rule.key} gives the months of {route} to people of another background")


def _months_are_the_routes(prover: _Prover) -> Iterator[Claim]:
    kb, world = prover.kb, prover.world
    sourced = list(_sourced(prover))
    for rule, route in sourced:
        assert isinstance(rule.then, Recommend)
        if kb.facts.routes[route].track != rule.then.track:
            yield Claim(world.fires(rule.key), f"{rule.key} shows {rule.then.track} the months of {route}")
    for (one, route), (other, other_route) in combinations(sourced, 2):
        assert isinstance(one.then, Recommend)
        assert isinstance(other.then, Recommend)
        figures = [kb.facts.figures[kb.facts.routes[id_].timeline].value for id_ in (route, other_route)]
        if one.then.track == other.then.track and figures[0] != figures[1]:
            formula = all_of(world.fires(one.key), world.fires(other.key))
            yield Claim(formula, f"{one.key} and {other.key} give {one.then.track} different months")


def _sourced(prover: _Prover) -> Iterator[tuple[GroundRule, str]]:
    for rule in prover.kb.program.rules:
        if isinstance(rule.then, Recommend) and rule.then.route:
            yield rule, rule.then.route


def _warnings_stay(prover: _Prover) -> Iterator[Claim]:
    """A high warning may go when an answer is added that its rule's own condition looks at, and not otherwise."""
    before, after = prover.world, prover.fuller
    for rule in prover.kb.program.rules:
        if not isinstance(rule.then, Warn) or rule.then.severity != "high":
            continue
        same = [before.unchanged_in(after, name) for name in _answers_behind(rule.when, prover.kb)]
        formula = all_of(before.fires(rule.key), negation(after.warned(rule.then.warning)), *same)
        yield Claim(
            formula,
            f"{rule.then.warning} ({rule.key}) disappears after an answer that the rule does not name",
        )


def _answers_behind(condition: Condition, kb: KnowledgeBase) -> list[str]:
    """The asked attributes that a condition names, itself or by a measure of them."""
    behind = {
        "skills_held": ("skills",),
        "skills_missing": ("skills",),
        "percent_held": ("skills",),
        "levels": ("years_experience",),
        "bands": ("years_experience",),
        "goal_against_band": ("salary_goal", "salary_basis", "years_experience"),
    }
    found: dict[str, None] = {}
    for leaf in leaves(condition):
        attribute = kb.facts.attributes[kb.program.attributes[leaf.attribute].attribute]
        if attribute.origin == "asked":
            found[attribute.id] = None
        found.update(dict.fromkeys(behind.get(attribute.measure or "", ())))
    return list(found)


BUILT_IN: tuple[tuple[str, str, Callable[[_Prover], Iterator[Claim]]], ...] = (
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
        "Nobody is given months that the source gives for another background",
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
