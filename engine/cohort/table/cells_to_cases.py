# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportOperatorIssue=false
# (ibis types its columns too loosely)
"""Raw cells → coded cases, in a query: each distinct cell is read once, by the code that reads a case.

A row with a cell that cannot be read is only marked; what is wrong with it is told by `Normaliser.problems`, which
reads the row as an answers file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any, TypeVar

import ibis
import pyarrow as pa

from trackfit.engine.cases.case import MAX_SKILLS, Case, CaseReader
from trackfit.engine.cases.money import Amount
from trackfit.engine.cases.values import MAX_TEXT, Wrong, is_blank, kind
from trackfit.engine.cohort.files.cells import ODD, SHAPE_PROBLEM, plain_cells
from trackfit.engine.cohort.table.coding import KNOWN_BIT, UNKNOWN, WRONG, WRONG_BIT, Coding, code
from trackfit.engine.cohort.table.gaps import Column
from trackfit.engine.documents.node import from_plain
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.model import Attribute
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.problems.problem import Location, Problem

PART = "part"
Kept = TypeVar("Kept")


@ibis.udf.agg.builtin(name="bit_or")  # type: ignore[untyped-decorator]
def bit_or(column: int) -> int:  # type: ignore[empty-body]
    """All bits that are set in some row of the group."""


class Normaliser:
    """Reads cells for one knowledge base; remembers what it has read, up to a bound."""

    REMEMBERED = 200_000

    def __init__(self, kb: KnowledgeBase, coding: Coding | None = None) -> None:
        self.kb = kb
        self.reader: CaseReader = kb.reader
        self.coding = coding or Coding(kb)
        self.attributes = self.coding.attributes
        self._codes: dict[tuple[str, str], tuple[int, ...]] = {}
        self._problems: dict[tuple[str, str], list[Problem]] = {}

    def map_name(self, attribute: Attribute) -> str:
        """The name of the table that gives a column's cells their codes."""
        return f"map_{attribute.id}"

    def map_schema(self, attribute: Attribute) -> pa.Schema:
        """Its columns: the cell and its codes; of a set, also how many entries the cell has; and what else it says."""
        columns = [(name, pa.int64()) for name in self.coding.columns(attribute)]
        more = "entries" if attribute.type == "set" else self.reader.said_in.get(attribute.id)
        return pa.schema([("cell", pa.string()), *columns, *([(more, pa.int64())] if more else [])])

    def mapping(self, attribute: Attribute, cells: Iterable[str]) -> pa.Table:
        """What each distinct cell of a column stands for."""
        read = self._element if attribute.type == "set" else self._value
        rows = [(cell, *self._once(self._codes, attribute.id, cell, read)) for cell in cells]
        schema = self.map_schema(attribute)
        columns = zip(*rows, strict=True) if rows else [()] * len(schema)
        return pa.table(
            [pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)],
            schema=schema,
        )

    def _once(
        self, known: dict[tuple[str, str], Kept], key: str, cell: Any, read: Callable[[str, Any], Kept]
    ) -> Kept:
        """What a cell is read as; each distinct one is read once, as far as there is room to remember it."""
        place = key, cell if isinstance(cell, str) else repr(cell)
        found = known.get(place)
        if found is None:
            if len(known) >= self.REMEMBERED:
                known.clear()
            found = known[place] = read(key, cell)
        return found

    def _value(self, key: str, cell: str) -> tuple[int, ...]:
        attribute = self.reader.attributes[key]
        said = self.reader.attributes.get(self.reader.said_in.get(key, ""))
        rest = () if said is None else (UNKNOWN,)
        if is_blank(attribute, cell):
            return UNKNOWN, *rest
        try:
            found = self.reader.value(attribute, cell)
        except Wrong:
            return WRONG, *rest
        if said is not None and isinstance(found, Amount):
            rest = (code(said, found.currency),)
        return code(attribute, found), *rest

    def _element(self, key: str, cell: str) -> tuple[int, ...]:
        """The masks of one entry of a set, and how many entries it is when it is split."""
        case, _ = self._read_with({key: [cell]})
        ids = case.answers.get(key, ()) if case is not None else ()
        assert not isinstance(ids, str | int)
        first, *rest = self.coding.layouts[key].masks(
            self.reader.index.counted(ids) if key == SKILLS else ids
        )
        flags = KNOWN_BIT | (WRONG_BIT if case is None else 0)
        return first | flags, *rest, len(self.reader.entries(self.reader.attributes[key], cell))

    # The query

    def part(self, schema: pa.Schema) -> ibis.Table:
        """The part that queries read, by its name."""
        return ibis.table(ibis.Schema.from_pyarrow(schema), name=PART)

    def cells(self, part: ibis.Table, attribute: Attribute) -> ibis.Table:
        """The distinct cells of a column."""
        column = part[attribute.id].unnest() if attribute.type == "set" else part[attribute.id]
        return part.select(cell=column).distinct().filter(ibis._.cell.notnull())

    def cases(self, part: ibis.Table) -> ibis.Table:
        """Every row's id and codes, and `wrong`: whether an answers file with these answers would be refused."""
        long = [
            part[row.id].length() > MAX_TEXT for row in self.reader.attributes.values() if row.type == "text"
        ]
        misshapen = part[SHAPE_PROBLEM].notnull() | part[ODD].notnull()
        wrong = reduce(or_, [one.fill_null(False) for one in long], misshapen)
        table = part.select("row", "id", *(row.id for row in self.attributes), wrong=wrong)
        for attribute in self.attributes:
            is_set = attribute.type == "set"
            table = self._join_set(table, part, attribute) if is_set else self._join(table, attribute)
        table = self._with_said(table)
        marks: list[Column] = [table.wrong]
        for attribute in self.attributes:
            if attribute.type != "set":
                marks.append(table[attribute.id] == WRONG)
            if attribute in self.coding.required:
                column = table[self.coding.columns(attribute)[0]]
                marks.append((column & KNOWN_BIT) == 0 if attribute.type == "set" else column == UNKNOWN)
        return table.mutate(wrong=reduce(or_, marks))

    def _map(self, attribute: Attribute) -> ibis.Table:
        schema = ibis.Schema.from_pyarrow(self.map_schema(attribute))
        return ibis.table(schema, name=self.map_name(attribute))

    def _join(self, table: ibis.Table, attribute: Attribute) -> ibis.Table:
        name = attribute.id
        said = self.reader.said_in.get(name)
        more = {f"_said_{said}": said} if said else {}
        found = self._map(attribute).rename(_cell="cell", _code=name, **more)
        joined = table.left_join(found, table[name] == found["_cell"])
        return joined.mutate(**{name: joined["_code"].fill_null(UNKNOWN)}).drop("_cell", "_code")

    def _with_said(self, table: ibis.Table) -> ibis.Table:
        """What is said in the cells of another column goes where nothing stands, and is wrong beside something else."""
        for name in self.reader.said_in.values():
            given, said = table[name], table[f"_said_{name}"].fill_null(UNKNOWN)
            differs = (given != UNKNOWN) & (said != UNKNOWN) & (given != said)
            filled = {name: ibis.ifelse(given == UNKNOWN, said, given), "wrong": table.wrong | differs}
            table = table.mutate(**filled).drop(f"_said_{name}")
        return table

    def _join_set(self, table: ibis.Table, part: ibis.Table, attribute: Attribute) -> ibis.Table:
        name = attribute.id
        first, *rest = self.coding.columns(attribute)
        entries = part.select("row", cell=part[name].unnest())
        joined = entries.join(self._map(attribute), "cell")
        found = joined.group_by("row").aggregate(
            **{column: bit_or(joined[column]) for column in (first, *rest)}, _entries=joined.entries.sum()
        )
        table = table.left_join(found.rename(_set_row="row"), table.row == found.row)
        filled = {column: table[column].fill_null(0) for column in rest}
        empty = ibis.ifelse(table[name].notnull(), KNOWN_BIT, 0)
        mask = table[first].fill_null(empty)
        filled[first] = mask & ~WRONG_BIT
        filled["wrong"] = (
            table.wrong | ((mask & WRONG_BIT) != 0) | (table["_entries"].fill_null(0) > MAX_SKILLS)
        )
        return table.mutate(**filled).drop("_set_row", "_entries", name)

    # Rows that are refused

    def problems(self, row: Mapping[str, Any], as_of: str) -> list[Problem]:
        """Everything that is wrong with a row of raw cells, as an answers file with them would be told.

        Raises AssertionError where nothing is.
        """
        if row[SHAPE_PROBLEM] is not None:
            return [Problem(where=Location(""), id="bad-row", text=row[SHAPE_PROBLEM])]
        cells = plain_cells(row)
        found: list[Problem] = []
        for key, cell in cells.items():
            if key in self.reader.attributes:
                found += self._wrong_in(key, cell)
        found += self._said_twice(cells)
        found += self._missing(cells)
        if not isinstance(cells.get("id", ""), str):
            text = f"'id' must be one value, not {kind(cells['id'])}"
            found.append(Problem(where=Location(""), id="wrong-type", text=text))
        if not found:
            case, problems = self.read(row)
            if case is None:
                return problems
            try:
                self.kb.consult(case, as_of)
            except ConflictingConclusions as error:
                return list(error.problems)
        assert found, f"row {row['row']} is refused without a reason"
        return found

    def _wrong_in(self, key: str, cell: Any) -> list[Problem]:
        """The errors in one cell; each distinct one, and each distinct entry of a set, is read once."""
        if (
            isinstance(cell, list)
            and 1 < len(cell) <= MAX_SKILLS
            and all(isinstance(one, str) for one in cell)
        ):
            found = [
                one for entry in cell for one in self._once(self._problems, key, [entry], self._problems_of)
            ]
            if sum(self._once(self._codes, key, entry, self._element)[-1] for entry in cell) <= MAX_SKILLS:
                return found
        return self._once(self._problems, key, cell, self._problems_of)

    def _problems_of(self, key: str, cell: Any) -> list[Problem]:
        return self._problems_with({key: cell})

    def _problems_with(self, answers: Mapping[str, Any]) -> list[Problem]:
        return [one for one in self._read_with(answers)[1] if one.id != "missing-key"]

    def _said_twice(self, cells: Mapping[str, Any]) -> list[Problem]:
        """The errors of two cells that can both be read, and say different things of one matter."""
        found: list[Problem] = []
        for name, said in self.reader.said_in.items():
            both = {key: cells[key] for key in (name, said) if key in cells}
            if not any(self._wrong_in(key, cell) for key, cell in both.items()):
                found += self._problems_with(both)
        return found

    def _missing(self, cells: Mapping[str, Any]) -> list[Problem]:
        """The errors on account of what is required and has no value."""
        required = {attribute.id: (attribute, cells.get(attribute.id)) for attribute in self.coding.required}
        blank = {key: cell for key, (attribute, cell) in required.items() if is_blank(attribute, cell)}
        if not blank:
            return []
        _, problems = self._read_with(blank)
        return problems

    def _read_with(self, answers: Mapping[str, Any]) -> tuple[Case | None, list[Problem]]:
        """A case of some answers, and of some valid one for all else that is required; and its errors.

        An answer of None is not there at all.
        """
        rest = {row.id: row.choices[0].id for row in self.coding.required if row.choices}
        given = {key: value for key, value in {**rest, **answers}.items() if value is not None}
        case, problems = self.reader.read(from_plain(given, Location("")))
        return case, [one for one in problems if one.severity == "error"]

    def read(self, row: Mapping[str, Any]) -> tuple[Case | None, list[Problem]]:
        """The case in a row of raw cells, as an answers file with them would be read."""
        answers = {key: cell for key, cell in plain_cells(row).items() if key in self.reader.attributes}
        return self.reader.read(from_plain(answers, Location("")))
