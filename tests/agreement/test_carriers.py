"""A value means the same whatever carries it: an answers file, a spreadsheet, JSON lines, Parquet or the command line."""

import json
import math
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trackfit import KnowledgeBase
from trackfit.engine.cohort.files.headings import source_of
from trackfit.engine.cohort.files.text import read_parts
from trackfit.engine.cohort.table.cells_to_cases import Normaliser
from trackfit.engine.documents.parse import read_bytes
from trackfit.engine.explanation.whatif import with_settings
from trackfit.engine.inference.base import shipped

NOT_GIVEN = "not given"
VALUES = [
    ("years_experience", "5", 5),
    ("years_experience", "5.0", 5),
    ("years_experience", "5.", 5),
    ("years_experience", "0.5e1", 5),
    ("years_experience", "nan", NOT_GIVEN),
    ("salary_goal", "180000", 180_000),
    ("salary_goal", "180000.", 180_000),
    ("salary_goal", "180000.0", 180_000),
    ("salary_goal", "1.8e5", 180_000),
    ("salary_goal", "1.8E+5", 180_000),
    ("salary_goal", "$180,000", 180_000),
    ("salary_goal", "180k", 180_000),
    ("salary_goal", "NaN", NOT_GIVEN),
    ("expects_same_work", "1", True),
    ("expects_same_work", "0", False),
    ("expects_same_work", "1.0", True),
    ("expects_same_work", "Yes", True),
    ("expects_same_work", "false", False),
    ("expects_same_work", "nan", NOT_GIVEN),
    ("skills", "none", frozenset()),
    ("skills", "nan", NOT_GIVEN),
    ("skills", "Python; SQL", frozenset({"python", "sql"})),
]
TYPED = [
    ("years_experience", 5.0, 5),
    ("years_experience", math.nan, NOT_GIVEN),
    ("salary_goal", 1.8e5, 180_000),
    ("salary_goal", 180_000, 180_000),
    ("expects_same_work", 1, True),
    ("expects_same_work", 0.0, False),
    ("expects_same_work", True, True),
]
BADGES = """
  - id: badges
    label: badges
    type: set
    choices:
      - {id: none, name: None yet}
      - {id: cloud, name: Cloud}
    asked:
      order: 99
      change: {cost: 1}
      question: Which badges do you hold?
      help: Any of them.
"""
KEYS = ("background", *dict.fromkeys(key for key, _, _ in VALUES))


def of_file(kb, content):
    node, problems = read_bytes(content.encode(), "case")
    assert not problems
    return kb.reader.read(node)


def of_rows(kb, path):
    """What each row of a cohort file is read as."""
    normaliser = Normaliser(kb)
    parts = read_parts(source_of(str(path), {}), kb.reader, lambda _: None)
    return [normaliser.read(row) for part in parts for row in part.to_pylist()]


def assert_read(found, values):
    for (case, problems), (key, written, meant) in zip(found, values, strict=True):
        assert not problems, (key, written)
        assert case.answers.get(key, NOT_GIVEN) == meant, (key, written)


def test_in_yaml(kb):
    lines = [f"background: other\n{key}: {written}" for key, written, _ in VALUES]
    assert_read([of_file(kb, one) for one in lines], VALUES)


def test_in_quoted_yaml_and_in_json_text(kb):
    lines = [json.dumps({"background": "other", key: written}) for key, written, _ in VALUES]
    assert_read([of_file(kb, one) for one in lines], VALUES)


def test_on_the_command_line(kb):
    case, _ = of_file(kb, "background: other")
    read = [(with_settings(case, [f"{key}={written}"], kb.reader), ()) for key, written, _ in VALUES]
    assert_read(read, VALUES)


