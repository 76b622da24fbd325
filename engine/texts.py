"""Templates: the one place that uses Jinja, sandboxed, strict about names, escaping whatever it prints.

A template prints trusted Markdown (`Ready`), figures, and plain text; plain text is always escaped. So what a
person typed can change the wording of a report and never its structure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, FileSystemLoader, StrictUndefined, Template, TemplateError, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from trackfit.engine.errors import InvalidKnowledge
from trackfit.engine.model import Binding, Facts
from trackfit.engine.problem import Location, Problem, did_you_mean

MAX_SHOWN = 300
TEXT_NAMES: dict[str, frozenset[str]] = {
    "routes": frozenset({"track", "background", "timeline", "years_from", "transfer", "note"}),
    "tracks": frozenset({"name", "role", "bands"}),
    "backgrounds": frozenset({"name"}),
}
"""What a rule's text may say of the row that its loop variable stands for."""
NESTED = {"track": "tracks", "background": "backgrounds"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_AT_START = re.compile(r"^([#+\-=!:]|\d+(?=[.)]))")
_LINKS = re.compile(r"(?i)(?<=\w)(?=://)|(?<=www)(?=\.)|(?=@)")
_DIGIT = re.compile(r"\d")


class Ready(str):
    """Text that is Markdown already and is printed as it stands."""

    __slots__ = ()


def escape(text: str) -> Ready:
    r"""Text as Markdown that shows it literally, on one line, without control or direction marks.

    >>> escape("<b>*me*</b> | [x](javascript:y)")
    '\\<b\\>\\*me\\*\\</b\\> \\| \\[x\\](javascript:y)'
    """
    text = plain_text(text)
    text = _SPECIAL.sub(r"\\\1", text)
    text = _LINKS.sub("\u2060", text)
    return Ready(
        _AT_START.sub(lambda match: f"\\{match[1]}" if not match[1].isdigit() else f"{match[1]}\u2060", text)
    )


def plain_text(text: str) -> str:
    """Text on one line, without control characters, direction marks or invisible ones, and not endless."""
    kept = (" " if character.isspace() else character for character in text)
    shown = "".join(one for one in kept if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    shown = " ".join(shown.split())
    return shown if len(shown) <= MAX_SHOWN else f"{shown[: MAX_SHOWN - 1]}…"


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, which also refuses to build huge texts by multiplication."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "*" and all(isinstance(one, int | float) for one in (left, right)):
            return super().call_binop(context, operator, left, right)
        raise SecurityError(f"the operator {operator} is not allowed here")


def environment(show: Callable[[Any], Any], folder: Path | None = None) -> _Environment:
    """An environment in which `show` turns each printed value into text."""
    loader: BaseLoader | None = FileSystemLoader(folder) if folder is not None else None
    return _Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=False,
        finalize=show,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render_file(made: _Environment, name: str, names: Mapping[str, Any], folder: Path) -> str:
    """Render a template of the knowledge base. Raises `InvalidKnowledge` with the template's line."""
    try:
        return made.get_template(name).render(names)
    except TemplateNotFound as error:
        where = Location(f"templates/{error.name}")
        hint, nearest = did_you_mean(
            str(error.name), [path.name for path in folder.glob("*") if path.is_file()]
        )
        text = f"there is no template {error.name!r} in {folder.name}/{hint}"
        raise InvalidKnowledge(
            [Problem(where=where, id="missing-template", text=text, suggestion=nearest)]
        ) from error
    except (
        TemplateError,
        TypeError,
        ArithmeticError,
        ValueError,
        LookupError,
        AttributeError,
        RecursionError,
    ) as error:
        raise InvalidKnowledge([_template_problem(error, name, folder)]) from error


def render_text(made: _Environment, text: str, names: Mapping[str, Any]) -> str:
    """Render a rule's text, on one line; its names were checked when it was loaded."""
    template: Template = made.from_string(text)
    return " ".join(template.render(names).split())


def _template_problem(error: Exception, name: str, folder: Path) -> Problem:
    if isinstance(error, TemplateSyntaxError):
        where = Location(f"templates/{error.name or name}", error.lineno, 1)
        return Problem(
            where=where, id="template-syntax", text=f"the template cannot be read: {error.message}"
        )
    where = _line_of(error, folder) or Location(f"templates/{name}")
    if isinstance(error, UndefinedError):
        text = f"the template names what is not there: {error.message}; docs/templates.md lists the names"
        return Problem(where=where, id="undefined-in-template", text=text)
    if isinstance(error, SecurityError):
        text = (
            f"the template tries what the sandbox forbids: {error}; templates only print what they are given"
        )
        return Problem(where=where, id="template-escapes-sandbox", text=text)
    return Problem(where=where, id="template-fails", text=f"the template cannot be rendered: {error}")


def _line_of(error: BaseException, folder: Path) -> Location | None:
    """The innermost line of a template file on the way to an error."""
    found: Location | None = None
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(folder):
            found = Location(f"templates/{file.relative_to(folder).as_posix()}", trace.tb_lineno, 1)
        trace = trace.tb_next
    return found


def text_problems(text: str, facts: Facts, bindings: Iterable[Binding], where: Location) -> list[Problem]:
    """What is wrong with a rule's text: syntax, numbers typed into it, names that stand for nothing."""
    made = environment(str)
    try:
        tree = made.parse(text)
    except TemplateSyntaxError as error:
        return [Problem(where=where, id="template-syntax", text=f"the text cannot be read: {error.message}")]
    problems: list[Problem] = []
    for literal in tree.find_all(nodes.TemplateData):
        if _DIGIT.search(literal.data):
            shown = " ".join(literal.data.split())
            start = _DIGIT.search(shown)
            assert start is not None
            excerpt = shown[max(0, start.start() - 15) : start.start() + 15]
            complaint = f"a number is typed into the text ({excerpt!r}); make it a figure and write {{{{ figure.its_id }}}}"
            problems.append(Problem(where=where, id="number-in-text", text=complaint))
    known = _known_names(facts, bindings)
    inner = {id(node.node) for node in tree.find_all(nodes.Getattr)}
    for name in tree.find_all(nodes.Name):
        if name.name not in known:
            problems.append(_unknown("name", name.name, known, where))
        elif id(name) not in inner and name.ctx == "load":
            complaint = f"{name.name!r} alone prints nothing; write {name.name}.{min(known[name.name])}, say"
            problems.append(Problem(where=where, id="undefined-in-text", text=complaint))
    for attribute in tree.find_all(nodes.Getattr):
        problems.extend(_attribute_problems(attribute, known, where))
    return problems


def _known_names(facts: Facts, bindings: Iterable[Binding]) -> dict[str, frozenset[str]]:
    known = {
        "figure": frozenset(facts.figures),
        "case": frozenset(row.id for row in facts.attributes.values() if row.origin == "asked"),
    }
    for binding in bindings:
        known[binding.variable] = TEXT_NAMES[binding.table]
    return known


def _attribute_problems(
    node: nodes.Getattr, known: Mapping[str, frozenset[str]], where: Location
) -> list[Problem]:
    if isinstance(node.node, nodes.Name):
        names = known.get(node.node.name)
        owner = node.node.name
    elif isinstance(node.node, nodes.Getattr) and node.node.attr in NESTED:
        names = TEXT_NAMES[NESTED[node.node.attr]]
        owner = node.node.attr
    else:
        return []
    if names is None or node.attr in names:
        return []
    return [_unknown(owner, node.attr, names, where)]


def _unknown(kind: str, name: str, names: Iterable[str], where: Location) -> Problem:
    hint, nearest = did_you_mean(name, names)
    if kind == "figure":
        return Problem(
            where=where, id="undeclared-name", text=f"there is no figure {name!r}{hint}", suggestion=nearest
        )
    text = f"the text names what is not there: {name!r} ({kind}){hint}"
    return Problem(where=where, id="undefined-in-text", text=text, suggestion=nearest)
