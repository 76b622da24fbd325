"""Files made to do harm, and files that are merely broken: one clear problem each, and nothing is written."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from trackfit.engine.resumes import archive as limits
from trackfit.engine.resumes.answers import answers_from, to_commented_yaml
from trackfit.engine.resumes.detect import read_resume
from trackfit.tests.support import running
from trackfit.tests.support.resume_files import DAYS, GOOD, KB, taken, zipped
from trackfit.tests.support.shipped import DAY

AGAIN = "ask LinkedIn for a new one (unsafe-archive)"


def refused(path):
    """The problems of what must be refused; nothing may be written anywhere."""
    before = sorted(Path().rglob("*"))
    found = running.refused("import", path, "--out", "me.yaml", "--as-of", DAY)
    assert sorted(Path().rglob("*")) == before
    return found


def link(name, target):
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member, target


HARMFUL = {
    "up and out": (zipped(("../../me.yaml", "x"), ("Positions.csv", GOOD)), "its file '../../me.yaml' leads out of the folder"),
    "up inside": (zipped(("a/../Positions.csv", GOOD)), "its file 'a/../Positions.csv' leads out of the folder"),
    "backslashes": (zipped(("a\\..\\..\\x", "x")), "its file 'a\\\\..\\\\..\\\\x' leads out of the folder"),
    "absolute": (zipped(("/etc/Positions.csv", GOOD)), "its file '/etc/Positions.csv' leads out of the folder"),
    "a drive": (zipped(("C:Positions.csv", GOOD)), "its file 'C:Positions.csv' leads out of the folder"),
    "a link": (zipped(link("Positions.csv", "/etc/passwd")), "its file 'Positions.csv' is a link"),
    "a bomb": (zipped(("Positions.csv", bytes(20_000_000))), "its file 'Positions.csv' unpacks to 20,000,000 bytes"),
    "a bomb elsewhere": (
        zipped(("Positions.csv", GOOD), ("media.bin", bytes(20_000_000))),
        "its file 'media.bin' unpacks to 20,000,000 bytes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_zip(name, here):
    content, reason = HARMFUL[name]
    (here / "export.zip").write_bytes(content)
    assert refused("export.zip") == [f"export.zip:1:1: error: this zip is not read: {reason}; {AGAIN}"]


def test_very_many_files(here, monkeypatch):
    monkeypatch.setattr(limits, "MAX_MEMBERS", 3)
    (here / "export.zip").write_bytes(zipped(*((f"{number}.csv", "") for number in range(4))))
    told = "this zip is not read: it has 4 files, and at most 3 are looked at"
    assert refused("export.zip") == [f"export.zip:1:1: error: {told}; {AGAIN}"]


def test_very_much_in_all(here, monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED", 2_000)
    (here / "export.zip").write_bytes(zipped(*((f"{number}.csv", "x" * 1_000) for number in range(3))))
    told = "this zip is not read: it unpacks to 3,000 bytes"
    assert refused("export.zip") == [f"export.zip:1:1: error: {told}; {AGAIN}"]


def test_a_table_of_contents_that_is_far_too_large(here, monkeypatch):
    monkeypatch.setattr(limits, "MAX_AT_ONCE", 2_000)
    (here / "export.zip").write_bytes(zipped(*((f"{number}.csv", "") for number in range(100))))
    told = "this zip is not read: its table of contents is far too large"
    assert refused("export.zip") == [f"export.zip:1:1: error: {told}; {AGAIN}"]


def test_a_size_that_is_not_the_real_one(here):
    """A member that says that it is small, and is not: what it says is all that is read, and its checksum fails."""
    content = zipped(("Positions.csv", GOOD + bytes(20_000_000)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.infolist()[0].file_size
    (here / "export.zip").write_bytes(content.replace(size.to_bytes(4, "little"), (50).to_bytes(4, "little")))
    assert refused("export.zip") == [
        "export.zip:1:1: error: this zip is broken or not whole; download it again (broken-archive)"
    ]


def test_a_zip_with_a_password(here):
    content = bytearray(zipped(("Positions.csv", GOOD)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (here / "export.zip").write_bytes(content)
    assert refused("export.zip") == [
        ("export.zip/Positions.csv:1:1: error: this file is locked with a password; unpack the zip and name its folder "
        "(unreadable-file)")
    ]  # fmt: skip


def test_a_zip_packed_in_an_unusual_way(here):
    (here / "export.zip").write_bytes(zipped(("Positions.csv", GOOD), method=zipfile.ZIP_LZMA))
    assert refused("export.zip") == [
        ("export.zip/Positions.csv:1:1: error: this file is packed in a way that is not read; unpack the zip and name "
        "its folder (unreadable-file)")
    ]  # fmt: skip


@pytest.mark.parametrize("kept", [10, 60, -1, -30])
def test_half_a_zip(kept, here):
    (here / "export.zip").write_bytes(zipped(("Positions.csv", GOOD))[:kept])
    assert refused("export.zip") == [
        "export.zip:1:1: error: this zip is broken or not whole; download it again (broken-archive)"
    ]


def test_one_wrong_byte(here):
    content = zipped(("Positions.csv", GOOD), method=zipfile.ZIP_STORED)
    (here / "export.zip").write_bytes(content.replace(b"Acme", b"Acne"))
    assert refused("export.zip") == [
        "export.zip:1:1: error: this zip is broken or not whole; download it again (broken-archive)"
    ]


def test_a_zip_of_other_things(here):
    (here / "export.zip").write_bytes(zipped(("word/document.xml", "<x/>")))
    assert refused("export.zip") == [
        ("export.zip:1:1: error: this is no LinkedIn export: there is no Positions.csv, Profile.csv or Skills.csv in it "
        "(unknown-file-kind)")
    ]  # fmt: skip


def test_a_folder_of_other_things(here):
    (here / "home").mkdir()
    (here / "home" / "Positions.txt").write_bytes(GOOD)
    assert refused("home") == [
        ("home:1:1: error: this is no LinkedIn export: there is no Positions.csv, Profile.csv or Skills.csv in it "
        "(unknown-file-kind)")
    ]  # fmt: skip


def test_a_folder_with_the_export_still_packed(here):
    (here / "Downloads").mkdir()
    (here / "Downloads" / "Basic_Export.zip").write_bytes(zipped(("Positions.csv", GOOD)))
    (told,) = refused("Downloads")
    assert told.endswith("in it; did you mean its 'Basic_Export.zip'? (unknown-file-kind)")


def test_a_folder_with_very_many_files(here, monkeypatch):
    monkeypatch.setattr(limits, "MAX_MEMBERS", 3)
    (here / "home").mkdir()
    for number in range(4):
        (here / "home" / f"{number}.csv").touch()
    told = "this folder is not read: it has more than 3 files; name the folder that LinkedIn sent (unsafe-archive)"
    assert refused("home") == [f"home:1:1: error: {told}"]


def test_a_link_in_a_folder_is_not_followed(here):
    (here / "secret").write_bytes(GOOD)
    (here / "export").mkdir()
    (here / "export" / "Positions.csv").symlink_to(here / "secret")
    told = "cannot read it: it is a link, and links are not followed (unreadable-file)"
    assert refused("export") == [f"export/Positions.csv:1:1: error: {told}"]


def test_a_pipe_is_not_waited_for(here):
    (here / "export").mkdir()
    os.mkfifo(here / "export" / "Positions.csv")
    assert refused("export") == [
        "export/Positions.csv:1:1: error: this is no plain file; name one (unreadable-file)"
    ]


def test_a_table_of_a_hundred_megabytes(here):
    with (here / "Positions.csv").open("wb") as stream:
        stream.truncate(100_000_000)
    assert refused("Positions.csv") == [
        "Positions.csv:1:1: error: the file is larger than 5 MB; no export's Positions.csv is (file-too-large)"
    ]


def test_a_key_cannot_write_an_answer(here):
    key = "x\nsalary_goal: 5\n#"
    (here / "x.json").write_text(json.dumps({"skills": {key: ["python"]}}), encoding="utf-8")
    case = taken(here / "x.json")
    assert case is not None
    assert case.plain() == {"background": "other", "skills": ["python"]}


def test_a_name_in_a_zip_cannot_write_to_the_terminal(here):
    (here / "x.zip").write_bytes(zipped(("\x1b]0;\nx/Positions.csv", b"Title\n\xe9\n")))
    _, notes = read_resume(Path("x.zip"), DAYS)
    assert {problem.where.file for problem in notes} == {"x.zip/?]0;?x/Positions.csv"}


@pytest.mark.slow
def test_an_answers_file_stays_small_enough_to_be_read(here):
    rows = "".join(f"A{number},Baker {number},2020,2021\n" for number in range(19_000))
    (here / "export").mkdir()
    (here / "export" / "Positions.csv").write_bytes(GOOD + rows.encode())
    skills = "Name\npython\n" + "".join(f"{number} {'x' * 100_000}\n" for number in range(30))
    (here / "export" / "Skills.csv").write_text(skills, encoding="utf-8")
    resume, notes = read_resume(Path("export"), DAYS)
    assert resume is not None
    text = to_commented_yaml(answers_from(resume, KB, DAY, notes), KB, [])
    assert len(text) < 100_000
    assert "# ... and 18,803 more\n" in text
    assert {problem.line() for problem in notes if problem.where.line == 3} == {
        ("export/Skills.csv:3:1: warning: '0 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' has 100,002 characters; no skill has, "
        "so it is left out (text-too-long)")
    }  # fmt: skip


def test_a_folder_in_a_loop(here):
    (here / "export").mkdir()
    (here / "export" / "again").symlink_to(here / "export")
    (here / "export" / "Positions.csv").write_bytes(GOOD)
    resume, notes = read_resume(Path("export"), DAYS)
    assert resume is not None
    assert (len(resume.jobs), notes) == (1, [])


TABLES = {
    "a quote that is not closed": (
        GOOD + b'"Acme,Data Engineer,2020,2022\nAcme,x,2021,2022\n',
        "3:1: warning: a quote in this row is not closed, or closed too early; the rows from here on are left out (bad-row)",
    ),
    "a cell that is far too long": (
        GOOD + b"x" * 200_000 + b",Data Engineer,2020,2022\n",
        "3:1: warning: a cell of this row is far too long; the rows from here on are left out (bad-row)",
    ),
    "very many rows": (
        GOOD + b"Acme,Data Engineer,2020,2022\n" * 20_000,
        "20001:1: warning: there are more than 20,000 rows; the rest is left out (too-many-values)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_read_in_part(name, here):
    content, problem = TABLES[name]
    (here / "Positions.csv").write_bytes(content)
    resume, notes = read_resume(Path("Positions.csv"), DAYS)
    assert [one.line() for one in notes] == [f"Positions.csv:{problem}"]
    assert resume is not None
    assert {job.title for job in resume.jobs} == {"Data Engineer"}


NOTHING = "there is nothing here to take: no job, no skill and no name (empty-file)"


def test_a_binary_table(here):
    (here / "Positions.csv").write_bytes(b"\x00\x01" * 50)
    assert refused("Positions.csv") == [
        f"Positions.csv:1:1: error: {NOTHING}",
        "Positions.csv:1:1: warning: this is a binary file, not CSV; it is left out (not-utf-8)",
    ]


def test_a_table_without_its_heading(here):
    (here / "Skills.csv").write_bytes(b"python\nsql\n")
    assert refused("Skills.csv") == [
        f"Skills.csv:1:1: error: {NOTHING}",
        "Skills.csv:1:1: warning: there is no column 'Name' (missing-column)",
    ]


def test_another_table(here):
    (here / "people.csv").write_bytes(b"name\nx\n")
    assert refused("people.csv") == [
        ("people.csv:1:1: error: of CSV files only Positions.csv, Profile.csv and Skills.csv of a LinkedIn export are "
        "read (unknown-file-kind)")
    ]  # fmt: skip


def test_a_pdf(here):
    (here / "Profile.pdf").write_bytes(b"%PDF-1.7\n\x00")
    told = "this file is broken or not whole; save it again from the program that made it"
    assert refused("Profile.pdf") == [f"Profile.pdf:1:1: error: {told} (broken-document)"]


TOO_LARGE = "the file is larger than 2 MB, and no résumé is; take out pictures and the like, and try again"
BINARY = "this is a binary file; name a résumé in JSON, or the zip that LinkedIn sends"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [(b" " * 2_000_001, f"{TOO_LARGE} (file-too-large)"), (b"\x89PNG\x00", f"{BINARY} (not-utf-8)")],
)
def test_json_that_is_no_text_or_far_too_much_of_it(raw, problem, here):
    (here / "resume.json").write_bytes(raw)
    assert refused("resume.json") == [f"resume.json:1:1: error: {problem}"]


WINDOWS = "the byte 0xEB is not UTF-8; the file is read as Windows-1252, look whether letters with accents are right"


@pytest.mark.parametrize(
    ("encoding", "problem"),
    [
        ("utf-16", "1:1: warning: this is UTF-16, and is read as such; look whether everything is there"),
        ("cp1252", f"1:24: warning: {WINDOWS}"),
    ],
)
def test_json_in_another_encoding(encoding, problem, here):
    (here / "resume.json").write_bytes('{"basics": {"name": "Zoë"}}'.encode(encoding))
    result = running.run("import", "resume.json")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (0, f"resume.json:{problem} (not-utf-8)")
    assert 'name: "Zoë"\n' in result.stdout
