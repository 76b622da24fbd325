"""Scenarios, `rules/*.test.yaml`: a case, and what must and must not follow for it, as coaches write them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from trackfit.engine.cases.case import Case, CaseReader
from trackfit.engine.documents.folder import files_in
from trackfit.engine.documents.node import Node
from trackfit.engine.documents.recovery import salvage_file
from trackfit.engine.knowledge.ground import Grounder
from trackfit.engine.knowledge.keys import known_keys, listed_row
from trackfit.engine.knowledge.load import HOMES
from trackfit.engine.knowledge.references import spellings, undeclared
from trackfit.engine.knowledge.written_rules import RawAll, RawLeaf
from trackfit.engine.language.columns import fields
from trackfit.engine.language.conditions import Leaf
from trackfit.engine.language.model import RECOMMENDED, WARNED, Facts, Program
from trackfit.engine.problems.problem import Location, Problem, near
from trackfit.engine.problems.problems import Problems
from trackfit.engine.workshop.scenarios.written import ScenarioFile, WrittenExpectation, WrittenScenario

Kind = Literal["first", "recommended", "warned", "concluded", "fired", "says"]
EXPECT: dict[str, tuple[Kind, bool]] = {
    key: (msgspec.convert(key.removeprefix("not_").removesuffix("_not"), type=Kind), "not" not in key)
    for key in fields(WrittenExpectation)
}
"""What a coach may write under `expect`: of what it speaks, and whether it must follow or must not."""
NOTHING = "none"
"""As in `first: none`: no track is recommended."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must follow, or, where it is not `wanted`, must not.

    `what` is a track, a warning, a rule, a conclusion such as `has_route_to_target=true`, or a text.
    """

    kind: Kind
    what: str
    wanted: bool
    where: Location


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A case with what is expected of it. `todo` says why it may fail for now."""

    name: str
    case: Case
    expected: tuple[Expected, ...]
    where: Location
    as_of: str | None = None
    todo: str | None = None


def scenario_files(folder: Path, paths: Iterable[str] = ()) -> list[Path]:
    """The files of scenarios: all of a knowledge base's, or those that `paths` name.

    A path is such a file, a rules file (its scenarios stand beside it) or a folder. Raises `InvalidInput`.
    """
    paths = list(paths)
    if not paths:
        return _in_folder(folder / "rules")
    found: dict[Path, None] = {}
    problems = Problems()
    for path in paths:
        named = _named(Path(path)) or _named(folder / path)
        if not named:
            known = [one.relative_to(folder).as_posix() for one in _in_folder(folder / "rules")]
            nearest = next(iter(near(path, known)), None)
            hint = (
                f"; did you mean {nearest!r}?"
                if nearest
                else "; they are named like rules/mistakes.test.yaml"
            )
            text = f"there are no scenarios here{hint}"
            problems.add(Location(path), "no-such-file", text, suggestion=nearest)
        found.update(dict.fromkeys(one.resolve() for one in named))
    problems.refuse()
    return list(found)


def _in_folder(folder: Path) -> list[Path]:
    return files_in(folder, (".test.yaml", ".test.yml"))


def _named(path: Path) -> list[Path]:
    if path.is_dir():
        return _in_folder(path)
    beside = path if path.stem.endswith(".test") else path.with_name(f"{path.stem}.test{path.suffix}")
    return [beside] if beside.is_file() else []


class Scenarios(msgspec.Struct, frozen=True):
    """What files of scenarios hold: the sound ones, and every problem.

    `cases` are all that can be read, each with its date, those of faulty scenarios too; `whole` says that there are
    no others.
    """

    sound: list[Scenario]
    problems: list[Problem]
    cases: list[tuple[Case, str | None]]
    whole: bool


def read_scenarios(
    folder: Path, facts: Facts, program: Program, files: Iterable[Path]
) -> tuple[list[Scenario], list[Problem]]:
    """The scenarios of `files`, in order, and every problem; one with an error among its own is left out."""
    found = read_files(folder, facts, program, files)
    return found.sound, found.problems


