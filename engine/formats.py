"""Numbers, money, dates and months as readers see them; the one place that decides."""

from __future__ import annotations

import datetime

from trackfit.engine.model import Figure

_MONTHS = (
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
_AROUND = {
    "usd_per_year": ("$", ""),
    "percent_of_postings": ("", "%"),
    "percent_of_stack": ("", "%"),
    "percent_of_track_skills": ("", "%"),
    "percent_growth_yoy": ("+", "%"),
    "percent_wage_premium": ("", "%"),
    "months": ("", " months"),
    "month_of_plan": ("", ""),
    "postings": ("", " postings"),
    "salaries": ("", " salaries"),
    "years": ("", " years"),
    "rank": ("#", ""),
}


def number(value: float) -> str:
    """With separators of thousands, and decimals only where there are some.

    >>> number(10854), number(37.7)
    ('10,854', '37.7')
    """
    return f"{value:,}" if isinstance(value, int) or not float(value).is_integer() else f"{int(value):,}"


def money(value: float) -> str:
    """Whole US dollars.

    >>> money(180000)
    '$180,000'
    """
    return f"${round(value):,}"


def figure(row: Figure) -> str:
    """A figure's value with its unit; ranges stay ranges, "and up" and "about" are said.

    >>> row = Figure(id="x", about="x", value=(350_000, 600_000), open_ended=True, unit="usd_per_year",
    ...              as_of="2026", review_by="2027-04-30", sources=("s",))
    >>> figure(row)
    '$350,000–$600,000 and up'
    """
    before, after = _AROUND[row.unit]
    if isinstance(row.value, tuple):
        joint = before if before in ("$", "+") else ""
        text = f"{before}{number(row.low)}–{joint}{number(row.high)}{after}"
    else:
        text = f"{before}{number(row.value)}{after}"
    if row.open_ended:
        text = f"{text} and up" if row.unit == "usd_per_year" else f"{text} or more"
    return f"about {text}" if row.approximate else text


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


def date(text: str) -> str:
    """A source's date in words.

    >>> [date(text) for text in ("2026", "2025-Q3", "2026-04", "2026-04-27")]
    ['2026', 'the third quarter of 2025', 'April 2026', '27 April 2026']
    """
    year, *rest = text.split("-")
    if not rest:
        return year
    if rest[0].startswith("Q"):
        return f"the {('first', 'second', 'third', 'fourth')[int(rest[0][1]) - 1]} quarter of {year}"
    month = f"{_MONTHS[int(rest[0]) - 1]} {year}"
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


def part_of_days(start: str, end: str, part: int, whole: int) -> str:
    """The day on which that part of the days from `start` to `end` (all YYYY-MM-DD) is over, rounded down.

    >>> part_of_days("2026-11-22", "2027-02-22", 1, 4), part_of_days("2026-11-22", "2027-02-22", 4, 4)
    ('2026-12-15', '2027-02-22')
    """
    first = datetime.date.fromisoformat(start)
    days = (datetime.date.fromisoformat(end) - first).days * part // whole
    return (first + datetime.timedelta(days=days)).isoformat()


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
    return f"{100 * part // whole}%"
