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
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name its documentation gives it
from pyspark.sql import types as T  # noqa: N812

from trackfit.engine.case import MAX_TEXT, CaseReader
from trackfit.engine.cohort import REJECTED, Listener, Options
from trackfit.engine.cohort_cells import MARK, SHAPE_PROBLEM, part_schema
from trackfit.engine.cohort_headings import Source, match_columns
from trackfit.engine.cohort_output import ADVICE_SCHEMA, harmless
from trackfit.engine.cohort_queries import CODED, OUTCOMES
from trackfit.engine.cohort_totals import Tally, Totals
from trackfit.engine.errors import InvalidInput
from trackfit.engine.files import write_atomic
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.normalise import PART, Normaliser
from trackfit.engine.problem import Location, Problem
from trackfit.engine.table_advice import Outcomes
from trackfit.engine.tables import to_sql

SEPARATORS = "[;,|·•\t\r\n]"


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
    normaliser, made = Normaliser(kb), Outcomes(kb)
    part = normaliser.part(part_schema(kb.reader))
    for attribute in normaliser.attributes:
        found = (row[0] for row in _query(spark, normaliser.cells(part, attribute)).collect())
        mapping = normaliser.mapping(attribute, sorted(found))
        frame = spark.createDataFrame(mapping.to_pylist(), _spark_schema(mapping.schema))
        F.broadcast(frame).createOrReplaceTempView(normaliser.map_name(attribute))
    coded = made.of(normaliser.coding, normaliser.cases(part), options.as_of)
    _query(spark, coded).cache().createOrReplaceTempView(CODED)
    coded = ibis.table(coded.schema(), name=CODED)
    tally = Tally(made, normaliser.coding)
    outcomes, gaps, sizes = (
        [row.asDict() for row in _query(spark, one(coded)).collect()]
        for one in (tally.outcomes, tally.gaps, tally.sizes)
    )
    totals = tally.totals(outcomes, gaps[0], sizes)
    spark.createDataFrame(outcomes, _outcome_schema(made)).createOrReplaceTempView(OUTCOMES)
    columns = ", ".join(ADVICE_SCHEMA.names)
    keys = ", ".join(made.columns)
    _write_advice(
        spark.sql(f"select {columns} from {CODED} join {OUTCOMES} using ({keys}) where not wrong"),  # noqa: S608
        out,
    )
    wrong = spark.sql(f"select {PART}.* from {PART} join {CODED} using (row) where wrong order by row")  # noqa: S608
    _write_rejected(wrong, normaliser, out, totals, options.as_of)
    listener.progress(totals.rows)
    return totals


def _query(spark: SparkSession, expression: ibis.Table) -> DataFrame:
    return spark.sql(to_sql(expression, "pyspark"))


def _outcome_schema(made: Outcomes) -> str:
    advice = [field for field in ADVICE_SCHEMA if field.name not in ("row", "id")]
    numbers = [pa.field(name, pa.int64()) for name in (*made.columns, "number")]
    return _spark_schema([*numbers, *advice])


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
        text = column.cast("string")
        trimmed = F.trim(text)
        pieces = F.when(F.length(text) > MAX_TEXT, F.array(text)).otherwise(F.split(text, SEPARATORS))
        none = F.lower(trimmed).isin("none", "nothing")
        return F.when(none, F.array().cast("array<string>")).when(trimmed != "", pieces)
    text = column.cast("string")
    return text if isinstance(kind, T.StringType) or key == "id" else F.concat(F.lit(MARK), text)


def _spark_schema(schema: Any) -> str:
    names = {"string": "string", "int64": "bigint", "list<item: string>": "array<string>"}
    names["list<element: string>"] = "array<string>"
    return ", ".join(f"{field.name} {names[str(field.type)]}" for field in schema)


def _write_advice(advice: DataFrame, out: Path) -> None:
    """Write the advice in order of rows beside its place, and put it there in one step."""
    target, temporary = out / "advice.parquet", out / ".advice.parquet.new"
    advice.orderBy("row").write.mode("overwrite").parquet(str(temporary))
    if target.is_dir():
        shutil.rmtree(target)
    temporary.replace(target)


def _write_rejected(wrong: DataFrame, normaliser: Normaliser, out: Path, totals: Totals, as_of: str) -> None:
    stream = io.StringIO(newline="")
    listing = csv.writer(stream)
    listing.writerow(REJECTED)
    for row in wrong.toLocalIterator():
        problems = normaliser.problems(row.asDict(), as_of)
        totals.refuse(problems)
        for one in problems:
            listing.writerow([harmless(cell) for cell in (row["row"], row["id"], one.id, one.text)])
    write_atomic(out / "rejected.csv", stream.getvalue().encode(), mode=0o600)
