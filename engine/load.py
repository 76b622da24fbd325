"""Documents → model: read a knowledge base's folders, collecting every problem and never stopping at the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic import ValidationError

from trackfit.engine import model
from trackfit.engine.ground import undeclared
from trackfit.engine.model import Facts
from trackfit.engine.problem import Location, Problem, did_you_mean
from trackfit.engine.raw_rules import RawRule, parse_condition
from trackfit.engine.schema import FACT_TABLES, SHAPES, Shape
from trackfit.engine.source import Node, read_file
from trackfit.engine.vocabulary import fold

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

ROW_MODELS: dict[str, type[model.Record]] = {
    "sources": model.Source,
    "figures": model.Figure,
    "tracks": model.Track,
    "backgrounds": model.Background,
    "routes": model.Route,
    "skills": model.Skill,
    "ambiguous": model.Ambiguous,
    "warnings": model.WarningKind,
    "attributes": model.Attribute,
}
REFERENCES: dict[str, dict[str, str]] = {
    "sources": {"quoted_in": "sources", "sample.*": "figures"},
    "figures": {
        "sources.*": "sources",
        "track": "tracks",
        "skill": "skills",
        "derived.difference.*": "figures",
    },
    "tracks": {
        "feeder": "backgrounds",
        "skills.*.skill": "skills",
        "skills.*.demand.*": "figures",
        "growth.*": "figures",
        "averages.*": "figures",
    },
    "routes": {
        "background": "backgrounds",
        "track": "tracks",
        "timeline": "figures",
        "years_from": "figures",
        "transfer": "figures",
        "carries_over.*": "skills",
        "gap.*": "skills",
        "stages.*.months": "figures",
        "stages.*.skills.*": "skills",
    },
    "skills": {"counts_as.*": "skills", "needs.*": "skills"},
    "ambiguous": {"may_mean.*": "skills"},
}
UNITS: dict[tuple[str, str], str] = {
    ("routes", "timeline"): "months",
    ("routes", "years_from"): "years",
    ("routes", "transfer"): "percent_of_stack",
    ("routes", "stages.*.months"): "month_of_plan",
}


class Row(msgspec.Struct, frozen=True):
    """A row that fits its shape, with its node for places."""

    table: str
    shape: Shape
    node: Node

    @property
    def id(self) -> str:
        """The row's id."""
        return str(self.shape.id)  # type: ignore[attr-defined]


class Loaded(msgspec.Struct):
    """What the documents hold: facts, rules as written, the place of every row, and the ids of faulty rows."""

    facts: Facts
    rules: list[RawRule]
    questions: dict[str, Node]
    places: dict[tuple[str, str], Node]
    broken: set[tuple[str, str]]
    problems: list[Problem]


def load(folder: Path) -> Loaded:
    """Read `folder`/facts and `folder`/rules. Problems name files relative to `folder`."""
    problems: list[Problem] = []
    broken: set[tuple[str, str]] = set()
    rows: dict[str, dict[str, Row]] = {table: {} for table in SHAPES}
    for name in ("facts", "rules"):
        if not (folder / name).is_dir():
            text = f"there is no folder {name!r} here; a knowledge base has facts/, rules/ and templates/"
            problems.append(Problem(where=Location(str(folder)), id="no-knowledge-base", text=text))
    for path, allowed in _files(folder):
        node, faults = read_file(path, path.relative_to(folder).as_posix())
        problems.extend(faults)
        if node is not None:
            _read_tables(node, allowed, rows, broken, problems)
    _check_references(rows, broken, problems)
    facts = _build(rows, broken, problems)
    _check_vocabulary(rows["skills"], facts, problems)
    return Loaded(
        facts=facts,
        rules=[_raw_rule(row, problems) for row in rows["rules"].values()],
        questions={
            id_: row.node.value["asked"].value["only_if"]
            for id_, row in rows["attributes"].items()
            if "asked" in row.node.value and "only_if" in row.node.value["asked"].value
        },
        places={(table, id_): row.node for table in rows for id_, row in rows[table].items()},
        broken=broken,
        problems=problems,
    )


