"""The table `advert_words` as patterns: which words of a heading or sentence say how the skills beside them are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from trackfit.engine.language.facts import AdvertWords
from trackfit.engine.language.model import Facts
from trackfit.engine.language.vocabulary import without_accents

MOST_HEADING = 9
"""Words of a line that may be a heading."""


class Cue(msgspec.Struct, frozen=True):
    """Words at a place in a sentence that say how others are meant."""

    start: int
    end: int
    means: str
    stands: str


class AdvertVocabulary:
    """What the words of advertisements say; made once for a knowledge base."""

    def __init__(self, facts: Facts) -> None:
        rows = list(facts.advert_words.values())
        self._headings = [
            (_plain(word), row.means) for row in rows if row.stands == "heading" for word in row.words
        ]
        kinds = sorted({(row.means, row.stands) for row in rows if row.stands in ("before", "behind")})
        self._cues = [(means, str(stands), _any_of(_said(rows, means, stands))) for means, stands in kinds]
        aside = _said(rows, "aside", "anywhere")
        self._aside = _any_of(aside) if aside else None
        self._levels = [
            (row.level, _any_of(row.words)) for row in sorted(rows, key=_order) if row.level is not None
        ]

    def heading(self, text: str) -> str | None:
        """What a heading says of what stands below it; None for one that says nothing."""
        plain = _plain(text)
        words = plain.split()
        if not words or len(words) > MOST_HEADING:
            return None
        found = [
            (means == "wished", len(phrase), means)
            for phrase, means in self._headings
            if phrase == plain
            or plain.startswith(f"{phrase} ")
            or plain.endswith(f" {phrase}")
            or (" " in phrase and f" {phrase} " in f" {plain} ")
        ]
        if not found:
            return None
        if (
            any(means == "aside" for _, _, means in found)
            and max(found, key=lambda one: one[1])[2] == "aside"
        ):
            return "aside"
        return max(found)[2]

    def cues(self, text: str) -> list[Cue]:
        """The words in a sentence that say how others are meant; of those that overlap the longest.

        Words that can stand before and behind are there twice.
        """
        plain = text.replace("’", "'")
        found = [
            Cue(match.start(), match.end(), means, stands)
            for means, stands, pattern in self._cues
            for match in pattern.finditer(plain)
        ]
        kept: list[Cue] = []
        for cue in sorted(found, key=lambda one: (one.start - one.end, one.means != "denied")):
            alike = (cue.start, cue.end)
            if all(
                cue.end <= one.start or cue.start >= one.end or alike == (one.start, one.end) for one in kept
            ):
                kept.append(cue)
        return sorted(kept, key=lambda one: one.start)

    def is_aside(self, text: str) -> bool:
        """Whether a sentence speaks of something else than what is asked for."""
        return self._aside is not None and self._aside.search(text) is not None

    def level(self, text: str) -> str | None:
        """How senior a title says that the job is."""
        return next((level for level, pattern in self._levels if pattern.search(text)), None)


_LEVELS = ("entry", "lead", "staff", "senior", "mid")
"""In the order in which they decide: a "senior staff engineer" is staff, an "intern to the director" an intern."""


def _order(row: AdvertWords) -> int:
    return _LEVELS.index(row.level) if row.level else len(_LEVELS)


def _said(rows: Iterable[AdvertWords], means: str, stands: str | None) -> list[str]:
    """The words of the rows of one kind."""
    return [word for row in rows if (row.means, row.stands) == (means, stands) for word in row.words]


def _plain(text: str) -> str:
    """Small letters without accents, signs and points."""
    plain = without_accents(text)
    return " ".join("".join(one if one.isalnum() or one == "'" else " " for one in plain).split())


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern of whole words, with and without accents, the longest first."""
    forms = {form for word in words for form in (word.casefold(), without_accents(word))}
    either = "|".join(
        re.escape(one).replace(r"\ ", r"\s+") for one in sorted(forms, key=lambda one: (-len(one), one))
    )
    return re.compile(rf"(?<![\w'-])(?:{either})(?![\w])(?!-\w)", re.IGNORECASE)
