"""Mermaid itself reads and draws every chart that we write."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from trackfit import KnowledgeBase, to_markdown
from trackfit.engine.handbook import handbook
from trackfit.engine.source import read_file
from trackfit.tests.outside import mermaid_faults

pytestmark = pytest.mark.slow

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.yaml"))
DAY = "2026-11-22"


@pytest.fixture(scope="module")
def kb():
    with KnowledgeBase.load() as found:
        yield found


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
    assert len(charts) > len(EXAMPLES) / 2
    assert mermaid_faults(browser, charts) == [""] * len(charts)


def test_a_fault_in_a_chart_is_told(browser):
    right, wrong = mermaid_faults(browser, ['pie\n    "one" : 1', "gantt\n    title A\n    no task"])
    assert not right
    assert wrong.startswith("Parse error on line 3")
