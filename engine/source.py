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

from trackfit.engine.problem import Location, Problem, near, quoted

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
MAX_NODES = 200_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_ESCAPES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\.", re.DOTALL)
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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


class _Stop(Exception):
    """Reading cannot go on; the problem is already noted."""


def read_file(path: Path, name: str | None = None) -> tuple[Node | None, list[Problem]]:
    """Read and parse a file; see `read_text`."""
    text, problems = read_source(path, name)
    return (None, problems) if text is None else read_text(text, name or str(path))


def read_source(path: Path, name: str | None = None) -> tuple[str | None, list[Problem]]:
    """The text of a file, or None and why it cannot be had."""
    name = name or str(path)
    where = Location(name)
    try:
        if path.is_dir():
            return None, [Problem(where=where, id="is-a-folder", text="this is a folder; name a file in it")]
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None, [_no_such_file(path, where)]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, [Problem(where=where, id="unreadable-file", text=f"cannot read it: {reason}")]
    return _decoded(raw, name)


def read_bytes(raw: bytes, name: str) -> tuple[Node | None, list[Problem]]:
    """Parse UTF-8 bytes (a byte order mark is skipped); see `read_text`."""
    text, problems = _decoded(raw, name)
    return (None, problems) if text is None else read_text(text, name)


def _decoded(raw: bytes, name: str) -> tuple[str | None, list[Problem]]:
    where = Location(name)
    if len(raw) > MAX_BYTES:
        return None, [_too_large(where)]
    if b"\x00" in raw and not raw.startswith(_UTF_16):
        text = "this is a binary file; name a text file, written in YAML or JSON"
        return None, [Problem(where=where, id="not-utf-8", text=text)]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line, column = line_and_column(error.object[: error.start].decode())
        wrong = error.object[error.start]
        found = "this is UTF-16" if raw.startswith(_UTF_16) else f"the byte 0x{wrong:02X} is not UTF-8"
        text = f"{found}; save the file as UTF-8, the text encoding of YAML and JSON"
        return None, [Problem(where=Location(name, line, column), id="not-utf-8", text=text)]


