"""Files as they come out of other people's systems: every row is advised, or listed with its reason."""

import csv
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trackfit import InvalidInput
from trackfit.tests.support.cohorts import Quiet, expected, ids_of, people, results_of, run_cohort


def export(path, rows, seed):
    """Fifty columns, some headings twice, merged title rows, cells in two encodings, rows too short and too long."""
    draw = random.Random(seed)  # noqa: S311 - the same file in every run
    keys = list(rows[0])
    fill = [f"Q{number % 20}" for number in range(50 - len(keys))]  # each of them more than once
    headings = [*keys, *fill]
    draw.shuffle(headings)
    too_long = set()
    with path.open("wb") as stream:
        stream.write(b"Applicants, spring;" + b";" * 20 + b"\r\n" + b";" * 30 + b"\r\n")
        stream.write((";".join(headings) + "\r\n").encode())
        for number, row in enumerate(rows, 1):
            cells = [
                row.get(
                    heading, draw.choice(["", "N/A", "=SUM(A1:A9)", "na\u00efve \u2013 caf\u00e9", 'a "b"'])
                )
                for heading in headings
            ]
            quoted = [
                '"' + cell.replace('"', '""') + '"' if set(cell) & set(';"\n') else cell for cell in cells
            ]
            if number % 10 == 3:
                quoted = [*quoted, "", " ", ""]  # trailing blanks do no harm
            if number % 25 == 7:
                quoted = [*quoted, "", "stray"]
                too_long.add(number)
            stream.write((";".join(quoted) + "\r\n").encode("cp1252" if number % 2 else "utf-8"))
    return too_long


def test_every_row_of_fifty_columns_is_advised_or_listed_with_its_reasons(kb, tmp_path):
    rows = people(kb, 500, seed=31, wrong=0.2)
    too_long = export(tmp_path / "export.csv", rows, 32)
    totals = run_cohort(kb, tmp_path / "export.csv", tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert len(too_long) == 20
    found = ids_of(refused)
    for number, row in enumerate(rows, 1):
        if number in too_long:
            assert found[number] == ["bad-row"]
            assert number not in advised
        else:
            want = expected(kb, row)
            assert (refused if isinstance(want, list) else advised).get(number) == want, row
    assert set(advised) | set(refused) == set(range(1, 501))
    assert not set(advised) & set(refused)
    assert (totals.accepted, totals.rejected) == (len(advised), len(refused))
    every = [id_ for ids in found.values() for id_ in ids]
    assert {"wrong-type", "unknown-value", "out-of-range", "bad-row"} <= set(every)
    assert totals.problems == {id_: every.count(id_) for id_ in set(every)}


def test_a_thousand_columns(kb, tmp_path):
    path = tmp_path / "wide.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*(f"column {number}" for number in range(999)), "background"])
        writer.writerows([["x"] * 999 + [background] for background in ("other", "", "baker")])
    run_cohort(kb, path, tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert set(advised) == {1}
    assert ids_of(refused) == {2: ["missing-key"], 3: ["unknown-value"]}


@pytest.mark.parametrize(
    ("content", "advised", "refused"),
    [
        (b"background\nother\x00\nother\n", {1, 2}, {}),
        (
            b"background,years_experience\nother,N/A\nother,5+ yrs\nother,\n",
            {2, 3},
            {1: ["wrong-type"]},
        ),
        (b"background,salary_goal\nother,$120-140k\nother,120k\n", {2}, {1: ["wrong-type"]}),
        (b'background,remarks\nother,5" disk\nother,"never closed\nother,x\n', {1}, {2: ["bad-row"]}),
        (b'background,remarks\nother,"a"b\nother,c\n', {2}, {1: ["bad-row"]}),
        (b"background\tskills\nother\tsql, k8s\n", {1}, {}),
        ("background\nother\n".encode("utf-16"), {1}, {}),
        (b"\xef\xbb\xbfbackground\r\nother\r\n\r\nother\r\n", {1, 2}, {}),
        (b"background,remarks\nother," + b"x" * 3_000_000 + b"\nother,y\n", {2}, {1: ["bad-row"]}),
    ],
)
def test_odd_cells_and_rows(kb, tmp_path, content, advised, refused):
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    totals = run_cohort(kb, path, tmp_path / "out")
    found, problems = results_of(tmp_path / "out")
    assert (set(found), ids_of(problems)) == (advised, refused)
    assert totals.rows == len(advised) + len(refused)


@pytest.mark.slow
def test_a_line_of_a_hundred_megabytes(kb, tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"background,remarks\nother," + b"x" * 100_000_000 + b"\nother,y\n")
    run_cohort(kb, path, tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert (set(advised), ids_of(refused)) == ({2}, {1: ["bad-row"]})


def test_headings_and_nothing_else(kb, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("background,years_experience\n", encoding="utf-8")
    assert run_cohort(kb, path, tmp_path / "out").rows == 0
    assert results_of(tmp_path / "out") == ({}, {})


def test_headings_are_found_by_their_labels(kb, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("Background,Years of Experience,SKILLS\narchitect,25,system design\n", encoding="utf-8")
    listener = Quiet()
    run_cohort(kb, path, tmp_path / "out", listener=listener)
    assert listener.notices == []
    assert results_of(tmp_path / "out")[0][1]["first_track"] == "agentic_ai"


def test_a_background_by_another_name_is_asked_for(kb, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("who,backgrnd\nAda,other\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        run_cohort(kb, path, tmp_path / "out")
    assert str(caught.value).endswith(
        "no column is called 'background'; say which one it is, as in --map 'backgrnd'=background; "
        "there are 'who', 'backgrnd' (missing-column)"
    )


def test_half_a_character_rejects_its_row_alone(kb, tmp_path):
    path = tmp_path / "people.jsonl"
    lines = [
        '{"background": "other", "name": "\\ud800"}',
        '{"background": "other", "\\udfff": 1}',
        '{"background": "other", "name": "\\ud83e\\udd16"}',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    run_cohort(kb, path, tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert (set(advised), ids_of(refused)) == ({3}, {1: ["bad-row"], 2: ["bad-row"]})


def test_texts_of_parquet_that_are_no_utf_8_reject_no_other_row(kb, tmp_path):
    names = pa.array([b"\xff\xfe", b"Ada"]).view(pa.string())
    table = pa.table({"background": ["other", "other"], "name": names, "skills": names, "id": names})
    pq.write_table(table, tmp_path / "people.parquet")
    run_cohort(kb, tmp_path / "people.parquet", tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert 2 in advised
    assert set(advised) | set(refused) == {1, 2}


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ("other,5\narchitect,9\n", [1, 2]),
        ("Ada,5\n\nBob,7\n", [1, 3]),
        ("Data engineer,\n", [1]),
        ("Report of May\n,other\n", [2]),
    ],
)
def test_rows_above_the_headings_never_vanish(kb, tmp_path, above, told):
    path = tmp_path / "people.csv"
    path.write_text(f"{above}background,years_experience\nother,3\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        run_cohort(kb, path, tmp_path / "out")
    assert [(one.where.line, one.id) for one in caught.value.problems] == [(line, "bad-row") for line in told]


def test_notes_above_the_headings_are_told_with_their_lines(kb, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        'Applicants, of May\n\n"Made by ""us""";;;\nbackground;years_experience\nother;3\n', encoding="utf-8"
    )
    listener = Quiet()
    assert run_cohort(kb, path, tmp_path / "out", listener=listener).accepted == 1
    assert listener.notices == [
        "line 1 stands above the headings and is not read: 'Applicants, of May'",
        "line 3 stands above the headings and is not read: 'Made by \"us\"'",
    ]
