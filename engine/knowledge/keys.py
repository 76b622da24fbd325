"""Keys of a row that its shape does not have there: misspelt, on the wrong level, or called otherwise.

Each is told, and the row is read on as if it were right, so that nothing else is told that only follows from it.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from functools import partial
from itertools import takewhile

import msgspec

from trackfit.engine.documents.node import Node, from_plain, walk
from trackfit.engine.knowledge.consistency import Path
from trackfit.engine.knowledge.schema import LOOPED, RECORDS, Consequence, Rule
from trackfit.engine.language.columns import Field, Record, fields, records_in
from trackfit.engine.problems.problem import Problem, misspelt, quoted
from trackfit.engine.problems.problems import Problems

MOST = 100
"""So many keys of one row are told and put right; of a row with more, no one will ever ask."""


LOOPS = {table[:-3] + "y" if table.endswith("ies") else table[:-1]: table for table in LOOPED}
"""What a rule usually calls a row of each table that it may go through."""
DROPPED = {("rules", "then", key) for key in ("basis", "route")}
"""Keys that earlier versions had, by their table and path."""


def settle_keys(table: str, node: Node, attributes: Container[str]) -> tuple[Problems, Node]:
    """The problem of every key that does not belong where it is, and the row with all of them put right."""
    problems = Problems()
    for settle in (_indented, _with_loop if table == "rules" else None):
        problem, node = settle(RECORDS[table], node) if settle else (None, node)
        problems += [problem] if problem else []
    while len(problems) < MOST and (found := next(_strangers(RECORDS[table], node, ()), None)):
        problem, node = _settled(table, node, found, attributes)
        problems.append(problem)
    while table == "rules" and (home := _out_of_condition(node, attributes)):
        problem, node = _moved(node, ("when", home[-1]), home)
        problems.append(problem)
    return problems, node


def known_keys(record: type[Record], node: Node, problems: Problems) -> Node:
    """A mapping with its keys put right; every one that its record does not know is told."""
    known = fields(record)
    for key in [one for one in node.value if one not in known]:
        lacking = [one for one in known if one not in node.value]
        text = f"there is no key {quoted(key)} here"
        problems.append(misspelt(node.keys[key], "unknown-key", text, key, lacking))
        node = node.renamed(key, problems[-1].suggestion)
    return node


def listed_row(kind: str, record: type[Record], node: Node, problems: Problems) -> Node | None:
    """A row of a list beside the rules, its keys put right; what is no text where one belongs is told and left out.

    None where it is no mapping.
    """
    known = fields(record)
    if not isinstance(node.value, dict):
        *needed, last = [f"`{key}`" for key, one in known.items() if one.required]
        problems.add(node.where, "wrong-type", f"a {kind} is a mapping with {', '.join(needed)} and {last}")
        return None
    node = known_keys(record, node, problems)
    for key, one in known.items():
        part = node.value.get(key)
        if part is None and one.required:
            problems.add(node.where, "missing-key", f"the key {key!r} is missing; add it")
        elif part is not None and one.is_text and not (isinstance(part.value, str) and part.value.strip()):
            problems.add(part.where, "wrong-type", f"{key!r} is a text")
            node = node.renamed(key, None)
    return node


def late_keys(node: Node) -> Iterator[Problem]:
    """The keys of a row that a reader looks for before others, and that stand after them."""
    keys = list(node.value)
    if "id" in keys[1:]:
        text = "`id` comes first in a row, so that it is found; move it up"
        yield Problem(where=node.keys["id"], id="key-order", text=text, severity="warning")
    if "when" in keys and "then" in keys and keys.index("then") < keys.index("when"):
        text = "`when` comes before `then`, as one reads it; move it up"
        yield Problem(where=node.keys["when"], id="key-order", text=text, severity="warning")


def in_order(keys: list[str]) -> list[str]:
    """The keys of a row as a reader wants them; the others stay as they are.

    >>> in_order(["title", "id", "then", "when"])
    ['id', 'title', 'when', 'then']
    """
    found = sorted(keys, key=lambda key: key != "id")
    if "when" in found and "then" in found and found.index("then") < found.index("when"):
        found.remove("when")
        found.insert(found.index("then"), "when")
    return found


def _indented(record: type[Record], node: Node) -> tuple[Problem | None, Node]:
    """The row with the lines below a key that has no value moved under it, where they are none of the row's own."""
    known, keys = fields(record), list(node.value)
    for number, key in enumerate(keys):
        owner = known.get(key)
        if owner is None or node.value[key].value is not None:
            continue
        below = list(takewhile(lambda one: one not in known, keys[number + 1 :]))
        if not below or not (key == "when" or any(records_in(owner.type))):
            continue
        place = node.keys[below[0]]
        which = (
            "this line belongs" if len(below) == 1 else f"this line and the {len(below) - 1} below it belong"
        )
        if len(below) == 2:
            which = "this line and the one below it belong"
        text = (
            f"{which} under `{key}`; move {'it' if len(below) == 1 else 'them'} to the right, by two spaces"
        )
        part = Node({one: node.value[one] for one in below}, place, {one: node.keys[one] for one in below})
        node = _without(below, node)
        node = msgspec.structs.replace(node, value={**node.value, key: part})
        return Problem(where=place, id="wrong-level", text=text), node
    return None, node


def _with_loop(_: type[Record], node: Node) -> tuple[Problem | None, Node]:
    """A rule with the `for_each` that it lacks, where it speaks of a row's columns, such as `route.track`."""
    parts = [
        node.value[key] for key in ("when", "then") if key in node.value and "for_each" not in node.value
    ]
    for one in (inner for part in parts for inner in walk(part)):
        words = one.keys if isinstance(one.value, dict) else {str(one.value): one.where}
        for word, place in words.items():
            variable, dot, _column = word.partition(".")
            table = LOOPS.get(variable)
            if dot and table:
                text = f"{quoted(word)} is told of each row of {table}; add `for_each: {{{variable}: {table}}}` above `when`"
                loop = from_plain({variable: table}, place)
                return Problem(where=place, id="missing-key", text=text), node.with_key(
                    "for_each", loop, place
                )
    return None, node


