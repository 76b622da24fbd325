"""What went wrong in a template, as a problem with its place there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound, UndefinedError

from trackfit.engine.documents.folder import files_in
from trackfit.engine.documents.slips import template_advice
from trackfit.engine.problems.problem import Location, Problem, did_you_mean

LAST = "sources"
"""The block that is rendered after all others, when it is known which figures they print."""
LAST_NAMES = ("sources", "unstated")
"""The names that only this block may use."""
_QUOTED = re.compile(r"'([^']+)'")
_TAG = re.compile(r"\{[{%#]")


MOST_NESTED = 60
"""How deep a part of a template may stand in others; what is deeper breaks Jinja's reader, or Python's."""
BREAKS = (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError)
"""What Jinja's reader and Python's compiler raise at templates that are too much for them."""
_TOO_MUCH = "it is nested too deep, or a number in it has too many digits; make it simpler"


def parsed(environment: Environment, text: str, name: str | None = None) -> nodes.Template:
    """The tree of a template. Raises `TemplateSyntaxError`, also where it is too much for Jinja or for Python."""
    try:
        tree = environment.parse(text, name)
    except BREAKS as error:
        raise too_much(name) from error
    stack: list[tuple[nodes.Node, int]] = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MOST_NESTED:
            raise too_much(name, getattr(node, "lineno", 1))
        stack.extend((child, depth + 1) for child in node.iter_child_nodes())
    return tree


def too_much(name: str | None, line: int = 1) -> TemplateSyntaxError:
    """What to raise for a template that cannot be compiled."""
    return TemplateSyntaxError(_TOO_MUCH, line, name)


def problem_of(error: Exception, folder: Path, place: str, own: str | None, names: Iterable[str]) -> Problem:
    """An error in rendering a template, with the innermost place in a template on the way to it.

    `place` is its file as problems name it, `own` its text where it is not one of the folder's, `names` what it was given.
    """
    problem = _told(error, folder, names)
    name, line = _line_of(error, folder, place) or (place, 1)
    if isinstance(error, TemplateSyntaxError):
        inside = error.name is not None and (folder / error.name).is_file()
        name, line = f"templates/{error.name}" if inside else place, error.lineno
    text = own if own is not None and name == place else _text_of(folder / name.removeprefix("templates/"))
    return msgspec.structs.replace(problem, where=place_in(text, name, line, problem.text))


def _told(error: Exception, folder: Path, names: Iterable[str]) -> Problem:
    """An error in rendering as a problem, without its place."""
    where = Location("")
    if isinstance(error, TemplateSyntaxError):
        text = f"the template cannot be read: {template_advice(str(error.message))}"
        return Problem(where=where, id="template-syntax", text=text)
    if isinstance(error, TemplateNotFound):
        hint, nearest = did_you_mean(str(error.name), [path.name for path in files_in(folder)])
        text = f"there is no template {error.name!r} in {folder.name}/{hint}"
        return Problem(where=where, id="missing-template", text=text, suggestion=nearest)
    if isinstance(error, SecurityError):
        text = (
            f"the template tries what the sandbox forbids: {error}; templates only print what they are given"
        )
        return Problem(where=where, id="template-escapes-sandbox", text=text)
    if isinstance(error, UndefinedError):
        text = f"the template names what is not there: {error.message}"
        found = re.fullmatch(r"'(\w+)' is undefined", str(error.message))
        if found and found[1] in LAST_NAMES:
            text = f"{found[1]!r} is known only in the block `{LAST}`, which is made when all else is; move it there"
            return Problem(where=where, id="undefined-in-template", text=text)
        if found and found[1] in names:
            text = f"{found[1]!r} is not known inside a macro or an imported template; hand it over when you call it"
            return Problem(where=where, id="undefined-in-template", text=text)
        hint, nearest = did_you_mean(found[1], names) if found else ("", None)
        text = f"{text}{hint}"
        text = f"{text}{'' if text.endswith('?') else ';'} docs/templates.md lists the names"
        return Problem(where=where, id="undefined-in-template", text=text, suggestion=nearest)
    text = f"the template cannot be rendered: {str(error) or type(error).__name__}"
    return Problem(where=where, id="template-fails", text=text)


def _line_of(error: BaseException, folder: Path, place: str) -> tuple[str, int] | None:
    """The innermost template on the way to an error, with its line."""
    found: tuple[str, int] | None = None
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file == place:
            found = place, trace.tb_lineno
        elif Path(file).is_relative_to(folder):
            found = f"templates/{Path(file).relative_to(folder).as_posix()}", trace.tb_lineno
        trace = trace.tb_next
    return found


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def place_in(text: str, name: str, line: int, told: str) -> Location:
    """On a line of a template, the first word in quotes that a problem speaks of; else where the line's first tag begins."""
    lines = text.split("\n")
    there = lines[line - 1] if 0 < line <= len(lines) else ""
    for word in _QUOTED.findall(told):
        if found := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", there):
            return Location(name, line, found.start() + 1)
    tag = _TAG.search(there)
    return Location(name, line, tag.start() + 1 if tag else 1)
