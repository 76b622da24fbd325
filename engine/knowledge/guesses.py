"""What people mean who write a number, a date or an id in another way than the files want it."""

from __future__ import annotations

import datetime
import re

MOST_TYPED = 60
"""A longer text is no number that anybody typed."""
_QUOTES = "\"'“”„‟‘’‚«»"
_NUMBER = r"[0-9]{1,3}(?:[, _'\u00a0\u202f][0-9]{3})+|[0-9]+(?:\.[0-9]+)?"
_ONE = rf"\$?\s*({_NUMBER})\s*([km]?)\s*(?:%|percent|USD|dollars|months?|years?)?"
_SINGLE = re.compile(rf"{_ONE}\s*\+?", re.IGNORECASE)
_RANGE = re.compile(rf"[(\[]?\s*{_ONE}\s*(?:-|–|—|to|,|;)\s*{_ONE}\s*[)\]]?", re.IGNORECASE)
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.\s*([0-9]{1,2})\.\s*([0-9]{4})")
_SLASHES = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?")
_WORDS = re.compile(r"(?:([0-9]{1,2})\.? )?([A-Za-z]{3,9})\.? (?:([0-9]{1,2}),? )?([0-9]{4})")
OPERATORS = {
    "more_than": ("greater_than", "bigger_than", "above", "over", "gt", ">"),
    "less_than": ("smaller_than", "lower_than", "fewer_than", "below", "under", "lt", "<"),
    "at_least": ("min", "minimum", "from", "gte", "ge", ">=", "≥", "at least", "not_less_than"),
    "at_most": ("max", "maximum", "up_to", "until", "lte", "le", "<=", "≤", "at most", "not_more_than"),
    "is": ("equals", "equal", "eq", "=", "=="),
    "is_not": ("not", "isnt", "not_equal", "ne", "!=", "is not"),
    "one_of": ("in", "any_of", "either"),
    "none_of": ("not_in", "neither"),
    "has": ("contains", "includes", "holds"),
    "lacks": ("without", "misses"),
    "between": ("range", "within"),
    "known": ("answered", "given", "exists"),
}
"""For each operator what else people call it."""
OPERATOR_OF = {word: operator for operator, words in OPERATORS.items() for word in (*words, operator)}
_COMPARED = re.compile(
    rf"({'|'.join(sorted(map(re.escape, OPERATOR_OF), key=len, reverse=True))})\s*\b(.+)", re.IGNORECASE
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


def number(text: str) -> str | None:
    """A number or a range as a file wants it; None where the text is neither.

    >>> number("$153,620"), number("153k"), number("70%"), number("90,000–135,000"), number("three")
    ('153620', '153000', '70', '[90000, 135000]', None)
    """
    text = text.strip().strip(_QUOTES)
    if len(text) > MOST_TYPED:
        return None
    if found := _SINGLE.fullmatch(text):
        return _plain(found[1], found[2])
    if found := _RANGE.fullmatch(text):
        first = _plain(found[1], found[2] or (found[4] if len(found[1]) <= 3 else ""))
        return f"[{first}, {_plain(found[3], found[4])}]"
    return None


def _plain(digits: str, suffix: str) -> str:
    value = float(re.sub(r"[^0-9.]", "", digits)) * {"": 1, "k": 1_000, "m": 1_000_000}[suffix.lower()]
    return f"{value:.10g}" if value < 10**10 else str(int(value))


def date(text: str, *, day: bool) -> str | None:
    """A date as files want it, with its day where one is needed; None where it may mean several, or none.

    >>> date("22.11.2026", day=True), date("11/22/2026", day=True), date("April 2026", day=False)
    ('2026-11-22', '2026-11-22', '2026-04')
    >>> date("1/2/2026", day=True), date("April 2026", day=True)
    (None, None)
    """
    parts = _parts(" ".join(text.strip().strip(_QUOTES).split()))
    if parts is None or (parts[2] is None and day):
        return None
    year, month, number = parts
    try:
        found = datetime.date(year, month, number or 1)
    except ValueError:
        return None
    return found.isoformat() if number else f"{year}-{month:02}"


def _parts(text: str) -> tuple[int, int, int | None] | None:
    """Year, month and day."""
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3]) if found[3] else None
    if found := _DAY_FIRST.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _SLASHES.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first > 12 or second > 12 or first == second:
            return (year, second, first) if first > 12 else (year, first, second)
        return None
    if found := _WORDS.fullmatch(text):
        month = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(found[2].lower())), None)
        day = found[1] or found[3]
        return (int(found[4]), month, int(day) if day else None) if month else None
    return None


def id_of(text: str) -> str | None:
    """The id nearest to a text; None where it has no letter.

    >>> id_of("Data-Engineer 2"), id_of("22")
    ('data_engineer_2', None)
    """
    found = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_").lstrip("_0123456789")[:80].rstrip("_")
    return found or None


def comparison(text: str) -> tuple[str, str] | None:
    """The operator and the operand of what looks like a comparison.

    >>> comparison(">= 5"), comparison("not undecided"), comparison("5")
    (('at_least', '5'), ('is_not', 'undecided'), None)
    """
    found = _COMPARED.fullmatch(text.strip())
    return (OPERATOR_OF[found[1].lower()], found[2].strip()) if found else None


def listed(text: str) -> list[str]:
    """The parts of an enumeration.

    >>> listed("mlops or ai_engineering"), listed("a, b and c"), listed("python")
    (['mlops', 'ai_engineering'], ['a', 'b', 'c'], ['python'])
    """
    return [part.strip() for part in re.split(r",|/|;|\bor\b|\band\b", text) if part.strip()]
