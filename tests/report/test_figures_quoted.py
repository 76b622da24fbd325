"""Every number of a report, by any template and as a page, is a figure with its footnotes, or an answer, a count or a date."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit import __version__, to_html, to_json, to_markdown
from trackfit.engine.documents.parse import read_file
from trackfit.engine.explanation.other_answers import other_values, questions
from trackfit.engine.language import formats
from trackfit.engine.language.markdown import Typed, escape, plain_text
from trackfit.engine.report.book import Book
from trackfit.engine.report.figures import footnotes
from trackfit.engine.report.report import made
from trackfit.engine.report.templates import render_file, themes
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.searches import mostly_slow, searching
from trackfit.tests.support.shipped import DAY

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
NUMBER = re.compile(r"(?<![A-Za-z])\d+(?:,\d{3})*(?:\.\d+)?")


def consult_example(kb, path):
    node, _ = read_file(path)
    case, problems = kb.reader.read(node)
    assert case is not None, problems
    return kb.consult(case, DAY)


TITLES = ("#", "<summary>")
"""How lines begin in which figures stand without footnotes, as they do in a mail."""
NOTE = "†"
"""Stands for any footnote in the text of a page."""


def printed_forms(advice, row, where):
    """What a figure looks like: with its unit, or as the bare number that a rule compares with; with its footnotes.

    In a mail there are none, and charts of a page have none either; there it stands with its unit.
    """
    labels = [note.label for note in footnotes(row, Book(advice))]
    whole = {formats.figure(row)}
    whole |= {form[0].upper() + form[1:] for form in whole}
    bare = {formats.number(row.low), f"{formats.number(row.low)}%"}
    if where == "mail":
        return whole
    notes = "".join(f"[^{label}]" for label in labels) if where == "text" else NOTE * len(labels)
    noted = {form + notes for form in whole | bare}
    return noted | whole if where == "page" else noted


def without_figures(advice, text, ids, where="text"):
    """The text without every printed figure, and the ids of those that were there."""
    seen = set()
    found = []
    for id_ in ids:
        for form in printed_forms(advice, advice.kb.facts.figures[id_], where):
            pattern = re.compile(rf"(?<![\d.,$]){re.escape(form)}(?!\[\^|[\d{NOTE}])")
            if pattern.search(text):
                seen.add(id_)
                found.append((form, pattern))
    for _, pattern in sorted(found, key=lambda one: -len(one[0])):
        text = pattern.sub(" ", text)
    return text, seen


def own_texts(advice, ids):
    """Texts with numbers that are the report's own or the person's: dates, sources, answers, names."""
    facts = advice.kb.facts
    figures = [facts.figures[id_] for id_ in ids]
    found = {formats.date(advice.as_of)}
    for route in advice.planned_routes:
        view = Book(advice).route(route)
        found |= {view.weeks, *(step.weeks for step in view.steps)} - {""}
    for source in facts.sources.values():
        found |= {source.title, formats.date(source.date)}
        found |= {told for told in (source.address, source.place, source.period, source.method) if told}
    for resource in facts.resources.values():
        found |= {resource.title, resource.address}
    found |= {formats.date(row.as_of) for row in figures}
    found |= {f"{row.years[0]}–{row.years[1]}" for row in figures if row.years and row.years[1] is not None}
    found |= {f"{row.years[0]} and more" for row in figures if row.years and row.years[1] is None}
    answers = advice.case.answers
    if "salary_goal" in answers:
        found.add(formats.money(answers["salary_goal"]))
    found |= {skill.name for skill in facts.skills.values() if NUMBER.search(skill.name)}
    return sorted(found, key=lambda text: (-len(text), text))


def own_numbers(advice):
    """Numbers that stand by themselves: years, counts of skills, shares of them, places, years that were tried."""
    answers = advice.case.answers
    found = {len(advice.kb.facts.tracks) + 1, answers.get("years_experience", 0)}
    for way in advice.ways:
        there = way.size - len(way.missing)
        found |= set(range(way.size + 1)) | {there, 100 * there // way.size}
    for question in questions(advice):
        found |= {value for value in other_values(advice, question) if type(value) is int}
    found |= {len(one.gap) for one in advice.recommendations}
    return found


def strange_numbers(advice, template="report"):
    """The numbers of a report that nothing accounts for, and the figures listed for it that it does not quote."""
    listed = [one["id"] for one in to_json(advice, template)["figures"]]
    lines = without_typed(advice, made(advice, template).traced, escape).splitlines()
    titles = [line for line in lines if line.startswith(TITLES)]
    left, seen = without_figures(advice, "\n".join(titles), listed, "mail")
    text = "\n".join(line for line in lines if not line.startswith(TITLES))
    rest, more = without_figures(advice, text, listed, "mail" if template == "email" else "text")
    left, seen = f"{left}\n{rest}", seen | more
    left = re.sub(r"^\[\^[^\]]+\]: |`[^`\n]*`|\[\^[^\]]+\]", " ", left, flags=re.MULTILINE)
    return unaccounted(advice, left, listed), set(listed) - seen


def strange_numbers_of_page(advice, template):
    """The numbers of a page that nothing accounts for, those in its charts and in what is said of them too."""
    listed = [one["id"] for one in to_json(advice, template)["figures"]]
    text = without_typed(advice, words_of(to_html(advice, template)), plain_text)
    left, _ = without_figures(advice, text, listed, "page")
    return unaccounted(advice, left, listed)


def without_typed(advice, text, shown):
    """The text without what the person typed freely."""
    for typed in (advice.case.answers.get("name", ""), *advice.case.unmatched):
        text = text.replace(shown(Typed(typed)), " ") if typed else text
    return text


def unaccounted(advice, left, listed):
    """What numbers are left without the report's own texts, counts and dates."""
    left = left.replace(f"trackfit {__version__}", " ")
    for own in own_texts(advice, listed):
        left = left.replace(own, " ")
    allowed = own_numbers(advice)
    return [
        (line.strip(), number)
        for line in left.splitlines()
        for number in NUMBER.findall(line)
        if not (number.isdigit() and int(number) in allowed)
    ]


