"""One consultation: answers → working memory → rules → conclusions with their reasons, ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.inference.planner import Step
from trackfit.engine.inference.three_valued import WorkingMemory, leaf_truth, supporting_leaves
from trackfit.engine.inference.ways import Way
from trackfit.engine.language.attributes import DONE, SKILLS
from trackfit.engine.language.conditions import Leaf
from trackfit.engine.language.model import Advise, GroundRule, Plan, Recommend, Value, Warn, conclusion_of
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.problems.problem import Location
from trackfit.engine.problems.problems import Problems

if TYPE_CHECKING:
    from trackfit.engine.inference.base import KnowledgeBase

SEVERITIES = ("high", "medium", "low")


class Firing(msgspec.Struct, frozen=True):
    """One ground rule that fired, with the comparisons that carried it and the values they found."""

    rule: GroundRule
    because: tuple[Leaf, ...]
    found: dict[str, Any]

    @property
    def conclusion(self) -> str:
        """What it concluded, as an id: `recommend:mlops`, `warn:salary_routing`, `attribute=value`."""
        match self.rule.then:
            case Recommend(track=track):
                return f"recommend:{track}"
            case Warn(warning=warning):
                return f"warn:{warning}"
            case Advise(section=section):
                return f"advise:{section}:{self.rule.key}"
            case Plan(route=route):
                return f"plan:{route}"
            case conclude:
                value = str(conclude.value).lower() if isinstance(conclude.value, bool) else conclude.value
                return f"{conclude.attribute}={value}"


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """A track that rules recommend, with its rank among these (1 is the smallest gap) and what speaks for it.

    `route` and `timeline` (its figure in months) are ids, None where no source gives a route. `have` holds what the
    person named of the track's list, `gap` what is missing of it, in the order to learn. `tied_with` names the tracks
    that nothing but their id puts in another place. `because` names the rules.
    """

    track: str
    rank: int
    basis: str
    route: str | None
    timeline: str | None
    carries_over: tuple[str, ...]
    have: tuple[str, ...]
    gap: tuple[str, ...]
    tied_with: tuple[str, ...]
    because: tuple[str, ...]


class GivenWarning(msgspec.Struct, frozen=True):
    """A warning with the firings that gave it, in order."""

    id: str
    severity: str
    firings: tuple[Firing, ...]

    @property
    def because(self) -> tuple[str, ...]:
        """The rules that gave it."""
        return _rules(firing.rule for firing in self.firings)


class Consultation:
    """What one knowledge base says of one case on one date (`as_of`, YYYY-MM-DD). `fired` are the rules, in order."""

    def __init__(
        self, kb: KnowledgeBase, case: Case, as_of: str, memory: WorkingMemory, fired: Sequence[GroundRule]
    ) -> None:
        self.kb = kb
        self.case = case
        self.as_of = as_of
        self.memory = memory
        self.fired = tuple(fired)

    @cached_property
    def firings(self) -> tuple[Firing, ...]:
        """The rules that fired, each with what carried it."""
        return tuple(_firing(rule, self.memory) for rule in self.fired)

    @cached_property
    def recommendations(self) -> tuple[Recommendation, ...]:
        """The tracks that rules recommend, nearest first."""
        return _recommendations(self)

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """How every track stands to the person, nearest first."""
        return self.kb.ways.of(self.memory.known)

    @cached_property
    def warnings(self) -> tuple[GivenWarning, ...]:
        """The warnings, gravest first."""
        given: dict[str, list[Firing]] = {}
        for firing in self.firings:
            if isinstance(firing.rule.then, Warn):
                given.setdefault(firing.rule.then.warning, []).append(firing)
        found = [
            GivenWarning(
                id_, min((_severity(firing) for firing in group), key=SEVERITIES.index), tuple(group)
            )
            for id_, group in given.items()
        ]
        return tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.id)))

    def steps(self, way: Way) -> tuple[Step, ...]:
        """What to learn for a track, in order; milestones that are done first."""
        skills, done = (
            value if isinstance(value, frozenset) else frozenset[str]()
            for value in (self.known(SKILLS), self.known(DONE))
        )
        return self.kb.planner.steps(way, skills, done)

    def remarks(self, section: str) -> tuple[Firing, ...]:
        """The remarks that rules add to a section of the report."""
        return tuple(
            one
            for one in self.firings
            if isinstance(one.rule.then, Advise) and one.rule.then.section == section
        )

    @cached_property
    def planned_routes(self) -> tuple[str, ...]:
        """The routes whose months go into the plan."""
        return tuple(dict.fromkeys(rule.then.route for rule in self.fired if isinstance(rule.then, Plan)))

    def known(self, attribute: str) -> Value | None:
        """An answer or measure by its ground name; None where it is unknown."""
        return self.memory.known.get(attribute)


def consult(kb: KnowledgeBase, case: Case, as_of: str) -> Consultation:
    """Run the rules over one case.

    Figures are those of the day `as_of`. Raises `InvalidInput` where one had no value yet, `ConflictingConclusions`
    where two rules give one attribute two values, and `EngineFailure` where the rule engine reports an error.
    """
    kb = kb.on(as_of)
    memory = WorkingMemory(_known(kb, case, as_of), kb.concluded)
    fired: list[GroundRule] = []

    def conclude(rule: GroundRule) -> None:
        fired.append(rule)
        conclusion = conclusion_of(rule.then)
        if conclusion is not None:
            memory.concluded[conclusion[0]].add(conclusion[1])

    kb.engine.run(memory, conclude)
    _refuse_conflicts(kb, memory, fired)
    fired.sort(key=lambda rule: (rule.stratum, -rule.salience, rule.key))
    return Consultation(kb, case, as_of, memory, fired)


def consult_instead(consultation: Consultation, case: Case) -> Consultation:
    """The consultation of another case on the same day.

    Rules are run only where a comparison of theirs comes out otherwise: what fires hangs on nothing else. Raises as
    `consult` does.
    """
    kb, as_of, before = consultation.kb, consultation.as_of, consultation.memory
    memory = WorkingMemory(_known(kb, case, as_of), kb.concluded)
    changed = [
        name
        for name in before.known.keys() | memory.known.keys()
        if before.known.get(name) != memory.known.get(name)
    ]
    for name in changed:
        for leaf in kb.comparisons.get(name, ()):
            if leaf_truth(leaf, before) is not leaf_truth(leaf, memory):
                return consult(kb, case, as_of)
    memory.concluded = before.concluded
    return Consultation(kb, case, as_of, memory, consultation.fired)


def _known(kb: KnowledgeBase, case: Case, as_of: str) -> dict[str, Value]:
    """Answers and measures; skills stand there with all they count as."""
    known = dict(case.answers)
    skills = known.get("skills")
    if isinstance(skills, frozenset):
        known["skills"] = kb.reader.index.counted(skills)
    known.update(kb.measures.of(known, as_of))
    return known


def _firing(rule: GroundRule, memory: WorkingMemory) -> Firing:
    because = supporting_leaves(rule.when, memory)
    found: dict[str, Any] = {}
    for leaf in because:
        value: Any = memory.concluded.get(leaf.attribute)
        if value is None:
            value = memory.known.get(leaf.attribute)
        found[leaf.attribute] = _plain(value, leaf)
    return Firing(rule, tuple(because), dict(sorted(found.items())))


def _plain(value: Any, leaf: Leaf) -> Any:
    """A value as JSON; of a set, only the elements that the comparison asks for, where it asks for any."""
    if not isinstance(value, set | frozenset):
        return value
    present = [one for one in value if one in leaf.operands]
    return sorted(present or value, key=str)


def _refuse_conflicts(kb: KnowledgeBase, memory: WorkingMemory, fired: Iterable[GroundRule]) -> None:
    problems = Problems()
    for name, values in sorted(memory.concluded.items()):
        if name in kb.single_valued and len(values) > 1:
            rules = sorted(rule.key for rule in fired if (conclusion_of(rule.then) or ("",))[0] == name)
            text = f"rules {', '.join(rules)} give {name!r} several values: {', '.join(sorted(map(str, values)))}"
            problems.add(Location("rules"), "conflicting-conclusions", text)
    if problems:
        raise ConflictingConclusions(problems)


def _severity(firing: Firing) -> str:
    assert isinstance(firing.rule.then, Warn)
    return firing.rule.then.severity


def _rules(ground_rules: Iterable[GroundRule]) -> tuple[str, ...]:
    return tuple(sorted({one.rule for one in ground_rules}))


def _recommendations(consultation: Consultation) -> tuple[Recommendation, ...]:
    """The tracks that rules recommend, in the order of their gaps."""
    because: dict[str, list[GroundRule]] = {}
    for rule in consultation.fired:
        if isinstance(rule.then, Recommend):
            because.setdefault(rule.then.track, []).append(rule)
    recommended = [way for way in consultation.ways if way.track in because]
    return tuple(
        _recommendation(consultation, way, rank, because[way.track])
        for rank, way in enumerate(recommended, 1)
    )


def _recommendation(
    consultation: Consultation, way: Way, rank: int, because: Iterable[GroundRule]
) -> Recommendation:
    kb = consultation.kb
    route = kb.facts.routes[way.route] if way.route else None
    return Recommendation(
        track=way.track,
        rank=rank,
        basis=way.basis,
        route=way.route,
        timeline=way.timeline,
        carries_over=route.carries_over if route else way.held,
        have=way.held,
        gap=tuple(
            one
            for step in sorted(consultation.steps(way), key=lambda step: step.done)
            for one in step.to_learn
            if one in way.missing
        ),
        tied_with=way.tied_with,
        because=_rules(because),
    )
