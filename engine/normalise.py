# pyright: reportAttributeAccessIssue=false, reportArgumentType=false
# (ibis types its columns too loosely)
"""Raw cells → normalised cases, in a query: each distinct cell is read once, by the code that reads a case.

With `tables` the only user of ibis. What cannot be read is a problem of its row, with the id and text that an
answers file would have given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

import ibis
import pyarrow as pa

from trackfit.engine.case import MAX_SKILLS, CaseReader, Wrong
from trackfit.engine.cohort_input import SHAPE_PROBLEM, plain_cell
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Attribute
from trackfit.engine.tables import Column, Layout, layouts

VALUE_TYPES = {"choice": pa.string(), "yes_no": pa.bool_(), "whole_number": pa.int64(), "money": pa.int64()}
PART = "part"


@ibis.udf.agg.builtin(name="bit_or")  # type: ignore[untyped-decorator]
def _bit_or(column: int) -> int:  # type: ignore[empty-body]
    """All bits that are set in some row of the group."""


class Normaliser:
    """Reads cells for one knowledge base; remembers what it has read, up to a bound."""

    REMEMBERED = 200_000

    def __init__(self, kb: KnowledgeBase) -> None:
        self.reader: CaseReader = kb.reader
        self.kb = kb
        self.layouts = layouts(kb)
        self.attributes = [row for row in kb.reader.attributes.values() if row.type != "text"]
        self._known: dict[tuple[str, str], tuple[Any, ...]] = {}

    def map_name(self, attribute: Attribute) -> str:
        """The name of the table that gives a column's cells their values."""
        return f"map_{attribute.id}"

    def map_schema(self, attribute: Attribute) -> pa.Schema:
        """Its columns: the cell, the value (or the masks), and the problem."""
        values = (
            [(name, pa.int64()) for name in self.layouts[attribute.id].columns]
            if attribute.type == "set"
            else [("value", VALUE_TYPES[attribute.type])]
        )
        return pa.schema(
            [("cell", pa.string()), *values, ("problem_id", pa.string()), ("problem", pa.string())]
        )

    def mapping(self, attribute: Attribute, cells: Iterable[str]) -> pa.Table:
        """What each distinct cell of a column stands for."""
        if len(self._known) > self.REMEMBERED:
            self._known.clear()
        read = self._read_element if attribute.type == "set" else self._read
        rows = [(cell, *self._once(attribute, cell, read)) for cell in cells]
        schema = self.map_schema(attribute)
        columns = zip(*rows, strict=True) if rows else [()] * len(schema)
        return pa.table(
            [pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)],
            schema=schema,
        )

    def _once(
        self, attribute: Attribute, cell: str, read: Callable[[Attribute, str], tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        found = self._known.get((attribute.id, cell))
        if found is None:
            found = self._known[attribute.id, cell] = read(attribute, cell)
        return found

    def _read(self, attribute: Attribute, cell: str) -> tuple[Any, ...]:
        try:
            return self.reader.value(attribute, plain_cell(cell)), None, None
        except Wrong as wrong:
            return None, wrong.id, wrong.text

    def _read_element(self, attribute: Attribute, cell: str) -> tuple[Any, ...]:
        layout = self.layouts[attribute.id]
        value = plain_cell(cell)
        if not isinstance(value, str) or not value.strip():
            return (
                *layout.masks(()),
                "wrong-type",
                f"an entry of {attribute.id!r} is a short text, not {value!r}",
            )
        found, faults = self.reader.skills(attribute, [value])
        wrong = next((fault for fault in faults if fault.id != "unknown-skill"), None)
        ids = self.kb.reader.index.counted(found.ids) if attribute.id == "skills" else found.ids
        return *layout.masks(ids), wrong and wrong.id, wrong and wrong.text

    # The query

    def part(self, schema: pa.Schema) -> ibis.Table:
        """The part that queries read, by its name."""
        return ibis.table(ibis.Schema.from_pyarrow(schema), name=PART)

    def cells(self, part: ibis.Table, attribute: Attribute) -> ibis.Table:
        """The distinct cells of a column."""
        column = part[attribute.id].unnest() if attribute.type == "set" else part[attribute.id]
        return part.select(cell=column).distinct().filter(ibis._.cell.notnull())

    def cases(self, part: ibis.Table) -> ibis.Table:
        """Every row with its values, and for each column the id and text of its problem, if any."""
        table = part.select("row", "id", SHAPE_PROBLEM, *(row.id for row in self.attributes))
        for attribute in self.attributes:
            join = self._join_set if attribute.type == "set" else self._join
            table = join(table, attribute)
        return table

    def _map(self, attribute: Attribute) -> ibis.Table:
        schema = ibis.Schema.from_pyarrow(self.map_schema(attribute))
        return ibis.table(schema, name=self.map_name(attribute))

    def _join(self, table: ibis.Table, attribute: Attribute) -> ibis.Table:
        name = attribute.id
        found = self._map(attribute).rename(
            {
                f"_{name}_cell": "cell",
                f"_{name}_value": "value",
                f"_{name}_id": "problem_id",
                f"_{name}_text": "problem",
            }
        )
        joined = table.left_join(found, table[name] == found[f"_{name}_cell"])
        return joined.mutate(**{name: joined[f"_{name}_value"]}).drop(f"_{name}_cell", f"_{name}_value")

    def _join_set(self, table: ibis.Table, attribute: Attribute) -> ibis.Table:
        name = attribute.id
        layout: Layout = self.layouts[name]
        cells = table.select("row", cell=table[name].unnest())
        joined = cells.join(self._map(attribute), "cell")
        aggregates: dict[str, Column] = {column: _bit_or(joined[column]) for column in layout.columns}
        aggregates[f"_{name}_text"] = joined.problem.min()
        aggregates[f"_{name}_id"] = joined.problem_id.min()
        found = joined.group_by("row").aggregate(**aggregates).rename(_set_row="row")
        table = table.left_join(found, table.row == found["_set_row"])
        known = table[name].notnull()
        filled = {
            column: ibis.ifelse(known, table[column].fill_null(0), ibis.null("int64"))
            for column in layout.columns
        }
        many = table[name].length() > MAX_SKILLS
        text = f"{name!r} has more than {MAX_SKILLS} entries; name the main ones"
        filled[f"_{name}_id"] = ibis.ifelse(many, "too-many-values", table[f"_{name}_id"])
        filled[f"_{name}_text"] = ibis.ifelse(many, text, table[f"_{name}_text"])
        return table.mutate(**filled).drop("_set_row", name)

    def accepted(self, cases: ibis.Table) -> ibis.Table:
        """The rows without a problem."""
        wrong = [cases[f"_{row.id}_id"].notnull() for row in self.attributes]
        wrong += [cases[row.id].isnull() for row in self._required()]
        ok = ~reduce(or_, wrong, cases[SHAPE_PROBLEM].notnull())
        kept = [name for name in cases.columns if not name.startswith("_")]
        return cases.filter(ok).select(*kept)

    def rejected(self, cases: ibis.Table) -> ibis.Table:
        """One row a problem: row, id, problem_id, text; in order of rows, then of questions."""
        found = [
            self._problem(cases.filter(cases[SHAPE_PROBLEM].notnull()), -1, "bad-row", cases[SHAPE_PROBLEM])
        ]
        for place, attribute in enumerate(self.attributes):
            id_ = cases[f"_{attribute.id}_id"]
            rows = cases.filter(id_.notnull())
            found.append(
                self._problem(rows, place, rows[f"_{attribute.id}_id"], rows[f"_{attribute.id}_text"])
            )
            if attribute in self._required():
                rows = cases.filter(
                    cases[attribute.id].isnull() & id_.isnull() & cases[SHAPE_PROBLEM].isnull()
                )
                hint = ", ".join(choice.id for choice in attribute.choices)
                text = f"{attribute.id!r} is missing; add it, as one of: {hint}"
                found.append(self._problem(rows, place, "missing-key", text))
        return ibis.union(*found).order_by("row", "place").drop("place")

    def _problem(self, rows: ibis.Table, place: int, id_: Any, text: Any) -> ibis.Table:
        return rows.select(
            row=rows.row,
            id=rows.id,
            problem_id=_column(id_),
            text=_column(text),
            place=ibis.literal(place, "int64"),
        )

    def _required(self) -> list[Attribute]:
        return [row for row in self.attributes if row.question and row.question.required]


def _column(value: Any) -> Column:
    return ibis.literal(value) if isinstance(value, str) else value
