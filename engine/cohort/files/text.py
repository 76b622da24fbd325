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
    nulls_of,
    part_schema,
    text_of,
    words_for_nothing,
)
from trackfit.engine.cohort.files.headed import EMPTY_ROW, Headed, Row, chosen_cells
from trackfit.engine.cohort.files.headings import CohortFile, Layout, Reading
from trackfit.engine.cohort.files.parquet import parquet_parts
from trackfit.engine.cohort.files.workbooks import workbook_rows
from trackfit.engine.documents.sheet import OpenSheet, open_sheet
from trackfit.engine.documents.workbook import ENDINGS as WORKBOOKS
from trackfit.engine.documents.workbook import looks_like_workbook
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.problems.errors import refused
from trackfit.engine.problems.problem import did_you_mean

PART_ROWS = 250_000
MAX_CELL = 1_000_000
KEYS_WITHIN = 1_000
"""Lines of JSON in which the keys are looked for that are shown."""
LOOKED_AT = 1 << 16
"""Bytes in which it is looked for what kind of text a file is."""


def read_parts(
    source: CohortFile,
    reader: CaseReader,
    notice: Callable[[str], None],
    rows: int = PART_ROWS,
    layout: Layout | None = None,
) -> Iterator[pa.Table]:
    """The file's rows in parts: `row` (from 1), `id`, a text column a case key (of a set, a list), `_problem`.

    `notice` hears of headings that were passed over although they look like a case key; `layout` learns how the file
    is laid out, before the first part is there. Raises `InvalidInput` where no row can be read at all.
    """
    reading = Reading(source, reader, notice, layout or Layout(source.kind))
    schema = part_schema(reader)
    if source.kind == "parquet":
        parts = parquet_parts(reading, schema, rows)
    else:
        parts = exactly(_batches(_rows(reading, schema.names[1:]), schema, reading), rows)
    return parts if source.path == "-" else _ahead(parts)


def _ahead(parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same, each read while the one before it is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = pool.submit(next, parts, None)
            yield part


def _rows(reading: Reading, names: Sequence[str]) -> Iterator[Sequence[Any]]:
    """The cells of each row by `names`."""
    source = reading.source
    if source.kind in WORKBOOKS.values():
        yield from workbook_rows(reading, names)
        return
    with _open(source.path) as stream, _text(stream, reading) as text:
        if source.kind == "csv":
            yield from _csv_rows(text, reading, names)
        else:
            yield from _json_rows(text, reading, names)


def _batches(lines: Iterator[Sequence[Any]], schema: pa.Schema, reading: Reading) -> Iterator[pa.RecordBatch]:
    """Rows numbered from 1, so few at once that it does not matter how large they are as Python's objects."""
    _, *fields = schema
    nothing, nulls = words_for_nothing(reading.reader), nulls_of(reading.source)
    start = 1
    while some := list(itertools.islice(lines, BATCH_ROWS)):
        columns = zip(*some, strict=True)
        cells = [
            as_array(list(column), field, nothing.get(field.name, ()), nulls)
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


def _text(stream: IO[bytes], reading: Reading) -> io.TextIOWrapper:
    """The bytes as text: by its byte order mark, else UTF-8; what is not UTF-8 is taken for Windows text.

    Raises `InvalidInput` for a workbook.
    """
    buffered = cast("io.BufferedReader", stream)
    start = buffered.peek(LOOKED_AT)[:LOOKED_AT]
    if looks_like_workbook(start):
        text = "this is a workbook; name it for what it is, or say --input xlsx or ods"
        raise refused(reading.source.path, "unknown-file-kind", text)
    encoding = "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    layout = reading.layout
    layout.encoding = encoding.removesuffix("-sig")
    try:
        codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        layout.encoding = "windows-1252"
    return io.TextIOWrapper(buffered, encoding=encoding, errors="trackfit_windows", newline="")


def _windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("trackfit_windows", _windows)


def _csv_rows(text: IO[str], reading: Reading, names: Sequence[str]) -> Iterator[Sequence[Any]]:
    headed = Headed(reading)
    sheet = open_sheet(iter(text), headed.known, max_cell=MAX_CELL)
    columns = headed.columns(sheet)
    assert sheet is not None
    reading.layout.separator = sheet.separator
    headings = len(sheet.heading.cells)
    return chosen_cells(_records(sheet, headed, columns.places[BACKGROUND]), columns, names, headings)


def _records(sheet: OpenSheet, headed: Headed, background: int) -> Iterator[Row]:
    """The rows below the headings, and what is wrong with each."""
    lines, headings = sheet.rows, len(sheet.heading.cells)
    while True:
        begins = lines.line_num + 1
        try:
            cells: list[str] = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            said = f"the row that begins in line {begins:,} cannot be read as CSV ({error})"
            yield [], f"{said}{_swallowed(lines.line_num - begins)}; look for a stray quotation mark"
            continue
        if not cells:
            continue
        wrong = _shape_problem(cells, headings)
        if wrong is None and lines.line_num > begins and _has_person(sheet, headed, cells, background):
            said = f"the row that begins in line {begins:,} has other rows in one cell"
            wrong = (
                f"{said}{_swallowed(lines.line_num - begins)}; look for a quotation mark that is not closed"
            )
        yield cells, wrong


def _swallowed(lines: int) -> str:
    if lines <= 0:
        return ""
    return f" and swallows the next {lines:,} lines" if lines > 1 else " and swallows the next line"


def _has_person(sheet: OpenSheet, headed: Headed, cells: Sequence[str], background: int) -> bool:
    """Whether a cell of several lines holds a row of the table, as one has that a quotation mark has run into."""
    width = len(sheet.heading.cells)
    inside = (cell.splitlines() for cell in cells if "\n" in cell and sheet.separator in cell)
    rows = itertools.chain.from_iterable(csv.reader(one, delimiter=sheet.separator) for one in inside)
    return any(len(row) == width and headed.is_person([row[background]]) for row in rows)


def _shape_problem(cells: Sequence[str], headings: int) -> str | None:
    if len(cells) > headings and any(map(str.strip, cells[headings:])):
        return f"the row has {len(cells)} cells for {headings} headings; look for a stray separator"
    return None if any(map(str.strip, cells)) else EMPTY_ROW


def _json_rows(text: IO[str], reading: Reading, names: Sequence[str]) -> Iterator[Sequence[Any]]:
    source, reader, _, layout = reading
    places = {name: place for place, name in enumerate(names)}
    for number, line in enumerate(text):
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
                if number < KEYS_WITHIN:
                    layout.columns |= {name: _key(name, source, reader) for name in value}
                _fill(row, value, source, reader, places)
            else:
                row[-1] = "the line is no mapping of answers"
        yield row


def _key(name: str, source: CohortFile, reader: CaseReader) -> str | None:
    key = source.mapping.get(name, name)
    return key if key == "id" or key in reader.attributes else None


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
