"""The only file that knows durable-rules: ground rules into its dicts, and a driver that stays on safe ground.

It drives the extension module itself. `durable.lang` and its host start threads that never end and swallow
exceptions. Only what docs/engine-limits.md calls the safe subset is compiled: conjunctions of guarded,
single-key tests; absence is tested on lower strata only, as a plain field of the case; alternatives become
engine rules of their own. Rules are spread over shards, small rulesets, and a shard whose guard (an equality
that all its rules share) does not hold for a case is not run for it.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import durable_rules_engine as extension
import msgspec

from trackfit.engine.conditions import AttributeTest, clauses
from trackfit.engine.errors import EngineFailure
from trackfit.engine.model import GroundRule, conclusion_of
from trackfit.engine.operators import Symbol
from trackfit.engine.problem import Location, Problem
from trackfit.engine.three_valued import Conclude, WorkingMemory

MAX_PATTERNS = 59
MAX_FIELDS = 180
MAX_FIRINGS = 100_000
FIELDS = tuple(f"f{number:03}" for number in range(MAX_FIELDS))
PRESENT = "."
"""Stands in every set, so that a test over all elements sees an empty set as well."""

_SESSION = "s"
_GO = {"all": [{"m": {"go": 1}}], "pri": 999}
_COMPARISONS: dict[Symbol, str] = {"!=": "$neq", ">=": "$gte", "<": "$lt", "<=": "$lte", ">": "$gt"}
_ruleset_names = itertools.count(1)

Clause = tuple[AttributeTest, ...]


class Entry(msgspec.Struct, frozen=True):
    """One alternative of one rule: tests on the case, and conclusions of the same stratum it waits for."""

    rule: GroundRule
    case: Clause
    waits_for: Clause

    @property
    def patterns(self) -> int:
        """How many patterns the engine will see."""
        return 1 + len(self.waits_for)


class DurableEngine:
    """Runs ground rules on durable-rules: safe from several threads (one case at a time) and after a fork."""

    name = "durable-rules"

    def __init__(self, rules: Iterable[GroundRule], concluded: frozenset[str]) -> None:
        rules = list(rules)
        stratum_of = {
            conclusion[0]: rule.stratum
            for rule in rules
            if (conclusion := conclusion_of(rule.then)) is not None
        }
        entries: dict[int, list[Entry]] = defaultdict(list)
        for rule in rules:
            for clause in clauses(rule.when):
                chained = [test for test in clause if stratum_of.get(test[0]) == rule.stratum]
                case = [test for test in clause if test not in chained]
                entries[rule.stratum].append(Entry(rule, tuple(case), tuple(chained)))
        self._strata = [make_shards(entries[number], concluded) for number in sorted(entries)]
        self._lock = threading.Lock()
        self._process = os.getpid()

    def run(self, memory: WorkingMemory, conclude: Conclude) -> None:
        """Fire every rule that holds, once, stratum by stratum; `conclude` puts conclusions into `memory`.

        Raises `EngineFailure` where the extension reports an error or fires without end.
        """
        if os.getpid() != self._process:
            self._after_fork()
        with self._lock:
            for shards in self._strata:
                relevant = [shard for shard in shards if shard.may_match(memory)]
                if relevant:
                    _Stratum(relevant, memory, conclude).settle()

    def _after_fork(self) -> None:
        """A child has no use for its parent's sessions or lock; it builds its own."""
        self._lock = threading.Lock()
        self._process = os.getpid()
        for shard in itertools.chain.from_iterable(self._strata):
            shard.forget()

    def close(self) -> None:
        """Free the extension's memory; the engine can still be used and builds itself again."""
        with self._lock:
            for shard in itertools.chain.from_iterable(self._strata):
                shard.close()

    def __del__(self) -> None:
        if getattr(self, "_process", None) == os.getpid():
            self.close()


