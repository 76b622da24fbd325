# pyright: reportAttributeAccessIssue=false
# (pyarrow's functions are made when it is imported)
"""A whole cohort: a file in, advice for every row out, in parts that survive a kill at any moment.

Each part is read, normalised and advised by one query; its results are put in place in one step. A manifest
says what the parts belong to, so that the same command goes on where an earlier run stopped, and never mixes
the results of two knowledge bases or two files.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, Self

import duckdb
import ibis
import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trackfit import __version__
from trackfit.engine.cohort_input import PART_ROWS, Source, part_schema, read_parts
from trackfit.engine.errors import InvalidInput
from trackfit.engine.files import write_atomic
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.normalise import PART, Normaliser
from trackfit.engine.problem import Location, Problem
from trackfit.engine.tables import advise

CASES = "cases"
REJECTED = ("row", "id", "problem_id", "text")
ADVICE_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("id", pa.string()),
        ("first_track", pa.string()),
        ("first_basis", pa.string()),
        ("months_low", pa.int64()),
        ("months_high", pa.int64()),
        ("tracks", pa.list_(pa.string())),
        ("warnings", pa.list_(pa.string())),
    ]
)

PART_SCHEMA = pa.schema([*ADVICE_SCHEMA, ("gap", pa.list_(pa.string())), ("goal", pa.string())])


class Manifest(msgspec.Struct, frozen=True):
    """What the parts in a folder belong to."""

    version: str
    knowledge: str
    input: str
    as_of: str
    part_rows: int


class Totals(msgspec.Struct):
    """What a cohort came to; counts of rows, and of problems by id."""

    accepted: int = 0
    rejected: int = 0
    problems: Counter[str] = msgspec.field(default_factory=Counter)
    tracks: Counter[str] = msgspec.field(default_factory=Counter)
    bases: Counter[str] = msgspec.field(default_factory=Counter)
    warnings: Counter[str] = msgspec.field(default_factory=Counter)
    gaps: Counter[str] = msgspec.field(default_factory=Counter)
    gap_sizes: Counter[int] = msgspec.field(default_factory=Counter)
    goals: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """All rows of the input."""
        return self.accepted + self.rejected


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to run: the date (YYYY-MM-DD), the kind of results (parquet, csv, jsonl), DuckDB's memory, rows a part."""

    as_of: str
    results: str = "parquet"
    memory: str = "2GB"
    part_rows: int = PART_ROWS


class Listener(Protocol):
    """Who hears of a run while it goes on."""

    def notice(self, text: str) -> None:
        """Something about the file that its owner should know."""

    def progress(self, rows: int) -> None:
        """The number of rows done so far."""


