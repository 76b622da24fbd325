"""What is asked of DuckDB for each part of a cohort, made once for a knowledge base and a day."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import msgspec

from trackfit.engine.cohort.files.cells import part_schema
from trackfit.engine.cohort.table.cells_to_cases import PART, Normaliser
from trackfit.engine.cohort.table.outcomes import Outcomes
from trackfit.engine.cohort.table.reader import to_sql
from trackfit.engine.cohort.totals import Tally
from trackfit.engine.documents import cache
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.problems.errors import InvalidInput, refused

if TYPE_CHECKING:
    import pyarrow as pa

CODED = "coded"
KEPT, KEPT_AS = 8, ".queries"
"""Of so many knowledge bases and days the queries are kept, under names that end so."""
OUTCOMES = "outcomes"


class Queries(msgspec.Struct, frozen=True):
    """What is asked of DuckDB for each part, as SQL; `cells` by attribute."""

    cells: dict[str, str]
    coded: str
    outcomes: str
    gaps: str
    sizes: str
    rows: str
    wrong: str


def _make_queries(kb: KnowledgeBase, as_of: str) -> Queries:
    normaliser, made = Normaliser(kb), Outcomes(kb)
    part = normaliser.part(part_schema(kb.reader))
    coded = made.of(normaliser.coding, normaliser.cases(part), as_of)
    table: Any = ibis.table(coded.schema(), name=CODED)
    tally = Tally(made, normaliser.coding)
    numbered = ibis.table(dict.fromkeys((*made.columns, "outcome"), "int64"), name=OUTCOMES)
    rows = table.filter(~table.wrong).join(numbered, made.columns).select("row", "id", "outcome")
    return Queries(
        cells=cell_queries(normaliser, part),
        coded=f"create or replace temp table {CODED} as {to_sql(coded, 'duckdb')}",
        outcomes=to_sql(tally.outcomes(table), "duckdb"),
        gaps=to_sql(tally.gaps(table), "duckdb"),
        sizes=to_sql(tally.sizes(table), "duckdb"),
        rows=to_sql(rows.order_by("row"), "duckdb"),
        wrong=to_sql(table.filter(table.wrong).select("row").order_by("row"), "duckdb"),
    )


@lru_cache(maxsize=2)
def queries(kb: KnowledgeBase, as_of: str) -> Queries:
    """The queries of a knowledge base on a day; they take a second to make, and are kept in the cache folder."""
    known = hashlib.sha256(cache.program() + f"{ibis.__version__} {as_of}".encode())
    known.update(msgspec.json.encode([kb.facts, kb.program], order="deterministic"))
    name = f"{known.hexdigest()}{KEPT_AS}"
    if kept := cache.read(name):
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(kept, type=Queries)
    made = _make_queries(kb, as_of)
    cache.keep(name, msgspec.json.encode(made), most=KEPT)
    return made


def connect(memory: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB within a bound of memory; the rest goes to the folder `spill`. Raises `InvalidInput`."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(spill),
        "preserve_insertion_order": "false",
    }
    try:
        return duckdb.connect(config=config)
    except duckdb.Error as error:
        raise no_memory(memory) from error


def no_memory(text: str) -> InvalidInput:
    """What to raise where a text is no amount of memory."""
    said = f"{text!r} is no amount of memory; write one such as 500MB or 2GB"
    return refused("--memory", "bad-setting", said)


@lru_cache(maxsize=100)
def parsed(query: str) -> duckdb.Statement:
    """A query to run again and again; parsing one takes as long as planning it."""
    (found,) = _parser().extract_statements(query)
    return found


@lru_cache(maxsize=1)
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def cell_queries(normaliser: Normaliser, part: ibis.Table) -> dict[str, str]:
    """For each attribute, the query for the distinct cells of its column."""
    return {
        attribute.id: to_sql(normaliser.cells(part, attribute), "duckdb")
        for attribute in normaliser.attributes
    }


def register_cells(
    connection: duckdb.DuckDBPyConnection,
    normaliser: Normaliser,
    part: pa.Table,
    queries: Mapping[str, str],
) -> None:
    """Give DuckDB a part, and what its distinct cells stand for."""
    connection.register(PART, part)
    for attribute in normaliser.attributes:
        cells = (row[0] for row in connection.execute(parsed(queries[attribute.id])).fetchall())
        connection.register(normaliser.map_name(attribute), normaliser.mapping(attribute, sorted(cells)))
