# pyright: reportUnnecessaryIsInstance=false
# (what a file holds may be of any type, whatever its shape declares)
"""What the keys of one row must be to one another: which go together, ranges, units, dates, names that are taken.

Each function looks at a row as plain values, which may be of any type: a wrong type is told elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeGuard

from trackfit.engine.language.facts import currency_of
from trackfit.engine.language.history import DATE, first_day
from trackfit.engine.language.measures import MEASURES

Path = tuple[str | int, ...]
Fault = tuple[Path, str, str]

RESERVED = frozenset({"any", "all", "not", "figure", "case", "recommended", "warned"})
"""Names that mean something by themselves in conditions and texts."""
BOUNDS: dict[str, tuple[float, float]] = {
    "percent_of_postings": (0, 100),
    "percent_of_stack": (0, 100),
    "percent_of_track_skills": (0, 100),
    "months": (0, 600),
    "month_of_plan": (1, 600),
    "postings": (0, 10**9),
    "salaries": (0, 10**9),
    "years": (0, 80),
    "rank": (1, 10**6),
}
BUILT_IN_UNITS = (*BOUNDS, "percent_growth_yoy", "percent_wage_premium")
"""Units that need no declaration, besides those of currencies."""
MOST_MONEY = 10**9
LEAST_SALARY = 1_000
ORIGINS = ("asked", "said_in", "measured", "concluded")
"""Where an attribute may come from."""
CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "conclude": (),
    "recommend": (),
    "warn": ("says", "severity"),
    "advise": ("says",),
    "plan": (),
}
"""For each consequence the keys that go with it."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _backwards(row: dict[str, Any], *keys: str) -> Iterator[Fault]:
    """Ranges that run from a higher to a lower end."""
    for key in keys:
        pair = row.get(key)
        if isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair)) and pair[0] > pair[1]:
            text = f"the range of {key!r} runs from {pair[0]} down to {pair[1]}; write the lower end first"
            yield (key,), "bad-range", text


def _twice(listing: object, path: Path, key: str = "id") -> Iterator[Fault]:
    """Nested rows that share an id."""
    seen: set[Any] = set()
    for number, one in enumerate(listing if isinstance(listing, list) else ()):
        id_ = one.get(key) if isinstance(one, dict) else None
        if isinstance(id_, str) and id_ in seen:
            yield (*path, number, key), "duplicate-id", f"the id {id_!r} stands here twice; rename one"
        if isinstance(id_, str):
            seen.add(id_)


def _ids(listing: object) -> set[str]:
    """The ids of nested rows."""
    rows = [one for one in listing if isinstance(one, dict)] if isinstance(listing, list) else []
    return {one["id"] for one in rows if isinstance(one.get("id"), str)}


def _source(row: dict[str, Any]) -> Iterator[Fault]:
    if "quoted_in" in row and "standing" in row:
        text = "a source that another one quotes stands as quoted; take `standing` out"
        yield ("standing",), "wrong-shape", text
    yield from _seen(row)


def _resource(row: dict[str, Any]) -> Iterator[Fault]:
    hours = row.get("hours")
    if isinstance(hours, int | float) and not 0 < hours <= 5_000:
        yield (
            ("hours",),
            "bad-range",
            f"{hours:,} is no number of hours to learn in; they run from 1 to 5,000",
        )


def _unit(row: dict[str, Any]) -> Iterator[Fault]:
    yield from _backwards(row, "range")
    says, id_ = row.get("says"), row.get("id")
    if isinstance(says, str) and (says.count("{}") != 1 or set("{}") & set(says.replace("{}", ""))):
        yield ("says",), "wrong-shape", "the number stands once in the text, as {}, such as “{}% fewer”"
    if isinstance(id_, str) and currency_of(id_) is not None:
        yield ("id",), "reserved-name", "money has the unit of its currency; add the currency, and no unit"


def _currency(row: dict[str, Any]) -> Iterator[Fault]:
    """A sign is no number and no part of one."""
    signs = row.get("signs")
    for number, sign in enumerate(signs if isinstance(signs, list) else ()):
        if isinstance(sign, str) and (any(one.isdigit() for one in sign) or sign.casefold() in ("k", "m")):  # pyright: ignore[reportGeneralTypeIssues]
            text = f"{sign!r} would be taken for a part of the amount; choose another"
            yield ("signs", number), "wrong-shape", text


