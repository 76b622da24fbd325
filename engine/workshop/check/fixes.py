"""Mending what is certain: a name with one near match, an alias where an id belongs, a number, a key's place in its row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from trackfit.engine.documents.files import write_atomic
from trackfit.engine.documents.node import Node, walk
from trackfit.engine.documents.parse import read_text
from trackfit.engine.knowledge.keys import in_order
from trackfit.engine.problems.problem import Location, Problem

_COMMENT_BELOW = re.compile(r"\n[ \t]*#[^\n]*$")
_COMMENT_BESIDE = re.compile(r"[ \t]+#[^\n]*")
_BOM = b"\xef\xbb\xbf"
UNQUOTED = ("yes-no-as-text", "wrong-type")
"""Ids of problems that quotes are a part of."""


class Fix(msgspec.Struct, frozen=True, order=True):
    """One change of a file: what stood there, and what stands there now."""

    where: Location
    before: str
    after: str


def fix(folder: Path, problems: Iterable[Problem]) -> list[Fix]:
    """Mend the files of a knowledge base in place, each in one step; returns what was changed, in order.

    A change that would make a file unreadable, or a key stand twice, is not made, nor one of a file that is no UTF-8.
    Raises OSError.
    """
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.certain:
            by_file.setdefault(problem.where.file, []).append(problem)
    done: list[Fix] = []
    for file in sorted(by_file):
        path = folder / file
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        made: list[Fix] = []
        for problem in sorted(by_file[file], key=lambda one: one.where, reverse=True):
            mended = _reordered(text, problem, file) if problem.id == "key-order" else _mended(text, problem)
            if mended is not None and _no_worse(text, mended, file):
                text = mended
                made.append(_told(problem))
        if made:
            mark = _BOM if raw.startswith(_BOM) else b""
            write_atomic(path, mark + text.encode(), mode=path.stat().st_mode & 0o777)
            done += made
    return sorted(done)


def _told(problem: Problem) -> Fix:
    if problem.id == "key-order":
        return Fix(problem.where, "a key too late in its row", "moved up")
    return Fix(problem.where, str(problem.replaces), str(problem.suggestion))


def _mended(text: str, problem: Problem) -> str | None:
    """The text with one name replaced: the first such word at the problem's place or after it on its line."""
    lines = text.split("\n")
    number, column = problem.where.line - 1, problem.where.column - 1
    if not 0 <= number < len(lines):
        return None
    line = lines[number]
    word, right = re.escape(str(problem.replaces)), str(problem.suggestion)
    quotes = r"""(?P<quote>["']?)""" if problem.id in UNQUOTED else "(?P<quote>)"
    found = re.compile(rf"{quotes}(?<!\w){word}(?!\w)(?P=quote)").search(line, column)
    if found is None:
        return None
    lines[number] = line[: found.start()] + right + line[found.end() :]
    return "\n".join(lines)


def _reordered(text: str, problem: Problem, file: str) -> str | None:
    """The text with the keys of one row in order, each with the comment on its line; None where that loses something."""
    root, _ = read_text(text, file)
    row = next((node for node in walk(root) if problem.where in node.keys.values()), None) if root else None
    if root is None or row is None:
        return None
    pieces = {key: _piece(text, row, key) for key in row.value}
    mended, position = "", 0
    for key, (start, end) in zip(in_order(list(row.value)), pieces.values(), strict=True):
        first, last = pieces[key]
        mended += text[position:start] + text[first:last]
        position = end
    mended += text[position:]
    after, problems = read_text(mended, file)
    return mended if after is not None and not problems and after.plain() == root.plain() else None


def _piece(text: str, row: Node, key: str) -> tuple[int, int]:
    """Where a key with its value begins and ends."""
    place = row.keys[key]
    start = sum(len(line) + 1 for line in text.split("\n")[: place.line - 1]) + place.column - 1
    value = row.value[key]
    texts = [one.span[1] for one in walk(value) if not isinstance(one.value, dict | list)]
    found = text[start : value.span[1]].rstrip()
    while (cut := _COMMENT_BELOW.search(found)) and start + cut.start() >= max(texts, default=start) - 1:
        found = found[: cut.start()].rstrip()
    comment = _COMMENT_BESIDE.match(text, start + len(found))
    return start, comment.end() if comment else start + len(found)


def _no_worse(before: str, after: str, file: str) -> bool:
    """Whether a changed file still reads as well as before; a template is not read here."""
    if not file.endswith((".yaml", ".yml")):
        return True
    return len(read_text(after, file)[1]) <= len(read_text(before, file)[1])
