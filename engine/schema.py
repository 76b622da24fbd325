"""The shape of every table of a knowledge base: which keys a row has and what may stand in them.

The only place where pydantic is used. Shapes know nothing of other rows; that names resolve is for `load`
and what rules mean is for `compile`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Month = Annotated[
    str, StringConstraints(pattern=r"^\d{4}(-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Number = Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]

Unit = Literal[
    "usd_per_year",
    "percent_of_postings",
    "percent_of_stack",
    "percent_growth_yoy",
    "percent_wage_premium",
    "percent_of_track_skills",
    "months",
    "month_of_plan",
    "postings",
    "salaries",
    "years",
    "rank",
]
SkillKind = Literal[
    "language", "framework", "data", "cloud", "infrastructure", "ml", "llm", "practice", "leadership"
]
Measure = Literal[
    "skills_held",
    "skills_missing",
    "percent_held",
    "levels",
    "bands",
    "goal_against_band",
    "figures_past_review",
]
Section = Literal["skills", "plan", "salary", "tracks", "answers"]


class Shape(BaseModel):
    """Base: unknown keys are refused, text is never turned into numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceShape(Shape):
    """Who published a number, and what they leave unsaid."""

    id: Id
    publisher: Short
    title: Short
    date: Month
    quoted_in: Id | None = None
    sample: tuple[Id, ...] = ()
    does_not_state: tuple[Short, ...] = ()


class DerivedShape(Shape):
    """How a derived figure is worked out from stated ones."""

    difference: tuple[Id, Id]


class FigureShape(Shape):
    """A number with its unit, source and date; stated by a source, or derived from other figures."""

    id: Id
    about: Short
    value: Number | tuple[Number, Number] | None = None
    derived: DerivedShape | None = None
    open_ended: Flag = False
    approximate: Flag = False
    unit: Unit
    basis: Literal["base", "total", "not_stated"] | None = None
    track: Id | None = None
    family: Id | None = None
    level: Literal["entry", "mid", "senior", "staff", "lead"] | None = None
    years: tuple[Count, Count | None] | None = None
    skill: Id | None = None
    as_of: Month | None = None
    review_by: Day
    sources: tuple[Id, ...] = ()
    where: Short | None = None

    @field_validator("value", "years")
    @classmethod
    def in_order(cls, value: Any) -> Any:
        """A range runs from its lower to its upper end."""
        if isinstance(value, tuple) and value[1] is not None and value[0] > value[1]:
            raise ValueError(f"the range runs from {value[0]} down to {value[1]}; write the lower end first")
        return value

    @model_validator(mode="after")
    def stated_or_derived(self) -> FigureShape:
        """Exactly one of `value` and `derived`; a stated figure has its date and source."""
        if (self.value is None) == (self.derived is None):
            raise ValueError("a figure has either a `value` or `derived`, and not both")
        if self.value is not None and not self.sources:
            raise ValueError("the figure has no source; add `sources: [an id of facts/sources.yaml]`")
        if self.value is not None and self.as_of is None:
            raise ValueError('the figure has no date; add `as_of: "2026-04"`')
        if (self.unit == "usd_per_year") != (self.basis is not None):
            raise ValueError("`basis` goes with the unit usd_per_year, always, and with no other")
        return self


class TrackSkillShape(Shape):
    """A skill that a track asks for."""

    skill: Id
    demand: tuple[Id, ...] = ()
    family: Id | None = None


class FamilyShape(Shape):
    """One of several kinds of job in a track."""

    id: Id
    name: Short
    daily_work: tuple[Text, ...] = ()


class TrackShape(Shape):
    """A career track; its skills in order of demand."""

    id: Id
    name: Short
    role: Short
    feeder: Id
    daily_work: tuple[Text, ...]
    skills: tuple[TrackSkillShape, ...] = Field(min_length=1)
    families: tuple[FamilyShape, ...] = ()
    growth: tuple[Id, ...] = ()
    averages: tuple[Id, ...] = ()


class BackgroundShape(Shape):
    """Where a person comes from."""

    id: Id
    name: Short
    description: Text
    order: Count


class StageShape(Shape):
    """A stretch of a route's months."""

    months: Id
    skills: tuple[Id, ...]
    outcome: Text


class RouteShape(Shape):
    """From a background to a track, as a source gives it."""

    id: Id
    background: Id
    track: Id
    standing: Literal["recommended", "priced"]
    years_from: Id | None = None
    timeline: Id
    transfer: Id | None = None
    carries_over: tuple[Id, ...]
    gap: tuple[Id, ...]
    math: Literal["none", "required", "not_stated"]
    note: Text
    stages: tuple[StageShape, ...] = ()


class SkillShape(Shape):
    """A skill, the ways people write it, and what it counts as."""

    id: Id
    name: Short
    kind: SkillKind
    aliases: tuple[Short, ...] = ()
    counts_as: tuple[Id, ...] = ()
    needs: tuple[Id, ...] = ()


