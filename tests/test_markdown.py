"""Reports are the same document to every Markdown parser."""

from pathlib import Path

import pytest

from trackfit.tests.rendering import by_cmark, by_markdown_it, parts

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.md"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_golden_reports_render_the_same_everywhere(path):
    text = path.read_text(encoding="utf-8")
    assert parts(by_markdown_it(text)) == parts(by_cmark(text))
