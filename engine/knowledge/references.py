"""Names between rows: every id that a row gives must be a row of its table, and of the right kind.

A name is looked for among all rows that were written, the faulty ones too, so that one fault is told once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import Any

import msgspec

from trackfit.engine.documents.node import Node
from trackfit.engine.documents.slips import INVISIBLE
from trackfit.engine.knowledge import guesses as meant
from trackfit.engine.knowledge.consistency import BUILT_IN_UNITS
from trackfit.engine.knowledge.schema import RECORDS, Shape
from trackfit.engine.language.columns import references
from trackfit.engine.language.facts import MONEY_A_YEAR, USUAL_CURRENCY
from trackfit.engine.language.vocabulary import fold, without_accents
from trackfit.engine.problems.problem import Location, Problem, misspelt, quoted
from trackfit.engine.problems.problems import Problems

MAX_SKILL_CHAIN = 100
"""Skills that count as, or need, one another in a row."""

Path = tuple[str | int, ...]
SINGULAR = {"ambiguous": "ambiguous text", "currencies": "currency", "countries": "country"}


def target_of(table: str, column: str) -> str | None:
    """The table whose rows a column holds, one or several; None where it holds anything else."""
    known = references(RECORDS[table])
    found = known.get((column,)) or known.get((column, "*"))
    return found.table if found else None


class WrittenRow(msgspec.Struct, frozen=True, eq=False):
    """A row as it was written; `shape` is None where it has faults of its own."""

    table: str
    id: str
    node: Node
    plain: dict[str, Any]
    shape: Shape | None


class Rows:
    """All rows of a knowledge base: by table and id, and besides those that have no id or one that is taken.

    `broken` holds (table, id) of what is there but cannot be used; nobody is told that those are missing.
    """

    def __init__(self, tables: Iterable[str]) -> None:
        self.tables: dict[str, dict[str, WrittenRow]] = {table: {} for table in tables}
        self.others: list[WrittenRow] = []
        self.broken: set[tuple[str, str]] = set()

    def __iter__(self) -> Iterator[WrittenRow]:
        for rows in self.tables.values():
            yield from rows.values()
        yield from self.others

    def sound(self, table: str) -> list[WrittenRow]:
        """The rows of a table that can be used, in order of id."""
        rows = self.tables[table]
        return [rows[id_] for id_ in sorted(rows) if (table, id_) not in self.broken]

    def whole(self, table: str) -> bool:
        """Whether every row of a table can be used."""
        lost = any(name == table for name, _ in self.broken)
        return not lost and not any(row.table == table and row.shape is None for row in self.others)

    def ids(self, table: str) -> list[str]:
        """Every id of a table, whether it can be used or not."""
        return sorted({*self.tables[table], *(id_ for where, id_ in self.broken if where == table)})


def spellings(rows: Iterable[tuple[str, Any, Any]]) -> dict[str, str]:
    """Id by every folded name and alias; of (id, name, aliases), where name and aliases may be anything."""
    found: dict[str, str] = {}
    for id_, name, aliases in rows:
        for text in (id_, name, *(aliases if isinstance(aliases, list | tuple) else ())):
            if isinstance(text, str):
                found.setdefault(fold(text), id_)
    return found


def undeclared(
    table: str, id_: str, names: Iterable[str], where: Location, known: Mapping[str, str] | None = None
) -> Problem:
    """The problem of a name that no row of its table has; `known` gives ids by what people write for them."""
    if known and (right := known.get(fold(id_))):
        return alias_for_id(id_, right, where)
    if table == "figures" and meant.number(id_):
        text = (
            f"{quoted(id_)} is a number where the id of a figure belongs; add a figure, and write its id here"
        )
        return Problem(where=where, id="undeclared-name", text=text)
    singular = SINGULAR.get(table, table.removesuffix("s"))
    return misspelt(where, "undeclared-name", f"there is no {singular} {quoted(id_)}", id_, names)


def alias_for_id(text: str, id_: str, where: Location) -> Problem:
    """The problem of a name or alias where an id belongs."""
    told = f"{quoted(text)} is what people write; here stands the id, {id_!r}"
    if INVISIBLE.sub("", text) == id_:
        told = f"an invisible character stands beside {id_!r}; type it anew"
    return Problem(where=where, id="alias-for-id", text=told, suggestion=id_, replaces=text)


def check_references(rows: Rows, problems: Problems) -> None:
    """Note every name that stands for nothing or for the wrong kind of thing, and that its row cannot be used."""
    found = [
        *_undeclared(rows),
        *_units(rows),
        *_families(rows),
        *_defaults(rows),
        *_milestones_twice(rows),
    ]
    for row, problem in found:
        problems.append(problem)
        rows.broken.add((row.table, row.id))
    _spread(rows)


def _undeclared(rows: Rows) -> Iterator[tuple[WrittenRow, Problem]]:
    known = {
        table: spellings((row.id, row.plain.get("name"), row.plain.get("aliases")) for row in found.values())
        for table, found in rows.tables.items()
        if table in ("skills", "tracks", "backgrounds")
    }
    declared = {table: frozenset(rows.ids(table)) for table in rows.tables}
    for row in rows:
        for steps, target in references(RECORDS[row.table]).items():
            for path, id_ in values_at(row.plain, steps):
                where, table = row.node.find(path), target.table
                if id_ not in declared[table]:
                    yield row, undeclared(table, id_, declared[table], where, known.get(table))
                    continue
                found = rows.tables[table].get(id_)
                given = found.plain.get("unit") if found else None
                if target.unit and isinstance(given, str) and given != target.unit:
                    text = f"{path[-1]!r} needs a figure in {target.unit}; {id_!r} is in {given}"
                    yield row, Problem(where=where, id="wrong-unit", text=text)


def units_of(ids: Mapping[str, list[str]]) -> list[str]:
    """Every unit that a figure may have, by the ids of declared currencies and units."""
    money = (f"{id_}{MONEY_A_YEAR}" for id_ in (USUAL_CURRENCY, *ids["currencies"]))
    return sorted({*BUILT_IN_UNITS, *money, *ids["units"]})


def _units(rows: Rows) -> Iterator[tuple[WrittenRow, Problem]]:
    """A unit is one of the program's, a declared one, or that of a declared currency; a declared one is new."""
    ids = {table: rows.ids(table) for table in ("currencies", "units")}
    valid = units_of(ids)
    for row in rows.tables["figures"].values():
        for path, unit in values_at(row.plain, ("unit",)):
            if unit not in valid:
                text = f"'unit' is never {quoted(unit)}"
                yield row, misspelt(row.node.find(path), "unknown-value", text, unit, valid)
            elif (declared := rows.tables["units"].get(unit)) and "range" in declared.plain:
                yield from _outside(row, unit, declared.plain["range"])
    for id_, row in rows.tables["units"].items():
        if id_ in units_of({**ids, "units": []}):
            text = f"there is a unit {id_!r} already; choose another id"
            yield row, Problem(where=row.node.find(("id",)), id="duplicate-id", text=text)


