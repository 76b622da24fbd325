"""Values of a document, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from trackfit.engine.problems.problem import Location


class Node(msgspec.Struct, frozen=True, eq=False):
    """A value of the document with its place. `value` is a scalar, a list of nodes, or a dict of nodes.

    `keys` gives the place of each key of a mapping, `text` a scalar as it was written, `span` where it begins
    and ends in the file's text.
    """

    value: Any
    where: Location
    keys: dict[str, Location] = {}
    text: str = ""
    span: tuple[int, int] = (0, 0)

    def plain(self) -> Any:
        """The value without places: what `json.loads` would have given."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def find(self, path: tuple[str | int, ...], *, key: bool = False) -> Location:
        """The place of the node at `path`, or of the nearest one above it that exists.

        With `key`, the place of the last step's key rather than of its value.
        """
        node = self
        for number, step in enumerate(path):
            value = node.value
            if isinstance(value, dict) and step in value:
                if key and number == len(path) - 1:
                    return node.keys[str(step)]
                node = value[step]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                node = value[step]
            else:
                break
        return node.where

    def at(self, path: tuple[str | int, ...]) -> Node:
        """The part at a path. Raises KeyError or IndexError where there is none."""
        node = self
        for step in path:
            node = node.value[step]
        return node

    def changed(self, path: tuple[str | int, ...], change: Callable[[Node], Node]) -> Node:
        """The same with the part at a path made anew."""
        if not path:
            return change(self)
        step, *rest = path
        inner = self.value[step].changed(tuple(rest), change)
        parts = (
            {**self.value, step: inner}
            if isinstance(self.value, dict)
            else [inner if number == step else one for number, one in enumerate(self.value)]
        )
        return msgspec.structs.replace(self, value=parts)

    def with_key(self, key: str, part: Node, place: Location) -> Node:
        """The mapping with one more key, the last."""
        return msgspec.structs.replace(self, value={**self.value, key: part}, keys={**self.keys, key: place})

    def renamed(self, key: str, name: str | None) -> Node:
        """The mapping with a key under another name, or left out where there is none; places stay."""
        names = {one: name if one == key else one for one in self.value}
        value = {new: self.value[old] for old, new in names.items() if new}
        keys = {new: self.keys[old] for old, new in names.items() if new}
        return msgspec.structs.replace(self, value=value, keys=keys)

    def spot(self, source: str, word: str) -> Location:
        """The place of a word inside this scalar, in the text of its file; the scalar's own where it is not there."""
        start, end = self.span
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(source, start, end)
        return Location(self.where.file, *line_and_column(source[: found.start()])) if found else self.where


def from_plain(value: Any, where: Location) -> Node:
    """A plain value, such as `json.loads` gives, as a node; every part has the place `where`."""
    if isinstance(value, dict):
        nodes = {str(key): from_plain(one, where) for key, one in value.items()}
        return Node(nodes, where, dict.fromkeys(nodes, where))
    if isinstance(value, list | tuple | set | frozenset):
        return Node([from_plain(one, where) for one in value], where)
    return Node(value, where, text=value if isinstance(value, str) else "")


def walk(node: Node) -> Iterator[Node]:
    """A node and all that is in it, in order."""
    yield node
    parts = node.value.values() if isinstance(node.value, dict) else node.value
    for part in parts if isinstance(node.value, dict | list) else ():
        yield from walk(part)


def line_and_column(before: str) -> tuple[int, int]:
    """The place that comes after the text `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")
