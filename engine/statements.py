"""Coaches' own statements, `rules/*.prove.yaml`: for every case where … then …, in the rule language."""

from __future__ import annotations

import msgspec

from trackfit.engine.conditions import ALWAYS, Condition
from trackfit.engine.errors import InvalidKnowledge
from trackfit.engine.ground import Grounder
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.problem import Problem, did_you_mean
from trackfit.engine.raw_rules import parse_condition
from trackfit.engine.source import Node, read_file

KEYS = ("id", "title", "where", "then")


class Statement(msgspec.Struct, frozen=True):
    """For every case where `where` holds, `then` holds."""

    id: str
    title: str
    where: Condition
    then: Condition


def read_statements(kb: KnowledgeBase) -> tuple[Statement, ...]:
    """The statements of a knowledge base, in order of file and row. Raises `InvalidKnowledge` with every fault."""
    grounder = Grounder(kb.facts)
    found: list[Statement] = []
    problems: list[Problem] = []
    seen: dict[str, Node] = {}
    for path in sorted((kb.folder / "rules").rglob("*.prove.yaml")):
        root, faults = read_file(path, path.relative_to(kb.folder).as_posix())
        problems += faults
        if root is not None:
            for row in _rows(root, problems):
                found.extend(_statement(row, grounder, problems, seen))
    problems += grounder.problems
    if problems:
        raise InvalidKnowledge(problems)
    return tuple(found)


def _rows(root: Node, problems: list[Problem]) -> list[Node]:
    listing = root.value.get("statements") if isinstance(root.value, dict) else None
    if listing is None or not isinstance(listing.value, list):
        text = "a file of statements has one list, `statements:`, each row starting with a dash"
        problems.append(Problem(where=root.where, id="wrong-type", text=text))
        return []
    return list(listing.value)


def _statement(
    row: Node, grounder: Grounder, problems: list[Problem], seen: dict[str, Node]
) -> list[Statement]:
    before = len(problems) + len(grounder.problems)
    if not isinstance(row.value, dict):
        problems.append(
            Problem(where=row.where, id="wrong-type", text="a statement is a mapping with `title` and `then`")
        )
        return []
    for key in row.value:
        if key not in KEYS:
            hint, nearest = did_you_mean(key, KEYS)
            text = f"there is no key {key!r} here{hint}"
            problems.append(Problem(where=row.keys[key], id="unknown-key", text=text, suggestion=nearest))
    for key in ("id", "title", "then"):
        if key not in row.value:
            text = f"the key {key!r} is missing; add it"
            problems.append(Problem(where=row.where, id="missing-key", text=text))
        elif key != "then" and not isinstance(row.value[key].value, str):
            where = row.value[key].where
            problems.append(Problem(where=where, id="wrong-type", text=f"{key!r} is a text"))
    if len(problems) + len(grounder.problems) > before:
        return []
    if (first := seen.setdefault(row.value["id"].value, row)) is not row:
        text = f"the id {row.value['id'].value!r} stands twice (first at {first.where.file}:{first.where.line}); rename one"
        problems.append(Problem(where=row.value["id"].where, id="duplicate-id", text=text))
        return []
    where = ALWAYS
    if "where" in row.value:
        where = grounder.condition(parse_condition(row.value["where"], grounder.problems))
    then = grounder.condition(parse_condition(row.value["then"], grounder.problems))
    return [Statement(row.value["id"].value, row.value["title"].value, where, then)]
