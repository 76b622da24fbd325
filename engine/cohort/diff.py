"""What an edit changes for a cohort: both knowledge bases over every row, by two queries and one that compares them.

Rows that differ in the same numbers (see `table_changes`) differ in the same words; the first of them is consulted by
both, as `trackfit diff` does with every other case.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from trackfit.engine.cases.case import Case
from trackfit.engine.cohort.files.cells import part_schema
from trackfit.engine.cohort.files.headings import CohortFile
from trackfit.engine.cohort.files.output import Replacing
from trackfit.engine.cohort.files.text import read_parts
from trackfit.engine.cohort.queries import cell_queries, connect, parsed, register_cells
from trackfit.engine.cohort.run import MEMORY, Listener, fingerprint
from trackfit.engine.cohort.table.cells_to_cases import Normaliser
from trackfit.engine.cohort.table.changes import WRONG, Traits
from trackfit.engine.cohort.table.reader import to_sql
from trackfit.engine.documents.sheet import harmless
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.workshop.diff.differences import Difference, OutcomeDiff, outcome
from trackfit.engine.workshop.diff.impact import Changes, tried

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SIDES = ("old", "new")
NEITHER = WRONG * 3 + WRONG
"""Among the numbers that differ, the first, of a row that neither side can read."""
NOW_READ, NO_LONGER_READ = "the answers can now be read", "the answers can no longer be read"
REMEMBERED = 100_000
CHANGED = ("row", "id", "changes", "rules")
"""The columns of the table of who."""


class _Side:
    """One knowledge base, and the table of what it makes of the part at hand."""

    def __init__(self, kb: KnowledgeBase, traits: Traits, number: int, as_of: str) -> None:
        self.kb = kb
        self.name = SIDES[number]
        self.normaliser = Normaliser(kb, traits.codings[number])
        part = self.normaliser.part(part_schema(kb.reader))
        self.cells = cell_queries(self.normaliser, part)
        found = traits.of(number, self.normaliser.cases(part), as_of)
        self.table: Any = ibis.table(found.schema(), name=self.name)
        self.query = f"create or replace table {self.name} as {to_sql(found, 'duckdb')}"

    def load(self, connection: duckdb.DuckDBPyConnection, part: pa.Table) -> None:
        """Work the part out; each side has a connection of its own, and the tables are in one database."""
        register_cells(connection, self.normaliser, part, self.cells)
        connection.execute(parsed(self.query))

    def case(self, row: Mapping[str, Any]) -> Case | None:
        """A row's case, if it can be read."""
        return self.normaliser.read(row)[0]


class CohortDiff:
    """Compares two knowledge bases on the rows of a file, on a date (YYYY-MM-DD)."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase, as_of: str) -> None:
        self.as_of = as_of
        old, new = old.on(as_of), new.on(as_of)
        self.judge = OutcomeDiff(old, new, in_order=False)
        traits = Traits(old, new)
        self.sides = [_Side(kb, traits, number, as_of) for number, kb in enumerate((old, new))]
        differing = traits.differing(*(side.table for side in self.sides))
        columns = ", ".join(name for name in differing.columns if name not in ("row", "id"))
        grouped = f"select {columns}, count(*), min(row) as sample from differing group by all"  # noqa: S608
        self.queries = [
            f"create or replace table differing as {to_sql(differing, 'duckdb')}",
            f"create or replace table alike as {grouped}",
        ]
        self.who = f"select row, id, sample from differing join alike using ({columns}) order by row"  # noqa: S608
        self._texts = {
            row.id for kb in (old, new) for row in kb.reader.attributes.values() if row.type == "text"
        }
        self._known: dict[tuple[int, ...], tuple[Difference, ...]] = {}

    def run(self, source: CohortFile, changes: Changes, listener: Listener, out: Path | None = None) -> int:
        """Compare row by row into `changes`, and list who changes in the file `out`.

        Gives the number of rows that neither side can read. Raises `InvalidInput` where the file cannot be read, and
        OSError where there is no room or `out` cannot be written.
        """
        listener.total(fingerprint(source)[1])
        done = 0
        with (
            tempfile.TemporaryDirectory() as spill,
            connect(MEMORY, Path(spill)) as connection,
            _Who(out) as write,
        ):
            for parts in self._parts(source, listener):
                for side, part in zip(self.sides, parts, strict=True):
                    side.load(connection.cursor(), part)
                for query in self.queries:
                    connection.execute(parsed(query))
                found = self._in_words(connection, parts, changes)
                if out is not None:
                    for row, id_, sample in connection.execute(self.who).fetchall():
                        write(row, id_, found.get(sample, ()))
                done += len(parts[0])
                listener.progress(done)
        return done - changes.tried("cohort")

    def _parts(self, source: CohortFile, listener: Listener) -> Iterator[tuple[pa.Table, pa.Table]]:
        """The parts as each side reads them; once for both where both ask the same."""
        old, new = (side.kb.reader for side in self.sides)
        after = read_parts(source, new, listener.notice)
        if [*old.attributes.values()] == [*new.attributes.values()]:
            for part in after:
                yield part, part
        else:
            yield from zip(read_parts(source, old, lambda _: None), after, strict=True)

    def _in_words(
        self, connection: duckdb.DuckDBPyConnection, parts: tuple[pa.Table, pa.Table], changes: Changes
    ) -> dict[int, tuple[Difference, ...]]:
        """Count the part's rows; what differs for those that are like the one with a number."""
        found: dict[int, tuple[Difference, ...]] = {}
        start = parts[0]["row"][0].as_py()
        same = len(parts[0])
        for *signature, number, sample in connection.execute("from alike order by sample").fetchall():
            same -= number
            if signature[0] == NEITHER:
                continue
            rows = [part.slice(sample - start, 1).to_pylist()[0] for part in parts]
            cases = [side.case(row) for side, row in zip(self.sides, rows, strict=True)]
            differences = self._known.get(tuple(signature))
            if differences is None:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                differences = self._known[tuple(signature)] = self._differences(*cases)
            case = cases[1] or cases[0]
            assert case is not None
            changes.add(
                "cohort",
                differences,
                tried(case, "cohort", rows[1]["id"] or f"row {sample}", without=self._texts),
                number,
            )
            found[sample] = differences
        changes.count("cohort", same)
        return found

    def _differences(self, before: Case | None, after: Case | None) -> tuple[Difference, ...]:
        if before is None or after is None:
            return ((NOW_READ if before is None else NO_LONGER_READ, ()),)
        outcomes = [
            outcome(side.kb, case, self.as_of) for side, case in zip(self.sides, (before, after), strict=True)
        ]
        return tuple(self.judge.differences(*outcomes))


class _Who:
    """The table of who changes; where no file is wanted, none is written."""

    def __init__(self, path: Path | None) -> None:
        self.target = None if path is None else Replacing(path)

    def __enter__(self) -> Callable[[int, str | None, Sequence[Difference]], None]:
        if self.target is None:
            return lambda row, id_, differences: None
        stream = self.target.__enter__()
        lines = csv.writer(io.TextIOWrapper(stream, "utf-8", newline="", write_through=True))
        lines.writerow(CHANGED)

        def write(row: int, id_: str | None, differences: Sequence[Difference]) -> None:
            if differences:
                rules = sorted({rule for _, because in differences for rule in because})
                changes = "; ".join(change for change, _ in differences)
                lines.writerow([row, harmless(id_), harmless(changes), "; ".join(rules)])

        return write

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self.target is not None:
            self.target.__exit__(kind, error, trace)
