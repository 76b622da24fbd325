"""YAML and JSON text into nodes that remember their line and column.

Hostile until parsed: size, depth and node limits; no tags, no anchors or aliases, one document, no
duplicate keys. Scalars follow YAML's core schema (`yes` is text, `true` is a boolean), so that a date or
a `no` never turns into something its author did not write. Every fault is a `Problem`; none is raised.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from yaml.reader import Reader

from trackfit.engine.documents.folder import MAX_BYTES, UTF_16
from trackfit.engine.documents.node import Node, line_and_column
from trackfit.engine.documents.slips import INVISIBLE, Position, json_advice, no_space, yaml_slip
from trackfit.engine.problems.problem import Location, Problem, near, quoted
from trackfit.engine.problems.problems import Problems

MAX_DEPTH = 20
MAX_NODES = 200_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_ESCAPES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\.", re.DOTALL)
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_THOUSANDS = re.compile(r"[0-9]{3}")
_FORBIDDEN = Reader.NON_PRINTABLE


class _Stop(Exception):
    """Reading cannot go on; the problem is already noted."""


def read_file(path: Path, name: str | None = None) -> tuple[Node | None, list[Problem]]:
    """Read and parse a file; see `read_text`."""
    text, problems = read_source(path, name)
    return (None, problems) if text is None else read_text(text, name or str(path))


def read_source(path: Path, name: str | None = None) -> tuple[str | None, list[Problem]]:
    """The text of a file, or None and why it cannot be had."""
    name = name or str(path)
    raw, problems = read_raw(path, name)
    return (None, problems) if raw is None else _decoded(raw, name)


def read_raw(path: Path, name: str, limit: int = MAX_BYTES) -> tuple[bytes | None, list[Problem]]:
    """Up to `limit` bytes of a file and one more, or None and why they cannot be had."""
    where = Location(name)
    try:
        if path.is_dir():
            return None, [Problem(where=where, id="is-a-folder", text="this is a folder; name a file in it")]
        with path.open("rb") as stream:
            return stream.read(limit + 1), []
    except FileNotFoundError:
        return None, [_no_such_file(path, where)]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, [Problem(where=where, id="unreadable-file", text=f"cannot read it: {reason}")]


def read_bytes(raw: bytes, name: str) -> tuple[Node | None, list[Problem]]:
    """Parse UTF-8 bytes (a byte order mark is skipped); see `read_text`."""
    text, problems = _decoded(raw, name)
    return (None, problems) if text is None else read_text(text, name)


def _decoded(raw: bytes, name: str) -> tuple[str | None, list[Problem]]:
    where = Location(name)
    if len(raw) > MAX_BYTES:
        return None, [too_large(where)]
    if b"\x00" in raw and not raw.startswith(UTF_16):
        text = "this is a binary file; name a text file, written in YAML or JSON"
        return None, [Problem(where=where, id="not-utf-8", text=text)]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line, column = line_and_column(error.object[: error.start].decode())
        wrong = error.object[error.start]
        found = "this is UTF-16" if raw.startswith(UTF_16) else f"the byte 0x{wrong:02X} is not UTF-8"
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
    return _NodeMaker(name, as_json=as_json).read(text)


def _with_whole_characters(text: str, error: yaml.YAMLError) -> str | None:
    """The text with one character for the two escapes that JSON writes for it, where YAML stopped at them; else None."""
    mark = getattr(error, "problem_mark", None)
    if mark is None or "Unicode character escape" not in str(getattr(error, "problem", "")):
        return None
    start = text.rfind("\\u", 0, mark.index + 2)
    pair = _ESCAPES.match(text, start) if start >= 0 else None
    if pair is None or pair[1] is None:
        return None
    return f"{text[:start]}{_join_surrogates(pair)}{text[pair.end() :]}"


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


def too_large(where: Location) -> Problem:
    """The problem of a file of more than `MAX_BYTES`."""
    text = f"the file is larger than {MAX_BYTES // 1_000_000} MB; answers and knowledge files are far smaller"
    return Problem(where=where, id="file-too-large", text=text)


def _join_surrogates(match: re.Match[str]) -> str:
    """JSON writes one character beyond U+FFFF as two escapes; YAML wants the character."""
    if match[1] is None:
        return match[0]
    high, low = int(match[1], 16), int(match[2], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


class _NodeMaker:
    def __init__(self, name: str, *, as_json: bool) -> None:
        self.name = name
        self.as_json = as_json
        self.source = ""
        self.problems = Problems()
        self.undashed: list[Node] = []
        self.nodes = 0

    def place(self, mark: Any) -> Location:
        return Location(self.name, mark.line + 1, mark.column + 1)

    def stop(self, where: Location, id_: str, text: str) -> _Stop:
        self.problems.add(where, id_, text)
        return _Stop()

    def read(self, text: str) -> tuple[Node | None, list[Problem]]:
        self.source = text
        forbidden = _FORBIDDEN.search(text)
        if forbidden:
            where = Location(self.name, *line_and_column(text[: forbidden.start()]))
            shown = f"the character U+{ord(forbidden[0]):04X} is invisible and not allowed; delete it"
            self.problems.add(where, "control-character", shown)
            return None, self.problems
        root: Node | None = None
        try:
            root = self.document(iter(yaml.parse(text, Loader=_LOADER)))
        except _Stop:
            pass
        except yaml.YAMLError as error:
            whole = _with_whole_characters(text, error)
            if whole is not None:
                return _NodeMaker(self.name, as_json=self.as_json).read(whole)
            self.syntax(error, text)
        else:
            if root is None:
                self.problems.add(
                    Location(self.name), "empty-file", "the file is empty; it needs `key: value` lines"
                )
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
                self.problems.add(
                    Location(self.name, wrong.lineno, wrong.colno), "json-syntax", json_advice(wrong.msg)
                )
                return
            except (RecursionError, ValueError):
                pass
        context, fault = getattr(error, "context", None) or "", getattr(error, "problem", None) or str(error)
        marks = (getattr(error, name, None) for name in ("problem_mark", "context_mark"))
        places = [Position(mark.line, mark.column) if mark else None for mark in marks]
        slip = yaml_slip(text, f"{context} {fault}".strip(), *places)
        where = Location(self.name, slip.place.line + 1, slip.place.column + 1)
        self.problems = Problems(one for one in self.problems if one.where.line != where.line)
        self.problems.add(where, "yaml-syntax", slip.text)

    def node(self, token: Any, rest: Iterator[Any], depth: int, *, in_list: bool = False) -> Node:
        where, start = self.place(token.start_mark), _offset(token.start_mark)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.stop(where, "too-many-values", f"more than {MAX_NODES:,} values in one file; split it")
        if depth > MAX_DEPTH:
            raise self.stop(where, "nested-too-deep", f"nested deeper than {MAX_DEPTH} levels; flatten it")
        if isinstance(token, yaml.AliasEvent):
            text = f"the alias *{token.anchor or ''} is not allowed; write it out or quote the text"
            raise self.stop(where, "alias-not-allowed", text)
        if token.anchor:
            text = f"the anchor &{token.anchor} is not allowed; drop it or quote the text"
            raise self.stop(where, "alias-not-allowed", text)
        if token.tag and token.tag != "!":
            text = f"the tag {_tag(token.tag)} is not allowed; drop it or quote the text"
            raise self.stop(where, "tag-not-allowed", text)
        if isinstance(token, yaml.ScalarEvent):
            return self.scalar(token, where, start)
        if isinstance(token, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(token := next(rest), yaml.SequenceEndEvent):
                last = self.node(token, rest, depth + 1, in_list=True)
                items += [*self.undashed, last]
                self.undashed = []
            return Node(items, where, span=(start, _offset(token.end_mark)))
        return self.mapping(token, rest, depth, in_list=in_list)

    def scalar(self, token: Any, where: Location, start: int) -> Node:
        end = _offset(token.end_mark)
        if token.style in ("|", ">") and not token.value and self.source[start + 1 : start + 2].isdigit():
            text = f"{token.style} begins a text of several lines; a comparison is in words, such as {{more_than: 5}}"
            raise self.stop(where, "yaml-syntax", text)
        return Node(_scalar(token), where, text=token.value, span=(start, end))

    def mapping(self, begin: Any, rest: Iterator[Any], depth: int, *, in_list: bool) -> Node:
        where, start = self.place(begin.start_mark), _offset(begin.start_mark)
        entries: dict[str, Node] = {}
        keys: dict[str, Location] = {}
        rows: list[Node] = []
        while not isinstance(token := next(rest), yaml.MappingEndEvent):
            key_node = self.node(token, rest, depth + 1)
            if isinstance(key_node.value, list | dict):
                raise self.key_not_text(key_node)
            key = self.key(token.value, key_node.where)
            value = self.node(next(rest), rest, depth + 1)
            if begin.flow_style and value.span[0] == value.span[1] and token.implicit[0]:
                if ":" in key:
                    key, value = self.without_space(key, key_node, value)
                elif self.belongs_to_number(key, entries):
                    continue
            if in_list and not begin.flow_style and key == next(iter(entries), None):
                text = f"a second {quoted(key)} in one row; a new row starts with a dash, `- {key}: …`"
                self.problems.add(key_node.where, "duplicate-key", text)
                rows.append(Node(entries, where, keys, span=(start, key_node.span[0])))
                where, start, entries, keys = key_node.where, key_node.span[0], {}, {}
            elif key in entries:
                entries[key] = self.twice(key_node, keys[key].line, entries[key], value)
                continue
            entries[key] = value
            keys[key] = key_node.where
        self.undashed = rows
        return Node(entries, where, keys, span=(start, _offset(token.end_mark)))

    def twice(self, key: Node, first: int, old: Node, new: Node) -> Node:
        """What a key stands for that is there a second time: what it was; of a table, the rows of both."""
        cure = "keep one of them"
        rows = new.value if isinstance(new.value, list) else []
        if rows and all(isinstance(one.value, dict) for one in rows) and isinstance(old.value, list | None):
            old = msgspec.structs.replace(new, value=old.value or [])
            old.value.extend(new.value)
            cure = "put all of its rows below one"
        text = f"the key {quoted(key.text)} stands here a second time (first on line {first}); {cure}"
        self.problems.add(key.where, "duplicate-key", text)
        return old

    def key_not_text(self, key: Node) -> _Stop:
        if isinstance(key.value, dict) and self.source[key.span[0] - 1 : key.span[0] + 1] == "{{":
            text = "a text may not start with {{; put it in quotes, or on its own line after `>-`"
            return self.stop(key.where, "key-not-text", text)
        return self.stop(key.where, "key-not-text", "a key must be plain text; quote it")

    def key(self, key: str, where: Location) -> str:
        """A key without characters that nobody sees, which are told."""
        odd = INVISIBLE.search(key)
        if odd is None:
            return key
        if key[odd.start() - 1 : odd.start()] == ":":
            place = msgspec.structs.replace(where, column=where.column + odd.start())
            raise self.stop(place, "yaml-syntax", no_space(odd[0]))
        text = f"the key has an invisible character in it, U+{ord(odd[0]):04X}; type the key anew"
        self.problems.add(where, "control-character", text)
        return INVISIBLE.sub("", key)

    def without_space(self, key: str, node: Node, value: Node) -> tuple[str, Node]:
        """What `{at_least:5}` means: a key and its value."""
        head, _, tail = key.partition(":")
        better = f"{head}: {tail}"
        text = f"a space is missing after the colon; write `{better}`"
        self.problems.add(node.where, "yaml-syntax", text, suggestion=better, replaces=key)
        return head, Node(_plain(tail), value.where, text=tail, span=node.span)

    def belongs_to_number(self, key: str, entries: dict[str, Node]) -> bool:
        """Whether a key is the end of a number before it, as in `{at_least: 180,000}`; then that is told."""
        before = next(reversed(entries), None)
        if before is None or not isinstance(entries[before].value, int) or not _THOUSANDS.fullmatch(key):
            return False
        number = f"{entries[before].text}{key}"
        if not _INTEGER.fullmatch(number):
            return False
        where = entries[before].where
        entries[before] = msgspec.structs.replace(entries[before], value=int(number), text=number)
        self.problems.add(where, "wrong-type", f"a number has no commas in it; write {number}")
        return True


def _offset(mark: Any) -> int:
    """How many characters come before a mark."""
    return int(mark.index)


def _scalar(token: Any) -> str | int | float | bool | None:
    """A plain scalar by YAML's core schema; a quoted one is text."""
    text: str = token.value
    return _plain(text) if token.implicit[0] else text


def _plain(text: str) -> str | int | float | bool | None:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    if text.lower() in (".nan", ".inf", "+.inf", "-.inf"):
        return float(text.lower().replace(".", ""))
    return text


def _tag(tag: str) -> str:
    """A tag as people write it: `!!python/object`, not its long form."""
    return quoted(tag.replace("tag:yaml.org,2002:", "!!"))
