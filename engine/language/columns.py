"""A column of a table, told once: the annotation of a record's field says all that the program knows of it.

    class Resource(Record, frozen=True, kw_only=True):
        id: Annotated[Id, Column("Its id.")]
        skills: Annotated[tuple[SkillId, ...], Column("What is learned there.", least=1)]
        checked: Annotated[Day, Column("The day on which it was last looked at, in quotes.")]

From it follow the shape that a row in a file must have, in the order of the fields; the names in it that must resolve;
what an editor shows and offers; and what a message says belongs there. A field without a `Column` stands in no file; a
`ClassVar` with one stands in files only, and the loader makes something else of it.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from trackfit.engine.language.history import DATE

M = TypeVar("M")
ADDRESS = (
    r"^https?://[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?\.[a-zA-Z]{2,}(:\d{1,5})?([/?#][!#-;=?-Z_a-z~]*)?$"
)
"""What an address looks like: a host with a dot, and nothing that could end a link early."""
DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
Path = tuple[str, ...]
"""Keys of a row in a file, from the outermost on; `*` stands for each element of a list."""


class Record(msgspec.Struct, omit_defaults=True, frozen=True):
    """Base of all records: frozen, compared by value."""


class Column(msgspec.Struct, frozen=True):
    """What is known of a column besides its type.

    `told` is what an editor shows over it; `wanted` what a message says belongs there, where its type says it badly.
    `key` is what files call it, and `written` the type it has there, where either differs from the record's.
    A list or mapping has from `least` to `most` entries. A row may leave out an `optional` one, though every record has it.
    """

    told: str
    wanted: str | None = None
    key: str | None = None
    written: Any = None
    least: int | None = None
    most: int | None = None
    optional: bool = False


class Table(msgspec.Struct, frozen=True):
    """What is known of a table: what an editor shows over it."""

    told: str


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What a text or number must be: its pattern; its length or value; whether spaces around it are cut off.

    A date has an `example` of how it is written.
    """

    pattern: str | None = None
    least: int | None = None
    most: int | None = None
    trimmed: bool = False
    example: str | None = None


class RowOf(msgspec.Struct, frozen=True):
    """The id of a row of a table; of a figure, perhaps in one unit only."""

    table: str
    unit: str | None = None


Id = Annotated[str, Kind(pattern=r"^[a-z][a-z0-9_]*$", most=80)]
Text = Annotated[str, Kind(least=1, most=4000, trimmed=True)]
Short = Annotated[str, Kind(least=1, most=200, trimmed=True)]
Month = Annotated[str, Kind(pattern=f"^{DATE}$", example='"2026-04"')]
Day = Annotated[str, Kind(pattern=DAY, example='"2027-04-30"')]
Seen = Annotated[str, Kind(pattern=DAY, example='"2026-11-28"')]
"""The day on which someone last looked."""
Address = Annotated[str, Kind(pattern=ADDRESS, most=500)]
Number = int | float
SourceId = Annotated[str, RowOf("sources")]
FigureId = Annotated[str, RowOf("figures")]
TrackId = Annotated[str, RowOf("tracks")]
BackgroundId = Annotated[str, RowOf("backgrounds")]
SkillId = Annotated[str, RowOf("skills")]
AttributeId = Annotated[str, RowOf("attributes")]
Name = Annotated[str, Kind(least=1, most=80)]
"""A name of something that is no row of a table, such as a family of a track."""


def one_of(values: Iterable[str]) -> Any:
    """The type of one of some texts that stand elsewhere."""
    return Literal.__getitem__(tuple(values))  # pyright: ignore[reportAttributeAccessIssue]


class Field(msgspec.Struct, frozen=True):
    """A column as files have it: its key, its type with all marks, its default (NODEFAULT: it is required)."""

    key: str
    column: Column
    type: Any
    default: Any

    @property
    def required(self) -> bool:
        """Whether every row has it."""
        return self.default is msgspec.NODEFAULT

    @property
    def is_text(self) -> bool:
        """Whether it is one text."""
        return any(hint is str for path, hint in parts(self.type) if not path)


@cache
def fields(record: type[Record]) -> dict[str, Field]:
    """The columns of a record by their keys in files, in order."""
    own = {one.name: one for one in msgspec.structs.fields(record)}
    found = {}
    for name, annotation in get_type_hints(record, include_extras=True).items():
        (hint,) = get_args(annotation) if get_origin(annotation) is ClassVar else (annotation,)
        column = mark(hint, Column)
        if column is None:
            continue
        default = own[name].default if name in own else getattr(record, name, msgspec.NODEFAULT)
        if column.written is not None:
            hint = Annotated[column.written, column]
            default = None if type(None) in get_args(column.written) else default
        if column.optional and get_origin(get_args(hint)[0]) is tuple:
            default = ()
        elif column.optional:
            hint, default = Annotated[hint | None, column], None
        key = column.key or name
        found[key] = Field(key, column, hint, default)
    return found


def mark(hint: Any, kind: type[M]) -> M | None:
    """The mark of a kind on a type, if it has one."""
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((one for one in marks if isinstance(one, kind)), None)


def parts(hint: Any) -> Iterator[tuple[Path, Any]]:
    """Every type in a type, itself first, with the path that leads to it."""
    yield (), hint
    origin = get_origin(hint)
    if origin is Annotated:
        yield from parts(get_args(hint)[0])
    elif origin in (Union, types.UnionType):
        for one in get_args(hint):
            yield from parts(one)
    elif origin is tuple:
        for one in dict.fromkeys(get_args(hint)):
            for path, inner in parts(one):
                yield ("*", *path), inner
    elif isinstance(hint, type) and issubclass(hint, Record):
        for field in fields(hint).values():
            for path, inner in parts(field.type):
                yield (field.key, *path), inner


def records_in(hint: Any) -> Iterator[type[Record]]:
    """The outermost records in a type."""
    for path, inner in parts(hint):
        if set(path) <= {"*"} and isinstance(inner, type) and issubclass(inner, Record):
            yield inner


@cache
def columns(record: type[Record]) -> dict[Path, Field]:
    """Every column of a row, nested ones too, by its keys from the outermost on."""
    found: dict[Path, Field] = {}
    for key, field in fields(record).items():
        found[key,] = field
        for inner in records_in(field.type):
            found |= {(key, *path): one for path, one in columns(inner).items()}
    return found


@cache
def references(record: type[Record]) -> dict[Path, RowOf]:
    """The rows of other tables that a row names: by path."""
    return {path: found for path, hint in parts(record) if (found := mark(hint, RowOf)) is not None}


@cache
def kinds(record: type[Record]) -> dict[Path, Kind]:
    """What the texts and numbers of a row must be: by path."""
    return {path: kind for path, hint in parts(record) if (kind := mark(hint, Kind)) is not None}


def named(row: Record, table: str) -> set[str]:
    """The rows of a table that a record names."""
    paths = [path for path, target in references(type(row)).items() if target.table == table]
    return {id_ for path in paths for id_ in _texts(row, path)}


def _texts(value: object, path: Path) -> Iterator[str]:
    """The texts at a path of a record."""
    if not path:
        if isinstance(value, str):
            yield value
    elif path[0] == "*":
        for one in value if isinstance(value, tuple) else ():
            yield from _texts(one, path[1:])
    else:
        yield from _texts(getattr(value, path[0], None), path[1:])
