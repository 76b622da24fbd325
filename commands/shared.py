"""What several commands share: their options, reading a case, writing a result, telling faults."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from click.shell_completion import CompletionItem

from trackfit.engine.problems.errors import InvalidInput, TrackfitError, not_a_date, refused
from trackfit.engine.problems.problem import Location, Problem, misspelt
from trackfit.engine.problems.problems import has_errors

if TYPE_CHECKING:
    from trackfit.engine.cases.case import Case
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.report.templates import OwnTemplate

EXIT_FAULTS = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
MAX_TOLD = 100


class _PathText(click.types.StringParamType):
    """A path as it was typed, which a shell completes; the commands look themselves what is there."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type=self.kind)]


FILE, FOLDER = _PathText("file"), _PathText("dir")


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
        type=FOLDER,
        help="A folder with rules/, facts/ and templates/. Default: the one that comes with the program.",
    )(command)


def writing_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that can write its result to a file."""
    command = click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")(command)
    return click.option("--out", metavar="FILE", type=FILE, help="Write to FILE instead of standard output.")(
        command
    )


def template_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option of every command that makes a report."""
    return click.option(
        "--template",
        metavar="NAME|FILE",
        type=FILE,
        help="A template of the knowledge base, such as brief, coach or email, or a file of your own. Default: report.",
    )(command)


def read_template(template: str | None, kb: KnowledgeBase) -> str | OwnTemplate:
    """A template by its name, or one of the person's own, read and looked through."""
    from trackfit.engine.report.report import TEMPLATE
    from trackfit.engine.report.templates import themes

    if template is None:
        return TEMPLATE
    if "/" in template or os.sep in template or template.endswith(".j2"):
        return _own_template(template, kb)
    known = themes(kb.folder / "templates")
    if template not in known:
        text = f"there is no template {template!r}"
        where = Location("--template")
        raise InvalidInput([misspelt(where, "missing-template", text, template, known)])
    return template


def _own_template(path: str, kb: KnowledgeBase) -> OwnTemplate:
    from trackfit.engine.documents.parse import read_source
    from trackfit.engine.report.templates import OwnTemplate
    from trackfit.engine.workshop.check.template_faults import own_template_faults

    text, problems = read_source(Path(path))
    own = OwnTemplate(path, text or "")
    problems = [*problems, *own_template_faults(kb, own)]
    if has_errors(problems):
        raise InvalidInput(problems)
    tell(problems)
    return own


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
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_BROKEN_PIPE)


def tell(problems: Iterable[Problem]) -> None:
    """One problem a line on standard error, and of very many the first."""
    problems = list(problems)
    for problem in problems[:MAX_TOLD]:
        click.echo(problem.line(), err=True)
    if len(problems) > MAX_TOLD:
        click.echo(f"... and {len(problems) - MAX_TOLD:,} more; mend these first", err=True)


def load_knowledge(folder: str | None, as_of: str | None = None) -> KnowledgeBase:
    """The knowledge base, with its figures as they were on a day (YYYY-MM-DD), else with the newest."""
    from trackfit.engine.inference.base import KnowledgeBase, has_durable_rules

    if not has_durable_rules():
        click.echo(
            "note: durable-rules is not installed, so the built-in engine runs (same conclusions); "
            "to install it: CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install 'trackfit[engine]'",
            err=True,
        )
    kb = KnowledgeBase.load(folder)
    return kb.on(as_of) if as_of else kb


def read_case(path: str, kb: KnowledgeBase) -> Case:
    """An answers file, or - for standard input; its warnings are told."""
    return read_answers(path, kb)[0]


