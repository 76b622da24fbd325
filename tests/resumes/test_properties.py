"""Whatever is imported: a case or problems, and the same ones whatever order it came in."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.resumes.dates import Date, merged, months_in
from trackfit.tests.support.resume_files import DAYS, GOOD, taken, zipped

CELLS = st.sampled_from(
    ["", "Title", "Name", "Started On", "Finished On", "2020", "Oct 2022", "Data Engineer", "tf"]
)
CSV = st.lists(st.lists(CELLS | st.text(max_size=8), max_size=5).map(",".join), max_size=6).map("\n".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | CELLS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["basics", "work", "skills", "name", "label", "position", "startDate", "endDate", "keywords"]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "name", ["x.json", "x.yaml", "Positions.csv", "Skills.csv", "Profile.csv", "x.zip", "x"]
)
def test_any_bytes(name, tmp_path):
    path = tmp_path / name

    @given(
        st.binary(max_size=300)
        | CSV.map(str.encode)
        | st.sampled_from([b"PK\x03\x04", zipped(("Skills.csv", GOOD))])
    )
    def try_it(raw):
        path.write_bytes(raw)
        taken(path)

    try_it()


def test_any_json(tmp_path):
    path = tmp_path / "x.json"

    @given(
        st.dictionaries(
            st.sampled_from(["basics", "work", "skills"]), JSON | st.dictionaries(st.text(), JSON)
        )
    )
    def try_it(document):
        path.write_text(json.dumps(document), encoding="utf-8")
        taken(path)

    try_it()


def test_any_damage_to_a_zip(tmp_path):
    path = tmp_path / "x.zip"
    whole = zipped(("Positions.csv", GOOD), ("Skills.csv", "Name\npython\n"))

    @given(
        st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=4),
        st.integers(0, 40),
    )
    def try_it(changes, cut):
        raw = bytearray(whole)
        for place, value in changes:
            raw[place] = value
        path.write_bytes(raw[: len(raw) - cut])
        taken(path)

    try_it()


STRETCHES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda one: tuple(sorted(one))), max_size=8
)


@given(STRETCHES)
def test_months_are_counted_once(stretches):
    worked = {month for first, end in stretches for month in range(first, end)}
    assert months_in(stretches) == len(worked)
    assert months_in(stretches) <= max([end for _, end in stretches], default=0) - min(
        [first for first, _ in stretches], default=0
    )
    assert {month for first, end in merged(stretches) for month in range(first, end)} == worked
    assert months_in(reversed(stretches)) == months_in(stretches)


DATES = st.builds(Date, st.integers(1990, 2030)) | st.builds(
    Date, st.integers(1990, 2030), st.integers(1, 12)
)
JOBS = st.lists(
    st.tuples(
        st.sampled_from(["Data Engineer", "Consultant", "SRE", "Intern", ""]), DATES, DATES | st.none()
    ),
    max_size=6,
)


@given(JOBS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(jobs, random):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "Positions.csv")
        for _ in range(2):
            rows = [f"{title},{start},{end or ''}" for title, start, end in jobs]
            path.write_text("\n".join(["Title,Started On,Finished On", *rows]), encoding="utf-8")
            found.append(taken(path))
            random.shuffle(jobs)
    assert found[0] == found[1]


@given(
    st.text(max_size=20) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,4}[-/. ]?[0-9]{0,4}", fullmatch=True)
)
def test_any_date(text):
    date = DAYS.read(text)
    if date is not None:
        assert DAYS.read(str(date)) == date
        assert date.begins() <= date.ends() <= date.begins() + 1
