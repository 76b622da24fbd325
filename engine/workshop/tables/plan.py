"""What an edited sheet changes in the files of a knowledge base: planned as a whole, and checked, before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from trackfit.engine.documents.folder import files_in
from trackfit.engine.documents.node import Node
from trackfit.engine.documents.parse import read_source, read_text
from trackfit.engine.knowledge.schema import FACT_TABLES, RECORDS
from trackfit.engine.language.columns import fields
from trackfit.engine.problems.errors import refused
from trackfit.engine.problems.problem import Location, Problem, did_you_mean, misspelt, quoted
from trackfit.engine.problems.problems import Problems, has_errors
from trackfit.engine.workshop.tables.cells import FILE, TABLE, Sheet, same, sheets_of, text_of, value_of
from trackfit.engine.workshop.tables.edits import Edit, RowEdits, edited
from trackfit.engine.workshop.tables.spreadsheet import ReadRow

ENDINGS = (".yaml", ".yml")
Key = tuple[str, str]
"""A table, and the id of a row."""


class FactsFile(msgspec.Struct, frozen=True):
    """A facts file without faults of its own: its name in the knowledge base, its text, and its tables."""

    name: str
    text: str
    root: Node

    @property
    def sheets(self) -> list[Sheet]:
        """Its tables as sheets."""
        return sheets_of(self.root, RECORDS)


class PlannedChange(msgspec.Struct, frozen=True):
    """A facts file as it is and as it will be; and which row of the sheet each of its rows is, by table and id."""

    name: str
    before: str
    after: str
    rows: dict[tuple[str, str], ReadRow]


class TableEdit(msgspec.Struct, frozen=True):
    """What changes, file by file, and what its reader should be told."""

    changes: list[PlannedChange]
    notes: list[Problem]


def facts_file(path: Path, name: str) -> FactsFile:
    """A facts file whose tables are lists of rows with ids. Raises `InvalidInput`."""
    text, problems = read_source(path, name)
    found = Problems(problems)
    root = None
    if text is not None:
        root, more = read_text(text, name)
        found.extend(more)
    if root is not None and not has_errors(found):
        found.extend(_misshapen(root))
    found.refuse()
    assert text is not None
    assert root is not None
    return FactsFile(name, text, root)


def _misshapen(root: Node) -> Iterator[Problem]:
    """What is no table of facts."""
    if not isinstance(root.value, dict):
        yield Problem(where=root.where, id="wrong-type", text="this is no file of facts tables")
        return
    for table, listing in root.value.items():
        if table not in FACT_TABLES:
            yield misspelt(
                root.keys[table],
                "unknown-key",
                f"there is no facts table {quoted(table)}",
                table,
                FACT_TABLES,
            )
        elif not isinstance(listing.value, list):
            yield Problem(
                where=listing.where,
                id="wrong-type",
                text=f"{quoted(table)} is a list of rows, each starting with a dash",
            )
        else:
            ids: set[str] = set()
            for row in listing.value:
                id_ = row.value.get("id") if isinstance(row.value, dict) else None
                if id_ is None or not isinstance(id_.value, str) or id_.value in ids:
                    text = "each row has an id of its own; mend the file first"
                    yield Problem(where=row.where, id="missing-key", text=text)
                else:
                    ids.add(id_.value)


def plan(folder: Path, path: str, rows: Iterable[ReadRow], *, delete: bool) -> TableEdit:
    """What the rows of a sheet change in a knowledge base; with `delete`, rows that are not there are taken out.

    Raises `InvalidInput` with every fault of the sheet, each at its cell.
    """
    return _Comparing(folder, path).plan(list(rows), delete=delete)


class _Comparing:
    def __init__(self, folder: Path, path: str) -> None:
        self.folder, self.path = folder, path
        self.problems, self.notes = Problems(), Problems()
        self.known = {one.relative_to(folder).as_posix(): one for one in files_in(folder / "facts", ENDINGS)}

    def plan(self, rows: list[ReadRow], *, delete: bool) -> TableEdit:
        if not rows:
            raise refused(self.path, "empty-file", "there are no rows below the headings")
        grouped: dict[str, dict[str, list[ReadRow]]] = {}
        for row, file, table in self._homes(rows):
            grouped.setdefault(file, {}).setdefault(table, []).append(row)
        self.problems.refuse()
        files = {name: facts_file(self.known[name], name) for name in grouped}
        changes = [self._change(files[name], tables, delete=delete) for name, tables in grouped.items()]
        self.problems.refuse()
        return TableEdit([one for one in changes if one.before != one.after], self.notes)

    def _homes(self, rows: list[ReadRow]) -> Iterator[tuple[ReadRow, str, str]]:
        """To which file and table each row belongs; where a row does not say it, as the one before."""
        file = next((text for row in rows if (text := _text(row, FILE))), "")
        table = next((text for row in rows if (text := _text(row, TABLE))), "")
        for row in rows:
            file = _text(row, FILE) or file
            table = _text(row, TABLE) or (row.sheet if row.sheet in FACT_TABLES else table)
            if file not in self.known:
                hint, _ = did_you_mean(file, self.known)
                said = (
                    f"there is no facts file {quoted(file)}{hint}"
                    if file
                    else "the column 'file' is empty; export anew"
                )
                self._add(row, FILE, "no-such-file", said)
            elif table not in FACT_TABLES:
                hint, _ = did_you_mean(table, FACT_TABLES)
                said = (
                    f"there is no facts table {quoted(table)}{hint}"
                    if table
                    else "the column 'table' is empty; export anew"
                )
                self._add(row, TABLE, "undeclared-name", said)
            else:
                yield row, file, table

    def _change(self, file: FactsFile, tables: Mapping[str, list[ReadRow]], *, delete: bool) -> PlannedChange:
        edits: list[Edit] = []
        places: dict[tuple[str, str], ReadRow] = {}
        wanted: dict[tuple[str, str], dict[str, Any]] = {}
        sheets = {sheet.table: sheet for sheet in file.sheets}
        for table, rows in tables.items():
            if table not in sheets:
                self._add(
                    rows[0], TABLE, "missing-row", f"{file.name} has no table {quoted(table)}; begin it there"
                )
                continue
            self._unknown_columns(table, rows[0])
            changed = self._changes(table, sheets[table], rows)
            wanted |= {(table, id_): values for id_, (_, values) in changed.items()}
            places |= {(table, id_): row for id_, (row, _) in changed.items()}
            edits += self._edits(file, table, {id_: values for id_, (_, values) in changed.items()})
            edits += self._gone(file, table, set(changed), delete=delete)
        if self.problems:
            return PlannedChange(file.name, file.text, file.text, places)
        after = edited(file.text, edits)
        self._prove(file, after, wanted, delete=delete)
        return PlannedChange(file.name, file.text, after, places)

    def _changes(
        self, table: str, sheet: Sheet, rows: list[ReadRow]
    ) -> dict[str, tuple[ReadRow, dict[str, Any]]]:
        """By id, the row and the values of its cells that say something else than the file does."""
        found: dict[str, tuple[ReadRow, dict[str, Any]]] = {}
        columns = fields(RECORDS[table])
        for row in rows:
            id_ = _text(row, "id")
            if not id_:
                self._add(row, "id", "missing-key", "the row has no id; give it one")
                continue
            if id_ in found:
                self._add(
                    row,
                    "id",
                    "duplicate-id",
                    f"the id {quoted(id_)} stands twice (first in row {found[id_][0].number})",
                )
                continue
            old, values = sheet.rows.get(id_, {}), {}
            for heading, cell in row.cells.items():
                if heading not in columns or same(old.get(heading, ""), cell):
                    continue
                value, wrong = (None, None) if not text_of(cell).strip() else value_of(cell, columns[heading])
                if wrong is not None:
                    self._add(row, heading, wrong.id, wrong.text)
                values[heading] = value
            found[id_] = row, values
        return found

    def _unknown_columns(self, table: str, row: ReadRow) -> None:
        columns = fields(RECORDS[table])
        others = (
            {heading for name in FACT_TABLES for heading in fields(RECORDS[name])} if not row.sheet else set()
        )
        for heading in row.places:
            if heading not in columns and heading not in (TABLE, FILE) and heading not in others:
                hint, nearest = did_you_mean(heading, columns)
                text = f"the table {quoted(table)} has no column {quoted(heading)}{hint}"
                self.problems.add(
                    Location(self.path, 1, row.places[heading]), "unknown-column", text, suggestion=nearest
                )

    def _edits(self, file: FactsFile, table: str, changed: Mapping[str, Mapping[str, Any]]) -> Iterator[Edit]:
        nodes = {row.value["id"].text: row for row in file.root.value[table].value}
        writer = RowEdits(file.text, list(fields(RECORDS[table])))
        last = next(reversed(nodes.values()))
        before = last
        new: dict[str, list[Mapping[str, Any]]] = {}
        for id_, values in changed.items():
            if id_ in nodes:
                before = nodes[id_]
                yield from writer.changed(before, values)
            else:
                new.setdefault(before.value["id"].text, []).append({"id": id_, **values})
        for id_, rows in new.items():
            yield writer.added(nodes[id_], rows)

    def _gone(self, file: FactsFile, table: str, there: set[str], *, delete: bool) -> Iterator[Edit]:
        writer = RowEdits(file.text, list(fields(RECORDS[table])))
        for row in file.root.value[table].value:
            id_ = row.value["id"].text
            if id_ in there:
                continue
            if delete:
                yield writer.without(row)
            else:
                text = f"{quoted(id_)} of {table} is not in the sheet, and stays; add --delete to take it out"
                self.notes.warn(row.value["id"].where, "missing-row", text)

    def _prove(
        self, file: FactsFile, after: str, wanted: Mapping[Key, Mapping[str, Any]], *, delete: bool
    ) -> None:
        """See that the new text says what the sheet says, and nothing else has changed. Raises `InvalidInput`."""
        expected = _rows_in(file.root)
        if delete:
            touched = {table for table, _ in wanted}
            expected = {key: row for key, row in expected.items() if key in wanted or key[0] not in touched}
        for key, values in wanted.items():
            expected[key] = _without_none({**expected.get(key, {"id": key[1]}), **values})
        root, problems = read_text(after, file.name)
        found = {} if root is None or has_errors(problems) else _rows_in(root)
        if found != expected:
            others = {key[1] for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)}
            rows = ", ".join(map(quoted, sorted(others)[:3]))
            text = (
                f"what the sheet says of {rows} cannot be written into {file.name} from here; change it there"
            )
            raise refused(self.path, "wrong-shape", text)

    def _add(self, row: ReadRow, heading: str, id_: str, text: str) -> None:
        self.problems.add(row.where(self.path, heading), id_, in_sheet(row, heading, text))


def in_sheet(row: ReadRow, heading: str, text: str) -> str:
    """A fault with the names of its sheet and column."""
    place = (
        f"sheet {quoted(row.sheet)}, column {quoted(heading)}" if row.sheet else f"column {quoted(heading)}"
    )
    return f"{place}: {text}"


def _text(row: ReadRow, heading: str) -> str:
    return text_of(row.cells.get(heading, "")).strip()


def _rows_in(root: Node) -> dict[Key, dict[str, Any]]:
    """The rows of a file as plain values."""
    return {
        (table, str(row.value["id"].text)): _without_none(row.plain())
        for table, listing in root.value.items()
        for row in listing.value
    }


def _without_none(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in row.items() if one is not None}


def at_its_cell(problem: Problem, change: PlannedChange, path: str) -> Problem:
    """A fault of a changed file, told at the cell of the sheet that it comes from, where there is one."""
    root, _ = read_text(change.after, change.name)
    if root is None or problem.where.file != change.name:
        return problem
    here = (problem.where.line, problem.where.column)
    best: tuple[tuple[int, int], ReadRow, str] | None = None
    for table, listing in root.value.items():
        for row in listing.value if isinstance(listing.value, list) else ():
            place = change.rows.get((table, row.value["id"].text))
            for key, where in row.keys.items() if place else ():
                at = (where.line, where.column)
                if at <= here and (best is None or at > best[0]):
                    assert place is not None
                    best = at, place, key
    if best is None:
        return problem
    _, row, key = best
    text = in_sheet(row, key, problem.text)
    return msgspec.structs.replace(problem, where=row.where(path, key), text=text, replaces=None)
