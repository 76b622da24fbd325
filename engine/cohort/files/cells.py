# pyright: reportAttributeAccessIssue=false
# (pyarrow's functions are made when it is imported)
"""Raw cells of a cohort's rows: one value as a text, a set as a list of its entries, and beside them what is neither.

A number means the same as its text, so each distinct cell can later be read by the same code as an answers file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import isnan
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trackfit.engine.cases.case import CaseReader
from trackfit.engine.cases.values import MAX_TEXT
from trackfit.engine.cohort.files.headings import CohortFile
from trackfit.engine.language.vocabulary import SEPARATORS

BATCH_ROWS = 50_000
"""Rows that are read at once."""
WHOLE = 1 << 53
"""Below it, every whole number is a double of its own."""
ODD = "_odd"
"""The column that holds, as JSON, those of a row's answers for which no text stands: lists and mappings where one value
belongs, and sets that are no lists of texts."""
SHAPE_PROBLEM = "_problem"
"""The column that tells what is wrong with the row itself."""
OWN = ("row", ODD, SHAPE_PROBLEM)
NOT_A_NUMBER = "nan"
"""What some programs write where they have no value."""
TO_SEMICOLON = bytes.maketrans(b",|\t\r\n", b";;;;;")
RARE_SEPARATORS = tuple(mark.encode() for mark in "·•")


def part_schema(reader: CaseReader) -> pa.Schema:
    """The columns of every part."""
    fields = [
        pa.field(row.id, pa.list_(pa.string()) if row.type == "set" else pa.string())
        for row in reader.attributes.values()
    ]
    own = [(ODD, pa.string()), (SHAPE_PROBLEM, pa.string())]
    return pa.schema([("row", pa.int64()), ("id", pa.string()), *fields, *own])


def words_for_nothing(reader: CaseReader) -> dict[str, tuple[str, ...]]:
    """Of each set, the words that say that it is empty."""
    return {row.id: reader.nothing(row) for row in reader.attributes.values() if row.type == "set"}


def exactly(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Batches of any size as tables of so many rows; the last one has what is left."""
    waiting: list[pa.RecordBatch] = []
    number = 0
    for batch in batches:
        rest = batch
        while number + len(rest) >= rows:
            yield pa.Table.from_batches([*waiting, rest.slice(0, rows - number)])
            rest = rest.slice(rows - number)
            waiting, number = [], 0
        if len(rest):
            waiting.append(rest)
            number += len(rest)
    if waiting:
        yield pa.Table.from_batches(waiting)


def nulls_of(source: CohortFile) -> tuple[str, ...]:
    """The texts that stand for no answer, as `without` takes them."""
    return tuple(text.strip().lower() for text in source.nulls)


def without(texts: pa.Array, nulls: Sequence[str]) -> pa.Array:
    """The same texts, but blank where they are one of `nulls`, whatever their capitals and the spaces around them."""
    if not nulls:
        return texts
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    return pc.if_else(pc.is_in(plain, pa.array(nulls)), "", texts)


def as_array(cells: list[Any], field: pa.Field, nothing: Sequence[str], nulls: Sequence[str] = ()) -> Any:
    """The cells of a column, in a part; `nothing` are the words for an empty set, `nulls` those for no answer."""
    if not pa.types.is_list(field.type):
        found = pa.array(cells, field.type)
        return found if field.name == SHAPE_PROBLEM else without(found, nulls)
    if all(cell is None or isinstance(cell, str) for cell in cells):
        return split_cells(without(pa.array(cells, pa.string()), nulls), nothing)
    return pa.array(
        [
            split_cells(without(pa.array([one]), nulls), nothing)[0].as_py() if isinstance(one, str) else one
            for one in cells
        ],
        field.type,
    )


def split_cells(texts: pa.Array, nothing: Sequence[str]) -> pa.Array:
    """Each text of a set as a list of its entries, as `split_skills` finds them but for spaces and blank ones.

    A text that says nothing is no answer; one that is too long stays whole, so that it is refused.
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    texts = pc.if_else(pc.equal(trimmed, ""), None, texts)
    content = b"" if texts.buffers()[2] is None else texts.buffers()[2].to_pybytes()
    if any(mark in content for mark in RARE_SEPARATORS):
        found = pc.split_pattern_regex(texts, SEPARATORS)
    else:
        validity, offsets, _ = texts.buffers()
        same = [validity, offsets, pa.py_buffer(content.translate(TO_SEMICOLON))]
        one_mark = pa.Array.from_buffers(texts.type, len(texts), same, texts.null_count, texts.offset)
        found = pc.split_pattern(one_mark, ";")
    short = pc.less_equal(pc.binary_length(trimmed), max(map(len, (NOT_A_NUMBER, *nothing))))
    words = set(pc.ascii_lower(trimmed.filter(short)).to_pylist())
    if not words.isdisjoint(nothing):
        empty = pc.is_in(pc.ascii_lower(trimmed), pa.array(nothing))
        found = pc.if_else(empty, pa.array([[]] * len(texts), found.type), found)
    if NOT_A_NUMBER in words:
        found = pc.if_else(pc.equal(pc.ascii_lower(trimmed), NOT_A_NUMBER), None, found)
    if (pc.max(pc.binary_length(texts)).as_py() or 0) > MAX_TEXT:
        long = pc.greater(pc.utf8_length(texts), MAX_TEXT)
        whole = pa.array([None if one is None else [one] for one in texts.to_pylist()], found.type)
        found = pc.if_else(long, whole, found)
    return found


def is_odd(value: Any, *, is_set: bool) -> bool:
    """Whether no text stands for a value."""
    if not is_set:
        return isinstance(value, (list, dict))
    if isinstance(value, list):
        return not all(one is None or isinstance(one, (str, bytes)) for one in value)
    return value is not None and not isinstance(value, (str, bytes))


def text_of(value: Any) -> str | None:
    """One value as the text that means the same; None for none, and for NaN."""
    if isinstance(value, bytes):  # a text that its writer has not marked as one
        return value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return None if value.is_nan() else f"{value:f}"
    if value is None or (isinstance(value, float) and isnan(value)):
        return None
    return str(value)


def id_of(value: Any) -> str | None:
    """An id as a text; numbers that happen to be whole, as tables with blanks have them, without the point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE:
        return str(int(value))
    return text_of(value)


def as_json(value: Any) -> str:
    """A value of any type as JSON; what JSON has no type for, as a text."""
    return _JSON.encode(value)


def _for_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    return text_of(value)


_JSON = json.JSONEncoder(default=_for_json)


def plain_cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row that hold something, by column: texts, lists of texts, and what no text stands for."""
    cells = {name: cell for name, cell in row.items() if cell is not None and name not in OWN}
    found = {
        name: [one.strip() for one in cell if one is not None] if isinstance(cell, list) else cell
        for name, cell in cells.items()
    }
    return {**found, **json.loads(row[ODD] or "{}")}
