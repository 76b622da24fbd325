"""How hard a text is to read: the Flesch–Kincaid grade, years of school in the United States.

Syllables are counted by a rule, since no dictionary is at hand: every group of vowels is one, but a final e (unless
it follows a consonant and l, as in "table") and the e of most final "es" and "ed" are silent. Words in capitals, such
as SQL, are spelled out, a syllable a letter; numbers count as one. A grade is off by about one either way, and means
little for a text of fewer than ten words.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouyàâäáåèêëéìîïíòôöóùûüú]+")
_SILENT = re.compile(r"(?<![^aeiouy]l)e$|(?<![td])(?<=[^aeiouy])ed$|(?<![^aeiouy]l)(?<![csxzgh])es$")


def syllables(word: str) -> int:
    """How many syllables a word has, about.

    >>> [syllables(word) for word in ("table", "routes", "learned", "SQL", "wanted", "the", "uses", "180")]
    [2, 1, 1, 3, 2, 1, 2, 1]
    """
    if not any(character.isalpha() for character in word):
        return 1
    if word.isupper() and len(word) > 1:
        return len(word)
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word.lower()))))


def grade(text: str) -> float:
    """The Flesch–Kincaid grade of a text without markup, not below 0.

    >>> grade("We went home. It was late."), grade("Orchestration necessitates organizational experimentation.")
    (0.0, 45.0)
    """
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, sum(1 for part in _SENTENCE.split(text) if _WORD.search(part)))
    spoken = sum(syllables(word) for word in words)
    return round(max(0.0, 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59), 1)
