"""Sums of money as people write them, with the currency that they name, if any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, Self

from trackfit.engine.language.facts import USUAL_CURRENCY, Currency
from trackfit.engine.language.formats import listing

USUAL = {
    USUAL_CURRENCY: Currency(
        id=USUAL_CURRENCY, name="US dollars", signs=("$", "us $", "dollars", "us dollars")
    )
}
"""What is understood where a knowledge base declares no currency."""
_NUMBER = r"[-+]?[0-9][0-9,_' \u00a0\u202f]*(?:\.[0-9]*)?(?:e[-+]?[0-9]{1,3})?"
_A_YEAR = r"(?:(?:a|per|/)\s*(?:year|yr|annum))?"
_SPACES = re.compile(r"\s+")
_THOUSANDS_BY_DOTS = re.compile(r"[-+]?[0-9]{1,3}(\.[0-9]{3})+")
_MAX_DIGITS = 60
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}


class Amount(int):
    """Whole units of money, and the id of the currency that was named; None where none was."""

    currency: str | None

    def __new__(cls, value: int, currency: str | None) -> Self:
        """The sum."""
        found = super().__new__(cls, value)
        found.currency = currency
        return found


class TypedSum(NamedTuple):
    """A sum as it was typed: the number, the id of the currency, if one was named, and whether dots may be thousands."""

    number: Decimal
    currency: str | None
    dotted: str | None


class MoneyReader:
    """Reads sums in the declared currencies."""

    def __init__(self, currencies: Mapping[str, Currency]) -> None:
        rows = (currencies or USUAL).values()
        signs = {sign: row.id for row in rows for sign in (row.id, *row.signs)}
        self.names = listing(sorted((row.name for row in rows), key=str.casefold), "or")
        """The names of the currencies, as the end of a sentence."""
        self._currency = {_folded(sign): id_ for sign, id_ in signs.items()}
        ordered = sorted(signs, key=lambda sign: (-len(sign), sign))
        either = "|".join(re.escape(sign).replace(r"\ ", r"\s*") for sign in ordered)
        self._sum = re.compile(
            rf"(?P<before>{either}|)\s*(?P<number>{_NUMBER})\s*(?P<times>[km]?)\s*(?P<after>{either}|)\s*{_A_YEAR}",
            re.IGNORECASE,
        )

    def read(self, text: str) -> TypedSum | None:
        """The sum that a text names; None where it is none, or names two currencies."""
        match = self._sum.fullmatch(text)
        if match is None or len(match["number"]) > _MAX_DIGITS:
            return None
        named = {self._currency[_folded(sign)] for sign in match.group("before", "after") if sign}
        if len(named) > 1:
            return None
        number = Decimal(re.sub(r"[,_'\s]", "", match["number"]))
        dotted = not match["times"] and _THOUSANDS_BY_DOTS.fullmatch(match["number"].strip())
        return TypedSum(
            number * _TIMES[match["times"].lower()], next(iter(named), None), dotted[0] if dotted else None
        )


def _folded(sign: str) -> str:
    return _SPACES.sub("", sign.casefold())
