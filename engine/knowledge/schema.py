"""The shape of every table of a knowledge base: which keys a row has and what may stand in them.

Shapes are made of the records and what they say of their columns. They know nothing of other rows, nor of how the keys
of a row go together: that is for `consistency`. That names resolve is for `references`, and what rules mean is for
`compile`.
"""

# Not `from __future__ import annotations`: what the fields say of their columns is read at run time.

from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from trackfit.engine.language.columns import (
    DAY,
    Column,
    Id,
    Kind,
    Name,
    Record,
    RowOf,
    Short,
    Table,
    Text,
    fields,
    mark,
)
from trackfit.engine.language.model import Facts, Section, WarningSeverity

Looped = Literal["tracks", "routes", "backgrounds", "currencies"]
"""The tables that a rule can be written for each row of."""


class Shape(BaseModel):
    """Base: unknown keys are refused, text is never turned into numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Consequence(Record, frozen=True, kw_only=True):
    """What a rule does, as it is written: one of conclude, recommend, warn, advise, plan."""

    conclude: Annotated[
        dict[str, Any] | None,
        Column(
            "Gives an attribute a value, for later rules to test. It is declared as `concluded` in "
            "`facts/attributes.yaml`; a set grows by one element a rule.",
            wanted="an attribute and its value, as in {has_sourced_route: true}",
            least=1,
            most=1,
        ),
    ] = None
    recommend: Annotated[Short | None, Column("Puts a track among the recommendations.")] = None
    warn: Annotated[
        Name | None,
        Column(
            "Warns of a mistake, declared in `facts/warnings.yaml`. It needs a `severity` and a text, `says`."
        ),
    ] = None
    severity: Annotated[WarningSeverity | None, Column("How bad it is.")] = None
    advise: Annotated[
        Section | None, Column("Adds a remark to a section of the report. It needs a text, `says`.")
    ] = None
    plan: Annotated[Short | None, Column("Puts the months and stages of a route into the plan.")] = None
    says: Annotated[
        Text | None,
        Column(
            "What the reader sees. `{{ figure.its_id }}` prints a figure with its source, `{{ case.target_track }}` "
            "an answer, `{{ route.track.name }}` something of the row. A number never stands in the text itself."
        ),
    ] = None


class Rule(Record, frozen=True, kw_only=True):
    """A rule as it is written: when its conditions hold, then its consequence follows."""

    id: Annotated[
        Id,
        Column(
            "Its name: small letters, digits and `_`. Never changed once published; reports and tests name it."
        ),
    ]
    title: Annotated[Short, Column("One line that says what it is about. Readers see it when they ask why.")]
    reviewed: Annotated[
        str,
        Kind(pattern=DAY, example='"2026-11-22"'),
        Column("The day on which a coach last looked at it, in quotes."),
    ]
    salience: Annotated[
        int,
        Kind(least=-1000, most=1000),
        Column(
            "Of two rules, the one with the higher number is shown first. It never changes what is concluded."
        ),
    ] = 0
    for_each: Annotated[
        dict[Id, Looped] | None,
        Column(
            "One rule for every row of a table, as in `{route: routes}`. The name on the left then stands for the "
            "row, and `route.track` for what the row has in that column.",
            wanted="a variable and its table, as in {route: routes}",
            least=1,
            most=1,
        ),
    ] = None
    when: Annotated[
        dict[str, Any],
        Column(
            "The condition. All its lines must hold; a question that was left open is neither yes nor no."
        ),
    ]
    then: Annotated[
        Consequence,
        Column("The consequence: exactly one of conclude, recommend, warn, advise and plan."),
    ]


@cache
def shape_of(record: type[Record]) -> type[Shape]:
    """The shape of a row in a file, for a record and what it says of its columns."""
    columns: dict[str, Any] = {
        key: (_checked(one.type), ... if one.required else one.default) for key, one in fields(record).items()
    }
    return create_model(record.__name__, __base__=Shape, **columns)


def _checked(hint: Any) -> Any:
    """A type with what pydantic is to check of it."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        checks = [one for found in inner[1:] for one in _checks(found, inner[0])]
        return Annotated[_checked(inner[0]), *checks] if checks else _checked(inner[0])
    if origin in (Union, UnionType):
        return reduce(or_, map(_checked, inner))
    if origin in (tuple, dict):
        return origin[tuple(one if one in (..., Any) else _checked(one) for one in inner)]  # pyright: ignore[reportInvalidTypeArguments]
    if isinstance(hint, type) and issubclass(hint, Record):
        return shape_of(hint)
    if hint in (int, bool):
        return Annotated[hint, Field(strict=True)]
    return Annotated[hint, Field(strict=True, allow_inf_nan=False)] if hint is float else hint


def _checks(found: object, hint: Any) -> list[Any]:
    """What pydantic is to check of a type because of one of its marks."""
    match found:
        case RowOf():
            return [StringConstraints(min_length=1, max_length=80)]
        case Kind() if hint is int:
            return [Field(ge=found.least, le=found.most)]
        case Kind():
            return [
                StringConstraints(
                    pattern=found.pattern,
                    min_length=found.least,
                    max_length=found.most,
                    strip_whitespace=found.trimmed or None,
                )
            ]
        case Column(least=None, most=None):
            return []
        case Column():
            return [Field(min_length=found.least, max_length=found.most)]
        case _:
            return []


_TABLES = get_type_hints(Facts, include_extras=True)
RECORDS: dict[str, type[Record]] = {
    **{table: get_args(get_args(hint)[0])[1] for table, hint in _TABLES.items()},
    "rules": Rule,
}
"""The record of each table's rows."""
TOLD = {
    **{table: about.told for table, hint in _TABLES.items() if (about := mark(hint, Table)) is not None},
    "rules": "When something is known of a person, then something follows. Their order changes nothing.",
}
"""What an editor shows over each table."""
FACT_TABLES = tuple(_TABLES)
LOOPED: tuple[str, ...] = get_args(Looped)
