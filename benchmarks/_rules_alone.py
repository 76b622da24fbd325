"""Ground rules over cases that are there already, for the section *cohort*: no file is read, no advice put in words.

Every engine gets the same rules and cases, in a process of its own that loads nothing else; what they conclude is
compared before it is printed.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from trackfit.benchmarks._measure import peak_of_memory, rate
from trackfit.benchmarks._rules import CONCLUDED, generated_knowledge, make_cases
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.knowledge.chains import Atom
from trackfit.engine.language.model import Value

AS_OF = "2026-11-22"
RULES = (10, 100, 1_000)
CASES = 200
"""So many different ones; the tables have each of them many times over."""
IN_MEMORY = 100_000
SECONDS = 0.5
FASTER = 20.0
"""What we aim at: so many times the fastest that takes one case at a time."""
OURS, DURABLE, CLIPS, ZEN = "trackfit, DuckDB", "durable-rules", "clipspy", "zen-engine"

Known = Mapping[str, Value]
Found = dict[str, Any]


def rules_alone() -> float:
    """Print how the engines do with each number of rules; gives how far ahead we are where that is least."""
    print(f"\nThe rules alone, over {IN_MEMORY:,} cases in memory: a second of processor time, and peaks")
    print(f"{'rules':>8}" + "".join(f"{name:>28}" for name in ENGINES))
    least = float("inf")
    for count in RULES:
        found = {name: contend(name, count) for name in ENGINES}
        ours = found[OURS]
        assert all(one["said"] == ours["said"] for one in found.values() if "rules" not in one), (
            "they disagree"
        )
        times = {name: ours["rate"] / one["rate"] for name, one in found.items()}
        least = min(least, *(times[name] for name in found if name != OURS))
        cells = [
            f"{one['rate']:,.0f}, {one['peak']:,.0f} MB ({times[name]:,.0f} ×)" for name, one in found.items()
        ]
        print(f"{count:>8,}" + "".join(f"{cell:>28}" for cell in cells))
        print(f"{'':>8}to SQL: {1_000 * ours['compiled']:,.0f} ms; {ZEN} has {found[ZEN]['rules']} of them")
    return least


def contend(name: str, count: int) -> Found:
    command = [sys.executable, "-m", "trackfit.benchmarks._rules_alone", name, str(count)]
    found: Found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return found


def by_table(kb: KnowledgeBase, cases: Sequence[Known]) -> Found:
    """Every conclusion as a column of one query."""
    import duckdb
    import ibis

    from trackfit.engine.cohort.table.coding import Coding
    from trackfit.engine.cohort.table.reader import TableReader, to_sql

    coding = Coding(kb)
    start = time.process_time()
    columns = {name: "int64" for row in coding.attributes for name in coding.columns(row)}
    reader = TableReader(coding, ibis.table(columns, name="cases"), AS_OF)
    query = to_sql(reader.table.select(*reader.atoms.values()), "duckdb")
    compiled = time.process_time() - start
    with duckdb.connect() as connection:
        connection.register("few", code_cases(coding, cases))
        connection.execute(f"create table cases as select few.* from range({IN_MEMORY // len(cases)}), few")  # noqa: S608
        found = rate(
            lambda: connection.execute(f"create or replace temp table found as {query}"), IN_MEMORY, SECONDS
        )
        connection.execute("create or replace table cases as from few")
        rows = connection.execute(query).fetchall()
    atoms = list(reader.atoms)
    said = [{atom for atom, holds in zip(atoms, row, strict=True) if holds} for row in rows]
    return {"rate": found, "compiled": compiled, "said": digest(said)}


def by_durable(kb: KnowledgeBase, cases: Sequence[Known]) -> Found:
    from trackfit.engine.inference.durable import DurableEngine
    from trackfit.tests.support.readers import run

    engine = DurableEngine(kb.program.rules, CONCLUDED)
    consult = partial(run, engine, concluded=CONCLUDED)
    said = [atoms_of(consult(known).concluded) for known in cases]
    found = {"rate": rate(lambda: each(consult, cases), len(cases), SECONDS), "said": digest(said)}
    engine.close()
    return found


def by_clips(kb: KnowledgeBase, cases: Sequence[Known]) -> Found:
    from trackfit.tests.support.clips_judge import Judge

    judge = Judge(kb.program.rules, CONCLUDED)
    said = [atoms_of(judge.consult(known)[1]) for known in cases]
    return {"rate": rate(lambda: each(judge.consult, cases), len(cases), SECONDS), "said": digest(said)}


def by_zen(kb: KnowledgeBase, cases: Sequence[Known]) -> Found:
    """What a decision table can say: one look at the answers. That it fires the right rules is compared here."""
    from trackfit.benchmarks._peers import DecisionTable, looks_at_answers_only

    simple = [rule for rule in kb.program.rules if looks_at_answers_only(rule, CONCLUDED)]
    table = DecisionTable(simple)
    found = {"rate": rate(lambda: each(table.fire, cases), len(cases), SECONDS), "rules": len(simple)}
    found["peak"] = peak_of_memory()

    from trackfit.tests.support.clips_judge import Judge

    judge = Judge(simple, CONCLUDED)
    assert all(table.fire(known) == judge.consult(known)[0] for known in cases), (
        "zen-engine fires other rules"
    )
    return found


ENGINES: dict[str, Callable[[KnowledgeBase, Sequence[Known]], Found]] = {
    OURS: by_table,
    DURABLE: by_durable,
    CLIPS: by_clips,
    ZEN: by_zen,
}


def atoms_of(concluded: Mapping[str, Iterable[str | bool]]) -> set[Atom]:
    return {(name, value) for name, values in concluded.items() for value in values}


def digest(said: Iterable[set[Atom]]) -> str:
    """What was concluded for every case, in short."""
    return hashlib.sha256(repr([sorted(atoms) for atoms in said]).encode()).hexdigest()


def each(consult: Callable[[Known], Any], cases: Sequence[Known]) -> None:
    for known in cases:
        consult(known)


def code_cases(coding: Any, cases: Sequence[Known]) -> Any:
    import pyarrow as pa

    from trackfit.engine.cohort.table.coding import code

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
    engine = ENGINES[sys.argv[1]](generated_knowledge(int(sys.argv[2])), make_cases(CASES))
    engine.setdefault("peak", peak_of_memory())
    print(json.dumps(engine))