def _outside(row: WrittenRow, unit: str, bounds: Any) -> Iterator[tuple[WrittenRow, Problem]]:
    """Numbers that a declared unit cannot have; either may be of any type, which is told elsewhere."""
    value = row.plain.get("value")
    numbers = [
        *(bounds if isinstance(bounds, list) else ()),
        *(value if isinstance(value, list) else [value]),
    ]
    if len(numbers) < 3 or not all(isinstance(one, int | float) for one in numbers):
        return
    low, high, *given = numbers
    for number in given:
        if not low <= number <= high:
            text = f"{number:,} is no number in {unit}; they run from {low:,} to {high:,}"
            yield row, Problem(where=row.node.find(("value",)), id="bad-range", text=text)


def _families(rows: Rows) -> Iterator[tuple[WrittenRow, Problem]]:
    """A family is one of its track's."""
    for row in rows:
        if row.table == "figures":
            track = rows.tables["tracks"].get(str(row.plain.get("track")))
            if track is not None:
                yield from _family(row, track, ("family",))
        elif row.table == "tracks":
            yield from _family(row, row, ("skills", "*", "family"))


def _family(
    row: WrittenRow, track: WrittenRow, steps: tuple[str, ...]
) -> Iterator[tuple[WrittenRow, Problem]]:
    known = [id_ for _, id_ in values_at(track.plain, ("families", "*", "id"))]
    for path, family in values_at(row.plain, steps):
        if family not in known:
            text = f"the track {track.id!r} has no family {quoted(family)}"
            yield row, misspelt(row.node.find(path), "undeclared-name", text, family, known)


