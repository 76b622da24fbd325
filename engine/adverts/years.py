"""Years of experience that a text asks for: of all its years what is no age of a company and no length of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "one ein eine einem un une uno una um uma een",
            "two zwei deux dos dois due twee",
            "three drei trois tres três tre drie",
            "four vier quatre cuatro quatro quattro",
            "five fünf cinq cinco cinque vijf",
            "six sechs seis sei zes",
            "seven sieben sept siete sete sette zeven",
            "eight acht huit ocho oito otto",
            "nine neun neuf nueve nove negen",
            "ten zehn dix diez dez dieci tien",
        ),
        1,
    )
    for word in words.split()
}
_ANY = rf"(?:\d{{1,2}}|{'|'.join(_WORDS)})"
_NUMBER = rf"(?<![\w$€£.,]){_ANY}"
_LEAST = (
    r"at\s+least|a?\s*minimum(?:\s+of)?|min\.?|over|more\s+than|mindestens|mind\.|minimal|über|"
    r"au\s+moins|plus\s+de|al\s+menos|mínimo(?:\s+de)?|"
    r"más\s+de|pelo\s+menos|no\s+mínimo|mais\s+de|almeno|minimaal|ten\s+minste"
)
_YEARS = re.compile(
    rf"(?:(?P<least>{_LEAST})\s+|(?P<most>up\s+to|bis\s+zu|jusqu'à|hasta|até|fino\s+a|at\s+most|"
    rf"less\s+than)\s+)?"
    rf"(?P<low>{_NUMBER})(?:\s*\(\d{{1,2}}\))?\s*(?:(?P<plus>\+|or\s+more|plus|oder\s+mehr|ou\s+plus|"
    rf"o\s+más|ou\s+mais|o\s+più)\s*"
    rf"|(?:-|–|—|to|bis|à|a|até|/|or|oder|tot)\s*(?P<high>{_ANY})\s*(?P<more>\+)?\s*)?[-\s]*"
    r"(?:years?'?|yrs?\.?|yoe|jahren?|ans|années|an\b|años?|anos?|anni|anno|jaar)(?!\w)(?P<after>\s?\+)?",
    re.IGNORECASE,
)
_EXPERIENCE = re.compile(
    r"experience|experienced|yoe|track record|background|hands-on|professional|in (?:a|the) (?:similar|"
    r"same|field|role|industry)|"
    r"erfahrung|praxis|expérience|experiencia|experiência|esperienza|ervaring|developing|building|"
    r"working|programming|"
    r"engineering|development|administration|coding|writing|shipping|operating|running|managing|"
    r"in software|worked",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*(?:\+\s*)?(?:of|in|with|as|using|mit|in|con|avec|de|en|em|com|met)\b", re.IGNORECASE)
_NEAR = 45
"""Characters behind "5 years of" in which the skill stands that they are of."""
_OTHER = re.compile(
    r"\bago\b|\bold\b|founded|history|in business|our (?:company|firm|team|founders|customers|combined|"
    r"first)|"
    r"\bwe(?:'ve| have|'re| are| were)\b|\bhas been\b|\bhave been\b|"
    r"combined|(?:last|past|next|first|every|each|within|per)\s+$|for (?:the|over|more than|nearly|"
    r"almost|about)\s+$|"
    r"vesting|cliff|runway|funding|anniversary|warranty|fixed[- ]term|contract (?:of|for)|temporary|"
    r"limited to|renewable|"
    r"years of age|gegründet|seit\b|befristet|depuis|fondée|desde hace|hace\b|desde há|"
    r"degree program|warranty|roadmap|growth|revenue|programme? of",
    re.IGNORECASE,
)
_BEHIND_OTHER = re.compile(
    r"\s*(?:ago|old|in business|of (?:age|history|funding|runway|growth|innovation|success|operation)|"
    r"vesting|contract|fixed|befristet|cliff|program|degree)",
    re.IGNORECASE,
)


class YearsNamed(msgspec.Struct, frozen=True):
    """Years that a passage asks for, and where."""

    start: int
    end: int
    low: int
    high: int | None


def years_in(text: str, skills: Sequence[int] = (), *, listed: bool) -> Iterator[YearsNamed]:
    """The years of experience that a passage asks for; `listed` where it is an entry among what is asked for.

    `skills` are the places at which it names a skill.

    >>> [(one.low, one.high) for one in years_in("3-5 years of experience; we are 20 years old", listed=False)]
    [(3, 5)]
    """
    for match in _YEARS.finditer(text):
        before = _sentence_before(text, match.start())
        behind = re.split(r"[.;!?](?:\s|$)", text[match.end() :], maxsplit=1)[0]
        if _BEHIND_OTHER.match(behind) or _OTHER.search(before):
            continue
        of_skill = _OF.match(behind) and any(0 <= place - match.end() <= _NEAR for place in skills)
        alone = not re.search(r"\w", before + behind)
        told = match["least"] or match["plus"] or match["after"] or match["high"]
        if listed or told or of_skill or alone or _EXPERIENCE.search(f"{before} {behind}"):
            yield _named(match)


def _sentence_before(text: str, place: int) -> str:
    return re.split(r"[.;!?](?:\s|$)", text[:place])[-1]


def _named(match: re.Match[str]) -> YearsNamed:
    low = _whole(match["low"])
    high = _whole(match["high"]) if match["high"] and not match["more"] else None
    if match["most"]:
        return YearsNamed(match.start(), match.end(), 0, low)
    if high is not None and high < low:
        high = None
    return YearsNamed(match.start(), match.end(), low, high)


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else _WORDS[text.casefold()]
