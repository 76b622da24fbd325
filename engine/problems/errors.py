"""The exception tree. Whatever goes wrong for a user is one of these, and carries its problems."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable

from trackfit.engine.problems.problem import Location, Problem


class TrackfitError(Exception):
    """Base of every error that trackfit raises on purpose.

    `problems` holds what to tell the user, at least one entry, sorted by place.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(problem.line() for problem in self.problems))


class InvalidInput(TrackfitError):
    """What was handed in (answers, an option, a file) cannot be used as it is."""


def refused(where: Location | str, id_: str, text: str, suggestion: str | None = None) -> InvalidInput:
    """What to raise for one thing that cannot be used: its place, or the name of its file or option, and why."""
    place = Location(where) if isinstance(where, str) else where
    return InvalidInput([Problem(where=place, id=id_, text=text, suggestion=suggestion)])


def pip_install(extra: str) -> str:
    """The command that adds an extra to this very interpreter."""
    return f"{shlex.quote(sys.executable)} -m pip install 'trackfit[{extra}]'"


LAST_DAY = "2999-12-31"
"""The last day to advise for: plans reach into the years after it."""


def not_a_date(place: str, text: str) -> InvalidInput:
    """What to raise where a date is wanted at a place and something else stands there."""
    said = f"{text!r} is not a date; write YYYY-MM-DD, such as 2026-11-22"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and text > LAST_DAY:
        said = f"{text} is too far ahead; name a day up to {LAST_DAY}"
    return refused(place, "wrong-date", said)


class InvalidKnowledge(TrackfitError):
    """The knowledge base has faults; nothing was concluded from it."""


class ConflictingConclusions(TrackfitError):
    """Two rules gave one single-valued attribute two values for one case."""


class EngineFailure(TrackfitError):
    """The rule engine itself reported an error or broke a limit."""
