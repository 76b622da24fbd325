"""Three readers of the same rules, each run to its fixpoint on one case, and what to do where they differ."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from trackfit.engine.inference import durable as durable_adapter
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import consult
from trackfit.engine.inference.durable import DurableEngine
from trackfit.engine.inference.three_valued import ThreeValuedEngine, WorkingMemory
from trackfit.engine.language.model import GroundRule, Value, conclusion_of
from trackfit.tests.support.clips_judge import Judge
from trackfit.tests.support.places import ROOT

SAVED = ROOT / ".hypothesis" / "disagreements"
REPRODUCE = '''"""The readers disagree about this case. Run it with the project's Python."""

from trackfit.tests.support.readers import reproduce

RULES = r"""
{rules}
"""
CONCLUDED = {concluded!r}
KNOWN = {known!r}

if __name__ == "__main__":
    reproduce(RULES, CONCLUDED, KNOWN)
'''


class Outcome(msgspec.Struct, frozen=True):
    """What a reader makes of one case: the keys of the rules that fire, and the values of what they conclude."""

    fired: frozenset[str]
    concluded: dict[str, frozenset[str | bool]]


def run(engine: Any, known: Mapping[str, Value], concluded: Iterable[str]) -> Outcome:
    """One case through one of the program's own engines."""
    memory = WorkingMemory(known, concluded)
    fired: list[str] = []

    def conclude(rule: GroundRule) -> None:
        fired.append(rule.key)
        conclusion = conclusion_of(rule.then)
        if conclusion is not None:
            memory.concluded[conclusion[0]].add(conclusion[1])

    engine.run(memory, conclude)
    assert len(fired) == len(set(fired)), "a rule fired twice"
    return Outcome(frozenset(fired), {name: frozenset(values) for name, values in memory.concluded.items()})


def outcomes(
    rules: Iterable[GroundRule], concluded: frozenset[str], cases: Iterable[Mapping[str, Value]]
) -> list[dict[str, Outcome]]:
    """What each reader makes of each case."""
    rules = list(rules)
    engines: dict[str, Any] = {
        "durable-rules": DurableEngine(rules, concluded),
        "durable-rules in small shards": small_shards(rules, concluded),
        "three-valued": ThreeValuedEngine(rules),
    }
    judge = Judge(rules, concluded)
    try:
        return [
            {name: run(engine, known, concluded) for name, engine in engines.items()}
            | {"CLIPS": Outcome(*judge.consult(known))}
            for known in cases
        ]
    finally:
        for engine in engines.values():
            engine.close()


def consult_shipped(answers: Mapping[str, Value]) -> list[str]:
    """The rules of the shipped knowledge base that fire, in order. Importable, for a spawned process."""
    with KnowledgeBase.load(engine="durable-rules", cache=False) as kb:
        return [
            firing.rule.key for firing in consult(kb, kb.reader.case(dict(answers)), "2026-11-22").firings
        ]


def small_shards(rules: Iterable[GroundRule], concluded: frozenset[str]) -> DurableEngine:
    """An engine with two rules a shard, and a shard for every element that a rule asks for."""
    with patch.multiple(durable_adapter, MAX_ENTRIES=2, MANY=1):
        return DurableEngine(rules, concluded)


def agreed(
    name: str, rules: Iterable[GroundRule], concluded: frozenset[str], cases: Iterable[Mapping[str, Value]]
) -> list[Outcome]:
    """The outcome of each case, the same for every reader; where it is not, a runnable file is left behind."""
    rules, cases = list(rules), list(cases)
    found = []
    for known, by_reader in zip(cases, outcomes(rules, concluded, cases), strict=True):
        first, *others = by_reader.values()
        if any(other != first for other in others):
            path = save(name, rules, concluded, known)
            raise AssertionError(f"{difference(by_reader)}\nto reproduce: {sys.executable} {path}")
        found.append(first)
    return found


def save(
    name: str, rules: Iterable[GroundRule], concluded: Iterable[str], known: Mapping[str, Value]
) -> Path:
    """Write the case into a file that runs by itself."""
    SAVED.mkdir(parents=True, exist_ok=True)
    path = SAVED / f"{name}.py"
    text = msgspec.json.format(msgspec.json.encode(list(rules)), indent=1).decode()
    path.write_text(
        REPRODUCE.format(rules=text, concluded=sorted(concluded), known=dict(known)), encoding="utf-8"
    )
    return path


def reproduce(rules: str, concluded: Iterable[str], known: Mapping[str, Value]) -> None:
    """Run a saved case; exit with 1 where the readers still disagree."""
    decoded = msgspec.json.decode(rules, type=list[GroundRule])
    (by_reader,) = outcomes(decoded, frozenset(concluded), [known])
    text = difference(by_reader)
    print(text or "all readers agree")
    sys.exit(bool(text))


def difference(by_reader: Mapping[str, Outcome]) -> str:
    """What some readers fire or conclude and others do not, a line each; empty where all agree."""
    found: dict[str, list[str]] = defaultdict(list)
    for reader, outcome in sorted(by_reader.items()):
        for key in outcome.fired:
            found[f"fires {key}"].append(reader)
        for name, values in outcome.concluded.items():
            for value in values:
                found[f"concludes {name}={value}"].append(reader)
    lines = [
        f"{', '.join(told_by)}: {what}" for what, told_by in found.items() if len(told_by) < len(by_reader)
    ]
    return "\n".join(sorted(lines))
