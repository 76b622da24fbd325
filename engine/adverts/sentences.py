"""How a place in a passage is meant: required, wished for, not asked for, by the words before and behind it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from trackfit.engine.adverts.words import AdvertVocabulary, Cue

_BREAK = re.compile(
    r"[.!?](?=[\s)]|$)|[;]|\s[—–]\s|\s--\s|(?<=[\s,])(?:but|however|while|whereas|aber|jedoch|mais|pero|"
    r"mas|ma|maar)(?=\s)",
    re.IGNORECASE,
)
_SHORT_FORM = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\.b|etc|incl|approx|min|max|vs|bzw|ca|p\.ex|ej|inc|d\.h|u\.a|o\.ä|no)|\b[a-z])$",
    re.IGNORECASE,
)
_STOPS = re.compile(
    r"\s(?:on|in|for|to|with|at|by|from|auf|für|mit|bei|pour|avec|para|con|com|per|just|only|we|you|our|"
    r"your|it|they)\s|"
    r"[,:]\s(?:but|just|only|we|you|you'll|our|it|they|use|using|with|strong|solid|experience|must|"
    r"and\s+(?:strong|solid|you))\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"(?:is|are|would|will|ist|sind|wäre|est|sont|serait|seraient|es|son|será|se|é|são|è|costituisce|"
    r"zijn|but|though|not)\b",
    re.IGNORECASE,
)
_LAST_OF_LIST = re.compile(r"(?:and|or|and/or|und|oder|et|ou|y|o|e|en|of)\s", re.IGNORECASE)


class AdvertSentences:
    """The sentences of a passage, with the words in them that say how skills are meant."""

    def __init__(self, text: str, words: AdvertVocabulary) -> None:
        self.text = text
        self._words = words
        breaks = [
            match
            for match in _BREAK.finditer(text)
            if match[0] != "." or not _SHORT_FORM.search(text[max(0, match.start() - 8) : match.start()])
        ]
        self._starts, self._ends = [one.start() for one in breaks], [one.end() for one in breaks]
        self._asides: dict[tuple[int, int], bool] = {}
        self._cues = words.cues(text)
        self._scopes = [(cue, *self._scope(cue)) for cue in self._cues if self._stands(cue)]

    def means(self, start: int, end: int) -> str | None:
        """How what stands from `start` to `end` is meant; None where nothing beside it says so."""
        if self._is_aside(self._begin(start), self._stop(end)):
            return "aside"
        found = [(cue, first, last) for cue, first, last in self._scopes if first <= start and end <= last]
        if not found:
            return None
        return min(found, key=lambda one: (one[0].means != "denied", _distance(one[0], start, end)))[0].means

    def _is_aside(self, begin: int, stop: int) -> bool:
        if (begin, stop) not in self._asides:
            self._asides[begin, stop] = self._words.is_aside(self.text[begin:stop])
        return self._asides[begin, stop]

    def _stands(self, cue: Cue) -> bool:
        """Whether words that can stand before or behind what they speak of are meant so here: first in a sentence, before."""
        twice = any(
            one.start == cue.start and one.end == cue.end and one.stands != cue.stands for one in self._cues
        )
        if not twice:
            return True
        before = self.text[self._begin(cue.start) : cue.start]
        behind = self.text[cue.end : cue.end + 1]
        is_first = not re.search(r"\w", before.rpartition("(")[2]) and behind not in (")", "")
        return (cue.stands == "before") == (is_first or behind == ":")

    def _begin(self, place: int) -> int:
        """Where the sentence begins in which a place stands."""
        at = bisect_right(self._ends, place)
        return self._ends[at - 1] if at else 0

    def _stop(self, place: int) -> int:
        """Where it ends."""
        at = bisect_left(self._starts, place)
        return self._starts[at] if at < len(self._starts) else len(self.text)

    def _scope(self, cue: Cue) -> tuple[int, int]:
        """From where to where a cue speaks."""
        begin, stop = self._begin(cue.start), self._stop(cue.end)
        opened = self.text.rfind("(", begin, cue.start)
        closed = self.text.find(")", cue.end, stop)
        inside = opened >= 0 and self.text.find(")", opened, cue.start) < 0
        if cue.stands == "before":
            last = closed if inside and closed >= 0 else stop
            return cue.end, self._denied_up_to(cue, last) if cue.means == "denied" else last
        if inside and not re.search(r"\w", self.text[opened : cue.start]):
            return self._item(begin, opened), opened
        first = opened + 1 if inside else begin
        return max(first, self._behind_from(cue, first)), cue.start

    def _denied_up_to(self, cue: Cue, last: int) -> int:
        stop = _STOPS.search(self.text, cue.end, last)
        return stop.start() if stop else last

    def _item(self, begin: int, end: int) -> int:
        """Where the entry of a list begins that ends at a place."""
        return max(begin, *(self.text.rfind(sign, begin, end) + 1 for sign in ",;:)"))

    def _behind_from(self, cue: Cue, first: int) -> int:
        """Where that begins of which words behind it speak."""
        earlier = max(
            (one.end for one in self._cues if one.end <= cue.start and one.start >= first), default=first
        )
        colon = self.text.rfind(": ", earlier, cue.start) + 1
        first = max(first, earlier, colon)
        comma = self.text.rfind(", ", first, cue.start)
        if comma < 0:
            return first
        is_list = _LAST_OF_LIST.match(self.text, comma + 2) is not None
        has_verb = _VERB.match(self.text, cue.start) is not None
        return first if is_list or has_verb else comma


def _distance(cue: Cue, start: int, end: int) -> int:
    return start - cue.end if cue.end <= start else cue.start - end
