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
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import duckdb
import msgspec
import pyarrow as pa

from trackfit import __version__
from trackfit.engine.cohort.files.cells import plain_cells
from trackfit.engine.cohort.files.headings import CohortFile, Layout
from trackfit.engine.cohort.files.output import ADVICE_SCHEMA, REJECTED, Replacing, Writer
from trackfit.engine.cohort.files.parquet import files_of, rows_of_parquet
from trackfit.engine.cohort.files.text import PART_ROWS, read_parts
from trackfit.engine.cohort.people import MOST, PersonRow, people
from trackfit.engine.cohort.queries import OUTCOMES, connect, parsed, queries, register_cells
from trackfit.engine.cohort.reports import write_reports
from trackfit.engine.cohort.summary import rows_of_summary
from trackfit.engine.cohort.table.cells_to_cases import Normaliser
from trackfit.engine.cohort.table.outcomes import ADVICE, Outcomes
from trackfit.engine.cohort.totals import Tally, Totals
from trackfit.engine.documents.files import write_atomic
from trackfit.engine.documents.sheet import harmless
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.problems.errors import InvalidInput, refused
from trackfit.engine.problems.problem import Location, Problem

FEW = 1_000
"""Rows whose cells are looked at in Python at once."""
FIRST_ROWS = 5
"""Rows that a dry run shows."""
MEMORY = "2GB"
TOTALS = ".totals"
PART_TABLES = ("rows", "outcomes", "rejected")
REJECTED_SCHEMA = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in REJECTED[1:])])


class Manifest(msgspec.Struct, frozen=True):
    """What the parts in a folder belong to."""

    version: str
    knowledge: str
    input: str
    as_of: str
    part_rows: int
    reports: bool
    redact: bool


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to run: the date (YYYY-MM-DD), the kind of results (parquet, csv, jsonl, xlsx), DuckDB's memory, rows a part.

    `reports` asks for one report a person; `redact` keeps what people typed freely out of all that is written.
    """

    as_of: str
    results: str = "parquet"
    memory: str = MEMORY
    part_rows: int = PART_ROWS
    reports: bool = False
    redact: bool = False


class Listener(Protocol):
    """Who hears of a run while it goes on."""

    def notice(self, text: str) -> None:
        """Something about the file that its owner should know."""

    def total(self, rows: int | None) -> None:
        """About how many rows there are, where that can be told."""

    def progress(self, rows: int) -> None:
        """The number of rows done so far."""


class Advised(NamedTuple):
    """A part's advice: its accepted rows with the number of their outcome, the outcomes, and what was refused."""

    rows: pa.Table
    outcomes: pa.Table
    rejected: pa.Table
    totals: Totals

    def advice(self) -> pa.Table:
        """The advice as it is written, a row a person."""
        return advice(self.rows, self.outcomes)


def advice(rows: pa.Table, outcomes: pa.Table) -> pa.Table:
    """Rows (`row`, `id`, `outcome`) with the texts of their outcomes."""
    found = outcomes.take(rows["outcome"])
    return pa.table([rows["row"], rows["id"], *(found[name] for name in ADVICE)], schema=ADVICE_SCHEMA)


