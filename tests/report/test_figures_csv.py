"""The figures of a report as a table: those that it lists, with their sources, and nothing that a spreadsheet runs."""

import csv
import shutil

import pytest
from click.testing import CliRunner

from trackfit import KnowledgeBase, to_json
from trackfit.cli import cli
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.documents.parse import read_file
from trackfit.engine.inference.base import shipped
from trackfit.engine.report.figures_csv import to_csv
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def rows(text):
    return list(csv.DictReader(text.splitlines()))


def read_case(kb, example):
    node, _ = read_file(example)
    assert node is not None
    return kb.reader.read(node)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_it_lists_the_figures_of_the_report_with_their_numbers_and_sources(example):
    with KnowledgeBase.load() as kb:
        case, _ = read_case(kb, example)
        assert case is not None
        advice = kb.consult(case, DAY)
        listed = to_json(advice)["figures"]
        found = rows(to_csv(advice))
        assert [row["figure"] for row in found] == [one["id"] for one in listed]
        for row, one in zip(found, listed, strict=True):
            value = one["value"] if isinstance(one["value"], tuple) else (one["value"], one["value"])
            assert (float(row["low"]), float(row["high"])) == value
            assert row["as_of"] == one["as_of"]
            assert row["past_review"] == "no"
            for source in one["sources"]:
                assert kb.facts.sources[source].title in row["sources"]


def test_every_column_holds_what_its_heading_says(kb):
    seen = set()
    for example in EXAMPLES:
        case, _ = read_case(kb, example)
        for row in rows(to_csv(kb.consult(case, DAY))):
            figure = kb.facts.figures[row["figure"]]
            low, high = figure.years or (None, None)
            told = {
                "about": figure.about,
                "open_ended": "yes" if figure.open_ended else "no",
                "approximate": "yes" if figure.approximate else "no",
                "unit": figure.unit,
                "basis": figure.basis,
                "track": figure.track,
                "level": figure.level,
                "years_from": low,
                "years_to": high,
                "as_of": figure.as_of,
                "review_by": figure.review_by,
            }
            assert {key: row[key] for key in told} == {
                key: "" if value is None else str(value) for key, value in told.items()
            }
            seen |= {key for key in ("open_ended", "approximate") if row[key] == "yes"}
            seen |= {"years"} if low != high else set()
    assert seen == {"open_ended", "approximate", "years"}


def test_a_derived_figure_names_what_it_is_the_difference_of():
    answers = {"background": "backend_fullstack", "target_track": "ml_engineering", "target_reason": "salary"}
    with KnowledgeBase.load() as kb:
        found = {row["figure"]: row for row in rows(to_csv(kb.consult(answers, "2027-06-01")))}
    derived = found["ml_over_ai_engineering_base_average"]
    assert derived["difference_of"] == "ml_engineering_base_average − ai_engineering_base_average"
    assert {row["past_review"] for row in found.values()} == {"yes"}


def test_no_cell_is_a_formula(tmp_path):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name)
    path = tmp_path / "facts/sources.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("publisher: Dexity", "publisher: '=HYPERLINK(\"http://example.com\")'"), encoding="utf-8"
    )
    with KnowledgeBase.load(tmp_path, cache=False) as kb:
        found = rows(to_csv(kb.consult({"background": "backend_fullstack"}, DAY)))
    cells = [cell for row in found for cell in row.values()]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_command_writes_it_beside_the_report(tmp_path):
    report, table = tmp_path / "report.md", tmp_path / "figures.csv"
    args = ["advise", str(EXAMPLES[0]), "--as-of", DAY, "--out", str(report), "--figures", str(table)]
    assert CliRunner().invoke(cli, args).exit_code == 0
    assert table.read_text(encoding="utf-8").startswith("figure,about,low,high,")
    again = CliRunner().invoke(cli, args)
    assert again.exit_code == 2
    assert again.stderr.endswith("(file-exists)\n")
