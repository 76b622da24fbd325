"""Job titles against the table `titles`: which of its words a title has, and what they tell."""

from __future__ import annotations

import unicodedata

import msgspec

from trackfit.engine.language.facts import Title
from trackfit.engine.language.model import Facts
from trackfit.engine.language.vocabulary import fold

MAX_WORDS = 40


class TitleMatch(msgspec.Struct, frozen=True):
    """The words of a row, as its author wrote them, that a title has."""

    row: Title
    words: str


class TitleRules:
    """Finds the row for a title: one that is not counted before all others, weak ones last, then the longest words.

    No two rows share words, so there is never a second longest of equal length at the same place; of two at
    different places the first in the title decides.
    """

    def __init__(self, facts: Facts) -> None:
        self._rows = {
            fold(_plain(words)): TitleMatch(row, words)
            for row in facts.titles.values()
            for words in row.words
        }

    def match(self, title: str) -> TitleMatch | None:
        """What a title tells, None where no row knows it."""
        found = [self._rows[run] for run in _runs(title) if run in self._rows]
        return min(
            found,
            key=lambda one: (not one.row.not_counted, one.row.weak, -len(fold(one.words))),
            default=None,
        )

    def background(self, title: str, other: str) -> tuple[str, str] | None:
        """The background of a title and the words that tell it; `other` for one that is not counted."""
        match = self.match(title)
        return None if match is None else (match.row.background or other, match.words)


def _plain(text: str) -> str:
    """Small letters without accents: people leave them out."""
    return "".join(
        one for one in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(one)
    )


def _runs(title: str) -> list[str]:
    """Every run of whole words of a title, folded, from its beginning on.

    >>> _runs("Back-End Dev")
    ['back', 'backend', 'backenddev', 'end', 'enddev', 'dev']
    """
    text = _plain(title)
    spaced = "".join(one if one.isalnum() or one in "+#" else " " for one in text)
    words = [fold(word) for word in spaced.split()[:MAX_WORDS]]
    return [
        "".join(words[first:end]) for first in range(len(words)) for end in range(first + 1, len(words) + 1)
    ]
