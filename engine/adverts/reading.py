"""One advertisement, read from top to bottom: what each section, sentence and word says of the skills in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from trackfit.engine.adverts.advert import Advert, AdvertText, Asked, Pay, TrackShare, Years
from trackfit.engine.adverts.pay import PayReader
from trackfit.engine.adverts.sentences import AdvertSentences
from trackfit.engine.adverts.words import AdvertVocabulary
from trackfit.engine.adverts.years import years_in
from trackfit.engine.cases.running_text import Naming, TextReader
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.papers.paper import Passage, passages

MAX_CHARACTERS = 200_000
"""Of one advertisement; a long one has ten thousand."""
_LABEL = re.compile(r"\s*([^:]{2,60}?)\s*:\s+(?=\S)")
_TITLE_LABEL = re.compile(
    r"\s*(?:job\s*title|title|position|role|job|stelle|stellenbezeichnung|poste|intitulé du poste|puesto|"
    r"vaga|posizione|functie)\s*:\s*(.+)",
    re.IGNORECASE,
)
_PLACE_LABEL = re.compile(
    r"\s*(?:job\s*)?(?:locations?|place|standort|arbeitsort|ort|lieu|ubicación|localização|sede|"
    r"standplaats)\s*:\s*(.+)",
    re.IGNORECASE,
)
_LEVEL_LABEL = re.compile(
    r"\s*(?:seniority(?:\s+level)?|level|experience\s+level|karrierestufe|niveau|nivel|nível)\s*:\s*(.+)",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"(?:full\s+)?(?:job\s+)?(?:description|posting|advert(?:isement)?|opening|offer)|about\s.*|"
    r"stellenanzeige|offre d'emploi|oferta de empleo",
    re.IGNORECASE,
)
_NO_HEADING = re.compile(r"[|\d]")
_MOST_TITLE = 14
"""Words of a first line that is a title."""


class _SoFar(msgspec.Struct):
    """What has been found so far."""

    skills: list[Asked] = []
    unclear: list[tuple[Naming, int, bool]] = []
    years: list[tuple[Years, bool]] = []
    pay: list[tuple[Pay, bool]] = []
    place: str = ""
    level: str | None = None


class AdvertReader:
    """Reads advertisements; made once for a knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.index = kb.reader.index
        self._text = TextReader(kb.facts, self.index)
        self._words = AdvertVocabulary(kb.facts)
        self._pay = PayReader(kb.facts.currencies)

    def read(self, given: AdvertText) -> Advert:
        """What an advertisement asks for, each finding with its line."""
        found = _SoFar()
        parts = list(passages(given.lines))
        title, first = _title(given.title, parts)
        section: str | None = None
        for passage in parts[first:]:
            section = self._passage(passage, section, found)
        skills = tuple(_once([*found.skills, *self._clear(found)]))
        asked = self.index.counted(one.skill for one in skills)
        tracks = self._tracks(asked, title)
        return Advert(
            file=given.file,
            title=title,
            skills=skills,
            years=_years(found.years),
            pay=_pay(found.pay),
            seniority=self._words.level(title) or found.level,
            place=given.place or found.place,
            date=given.date,
            tracks=tracks,
            nearest=tracks[0].track if tracks and tracks[0].share else None,
        )

    def _passage(self, passage: Passage, section: str | None, found: _SoFar) -> str | None:
        """Reads a passage; gives what the section is in which the next one stands."""
        text = passage.text
        heading = None if passage.is_entry or _LABEL.match(text) else self._words.heading(text)
        if heading is not None and (passage.is_heading or self._may_be_heading(text)):
            self._take_pay(passage, found)
            return heading
        if passage.is_heading and section in ("aside", "wished"):
            section = None
        self._labels(text, found)
        self._take_pay(passage, found)
        label = _LABEL.match(text)
        labelled = self._words.heading(label[1]) if label else None
        meant = labelled or section
        if meant != "aside":
            self._take(passage, meant, found)
        return section

    def _may_be_heading(self, text: str) -> bool:
        """Whether a line without a mark can be a heading: it ends as none of a text does, and names no skill."""
        return (
            not text.endswith((".", "!", ",")) and not _NO_HEADING.search(text) and not self._text.find(text)
        )

    def _labels(self, text: str, found: _SoFar) -> None:
        if not found.place and (match := _PLACE_LABEL.fullmatch(text)):
            found.place = match[1].strip()[:200]
        if found.level is None and (match := _LEVEL_LABEL.fullmatch(text)):
            found.level = self._words.level(match[1])

    def _take(self, passage: Passage, section: str | None, found: _SoFar) -> None:
        """The skills and years of a passage in a section that asks for something."""
        namings = self._text.find(passage.text)
        listed = section in ("required", "wished") and passage.is_entry
        places = [one.start for one in namings]
        named_years = list(years_in(passage.text, places, listed=listed or section == "required"))
        if not namings and not named_years:
            return
        sentences = AdvertSentences(passage.text, self._words)
        for naming in namings:
            means = sentences.means(naming.start, naming.end) or section
            if means in ("denied", "aside"):
                continue
            line = passage.line(naming.start).number
            if len(naming.ids) == 1:
                found.skills.append(Asked(naming.ids[0], naming.text, line, means == "wished"))
            else:
                found.unclear.append((naming, line, means == "wished"))
        for one in named_years:
            means = sentences.means(one.start, one.end) or section
            if means not in ("denied", "aside"):
                years = Years(one.low, one.high, passage.line(one.start).number)
                found.years.append((years, means == "wished"))

    def _take_pay(self, passage: Passage, found: _SoFar) -> None:
        for place, low, high, currency, period, is_told in self._pay.find(passage.text):
            line = passage.line(place).number
            found.pay.append((Pay(low, high, currency, period, line), is_told))

    def _clear(self, found: _SoFar) -> Iterator[Asked]:
        """What may mean several skills, where one of them is asked for elsewhere in the text; else nobody knows which."""
        named = {one.skill for one in found.skills}
        for naming, line, wished in found.unclear:
            meant = [id_ for id_ in naming.ids if id_ in named]
            if len(meant) == 1:
                yield Asked(meant[0], naming.text, line, wished)

    def _tracks(self, asked: frozenset[str], title: str) -> tuple[TrackShare, ...]:
        """The share of each track's list that is asked for; of equal ones that which the title names comes first."""
        found = []
        for track in self.kb.facts.tracks.values():
            held = tuple(one.skill for one in track.skills if one.skill in asked)
            share = round(len(held) / len(track.skills), 4)
            is_named = any(name.casefold() in title.casefold() for name in (track.name, track.role))
            found.append((-share, not is_named, track.id, TrackShare(track.id, share, held)))
        return tuple(one for *_, one in sorted(found, key=lambda one: one[:3]))


