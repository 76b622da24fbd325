"""JSON Schema of conditions and consequences, with the attributes, rows and figures of one knowledge base.

What may follow depends on what is there already (`if` and `then` on the kind of a value or on a key), so that an
editor tells the one thing that is wrong, and not every shape that would have been right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from trackfit.engine.knowledge.consistency import CONSEQUENCES
from trackfit.engine.knowledge.references import target_of
from trackfit.engine.knowledge.schema import LOOPED, RECORDS
from trackfit.engine.language import model
from trackfit.engine.language.formats import singular
from trackfit.engine.language.model import Attribute, Facts
from trackfit.engine.language.operators import OPERATORS, Operator

Schema = dict[str, Any]
USUAL_VARIABLES = {table: singular(table) for table in LOOPED}
"""What rules mostly call the row of a table."""
LISTABLE = 16
ORIGINS = {"asked": "Asked", "measured": "Measured", "concluded": "Concluded by rules"}


class Names(msgspec.Struct, frozen=True):
    """What this knowledge base calls things: every id by table, and the loop variables that its rules use."""

    facts: Facts
    ids: Mapping[str, list[str]]
    variables: Mapping[str, list[str]]

    def rows_of(self, table: str, *, bound: bool) -> list[str]:
        """What stands for one row of a table: its ids and, in a rule for many rows, the row at hand."""
        return [*self.ids[table], *(self._through(table, lists=False) if bound else ())]

    def lists_of(self, table: str) -> list[str]:
        """The columns of the row at hand that hold several rows of a table."""
        return self._through(table, lists=True)

    def numbers(self, *, bound: bool) -> list[str]:
        """What stands for a number: figures that are no range and, in a rule for many rows, the row's figures."""
        single = (
            f"figure.{row.id}" for row in self.facts.figures.values() if not isinstance(row.value, tuple)
        )
        return [*(self._through("figures", lists=False) if bound else ()), *single]

    def _through(self, table: str, *, lists: bool) -> list[str]:
        columns = [
            f"{variable}.{column}"
            for owner, variables in self.variables.items()
            for column in RECORDS[owner].__struct_fields__
            if target_of(owner, column) == table and _is_list(owner, column) is lists
            for variable in variables
        ]
        return columns if lists else [*self.variables.get(table, ()), *columns]


def _is_list(table: str, column: str) -> bool:
    return get_origin(get_type_hints(RECORDS[table])[column]) is tuple


def enum_of(values: Iterable[str], facts: Facts, table: str | None = None) -> Schema:
    """One of some texts, each with the name that readers see where it is a row of a table."""
    rows: Mapping[str, Any] = getattr(facts, table, {}) if table else {}
    fault = f"There is no row with this id in {table}." if table else None
    return listing({value: _told(rows.get(value)) for value in values}, fault)


def listing(told: Mapping[Any, str], fault: str | None = None) -> Schema:
    """One of some values, each told in a few words; of very many, the fault does not list them all."""
    if not told:
        return {"type": "string"}
    found: Schema = {"enum": list(told)}
    if any(told.values()):
        found["markdownEnumDescriptions"] = list(told.values())
    if fault and len(told) > LISTABLE:
        found["errorMessage"] = f"{fault} Completion (Ctrl+Space) shows what there is."
    return found


def offered(value: Schema) -> Schema:
    """Holds always, and lets editors offer a value: they look for values under `anyOf`, not under `if`."""
    return {"anyOf": [value, {}]}


def _told(row: Any) -> str:
    """A row in a few words."""
    return next((str(getattr(row, key)) for key in ("name", "title", "about") if hasattr(row, key)), "")


def definitions(names: Names, *, bound: bool) -> dict[str, Schema]:
    """The shared parts: `condition`, and `test.<attribute>` for what each attribute is compared with.

    `bound` adds what only a rule with `for_each` may name.
    """
    found = {"condition": _condition(names, bound=bound), "number": _number(names, bound=bound)}
    for attribute in _testable(names.facts):
        found[f"value.{attribute.id}"] = _value(attribute, names, bound=bound)
        found[f"test.{attribute.id}"] = _test(attribute, names, bound=bound)
    if bound:
        for table in names.variables:
            found |= _columns(table)
    return found | rows(names)


def rows(names: Names) -> dict[str, Schema]:
    """The shared part `row.<table>`: the id of a row of each table."""
    return {f"row.{table}": enum_of(ids, names.facts, table) for table, ids in names.ids.items()}


