"""Skills as people type them: which text stands for which skill, and what a skill counts as."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable
from functools import cached_property

import msgspec

from trackfit.engine.language.model import Facts
from trackfit.engine.language.spellings import LEAST_TYPED, LONG, other_spellings, slips_in

SEPARATORS = r"[;,|·•\t\r\n]"
"""What stands between skills in one text, as a pattern of any language."""
NOTHING = ("none", "nothing")
"""Words that, alone, say that there is no skill."""
_DROPPED = {code: None for code in range(128) if not chr(code).isalnum() and chr(code) not in "+#"}
NO_VALUES = frozenset({"", "none", "nothing", "na", "null", "nil", "nan", "notavailable", "notapplicable"})
"""What stands in the place of a skill and is none, folded."""
FEW = 2_000
"""Spellings looked up before a table of all of them is made."""
LONGEST_NAME = 120
"""Characters; a longer text is looked up only as it stands."""
NO_WORD_LEFT_OUT = frozenset({"soft", "leadership", "business", "domain"})
"""Kinds of skills whose names are common words: "communication systems" is no communication."""


def fold(text: str) -> str:
    """How texts that people type are compared: small letters and digits, `+` and `#`, and nothing else.

    >>> fold("  Node.js ") == fold("nodejs"), fold("C++"), fold("C#")
    (True, 'c++', 'c#')
    """
    if text.isascii():
        return text.lower().translate(_DROPPED)
    text = unicodedata.normalize("NFKC", text)
    return "".join(character for character in text.casefold() if character.isalnum() or character in "+#")


def without_accents(text: str) -> str:
    """Small letters without accents, and a plain apostrophe.

    >>> without_accents("Févr"), without_accents("MÄRZ")
    ('fevr', 'marz')
    """
    return "".join(
        one
        for one in unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
        if not unicodedata.combining(one)
    )


def split_skills(text: str, nothing: Container[str] = NOTHING) -> list[str]:
    """The skills in a text, separated by commas, semicolons, bars, bullets, tabs or line breaks; "none" has none.

    `nothing` are the words that, alone, stand for no skill at all.

    >>> split_skills("k8s, postgres;  pytorch "), split_skills("None")
    (['k8s', 'postgres', 'pytorch'], [])
    """
    if text.strip().lower() in nothing:
        return []
    return [" ".join(part.split()) for part in re.split(SEPARATORS, text) if part.strip()]


def folded_spellings(facts: Facts) -> str:
    """Every folded spelling with the ids that it stands for, a line each, in order: what is read back in no time.

    A line is the spelling, a tab, and the id of a skill, or of those that it may mean with spaces between.
    """
    found = {
        fold(text): skill.id
        for skill in facts.skills.values()
        for text in (skill.id, skill.name, *skill.aliases)
    }
    found.update((fold(one.id), " ".join(one.may_mean)) for one in facts.ambiguous.values())
    return "\n".join(sorted(f"{spelling}\t{ids}" for spelling, ids in found.items()))


class SkillMatch(msgspec.Struct, frozen=True):
    """What a text may mean: one skill id, several where it is ambiguous, none where it is unknown."""

    text: str
    ids: tuple[str, ...]


class SkillIndex:
    """Looks skills up by id, name or alias, whatever the case, spaces, punctuation, number, version or maker's name.

    `folded` is `folded_spellings` of the same facts, where it was made before.
    """

    def __init__(self, facts: Facts, folded: str | None = None) -> None:
        self.facts = facts
        self._lines = (folded_spellings(facts) if folded is None else folded).split("\n")
        self._looked_up = 0
        self._closure: dict[str, frozenset[str]] = {}

    @cached_property
    def _table(self) -> dict[str, str]:
        return dict(line.split("\t") for line in self._lines)

    def match(self, text: str) -> SkillMatch:
        """What `text` stands for, taken as one name."""
        found = self._ids(fold(text)) or self._otherwise(text)
        return SkillMatch(text, tuple(found.split()))

    def _ids(self, spelling: str) -> str:
        """The ids behind a folded spelling, with spaces between; empty where it is none.

        A few are searched among the lines: for one person's skills that is sooner done than a table is made.
        """
        self._looked_up += 1
        if self._looked_up > FEW:
            return self._table.get(spelling, "")
        wanted = f"{spelling}\t"
        at = bisect_left(self._lines, wanted)
        found = self._lines[at] if at < len(self._lines) else ""
        return found[len(wanted) :] if found.startswith(wanted) else ""

    def _otherwise(self, text: str) -> str:
        """What a text stands for that is none of the spellings; a word is left out only where one skill is meant."""
        words = (
            [folded for word in text.split() if (folded := fold(word))] if len(text) <= LONGEST_NAME else []
        )
        for spelling, is_shorter in other_spellings(words) if words else ():
            found = self._ids(spelling)
            if found and not (is_shorter and self._is_common(found)):
                return found
        return self._without_maker(words) if len(words) > 1 else ""

    def _is_common(self, found: str) -> bool:
        return " " in found or self.facts.skills[found].kind in NO_WORD_LEFT_OUT

    def _without_maker(self, words: list[str]) -> str:
        """As "Apache Airflow 2": a first word with which some spelling of the same skill begins says nothing new."""
        rest = words[1:]
        for spelling, _ in (("".join(rest), False), *other_spellings(rest)):
            found = self._ids(spelling)
            if found and " " not in found:
                skill = self.facts.skills[found]
                if any(fold(one).startswith(words[0]) for one in (skill.name, *skill.aliases)):
                    return found
        return ""

    def spellings(self) -> dict[str, tuple[str, ...]]:
        """Every folded spelling, with the skill that it stands for, or those that it may stand for."""
        return {spelling: tuple(ids.split()) for spelling, ids in self._table.items()}

    def nearest(self, text: str, *, limit: int = 3) -> list[str]:
        """The ids of the skills whose name `text` is with a slip of the hand; none where it is another word."""
        words = [folded for word in text.split() if (folded := fold(word))]
        whole = "".join(words)
        if len(whole) < LEAST_TYPED or len(whole) > LONGEST_NAME:
            return []
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = process.extract(
            whole,
            self._names.keys(),
            scorer=OSA.distance,
            score_cutoff=2 if len(whole) >= LONG else 1,
            limit=30,
        )
        likely = (
            name for name, _, _ in found if slips_in(words, self._names[name], self._words.__contains__)
        )
        return list(dict.fromkeys(id_ for name in likely for id_ in self._ids(name).split()))[:limit]

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """The words of every spelling by the whole."""
        texts = (
            text
            for skill in self.facts.skills.values()
            for text in (skill.id.replace("_", " "), skill.name, *skill.aliases)
        )
        found = ([folded for word in text.split() if (folded := fold(word))] for text in texts)
        return {"".join(words): words for words in found}

    @cached_property
    def _words(self) -> frozenset[str]:
        """What stands in two names or more: such a word is meant as it stands, and one alone may be a slip that has a row."""
        seen = Counter(word for words in self._names.values() for word in words)
        return frozenset(word for word, times in seen.items() if times > 1)

    def counted(self, skills: Iterable[str]) -> frozenset[str]:
        """The skills together with every broader skill that one of them counts as."""
        found: set[str] = set()
        for skill in skills:
            found |= self._counts_as(skill)
        return frozenset(found)

    def _counts_as(self, skill: str) -> frozenset[str]:
        known = self._closure.get(skill)
        if known is None:
            queue, found = [skill], {skill}
            while queue:
                for broader in self.facts.skills[queue.pop()].counts_as:
                    if broader not in found:
                        found.add(broader)
                        queue.append(broader)
            known = self._closure[skill] = frozenset(found)
        return known