def _title(given: str, parts: Sequence[Passage]) -> tuple[str, int]:
    """The title, and the first passage below it: a column or label tells it, or else the first short line."""
    if given:
        return given, 1 if parts and parts[0].text == given else 0
    for at, part in enumerate(parts[:8]):
        if match := _TITLE_LABEL.fullmatch(part.text):
            return match[1].strip(), at + 1
    for at, part in enumerate(parts[:3]):
        is_short = (
            len(part.text.split()) <= _MOST_TITLE
            and not part.is_entry
            and not part.text.endswith((".", ":", "!"))
        )
        if is_short and not _NO_TITLE.fullmatch(part.text) and not _PLACE_LABEL.match(part.text):
            return part.text, at + 1
    return "", 0


def _once(skills: Iterable[Asked]) -> list[Asked]:
    """Each skill once, at its first mention, required where any mention of it is."""
    first: dict[str, Asked] = {}
    for one in sorted(skills, key=lambda one: one.line):
        known = first.get(one.skill)
        if known is None or (known.wished and not one.wished):
            first[one.skill] = one
    return sorted(first.values(), key=lambda one: (one.line, one.skill))


def _years(found: Sequence[tuple[Years, bool]]) -> Years | None:
    """The years of the whole: the most that are required, or else wished for."""
    required = [years for years, wished in found if not wished]
    return max(required or [years for years, _ in found], key=lambda one: one.low, default=None)


def _pay(found: Sequence[tuple[Pay, bool]]) -> Pay | None:
    """The pay: what words call so before what only looks so; several sums of one kind become one range."""
    known = [pay for pay, is_told in found if is_told] or [
        pay for pay, _ in found if pay.per == "year" and pay.low != pay.high
    ]
    if not known:
        return None
    first = known[0]
    alike = [one for one in known if (one.currency, one.per) == (first.currency, first.per)]
    return msgspec.structs.replace(
        first, low=min(one.low for one in alike), high=max(one.high for one in alike)
    )
