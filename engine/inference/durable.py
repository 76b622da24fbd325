"""The only file that knows durable-rules: ground rules into its dicts, and a driver that stays on safe ground.

It drives the extension module itself; `durable.lang` and its host start threads that never end and swallow
exceptions. It asks of the engine the least that it does well: one fact at a time, and rules that are each a
conjunction of single-key tests on that fact. So there are no joins, no absences and no arrays: an alternative is an
engine rule of its own, each element of a set that rules ask for is a field of the fact, and rules that follow
from conclusions of their own stratum get the case again, with these, whenever there is a new one.

Rules are spread over shards, small rulesets, and a shard whose guard (an equality that all its rules share) does
not hold for a case is not run for it. docs/engine-limits.md tells what is behind each of these choices.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import durable_rules_engine as extension
import msgspec

from trackfit.engine.inference.three_valued import Conclude, WorkingMemory
from trackfit.engine.language.conditions import AttributeTest, clauses
from trackfit.engine.language.model import GroundRule, conclusion_of
from trackfit.engine.language.operators import Scalar, Symbol, Test
from trackfit.engine.problems.errors import EngineFailure
from trackfit.engine.problems.problem import Location, Problem

MAX_ENTRIES = 59
MAX_FIELDS = 180
MANY = 20
"""So many rules that compare an attribute, or ask for one element, are worth shards of their own."""
FIELDS = tuple(f"f{number:03}" for number in range(MAX_FIELDS))
"""The names of a fact's fields. The engine knows a name by its 32-bit hash only, so they are these and no others."""

_SESSION = "s"
_CASE = {"id": "case", "sid": _SESSION, "t": "case"}
_FORGET_CASE = '{"id":"case","sid":"s"}'
_GO = '{"id":"go","sid":"s","go":1}'
_FORGET_GO = '{"id":"go","sid":"s"}'
_SYMBOLS: dict[Symbol, str] = {"!=": "$neq", ">=": "$gte", "<": "$lt", "<=": "$lte", ">": "$gt"}
_MATCHED, _MATCHED_NOTHING = 0, 1
_ruleset_names = itertools.count(1)


Guard = tuple[str, Scalar]


class Entry(msgspec.Struct, frozen=True):
    """One alternative of one rule, and the attributes of its own stratum whose conclusions it follows from."""

    rule: GroundRule
    clause: tuple[AttributeTest, ...]
    follows: frozenset[str]


class DurableEngine:
    """Runs ground rules on durable-rules: safe from several threads, after a fork, and in its own callback."""

    name = "durable-rules"

    def __init__(self, rules: Iterable[GroundRule], concluded: frozenset[str]) -> None:
        strata: dict[int, list[GroundRule]] = defaultdict(list)
        for rule in rules:
            strata[rule.stratum].append(rule)
        self._strata = [_Stratum(strata[number], concluded) for number in sorted(strata)]
        weakref.finalize(self, _close, self._strata)
        _engines.add(self)

    def run(self, memory: WorkingMemory, conclude: Conclude) -> None:
        """Fire every rule that holds, once, stratum by stratum; `conclude` puts conclusions into `memory`.

        Raises `EngineFailure` where the extension reports an error or fires without end.
        """
        for stratum in self._strata:
            stratum.settle(memory, conclude)

    def close(self) -> None:
        """Free the extension's memory; the engine can still be used and builds itself again."""
        _close(self._strata)

    def forget(self) -> None:
        """In a forked child: drop what the parent may have been in the middle of."""
        for shard in _shards(self._strata):
            shard.forget()


_engines: weakref.WeakSet[DurableEngine] = weakref.WeakSet()


def _forget_all() -> None:
    for engine in _engines:
        engine.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


class _Stratum:
    """One stratum's rules: those that the case alone decides, and those that follow from its own conclusions."""

    def __init__(self, rules: Sequence[GroundRule], concluded: frozenset[str]) -> None:
        self.conclusions = {rule.key: conclusion_of(rule.then) for rule in rules}
        given = {conclusion[0] for conclusion in self.conclusions.values() if conclusion is not None}
        entries = [
            Entry(rule, clause, frozenset(attribute for attribute, _ in clause if attribute in given))
            for rule in rules
            for clause in clauses(rule.when)
        ]
        self.first = _Shards([entry for entry in entries if not entry.follows], concluded)
        self.following = _Shards([entry for entry in entries if entry.follows], concluded)

    def settle(self, memory: WorkingMemory, conclude: Conclude) -> None:
        fired: set[str] = set()
        waiting = self.first.relevant(memory)
        while waiting:
            new: set[str] = set()
            for shard in waiting:
                for rule in shard.firings(memory):
                    if rule.key not in fired:
                        fired.add(rule.key)
                        conclusion = self.conclusions[rule.key]
                        if conclusion is not None and conclusion[1] not in memory.concluded[conclusion[0]]:
                            new.add(conclusion[0])
                        conclude(rule)
            waiting = [
                shard for shard in self.following.relevant(memory) if not new.isdisjoint(shard.follows)
            ]


