"""Answers files as they are written and read again, whatever stands in the texts."""

import pytest

from trackfit.engine.cases.answers_file import to_yaml
from trackfit.engine.documents.parse import read_bytes

ROBOT = "\N{ROBOT FACE}"
TEXTS = [
    "\U00020bb7",
    ROBOT,
    'a "b" \\ c',
    "tab\tx",
    "\u00e9\u00a0x",
    "x\u2028y",
    "#1: yes",
    "no",
    "1e5",
    "\ufeffx",
    "it's",
]


def case_of(kb, content):
    node, problems = read_bytes(content.encode(), "case.yaml")
    assert (node is not None, problems) == (True, [])
    case, more = kb.reader.read(node)
    assert [one for one in more if one.severity == "error"] == []
    return case


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_is_read_back(kb, text):
    case = kb.reader.case({"background": "other", "name": text})
    assert case_of(kb, to_yaml(case, kb.facts)) == case


def test_what_people_can_read_stands_as_itself(kb):
    case = kb.reader.case({"background": "other", "name": f"\U00020bb7 {ROBOT}"})
    assert f'name: "\U00020bb7 {ROBOT}"' in to_yaml(case, kb.facts)


@pytest.mark.parametrize("quote", ['"\\ud83e\\udd16 and \\ud83e\\udd16"', f'"{ROBOT} and \\U0001f916"'])
def test_two_escapes_for_one_character_are_read_as_json_has_them(kb, quote):
    assert case_of(kb, f"background: other\nname: {quote}").answers["name"] == f"{ROBOT} and {ROBOT}"


def test_an_escape_in_no_double_quotes_stays(kb):
    text = "background: other\nname: '\\ud83e\\udd16'\n"
    assert case_of(kb, text).answers["name"] == "\\ud83e\\udd16"


def test_a_number_of_any_length_is_told_as_it_was_written(kb):
    node, _ = read_bytes(f"background: other\nsalary_goal: {'9' * 400}\n".encode(), "case.yaml")
    _, (problem,) = kb.reader.read(node)
    assert problem.text.endswith(f"not '{'9' * 35}…'")
