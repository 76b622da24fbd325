"""The demand over many advertisements: how many ask for a skill, which track each is nearest to, and all of it as figures."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from trackfit.engine.adverts.advert import Advert
from trackfit.engine.inference.base import KnowledgeBase

FEWEST = 2
"""Advertisements that ask for a skill before a figure is made of it: one alone says nothing of a market."""
MOST_PLACES = 8


class Demand(msgspec.Struct, frozen=True):
    """How many advertisements ask for a skill, and what share of all that is, from 0 to 1."""

    skill: str
    ads: int
    share: float


class TrackDemand(msgspec.Struct, frozen=True):
    """How many advertisements are nearest to a track; None for those that are near none."""

    track: str | None
    ads: int
    share: float


def demand_of(adverts: Sequence[Advert]) -> list[Demand]:
    """Each skill with the advertisements that name it, the most wanted first."""
    count = Counter(one.skill for advert in adverts for one in advert.skills)
    return [
        Demand(skill, ads, round(ads / len(adverts), 4))
        for skill, ads in sorted(count.items(), key=lambda one: (-one[1], one[0]))
    ]


def tracks_by_advert(adverts: Sequence[Advert]) -> list[TrackDemand]:
    """Each track with the advertisements that are nearest to it, the most frequent first."""
    count = Counter(advert.nearest for advert in adverts)
    return [
        TrackDemand(track, ads, round(ads / len(adverts), 4))
        for track, ads in sorted(count.items(), key=lambda one: (-one[1], one[0] or "~"))
    ]


def places_of(adverts: Iterable[Advert]) -> list[str]:
    """The places that advertisements name, the most frequent first."""
    count = Counter(advert.place for advert in adverts if advert.place)
    return [place for place, _ in sorted(count.items(), key=lambda one: (-one[1], one[0]))]


def as_figures(adverts: Sequence[Advert], kb: KnowledgeBase, as_of: str) -> str:
    """The demand as a file for facts/figures: a source, its sample, and a figure for each skill; `as_of` is YYYY-MM-DD.

    What a coach has to look over stands in comments.
    """
    id_ = f"adverts_{as_of.replace('-', '_')}"
    places = places_of(adverts)
    number = len(adverts)
    lines = _beginning(id_, as_of, number, places)
    for one in demand_of(adverts):
        if one.ads >= FEWEST:
            row = _figure(
                id_,
                as_of,
                id=f"{id_}_{one.skill}",
                about=_text(f"job advertisements read that ask for {kb.facts.skills[one.skill].name}"),
                value=_percent(one.ads, number),
                unit="percent_of_postings",
                skill=one.skill,
                where=_text(f"{one.ads:,} of {number:,} advertisements"),
            )
            lines += ["", *row]
    return "\n".join([*lines, ""])


def _beginning(id_: str, as_of: str, number: int, places: Sequence[str]) -> list[str]:
    """The source and its sample."""
    return [
        "# What a set of job advertisements asks for, counted by trackfit match.",
        "#",
        "# Look over `title`, `place` and `does_not_state`: what these advertisements are, and how they were chosen, only",
        "# whoever gathered them knows. Then move the figures that a track is to quote into facts/tracks.yaml.",
        "# trackfit: allow source-without-address because the advertisements are in our own folder",
        "sources:",
        f"  - id: {id_}",
        "    publisher: our own count",
        f"    title: {_text(f'{number:,} job advertisements, read on {as_of}')}",
        f"    date: {_text(as_of)}",
        "    standing: first_hand",
        *([f"    place: {_text('; '.join(places[:MOST_PLACES])[:190])}"] if places else []),
        "    method: each advertisement read by trackfit match, each skill counted once in it, required or wished for",
        f"    sample: [{id_}_read]",
        "    does_not_state:",
        "      - how the advertisements were chosen",
        *([] if places else ["      - geography"]),
        "",
        "# trackfit: allow unused-figure because they are here to be chosen from",
        "figures:",
        *_figure(
            id_,
            as_of,
            id=f"{id_}_read",
            about="job advertisements that were read",
            value=number,
            unit="postings",
        ),
    ]


def _percent(part: int, whole: int) -> int | float:
    share = round(100 * part / whole, 1)
    return int(share) if share == int(share) else share


def _figure(source: str, as_of: str, **row: str | float) -> list[str]:
    """A row of the table of figures; `row` has its other columns in the order of the file."""
    review = (datetime.date.fromisoformat(as_of) + datetime.timedelta(days=365)).isoformat()
    columns = {**row, "as_of": _text(as_of), "review_by": _text(review), "sources": f"[{source}]"}
    first, *others = [f"{name}: {value}" for name, value in columns.items()]
    return [f"  - {first}", *(f"    {one}" for one in others)]


def _text(text: str) -> str:
    """A text as YAML has it; JSON's quotes are YAML's."""
    return json.dumps(text, ensure_ascii=False)