class _Shards:
    """Shards by what guards them: a value that an attribute must have, or an element that a set must hold."""

    def __init__(self, entries: Sequence[Entry], concluded: frozenset[str]) -> None:
        self.all: list[Shard] = []
        self.unguarded: list[Shard] = []
        self.guarded: dict[str, dict[Scalar, list[Shard]]] = defaultdict(dict)
        for guard, group in _by_guard(entries).items():
            shards = [Shard(part, concluded) for part in _split(group, concluded)]
            self.all += shards
            if guard is None:
                self.unguarded = shards
            else:
                attribute, value = guard
                self.guarded[attribute][value] = shards

    def relevant(self, memory: WorkingMemory) -> list[Shard]:
        """Those in which a rule may fire: without a guard, or with one that holds."""
        found = list(self.unguarded)
        for attribute, shards in self.guarded.items():
            value = _value(attribute, memory)
            if isinstance(value, set | frozenset):
                found.extend(shard for element in shards if element in value for shard in shards[element])
            elif value in shards:
                found.extend(shards[value])
        return found


class Shard:
    """A ruleset small enough for the engine, created when first needed."""

    def __init__(self, entries: Sequence[Entry], concluded: frozenset[str]) -> None:
        self.entries = tuple(entries)
        self.concluded = concluded
        self.follows = frozenset[str]().union(*(entry.follows for entry in entries))
        self.fields = dict(zip(_columns(entries, concluded), FIELDS, strict=False))
        self.values = [(attribute, field) for (attribute, test), field in self.fields.items() if test is None]
        self.tests: dict[tuple[str, Symbol], list[tuple[Any, str]]] = defaultdict(list)
        for (attribute, test), field in self.fields.items():
            if test is not None:
                self.tests[attribute, test.symbol].append((test.value, field))
        self.handle: Any = None
        self.lock = threading.Lock()

    def firings(self, memory: WorkingMemory) -> Iterable[GroundRule]:
        """The rules here whose conditions hold; one with several alternatives may come several times."""
        fact = _json(self._fact(memory))
        with self.lock:
            try:
                if self.handle is None:
                    self._create()
                return [self.entries[number].rule for number in self._fire(fact)]
            except BaseException as error:
                self._close()
                if isinstance(error, extension.error):
                    raise _failure(f"durable-rules reported error {error}") from error
                raise

    def close(self) -> None:
        """Free the ruleset."""
        with self.lock:
            self._close()

    def forget(self) -> None:
        """Leave a parent process's ruleset alone, and a lock that one of its threads may have held."""
        self.handle = None
        self.lock = threading.Lock()

    def _fire(self, fact: str) -> list[int]:
        """Assert a fact, take what fires, retract it."""
        found: list[int] = []
        code, state = extension.assert_fact(self.handle, fact)
        if code == _MATCHED_NOTHING:
            return found
        if code != _MATCHED:
            raise _failure("durable-rules still held the case before")
        started = extension.start_action_for_state(self.handle, state)
        if started is None:
            raise _failure("durable-rules fires nothing for a case that it matched")
        message = started[1]
        while message is not None:
            found.append(int(message[3 : message.index('"', 3)]))
            if len(found) > len(self.entries):
                raise _failure("durable-rules fires without end")
            message = extension.complete_and_start_action(self.handle, state)
        extension.retract_fact(self.handle, _FORGET_CASE)
        return found

    def _create(self) -> None:
        """Make the ruleset, and fire a rule of it: a session in which nothing ever fired cannot be deleted safely."""
        rules = {f"r{number}": self._engine_rule(entry) for number, entry in enumerate(self.entries)}
        rules["go"] = {"all": [{"m": {"go": 1}}]}
        handle = extension.create_ruleset(f"shard{next(_ruleset_names)}", _json(rules))
        _, state = extension.assert_fact(handle, _GO)
        extension.start_action_for_state(handle, state)
        extension.complete_and_start_action(handle, state)
        extension.retract_fact(handle, _FORGET_GO)
        self.handle = handle

    def _close(self) -> None:
        handle, self.handle = self.handle, None
        if handle is not None:
            with contextlib.suppress(extension.error):
                extension.delete_state(handle, _SESSION)
            with contextlib.suppress(extension.error):
                extension.delete_ruleset(handle)

    def _fact(self, memory: WorkingMemory) -> dict[str, Any]:
        """What the rules here look at; what is unknown is left out, and so matches no test."""
        fact: dict[str, Any] = dict(_CASE)
        for attribute, field in self.values:
            value = memory.known.get(attribute)
            if value is not None:
                fact[field] = value
        for (attribute, symbol), tests in self.tests.items():
            held: Any = _value(attribute, memory)
            if symbol in ("known", "unknown"):
                is_known = bool(held) if attribute in memory.concluded else held is not None
                if is_known is (symbol == "known"):
                    fact[tests[0][1]] = 1
            elif held is not None:
                wanted = symbol in ("==", "has")
                for element, field in tests:
                    if (element in held) is wanted:
                        fact[field] = 1
        return fact

    def _engine_rule(self, entry: Entry) -> dict[str, Any]:
        tests: list[dict[str, Any]] = [{"t": "case"}]
        for attribute, test in entry.clause:
            column = _column(attribute, test, self.concluded)
            field = self.fields[column]
            if column[1] is not None:
                tests.append({field: 1})
            elif test.symbol == "==":
                tests.append({field: test.value})
            else:
                tests.append({_SYMBOLS[test.symbol]: {field: test.value}})
        return {"all": [{"m": {"$and": tests}}]}


