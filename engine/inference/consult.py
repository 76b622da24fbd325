"""One consultation: answers → working memory → rules → conclusions with their reasons, ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.inference.three_valued import WorkingMemory, supporting_leaves
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
    """A track with its rank (1 is the smallest gap) and what speaks for it.

    `timeline` is the id of the route's figure in months, None where no source gives one. `tied_with` names
    the tracks that nothing but their id puts in another place. `because` names the rules.
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
        """The recommended tracks by rank: sourced routes first, then by the smallest gap."""
        return _rank(self)

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


class _Candidate(msgspec.Struct):
    """A recommended track before it is ranked."""

    track: str
    rules: list[GroundRule]
    route: str | None = None
    have: tuple[str, ...] = ()
    gap: tuple[str, ...] = ()
    carries_over: tuple[str, ...] = ()


def _rank(consultation: Consultation) -> tuple[Recommendation, ...]:
    """A total order: sourced before overlap, shorter before longer, smaller share missing first, then the id."""
    candidates: dict[str, _Candidate] = {}
    for rule in consultation.fired:
        then = rule.then
        if isinstance(then, Recommend):
            candidate = candidates.setdefault(then.track, _Candidate(then.track, []))
            candidate.rules.append(rule)
            candidate.route = candidate.route or then.route
    for candidate in candidates.values():
        _fill(consultation, candidate)
    figures = consultation.kb.facts.figures
    routes = consultation.kb.facts.routes

    def gap(candidate: _Candidate) -> tuple[Any, ...]:
        timeline = figures[routes[candidate.route].timeline] if candidate.route else None
        return (
            candidate.route is None,
            (timeline.high, timeline.low) if timeline else (0, 0),
            Fraction(len(candidate.gap), len(candidate.gap) + len(candidate.have) or 1),
            -len(candidate.have),
        )

    gaps = {track: gap(candidate) for track, candidate in candidates.items()}
    ordered = sorted(candidates.values(), key=lambda candidate: (gaps[candidate.track], candidate.track))
    return tuple(
        Recommendation(
            track=candidate.track,
            rank=rank,
            basis="sourced_route" if candidate.route else "skill_overlap",
            route=candidate.route,
            timeline=routes[candidate.route].timeline if candidate.route else None,
            carries_over=candidate.carries_over,
            have=candidate.have,
            gap=candidate.gap,
            tied_with=tuple(
                other.track
                for other in ordered
                if other is not candidate and gaps[other.track] == gaps[candidate.track]
            ),
            because=_rules(candidate.rules),
        )
        for rank, candidate in enumerate(ordered, 1)
    )


def _fill(consultation: Consultation, candidate: _Candidate) -> None:
    """What the person brings, and what is missing in the order to learn it; without a list of skills, all of the gap."""
    held = consultation.known("skills")
    skills = held if isinstance(held, frozenset) else frozenset()
    wanted = consultation.kb.measures.track_skills[candidate.track]
    if candidate.route is None:
        steps = consultation.kb.planner.to_track(candidate.track, skills)
        candidate.have = tuple(skill for skill in wanted if skill in skills)
        candidate.gap = tuple(skill for step in steps for skill in step.to_learn if skill in wanted)
        candidate.carries_over = candidate.have
        return
    route = consultation.kb.facts.routes[candidate.route]
    steps = consultation.kb.planner.by_route(route, skills)
    in_order = [skill for step in steps for skill in step.to_learn if skill in route.gap]
    everything = dict.fromkeys((*route.carries_over, *route.gap, *wanted))
    candidate.have = tuple(skill for skill in everything if skill in skills)
    candidate.gap = tuple(
        skill
        for skill in dict.fromkeys((*in_order, *route.gap, *wanted))
        if skill not in skills and skill not in route.carries_over
    )
    candidate.carries_over = route.carries_over
