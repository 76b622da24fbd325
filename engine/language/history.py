"""Figures over time: from which day on a figure's value counts, and which of its values counts on a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DATE = r"\d{4}(-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
"""YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD."""
CHANGES = ("value", "as_of", "review_by", "sources", "open_ended", "approximate", "where")
"""The keys that an earlier value has of its own."""


def first_day(date: str) -> str:
    """The first day of a date, as YYYY-MM-DD.

    >>> [first_day(date) for date in ("2026", "2025-Q3", "2026-04", "2026-04-27")]
    ['2026-01-01', '2025-07-01', '2026-04-01', '2026-04-27']
    """
    year, _, rest = date.partition("-")
    if rest.startswith("Q"):
        return f"{year}-{3 * int(rest[1]) - 2:02}-01"
    return f"{date}-01-01"[:10]


def on(row: Mapping[str, Any], day: str) -> dict[str, Any]:
    """A stated figure as it was on a day (YYYY-MM-DD): the newest value that counted by then, else the first that did."""
    earlier = list(row.get("earlier", ()))
    values = [row, *earlier]
    place = next((place for place, one in enumerate(values) if first_day(one["as_of"]) <= day), len(earlier))
    kept = {key: value for key, value in row.items() if key not in CHANGES}
    own = {key: values[place][key] for key in CHANGES if key in values[place]}
    return {**kept, **own, "earlier": earlier[place:]}
