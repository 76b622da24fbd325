"""Tables of a cohort's summary that are no counts of one thing: the people, tracks by background, who lacks the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from trackfit.engine.cohort.people import PersonRow
from trackfit.engine.cohort.totals import NO_TRACK, Totals
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.formats import listing

GROUPS = 12
"""So many groups that could learn together are shown, the largest first."""
TOGETHER = 2
"""So many people are a group."""


class Link(NamedTuple):
    """A text that leads somewhere in the folder of the results."""

    text: str
    to: str


Cell = str | tuple[Link, ...]


class Grid(NamedTuple):
    """A table: its heading, its columns, and its rows of cells."""

    heading: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def people(totals: Totals, kb: KnowledgeBase, *, reports: bool) -> Grid:
    """Everyone who was advised, with links to their reports where there are some."""
    names = _names(totals.people)
    columns = ("Who", "Background", "First track", "How near", *(["Report"] if reports else []))
    rows = [_person(one, names[one.row], kb, reports=reports) for one in totals.people]
    return Grid("The people", columns, rows)


def _person(one: PersonRow, name: str, kb: KnowledgeBase, *, reports: bool) -> tuple[Cell, ...]:
    tracks = kb.facts.tracks
    near = f"{one.there} of {one.size} skills" if one.track else ""
    closeness = f", {one.closeness.replace('_', ' ')}" if one.closeness else ""
    links = (Link("Markdown", f"reports/{one.report}.md"), Link("page", f"reports/{one.report}.html"))
    return (
        name,
        kb.facts.backgrounds[one.background].name,
        tracks[one.track].name if one.track else "no track recommended",
        f"{near}{closeness}",
        *([links] if reports else []),
    )


def _names(everyone: Iterable[PersonRow]) -> dict[int, str]:
    """Who each row is: by name, and by the number of the row as well where several have one, or none."""
    everyone = list(everyone)
    often = Counter(one.who for one in everyone)
    return {
        one.row: one.who
        if one.who and often[one.who] == 1
        else f"{one.who} (row {one.row:,})"
        if one.who
        else f"row {one.row:,}"
        for one in everyone
    }


def backgrounds(totals: Totals, kb: KnowledgeBase) -> Grid:
    """How many of each background go where; the most people first."""
    there = {track for some in totals.backgrounds.values() for track in some}
    tracks = [one for one in (*kb.facts.tracks, NO_TRACK) if one in there]
    names = {id_: row.name for id_, row in kb.facts.tracks.items()} | {NO_TRACK: "No track"}
    ordered = sorted(totals.backgrounds.items(), key=lambda one: (-sum(one[1].values()), one[0]))
    return Grid(
        "First tracks by background",
        ("Background", *(names[track] for track in tracks)),
        [
            (
                kb.facts.backgrounds[id_].name,
                *(f"{some[track]:,}" if track in some else "" for track in tracks),
            )
            for id_, some in ordered
        ],
    )


def groups(totals: Totals, kb: KnowledgeBase) -> Grid:
    """People who lack the same skill on the way to their first track."""
    names = _names(totals.people)
    lacking: dict[str, list[str]] = defaultdict(list)
    for one in totals.people:
        for skill in one.missing:
            lacking[skill].append(names[one.row])
    ordered = sorted(lacking.items(), key=lambda one: (-len(one[1]), one[0]))
    shown = [(skill, some) for skill, some in ordered if len(some) >= TOGETHER][:GROUPS]
    return Grid(
        "Who could learn together",
        ("Skill", "People", "Who lacks it on the way to their first track"),
        [(kb.facts.skills[skill].name, f"{len(some):,}", listing(some)) for skill, some in shown],
    )
