"""A knowledge base's folder → facts and a program the engine can run, with every problem on the way."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from trackfit.engine.documents.node import walk
from trackfit.engine.knowledge.chains import by_attribute, longest_chain, looked_at
from trackfit.engine.knowledge.ground import Grounder
from trackfit.engine.knowledge.load import Loaded, load
from trackfit.engine.knowledge.strata import NegationCycle, stratify
from trackfit.engine.knowledge.written_rules import RawRule, parse_condition
from trackfit.engine.language.conditions import count_clauses, leaves
from trackfit.engine.language.model import Facts, GroundRule, Program, conclusion_of
from trackfit.engine.language.placeholders import known_names, text_problems
from trackfit.engine.problems.problem import Location, Problem

MAX_RULES = 20_000
MAX_ALTERNATIVES = 64
MAX_CONDITIONS = 4 * MAX_ALTERNATIVES
MAX_ATTRIBUTES = 5_000
MAX_CHAIN = 40
"""Conclusions that follow one from the other: so many steps has the table reader, and so deep is an explanation."""


class Compilation(msgspec.Struct):
    """A knowledge base as far as it can be understood; what has a problem is left out of the program.

    `rules` are the ground rules without a fault of their own, even where the program could not be put together;
    `faulty` the ids of the others.
    """

    loaded: Loaded
    facts: Facts
    program: Program
    rules: tuple[GroundRule, ...]
    faulty: frozenset[str]
    problems: list[Problem]

    def place(self, rule: str, *path: str) -> Location:
        """Where a rule stands, or a part of it."""
        return self.loaded.rows.tables["rules"][rule].node.find(path)


def compile_knowledge(folder: Path, day: str | None = None) -> tuple[Facts, Program, list[Problem]]:
    """Read `folder` and ground its rules; figures have their newest values, or those of a day (YYYY-MM-DD).

    Returns the facts, the program and every problem found, sorted. What has a problem is left out of the
    program, so run it only where no problem is an error.
    """
    found = compile_folder(folder, day)
    return found.facts, found.program, found.problems


def compile_folder(folder: Path, day: str | None = None) -> Compilation:
    """Read `folder` and ground its rules, keeping what was read for whoever looks closer."""
    loaded = load(folder, day)
    grounder = Grounder(loaded.facts, loaded.rows.broken)
    rules = [rule for raw in loaded.rules for rule in grounder.rule(raw)]
    facts = _with_question_conditions(loaded, grounder)
    found = Compilation(
        loaded,
        facts,
        Program(rules=(), attributes=grounder.attributes),
        tuple(sorted(rules, key=lambda rule: rule.key)),
        frozenset(grounder.faulty),
        [*loaded.problems, *grounder.problems],
    )
    found.problems += _limits(found)
    for raw in loaded.rules:
        found.problems += _text_problems(raw, found)
    concluded = frozenset(
        name
        for name, ground in grounder.attributes.items()
        if facts.attributes[ground.attribute].origin == "concluded"
    )
    try:
        found.program = msgspec.structs.replace(found.program, rules=stratify(rules, concluded))
    except NegationCycle as cycle:
        found.problems.append(_cycle(found, cycle))
    found.problems = sorted(set(found.problems))
    return found


def _cycle(found: Compilation, cycle: NegationCycle) -> Problem:
    names = sorted(set(cycle.rules))
    text = (
        f"rules depend on the absence of what they themselves conclude: {' → '.join(cycle.path)} "
        f"(rules {', '.join(names)}); take one `not` out of the circle"
    )
    where = min(found.place(name, "when") for name in names)
    return Problem(where=where, id="negation-cycle", text=text)


def _with_question_conditions(loaded: Loaded, grounder: Grounder) -> Facts:
    """The facts with each question's `only_if` resolved; it may look at asked attributes only."""
    attributes = dict(loaded.facts.attributes)
    for id_, node in loaded.questions.items():
        before = len(grounder.problems)
        condition = grounder.condition(parse_condition(node, grounder.problems))
        for leaf in leaves(condition):
            if grounder.attribute_of(leaf.attribute).origin != "asked":
                text = f"`only_if` may look at answers only; {leaf.attribute!r} is not asked"
                where = next(
                    (one.keys[leaf.attribute] for one in walk(node) if leaf.attribute in one.keys), node.where
                )
                grounder.problems.add(where, "not-an-answer", text)
        question = attributes[id_].question if id_ in attributes else None
        if question is not None and len(grounder.problems) == before:
            question = msgspec.structs.replace(question, only_if=condition)
            attributes[id_] = msgspec.structs.replace(attributes[id_], question=question)
    return msgspec.structs.replace(loaded.facts, attributes=attributes)


def _limits(found: Compilation) -> Iterable[Problem]:
    """What is beyond the engine's limits, before the engine meets it."""
    if len(found.rules) > MAX_RULES:
        text = f"the rules ground to {len(found.rules):,} engine rules; at most {MAX_RULES:,} are run"
        yield Problem(where=found.place(found.rules[MAX_RULES].rule), id="over-limit", text=text)
    attributes = len(found.program.attributes)
    if attributes > MAX_ATTRIBUTES:
        text = f"{attributes:,} attributes are declared; at most {MAX_ATTRIBUTES:,} are run"
        yield Problem(where=Location("facts"), id="over-limit", text=text)
    chain = longest_chain(found.rules)
    if len(chain) > MAX_CHAIN:
        last = next(
            rule.rule
            for rule in found.rules
            if conclusion_of(rule.then) == chain[-1] and any(looked_at(rule.when, by_attribute(chain)))
        )
        text = (
            f"{last!r} stands at the end of a chain of {len(chain):,} conclusions, each from the one before; at most "
            f"{MAX_CHAIN} are run, so let rules look at the answers themselves"
        )
        yield Problem(where=found.place(last, "when"), id="over-limit", text=text)
    told: set[str] = set()
    for rule in found.rules:
        alternatives = count_clauses(rule.when)
        conditions = sum(1 for _ in leaves(rule.when))
        for number, limit, what in (
            (alternatives, MAX_ALTERNATIVES, "alternatives"),
            (conditions, MAX_CONDITIONS, "conditions"),
        ):
            if number > limit and rule.rule not in told:
                told.add(rule.rule)
                text = f"the condition of {rule.rule!r} has {number:,} {what}; at most {limit} are run, so split the rule"
                yield Problem(where=found.place(rule.rule, "when"), id="over-limit", text=text)


def _text_problems(raw: RawRule, found: Compilation) -> Iterable[Problem]:
    """What is wrong in a rule's text, each fault at its own place in it."""
    says = raw.then.get("says")
    if not isinstance(says, str):
        return
    loaded = found.loaded
    node = raw.row.node.value["then"].value["says"]
    known = known_names(
        [*loaded.facts.figures, *(id_ for table, id_ in loaded.rows.broken if table == "figures")],
        [row.id for row in loaded.rows.tables["attributes"].values() if "asked" in row.plain],
        raw.variable,
        raw.table,
    )
    source = loaded.texts[node.where.file]
    yield from text_problems(says, known, lambda word: node.spot(source, word))
