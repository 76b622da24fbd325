"""Templates: the one place that uses Jinja, sandboxed, strict about names, escaping whatever it prints.

A template prints Markdown, figures and plain text; plain text is always escaped, so what a person typed can change
the wording of a report and never its structure. A template only prints what it is given: it calls nothing but its own
macros, and it ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, Undefined, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from trackfit.engine import formats
from trackfit.engine.errors import InvalidKnowledge
from trackfit.engine.markdown import Ready, chart_text, code, listing, show
from trackfit.engine.problem import Location, Problem, did_you_mean
from trackfit.engine.syntax import template_advice

MAX_STEPS = 200_000
"""Loop rounds, printed values and calls in one report; ours take about a thousand."""
LARGEST = 10**12
STEP_TEXT = 100
"""So many characters count as one more step."""
KEPT_FILTERS = frozenset(
    {
        "abs",
        "count",
        "default",
        "first",
        "last",
        "length",
        "list",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "reverse",
        "round",
        "select",
        "selectattr",
        "sort",
        "unique",
    }
)
_PLAIN_TYPES = (str, bytes, int, float, list, tuple, dict, set, frozenset)
_spent: ContextVar[list[int] | None] = ContextVar("spent", default=None)


def _spend(steps: int) -> None:
    spent = _spent.get()
    if spent is not None:
        spent[0] += steps
        if spent[0] > MAX_STEPS:
            raise SecurityError(f"more than {MAX_STEPS:,} loop rounds, calls and printed values")


class _Missing(StrictUndefined):
    """What a template names and is not there; using it in any way is a problem, with the nearest name."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name = self._undefined_name
        if self._undefined_hint or not isinstance(name, str) or not _is_given(self._undefined_obj):
            return str(super()._undefined_message)
        thing = self._undefined_obj
        names = thing if isinstance(thing, dict) else vars(type(thing))
        hint, _ = did_you_mean(name, [one for one in names if not one.startswith("_")])
        kind = type(thing).__name__.removesuffix("View").lower()
        return f"{'this' if isinstance(thing, dict) else kind} has no {name!r}{hint}"