class Advisor:
    """Advises parts with a few queries on DuckDB, within a bound of memory."""

    def __init__(self, kb: KnowledgeBase, options: Options, *, spill: Path) -> None:
        kb = kb.on(options.as_of)
        self.normaliser = Normaliser(kb)
        self.options = options
        self.connection = connect(options.memory, spill)
        self.queries = queries(kb, options.as_of)
        self.tally = Tally(Outcomes(kb), self.normaliser.coding)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def advise(self, part: pa.Table) -> Advised:
        """The advice for the accepted rows of a part, and the problems of the others, both in order of rows.

        Raises `InvalidInput` where the memory does not suffice, and OSError where the disk does not.
        """
        try:
            return self._advise(part)
        except duckdb.OutOfMemoryException as error:
            text = f"{self.options.memory} is too little for this file; give more, such as 1GB"
            raise refused("--memory", "bad-setting", text) from error
        except duckdb.IOException as error:
            raise OSError(str(error).splitlines()[0]) from error

    def _advise(self, part: pa.Table) -> Advised:
        asked, tally = self.queries, self.tally
        register_cells(self.connection, self.normaliser, part, asked.cells)
        self.connection.execute(parsed(asked.coded))
        outcomes, gaps, sizes = (self._table(query) for query in (asked.outcomes, asked.gaps, asked.sizes))
        totals = tally.totals(outcomes.to_pylist(), gaps.to_pylist()[0], sizes.to_pylist())
        numbered = outcomes.append_column("outcome", pa.array(range(len(outcomes)), pa.int64()))
        self.connection.register(OUTCOMES, numbered)
        rows, wrong = self._table(asked.rows), self._table(asked.wrong)
        totals.people = self._people(part, rows, outcomes)
        return Advised(rows, outcomes.select(ADVICE), self._rejected(part, wrong["row"], totals), totals)

    def _people(self, part: pa.Table, rows: pa.Table, outcomes: pa.Table) -> list[PersonRow]:
        """The people of a part, where they are few."""
        if len(rows) > MOST:
            return []
        raw = part.take(_places(part, rows["row"])).to_pylist()
        first = outcomes["first_track"].take(rows["outcome"]).to_pylist()
        return people(self.normaliser, raw, first, redact=self.options.redact)

    def _table(self, query: str) -> pa.Table:
        return self.connection.sql(parsed(query)).to_arrow_table()

    def _told(self, problem: Problem) -> str:
        """What is said of a problem; redacted, not what was typed."""
        return "see the row itself" if self.options.redact else problem.text

    def write_reports(self, part: pa.Table, advised: Advised, folder: Path) -> None:
        """Write the report of every accepted row of a part."""
        for start in range(0, len(advised.rows), FEW):
            numbers = advised.rows["row"].slice(start, FEW)
            rows = part.take(_places(part, numbers)).to_pylist()
            options = self.options
            write_reports(folder, self.normaliser, rows, options.as_of, redact=options.redact)

    def _rejected(self, part: pa.Table, numbers: pa.ChunkedArray, totals: Totals) -> pa.Table:
        found = []
        for row in part.take(_places(part, numbers)).to_pylist():
            problems = self.normaliser.problems(row, self.options.as_of)
            totals.refuse(problems)
            found += [(row["row"], row["id"], one.id, self._told(one)) for one in problems]
        columns = zip(*found, strict=True) if found else [()] * len(REJECTED)
        return pa.table(
            [
                pa.array(list(column), field.type)
                for column, field in zip(columns, REJECTED_SCHEMA, strict=True)
            ],
            schema=REJECTED_SCHEMA,
        )


def _places(part: pa.Table, numbers: pa.ChunkedArray) -> pa.Array:
    """Where the rows with some numbers stand in a part."""
    first = part["row"][0].as_py() if len(part) else 0
    return pa.array([number.as_py() - first for number in numbers], pa.int64())


def run(kb: KnowledgeBase, source: CohortFile, out: Path, options: Options, listener: Listener) -> Totals:
    """Advise every row of `source` into the folder `out`, with the figures of the day.

    Goes on with an unfinished run of the same input, knowledge base, date and part size. Raises `InvalidInput`
    where the folder holds something else.
    """
    parts = out / "parts"
    content, lines = fingerprint(source)
    manifest = Manifest(
        __version__,
        kb.digest,
        content,
        options.as_of,
        options.part_rows,
        options.reports,
        options.redact,
    )
    listener.total(lines)
    _begin(out, parts, manifest)
    count = 0
    try:
        with Advisor(kb, options, spill=parts) as advisor:
            done = 0
            for part in read_parts(source, kb.reader, listener.notice, options.part_rows):
                if not _part_done(parts, count):
                    advised = advisor.advise(part)
                    if options.reports:
                        advisor.write_reports(part, advised, out / "reports")
                    _write_part(parts, count, advised, part.num_rows)
                count += 1
                done += part.num_rows
                listener.progress(done)
    except InvalidInput:
        if not any(parts.glob(f"*{TOTALS}")):  # there is nothing that another run could mix with
            _end(out, parts)
        raise
    totals = _assemble(kb, out, parts, count, options)
    _end(out, parts)
    return totals


class Rehearsal(NamedTuple):
    """What a run would come to, how its file is laid out, and the first rows as they are read."""

    totals: Totals
    layout: Layout
    first_rows: list[dict[str, Any]]


