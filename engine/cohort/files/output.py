"""The files of advice: Parquet, CSV or JSON lines, each put in place in one step, when it is whole."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from trackfit.engine.documents.files import put_in_place, target_of
from trackfit.engine.documents.sheet import harmless
from trackfit.engine.problems.errors import refused

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


REJECTED = ("row", "id", "problem_id", "text")
_WIDTHS = {"row": 8, "first_track": 18, "first_basis": 16, "tracks": 60, "warnings": 60, "text": 100}
_WIDTH = 14
"""Of all other columns, in characters."""


REPEATED = [
    "first_track",
    "first_basis",
    "months_low",
    "months_high",
    "tracks.list.element",
    "warnings.list.element",
]
"""The columns of a Parquet file in which values come again and again."""


class Replacing:
    """A file written beside its place and put there when it is whole; what cannot be replaced is written to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.target = target_of(path)
        self.direct = self.target.direct and not path.is_dir()
        self.temporary = self.target.path.with_name(f".{path.name}.tmp")

    def __enter__(self) -> Any:
        if self.direct:
            self.stream = self.target.path.open("wb")
            return self.stream
        self.stream = self.temporary.open("wb")
        self.temporary.chmod(0o600)
        return self.stream

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.stream.flush()
            if kind is None and not self.direct:
                os.fsync(self.stream.fileno())
                if self.path.is_dir():  # Spark's results are folders
                    shutil.rmtree(self.path)
                    self.target = target_of(self.path)
                put_in_place(self.temporary, self.target, 0o600)
        finally:
            if not self.direct:
                self.temporary.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # what it could not write is gone already
                self.stream.close()


class Writer:
    """Writes tables of advice as Parquet, CSV, JSON lines or a workbook, which also has what else there is to tell."""

    def __init__(self, out: Path, results: str, day: str) -> None:
        self.results, self.day = results, day
        self.folder = out
        self.target = Replacing(out / f"advice.{results}")

    def __enter__(self) -> Self:
        stream = self.target.__enter__()
        if self.results == "parquet":
            self.parquet = pq.ParquetWriter(
                stream,
                ADVICE_SCHEMA,
                use_dictionary=REPEATED,  # pyright: ignore[reportArgumentType] - it takes names, too
            )
            self.people: Callable[[pa.Table], None] = self.parquet.write_table
        elif self.results == "xlsx":
            self._begin_workbook(stream)
        elif self.results == "csv":
            lines = csv.writer(io.TextIOWrapper(stream, "utf-8", newline="", write_through=True))
            lines.writerow(ADVICE_SCHEMA.names)
            self.people = lambda table: lines.writerows(map(harmless, row) for row in _rows(table))
        else:
            self.people = lambda table: stream.writelines(
                json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in table.to_pylist()
            )
        return self

    def _begin_workbook(self, stream: IO[bytes]) -> None:
        from trackfit.engine.documents.workbook_written import SheetColumn, WrittenWorkbook

        def headings(names: Sequence[str]) -> list[SheetColumn]:
            return [SheetColumn(name, _WIDTHS.get(name, _WIDTH)) for name in names]

        self.book = WrittenWorkbook(stream, self.folder, self.day)
        self.sheets = {
            "people": self.book.sheet("People", headings(ADVICE_SCHEMA.names)),
            "summary": self.book.sheet(
                "Summary",
                [
                    SheetColumn("of", 52),
                    SheetColumn("what", 48),
                    SheetColumn("people", 10),
                    SheetColumn("share", 10),
                ],
            ),
            "refused": self.book.sheet("Refused", headings(REJECTED)),
        }
        self.people = lambda table: self._add("people", _rows(table))

    def _add(self, sheet: str, rows: Iterable[Sequence[Any]]) -> None:
        """More rows of a sheet. Raises `InvalidInput` where it does not hold them."""
        from trackfit.engine.documents.workbook_written import MAX_ROWS

        for row in rows:
            if self.sheets[sheet].rows == MAX_ROWS:
                text = f"a sheet holds {MAX_ROWS:,} rows, and there are more; take parquet, csv or jsonl"
                raise refused("--results", "option-does-not-fit", text)
            self.sheets[sheet].write([row])

    def refused(self, rows: Iterable[Sequence[Any]]) -> None:
        """What was refused, as in rejected.csv; only a workbook has it."""
        if self.results == "xlsx":
            self._add("refused", rows)

    def summary(self, rows: Iterable[Sequence[Any]]) -> None:
        """What it comes to; only a workbook has it."""
        if self.results == "xlsx":
            self._add("summary", rows)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if self.results == "parquet":
                self.parquet.close()
            elif self.results == "xlsx":
                self.book.close()
        except OSError as full:
            self.target.__exit__(type(full), full, full.__traceback__)
            raise
        self.target.__exit__(kind, error, trace)


def _rows(table: pa.Table) -> Iterator[list[Any]]:
    """The rows of a table, lists as texts."""
    for row in table.to_pylist():
        yield [";".join(cell) if isinstance(cell, list) else cell for cell in row.values()]
