"""Pay that a text names: the sum or range, its currency and for how long it is; never a budget, a bonus or a funding round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trackfit.engine.adverts.advert import Period
from trackfit.engine.language.facts import Currency

_OTHERS = {
    "cad": ("C$", "CA$", "CAD$"),
    "aud": ("A$", "AU$"),
    "nzd": ("NZ$",),
    "sgd": ("S$",),
    "hkd": ("HK$",),
    "brl": ("R$",),
    "mxn": ("MX$",),
    "pln": ("zł", "zl"),
    "sek": (),
    "nok": (),
    "dkk": (),
    "czk": ("Kč",),
    "jpy": ("¥",),
    "ils": ("₪",),
    "aed": (),
    "zar": (),
    "ron": (),
    "huf": (),
    "php": ("₱",),
}
"""Currencies that no figure here is in; without them, C$ would be taken for dollars."""
_DIGITS = r"\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_TIMES = r"(?:\s?[kK]\b|\s?(?:lakhs?|lpa|LPA)\b)?"
_JOINT = r"\s*(?:-|–|—|to|and|bis|und|à|et|a|y|até|e|tot|en)\s*"
_PERIODS: tuple[tuple[Period, str], ...] = (
    ("hour", r"hour|hr|hourly|stunde|stundenlohn|stundensatz|heure|hora|ora|uur"),
    ("day", r"day|daily|day rate|tag|tagessatz|jour|tjm|día|dia|giorno|dag"),
    ("week", r"week|weekly|woche|semaine|semana|settimana"),
    (
        "month",
        r"month|monthly|mo|monat|monatlich|mois|mes|mês|mese|maand|mensual|mensuel|mensuels|mensuales|mensal",
    ),
    (
        "year",
        (
            r"year|yr|annum|annual|annually|yearly|p\.?\s?a\.?|jahr|jährlich|jahresgehalt|jahresbrutto|"
            r"par\s+an|année|annuel|annuels|año|anual|anuales|ano|anno|annuo|annui|jaar|lpa|salary range"
        ),
    ),
)
_PERIOD: dict[Period, re.Pattern[str]] = {
    name: re.compile(rf"(?<![\w'’])(?:{words})(?!\w)", re.IGNORECASE) for name, words in _PERIODS
}
_PAY = re.compile(
    r"salar|compensation|\bpay\b|\bpays\b|paying|wage|remuneration|\bbase\b|\bOTE\b|package|gehalt|"
    r"vergütung|lohn|verdienst|entlohnung|honorar|"
    r"\brate\b|salaire|rémunération|\btjm\b|salario|sueldo|retribución|banda salarial|salário|"
    r"remuneração|retribuzione|\bral\b|stipendio|salaris|"
    r"\bctc\b|gross|brutto|brut\b|bruto|lordo|per (?:year|annum|month|hour|day|week)|/\s?(?:yr|year|hour|"
    r"hr|h|month|day)|(?:an?|per|pro|par|por|al|a|the)\s+(?:year|hour|day|week|month|stunde|tag|monat|"
    r"jahr|heure|jour|mois|hora|mes|mês|ora|mese)\b|up to|bis zu|hasta|"
    r"annually|p\.a|hourly|annual",
    re.IGNORECASE,
)
_NOT_PAY = re.compile(
    r"budget|stipend\b|stipends|allowance|bonus(?:es)? of|sign[- ]?on|signing|referral|raised|funding|"
    r"series [a-h]\b|seed|revenue|valuation|valued|\barr\b|"
    r"turnover|umsatz|finanzierung|assets|under management|donat|voucher|gutschein|zuschuss|credit|saved|"
    r"savings|transactions|processed|"
    r"levée|chiffre d'affaires|ronda|facturación|401|reimburse|equipment|home office|learning|grant|"
    r"fund\b|budgets|per user|customers? pay|worth",
    re.IGNORECASE,
)
_BIG = re.compile(
    r"\s?(?:m|mm|bn|b|million|billion|mio|mrd|millionen|milliarden|millions|milliards|millones|milhões|"
    r"crore)\b",
    re.IGNORECASE,
)
_A_YEAR_FROM = 10_000
"""A sum from here on, of which no period is told, is a year's: nobody is paid so much in a month of advertisements."""


