"""JSON Schemas of a knowledge base's files, for editors: the loader's own shapes, with this knowledge base's ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

from trackfit.engine.documents.files import write_atomic
from trackfit.engine.knowledge.load import Loaded, load
from trackfit.engine.knowledge.references import units_of
from trackfit.engine.knowledge.schema import FACT_TABLES, RECORDS, TOLD, shape_of
from trackfit.engine.language.columns import Record, RowOf, columns, fields, references
from trackfit.engine.language.facts import MONEY_A_YEAR
from trackfit.engine.language.model import Attribute
from trackfit.engine.proofs.statements import WrittenStatement
from trackfit.engine.workshop.authoring.condition_schemas import (
    USUAL_VARIABLES,
    Names,
    Schema,
    conclusions,
    definitions,
    enum_of,
    listing,
    offered,
    part,
    then,
)
from trackfit.engine.workshop.scenarios.scenarios import EXPECT, NOTHING
from trackfit.engine.workshop.scenarios.written import WrittenExpectation, WrittenScenario

FOLDER = Path(".trackfit", "schema")
"""Where the schemas stand, beside rules/ and facts/; the first line of a file points there."""
FILE_KINDS = ("facts", "rules", "scenarios", "statements", "case")
DAY = r"^\d{4}-\d{2}-\d{2}$"
_REFERENCE = re.compile(r'"#/definitions/([^"]+)"')
DROPPED = ("$defs", "default", "description", "title")
DRAFT = "http://json-schema.org/draft-07/schema#"


def schemas(folder: Path) -> dict[str, Schema]:
    """The schema of each kind of file of a knowledge base. Faults do no harm: what can be read is offered."""
    names = _names(load(folder))
    unbound = definitions(names, bound=False)
    return {
        "facts": _file({table: _table(table, names) for table in FACT_TABLES}, unbound),
        "rules": _file({"rules": _table("rules", names)}, definitions(names, bound=True)),
        "scenarios": _file({"scenarios": _scenarios(names)}, unbound),
        "statements": _file({"statements": _statements()}, definitions(names, bound=True)),
        "case": {**_file({}, {}), **_answers(names)},
    }


def to_json(schema: Schema) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def write_schemas(knowledge: Path, out: Path | None = None) -> list[Path]:
    """Write every schema into `out`, by default beside the knowledge base; only files that differ are touched.

    Returns all paths. Raises OSError.
    """
    out = knowledge / FOLDER if out is None else out
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind, schema in schemas(knowledge).items():
        path = out / f"{kind}.json"
        content = to_json(schema).encode()
        if not path.is_file() or path.read_bytes() != content:
            write_atomic(path, content)
        paths.append(path)
    return paths


def _names(loaded: Loaded) -> Names:
    variables = {table: [usual] for table, usual in USUAL_VARIABLES.items()}
    for rule in loaded.rules:
        if rule.table in variables and rule.variable not in (None, *variables[rule.table]):
            variables[rule.table].append(str(rule.variable))
    return Names(
        facts=loaded.facts,
        ids={table: loaded.rows.ids(table) for table in RECORDS},
        variables={table: sorted(found) for table, found in variables.items()},
    )


def _file(tables: Mapping[str, Schema], shared: Mapping[str, Schema]) -> Schema:
    return {
        "$schema": DRAFT,
        "type": "object",
        "additionalProperties": False,
        "properties": dict(tables),
        "definitions": _needed(tables, shared),
    }


def _needed(tables: Mapping[str, Schema], shared: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """The shared parts that the tables refer to, and those that these refer to."""
    found: dict[str, Schema] = {}
    queue = _REFERENCE.findall(json.dumps(tables))
    while queue:
        name = queue.pop()
        if name not in found:
            found[name] = shared[name]
            queue += _REFERENCE.findall(json.dumps(shared[name]))
    return {name: found[name] for name in shared if name in found}


def _table(table: str, names: Names) -> Schema:
    """A list of rows: the pydantic shape, its references narrowed to the ids that there are."""
    shape = shape_of(RECORDS[table]).model_json_schema()
    row = _Tidy(table, names, shape.get("$defs", {})).of(shape, ())
    if table == "rules":
        properties = row["properties"]
        properties["when"] = {**part("condition"), "markdownDescription": _told(table, "when")}
        properties["then"] = then(names, properties["then"])
    elif table == "figures":
        row["properties"]["unit"] = {"enum": units_of(names.ids), "markdownDescription": _told(table, "unit")}
    elif table == "attributes":
        properties = row["properties"]["asked"]["properties"]
        properties["only_if"] = {**part("condition"), "markdownDescription": _told(table, "asked", "only_if")}
    if table in TOGETHER:
        row["allOf"] = TOGETHER[table]
    return {"type": "array", "items": row, "markdownDescription": TOLD[table]}


def _told(table: str, *path: str) -> str:
    """What an editor shows over a key of a row."""
    return columns(RECORDS[table])[tuple(step for step in path if step != "*")].column.told


def _when(key: str, values: Iterable[str], needed: str) -> Schema:
    """A key goes with some values of another, always, and with no others."""
    told = f"`{needed}` goes with `{key}: {' or '.join(values)}`, and with no other."
    return {
        "if": {"required": [key], "properties": {key: {"enum": list(values)}}},
        "then": {"required": [needed], "errorMessage": told},
        "else": {"properties": {needed: False}, "errorMessage": told},
    }


TOGETHER: dict[str, list[Schema]] = {
    "figures": [
        {
            "if": {"required": ["derived"]},
            "then": {"properties": {"value": False}, "errorMessage": "A derived figure has no value."},
            "else": {"required": ["value", "as_of", "sources"]},
        },
        {
            "if": {"required": ["unit"], "properties": {"unit": {"pattern": f"{MONEY_A_YEAR}$"}}},
            "then": {"required": ["basis"], "errorMessage": "Money says what it is: add `basis`."},
            "else": {
                "properties": {"basis": False},
                "errorMessage": "`basis` goes with money, and with nothing else.",
            },
        },
    ],
    "titles": [
        {
            "if": {"required": ["background"]},
            "then": {
                "properties": {"not_counted": False},
                "errorMessage": "A job that is not counted tells no background.",
            },
            "else": {"required": ["not_counted"]},
        },
    ],
    "attributes": [
        _when("type", ["choice", "set"], "choices"),
        _when("type", ["whole_number", "money"], "range"),
        {"if": {"required": ["default"]}, "then": {"required": ["default_with"]}},
    ],
}
"""Which keys of a row go together."""


class _Tidy:
    """Turns pydantic's schema of one table into one that an editor shows well: written out, described, in draft 7."""

    def __init__(self, table: str, names: Names, shapes: Mapping[str, Schema]) -> None:
        self.table = table
        self.names = names
        self.shapes = shapes

    def of(self, schema: Schema, path: tuple[str, ...]) -> Schema:
        """The part at `path`, `*` standing for each element of a list."""
        if (target := references(RECORDS[self.table]).get(path)) is not None:
            return self._reference(target)
        if "$ref" in schema:
            return self.of(self.shapes[schema["$ref"].rpartition("/")[2]], path)
        if "anyOf" in schema:
            return self._either([one for one in schema["anyOf"] if one.get("type") != "null"], schema, path)
        kept = {key: one for key, one in schema.items() if key not in DROPPED}
        if "properties" in kept:
            kept["properties"] = {
                key: {**self.of(one, (*path, key)), "markdownDescription": _told(self.table, *path, key)}
                for key, one in kept["properties"].items()
            }
        elif "prefixItems" in kept:
            kept["items"] = [self._element(one, path) for one in kept.pop("prefixItems")]
        elif "items" in kept:
            kept["items"] = self.of(kept["items"], (*path, "*"))
        if "pattern" in kept:
            kept["patternErrorMessage"] = _pattern_fault(kept["pattern"])
        return kept

    def _element(self, schema: Schema, path: tuple[str, ...]) -> Schema:
        """One of two; only here may nothing stand, for a range without an upper end."""
        if {"type": "null"} in schema.get("anyOf", ()):
            return {"type": [one["type"] for one in schema["anyOf"]]}
        return self.of(schema, (*path, "*"))

    def _either(self, kinds: list[Schema], schema: Schema, path: tuple[str, ...]) -> Schema:
        """Shapes told apart by whether a list is there."""
        lists = [one for one in kinds if one.get("type") == "array"]
        others = [one for one in kinds if one not in lists]
        types = {one.get("type") for one in others}
        other = {"type": "number"} if types == {"integer", "number"} else None
        if not lists and other is None and len(kinds) != 1:
            flat = chain.from_iterable(kind.get("anyOf", [kind]) for kind in kinds)
            return self.of({**schema, "anyOf": list(flat)}, path)
        single = other or (self.of(others[0], path) if others else {})
        if not lists:
            return single
        several = self.of(lists[0], path)
        return {"if": {"type": "array"}, "then": several, "else": single} if others else several

    def _reference(self, target: RowOf) -> Schema:
        if target.unit is None:
            return part(f"row.{target.table}")
        figures, ids = self.names.facts.figures, self.names.ids[target.table]
        fitting = [id_ for id_ in ids if id_ not in figures or figures[id_].unit == target.unit]
        return enum_of(fitting, self.names.facts, target.table)


