# pyright: reportAttributeAccessIssue=false
# (pyarrow's functions are made when it is imported)
"""Spreadsheets, JSON lines and Parquet as parts of raw cells, one row a person, whatever state the file is in.

A cell stays what it was: text as text, anything else as JSON behind a mark, so that later each distinct cell is
read by the same code as an answers file. Nothing is validated here but the row's own shape.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trackfit.engine.case import MAX_TEXT, CaseReader
from trackfit.engine.errors import InvalidInput
from trackfit.engine.problem import Location, Problem, did_you_mean
from trackfit.engine.vocabulary import fold

MARK = "\x00"
"""Stands before a cell that was no text; the rest is JSON."""
PART_ROWS = 250_000
BATCH_ROWS = 60_000
HEADING_WITHIN = 20
MAX_CELL = 1_000_000
SHAPE_PROBLEM = "_problem"


class Columns(msgspec.Struct, frozen=True):
    """Which column holds which case key, by place; and headings that look like one but are not."""

    places: dict[str, int]
    ignored: tuple[str, ...]


class Source(msgspec.Struct, frozen=True):
    """A cohort file: the kind is csv, jsonl or parquet; `mapping` gives a case key for a heading."""

    path: str
    kind: str
    mapping: dict[str, str]


def source_of(path: str, mapping: Mapping[str, str], kind: str | None = None) -> Source:
    """The file's kind, by its ending unless it is given. Raises `InvalidInput`."""
    found = kind or {
        ".csv": "csv",
        ".tsv": "csv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".parquet": "parquet",
    }.get(Path(path).suffix.lower())
    if path == "-":
        found = found or "csv"
    if found is None:
        text = "its kind is not clear from its name; end it in .csv, .jsonl or .parquet, or say --input csv"
        raise InvalidInput([Problem(where=Location(path), id="unknown-file-kind", text=text)])
    if path != "-" and not Path(path).exists():
        text = "there is no such file; check the path"
        raise InvalidInput([Problem(where=Location(path), id="no-such-file", text=text)])
    return Source(path, found, dict(mapping))


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
            columns = {field.name: _array([row.get(field.name) for row in part], field) for field in schema}
            columns["row"] = pa.array(range(start, start + len(part)), pa.int64())
            yield pa.table(list(columns.values()), schema=schema)
            start += len(part)


def _array(cells: list[Any], field: pa.Field) -> Any:
    if pa.types.is_list(field.type):
        if all(cell is None or isinstance(cell, str) for cell in cells):
            return split_cells(pa.array(cells, pa.string()))
        cells = [split_cells(pa.array([one]))[0].as_py() if isinstance(one, str) else one for one in cells]
    return pa.array(cells, field.type)


SEPARATORS = bytes.maketrans(b",|\t\r\n", b";;;;;")
RARE_SEPARATORS = tuple(mark.encode() for mark in "·•")


