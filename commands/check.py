"""`trackfit check`: every fault in a knowledge base, with its place and its cure."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

import click

from trackfit.commands.faults import EXIT_FAULTS, faults_as_lines, has_solver, refuse
from trackfit.commands.inputs import day, tell_if_elsewhere
from trackfit.commands.options import FILE, knowledge_options
from trackfit.commands.outputs import as_json, unwritable
from trackfit.engine.documents.parse import read_source
from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.engine.problems.errors import pip_install
from trackfit.engine.problems.problem import PROBLEMS, Location, Problem
from trackfit.engine.workshop.check.check import Checked
from trackfit.engine.workshop.check.check import check as check_folder
from trackfit.engine.workshop.check.fixes import Fix, fix

FOLDERS = ("facts", "rules")


@click.command()
@click.argument("paths", type=FILE, metavar="[PATH]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="Text with excerpts (default), JSON, or annotations for GitHub Actions.",
)
@click.option(
    "--fix", "mend", is_flag=True, help="Mend what is certain, in place, and show what was changed."
)
@knowledge_options
def check(*, paths: tuple[str, ...], form: str, mend: bool, knowledge: str | None, as_of: str | None) -> None:
    """Every fault in a knowledge base, with its place and what to do.

    PATH is a folder with rules/, facts/ and templates/, or a file or folder inside one: then only its faults are
    shown. Or it is a template of your own, which is tried with the knowledge base. Without PATH the knowledge base
    that comes with the program is checked.

    \b
    Example:
        trackfit check my-knowledge
    """
    with faults_as_lines():
        date = day(as_of)
        own = [path for path in paths if _is_own_template(path)]
        wanted = _wanted(paths, own, knowledge)
        exact = has_solver()
        checked = {
            folder: _checked(folder, inside, date, mend=mend, exact=exact)
            for folder, inside in wanted.items()
        }
        shown = [row for folder, one in checked.items() for row in _shown(one, folder, wanted[folder])]
        shown += [row for path in own for row in _own_template(path, knowledge, date)]
        if form == "text":
            _text(shown, checked.values(), exact=exact)
        else:
            (_json if form == "json" else _github)([problem for problem, _ in shown])
        if not paths and knowledge is None:
            tell_if_elsewhere("check .")
        if shown:
            sys.exit(EXIT_FAULTS)


def _checked(folder: Path, inside: list[str], date: str, *, mend: bool, exact: bool) -> Checked:
    """What is wrong in a knowledge base, after what is to be mended there has been."""
    checked = check_folder(folder, date, solver=exact)
    if mend and (done := _mend(folder, checked, inside)):
        _show_fixes(done, folder)
        return check_folder(folder, date, solver=exact)
    return checked


def _shown(checked: Checked, folder: Path, inside: list[str]) -> list[tuple[Problem, str]]:
    """The problems of the parts of a knowledge base that are to be shown, each with its file's text."""
    return [
        (_placed(problem, folder), checked.texts.get(problem.where.file, ""))
        for problem in checked.problems
        if _is_inside(problem.where.file, inside)
    ]


def _wanted(paths: Sequence[str], own: Sequence[str], knowledge: str | None) -> dict[Path, list[str]]:
    """Each knowledge base to check, with the parts of it to show; none means all. The `own` templates are in none."""
    found: dict[Path, list[str]] = {}
    if not paths:
        return {_existing(knowledge) if knowledge else shipped().resolve(): []}
    whole: set[Path] = set()
    for path in paths:
        if path in own:
            continue
        place = _existing(path, _existing(knowledge) if knowledge else None)
        root = _around(place)
        if root is None:
            text = "this is no knowledge base, nor in one; name a folder with rules/, facts/ and templates/"
            refuse(path, "no-knowledge-base", text)
        parts = found.setdefault(root, [])
        if place == root:
            whole.add(root)
        else:
            parts.append(place.relative_to(root).as_posix())
    return {root: [] if root in whole else parts for root, parts in found.items()}


def _is_own_template(path: str) -> bool:
    """Whether it is a template that stands beside the templates of a knowledge base, or far from any."""
    place = Path(path).resolve()
    root = _around(place)
    return (
        path.endswith(".j2") and place.is_file() and not (root and place.is_relative_to(root / "templates"))
    )


def _own_template(path: str, knowledge: str | None, as_of: str) -> list[tuple[Problem, str]]:
    """The problems of a template from outside, with the knowledge base named, the one around it, or the shipped one."""
    from trackfit.engine.report.templates import OwnTemplate
    from trackfit.engine.workshop.check.template_faults import own_template_faults

    text, problems = read_source(Path(path))
    if text is not None:
        with KnowledgeBase.load(knowledge or _around(Path(path).resolve())) as kb:
            problems += own_template_faults(kb, OwnTemplate(path, text), as_of)
    return [(problem, text or "") for problem in problems]