def _pattern_fault(pattern: str) -> str:
    if pattern.startswith("^[a-z]"):
        return "An id has small letters, digits and _, and starts with a letter."
    if "Q[1-4]" in pattern:
        return 'A date in quotes, such as "2026", "2025-Q3", "2026-04" or "2026-04-28".'
    return 'A day in quotes, such as "2027-04-30".'


def _scenarios(names: Names) -> Schema:
    """A case, and what must and must not follow for it."""
    expect: dict[str, Schema] = {}
    for key, one in fields(WrittenExpectation).items():
        expect[key] = {**_expected(EXPECT[key][0], names), "markdownDescription": one.column.told}
    kinds: dict[str, Schema] = {
        "case": {"type": "object", **_answers(names)},
        "expect": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": expect,
        },
        "as_of": {"type": "string", "pattern": DAY, "patternErrorMessage": _pattern_fault(DAY)},
    }
    return _rows(WrittenScenario, kinds)


def _expected(kind: str, names: Names) -> Schema:
    """What may stand under one key of `expect`: a value, or a list of values."""
    match kind:
        case "first":
            none = "No track is recommended."
            return listing({**{row.id: row.name for row in names.facts.tracks.values()}, NOTHING: none})
        case "concluded":
            return conclusions(names, several=True)
        case "says":
            one: Schema = {"type": "string"}
        case _:
            one = part({"recommended": "row.tracks", "warned": "row.warnings"}.get(kind, "row.rules"))
    return {"if": {"type": "array"}, "then": {"items": one}, "else": one, **offered(one)}


