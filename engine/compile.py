"""A knowledge base's folder → facts and a program the engine can run, with every problem on the way."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from trackfit.engine.conditions import count_clauses, leaves
from trackfit.engine.ground import Grounder
from trackfit.engine.load import Loaded, load
from trackfit.engine.model import Advise, Facts, GroundRule, Program, Warn
from trackfit.engine.problem import Location, Problem
from trackfit.engine.raw_rules import parse_condition
from trackfit.engine.strata import NegationCycle, stratify
from trackfit.engine.texts import text_problems

MAX_RULES = 20_000
MAX_ALTERNATIVES = 64
MAX_ATTRIBUTES = 5_000
MAX_WAITS = 15


def compile_knowledge(folder: Path) -> tuple[Facts, Program, list[Problem]]:
    """Read `folder` and ground its rules.

    Returns the facts, the program and every problem found, sorted. What has a problem is left out of the
    program, so run it only where no problem is an error.
    """
    loaded = load(folder)
    grounder = Grounder(loaded.facts, loaded.broken)
    rules = [rule for raw in loaded.rules for rule in grounder.rule(raw)]
    facts = _with_question_conditions(loaded, grounder)
    problems = [*loaded.problems, *grounder.problems]
    problems += _limits(loaded, rules, len(grounder.attributes))
    problems += _texts(loaded, rules, facts)
    concluded = frozenset(
        name
        for name, ground in grounder.attributes.items()
        if facts.attributes[ground.attribute].origin == "concluded"
    )
    try:
        rules = list(stratify(rules, concluded))
    except NegationCycle as cycle:
        path = " → ".join(cycle.path)
        text = (
            f"rules depend on the absence of what they themselves conclude: {path} "
            f"(rules {', '.join(sorted(set(cycle.rules)))}); take one `not` out of the circle"
        )
        problems.append(Problem(where=_place(loaded, min(cycle.rules)), id="negation-cycle", text=text))
        rules = []
    problems += _waits(loaded, rules)
    program = Program(rules=tuple(rules), attributes=grounder.attributes)
    return facts, program, sorted(set(problems))


def _place(loaded: Loaded, rule: str, *path: str) -> Location:
    return loaded.places["rules", rule].find(path)


def _with_question_conditions(loaded: Loaded, grounder: Grounder) -> Facts:
    """The facts with each question's `only_if` resolved; it may look at asked attributes only."""
    attributes = dict(loaded.facts.attributes)
    for id_, node in loaded.questions.items():
        condition = grounder.condition(parse_condition(node, grounder.problems))
        for leaf in leaves(condition):
            if attributes[grounder.attributes[leaf.attribute].attribute].origin != "asked":
                text = f"`only_if` may look at answers only; {leaf.attribute!r} is not asked"
                grounder.problems.append(Problem(where=node.where, id="not-an-answer", text=text))
        question = attributes[id_].question
        assert question is not None
        attributes[id_] = msgspec.structs.replace(
            attributes[id_], question=msgspec.structs.replace(question, only_if=condition)
        )
    return msgspec.structs.replace(loaded.facts, attributes=attributes)


def _limits(loaded: Loaded, rules: Iterable[GroundRule], attributes: int) -> list[Problem]:
    """What is beyond the engine's limits, before the engine meets it."""
    found: list[Problem] = []
    rules = list(rules)
    if len(rules) > MAX_RULES:
        where = _place(loaded, rules[MAX_RULES].rule)
        text = f"the rules ground to {len(rules):,} engine rules; at most {MAX_RULES:,} are run"
        found.append(Problem(where=where, id="over-limit", text=text))
    if attributes > MAX_ATTRIBUTES:
        text = f"{attributes:,} attributes are declared; at most {MAX_ATTRIBUTES:,} are run"
        found.append(Problem(where=Location("facts"), id="over-limit", text=text))
    for rule in rules:
        alternatives = count_clauses(rule.when)
        if alternatives > MAX_ALTERNATIVES:
            text = (
                f"the condition of {rule.rule!r} has {alternatives:,} alternatives; at most {MAX_ALTERNATIVES} "
                "are run, so split the rule"
            )
            found.append(Problem(where=_place(loaded, rule.rule, "when"), id="over-limit", text=text))
    return found


def _waits(loaded: Loaded, rules: Iterable[GroundRule]) -> list[Problem]:
    """A rule joins at most so many conclusions of its own stratum."""
    found: list[Problem] = []
    for rule in rules:
        conditions = sum(1 for _ in leaves(rule.when))
        if conditions > MAX_ALTERNATIVES * 4:
            text = f"{rule.rule!r} has {conditions} conditions; at most {MAX_ALTERNATIVES * 4} are run"
            found.append(Problem(where=_place(loaded, rule.rule, "when"), id="over-limit", text=text))
    return found


def _texts(loaded: Loaded, rules: Iterable[GroundRule], facts: Facts) -> list[Problem]:
    """Names in the rules' texts that stand for nothing."""
    found: list[Problem] = []
    seen: set[str] = set()
    for rule in rules:
        if rule.rule not in seen and isinstance(rule.then, Warn | Advise):
            seen.add(rule.rule)
            where = _place(loaded, rule.rule, "then", "says")
            found.extend(text_problems(rule.then.says, facts, rule.bindings, where))
    return found