def read_answers(path: str, kb: KnowledgeBase, *, unfinished: bool = False) -> tuple[Case, frozenset[str]]:
    """A case, and the keys that stand in its file without a value; an `unfinished` one may lack what is required."""
    from trackfit.engine.documents.parse import read_bytes, read_file

    node, problems = read_bytes(_standard_input(), "<stdin>") if path == "-" else read_file(Path(path))
    found = None
    if node is not None:
        found, more = kb.reader.read(node, unfinished=unfinished)
        problems = [*problems, *more]
    if node is None or found is None or has_errors(problems):
        raise InvalidInput(problems)
    tell(problems)
    return found, frozenset(key for key, one in node.value.items() if one.value is None)


def _standard_input() -> bytes:
    from trackfit.engine.documents.parse import MAX_BYTES

    if sys.stdin is None:
        refuse("<stdin>", "unreadable-file", "there is no standard input here; name an answers file")
    if sys.stdin.isatty():
        click.echo("Reading answers from the terminal; end them with Ctrl-D on a line of its own.", err=True)
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def write_result(text: str, out: str | None, *, force: bool, quiet: bool = False) -> None:
    """To a file in one step, or to standard output as UTF-8; unless `quiet`, with a word about the file."""
    if out in (None, "-"):
        if sys.stdout is None:
            refuse("<stdout>", "unwritable-file", "standard output is closed; name a file with --out")
        try:
            sys.stdout.buffer.write(text.encode())
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable("<stdout>", error) from error
        return
    check_writable(out, force=force)
    write_file(Path(out), text)
    if not quiet:
        click.echo(f"Written: {out}", err=True)


def write_file(path: Path, text: str) -> None:
    """Put a text into a file that only its owner may read."""
    from trackfit.engine.documents.files import write_atomic

    try:
        write_atomic(path, text.encode(), mode=0o600)
    except OSError as error:
        raise unwritable(str(path), error) from error


def check_writable(path: str | None, *, force: bool) -> None:
    """Refuse what could not be written, before any work is done for it."""
    if path in (None, "-"):
        return
    target = Path(path)
    if target.is_dir():
        refuse(path, "is-a-folder", "this is a folder; name a file in it")
    if target.exists() and not force:
        refuse(path, "file-exists", "this file exists; add --force to overwrite it, or name another")
    if not target.parent.is_dir():
        refuse(
            path, "unwritable-file", f"there is no folder {str(target.parent)!r}; make it, or name another"
        )
    if not os.access(target.parent, os.W_OK):
        refuse(path, "unwritable-file", "you may not write in this folder; name another place")


def free_name(name: str) -> Path:
    """`name`, or the first of name-2, name-3 and so on that is not taken."""
    path = Path(name)
    number = 1
    while path.exists():
        number += 1
        path = Path(name).with_stem(f"{Path(name).stem}-{number}")
    return path


def unwritable(path: str, error: OSError) -> InvalidInput:
    text = f"cannot write here: {error.strerror or type(error).__name__}; name another place"
    return refused(path, "unwritable-file", text)


def day(as_of: str | None) -> str:
    """The date to advise for, as YYYY-MM-DD."""
    if as_of is None:
        return datetime.date.today().isoformat()
    try:
        parsed = datetime.datetime.strptime(as_of, "%Y-%m-%d").date()
    except ValueError as error:
        raise not_a_date("--as-of", as_of) from error
    return parsed.isoformat()


def refuse(place: str, id_: str, text: str) -> NoReturn:
    raise refused(place, id_, text)


def need_tables() -> None:
    """Refuse with the line that installs it where DuckDB or Ibis is missing."""
    if find_spec("ibis") is None or find_spec("duckdb") is None:
        refuse("trackfit", "cohort-missing", "this needs DuckDB; install it: pip install 'trackfit[cohort]'")


def has_solver() -> bool:
    """Whether z3 is installed."""
    return find_spec("z3") is not None


def need_solver() -> None:
    """Refuse with the line that installs it where z3 is missing."""
    if not has_solver():
        refuse(
            "trackfit",
            "solver-missing",
            "this command needs the solver z3; install it: pip install 'trackfit[prove]'",
        )