class _Stratum:
    """One stratum's shards at work on one case."""

    def __init__(self, shards: Sequence[Shard], memory: WorkingMemory, conclude: Conclude) -> None:
        self.shards = shards
        self.memory = memory
        self.conclude = conclude
        self.fired: set[str] = set()

    def settle(self) -> None:
        opened: list[Shard] = []
        try:
            for shard in self.shards:
                opened.append(shard)
                shard.open(self.memory)
            while any(shard.unsettled for shard in self.shards):
                for shard in self.shards:
                    if shard.unsettled:
                        for rule in shard.drain():
                            self.fire(rule)
        except extension.error as error:
            raise _failure(f"durable-rules reported error {error}") from error
        finally:
            for shard in opened:
                shard.end()

    def fire(self, rule: GroundRule) -> None:
        """Conclude once a rule, and tell the shards that wait for what is new."""
        if rule.key in self.fired:
            return
        self.fired.add(rule.key)
        conclusion = conclusion_of(rule.then)
        new = conclusion is not None and conclusion[1] not in self.memory.concluded[conclusion[0]]
        self.conclude(rule)
        if conclusion is not None and new:
            for shard in self.shards:
                shard.tell(*conclusion)


class Shard:
    """A ruleset small enough for the engine, created when first needed."""

    def __init__(
        self, entries: Sequence[Entry], guard: AttributeTest | None, concluded: frozenset[str]
    ) -> None:
        self.entries = tuple(entries)
        self.concluded = concluded
        self.guard = guard
        self.waited_for = frozenset(attribute for entry in entries for attribute, _ in entry.waits_for)
        attributes = sorted({attribute for entry in entries for attribute, _ in entry.case})
        self.fields = dict(zip(attributes, FIELDS, strict=False))
        self.elements: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            for attribute, test in entry.case:
                self.elements[attribute].add(_text(test.value))
        self.handle: Any = None
        self.rounds = 0
        self.unsettled = False
        self.firings = 0

    def may_match(self, memory: WorkingMemory) -> bool:
        """False where the guard does not hold, so that no rule here can fire."""
        if self.guard is None:
            return True
        attribute, test = self.guard
        return memory.known.get(attribute) == test.value

    def open(self, memory: WorkingMemory) -> None:
        """Begin a session for one case."""
        if self.handle is None:
            self._create()
        self.firings = 0
        self.rounds = 0
        self.unsettled = True
        self._assert({"t": "case", **self._case_fields(memory)})

    def tell(self, attribute: str, value: str | bool) -> None:
        """Hand a conclusion of this stratum to the rules here that wait for it."""
        if attribute in self.waited_for:
            self.unsettled = True
            self._assert({"t": "conclusion", "a": attribute, "v": _text(value)})

    def drain(self) -> Iterable[GroundRule]:
        """The rules that fire, as they fire; conclusions told meanwhile take part."""
        self.unsettled = False
        self.rounds += 1
        _, offset = self._assert({"go": 1, "round": self.rounds})
        started = extension.start_action_for_state(self.handle, offset)
        message = started[1] if started else None
        while message is not None:
            self.firings += 1
            if self.firings > MAX_FIRINGS:
                raise _failure(f"more than {MAX_FIRINGS:,} firings for one case")
            name = message[2 : message.index('"', 2)]
            if name != "go":
                yield self.entries[int(name[1:])].rule
            message = extension.complete_and_start_action(self.handle, offset)
        self.unsettled = False

    def end(self) -> None:
        """End the session; a session that never began (its first fact was refused) has nothing to end."""
        if self.handle is not None:
            try:
                extension.delete_state(self.handle, _SESSION)
            except extension.error:
                self.close()

    def close(self) -> None:
        """Free the ruleset."""
        handle, self.handle = self.handle, None
        if handle is not None:
            extension.delete_ruleset(handle)

    def forget(self) -> None:
        """Drop a ruleset that belongs to the parent process."""
        self.handle = None

    def _create(self) -> None:
        rules = {f"r{number}": self._engine_rule(entry, number) for number, entry in enumerate(self.entries)}
        rules["go"] = _GO
        self.handle = extension.create_ruleset(f"shard{next(_ruleset_names)}", _json(rules))
        for _ in self.drain():
            raise _failure("a rule fired without any facts")
        extension.delete_state(self.handle, _SESSION)

    def _assert(self, fact: dict[str, Any]) -> tuple[int, int]:
        result: tuple[int, int] = extension.assert_fact(self.handle, _json({**fact, "sid": _SESSION}))
        return result

    def _case_fields(self, memory: WorkingMemory) -> dict[str, Any]:
        """The facts that rules here look at; what is unknown is left out, and so matches no test."""
        found: dict[str, Any] = {}
        for attribute, field in self.fields.items():
            value: Any = memory.concluded.get(attribute)
            if value is None:
                value = memory.known.get(attribute)
            if value is None:
                continue
            if isinstance(value, set | frozenset):
                mentioned = self.elements[attribute]
                found[field] = [PRESENT, *sorted(text for one in value if (text := _text(one)) in mentioned)]
                if value and len(found[field]) == 1:
                    found[field].append("+")
            else:
                found[field] = _plain(value)
        return found

    def _engine_rule(self, entry: Entry, number: int) -> dict[str, Any]:
        tests: list[dict[str, Any]] = [{"t": "case"}]
        for attribute, test in entry.case:
            tests.append(_test(self.fields[attribute], test.symbol, test.value, attribute in self.concluded))
        patterns: list[dict[str, Any]] = [{"case": {"$and": tests}}]
        for index, (attribute, test) in enumerate(entry.waits_for):
            wanted: list[dict[str, Any]] = [{"t": "conclusion"}, {"a": attribute}]
            if test.symbol != "known":
                wanted.append({"v": _text(test.value)})
            patterns.append({f"c{index}": {"$and": wanted}})
        return {"all": patterns, "pri": number + 1}