class Advisor:
    """Advises parts with one prepared query on DuckDB, within a bound of memory."""

    def __init__(self, kb: KnowledgeBase, options: Options, *, spill: Path) -> None:
        self.normaliser = Normaliser(kb)
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": options.memory,
            "temp_directory": str(spill),
            "preserve_insertion_order": "false",
        }
        self.connection = duckdb.connect(config=config)
        part = self.normaliser.part(part_schema(kb.reader))
        cases = self.normaliser.cases(part)
        self._cases = f"create or replace temp table {CASES} as {ibis.to_sql(cases, dialect='duckdb')}"
        cases = ibis.table(cases.schema(), name=CASES)
        self._cells = [
            (attribute, ibis.to_sql(self.normaliser.cells(part, attribute), dialect="duckdb"))
            for attribute in self.normaliser.attributes
        ]
        advice = advise(kb, self.normaliser.accepted(cases), options.as_of, details=True).order_by("row")
        self._advice = ibis.to_sql(advice.select(*PART_SCHEMA.names), dialect="duckdb")
        self._rejected = ibis.to_sql(self.normaliser.rejected(cases), dialect="duckdb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def advise(self, part: pa.Table) -> tuple[pa.Table, pa.Table]:
        """The advice for the accepted rows of a part, and the problems of the others, both in order of rows."""
        self.connection.register(PART, part)
        for attribute, query in self._cells:
            cells = (row[0] for row in self.connection.sql(query).fetchall())
            mapping = self.normaliser.mapping(attribute, sorted(cells))
            self.connection.register(self.normaliser.map_name(attribute), mapping)
        self.connection.execute(self._cases)
        advice = self.connection.sql(self._advice).to_arrow_table()
        return advice.cast(PART_SCHEMA), self.connection.sql(self._rejected).to_arrow_table()


def run(kb: KnowledgeBase, source: Source, out: Path, options: Options, listener: Listener) -> Totals:
    """Advise every row of `source` into the folder `out`.

    Goes on with an unfinished run of the same input, knowledge base, date and part size. Raises `InvalidInput`
    where the folder holds something else.
    """
    parts = out / "parts"
    manifest = Manifest(__version__, kb.digest, fingerprint(source), options.as_of, options.part_rows)
    _begin(out, parts, manifest)
    done = 0
    numbers: list[int] = []
    with Advisor(kb, options, spill=parts) as advisor:
        for number, part in enumerate(read_parts(source, kb.reader, listener.notice, options.part_rows)):
            numbers.append(number)
            if not _part_done(parts, number):
                _write_part(parts, number, *advisor.advise(part), part.num_rows)
            done += part.num_rows
            listener.progress(done)
    totals = _assemble(out, parts, numbers, options.results)
    for path in parts.iterdir():
        path.unlink()
    parts.rmdir()
    (out / "manifest.json").unlink()
    return totals


def dry_run(kb: KnowledgeBase, source: Source, options: Options, listener: Listener) -> Totals:
    """Read and check every row; write nothing."""
    totals = Totals()
    with tempfile.TemporaryDirectory() as spill, Advisor(kb, options, spill=Path(spill)) as advisor:
        for part in read_parts(source, kb.reader, listener.notice, options.part_rows):
            advice, rejected = advisor.advise(part)
            _count(totals, advice)
            _count_rejected(totals, rejected.to_pylist())
            listener.progress(totals.rows)
    return totals


def fingerprint(source: Source) -> str:
    """What an input is known by: its content's hash and how its columns are mapped. Standard input has no content."""
    found = hashlib.sha256(json.dumps([source.kind, sorted(source.mapping.items())]).encode())
    if source.path != "-":
        with Path(source.path).open("rb") as stream:
            while chunk := stream.read(1 << 20):
                found.update(chunk)
    return found.hexdigest()


def _begin(out: Path, parts: Path, manifest: Manifest) -> None:
    """Make the folder, or see that what lies in it belongs to this run."""
    where = Location(str(out / "manifest.json"))
    parts.mkdir(parents=True, exist_ok=True)
    path = out / "manifest.json"
    if not path.exists():
        write_atomic(path, msgspec.json.encode(manifest))
        return
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError as error:
        text = "this is no manifest of ours; name another folder"
        raise InvalidInput([Problem(where=where, id="other-run", text=text)]) from error
    differs = [name for name in Manifest.__struct_fields__ if getattr(found, name) != getattr(manifest, name)]
    if differs:
        text = (
            f"an unfinished run lies here that differs in {', '.join(differs)}; finish it as it was begun, "
            "begin anew with --restart, or name another folder"
        )
        raise InvalidInput([Problem(where=where, id="other-run", text=text)])


def restart(out: Path) -> None:
    """Throw away an unfinished run."""
    for path in (*(out / "parts").glob("*"), out / "manifest.json"):
        path.unlink(missing_ok=True)


def _part_done(parts: Path, number: int) -> bool:
    return (parts / f"{number:06}.done").exists()


def _write_part(parts: Path, number: int, advice: pa.Table, rejected: pa.Table, rows: int) -> None:
    """A part's two files, and then the mark that both are whole."""
    for name, table in (("advice", advice), ("rejected", rejected)):
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        write_atomic(parts / f"{number:06}.{name}.parquet", buffer.getvalue(), mode=0o600)
    write_atomic(parts / f"{number:06}.done", str(rows).encode(), mode=0o600)


def _assemble(out: Path, parts: Path, numbers: list[int], results: str) -> Totals:
    """Join the parts into the results, each file put in place in one step."""
    totals = Totals()
    with _Writer(out, results) as write, _Replacing(out / "rejected.csv") as stream:
        listing = csv.writer(io.TextIOWrapper(stream, "utf-8", newline="", write_through=True))
        listing.writerow(REJECTED)
        for number in numbers:
            advice = pq.read_table(parts / f"{number:06}.advice.parquet")
            rejected = pq.read_table(parts / f"{number:06}.rejected.parquet").to_pylist()
            _check_counts(parts, number, advice.num_rows, rejected)
            write(advice.select(ADVICE_SCHEMA.names))
            _count(totals, advice)
            _count_rejected(totals, rejected)
            listing.writerows([harmless(one[name]) for name in REJECTED] for one in rejected)
    return totals


def _count_rejected(totals: Totals, rejected: list[dict[str, Any]]) -> None:
    totals.rejected += len({one["row"] for one in rejected})
    totals.problems.update(one["problem_id"] for one in rejected)


def _check_counts(parts: Path, number: int, accepted: int, rejected: list[dict[str, Any]]) -> None:
    rows = int((parts / f"{number:06}.done").read_bytes())
    if accepted + len({one["row"] for one in rejected}) != rows:
        raise AssertionError(f"part {number} lost rows: {accepted} accepted of {rows}")


def _count(totals: Totals, advice: pa.Table) -> None:
    totals.accepted += advice.num_rows
    for name, counter in (("first_track", totals.tracks), ("first_basis", totals.bases)):
        for value, number in _value_counts(advice[name]):
            counter[value or "none"] += number
    for name, counter in (("warnings", totals.warnings), ("gap", totals.gaps)):
        for value, number in _value_counts(advice[name].combine_chunks().flatten()):
            counter[str(value)] += number
    for size, number in _value_counts(pc.list_value_length(advice["gap"]).drop_null()):
        totals.gap_sizes[int(str(size))] += number
    for value, number in _value_counts(advice["goal"]):
        totals.goals[value or "no goal, or nothing to compare it with"] += number


def _value_counts(column: Any) -> Iterator[tuple[str | None, int]]:
    for one in column.value_counts().to_pylist():
        yield one["values"], one["counts"]


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


class _Replacing:
    """A file written beside its place and put there when it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.temporary = path.with_name(f".{path.name}.tmp")

    def __enter__(self) -> Any:
        self.stream = self.temporary.open("wb")
        self.temporary.chmod(0o600)
        return self.stream

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.stream.flush()
            os.fsync(self.stream.fileno())
        self.stream.close()
        if kind is None:
            self.temporary.replace(self.path)
        else:
            self.temporary.unlink(missing_ok=True)


class _Writer:
    """Writes tables of advice as Parquet, CSV or JSON lines."""

    def __init__(self, out: Path, results: str) -> None:
        self.results = results
        self.target = _Replacing(out / f"advice.{results}")

    def __enter__(self) -> Callable[[pa.Table], None]:
        stream = self.target.__enter__()
        if self.results == "parquet":
            self.parquet = pq.ParquetWriter(stream, ADVICE_SCHEMA)
            write: Callable[[pa.Table], None] = self.parquet.write_table
            return write
        if self.results == "csv":
            lines = csv.writer(io.TextIOWrapper(stream, "utf-8", newline="", write_through=True))
            lines.writerow(ADVICE_SCHEMA.names)
            return lambda table: lines.writerows(
                [harmless(";".join(cell) if isinstance(cell, list) else cell) for cell in row.values()]
                for row in table.to_pylist()
            )

        def write_lines(table: pa.Table) -> None:
            for row in table.to_pylist():
                stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")

        return write_lines

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self.results == "parquet":
            self.parquet.close()
        self.target.__exit__(kind, error, trace)
