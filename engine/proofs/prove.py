"""Proofs about the rules: statements about every possible person, proved or refuted with a case.

Each built-in statement is a function that looks for ways in which it is false; it is proved when the solver
shows that there is none, for anybody, on any date. A counterexample is made as short as it can be, and run
through the rule engine before it is shown: a proof and the engine never disagree in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

import msgspec

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.knowledge.load import load
from trackfit.engine.language.attributes import BACKGROUND, YEARS
from trackfit.engine.language.conditions import Condition, leaves
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import GroundRule, Plan, Warn
from trackfit.engine.proofs.encoding import all_of, any_of, negation
from trackfit.engine.proofs.prover import Failure, Prover, swallowed
from trackfit.engine.proofs.statements import Statement


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
    conditions = [part for one in statements for row in one.rows for part in (row.where, row.then)]
    prover = Prover(kb, conditions=conditions, as_of=as_of, milliseconds=milliseconds)
    for id_, text, search in BUILT_IN:
        yield _decide(prover, id_, text, search(prover))
    for statement in statements:
        note = "" if _somebody_fits(prover, statement) else "nobody fits its `where`"
        yield _decide(prover, statement.id, statement.title, _coaches(prover, statement), note)


def _decide(prover: Prover, id_: str, text: str, search: Iterator[Failure], note: str = "") -> Proof:
    """Run the search for ways in which a statement is false."""
    prover.undecided.clear()
    failures = tuple(search)
    result = "refuted" if failures else "undecided" if prover.undecided else "proved"
    return Proof(id_, text, result, failures, tuple(prover.undecided), note)


def _somebody_fits(prover: Prover, statement: Statement) -> bool:
    fits = any_of(*(prover.world.match(row.where) for row in statement.rows))
    return prover.possible(fits, "whether anybody fits `where`") is not False


def _coaches(prover: Prover, statement: Statement) -> Iterator[Failure]:
    """A coach's statement is false for a case where `where` holds and `then` does not, or is not known to."""
    for row in statement.rows:
        formula = all_of(prover.world.match(row.where), negation(prover.world.match(row.then)))
        of = f" for {row.of}" if row.of else ""
        yield from prover.refute(formula, f"`where` holds{of}, and `then` does not")


def _always_advice(prover: Prover) -> Iterator[Failure]:
    world = prover.world
    silent = [negation(world.recommended(track)) for track in prover.kb.facts.tracks]
    formula = all_of(negation(world.warned("no_sourced_route")), *silent)
    yield from prover.refute(formula, "no recommendation, and no word about it")


def _single_values(prover: Prover) -> Iterator[Failure]:
    kb, world = prover.kb, prover.world
    for name in sorted(kb.single_valued):
        values = sorted((value for attribute, value in world.atoms if attribute == name), key=str)
        for one, other in combinations(values, 2):
            formula = all_of(world.concluded(name, one), world.concluded(name, other))
            text = f"{name} is concluded to be both {_spoken(one)} and {_spoken(other)}"
            yield from prover.refute(formula, text, conflict=True)


def _spoken(value: str | bool) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _rules_can_fire(prover: Prover) -> Iterator[Failure]:
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


def _tracks_can_be_first(prover: Prover) -> Iterator[Failure]:
    for track in prover.kb.facts.tracks:
        if prover.possible(prover.world.first(track), f"whether {track} can be first") is False:
            yield Failure(f"{track} can be first for nobody")


def _no_swallowed_rules(prover: Prover) -> Iterator[Failure]:
    """A rule that never fires is swallowed by any; that is told of elsewhere."""
    rules = sorted(prover.kb.program.rules, key=lambda rule: rule.rule)
    grounded = _by_rule(rules)
    for rule_id, by in swallowed(rules, lambda wide, narrow: _swallows(prover, wide, narrow)):
        fires = any_of(*(prover.world.fires(rule.key) for rule in grounded[rule_id]))
        if prover.possible(fires, f"whether the rule {rule_id} can fire"):
            yield Failure(f"whenever {rule_id} fires, {' or '.join(by)} gives the same")


def _swallows(prover: Prover, wide: GroundRule, narrow: GroundRule) -> bool:
    formula = all_of(prover.world.fires(narrow.key), negation(prover.world.fires(wide.key)))
    return prover.possible(formula, f"whether {wide.key} fires whenever {narrow.key} does") is False


def _no_warning_unanswered(prover: Prover) -> Iterator[Failure]:
    """A warning rests on an open question if it would not be given by rules that pass over open questions."""
    for rule in prover.kb.program.rules:
        if isinstance(rule.then, Warn):
            formula = all_of(prover.world.fires(rule.key), negation(prover.plain.fires(rule.key)))
            text = f"{rule.key} warns of {rule.then.warning} because a question was left open"
            yield from prover.refute(formula, text)


def _no_foreign_timeline(prover: Prover) -> Iterator[Failure]:
    facts, world = prover.kb.facts, prover.world
    for rule, route_id in _planned(prover):
        route = facts.routes[route_id]
        foreign = negation(world.answered(BACKGROUND, route.background))
        text = f"{rule.key} gives the months of {route_id} to people of another background"
        yield from prover.refute(all_of(world.fires(rule.key), foreign), text)
        if route.years_from and YEARS in world.known:
            years = facts.figures[route.years_from].value
            enough = all_of(world.known[YEARS], world.value[YEARS] >= years)
            text = f"{rule.key} gives the months of {route_id} to people with fewer years than it is for"
            yield from prover.refute(all_of(world.fires(rule.key), negation(enough)), text)


def _planned(prover: Prover) -> Iterator[tuple[GroundRule, str]]:
    """The rules that put the months of a route into the plan."""
    for rule in prover.kb.program.rules:
        if isinstance(rule.then, Plan):
            yield rule, rule.then.route


def _warnings_stay(prover: Prover) -> Iterator[Failure]:
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
            found.update(dict.fromkeys(MEASURES[attribute.measure].answers))
    return [name for name in found if name in kb.reader.attributes]


BUILT_IN: tuple[tuple[str, str, Callable[[Prover], Iterator[Failure]]], ...] = (
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
        "warnings_stay",
        "Answering more never removes a high warning, except by an answer that its rule names",
        _warnings_stay,
    ),
)
