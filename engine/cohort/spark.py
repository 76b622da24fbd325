# pyright: reportMissingImports=false
# (Spark is installed for the slow tests only)
"""A cohort on Spark, for what one machine is too small for: the same expressions, the same cells read once.

Parquet in and out, on storage that every worker sees. Spark itself sees to it that a lost worker costs no row:
its tasks are run again elsewhere, and the results appear in one step when all are there.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import shutil
import socket
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name its documentation gives it
from pyspark.sql import types as T  # noqa: N812

from trackfit.engine.cases.values import MAX_TEXT
from trackfit.engine.cohort.files.cells import (
    NOT_A_NUMBER,
    ODD,
    SHAPE_PROBLEM,
    WHOLE,
    part_schema,
    words_for_nothing,
)
from trackfit.engine.cohort.files.headings import CohortFile, Layout, Reading, match_columns
from trackfit.engine.cohort.files.output import ADVICE_SCHEMA, REJECTED
from trackfit.engine.cohort.queries import CODED, OUTCOMES, no_memory
from trackfit.engine.cohort.run import FIRST_ROWS, MEMORY, Listener, Options, Rehearsal, as_read
from trackfit.engine.cohort.table.cells_to_cases import PART, Normaliser
from trackfit.engine.cohort.table.outcomes import Outcomes
from trackfit.engine.cohort.table.reader import to_sql
from trackfit.engine.cohort.totals import Tally, Totals
from trackfit.engine.documents.files import write_atomic
from trackfit.engine.documents.sheet import harmless
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.vocabulary import SEPARATORS
from trackfit.engine.problems.errors import InvalidInput, refused
from trackfit.engine.problems.problem import Location, Problem

MASTER = re.compile(r"yarn|k8s://.+|local(\[.+\])?|spark://(?P<hosts>[^,:/]+:\d+(,[^,:/]+:\d+)*)")
NESTED = (T.ArrayType, T.MapType, T.StructType)
PATIENCE = 10
"""Seconds to wait for a master."""


@contextlib.contextmanager
def _told(place: str, id_: str) -> Iterator[None]:
    """What Spark says of a failure, without its Java, as a problem."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        text = f"Spark says: {_first_line(error)}"
        raise refused(place, id_, text) from error


def _first_line(error: Exception) -> str:
    java = getattr(error, "java_exception", None)
    while java is not None and java.getCause() is not None:
        java = java.getCause()
    said = str(java.getMessage() if java is not None else error) or type(error).__name__
    return said.strip().splitlines()[0][:300]


def _reach(master: str) -> None:
    """See that something answers at the address: Spark itself would try for a minute, and not say what is wrong."""
    found = MASTER.fullmatch(master)
    if found is None:
        text = f"{master!r} is no master; write one such as spark://host:7077, yarn or local[2]"
        raise refused("--master", "bad-setting", text)
    if found["hosts"] is None:
        return
    failed = []
    for address in found["hosts"].split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), PATIENCE).close()
        except (OSError, OverflowError) as error:
            failed.append(f"nothing answers at {address} ({error}); see that the master runs there")
        else:
            return
    raise InvalidInput([Problem(where=Location("--master"), id="spark-failed", text=one) for one in failed])


def _for_java(memory: str) -> str:
    """An amount of memory such as 2GB, as Java wants it."""
    found = re.fullmatch(r"(\d+) ?([kmgt])(i?b)?", memory.lower())
    if found is None:
        raise no_memory(memory)
    return found[1] + found[2]


@contextlib.contextmanager
def session(master: str, memory: str | None = None) -> Iterator[SparkSession]:
    """A Spark session on a master's address, such as spark://host:7077 or local[2].

    `memory` is what each process that works may take, such as 2GB; by default what the cluster is set to, and
    `MEMORY` on this machine. Raises `InvalidInput` where the session does not come about, and where Spark fails
    while it is used.
    """
    _reach(master)
    settings = {
        "spark.app.name": "trackfit",
        "spark.master": master,
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
    }
    if master.startswith("local"):
        settings["spark.driver.memory"] = _for_java(memory or MEMORY)
    elif memory is not None:
        settings["spark.executor.memory"] = _for_java(memory)
    builder: Any = SparkSession.builder
    for key, value in settings.items():
        builder = builder.config(key, value)
    with _told("--master", "spark-failed"):
        found: SparkSession = builder.getOrCreate()
        found.sparkContext.setLogLevel("ERROR")
        try:
            yield found
        finally:
            found.stop()


def run(
    kb: KnowledgeBase,
    source: CohortFile,
    out: Path,
    options: Options,
    listener: Listener,
    *,
    spark: SparkSession,
) -> Totals:
    """Advise every row of a Parquet file or folder into `out`; see `cohort.run`.

    Raises `InvalidInput` where the input is not Parquet.
    """
    out.mkdir(parents=True, exist_ok=True)
    with _advised(kb, source, options, listener, spark) as found:
        _write_advice(found.advice, out)
        _write_rejected(found.rejected(), out)
        return found.totals


