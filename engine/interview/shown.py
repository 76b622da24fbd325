"""What is shown beside a question, from the answers so far: the list to search in, what is usual, the nearest track."""

from __future__ import annotations

from trackfit.engine.interview.interview import Interview
from trackfit.engine.interview.prompts import Named
from trackfit.engine.language.attributes import BACKGROUND, SKILLS, TARGET_TRACK
from trackfit.engine.language.formats import listing
from trackfit.engine.language.model import Attribute


def rows(talk: Interview, attribute: Attribute) -> tuple[Named, ...]:
    """The elements of a set to search in, by name; of skills those first that are usual for the background."""
    if attribute.type != "set":
        return ()
    skills = talk.kb.facts.skills if attribute.id == SKILLS else {}
    usual = talk.brought() if attribute.id == SKILLS else ()
    return tuple(
        Named(one.id, one.name, skills[one.id].aliases if one.id in skills else ())
        for one in sorted(attribute.choices, key=lambda one: (one.id not in usual, one.name.casefold()))
    )


def notes(talk: Interview, attribute: Attribute) -> dict[str, str]:
    """A line for each track where tracks are to choose from, by id."""
    if attribute.id != TARGET_TRACK:
        return {}
    return {row.id: row.daily_work[0] for row in talk.kb.facts.tracks.values() if row.daily_work}


def hint(talk: Interview, attribute: Attribute) -> str:
    """Of skills, what is usual for the background, for who sees no list."""
    names = [talk.kb.facts.skills[skill].name for skill in talk.brought()] if attribute.id == SKILLS else []
    return f"People with your kind of work often use {listing(names)}." if names else ""


def nearest(talk: Interview) -> str:
    """The track with the smallest gap by the answers so far; empty where nothing is held or usual."""
    known = talk.case().answers
    if BACKGROUND not in known:
        return ""
    skills = known.get(SKILLS)
    counted = talk.kb.reader.index.counted(skills) if isinstance(skills, frozenset) else frozenset[str]()
    ways = talk.kb.ways.of({**known, SKILLS: counted})
    first = ways[0]
    there = len(first.held) + len(first.usual)
    if not there:
        return ""
    names = [talk.kb.facts.tracks[one.track].name for one in ways if one.place == 1]
    share = f", {there} of its {first.size} skills are there" if len(names) == 1 else ""
    return f"Nearest so far: {listing(names)}{share}"
