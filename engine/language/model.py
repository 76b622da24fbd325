"""What a knowledge base and a case are made of: frozen, keyword-only records, and nothing that acts.

Ids are plain text that refers to another table's row; the loader has checked that each one resolves.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from trackfit.engine.language.conditions import Condition

Value = str | int | bool | frozenset[str]
ValueType = Literal["choice", "whole_number", "money", "yes_no", "set", "text"]
Origin = Literal["asked", "measured", "concluded"]
Basis = Literal["sourced_route", "skill_overlap"]
WarningSeverity = Literal["high", "medium", "low"]


class Record(msgspec.Struct, kw_only=True, omit_defaults=True, frozen=True):
    """Base of all records: frozen, compared by value."""


class Source(Record, frozen=True):
    """Where a figure comes from. `date` is YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD.

    `standing` says how far it knows what it says, `place` and `period` where and when that holds, `method` how it was
    found; each None where it is not stated. `checked` and `how` say when and how someone saw its page.
    """

    id: str
    publisher: str
    title: str
    date: str
    address: str | None = None
    standing: Literal["first_hand", "one_author", "ours"] | None = None
    quoted_in: str | None = None
    place: str | None = None
    period: str | None = None
    method: str | None = None
    sample: tuple[str, ...] = ()
    checked: str | None = None
    how: str | None = None
    does_not_state: tuple[str, ...] = ()


class Resource(Record, frozen=True):
    """Where a skill can be learned; `free` and `hours` are None where nobody says."""

    id: str
    skills: tuple[str, ...]
    title: str
    publisher: str
    address: str
    kind: str
    checked: str
    how: str
    review_by: str
    free: bool | None = None
    hours: int | float | None = None


class Earlier(Record, frozen=True):
    """What a figure was before, with its own date, review date and sources."""

    value: int | float | tuple[int | float, int | float]
    as_of: str
    review_by: str
    sources: tuple[str, ...]
    open_ended: bool = False
    approximate: bool = False
    where: str | None = None


class Figure(Record, frozen=True):
    """A number, or a [low, high] range, with its unit, source and date.

    `open_ended` means the source says "and up"; `approximate`, "about". `years` is the range of years of
    experience a salary band covers, its top None where open. `difference` holds the two figure ids that a
    derived figure subtracts. `earlier` holds what it was before, the newest first.
    """

    id: str
    about: str
    value: int | float | tuple[int | float, int | float]
    unit: str
    as_of: str
    review_by: str
    sources: tuple[str, ...]
    basis: str | None = None
    open_ended: bool = False
    approximate: bool = False
    track: str | None = None
    family: str | None = None
    level: str | None = None
    years: tuple[int, int | None] | None = None
    skill: str | None = None
    where: str | None = None
    difference: tuple[str, str] | None = None
    earlier: tuple[Earlier, ...] = ()

    @property
    def low(self) -> int | float:
        """The number itself, or the range's lower end."""
        return self.value[0] if isinstance(self.value, tuple) else self.value

    @property
    def high(self) -> int | float:
        """The number itself, or the range's upper end."""
        return self.value[1] if isinstance(self.value, tuple) else self.value

    @property
    def is_band(self) -> bool:
        """True for a salary band: money, for one track at one level."""
        return self.unit == "usd_per_year" and self.track is not None and self.level is not None


class TrackSkill(Record, frozen=True):
    """A skill that a track asks for, with the figures that say how much it is asked for."""

    skill: str
    demand: tuple[str, ...] = ()
    family: str | None = None


class Family(Record, frozen=True):
    """One of several kinds of job that a track covers."""

    id: str
    name: str
    daily_work: tuple[str, ...] = ()


class Milestone(Record, frozen=True):
    """Skills that are learned together, and what exists when they are, so that another person can check it."""

    skills: tuple[str, ...]
    outcome: str


class Track(Record, frozen=True):
    """A career track; `skills` in order of demand."""

    id: str
    name: str
    role: str
    feeder: str
    daily_work: tuple[str, ...]
    skills: tuple[TrackSkill, ...]
    families: tuple[Family, ...] = ()
    growth: tuple[str, ...] = ()
    averages: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()


class Background(Record, frozen=True):
    """Where a person comes from."""

    id: str
    name: str
    description: str
    order: int


class Stage(Record, frozen=True):
    """One stretch of a route's months, with the skills it is for and an outcome that can be checked."""

    months: str
    skills: tuple[str, ...]
    outcome: str


class Route(Record, frozen=True):
    """From one background to one track. `timeline`, `transfer` and `years_from` are figure ids."""

    id: str
    background: str
    track: str
    standing: Literal["recommended", "priced"]
    timeline: str
    carries_over: tuple[str, ...]
    gap: tuple[str, ...]
    math: Literal["none", "required", "not_stated"]
    note: str
    years_from: str | None = None
    transfer: str | None = None
    stages: tuple[Stage, ...] = ()


