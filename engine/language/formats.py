"""Numbers, money, dates and months as readers see them, in American English; the one place that decides."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partial

from trackfit.engine.language.facts import USUAL_SIGN, Figure

KEPT = 2_000
"""Forms that are kept: one report shows the same few numbers and dates again and again."""
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WORDS: dict[str, str] = {
    "about": "about {}",
    "and up": "{} and up",
    "or more": "{} or more",
    "range": "{}–{}",
    "growth": "+{}",
    "rank": "#{}",
    "quarter 1": "the first quarter of {}",
    "quarter 2": "the second quarter of {}",
    "quarter 3": "the third quarter of {}",
    "quarter 4": "the fourth quarter of {}",
    "months one": "{} month",
    "months other": "{} months",
    "postings one": "{} posting",
    "postings other": "{} postings",
    "salaries one": "{} salary",
    "salaries other": "{} salaries",
    "hours one": "{} hour",
    "hours other": "{} hours",
    "years one": "{} year",
    "years other": "{} years",
}
"""What stands around a number or date, by the forms that the language has for how many there are."""
PERCENT = frozenset(
    {
        "percent_of_postings",
        "percent_of_stack",
        "percent_of_track_skills",
        "percent_growth_yoy",
        "percent_wage_premium",
    }
)


@lru_cache(maxsize=KEPT)
def number(value: float) -> str:
    """With separators of thousands, and decimals only where there are some.

    >>> number(10854), number(37.7)
    ('10,854', '37.7')
    """
    whole, _, decimals = f"{Decimal(str(value)):,f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


@lru_cache(maxsize=KEPT)
def money(value: float, sign: str = USUAL_SIGN) -> str:
    """Whole units of money, with the sign of its currency before it.

    >>> money(180000), money(75000, "£")
    ('$180,000', '£75,000')
    """
    amount = round(value)
    space = "\u00a0" if sign[-1:].isalpha() else ""
    return f"{'-' if amount < 0 else ''}{sign}{space}{abs(amount):,}"


def _percent(value: float) -> str:
    return f"{number(value)}%"


def figure(row: Figure) -> str:
    """A figure's value with its unit; ranges stay ranges, "and up" and "about" are said.

    >>> row = Figure(id="x", about="x", value=(350_000, 600_000), open_ended=True, unit="usd_per_year",
    ...              as_of="2026", review_by="2027-04-30", sources=("s",))
    >>> figure(row)
    '$350,000–$600,000 and up'
    """
    text = _amount(row)
    if row.open_ended:
        text = WORDS["and up" if row.currency else "or more"].format(text)
    return WORDS["about"].format(text) if row.approximate else text


def _amount(row: Figure) -> str:
    """The number or range with its unit, which stands once where it stands behind."""
    alone: Callable[[float], str] = number
    whole: Callable[[float], str] = number
    if row.currency is not None:
        alone = whole = partial(money, sign=row.sign)
    elif row.unit in PERCENT:
        whole = _percent
    text = whole(row.high)
    if isinstance(row.value, tuple):
        text = WORDS["range"].format(alone(row.low), text)
    if row.unit in ("percent_growth_yoy", "rank"):
        return WORDS["rank" if row.unit == "rank" else "growth"].format(text)
    if row.form is not None:
        return row.form.format(text)
    counted = f"{row.unit} {_plural(row.high)}"
    return WORDS[counted].format(text) if counted in WORDS else text


def _plural(count: float) -> str:
    """The form of a noun beside a number, as `WORDS` names it."""
    return "one" if count == 1 else "other"


def hours(value: float) -> str:
    """A number of hours.

    >>> hours(1), hours(12.5)
    ('1 hour', '12.5 hours')
    """
    return WORDS[f"hours {_plural(value)}"].format(number(value))


def of_what(row: Figure) -> str:
    """What follows a figure in a sentence to say what it is a number of; it may be empty.

    >>> row = Figure(id="x", about="AI postings that ask for SQL", value=7, unit="percent_of_postings",
    ...              as_of="2026", review_by="2027-04-30", sources=("s",))
    >>> figure(row) + of_what(row)
    '7% of AI postings'
    """
    match row.unit:
        case "percent_of_postings" if " that ask for " in row.about:
            return f" of {row.about.partition(' that ask for ')[0]}"
        case "percent_growth_yoy" if row.about.startswith("growth in a year of "):
            return f" in a year in {row.about.removeprefix('growth in a year of ')}"
        case "percent_wage_premium":
            return " extra pay"
        case "postings":
            return f" in {date(row.as_of)}"
        case "rank" if " among " in row.about:
            return f" among {row.about.partition(' among ')[2]}"
        case _:
            return f" ({row.about})"


@lru_cache(maxsize=KEPT)
def date(text: str) -> str:
    """A source's date in words.

    >>> [date(text) for text in ("2026", "2025-Q3", "2026-04", "2026-04-27")]
    ['2026', 'the third quarter of 2025', 'April 2026', '27 April 2026']
    """
    year, *rest = text.split("-")
    if not rest:
        return year
    if rest[0].startswith("Q"):
        return WORDS[f"quarter {rest[0][1]}"].format(year)
    month = f"{MONTHS[int(rest[0]) - 1]} {int(year)}"
    return f"{int(rest[1])} {month}" if len(rest) > 1 else month


def months_later(start: str, months: int) -> str:
    """The date so many whole months after `start` (both YYYY-MM-DD), kept within the month.

    >>> months_later("2026-11-30", 3)
    '2027-02-28'
    """
    day = datetime.date.fromisoformat(start)
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    last = (datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1) - datetime.timedelta(days=1)).day
    return datetime.date(year, month + 1, min(day.day, last)).isoformat()


def listing(texts: list[str], word: str = "and") -> str:
    """Texts as a list in a sentence.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {word} {texts[-1]}"


def in_sentence(name: str) -> str:
    """A name as it stands inside a sentence: with a small letter, unless it is a proper name.

    Of a single word it cannot be told; it stays as it is.

    >>> [in_sentence(name) for name in ("Vector databases", "Spring Boot", "DevOps or SRE", "Python")]
    ['vector databases', 'Spring Boot', 'DevOps or SRE', 'Python']
    """
    first, _, rest = name.replace("-", " ").partition(" ")
    common = (len(first) == 1 or first[1:].islower()) and rest.islower()
    return name[0].lower() + name[1:] if common else name


def singular(table: str) -> str:
    """What a row of a table is called.

    >>> singular("tracks"), singular("currencies")
    ('track', 'currency')
    """
    return f"{table[:-3]}y" if table.endswith("ies") else table.removesuffix("s")


def with_article(noun: str) -> str:
    """A noun with "a" or "an".

    >>> with_article("architect"), with_article("data engineer")
    ('an architect', 'a data engineer')
    """
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"


def percent(part: int, whole: int) -> str:
    """A share in whole percent, rounded down.

    >>> percent(2, 12)
    '16%'
    """
    return _percent(100 * part // whole)
