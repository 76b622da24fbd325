"""Words beside a skill's name that say how far it is held: "no", "want to learn", "basic", "5 years of"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

Manner = Literal["denied", "wished", "slight", "held"]
"""How a text means the skill that it names: not held, wanted or being learned, held a little, or simply held."""

_BEFORE: dict[Manner, tuple[str, ...]] = {
    "denied": (
        "no",
        "not",
        "never",
        "never used",
        "without",
        "no experience with",
        "no experience in",
        "no knowledge of",
        "don't know",
        "dont know",
        "do not know",
        "zero",
    ),
    "wished": (
        "want to learn",
        "wants to learn",
        "want to use",
        "want to try",
        "wanting to learn",
        "i want to learn",
        "would like to learn",
        "i would like to learn",
        "like to learn",
        "wish to learn",
        "hope to learn",
        "hoping to learn",
        "plan to learn",
        "planning to learn",
        "keen to learn",
        "eager to learn",
        "about to learn",
        "going to learn",
        "trying to learn",
        "starting to learn",
        "to learn",
        "learning",
        "learning about",
        "currently learning",
        "now learning",
        "just learning",
        "still learning",
        "studying",
        "currently studying",
        "interested in",
        "interest in",
        "curious about",
        "starting with",
        "getting started with",
    ),
    "slight": (
        "some",
        "a little",
        "a little bit of",
        "a bit",
        "a bit of",
        "bit of",
        "little",
        "basic",
        "very basic",
        "basic knowledge of",
        "basic knowledge in",
        "basic understanding of",
        "basic skills in",
        "basics of",
        "the basics of",
        "limited",
        "limited knowledge of",
        "limited experience with",
        "rudimentary",
        "elementary",
        "beginner",
        "beginner in",
        "beginner level",
        "novice",
        "novice in",
        "familiar with",
        "somewhat familiar with",
        "familiarity with",
        "exposure to",
        "some experience with",
        "some experience in",
        "some knowledge of",
        "rusty",
        "heard of",
        "dabbled in",
        "played with",
    ),
    "held": (
        "advanced",
        "advanced knowledge of",
        "expert",
        "expert in",
        "expert with",
        "expertise in",
        "proficient",
        "proficient in",
        "proficient with",
        "proficiency in",
        "strong",
        "strong in",
        "solid",
        "good",
        "good at",
        "good with",
        "good knowledge of",
        "very good",
        "very good knowledge of",
        "great",
        "excellent",
        "excellent knowledge of",
        "extensive",
        "extensive experience with",
        "skilled in",
        "experienced",
        "experienced in",
        "experienced with",
        "experience in",
        "experience of",
        "experience with",
        "hands-on experience with",
        "hands on experience with",
        "hands-on",
        "knowledge of",
        "knowledge in",
        "working knowledge of",
        "understanding of",
        "fluent in",
        "fluent",
        "competent in",
        "work with",
        "worked with",
        "working with",
        "using",
        "used",
        "i know",
        "i use",
        "also",
        "mainly",
        "mostly",
        "recently",
        "and",
        "plus",
        "e.g.",
        "eg",
        "such as",
        "including",
        "like",
    ),
}
_BEHIND: dict[Manner, tuple[str, ...]] = {
    "wished": ("learning", "in progress", "to learn", "planned"),
    "slight": (
        "basic",
        "basics",
        "beginner",
        "beginner level",
        "novice",
        "a little",
        "a little bit",
        "a bit",
    ),
    "held": (
        "advanced",
        "expert",
        "intermediate",
        "proficient",
        "fluent",
        "experience",
        "expertise",
        "etc",
        "etc.",
        "and more",
    ),
}
_LEVELS: dict[Manner, tuple[str, ...]] = {
    "denied": ("no", "none", "never", "not yet", "no experience", "0"),
    "wished": (
        "learning",
        "still learning",
        "currently learning",
        "want to learn",
        "wants to learn",
        "would like to learn",
        "to learn",
        "in progress",
        "planned",
        "interested",
        "studying",
    ),
    "slight": (
        "basic",
        "basics",
        "very basic",
        "basic knowledge",
        "basic level",
        "beginner",
        "novice",
        "elementary",
        "limited",
        "familiar",
        "some",
        "a little",
        "a bit",
        "a1",
        "a2",
        "rudimentary",
        "little",
        "low",
        "entry-level",
        "entry level",
        "junior",
        "rusty",
        "débutant",
        "notions",
        "anfänger",
        "grundkenntnisse",
        "básico",
        "básica",
        "principiante",
    ),
    "held": (
        "advanced",
        "expert",
        "intermediate",
        "proficient",
        "fluent",
        "native",
        "professional",
        "senior",
        "strong",
        "good",
        "very good",
        "excellent",
        "solid",
        "master",
        "experienced",
        "medium",
        "high",
        "b1",
        "b2",
        "c1",
        "c2",
        "avancé",
        "fortgeschritten",
        "avanzado",
        "avançado",
        "programming language",
        "software",
        "framework",
        "library",
        "database",
        "etc",
    ),
}
_YEARS = r"[0-9]+(?:[.,][0-9]+)?\s*\+?\s*(?:years?|yrs?|months?|y)\.?"
_COUNTED = rf"{_YEARS}(?: of)?(?: experience)?(?: (?:in|with|of))?"
_MEASURED = rf"{_YEARS}(?: experience)?|since [0-9]{{4}}|[1-9]/(?:5|10)|[0-9]{{1,3}} ?%|[★●○☆]+"


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(one) for one in sorted(phrases, key=len, reverse=True))


@cache
def _around() -> tuple[tuple[Manner, re.Pattern[str]], ...]:
    """How what stands before or behind a skill qualifies it; made at first use, as many commands never ask."""
    return (
        *(
            (manner, re.compile(rf"(?:{_any_of(phrases)})\s+(\S.*)", re.IGNORECASE))
            for manner, phrases in _BEFORE.items()
        ),
        *(
            (manner, re.compile(rf"(.*\S)\s+(?:{_any_of(phrases)})", re.IGNORECASE))
            for manner, phrases in _BEHIND.items()
        ),
        ("held", re.compile(rf"{_COUNTED}\s+(\S.*)", re.IGNORECASE)),
        ("held", re.compile(rf"(.*\S)\s+(?:for )?(?:{_YEARS})(?: experience)?", re.IGNORECASE)),
    )


@cache
def _levels() -> tuple[tuple[Manner, re.Pattern[str]], ...]:
    """What is nothing but a word of level, or a measure of one; made at first use."""
    return (
        *((manner, re.compile(_any_of(phrases), re.IGNORECASE)) for manner, phrases in _LEVELS.items()),
        ("held", re.compile(_MEASURED, re.IGNORECASE)),
    )


def qualified(text: str) -> list[tuple[Manner, str]]:
    """How a text may qualify what is left of it, each reading with the rest.

    >>> qualified("want to learn RAG"), qualified("5 years of Java"), qualified("Java")
    ([('wished', 'RAG')], [('held', 'Java')], [])
    """
    return [(manner, match[1]) for manner, pattern in _around() if (match := pattern.fullmatch(text))]


def level(text: str) -> Manner | None:
    """What a word of level means, as it stands in brackets or a column; None where it is no such word.

    >>> level("Beginner"), level("3 years"), level("learning"), level("Kubernetes")
    ('slight', 'held', 'wished', None)
    """
    plain = text.strip(" .…")
    return next((manner for manner, pattern in _levels() if pattern.fullmatch(plain)), None)
