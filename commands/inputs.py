"""What the commands read: the day, a knowledge base and whose it is, a template, a case."""

from __future__ import annotations

import datetime
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackfit.commands.faults import refuse, tell
from trackfit.commands.outputs import command_here
from trackfit.engine.problems.errors import LAST_DAY, InvalidInput, not_a_date, pip_install
from trackfit.engine.problems.problem import Location, Problem, misspelt
from trackfit.engine.problems.problems import has_errors

if TYPE_CHECKING:
    from trackfit.engine.cases.case import Case
    from trackfit.engine.documents.node import Node
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.report.templates import OwnTemplate


TOLD_ENGINE = "engine.told"
ENGINE_DEFINE = "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject"


def day(as_of: str | None) -> str:
    """The date to advise for, as YYYY-MM-DD."""
    if as_of is None:
        return datetime.date.today().isoformat()
    try:
        parsed = datetime.datetime.strptime(as_of, "%Y-%m-%d").date()
    except ValueError as error:
        raise not_a_date("--as-of", as_of) from error
    if parsed.isoformat() > LAST_DAY:
        raise not_a_date("--as-of", parsed.isoformat())
    return parsed.isoformat()


def load_knowledge(folder: str | None, as_of: str | None = None) -> KnowledgeBase:
    """The knowledge base, with its figures as they were on a day (YYYY-MM-DD), else with the newest."""
    from trackfit.engine.inference.base import KnowledgeBase

    _tell_engine_once()
    kb = KnowledgeBase.load(folder)
    return kb.on(as_of) if as_of else kb


def _tell_engine_once() -> None:
    """A note where durable-rules is not installed; not again for a user whose cache folder can keep that it was told."""
    from trackfit.engine.documents import cache
    from trackfit.engine.inference.base import has_durable_rules

    if has_durable_rules() or cache.read(TOLD_ENGINE) is not None:
        return
    click.echo(
        "note: durable-rules is not installed, so the built-in engine runs (same conclusions; this is said once). "
        f"To install it: {ENGINE_DEFINE} {pip_install('engine')}",
        err=True,
    )
    cache.keep(TOLD_ENGINE, b"", most=1)


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


def read_case(path: str, kb: KnowledgeBase) -> Case:
    """An answers file, or - for standard input; its warnings are told."""
    return read_answers(path, kb)[0]


def read_answers(path: str, kb: KnowledgeBase, *, unfinished: bool = False) -> tuple[Case, frozenset[str]]:
    """A case, and the keys that stand in its file without a value; an `unfinished` one may lack what is required."""
    from trackfit.engine.documents.folder import MAX_BYTES
    from trackfit.engine.documents.parse import read_bytes, read_file

    if path == "-":
        node, problems = read_bytes(standard_input("answers", MAX_BYTES), "<stdin>")
    else:
        node, problems = read_file(Path(path))
    found = None
    if node is not None:
        found, more = kb.reader.read(node, unfinished=unfinished)
        problems = [*problems, *more]
    if node is None or found is None or has_errors(problems):
        raise InvalidInput(problems)
    tell([*problems, *_beside_the_point(found, node, kb)])
    return found, frozenset(key for key, one in node.value.items() if one.value is None)


def _beside_the_point(case: Case, node: Node, kb: KnowledgeBase) -> Iterator[Problem]:
    """A note for each answer that is asked of others only."""
    given = [kb.facts.attributes[key] for key in case.answers if key in node.value]
    if not any(one.question and one.question.only_if for one in given):
        return
    from trackfit.engine.interview.interview import Interview

    talk = Interview(kb, case)
    for one in given:
        if talk.concerns(one) is False:
            text = f"{one.id!r} is not asked of people with these other answers; look whether it is meant"
            yield Problem(where=node.keys[one.id], id="answer-not-asked", text=text, severity="warning")


def standard_input(what: str, limit: int) -> bytes:
    """Up to `limit` bytes of standard input, and one more; `what` is that which is expected there, such as answers."""
    if sys.stdin is None:
        refuse("<stdin>", "unreadable-file", "there is no standard input here; name a file")
    if sys.stdin.isatty():
        click.echo(f"Reading {what} from the terminal; end with Ctrl-D on a line of its own.", err=True)
    return sys.stdin.buffer.read(limit + 1)


def is_knowledge(folder: Path) -> bool:
    """Whether a folder looks like a knowledge base."""
    return (folder / "facts").is_dir() and (folder / "rules").is_dir()


def own_folder(knowledge: str | None) -> Path:
    """The folder given by --knowledge, or the one we are in. Refuses what is none, or belongs to the program."""
    folder = Path(knowledge or ".")
    if not is_knowledge(folder):
        text = "there is no knowledge base here; go to a folder with facts/ and rules/, or name one with --knowledge"
        refuse(str(folder), "no-knowledge-base", text)
    if is_installed(folder):
        text = "this is the installed program, which an update overwrites; make your own with `trackfit new knowledge DIR`"
        refuse(str(folder), "installed-knowledge", text)
    return folder


def is_installed(folder: Path) -> bool:
    """Whether a folder is where the package manager put trackfit; a checkout of it is not."""
    from trackfit.engine.inference.base import shipped

    within = folder.resolve()
    return within.is_relative_to(shipped().resolve()) and bool(
        {"site-packages", "dist-packages"} & set(within.parts)
    )


def tell_if_elsewhere(command: str) -> None:
    """Say that a command looked at the program's own knowledge base where the folder that we are in holds another."""
    from trackfit.engine.inference.base import shipped

    if is_knowledge(Path()) and Path.cwd() != shipped().resolve():
        click.echo(
            f"This was the knowledge base that comes with trackfit; for yours: {command_here(*shlex.split(command))}",
            err=True,
        )
