"""Documents → model: read a knowledge base's folders, collecting every problem and never stopping at the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from trackfit.engine.documents.folder import FOLDERS, MAX_BYTES, copied, faults_in, files_in, renamed
from trackfit.engine.documents.node import Node
from trackfit.engine.documents.parse import too_large
from trackfit.engine.documents.recovery import salvage_file
from trackfit.engine.knowledge.consistency import out_of_bounds
from trackfit.engine.knowledge.guesses import id_of
from trackfit.engine.knowledge.looks import look_faults
from trackfit.engine.knowledge.references import (
    Rows,
    WrittenRow,
    check_answer_words,
    check_references,
    check_skills,
    check_titles,
    milestones,
    values_at,
)
from trackfit.engine.knowledge.rows import read_row
from trackfit.engine.knowledge.schema import FACT_TABLES, RECORDS
from trackfit.engine.knowledge.written_rules import RawRule, raw_rule
from trackfit.engine.language import model
from trackfit.engine.language.facts import currency_of
from trackfit.engine.language.history import on
from trackfit.engine.language.model import Facts
from trackfit.engine.problems.problem import Location, Problem, misspelt, quoted
from trackfit.engine.problems.problems import Problems

NEEDED = {"background": "reports start from where a person stands"}
"""Attributes that the program itself asks for, and why."""
OTHER_KINDS = (".test", ".prove")
"""Ends of the names of files in rules/ that hold no rules."""
YAML = (".yaml", ".yml")
MILESTONES = "milestones"
"""Stands for the milestones of all tracks and the stages of all routes where an attribute's choices belong."""
HOMES = {
    **dict.fromkeys(FACT_TABLES, "a file of the folder facts/"),
    "rules": "a file of the folder rules/",
    "scenarios": "a file beside the rules, such as rules/mistakes.test.yaml",
    "statements": "a file beside the rules, such as rules/mistakes.prove.yaml",
}
"""Where each list of rows stands."""


class Loaded(msgspec.Struct):
    """What the documents hold: facts, rules as written, and where everything stands.

    `rows` keeps every row as written, the faulty ones too; `texts` the text of each file; `lost` the words of
    what could not be read at all.
    """

    facts: Facts
    rules: list[RawRule]
    questions: dict[str, Node]
    rows: Rows
    texts: dict[str, str]
    lost: frozenset[str]
    problems: list[Problem]


class _Gathered:
    """What has been gathered so far, and the problems on the way."""

    def __init__(self) -> None:
        self.rows = Rows(RECORDS)
        self.problems = Problems()
        self.texts: dict[str, str] = {}
        self.lost: set[str] = set()
        self.attributes: frozenset[str] = frozenset()

    def file(self, path: Path, name: str, allowed: tuple[str, ...]) -> None:
        """Read one document; what cannot be read leaves its ids behind, so that nobody is told they are missing."""
        found = salvage_file(path, name)
        if found.text is not None:
            self.texts[name] = found.text
        self.problems += found.problems
        self.rows.broken |= found.ids
        self.lost |= found.words
        if found.root is not None:
            self.tables(found.root, allowed, whole=not found.words)

    def tables(self, root: Node, allowed: tuple[str, ...], *, whole: bool) -> None:
        if not isinstance(root.value, dict):
            self.without_tables(root, allowed)
            return
        for table, listing in root.value.items():
            name: str | None = table
            if table in HOMES and table not in allowed:
                text = f"`{table}:` belongs in {HOMES[table]}; move it there"
                self.problems.add(root.keys[table], "wrong-file", text)
                name = table if table in RECORDS else None
            elif table not in allowed:
                others = set(allowed) - set(root.value)
                text = f"there is no table {quoted(table)} in this folder"
                problem = misspelt(root.keys[table], "unknown-key", text, table, others)
                self.problems.append(problem)
                name = problem.suggestion
            if listing.value is None and not whole:
                continue
            if listing.value is None:
                self.problems.add(
                    root.keys[table], "empty-value", f"{quoted(table)} has no rows; add one, or take it out"
                )
            elif not isinstance(listing.value, list):
                text = f"{quoted(table)} is a list of rows, each starting with a dash"
                self.problems.add(listing.where, "wrong-type", text)
            elif name:
                for node in listing.value:
                    self.row(name, node)

    def without_tables(self, root: Node, allowed: tuple[str, ...]) -> None:
        """Tell what a file lacks that is no mapping; rows that can belong to one table only are read."""
        if isinstance(root.value, list) and len(allowed) == 1 and all(_has_id(row) for row in root.value):
            text = f"the line `{allowed[0]}:` is missing above the first row; write it there"
            self.problems.add(root.where, "missing-key", text)
            for node in root.value:
                self.row(allowed[0], node)
        else:
            text = f"the file is a mapping from a table's name to its rows, such as `{allowed[0]}:`"
            self.problems.add(root.where, "wrong-type", text)

    def row(self, table: str, node: Node) -> None:
        shape, node, problems = read_row(table, node, self.attributes)
        self.problems += problems
        plain = node.plain() if isinstance(node.value, dict) else {}
        id_ = plain.get("id")
        row = WrittenRow(table, id_ if isinstance(id_, str) else "", node, plain, shape)
        first = self.rows.tables[table].get(row.id)
        if row.id and first is None:
            self.rows.tables[table][row.id] = row
            if shape is None:
                self.rows.broken |= {(table, row.id), (table, id_of(row.id) or row.id)}
            return
        self.rows.others.append(row)
        if first is not None:
            place = first.node.find(("id",))
            text = f"the id {quoted(id_)} stands twice in {table} (first at {place.file}:{place.line}); rename one"
            self.problems.add(node.find(("id",)), "duplicate-id", text)


