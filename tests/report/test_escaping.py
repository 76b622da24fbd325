"""What a person types can change the words of a report and never its structure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit import to_markdown
from trackfit.engine.language.markdown import MAX_TYPED, Typed, chart_text, code, escape, plain_text
from trackfit.engine.report.templates import themes
from trackfit.tests.support.hostile_texts import HOSTILE, TYPED
from trackfit.tests.support.rendering import MARKDOWN_IT, by_cmark, by_markdown_it, parts
from trackfit.tests.support.shipped import DAY


def report(kb, name, skill, theme="report"):
    case = kb.reader.case(
        {"background": "data_engineer", "years_experience": 4, "name": name, "skills": frozenset({"sql"})},
        (skill,),
    )
    return to_markdown(kb.consult(case, DAY), theme)


def structure(text):
    """Every part of the document but its words, as two parsers see it; of links and images, where they lead."""
    return [
        part for made in (by_markdown_it(text), by_cmark(text)) for part in parts(made) if part[0] != "words"
    ]


def visible(text):
    """The words of the document, as a reader sees them."""
    return "\n".join(
        "".join(one.content for one in token.children or [])
        for token in MARKDOWN_IT.parse(text)
        if token.children
    )


@pytest.fixture(scope="module")
def plain(kb):
    """The structure of a report by each template, with a plain name and skill."""
    return {
        theme: structure(report(kb, "Ada", "basket weaving", theme))
        for theme in themes(kb.folder / "templates")
    }


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_each_known_trick_changes_no_structure(kb, plain, typed):
    """And the words are the same to both parsers."""
    text = report(kb, f"x{typed}", typed if plain_text(typed) else f"x{typed}")
    assert structure(text) == plain["report"]
    assert parts(by_markdown_it(text)) == parts(by_cmark(text))


@given(name=TYPED, skill=TYPED, pick=st.data())
def test_nothing_typed_changes_the_structure(kb, plain, name, skill, pick):
    """By whichever template."""
    theme = pick.draw(st.sampled_from(sorted(plain)))
    name, skill = (text if plain_text(Typed(text)) else f"x{text}" for text in (name, skill))
    assert structure(report(kb, name, skill, theme)) == plain[theme]


@given(text=TYPED)
def test_what_is_typed_is_shown_as_it_is(kb, text):
    """But for what is invisible, and an invisible mark in what might be an address."""
    shown = plain_text(Typed(f"x{text}"))
    assert visible(report(kb, f"x{text}", "sql")).replace("\u2060", "").startswith(f"{shown}: MLOps, ")


def test_a_report_without_a_name_does_not_miss_it(kb):
    nameless = to_markdown(kb.consult({"background": "other"}, DAY))
    assert nameless.startswith(
        "# Too early to name a track\n\nAnother background. Written on 22 November 2026.\n"
    )
    assert report(kb, "\u200b \u202e", "sql").startswith("# MLOps, 3–6 months\n")


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
    assert not re.search(r"[:;#<>{}\[\]`%\n]", re.sub(r"#[0-9]+;", "", chart_text(text)))
