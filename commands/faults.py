"""How the commands tell what is wrong: a line a problem, and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import NoReturn

import click

from trackfit.engine.problems.errors import TrackfitError, pip_install, refused
from trackfit.engine.problems.problem import Problem

EXIT_FAULTS = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
MAX_TOLD = 100


@contextmanager
def faults_as_lines() -> Iterator[None]:
    """Whatever is wrong with what the user gave becomes one line a problem, and exit status 2."""
    try:
        yield
    except TrackfitError as error:
        tell(error.problems)
        sys.exit(EXIT_BAD_INPUT)
    except KeyboardInterrupt:
        click.echo("\nStopped.", err=True)
        sys.exit(EXIT_INTERRUPTED)


def tell(problems: Iterable[Problem]) -> None:
    """One problem a line on standard error, those that stop a file before the others, and of very many the first."""
    problems = sorted(problems, key=lambda one: one.severity != "error")
    for problem in problems[:MAX_TOLD]:
        click.echo(problem.line(), err=True)
    if len(problems) > MAX_TOLD:
        click.echo(f"... and {len(problems) - MAX_TOLD:,} more; mend these first", err=True)


def refuse(place: str, id_: str, text: str) -> NoReturn:
    raise refused(place, id_, text)


def need_tables() -> None:
    """Refuse with the line that installs it where DuckDB or Ibis is missing."""
    if find_spec("ibis") is None or find_spec("duckdb") is None:
        refuse("trackfit", "cohort-missing", f"this needs DuckDB; install it: {pip_install('cohort')}")


def need_solver() -> None:
    """Refuse with the line that installs it where z3 is missing."""
    if not has_solver():
        refuse(
            "trackfit",
            "solver-missing",
            f"this command needs the solver z3; install it: {pip_install('prove')}",
        )


def has_solver() -> bool:
    """Whether z3 is installed."""
    return find_spec("z3") is not None
