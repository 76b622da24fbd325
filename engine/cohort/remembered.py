"""How the columns of a kind of file are read, in a file: what was said with --map and --null, for the next one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

from trackfit.engine.documents.node import Node
from trackfit.engine.documents.parse import read_file
from trackfit.engine.problems.problem import misspelt
from trackfit.engine.problems.problems import Problems

NAME = "columns.yaml"
"""The file in the folder of results."""
_HEAD = """\
# How the columns were read: the answer that each heading stands for, and the texts that stand for no answer.
# For the next file of this kind: trackfit cohort FILE --out DIR --map {path}
"""


class Remembered(NamedTuple):
    """Case keys by heading, and texts that stand for no answer."""

    columns: dict[str, str]
    nulls: tuple[str, ...]


def to_yaml(remembered: Remembered, path: Path) -> str:
    """What is remembered, as the text of the file at a path."""
    said = {"columns": remembered.columns, "nulls": list(remembered.nulls)}
    rows = yaml.safe_dump(
        {name: one for name, one in said.items() if one}, allow_unicode=True, sort_keys=False, width=1_000
    )
    return _HEAD.format(path=path) + rows


def read(path: str) -> Remembered:
    """What is remembered in a file. Raises `InvalidInput`."""
    node, found = read_file(Path(path))
    problems = Problems(found)
    columns: dict[str, str] = {}
    nulls: list[str] = []
    if node is not None:
        rows = _mapping(node, problems)
        for key, one in rows.items():
            if key == "columns":
                columns = {name: _text(cell, problems) for name, cell in _mapping(one, problems).items()}
            elif key == "nulls":
                nulls = [_text(cell, problems) for cell in _list(one, problems)]
            else:
                text = f"there is nothing called {key!r} here"
                problems.append(misspelt(node.keys[key], "unknown-key", text, key, ("columns", "nulls")))
    problems.refuse()
    return Remembered(columns, tuple(nulls))


def _mapping(node: Node, problems: Problems) -> dict[str, Node]:
    if isinstance(node.value, dict):
        return node.value
    problems.add(
        node.where,
        "wrong-type",
        "write it as `columns:` and below it lines such as `Years of work: years_experience`",
    )
    return {}


def _list(node: Node, problems: Problems) -> list[Node]:
    if isinstance(node.value, list):
        return node.value
    problems.add(node.where, "wrong-type", "'nulls' is a list, such as [N/A, unknown]")
    return []


def _text(node: Node, problems: Problems) -> str:
    if isinstance(node.value, dict | list) or not node.text:
        problems.add(node.where, "wrong-type", "a text belongs here")
    return node.text
