"""What can still be read of a file that is not valid YAML.

A slip in a text for readers, such as a colon too many, is read over, so that the rest of its row is checked. Any other
hides the row it stands in, of which the ids are kept; the rows around it are read.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from trackfit.engine.documents.folder import read_anyhow
from trackfit.engine.documents.node import Node
from trackfit.engine.documents.parse import read_source, read_text
from trackfit.engine.documents.slips import is_table
from trackfit.engine.problems.problem import Problem

MAX_ROUNDS = 50
MOST_DOCUMENTS = 10
"""So many documents of one file are read; what comes after them is only kept as lost."""
CURABLE = frozenset(
    {
        "yaml-syntax",
        "alias-not-allowed",
        "tag-not-allowed",
        "key-not-text",
        "nested-too-deep",
        "control-character",
    }
)
"""Faults of one place in a file, which end its reading there."""
TEXTS = (
    "about|title|name|says|note|question|help|label|description|role|outcome|publisher|where|todo|says_not"
)
"""Keys of texts for readers; what a rule means does not hang on them."""
_TEXT = re.compile(rf"(?P<before> *(?:- +)?)(?:{TEXTS}): +(?P<text>[^\s\[{{|>#].*)$")
_SIGNS = "*&!%@`-?,]}\"'"
_NO_TEXT = re.compile(r" *(?:- |\{|\w+ *:)")
"""How a line begins that holds more than a text, unless it begins like the one above."""
_COLON = re.compile(r":(?=\s|$)")
_TABLE = re.compile(r"([a-z_]+)[ \t]*:")
_DASH = re.compile(r"( *)- ")
_ID = re.compile(r"(?:^|[\s{,-])[\"']?id[\"']?\s*:\s*[\"']?([A-Za-z0-9_]+)")
_WORD = re.compile(r"[a-z][a-z0-9_]*")


class Salvaged(msgspec.Struct):
    """The readable part of a file; of the rest, the (table, id) of each row and every word that stands there.

    `text` is the whole file, None where it is no text.
    """

    root: Node | None
    problems: list[Problem]
    ids: set[tuple[str, str]] = msgspec.field(default_factory=set)
    words: set[str] = msgspec.field(default_factory=set)
    text: str | None = None


def salvage_file(path: Path, name: str) -> Salvaged:
    """Read a file as far as it can be, one that is no UTF-8 too; of what cannot be read, keep the ids and words."""
    text, problems = read_source(path, name)
    if text is not None:
        return msgspec.structs.replace(salvage(text, name), text=text)
    lost = read_anyhow(path)
    if problems[0].id == "not-utf-8" and "\0" not in lost:
        found = salvage(lost, name)
        return msgspec.structs.replace(found, problems=[*problems, *found.problems], text=lost)
    found = Salvaged(None, problems)
    _note(lost, 0, lost.split("\n"), found)
    return found


def salvage(text: str, name: str, documents: int = MOST_DOCUMENTS) -> Salvaged:
    """Read a file; where a row cannot be read, read all others without it, and tell every such row.

    Places in the nodes are those of the text as it was given.
    """
    found = Salvaged(None, [])
    lines = text.split("\n")
    for _ in range(MAX_ROUNDS):
        root, problems = read_text("\n".join(lines), name)
        if root is not None:
            found.root = root
            found.problems += problems
            return found
        fault = problems[-1]
        if fault.id == "several-documents" and documents > 1:
            return _both(lines, fault.where.line - 1, name, [*found.problems, *problems], documents - 1)
        told = fault.where.line in {problem.where.line for problem in found.problems}
        found.problems += [] if told or (fault.id == "empty-file" and found.problems) else problems
        if fault.id not in CURABLE or not (
            _read_over(fault, lines) or _blank(lines, fault.where.line - 1, found)
        ):
            break
    _note("\n".join(lines), 0, lines, found)
    return found


def _both(lines: list[str], cut: int, name: str, problems: list[Problem], documents: int) -> Salvaged:
    """Two documents in one file, read as if the line between them were not there."""
    before = "".join(" " if one != "\n" else one for one in "\n".join(lines[: cut + 1]))
    first = salvage("\n".join(lines[:cut]), name, documents)
    second = salvage("\n".join([before, *lines[cut + 1 :]]), name, documents)
    told = [
        one for one in (*first.problems, *second.problems) if one not in problems and one.id != "empty-file"
    ]
    root = first.root or second.root
    if first.root is not None and second.root is not None:
        root = _joined(first.root, second.root)
    return Salvaged(root, [*problems, *told], first.ids | second.ids, first.words | second.words)


def _joined(first: Node, second: Node) -> Node:
    """The rows of two documents, table by table; rows without a table belong to the last one."""
    if isinstance(first.value, dict) and isinstance(second.value, list) and first.value:
        table = list(first.value)[-1]
        second = msgspec.structs.replace(second, value={table: second}, keys={table: second.where})
    if not isinstance(first.value, dict) or not isinstance(second.value, dict):
        return first
    value = {**second.value, **first.value}
    for table in first.value.keys() & second.value.keys():
        rows, more = first.value[table].value, second.value[table].value
        if isinstance(rows, list) and isinstance(more, list):
            value[table] = msgspec.structs.replace(first.value[table], value=[*rows, *more])
    return msgspec.structs.replace(first, value=value, keys={**second.keys, **first.keys})


def _read_over(fault: Problem, lines: list[str]) -> bool:
    """Put harmless characters where a text has a slip; False where it is in no text, or in one of several lines."""
    line, column = fault.where.line - 1, fault.where.column - 1
    if fault.id == "control-character":
        whole = lines[line]
        lines[line] = f"{whole[:column]} {whole[column + 1 :]}"
        return bool(_TEXT.match(whole)) or not _NO_TEXT.match(whole)
    found = _TEXT.match(lines[line]) if line < len(lines) else None
    below = next((one for one in lines[line + 1 :] if one.strip()), "")
    if found is None or len(below) - len(below.lstrip()) > len(found["before"]):
        return False
    text = _COLON.sub(";", found["text"])
    text = f".{text[1:]}" if text[0] in _SIGNS else text
    if text == found["text"]:
        return False
    lines[line] = lines[line][: found.start("text")] + text
    return True


def _blank(lines: list[str], line: int, found: Salvaged) -> bool:
    """Make comments of the row that holds `line`; False where there is none to find."""
    line = min(line, len(lines) - 1)
    while line > 0 and not lines[line].strip("# "):
        line -= 1
    head = next((number for number in range(line, -1, -1) if is_table(lines, number)), None)
    if head is None:
        return False
    dashes = [
        (number, match[1]) for number in range(head + 1, line + 1) if (match := _DASH.match(lines[number]))
    ]
    if not dashes:
        return False
    indent = dashes[0][1]
    start = max(number for number, found_indent in dashes if found_indent == indent)
    end = _end_of_row(lines, start, indent)
    _note("\n".join(lines[start:end]), start, lines, found)
    lines[start:end] = ["#" + " " * (len(one) - 1) if one else "" for one in lines[start:end]]
    return True


def _end_of_row(lines: list[str], start: int, indent: str) -> int:
    """The line where the next row of the same depth, or another table, begins."""
    end = start + 1
    while end < len(lines) and not (lines[end].startswith(f"{indent}- ") or is_table(lines, end)):
        end += 1
    return end


def _note(text: str, start: int, lines: list[str], found: Salvaged) -> None:
    table = next((match[1] for line in lines[start::-1] if (match := _TABLE.match(line))), "")
    for line in text.split("\n"):
        if match := _TABLE.match(line):
            table = match[1]
        found.ids.update((table, id_) for id_ in _ID.findall(line))
    found.words.update(_WORD.findall(text))
