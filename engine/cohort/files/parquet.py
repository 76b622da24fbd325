# pyright: reportAttributeAccessIssue=false
# (pyarrow's functions are made when it is imported)
"""Parquet as parts of raw cells: one file, or the files of a folder in the order of their names.

Text stays text, what is no text gets its mark; each distinct value of a batch is looked at once.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trackfit.engine.cases.case import CaseReader
from trackfit.engine.cohort.files.cells import (
    BATCH_ROWS,
    SHAPE_PROBLEM,
    WHOLE,
    as_array,
    as_json,
    cell_of,
    exactly,
    set_cell,
    split_cells,
    text_of,
)
from trackfit.engine.cohort.files.headings import CohortFile, match_columns
from trackfit.engine.problems.errors import refused
from trackfit.engine.problems.problem import Location

TEXTS = pa.dictionary(pa.int32(), pa.string())
"""Of a column's texts, each is kept once a batch."""


def files_of(path: str) -> list[Path]:
    """The file itself, or the Parquet files of a folder; names that begin with a dot or _ are a writer's own."""
    place = Path(path)
    if not place.is_dir():
        return [place]
    return sorted(file for file in place.glob("*.parquet") if file.name[0] not in "._")


def rows_of_parquet(path: str) -> int | None:
    """How many rows there are by what the files say; None where one is no Parquet, which reading it will tell."""
    try:
        return sum(int(pq.read_metadata(file).num_rows) for file in files_of(path))
    except (pa.ArrowException, OSError):
        return None


def parquet_parts(
    source: CohortFile, reader: CaseReader, schema: pa.Schema, notice: Callable[[str], None], rows: int
) -> Iterator[pa.Table]:
    """The parts as `read_parts` gives them, their texts as dictionaries. Raises `InvalidInput`."""
    plain = ("row", "id", SHAPE_PROBLEM)
    kinds = [
        field if field.name in plain or pa.types.is_list(field.type) else field.with_type(TEXTS)
        for field in schema
    ]
    with _named(source.path) as path:
        yield from exactly(_batches(path, source, reader, pa.schema(kinds), notice), rows)


@contextlib.contextmanager
def _named(path: str) -> Iterator[str]:
    """The path; of standard input, that of a copy, as Parquet is read from its end."""
    if path != "-":
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=".parquet") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield copy.name


def _batches(
    path: str, source: CohortFile, reader: CaseReader, schema: pa.Schema, notice: Callable[[str], None]
) -> Iterator[pa.RecordBatch]:
    files = files_of(path)
    if not files:
        text = "the folder holds no file that ends in .parquet"
        raise refused(source.path, "not-parquet", text)
    start = 1
    for file in files:
        for batch in _batches_of(file, source, reader, notice if file is files[0] else lambda _: None):
            rows = len(batch)
            numbers = pa.array(range(start, start + rows), pa.int64())
            cells = [
                column_of_cells(batch[field.name], field)
                if field.name in batch.schema.names
                else pa.nulls(rows, field.type)
                for field in list(schema)[1:]
            ]
            yield pa.record_batch([numbers, *cells], schema=schema)
            start += rows


def _batches_of(
    path: Path, source: CohortFile, reader: CaseReader, notice: Callable[[str], None]
) -> Iterator[pa.RecordBatch]:
    """A file's rows, its columns by their case keys, one row group after the other.

    Asked for all of them at once, the reader keeps what it has read.
    """
    try:
        kinds = pq.read_schema(path)
        places = match_columns(kinds.names, source, reader, notice).places
        names = [kinds.names[place] for place in places.values()]
        texts = [kinds.names[place] for place in places.values() if _is_text(kinds.field(place).type)]
        file = pq.ParquetFile(path, read_dictionary=texts)
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], columns=names):
                yield pa.record_batch([batch[name] for name in names], list(places))
    except (pa.ArrowException, OSError) as error:
        text = f"this is not a Parquet file that can be read: {str(error)[:200]}"
        where = Location("-" if source.path == "-" else str(path))
        raise refused(where, "not-parquet", text) from error


def column_of_cells(column: Any, field: pa.Field) -> Any:
    """A column of any type as cells of the type of `field`."""
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return column_of_cells(_each(column, text_of), field)
    if pa.types.is_list(field.type):
        return _sets(column, field)
    if field.name == "id":
        return _ids(column)
    if _is_text(kind) or (pa.types.is_dictionary(kind) and _is_text(kind.value_type)):
        return column.cast(TEXTS)
    if pa.types.is_temporal(kind):
        column = _times(column)
    if pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
        encoded = column.dictionary_encode()
        return pa.DictionaryArray.from_arrays(encoded.indices, _each(encoded.dictionary, cell_of))
    return _each(column, cell_of).cast(TEXTS)


def _each(column: Any, text: Callable[[Any], str]) -> pa.Array:
    """A text for each value that is there."""
    return pa.array([None if one is None else text(one) for one in column.to_pylist()], pa.string())


def _sets(column: Any, field: pa.Field) -> Any:
    kind = column.type
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type):
        return column.cast(field.type)
    if _is_text(kind) or pa.types.is_dictionary(kind):
        return split_cells(column.cast(pa.string()))
    return as_array([None if one is None else set_cell(one) for one in column.to_pylist()], field)


def _ids(column: Any) -> pa.Array:
    """Numbers that happen to be whole, as tables with blanks have them, without the point."""
    kind = column.type
    if pa.types.is_floating(kind):
        return pa.array([_id_of(one) for one in column.to_pylist()], pa.string())
    if pa.types.is_nested(kind):
        return _each(column, as_json)
    return _times(column) if pa.types.is_temporal(kind) else column.cast(pa.string())


def _times(column: Any) -> Any:
    """Dates and times as text, without fractions of a second where there are none."""
    return pc.replace_substring_regex(column.cast(pa.string()), r"\.0+$", "")


def _id_of(number: float | None) -> str | None:
    if number is None or number != number:  # noqa: PLR0124 - what is no number is not even itself
        return None
    return str(int(number)) if number.is_integer() and abs(number) < WHOLE else str(number)


def _is_text(kind: Any) -> bool:
    return any(
        is_kind(kind) for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    )
