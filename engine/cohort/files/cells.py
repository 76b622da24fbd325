# pyright: reportAttributeAccessIssue=false
# (pyarrow's functions are made when it is imported)
"""Raw cells of a cohort's rows: text as text, anything else as JSON behind a mark, sets as lists of their entries.

So each distinct cell can later be read by the same code as an answers file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trackfit.engine.cases.case import MAX_TEXT, CaseReader
from trackfit.engine.language.vocabulary import SEPARATORS

BATCH_ROWS = 50_000
"""Rows that are read at once."""
WHOLE = 1 << 53
"""Below it, every whole number is a double of its own."""
MARK = "\x00"
"""Stands before a cell that was no text; the rest is JSON."""
SHAPE_PROBLEM = "_problem"
"""The column that tells what is wrong with the row itself."""
TO_SEMICOLON = bytes.maketrans(b",|\t\r\n", b";;;;;")
RARE_SEPARATORS = tuple(mark.encode() for mark in "·•")


def part_schema(reader: CaseReader) -> pa.Schema:
    """The columns of every part."""
    fields = [
        pa.field(row.id, pa.list_(pa.string()) if row.type == "set" else pa.string())
        for row in reader.attributes.values()
    ]
    return pa.schema([("row", pa.int64()), ("id", pa.string()), *fields, (SHAPE_PROBLEM, pa.string())])


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


def as_array(cells: list[Any], field: pa.Field) -> Any:
    """The cells of a column, in a part."""
    if pa.types.is_list(field.type):
        if all(cell is None or isinstance(cell, str) for cell in cells):
            return split_cells(pa.array(cells, pa.string()))
        cells = [split_cells(pa.array([one]))[0].as_py() if isinstance(one, str) else one for one in cells]
    return pa.array(cells, field.type)


def split_cells(texts: pa.Array) -> pa.Array:
    """Each text of a set as a list of its entries, as `split_skills` finds them but for spaces and blank ones.

    A blank text is no answer; one that is too long stays whole, so that it is refused.
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
    short = pc.less_equal(pc.binary_length(trimmed), len("nothing"))
    if "none" in (words := set(pc.ascii_lower(trimmed.filter(short)).to_pylist())) or "nothing" in words:
        nothing = pc.is_in(pc.ascii_lower(trimmed), pa.array(["none", "nothing"]))
        found = pc.if_else(nothing, pa.array([[]] * len(texts), found.type), found)
    if (pc.max(pc.binary_length(texts)).as_py() or 0) > MAX_TEXT:
        long = pc.greater(pc.utf8_length(texts), MAX_TEXT)
        whole = pa.array([None if one is None else [one] for one in texts.to_pylist()], found.type)
        found = pc.if_else(long, whole, found)
    return found


def set_cell(value: Any) -> str | list[str]:
    """A set as its entries, or as a text that is yet to be split; what is no set keeps two marks."""
    if isinstance(value, str | bytes):
        return text_of(value)
    return (
        [cell_of(one) for one in value if one is not None]
        if isinstance(value, list)
        else [MARK + cell_of(value)]
    )


def cell_of(value: Any) -> str:
    """A value that is no set as a cell."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return _marked(value)
    return text_of(value) if isinstance(value, bytes) else MARK + as_json(value)


@lru_cache(maxsize=10_000, typed=True)
def _marked(value: float) -> str:
    return MARK + as_json(value)


def text_of(value: str | bytes) -> str:
    """A text, also where a writer has not marked it as one."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def as_json(value: Any) -> str:
    """A value of any type as JSON; what JSON has no type for, as a text."""
    return _JSON.encode(value)


def _for_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    return text_of(value) if isinstance(value, bytes) else str(value)


_JSON = json.JSONEncoder(default=_for_json)


def plain_cell(cell: str) -> Any:
    """What a cell was before it was kept as text."""
    if not cell.startswith(MARK):
        return cell
    try:
        return json.loads(cell.lstrip(MARK))
    except ValueError:
        return float("nan") if cell[1:].lower() == "nan" else cell[1:]


def entries_of(cells: list[str | None]) -> list[str]:
    """The entries of a set that are there; Parquet's lists may hold blanks."""
    return [one for one in cells if one is not None]


def plain_set(cells: list[str]) -> Any:
    """What the entries of a set were; what was no list is none again."""
    if len(cells) == 1 and cells[0].startswith(MARK + MARK):
        return plain_cell(cells[0])
    return [plain_cell(one) for one in cells]