def dry_run(
    kb: KnowledgeBase, source: CohortFile, options: Options, listener: Listener, *, spark: SparkSession
) -> Rehearsal:
    """Read and check every row; write nothing."""
    with _advised(kb, source, options, listener, spark) as found:
        for _ in found.rejected():
            pass
        first = spark.table(PART).orderBy("row").limit(FIRST_ROWS).collect()
        return Rehearsal(found.totals, found.layout, [as_read(row.asDict(), found.layout) for row in first])


class _SparkAdvice(NamedTuple):
    """What a cohort comes to: the advice in order of rows, the rows that are refused, and counts."""

    advice: DataFrame
    wrong: DataFrame
    totals: Totals
    layout: Layout
    normaliser: Normaliser
    as_of: str

    def rejected(self) -> Iterator[tuple[Any, ...]]:
        """A line for every problem of every row that is refused; each is counted on the way."""
        for row in self.wrong.toLocalIterator():
            problems = self.normaliser.problems(row.asDict(), self.as_of)
            self.totals.refuse(problems)
            for one in problems:
                yield row["row"], row["id"], one.id, one.text


@contextlib.contextmanager
def _advised(
    kb: KnowledgeBase, source: CohortFile, options: Options, listener: Listener, spark: SparkSession
) -> Iterator[_SparkAdvice]:
    """The query, on tables that Spark keeps until all is written."""
    if source.kind != "parquet":
        text = "Spark reads Parquet; convert the file first, or leave out --engine spark"
        raise refused(source.path, "not-parquet", text)
    kb = kb.on(options.as_of)
    with contextlib.ExitStack() as kept:
        reading = Reading(source, kb.reader, listener.notice, Layout(source.kind))
        cells = _cells(spark, reading, listener).persist(StorageLevel.DISK_ONLY)
        kept.callback(cells.unpersist)
        cells.createOrReplaceTempView(PART)
        normaliser, made = Normaliser(kb), Outcomes(kb)
        part = normaliser.part(part_schema(kb.reader))
        for attribute in normaliser.attributes:
            found = (row[0] for row in _query(spark, normaliser.cells(part, attribute)).collect())
            mapping = _frame(spark, normaliser.mapping(attribute, sorted(found)))
            F.broadcast(mapping).createOrReplaceTempView(normaliser.map_name(attribute))
        coded = made.of(normaliser.coding, normaliser.cases(part), options.as_of)
        numbers = _query(spark, coded).persist(StorageLevel.DISK_ONLY)
        kept.callback(numbers.unpersist)
        numbers.createOrReplaceTempView(CODED)
        coded = ibis.table(coded.schema(), name=CODED)
        tally = Tally(made, normaliser.coding)
        outcomes, gaps, sizes = (
            [row.asDict() for row in _query(spark, one(coded)).collect()]
            for one in (tally.outcomes, tally.gaps, tally.sizes)
        )
        totals = tally.totals(outcomes, gaps[0], sizes)
        listener.progress(totals.accepted)
        known = pa.Table.from_pylist(outcomes, schema=_outcome_schema(made))
        _frame(spark, known).createOrReplaceTempView(OUTCOMES)
        columns, keys = ", ".join(ADVICE_SCHEMA.names), ", ".join(made.columns)
        advice = spark.sql(f"select {columns} from {CODED} join {OUTCOMES} using ({keys}) where not wrong")  # noqa: S608
        wrong = spark.sql(f"select {PART}.* from {PART} join {CODED} using (row) where wrong order by row")  # noqa: S608
        yield _SparkAdvice(advice.orderBy("row"), wrong, totals, reading.layout, normaliser, options.as_of)
        listener.progress(totals.rows)


def _query(spark: SparkSession, expression: ibis.Table) -> DataFrame:
    return spark.sql(to_sql(expression, "pyspark"))


def _frame(spark: SparkSession, table: Any) -> DataFrame:
    """An Arrow table as a frame; rows of Python values would need a Python on every worker."""
    return spark.createDataFrame(table)


def _outcome_schema(made: Outcomes) -> Any:
    advice = [field for field in ADVICE_SCHEMA if field.name not in ("row", "id")]
    return pa.schema([*(pa.field(name, pa.int64()) for name in (*made.columns, "number")), *advice])


