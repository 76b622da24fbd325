"""YAML and JSON text into nodes that remember their line and column.

Hostile until parsed: size, depth and node limits; no tags, no anchors or aliases, one document, no
duplicate keys. Scalars follow YAML's core schema (`yes` is text, `true` is a boolean), so that a date or
a `no` never turns into something its author did not write. Every fault is a `Problem`; none is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from trackfit.engine.problem import Location, Problem, did_you_mean

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
MAX_NODES = 200_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class Node(msgspec.Struct, frozen=True, eq=False):
    """A value of the document with its place. `value` is a scalar, a list of nodes, or a dict of nodes.

    `keys` gives the place of each key of a mapping, `text` a scalar as it was written.
    """

    value: Any
    where: Location
    keys: dict[str, Location] = {}
    text: str = ""

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


class _Stop(Exception):
    """Reading cannot go on; the problem is already noted."""


def read_file(path: Path, name: str | None = None) -> tuple[Node | None, list[Problem]]:
    """Read and parse a file; see `read_text`."""
    name = name or str(path)
    where = Location(name)
    try:
        if path.is_dir():
            return None, [Problem(where=where, id="is-a-folder", text="this is a folder; name a file in it")]
        if path.stat().st_size > MAX_BYTES:
            return None, [_too_large(where)]
        raw = path.read_bytes()
    except FileNotFoundError:
        return None, [_no_such_file(path, where)]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, [Problem(where=where, id="unreadable-file", text=f"cannot read it: {reason}")]
    return read_bytes(raw, name)


def read_bytes(raw: bytes, name: str) -> tuple[Node | None, list[Problem]]:
    """Parse UTF-8 bytes (a byte order mark is skipped); see `read_text`."""
    where = Location(name)
    if len(raw) > MAX_BYTES:
        return None, [_too_large(where)]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        kind = "a binary file" if b"\x00" in raw[:1000] else "not UTF-8 text"
        text = f"this is {kind} (byte {error.start}); save it as UTF-8"
        return None, [Problem(where=Location(name, line, column), id="not-utf-8", text=text)]
    return read_text(text, name)


def read_text(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    """Parse one YAML or JSON document.

    Returns the root node (None where nothing usable could be read) and every problem met, in order.
    """
    if text.lstrip()[:1] in ("{", "["):
        text = _SURROGATES.sub(_join_surrogates, text)
    return _Reader(name).read(text)


def _no_such_file(path: Path, where: Location) -> Problem:
    """With the nearest names of files in the same folder."""
    beside = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
    hint, nearest = did_you_mean(path.name, beside)
    text = f"there is no such file{hint if nearest else '; check the path'}"
    return Problem(where=where, id="no-such-file", text=text, suggestion=nearest)


def _too_large(where: Location) -> Problem:
    text = f"the file is larger than {MAX_BYTES // 1_000_000} MB; answers and knowledge files are far smaller"
    return Problem(where=where, id="file-too-large", text=text)


def _join_surrogates(match: re.Match[str]) -> str:
    """JSON writes one character beyond U+FFFF as two escapes; YAML wants the character."""
    high, low = (int(part, 16) for part in match.groups())
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.nodes = 0

    def place(self, mark: Any) -> Location:
        return Location(self.name, mark.line + 1, mark.column + 1)

    def note(self, where: Location, id_: str, text: str) -> None:
        self.problems.append(Problem(where=where, id=id_, text=text))

    def stop(self, where: Location, id_: str, text: str) -> _Stop:
        self.note(where, id_, text)
        return _Stop()

    def read(self, text: str) -> tuple[Node | None, list[Problem]]:
        root: Node | None = None
        try:
            parsed = iter(yaml.parse(text, Loader=_LOADER))
            for token in parsed:
                if isinstance(token, yaml.DocumentStartEvent):
                    if root is not None:
                        raise self.stop(
                            self.place(token.start_mark),
                            "several-documents",
                            "a second document starts here; keep one document a file",
                        )
                    root = self.node(next(parsed), parsed, 0)
        except _Stop:
            root = None
        except yaml.MarkedYAMLError as error:
            root = None
            mark = error.problem_mark or error.context_mark
            where = self.place(mark) if mark else Location(self.name)
            self.note(where, "yaml-syntax", _explain_syntax(error))
        except yaml.reader.ReaderError as error:
            root = None
            line = text.count("\n", 0, error.position) + 1
            column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
            self.note(
                Location(self.name, line, column),
                "control-character",
                f"the character U+{ord(error.character):04X} is not allowed in YAML; delete it"
                if isinstance(error.character, str)
                else "a character here is not allowed in YAML; delete it",
            )
        else:
            if root is None:
                self.note(Location(self.name), "empty-file", "the file is empty; it needs `key: value` lines")
        return root, self.problems

    def node(self, token: Any, rest: Iterator[Any], depth: int) -> Node:
        where = self.place(token.start_mark)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.stop(where, "too-many-values", f"more than {MAX_NODES:,} values in one file; split it")
        if depth > MAX_DEPTH:
            raise self.stop(where, "nested-too-deep", f"nested deeper than {MAX_DEPTH} levels; flatten it")
        if isinstance(token, yaml.AliasEvent):
            raise self.stop(
                where, "alias-not-allowed", f"the alias *{token.anchor} is not allowed; write the value out"
            )
        if token.anchor:
            raise self.stop(
                where, "alias-not-allowed", f"the anchor &{token.anchor} is not allowed; leave it out"
            )
        if token.tag and token.tag != "!":
            raise self.stop(
                where, "tag-not-allowed", f"the tag {token.tag!r} is not allowed; write a plain value"
            )
        if isinstance(token, yaml.ScalarEvent):
            return Node(_scalar(token), where, text=token.value)
        if isinstance(token, yaml.SequenceStartEvent):
            items = []
            while not isinstance(token := next(rest), yaml.SequenceEndEvent):
                items.append(self.node(token, rest, depth + 1))
            return Node(items, where)
        return self.mapping(where, rest, depth)

    def mapping(self, where: Location, rest: Iterator[Any], depth: int) -> Node:
        entries: dict[str, Node] = {}
        keys: dict[str, Location] = {}
        while not isinstance(token := next(rest), yaml.MappingEndEvent):
            key_node = self.node(token, rest, depth + 1)
            if isinstance(key_node.value, list | dict):
                raise self.stop(key_node.where, "key-not-text", "a key must be plain text")
            key = token.value
            value = self.node(next(rest), rest, depth + 1)
            if key in entries:
                first = keys[key].line
                self.note(
                    key_node.where,
                    "duplicate-key",
                    f"the key {key!r} stands here a second time (first on line {first}); keep one of them",
                )
                continue
            entries[key] = value
            keys[key] = key_node.where
        return Node(entries, where, keys)


def _scalar(token: Any) -> str | int | float | bool | None:
    """A plain scalar by YAML's core schema; a quoted one is text."""
    text: str = token.value
    if not token.implicit[0]:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if text.lower() in (".nan", ".inf", "+.inf", "-.inf"):
        return float(text.lower().replace(".", ""))
    return text


def _explain_syntax(error: yaml.MarkedYAMLError) -> str:
    """The parser's complaint in a coach's words, where we know better ones."""
    complaint = f"{error.context or ''} {error.problem or ''}".strip()
    known = {
        "mapping values are not allowed": "`: ` stands in an unquoted text, or a line is indented wrongly; quote or indent it",
        "could not find expected ':'": "a key without its `:`; write `key: value`",
        "cannot start any token": "a text may not start with this character (a tab, @ or `); use spaces, or quote the text",
        "did not find expected key": "the indentation does not match the lines above; line the keys up",
        "did not find expected '-' indicator": "the indentation does not match the list above; line the dashes up",
        "unexpected end of stream": "a quote is opened and never closed",
        "did not find expected ',' or": "a bracket or brace is not closed, or a comma is missing",
        "undefined alias": "aliases (`*name`) are not allowed; write the value out",
    }
    for part, advice in known.items():
        if part in complaint:
            return advice
    return f"not valid YAML: {complaint}"