def _seen(row: dict[str, Any]) -> Iterator[Fault]:
    """When a page was looked at, and how: one goes with the other, and both with an address."""
    for key, other in (("checked", "how"), ("how", "checked"), ("checked", "address")):
        if key in row and other not in row:
            yield (key,), "wrong-shape", f"{key!r} goes with {other!r}; add it"


def _figure(row: dict[str, Any]) -> Iterator[Fault]:
    yield from _derived(row) if "derived" in row else _stated(row)
    unit = row.get("unit")
    is_money = isinstance(unit, str) and currency_of(unit) is not None
    if "basis" in row and unit in BUILT_IN_UNITS:
        text = "`basis` goes with money, such as usd_per_year, and with no other unit"
        yield ("basis",), "wrong-shape", text
    if "basis" not in row and is_money:
        yield (), "missing-key", "a salary says what it is: add `basis`, one of base, total, not_stated"
    for key in ("family", "level"):
        if key in row and "track" not in row:
            yield (key,), "wrong-shape", f"{key!r} goes with a track; add `track`"
    yield from _backwards(row, "years")
    yield from _value(row, row.get("unit"))
    yield from _earlier(row)


def _earlier(row: dict[str, Any]) -> Iterator[Fault]:
    """Earlier values, the newest first, each with a date of its own."""
    listed, later = row.get("earlier"), row.get("as_of")
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, dict):
            for path, id_, text in _value(one, row.get("unit")):
                yield ("earlier", number, *path), id_, text
            as_of = one.get("as_of")
            if _is_date(as_of) and _is_date(later) and first_day(as_of) >= first_day(later):
                text = f"{as_of} is not before {later}; put the newest first, and each date once"
                yield ("earlier", number, "as_of"), "bad-range", text
            later = as_of


def _value(row: dict[str, Any], unit: object) -> Iterator[Fault]:
    """A number in its unit; the day of its review comes after its date."""
    yield from value_faults({**row, "unit": unit})
    as_of, review_by = row.get("as_of"), row.get("review_by")
    years = [text[:4] for text in (review_by, as_of) if isinstance(text, str) and text[:4].isdigit()]
    if len(years) == 2 and years[0] < years[1]:
        text = f"the review date {review_by} is before {as_of}, the figure's own date"
        yield ("review_by",), "bad-range", text


