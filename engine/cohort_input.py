"""Spreadsheets, JSON lines and Parquet as parts of raw cells, one row a person, whatever state the file is in.

Nothing is validated here but the row's own shape.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from trackfit.engine.case import CaseReader
from trackfit.engine.cohort_cells import (
    SHAPE_PROBLEM,
    as_array,
    cell_of,
    column_of_cells,
    part_schema,
    set_cell,
)
from trackfit.engine.cohort_headings import Columns, Source, match_columns
from trackfit.engine.errors import InvalidInput
from trackfit.engine.problem import Location, Problem, did_you_mean
from trackfit.engine.vocabulary import fold

PART_ROWS = 250_000
BATCH_ROWS = 60_000
HEADING_WITHIN = 20
MAX_CELL = 1_000_000


def read_parts(
    source: Source, reader: CaseReader, notice: Callable[[str], None], rows: int = PART_ROWS
) -> Iterator[pa.Table]:
    """The file's rows in parts: `row` (from 1), `id`, a text column a case key (of a set, a list), `_problem`.

    `notice` hears of headings that were passed over although they look like a case key. Raises `InvalidInput`
    where no row can be read at all.
    """
    schema = part_schema(reader)
    if source.kind == "parquet":
        yield from _parquet_parts(source, reader, schema, notice, rows)
        return
    with _open(source.path) as stream, _text(stream) as text:
        lines = (
            _csv_rows(text, source, reader, notice)
            if source.kind == "csv"
            else _json_rows(text, source, reader)
        )
        start = 1
        while part := list(itertools.islice(lines, rows)):
            columns = {field.name: as_array([row.get(field.name) for row in part], field) for field in schema}
            columns["row"] = pa.array(range(start, start + len(part)), pa.int64())
            yield pa.table(list(columns.values()), schema=schema)
            start += len(part)


def _open(path: str) -> IO[bytes]:
    if path == "-":
        import sys

        return sys.stdin.buffer
    return Path(path).open("rb")


def _text(stream: IO[bytes]) -> io.TextIOWrapper:
    """The bytes as text: by its byte order mark, else UTF-8; what is not UTF-8 is taken for Windows text."""
    buffered = cast("io.BufferedReader", stream)
    start = buffered.peek(4)[:4]
    encoding = "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    return io.TextIOWrapper(buffered, encoding=encoding, errors="trackfit_windows", newline="")


def _windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("trackfit_windows", _windows)


def _csv_rows(
    text: IO[str], source: Source, reader: CaseReader, notice: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(MAX_CELL)
    first = text.readline()
    delimiter = max(",;\t|", key=first.count)
    lines = csv.reader(_chain(first, text), delimiter=delimiter, strict=True)
    headings, columns = _heading(lines, source, reader, notice)
    wanted = list(columns.places.items())
    while True:
        begins = lines.line_num + 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            said = f"the row that begins in line {begins:,} cannot be read as CSV ({error})"
            yield {SHAPE_PROBLEM: f"{said}; look for a stray quotation mark"}
            continue
        if not cells:
            continue
        yield _csv_row(cells, headings, wanted)


def _chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _heading(
    lines: Iterator[list[str]], source: Source, reader: CaseReader, notice: Callable[[str], None]
) -> tuple[list[str], Columns]:
    """The row of headings: the first in which a column for the background is found, past any title rows."""
    wanted = {fold("background"), fold(reader.attributes["background"].label)}
    wanted |= {fold(heading) for heading, key in source.mapping.items() if key == "background"}
    seen: list[list[str]] = []
    for cells in _readable(lines):
        seen.append(cells)
        if wanted & {fold(cell) for cell in cells}:
            return cells, match_columns(cells, source, reader, notice)
        if len(seen) == HEADING_WITHIN:
            break
    if not any(seen):
        raise InvalidInput(
            [Problem(where=Location(source.path), id="empty-file", text="the file has no rows")]
        )
    match_columns(next(row for row in seen if row), source, reader, notice)
    raise AssertionError("a heading without a background is refused")


def _readable(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows of a CSV file without those that are none."""
    while True:
        try:
            yield next(lines)
        except StopIteration:
            return
        except csv.Error:
            continue


def _csv_row(cells: list[str], headings: Sequence[str], wanted: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """The cells of the wanted columns (key, place)."""
    row: dict[str, Any] = {key: cells[place] for key, place in wanted if place < len(cells)}
    if len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
        row[SHAPE_PROBLEM] = (
            f"the row has {len(cells)} cells for {len(headings)} headings; look for a stray separator"
        )
    elif not any(cell.strip() for cell in cells):
        row[SHAPE_PROBLEM] = "the row is empty; delete it"
    return row


def _json_rows(text: IO[str], source: Source, reader: CaseReader) -> Iterator[dict[str, Any]]:
    for line in text:
        if not line.strip():
            continue
        try:
            value = json.loads(line, object_pairs_hook=_no_duplicates)
        except (ValueError, RecursionError) as error:
            yield {SHAPE_PROBLEM: f"the line is not JSON: {str(error)[:200]}"}
            continue
        yield (
            _json_row(value, source, reader)
            if isinstance(value, dict)
            else {SHAPE_PROBLEM: "the line is no mapping of answers"}
        )


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _json_row(value: dict[str, Any], source: Source, reader: CaseReader) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, one in value.items():
        key = source.mapping.get(name, name)
        if key == "id":
            row["id"] = one if isinstance(one, str) else json.dumps(one)
        elif key not in reader.attributes:
            hint, _ = did_you_mean(key, reader.attributes)
            row[SHAPE_PROBLEM] = f"there is no answer called {key!r}{hint}"
        elif reader.attributes[key].type != "set":
            row[key] = "" if one is None else cell_of(one)
        elif one is not None:
            row[key] = set_cell(one)
    return row


def _parquet_parts(
    source: Source, reader: CaseReader, schema: pa.Schema, notice: Callable[[str], None], rows: int
) -> Iterator[pa.Table]:
    try:
        kinds = pq.read_schema(source.path)
        columns = match_columns(kinds.names, source, reader, notice)
        wanted = {key: kinds.names[place] for key, place in columns.places.items()}
        few = [name for key, name in wanted.items() if key != "id" and schema.field(key).type == pa.string()]
        file = pq.ParquetFile(source.path, read_dictionary=few)
    except (pa.ArrowException, OSError) as error:
        text = f"this is not a Parquet file that can be read: {str(error)[:200]}"
        raise InvalidInput([Problem(where=Location(source.path), id="not-parquet", text=text)]) from error
    start = 1
    for part in _exactly(file.iter_batches(BATCH_ROWS, columns=list(wanted.values())), rows):
        found: dict[str, Any] = {"row": pa.array(range(start, start + len(part)), pa.int64())}
        start += len(part)
        for field in schema:
            if field.name in wanted:
                chunks = [column_of_cells(chunk, field) for chunk in part[wanted[field.name]].chunks]
                found[field.name] = pa.chunked_array(chunks)
            elif field.name != "row":
                found[field.name] = pa.nulls(len(part), field.type)
        yield pa.table({name: found[name] for name in schema.names})


def rows_of_parquet(path: str) -> int | None:
    """How many rows a Parquet file says it has; None where it is none, which reading it will tell."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError):
        return None


def _exactly(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
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
