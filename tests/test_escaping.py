"""What a person types can change the words of a report and never its structure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from trackfit import KnowledgeBase, to_markdown
from trackfit.engine.markdown import MAX_TYPED, Typed, chart_text, code, escape, plain_text

DAY = "2026-11-22"
PARSER = MarkdownIt("gfm-like").use(footnote_plugin)
WORDS = {"text", "softbreak"}
HOSTILE = (
    "](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    "<script>alert(1)</script>",
    "<!-- ",
    "<https://example.com>",
    "`code`",
    "```\nfence",
    "~~~",
    "| a | b |",
    "\\",
    "\\|",
    "\n\n# Heading\n\n",
    "\r\n- item\r\n",
    "\u2028## Heading\u2029",
    "x\n===",
    "x\n---",
    "# heading",
    "> quote",
    "1. one",
    "12) twelve",
    "- [ ] task",
    "+ plus",
    "***",
    "**bold** __bold__ _it_ *it*",
    "~~gone~~",
    "[^dexity-2026-04]",
    "[^new]: a footnote",
    "[ref]: https://example.com",
    "&lt;b&gt; &#x41; &copy;",
    "$x$ $$y$$",
    "www.example.com",
    "WWW.EXAMPLE.COM",
    "https://example.com",
    "ftp://example.com",
    "me@example.com",
    "mailto:me@example.com",
    "example.com",
    "//example.com",
    "Node.js",
    "{{ figure.overlap_threshold }}",
    "{% include 'report.md.j2' %}",
    "\u202egnp.exe\u202c",
    "a\u200bb\u200d\u2060\ufeff",
    "שלום",
    "\x00\x1b[31m",
    "x" * 10_000,
    "| " * 5_000,
)
TYPED = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), min_size=1, max_size=3).map("".join)


@pytest.fixture(scope="module")
def kb():
    with KnowledgeBase.load() as found:
        yield found


def report(kb, name, skill):
    case = kb.reader.case(
        {"background": "data_engineer", "years_experience": 4, "name": name, "skills": frozenset({"sql"})},
        (skill,),
    )
    return to_markdown(kb.consult(case, DAY))


def structure(text):
    """Every part of the document but its words; of links and images, where they lead."""
    found: list[tuple[object, ...]] = []
    for token in PARSER.parse(text):
        found.append((token.type, token.tag, token.info))
        found += [
            (one.type, one.tag, one.attrs.get("href"), one.attrs.get("src"), one.meta.get("label"))
            for one in token.children or []
            if one.type not in WORDS
        ]
    return found


def visible(text):
    """The words of the document, as a reader sees them."""
    return "\n".join(
        "".join(one.content for one in token.children or []) for token in PARSER.parse(text) if token.children
    )


@pytest.fixture(scope="module")
def plain(kb):
    return structure(report(kb, "Ada", "basket weaving"))


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_each_known_trick_changes_no_structure(kb, plain, typed):
    assert structure(report(kb, f"x{typed}", typed if plain_text(typed) else f"x{typed}")) == plain


@given(name=TYPED, skill=TYPED)
def test_nothing_typed_changes_the_structure(kb, plain, name, skill):
    name, skill = (text if plain_text(Typed(text)) else f"x{text}" for text in (name, skill))
    assert structure(report(kb, name, skill)) == plain


@given(text=TYPED)
def test_what_is_typed_is_shown_as_it_is(kb, text):
    """But for what is invisible, and an invisible mark in what might be an address."""
    shown = plain_text(Typed(f"x{text}"))
    assert f"Written for {shown} on" in visible(report(kb, f"x{text}", "sql")).replace("\u2060", "")


def test_a_report_without_a_name_does_not_miss_it(kb):
    nameless = to_markdown(kb.consult({"background": "other"}, DAY))
    assert "\nWritten on 22 November 2026.\n" in nameless
    assert "\nWritten on 22 November 2026.\n" in report(kb, "\u200b \u202e", "sql")


def test_long_texts_are_cut_and_no_line_is_broken():
    shown = plain_text(Typed("ab\n" * 5_000))
    assert len(shown) == MAX_TYPED
    assert shown.endswith("…")
    assert "\n" not in shown


@pytest.mark.parametrize(
    "text", ["C++ and C#", "+261%", "#1", "-5", "0.1.0", "R&D", "a+b", "70% (about)", "3–6"]
)
def test_what_needs_no_escaping_is_left_alone(text):
    assert escape(text) == text


@given(text=st.text())
def test_code_and_charts_take_no_syntax(text):
    assert re.fullmatch(r"`[^`|\n]+`", code(text))
    assert not re.search(r"[:;#<>{}\[\]`%\n]", chart_text(text))