def part(name: str) -> Schema:
    """A shared part, by its name."""
    return {"$ref": f"#/definitions/{name}"}


def _testable(facts: Facts) -> list[Attribute]:
    return [row for row in facts.attributes.values() if row.type != "text"]


def _condition(names: Names, *, bound: bool) -> Schema:
    """A mapping whose lines must all hold."""
    this = part("condition")
    properties: dict[str, Schema] = {}
    for attribute in sorted(_testable(names.facts), key=_asked_first):
        for name in _ground_names(attribute, names, bound=bound):
            properties[name] = {**part(f"test.{attribute.id}"), "markdownDescription": _about(attribute)}
    if bound:
        for table, variables in names.variables.items():
            for variable in variables:
                properties |= {
                    f"{variable}.{column}": {
                        **part(f"column.{table}.{column}"),
                        "markdownDescription": f"The row's `{column}`. Sorts out for which rows there is a rule.",
                    }
                    for column in RECORDS[table].__struct_fields__
                }
    groups = {
        "any": "At least one of these conditions must hold.",
        "all": "Every one of these conditions must hold.",
    }
    for key, told in groups.items():
        properties[key] = {"type": "array", "minItems": 1, "items": this, "markdownDescription": told}
    told = "The opposite of all of these lines together. What is unknown stays unknown."
    properties["not"] = {**this, "markdownDescription": told}
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": properties,
    }


def _asked_first(attribute: Attribute) -> tuple[int, int, str]:
    order = attribute.question.order if attribute.question else 0
    return list(ORIGINS).index(attribute.origin), order, attribute.id


def _ground_names(attribute: Attribute, names: Names, *, bound: bool) -> list[str]:
    if attribute.of is None:
        return [attribute.id]
    return [f"{attribute.id} of {row}" for row in names.rows_of(attribute.of, bound=bound)]


def _about(attribute: Attribute) -> str:
    told = f"{attribute.label[:1].upper()}{attribute.label[1:]}. {ORIGINS[attribute.origin]}"
    if attribute.question:
        told += f": “{attribute.question.question}”"
    elif attribute.of:
        told += ", once for each track."
    else:
        told += "."
    return told


def _test(attribute: Attribute, names: Names, *, bound: bool) -> Schema:
    """A value, a list of values, or operators with what they compare with."""
    one = part(f"value.{attribute.id}")
    fitting = [row for row in OPERATORS.values() if attribute.type in row.types]
    operators = {row.name: _operand(row, attribute, one, names, bound=bound) for row in fitting}
    mapping = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": operators,
        "errorMessage": f"Here stands one of: {', '.join(operators)}.",
    }
    if "is" not in operators:
        return {**mapping, "errorMessage": f"Write operators here: {', '.join(operators)}."}
    listed = {"type": "array", "minItems": 1, "items": one}
    scalar = {"if": {"type": "array"}, "then": listed, "else": one} if "one_of" in operators else one
    return {"if": {"type": "object"}, "then": mapping, "else": scalar, **offered(one)}


def _value(attribute: Attribute, names: Names, *, bound: bool) -> Schema:
    """A single value of an attribute."""
    if attribute.type == "yes_no":
        return {"type": "boolean", "errorMessage": "Write true or false, without quotes."}
    if attribute.type in ("whole_number", "money"):
        low, high = attribute.range or (None, None)
        whole = {"type": "integer", "minimum": low, "maximum": high}
        return {"if": {"type": "string"}, "then": part("number"), "else": whole, **offered(part("number"))}
    choices = {choice.id: choice.name for choice in attribute.choices}
    table = _table_of(choices, names)
    more = [row for row in names.rows_of(table, bound=bound) if row not in choices] if table else []
    told = {**choices, **{row: "" if row in names.ids[table or ""] else "The row at hand." for row in more}}
    return listing(told, f"{attribute.id!r} is never this.")


def _table_of(choices: Mapping[str, str], names: Names) -> str | None:
    """The table whose rows an attribute's choices are."""
    for table in ("skills", "tracks", "backgrounds"):
        rows = getattr(names.facts, table)
        if rows and choices.keys() >= rows.keys():
            return table
    return None


def _number(names: Names, *, bound: bool) -> Schema:
    """A number that stands elsewhere, by its name."""
    figures = names.facts.figures
    listed = names.numbers(bound=bound)
    told = {
        one: figures[one[7:]].about if one.startswith("figure.") else "Of the row at hand." for one in listed
    }
    return listing(told, "Here stands a number, or the name of a figure that is one.")


