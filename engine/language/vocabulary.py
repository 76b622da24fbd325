"""Skills as people type them: which text stands for which skill, and what a skill counts as."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable

import msgspec

from trackfit.engine.language.model import Facts
from trackfit.engine.problems.problem import near

SEPARATORS = r"[;,|·•\t\r\n]"
"""What stands between skills in one text, as a pattern of any language."""
NOTHING = ("none", "nothing")
"""Words that, alone, say that there is no skill."""
_DROPPED = {code: None for code in range(128) if not chr(code).isalnum() and chr(code) not in "+#"}


def fold(text: str) -> str:
    """How texts that people type are compared: small letters and digits, `+` and `#`, and nothing else.

    >>> fold("  Node.js ") == fold("nodejs"), fold("C++"), fold("C#")
    (True, 'c++', 'c#')
    """
    if text.isascii():
        return text.lower().translate(_DROPPED)
    text = unicodedata.normalize("NFKC", text)
    return "".join(character for character in text.casefold() if character.isalnum() or character in "+#")


def split_skills(text: str, nothing: Container[str] = NOTHING) -> list[str]:
    """The skills in a text, separated by commas, semicolons, bars, bullets, tabs or line breaks; "none" has none.

    `nothing` are the words that, alone, stand for no skill at all.

    >>> split_skills("k8s, postgres;  pytorch "), split_skills("None")
    (['k8s', 'postgres', 'pytorch'], [])
    """
    if text.strip().lower() in nothing:
        return []
    return [" ".join(part.split()) for part in re.split(SEPARATORS, text) if part.strip()]


class SkillMatch(msgspec.Struct, frozen=True):
    """What a text may mean: one skill id, several where it is ambiguous, none where it is unknown."""

    text: str
    ids: tuple[str, ...]


class SkillIndex:
    """Looks skills up by id, name or alias, whatever the case, spaces and punctuation."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._ids: dict[str, tuple[str, ...]] = {}
        for skill in facts.skills.values():
            for text in (skill.id, skill.name, *skill.aliases):
                self._ids[fold(text)] = (skill.id,)
        for ambiguous in facts.ambiguous.values():
            self._ids[fold(ambiguous.id)] = ambiguous.may_mean
        self._closure: dict[str, frozenset[str]] = {}

    def match(self, text: str) -> SkillMatch:
        """What `text` stands for."""
        return SkillMatch(text, self._ids.get(fold(text), ()))

    def spellings(self) -> dict[str, tuple[str, ...]]:
        """Every folded spelling, with the skill that it stands for, or those that it may stand for."""
        return dict(self._ids)

    def nearest(self, text: str, *, limit: int = 3) -> list[str]:
        """The ids of the skills of which some spelling looks like `text`, best first."""
        spellings = (
            spelling
            for skill in self.facts.skills.values()
            for spelling in (skill.name, skill.id, *skill.aliases)
        )
        found = dict.fromkeys(
            self._ids[fold(spelling)][0] for spelling in near(text, spellings, limit=12, least=81)
        )
        return list(found)[:limit]

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
