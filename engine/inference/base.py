"""A knowledge base in memory: loaded from a folder, checked, kept compiled in the user's cache folder."""

from __future__ import annotations

import contextlib
import datetime
import functools
import gc
import hashlib
import os
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import msgspec

from trackfit.engine.cases.case import Case, CaseReader
from trackfit.engine.documents import cache as kept_files
from trackfit.engine.documents.folder import FOLDERS, MAX_BYTES, files_in, paths_in, read_anyhow
from trackfit.engine.documents.node import from_plain
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.inference.measures import Measures
from trackfit.engine.inference.planner import Planner
from trackfit.engine.inference.three_valued import Conclude, ThreeValuedEngine, WorkingMemory
from trackfit.engine.inference.ways import Ways
from trackfit.engine.language.conditions import Leaf, leaves
from trackfit.engine.language.facts import Figure
from trackfit.engine.language.history import first_day
from trackfit.engine.language.model import Facts, GroundRule, Program
from trackfit.engine.language.vocabulary import folded_spellings
from trackfit.engine.problems.errors import (
    LAST_DAY,
    EngineFailure,
    InvalidInput,
    InvalidKnowledge,
    not_a_date,
    refused,
)
from trackfit.engine.problems.problem import Location, Problem
from trackfit.engine.problems.problems import has_errors

KEPT_COMPILED = 8


def _new_locks() -> None:
    """In a forked child: Python 3.11 makes a cached property under a lock that a thread of the parent may hold."""
    for one in gc.get_objects():
        if type(one) is functools.cached_property:
            one.lock = threading.RLock()  # type: ignore[attr-defined]


if sys.version_info < (3, 12) and hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_locks)


class Engine(Protocol):
    """What runs ground rules to their fixpoint."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    def run(self, memory: WorkingMemory, conclude: Conclude) -> None:
        """Fire every rule that holds, once, stratum by stratum."""
        ...

    def close(self) -> None:
        """Free what is held outside Python."""
        ...


class Compiled(msgspec.Struct, frozen=True):
    """A knowledge base without faults, as it is kept in the cache folder."""

    facts: Facts
    program: Program
    digest: str
    spellings: str | None = None
    """`folded_spellings` of the facts, so that no start folds them again."""


def has_durable_rules() -> bool:
    """Whether the durable-rules extension is installed."""
    from importlib.util import find_spec

    return find_spec("durable_rules_engine") is not None


class KnowledgeBase:
    """Facts, rules and templates, ready to be consulted.

    `digest` is a hash of the content, the same whatever the order of files, rows or keys. Several knowledge
    bases can be open at once; `close` (or `with`) frees the engine's memory. `settled` is the first day on which
    all figures have the values that they have here.
    """

    def __init__(
        self,
        folder: Path,
        compiled: Compiled,
        engine: str | None = None,
        *,
        newest: KnowledgeBase | None = None,
    ) -> None:
        self.folder = folder
        self.facts = compiled.facts
        self.program = compiled.program
        self.digest = compiled.digest
        self.reader = CaseReader(self.facts, compiled.spellings)
        self.ways = Ways(self.facts, self.reader.index)
        self.measures = Measures(self.facts, self.program, self.ways)
        self.planner = Planner(self.facts, self.reader.index)
        self.concluded = frozenset(
            name
            for name, ground in self.program.attributes.items()
            if self.facts.attributes[ground.attribute].origin == "concluded"
        )
        self.single_valued = frozenset(
            name
            for name in self.concluded
            if self.facts.attributes[self.program.attributes[name].attribute].type != "set"
        )
        """The concluded attributes that take one value; two are a contradiction."""
        comparisons: dict[str, dict[Leaf, None]] = {}
        for rule in self.program.rules:
            for leaf in leaves(rule.when):
                comparisons.setdefault(leaf.attribute, {})[leaf] = None
        self.comparisons = {name: tuple(found) for name, found in comparisons.items()}
        """The comparisons that rules make, by what they look at."""
        self.settled = max((first_day(one.as_of) for one in self.facts.figures.values()), default="")
        self._newest = newest
        self._earlier: dict[str, KnowledgeBase] = {}
        self.rules: dict[str, GroundRule] = {rule.key: rule for rule in self.program.rules}
        self.engine: Engine = _make_engine(self.program.rules, self.concluded, engine)

    @classmethod
    def load(
        cls, folder: Path | str | None = None, *, engine: str | None = None, cache: bool = True
    ) -> KnowledgeBase:
        """Load a knowledge base from a folder with `facts`, `rules` and `templates`; by default the shipped one.

        `engine` is "durable-rules" or "three-valued"; by default durable-rules where it is installed.
        Raises `InvalidKnowledge` with every fault found, and `EngineFailure` where durable-rules is installed
        and cannot be loaded.
        """
        where = Path(folder) if folder is not None else shipped()
        return cls(where, _compiled(where, cache=cache), engine)

    def consult(self, case: Case | Mapping[str, Any], as_of: str | None = None) -> Consultation:
        """The advice for a case, or for answers as a mapping such as a parsed answers file.

        `as_of` is YYYY-MM-DD, by default today. Raises `InvalidInput` with every fault of the answers.
        """
        if not isinstance(case, Case):
            found, problems = self.reader.read(from_plain(dict(case), Location("answers")))
            if found is None:
                raise InvalidInput(problems)
            case = found
        return consult(self, case, a_day(as_of))

    def on(self, day: str) -> KnowledgeBase:
        """The knowledge base as its figures were on a day (YYYY-MM-DD).

        Raises `InvalidInput` where a figure had no value yet, and `InvalidKnowledge` where the values of that day do
        not go together.
        """
        if self._newest is not None:
            return self._newest.on(day)
        if day >= self.settled:
            return self
        if day not in self._earlier:
            _refuse_before_all(self.facts.figures.values(), day)
            from trackfit.engine.knowledge.compile import compile_knowledge

            facts, program, problems = compile_knowledge(self.folder, day)
            if has_errors(problems):
                raise InvalidKnowledge(problems)
            compiled = Compiled(facts, program, self.digest)
            self._earlier[day] = KnowledgeBase(self.folder, compiled, self.engine.name, newest=self)
        return self._earlier[day]

    def close(self) -> None:
        """Free the engine's memory; a later consultation builds it again."""
        self.engine.close()
        for one in self._earlier.values():
            one.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _refuse_before_all(figures: Iterable[Figure], day: str) -> None:
    """Where a figure had no value yet on a day, there can be no advice for it."""
    firsts = {
        one.id: first_day((one.earlier[-1] if one.earlier else one).as_of)
        for one in figures
        if one.difference is None
    }
    missing = sorted(id_ for id_, first in firsts.items() if first > day)
    if missing:
        named = f"{', '.join(missing[:3])}{' and more' if len(missing) > 3 else ''}"
        count = "one figure" if len(missing) == 1 else f"{len(missing)} figures"
        text = (
            f"there is no advice for {day}: {count} had no value yet ({named}); "
            f"the first day on which all have one is {max(firsts.values())}"
        )
        raise refused("--as-of", "no-figure-yet", text)


