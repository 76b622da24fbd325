"""`trackfit import` of a LinkedIn export: a folder, a zip or one file, in every shape that people have."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
import yaml

from trackfit.tests.support.running import refused, run
from trackfit.tests.support.shipped import DAY

HEADING = ["Company Name", "Title", "Description", "Location", "Started On", "Finished On"]
WORK = [
    ["Lindgren", "Senior Data Engineer", "Line one,\nline two, “quoted”", "Malmö", "Oct 2022", ""],
    ["Own business", "Consultant", "", "", "01 Jan 2022", "31 Dec 2022"],
    ["Marlow", "Java Developer", "", "", "2018", "2022"],
]
SKILLS = [
    ["Python (Programming Language)"],
    ["Amazon Web Services (AWS)"],
    ["k8s"],
    ["Basket weaving"],
    ["k8s"],
]
PROFILE = [
    ["First Name", "Last Name", "Maiden Name", "Headline", "Summary"],
    ["Zoë", "Ólafsdóttir", "", "Engineer of things", "I know PyTorch"],
]
ANSWERS = {
    "background": "data_engineer",
    "name": "Zoë Ólafsdóttir",
    "skills": ["Basket weaving", "aws", "kubernetes", "python"],
    "years_experience": 8,
}


def table(*rows, separator=","):
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator).writerows(rows)
    return stream.getvalue().encode()


def export(work=None, **changed):
    files = {
        "Positions.csv": table(HEADING, *(WORK if work is None else work)),
        "Skills.csv": table(["Name"], *SKILLS),
        "Profile.csv": table(*PROFILE),
        "Connections.csv": b"Notes:\nnothing\n",
        "messages.csv": b"\xff\x00 anything",
    }
    return {**files, **changed}


def as_zip(path, files, folder="", **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(f"{folder}{name}", content)


def as_folder(path, files):
    path.mkdir(parents=True)
    for name, content in files.items():
        (path / name).write_bytes(content)


def imported(path):
    """The answers of an export that must be taken, the lines about problems, and the comments."""
    result = run("import", path, "--as-of", DAY)
    assert result.exit_code == 0, result.stderr
    told = [line for line in result.stderr.splitlines() if line.startswith(path)]
    comments = [line.removeprefix("# ") for line in result.stdout.splitlines() if line.startswith("#")]
    return yaml.safe_load(result.stdout), told, comments[4:]


@pytest.mark.usefixtures("here")
def test_a_zip():
    as_zip("export.zip", export())
    answers, told, comments = imported("export.zip")
    assert answers == ANSWERS
    assert told == []
    assert comments == [
        "Data engineer, because the title 'Senior Data Engineer' (2022–) has 'data engineer'; Positions.csv row 2",
        "2022-10 to 2026-11-22 (still there): 50 months, 'Senior Data Engineer' at 'Lindgren', Positions.csv row 2",
        "2022-01-01 to 2022-12-31: 12 months, 'Consultant' at 'Own business', Positions.csv row 3",
        "2018 to 2022: 48 months, 'Java Developer' at 'Marlow', Positions.csv row 4",
        "3 months of these in more than one job, counted once",
        "9 months of these only in jobs whose titles no rule knows: take them off if that was no work in software or data",
        "together 107 months: 8 years and 11 months, rounded down to whole years",
        "AWS: 'Amazon Web Services (AWS)' (Skills.csv row 3)",
        "Kubernetes: 'k8s' (Skills.csv row 4)",
        "Python: 'Python (Programming Language)' (Skills.csv row 2)",
        "not known here, shown in the report, counted nowhere: 'Basket weaving' (Skills.csv row 5)",
        "from Profile.csv row 2",
    ]


def test_a_folder(here):
    as_folder(here / "export", export())
    assert imported("export")[:2] == (ANSWERS, [])


def test_a_folder_in_a_folder_among_other_things(here):
    as_folder(here / "home" / "Basic_LinkedInDataExport_11-25-2026", export())
    (here / "home" / "photo.jpg").write_bytes(b"\xff\xd8")
    assert imported("home")[:2] == (ANSWERS, [])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("folder", ["Basic_LinkedInDataExport_11-25-2026/", "a/b/c/"])
def test_a_folder_in_a_zip(folder):
    as_zip("export.zip", export(), folder)
    assert imported("export.zip")[:2] == (ANSWERS, [])


@pytest.mark.usefixtures("here")
def test_a_zip_by_another_name():
    as_zip("export", export())
    assert imported("export")[:2] == (ANSWERS, [])


def test_one_file(here):
    (here / "Positions (1).csv").write_bytes(export()["Positions.csv"])
    answers, told, _ = imported("Positions (1).csv")
    assert (answers, told) == ({"background": "data_engineer", "years_experience": 8}, [])


def test_what_a_spreadsheet_makes_of_it(here):
    """Semicolons, a byte order mark, capitals, lines that end otherwise, and the columns in another order."""
    rows = [[cell.upper() for cell in reversed(HEADING)], *(list(reversed(row)) for row in WORK)]
    content = b"\xef\xbb\xbf" + table(*rows, separator=";")
    as_folder(here / "export", export(**{"Positions.csv": content}))
    assert imported("export")[:2] == (ANSWERS, [])
    (here / "export" / "Positions.csv").write_bytes(content.replace(b"\r\n", b"\r"))
    assert imported("export")[:2] == (ANSWERS, [])


def test_notes_before_the_heading(here):
    content = b'Notes:\r\n"When exporting, ""you"" may see, well, this."\r\n\r\n' + export()["Positions.csv"]
    as_folder(here / "export", export(**{"Positions.csv": content}))
    answers, told, comments = imported("export")
    said = "warning: this stands above the headings and is not read:"
    assert (answers, told) == (
        ANSWERS,
        [
            f"export/Positions.csv:1:1: {said} 'Notes:' (bad-row)",
            f"export/Positions.csv:2:1: {said} 'When exporting, \"you\" may see, well…' (bad-row)",
        ],
    )
    assert comments[0].endswith("Positions.csv row 5")


def test_a_job_above_the_headings_does_not_vanish(here):
    """As where a spreadsheet was sorted with its headings in it."""
    (here / "Positions.csv").write_bytes(table(position(), HEADING, position()))
    assert refused("import", "Positions.csv") == [
        "Positions.csv:1:1: error: this row stands above the headings in line 2; move it below them, or delete it (bad-row)"
    ]


def test_rows_that_stand_there_twice_and_in_any_order(here):
    as_folder(here / "export", export(work=[*reversed(WORK), [""] * 6, *WORK]))
    assert imported("export")[:2] == (ANSWERS, [])


ENCODED = {
    "utf-16": (
        "utf-16",
        "export/Profile.csv:1:1: warning: this is UTF-16, and is read as such; look whether everything is there (not-utf-8)",
    ),
    "cp1252": (
        "cp1252",
        ("export/Profile.csv:2:3: warning: the byte 0xEB is not UTF-8; the file is read as Windows-1252, look whether "
        "letters with accents are right (not-utf-8)"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ENCODED)
def test_other_encodings(name, here):
    encoding, problem = ENCODED[name]
    content = export()["Profile.csv"].decode().encode(encoding)
    as_folder(here / "export", export(**{"Profile.csv": content}))
    assert imported("export")[:2] == (ANSWERS, [problem])


def position(**changed):
    row = dict.fromkeys(HEADING, "") | {"Title": "Data Engineer", "Started On": "2020", "Finished On": "2022"}
    return list((row | changed).values())


ROWS = {
    "a date that is none": (
        {"Started On": "a while ago"},
        ("2:1: warning: 'a while ago' is not a date such as 2022-10 or Oct 2022, so 'Data Engineer' is not counted as "
        "experience (wrong-date)"),
    ),
    "a start in the future": (
        {"Started On": "Jan 2031", "Finished On": ""},
        "2:1: warning: 2031-01 is after 2026-11-22, so 'Data Engineer' is not counted as experience (future-date)",
    ),
    "an end before the start": (
        {"Finished On": "2019"},
        ("2:1: warning: the end 2019 is before the start 2020, so 'Data Engineer' is not counted as experience "
        "(ends-before-start)"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_what_is_wrong_with_a_row(name, here):
    changed, problem = ROWS[name]
    (here / "Positions.csv").write_bytes(table(HEADING, position(**changed)))
    answers, told, _ = imported("Positions.csv")
    assert (answers, told) == ({"background": "data_engineer"}, [f"Positions.csv:{problem}"])


def test_a_row_after_a_cell_of_several_lines_is_told_by_its_own_line(here):
    rows = [position(Description="one\ntwo\nthree"), position(**{"Started On": "x"})]
    (here / "Positions.csv").write_bytes(table(HEADING, *rows))
    assert imported("Positions.csv")[1][0].startswith("Positions.csv:5:1: warning: 'x' is not a date")


def test_a_missing_column_is_named_with_what_it_may_be_called(here):
    heading = ["Company Name", "Job Title", "Started", "Finished On"]
    (here / "Positions.csv").write_bytes(table(["note"], heading, ["Acme", "Data Engineer", "2020", "2021"]))
    assert imported("Positions.csv")[1] == [
        "Positions.csv:2:1: warning: there is no column 'Title'; rename 'Job Title', if it is meant (missing-column)",
        "Positions.csv:2:1: warning: there is no column 'Started On'; rename 'Started', if it is meant (missing-column)",
        "Positions.csv:1:1: warning: this stands above the headings and is not read: 'note' (bad-row)",
        ("Positions.csv:3:1: warning: there is no start to the end 2021, so a job without a title at 'Acme' is not "
        "counted as experience (missing-key)"),
    ]  # fmt: skip


def test_formulas_stay_text(here):
    formula = "=cmd|' /C calc'!A0"
    as_folder(here / "export", export(**{"Skills.csv": table(["Name"], [formula], ["@SUM(1)"], ["python"])}))
    answers, told, _ = imported("export")
    assert answers["skills"] == ["' /C calc'!A0", "=cmd", "@SUM(1)", "python"]
    assert told == []
