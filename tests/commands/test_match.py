"""`trackfit match` as people type it."""

from __future__ import annotations

import json
import shutil

import pytest

from trackfit.engine.inference.base import shipped
from trackfit.tests.support.running import refused, run, told

ADVERT = """Senior MLOps Engineer
Location: Porto

Requirements
- 5+ years of experience
- Python, Kubernetes and Terraform
Nice to have
- Go, Rust
Salary: €70,000 - €80,000 a year
"""
CASE = "background: backend_fullstack\nskills: [python, eks, go]\n"


@pytest.fixture
def advert(here):
    path = here / "advert.txt"
    path.write_text(ADVERT)
    return path


def _json(*arguments, given=None):
    return json.loads(run("match", *arguments, "--format", "json", given=given).stdout)


def test_json_says_all_that_is_asked_for(advert):
    found = _json(advert)
    (ad,) = found["ads"]
    assert ad["skills"] == [
        {"skill": "kubernetes", "text": "Kubernetes", "line": 6, "wished": False},
        {"skill": "python", "text": "Python", "line": 6, "wished": False},
        {"skill": "terraform", "text": "Terraform", "line": 6, "wished": False},
        {"skill": "go", "text": "Go", "line": 8, "wished": True},
        {"skill": "rust", "text": "Rust", "line": 8, "wished": True},
    ]
    assert (ad["file"], ad["title"]) == (str(advert), "Senior MLOps Engineer")
    assert (ad["years"], ad["seniority"], ad["place"]) == ({"low": 5, "high": None}, "senior", "Porto")
    assert ad["pay"] == {"low": 70000, "high": 80000, "currency": "eur", "per": "year"}
    assert [set(one) for one in ad["tracks"]] == [{"track", "share"}] * len(ad["tracks"])
    assert ad["nearest"] == ad["tracks"][0]["track"]
    assert "held" not in ad
    assert found["demand"][0] == {"skill": "go", "ads": 1, "share": 1.0}


def test_a_case_tells_what_is_held_and_what_is_missing(advert, here):
    (here / "me.yaml").write_text(CASE)
    (ad,) = _json(advert, "--case", "me.yaml")["ads"]
    assert ad["held"] == ["kubernetes", "python", "go"]
    assert ad["missing"] == ["terraform", "rust"]
    assert [one["skill"] for one in ad["learn_first"]][-1] in {"terraform", "rust"}
    assert ad["put_first"][0] == {"skill": "kubernetes", "line": 6, "own": ["eks"]}


def test_standard_input_is_an_advertisement():
    (ad,) = _json("-", given=ADVERT)["ads"]
    assert (ad["file"], len(ad["skills"])) == ("<stdin>", 5)


def test_a_folder_gives_the_demand_over_all(here):
    (here / "ads").mkdir()
    (here / "ads/one.txt").write_text(ADVERT)
    (here / "ads/two.md").write_text("# A job\n\nYou bring **Python**.")
    (here / "ads/three.html").write_text("<h1>A job</h1><p>You bring Python and SQL.</p>")
    found = _json("ads")
    assert [(one["skill"], one["ads"], one["share"]) for one in found["demand"]][:1] == [("python", 3, 1.0)]
    assert {"skill": "sql", "ads": 1, "share": 0.3333} in found["demand"]
    assert sum(one["ads"] for one in found["tracks_by_ad"]) == 3


def test_rows_of_json_lines_and_csv_are_advertisements(here):
    rows = [{"title": "Dev", "text": ADVERT}, {"description": "You bring SQL."}]
    (here / "ads.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (here / "ads.csv").write_text('Title,Description,Location\nDev,"You bring SQL,\nand Python.",Leeds\n')
    found = _json("ads.jsonl", "ads.csv")["ads"]
    assert [(one["file"], one["title"], len(one["skills"]), one["place"]) for one in found] == [
        ("ads.jsonl:1", "Dev", 5, "Porto"),
        ("ads.jsonl:2", "", 1, None),
        ("ads.csv:2", "Dev", 2, "Leeds"),
    ]


def test_figures_are_rows_that_check_accepts(here):
    (here / "ads").mkdir()
    for name in "abc":
        (here / f"ads/{name}.txt").write_text(ADVERT)
    for part in ("facts", "rules", "templates"):
        shutil.copytree(shipped() / part, here / "kb" / part)
    figures = here / "kb/facts/figures/local.yaml"
    assert run("match", "ads", "--figures", figures, "--as-of", "2026-11-28").exit_code == 0
    text = figures.read_text()
    assert "id: adverts_2026_11_28_kubernetes" in text
    assert 'where: "3 of 3 advertisements"' in text
    status, output, _ = told("check", here / "kb", "--as-of", "2026-11-28")
    assert (status, "local.yaml" in output) == (0, False)


def test_a_page_runs_nothing(advert, here):
    (here / "bad.txt").write_text("<script>alert(1)</script> Engineer\n\nYou bring Python | <b>SQL</b>.")
    page = run("match", advert, "bad.txt", "--format", "html").stdout
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_markdown_shows_what_a_text_says_and_takes_none_of_its_marks(here):
    (here / "bad.txt").write_text("a | <b>Lead</b>\n\nYou bring Python.")
    assert run("match", "bad.txt").stdout.splitlines()[0] == r"# a \| \<b>Lead\</b>"


def test_what_cannot_be_read_is_told_and_the_rest_read(advert):
    status, output, beside = told("match", advert, "nothing.txt")
    assert (status, "Senior MLOps Engineer" in output) == (0, True)
    assert beside == "nothing.txt:1:1: warning: there is no such file; check the path (no-such-file)\n"


@pytest.mark.parametrize(
    ("name", "raw", "line"),
    [
        (
            "a.txt",
            b"",
            "a.txt:1:1: error: there is no text in this advertisement; paste it again (empty-file)",
        ),
        (
            "a.txt",
            b"\0\1\2",
            "a.txt:1:1: error: this is a binary file; name a text, an HTML page, a PDF, a DOCX or an ODT (not-utf-8)",
        ),
        (
            "a.csv",
            b"name,skills\nx,y\n",
            (
                "a.csv:1:1: error: there is no column 'text' or 'description' with the advertisements; add one, or rename it "
                "(missing-column)"
            ),
        ),
        (
            "a.jsonl",
            b"{",
            'a.jsonl:1:1: error: this line is not valid JSON; each line is one object, such as {"text": "…"} (json-syntax)',
        ),
        (
            "a.pdf",
            b"no pdf",
            (
                "a.pdf:1:1: error: this is called .pdf and is none; save it again from the program that made it "
                "(broken-document)"
            ),
        ),
        (
            "a.rtf",
            b"{\\rtf1}",
            (
                "a.rtf:1:1: error: this kind of file is not read; save it as PDF, DOCX, ODT, HTML, Markdown or plain text "
                "(unknown-file-kind)"
            ),
        ),
    ],
)
def test_a_file_that_is_no_advertisement_is_one_line(here, name, raw, line):
    (here / name).write_bytes(raw)
    assert refused("match", name) == [line]


def test_an_empty_folder_says_what_is_read(here):
    (here / "ads").mkdir()
    (line,) = refused("match", "ads")
    assert line.startswith(
        "ads:1:1: error: there is no advertisement in this folder; it reads files that end in .txt,"
    )


def test_output_is_never_over_a_file_unasked(advert, here):
    (here / "out.yaml").write_text("mine")
    assert refused("match", advert, "--figures", "out.yaml") == [
        "out.yaml:1:1: error: this file exists; add --force to overwrite it, or name another (file-exists)"
    ]
