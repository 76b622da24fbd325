"""Dates as people write them into résumés, and the months between them, each counted once.

A month is a whole number, twelve for each year since year 0, so that stretches of time are pairs of numbers.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable
from typing import Self

import msgspec

from trackfit.engine.language.model import Facts
from trackfit.engine.language.vocabulary import without_accents

YEARS = (1900, 2200)
_WORD = r"(?P<name>[^\W\d_]+)\.?"
_FORMS = (
    re.compile(r"(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})([T ][0-9:.]+(Z|[-+][0-9:]+)?)?"),
    re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
    re.compile(rf"{_WORD}[ -](?:de |of )?(?P<year>\d{{4}}|(?<=-)\d\d|'\d\d)"),
    re.compile(rf"(?P<day>\d{{1,2}})\.?[ -](?:de )?{_WORD}[ -](?:de )?(?P<year>\d{{4}})"),
    re.compile(rf"{_WORD} (?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<year>\d{{4}})"),
    re.compile(rf"(?P<year>\d{{4}})[ -]{_WORD}"),
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

    def next_day(self) -> Date | None:
        """The day after, where the day is known."""
        if self.month is None or self.day is None:
            return None
        after = datetime.date(self.year, self.month, self.day) + datetime.timedelta(days=1)
        return Date(after.year, after.month, after.day)

    def before(self, other: Date) -> bool:
        """Whether it is surely earlier: compared only as far as both dates are known."""
        pairs = zip(_parts(self), _parts(other), strict=True)
        known = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
        return [mine for mine, _ in known] < [theirs for _, theirs in known]


def _parts(date: Date) -> tuple[int | None, int | None, int | None]:
    return date.year, date.month, date.day


class Calendar(msgspec.Struct, frozen=True):
    """The day that stands for the present, the months by their names, and the words for an end that is not yet."""

    today: Date
    months: dict[str, int]
    ongoing: frozenset[str]

    @classmethod
    def of(cls, facts: Facts, as_of: str) -> Self:
        """By the table of date words; `as_of` is YYYY-MM-DD."""
        year, month, day = map(int, as_of.split("-"))
        rows = facts.date_words.values()
        return cls(
            Date(year, month, day),
            {without_accents(word): int(row.month) for row in rows if row.month for word in row.words},
            frozenset(without_accents(word) for row in rows if not row.month for word in row.words),
        )

    def is_open(self, text: str) -> bool:
        """Whether a text stands where a job has not ended; an empty one does."""
        return not text or without_accents(text).strip(" .") in self.ongoing

    def read(self, text: str) -> Date | None:
        """The date that a text stands for, None where it can be read in no way or in two ("01/02/2013")."""
        text = " ".join(text.replace(",", " ").split())
        found = (
            next((match for form in _FORMS if (match := form.fullmatch(text))), None)
            if len(text) <= 40
            else None
        )
        if found is None:
            return None
        parts = found.groupdict()
        if parts.get("name"):
            parts["month"] = str(self.months.get(without_accents(parts["name"]), 0))
        month, day = (int(parts[key]) if parts.get(key) else None for key in ("month", "day"))
        year = int(parts["year"].lstrip("'"))
        if year < 100:
            year += 2000 if year <= self.today.year % 100 else 1900
        date = Date(year, month, day)
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
