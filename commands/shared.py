"""What several commands share: their options, reading a case, writing a result, telling faults."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from trackfit.engine.errors import InvalidInput, TrackfitError
from trackfit.engine.problem import Location, Problem

if TYPE_CHECKING:
    from trackfit.engine.case import Case
    from trackfit.engine.knowledge import KnowledgeBase

EXIT_FAULTS = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130


def knowledge_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that reads the knowledge base."""
    command = click.option(
        "--as-of",
        metavar="YYYY-MM-DD",
        help="The date to advise for; it decides which figures are out of date. Default: today.",
    )(command)
    return click.option(
        "--knowledge",
        metavar="DIR",
        help="A folder with rules/, facts/ and templates/. Default: the one that comes with the program.",
    )(command)


def writing_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that can write its result to a file."""
    command = click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")(command)
    return click.option("--out", metavar="FILE", help="Write to FILE instead of standard output.")(command)


@contextmanager
def faults_as_lines() -> Iterator[None]:
    """Whatever is wrong with what the user gave becomes one line a problem, and exit status 2."""
    try:
        yield
    except TrackfitError as error:
        for problem in error.problems:
            click.echo(problem.line(), err=True)
        sys.exit(EXIT_BAD_INPUT)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def load_knowledge(folder: str | None) -> KnowledgeBase:
    from trackfit.engine.knowledge import KnowledgeBase, has_durable_rules

    if not has_durable_rules():
        click.echo(
            "note: durable-rules is not installed, so the built-in engine runs (same conclusions); "
            "to install it: CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install 'trackfit[engine]'",
            err=True,
        )
    return KnowledgeBase.load(folder)


def read_case(path: str, kb: KnowledgeBase, *, unfinished: bool = False) -> Case:
    """An answers file, its warnings told; an `unfinished` one may lack what is required."""
    from trackfit.engine.source import MAX_BYTES, read_bytes, read_file

    if path == "-":
        node, problems = read_bytes(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")
    else:
        node, problems = read_file(Path(path))
    if node is None or any(problem.severity == "error" for problem in problems):
        found = None
    else:
        found, more = kb.reader.read(node, unfinished=unfinished)
        problems = [*problems, *more]
    if found is None:
        raise InvalidInput(problems)
    for problem in problems:
        click.echo(problem.line(), err=True)
    return found


def write_result(text: str, out: str | None, *, force: bool) -> None:
    """To a file in one step, or to standard output as UTF-8."""
    if out is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    from trackfit.engine.files import write_atomic

    refuse_overwrite(out, force=force)
    try:
        write_atomic(Path(out), text.encode(), mode=0o600)
    except OSError as error:
        raise unwritable(out, error) from error
    click.echo(f"Written: {out}", err=True)


def refuse_overwrite(path: str | None, *, force: bool) -> None:
    if path is not None and not force and Path(path).exists():
        refuse(path, "file-exists", "this file exists; add --force to overwrite it, or name another")


def unwritable(path: str, error: OSError) -> InvalidInput:
    text = f"cannot write here: {error.strerror or type(error).__name__}; name another place"
    return InvalidInput([Problem(where=Location(path), id="unwritable-file", text=text)])


def day(as_of: str | None) -> str:
    """The date to advise for, as YYYY-MM-DD."""
    if as_of is None:
        return datetime.date.today().isoformat()
    try:
        parsed = datetime.datetime.strptime(as_of, "%Y-%m-%d").date()
    except ValueError:
        refuse("--as-of", "wrong-date", f"{as_of!r} is not a date; write YYYY-MM-DD, such as 2026-11-22")
    return parsed.isoformat()


def refuse(place: str, id_: str, text: str) -> NoReturn:
    raise InvalidInput([Problem(where=Location(place), id=id_, text=text)])
