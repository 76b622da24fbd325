"""Single values as people and programs write them: numbers, money, yes and no, texts.

A value means the same whatever carries it: `5`, `5.0` and `"5.0"` are one number, in YAML, JSON, a spreadsheet, a
column of a table or on the command line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trackfit.engine.cases.money import Amount, MoneyReader
from trackfit.engine.language.model import Attribute
from trackfit.engine.language.vocabulary import without_accents
from trackfit.engine.problems.problem import quoted

MAX_TEXT = 20_000
MAX_TYPED = 60
"""A longer text is no number that anybody typed."""
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]{1,3})?", re.IGNORECASE)
_MAX_DIGITS = 60
LONGEST = 20
"""Digits of a number that is shown as one."""
THOUSANDS_BY_DOTS = re.compile(r"[-+]?[0-9]{1,3}(\.[0-9]{3})+")
_ABOUT = re.compile(
    r"^(?:about|around|approx(?:imately)?\.?|ca\.?|circa|some|almost|nearly|over|more than|at least|>=?|~|≈)\s*",
    re.IGNORECASE,
)
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_IN_WORDS = {word: number for number, word in enumerate(re.findall(r"\w+", _WORDS))} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
}
_UNITS = {
    "years": r"(?:full |whole )?(?:years?|yrs?|y|years old|ans?|años?|anos?|jahre?)\.?(?: of)?(?: work)?(?: experience)?",
    "hours": r"(?:hours?|hrs?|h)\.?(?:\s*(?:a|per|/|each|every)?\s*(?:week|wk|w))?",
}
"""What stands behind a number, by the word in the attribute's id that tells what is counted."""
_RANGE = re.compile(r"(\S*[0-9]\S*)\s*(?:-|–|—|to|or|bis|\.\.\.?)\s*(\S*[0-9].*)", re.IGNORECASE)
_YES, _NO = ("yes", "y", "true"), ("no", "n", "false")


class Wrong(Exception):
    """One answer that cannot be read; `id` and `suggestion` as in a `Problem`.

    `says` goes on from a subject: `text` puts `about` there, the interview says "this". `typed` is a text that is
    known to nothing, where that is all there is to say.
    """

    def __init__(
        self,
        id_: str,
        says: str,
        suggestion: str | None = None,
        *,
        about: str | None = None,
        typed: str = "",
    ) -> None:
        self.id, self.says, self.suggestion, self.about, self.typed = id_, says, suggestion, about, typed
        self.text = says if about is None else f"{quoted(about)} {says}"
        super().__init__(self.text)

    @property
    def is_plainly_unknown(self) -> bool:
        """Whether it is a skill that nothing here knows, with nothing to propose for it."""
        return self.id == "unknown-skill" and bool(self.typed)


def number(raw: Any) -> Decimal | None:
    """A finite number, or a text that is nothing but one; None for all else.

    >>> number(5.0) == number("5.") == number("0.5e1") == 5, number("5 years"), number(True)
    (True, None, None)
    """
    if isinstance(raw, str):
        plain = len(raw) <= _MAX_DIGITS and _NUMBER.fullmatch(raw) is not None
        return Decimal(raw) if plain else None
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    found = Decimal(raw)
    return found if found.is_finite() else None


def is_blank(attribute: Attribute, raw: Any) -> bool:
    """Whether this says that nothing is known: no value, nothing but spaces, or (but in free text) NaN."""
    if isinstance(raw, str):
        return not raw.strip() or (attribute.type != "text" and raw.strip().lower() == "nan")
    return raw is None or (isinstance(raw, float) and raw != raw)  # noqa: PLR0124 - NaN is not even itself


def yes_no(attribute: Attribute, raw: Any, words: Mapping[str, bool]) -> bool:
    """Yes or no; `words` are more of them, without accents. Raises `Wrong`."""
    if isinstance(raw, bool):
        return raw
    text = str(raw).lower()
    if text in _YES or text in _NO:
        return text in _YES
    if (said := words.get(without_accents(str(raw)))) is not None:
        return said
    if (found := number(raw)) in (0, 1):
        return found == 1
    raise Wrong("unknown-value", f"must be yes or no, not {short(raw)}", about=attribute.id)


