"""How fast a whole cohort is advised: against a query written by hand, and against engines that take a case at a time.

Everything is asserted equal before it is printed. Files go from Parquet to Parquet, each contender in a process of its
own, whose peak of memory is told. Run it with `make bench SECTION=cohort`; with COHORT_SIZES="1000000 10000000" in the
environment it takes those sizes.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from trackfit.benchmarks._hand_written import hand_written
from trackfit.benchmarks._peers import DecisionTable, looks_at_answers_only
from trackfit.benchmarks._rules import CONCLUDED, generated_knowledge, make_cases
from trackfit.engine import cohort
from trackfit.engine.coding import Coding, code
from trackfit.engine.cohort_headings import source_of
from trackfit.engine.durable_adapter import DurableEngine
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Value
from trackfit.engine.tables import TableReader, to_sql
from trackfit.tests.clips_judge import Judge
from trackfit.tests.readers import Outcome, run

AS_OF = "2026-11-22"
SIZES = [int(size) for size in os.environ.get("COHORT_SIZES", "10000 100000").split()]
RULES = (10, 100, 1_000)
OURS, SQL, ROWS = "trackfit cohort", "SQL by hand", "advise, one by one"
ONE_BY_ONE = 2_000
IN_MEMORY = 100_000
BLOCK = 20_000
SECONDS = 0.3

Known = Mapping[str, Value]


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(CONTENDERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        whole_files(Path(folder))
    print(f"\nThe rules alone, over {IN_MEMORY:,} cases in memory: a second of processor time")
    print(f"{'rules':>8}{'to SQL, ms':>12}" + "".join(f"{name:>20}" for name in ("trackfit, DuckDB", *PEERS)))
    for count in RULES:
        rules_alone(count)


# Whole files


def whole_files(folder: Path) -> None:
    print("The shipped rules, from a Parquet file to a Parquet file; each in a process of its own")
    print(f"{'cases':>12}{'':>22}{'cases a second':>16}{'of processor time':>20}{'peak, MB':>10}")
    for size in SIZES:
        path = folder / f"{size}.parquet"
        write_people(path, size)
        found = {name: contend(name, path, folder / name.replace(" ", "-")) for name in (OURS, SQL, ROWS)}
        ours, theirs = (
            pq.ParquetFile(folder / name.replace(" ", "-") / "advice.parquet") for name in (OURS, SQL)
        )
        same = zip(ours.iter_batches(BLOCK), theirs.iter_batches(BLOCK), strict=True)
        assert all(one.columns == other.columns for one, other in same), (
            "the query by hand says something else: write it anew"
        )
        for name, one in found.items():
            print(
                f"{size if name == OURS else '':>12,}" if name == OURS else f"{'':>12}",
                f"{name:<21}{one['cases'] / one['wall']:>16,.0f}{one['cases'] / one['cpu']:>20,.0f}{one['peak']:>10,.0f}",
                f"  ours: {found[OURS]['rate'] / one['rate']:.2f} times" if name != OURS else "",
            )
        path.unlink()


def contend(name: str, path: Path, out: Path) -> dict[str, float]:
    out.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, __file__, name, path, out], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    found["rate"] = found["cases"] / found["cpu"]
    return found


def measured(work: Callable[[], int]) -> dict[str, float]:
    """Seconds by the clock and of the processor, without the start of Python, and the peak of memory in MB."""
    wall, cpu = time.perf_counter(), time.process_time()
    cases = work()
    found = {"cases": cases, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return found | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000}


class Quiet:
    """Hears and says nothing."""

    def notice(self, text: str) -> None:
        pass

    def total(self, rows: int | None) -> None:
        pass

    def progress(self, rows: int) -> None:
        pass


def ours(path: Path, out: Path) -> dict[str, float]:
    kb = KnowledgeBase.load(engine="three-valued")
    options = cohort.Options(as_of=AS_OF)
    return measured(lambda: cohort.run(kb, source_of(str(path), {}), out, options, Quiet()).accepted)


def by_hand(path: Path, out: Path) -> dict[str, float]:
    kb = KnowledgeBase.load(engine="three-valued")

    def work() -> int:
        with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(out)}) as connection:
            hand_written(connection, kb, path, out / "advice.parquet")
            (count,) = connection.execute(f"select count(*) from '{path}'").fetchall()[0]  # noqa: S608
            return int(count)

    return measured(work)


def one_by_one(path: Path, _: Path) -> dict[str, float]:
    kb = KnowledgeBase.load()
    rows = next(pq.ParquetFile(path).iter_batches(ONE_BY_ONE)).to_pylist()
    cases = [{key: cell for key, cell in row.items() if key != "id" and cell is not None} for row in rows]

    def work() -> int:
        for case in cases:
            advice = kb.consult(case, AS_OF)
            assert advice.warnings is not None
            assert advice.recommendations is not None
        return len(cases)

    return measured(work)


CONTENDERS = {OURS: ours, SQL: by_hand, ROWS: one_by_one}


def write_people(path: Path, size: int) -> None:
    """Typed columns as a warehouse has them; skills as people type them."""
    kb = KnowledgeBase.load(engine="three-valued")
    block = pa.Table.from_pylist(list(people(kb, min(size, BLOCK))))
    with pq.ParquetWriter(path, block.schema.insert(0, pa.field("id", pa.string()))) as writer:
        for start in range(0, size, BLOCK):
            part = block.slice(0, min(BLOCK, size - start))
            ids = pa.array([f"p{start + number}" for number in range(len(part))])
            writer.write_table(part.add_column(0, "id", ids))


def people(kb: KnowledgeBase, number: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)  # noqa: S311 - the same in every run
    ambiguous = set(kb.facts.ambiguous)
    spellings = [
        text
        for skill in kb.facts.skills.values()
        for text in (skill.id, skill.name, *skill.aliases)
        if text not in ambiguous and "," not in text
    ]

    def value(attribute: Any) -> Any:
        match attribute.type:
            case "choice":
                return chance.choice(attribute.choices).id
            case "yes_no":
                return chance.random() < 0.5
            case "set":
                return ", ".join(chance.sample(spellings, chance.randrange(1, 14)))
            case "money":
                return chance.randrange(60_000, 500_000, 1_000)
            case _:
                return chance.randrange(31)

    asked = [row for row in kb.reader.attributes.values() if row.type != "text"]
    for _ in range(number):
        yield {
            row.id: value(row) if row.id == "background" or chance.random() < 0.8 else None for row in asked
        }


# The rules alone

CLIPS, DURABLE, ZEN = "clipspy", "durable-rules", "zen-engine"
PEERS = (DURABLE, CLIPS, ZEN)


def rules_alone(count: int) -> None:
    """Ground rules over cases that are there already; every conclusion is computed."""
    kb = generated_knowledge(count)
    rules = kb.program.rules
    cases = make_cases(200)
    coding = Coding(kb)
    start = time.process_time()
    coded = ibis.table(
        {name: "int64" for row in coding.attributes for name in coding.columns(row)}, name="cases"
    )
    reader = TableReader(coding, coded, AS_OF)
    atoms = reader.atoms
    query = to_sql(reader.table.select(*atoms.values()), "duckdb")
    compiled = 1_000 * (time.process_time() - start)
    with duckdb.connect() as connection:
        connection.register("few", code_cases(coding, cases))
        repeat = IN_MEMORY // len(cases)
        connection.execute(f"create table cases as select few.* from range({repeat}), few")  # noqa: S608
        ours = rate(lambda: connection.execute(f"create or replace temp table found as {query}"), IN_MEMORY)
        connection.execute("create or replace table cases as from few")
        found = connection.execute(query).fetchall()
    durable, judge = DurableEngine(rules, CONCLUDED), Judge(rules, CONCLUDED)
    for known, row in zip(cases, found, strict=True):
        outcome = run(durable, known, CONCLUDED)
        assert Outcome(*judge.consult(known)) == outcome
        given = {atom for atom, holds in zip(atoms, row, strict=True) if holds}
        assert given == {(name, value) for name, values in outcome.concluded.items() for value in values}
    rates = {
        DURABLE: rate(lambda: each(partial(run, durable, concluded=CONCLUDED), cases), len(cases)),
        CLIPS: rate(lambda: each(judge.consult, cases), len(cases)),
    }
    simple = [rule for rule in rules if looks_at_answers_only(rule, CONCLUDED)]
    decision = DecisionTable(simple)
    rates[ZEN] = rate(lambda: each(decision.fire, cases), len(cases))
    line = "".join(f"{rates[name]:>12,.0f} ({ours / rates[name]:,.0f} ×)" for name in PEERS)
    print(f"{count:>8,}{compiled:>12,.0f}{ours:>20,.0f}{line}")
    print(f"{'':>20}zen-engine: only the {len(simple)} rules that look at answers alone")
    durable.close()


def each(consult: Callable[[Known], Any], cases: Sequence[Known]) -> None:
    for known in cases:
        consult(known)


def rate(work: Callable[[], Any], cases: int) -> float:
    work()
    done, start, spent = 0, time.process_time(), 0.0
    while spent < SECONDS:
        work()
        done += cases
        spent = time.process_time() - start
    return done / spent


def code_cases(coding: Coding, cases: Sequence[Known]) -> pa.Table:
    columns: dict[str, list[int]] = {}
    for known in cases:
        for attribute in coding.attributes:
            value = known.get(attribute.id)
            numbers = (
                coding.set_codes(attribute.id, value if isinstance(value, frozenset) else None)
                if attribute.type == "set"
                else [code(attribute, value)]
            )
            for name, number in zip(coding.columns(attribute), numbers, strict=True):
                columns.setdefault(name, []).append(number)
    return pa.table({name: pa.array(numbers, pa.int64()) for name, numbers in columns.items()})


if __name__ == "__main__":
    main()
