"""Coaches' own statements, `rules/*.prove.yaml`: for every case where … then …, in the rule language."""

# Not `from __future__ import annotations`: what the fields say of their columns is read at run time.

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

from trackfit.engine.documents.folder import files_in
from trackfit.engine.documents.node import Node
from trackfit.engine.documents.recovery import salvage_file
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.knowledge.ground import Grounder
from trackfit.engine.knowledge.keys import listed_row
from trackfit.engine.knowledge.schema import LOOPED
from trackfit.engine.knowledge.written_rules import RawAll, parse_condition
from trackfit.engine.language.columns import Column, Record
from trackfit.engine.language.conditions import ALWAYS, Condition
from trackfit.engine.language.model import Binding, Facts
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.problems.problem import Location, Problem, misspelt
from trackfit.engine.problems.problems import Problems, has_errors


class WrittenStatement(Record, frozen=True, kw_only=True):
    """A statement as it is written."""

    id: Annotated[str, Column("Its name: small letters, digits and `_`.")]
    title: Annotated[str, Column("What is claimed, as a sentence.")]
    where: Annotated[dict[str, Any] | None, Column("For everyone of whom this holds …")] = None
    then: Annotated[dict[str, Any], Column("… this holds, too.")]
    for_each: Annotated[
        dict[str, Any] | None, Column("One statement for each row of a table, as in a rule.")
    ] = None


class Instance(msgspec.Struct, frozen=True):
    """A statement for one row of its `for_each` table (`of`), or for none."""

    where: Condition
    then: Condition
    of: str | None = None


class Statement(msgspec.Struct, frozen=True):
    """For every case where `where` holds, `then` holds; for each of the rows."""

    id: str
    title: str
    rows: tuple[Instance, ...]


def read_statements(kb: KnowledgeBase) -> tuple[Statement, ...]:
    """The statements of a knowledge base, in order of file and row. Raises `InvalidKnowledge` with every fault."""
    found, problems = statements_of(kb.folder, kb.facts)
    if has_errors(problems):
        raise InvalidKnowledge(problems)
    return tuple(found)


def statement_files(folder: Path) -> list[Path]:
    """The files of statements of a knowledge base."""
    return files_in(folder / "rules", (".prove.yaml", ".prove.yml"))


def statements_of(folder: Path, facts: Facts) -> tuple[list[Statement], list[Problem]]:
    """The sound statements of a folder, and every problem of the others."""
    found: list[Statement] = []
    problems = Problems()
    seen: dict[str, Location] = {}
    for path in statement_files(folder):
        read = salvage_file(path, path.relative_to(folder).as_posix())
        problems += read.problems
        for row in _rows(read.root, problems) if read.root is not None else ():
            faults = Problems()
            settled = listed_row("statement", WrittenStatement, row, faults)
            if settled is not None:
                faults += [*_misshapen_loop(settled.value.get("for_each")), *_repeated(settled, seen)]
            statement = None if faults or settled is None else _statement(settled, facts, faults)
            problems += faults
            if statement is not None:
                found.append(statement)
    return found, problems


def _rows(root: Node, problems: Problems) -> list[Node]:
    listing = root.value.get("statements") if isinstance(root.value, dict) else None
    if isinstance(root.value, dict) and listing is None and len(root.value) == 1:
        ((key, where),) = root.keys.items()
        problems.append(misspelt(where, "unknown-key", f"there is no key {key!r} here", key, ["statements"]))
        return []
    if listing is None or not isinstance(listing.value, list):
        text = "a file of statements has one list, `statements:`, each row starting with a dash"
        problems.add((listing or root).where, "wrong-type", text)
        return []
    return list(listing.value)


def _misshapen_loop(node: Node | None) -> Iterator[Problem]:
    if node is None:
        return
    if not isinstance(node.value, dict) or len(node.value) != 1:
        text = "'for_each' is a variable and its table, as in {route: routes}"
        yield Problem(where=node.where, id="wrong-type", text=text)
        return
    ((_, table),) = node.value.items()
    if table.value not in LOOPED:
        text = f"'for_each' is never {table.plain()!r}"
        yield misspelt(table.where, "unknown-value", text, str(table.plain()), LOOPED)


def _repeated(row: Node, seen: dict[str, Location]) -> Iterator[Problem]:
    """An id that stands twice would tell two results by one name."""
    node = row.value.get("id")
    if node is None:
        return
    first = seen.setdefault(node.value, node.where)
    if first is not node.where:
        text = f"the id {node.value!r} stands twice (first at {first.file}:{first.line}); rename one"
        yield Problem(where=node.where, id="duplicate-id", text=text)


def _statement(row: Node, facts: Facts, problems: Problems) -> Statement | None:
    grounder = Grounder(facts)
    part: dict[str, RawAll] = {
        key: parse_condition(row.value[key], grounder.problems)
        for key in ("where", "then")
        if key in row.value
    }
    rows = [
        Instance(
            where=grounder.condition(part["where"], binding) if "where" in part else ALWAYS,
            then=grounder.condition(part["then"], binding),
            of=binding.row if binding else None,
        )
        for binding in _bindings(row, facts)
    ]
    problems += dict.fromkeys(grounder.problems)
    return (
        None if grounder.problems else Statement(row.value["id"].value, row.value["title"].value, tuple(rows))
    )


def _bindings(row: Node, facts: Facts) -> list[Binding | None]:
    """One for each row of the table that the statement goes through; none where it goes through none."""
    if "for_each" not in row.value:
        return [None]
    ((variable, table),) = row.value["for_each"].value.items()
    rows: dict[str, Any] = getattr(facts, table.value)
    return [Binding(variable=variable, table=table.value, row=id_) for id_ in rows]