def words_of(page):
    """The lines of a page without the scales of charts, code, and the look; with a mark for each footnote."""
    for noise in (
        "<style>.*?</style>",
        "<code>.*?</code>",
        '<a class="back".*?</a>',
        '<text class="tick".*?</text>',
    ):
        page = re.sub(noise, "", page, flags=re.DOTALL)
    page = re.sub("<sup>.*?</sup>", NOTE, page)
    page = re.sub(r"</?(?:strong|em|a|span)\b[^>]*>", "", page)
    return html.unescape(re.sub(r"<[^>]*>", "\n", page))


@pytest.mark.parametrize("example", mostly_slow(EXAMPLES, 2), ids=lambda path: path.stem)
def test_examples_hold_no_number_of_unknown_origin(kb, example):
    advice = consult_example(kb, example)
    assert strange_numbers(advice) == ([], set())
    for template in themes(kb.folder / "templates"):
        assert strange_numbers(advice, template)[0] == [], template
        assert strange_numbers_of_page(advice, template) == [], template


def answers_of(kb):
    facts = kb.facts
    return st.fixed_dictionaries(
        {"background": st.sampled_from(sorted(facts.backgrounds))},
        optional={
            "name": st.sampled_from(["Ada 4711", "$99,999 a year", "1. 2–3 months", "[^dexity-2026-04] 75%"]),
            "years_experience": st.integers(0, 60),
            "skills": st.frozensets(st.sampled_from(sorted(facts.skills)), max_size=25),
            "salary_goal": st.integers(50, 900).map(lambda thousands: thousands * 1000 + 7),
            "salary_basis": st.sampled_from(["base", "total"]),
            "target_track": st.sampled_from([*sorted(facts.tracks), "undecided"]),
            "target_reason": st.sampled_from(["salary", "interest"]),
            "math_comfort": st.sampled_from(["low", "strong"]),
            "portfolio": st.sampled_from(["none", "notebooks", "deployed"]),
            "expects_same_work": st.booleans(),
            "undervalues_pipeline_skills": st.booleans(),
            "considers_generic_cloud": st.booleans(),
            "waits_to_learn_enough": st.booleans(),
        },
    )


LATE = "2027-06-01"
UNKNOWN_SKILLS = ("tool 31337", "80% of $1,234,567", "GPT-4.75")


@searching(40)
@given(answers=st.data())
def test_no_report_holds_a_number_of_unknown_origin(kb, answers):
    """Whoever asks, by whichever template, also after the review dates and whatever was typed."""
    given_answers = answers.draw(answers_of(kb))
    typed = answers.draw(st.sampled_from([(), UNKNOWN_SKILLS]))
    advice = kb.consult(kb.reader.case(given_answers, typed), answers.draw(st.sampled_from([DAY, LATE])))
    template = answers.draw(st.sampled_from(themes(kb.folder / "templates")))
    strange, unused = strange_numbers(advice, template)
    assert strange == []
    assert not unused or template != "report"
    assert strange_numbers_of_page(advice, template) == []


def test_a_report_after_the_review_date_says_so(kb):
    late = kb.consult({"background": "backend_fullstack", "years_experience": 6}, LATE)
    assert "stale_figures" in {warning.id for warning in late.warnings}
    assert "**Past their review date:**" in to_markdown(late)


def test_templates_have_no_digits_of_their_own(kb):
    for path in sorted((kb.folder / "templates").glob("*.md.j2")):
        words = re.sub(r"\{[{%#].*?[}%#]\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not NUMBER.findall(words), path.name


def test_a_number_typed_into_a_template_is_found(kb, tmp_path):
    """The judge itself: it does not pass everything."""
    assert render_file(tmp_path, _written(tmp_path, "12,345"), {}) == "12,345"
    left, _ = without_figures(
        consult_example(kb, EXAMPLES[0]), "about $12,345 and 75%", ["ai_engineering_python_demand"]
    )
    assert NUMBER.findall(left) == ["12,345", "75"]


def test_a_number_typed_into_a_page_is_found(kb):
    advice = consult_example(kb, EXAMPLES[0])
    page = words_of("<p>about <b>$12,345</b> and 75%<sup><a>1</a></sup>, 175%</p><desc>98 of them</desc>")
    left, _ = without_figures(advice, page, ["ai_engineering_python_demand"], "page")
    assert [number for _, number in unaccounted(advice, left, [])] == ["12,345", "175", "98"]


def _written(folder, text):
    (folder / "x.md.j2").write_text(text, encoding="utf-8")
    return "x.md.j2"
