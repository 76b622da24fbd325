"""`trackfit table`: what an edited sheet changes is shown, checked, and written only when it is right."""

import csv
import io
import shutil

import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.engine.documents.workbook import open_workbook
from trackfit.engine.inference.base import shipped
from trackfit.tests.support.workbooks import write_xlsx

PLACES = "facts/places.yaml"


def run(*args):
    return CliRunner().invoke(cli, ["table", *map(str, args)])


@pytest.fixture
def own(here):
    """A copy of the shipped knowledge base, in the folder that we are in."""
    for part in ("facts", "rules", "templates"):
        shutil.copytree(shipped() / part, here / part)
    return here


def edit(path, change):
    """Change the rows of a CSV file, each a mapping."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    headings = list(rows[0])
    rows = change(rows) or rows
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, headings)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")


def test_an_edit_is_shown_and_written_and_nothing_else_changes(own):
    assert run("export", PLACES, "--out", "places.csv").exit_code == 0
    before = (own / PLACES).read_text(encoding="utf-8")

    edit(own / "places.csv", lambda rows: rows[1].update(name="pounds"))
    shown = run("import", "places.csv", "--dry-run")
    assert (shown.exit_code, shown.stderr) == (0, "Nothing was written.\n")
    assert (
        "-  - {id: gbp, name: pounds sterling, signs: [£, pounds]}\n+  - {id: gbp, name: pounds, signs"
        in shown.stdout
    )
    assert (own / PLACES).read_text(encoding="utf-8") == before
    written = run("import", "places.csv")
    assert (written.exit_code, written.stderr) == (0, f"Written: {PLACES}\n")
    after = (own / PLACES).read_text(encoding="utf-8")
    assert after == before.replace("name: pounds sterling", "name: pounds", 1)
    again = run("import", "places.csv")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "Nothing changes.\n")


def test_every_fault_is_told_at_its_cell_and_nothing_is_written(own):
    run("export", "facts/resources.yaml", "--out", "r.csv")
    before = (own / "facts/resources.yaml").read_bytes()

    def change(rows):
        rows[0]["skills"] = "langgrap"
        rows[1]["checked"] = "2026-13-01"
        rows[2]["free"] = "perhaps"

    edit(own / "r.csv", change)
    found = run("import", "r.csv")
    assert (found.exit_code, found.stderr) == (
        2,
        (
            "r.csv:2:2: error: column 'skills': there is no skill 'langgrap'; did you mean 'langgraph'? (undeclared-name)\n"
            "r.csv:3:8: error: column 'checked': 'checked' is a date in quotes, such as \"2026-11-28\", not '2026-13-01' "
            "(wrong-date)\n"
            "r.csv:4:7: error: column 'free': 'free' is true or false, not 'perhaps' (wrong-type)\n"
        ),
    )
    assert (own / "facts/resources.yaml").read_bytes() == before


def test_faults_of_the_sheet_itself(own):
    run("export", PLACES, "--out", "p.csv")

    def change(rows):
        rows[0]["file"] = "../../etc/passwd"
        rows[1]["table"] = "currency"
        rows[2]["id"] = ""
        rows[4]["id"] = "chf"

    def change_back(rows):
        rows[0]["file"] = PLACES
        rows[1]["table"] = "currencies"

    edit(own / "p.csv", change)
    found = run("import", "p.csv")
    assert found.exit_code == 2
    assert found.stderr.startswith(
        "p.csv:2:8: error: column 'file': there is no facts file '../../etc/passwd'"
    )
    assert (
        "p.csv:3:7: error: column 'table': there is no facts table 'currency'; did you mean 'currencies'"
        in found.stderr
    )
    edit(own / "p.csv", change_back)
    found = run("import", "p.csv")
    assert found.stderr == (
        "p.csv:4:1: error: column 'id': the row has no id; give it one (missing-key)\n"
        "p.csv:6:1: error: column 'id': the id 'chf' stands twice (first in row 5) (duplicate-id)\n"
    )


def test_rows_that_are_gone_stay_unless_they_are_to_go(own):
    (own / "facts" / "units.yaml").write_text(
        '# Ours\nunits:\n  # First\n  - id: apples\n    says: "{} apples"\n\n  - id: pears\n    says: "{} pears"\n',
        encoding="utf-8",
    )
    run("export", "facts/units.yaml", "--out", "u.csv")
    edit(own / "u.csv", lambda rows: rows[:1])
    found = run("import", "u.csv")
    assert found.stderr == (
        "facts/units.yaml:7:9: warning: 'pears' of units is not in the sheet, and stays; add --delete to take it out "
        "(missing-row)\nNothing changes.\n"
    )
    assert run("import", "u.csv", "--delete").exit_code == 0
    assert (own / "facts" / "units.yaml").read_text(encoding="utf-8") == (
        '# Ours\nunits:\n  # First\n  - id: apples\n    says: "{} apples"\n'
    )


def test_a_workbook_names_the_sheet(own):
    assert run("export", PLACES, "--out", "p.xlsx").exit_code == 0
    sheets = {}
    for name in ("currencies", "countries", "units"):
        with open_workbook(str(own / "p.xlsx"), name) as workbook:
            sheets[name] = [[cell if cell != "" else None for cell in row] for row in workbook.rows]
    assert run("import", "p.xlsx").stderr == "Nothing changes.\n"
    sheets["countries"][1][2] = "usdd"
    write_xlsx(own / "p.xlsx", sheets)
    found = run("import", "p.xlsx")
    assert (found.exit_code, found.stderr) == (
        2,
        (
            "p.xlsx:2:3: error: sheet 'countries', column 'currency': there is no currency 'usdd'; did you mean 'usd'? "
            "(undeclared-name)\n"
        ),
    )


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "a.txt",
            b"id\n",
            "a.txt:1:1: error: it is not clear what this is; end it in .csv, .xlsx or .ods (unknown-file-kind)\n",
        ),
        ("a.csv", b"id\n", "a.csv:1:1: error: there are no rows below the headings (empty-file)\n"),
        (
            "a.csv",
            b"id,id\nx,y\n",
            "a.csv:1:1: error: the heading 'id' stands twice; take one out (duplicate-heading)\n",
        ),
        (
            "a.csv",
            b"id\nx\n",
            "a.csv:2:1: error: column 'file': the column 'file' is empty; export anew (no-such-file)\n",
        ),
        (
            "a.csv",
            b"id\n\xff\n",
            "a.csv:1:1: error: this is not UTF-8; save it as CSV UTF-8, or as a workbook (.xlsx) (not-utf-8)\n",
        ),
        (
            "a.csv",
            b"id,file,table,hue\neur,facts/places.yaml,currencies,blue\n",
            "a.csv:1:4: error: the table 'currencies' has no column 'hue'; valid here: id, name, signs (unknown-column)\n",
        ),
    ],
)
def test_files_that_are_no_such_sheet(own, name, content, told):
    (own / name).write_bytes(content)
    found = run("import", name)
    assert (found.exit_code, found.stderr) == (2, told)


@pytest.mark.usefixtures("own")
def test_what_is_no_facts_file_is_not_exported():
    found = run("export", "rules/routes.yaml")
    assert (found.exit_code, "there is no facts table 'rules'" in found.stderr) == (2, True)
    assert run("export", "facts/nothing.yaml").exit_code == 2
    run("export", PLACES, "--out", "p.csv")
    assert "(file-exists)" in run("export", PLACES, "--out", "p.csv").stderr