def _is_date(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and re.fullmatch(DATE, text) is not None


def _stated(row: dict[str, Any]) -> Iterator[Fault]:
    if "value" not in row:
        yield (), "missing-key", "the figure has no number; add `value`, or `derived`"
    if not row.get("sources"):
        text = "the figure has no source; add `sources:` with an id from facts/sources.yaml"
        yield ("sources",), "figure-without-source", text
    if "as_of" not in row:
        yield (), "missing-key", 'the figure has no date; add `as_of`, such as "2026-04"'


def _derived(row: dict[str, Any]) -> Iterator[Fault]:
    if "value" in row:
        yield ("derived",), "wrong-shape", "a figure has either `value` or `derived`; take one out"
        return
    for key in ("as_of", "sources", "earlier"):
        if key in row:
            text = f"a derived figure takes {key!r} from the figures it is made of; take it out"
            yield (key,), "wrong-shape", text


def value_faults(row: dict[str, Any]) -> Iterator[Fault]:
    """What is wrong with a stated figure's number or range, in its unit."""
    yield from _backwards(row, "value")
    value = row.get("value")
    unit = str(row.get("unit"))
    for number in value if isinstance(value, list) else [value]:
        text = None
        if isinstance(number, int | float) and not isinstance(number, bool):
            small = currency_of(unit) is not None and 0 <= number < LEAST_SALARY
            told = f"{number} is too little for money a year; write the whole number, such as 153620"
            text = told if small else out_of_bounds(number, unit)
        if text is not None:
            yield ("value",), "bad-range", text
            return


def out_of_bounds(number: Any, unit: str) -> str | None:
    """What is wrong with a figure's number in its unit, if anything."""
    low, high = (0, MOST_MONEY) if currency_of(unit) else BOUNDS.get(unit, (number, number))
    if low <= number <= high:
        return None
    return f"{number:,} is no number in {unit}; they run from {low:,} to {high:,}"


def _track(row: dict[str, Any]) -> Iterator[Fault]:
    yield from _twice(row.get("families"), ("families",))
    yield from _milestones(row)
    seen: set[tuple[Any, Any]] = set()
    rows = row.get("skills")
    for number, one in enumerate(rows if isinstance(rows, list) else ()):
        key = (one.get("skill"), one.get("family")) if isinstance(one, dict) else (None, None)
        if isinstance(key[0], str) and isinstance(key[1], str | None) and key in seen:
            yield (
                ("skills", number, "skill"),
                "duplicate-id",
                f"the skill {key[0]!r} stands here twice; take one out",
            )
        elif isinstance(key[0], str) and isinstance(key[1], str | None):
            seen.add(key)


def _milestones(row: dict[str, Any]) -> Iterator[Fault]:
    """A skill that is learned for two milestones."""
    seen: set[str] = set()
    listed = row.get("milestones")
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        skills: Any = one.get("skills") if isinstance(one, dict) else None
        named = (
            [skill if isinstance(skill, str) else "" for skill in skills] if isinstance(skills, list) else []
        )
        for place, skill in enumerate(named):
            if skill in seen:
                text = f"the skill {skill!r} stands in two milestones; keep it where it is needed first"
                yield ("milestones", number, "skills", place), "duplicate-id", text
        seen.update(filter(None, named))


def _route(row: dict[str, Any]) -> Iterator[Fault]:
    held, gap = row.get("carries_over"), row.get("gap")
    if isinstance(held, list) and isinstance(gap, list):
        for number, skill in enumerate(gap):
            if isinstance(skill, str) and skill in held:
                text = f"{skill!r} both carries over and is missing; take it out of one of the two"
                yield ("gap", number), "wrong-shape", text


def _origin(row: dict[str, Any], origins: Sequence[str]) -> Iterator[Fault]:
    """What an attribute is called, and the one place where it comes from."""
    if isinstance(row.get("id"), str) and row["id"] in RESERVED:
        text = f"{row['id']!r} means something of its own in rules; choose another id"
        yield ("id",), "reserved-name", text
    if not origins:
        text = "an attribute says where it comes from: add `asked`, `said_in`, `measured` or `concluded`"
        yield (), "missing-key", text
    for key in origins[1:]:
        text = f"an attribute is one of {', '.join(ORIGINS)}; this is {origins[0]} already"
        yield (key,), "wrong-shape", text


def _attribute(row: dict[str, Any]) -> Iterator[Fault]:
    type_, origins = row.get("type"), [key for key in ORIGINS if key in row]
    yield from _origin(row, origins)
    yield from _goes_with(row, "choices", ("choice", "set"))
    yield from _goes_with(row, "range", ("whole_number", "money"))
    if "also" in row and "choices" not in row:
        yield ("also",), "wrong-shape", "`also` adds to `choices`, and there are none"
    yield from _backwards(row, "range")
    bounds = row.get("range")
    if isinstance(bounds, list) and any(_is_number(one) and abs(one) > 10**15 for one in bounds):
        yield ("range",), "bad-range", "the range must stay within a thousand million million"
    if "concluded" in row and type_ in ("whole_number", "money", "text"):
        yield ("type",), "wrong-shape", "a concluded attribute is a choice, a yes_no or a set"
    yield from _asked(row)
    if isinstance(row.get("measured"), str) and row["measured"] in MEASURES and len(origins) == 1:
        yield from _measured(row, type_)
    yield from _choices_twice(row.get("choices"), row.get("also"))


def _choices_twice(listed: object, also: object) -> Iterator[Fault]:
    """Ids that stand twice among an attribute's choices, or among them and those added to them."""
    yield from _twice(listed, ("choices",))
    own = _ids(listed)
    for number, one in enumerate(also if isinstance(also, list) else ()):
        if isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"] in own:
            text = f"the id {one['id']!r} stands here twice; rename one"
            yield ("also", number, "id"), "duplicate-id", text
    yield from _twice(also, ("also",))


def _goes_with(row: dict[str, Any], key: str, types: tuple[str, ...]) -> Iterator[Fault]:
    type_ = row.get("type")
    if type_ in types and key not in row:
        yield (), "missing-key", f"the key {key!r} is missing; the type {type_} needs it"
    elif isinstance(type_, str) and type_ not in types and key in row:
        yield (key,), "wrong-shape", f"{key!r} goes with the types {' and '.join(types)}, not with {type_}"


def _asked(row: dict[str, Any]) -> Iterator[Fault]:
    for key, other in (("default", "default_with"), ("default_with", "default")):
        if key in row and other not in row:
            yield (key,), "wrong-shape", f"{key!r} goes with {other!r}; add it"
    if "default_by" in row and "said_in" not in row:
        yield ("default_by",), "wrong-shape", "`default_by` goes with `said_in`; add it"
    if "said_in" in row and row.get("choices") != "currencies":
        yield ("said_in",), "wrong-shape", "`said_in` is for a currency: it goes with `choices: currencies`"
    if "default" in row and "choices" not in row and row.get("type") != "choice":
        yield ("default",), "wrong-shape", "`default` goes with the type choice"
    if "asked" in row and "of" in row:
        yield ("of",), "wrong-shape", "a question is asked once, not once a row; take `of` out"


def _measured(row: dict[str, Any], type_: object) -> Iterator[Fault]:
    measure = MEASURES[row["measured"]]
    wanted, table, values = measure.gives, measure.of, measure.values
    if isinstance(type_, str) and type_ != wanted:
        yield ("type",), "wrong-type", f"the measure {measure.name} gives a {wanted}; write `type: {wanted}`"
    if table and "of" not in row:
        yield (
            (),
            "missing-key",
            f"the key 'of' is missing; there is one {measure.name} for each row of {table}",
        )
    if not table and "of" in row:
        yield ("of",), "wrong-shape", f"there is one {measure.name} in all; take `of` out"
    listed = row.get("choices")
    if isinstance(listed, list) and (missing := sorted(set(values) - _ids(listed))):
        yield (
            ("choices",),
            "missing-key",
            f"the measure {measure.name} can also give {', '.join(missing)}; add it",
        )


def _title(row: dict[str, Any]) -> Iterator[Fault]:
    if "background" not in row and "not_counted" not in row:
        yield (), "missing-key", "a title tells something: add `background`, or `not_counted: true`"
    elif "background" in row and "not_counted" in row:
        text = "a job that is not counted tells no background; take one of the two keys out"
        yield ("not_counted",), "wrong-shape", text


def _rule(row: dict[str, Any]) -> Iterator[Fault]:
    then = row.get("then")
    if not isinstance(then, dict):
        return
    given = [kind for kind in CONSEQUENCES if kind in then]
    if not given:
        yield ("then",), "missing-key", f"`then` needs a consequence: one of {', '.join(CONSEQUENCES)}"
        return
    for kind in given[1:]:
        text = f"a rule has one consequence, and this has `{given[0]}` already; write another rule"
        yield ("then", kind), "wrong-shape", text
    needed = CONSEQUENCES[given[0]]
    for key in needed:
        if key not in then:
            yield ("then",), "missing-key", f"the key {key!r} is missing; `{given[0]}` needs it"
    if len(given) == 1:
        for key in ("says", "severity"):
            if key in needed or key not in then:
                continue
            yield ("then", key), "wrong-shape", f"{key!r} does not belong to `{given[0]}`; take it out"


CONSISTENCY: dict[str, Callable[[dict[str, Any]], Iterable[Fault]]] = {
    "sources": _source,
    "figures": _figure,
    "tracks": _track,
    "routes": _route,
    "attributes": _attribute,
    "titles": _title,
    "resources": _resource,
    "units": _unit,
    "currencies": _currency,
    "rules": _rule,
}
