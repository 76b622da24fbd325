# pyright: reportMissingImports=false
# (Spark is installed for the slow tests only)
"""A cohort on Spark, for what one machine is too small for: the same expressions, the same cells read once.

Parquet in and out, on storage that every worker sees. Spark itself sees to it that a lost worker costs no row:
its tasks are run again elsewhere, and the results appear in one step when all are there.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import ibis
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name its documentation gives it
from pyspark.sql import types as T  # noqa: N812

from trackfit.engine.case import CaseReader
from trackfit.engine.cohort import (
    ADVICE_SCHEMA,
    CASES,
    PART_SCHEMA,
    REJECTED,
    Listener,
    Options,
    Totals,
    harmless,
)
from trackfit.engine.cohort_input import MARK, SHAPE_PROBLEM, Source, match_columns, part_schema
from trackfit.engine.errors import InvalidInput
from trackfit.engine.files import write_atomic
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.normalise import PART, Normaliser
from trackfit.engine.problem import Location, Problem
from trackfit.engine.tables import advise


def session(master: str) -> SparkSession:
    """A Spark session on a master's address, such as spark://host:7077 or local[2]."""
    builder: Any = SparkSession.builder
    for key, value in (
        ("spark.app.name", "trackfit"),
        ("spark.master", master),
        ("spark.ui.showConsoleProgress", "false"),
        ("spark.sql.session.timeZone", "UTC"),
    ):
        builder = builder.config(key, value)
    found: SparkSession = builder.getOrCreate()
    return found


def run(
    kb: KnowledgeBase, source: Source, out: Path, options: Options, listener: Listener, *, spark: SparkSession
) -> Totals:
    """Advise every row of a Parquet file or folder into `out`; see `cohort.run`.

    Raises `InvalidInput` where the input is not Parquet.
    """
    if source.kind != "parquet":
        text = "Spark reads Parquet; convert the file first, or leave out --engine spark"
        raise InvalidInput([Problem(where=Location(source.path), id="not-parquet", text=text)])
    cells = _cells(spark, source, kb.reader, listener).cache()
    cells.createOrReplaceTempView(PART)
    normaliser = Normaliser(kb)
    part = normaliser.part(part_schema(kb.reader))
    for attribute in normaliser.attributes:
        found = (row[0] for row in _sql(spark, normaliser.cells(part, attribute)).collect())
        mapping = normaliser.mapping(attribute, sorted(found))
        frame = spark.createDataFrame(mapping.to_pylist(), _spark_schema(normaliser.map_schema(attribute)))
        F.broadcast(frame).createOrReplaceTempView(normaliser.map_name(attribute))
    cases = normaliser.cases(part)
    _sql(spark, cases).cache().createOrReplaceTempView(CASES)
    named = ibis.table(cases.schema(), name=CASES)
    advice = advise(kb, normaliser.accepted(named), options.as_of, details=True).select(*PART_SCHEMA.names)
    totals = _write_advice(_sql(spark, advice), out)
    _write_rejected(_sql(spark, normaliser.rejected(named)), out, totals)
    listener.progress(totals.rows)
    return totals


def _sql(spark: SparkSession, expression: ibis.Table) -> DataFrame:
    return spark.sql(str(ibis.to_sql(expression, dialect="pyspark")))


def _cells(spark: SparkSession, source: Source, reader: CaseReader, listener: Listener) -> DataFrame:
    """The input as raw cells, rows numbered by file name and place in the file."""
    frame = spark.read.parquet(source.path)
    columns = match_columns(frame.columns, source, reader, listener.notice)
    headings = {key: frame.columns[place] for key, place in columns.places.items()}
    placed = frame.select(
        "*", F.col("_metadata.file_path").alias("_file"), F.col("_metadata.row_index").alias("_place")
    )
    start, starts = 1, []
    for row in placed.groupBy("_file").count().orderBy("_file").collect():
        starts.append((row["_file"], start))
        start += row["count"]
    offsets = F.broadcast(spark.createDataFrame(starts, "_file string, _start long"))
    placed = placed.join(offsets, "_file")
    kinds = {field.name: field.dataType for field in frame.schema.fields}
    cells = [
        _cell(headings.get(name), kinds, name, reader).alias(name)
        for name in part_schema(reader).names
        if name != "row"
    ]
    return placed.select((F.col("_start") + F.col("_place")).alias("row"), *cells)


def _cell(heading: str | None, kinds: dict[str, Any], key: str, reader: CaseReader) -> Any:
    """A column as cells: text stays, what is no text is kept as JSON behind the mark."""
    is_set = key not in ("id", SHAPE_PROBLEM) and reader.attributes[key].type == "set"
    if heading is None:
        return F.lit(None).cast("array<string>" if is_set else "string")
    column, kind = F.col(f"`{heading}`"), kinds[heading]
    if is_set:
        if isinstance(kind, T.ArrayType):
            return column.cast("array<string>")
        pieces = F.transform(F.split(column.cast("string"), "[;,\n]"), F.trim)
        pieces = F.filter(pieces, lambda one: one != "")
        return F.when(F.size(pieces) > 0, pieces)
    text = F.trim(column.cast("string"))
    text = F.when(text != "", text)
    return text if isinstance(kind, T.StringType) or key == "id" else F.concat(F.lit(MARK), text)


def _spark_schema(schema: Any) -> str:
    names = {"string": "string", "int64": "bigint", "bool": "boolean"}
    return ", ".join(f"{field.name} {names[str(field.type)]}" for field in schema)


def _write_advice(advice: DataFrame, out: Path) -> Totals:
    """Write the advice in order of rows beside its place, count it, and put it there in one step."""
    target, temporary = out / "advice.parquet", out / ".advice.parquet.tmp"
    advice.orderBy("row").write.mode("overwrite").parquet(str(temporary))
    written = advice.sparkSession.read.parquet(str(temporary))
    totals = Totals(accepted=written.count())
    totals.tracks = _count(written, F.coalesce("first_track", F.lit("none")))
    totals.bases = _count(written, F.coalesce("first_basis", F.lit("none")))
    totals.warnings = _count(written, F.explode("warnings"))
    totals.gaps = _count(written, F.explode("gap"))
    totals.gap_sizes = Counter(
        {int(key): number for key, number in _count(written.filter("gap is not null"), F.size("gap")).items()}
    )
    totals.goals = _count(written, F.coalesce("goal", F.lit("no goal, or nothing to compare it with")))
    final = out / ".advice.parquet.new"
    written.select(*ADVICE_SCHEMA.names).orderBy("row").write.mode("overwrite").parquet(str(final))
    shutil.rmtree(temporary)
    if target.is_dir():
        shutil.rmtree(target)
    final.replace(target)
    return totals


def _count(frame: DataFrame, column: Any) -> Counter[str]:
    rows = frame.select(column.alias("value")).groupBy("value").count().collect()
    return Counter({str(row["value"]): row["count"] for row in rows})


def _write_rejected(rejected: DataFrame, out: Path, totals: Totals) -> None:
    stream = io.StringIO(newline="")
    listing = csv.writer(stream)
    listing.writerow(REJECTED)
    rows: set[int] = set()
    for row in rejected.toLocalIterator():
        rows.add(row["row"])
        totals.problems[row["problem_id"]] += 1
        listing.writerow([harmless(row[name]) for name in REJECTED])
    totals.rejected = len(rows)
    write_atomic(out / "rejected.csv", stream.getvalue().encode(), mode=0o600)