def as_read(row: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """The cells of a row in the columns that are read; None where there is no answer."""
    cells = plain_cells(row)
    found = {key: cells.get(key) for key in layout.columns.values() if key is not None}
    return {key: None if isinstance(one, str) and not one.strip() else one for key, one in found.items()}


def dry_run(kb: KnowledgeBase, source: CohortFile, options: Options, listener: Listener) -> Rehearsal:
    """Read and check every row; write nothing."""
    totals, layout = Totals(), Layout(source.kind)
    first: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as spill, Advisor(kb, options, spill=Path(spill)) as advisor:
        for part in read_parts(source, kb.reader, listener.notice, options.part_rows, layout):
            first = first or [as_read(row, layout) for row in part.slice(0, FIRST_ROWS).to_pylist()]
            totals.add(advisor.advise(part).totals)
            listener.progress(totals.rows)
    return Rehearsal(totals, layout, first)


def fingerprint(source: CohortFile) -> tuple[str, int | None]:
    """What an input is known by (its content's hash and how its columns are mapped), and about how many rows it has.

    Standard input has no content. Raises `InvalidInput` where the file cannot be read.
    """
    read_as = [source.kind, sorted(source.mapping.items()), source.sheet, sorted(source.nulls)]
    found = hashlib.sha256(json.dumps(read_as).encode())
    if source.path == "-":
        return found.hexdigest(), None
    lines = 0
    try:
        for path in files_of(source.path):
            with path.open("rb") as stream:
                while chunk := stream.read(1 << 20):
                    found.update(chunk)
                    lines += chunk.count(b"\n")
    except OSError as error:
        text = f"cannot read it: {error.strerror or type(error).__name__}"
        raise refused(source.path, "unreadable-file", text) from error
    if source.kind == "parquet":
        return found.hexdigest(), rows_of_parquet(source.path)
    return found.hexdigest(), lines if source.kind in ("csv", "jsonl") else None


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
        raise refused(where, "other-run", text) from error
    differs = [name for name in Manifest.__struct_fields__ if getattr(found, name) != getattr(manifest, name)]
    if differs:
        text = (
            f"an unfinished run lies here that differs in {', '.join(differs)}; finish it as it was begun, "
            "begin anew with --restart, or name another folder"
        )
        raise refused(where, "other-run", text)


def discard(out: Path) -> None:
    """Throw away what an unfinished run has kept.

    Totals go first: they say that a part is whole, and whoever is killed here must not find one that is not.
    """
    kept = sorted((out / "parts").glob("*"), key=lambda path: path.suffix != TOTALS)
    for path in (*kept, out / "manifest.json"):
        path.unlink(missing_ok=True)


def _end(out: Path, parts: Path) -> None:
    discard(out)
    parts.rmdir()


def _part_done(parts: Path, number: int) -> bool:
    return (parts / f"{number:06}{TOTALS}").exists()


def _write_part(parts: Path, number: int, advised: Advised, rows: int) -> None:
    """A part's tables, and then its totals, which say that they are whole."""
    if advised.totals.rows != rows:
        raise AssertionError(
            f"part {number} has {rows} rows, of which {advised.totals.rows} are accounted for"
        )
    for name in PART_TABLES:
        table: pa.Table = getattr(advised, name)
        buffer = io.BytesIO()
        with pa.ipc.new_stream(buffer, table.schema) as stream:
            stream.write_table(table)
        write_atomic(parts / f"{number:06}.{name}", buffer.getvalue(), mode=0o600)
    write_atomic(parts / f"{number:06}{TOTALS}", msgspec.json.encode(advised.totals), mode=0o600)


def _read_part(parts: Path, number: int) -> Advised:
    rows, outcomes, rejected = (
        pa.ipc.open_stream((parts / f"{number:06}.{name}").read_bytes()).read_all() for name in PART_TABLES
    )
    totals = msgspec.json.decode((parts / f"{number:06}{TOTALS}").read_bytes(), type=Totals)
    return Advised(rows, outcomes, rejected, totals)


def _assemble(kb: KnowledgeBase, out: Path, parts: Path, count: int, options: Options) -> Totals:
    """Join the parts into the results, each file put in place in one step."""
    totals = Totals()
    with (
        Writer(out, options.results, options.as_of) as write,
        Replacing(out / "rejected.csv") as stream,
    ):
        listing = csv.writer(io.TextIOWrapper(stream, "utf-8", newline="", write_through=True))
        listing.writerow(REJECTED)
        for number in range(count):
            part = _read_part(parts, number)
            write.people(part.advice())
            totals.add(part.totals)
            rejected = [list(row.values()) for row in part.rejected.to_pylist()]
            listing.writerows(map(harmless, row) for row in rejected)
            write.refused(rejected)
        write.summary(rows_of_summary(totals, kb, options.as_of))
    return totals