def split_cells(texts: pa.Array) -> pa.Array:
    """Each text of a set as a list of its entries, as `split_skills` finds them but for spaces and blank ones.

    A blank text is no answer; one that is too long stays whole, so that it is refused.
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    texts = pc.if_else(pc.equal(trimmed, ""), None, texts)
    content = b"" if texts.buffers()[2] is None else texts.buffers()[2].to_pybytes()
    if any(mark in content for mark in RARE_SEPARATORS):
        found = pc.split_pattern_regex(texts, "[;,|·•\t\r\n]")
    else:
        validity, offsets, _ = texts.buffers()
        same = [validity, offsets, pa.py_buffer(content.translate(SEPARATORS))]
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


def part_schema(reader: CaseReader) -> pa.Schema:
    """The columns of every part."""
    fields = [
        pa.field(row.id, pa.list_(pa.string()) if row.type == "set" else pa.string())
        for row in reader.attributes.values()
    ]
    return pa.schema([("row", pa.int64()), ("id", pa.string()), *fields, (SHAPE_PROBLEM, pa.string())])


def match_columns(
    headings: Sequence[str], source: Source, reader: CaseReader, notice: Callable[[str], None]
) -> Columns:
    """The place of each case key among the headings, by key or label whatever the case and punctuation.

    Raises `InvalidInput` where two columns claim one key, or a mapping names what is not there.
    """
    names = {fold("id"): "id"}
    for attribute in reader.attributes.values():
        names[fold(attribute.id)] = names[fold(attribute.label)] = attribute.id
    problems: list[Problem] = []
    where = Location(source.path, 1, 1)
    for heading, key in source.mapping.items():
        if heading not in headings:
            hint, _ = did_you_mean(heading, headings)
            text = f"--map names a column {heading!r} that is not there{hint}"
            problems.append(Problem(where=where, id="unknown-column", text=text))
        if key not in reader.attributes and key != "id":
            hint, _ = did_you_mean(key, reader.attributes)
            problems.append(
                Problem(where=where, id="unknown-key", text=f"--map names no case key: {key!r}{hint}")
            )
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, heading in enumerate(headings):
        found = source.mapping.get(heading) or names.get(fold(heading))
        if found is None:
            ignored.append(heading)
        elif found in places and heading not in source.mapping:
            text = f"columns {places[found] + 1} and {place + 1} both stand for {found!r}; rename one, or choose with --map"
            problems.append(Problem(where=where, id="duplicate-heading", text=text))
        else:
            places[found] = place
    if problems:
        raise InvalidInput(problems)
    for heading in ignored:
        _, nearest = (
            did_you_mean(heading, [name for name in names.values() if name not in places])
            if heading.strip()
            else ("", None)
        )
        if nearest:
            notice(
                f"the column {heading!r} is not used; if it is {nearest!r}, say --map {heading!r}={nearest}"
            )
    if "background" not in places:
        _, nearest = did_you_mean("background", [heading for heading in headings if heading.strip()])
        chosen = nearest or next((heading for heading in headings if heading.strip()), "HEADING")
        listed = ", ".join(map(repr, headings[:12]))
        text = f"no column is called 'background'; say which one it is, as in --map {chosen!r}=background; there are {listed}"
        raise InvalidInput([Problem(where=where, id="missing-column", text=text)])
    return Columns(places, tuple(ignored))


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
            row[key] = "" if one is None else _cell(one)
        elif one is not None:
            row[key] = _set_cell(one)
    return row


def _set_cell(value: Any) -> str | list[str]:
    if isinstance(value, str):
        return value
    return (
        [_cell(one) for one in value if one is not None] if isinstance(value, list) else [MARK + _cell(value)]
    )


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else MARK + json.dumps(value)


def plain_cell(cell: str) -> Any:
    """What a cell was before it was kept as text."""
    if not cell.startswith(MARK):
        return cell
    try:
        return json.loads(cell.lstrip(MARK))
    except ValueError:
        return float("nan") if cell[1:].lower() == "nan" else cell[1:]


def plain_set(cells: list[str]) -> Any:
    """The same for the entries of a set; what was no list is none again."""
    if len(cells) == 1 and cells[0].startswith(MARK + MARK):
        return plain_cell(cells[0])
    return [plain_cell(one) for one in cells]


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
                chunks = [_as_cells(chunk, field) for chunk in part[wanted[field.name]].chunks]
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


def _as_cells(column: Any, field: pa.Field) -> Any:
    """A Parquet column as cells: text stays, what is no text gets its mark; each distinct one is looked at once."""
    kind = column.type
    if pa.types.is_list(field.type):
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            if _is_text(kind.value_type):
                return column.cast(field.type)
        elif _is_text(kind):
            return split_cells(column.cast(pa.string()))
        cells = [None if one is None else _set_cell(_jsonable(one)) for one in column.to_pylist()]
        return _array(cells, field)
    if field.name == "id":
        return column.cast(pa.string())
    if _is_text(kind) or pa.types.is_dictionary(kind):
        return column
    encoded = column.dictionary_encode()
    cells = [None if one is None else _cell(_jsonable(one)) for one in encoded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(cells, pa.string()))


def _is_text(kind: Any) -> bool:
    return any(
        is_kind(kind) for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    )


def _jsonable(value: Any) -> Any:
    if isinstance(value, list):
        return [_jsonable(one) for one in value]
    return value if isinstance(value, float | int | bool | str | dict) else str(value)
