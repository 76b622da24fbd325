"""A scenario as a coach writes it: its keys, and what an editor shows over each."""

# Not `from __future__ import annotations`: what the fields say of their columns is read at run time.

from typing import Annotated, Any

from trackfit.engine.language.columns import Column, Day, Record

Several = str | tuple[str, ...] | None
Conclusions = dict[str, Any] | None


class WrittenExpectation(Record, frozen=True, kw_only=True):
    """What must follow, and what must not."""

    first: Annotated[str | None, Column("The track with rank 1; `none`: no track is recommended.")] = None
    recommended: Annotated[Several, Column("Tracks that must be among the recommendations.")] = None
    not_recommended: Annotated[Several, Column("Tracks that must not be among the recommendations.")] = None
    warned: Annotated[Several, Column("Warnings that must be given.")] = None
    not_warned: Annotated[Several, Column("Warnings that must not be given.")] = None
    concluded: Annotated[Conclusions, Column("Attributes with the values that rules must conclude.")] = None
    not_concluded: Annotated[Conclusions, Column("Attributes with values that rules must not conclude.")] = (
        None
    )
    fired: Annotated[Several, Column("Rules that must fire.")] = None
    not_fired: Annotated[Several, Column("Rules that must not fire.")] = None
    says: Annotated[Several, Column("Texts that must stand in the report.")] = None
    says_not: Annotated[Several, Column("Texts that must not stand in the report.")] = None


class WrittenScenario(Record, frozen=True, kw_only=True):
    """A case with what is expected of it."""

    name: Annotated[str, Column("What is tried, as a sentence.")]
    case: Annotated[dict[str, Any], Column("The answers of one person.")]
    expect: Annotated[
        WrittenExpectation,
        Column("What must follow for them, and what must not. Whatever is not named may follow or not."),
    ]
    as_of: Annotated[
        Day | None,
        Column(
            'The day of the advice, in quotes, such as `"2026-11-22"`; otherwise the day on which it is tried.'
        ),
    ] = None
    todo: Annotated[str | None, Column("Why this scenario may fail for now.")] = None


class ScenarioFile(Record, frozen=True, kw_only=True):
    """A file of scenarios."""

    scenarios: Annotated[tuple[WrittenScenario, ...], Column("Cases, each with what is expected of it.")]
