"""The shape of every table of a knowledge base: which keys a row has and what may stand in them.

Shapes know nothing of other rows, nor of how the keys of a row go together: that is for `consistency`. That names
resolve is for `references`, and what rules mean is for `compile`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from trackfit.engine.language.history import DATE

ADDRESS = (
    r"^https?://[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?\.[a-zA-Z]{2,}(:\d{1,5})?([/?#][!#-;=?-Z_a-z~]*)?$"
)
"""What an address looks like: a host with a dot, and nothing that could end a link early."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=80)]
"""An id of another row; whether there is one is for `references`."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Month = Annotated[str, StringConstraints(pattern=f"^{DATE}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Address = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=500)]
"""Where a page is, as http or https."""
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
ResourceKind = Literal["documentation", "tutorial", "course", "book", "article", "repository"]
Seen = Literal["opened", "page_copy", "publisher_repository", "cited"]
"""How someone saw that a page is there."""
Section = Literal["skills", "plan", "salary", "tracks", "answers", "doubts"]


class Shape(BaseModel):
    """Base: unknown keys are refused, text is never turned into numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceShape(Shape):
    """Who published a number, and what they leave unsaid."""

    id: Id
    publisher: Short
    title: Short
    address: Address | None = None
    date: Month
    standing: Literal["first_hand", "one_author", "ours"] | None = None
    quoted_in: Ref | None = None
    place: Short | None = None
    period: Short | None = None
    method: Short | None = None
    sample: tuple[Ref, ...] = ()
    checked: Day | None = None
    how: Seen | None = None
    does_not_state: tuple[Short, ...] = ()


class ResourceShape(Shape):
    """Where a skill can be learned, the main one of `skills` first."""

    id: Id
    skills: tuple[Ref, ...] = Field(min_length=1)
    title: Short
    publisher: Short
    address: Address
    kind: ResourceKind
    free: Flag | None = None
    hours: Number | None = None
    checked: Day
    how: Seen
    review_by: Day


class DerivedShape(Shape):
    """How a derived figure is worked out from stated ones."""

    difference: tuple[Ref, Ref]


class EarlierShape(Shape):
    """What a figure was before: what was different then."""

    value: Number | tuple[Number, Number]
    open_ended: Flag = False
    approximate: Flag = False
    as_of: Month
    review_by: Day
    sources: tuple[Ref, ...] = Field(min_length=1)
    where: Short | None = None


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
    track: Ref | None = None
    family: Ref | None = None
    level: Literal["entry", "mid", "senior", "staff", "lead"] | None = None
    years: tuple[Count, Count | None] | None = None
    skill: Ref | None = None
    as_of: Month | None = None
    review_by: Day
    sources: tuple[Ref, ...] = ()
    where: Short | None = None
    earlier: tuple[EarlierShape, ...] = ()


class TrackSkillShape(Shape):
    """A skill that a track asks for."""

    skill: Ref
    demand: tuple[Ref, ...] = ()
    family: Ref | None = None


class FamilyShape(Shape):
    """One of several kinds of job in a track."""

    id: Id
    name: Short
    daily_work: tuple[Text, ...] = ()


class MilestoneShape(Shape):
    """Skills learned together, with what shows that they are."""

    skills: tuple[Ref, ...] = Field(min_length=1)
    outcome: Text


class TrackShape(Shape):
    """A career track; its skills in order of demand."""

    id: Id
    name: Short
    role: Short
    feeder: Ref
    daily_work: tuple[Text, ...]
    skills: tuple[TrackSkillShape, ...] = Field(min_length=1)
    families: tuple[FamilyShape, ...] = ()
    growth: tuple[Ref, ...] = ()
    averages: tuple[Ref, ...] = ()
    milestones: tuple[MilestoneShape, ...] = ()


class BackgroundShape(Shape):
    """Where a person comes from."""

    id: Id
    name: Short
    description: Text
    order: Count


class StageShape(Shape):
    """A stretch of a route's months."""

    months: Ref
    skills: tuple[Ref, ...]
    outcome: Text


class RouteShape(Shape):
    """From a background to a track, as a source gives it."""

    id: Id
    background: Ref
    track: Ref
    standing: Literal["recommended", "priced"]
    years_from: Ref | None = None
    timeline: Ref
    transfer: Ref | None = None
    carries_over: tuple[Ref, ...]
    gap: tuple[Ref, ...]
    math: Literal["none", "required", "not_stated"]
    note: Text
    stages: tuple[StageShape, ...] = ()


class SkillShape(Shape):
    """A skill, the ways people write it, and what it counts as."""

    id: Id
    name: Short
    kind: SkillKind
    aliases: tuple[Short, ...] = ()
    counts_as: tuple[Ref, ...] = ()
    needs: tuple[Ref, ...] = ()


class AmbiguousShape(Shape):
    """A short form with several meanings."""

    id: Short
    may_mean: tuple[Ref, ...] = Field(min_length=2)


class TitleShape(Shape):
    """Words of job titles, and what they tell of a person."""

    id: Id
    words: tuple[Short, ...] = Field(min_length=1)
    background: Ref | None = None
    not_counted: Literal[True] | None = None


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
    default: Ref | None = None
    default_with: Ref | None = None
    asked: QuestionShape | None = None
    measured: Measure | None = None
    concluded: Literal[True] | None = None
    of: Literal["tracks"] | None = None


class ThenShape(Shape):
    """What a rule does: one of conclude, recommend, warn, advise, plan."""

    conclude: dict[str, Any] | None = Field(default=None, min_length=1, max_length=1)
    recommend: Short | None = None
    basis: Literal["sourced_route", "skill_overlap"] | None = None
    route: Short | None = None
    warn: Ref | None = None
    severity: Literal["high", "medium", "low"] | None = None
    advise: Section | None = None
    plan: Short | None = None
    says: Text | None = None


class RuleShape(Shape):
    """A rule: when its conditions hold, then its consequence follows."""

    id: Id
    title: Short
    reviewed: Day
    salience: Annotated[int, Field(strict=True, ge=-1000, le=1000)] = 0
    for_each: dict[Id, Literal["tracks", "routes", "backgrounds"]] | None = Field(
        default=None, min_length=1, max_length=1
    )
    when: dict[str, Any]
    then: ThenShape


SHAPES: dict[str, type[Shape]] = {
    "sources": SourceShape,
    "figures": FigureShape,
    "tracks": TrackShape,
    "backgrounds": BackgroundShape,
    "routes": RouteShape,
    "skills": SkillShape,
    "ambiguous": AmbiguousShape,
    "titles": TitleShape,
    "resources": ResourceShape,
    "warnings": WarningShape,
    "attributes": AttributeShape,
    "rules": RuleShape,
}

FACT_TABLES = tuple(name for name in SHAPES if name != "rules")
