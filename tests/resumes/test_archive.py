"""The files of an export: which are read, and in which order, whatever order they lie in."""

from __future__ import annotations

import itertools

import pytest

from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.archive import WANTED, parts_of_folder, parts_of_zip
from trackfit.tests.support.resume_files import zipped


def read(path):
    notes = Problems()
    parts = parts_of_folder(path, notes) if path.is_dir() else parts_of_zip(path, notes)
    assert parts is not None
    return [(part.name, part.raw.decode()) for part in parts], [problem.text for problem in notes]


@pytest.mark.parametrize("order", list(itertools.permutations([*WANTED, "Other.csv"])), ids=", ".join)
def test_the_order_in_an_archive_makes_no_difference(tmp_path, order):
    path = tmp_path / "export.zip"
    path.write_bytes(zipped(*((name, f"in {name}") for name in order)))
    assert read(path) == ([(name, f"in {name}") for name in WANTED], [])


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_the_one_nested_least_is_read_then_the_first_by_the_alphabet(tmp_path, turned):
    members = [("b/Skills.csv", "b"), ("a/Skills.csv", "a"), ("0/deep/Skills.csv", "deep")]
    path = tmp_path / "export.zip"
    path.write_bytes(zipped(*(reversed(members) if turned else members)))
    assert read(path) == (
        [("Skills.csv", "a")],
        ["there are 3 files called Skills.csv; 'a/Skills.csv' is read"],
    )


def test_a_folder_is_read_as_its_zip(tmp_path):
    for name, text in (("Skills.csv", "s"), ("Positions.csv", "p"), ("x/Positions.csv", "other")):
        path = tmp_path / "export" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert read(tmp_path / "export") == (
        [("Positions.csv", "p"), ("Skills.csv", "s")],
        ["there are 2 files called Positions.csv; 'Positions.csv' is read"],
    )
