"""What is wrong with one row by itself: pydantic's complaints in a coach's words, and what no shape can say.

All of it at once: a key that is misspelt does not hide a range that runs backwards.
"""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic import ValidationError

from trackfit.engine.documents.node import Node
from trackfit.engine.knowledge import guesses as meant
from trackfit.engine.knowledge.consistency import CONSISTENCY, Path
from trackfit.engine.knowledge.keys import late_keys, settle_keys
from trackfit.engine.knowledge.references import values_at
from trackfit.engine.knowledge.schema import RECORDS, Shape, shape_of
from trackfit.engine.language.columns import ADDRESS, Kind, columns, kinds
from trackfit.engine.language.history import DATE
from trackfit.engine.problems.problem import Location, Problem, misspelt, quoted

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MAPPING = "a mapping of `key: value` lines"
KINDS: dict[str, str] = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list, as in [a, b]",
    "list_type": "a list, as in [a, b]",
    "model_type": MAPPING,
    "dict_type": MAPPING,
}
SCALAR_COMPLAINTS = frozenset(
    {
        "missing",
        "literal_error",
        "string_type",
        "int_type",
        "float_type",
        "bool_type",
        "int_from_float",
        "finite_number",
    }
)


def read_row(
    table: str, node: Node, attributes: Container[str] = ()
) -> tuple[Shape | None, Node, list[Problem]]:
    """The row's shape, None where it has errors; the row with its keys put right; every problem of the row.

    `attributes` are what conditions may look at.
    """
    if not isinstance(node.value, dict):
        text = f"a row of {table!r} is {MAPPING}, not {_short(node.plain())}"
        return None, node, [Problem(where=node.where, id="wrong-type", text=text)]
    problems, node = settle_keys(table, node, attributes)
    shape, errors = _validate(table, node.plain())
    found = dict(_empty_values(node, ()))
    for path, problem in _complaints(table, errors, node):
        found.setdefault(path, problem)
    problems += found.values()
    plain = node.plain()
    for path, id_, text in CONSISTENCY[table](plain) if table in CONSISTENCY else ():
        if not path or path not in found:
            where = node.find(path, key=id_ == "wrong-shape")
            problems.add(where, id_, text)
    for path, text in _no_days(table, plain):
        if path not in found:
            problems.add(node.find(path), "wrong-date", text)
    faulty = bool(problems)
    problems += _repeated(node, ()) if table != "rules" else ()
    problems += late_keys(node)
    return (None if faulty else shape), node, problems


