"""`cohort` from XLSX and ODS, and to XLSX: cells of any type, and what is told of sheets that are not plain tables."""

import datetime
import zipfile

import pytest
import xlsxwriter
from click.testing import CliRunner

from trackfit import InvalidInput
from trackfit.cli import cli
from trackfit.engine.cohort import run as cohort
from trackfit.engine.cohort.files import output
from trackfit.engine.cohort.files.headings import source_of
from trackfit.engine.documents import workbook_written
from trackfit.engine.documents.workbook import open_workbook
from trackfit.tests.support.cohorts import Quiet, assert_as_advised, ids_of, people, results_of, run_cohort
from trackfit.tests.support.shipped import DAY
from trackfit.tests.support.workbooks import changed, write_ods, write_xlsx

WRITERS = {"xlsx": write_xlsx, "ods": write_ods}
SHEET = "xl/worksheets/sheet1.xml"


def as_rows(rows):
    return [[*rows[0]], *([cell or None for cell in row.values()] for row in rows)]


@pytest.mark.parametrize("kind", WRITERS)
def test_every_row_is_advised_or_refused_as_by_advise(kb, tmp_path, kind):
    rows = people(kb, 200, seed=41)
    path = WRITERS[kind](tmp_path / f"people.{kind}", {"People": as_rows(rows)})
    totals = run_cohort(kb, path, tmp_path / "out")
    assert_as_advised(kb, rows, tmp_path / "out")
    assert totals.rejected > 5