class PayReader:
    """Reads pay in the declared currencies, and knows others when it sees them."""

    def __init__(self, currencies: Mapping[str, Currency]) -> None:
        signs = {sign: id_ for id_, known in _OTHERS.items() for sign in (id_, *known)}
        signs |= {sign: row.id for row in currencies.values() for sign in (row.id, *row.signs)}
        self._ids = {_folded(sign): id_ for sign, id_ in signs.items()}
        either = "|".join(
            rf"(?<![A-Za-z]){re.escape(one)}(?![A-Za-z])"
            if one[-1].isalpha()
            else rf"(?<![A-Za-z]){re.escape(one)}"
            for one in sorted(signs, key=lambda one: (-len(one), one))
        )
        self._sum = re.compile(
            rf"(?P<before>{either})?\s?(?<![\w.,])(?P<low>{_DIGITS})(?P<low_times>{_TIMES})\s?(?P<between>{either})?"
            rf"(?:{_JOINT}(?:{either})?\s?(?P<high>{_DIGITS})(?P<high_times>{_TIMES}))?(?P<open>\s?\+)?\s?(?P<after>{either})?",
            re.IGNORECASE,
        )

    def find(self, text: str) -> Iterator[tuple[int, float, float, str, Period | None, bool]]:
        """The sums of pay in a passage: place, low, high, currency, period, and whether words beside it say that it is pay."""
        for match in self._sum.finditer(text):
            sign = match["after"] or match["between"] or match["before"]
            if (
                not sign
                or _BIG.match(text, match.end())
                or (match["high"] is None and _BIG.match(text, match.end("low")))
            ):
                continue
            low, high = _ends(match)
            before = re.split(r"[.;!?]\s", text[: match.start()])[-1][-80:]
            behind = re.split(r"[.;!?](?:\s|$)", text[match.end() :], maxsplit=1)[0][:60]
            if _NOT_PAY.search(behind.partition(", ")[0][:40]) or _NOT_PAY.search(before[-50:]):
                continue
            currency = self._named(match["before"], match["between"], match["after"])
            period = _period(before, behind, high)
            yield match.start(), low, high, currency, period, bool(_PAY.search(f"{before}{behind}"))

    def _named(self, *signs: str | None) -> str:
        """The currency of a sum: its code says more than its sign ("$90,000 CAD")."""
        given = [self._ids[_folded(sign)] for sign in signs if sign]
        codes = [self._ids[_folded(sign)] for sign in signs if sign and sign[-1].isalpha()]
        return (codes or given)[-1]


def _folded(sign: str) -> str:
    return re.sub(r"\s+", " ", sign.casefold())


def _ends(match: re.Match[str]) -> tuple[float, float]:
    """The two ends; "120-150k" and "60–75.000 €" are both in thousands."""
    low, times = _number(match["low"]), match["low_times"].strip().casefold()
    if match["high"] is None:
        value = low * _factor(times)
        return value, value
    high = _number(match["high"]) * _factor(match["high_times"].strip().casefold())
    low *= _factor(times)
    if not times and low * 100 < high and low < 1000 <= high:
        low *= (
            100_000
            if "la" in match["high_times"].casefold() or "lp" in match["high_times"].casefold()
            else 1_000
        )
    return (low, high) if low <= high else (high, low)


def _factor(times: str) -> int:
    return {"": 1, "k": 1_000}.get(times, 100_000)


def _number(text: str) -> float:
    """A number whose dots, commas, spaces and apostrophes stand before three digits for thousands, else before cents."""
    parts = re.split(r"[.,'’ \u00a0\u202f]", text)
    cents = parts.pop() if len(parts) > 1 and len(parts[-1]) != 3 else ""
    return float(f"{''.join(parts)}.{cents or 0}")


def _period(before: str, behind: str, high: float) -> Period | None:
    """For how long a sum is, by the words right behind it, then by those before it, then by its size."""
    for text in (re.split(r"[,(]\s*(?:plus|and|depending)", behind[:32])[0], before[-45:]):
        near: list[tuple[int, Period]] = [
            (match.start(), name) for name, pattern in _PERIOD.items() if (match := pattern.search(text))
        ]
        if near:
            return min(near)[1] if text is not before[-45:] else max(near)[1]
    return "year" if high >= _A_YEAR_FROM else None