class Skill(Record, frozen=True):
    """One skill of the vocabulary; holding it is holding every skill it `counts_as`, too."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    counts_as: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Ambiguous(Record, frozen=True):
    """A short form that people type for more than one skill."""

    id: str
    may_mean: tuple[str, ...]


class Title(Record, frozen=True):
    """Words of job titles, and what they tell: the background, or that such a job is not counted as experience."""

    id: str
    words: tuple[str, ...]
    background: str | None = None
    not_counted: bool = False


class WarningKind(Record, frozen=True):
    """A warning that rules may give, with its heading."""

    id: str
    title: str


class Choice(Record, frozen=True):
    """One value that a choice or a set may take, with the name people read."""

    id: str
    name: str


class Change(Record, frozen=True):
    """How hard it is to change an answer, for the smallest change of advice; in no unit but that of the others.

    `cost` is for another value, for each `step` of a number, or for each element of a set that is newly held
    (a skill with all it counts as); `open` for answering a question that was left open. `only_up` forbids smaller
    numbers and earlier choices, `never` any change.
    """

    cost: int = 1
    open: int = 1
    step: int = 1
    only_up: bool = False
    never: bool = False


class Question(Record, frozen=True):
    """How an attribute is asked. `only_if` tells for whom the question makes sense."""

    order: int
    question: str
    help: str
    examples: tuple[str, ...] = ()
    required: bool = False
    only_if: Condition | None = None
    change: Change | None = None


class Attribute(Record, frozen=True):
    """A declared thing that can be known about a case; `choices` is its closed vocabulary, in order.

    `of` names the table for whose every row the attribute exists once (`skills_held of mlops`).
    """

    id: str
    label: str
    type: ValueType
    origin: Origin
    choices: tuple[Choice, ...] = ()
    range: tuple[int, int] | None = None
    default: str | None = None
    default_with: str | None = None
    question: Question | None = None
    measure: str | None = None
    of: str | None = None


class Conclude(Record, frozen=True, tag="conclude"):
    """Gives an attribute a value (a set attribute: one more element)."""

    attribute: str
    value: str | bool


class Recommend(Record, frozen=True, tag="recommend"):
    """Puts a track among the recommendations."""

    track: str
    basis: Basis
    route: str | None = None


class Warn(Record, frozen=True, tag="warn"):
    """Warns of a mistake; `says` is a template text."""

    warning: str
    severity: WarningSeverity
    says: str


class Advise(Record, frozen=True, tag="advise"):
    """Adds a remark to a section of the report; `says` is a template text."""

    section: str
    says: str


class Plan(Record, frozen=True, tag="plan"):
    """Puts a route's months and outcomes into the plan."""

    route: str


Then = Conclude | Recommend | Warn | Advise | Plan


class Binding(Record, frozen=True):
    """The row that a rule's loop variable stands for."""

    variable: str
    table: str
    row: str


class GroundRule(Record, frozen=True):
    """A rule for one row of its `for_each` table (or for none); `key` is unique, `rule` is the author's id."""

    key: str
    rule: str
    title: str
    when: Condition
    then: Then
    stratum: int = 0
    salience: int = 0
    bindings: tuple[Binding, ...] = ()


class GroundAttribute(Record, frozen=True):
    """An attribute as conditions name it: `years_experience`, or `skills_held of mlops`."""

    name: str
    attribute: str
    row: str | None = None


class Facts(Record, frozen=True):
    """The tables of a knowledge base, each row under its id, in order of id."""

    sources: dict[str, Source]
    figures: dict[str, Figure]
    tracks: dict[str, Track]
    backgrounds: dict[str, Background]
    routes: dict[str, Route]
    skills: dict[str, Skill]
    ambiguous: dict[str, Ambiguous]
    warnings: dict[str, WarningKind]
    attributes: dict[str, Attribute]
    titles: dict[str, Title] = {}
    resources: dict[str, Resource] = {}


def address_of(facts: Facts, source: str) -> str | None:
    """Where a source was read: its own address, else that of the source which quotes it."""
    seen: set[str] = set()
    id_: str | None = source
    while id_ is not None and id_ not in seen:
        seen.add(id_)
        row = facts.sources[id_]
        if row.address is not None:
            return row.address
        id_ = row.quoted_in
    return None


RESOURCE_KINDS = ("documentation", "tutorial", "course", "book", "article", "repository")
"""Kinds of resources, those to begin with first."""


def resources_for(facts: Facts, skill: str) -> list[Resource]:
    """Where a skill can be learned: what is about it first, then by kind, then what is free."""
    found = [row for row in facts.resources.values() if skill in row.skills]
    return sorted(
        found,
        key=lambda row: (
            row.skills[0] != skill,
            RESOURCE_KINDS.index(row.kind),
            row.free is not True,
            row.id,
        ),
    )


class Program(Record, frozen=True):
    """What the engine runs: ground rules in order of stratum and key, and the attributes they speak of."""

    rules: tuple[GroundRule, ...]
    attributes: dict[str, GroundAttribute]


RECOMMENDED = "recommended"
WARNED = "warned"


def given_by(rule: GroundRule) -> tuple[str, ...]:
    """What a rule gives, as far as a second rule that gives the same adds nothing.

    A text can say something else for another row.
    """
    rows = tuple(f"{one.variable}={one.row}" for one in rule.bindings)
    match rule.then:
        case Conclude(attribute=attribute, value=value):
            return ("conclude", attribute, str(value))
        case Recommend(track=track, basis=basis, route=route):
            return ("recommend", track, basis, route or "")
        case Warn(warning=warning, severity=severity, says=says):
            return ("warn", warning, severity, says, *rows)
        case Advise(section=section, says=says):
            return ("advise", section, says, *rows)
        case Plan(route=route):
            return ("plan", route)


def conclusion_of(then: Then) -> tuple[str, str | bool] | None:
    """The attribute and value that a consequence makes known to later rules, or None for mere remarks."""
    match then:
        case Conclude():
            return then.attribute, then.value
        case Recommend():
            return RECOMMENDED, then.track
        case Warn():
            return WARNED, then.warning
        case Advise() | Plan():
            return None
