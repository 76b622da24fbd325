"""How long proofs and smallest changes take: the shipped rules, more and more rules, and each example."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from trackfit.benchmarks.check import grown
from trackfit.engine.cases.case import Case
from trackfit.engine.documents.parse import read_file
from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.engine.proofs.change import Goal, suggest
from trackfit.engine.proofs.encoding import Solver, World
from trackfit.engine.proofs.prove import prove
from trackfit.engine.proofs.statements import read_statements

DAY = "2026-11-23"
SIZES = (0, 50, 200, 1_000)
"""How many rules are added to the shipped ones."""


@contextmanager
def loaded(folder: Path | None = None) -> Iterator[KnowledgeBase]:
    kb = KnowledgeBase.load(folder, engine="three-valued")
    try:
        yield kb
    finally:
        kb.close()


def statements() -> None:
    """Each statement about the shipped rules."""
    with loaded() as kb:
        start = time.perf_counter()
        total = 0.0
        print(f"{'seconds':>8}  statement (the first includes writing the rules as formulas)")
        for proof in prove(kb, read_statements(kb)):
            took, start = time.perf_counter() - start, time.perf_counter()
            total += took
            print(f"{took:>8.2f}  {proof.id}: {proof.result}")
        print(f"{total:>8.2f}  together; aimed at: under 10")


def growth() -> None:
    """All statements, for ever more rules."""
    print(f"\n{'rules':>6}  {'formulas':>9}  {'proofs':>7}  {'ms a rule':>9}   proved, refuted, undecided")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as place, loaded(grown(Path(place), size)) as kb:
            start = time.perf_counter()
            Solver().assume(World(kb).rules)
            formulas = time.perf_counter() - start
            start = time.perf_counter()
            results = [proof.result for proof in prove(kb, read_statements(kb))]
            took = time.perf_counter() - start
            count = len(kb.program.rules)
        counted = ", ".join(str(results.count(one)) for one in ("proved", "refuted", "undecided"))
        print(f"{count:>6}  {formulas:>9.2f}  {took:>7.2f}  {1000 * took / count:>9.2f}   {counted}")


def changes() -> None:
    """The three smallest changes for each example: another first track, each other track, each warning gone.

    What dominates is the search; what a case costs before it, writing the rules as formulas, stands at the end.
    """
    print(f"\n{'first':>8}  {'three':>8}  {'slowest':>8}  example; seconds, aimed at: under 1")
    with loaded() as kb:
        for path in sorted((shipped() / "examples").glob("*.yaml")):
            before = kb.consult(_read(kb, path), DAY)
            goals = [
                *(Goal(track=track) for track in kb.facts.tracks),
                *(Goal(without=warning.id) for warning in before.warnings),
            ]
            first = _timed(partial(suggest, before, Goal(), shown=1))
            three = _timed(partial(suggest, before, Goal()))
            open_ = [goal for goal in goals if not goal.reached(before, before)]
            slowest = max(_timed(partial(suggest, before, goal)) for goal in open_)
            print(f"{first:>8.2f}  {three:>8.2f}  {slowest:>8.2f}  {path.stem}")
        print(
            f"{_timed(partial(World, kb, DAY)):>8.2f}  of each: the rules written as formulas; the rest is the search"
        )


def _read(kb: KnowledgeBase, path: Path) -> Case:
    node, problems = read_file(path)
    assert node is not None, problems
    case, problems = kb.reader.read(node)
    assert case is not None, problems
    return case


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    statements()
    growth()
    changes()


if __name__ == "__main__":
    main()
