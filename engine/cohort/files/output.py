"""The files of advice: Parquet, CSV or JSON lines, each put in place in one step, when it is whole."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trackfit.engine.documents.files import put_in_place, target_of

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


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


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
    """Writes tables of advice as Parquet, CSV or JSON lines."""

    def __init__(self, out: Path, results: str) -> None:
        self.results = results
        self.target = Replacing(out / f"advice.{results}")

    def __enter__(self) -> Callable[[pa.Table], None]:
        stream = self.target.__enter__()
        if self.results == "parquet":
            self.parquet = pq.ParquetWriter(
                stream,
                ADVICE_SCHEMA,
                use_dictionary=REPEATED,  # pyright: ignore[reportArgumentType] - it takes names, too
            )
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
        try:
            if self.results == "parquet":
                self.parquet.close()
        except OSError as full:
            self.target.__exit__(type(full), full, full.__traceback__)
            raise
        self.target.__exit__(kind, error, trace)
