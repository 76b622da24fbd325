"""Skills as people type them: which text stands for which skill, and what a skill counts as."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from trackfit.engine.model import Facts

_SEPARATORS = re.compile(r"[;,\n]")


def fold(text: str) -> str:
    """How texts that people type are compared: small letters and digits, `+` and `#`, and nothing else.

    >>> fold("  Node.js ") == fold("nodejs"), fold("C++"), fold("C#")
    (True, 'c++', 'c#')
    """
    return "".join(character for character in text.casefold() if character.isalnum() or character in "+#")


def split_skills(text: str) -> list[str]:
    """The skills in one line of text, separated by commas, semicolons or line breaks.

    >>> split_skills("k8s, postgres;  pytorch ")
    ['k8s', 'postgres', 'pytorch']
    """
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


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

    def spellings(self) -> list[str]:
        """Every text that stands for a skill, for did-you-mean."""
        return [
            text for skill in self.facts.skills.values() for text in (skill.id, skill.name, *skill.aliases)
        ]

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