def _has_id(node: Node) -> bool:
    return isinstance(node.value, dict) and "id" in node.value


def load(folder: Path, day: str | None = None) -> Loaded:
    """Read `folder`/facts and `folder`/rules. Problems name files relative to `folder`.

    Figures have their newest values, or those of a day (YYYY-MM-DD).
    """
    reading = _Gathered()
    for name, tables in (("facts", FACT_TABLES), ("rules", ("rules",))):
        reading.attributes = frozenset(reading.rows.ids("attributes"))
        if not (folder / name).is_dir():
            text = f"there is no folder {name!r} here; a knowledge base has facts/, rules/ and templates/"
            reading.problems.add(Location(name), "no-knowledge-base", text)
        for path in knowledge_files(folder / name):
            reading.file(path, path.relative_to(folder).as_posix(), tables)
        for path in misnamed_files(folder / name):
            where = Location(path.relative_to(folder).as_posix())
            text = (
                f"the name of this file ends in {path.suffix}, so it would not be read; name it {path.stem!r}"
            )
            reading.problems.add(where, "ignored-file", text)
            reading.file(path, where.file, tables)
    rows, problems = reading.rows, reading.problems
    for name in FOLDERS:
        problems += faults_in(folder / name)
    for path in files_in(folder / "templates"):
        if path.stat().st_size > MAX_BYTES:
            problems.append(too_large(Location(path.relative_to(folder).as_posix())))
    check_references(rows, problems)
    check_skills(rows, problems)
    check_titles(rows, problems)
    check_answer_words(rows, problems)
    problems += look_faults(folder, rows)
    if (folder / "facts").is_dir():
        problems += _needed(rows)
    facts = _build(rows, problems, day)
    return Loaded(
        facts=facts,
        rules=[raw_rule(row, problems) for row in rows if row.table == "rules" and "when" in row.plain],
        questions={
            row.id: row.node.value["asked"].value["only_if"]
            for row in rows.tables["attributes"].values()
            if isinstance(row.plain.get("asked"), dict) and row.plain["asked"].get("only_if") is not None
        },
        rows=rows,
        texts=reading.texts,
        lost=frozenset(reading.lost),
        problems=problems,
    )


def knowledge_files(folder: Path) -> list[Path]:
    """The documents with facts or rules in a folder, sorted."""
    return sorted(
        path
        for path in files_in(folder, YAML)
        if not path.stem.endswith(OTHER_KINDS) and copied(path) is None
    )


def misnamed_files(folder: Path) -> list[Path]:
    """The documents whose names have an ending too many, such as `mistakes.yaml.txt`."""
    found = ((path, renamed(path, YAML)) for path in files_in(folder))
    return [path for path, name in found if name and not Path(name).stem.endswith(OTHER_KINDS)]


def _needed(rows: Rows) -> Iterable[Problem]:
    known = rows.ids("attributes")
    for id_, why in NEEDED.items():
        if id_ not in known:
            text = f"there is no attribute {id_!r}, and {why}; declare it under `attributes`, with `choices: backgrounds`"
            yield Problem(where=Location("facts"), id="missing-attribute", text=text)


def _build(rows: Rows, problems: Problems, day: str | None) -> Facts:
    """The tables as records, in order of id; rows that cannot be used are left out."""
    dated = {
        row.id: on(row.plain, day)
        if day and row.shape is not None and "derived" not in row.plain
        else row.plain
        for row in rows.tables["figures"].values()
    }
    for row in rows.sound("figures"):
        if "derived" in row.plain:
            fault = _difference_fault(row, _parts(row, dated))
            if fault is not None:
                problems.append(fault)
                rows.broken.add(("figures", row.id))
    tables: dict[str, dict[str, Any]] = {}
    for table in FACT_TABLES:
        tables[table] = {}
        for row in rows.sound(table):
            plain = _completed(row, rows, dated, day)
            tables[table][row.id] = msgspec.convert(plain, type=RECORDS[table])
    for id_, table, label in (
        (model.RECOMMENDED, "tracks", "recommended tracks"),
        (model.WARNED, "warnings", "warnings given"),
    ):
        built_in = {"id": id_, "label": label, "type": "set", "origin": "concluded"}
        tables["attributes"][id_] = msgspec.convert(
            {**built_in, "choices": _choices(rows, table)}, type=model.Attribute
        )
    tables["attributes"] = dict(sorted(tables["attributes"].items()))
    return Facts(**tables)