def shipped() -> Path:
    """The folder of the knowledge base that comes with the program."""
    return Path(__file__).parents[2]


def _make_engine(rules: Iterable[GroundRule], concluded: frozenset[str], name: str | None) -> Engine:
    if name == "three-valued" or (name is None and not has_durable_rules()):
        return ThreeValuedEngine(rules)
    try:
        from trackfit.engine.inference.durable import DurableEngine
    except ImportError as error:
        text = (
            f"durable-rules is installed and cannot be loaded ({error}); uninstall it to run on the built-in engine, "
            "or build it anew: CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install --force-reinstall "
            "--no-cache-dir durable_rules==2.0.28"
        )
        problem = Problem(where=Location("durable-rules"), id="engine-not-loadable", text=text)
        raise EngineFailure([problem]) from error
    return DurableEngine(rules, concluded)


def _compiled(folder: Path, *, cache: bool) -> Compiled:
    """From the cache folder where the content is unchanged, else compiled and put there."""
    if not folder.is_dir():
        text = "there is no such folder; name one that holds facts/, rules/ and templates/"
        raise InvalidKnowledge([Problem(where=Location(str(folder)), id="no-knowledge-base", text=text)])
    name = _kept_as(folder) if cache else None
    kept = kept_files.read(name) if name else None
    if kept is not None:
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(kept, type=Compiled)
    from trackfit.engine.knowledge.compile import compile_knowledge

    facts, program, problems = compile_knowledge(folder)
    if has_errors(problems):
        raise InvalidKnowledge(problems)
    compiled = Compiled(facts, program, _digest(folder, facts, program), folded_spellings(facts))
    if name:
        kept_files.keep(name, msgspec.json.encode(compiled), most=KEPT_COMPILED)
    return compiled


def _digest(folder: Path, facts: Facts, program: Program) -> str:
    templates = {
        path.relative_to(folder).as_posix(): read_anyhow(path) for path in files_in(folder / "templates")
    }
    content = msgspec.json.encode([facts, program, templates], order="deterministic")
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _kept_as(folder: Path) -> str | None:
    """The name in the cache folder: a hash of the program, and of every file's name and bytes.

    None where a file cannot be read: compiling tells which.
    """
    found = hashlib.sha256(kept_files.program())
    root = os.fspath(folder)
    try:
        for path in _paths(folder):
            with open(path, "rb") as file:  # noqa: PTH123 - twice as fast as Path, on the way of every command
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                return None
            found.update(f"{path[len(root) :]} {len(content)}\n".encode())
            found.update(content)
    except OSError:
        return None
    return f"{found.hexdigest()}.json"


def _paths(folder: Path) -> list[str]:
    """Its files as texts. Raises OSError where something in it must be told of."""
    parts = [paths_in(folder / part) for part in FOLDERS]
    if None in parts:
        raise OSError
    return [path for part in parts for path in part or ()]


def a_day(as_of: str | None) -> str:
    """The date, by default the reader's today. Raises `InvalidInput` where it is not written YYYY-MM-DD."""
    if as_of is None:
        return datetime.date.today().isoformat()  # noqa: DTZ011 - the reader's day
    try:
        as_written = datetime.date.fromisoformat(as_of).isoformat()
    except ValueError:
        as_written = None
    if as_written != as_of or as_of > LAST_DAY:
        raise not_a_date("as_of", as_of)
    return as_of