def _operand(row: Operator, attribute: Attribute, one: Schema, names: Names, *, bound: bool) -> Schema:
    told = {"markdownDescription": _worded(row, attribute.label)}
    match row.takes:
        case "flag":
            return {"type": "boolean", **told}
        case "one":
            return {**one, **told}
        case "range":
            return {"type": "array", "minItems": 2, "maxItems": 2, "items": one, **told}
        case _:
            listed = {"type": "array", "minItems": 1, "items": one}
            table = _table_of({choice.id: choice.name for choice in attribute.choices}, names)
            columns = names.lists_of(table) if table and bound else []
            if not columns:
                return {**listed, **told}
            return {"if": {"type": "string"}, "then": {"enum": columns}, "else": listed, **told}


def _worded(row: Operator, label: str) -> str:
    """What an operator says of an attribute, such as "years of experience is at least …"."""
    if row.takes == "flag":
        return f"Whether there is a value for {label} at all."
    operands = ("operand", "operand_or", "operand_nor", "operand_and", "low", "high")
    return row.wording.format(label=label, **dict.fromkeys(operands, "…"))


def _columns(table: str) -> dict[str, Schema]:
    """What each column of the row at hand is compared with."""
    found: dict[str, Schema] = {}
    for column, hint in get_type_hints(RECORDS[table]).items():
        one = _column_value(table, column, hint)
        listed = {"type": "array", "items": one}
        kinds = {"flag": {"type": "boolean"}, "one": one, "range": listed, "many": listed}
        operators = {row.name: kinds[row.takes] for row in OPERATORS.values()}
        found[f"column.{table}.{column}"] = {
            "if": {"type": "object"},
            "then": {"type": "object", "additionalProperties": False, "properties": operators},
            "else": {"if": {"type": "array"}, "then": listed, "else": one},
            **offered(one),
        }
    return found


def _column_value(table: str, column: str, hint: Any) -> Schema:
    target = target_of(table, column)
    if target is not None and target != "figures":
        return part(f"row.{target}")
    return {"enum": list(get_args(hint))} if get_origin(hint) is Literal else {}


def conclusions(names: Names, *, several: bool = False) -> Schema:
    """A mapping from concluded attributes to values; `several`: or to lists of them, in no rule for many rows."""
    properties: dict[str, Schema] = {}
    for row in names.facts.attributes.values():
        if row.origin == "concluded" and row.id not in (model.RECOMMENDED, model.WARNED):
            one = part(f"value.{row.id}")
            many = {"if": {"type": "array"}, "then": {"items": one}, "else": one, **offered(one)}
            for name in _ground_names(row, names, bound=not several):
                properties[name] = {**(many if several else one), "markdownDescription": _about(row)}
    return {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": properties}


def then(names: Names, described: Schema) -> Schema:
    """The consequence: which keys may follow hangs on which of the five is there."""
    facts = names.facts
    concluded = conclusions(names)
    concluded["allOf"] = [{"maxProperties": 1, "errorMessage": "One rule concludes one attribute."}]
    narrower: dict[str, Schema] = {
        "conclude": concluded,
        "recommend": enum_of(names.rows_of("tracks", bound=True), facts, "tracks"),
        "warn": part("row.warnings"),
        "plan": enum_of(names.rows_of("routes", bound=True), facts),
    }
    properties: dict[str, Schema] = {
        key: {
            **(narrower.get(key) or row),
            "markdownDescription": row["markdownDescription"],
        }
        for key, row in described["properties"].items()
    }
    return {**described, "properties": properties, **_consequences(list(properties))}


def _consequences(keys: list[str]) -> Schema:
    """A chain of `if this key is there`; where none of the five is, that is the fault."""
    chain: Schema = {"required": ["warn"], "errorMessage": f"Write one of: {', '.join(CONSEQUENCES)}."}
    for kind, needed in reversed(CONSEQUENCES.items()):
        others = [key for key in keys if key not in (kind, *needed)]
        branch: Schema = {
            "required": list(needed),
            "properties": dict.fromkeys(others, False),
            "errorMessage": f"`{kind}` goes with {_in_words(needed)}.",
        }
        chain = {"if": {"required": [kind]}, "then": branch, "else": chain}
    return chain


def _in_words(needed: tuple[str, ...]) -> str:
    """The keys that go with a consequence."""
    keys = " and ".join(f"`{key}`" for key in needed)
    return f"{keys}, and no other key" if keys else "no other key"