def _files(folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The documents, sorted, each with the tables it may hold."""
    for name, tables in (("facts", FACT_TABLES), ("rules", ("rules",))):
        for path in sorted((folder / name).rglob("*.y*ml")):
            if path.suffix in (".yaml", ".yml") and not path.stem.endswith((".test", ".prove")):
                yield path, tables


def _read_tables(
    root: Node,
    allowed: tuple[str, ...],
    rows: dict[str, dict[str, Row]],
    broken: set[tuple[str, str]],
    problems: list[Problem],
) -> None:
    if not isinstance(root.value, dict):
        text = f"the file is a mapping from a table's name to its rows, such as `{allowed[0]}:`"
        problems.append(Problem(where=root.where, id="wrong-type", text=text))
        return
    for table, listing in root.value.items():
        if table not in allowed:
            hint, nearest = did_you_mean(table, allowed)
            text = f"there is no table {table!r} in this folder{hint}"
            problems.append(Problem(where=root.keys[table], id="unknown-key", text=text, suggestion=nearest))
        elif not isinstance(listing.value, list):
            text = f"{table!r} is a list of rows, each starting with a dash"
            problems.append(Problem(where=listing.where, id="wrong-type", text=text))
        else:
            for node in listing.value:
                _read_row(table, node, rows[table], broken, problems)


def _read_row(
    table: str, node: Node, rows: dict[str, Row], broken: set[tuple[str, str]], problems: list[Problem]
) -> None:
    plain = node.plain()
    id_ = plain.get("id") if isinstance(plain, dict) else None
    if id_ in rows:
        first = rows[str(id_)].node.where
        text = f"the id {id_!r} stands twice in {table} (first at {first.file}:{first.line}); rename one"
        problems.append(Problem(where=node.find(("id",)), id="duplicate-id", text=text))
        return
    try:
        shape = SHAPES[table].model_validate(plain)
    except ValidationError as error:
        problems.extend(_explain(SHAPES[table], detail, node) for detail in error.errors())
        if isinstance(id_, str):
            broken.add((table, id_))
        return
    rows[str(id_)] = Row(table, shape, node)


def _explain(shape: type[Shape], detail: ErrorDetails, node: Node) -> Problem:
    """One of pydantic's complaints in our words, at its place."""
    path = tuple(detail["loc"])
    kind, context, given = detail["type"], detail.get("ctx", {}), detail["input"]
    where = node.find(path)
    name = next((step for step in reversed(path) if isinstance(step, str) and "[" not in step), "this")
    suggestion = None
    if kind == "extra_forbidden":
        names = _keys_at(shape, path[:-1])
        hint, suggestion = did_you_mean(str(path[-1]), names)
        where, id_ = node.find(path, key=True), "unknown-key"
        text = f"there is no key {path[-1]!r} here{hint}"
    elif kind == "missing":
        id_, text = "missing-key", f"the key {path[-1]!r} is missing; add it"
    elif kind in ("literal_error", "enum"):
        valid = context.get("expected", "").replace("'", "").replace(" or ", ", ").split(", ")
        hint, suggestion = did_you_mean(str(given), valid)
        id_, text = "unknown-value", f"{name!r} is never {given!r}{hint}"
    elif kind == "string_pattern_mismatch":
        id_, text = _explain_pattern(name, given)
    elif kind == "value_error":
        id_, text = _explain_value(str(context["error"]))
    elif kind in ("model_type", "dict_type", "tuple_type", "list_type"):
        expected = (
            "a mapping of `key: value` lines"
            if kind in ("model_type", "dict_type")
            else "a list, as in [a, b]"
        )
        id_, text = "wrong-type", f"{name!r} should be {expected}, not {_short(given)}"
    elif kind in ("bool_type", "bool_parsing") and str(given).lower() in ("yes", "no", "on", "off"):
        suggestion = "true" if str(given).lower() in ("yes", "on") else "false"
        id_, text = "yes-no-as-text", f"{name!r} is true or false, not {given!r}; write `{suggestion}`"
    else:
        id_, text = "wrong-type", f"{name!r} does not fit: {detail['msg'].lower()}, not {_short(given)}"
    return Problem(where=where, id=id_, text=text, suggestion=suggestion)


def _explain_pattern(name: str, given: object) -> tuple[str, str]:
    if name in ("date", "as_of", "review_by"):
        example = '"2027-04-30"' if name == "review_by" else '"2026-04"'
        return "wrong-date", f"{name!r} is a date in quotes, such as {example}, not {given!r}"
    return "bad-id", f"{given!r} is not an id; use small letters, digits and _, starting with a letter"


def _explain_value(text: str) -> tuple[str, str]:
    for sign, id_ in (
        ("no source", "figure-without-source"),
        ("no date", "missing-key"),
        ("range runs", "bad-range"),
    ):
        if sign in text:
            return id_, text
    return "wrong-shape", text


def _short(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _keys_at(shape: type[Shape], path: tuple[Any, ...]) -> list[str]:
    """The keys that the shape nested at `path` knows."""
    current: Any = shape
    for step in path:
        if isinstance(step, int):
            continue
        field = current.model_fields.get(step)
        if field is None:
            return []
        current = next((found for found in _shapes_in(field.annotation)), current)
    return list(current.model_fields)


def _shapes_in(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _shapes_in(inner)


def _at(
    value: Any, steps: tuple[str, ...], path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text at a dotted path of a plain value, `*` standing for each element, with its exact path."""
    if value is None:
        return
    if not steps:
        yield path, value
    elif steps[0] == "*":
        for number, one in enumerate(value):
            yield from _at(one, steps[1:], (*path, number))
    else:
        yield from _at(value.get(steps[0]), steps[1:], (*path, steps[0]))


def _check_references(
    rows: Mapping[str, Mapping[str, Row]], broken: set[tuple[str, str]], problems: list[Problem]
) -> None:
    """Every id that a row names must be a row of its table, and a figure of the right unit."""
    for table, references in REFERENCES.items():
        for row in rows[table].values():
            plain = row.node.plain()
            for dotted, target in references.items():
                for path, id_ in _at(plain, tuple(dotted.split("."))):
                    where = row.node.find(path)
                    if (target, id_) in broken:
                        continue
                    if id_ not in rows[target]:
                        problems.append(undeclared(target, id_, rows[target], where))
                        broken.add((table, row.id))
                        continue
                    unit = UNITS.get((table, dotted))
                    found = rows[target][id_].shape
                    if unit is not None and found.unit != unit:  # type: ignore[attr-defined]
                        text = f"{path[-1]!r} needs a figure in {unit}; {id_!r} is in {found.unit}"  # type: ignore[attr-defined]
                        problems.append(Problem(where=where, id="wrong-unit", text=text))
    for row in rows["figures"].values():
        family, track = row.shape.family, rows["tracks"].get(str(row.shape.track))  # type: ignore[attr-defined]
        if family is not None and track is not None:
            known = [one.id for one in track.shape.families]  # type: ignore[attr-defined]
            if family not in known:
                hint, nearest = did_you_mean(family, known)
                text = f"the track {track.id!r} has no family {family!r}{hint}"
                problems.append(
                    Problem(
                        where=row.node.find(("family",)), id="undeclared-name", text=text, suggestion=nearest
                    )
                )


def _build(
    rows: Mapping[str, Mapping[str, Row]], broken: set[tuple[str, str]], problems: list[Problem]
) -> Facts:
    """The tables as records, sorted by id; rows that cannot be built are left out and noted as broken."""
    plain: dict[str, dict[str, dict[str, Any]]] = {
        table: {id_: rows[table][id_].shape.model_dump(exclude_none=True) for id_ in sorted(rows[table])}
        for table in FACT_TABLES
    }
    for id_, figure in list(plain["figures"].items()):
        if "derived" in figure:
            parts = [plain["figures"].get(part) for part in figure.pop("derived")["difference"]]
            place = rows["figures"][id_].node
            if any(part is None or not isinstance(part.get("value"), int | float) for part in parts):
                text = "a difference is taken of two stated figures that are single numbers"
                if all(part is not None for part in parts):
                    problems.append(Problem(where=place.find(("derived",)), id="wrong-type", text=text))
                broken.add(("figures", id_))
                del plain["figures"][id_]
                continue
            figure.update(_difference(place.plain()["derived"]["difference"], *parts))
    for id_, attribute in plain["attributes"].items():
        _shape_attribute(attribute, plain)
        default = attribute.get("default")
        if default is not None and default not in [choice["id"] for choice in attribute["choices"]]:
            hint, nearest = did_you_mean(default, [choice["id"] for choice in attribute["choices"]])
            where = rows["attributes"][id_].node.find(("default",))
            text = f"{id_!r} is never {default!r}{hint}"
            problems.append(Problem(where=where, id="unknown-value", text=text, suggestion=nearest))
    for id_, table in ((model.RECOMMENDED, "tracks"), (model.WARNED, "warnings")):
        label = "recommended tracks" if table == "tracks" else "warnings given"
        plain["attributes"][id_] = {
            "id": id_,
            "label": label,
            "type": "set",
            "origin": "concluded",
            "choices": _choices(plain[table]),
        }
    plain["attributes"] = dict(sorted(plain["attributes"].items()))
    return Facts(**{table: _records(table, plain[table], broken) for table in FACT_TABLES})


def _records(table: str, plain: Mapping[str, Any], broken: set[tuple[str, str]]) -> dict[str, Any]:
    found = {}
    for id_, row in plain.items():
        if (table, id_) not in broken or table == "attributes":
            found[id_] = msgspec.convert(row, type=ROW_MODELS[table])
    return found


def _difference(ids: list[str], minuend: Any, subtrahend: Any) -> dict[str, Any]:
    """A derived figure's value, and the later date and joint sources of its parts."""
    return {
        "value": minuend["value"] - subtrahend["value"],
        "difference": ids,
        "as_of": max(minuend["as_of"], subtrahend["as_of"]),
        "sources": sorted({*minuend["sources"], *subtrahend["sources"]}),
    }


def _shape_attribute(attribute: dict[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> None:
    """From the file's keys to the record's: one origin, choices written out, the question without `only_if`."""
    choices = attribute.get("choices", ())
    listed = _choices(tables[choices]) if isinstance(choices, str) else list(choices)
    attribute["choices"] = [*listed, *attribute.pop("also", ())]
    if question := attribute.pop("asked", None):
        question.pop("only_if", None)
        attribute.update(origin="asked", question=question)
    elif measure := attribute.pop("measured", None):
        attribute.update(origin="measured", measure=measure)
    elif attribute.pop("concluded", None):
        attribute["origin"] = "concluded"


def _choices(table: Mapping[str, Any]) -> list[dict[str, str]]:
    """A table's rows as choices, in their order where they have one."""
    rows = sorted(table.values(), key=lambda row: (row.get("order", 0), row["id"]))
    return [{"id": row["id"], "name": row.get("name") or row["title"]} for row in rows]


def _check_vocabulary(rows: Mapping[str, Row], facts: Facts, problems: list[Problem]) -> None:
    """No text may mean two skills, unless it is declared ambiguous; no skill counts as or needs itself."""
    meaning: dict[str, str] = {fold(text): f"ambiguous ({text})" for text in facts.ambiguous}
    for skill in facts.skills.values():
        node = rows[skill.id].node
        spellings: list[tuple[tuple[str | int, ...], str]] = [(("id",), skill.id), (("name",), skill.name)]
        spellings += [(("aliases", number), alias) for number, alias in enumerate(skill.aliases)]
        for path, text in spellings:
            other = meaning.setdefault(fold(text), skill.id)
            if other != skill.id:
                complaint = f"{text!r} already stands for {other}; drop one, or declare it under `ambiguous`"
                problems.append(Problem(where=node.find(path), id="ambiguous-alias", text=complaint))
        for column in ("counts_as", "needs"):
            if skill.id in _reachable(facts, skill.id, column):
                text = f"{skill.id!r} {column} itself in a circle; take one link out"
                problems.append(Problem(where=node.find((column,)), id="skill-cycle", text=text))


def _reachable(facts: Facts, start: str, column: str) -> set[str]:
    """The skills that follow from one by a column, without itself unless it comes round again."""
    found: set[str] = set()
    queue = [start]
    while queue:
        skill = facts.skills.get(queue.pop())
        for one in getattr(skill, column, ()):
            if one not in found:
                found.add(one)
                queue.append(one)
    return found


def _raw_rule(row: Row, problems: list[Problem]) -> RawRule:
    shape: Any = row.shape
    variable, table = next(iter(shape.for_each.items())) if shape.for_each else (None, None)
    return RawRule(
        id=shape.id,
        title=shape.title,
        salience=shape.salience,
        variable=variable,
        table=table,
        when=parse_condition(row.node.value["when"], problems),
        then=shape.then.model_dump(exclude_none=True),
        node=row.node,
    )