def _around(place: Path) -> Path | None:
    """The knowledge base that a path is or stands in."""
    return next((one for one in (place, *place.parents) if _is_knowledge(one)), None)


def _existing(path: str, inside: Path | None = None) -> Path:
    """The path, or the path inside a folder, whichever there is."""
    places = [Path(path), *([inside / path] if inside else [])]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        refuse(path, "no-such-file", "there is no such file or folder; check the path")
    return found.resolve()


def _is_knowledge(folder: Path) -> bool:
    return folder.is_dir() and any((folder / name).is_dir() for name in FOLDERS)


def _is_inside(file: str, parts: list[str]) -> bool:
    return not parts or any(file == part or file.startswith(f"{part}/") for part in parts)


def _mend(folder: Path, checked: Checked, inside: list[str]) -> list[Fix]:
    problems = [problem for problem in checked.problems if _is_inside(problem.where.file, inside)]
    try:
        return fix(folder, problems)
    except OSError as error:
        raise unwritable(error.filename or str(folder), error) from error


def _show_fixes(done: Iterable[Fix], folder: Path) -> None:
    for one in done:
        click.echo(f"fixed: {_place(one.where, folder)}: {one.before} → {one.after}", err=True)


def _place(where: Location, folder: Path) -> Location:
    """The place as seen from where the command was called."""
    path, here = folder / where.file, Path.cwd().resolve()
    name = path.relative_to(here) if path.is_relative_to(here) else path
    return Location(str(name), where.line, where.column)


def _placed(problem: Problem, folder: Path) -> Problem:
    return Problem(
        where=_place(problem.where, folder),
        id=problem.id,
        text=problem.text,
        severity=problem.severity,
        suggestion=problem.suggestion,
        replaces=problem.replaces,
    )


def _text(shown: list[tuple[Problem, str]], checked: Collection[Checked], *, exact: bool) -> None:
    _problems(shown, sum(one.rules for one in checked))
    _how(chain.from_iterable(one.undecided for one in checked), exact=exact)


def _problems(shown: list[tuple[Problem, str]], rules: int) -> None:
    for problem, source in shown:
        click.echo(problem.line())
        for line in _excerpt(problem, source):
            click.secho(line, dim=True)
    if not shown:
        click.echo(f"No problems in {rules} rules." if rules else "No problems.")
        return
    errors = sum(problem.severity == "error" for problem, _ in shown)
    counts = [f"{errors} error{'s' * (errors != 1)}"] if errors else []
    warnings = len(shown) - errors
    counts += [f"{warnings} warning{'s' * (warnings != 1)}"] if warnings else []
    certain = sum(problem.certain for problem, _ in shown)
    hint = f" --fix can mend {certain} of them." if certain else ""
    click.echo(f"{' and '.join(counts)}. docs/problems/ has a page for each id.{hint}")


def _how(undecided: Iterable[str], *, exact: bool) -> None:
    """By what rules were looked at together."""
    if not exact:
        click.echo(
            "Rules were looked at together by our own analysis, which can miss some faults. "
            f"The solver misses none: {pip_install('prove')}"
        )
    for one in undecided:
        click.echo(f"The solver did not decide in time {one}.")


def _excerpt(problem: Problem, source: str) -> list[str]:
    """The line of a fault, with a caret below its place."""
    lines = _lines(source)
    if not 1 <= problem.where.line <= len(lines):
        return []
    line = lines[problem.where.line - 1].replace("\t", " ").rstrip()
    number = str(problem.where.line)
    named = re.search(r"'([^']+)'", problem.text)
    word = problem.replaces or (
        named[1] if named and line.startswith(named[1], problem.where.column - 1) else ""
    )
    width = max(len(word), 1)
    margin = " " * len(number)
    caret = " " * (max(problem.where.column, 1) - 1) + "^" * width
    return [f"  {number} | {line}", f"  {margin} | {caret}"]


@lru_cache(maxsize=8)
def _lines(source: str) -> list[str]:
    return source.split("\n")


def _json(problems: list[Problem]) -> None:
    rows = [
        {
            "file": problem.where.file,
            "line": max(problem.where.line, 1),
            "column": max(problem.where.column, 1),
            "severity": problem.severity,
            "id": problem.id,
            "text": problem.text,
            "suggestion": problem.suggestion,
        }
        for problem in problems
    ]
    click.echo(as_json(rows))


def _github(problems: list[Problem]) -> None:
    for problem in problems:
        where = problem.where
        fields = {
            "file": where.file.replace(os.sep, "/"),
            "line": str(max(where.line, 1)),
            "col": str(max(where.column, 1)),
            "title": f"{problem.id}: {PROBLEMS.get(problem.id, '')}",
        }
        joined = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in fields.items())
        click.echo(f"::{problem.severity} {joined}::{_escaped(problem.text)}")


def _escaped(text: str, more: str = "") -> str:
    """Text as workflow commands want it."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
