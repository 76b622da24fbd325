"""Changes of rows in the text of a facts file: only what is changed is written anew, all else stays as it is."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import yaml

from trackfit.engine.documents.node import Node

WIDTH = 110
_AS_DATE = re.compile(r"[0-9]{4}(-|$)")


class Edit(NamedTuple):
    """A part of the text, from one offset to another, and what stands there instead."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap; those at one place in their order."""
    parts, at = [], 0
    for one in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += [text[at : one.start], one.text]
        at = one.end
    return "".join([*parts, text[at:]])


class RowEdits:
    """The edits of one file; `order` gives the columns of a table, as its record has them."""

    def __init__(self, text: str, order: Sequence[str]) -> None:
        self.text, self.order = text, order

    def changed(self, row: Node, changes: Mapping[str, Any]) -> list[Edit]:
        """Give columns of a row other values; one that has no value any more (None) goes."""
        found: list[Edit] = []
        for key in (key for key in self.order if key in changes):
            value, node = changes[key], row.value.get(key)
            if node is None:
                found.append(self._with_key(row, key, value))
            elif value is None:
                found.append(self._without_key(row, key))
            else:
                found += self._with_value(node, value, indent=row.keys[key].column - 1)
        return found

    def added(self, before: Node, rows: Sequence[Mapping[str, Any]]) -> Edit:
        """New rows behind another one, in its style."""
        flow = self._is_flow(before)
        left = " " * (before.where.column - 3)
        at = self._line_end(self._end(before))
        gap = "\n" if not flow and re.search(r"\n\n *- ", self.text) else ""
        lines = []
        for row in rows:
            pairs = [(key, row[key]) for key in self.order if row.get(key) is not None]
            if flow:
                inside = ", ".join(f"{key}: {in_flow(value)}" for key, value in pairs)
                lines.append(f"{left}- {{{inside}}}\n")
            else:
                parts = [f"{key}: {in_block(value, f'{left}  ', len(key) + 2)}" for key, value in pairs]
                lines.append(f"{gap}{left}- " + f"\n{left}  ".join(parts) + "\n")
        start = "" if self.text[:at].endswith("\n") else "\n"
        return Edit(at, at, start + "".join(lines))

    def without(self, row: Node) -> Edit:
        """Take a row out, with the blank lines above it."""
        start = self.text.rfind("\n", 0, row.span[0]) + 1
        while self.text[:start].endswith("\n\n"):
            start -= 1
        return Edit(start, self._line_end(self._end(row)), "")

    def _with_key(self, row: Node, key: str, value: Any) -> Edit:
        earlier = self.order[: self.order.index(key)]
        before = [one for one in row.value if one in earlier] or [next(iter(row.value))]
        node = row.value[max(before, key=lambda one: row.value[one].span)]
        end = self._end(node)
        if self._is_flow(row):
            return Edit(end, end, f", {key}: {in_flow(value)}")
        at = self._line_end(end)
        left = " " * (row.where.column - 1)
        start = "" if self.text[:at].endswith("\n") else "\n"
        return Edit(at, at, f"{start}{left}{key}: {in_block(value, left, len(key) + 2)}\n")

    def _without_key(self, row: Node, key: str) -> Edit:
        if self._is_flow(row):
            keys = list(row.value)
            before = row.value[keys[keys.index(key) - 1]]
            return Edit(self._end(before), self._end(row.value[key]), "")
        start = self.text.rfind("\n", 0, row.value[key].span[0]) + 1
        line = row.keys[key].line
        while self.text[:start].count("\n") + 1 > line:
            start = self.text.rfind("\n", 0, start - 1) + 1
        return Edit(start, self._line_end(self._end(row.value[key])), "")

    def _with_value(self, node: Node, value: Any, *, indent: int) -> list[Edit]:
        start, end = node.span[0], self._end(node)
        old = self.text[start:end]
        if not old:
            return [Edit(start, end, f" {in_flow(value)}")]
        if isinstance(value, list) and isinstance(node.value, list) and _is_plain(node):
            return list(self._entries(node, value))
        if old.startswith((">", "|")):
            return [Edit(start, end, in_block(value, " " * indent, WIDTH))]
        if isinstance(value, str) and old.startswith('"'):
            return [Edit(start, end, json.dumps(value, ensure_ascii=False))]
        return [Edit(start, end, in_flow(value))]

    def _entries(self, node: Node, value: list[Any]) -> Iterator[Edit]:
        """The edits of a list: its entries that stay are left alone."""
        old = [one.plain() for one in node.value]
        flow = self.text[node.span[0]] == "["
        matcher = SequenceMatcher(
            None, [repr(one) for one in old], [repr(one) for one in value], autojunk=False
        )
        for tag, first, last, new_first, new_last in matcher.get_opcodes():
            if tag == "equal":
                continue
            new = value[new_first:new_last]
            if tag == "replace" and last - first == len(new):
                for one, other in zip(node.value[first:last], new, strict=True):
                    yield Edit(one.span[0], self._end(one), in_flow(other))
            elif flow:
                yield self._in_flow_list(node.value, first, last, new)
            else:
                for one in node.value[first:last]:
                    start = self.text.rfind("\n", 0, one.span[0]) + 1
                    yield Edit(start, self._line_end(self._end(one)), "")
                if new:
                    yield self._new_lines(node, first, new)

    def _in_flow_list(self, entries: Sequence[Node], first: int, last: int, new: Sequence[Any]) -> Edit:
        """New entries in the place of some, perhaps none, of a list in brackets that keeps others."""
        texts = ", ".join(map(in_flow, new))
        if first < last and (new or first == 0):
            end = entries[last].span[0] if not new else self._end(entries[last - 1])
            return Edit(entries[first].span[0], end, texts)
        if first < last:
            return Edit(self._end(entries[first - 1]), self._end(entries[last - 1]), "")
        if first < len(entries):
            at = entries[first].span[0]
            return Edit(at, at, f"{texts}, ")
        at = self._end(entries[-1])
        return Edit(at, at, f", {texts}")

    def _new_lines(self, node: Node, place: int, new: Sequence[Any]) -> Edit:
        """New entries, each with a dash, before the one at a place."""
        left = " " * (node.where.column - 1)
        lines = "".join(f"{left}- {in_flow(one)}\n" for one in new)
        if place < len(node.value):
            at = self.text.rfind("\n", 0, node.value[place].span[0]) + 1
        else:
            at = self._line_end(self._end(node.value[-1]))
        return Edit(at, at, lines if self.text[:at].endswith("\n") else f"\n{lines}")

    def _is_flow(self, node: Node) -> bool:
        return self.text[node.span[0]] in "[{"

    def _end(self, node: Node) -> int:
        """Where a value ends, without what is between it and the next one."""
        start, end = node.span
        if isinstance(node.value, dict | list) and node.value and not self._is_flow(node):
            parts = node.value.values() if isinstance(node.value, dict) else node.value
            return max(self._end(one) for one in parts)
        return start + len(self.text[start:end].rstrip())

    def _line_end(self, at: int) -> int:
        """Behind the end of the line."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1


def _is_plain(node: Node) -> bool:
    """Whether a list has entries, and none of them is a list or mapping."""
    return bool(node.value) and all(not isinstance(one.value, list | dict) for one in node.value)


def in_flow(value: Any) -> str:
    """A value on one line, as it may stand anywhere in a file.

    >>> in_flow(["a", "b, c"]), in_flow("2026-04"), in_flow(True), in_flow({"a": [1, 2]})
    ("[a, 'b, c']", '"2026-04"', 'true', '{a: [1, 2]}')
    """
    if isinstance(value, str) and (_AS_DATE.match(value) or "\n" in value):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(in_flow, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {in_flow(one)}" for key, one in value.items()) + "}"
    text: str = yaml.safe_dump([value], default_flow_style=True, width=1 << 20, allow_unicode=True)
    return text.strip()[1:-1]


def in_block(value: Any, left: str, taken: int) -> str:
    """A value behind its key in a row that begins `left`; a long text in lines of its own."""
    text = in_flow(value)
    if not isinstance(value, str) or "\n" in value or len(left) + taken + len(text) <= WIDTH:
        return text
    if value != " ".join(value.split()):
        return text
    lines = textwrap.wrap(value, WIDTH - len(left) - 2, break_long_words=False, break_on_hyphens=False)
    return ">-\n" + "\n".join(f"{left}  {line}" for line in lines)
