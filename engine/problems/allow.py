"""`# trackfit: allow <id> because <reason>`: a coach's word that a warning is meant to be so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from trackfit.engine.problems.problem import PROBLEMS, Location, Problem, misspelt

_ALLOW = re.compile(r"(?:^|\s|\{)#-?\s*trackfit:\s*(?P<verb>\w*)\b(?P<rest>.*)$")
_PARTS = re.compile(r"\s*(?P<id>[\w-]*)\s*(?:because\b\s*(?P<reason>.*?))?\s*(?:-?#\})?\s*$")
_TABLE = re.compile(r"[a-z_]+:\s*(?:#.*)?$")
_BLOCK = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?$")


class Allowance(msgspec.Struct, frozen=True):
    """One such comment: what it allows, on which lines, and where it stands; above a table, for all of its rows."""

    id: str
    where: Location
    first: int
    last: int
    table: bool = False

    def covers(self, problem: Problem) -> bool:
        """Whether a problem is what it allows."""
        return (
            problem.severity == "warning"
            and problem.id == self.id
            and problem.where.file == self.where.file
            and self.first <= max(problem.where.line, 1) <= self.last
        )


def without_allowed(problems: Iterable[Problem], texts: Mapping[str, str]) -> Iterator[Problem]:
    """The problems that no comment allows, and what is wrong with the comments."""
    allowances: list[Allowance] = []
    for file in sorted(texts):
        for found in _read(file, texts[file]):
            if isinstance(found, Problem):
                yield found
            else:
                allowances.append(found)
    used: set[Allowance] = set()
    for problem in problems:
        mine = [one for one in allowances if one.covers(problem)]
        used.update(mine)
        if not mine:
            yield problem
    for one in allowances:
        if one not in used and not one.table:
            text = f"this allows {one.id!r}, and no warning of that id is here; take the comment out"
            yield Problem(where=one.where, id="unused-allow", text=text, severity="warning")


def _read(file: str, text: str) -> Iterator[Allowance | Problem]:
    if "trackfit:" not in text:
        return
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        found = _ALLOW.search(line)
        if found is None:
            continue
        where = Location(file, number, line.index("trackfit:", found.start()) + 1)
        if found["verb"] != "allow":
            told = f"`# trackfit:` goes with `allow`, not with {found['verb']!r}; write `# trackfit: allow … because …`"
            yield Problem(where=where, id="unknown-problem-id", text=told)
            continue
        parts = _PARTS.match(found["rest"])
        id_, reason = (parts["id"], parts["reason"]) if parts else ("", None)
        if id_ not in PROBLEMS:
            yield misspelt(
                where, "unknown-problem-id", f"there is no problem {id_!r} to allow", id_, PROBLEMS
            )
        elif not reason:
            told = f"say why: `# trackfit: allow {id_} because …`"
            yield Problem(where=where, id="allow-without-reason", text=told)
        else:
            first = number if line[: found.start()].strip() else _next(lines, number)
            table = first <= len(lines) and _TABLE.match(lines[first - 1]) is not None
            last = _end_of_table(lines, first) if table else _end(lines, first)
            yield Allowance(id_, where, min(first, number), last, table=table)


def allows_in_table(text: str, id_: str) -> bool:
    """Whether a file allows a warning for all rows of a table."""
    return any(isinstance(one, Allowance) and one.table and one.id == id_ for one in _read("", text))


def _next(lines: list[str], number: int) -> int:
    """The line that a comment on a line of its own is about: the next one that is no comment."""
    while number < len(lines) and lines[number].lstrip().startswith(("#", "{#")):
        number += 1
    return number + 1


def _end(lines: list[str], first: int) -> int:
    """The last line of what begins on a line: of a text in a block, the whole block."""
    if first > len(lines) or not _BLOCK.search(lines[first - 1]):
        return first
    indent = _indent(lines[first - 1])
    last = first
    while last < len(lines) and (not lines[last].strip() or _indent(lines[last]) > indent):
        last += 1
    return last


def _end_of_table(lines: list[str], first: int) -> int:
    """The last line before the next table."""
    return next((number for number in range(first, len(lines)) if _TABLE.match(lines[number])), len(lines))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
