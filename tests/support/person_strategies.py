"""Hypothesis strategies: small knowledge bases that are whole (tracks, routes, bands, measures, costs), and persons.

The tables stay the same and are small, so that every possible person can be gone through; which questions there are,
and the rules, differ. Skills count as others, one default follows an answer, bands overlap and leave holes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from trackfit.engine.inference.base import Compiled, KnowledgeBase
from trackfit.engine.knowledge.names import ground_attributes
from trackfit.engine.knowledge.strata import stratify
from trackfit.engine.language.conditions import Leaf
from trackfit.engine.language.facts import (
    Background,
    Figure,
    Route,
    Skill,
    Track,
    TrackSkill,
    WarningKind,
)
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import (
    Advise,
    Attribute,
    Binding,
    Change,
    Choice,
    Conclude,
    Facts,
    GroundRule,
    Plan,
    Program,
    Question,
    Recommend,
    Then,
    Value,
    Warn,
    conclusion_of,
)
from trackfit.engine.language.operators import OPERATORS
from trackfit.tests.support.knowledge_strategies import conditions

TRACKS = ("east", "north", "south")
SKILLS = {"ape": (), "bee": (), "cat": ("bee",), "dog": ("ape",), "eel": (), "fox": ("cat", "dog")}
TRACK_SKILLS = {"east": ("bee", "dog"), "north": ("ape", "bee", "cat"), "south": ("ape", "dog")}
DAYS = ("2026-11-22", "2027-01-31", "2027-02-01", "2029-01-01")
LEVELS = 3
BANDS_SHOWN = "{{ track.bands }}"
SET_SHOWN = "{{ case.tools }}"
TEXTS = ("{{ case.salary_basis }}", "{{ case.keen }}", "{{ case.salary_goal }}", SET_SHOWN, BANDS_SHOWN)
"""What rules may say; `track` stands for the north."""


def _figure(id_: str, value: Any, unit: str, **more: Any) -> Figure:
    row = {"about": id_, "as_of": "2026-04", "review_by": "2027-01-31", "sources": (), **more}
    return Figure(id=id_, value=value, unit=unit, **row)


def _band(id_: str, years: Any, value: Any, basis: str | None, **more: Any) -> Figure:
    """A band named by its track and level."""
    track, *_, level = id_.split("_")
    unit = more.pop("unit", "usd_per_year")
    return _figure(id_, value, unit, track=track, level=level, years=years, basis=basis, **more)


FIGURES = (
    _figure("short", (1, 3), "months"),
    _figure("long", (0, 6), "months", review_by="2028-01-31"),
    _figure("two_years", 2, "years"),
    _figure("near_threshold", 60, "percent_of_track_skills"),
    _figure("overlap_threshold", 34, "percent_of_track_skills"),
    _band("north_entry", (0, 1), (1, 3), "base"),
    _band("north_mid", (1, 2), (2, 4), "total"),
    _band("north_senior", (4, None), (3, 4), "not_stated", open_ended=True),
    _band("east_mid", (1, 3), (1.5, 2.5), None),
    _band("east_other_mid", (3, 3), (2, 3), "base", review_by="2028-01-31"),
    _band("east_lead", None, (4, 5), "base"),
    _band("south_mid", (1, 3), (2, 3), "base", country="far", unit="eur_per_year"),
    _band("south_senior", (2, None), (1, 4), "not_stated", country="near"),
)


def _route(id_: str, months: str, carries_over: str, gap: str, years_from: str | None = None) -> Route:
    """A route named by where it starts and leads."""
    background, track, *_ = id_.split("_")
    return Route(
        id=id_,
        background=background,
        track=track,
        standing="recommended",
        timeline=months,
        years_from=years_from,
        carries_over=tuple(carries_over.split()),
        gap=tuple(gap.split()),
        math="none",
        note="…",
    )


ROUTES = (
    _route("away_north", "long", "ape", "eel"),
    _route("home_east", "short", "", "eel bee"),
    _route("home_north", "short", "bee cat", "", "two_years"),
    _route("home_north_long", "long", "", "ape"),
)


def choices(*ids: str) -> tuple[Choice, ...]:
    return tuple(Choice(id=one, name=one) for one in ids)


def _asked(id_: str, type_: Any, change: Change | None = None, **more: Any) -> Attribute:
    question = Question(order=1, question="?", help="…", change=change, required=more.pop("required", False))
    return Attribute(id=id_, label=id_, type=type_, origin="asked", question=question, **more)


ASKED = (
    _asked("background", "choice", Change(never=True), choices=choices("home", "away"), required=True),
    _asked("years_experience", "whole_number", Change(cost=2, open=3, only_up=True), range=(0, 4)),
    _asked("skills", "set", Change(cost=3, open=2), choices=choices(*SKILLS)),
    _asked("denied_skills", "set", Change(never=True), choices=choices("bee", "ape")),
    _asked("target_track", "choice", Change(cost=3), choices=choices(*TRACKS)),
    _asked("math_comfort", "choice", Change(cost=5), choices=choices("low", "strong")),
    _asked("tools", "set", choices=choices("bolt", "nut")),
    _asked("salary_goal", "money", Change(cost=1, step=2), range=(0, 5)),
    _asked(
        "salary_basis",
        "choice",
        Change(cost=2),
        choices=choices("base", "total"),
        default="base",
        default_with="salary_goal",
    ),
    _asked("country", "choice", Change(cost=5), choices=choices("near", "far")),
    Attribute(
        id="salary_currency",
        label="salary_currency",
        type="choice",
        origin="asked",
        choices=choices("eur", "usd"),
        said_in="salary_goal",
        default_with="salary_goal",
        default_by="country",
        defaults={"far": "eur"},
    ),
    _asked("keen", "yes_no", Change(cost=4, open=1)),
    _asked("mood", "choice", Change(cost=2, only_up=True), choices=choices("calm", "none", "true")),
)
CONCLUDED: dict[str, tuple[Any, tuple[str, ...]]] = {
    "tone": ("choice", ("calm", "none", "true")),
    "sure": ("yes_no", ()),
    "found": ("set", TRACKS),
    "more": ("set", ("nut", "bolt")),
    "recommended": ("set", TRACKS),
    "warned": ("set", ("careful", "slow")),
}


def facts_of(asked: Sequence[Attribute]) -> Facts:
    attributes = {attribute.id: attribute for attribute in asked}
    for measure in MEASURES.values():
        attributes[measure.name] = Attribute(
            id=measure.name,
            label=measure.name,
            type=measure.gives,
            origin="measured",
            measure=measure.name,
            choices=choices(*measure.values),
            range=None if measure.values else (0, 100 if "percent" in measure.name else 20),
            of=measure.of,
        )
    for name, (type_, values) in CONCLUDED.items():
        attributes[name] = Attribute(
            id=name, label=name, type=type_, origin="concluded", choices=choices(*values)
        )
    return Facts(
        sources={},
        figures={one.id: one for one in FIGURES},
        tracks={
            track: Track(
                id=track,
                name=track,
                role="…",
                feeder="home",
                daily_work=(),
                skills=tuple(TrackSkill(skill=one) for one in TRACK_SKILLS[track]),
                math="required" if track == "east" else "none",
            )
            for track in TRACKS
        },
        common_words={},
        advert_words={},
        backgrounds={one: Background(id=one, name=one, description="…", order=1) for one in ("away", "home")},
        routes={one.id: one for one in ROUTES},
        skills={
            id_: Skill(id=id_, name=id_, kind="practice", counts_as=broader)
            for id_, broader in SKILLS.items()
        },
        ambiguous={},
        titles={},
        date_words={},
        answer_words={},
        resources={},
        currencies={},
        countries={},
        units={},
        organization={},
        occupations={},
        warnings={one: WarningKind(id=one, title=one) for one in ("careful", "slow")},
        attributes=dict(sorted(attributes.items())),
    )


ATTRIBUTES = facts_of(ASKED).attributes
NAMES = {name: row.attribute for name, row in ground_attributes(facts_of(ASKED)).items()}
GIVEN = frozenset(CONCLUDED)


@cache
def one_value(name: str) -> st.SearchStrategy[Any]:
    """A value, or an element of a set, of an attribute; of percents, those that a track can have and their neighbors."""
    attribute = ATTRIBUTES[NAMES[name]]
    if attribute.type == "yes_no":
        return st.booleans()
    if attribute.id == "percent_held":
        return st.sampled_from([0, 1, 33, 34, 50, 66, 67, 100])
    if attribute.range is not None:
        return st.integers(attribute.range[0], min(attribute.range[1], 6))
    return st.sampled_from([choice.id for choice in attribute.choices])


@cache
def leaves_of(name: str, *, positive_only: bool) -> st.SearchStrategy[Leaf]:
    """Comparisons of one attribute, with every operator that fits its type."""
    value = one_value(name)
    shapes: dict[str, st.SearchStrategy[Any]] = {
        "one": value,
        "many": st.sets(value, min_size=1, max_size=3).map(lambda found: tuple(sorted(found))),
        "range": st.tuples(value, value).map(lambda pair: tuple(sorted(pair))),
        "flag": st.just(value=True) if positive_only else st.booleans(),
    }
    return st.one_of(
        [
            st.builds(Leaf, attribute=st.just(name), operator=st.just(row.name), operand=shapes[row.takes])
            for row in OPERATORS.values()
            if ATTRIBUTES[NAMES[name]].type in row.types and not (positive_only and row.negates)
        ]
    )


@cache
def _consequences(texts: tuple[str, ...]) -> st.SearchStrategy[Then]:
    by_route = st.sampled_from(ROUTES).map(lambda route: Recommend(track=route.track))
    by_overlap = st.sampled_from(TRACKS).map(lambda track: Recommend(track=track))
    says = st.sampled_from(("…", *texts))
    warnings = st.builds(
        Warn, warning=st.sampled_from(["careful", "slow"]), severity=st.just("high"), says=says
    )
    remarks = st.builds(Advise, section=st.just("plan"), says=says)
    kinds: list[st.SearchStrategy[Any]] = [by_route, by_overlap, by_overlap, warnings]
    kinds += [remarks, st.just(Plan(route="home_east"))]
    for name in sorted(CONCLUDED):
        if name not in ("recommended", "warned"):
            kinds.append(st.builds(Conclude, attribute=st.just(name), value=one_value(name)))
    return st.one_of(kinds)


@st.composite
def knowledge_bases(
    draw: st.DrawFn, most: int = 8, left_out: tuple[int, int] = (0, 7)
) -> tuple[Facts, tuple[GroundRule, ...]]:
    """Facts with some of the questions, and rules that chain, recurse, and test absences across strata.

    `most` is the number of rules, and `left_out` says how many questions there are not.
    """
    fewest, at_most = left_out
    optional = st.sampled_from([one.id for one in ASKED[1:]])
    gone = draw(st.sets(optional, min_size=fewest, max_size=at_most))
    facts = facts_of([one for one in ASKED if one.id not in gone])
    level = {name: draw(st.integers(0, LEVELS - 1)) for name in CONCLUDED}
    texts = tuple(text for text in TEXTS if not any(name in text for name in gone))
    named = draw(st.sets(st.sampled_from(sorted(set(NAMES) - GIVEN - gone)), min_size=1, max_size=4))
    rules = []
    for number in range(draw(st.integers(1, most))):
        then = draw(_consequences(texts))
        given_by = conclusion_of(then)
        own = LEVELS if given_by is None else level[given_by[0]]
        usable = [leaves_of(name, positive_only=False) for name in sorted(named)]
        usable += [
            leaves_of(name, positive_only=level[name] == own)
            for name in sorted(CONCLUDED)
            if level[name] <= own
        ]
        rule = GroundRule(
            key=f"rule{number}",
            rule=f"rule{number}",
            title="…",
            when=draw(conditions(usable, 2)),
            then=then,
            salience=draw(st.integers(-1, 1)),
            bindings=(Binding(variable="track", table="tracks", row="north"),),
        )
        rules.append(rule)
    return facts, stratify(rules, GIVEN)


def knowledge_base(facts: Facts, rules: Sequence[GroundRule], engine: str = "three-valued") -> KnowledgeBase:
    """A knowledge base that has no files."""
    program = Program(rules=tuple(rules), attributes=ground_attributes(facts))
    return KnowledgeBase(Path("no-such-folder"), Compiled(facts, program, "sha256:0"), engine)


def possible_values(attribute: Attribute) -> list[Value]:
    """Every answer that a question may have."""
    ids = [choice.id for choice in attribute.choices]
    if attribute.type == "set":
        sizes = range(len(ids) + 1)
        return [frozenset(some) for size in sizes for some in itertools.combinations(ids, size)]
    if attribute.type == "yes_no":
        return [False, True]
    return list(range(attribute.range[0], attribute.range[1] + 1)) if attribute.range else list(ids)


@st.composite
def answers(draw: st.DrawFn, facts: Facts) -> dict[str, Value]:
    """A person: some value for some of the questions, and for those that are required."""
    found: dict[str, Value] = {}
    for attribute in facts.attributes.values():
        required = attribute.question is not None and attribute.question.required
        if attribute.origin == "asked" and (required or draw(st.booleans())):
            found[attribute.id] = draw(st.sampled_from(possible_values(attribute)))
    return found


def everybody(spaces: dict[str, list[Value | None]]) -> Iterator[dict[str, Value]]:
    """Every person, given for each question the answers to go through; None stands for no answer."""
    for values in itertools.product(*spaces.values()):
        yield {name: value for name, value in zip(spaces, values, strict=True) if value is not None}
