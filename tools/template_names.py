"""Renews the lists of names in docs/templates.md: `python tools/template_names.py`.

They are made from the types and docstrings of what templates are given, and from the blocks of the report's template.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/templates.md"
BEGIN, END = "<!-- names: made by tools/template_names.py -->", "<!-- end of names -->"
PLAIN = {str: "text", int: "number", float: "number", bool: "yes or no", NoneType: "nothing"}
BY_ID = ("Figures", "Answers")
"""What has no names of its own: it gives what is asked for by its id."""


def renewed() -> str:
    """docs/templates.md as it should be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{_names()}\n\n{END}{after}"


def _names() -> str:
    from trackfit.engine.report.page import Heading, Page
    from trackfit.engine.workshop.check.template_names import parts_of, view_kinds

    parts = []
    kinds = [kind for kind in view_kinds() if kind.__name__ not in BY_ID]
    for kind in (kinds[0], *sorted(kinds[1:], key=_title), Page, Heading):
        summary = inspect.getdoc(kind) or ""
        lines = [f"### {_title(kind).capitalize()}", "", summary.replace("\n", " "), ""]
        lines += ["| Name | Is | Meaning |", "| --- | --- | --- |"]
        meanings = _meanings(kind)
        lines += [f"| `{name}` | {_type(hint)} | {meanings[name]} |" for name, hint in parts_of(kind).items()]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _title(kind: type) -> str:
    """A view's name in words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__.removesuffix("View")).lower()


def _type(hint: Any) -> str:
    """A type in words."""
    if hint in PLAIN:
        return PLAIN[hint]
    if get_origin(hint) is UnionType:
        kinds = [one for one in get_args(hint) if one is not NoneType]
        if str in kinds and len(kinds) > 1:
            return f"{_type(next(one for one in kinds if one is not str))}, or empty text"
        return " or ".join([*map(_type, kinds), *(["nothing"] if NoneType in get_args(hint) else [])])
    if get_args(hint):
        return f"list of {_type(get_args(hint)[0])}"
    if issubclass(hint, str):
        return "text"
    if hint.__name__ in BY_ID:
        return "by id"
    title = _title(hint)
    return f"[{title}](#{title.replace(' ', '-')})"


def _meanings(kind: type) -> dict[str, str]:
    """The docstring of each property, and the one below each field, on one line."""
    found: dict[str, str] = {}
    for one, after in (
        pair for base in kind.__mro__ if base.__module__ == kind.__module__ for pair in _lines(base)
    ):
        if isinstance(one, ast.FunctionDef):
            found[one.name] = ast.get_docstring(one) or ""
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            found[one.target.id] = _text(after)
    return {name: _cell(text.split()) for name, text in found.items()}


def _lines(kind: type) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """The statements of a class, each with the next."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)
    return zip(body.body, [*body.body[1:], ast.Pass()], strict=True)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value)
    return ""


def _cell(words: Iterable[str]) -> str:
    return " ".join(words).replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(renewed(), encoding="utf-8")
