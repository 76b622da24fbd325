"""One fault, with its place and its id: the unit in which everything that is wrong is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a file; lines and columns count from 1, and 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{max(self.line, 1)}:{max(self.column, 1)}"


class Problem(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One fault: where, how bad, what is wrong and what to do, and the id of its page in docs/problems.

    `replaces` is set where the cure is certain: the text, at `where` or after it on the same line, that
    `suggestion` can take the place of.
    """

    where: Location
    id: str
    text: str
    severity: Severity = "error"
    suggestion: str | None = None
    replaces: str | None = None

    def line(self) -> str:
        """The fault on one line, `FILE:LINE:COL: severity: text (problem-id)`.

        >>> Problem(where=Location("case.yaml", 2, 1), id="unknown-key", text="no such key").line()
        'case.yaml:2:1: error: no such key (unknown-key)'
        """
        text = " ".join(self.text.split())
        return f"{self.where}: {self.severity}: {text} ({self.id})"


def quoted(value: object) -> str:
    """A value as it was given, in quotes where it is text, and not endless.

    >>> quoted("x" * 100), quoted(7)
    ("'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'", '7')
    """
    if isinstance(value, str):
        return repr(value if len(value) <= 36 else f"{value[:35]}…")
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def near(word: str, names: Iterable[str], *, limit: int = 3, least: int = 72) -> list[str]:
    """The names that look most like `word`, best first; empty where none is near enough (`least`, of 100).

    A name less than half as long as the word is never suggested ("R" is in every fourth word), nor one that looks
    much less like it than the first.

    >>> near("data_enginer", ["data_engineer", "architect"]), near("years", ["years_experience", "R"])
    (['data_engineer'], ['years_experience'])
    """
    from rapidfuzz import fuzz, process, utils

    word = utils.default_process(word[:100])
    plain = {name: utils.default_process(name) for name in sorted(set(names))}
    long_enough = {name: text for name, text in plain.items() if 2 * len(text.replace(" ", "")) >= len(word)}
    found = process.extract(word, long_enough, scorer=fuzz.WRatio, limit=limit, score_cutoff=least)
    return [name for _, score, name in found if score > found[0][1] - 8]


def did_you_mean(word: str, names: Iterable[str]) -> tuple[str, str | None]:
    """A sentence that proposes the nearest names, with a leading space, and the very nearest one.

    Without a near name it lists what is valid, where that is short enough to read.
    """
    names = sorted(set(names))
    close = near(word, names)
    if close:
        return f"; did you mean {' or '.join(repr(name) for name in close)}?", close[0]
    if names and len(names) <= 16:
        return f"; valid here: {', '.join(names)}", None
    return "", None


def only_near(word: str, names: Iterable[str]) -> str | None:
    """The one name that `word` is surely a slip of the keyboard for; None where there is none, or a second one.

    >>> only_near("tittle", ["title", "then"]), only_near("routs", ["route", "routes"])
    ('title', None)
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 1 if len(word) < 6 else 2
    choices = [name for name in sorted(set(names)) if len(name) > 2 and not name.isdigit()]
    found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=2)
    return found[0][0] if len(found) == 1 else None


def misspelt(where: Location, id_: str, text: str, word: str, names: Iterable[str]) -> Problem:
    """The problem of a `word` that is none of `names`: it tells the nearest, and is mended where only one is near."""
    names = list(names)
    certain = only_near(word, names)
    hint, nearest = (f"; did you mean {certain!r}?", certain) if certain else did_you_mean(word, names)
    return Problem(
        where=where,
        id=id_,
        text=f"{text}{hint}",
        suggestion=nearest,
        replaces=word if certain else None,
    )
