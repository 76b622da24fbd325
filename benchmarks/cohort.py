"""How fast a whole cohort is advised: against a query written by hand, and against engines that take a case at a time.

Everything is asserted equal before it is printed. Each contender runs in a process of its own, whose peak of memory is
told. Run it with `make bench SECTION=cohort`; with COHORT_SIZES="1000000 10000000" in the environment it takes those
sizes. Ratios are by the clock; by processor time, which other work on the machine spoils less, they are told, too.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from trackfit.benchmarks._hand_written import hand_written
from trackfit.benchmarks._measure import measured
from trackfit.benchmarks._rules_alone import FASTER, rules_alone
from trackfit.engine.cohort import run as cohort
from trackfit.engine.cohort.files.cells import exactly
from trackfit.engine.cohort.files.headings import source_of
from trackfit.engine.cohort.files.parquet import files_of
from trackfit.engine.cohort.files.text import read_parts
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.measures import GAP_ANSWERS

AS_OF = "2026-11-22"
SIZES = [int(size) for size in os.environ.get("COHORT_SIZES", "10000 100000").split()]
OURS, SQL, SPARK, ROWS = "trackfit cohort", "SQL by hand", "trackfit on Spark", "advise, one by one"
READ = "read alone"
CARRIED, HALF = 100_000, 0.5
"""People in files of other kinds; and how fast XLSX is to be, of CSV's speed."""
ONE_BY_ONE = 2_000
BLOCK = 20_000
LARGE = 1_000_000
"""From so many cases on, what it costs to begin does not count any more."""
TWICE, FLAT = 2.0, 1.2
"""What we aim at: at most so many times the query by hand, and so many times the memory of the smaller file."""


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps((CONTENDERS | OTHERS)[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        aims = whole_files(Path(folder))
        aims += carriers(Path(folder))
    slowest = rules_alone()
    print("\nAims")
    aims.append(
        aim(
            "the rules alone, times the fastest that takes one case at a time", slowest, FASTER, at_least=True
        )
    )
    print("\n".join(aims))


def aim(what: str, found: float, wanted: float, *, at_least: bool = False) -> str:
    met = found >= wanted if at_least else found <= wanted
    return f"  {'met   ' if met else 'MISSED'}  {what}: {found:.2f}, {'at least' if at_least else 'at most'} {wanted:g}"


# Whole files


def whole_files(folder: Path) -> list[str]:
    """Print how the contenders do with files of each size; gives what is said of our aims."""
    print("The shipped rules, from a Parquet file to a Parquet file; each in a process of its own")
    print(
        f"{'cases':>12}{'':>22}{'cases a second':>16}{'of processor time':>20}{'peak, MB':>10}   against ours"
    )
    aims, peaks = [], {}
    for size in SIZES:
        path = folder / f"{size}.parquet"
        write_people(path, size)
        found = {name: contend(name, path, folder / name.replace(" ", "-")) for name in CONTENDERS}
        for name in (SQL, SPARK):
            if name in found:
                compare(folder / OURS.replace(" ", "-"), folder / name.replace(" ", "-"))
        for name, one in found.items():
            print(f"{size:>12,}" if name == OURS else f"{'':>12}", line(name, one, found[OURS]))
        if size >= LARGE:
            times = found[OURS]["wall"] / found[SQL]["wall"]
            aims.append(aim(f"{size:,} cases, times the query by hand, by the clock", times, TWICE))
            peaks[size] = found[OURS]["peak"]
        path.unlink()
    if len(peaks) > 1:
        low, *_, high = peaks
        aims.append(aim(f"peak of memory at {high:,} against {low:,} cases", peaks[high] / peaks[low], FLAT))
    return aims


def line(name: str, one: dict[str, float], ours: dict[str, float]) -> str:
    text = f"{name:<21}{one['cases'] / one['wall']:>16,.0f}"
    if "cpu" not in one:
        return f"{text}   (its work is done by Java, which is not measured)"
    text += f"{one['cases'] / one['cpu']:>20,.0f}{one['peak']:>10,.0f}"
    if one is ours:
        return text
    by_clock, by_processor = (
        ours["cases"] / ours[kind] / (one["cases"] / one[kind]) for kind in ("wall", "cpu")
    )
    return f"{text}   ours: {by_clock:.2f} times as fast ({by_processor:.2f} by processor time)"


def compare(ours: Path, theirs: Path) -> None:
    """Assert that two say the same of everybody."""
    same = zip(advice_in(ours), advice_in(theirs), strict=True)
    assert all(one == other for one, other in same), f"{theirs.name} says something else"


def advice_in(folder: Path) -> Iterator[list[pa.Array]]:
    files = map(pq.ParquetFile, files_of(str(folder / "advice.parquet")))
    batches = (batch for file in files for batch in file.iter_batches())
    for part in exactly(batches, BLOCK):
        yield part.combine_chunks().columns


# The same people in files of other kinds


def carriers(folder: Path) -> list[str]:
    """Print how fast the same people are read from each kind of file; gives what is said of our aim."""
    print(
        f"\n{CARRIED:,} people as other files hold them: read alone, and advised; each in a process of its own"
    )
    rows = folder / "people.parquet"
    write_people(rows, CARRIED)
    found = {}
    for kind in ("csv", "xlsx", "parquet"):
        path = folder / f"people.{kind}"
        if kind != "parquet":
            write_as(kind, rows, path)
        out = folder / f"from-{kind}"
        read, whole = contend(READ, path, out), contend(OURS, path, out)
        found[kind] = read["cases"] / read["wall"]
        print(
            f"{kind:>12}{found[kind]:>16,.0f} read a second{whole['cases'] / whole['wall']:>16,.0f} advised a second"
            f"{whole['peak']:>10,.0f} MB"
        )
    return [
        aim("people read from XLSX, times those from CSV", found["xlsx"] / found["csv"], HALF, at_least=True)
    ]


def write_as(kind: str, rows: Path, path: Path) -> None:
    """The rows of a Parquet file as CSV or as a workbook, with cells as people and programs type them."""
    table = pq.read_table(rows)
    lines = (row.values() for row in table.to_pylist())
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(table.column_names)
            writer.writerows(lines)
        return
    from trackfit.engine.documents.workbook_written import SheetColumn, WrittenWorkbook

    with path.open("wb") as stream:
        book = WrittenWorkbook(stream, path.parent, AS_OF)
        book.sheet("People", [SheetColumn(name, 12) for name in table.column_names]).write(map(list, lines))
        book.close()


def read_alone(path: Path, _: Path) -> dict[str, float]:
    kb = KnowledgeBase.load(engine="three-valued")
    parts = read_parts(source_of(str(path), {}), kb.reader, lambda _: None)
    return measured(lambda: sum(map(len, parts)))


def contend(name: str, path: Path, out: Path) -> dict[str, float]:
    out.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, __file__, name, path, out], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


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


def on_spark(path: Path, out: Path) -> dict[str, float]:
    from trackfit.engine.cohort import spark

    kb = KnowledgeBase.load(engine="three-valued")
    options = cohort.Options(as_of=AS_OF)

    def work() -> int:
        with spark.session("local[*]") as session:
            return spark.run(kb, source_of(str(path), {}), out, options, Quiet(), spark=session).accepted

    found = measured(work)
    return {name: found[name] for name in ("cases", "wall")}


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


CONTENDERS = {OURS: ours, SQL: by_hand, SPARK: on_spark, ROWS: one_by_one}
OTHERS = {READ: read_alone}
"""What is measured beside them."""
if find_spec("pyspark") is None:
    del CONTENDERS[SPARK]


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
                words = spellings if attribute.id in GAP_ANSWERS else [one.id for one in attribute.choices]
                return ", ".join(chance.sample(words, min(len(words), chance.randrange(1, 14))))
            case "money":
                return chance.randrange(60_000, 500_000, 1_000)
            case _:
                return chance.randrange(31)

    asked = [row for row in kb.reader.attributes.values() if row.type != "text"]
    for _ in range(number):
        yield {
            row.id: value(row) if row.id == "background" or chance.random() < 0.8 else None for row in asked
        }


if __name__ == "__main__":
    main()
