"""Skills named in running text: found by the vocabulary, between whole words, the longest name first.

A name that is a word of every sentence, too ("Go", "Spark", "R", "cloud": the table `common_words`), counts only in a list
beside other skills, or right after or before words that say what it is ("services in Go", "Go developer").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from trackfit.engine.language.model import Facts
from trackfit.engine.language.vocabulary import SkillIndex, fold

LONGEST = 6
"""Words of the longest name that is looked for."""
UNREAD = frozenset({"soft", "business", "domain"})
"""Kinds of skills whose names are words of every advertisement and résumé: listed as skills they count, in sentences not."""
_TOOLS = frozenset({"language", "framework", "data", "cloud"})
"""Kinds whose names stay skills before the name of a job: a Python developer knows Python; of a DevOps team nothing is said."""
_WORD = re.compile(r"(?:(?<!\w)\.(?=NET\b))?[^\W_]+(?:[+#]+(?![^\W\d_]))?", re.IGNORECASE)
_TIGHT = frozenset({"-", ".", "/", "&", "_", "‑", "–", "'", "’", "+"})
_PARTING = ("/", "&")
"""What parts two names as often as it ties one together: it does where the vocabulary writes it so ("CI/CD")."""
_APART = frozenset({" / ", " & ", " - "})
_ONE_WORD = frozenset({"-", ".", "_", "‑"})
_LIST = re.compile(
    r"[\s)\"'”’*]*(?:(?:[,;/&|+•·(]|\band\b|\bor\b|\bund\b|\boder\b|\bet\b|\bou\b|\by\b|\bo\b|\be\b|\bor\s+even\b|\band/or\b)[\s(\"'“‘*]*)+",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:\b(?:in|with|using|use|uses|used|know|learn|learning|like|as|including|include|includes|e\.?g\.?|via|on|of|"
    r"write|writes|written|mit|avec|"
    r"con|com|en|language|languages|stack|backend|tools?|technologies|frameworks?)[:,]?|[:(])"
    r"\s+(?:(?:modern|idiomatic|production|some|basic|either|advanced|core|solid|good|apache)\s+)?\(?$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:experience|experienced|knowledge|understanding|familiarity|familiar|expertise|expert|skills?|"
    r"skilled|proficiency|"
    r"proficient|background|grasp|command|fluency|fluent|competence|erfahrung|kenntnisse|connaissances?|"
    r"expérience|experiencia|"
    r"conocimientos?|experiência|conhecimentos?)\s+(?:in|with|of|on|mit|en|avec|de|con|em|com|von)"
    r"(?:\s+(?:modern|strong|deep|solid|the|basic|hands-on|public|relational))?\s+$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s*(?:programming|develop(?:er|ers|ment)|engineers?|code|codebases?|services?|microservices|jobs?|"
    r"clusters?|apps?|applications?|"
    r"backends?|scripts?|scripting|language|ecosystem|experience|skills?|expertise|proficiency|routines|"
    r"packages|stack|"
    r"is\b|are\b|ist\b|sind\b|wäre\b|est\b|es\b|é\b|è\b|(?:ein|een|un|a|strongly|highly)?\s*(?:plus|"
    r"bonus|preferred|required|desirable|desired|optional|wünschenswert)\b|"
    r"charts?|structured streaming|pipelines?|\((?:programming|lang))",
    re.IGNORECASE,
)
_JOB = re.compile(
    r"\s*(?:/\s*\w+\s+)?(?:engineers?|developers?|scientists?|architects?|analysts?|consultants?|"
    r"managers?|leads?|specialists?|"
    r"administrators?|researchers?|interns?|experts?|officers?|ninjas?|team|teams|department|group|"
    r"company|companies|startup|startups|"
    r"firm|agency|consultancy|community|communities|conferences?|meetups?|newsletters?|"
    r"certifications? budget|entwickler\w*|ingenieure?\w*)\b",
    re.IGNORECASE,
)
_STUCK = frozenset({"-", "’", "'", "@", "_", "#"})
"""What ties a word to the next one, as in "C-level" and "R's"."""
_BRITTLE = frozenset(("and", "any", "are", "but", "for", "has", "not", "one", "our", "the", "who", "you"))
"""Words that never make a name together with a neighbor that is written apart."""


class Word(NamedTuple):
    """A word of a text with its place, and as it is compared."""

    start: int
    end: int
    folded: str


class Naming(NamedTuple):
    """A place in a text that names a skill, or one of several."""

    start: int
    end: int
    text: str
    ids: tuple[str, ...]


class _Common(NamedTuple):
    """A word of every sentence: how it is written, and what it needs to be a skill (see `CommonWords`)."""

    word: str
    needs: str


class _Candidate(NamedTuple):
    """What may be the name of a skill; `common` where it may be another word as well."""

    start: int
    end: int
    text: str
    ids: tuple[str, ...]
    common: _Common | None


class TextReader:
    """Finds the names of skills in texts; made once for a knowledge base."""

    def __init__(self, facts: Facts, index: SkillIndex) -> None:
        self._kinds = {id_: skill.kind for id_, skill in facts.skills.items()}
        self._spellings = index.spellings()
        self._forms: dict[str, set[tuple[str, ...]]] = {}
        self._parted: dict[str, set[tuple[str, ...]]] = {}
        self._reach: dict[str, int] = {}
        for skill in facts.skills.values():
            for text in (skill.id.replace("_", " "), skill.name, *skill.aliases):
                self._learn(text)
        for row in facts.ambiguous.values():
            self._learn(row.id.replace("_", " "))
        self._common = {
            fold(word): _Common(word, row.needs) for row in facts.common_words.values() for word in row.words
        }

    def _learn(self, text: str) -> None:
        words = tuple(word.folded for word in _words(text))
        if not words:
            return
        self._forms.setdefault("".join(words), set()).add(words)
        if any(sign in text for sign in _PARTING):
            self._parted.setdefault("".join(words), set()).add(words)
        self._reach[words[0]] = max(self._reach.get(words[0], 0), min(len(words), LONGEST))

    def find(self, text: str) -> list[Naming]:
        """The skills that a passage names, in their order; what may mean several has several ids."""
        candidates = list(self._candidates(text, _words(text)))
        ends = frozenset(one.end for one in candidates)
        return [
            Naming(one.start, one.end, one.text, one.ids)
            for chain in _chains(text, candidates)
            for one in self._meant(text, chain)
            if one.common is None or one.common.needs != "request" or one.start - 1 not in ends
        ]

    def _candidates(self, text: str, words: Sequence[Word]) -> Iterator[_Candidate]:
        """What may be a name of a skill, from left to right the longest first."""
        place = 0
        while place < len(words):
            for length in range(self._most(text, words, place), 0, -1):
                run = words[place : place + length]
                spelling = self._spelling(text, run)
                if spelling:
                    ids = self._spellings[spelling]
                    start, end = run[0].start, run[-1].end
                    written = text[start:end]
                    common = self._common.get(spelling)
                    if common is not None and common.needs == "capitals":
                        ids, common = (ids if written == common.word else ()), None
                    if ids and not self._is_unread(ids) and (common is None or common.needs != "list"):
                        yield _Candidate(start, end, written, ids, common)
                    place += length
                    break
            else:
                place += 1

    def _most(self, text: str, words: Sequence[Word], place: int) -> int:
        """How many words from here on can make a name."""
        most = self._reach.get(words[place].folded, 1)
        if place + 1 < len(words):
            most = max(most, 2)
            if text[words[place].end : words[place + 1].start] in _ONE_WORD:
                most = max(most, 3)
        return min(most, len(words) - place)

    def _spelling(self, text: str, run: Sequence[Word]) -> str:
        """The spelling that words make together; empty where they make none, or something parts them."""
        if len(run) == 1:
            return self._single(run[0].folded)
        joints = [text[one.end : other.start] for one, other in pairwise(run)]
        if any(not joint.isspace() and joint not in _TIGHT and joint not in _APART for joint in joints):
            return ""
        is_parted = any(joint.strip() in _PARTING for joint in joints)
        *before, last = (word.folded for word in run)
        for end in _endings(last):
            words = (*before, end)
            whole = "".join(words)
            if whole in self._spellings and (
                words in (self._parted if is_parted else self._forms).get(whole, ())
                or _is_tied(words, joints)
            ):
                return whole
        return ""

    def _single(self, folded: str) -> str:
        """The same of one word, in the singular or plural, or without the version behind it."""
        for one in _endings(folded):
            if one in self._spellings:
                return one
        bare = folded.rstrip("0123456789")
        is_version = 3 <= len(bare) < len(folded) and bare not in self._common
        return bare if is_version and len(self._spellings.get(bare, ())) == 1 else ""

    def _is_unread(self, ids: Sequence[str]) -> bool:
        return all(self._kinds[id_] in UNREAD for id_ in ids)

    def _meant(self, text: str, chain: Sequence[_Candidate]) -> Iterator[_Candidate]:
        """Of the names in a list those that are skills, and no other words that are written alike."""
        named = frozenset(one for one in chain if _may_be_name(text, one))
        names = frozenset(one for one in named if one.common is not None and one.common.needs == "context")
        is_told = any(self._tells(text, one) for one in named)
        for one in chain:
            if one.common is None:
                is_meant = self._is_sure(text, one)
            elif one.common.needs == "context":
                is_meant = one in names and (is_told or len(names) > 1)
            else:
                is_meant = one in named and is_told and not _JOB.match(text, one.end)
            if is_meant:
                yield one

    def _tells(self, text: str, one: _Candidate) -> bool:
        """Whether a name makes the others of its list skills."""
        return self._is_sure(text, one) if one.common is None else _is_told(text, one)

    def _is_sure(self, text: str, one: _Candidate) -> bool:
        """Whether a name of a skill only is no part of the name of a job."""
        return any(self._kinds[id_] in _TOOLS for id_ in one.ids) or not _JOB.match(text, one.end)


def _chains(text: str, candidates: Sequence[_Candidate]) -> Iterator[list[_Candidate]]:
    """The lists in which candidates stand: parted by commas, "and" and the like only."""
    chain: list[_Candidate] = []
    for one in candidates:
        if chain and not _LIST.fullmatch(text, chain[-1].end, one.start):
            yield chain
            chain = []
        chain.append(one)
    if chain:
        yield chain


def _may_be_name(text: str, one: _Candidate) -> bool:
    """Whether a common word is written as the name is, and is no part of a longer word or name."""
    before, behind = text[max(0, one.start - 1) : one.start], text[one.end : one.end + 2]
    if before in _STUCK or (behind[:1] in _STUCK and behind[1:].isalpha()):
        return False
    if one.common is None or one.common.needs == "request":
        return True
    if behind[:1] == "$":
        return False
    return one.text == one.common.word and not (behind[:1] == " " and behind[1:].isupper())


def _is_told(text: str, one: _Candidate) -> bool:
    """Whether the words right beside a common word say that it is a skill."""
    before = text[max(0, one.start - 60) : one.start]
    if _ASKED.search(before) or len(text) == len(one.text):
        return True
    if one.common is None or one.common.needs == "request":
        return False
    return bool(before.strip() and _BEFORE.search(before)) or bool(_BEHIND.match(text, one.end))


def _words(text: str) -> list[Word]:
    return [
        Word(match.start(), match.end(), folded)
        for match in _WORD.finditer(text)
        if (folded := fold(match[0]) or match[0].replace(".", ""))
    ]


def _endings(word: str) -> Iterator[str]:
    """A word as it stands, and in the singular or plural."""
    yield word
    if len(word) > 3:
        yield word[:-1] if word.endswith("s") else f"{word}s"


def _is_tied(words: Sequence[str], joints: Sequence[str]) -> bool:
    """Whether words may be one word that somebody wrote apart: with hyphens or points, or two long ones."""
    if all(joint in _ONE_WORD for joint in joints):
        return True
    is_long = sum(map(len, words)) >= 8 and all(len(word) >= 3 and word not in _BRITTLE for word in words)
    return joints == [" "] and is_long
