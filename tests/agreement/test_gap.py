"""The gap model: what is true of it for everybody, over the shipped lists and over lists that are made up."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.inference.ways import Ways
from trackfit.engine.language.facts import TrackSkill
from trackfit.engine.language.vocabulary import SkillIndex
from trackfit.tests.support.person_strategies import ASKED, SKILLS, TRACKS, facts_of


@st.composite
def made_up(draw):
    """A gap model with lists that are made up; skills count as others, routes and usual skills are there."""
    facts = facts_of(ASKED)
    lists = st.lists(st.sampled_from(sorted(SKILLS)), min_size=1, max_size=6, unique=True)
    tracks = {
        track: msgspec.structs.replace(
            facts.tracks[track],
            skills=tuple(TrackSkill(skill=one) for one in draw(lists)),
            math=draw(st.sampled_from(["none", "required"])),
        )
        for track in TRACKS
    }
    facts = msgspec.structs.replace(facts, tracks=tracks)
    index = SkillIndex(facts)
    return Ways(facts, index), index


@st.composite
def persons(draw, ways):
    """Answers that the gap hangs on, each of them or none."""
    answers = {
        "background": st.sampled_from(sorted(ways.facts.backgrounds)),
        "skills": st.sets(st.sampled_from(sorted(ways.facts.skills)), max_size=12).map(frozenset),
        "denied_skills": st.sets(st.sampled_from(sorted(ways.facts.skills)), max_size=6).map(frozenset),
        "years_experience": st.integers(0, 30),
        "target_track": st.sampled_from(sorted(ways.facts.tracks)),
        "math_comfort": st.sampled_from(["low", "some", "strong"]),
    }
    return {
        name: draw(value) for name, value in answers.items() if name == "background" or draw(st.booleans())
    }


def of(model, person):
    """The ways by track; skills count as the broader ones, as in a consultation."""
    ways, index = model
    counted = {**person, "skills": index.counted(person.get("skills", ()))}
    return {way.track: way for way in ways.of(counted)}


def everybody_s_lists_fall_into_three(model, person):
    ways, index = model
    held = index.counted(person.get("skills", ()))
    for track, way in of(model, person).items():
        parts = (*way.held, *way.usual, *way.missing)
        assert sorted(parts) == sorted(ways.lists[track])
        assert set(way.held) == held & set(ways.lists[track])
        assert not set(way.usual) & person.get("denied_skills", frozenset())


def places_follow_the_share(model, person):
    found = list(of(model, person).values())
    assert found[0].place == 1
    for one, two in pairwise(found):
        assert one.place <= two.place
        assert one.share_missing <= two.share_missing
    for one in found:
        assert one.place == 1 + sum(other.place < one.place for other in found)
        assert set(one.tied_with) == {
            other.track for other in found if other.place == one.place and other is not one
        }
        for other in found:
            if one.share_missing < other.share_missing:
                assert one.place < other.place
            if other.track in one.tied_with:
                assert one.share_missing == other.share_missing


def nobody_loses_by_naming(model, person, skill):
    """No track that lists a named skill falls behind one that does not, and no gap grows."""
    ways, index = model
    before = of(model, person)
    after = of(model, {**person, "skills": person.get("skills", frozenset()) | {skill}})
    named = index.counted([skill])
    for track, way in after.items():
        assert set(way.missing) <= set(before[track].missing)
        if named.isdisjoint(ways.lists[track]):
            continue
        for other in after:
            if named.isdisjoint(ways.lists[other]) and before[track].place <= before[other].place:
                assert way.place <= after[other].place, (track, other)


def all_of_a_track_puts_it_first(model, person, track):
    ways, _ = model
    found = of(model, {**person, "skills": frozenset(ways.lists[track])})
    assert not found[track].missing
    whole = [way for way in found.values() if not way.missing]
    assert [way for way in found.values() if way.place < found[track].place and way.missing] == []
    assert found[track].place == 1 or len(whole) > 1


def of_equals_the_wall_stands_behind(model, person):
    ways, _ = model
    found = list(of(model, {**person, "math_comfort": "low"}).values())
    for number, way in enumerate(found):
        if way.track in ways.walls:
            alike = [other for other in found[number + 1 :] if other.share_missing == way.share_missing]
            assert all(other.track in ways.walls for other in alike)


@pytest.mark.parametrize("lists", ["shipped", "made up"])
@given(draw=st.data())
def test_the_gap_of_everybody(kb, lists, draw):
    model = (kb.ways, kb.reader.index) if lists == "shipped" else draw.draw(made_up())
    ways, _ = model
    person = draw.draw(persons(ways))
    everybody_s_lists_fall_into_three(model, person)
    places_follow_the_share(model, person)
    nobody_loses_by_naming(model, person, draw.draw(st.sampled_from(sorted(ways.facts.skills))))
    all_of_a_track_puts_it_first(model, person, draw.draw(st.sampled_from(sorted(ways.lists))))
    of_equals_the_wall_stands_behind(model, person)
