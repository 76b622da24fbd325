"""Lines and the passages that they make."""

from __future__ import annotations

import pytest

from trackfit.engine.papers.html import read_html
from trackfit.engine.papers.paper import lines_of, passages


def _texts(text):
    return [one.text for one in passages(lines_of(text))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one\n\ntwo", ["one", "two"]),
        ("- one\n* two\n• three\n4) four", ["one", "two", "three", "four"]),
        ("# Heading\ntext", ["Heading", "text"]),
        ("**Bold**\ntext", ["Bold", "text"]),
        (
            "a long line that goes on to the margin of the page, and\nends here",
            ["a long line that goes on to the margin of the page, and ends here"],
        ),
        (
            "a long line that a margin has parted in the mid-\ndle",
            ["a long line that a margin has parted in the middle"],
        ),
        (
            "Languages: Python, Java and a good many of the others\nTools: Git",
            ["Languages: Python, Java and a good many of the others", "Tools: Git"],
        ),
        ("Short line\nAnother one", ["Short line", "Another one"]),
        ("one\n---\ntwo", ["one", "two"]),
    ],
)
def test_passages_are_what_belongs_together(text, parts):
    assert _texts(text) == parts


def test_ligatures_and_soft_hyphens_are_letters():
    assert lines_of("work\ufb02ow Kuber\u00adnetes\u200b")[0].text == "workflow Kubernetes"


def test_a_page_is_its_text():
    page = read_html(
        "<html><head><title>A job</title><style>p{}</style></head><body>\n<script>alert('Java')</script>\n"
        "<h2>Skills</h2>\n<ul><li>Py<b>thon</b><li>SQL &amp; more</ul><p>Two<br>lines</p></body></html>"
    )
    assert page.title == "A job"
    assert [(one.text, one.number) for one in page.lines if one.text] == [
        ("## Skills", 3),
        ("- Python", 4),
        ("- SQL & more", 4),
        ("Two", 4),
        ("lines", 4),
    ]