def _completed(
    row: WrittenRow, rows: Rows, dated: Mapping[str, dict[str, Any]], day: str | None
) -> dict[str, Any]:
    """A row's values with what others give it: the figures of a derived one, a day's value, an attribute's choices."""
    assert row.shape is not None
    plain = row.shape.model_dump(exclude_none=True)
    if row.table == "figures" and plain.pop("derived", None):
        plain.update(_difference(row, _parts(row, dated)))
    elif row.table == "figures" and day:
        plain = on(plain, day)
    elif row.table == "attributes":
        _shape_attribute(plain, rows)
    if row.table == "figures":
        plain.update(_printed(plain["unit"], rows))
    return plain


def _parts(row: WrittenRow, figures: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The two figures that a derived one is the difference of."""
    return [figures[id_] for _, id_ in values_at(row.plain, ("derived", "difference", "*"))]


def _difference_fault(row: WrittenRow, parts: list[dict[str, Any]]) -> Problem | None:
    where = row.node.find(("derived", "difference"))
    if any(isinstance(part.get("value"), list | None) for part in parts):
        text = "a difference is taken of two stated figures that are single numbers"
        return Problem(where=where, id="wrong-type", text=text)
    kinds = {(one["unit"], one.get("basis")) for one in (row.plain, *parts)}
    if len(kinds) > 1:
        shown = " and ".join(sorted(" ".join(filter(None, kind)) for kind in kinds))
        text = f"a difference and its two figures have one unit and basis; here are {shown}"
        return Problem(where=where, id="wrong-unit", text=text)
    number = parts[0]["value"] - parts[1]["value"]
    fault = out_of_bounds(number, row.plain["unit"])
    text = f"{fault}: that is what the difference comes to; put the larger figure first"
    return Problem(where=where, id="bad-range", text=text) if fault else None


def _difference(row: WrittenRow, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """A derived figure's value, and the later date and joint sources of its parts."""
    minuend, subtrahend = parts
    return {
        "value": minuend["value"] - subtrahend["value"],
        "difference": row.plain["derived"]["difference"],
        "as_of": max(minuend["as_of"], subtrahend["as_of"]),
        "sources": sorted({*minuend["sources"], *subtrahend["sources"]}),
    }


def _printed(unit: str, rows: Rows) -> dict[str, str]:
    """How numbers in a unit are printed, where that is declared."""
    if declared := rows.tables["units"].get(unit):
        return {"form": declared.plain["says"]}
    currency = rows.tables["currencies"].get(currency_of(unit) or "")
    return {} if currency is None else {"sign": currency.plain["signs"][0]}


def _shape_attribute(attribute: dict[str, Any], rows: Rows) -> None:
    """From the file's keys to the record's: one origin, choices written out, the question without `only_if`."""
    choices = attribute.get("choices", ())
    listed = _choices(rows, choices) if isinstance(choices, str) else list(choices)
    attribute["choices"] = [*attribute.pop("also", ()), *listed]
    if said := attribute.get("said_in"):
        attribute.update(origin="asked", default_with=said)
    if attribute.get("default_by"):
        attribute["defaults"] = {row.id: row.plain["currency"] for row in rows.sound("countries")}
    if question := attribute.pop("asked", None):
        question.pop("only_if", None)
        attribute.update(origin="asked", question=question)
    elif measure := attribute.pop("measured", None):
        attribute.update(origin="measured", measure=measure)
    elif attribute.pop("concluded", None):
        attribute["origin"] = "concluded"


def _choices(rows: Rows, table: str) -> list[Mapping[str, str]]:
    """A table's rows as choices, in their order where they have one; a row that cannot be used keeps its id."""
    if table == MILESTONES:
        return [
            {"id": one["id"], "name": one["outcome"].strip()}
            for *_, one in milestones(rows)
            if isinstance(one.get("outcome"), str)
        ]
    found = []
    for id_ in rows.ids(table):
        row = rows.tables[table].get(id_)
        plain = row.plain if row is not None and row.shape is not None else {}
        name = plain.get("name") or plain.get("title") or id_
        found.append((plain.get("order", 0), id_, {"id": id_, "name": name.strip()}))
    return [choice for *_, choice in sorted(found, key=lambda one: one[:2])]