@pytest.mark.parametrize("kind", WRITERS)
def test_cells_keep_their_type(kb, tmp_path, kind):
    rows = [
        ["id", "name", "background", "years_experience", "salary_goal", "expects_same_work"],
        [7, 7.5, "data_scientist", 5, 180_000, True],
        ["007", "\x01=1+1"[1:], "data_scientist", "5 years", "180k", 0],
        ["n", None, "data_scientist", 5.5, 1e9, "maybe"],
    ]
    path = WRITERS[kind](tmp_path / f"people.{kind}", {"People": rows})
    run_cohort(kb, path, tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert [advised[row]["id"] for row in (1, 2)] == ["7", "007"]
    assert ["same_work_better_title" in advised[row]["warnings"] for row in (1, 2)] == [True, False]
    assert refused == {
        3: [
            ("unknown-value", "'expects_same_work' must be yes or no, not 'maybe'"),
            ("out-of-range", "'salary_goal' must be from 0 to 5,000,000, not 1000000000"),
            ("wrong-type", "'years_experience' must be a whole number, such as 7, not 5.5"),
        ]
    }


def test_a_date_in_the_place_of_a_number_rejects_its_row(kb, tmp_path):
    rows = [
        ["background", "years_experience"],
        ["other", datetime.date(2026, 3, 6)],
        ["other", datetime.datetime(2026, 3, 6, 4, 5)],  # noqa: DTZ001 - cells have no zone
    ]
    path = write_xlsx(tmp_path / "people.xlsx", {"People": rows})
    run_cohort(kb, path, tmp_path / "out")
    _, refused = results_of(tmp_path / "out")
    assert refused[1] == [
        ("wrong-type", "'years_experience' must be one whole number, not a range such as '2026-03-06'")
    ]
    assert ids_of(refused) == {1: ["wrong-type"], 2: ["wrong-type"]}


@pytest.mark.parametrize("kind", WRITERS)
def test_notes_above_and_empty_rows_below(kb, tmp_path, kind):
    rows = [
        ["Applicants of May"],
        [None],
        [None, "Background", "Years of experience"],
        [None, "other", 3],
        [None, None, None],
        [None, "architect", 25],
        [None, " ", None],
    ]
    path = WRITERS[kind](tmp_path / f"people.{kind}", {"People": rows})
    listener = Quiet()
    totals = run_cohort(kb, path, tmp_path / "out", listener=listener)
    advised, refused = results_of(tmp_path / "out")
    assert (set(advised), refused) == ({1, 3}, {2: [("bad-row", "the row is empty; delete it")]})
    assert totals.rows == 3
    assert listener.notices == ["line 1 stands above the headings and is not read: 'Applicants of May'"]


def test_somebody_above_the_headings_is_refused(kb, tmp_path):
    rows = [["Ada", "architect"], ["name", "background"], ["Bob", "other"]]
    path = write_xlsx(tmp_path / "people.xlsx", {"People": rows})
    with pytest.raises(InvalidInput) as caught:
        run_cohort(kb, path, tmp_path / "out")
    assert [(one.where.line, one.id) for one in caught.value.problems] == [(1, "bad-row")]


def test_which_sheet_is_read_is_told(kb, tmp_path):
    table = [["background"], ["other"]]
    sheets = {"May": table, "Old": [["x"]], "Notes": [["x"]]}
    path = write_xlsx(tmp_path / "people.xlsx", sheets, hidden=("Old",))
    listener = Quiet()
    run_cohort(kb, path, tmp_path / "out", listener=listener)
    assert listener.notices == [
        "only the sheet 'May' is read, not 'Notes'; choose with --sheet",
        "hidden and not read: 'Old'; choose with --sheet",
    ]
    command = ["cohort", str(path), "--dry-run", "--sheet"]
    assert "sheet: May" in CliRunner().invoke(cli, [*command, "May"]).stdout
    told = "--sheet:1:1: error: there is no sheet 'Mayy'; did you mean 'May'? (no-such-sheet)\n"
    assert CliRunner().invoke(cli, [*command, "Mayy"]).stderr == told
    assert "(missing-column)" in CliRunner().invoke(cli, [*command, "Old"]).stderr


def test_cells_that_hold_nothing_of_their_own_reject_their_row(kb, tmp_path):
    path = tmp_path / "people.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("People")
    sheet.merge_range("A1:D1", "Applicants of May")
    sheet.write_row("A2", ["background", "years_experience", "salary_goal", "remarks"])
    for row in range(2, 9):
        sheet.write_row(row, 0, ["other", 3, 90_000, "x"])
    sheet.merge_range("B3:B4", 3)
    sheet.write_formula("B5", "=1/0", value="#DIV/0!")  # pyright: ignore[reportArgumentType]
    sheet.write_formula("B6", "=A1&1", value="")  # pyright: ignore[reportArgumentType]
    sheet.write_formula("B7", "=2+2", value=4)
    sheet.merge_range("D8:D9", "y")
    sheet.write_formula("D7", "=1/0", value="#DIV/0!")  # pyright: ignore[reportArgumentType]
    book.close()
    run_cohort(kb, path, tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    assert set(advised) == {1, 5, 6, 7}
    assert refused == {
        2: [
            (
                "bad-row",
                "cell B4 is merged with B3, so it holds nothing; unmerge them, and fill in each",
            )
        ],
        3: [("bad-row", "cell B5 shows an error; mend the formula, or type the value")],
        4: [
            (
                "bad-row",
                "cell B6 holds a formula whose value was not saved; save the file in a spreadsheet program, or type the value",
            )
        ],
    }


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"background\nother\n", "this is no workbook; name it for what it is, or say --input"),
        ("a.xlsx", b"", "the file is empty"),
        (
            "a.ods",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
            "this is a workbook of an older kind, or one with a password; save it as .xlsx, without a password",
        ),
        (
            "a.xlsx",
            b"PK\x03\x04" + b"x" * 99,
            "this is a workbook that is broken or not whole (File is not a zip file); save it again",
        ),
        (
            "a.csv",
            b"PK\x03\x04" + b"x" * 99,
            "this is a workbook; name it for what it is, or say --input xlsx or ods",
        ),
        ("a.xls", b"x", ".xls is not read; save it as .xlsx, .ods or .csv"),
    ],
)
def test_files_that_are_something_else_get_one_line(kb, tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        run_cohort(kb, path, tmp_path / "out")
    assert [one.text for one in caught.value.problems] == [told]


def test_few_bytes_that_ask_for_billions_of_cells(kb, tmp_path):
    path = write_xlsx(tmp_path / "people.xlsx", {"People": [["background"], ["other"]]})
    changed(path, SHEET, lambda content: content.replace(b'r="A2"', b'r="XFD1048576"'))
    assert path.stat().st_size < 10_000
    with pytest.raises(InvalidInput) as caught:
        run_cohort(kb, path, tmp_path / "out")
    assert [(one.id, one.text) for one in caught.value.problems] == [
        (
            "file-too-large",
            "opening it takes more than 4 GB of memory or 120 seconds; delete what is empty, or save it as CSV",
        )
    ]


def test_what_unpacks_to_too_much_is_not_unpacked(kb, tmp_path, monkeypatch):
    monkeypatch.setattr("trackfit.engine.documents.workbook.MAX_UNPACKED", 1 << 20)
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, b"<" * (1 << 21))
    with pytest.raises(InvalidInput) as caught:
        run_cohort(kb, path, tmp_path / "out")
    assert [one.id for one in caught.value.problems] == ["file-too-large"]


