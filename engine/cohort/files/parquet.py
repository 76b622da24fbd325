# pyright: reportAttributeAccessIssue=false
# (pyarrow's functions are made when it is imported)
"""Parquet as parts of raw cells: one file, or the files of a folder in the order of their names.

Each distinct value of a batch is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trackfit.engine.cases.case import CaseReader
from trackfit.engine.cohort.files.cells import (
    BATCH_ROWS,
    ODD,
    OWN,
    as_array,
    as_json,
    exactly,
    id_of,
    is_odd,
    nulls_of,
    split_cells,
    text_of,
    without,
    words_for_nothing,
)
from trackfit.engine.cohort.files.headings import Reading, match_columns, named
from trackfit.engine.problems.errors import refused
from trackfit.engine.problems.problem import Location

TEXTS = pa.dictionary(pa.int32(), pa.string())
"""Of a column's texts, each is kept once a batch."""


def files_of(path: str) -> list[Path]:
    """The file itself, or the Parquet files of a folder; names that begin with a dot or _ are a writer's own."""
    place = Path(path)
    if not place.is_dir():
        return [place]
    return sorted(file for file in place.glob("*.parquet") if file.name[0] not in "._" and file.is_file())


def rows_of_parquet(path: str) -> int | None:
    """How many rows there are by what the files say; None where one is no Parquet, which reading it will tell."""
    try:
        return sum(int(pq.read_metadata(file).num_rows) for file in files_of(path))
    except (pa.ArrowException, OSError):
        return None


def parquet_parts(reading: Reading, schema: pa.Schema, rows: int) -> Iterator[pa.Table]:
    """The parts as `read_parts` gives them, their texts as dictionaries. Raises `InvalidInput`."""
    plain = (*OWN, "id")
    kinds = [
        field if field.name in plain or pa.types.is_list(field.type) else field.with_type(TEXTS)
        for field in schema
    ]
    with named(reading.source.path) as path:
        yield from exactly(_batches(files_of(path), reading, pa.schema(kinds)), rows)


def _batches(files: list[Path], reading: Reading, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    if not files:
        text = "the folder holds no file that ends in .parquet"
        raise refused(reading.source.path, "not-parquet", text)
    start, cells_of = 1, _Cells(reading.reader, nulls_of(reading.source))
    for file in files:
        for batch in _batches_of(file, reading):
            rows = len(batch)
            numbers = pa.array(range(start, start + rows), pa.int64())
            cells = [cells_of.column(batch, field) for field in list(schema)[1:]]
            yield pa.record_batch([numbers, *cells], schema=schema)
            start += rows
        reading = reading._replace(notice=lambda _: None)


def _batches_of(path: Path, reading: Reading) -> Iterator[pa.RecordBatch]:
    """A file's rows, its columns by their case keys, one row group after the other.

    Asked for all of them at once, the reader keeps what it has read.
    """
    try:
        kinds = pq.read_schema(path)
        places = match_columns(kinds.names, reading).places
        names = [kinds.names[place] for place in places.values()]
        texts = [kinds.names[place] for place in places.values() if _is_text(kinds.field(place).type)]
        file = pq.ParquetFile(path, read_dictionary=texts)
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], columns=names):
                yield pa.record_batch([batch[name] for name in names], list(places))
    except (pa.ArrowException, OSError) as error:
        text = f"this is not a Parquet file that can be read: {str(error)[:200]}"
        where = Location("-" if reading.source.path == "-" else str(path))
        raise refused(where, "not-parquet", text) from error


class _Cells:
    """The columns of a batch as cells."""

    def __init__(self, reader: CaseReader, nulls: Sequence[str]) -> None:
        self.nothing = words_for_nothing(reader)
        self.nulls = nulls

    def column(self, batch: pa.RecordBatch, field: pa.Field) -> Any:
        """The cells of the type of `field`; nothing where there is no such column."""
        if field.name == ODD:
            return self._odd(batch)
        if field.name not in batch.schema.names:
            return pa.nulls(len(batch), field.type)
        column = batch[field.name]
        if _is_bytes(column.type):
            column = _each(column, text_of)
        if not pa.types.is_primitive(column.type):
            column = _readable(column)
        if field.name in self.nothing:
            return self._sets(column, field)
        found = _ids(column) if field.name == "id" else _texts(column)
        return without(found.cast(pa.string()), self.nulls).cast(found.type) if self.nulls else found

    def _sets(self, column: Any, field: pa.Field) -> Any:
        kind, nothing = column.type, self.nothing[field.name]
        if _is_list_of_texts(kind):
            return column.cast(field.type)
        if _is_text(kind) or pa.types.is_dictionary(kind):
            return split_cells(without(column.cast(pa.string()), self.nulls), nothing)
        cells = [None if is_odd(one, is_set=True) else _decoded(one) for one in column.to_pylist()]
        return as_array(cells, field, nothing, self.nulls)

    def _odd(self, batch: pa.RecordBatch) -> pa.Array:
        rows: list[dict[str, Any]] = [{} for _ in range(len(batch))]
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            is_set, kind = name in self.nothing, column.type
            plain = _is_text(kind) or _is_bytes(kind) or pa.types.is_dictionary(kind)
            if plain or not (is_set or pa.types.is_nested(kind)) or (is_set and _is_list_of_texts(kind)):
                continue
            for row, one in zip(rows, column.to_pylist(), strict=True):
                if is_odd(one, is_set=is_set):
                    row[name] = one
        return pa.array([as_json(row) if row else None for row in rows], pa.string())


def _readable(column: Any) -> Any:
    """The same texts; bytes that are no UTF-8, which a writer has called text, replaced."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        if _is_list_of_texts(column.type):
            lists = column.cast(pa.list_(pa.binary())).to_pylist()
            return pa.array(map(_decoded, lists), pa.list_(pa.string()))
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if _is_text(column.type):
            return _each(column.cast(pa.binary()), text_of)
        raise
    return column


def _texts(column: Any) -> Any:
    """Single values as texts; those that are none as nulls."""
    kind = column.type
    if pa.types.is_nested(kind):
        return pa.nulls(len(column), TEXTS)
    if _is_text(kind) or (pa.types.is_dictionary(kind) and _is_text(kind.value_type)):
        return column.cast(TEXTS)
    if pa.types.is_temporal(kind):
        column = _times(column)
    if pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
        encoded = column.dictionary_encode()
        return pa.DictionaryArray.from_arrays(encoded.indices, _each(encoded.dictionary, text_of)).cast(TEXTS)
    return _each(column, text_of).cast(TEXTS)


def _each(column: Any, text: Callable[[Any], str | None]) -> pa.Array:
    """A text for each value that is there."""
    return pa.array([None if one is None else text(one) for one in column.to_pylist()], pa.string())


def _decoded(value: Any) -> Any:
    return [text_of(one) for one in value] if isinstance(value, list) else value


def _ids(column: Any) -> pa.Array:
    """Each id as a text."""
    kind = column.type
    if pa.types.is_nested(kind):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_floating(kind):
        return _each(column, id_of)
    return _times(column) if pa.types.is_temporal(kind) else column.cast(pa.string())


def _times(column: Any) -> Any:
    """Dates and times as text, without fractions of a second where there are none."""
    return pc.replace_substring_regex(column.cast(pa.string()), r"\.0+$", "")


def _is_bytes(kind: Any) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_list_of_texts(kind: Any) -> bool:
    return (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type)


def _is_text(kind: Any) -> bool:
    return any(
        is_kind(kind) for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    )
