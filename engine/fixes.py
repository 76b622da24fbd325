"""Mending what is certain: a name with one near match, an alias where an id belongs, yes and no as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from trackfit.engine.files import write_atomic
from trackfit.engine.problem import Location, Problem
from trackfit.engine.source import read_text

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

    A change that would make a file unreadable, or a key stand twice, is not made. Raises OSError.
    """
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.replaces is not None and problem.suggestion is not None:
            by_file.setdefault(problem.where.file, []).append(problem)
    done: list[Fix] = []
    for file in sorted(by_file):
        path = folder / file
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
        made: list[Fix] = []
        for problem in sorted(by_file[file], key=lambda one: one.where, reverse=True):
            mended = _mended(text, problem)
            if mended is not None and _no_worse(text, mended, file):
                text = mended
                made.append(Fix(problem.where, str(problem.replaces), str(problem.suggestion)))
        if made:
            mark = _BOM if raw.startswith(_BOM) else b""
            write_atomic(path, mark + text.encode(), mode=path.stat().st_mode & 0o777)
            done += made
    return sorted(done)


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


def _no_worse(before: str, after: str, file: str) -> bool:
    """Whether a changed file still reads as well as before; a template is not read here."""
    if not file.endswith((".yaml", ".yml")):
        return True
    return len(read_text(after, file)[1]) <= len(read_text(before, file)[1])