def test_a_workbook_from_standard_input(kb, tmp_path):
    rows = people(kb, 20, seed=42)
    path = write_xlsx(tmp_path / "people.xlsx", {"People": as_rows(rows)})
    out = str(tmp_path / "out")
    command = ["cohort", "-", "--input", "xlsx", "--as-of", DAY, "--out", out]
    CliRunner().invoke(cli, command, input=path.read_bytes())
    assert_as_advised(kb, rows, tmp_path / "out")


def test_results_as_a_workbook(tmp_path):
    rows = [
        {"id": "=1+1", "background": "data_engineer", "skills": "sql"},
        {"id": "+b", "background": "nobody", "skills": ""},
    ]
    path = write_xlsx(tmp_path / "people.xlsx", {"People": as_rows(rows)})
    command = ["cohort", str(path), "--out", str(tmp_path / "out"), "--results", "xlsx", "--as-of", DAY]
    assert CliRunner().invoke(cli, command).exit_code == 1
    written = tmp_path / "out" / "advice.xlsx"
    first = written.read_bytes()
    sheets = {}
    for name in ("People", "Summary", "Refused"):
        with open_workbook(str(written), name) as workbook:
            assert workbook.opened.sheets == ["People", "Summary", "Refused"]
            sheets[name] = list(workbook.rows)
    assert sheets["People"][0] == output.ADVICE_SCHEMA.names
    assert sheets["People"][1][:4] == [1.0, "=1+1", "mlops", "sourced_route"]
    assert sheets["Refused"][1][:3] == [2.0, "+b", "unknown-value"]
    assert ["First track", "MLOps", 1.0, "100.0%"] in sheets["Summary"]
    content = zipfile.ZipFile(written).read(SHEET)
    assert b"<f>" not in content
    assert b'<autoFilter ref="A1:H2"/>' in content
    assert CliRunner().invoke(cli, [*command, "--force"]).exit_code == 1
    assert written.read_bytes() == first


def test_more_people_than_a_sheet_holds_are_told_of_and_nothing_is_lost(kb, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_written, "MAX_ROWS", 2)
    path = write_xlsx(tmp_path / "people.xlsx", {"People": [["background"], *[["other"]] * 3]})
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(InvalidInput, match="a sheet holds 2 rows"):
        cohort.run(kb, source_of(str(path), {}), out, cohort.Options(as_of=DAY, results="xlsx"), Quiet())
    assert not (out / "advice.xlsx").exists()
    totals = cohort.run(kb, source_of(str(path), {}), out, cohort.Options(as_of=DAY), Quiet())
    assert totals.accepted == 3