def read_text(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    """Parse one YAML or JSON document.

    Returns the root node (None where nothing usable could be read) and every problem met, in order.
    """
    as_json = name.endswith(".json") or (
        text.lstrip()[:1] in ("{", "[") and not name.endswith((".yaml", ".yml"))
    )
    if as_json:
        text = _ESCAPES.sub(_join_surrogates, text)
        text = _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return _Reader(name, as_json=as_json).read(text)


def _no_such_file(path: Path, where: Location) -> Problem:
    """With the nearest names of files in the same folder."""
    try:
        beside = {one.stem: one.name for one in path.parent.iterdir()}
    except OSError:
        beside = {}
    stem = next(iter(near(path.stem, beside)), None)
    if stem is None:
        return Problem(where=where, id="no-such-file", text="there is no such file; check the path")
    nearest = beside[stem]
    text = f"there is no such file; did you mean {nearest!r}?"
    return Problem(where=where, id="no-such-file", text=text, suggestion=nearest)


def _too_large(where: Location) -> Problem:
    text = f"the file is larger than {MAX_BYTES // 1_000_000} MB; answers and knowledge files are far smaller"
    return Problem(where=where, id="file-too-large", text=text)


def line_and_column(before: str) -> tuple[int, int]:
    """The place that comes after the text `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _join_surrogates(match: re.Match[str]) -> str:
    """JSON writes one character beyond U+FFFF as two escapes; YAML wants the character."""
    if match[1] is None:
        return match[0]
    high, low = int(match[1], 16), int(match[2], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


class _Reader:
    def __init__(self, name: str, *, as_json: bool) -> None:
        self.name = name
        self.as_json = as_json
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
        forbidden = _FORBIDDEN.search(text)
        if forbidden:
            where = Location(self.name, *line_and_column(text[: forbidden.start()]))
            shown = f"the character U+{ord(forbidden[0]):04X} is invisible and not allowed; delete it"
            self.note(where, "control-character", shown)
            return None, self.problems
        root: Node | None = None
        try:
            root = self.document(iter(yaml.parse(text, Loader=_LOADER)))
        except _Stop:
            pass
        except yaml.YAMLError as error:
            self.syntax(error, text)
        else:
            if root is None:
                self.note(Location(self.name), "empty-file", "the file is empty; it needs `key: value` lines")
        return root, self.problems

    def document(self, parsed: Iterator[Any]) -> Node | None:
        root: Node | None = None
        for token in parsed:
            if isinstance(token, yaml.DocumentStartEvent):
                if root is not None:
                    raise self.stop(
                        self.place(token.start_mark),
                        "several-documents",
                        "a second document starts here; keep one document a file",
                    )
                root = self.node(next(parsed), parsed, 0)
        return root

    def syntax(self, error: yaml.YAMLError, text: str) -> None:
        """Note what the parser stumbled over; of a JSON file, what a JSON parser says."""
        if self.as_json:
            import json  # late: needed for faults only

            try:
                json.loads(text)
            except json.JSONDecodeError as wrong:
                where = Location(self.name, wrong.lineno, wrong.colno)
                self.note(where, "json-syntax", _explain(wrong.msg, JSON_ADVICE, "not valid JSON"))
                return
            except (RecursionError, ValueError):
                pass
        mark = getattr(error, "problem_mark", None)
        context, fault = getattr(error, "context", None) or "", getattr(error, "problem", None) or str(error)
        complaint = f"{context} {fault}".strip()
        if "flow" in context or ("quoted scalar" in complaint and "unexpected end of stream" in complaint):
            mark = getattr(error, "context_mark", None)
        where = self.place(mark) if mark else Location(self.name)
        self.note(where, "yaml-syntax", _explain(complaint, YAML_ADVICE, "not valid YAML"))

    def node(self, token: Any, rest: Iterator[Any], depth: int) -> Node:
        where, start = self.place(token.start_mark), _offset(token.start_mark)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.stop(where, "too-many-values", f"more than {MAX_NODES:,} values in one file; split it")
        if depth > MAX_DEPTH:
            raise self.stop(where, "nested-too-deep", f"nested deeper than {MAX_DEPTH} levels; flatten it")
        if isinstance(token, yaml.AliasEvent):
            text = f"the alias *{token.anchor or ''} is not allowed; write the value out"
            raise self.stop(where, "alias-not-allowed", text)
        if token.anchor:
            text = f"the anchor &{token.anchor} is not allowed; leave it out"
            raise self.stop(where, "alias-not-allowed", text)
        if token.tag and token.tag != "!":
            raise self.stop(
                where, "tag-not-allowed", f"the tag {_tag(token.tag)} is not allowed; write a plain value"
            )
        if isinstance(token, yaml.ScalarEvent):
            return Node(_scalar(token), where, text=token.value, span=(start, _offset(token.end_mark)))
        if isinstance(token, yaml.SequenceStartEvent):
            items = []
            while not isinstance(token := next(rest), yaml.SequenceEndEvent):
                items.append(self.node(token, rest, depth + 1))
            return Node(items, where, span=(start, _offset(token.end_mark)))
        return self.mapping(where, start, rest, depth)

    def mapping(self, where: Location, start: int, rest: Iterator[Any], depth: int) -> Node:
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
                    f"the key {quoted(key)} stands here a second time (first on line {first}); keep one of them",
                )
                continue
            entries[key] = value
            keys[key] = key_node.where
        return Node(entries, where, keys, span=(start, _offset(token.end_mark)))


def _offset(mark: Any) -> int:
    """How many characters come before a mark."""
    return int(mark.index)


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


def _tag(tag: str) -> str:
    """A tag as people write it: `!!python/object`, not its long form."""
    return quoted(tag.replace("tag:yaml.org,2002:", "!!"))


YAML_ADVICE = {
    "mapping values are not allowed": (
        "a `: ` too many: quote its text, mend the indentation, or see whether a key above lacks its `:`"
    ),
    "could not find expected ':'": "a key without its `:`; write `key: value`",
    "tab character that violates": "a tab stands in the indentation; use spaces",
    "cannot start any token": "a text may not start with this character (a tab, @, % or `); use spaces, or quote the text",
    "did not find expected key": "the indentation does not match the lines above; line the keys up",
    "did not find expected '-' indicator": "the indentation does not match the list above; line the dashes up",
    "found unexpected end of stream": "a quote is opened here and never closed",
    "did not find expected ',' or": "a bracket or brace is opened here and not closed, or a comma is missing after it",
    "unknown escape character": "a backslash in double quotes; write two of them, or use single quotes",
    "invalid Unicode character escape": "half of a character; write both halves (\\ud83d\\ude00), or the character itself",
    "undefined alias": "aliases (`*name`) are not allowed; write the value out",
}
JSON_ADVICE = {
    "',' delimiter": "not valid JSON: a comma, or a closing bracket or brace, is missing before this",
    "property name": "not valid JSON: a key in double quotes must stand here; is there a comma too many?",
    "railing comma": "not valid JSON: a comma too many; take it out",
    "':' delimiter": 'not valid JSON: a key without its colon; write "key": value',
    "Expecting value": "not valid JSON: a value is missing here, or a text without its double quotes",
    "Unterminated string": "not valid JSON: a quote is opened here and never closed",
    "Invalid control character": "not valid JSON: a line break or tab inside a text; write \\n or \\t",
    "Extra data": "not valid JSON: the document has ended before this; take out what follows",
    "escape": "not valid JSON: this may not follow a backslash; write \\\\ for a backslash itself",
}


def _explain(complaint: str, advice: dict[str, str], otherwise: str) -> str:
    """A parser's complaint in a coach's words, where we know better ones."""
    known = (words for part, words in advice.items() if part in complaint)
    return next(known, f"{otherwise}: {complaint}")
