"""The rows of a facts file as cells of a sheet, and cells as the values that belong into the file."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from trackfit.engine.documents.node import Node
from trackfit.engine.documents.parse import read_text
from trackfit.engine.language.columns import Field, Record, fields
from trackfit.engine.problems.problem import Location, Problem

Cell = str | float | bool
"""An empty cell is an empty text."""
BETWEEN = "; "
"""Stands between the entries of a list."""
TABLE, FILE = "table", "file"
"""The last columns: the table that a row belongs to, and its file, relative to the knowledge base."""
_WORDS = {"true": True, "yes": True, "false": False, "no": False}


class Sheet(msgspec.Struct, frozen=True):
    """A table of a facts file: its columns in the order of its record, and the cells of each row by its id."""

    table: str
    headings: tuple[str, ...]
    rows: dict[str, dict[str, Cell]]


def sheets_of(root: Node, records: Mapping[str, type[Record]]) -> list[Sheet]:
    """The tables of a facts file that has no faults."""
    found = []
    for table, listing in root.value.items():
        rows = {row.value["id"].text: _cells(row) for row in listing.value}
        used = {key for row in rows.values() for key in row}
        order = [key for key in fields(records[table]) if key in used]
        found.append(Sheet(table, tuple(order), rows))
    return found


def _cells(row: Node) -> dict[str, Cell]:
    return {key: cell_of(node.plain(), node.text) for key, node in row.value.items()}


def cell_of(value: Any, text: str = "") -> Cell:
    """A value of a row as a cell; `text` is how a number was written.

    >>> cell_of(["a", "b c"]), cell_of(["a; b"]), cell_of([3, 6]), cell_of(None)
    ('a; b c', '["a; b"]', '[3, 6]', '')
    """
    if value is None:
        return ""
    if isinstance(value, float) and text:
        return value if Decimal(text) == Decimal(repr(value)) else text
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, list) and value and all(_is_plain(one) for one in value):
        return BETWEEN.join(value)
    return json.dumps(value, ensure_ascii=False)


def _is_plain(one: Any) -> bool:
    return (
        isinstance(one, str)
        and one == one.strip() != ""
        and ";" not in one
        and "\n" not in one
        and one[0] not in "[{"
    )


def same(old: Cell, new: Cell) -> bool:
    r"""Whether a cell says what it said, whatever a spreadsheet program has made of its type.

    >>> same(5, "5.0"), same(True, "TRUE"), same("a\nb", "a\r\nb "), same("007", "7")
    (True, True, True, False)
    """
    if isinstance(old, bool):
        return str(old).lower() == str(new).strip().lower()
    if isinstance(old, int | float):
        try:
            return not isinstance(new, bool) and Decimal(str(new).strip()) == Decimal(str(old))
        except InvalidOperation:
            return False
    return _plain(old) == _plain(new)


def _plain(cell: Cell) -> str:
    return "\n".join(str(cell).splitlines()).strip() if isinstance(cell, str) else text_of(cell)


def text_of(cell: Cell) -> str:
    """A cell as a text; a whole number without a point.

    >>> text_of(5.0), text_of(True), text_of("x")
    ('5', 'true', 'x')
    """
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def value_of(cell: Cell, field: Field) -> tuple[Any, Problem | None]:
    """The value that a cell stands for in its column, or what is wrong with it; its place is left open."""
    takes = _takes(field)
    if not isinstance(cell, str):
        plain: Any = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
        return (text_of(cell) if takes <= {"text", "list"} else plain), None
    text = "\n".join(cell.splitlines()).strip()
    if text[:1] in ("[", "{") and takes != {"text"}:
        return _written(text)
    if "list" in takes:
        return [one.strip() for one in text.split(";") if one.strip()], None
    if "yes_no" in takes and text.lower() in _WORDS:
        return _WORDS[text.lower()], None
    if "number" in takes:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text, None
        return (int(number) if number == number.to_integral_value() else float(number)), None
    return text, None


def _written(text: str) -> tuple[Any, Problem | None]:
    """A list or mapping as it stands in YAML."""
    node, problems = read_text(text, "")
    wrong = next((one for one in problems if one.severity == "error"), None)
    if node is None or wrong is not None:
        said = "it cannot be read as a list or mapping" if wrong is None else wrong.text
        return None, Problem(where=Location(""), id="yaml-syntax", text=said)
    return node.plain(), None


def _takes(field: Field) -> set[str]:
    """What a column takes: texts, numbers, yes and no, lists of texts, or something deeper."""
    return set(_kinds(field.type))


def _kinds(hint: Any) -> Sequence[str]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _kinds(inner[0])
    if origin in (Union, types.UnionType):
        return [kind for one in inner for kind in _kinds(one)]
    if origin is Literal:
        return ["yes_no" if isinstance(one, bool) else "text" for one in inner]
    if hint is str:
        return ["text"]
    if hint is bool:
        return ["yes_no"]
    if hint in (int, float):
        return ["number"]
    if origin is tuple and inner[-1] is Ellipsis and set(_kinds(inner[0])) == {"text"}:
        return ["list"]
    return [] if hint is type(None) else ["deeper"]