def make_shards(entries: Sequence[Entry], concluded: frozenset[str]) -> list[Shard]:
    """Split one stratum's entries by the equality that guards most of them, then by the engine's limits."""
    common = Counter(attribute for entry in entries for attribute, test in entry.case if test.symbol == "==")
    groups: dict[AttributeTest | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        guards = [test for test in entry.case if test[1].symbol == "==" and common[test[0]] > 1]
        groups[max(guards, key=lambda test: (common[test[0]], test[0])) if guards else None].append(entry)
    shards: list[Shard] = []
    for guard, members in groups.items():
        batch: list[Entry] = []
        fields: set[str] = set()
        patterns = 0
        for entry in members:
            more = {attribute for attribute, _ in entry.case}
            if batch and (patterns + entry.patterns > MAX_PATTERNS or len(fields | more) > MAX_FIELDS):
                shards.append(Shard(batch, guard, concluded))
                batch, fields, patterns = [], set(), 0
            batch.append(entry)
            fields |= more
            patterns += entry.patterns
        shards.append(Shard(batch, guard, concluded))
    return shards


def _test(field: str, symbol: Symbol, value: Any, concluded: bool) -> dict[str, Any]:
    """One single-key test. A concluded attribute is a set of its values, whatever its type."""
    if concluded:
        symbol = {"==": "has", "!=": "lacks"}.get(symbol, symbol)  # type: ignore[assignment]
        if symbol in ("known", "unknown"):
            some = {"$neq": {"$i": PRESENT}}
            return {"$iany": {field: some}} if symbol == "known" else {"$iall": {field: {"$i": PRESENT}}}
    match symbol:
        case "==":
            return {field: _plain(value)}
        case "has":
            return {"$iany": {field: {"$i": _text(value)}}}
        case "lacks":
            return {"$iall": {field: {"$neq": {"$i": _text(value)}}}}
        case "known":
            return {"$ex": {field: 1}}
        case "unknown":
            return {"$nex": {field: 1}}
        case _:
            return {_COMPARISONS[symbol]: {field: _plain(value)}}


def _plain(value: Any) -> Any:
    """Yes and no as 1 and 0, so that no field ever holds two types."""
    return int(value) if isinstance(value, bool) else value


def _text(value: Any) -> str:
    """An element of a set: a name, or a concluded yes or no."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _failure(text: str) -> EngineFailure:
    text = f"{text}; nothing was concluded for this case, please report it with the answers file"
    return EngineFailure([Problem(where=Location("engine"), id="engine-failure", text=text)])