class AmbiguousShape(Shape):
    """A short form with several meanings."""

    id: Short
    may_mean: tuple[Id, ...] = Field(min_length=2)


class WarningShape(Shape):
    """A warning that rules may give."""

    id: Id
    title: Short


class ChoiceShape(Shape):
    """One value of a closed vocabulary."""

    id: Id
    name: Short


class ChangeShape(Shape):
    """How hard it is to change an answer, weighed against the other answers."""

    cost: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1
    open: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1
    step: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1
    only_up: Flag = False
    never: Flag = False


class QuestionShape(Shape):
    """How an attribute is asked."""

    order: Count
    question: Text
    help: Text
    examples: tuple[Short, ...] = ()
    required: Flag = False
    only_if: dict[str, Any] | None = None
    change: ChangeShape | None = None


class AttributeShape(Shape):
    """Something that can be known about a case: asked, measured or concluded."""

    id: Id
    label: Short
    type: Literal["choice", "whole_number", "money", "yes_no", "set", "text"]
    choices: Literal["backgrounds", "tracks", "skills"] | tuple[ChoiceShape, ...] | None = None
    also: tuple[ChoiceShape, ...] = ()
    range: tuple[Count, Count] | None = None
    default: Id | None = None
    default_with: Id | None = None
    asked: QuestionShape | None = None
    measured: Measure | None = None
    concluded: Literal[True] | None = None
    of: Literal["tracks"] | None = None

    @model_validator(mode="after")
    def fits_its_type(self) -> AttributeShape:
        """One origin; a vocabulary where the type has one; a range for numbers."""
        if [self.asked, self.measured, self.concluded].count(None) != 2:
            raise ValueError("an attribute is one of `asked`, `measured` or `concluded`")
        if (self.type in ("choice", "set")) != (self.choices is not None):
            raise ValueError("`choices` goes with the types choice and set, always, and with no other")
        if (self.type in ("whole_number", "money")) != (self.range is not None):
            raise ValueError("`range` goes with the types whole_number and money, always, and with no other")
        if self.range and not -(10**15) <= self.range[0] <= self.range[1] <= 10**15:
            raise ValueError("the range must run upward and stay within a thousand million million")
        if self.concluded and self.type not in ("choice", "yes_no", "set"):
            raise ValueError("a concluded attribute is a choice, a yes_no or a set")
        if (self.default is None) != (self.default_with is None):
            raise ValueError("`default` and `default_with` go together")
        return self


class ThenShape(Shape):
    """What a rule does: one of conclude, recommend, warn, advise, plan."""

    conclude: dict[str, Any] | None = Field(default=None, min_length=1, max_length=1)
    recommend: Short | None = None
    basis: Literal["sourced_route", "skill_overlap"] | None = None
    route: Short | None = None
    warn: Id | None = None
    severity: Literal["high", "medium", "low"] | None = None
    advise: Section | None = None
    plan: Short | None = None
    says: Text | None = None

    @model_validator(mode="after")
    def one_consequence(self) -> ThenShape:
        """Exactly one consequence, with the keys that belong to it."""
        given = [name for name in ("conclude", "recommend", "warn", "advise", "plan") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("`then` has exactly one of conclude, recommend, warn, advise, plan")
        kind = given[0]
        wanted = {"recommend": {"basis"}, "warn": {"severity", "says"}, "advise": {"says"}}.get(kind, set())
        if kind == "recommend" and self.basis == "sourced_route":
            wanted = wanted | {"route"}
        present = {name for name in ("basis", "route", "severity", "says") if getattr(self, name) is not None}
        if missing := wanted - present:
            raise ValueError(f"`{kind}` also needs `{min(missing)}`")
        if extra := present - wanted:
            raise ValueError(f"`{min(extra)}` does not belong to `{kind}`")
        return self


class RuleShape(Shape):
    """A rule: when its conditions hold, then its consequence follows."""

    id: Id
    title: Short
    reviewed: Day
    salience: Annotated[int, Field(strict=True, ge=-1000, le=1000)] = 0
    for_each: dict[Id, Literal["tracks", "routes", "backgrounds"]] | None = Field(
        default=None, min_length=1, max_length=1
    )
    when: dict[str, Any] = Field(min_length=1)
    then: ThenShape


SHAPES: dict[str, type[Shape]] = {
    "sources": SourceShape,
    "figures": FigureShape,
    "tracks": TrackShape,
    "backgrounds": BackgroundShape,
    "routes": RouteShape,
    "skills": SkillShape,
    "ambiguous": AmbiguousShape,
    "warnings": WarningShape,
    "attributes": AttributeShape,
    "rules": RuleShape,
}

FACT_TABLES = tuple(name for name in SHAPES if name != "rules")
