"""Résumés that people wrote for people, as several programs print them: what is read is what stands there."""

from __future__ import annotations

import pytest
import yaml

from trackfit.engine.resumes.answers import answers_from
from trackfit.engine.resumes.dates import Calendar
from trackfit.engine.resumes.detect import read_resume
from trackfit.engine.resumes.written import WrittenReader
from trackfit.tests.support.places import ROOT

FOLDER = ROOT / "tests/resumes/written"
DAY = "2026-11-28"
EXPECTED = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if path.suffix != ".yaml")


@pytest.fixture(scope="module")
def written(kb):
    return WrittenReader(kb, Calendar.of(kb.facts, DAY))


def _read(path, kb, written):
    resume, notes = read_resume(path, Calendar.of(kb.facts, DAY), written)
    assert resume is not None, notes
    return {one.attribute: one for one in answers_from(resume, kb, DAY, notes)}


def test_there_are_many_in_four_languages():
    assert (len(DOCUMENTS) >= 25, len(EXPECTED)) == (True, 4)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_answers_are_those_of_the_person(path, kb, written):
    wanted = EXPECTED[path.name.partition("-")[0]]
    found = _read(path, kb, written)
    assert {key: found[key].value for key in ("name", "background", "years_experience")} == {
        key: wanted[key] for key in ("name", "background", "years_experience")
    }
    skills = found["skills"].value
    assert isinstance(skills, frozenset)
    assert skills == set(wanted["skills"])
    assert set(found["skills"].unmatched) == set(wanted.get("taken_back", ()))