def _no_days(table: str, plain: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Dates that no calendar has."""
    for steps, kind in kinds(RECORDS[table]).items():
        for path, text in values_at(plain, steps) if kind.example else ():
            if len(text) == 10:
                try:
                    datetime.date.fromisoformat(text)
                except ValueError:
                    yield path, f"{path[-1]!r} is {text!r}, a day that no calendar has"


def _validate(table: str, plain: dict[str, Any]) -> tuple[Shape | None, list[ErrorDetails]]:
    try:
        return shape_of(RECORDS[table]).model_validate(plain), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _empty_values(node: Node, path: Path) -> Iterator[tuple[Path, Problem]]:
    """Keys and dashes with nothing after them; only the open end of a figure's years may be null."""
    parts: Iterator[tuple[str | int, Node, Location]]
    if isinstance(node.value, dict):
        parts = ((key, one, node.keys[key]) for key, one in node.value.items())
    elif isinstance(node.value, list):
        parts = ((number, one, one.where) for number, one in enumerate(node.value))
    else:
        return
    for step, one, where in parts:
        if one.value is not None:
            yield from _empty_values(one, (*path, step))
        elif (*path, step) != ("years", 1):
            what = f"the key {step!r} has no value" if isinstance(step, str) else "there is no value here"
            text = f"{what}; write one, or take it out"
            yield (*path, step), Problem(where=where, id="empty-value", text=text)


def _complaints(table: str, errors: list[ErrorDetails], node: Node) -> Iterator[tuple[Path, Problem]]:
    """Pydantic's errors, one problem a place: a union complains once for each of its members."""
    groups: dict[Path, list[ErrorDetails]] = {}
    missing: dict[Path, list[str]] = {}
    for detail in errors:
        path = _real_path(detail["loc"], node)
        if detail["type"] == "extra_forbidden":
            continue
        if detail["type"] == "missing" and isinstance(key := detail["loc"][-1], str):
            missing.setdefault(path, []).append(key)
        else:
            groups.setdefault(path, []).append(detail)
    for path, keys in missing.items():
        yield (*path, keys[0]), Problem(where=node.find(path), id="missing-key", text=_missing(keys))
    for path, details in groups.items():
        if _is_around(path, groups) and all(detail["type"] in SCALAR_COMPLAINTS for detail in details):
            continue
        literal = [detail for detail in details if detail["type"] == "literal_error"]
        chosen = literal if literal and isinstance(details[0]["input"], str) else details
        yield path, _explain(table, chosen, path, node)


def _is_around(path: Path, others: Iterable[Path]) -> bool:
    """Whether one of the others leads further along the same way."""
    return any(len(other) > len(path) and other[: len(path)] == path for other in others)


def _missing(keys: Sequence[str]) -> str:
    listed = " and ".join(filter(None, (", ".join(map(repr, keys[:-1])), repr(keys[-1]))))
    several = len(keys) > 1
    return f"the keys {listed} are missing; add them" if several else f"the key {listed} is missing; add it"


def _real_path(steps: Path, node: Node) -> Path:
    """The steps that exist; the others name members of a union, or a key that is missing."""
    path: list[str | int] = []
    for step in steps:
        value = node.value
        if isinstance(value, dict) and step in value:
            node = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            node = value[step]
        else:
            continue
        path.append(step)
    return tuple(path)


BOUNDS = ("greater_than_equal", "less_than_equal", "string_too_short", "string_too_long")
"""Pydantic's words for what is too small, too large, too short or too long."""


def _explain(table: str, details: list[ErrorDetails], path: Path, node: Node) -> Problem:
    detail = details[0]
    kind, context, given = detail["type"], detail.get("ctx", {}), detail["input"]
    where = node.find(path)
    name = next((step for step in reversed(path) if isinstance(step, str)), "this")
    if kind == "literal_error" and isinstance(given, str):
        valid = context.get("expected", "").replace("'", "").replace(" or ", ", ").split(", ")
        return misspelt(where, "unknown-value", f"{name!r} is never {quoted(given)}", given, valid)
    wanted_kind = kinds(RECORDS[table]).get(_steps(path), Kind())
    if wanted_kind.example is not None or kind == "string_pattern_mismatch":
        return _not_as_written(wanted_kind, where, name, given, mismatch=kind == "string_pattern_mismatch")
    if "bool_type" in (one["type"] for one in details) and str(given).lower() in YES_NO:
        return yes_no_as_text(where, name, str(given))
    if kind in BOUNDS:
        return _out_of_bounds(kind, context, where, name, given)
    wanted = _told(table, path) or KINDS.get(kind) or _length(detail) or detail["msg"].lower()
    problem = Problem(
        where=where, id="wrong-type", text=f"{name!r} is {wanted}, not {_found(node, path, given)}"
    )
    return _with_cure(problem, given, _number(given, wanted))


def _told(table: str, path: Path) -> str | None:
    """What a column says of itself that it wants."""
    field = columns(RECORDS[table]).get(tuple(step for step in path if isinstance(step, str)))
    return field.column.wanted if field else None


def _not_as_written(wanted: Kind, where: Location, name: str, given: Any, *, mismatch: bool) -> Problem:
    """A date, an address or an id that is not written as one."""
    if mismatch and wanted.pattern == ADDRESS:
        text = f"{quoted(given)} cannot be an address; copy it from the browser, from `https://` on"
        return Problem(where=where, id="wrong-address", text=text)
    if wanted.example is None:
        better = meant.id_of(str(given))
        hint = f", such as {better!r}" if better else ""
        text = f"{quoted(given)} is not an id; use small letters, digits and _, starting with a letter{hint}"
        return Problem(where=where, id="bad-id", text=text, suggestion=better)
    text = f"{name!r} is a date in quotes, such as {wanted.example}, not {_short(given)}"
    better = meant.date(str(given), day=wanted.pattern != f"^{DATE}$")
    return _with_cure(Problem(where=where, id="wrong-date", text=text), given, better)


def _out_of_bounds(kind: str, context: Mapping[str, Any], where: Location, name: str, given: Any) -> Problem:
    """A number too small or too large, a text too short or too long."""
    if kind in ("greater_than_equal", "less_than_equal"):
        bounds = {"ge": "at least", "le": "at most"}
        text = "; ".join(
            f"{name!r} is {words} {context[key]}" for key, words in bounds.items() if key in context
        )
        return Problem(where=where, id="bad-range", text=f"{text}, not {_short(given)}")
    limit = context.get("max_length")
    if limit:
        return Problem(where=where, id="wrong-type", text=f"{name!r} is at most {limit} characters long")
    return Problem(where=where, id="empty-value", text=f"{name!r} is empty; write something")


def _steps(path: Path) -> tuple[str, ...]:
    """A path without the numbers of the elements of lists."""
    return tuple(step if isinstance(step, str) else "*" for step in path)


def _found(node: Node, path: Path, given: object) -> str:
    """What stands there in place of what is wanted."""
    whole = node.at(path).plain()
    if not isinstance(whole, list):
        return _short(given)
    if not whole:
        return "an empty one"
    if all(isinstance(one, dict) for one in whole):
        return "a list; take the dash out"
    numbers = all(isinstance(one, int) for one in whole) and len(whole) > 2
    return f"a list of {len(whole)}{'; a number has no commas in it' if numbers else ''}"


def _number(given: object, wanted: str) -> str | None:
    """The number or range that a text stands for, where one is wanted."""
    better = meant.number(given) if isinstance(given, str) else None
    if better is None or "number" not in wanted or (better.startswith("[") and "[" not in wanted):
        return None
    return better


def _with_cure(problem: Problem, given: object, better: str | None) -> Problem:
    """The problem with what to write instead, where that is known; certain, unless it says less than was written."""
    if better is None or not isinstance(given, str):
        return problem
    shown = f'"{better}"' if problem.id == "wrong-date" else better
    more = ", and `open_ended: true` below it" if given.rstrip().endswith("+") else ""
    return msgspec.structs.replace(
        problem,
        text=f"{problem.text}; write {shown}{more}",
        suggestion=better,
        replaces=None if more else given,
    )


YES_NO = ("yes", "y", "on", "no", "n", "off", "true", "false")


def yes_no_as_text(where: Location, name: str, given: str) -> Problem:
    """The problem of `yes`, `no`, `on`, `off` or a quoted truth value where true or false belongs."""
    better = "true" if given.lower() in ("yes", "y", "on", "true") else "false"
    text = f"{name!r} is true or false, not the text {given!r}; write `{better}` without quotes"
    return Problem(where=where, id="yes-no-as-text", text=text, suggestion=better, replaces=given)


def _length(detail: ErrorDetails) -> str | None:
    context = detail.get("ctx", {})
    if detail["type"] == "too_short":
        return f"a list of at least {context['min_length']}"
    if detail["type"] == "too_long":
        return f"a list of at most {context['max_length']}"
    return None


def _short(given: object) -> str:
    if isinstance(given, dict):
        return "a mapping"
    return "a list" if isinstance(given, list | tuple) else quoted(given)


def _repeated(node: Node, path: Path) -> Iterator[Problem]:
    """Texts that stand in one list twice; the lists in conditions are sets, in which that means nothing."""
    if isinstance(node.value, dict):
        for key, one in node.value.items():
            yield from _repeated(one, (*path, key))
    elif isinstance(node.value, list):
        seen: dict[Any, Location] = {}
        for one in node.value:
            yield from _repeated(one, path)
            key = one.value
            if not isinstance(key, str):
                continue
            first = seen.setdefault(key, one.where)
            if first is not one.where:
                text = f"{quoted(key)} stands in this list twice (first on line {first.line}); take one out"
                yield Problem(where=one.where, id="duplicate-entry", text=text, severity="warning")
