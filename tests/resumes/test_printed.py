"""A résumé that is written from a case and printed reads back as that case's skills."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.resumes.answers import answers_from
from trackfit.engine.resumes.dates import Calendar
from trackfit.engine.resumes.detect import read_resume
from trackfit.engine.resumes.written import WrittenReader
from trackfit.tests.support.searches import seeded
from trackfit.tools import resume_samples

DAY = "2026-11-28"
FAST = ("markdown", "text", "html")
SLOW = ("docx", "fpdf", "odt", "office", "chromium2", "latex")


def _person(kb, skills):
    names = [kb.facts.skills[id_].name for id_ in skills]
    return resume_samples.Person(
        language="en",
        name="Ada Marlowe",
        headline="Engineer",
        summary="Works with care.",
        jobs=[
            {
                "title": "Engineer",
                "employer": "Tarn",
                "dates": "March 2021 – Present",
                "text": "Kept things going.",
            }
        ],
        education="BSc, Tarn University, 2012 – 2016",
        skills={"Tools": ", ".join(names[::2]), "More": ", ".join(names[1::2])},
        languages="English",
    )


def _read_back(kb, skills, maker, folder):
    ending, make = resume_samples.MAKERS[maker]
    path = folder / f"{maker}.{ending}"
    try:
        make(_person(kb, skills), path)
    except FileNotFoundError as error:
        pytest.skip(f"there is no {error.filename}")
    days = Calendar.of(kb.facts, DAY)
    resume, notes = read_resume(path, days, WrittenReader(kb, days))
    assert resume is not None, notes
    return next(one.value for one in answers_from(resume, kb, DAY, notes) if one.attribute == "skills")


def _clear(kb):
    """Skills whose names stand for nothing else, have no comma, and can be printed by every tool."""
    return [
        id_
        for id_, skill in kb.facts.skills.items()
        if "," not in skill.name and skill.name.isascii() and kb.reader.index.match(skill.name).ids == (id_,)
    ]


@pytest.mark.parametrize("maker", FAST)
@seeded(40)
@given(chosen=st.data())
def test_skills_read_back_as_they_were_written(maker, chosen, kb, tmp_path_factory):
    skills = chosen.draw(st.sets(st.sampled_from(_clear(kb)), min_size=2, max_size=20))
    assert _read_back(kb, sorted(skills), maker, tmp_path_factory.mktemp("printed")) == skills


@pytest.mark.slow
@pytest.mark.parametrize("maker", SLOW)
@pytest.mark.parametrize("start", range(3))
def test_skills_read_back_through_every_tool(maker, start, kb, tmp_path):
    skills = _clear(kb)[start::60]
    assert _read_back(kb, skills, maker, tmp_path) == set(skills)
