"""Mermaid itself reads and draws every chart that we write."""

import shutil
from itertools import cycle, islice

import pytest
import yaml
from markdown_it import MarkdownIt

from trackfit import KnowledgeBase, to_markdown
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.documents.parse import read_file
from trackfit.engine.inference.base import shipped
from trackfit.engine.workshop.handbook.handbook import handbook
from trackfit.tests.support.outside import mermaid_faults
from trackfit.tests.support.places import EXAMPLES
from trackfit.tests.support.shipped import DAY

pytestmark = pytest.mark.slow


def charts_of(markdown):
    return [token.content for token in MarkdownIt().parse(markdown) if token.info == "mermaid"]


def report(kb, example):
    node, _ = read_file(example)
    assert node is not None
    case, _ = kb.reader.read(node)
    return to_markdown(kb.consult(case, DAY))


def test_mermaid_draws_every_chart_of_the_examples_reports_and_of_the_handbook(kb, browser):
    charts = charts_of(handbook(kb, [], DAY))
    for example in EXAMPLES:
        charts += charts_of(report(kb, example))
    assert charts
    assert mermaid_faults(browser, charts) == [""] * len(charts)


def test_no_name_that_a_coach_gives_breaks_a_chart(browser, tmp_path):
    """Skills, tracks and backgrounds of hostile names, in every chart that shows them."""
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name)
    for path in (*(tmp_path / "facts/skills").glob("*.yaml"), *(tmp_path / "facts").glob("[bt]*s.yaml")):
        tables = yaml.safe_load(path.read_text(encoding="utf-8"))
        hostile = cycle(NAMES)
        for row in rows_with_names(tables):
            row["name"] = " ".join((*islice(hostile, 5), row["id"]))
        path.write_text(yaml.safe_dump(tables, sort_keys=False, allow_unicode=True), encoding="utf-8")
    with KnowledgeBase.load(tmp_path, cache=False) as hostile_kb:
        charts = charts_of(handbook(hostile_kb, [], DAY))
        for example in EXAMPLES:
            charts += charts_of(report(hostile_kb, example))
    assert charts
    assert mermaid_faults(browser, charts) == [""] * len(charts)


NAMES = (
    *('"]; click x "javascript:alert(1)"', "end", "subgraph", "%% comment", "section x", "title", "---"),
    *("a:b", "#35;", "<script>alert(1)</script>", "`x`", "{{x}}", "graph TD; A-->B", "x | y", "]]", "שלום"),
)


def rows_with_names(tables):
    return [row for listed in tables.values() for row in listed if "name" in row]


def test_a_fault_in_a_chart_is_told(browser):
    right, wrong = mermaid_faults(browser, ['pie\n    "one" : 1', "gantt\n    title A\n    no task"])
    assert not right
    assert wrong.startswith("Parse error on line 3")