def _is_given(thing: Any) -> bool:
    """Whether it is something that we hand to templates, and not a name, a text or Jinja's own."""
    return isinstance(thing, dict) or type(thing).__module__.startswith("trackfit.")


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox: attributes of what we hand in, calls of macros, small numbers, and an end."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, folder: Path) -> None:
        super().__init__(
            loader=FileSystemLoader(folder),
            undefined=_Missing,
            autoescape=True,
            finalize=_shown,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,
        )
        self.globals.clear()
        self.filters = {name: one for name, one in self.filters.items() if name in KEPT_FILTERS}
        self.filters |= {"capital": _capital, "chart": _chart, "code": _code, "date": formats.date}
        self.filters |= {"join": _join, "listing": _listing, "rounds": _rounds}
        self.sizes: dict[str | None, int] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return not isinstance(obj, _PLAIN_TYPES) and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        _spend(1)
        own = (Macro, BlockReference, LoopContext, Undefined)
        return isinstance(obj, own) or isinstance(getattr(obj, "__self__", None), LoopContext)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator != "**" and all(isinstance(one, int | float) for one in (left, right)):
            result = super().call_binop(context, operator, left, right)
            if abs(result) <= LARGEST:
                return result
        raise SecurityError(
            f"the operator {operator} is for numbers, none beyond {LARGEST:,}, and ** for none"
        )

    def get_template(self, name: Any, *others: Any, **named: Any) -> Template:
        found = super().get_template(name, *others, **named)
        _spend(1 + self.sizes.get(found.name, 0) // STEP_TEXT)
        return found

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Jinja's hook between parsing and compiling: loops are counted, what can grow without end is refused."""
        self.sizes[name] = _bounded(source, name, filename)
        source.set_environment(self)
        return str(super()._generate(source, name, filename, defer_init))


def _refused(node: nodes.Node) -> str:
    """Why a part of a template is not allowed; empty where it is."""
    if isinstance(node, nodes.Concat):
        return "the operator ~ is not known here; write one value after the other"
    if isinstance(node, nodes.Dict):
        return "a mapping cannot be written into a template"
    if isinstance(node, nodes.Name):
        return f"{node.name!r} is not known here" if node.name in ("varargs", "kwargs") else ""
    if not isinstance(node, nodes.List | nodes.Tuple):
        return ""
    stored = isinstance(node, nodes.Tuple) and node.ctx == "store"
    if stored or all(isinstance(one, nodes.Const) for one in node.items):
        return ""
    return "a list in a template holds only texts and numbers that are written into it"


def _bounded(node: nodes.Node, name: str | None, filename: str | None) -> int:
    """Makes every loop below a node count its rounds, and tells how many characters stand there as they are."""
    if refused := _refused(node):
        raise TemplateSyntaxError(refused, node.lineno, name, filename)
    if isinstance(node, nodes.TemplateData):
        return len(node.data)
    size = sum(_bounded(child, name, filename) for child in node.iter_child_nodes())
    if isinstance(node, nodes.For):
        weight = nodes.Const(1 + size // STEP_TEXT, lineno=node.lineno)
        node.iter = nodes.Filter(node.iter, "rounds", [weight], [], None, None, lineno=node.lineno)
    return size


def _shown(value: Any) -> Ready:
    """Whatever `{{ … }}` prints."""
    if isinstance(value, Undefined):
        str(value)
    if isinstance(value, list | tuple):
        return _listing(value)
    text = show(value)
    _spend(1 + len(text) // STEP_TEXT)
    return text


def _listing(values: Iterable[Any], word: str = "and") -> Ready:
    return listing([_shown(value) for value in values], word)


def _rounds(values: Iterable[Any], weight: int) -> Iterator[Any]:
    for value in values:
        _spend(weight)
        yield value


def _join(values: Iterable[Any], joint: str = "") -> Ready:
    return Ready(joint.join(_shown(value) for value in values))


def _capital(value: Any) -> Ready:
    """The value as it begins a sentence."""
    text = _shown(value)
    return Ready(text[:1].upper() + text[1:])


def _chart(value: Any) -> Ready:
    return chart_text(str(value))


def _code(value: Any) -> Ready:
    return code(str(value))


@lru_cache(maxsize=8)
def _environment(folder: Path) -> _Environment:
    """One environment a folder, so that a template is compiled once; a changed file is noticed."""
    return _Environment(folder)


def render_file(folder: Path, name: str, names: Mapping[str, Any]) -> str:
    """Render a template of a knowledge base's folder of templates.

    Raises `InvalidKnowledge` with the template's line.
    """
    before = _spent.set([0])
    try:
        return _environment(folder).get_template(name).render(names)
    except (
        TemplateError,
        SyntaxError,
        TypeError,
        ArithmeticError,
        ValueError,
        LookupError,
        AttributeError,
        RecursionError,
    ) as error:
        raise InvalidKnowledge([_problem(error, folder, name, names)]) from error
    finally:
        _spent.reset(before)


def _problem(error: Exception, folder: Path, name: str, names: Mapping[str, Any]) -> Problem:
    """An error in rendering a template, with the innermost line of a template on the way to it."""
    where = _line_of(error, folder) or Location(f"templates/{name}")
    if isinstance(error, TemplateSyntaxError):
        where = Location(f"templates/{error.name or name}", error.lineno, 1)
        text = f"the template cannot be read: {template_advice(str(error.message))}"
        return Problem(where=where, id="template-syntax", text=text)
    if isinstance(error, TemplateNotFound):
        hint, nearest = did_you_mean(
            str(error.name), [path.name for path in folder.glob("*") if path.is_file()]
        )
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
        hint, nearest = did_you_mean(found[1], names) if found else ("", None)
        text = f"{text}{hint}"
        text = f"{text}{'' if text.endswith('?') else ';'} docs/templates.md lists the names"
        return Problem(where=where, id="undefined-in-template", text=text, suggestion=nearest)
    text = f"the template cannot be rendered: {str(error) or type(error).__name__}"
    return Problem(where=where, id="template-fails", text=text)


def _line_of(error: BaseException, folder: Path) -> Location | None:
    found: Location | None = None
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(folder):
            found = Location(f"templates/{file.relative_to(folder).as_posix()}", trace.tb_lineno, 1)
        trace = trace.tb_next
    return found