def milestones(rows: Rows) -> Iterator[tuple[WrittenRow, Path, dict[str, Any]]]:
    """Every milestone of a track and stage of a route that has an id: its row, the path to it, and itself."""
    for table, key in (("tracks", "milestones"), ("routes", "stages")):
        for _, row in sorted(rows.tables[table].items()):
            listed: Any = row.plain.get(key)
            rows_there: list[Any] = listed if isinstance(listed, list) else []
            for number, one in enumerate(rows_there):
                if isinstance(one, dict) and isinstance(one.get("id"), str):
                    yield row, (key, number), one


def _milestones_twice(rows: Rows) -> Iterator[tuple[WrittenRow, Problem]]:
    """People name milestones by their id alone, so one id is one milestone of the whole knowledge base."""
    seen: dict[str, str] = {}
    for row, path, one in milestones(rows):
        if one["id"] in seen:
            text = f"there is a milestone {one['id']!r} in {seen[one['id']]!r} already; choose another id"
            yield row, Problem(where=row.node.find((*path, "id")), id="duplicate-id", text=text)
        seen.setdefault(one["id"], row.id)


def _added_twice(row: WrittenRow, table: str, known: Collection[str]) -> Iterator[tuple[WrittenRow, Problem]]:
    """Choices of an attribute's own that are rows of its table already."""
    for path, id_ in values_at(row.plain, ("also", "*", "id")):
        if id_ in known:
            text = f"the id {id_!r} is one of {table} already; choose another"
            yield row, Problem(where=row.node.find(path), id="duplicate-id", text=text)


def _goes_with(row: WrittenRow, other: WrittenRow | None) -> Iterator[tuple[WrittenRow, Problem]]:
    """A default goes with the answer to another question."""
    if other is not None and ("asked" not in other.plain or other is row):
        text = f"`default_with` names another question; {other.id!r} is none"
        yield row, Problem(where=row.node.find(("default_with",)), id="not-an-answer", text=text)


def _defaults(rows: Rows) -> Iterator[tuple[WrittenRow, Problem]]:
    """A default is one of the choices; it goes with another answer; a choice stands once in the whole list."""
    for row in (row for row in rows if row.table == "attributes"):
        choices, other = row.plain.get("choices"), row.plain.get("default_with")
        table = choices if isinstance(choices, str) and choices in rows.tables else None
        known = rows.ids(table) if table else [id_ for _, id_ in values_at(row.plain, ("choices", "*", "id"))]
        if table:
            yield from _added_twice(row, table, known)
        valid = [*known, *(id_ for _, id_ in values_at(row.plain, ("also", "*", "id")))]
        for path, default in values_at(row.plain, ("default",)):
            if valid and default not in valid:
                text = f"{row.id!r} is never {quoted(default)}"
                yield row, misspelt(row.node.find(path), "unknown-value", text, default, valid)
        yield from _goes_with(row, rows.tables["attributes"].get(str(other)))


def _spread(rows: Rows) -> None:
    """A row that names a row that cannot be used cannot be used either."""
    spreading = bool(rows.broken)
    while spreading:
        spreading = False
        for row in rows:
            if (row.table, row.id) not in rows.broken and any(
                (target.table, id_) in rows.broken
                for steps, target in references(RECORDS[row.table]).items()
                for _, id_ in values_at(row.plain, steps)
            ):
                rows.broken.add((row.table, row.id))
                spreading = True


