"""Spreadsheets, JSON lines and Parquet as parts of raw cells, one row a person, whatever state the file is in.

Nothing is validated here but the row's own shape.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from trackfit.engine.cases.case import CaseReader
from trackfit.engine.cohort.files.cells import (
    BATCH_ROWS,
    ODD,
    as_array,
    as_json,
    exactly,
    id_of,
    is_odd,
    part_schema,
    text_of,
    words_for_nothing,
)
from trackfit.engine.cohort.files.headings import CohortFile, Columns, match_columns
from trackfit.engine.cohort.files.parquet import parquet_parts
from trackfit.engine.documents.sheet import OpenSheet, open_sheet
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.errors import refused
from trackfit.engine.problems.problem import Location, did_you_mean, quoted
from trackfit.engine.problems.problems import Problems

PART_ROWS = 250_000
MAX_CELL = 1_000_000


def read_parts(
    source: CohortFile, reader: CaseReader, notice: Callable[[str], None], rows: int = PART_ROWS
) -> Iterator[pa.Table]:
    """The file's rows in parts: `row` (from 1), `id`, a text column a case key (of a set, a list), `_problem`.

    `notice` hears of headings that were passed over although they look like a case key. Raises `InvalidInput`
    where no row can be read at all.
    """
    read = parquet_parts if source.kind == "parquet" else _text_parts
    parts = read(source, reader, part_schema(reader), notice, rows)
    return parts if source.path == "-" else _ahead(parts)


def _ahead(parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same, each read while the one before it is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = pool.submit(next, parts, None)
            yield part


def _text_parts(
    source: CohortFile, reader: CaseReader, schema: pa.Schema, notice: Callable[[str], None], rows: int
) -> Iterator[pa.Table]:
    names = schema.names[1:]
    with _open(source.path) as stream, _text(stream) as text:
        lines = (
            _csv_rows(text, source, reader, names, notice)
            if source.kind == "csv"
            else _json_rows(text, source, reader, names)
        )
        yield from exactly(_batches(lines, schema, reader), rows)


def _batches(
    lines: Iterator[Sequence[Any]], schema: pa.Schema, reader: CaseReader
) -> Iterator[pa.RecordBatch]:
    """Rows numbered from 1, so few at once that it does not matter how large they are as Python's objects."""
    _, *fields = schema
    nothing = words_for_nothing(reader)
    start = 1
    while some := list(itertools.islice(lines, BATCH_ROWS)):
        columns = zip(*some, strict=True)
        cells = [
            as_array(list(column), field, nothing.get(field.name, ()))
            for column, field in zip(columns, fields, strict=True)
        ]
        numbers = pa.array(range(start, start + len(some)), pa.int64())
        yield pa.record_batch([numbers, *cells], schema=schema)
        start += len(some)


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
    text: IO[str], source: CohortFile, reader: CaseReader, names: Sequence[str], notice: Callable[[str], None]
) -> Iterator[Sequence[Any]]:
    """The cells of each row by `names`, of which the last is that of the row's own problem."""
    sheet, columns = _opened(text, source, reader, notice)
    headings, lines = sheet.heading.cells, sheet.rows
    nothing, problem = -2, -1
    chosen = itemgetter(*(columns.places.get(name, nothing) for name in names[:-1]), problem)
    while True:
        begins = lines.line_num + 1
        try:
            cells: list[str | None] = [*next(lines)]
        except StopIteration:
            return
        except csv.Error as error:
            said = f"the row that begins in line {begins:,} cannot be read as CSV ({error})"
            yield *[None] * len(names[:-1]), f"{said}; look for a stray quotation mark"
            continue
        if not cells:
            continue
        wrong = _shape_problem(cells, len(headings))
        cells += [None] * (len(headings) - len(cells))
        cells += (None, wrong)
        yield chosen(cells)


