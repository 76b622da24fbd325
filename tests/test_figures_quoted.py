"""Every number of a report is a figure with its footnotes, or an answer, a count or a date of the report's own."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackfit import KnowledgeBase, __version__, to_json, to_markdown
from trackfit.engine import formats
from trackfit.engine.explain import other_values, questions
from trackfit.engine.source import read_file
from trackfit.engine.texts import render_file, themes
from trackfit.engine.views import Book

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
DAY = "2026-11-22"
NUMBER = re.compile(r"(?<![A-Za-z])\d+(?:,\d{3})*(?:\.\d+)?")


@pytest.fixture(scope="module")
def kb():
    with KnowledgeBase.load() as found:
        yield found


def consult_example(kb, path):
    node, _ = read_file(path)
    case, problems = kb.reader.read(node)
    assert case is not None, problems
    return kb.consult(case, DAY)


def printed_forms(advice, row):
    """What a figure looks like in a report: with its unit, or as the bare number that a rule compares with."""
    labels = "".join(f"[^{label}]" for label in Book(advice).notes_of(row))
    forms = {formats.figure(row), formats.number(row.low), f"{formats.number(row.low)}%"}
    return {form[0].upper() + form[1:] for form in forms} | forms, labels


def without_figures(advice, text, ids, *, noted=True):
    """The text without every printed figure, and the ids of those that were there; without footnotes where not `noted`."""
    seen = set()
    for id_ in ids:
        forms, labels = printed_forms(advice, advice.kb.facts.figures[id_])
        labels = labels if noted else ""
        for form in sorted(forms, key=len, reverse=True):
            pattern = re.compile(rf"(?<![\d.,$]){re.escape(form + labels)}(?!\[\^)")
            if pattern.search(text):
                seen.add(id_)
    for id_ in ids:
        forms, labels = printed_forms(advice, advice.kb.facts.figures[id_])
        labels = labels if noted else ""
        for form in sorted(forms, key=len, reverse=True):
            text = re.sub(rf"(?<![\d.,$]){re.escape(form + labels)}(?!\[\^)", " ", text)
    return text, seen


def own_texts(advice, ids):
    """Texts with numbers that are the report's own or the person's: dates, sources, answers, names."""
    facts = advice.kb.facts
    figures = [facts.figures[id_] for id_ in ids]
    months = {
        int(end) for row in figures if row.unit in ("months", "month_of_plan") for end in (row.low, row.high)
    }
    days = {formats.months_later(DAY, number) for number in (*months, *(number - 1 for number in months), 0)}
    for route in advice.planned_routes:
        for step in Book(advice).route(route).steps:
            days |= {step.begins, step.ends, step.begins_soonest, step.soonest} - {""}
    found = {*days, *map(formats.date, days)}
    for source in facts.sources.values():
        found |= {source.title, formats.date(source.date)}
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
    for track, wanted in advice.kb.measures.track_skills.items():
        held = len(advice.kb.measures.held(advice.memory.known, track) or ())
        found |= set(range(len(wanted) + 1)) | {held, 100 * held // len(wanted)}
    for question in questions(advice):
        found |= {value for value in other_values(advice, question) if type(value) is int}
    found |= {len(one.gap) for one in advice.recommendations}
    return found


def strange_numbers(advice, template="report"):
    """The numbers of a report that nothing accounts for, and the figures listed for it that it does not quote."""
    text = to_markdown(advice, template)
    listed = [one["id"] for one in to_json(advice, template)["figures"]]
    left, seen = without_figures(advice, text, listed, noted=template != "email")
    left = re.sub(r"^\[\^[^\]]+\]: |`[^`\n]*`|\[\^[^\]]+\]", " ", left, flags=re.MULTILINE)
    left = left.replace(f"trackfit {__version__}", " ")
    for own in own_texts(advice, listed):
        left = left.replace(own, " ")
    allowed = own_numbers(advice)
    strange = [
        (line.strip(), number)
        for line in left.splitlines()
        for number in NUMBER.findall(line)
        if not (number.isdigit() and int(number) in allowed)
    ]
    return strange, set(listed) - seen


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_hold_no_number_of_unknown_origin(kb, example):
    advice = consult_example(kb, example)
    assert strange_numbers(advice) == ([], set())
    for template in themes(kb.folder / "templates"):
        assert strange_numbers(advice, template)[0] == [], template


def answers_of(kb):
    facts = kb.facts
    return st.fixed_dictionaries(
        {"background": st.sampled_from(sorted(facts.backgrounds))},
        optional={
            "years_experience": st.integers(0, 60),
            "skills": st.lists(st.sampled_from(sorted(facts.skills)), max_size=25),
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


@settings(max_examples=60)
@given(answers=st.data())
def test_no_report_holds_a_number_of_unknown_origin(kb, answers):
    assert strange_numbers(kb.consult(answers.draw(answers_of(kb)), DAY)) == ([], set())


def test_a_report_after_the_review_date_holds_none_either(kb):
    advice = kb.consult({"background": "backend_fullstack", "years_experience": 6}, DAY)
    late = kb.consult(advice.case, "2027-06-01")
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


def _written(folder, text):
    (folder / "x.md.j2").write_text(text, encoding="utf-8")
    return "x.md.j2"