def values_at(value: Any, steps: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text at a path of a plain value, `*` standing for each element, with its exact path."""
    if not steps:
        if isinstance(value, str):
            yield path, value
    elif steps[0] == "*":
        for number, one in enumerate(value if isinstance(value, list) else ()):
            yield from values_at(one, steps[1:], (*path, number))
    elif isinstance(value, dict):
        yield from values_at(value.get(steps[0]), steps[1:], (*path, steps[0]))


def check_skills(rows: Rows, problems: Problems) -> None:
    """No text may mean two skills unless it is declared ambiguous; no skill counts as or needs itself in a circle."""
    meaning: dict[str, str] = {}
    for row in rows.tables["ambiguous"].values():
        other = meaning.setdefault(fold(row.id), f"ambiguous ({row.id})")
        if other != f"ambiguous ({row.id})":
            text = f"{row.id!r} is written like {other}, which is there already; take one out"
            problems.add(row.node.find(("id",)), "duplicate-id", text)
    skills = rows.tables["skills"]
    for id_ in sorted(skills):
        row = skills[id_]
        for path, text in (
            ((), id_),
            *values_at(row.plain, ("name",)),
            *values_at(row.plain, ("aliases", "*")),
        ):
            other = meaning.setdefault(fold(text), id_)
            if other != id_:
                complaint = (
                    f"{quoted(text)} already stands for {other}; drop one, or declare it under `ambiguous`"
                )
                where = row.node.find(path or ("id",))
                problems.add(where, "ambiguous-alias", complaint)
    for column, verb in (("counts_as", "count as"), ("needs", "need")):
        links = {
            id_: [to for _, to in values_at(row.plain, (column, "*")) if to in skills]
            for id_, row in skills.items()
        }
        free = _outside_circles(links)
        for circle in _circles({id_: to for id_, to in links.items() if id_ not in free}):
            text = f"skills {verb} one another in a circle: {' → '.join(circle)}; take one link out"
            where = skills[circle[0]].node.find((column,))
            problems.add(where, "skill-cycle", text)
        _check_chain(links, skills, column, problems)


def _check_chain(
    links: dict[str, list[str]], skills: dict[str, WrittenRow], column: str, problems: Problems
) -> None:
    """No skill stands at the end of a chain that is longer than what is walked."""
    before: dict[str, list[str]] = {}
    try:
        for id_ in TopologicalSorter(links).static_order():
            longest = max((before[to] for to in links[id_]), key=len, default=[])
            if len(longest) == MAX_SKILL_CHAIN:
                text = f"{id_!r} ends a chain of more than {MAX_SKILL_CHAIN} skills, each named by `{column}` of the next"
                problems.add(skills[id_].node.find((column,)), "over-limit", f"{text}; take a link out")
                return
            before[id_] = [*longest, id_]
    except CycleError:
        return


def check_titles(rows: Rows, problems: Problems) -> None:
    """The words of job titles tell one thing only."""
    meaning: dict[str, str] = {}
    for id_, row in sorted(rows.tables["titles"].items()):
        for path, words in values_at(row.plain, ("words", "*")):
            where, folded = row.node.find(path), fold(words)
            if not folded:
                text = f"{quoted(words)} has no letter or digit; write words of a title"
                problems.add(where, "empty-value", text)
            elif meaning.setdefault(folded, id_) != id_:
                text = f"{quoted(words)} already stands in the row {meaning[folded]!r}; keep it in one of the two"
                problems.add(where, "same-title", text)


def check_answer_words(rows: Rows, problems: Problems) -> None:
    """A word says yes or no, not both."""
    rows_of: dict[str, str] = {}
    for id_, row in sorted(rows.tables["answer_words"].items()):
        for path, word in values_at(row.plain, ("words", "*")):
            if rows_of.setdefault(without_accents(str(word)), id_) != id_:
                other = rows_of[without_accents(str(word))]
                text = f"{quoted(word)} already stands in the row {other!r}; keep it in one of the two"
                problems.add(row.node.find(path), "duplicate-entry", text)


def _outside_circles(links: Mapping[str, list[str]]) -> set[str]:
    """The nodes that do not lead into a circle."""
    sorter, found = TopologicalSorter(links), set[str]()
    with suppress(CycleError):  # told by `_circles`; the others come out all the same
        sorter.prepare()
    while ready := sorter.get_ready():
        found.update(ready)
        sorter.done(*ready)
    return found


def _circles(links: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The links that lead back to where they start: a shortest circle through each node, each circle once."""
    told: set[str] = set()
    for start in sorted(links):
        came: dict[str, str] = {}
        queue = [start]
        for node in queue:
            for to in links.get(node, ()):
                if to not in came:
                    came[to] = node
                    queue.append(to)
        if start in came and start not in told:
            path = [start]
            while (step := came[path[-1]]) != start:
                path.append(step)
            yield [start, *path[:0:-1], start]
            told.update(path)
