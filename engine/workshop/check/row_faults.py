"""Rows that are right each by itself and wrong beside another, or on the day of the check."""

from __future__ import annotations

from collections.abc import Iterator

from trackfit.engine.knowledge.references import Rows, WrittenRow, values_at
from trackfit.engine.problems.problem import Problem

MOST_YEARS = 5
"""So many years after the day of the check a review may be planned."""
BAND = ("track", "family", "level", "unit", "basis", "country", "years")
"""What tells one salary band from another."""

OWN_FIGURES = ("timeline", "transfer", "stages.*.months")
"""Where a route names figures that are of nothing but the route."""


def row_faults(rows: Rows, as_of: str) -> Iterator[Problem]:
    """All of them; `as_of` is a day (YYYY-MM-DD)."""
    yield from _same_band(rows)
    yield from _same_order(rows)
    yield from _late_review(rows, as_of)
    yield from _of_another(rows)


def _written(rows: Rows, table: str) -> list[WrittenRow]:
    return sorted(rows.sound(table), key=lambda row: row.node.where)


def _same_band(rows: Rows) -> Iterator[Problem]:
    """Two bands of one source for the same people."""
    first: dict[tuple[str, ...], str] = {}
    for row in _written(rows, "figures"):
        if "level" not in row.plain or "basis" not in row.plain:
            continue
        key = (*(str(row.plain.get(name)) for name in BAND), str(sorted(row.plain.get("sources", ()))))
        other = first.setdefault(key, row.id)
        if other != row.id:
            text = f"{other!r} is the pay for the same track, level, years, country and basis by the same source; keep one"
            yield Problem(where=row.node.find(("id",)), id="same-band", text=text, severity="warning")


def _same_order(rows: Rows) -> Iterator[Problem]:
    """Rows of which the interview cannot tell which comes first."""
    for table, path in (("attributes", ("asked", "order")), ("backgrounds", ("order",))):
        first: dict[int, str] = {}
        for row in _written(rows, table):
            order = row.plain if len(path) == 1 else row.plain.get(path[0], {})
            number = order.get("order")
            if number is None:
                continue
            other = first.setdefault(number, row.id)
            if other != row.id:
                text = f"{other!r} has the place {number} already; give {row.id!r} another"
                yield Problem(where=row.node.find(path), id="same-order", text=text, severity="warning")


def _late_review(rows: Rows, as_of: str) -> Iterator[Problem]:
    """Reviews that nobody now here will make."""
    last = str(int(as_of[:4]) + MOST_YEARS)
    for row in _written(rows, "figures"):
        date, stated = row.plain.get("review_by"), row.plain.get("as_of", "")
        if isinstance(date, str) and date[:4] > last and stated[:4] <= as_of[:4]:
            text = f"{date!r} is more than {MOST_YEARS} years away; is the year right?"
            yield Problem(
                where=row.node.find(("review_by",)), id="late-review", text=text, severity="warning"
            )


def _of_another(rows: Rows) -> Iterator[Problem]:
    """Figures that a route takes for its own, and that say themselves that they are of another track or background."""
    figures = {row.id: row.plain for row in rows.sound("figures")}
    for row in _written(rows, "routes"):
        for dotted in OWN_FIGURES:
            for path, id_ in values_at(row.plain, tuple(dotted.split("."))):
                figure, mine = figures.get(id_, {}), row.plain
                ends = ("track", "background")
                column = next((one for one in ends if figure.get(one, mine[one]) != mine[one]), None)
                if column:
                    where, other = row.node.find(path), figure[column]
                    text = f"{id_!r} is a figure of the {column} {other!r}, and this is of {mine[column]!r}; name the right one"
                    yield Problem(where=where, id="figure-of-another", text=text, severity="warning")
