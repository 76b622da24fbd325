"""How fast the engine is, beside others that run the same ground rules over the same cases in the same process.

What every engine fires and concludes is compared before any clock starts; the clock is that of the processor, so that
other programs on the machine count for less. Run it with `make bench SECTION=engine`.
"""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import psutil

from trackfit.benchmarks._peers import DecisionTable, generate_python, looks_at_answers_only
from trackfit.benchmarks._rules import CONCLUDED, make_cases, make_rules
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import consult
from trackfit.engine.inference.durable import DurableEngine, _shards
from trackfit.engine.inference.three_valued import ThreeValuedEngine
from trackfit.engine.language.model import GroundRule, Value
from trackfit.tests.support.clips_judge import Judge
from trackfit.tests.support.readers import Outcome, run

AS_OF = "2026-11-22"
SECONDS = 0.25
PASSES = 4
SIZES = {100: 50, 1_000: 50, 10_000: 20}
OURS, THREE_VALUED = "trackfit, on durable-rules", "trackfit, without it"
CLIPS, ZEN, PYTHON = "clipspy", "zen-engine", "generated Python"

Known = Mapping[str, Value]
Consult = Callable[[Known], Any]


def main() -> None:
    with KnowledgeBase.load(engine="durable-rules", cache=False) as kb:
        compare("The shipped rules", kb.program.rules, kb.concluded, shipped_cases(kb))
    for title, guarded in (
        ("most for one background or target", True),
        ("none for one value of anything", False),
    ):
        rules = make_rules(120, guarded=guarded)
        compare(f"120 generated rules, {title}", rules, CONCLUDED, make_cases(100))
    for title, guarded in (
        ("most for one background or target", True),
        ("none for one value of anything", False),
    ):
        grow(title, guarded=guarded)


def shipped_cases(kb: KnowledgeBase) -> list[Known]:
    """Persons of every background, with what is measured of them."""
    skills = sorted(kb.facts.skills)
    cases: list[Known] = []
    for number, (background, years, target) in enumerate(
        itertools.product(kb.facts.backgrounds, (0, 4, 9, 21), [*kb.facts.tracks, "undecided"])
    ):
        answers: dict[str, Value] = {
            "background": background,
            "years_experience": years,
            "target_track": target,
            "target_reason": ("salary", "interest")[number % 2],
            "salary_goal": 80_000 + 3_000 * (number % 90),
            "skills": frozenset(skills[number % 17 :: 9]),
        }
        cases.append(consult(kb, kb.reader.case(answers), AS_OF).memory.known)
    return cases


def compare(
    title: str, rules: Sequence[GroundRule], concluded: frozenset[str], cases: Sequence[Known]
) -> None:
    """Cases a second of each engine, with one warm knowledge base."""
    durable, judge = DurableEngine(rules, concluded), Judge(rules, concluded)
    three_valued, python = ThreeValuedEngine(rules), generate_python(rules, concluded)
    expected = [run(durable, known, concluded) for known in cases]
    for known, outcome in zip(cases, expected, strict=True):
        assert Outcome(*judge.consult(known)) == outcome
        assert run(three_valued, known, concluded) == outcome
        fired, found = python(known)
        assert frozenset(fired) == outcome.fired
        assert {name: frozenset(values) for name, values in found.items()} == outcome.concluded
    firings = sum(len(outcome.fired) for outcome in expected) / len(cases)
    print(f"\n{title}: {len(rules)} ground rules, {len(cases)} cases, {firings:.1f} firings a case")
    show(
        {
            OURS: partial(run, durable, concluded=concluded),
            THREE_VALUED: partial(run, three_valued, concluded=concluded),
            CLIPS: judge.consult,
            PYTHON: python,
        },
        cases,
    )
    simple = [rule for rule in rules if looks_at_answers_only(rule, concluded)]
    part, decision = DurableEngine(simple, concluded), DecisionTable(simple)
    for known in cases:
        assert decision.fire(known) == run(part, known, concluded).fired
    print(
        f"  The {len(simple)} of them that look at answers only, which is all that a decision table can say:"
    )
    show({OURS: partial(run, part, concluded=concluded), ZEN: decision.fire}, cases)
    durable.close()
    part.close()


def show(engines: Mapping[str, Consult], cases: Sequence[Known]) -> None:
    measured = rates(engines, cases)
    for name, found in sorted(measured.items(), key=lambda pair: -pair[1]):
        ratio = measured[OURS] / found
        verdict = (
            f"ours are {ratio:.1f} times as many"
            if ratio >= 1
            else f"{1 / ratio:.1f} times as many as ours: lost"
        )
        print(f"    {name:<28}{found:>10,.0f} cases a second   {'' if name == OURS else verdict}".rstrip())


def rates(engines: Mapping[str, Consult], cases: Sequence[Known]) -> dict[str, float]:
    """Cases a second of each, the best of some passes that take turns."""
    best = dict.fromkeys(engines, 0.0)
    for _, (name, engine) in itertools.product(range(PASSES), engines.items()):
        best[name] = max(best[name], rate(engine, cases))
    return best


def rate(engine: Consult, cases: Sequence[Known]) -> float:
    gc.collect()
    done, start, spent = 0, time.process_time(), 0.0
    while spent < SECONDS:
        for known in cases:
            engine(known)
        done += len(cases)
        spent = time.process_time() - start
    return done / spent


def grow(title: str, *, guarded: bool) -> None:
    """Load time, time a case and memory as the knowledge base grows."""
    print(f"\nGrowth, {title} (trackfit / clipspy, how many times better; below 1.0 we lose)")
    print(f"{'rules':>8}{'firings':>9}{'load, ms':>24}{'a case, ms':>32}{'memory, MB':>26}")
    for count, persons in SIZES.items():
        rules, cases = make_rules(count, guarded=guarded), make_cases(persons)
        durable, *ours = loaded(lambda rules=rules: with_all_shards(DurableEngine(rules, CONCLUDED)))  # type: ignore[misc]
        judge, *theirs = loaded(lambda rules=rules: Judge(rules, CONCLUDED))  # type: ignore[misc]
        outcomes = [run(durable, known, CONCLUDED) for known in cases]
        assert outcomes == [Outcome(*judge.consult(known)) for known in cases]
        measured = rates({OURS: partial(run, durable, concluded=CONCLUDED), CLIPS: judge.consult}, cases)
        ours.insert(1, 1_000 / measured[OURS])
        theirs.insert(1, 1_000 / measured[CLIPS])
        firings = sum(len(outcome.fired) for outcome in outcomes) / len(outcomes)
        print(f"{count:>8,}{firings:>9.1f}", end="")
        for digits, one, other in zip((0, 3, 0), ours, theirs, strict=True):
            print(f"{one:>12,.{digits}f} / {other:<8,.{digits}f}{other / max(one, 0.01):>5.1f}", end="")
        print()
        durable.close()


def loaded(make: Callable[[], Any]) -> tuple[Any, float, float]:
    """What was made, in how many milliseconds and megabytes."""
    gc.collect()
    before, start = psutil.Process().memory_info().rss, time.process_time()
    made = make()
    spent = (time.process_time() - start) * 1_000
    return made, spent, (psutil.Process().memory_info().rss - before) / 1_000_000


def with_all_shards(engine: DurableEngine) -> DurableEngine:
    """With every ruleset made, which otherwise waits for the first case that needs it."""
    for shard in _shards(engine._strata):
        shard._create()
    return engine


if __name__ == "__main__":
    main()
