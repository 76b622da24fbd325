"""`trackfit interview --resume` with a résumé: what it says is shown and confirmed, and the rest is asked."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.engine.resumes.detect import holds_resume
from trackfit.tests.support.shipped import DAY

RESUME = {
    "basics": {"name": "Ana"},
    "work": [{"position": "Data Engineer", "name": "Marlow", "startDate": "2018", "endDate": "2021"}],
    "skills": ["python", "sql", "tf", "qqqq"],
}
ANSWERS = "trackfit-answers.yaml"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resume.json").write_text(json.dumps(RESUME), encoding="utf-8")
    return tmp_path


def interview(*arguments, given=""):
    command = ["interview", *arguments, "--as-of", DAY, "--out", "report.md"]
    return CliRunner().invoke(cli, command, input=given, catch_exceptions=False)


def kept(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_rest_is_asked_and_the_resume_stays(here):
    before = (here / "resume.json").read_bytes()
    result = interview("--resume", "resume.json", given="2\n" + "\n" * 12)
    assert result.exit_code == 0, result.stderr
    assert "because the title 'Data Engineer' (2018–2021, ended 5 years ago) has 'data engineer'" in " ".join(
        result.stderr.split()
    )
    assert "“tf”" in result.stderr
    assert "Which of these is closest to the work" not in result.stderr
    answers = kept(here / ANSWERS)
    assert (answers["background"], answers["years_experience"], answers["name"]) == (
        "data_engineer",
        3,
        "Ana",
    )
    assert answers["skills"] == ["python", "qqqq", "sql", "tensorflow"]
    assert (here / "resume.json").read_bytes() == before
    assert (here / "report.md").read_text(encoding="utf-8").startswith("# ")


def test_an_export_and_a_place_to_keep_the_answers(here):
    with zipfile.ZipFile("export.zip", "w") as archive:
        archive.writestr("Positions.csv", "Title,Company Name,Started On,Finished On\nSRE,Acme,2018,2021\n")
    result = interview("--resume", "export.zip", "--save", "mine.yaml", given="\n" * 14)
    assert result.exit_code == 0, result.stderr
    assert kept(here / "mine.yaml")["background"] == "devops_platform_sre"


def test_a_background_that_no_title_tells_is_asked(here):
    (here / "resume.json").write_text(json.dumps({"basics": {"name": "Ana"}}), encoding="utf-8")
    result = interview("--resume", "resume.json", given="architect\n" + "\n" * 14)
    assert result.exit_code == 0, result.stderr
    assert "Which of these is closest to the work" in result.stderr
    assert kept(here / ANSWERS)["background"] == "architect"


def test_answers_that_were_taken_are_kept_where_it_stops_at_once(here):
    assert interview("--resume", "resume.json").exit_code == 130
    assert kept(here / ANSWERS)["background"] == "data_engineer"


def test_what_cannot_be_read_is_refused(here):
    (here / "export.zip").write_bytes(b"PK\x03\x04")
    result = interview("--resume", "export.zip")
    assert (result.exit_code, result.stderr) == (
        2,
        "export.zip:1:1: error: this zip is broken or not whole; download it again (broken-archive)\n",
    )


@pytest.mark.parametrize(
    ("content", "is_resume"),
    [
        ("background: other\nskills: [python]\n", False),
        ("skills: [python]\n", False),
        ("name: Ana\n", False),
        ('{"basics": {}}', True),
        ('{"work": [], "skills": []}', True),
        ("work: [", False),
    ],
)
def test_an_answers_file_is_no_resume(content, is_resume, tmp_path):
    path = Path(tmp_path, "x.yaml")
    path.write_text(content, encoding="utf-8")
    assert holds_resume(path, ["background", "skills", "name"]) is is_resume
