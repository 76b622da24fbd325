"""Whatever is handed in becomes a case or problems, and a case is the same however it was written."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.cases.answers_file import to_yaml
from trackfit.engine.cases.case import Case
from trackfit.engine.cases.values import Wrong
from trackfit.engine.documents.node import from_plain
from trackfit.engine.documents.parse import read_bytes, read_text
from trackfit.engine.interview.interview import Interview
from trackfit.engine.problems.problem import Location
from trackfit.tests.support.shipped import three_valued

KB = three_valued()
READER = KB.reader
EXAMPLE = b"""\
name: Sam
background: data_scientist
years_experience: 6
skills: [python, "gh actions", k8s]
salary_goal: $220,000
expects_same_work: no
"""
LINE = re.compile(r".+:\d+:\d+: (error|warning): .+ \([a-z0-9-]+\)")
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=30)
SYNTAX = st.text(
    st.sampled_from("abky01.-+ \n\t:,?!&*#|>'\"%@`{}[]~\\/=<$_\ufeff\u2028\x85\U0001f600"), max_size=80
)


def outcome(node, problems):
    """The case or None; checks that there is a case exactly where no error was found, and how each fault reads."""
    found = None
    if node is not None:
        found, more = READER.read(node)
        problems = [*problems, *more]
    errors = [one for one in problems if one.severity == "error"]
    assert (found is None) == any(errors) or (found is not None and any(errors))
    assert found is not None or errors
    for one in problems:
        assert LINE.fullmatch(one.line()), one
    return found if not errors else None


def read(text, name="case.yaml"):
    return outcome(*read_text(text, name))


def plain(case):
    """The normalised answers, by JSON so that nothing but plain values is in them."""
    return json.loads(json.dumps(case.plain()))


@given(st.binary(max_size=300))
def test_any_bytes(raw):
    outcome(*read_bytes(raw, "case.yaml"))
    outcome(*read_bytes(raw, "case.json"))


@given(SYNTAX, st.sampled_from(["case.yaml", "case.json", "<stdin>"]))
def test_anything_that_looks_like_yaml(text, name):
    outcome(*read_text(text, name))


@given(st.integers(0, len(EXAMPLE)), st.integers(0, 8), st.binary(max_size=6) | SYNTAX.map(str.encode))
def test_a_good_file_with_something_wrong_in_it(start, length, inserted):
    outcome(*read_bytes(EXAMPLE[:start] + inserted + EXAMPLE[start + length :], "case.yaml"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(sorted(READER.attributes)) | ANYTHING


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_mapping(answers):
    found = outcome(from_plain(answers, Location("answers")), [])
    written = read(json.dumps(answers), "case.json")
    assert written is None or found is None or plain(written) == plain(found)


@given(VALUES)
def test_any_value(value):
    outcome(from_plain(value, Location("answers")), [])


@given(st.sampled_from(sorted(READER.attributes)), ANYTHING)
def test_any_typed_answer(key, text):
    """What the interview takes can be written into a file, and read back from it."""
    talk = Interview(KB)
    talk.answers["background"] = "other"
    with suppress(Wrong):
        talk.answer(READER.attributes[key], text)
    if not talk.doubts:
        assert read(talk.to_yaml()) == talk.case()
    node, _ = read_text(talk.to_yaml(), "case.yaml")
    assert node is not None
    again, problems = READER.read(node, unfinished=True)
    assert again == talk.case(), problems


def answer(attribute):
    """A strategy for an answer as it may stand in a file."""
    match attribute.type:
        case "choice":
            return st.sampled_from([text for one in attribute.choices for text in (one.id, one.name)])
        case "whole_number" | "money":
            return st.integers(*attribute.range)
        case "yes_no":
            return st.sampled_from([True, False, "yes", "No", "y", "TRUE"])
        case "set" if attribute.id == "done":
            return st.lists(st.sampled_from([one.id for one in attribute.choices]), max_size=6)
        case "set":
            known = st.sampled_from(sorted(KB.facts.skills))
            return st.lists(known | st.text(max_size=12).filter(is_clear), max_size=6)
        case _:
            return st.text(max_size=40) | st.text("a\x7f\x85\u2028\u2029\ufeff\ufffe \t\n\\\"'", max_size=8)


def is_clear(text):
    """Whether a text stands for one skill, or for none: an ambiguous one is an error in a file."""
    return all(len(READER.index.match(part).ids) < 2 for part in (text, *text.split(",")))


CASES = st.fixed_dictionaries(
    {"background": answer(READER.attributes["background"])},
    optional={key: answer(row) for key, row in READER.attributes.items() if key != "background"},
)


def made(answers):
    case = outcome(from_plain(answers, Location("answers")), [])
    assert isinstance(case, Case)
    return case


@given(CASES)
def test_a_case_written_as_an_answers_file_is_the_same_case(answers):
    case = made(answers)
    assert read(to_yaml(case, KB.facts)) == case


@given(CASES, st.booleans())
def test_a_case_written_as_json_is_the_same_case(answers, ascii_only):
    case = made(answers)
    again = read(json.dumps(case.plain(), ensure_ascii=ascii_only), "case.json")
    assert again is not None
    assert (plain(again), again.digest()) == (plain(case), case.digest())
    assert plain(made(case.plain())) == plain(case)


@given(CASES, st.randoms(use_true_random=False))
def test_order_does_not_matter(answers, random):
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    for _, value in shuffled:
        if isinstance(value, list):
            random.shuffle(value)
    assert made(dict(shuffled)) == made(answers)


@given(st.integers(0, 5_000_000))
def test_money_forms(amount):
    forms = [
        amount,
        float(amount),
        f"{amount}",
        f"${amount:,}",
        f"{amount:_}",
        f"US${amount}",
        f"usd {amount}",
        f"{amount:,} USD a year",
        f"{amount} dollars per year",
        f"${amount:,.2f}",
        f" {amount} /yr ",
    ]
    if amount % 1000 == 0:
        forms += [f"{amount // 1000}k", f"${amount // 1000} K", f"{amount / 1_000_000:f}m"]
    for form in forms:
        assert made({"background": "other", "salary_goal": form}).answers["salary_goal"] == amount, form
        if isinstance(form, str):
            written = read(f"background: other\nsalary_goal: {form}\n")
            assert written is not None
            assert written.answers["salary_goal"] == amount, form


@given(st.lists(st.sampled_from(sorted(KB.facts.skills)), min_size=1, unique=True, max_size=8), st.data())
def test_spelling_and_layout_of_skills_do_not_matter(ids, data):
    case = made({"background": "other", "skills": ids})
    spellings = []
    for id_ in ids:
        row = KB.facts.skills[id_]
        text = data.draw(st.sampled_from([row.id, row.name, *row.aliases]))
        spellings.append(data.draw(st.sampled_from([text, text.upper(), text.title(), f"  {text} "])))
    assert made({"background": "other", "skills": spellings}) == case
    joint = data.draw(st.sampled_from([", ", ";", " | ", "\n", " · "]))
    assert made({"background": "other", "skills": joint.join(spellings)}) == case


@pytest.mark.parametrize("text", ["none", "None", " nothing ", []])
def test_no_skills_at_all_are_known(text):
    assert made({"background": "other", "skills": text}).answers["skills"] == frozenset()
