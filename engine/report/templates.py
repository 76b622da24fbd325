"""Templates: the one place that uses Jinja, sandboxed, strict about names, escaping whatever it prints.

A template prints Markdown, figures and plain text; plain text is always escaped, so what a person typed can change
the wording of a report and never its structure. A template only prints what it is given: it calls nothing but its own
macros and blocks, and it ends. It may take another one over and put something else into single blocks.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from html import escape
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, Undefined, nodes
from jinja2 import __version__ as jinja_version
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from trackfit.engine.documents import cache
from trackfit.engine.documents.folder import files_in
from trackfit.engine.language import formats
from trackfit.engine.language.markdown import Ready, chart_text, code, listing, plain_text, show
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.problems.problem import did_you_mean
from trackfit.engine.report.template_problems import BREAKS, LAST, parsed, problem_of, too_much

MAX_STEPS = 200_000
"""Loop rounds, printed values and calls in one report; ours take about a thousand."""
LARGEST = 10**12
KEPT_TEMPLATES = 100
HASH_BYTES = hashlib.sha256().digest_size
OWN = "the template from outside"
"""The name by which Jinja knows it; no file of a folder has such a name."""
SUFFIX = ".md.j2"
PAGE = "page.html.j2"
STYLE = "page.css"
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
HERE = "\ue000last\ue000"
"""Where that block belongs; no text that is printed holds these characters."""


class _Rendering(msgspec.Struct):
    """What one rendering has spent and printed so far: steps, and ids of figures in the order of their first print."""

    steps: int = 0
    figures: dict[str, None] = msgspec.field(default_factory=dict)


_rendering: ContextVar[_Rendering | None] = ContextVar("rendering", default=None)


def _spend(steps: int) -> None:
    now = _rendering.get()
    if now is not None:
        now.steps += steps
        if now.steps > MAX_STEPS:
            raise SecurityError(f"more than {MAX_STEPS:,} loop rounds, calls and printed values")


def _quoted(text: Ready) -> Ready:
    """A text that is printed, after its figures are noted."""
    now = _rendering.get()
    if now is not None and text.figures:
        now.figures.update(dict.fromkeys(text.figures))
    return text


class OwnTemplate(msgspec.Struct, frozen=True):
    """A template from outside the knowledge base, which may take over and include the knowledge base's.

    `place` is its file, as problems name it.
    """

    place: str
    text: str


class _Loader(FileSystemLoader):
    """The templates of a folder, and one from outside."""

    def __init__(self, folder: Path, own: OwnTemplate | None) -> None:
        super().__init__(folder)
        self.own = own

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        if self.own is not None and template == OWN:
            return self.own.text, self.own.place, lambda: True
        return super().get_source(environment, template)


class _Unset(StrictUndefined):
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

    def __init__(
        self, folder: Path, own: OwnTemplate | None = None, shown: Callable[[Any], Ready] | None = None
    ) -> None:
        super().__init__(
            loader=_Loader(folder, own),
            undefined=_Unset,
            autoescape=True,
            finalize=shown or _shown,
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
        if isinstance(obj, own) or isinstance(getattr(obj, "__self__", None), LoopContext):
            return True
        name = getattr(obj, "__name__", type(obj).__name__)
        raise SecurityError(f"it calls {name!r}, and only macros of its own may be called")

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

    def compile(self, source: Any, name: Any = None, filename: Any = None, *others: Any, **named: Any) -> Any:
        """Jinja's hook for a template's code: taken from the cache folder where it was compiled before."""
        kept_as = _kept_as(str(source), name, filename)
        kept = cache.read(kept_as)
        if kept is not None and kept[:HASH_BYTES] == hashlib.sha256(kept[HASH_BYTES:]).digest():
            self.sizes[name], code = marshal.loads(kept[HASH_BYTES:])  # noqa: S302 - only ours is read
            return code
        try:
            parsed(self, str(source), name)
            code = super().compile(source, name, filename, *others, **named)
        except BREAKS as error:
            raise too_much(name) from error
        content = marshal.dumps((self.sizes[name], code))
        cache.keep(kept_as, hashlib.sha256(content).digest() + content, most=KEPT_TEMPLATES)
        return code


def _kept_as(source: str, name: str | None, filename: str | None) -> str:
    """The name in the cache folder: a hash of all that decides what code a template becomes."""
    found = hashlib.sha256(cache.program())
    for part in (jinja_version, sys.implementation.cache_tag, MAGIC_NUMBER.hex(), name, filename, source):
        found.update(f"{part!r}\n".encode())
    return f"{found.hexdigest()}.template"


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
    text = _quoted(show(value))
    _spend(1 + len(text) // STEP_TEXT)
    return text


def _as_html(value: Any) -> Ready:
    """Whatever `{{ … }}` prints in a page: HTML that we made, or text."""
    if isinstance(value, Undefined):
        str(value)
    text = value.__html__() if hasattr(value, "__html__") else escape(plain_text(str(value)))
    _spend(1 + len(text) // STEP_TEXT)
    return Ready(text)


def _listing(values: Iterable[Any], word: str = "and") -> Ready:
    return listing([_shown(value) for value in values], word)


def _rounds(values: Iterable[Any], weight: int) -> Iterator[Any]:
    for value in values:
        _spend(weight)
        yield value


def _join(values: Iterable[Any], joint: str = "") -> Ready:
    return Ready(joint.join(_shown(value) for value in values))


def _capital(value: Any) -> Ready:
    """The value as it begins a sentence; a name such as vLLM stays as it is."""
    text = _shown(value)
    return text if text[1:2].isupper() else Ready(text[:1].upper() + text[1:])


def _chart(value: Any) -> Ready:
    return chart_text(_quoted(value) if isinstance(value, Ready) else str(value))


def _code(value: Any) -> Ready:
    return code(str(value))


def themes(folder: Path) -> list[str]:
    """The names of the templates of a folder that make a report, without ending; parts begin with `_`."""
    return sorted(
        path.name.removesuffix(SUFFIX)
        for path in files_in(folder, (SUFFIX,))
        if path.parent == folder and path.name[0] != "_"
    )


@lru_cache(maxsize=8)
def _environment(folder: Path, own: OwnTemplate | None, shown: Callable[[Any], Ready]) -> _Environment:
    """One environment a folder, so that a template is compiled once; a changed file is noticed."""
    return _Environment(folder, own, shown)


Later = Callable[[tuple[str, ...]], Mapping[str, Any]]
"""From the figures that a report prints so far to the names that only its last block may use."""


def render_file(
    folder: Path, template: str | OwnTemplate, names: Mapping[str, Any], last: Later | None = None
) -> Ready:
    """Render a template of a knowledge base's folder of templates, or one from outside.

    Its block `sources` is rendered after the rest, with the names of `last` besides. The text tells the figures that it
    quotes. Raises `InvalidKnowledge` with the template's line and column.
    """
    return _rendered(folder, template, names, _shown, last)


def render_page(folder: Path, page: msgspec.Struct) -> str:
    """Render the template of a page, in which text is escaped for HTML.

    Raises `InvalidKnowledge` with the template's line and column.
    """
    return _rendered(folder, PAGE, msgspec.structs.asdict(page), _as_html)


def _rendered(
    folder: Path,
    template: str | OwnTemplate,
    names: Mapping[str, Any],
    shown: Callable[[Any], Ready],
    last: Later | None = None,
) -> Ready:
    own = template if isinstance(template, OwnTemplate) else None
    now = _Rendering()
    before = _rendering.set(now)
    try:
        found = _environment(folder, own, shown).get_template(OWN if own else template)
        return Ready(_in_two(found, names, last or (lambda _: {}), now), now.figures)
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
        place = own.place if own else f"templates/{template}"
        problem = problem_of(error, folder, place, own.text if own else None, names)
        raise InvalidKnowledge([problem]) from error
    finally:
        _rendering.reset(before)


def _in_two(template: Template, names: Mapping[str, Any], last: Later, now: _Rendering) -> str:
    """The report with a mark for its last block, then that block in its place."""
    context = template.new_context(dict(names))
    blocks = context.blocks.setdefault(LAST, [])
    blocks.insert(0, lambda _: iter((HERE,)))
    try:
        body = "".join(template.root_render_func(context))
        del blocks[0]
        if not blocks:
            return body
        context.vars.update(last(tuple(now.figures)))
        return body.replace(HERE, "".join(blocks[0](context)))
    except Exception:  # noqa: BLE001 - as Jinja does, which puts the template's lines in the trace and raises it
        template.environment.handle_exception()
