"""Dates of résumés: which month a stretch begins with, which one it ends before, and what is earlier."""

from __future__ import annotations

import json

import pytest

from trackfit.engine.resumes.answers import answers_from
from trackfit.engine.resumes.dates import Date
from trackfit.engine.resumes.detect import read_resume
from trackfit.tests.support.resume_files import DAYS, KB
from trackfit.tests.support.shipped import DAY


def month(year, number):
    """A month as a whole number: twelve for each year."""
    return year * 12 + number - 1


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2020", month(2020, 1), month(2020, 1)),
        ("2020-03", month(2020, 3), month(2020, 4)),
        ("2020-12", month(2020, 12), month(2021, 1)),
        ("2020-03-01", month(2020, 3), month(2020, 3)),
        ("2020-03-15", month(2020, 3), month(2020, 3)),
        ("2020-03-16", month(2020, 4), month(2020, 4)),
        ("2020-12-31", month(2021, 1), month(2021, 1)),
    ],
)
def test_where_a_stretch_begins_and_ends(text, begins, ends):
    date = DAYS.read(text)
    assert date is not None
    assert (date.begins(), date.ends()) == (begins, ends)


@pytest.mark.parametrize(
    ("earlier", "later", "surely"),
    [
        (Date(2020), Date(2021), True),
        (Date(2020), Date(2020, 5), False),
        (Date(2020, 4), Date(2020, 5), True),
        (Date(2020, 5), Date(2020, 5, 30), False),
        (Date(2020, 5, 29), Date(2020, 5, 30), True),
        (Date(2020, 5, 30), Date(2020, 5, 30), False),
        (Date(2021), Date(2020, 12), False),
    ],
)
def test_what_is_surely_earlier(earlier, later, surely):
    assert earlier.before(later) is surely


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        ("2020-01-01", "", 6),
        ("2020-01-01", "2031-12", 6),
        ("2020-01-01", "2031", 6),
        ("2015-12-15", "2026-11-15", 10),
        ("2015-11-15", "2026-11-15", 11),
        ("2015-11-15", "2026-10-16", 11),
        ("2015-11-16", "2026-11-15", 10),
    ],
)
def test_years_are_counted_up_to_the_day_of_the_advice(tmp_path, start, end, years):
    """Whatever end is written; rounded down, a day up to the 15th standing for the beginning of its month."""
    path = tmp_path / "resume.json"
    work = [{"position": "Data engineer", "startDate": start, "endDate": end}]
    path.write_text(json.dumps({"work": work}), encoding="utf-8")
    resume, notes = read_resume(path, DAYS)
    assert resume is not None
    found = {one.attribute: one.value for one in answers_from(resume, KB, DAY, notes)}
    assert found["years_experience"] == years