def _strangers(record: type[Record], node: Node, path: Path) -> Iterator[Path]:
    """The path of every key that its record does not know."""
    if not isinstance(node.value, dict):
        return
    known = fields(record)
    for key, one in node.value.items():
        if key not in known:
            yield (*path, key)
            continue
        for inner in records_in(known[key].type):
            for step, part in enumerate(one.value) if isinstance(one.value, list) else [(None, one)]:
                yield from _strangers(inner, part, (*path, key) if step is None else (*path, key, step))


def _settled(table: str, node: Node, path: Path, attributes: Container[str]) -> tuple[Problem, Node]:
    """What is wrong with one key, and the row with it put right: renamed, moved, or left out."""
    key, here = str(path[-1]), node.at(path[:-1])
    if (table, *path) in DROPPED:
        text = f"{key!r} decides nothing any more: a track's months follow from its routes; delete the key"
        problem = Problem(where=here.keys[key], id="unknown-key", text=text)
        return problem, node.changed(path[:-1], lambda one: one.renamed(key, None))
    rest = _after_comma(here, key)
    if rest:
        before = list(here.value)[list(here.value).index(key) - 1]
        whole = ", ".join([str(here.value[before].value), *rest])
        text = f"a comma ends a text within braces; quote the whole text: `{before}: {json.dumps(whole, ensure_ascii=False)}`"
        problem = Problem(where=here.value[before].where, id="yaml-syntax", text=text)
        return problem, node.changed(path[:-1], partial(_without, rest))
    home = _home(table, node, path, attributes)
    if home is not None:
        return _moved(node, path, home)
    known = _fields_at(RECORDS[table], path[:-1])
    lacking = [name for name in known if name not in here.value]
    where, text = here.keys[key], f"there is no key {quoted(key)} here"
    problem = misspelt(where, "unknown-key", text, key, lacking)
    needed = [name for name in lacking if known[name].required]
    if problem.suggestion is None and len(needed) == 1:
        text = f"{text}; is it `{needed[0]}`, which is missing?"
        problem = Problem(where=where, id="unknown-key", text=text, suggestion=needed[0])
    return problem, node.changed(path[:-1], lambda one: one.renamed(key, problem.suggestion))


def _without(keys: list[str], node: Node) -> Node:
    for key in keys:
        node = node.renamed(key, None)
    return node


def _after_comma(here: Node, key: str) -> list[str]:
    """The pieces of a text within braces that its commas cut off, from `key` on; none where it is no such piece."""
    keys = list(here.value)
    number = keys.index(key)
    before = keys[number - 1] if number else None
    if before is None or not isinstance(here.value[before].value, str):
        return []
    if here.value[key].value is not None or here.keys[before].line != here.keys[key].line:
        return []
    return list(takewhile(lambda one: here.value[one].value is None, keys[number:]))


def _home(table: str, node: Node, path: Path, attributes: Container[str]) -> Path | None:
    """Where in the row a key belongs that stands on the wrong level."""
    key, known = str(path[-1]), fields(RECORDS[table])
    if len(path) > 1:
        return (key,) if key in known and key not in node.value else None
    if table == "rules" and key.partition(" of ")[0] in attributes and _takes(node, "when", key):
        return ("when", key)
    owners = [
        name
        for name, field in known.items()
        if any(key in fields(inner) for inner in records_in(field.type)) and _takes(node, name, key)
    ]
    return (owners[0], key) if len(owners) == 1 else None


def _takes(node: Node, owner: str, key: str) -> bool:
    """Whether a part of the row is a mapping that does not have the key."""
    part = node.value.get(owner)
    return part is not None and isinstance(part.value, dict) and key not in part.value


def _out_of_condition(node: Node, attributes: Container[str]) -> Path | None:
    """Where a key belongs that stands in a rule's `when` and asks nothing."""
    when = node.value.get("when")
    for key in when.value if when is not None and isinstance(when.value, dict) else ():
        if key in fields(Rule) and key not in node.value and key not in attributes:
            return (key,)
        if key in fields(Consequence) and key not in attributes and _takes(node, "then", key):
            return ("then", key)
    return None


def _moved(node: Node, path: Path, home: Path) -> tuple[Problem, Node]:
    key, place = str(path[-1]), node.at(path[:-1]).keys[str(path[-1])]
    parent = path[-2] if len(path) > 1 else ""
    if len(home) > 1 and parent:
        text = f"{key!r} stands under `{parent}` and belongs under `{home[0]}`; move it there"
    elif len(home) > 1:
        text = f"{key!r} belongs under `{home[0]}`; move it to the right, in line with what stands there"
    else:
        text = f"{key!r} stands under `{parent}` and belongs beside it; move it to the left"
    problem = Problem(where=place, id="wrong-level", text=text)
    part, home_key = node.at(path), str(home[-1])  # pyright: ignore[reportGeneralTypeIssues]
    node = node.changed(path[:-1], lambda one: one.renamed(key, None))
    return problem, node.changed(home[:-1], lambda one: one.with_key(home_key, part, place))


def _fields_at(record: type[Record], path: Path) -> dict[str, Field]:
    """The columns that may stand at `path`."""
    for step in path:
        field = fields(record).get(step) if isinstance(step, str) else None
        record = next(records_in(field.type), record) if field else record
    return fields(record)