def read_files(folder: Path, facts: Facts, program: Program, files: Iterable[Path]) -> Scenarios:
    """All that can be read of `files`."""
    reader = _Reader(facts, program)
    found: list[Scenario] = []
    for path in files:
        name = name_in(folder, path)
        read = salvage_file(path, name)
        reader.problems += read.problems
        reader.whole &= not read.problems
        if read.root is not None:
            found.extend(reader.file(read.root, whole=not read.words))
    problems = [*reader.problems, *reader.grounder.problems]
    return Scenarios(found, problems, reader.read, reader.whole)


def name_in(folder: Path, path: Path) -> str:
    """How problems name a file: from the knowledge base's folder on, where it lies there."""
    path, folder = path.resolve(), folder.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


class _Reader:
    def __init__(self, facts: Facts, program: Program) -> None:
        self.facts = facts
        self.cases = CaseReader(facts)
        self.grounder = Grounder(facts)
        self.ids: dict[str, tuple[str, Mapping[str, Any]]] = {
            "first": ("tracks", {**facts.tracks, NOTHING: None}),
            "recommended": ("tracks", facts.tracks),
            "warned": ("warnings", facts.warnings),
            "fired": ("rules", {rule.rule: rule for rule in program.rules}),
        }
        self.problems = Problems()
        self.read: list[tuple[Case, str | None]] = []
        self.whole = True

    def file(self, root: Node, *, whole: bool) -> Iterator[Scenario]:
        if not isinstance(root.value, dict):
            self.problems.add(root.where, "wrong-type", "a file of scenarios has one list, `scenarios:`")
            return
        root = self._known_lists(root)
        listing = root.value.get("scenarios")
        if listing is not None and listing.value is None and not whole:
            return
        if listing is None or not isinstance(listing.value, list):
            self.whole = False
            where = root.where if listing is None else listing.where
            self.problems.add(
                where, "wrong-type", "`scenarios:` is a list, each scenario starting with a dash"
            )
            return
        seen: dict[str, Location] = {}
        for row in listing.value:
            yield from self.scenario(row, seen)

    def scenario(self, row: Node, seen: dict[str, Location]) -> Iterator[Scenario]:
        before = self._errors()
        settled = listed_row("scenario", WrittenScenario, row, self.problems)
        if settled is None:
            return
        row = settled
        name, as_of, todo = (_text(row, key) for key in ("name", "as_of", "todo"))
        if name is not None and (first := seen.setdefault(name, row.where)) != row.where:
            text = f"a scenario of this name stands on line {first.line} already; give it another"
            self.problems.add(row.value["name"].where, "duplicate-id", text)
        if as_of is not None:
            self._date(as_of, row.value["as_of"].where)
        case = None
        if "case" in row.value:
            case, problems = self.cases.read(row.value["case"])
            self.problems += problems
        if case is None:
            self.whole = False
        else:
            self.read.append((case, as_of))
        expected = tuple(self._expected(row.value["expect"])) if "expect" in row.value else ()
        if name is not None and case is not None and self._errors() == before:
            yield Scenario(
                name=name, case=case, expected=expected, where=row.find(("name",)), as_of=as_of, todo=todo
            )

    def _errors(self) -> int:
        found = [*self.problems, *self.grounder.problems]
        return sum(problem.severity == "error" for problem in found)

    def _known_lists(self, root: Node) -> Node:
        """The file with its one key put right; what belongs into another file is told."""
        elsewhere = [key for key in root.value if key in HOMES and key != "scenarios"]
        for key in elsewhere:
            self.problems.add(
                root.keys[key], "wrong-file", f"`{key}:` belongs in {HOMES[key]}; move it there"
            )
            root = root.renamed(key, None)
        return known_keys(ScenarioFile, root, self.problems)

    def _date(self, text: str, where: Location) -> None:
        try:
            datetime.datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a day, of no time zone
        except ValueError:
            self.problems.add(where, "wrong-date", f'{text!r} is not a date; write it as in "2026-11-22"')

    def _expected(self, node: Node) -> Iterator[Expected]:
        if not isinstance(node.value, dict) or not node.value:
            text = f"`expect` says what must follow, with some of: {', '.join(EXPECT)}"
            self.problems.add(node.where, "wrong-type", text)
            return
        node = known_keys(WrittenExpectation, node, self.problems)
        for key, value in node.value.items():
            kind, wanted = EXPECT[key]
            if kind == "concluded":
                yield from self._concluded(key, value, wanted)
                continue
            if value.value in ([], None):
                self.problems.add(
                    node.keys[key], "empty-value", f"`{key}` is empty; it takes {self._spoken(kind)}"
                )
                continue
            for one in value.value if isinstance(value.value, list) else [value]:
                if kind == "first" and isinstance(value.value, list):
                    self.problems.add(value.where, "wrong-type", "`first` is one track, not a list")
                    break
                if not isinstance(one.value, str) or not one.value.strip():
                    self.problems.add(one.where, "wrong-type", f"`{key}` takes {self._spoken(kind)}")
                    continue
                if kind in self.ids:
                    table, known = self.ids[kind]
                    if one.value not in known:
                        problem = undeclared(table, one.value, known, one.where, self._spellings(table))
                        self.problems.append(problem)
                yield Expected(kind=kind, what=one.value, wanted=wanted, where=one.where)

    def _spellings(self, table: str) -> Mapping[str, str]:
        """The ids of tracks and warnings by what reports call them."""
        named: dict[str, Mapping[str, Any]] = {"tracks": self.facts.tracks, "warnings": self.facts.warnings}
        rows = named.get(table, {})
        return spellings(
            (id_, getattr(row, "name", getattr(row, "title", "")), ()) for id_, row in rows.items()
        )

    def _spoken(self, kind: Kind) -> str:
        return f"ids of {self.ids[kind][0]}" if kind in self.ids else "texts"

    def _concluded(self, key: str, node: Node, wanted: bool) -> Iterator[Expected]:
        if not isinstance(node.value, dict) or not node.value:
            text = f"`{key}` is a mapping from attributes to values, such as `has_sourced_route: true`"
            self.problems.add(node.where, "wrong-type", text)
            return
        for name, value in node.value.items():
            attribute = self.facts.attributes.get(name.partition(" of ")[0])
            if attribute is not None and attribute.id in (RECOMMENDED, WARNED):
                text = f"write `{attribute.id}` under `expect`, beside `{key}`"
                self.problems.add(node.keys[name], "not-concludable", text)
                continue
            if attribute is not None and attribute.origin != "concluded":
                text = f"{name!r} is {attribute.origin}; `{key}` is about what rules conclude"
                self.problems.add(node.keys[name], "not-concludable", text)
                continue
            operator = "has" if attribute is not None and attribute.type == "set" else "is"
            for one in value.value if isinstance(value.value, list) else [value]:
                leaf = RawLeaf(
                    subject=name,
                    operator=operator,
                    operand=one.plain(),
                    where=node.keys[name],
                    operator_where=one.where,
                    operand_where=one.where,
                )
                found = self.grounder.condition(RawAll((leaf,)))
                if isinstance(found, Leaf):
                    yield Expected(kind="concluded", what=_conclusion(found), wanted=wanted, where=one.where)


def _text(row: Node, key: str) -> str | None:
    node = row.value.get(key)
    return " ".join(node.value.split()) if node is not None else None


def _conclusion(leaf: Leaf) -> str:
    """The id of the conclusion that a comparison asks for, as firings name it."""
    value = str(leaf.operand).lower() if isinstance(leaf.operand, bool) else leaf.operand
    return f"{leaf.attribute}={value}"
