"""The names that templates may use, from the types of what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec

from trackfit.engine.report import book, figures, names, routes, stamp, tracks
from trackfit.engine.report.drawing import boxes
from trackfit.engine.report.names import Report

_KNOWN = {
    name: one
    for module in (book, boxes, figures, names, routes, stamp, tracks)
    for name, one in vars(module).items()
}


def parts_of(kind: type) -> dict[str, Any]:
    """The names of a view's public fields and properties, with their types."""
    fields = get_type_hints(kind, localns=_KNOWN) if issubclass(kind, msgspec.Struct) else {}
    return fields | {
        name: get_type_hints(getter, localns=_KNOWN)["return"]
        for name, one in vars(kind).items()
        if name[0] != "_" and (getter := getattr(one, "fget", None) or getattr(one, "func", None))
    }


@cache
def view_kinds() -> tuple[type, ...]:
    """Every kind of view that templates can come to, the whole report first."""
    found: list[type] = [Report]
    for kind in found:
        for hint in parts_of(kind).values():
            found += [one for one in _views_in(hint) if one not in found]
    return tuple(found)


def _views_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and hint.__module__.startswith("trackfit.") and not issubclass(hint, str):
        yield hint
    for inner in get_args(hint):
        yield from _views_in(inner)