def test_in_a_spreadsheet(kb, tmp_path):
    rows = [{"background": "other", key: f'"{written}"'} for key, written, _ in VALUES]
    lines = [",".join(KEYS), *(",".join(row.get(key, "") for key in KEYS) for row in rows)]
    (tmp_path / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    assert_read(of_rows(kb, tmp_path / "people.csv"), VALUES)


@pytest.mark.parametrize("values", [VALUES, TYPED], ids=["text", "typed"])
def test_in_json_lines(kb, tmp_path, values):
    lines = [json.dumps({"background": "other", key: written}) for key, written, _ in values]
    (tmp_path / "people.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert_read(of_rows(kb, tmp_path / "people.jsonl"), values)


def test_in_parquet_as_text(kb, tmp_path):
    rows = [{"background": "other", key: written} for key, written, _ in VALUES]
    table = pa.table({key: pa.array([row.get(key) for row in rows], pa.string()) for key in KEYS})
    pq.write_table(table, tmp_path / "people.parquet")
    assert_read(of_rows(kb, tmp_path / "people.parquet"), VALUES)


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.int64(), pa.decimal128(24, 2), pa.string()])
def test_in_parquet_of_any_type(kb, tmp_path, kind):
    columns = {"years_experience": ([5, 6], [5, 6]), "salary_goal": ([180_000, None], [180_000, NOT_GIVEN])}
    columns["expects_same_work"] = ([1, 0], [True, False])
    table = {key: pa.array(given, pa.int64()).cast(kind) for key, (given, _) in columns.items()}
    pq.write_table(pa.table({"background": ["other", "other"], **table}), tmp_path / "people.parquet")
    found = of_rows(kb, tmp_path / "people.parquet")
    for key, (_, meant) in columns.items():
        assert [case.answers.get(key, NOT_GIVEN) for case, _ in found] == meant  # pyright: ignore[reportOptionalMemberAccess]


def test_a_number_that_is_refused_is_told_the_same(kb, tmp_path):
    lines = ["background,years_experience", "other,2.50", "other,61", "other,1e400"]
    (tmp_path / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "people.jsonl").write_text(
        '{"background": "other", "years_experience": 2.5}\n{"background": "other", "years_experience": 61}\n'
        '{"background": "other", "years_experience": "1e400"}\n',
        encoding="utf-8",
    )
    told = [
        [problems[0].text for _, problems in of_rows(kb, tmp_path / name)]
        for name in ("people.csv", "people.jsonl")
    ]
    assert (
        told[0]
        == told[1]
        == [
            "'years_experience' must be a whole number, such as 7, not 2.5",
            "'years_experience' must be from 0 to 60, not 61",
            "'years_experience' must be from 0 to 60, not '1e400'",
        ]
    )


def test_a_cell_is_never_read_as_json(kb, tmp_path):
    (tmp_path / "people.csv").write_bytes(
        b'background,years_experience,skills\n\x00"other",\x005,\x00\x00[1]\n'
    )
    ((case, problems),) = of_rows(kb, tmp_path / "people.csv")
    assert case is None
    assert [one.id for one in problems if one.severity == "error"] == ["wrong-type"]


def test_lists_where_one_value_belongs_reject_their_row_alone(kb, tmp_path):
    rows = [{"background": ["other"]}, {"background": "other", "name": ["Ada"]}, {"background": "other"}]
    (tmp_path / "people.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = of_rows(kb, tmp_path / "people.jsonl")
    assert [case is None for case, _ in found] == [True, True, False]


def test_a_declared_choice_none_is_an_answer_and_no_empty_set(tmp_path):
    folder = tmp_path / "own"
    for name in ("rules", "facts", "templates"):
        shutil.copytree(shipped() / name, folder / name)
    path = folder / "facts/attributes.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}{BADGES}", encoding="utf-8")
    (tmp_path / "people.csv").write_text("background,badges\nother,none\nother,cloud\n", encoding="utf-8")
    own = KnowledgeBase.load(folder)
    read = [
        of_file(own, "background: other\nbadges: none"),
        of_file(own, "background: other\nbadges: [none]"),
    ]
    case, _ = of_file(own, "background: other")
    read += [(with_settings(case, ["badges=none"], own.reader), ()), of_rows(own, tmp_path / "people.csv")[0]]  # pyright: ignore[reportArgumentType]
    assert [case.answers["badges"] for case, _ in read] == [frozenset({"none"})] * 4  # pyright: ignore[reportOptionalMemberAccess]