def _opened(
    text: IO[str], source: CohortFile, reader: CaseReader, notice: Callable[[str], None]
) -> tuple[OpenSheet, Columns]:
    """The sheet below its headings: those of the row in which a column for the background is found."""
    background = reader.attributes[BACKGROUND]
    wanted = {fold(background.id), fold(background.label)}
    wanted |= {fold(heading) for heading, key in source.mapping.items() if key == background.id}
    first: list[Sequence[str]] = []

    def known(cells: Sequence[str]) -> int:
        if any(map(str.strip, cells)):
            first.append(cells)
        return int(not wanted.isdisjoint(map(fold, cells)))

    sheet = open_sheet(iter(text), known, max_cell=MAX_CELL)
    if sheet is None:
        if not first:
            raise refused(source.path, "empty-file", "the file has no rows")
        match_columns(max(first, key=len), source, reader, notice)
        raise AssertionError("a heading without a background is refused")

    def is_row(cells: Sequence[str]) -> bool:
        return any(reader.can_be(background, cell) for cell in cells)

    _tell_above(sheet, is_row, source, notice)
    return sheet, match_columns(sheet.heading.cells, source, reader, notice)


def _tell_above(
    sheet: OpenSheet,
    is_row: Callable[[Sequence[str]], bool],
    source: CohortFile,
    notice: Callable[[str], None],
) -> None:
    """Tell what stands above the headings; refuse what seems to be somebody's row. Raises `InvalidInput`."""
    lost = sheet.lost(is_row)
    problems = Problems()
    for one in lost:
        text = (
            f"this row stands above the headings in line {sheet.heading.line} and looks like one of the table"
        )
        problems.add(
            Location(source.path, one.line, 1), "bad-row", f"{text}; move it below them, or delete it"
        )
    problems.refuse()
    for one in sheet.above:
        shown = quoted(" ".join(filter(None, map(str.strip, one.cells))))
        notice(f"line {one.line} stands above the headings and is not read: {shown}")


def _shape_problem(cells: Sequence[Any], headings: int) -> str | None:
    if len(cells) > headings and any(map(str.strip, cells[headings:])):
        return f"the row has {len(cells)} cells for {headings} headings; look for a stray separator"
    return None if any(map(str.strip, cells)) else "the row is empty; delete it"


def _json_rows(
    text: IO[str], source: CohortFile, reader: CaseReader, names: Sequence[str]
) -> Iterator[Sequence[Any]]:
    places = {name: place for place, name in enumerate(names)}
    for line in text:
        if not line.strip():
            continue
        row: list[Any] = [None] * len(names)
        try:
            value = _JSON.decode(line)
        except (ValueError, RecursionError) as error:
            row[-1] = f"the line is not JSON: {str(error)[:200]}"
        else:
            if "\\u" in line and _has_half_character(value):
                row[-1] = "the line has half a character (\\ud800 to \\udfff alone); write the whole one"
            elif isinstance(value, dict):
                _fill(row, value, source, reader, places)
            else:
                row[-1] = "the line is no mapping of answers"
        yield row


def _has_half_character(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


_JSON = json.JSONDecoder(object_pairs_hook=_no_duplicates)


def _fill(
    row: list[Any], value: dict[str, Any], source: CohortFile, reader: CaseReader, places: dict[str, int]
) -> None:
    """Put a line's answers into the row."""
    odd: dict[str, Any] = {}
    for name, one in value.items():
        key = source.mapping.get(name, name)
        if key != "id" and key not in reader.attributes:
            hint, _ = did_you_mean(key, reader.attributes)
            row[-1] = f"there is no answer called {key!r}{hint}"
        elif isinstance(one, str):
            row[places[key]] = one
        elif is_odd(one, is_set=(is_set := key != "id" and reader.attributes[key].type == "set")):
            odd[key] = one
        elif is_set:
            row[places[key]] = one
        else:
            row[places[key]] = id_of(one) if key == "id" else text_of(one) or ""
    if odd:
        row[places[ODD]] = as_json(odd)
