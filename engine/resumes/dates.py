"""Dates as people write them into résumés, and the months between them, each counted once.

A month is a whole number, twelve for each year since year 0, so that stretches of time are pairs of numbers.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable

import msgspec

OPEN = frozenset({"", "present", "now", "current", "currently", "today", "ongoing", "to date", "till date"})
"""What people write where a job has not ended."""
YEARS = (1900, 2200)
_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_FORMS = (
    re.compile(r"(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})([T ][0-9:.]+(Z|[-+][0-9:]+)?)?"),
    re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
    re.compile(r"(?P<name>[A-Za-z]+)\.? (?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2}) (?P<name>[A-Za-z]+)\.? (?P<year>\d{4})"),
    re.compile(r"(?P<name>[A-Za-z]+)\.? (?P<day>\d{1,2}) (?P<year>\d{4})"),
)


class Date(msgspec.Struct, frozen=True):
    """A day, a month or a year, as exactly as it was written."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        """As YYYY, YYYY-MM or YYYY-MM-DD."""
        return "-".join(f"{part:02}" for part in (self.year, self.month, self.day) if part is not None)

    def begins(self) -> int:
        """The month that a stretch from this date begins with.

        A year alone stands for its January; a day in the second half of a month for the month after it.
        """
        return self.year * 12 + (self.month or 1) - 1 + ((self.day or 1) > 15)

    def ends(self) -> int:
        """The month that a stretch up to this date ends before.

        A month alone is worked through to its end; a year alone, of which nobody knows how much, only reached.
        """
        return self.begins() + (self.month is not None and self.day is None)

    def before(self, other: Date) -> bool:
        """Whether it is surely earlier: compared only as far as both dates are known."""
        pairs = zip(_parts(self), _parts(other), strict=True)
        known = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
        return [mine for mine, _ in known] < [theirs for _, theirs in known]


def _parts(date: Date) -> tuple[int | None, int | None, int | None]:
    return date.year, date.month, date.day


def read_date(text: str) -> Date | None:
    """The date that a text stands for, None where it can be read in no way or in two ("01/02/2013").

    >>> [str(read_date(text)) for text in ("2013", "2013-12", "2013-12-01T08:00:00Z", "01 Oct 2022", "Oct 2022")]
    ['2013', '2013-12', '2013-12-01', '2022-10-01', '2022-10']
    >>> read_date("01/02/2013"), read_date("31 Feb 2013"), read_date("last year")
    (None, None, None)
    """
    text = " ".join(text.replace(",", " ").split())
    if not text.isascii() or len(text) > 40:
        return None
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    if "name" in parts:
        parts["month"] = str(_MONTHS.get(parts["name"].lower(), 0))
    month, day = (int(parts[key]) if parts.get(key) else None for key in ("month", "day"))
    date = Date(int(parts["year"]), month, day)
    return date if _exists(date) else None


def _exists(date: Date) -> bool:
    if not YEARS[0] <= date.year <= YEARS[1]:
        return False
    if date.month is None:
        return True
    if not 1 <= date.month <= 12:
        return False
    return date.day is None or 1 <= date.day <= calendar.monthrange(date.year, date.month)[1]


def merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of months (first, one past the last) in order of time, those that overlap or touch made one.

    >>> merged([(10, 14), (0, 5), (12, 20), (20, 22)])
    [(0, 5), (10, 22)]
    """
    found: list[tuple[int, int]] = []
    for first, end in sorted(one for one in stretches if one[0] < one[1]):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((first, end))
    return found


def months_in(stretches: Iterable[tuple[int, int]]) -> int:
    """How many months stretches take in all, with none counted twice."""
    return sum(end - first for first, end in merged(stretches))