def whole_number(attribute: Attribute, raw: Any) -> int:
    """A whole number within the attribute's range. Raises `Wrong`."""
    typed = plainly(raw)
    found = number(typed)
    if found is None and isinstance(typed, str):
        found = _counted(attribute, typed)
    if found is None or found != found.to_integral_value():
        raise Wrong("wrong-type", f"must be a whole number, such as 7, not {short(raw)}", about=attribute.id)
    return _in_range(attribute, found, raw)


def plainly(raw: Any) -> Any:
    """A text in plain digits, dashes and spaces, whatever keyboard it came from; anything else as it is.

    >>> plainly("１８０\u202f０００"), plainly(" 6 "), plainly(7)
    ('180 000', '6', 7)
    """
    if not isinstance(raw, str):
        return raw
    found = " ".join(unicodedata.normalize("NFKC", raw).replace("’", "'").split())
    return found if len(found) <= MAX_TYPED else raw


def _counted(attribute: Attribute, typed: str) -> Decimal | None:
    """As "6 years", "5+", "about six"; None where it is none. Raises `Wrong` where one of two is to be chosen."""
    unit = next((words for word, words in _UNITS.items() if word in attribute.id), r"(?!)")
    bare = _ABOUT.sub("", typed.lower(), count=1)
    found = re.fullmatch(rf"([0-9.]+|[a-z]+)\s*\+?\s*(?:{unit})?\s*\+?", bare)
    if found is not None:
        return Decimal(_IN_WORDS[found[1]]) if found[1] in _IN_WORDS else number(found[1])
    if _RANGE.fullmatch(bare):
        raise Wrong(
            "wrong-type", f"must be one whole number, not a range such as {quoted(typed)}", about=attribute.id
        )
    if re.fullmatch(r"[0-9.]+\s*(?:months?|mos?|monate?|mois|meses)", bare):
        raise Wrong(
            "wrong-type",
            f"must be whole years, rounded down, not months as in {quoted(typed)}",
            about=attribute.id,
        )
    return None


def money(attribute: Attribute, raw: Any, reader: MoneyReader) -> int:
    """Money a year, within the attribute's range; an `Amount` where a currency is named. Raises `Wrong`."""
    plain = plainly(raw)
    bare = _ABOUT.sub("", plain, count=1).removesuffix("+") if isinstance(plain, str) else ""
    typed = reader.read(bare) if bare else None
    if typed is not None and typed.dotted is not None:
        whole, before = typed.dotted.replace(".", ""), typed.dotted.partition(".")[0]
        says = f"has a dot that may stand for thousands; write {whole} or {before}"
        raise Wrong("wrong-type", says, about=attribute.id)
    found = typed.number if typed is not None else number(raw)
    if found is None and _RANGE.fullmatch(bare):
        says = f"must be one sum, such as 180k, not a range such as {quoted(plain)}; write the one you aim at"
        raise Wrong("wrong-type", says, about=attribute.id)
    if found is None:
        says = f"must be a sum a year, such as 180000 or 180k, in {reader.names}, not {short(raw)}"
        raise Wrong("wrong-type", says, about=attribute.id)
    value = _in_range(attribute, found, raw)
    return value if typed is None or typed.currency is None else Amount(value, typed.currency)


def _in_range(attribute: Attribute, value: Decimal, raw: Any) -> int:
    assert attribute.range is not None
    low, high = attribute.range
    if not low <= value <= high:
        raise Wrong("out-of-range", f"must be from {low:,} to {high:,}, not {short(raw)}", about=attribute.id)
    return round(value)


def text(attribute: Attribute, raw: Any) -> str:
    """Free text up to a length. Raises `Wrong`."""
    found = str(raw)
    if len(found) > MAX_TEXT:
        says = f"has {len(found):,} characters; at most {MAX_TEXT:,} are read"
        raise Wrong("text-too-long", says, about=attribute.id)
    return found


def kind(raw: Any) -> str:
    """What a value is, for a sentence that says what it must be."""
    if isinstance(raw, list):
        return "a list"
    if isinstance(raw, dict):
        return "a mapping"
    return short(raw)


def short(raw: Any) -> str:
    """A value as it was given, and not endless; a number the same from whatever carried it."""
    if isinstance(raw, bool):
        return quoted("yes" if raw else "no")
    found = number(raw)
    return quoted(raw) if found is None or abs(found.adjusted()) > LONGEST else f"{found.normalize():f}"