def _by_guard(entries: Sequence[Entry]) -> dict[Guard | None, list[Entry]]:
    """Entries by what each of them needs, where enough need the like; an equality before an element."""
    common = Counter(_alike(test) for entry in entries for test in entry.clause)
    groups: dict[Guard | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        needs = [
            test for test in entry.clause if test[1].symbol in ("==", "has") and common[_alike(test)] >= MANY
        ]
        best = max(needs, key=lambda need: (need[1].symbol == "==", common[_alike(need)]), default=None)
        groups[None if best is None else (best[0], best[1].value)].append(entry)
    return groups


def _alike(test: AttributeTest) -> AttributeTest | str:
    """Equalities are alike whatever the value: a case has one, and so needs one shard of them all."""
    return test[0] if test[1].symbol == "==" else test


def _split(entries: Iterable[Entry], concluded: frozenset[str]) -> Iterator[list[Entry]]:
    """Parts within the engine's limits."""
    part: list[Entry] = []
    columns: set[Column] = set()
    for entry in entries:
        more = set(_columns([entry], concluded))
        if len(more) > MAX_FIELDS:
            raise _failure(f"{entry.rule.key!r} compares more than {MAX_FIELDS} things at once")
        if len(part) == MAX_ENTRIES or len(columns | more) > MAX_FIELDS:
            yield part
            part, columns = [], set()
        part.append(entry)
        columns |= more
    if part:
        yield part


Column = tuple[str, Test | None]
"""A field's meaning: the value of an attribute, or (then it is 1 or not there) that a test of it holds."""


def _column(attribute: str, test: Test, concluded: frozenset[str]) -> Column:
    """Values are compared by the engine; what a set holds, and whether anything is known, are fields of their own."""
    by_value = attribute not in concluded and test.symbol not in ("has", "lacks", "known", "unknown")
    return attribute, None if by_value else test


def _columns(entries: Iterable[Entry], concluded: frozenset[str]) -> list[Column]:
    return list(dict.fromkeys(_column(*test, concluded) for entry in entries for test in entry.clause))


def _value(attribute: str, memory: WorkingMemory) -> Any:
    """An answer, None where it is unknown; of a concluded attribute, the set of its values."""
    concluded = memory.concluded.get(attribute)
    return memory.known.get(attribute) if concluded is None else concluded


def _shards(strata: Iterable[_Stratum]) -> Iterator[Shard]:
    return (
        shard for stratum in strata for shards in (stratum.first, stratum.following) for shard in shards.all
    )


def _close(strata: Iterable[_Stratum]) -> None:
    for shard in _shards(strata):
        shard.close()


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _failure(text: str) -> EngineFailure:
    text = f"{text}; nothing was concluded for this case, please report it with the answers file"
    return EngineFailure([Problem(where=Location("engine"), id="engine-failure", text=text)])