def _cells(spark: SparkSession, reading: Reading, listener: Listener) -> DataFrame:
    """The input as raw cells, rows numbered by file name and place in the file."""
    source, reader = reading.source, reading.reader
    with _told(source.path, "not-parquet"):
        frame = spark.read.parquet(source.path)
    columns = match_columns(frame.columns, reading)
    headings = {key: frame.schema.fields[place] for key, place in columns.places.items()}
    sets = words_for_nothing(reader)
    own = {
        "id": _id(headings.get("id")),
        ODD: _odd(headings, sets),
        SHAPE_PROBLEM: F.lit(None).cast("string"),
    }
    cells = [
        own.get(name, _cell(headings.get(name), name in sets, sets.get(name, ()))).alias(name)
        for name in part_schema(reader).names
        if name != "row"
    ]
    file, place = F.col("_metadata.file_path").alias("_file"), F.col("_metadata.row_index").alias("_place")
    placed = frame.select(file, place, *cells)
    start, files, starts = 1, [], []
    with _told(source.path, "not-parquet"):
        for row in placed.groupBy("_file").count().orderBy("_file").collect():
            files.append(row["_file"])
            starts.append(start)
            start += row["count"]
    listener.total(start - 1)
    begins = pa.table({"_file": pa.array(files, pa.string()), "_start": pa.array(starts, pa.int64())})
    numbered = placed.join(F.broadcast(_frame(spark, begins)), "_file")
    return numbered.select((F.col("_start") + F.col("_place")).alias("row"), *part_schema(reader).names[1:])


def _cell(field: T.StructField | None, is_set: bool, nothing: Sequence[str]) -> Any:
    """A column as cells; `nothing` are the words for an empty set."""
    empty = F.lit(None).cast("array<string>" if is_set else "string")
    if field is None:
        return empty
    column, kind = _column(field), field.dataType
    if not is_set:
        return empty if isinstance(kind, NESTED) else _as_text(column, kind)
    if isinstance(kind, T.ArrayType):
        if _is_text(kind.elementType):
            return F.transform(column, lambda one: _as_text(one, kind.elementType))
        return F.when(F.size(column) == 0, F.array().cast("array<string>"))
    if not _is_text(kind):
        return empty
    text = _as_text(column, kind)
    word = F.lower(F.trim(text))
    pieces = F.when(F.length(text) > MAX_TEXT, F.array(text)).otherwise(F.split(text, SEPARATORS))
    said = F.when(word.isin(*nothing), F.array().cast("array<string>")) if nothing else F
    return said.when(~word.isin("", NOT_A_NUMBER), pieces)


def _odd(headings: dict[str, T.StructField], sets: Container[str]) -> Any:
    """What no text stands for in each row, as JSON; see `cells.ODD`."""
    odd = []
    for key, field in headings.items():
        column, kind = _column(field), field.dataType
        if key not in sets:
            there = column.isNotNull() if isinstance(kind, NESTED) else None
        elif isinstance(kind, T.ArrayType):
            there = None if _is_text(kind.elementType) else F.size(column) > 0
        else:
            there = None if _is_text(kind) else column.isNotNull()
        if there is not None:
            odd.append(F.when(there, column).alias(key))
    if not odd:
        return F.lit(None).cast("string")
    text = F.to_json(F.struct(*odd))
    return F.when(text != "{}", text)


def _column(field: T.StructField) -> Any:
    name = field.name.replace("`", "``")
    return F.col(f"`{name}`")


def _is_text(kind: T.DataType) -> bool:
    return isinstance(kind, T.StringType | T.VarcharType | T.CharType | T.BinaryType)


def _as_text(column: Any, kind: T.DataType) -> Any:
    if isinstance(kind, T.DoubleType | T.FloatType):
        column = F.when(~F.isnan(column), column)
    text = column.cast("string")
    return F.make_valid_utf8(text) if isinstance(kind, T.BinaryType) else text


def _id(field: T.StructField | None) -> Any:
    """See `cells.id_of`: numbers that happen to be whole stand without the point."""
    if field is None or isinstance(field.dataType, NESTED):
        return F.lit(None).cast("string")
    column, kind = _column(field), field.dataType
    text = _as_text(column, kind)
    if not isinstance(kind, T.DoubleType | T.FloatType):
        return text
    whole = (column == F.floor(column)) & (F.abs(column) < WHOLE)
    return F.when(whole, column.cast("bigint").cast("string")).otherwise(text)


def _write_advice(advice: DataFrame, out: Path) -> None:
    """Write the advice beside its place, for its owner only, and put it there in one step."""
    target, temporary = out / "advice.parquet", out / ".advice.parquet.new"
    with _told(str(temporary), "spark-failed"):
        advice.write.mode("overwrite").parquet(str(temporary))
    temporary.chmod(0o700)
    if target.is_dir():
        shutil.rmtree(target)
    else:  # DuckDB's results are a file
        target.unlink(missing_ok=True)
    temporary.replace(target)


def _write_rejected(lines: Iterable[tuple[Any, ...]], out: Path) -> None:
    stream = io.StringIO(newline="")
    listing = csv.writer(stream)
    listing.writerow(REJECTED)
    listing.writerows([harmless(cell) for cell in line] for line in lines)
    write_atomic(out / "rejected.csv", stream.getvalue().encode(), mode=0o600)