def _statements() -> Schema:
    condition = part("condition")
    return _rows(WrittenStatement, {"for_each": {"type": "object"}, "where": condition, "then": condition})


def _rows(record: type[Record], kinds: Mapping[str, Schema]) -> Schema:
    """A list of rows with a record's keys; those without a kind are texts."""
    known = fields(record)
    properties = {
        key: {**kinds.get(key, {"type": "string"}), "markdownDescription": one.column.told}
        for key, one in known.items()
    }
    required = [key for key, one in known.items() if one.required]
    row = {"type": "object", "additionalProperties": False, "required": required, "properties": properties}
    return {"type": "array", "items": row}


def _answers(names: Names) -> Schema:
    """The answers of one person."""
    asked = [row for row in names.facts.attributes.values() if row.origin == "asked"]
    asked.sort(key=lambda row: row.question.order if row.question else 0)
    return {
        "additionalProperties": False,
        "required": [row.id for row in asked if row.question and row.question.required],
        "properties": {row.id: {**_answer(row), **_question(row)} for row in asked},
    }


def _question(attribute: Attribute) -> Schema:
    if attribute.question is None:
        return {"markdownDescription": f"{attribute.label}; it may be said in `{attribute.said_in}` as well"}
    told = f"{attribute.question.question}\n\n{attribute.question.help}"
    return {"markdownDescription": told, "examples": list(attribute.question.examples)}


def _answer(attribute: Attribute) -> Schema:
    """One answer; a key without a value is a question left open."""
    listed = listing({choice.id: choice.name for choice in attribute.choices})
    match attribute.type:
        case "choice":
            return {"if": {"type": "null"}, "then": {}, "else": listed, **offered(listed)}
        case "yes_no":
            return {"enum": [True, False, "yes", "no", None]}
        case "whole_number":
            low, high = attribute.range or (None, None)
            return {"type": ["integer", "null"], "minimum": low, "maximum": high}
        case "money":
            return {"type": ["integer", "string", "null"]}
        case "set":
            skills = {"type": "string", **offered(listed)}
            return {"if": {"type": "array"}, "then": {"items": skills}, "else": {"type": ["string", "null"]}}
        case _:
            return {}


def schema_line(path: Path, knowledge: Path, kind: str) -> str:
    """The first line of a file, which tells an editor where its schema is."""
    up = "../" * (len(path.relative_to(knowledge).parts) - 1)
    return f"# yaml-language-server: $schema={up}{(FOLDER / kind).as_posix()}.json"


def kind_of(path: Path, knowledge: Path) -> str:
    """Which kind of file a YAML file of a knowledge base is."""
    if path.relative_to(knowledge).parts[0] != "rules":
        return "facts"
    return {".test": "scenarios", ".prove": "statements"}.get(Path(path.stem).suffix, "rules")
