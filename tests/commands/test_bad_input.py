"""Every wrong input gets its exact problem, one a line, and exit status 2; never a traceback."""

from __future__ import annotations

import json

import pytest

from trackfit.tests.support.running import refused, run

BACKGROUNDS = (
    "backend_fullstack, data_engineer, data_scientist, devops_platform_sre, architect, frontend, mobile, qa_engineer, "
    "data_analyst, ml_engineer, researcher, database_administrator, system_administrator, security_engineer, "
    "product_manager, new_graduate, career_changer, other"
)
BACKGROUNDS_BY_NAME = ", ".join(sorted(BACKGROUNDS.split(", ")))
KEYS = (
    "background, considers_generic_cloud, country, denied_skills, done, expects_same_work, hours_per_week, math_comfort, "
    "name, portfolio, salary_basis, salary_currency, salary_goal, skills, target_reason, target_track, "
    "undervalues_pipeline_skills, waits_to_learn_enough, years_experience"
)
MONEY = "a sum a year, such as 180000 or 180k, in euros, Indian rupees, pounds sterling, Swiss francs or US dollars"
BINARY = "this is a binary file; name a text file, written in YAML or JSON (not-utf-8)"
UTF_8 = "save the file as UTF-8, the text encoding of YAML and JSON (not-utf-8)"
BOMB = b"a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nskills: [*c, *c]\n"
UNKNOWN = "(shown in the report, counted nowhere)"
EMPTY = "1:1: error: the file is empty; it needs `key: value` lines (empty-file)"
PLAIN = "is not allowed; drop it or quote the text (tag-not-allowed)"
NO_LINES = (
    "an answers file has lines such as `background: data_engineer`; this one begins otherwise (wrong-type)"
)
TWICE = "stands here a second time (first on line 2); keep one of them (duplicate-key)"
ABOVE = "a `: ` too many: quote its text, mend the indentation, or see whether a key above lacks its `:` (yaml-syntax)"
COLON = "a `: ` too many in one line; quote the text that has it (yaml-syntax)"


def advised(here, content, name="case.yaml"):
    """Standard error and the normalised answers of a case that must be accepted."""
    (here / name).write_bytes(content)
    result = run("advise", name, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return result.stderr.splitlines(), json.loads(result.stdout)["case"]


FILES = {
    "empty": (b"", EMPTY),
    "spaces": (b" \n\n", EMPTY),
    "comment": (b"# none\n", EMPTY),
    "latin-1": (b"name: Jos\xe9\n", f"1:10: error: the byte 0xE9 is not UTF-8; {UTF_8}"),
    "latin-1 with a mark": (b"\xef\xbb\xbfx: \xc3\xa9\nname: \xe9\n", f"2:7: error: the byte 0xE9 is not UTF-8; {UTF_8}"),
    "utf-16": ("background: other\n".encode("utf-16"), f"1:1: error: this is UTF-16; {UTF_8}"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", f"1:1: error: {BINARY}"),
    "zeros": (b"\x00" * 64, f"1:1: error: {BINARY}"),
    "control character": (
        b"background: other\nname: a\x07b\n",
        "2:8: error: the character U+0007 is invisible and not allowed; delete it (control-character)",
    ),
    "python object": (
        b"background: !!python/object/apply:os.system ['exit 7']\n",
        f"1:13: error: the tag '!!python/object/apply:os.system' {PLAIN}",
    ),
    "python name": (
        b"!!python/name:os.system {}\n",
        f"1:1: error: the tag '!!python/name:os.system' {PLAIN}",
    ),
    "own tag": (
        b"background: !mine other\n",
        f"1:13: error: the tag '!mine' {PLAIN}",
    ),
    "alias bomb": (BOMB, "1:4: error: the anchor &a is not allowed; drop it or quote the text (alias-not-allowed)"),
    "alias": (
        b"skills: [*x]\n",
        "1:10: error: the alias *x is not allowed; write it out or quote the text (alias-not-allowed)",
    ),
    "deep list": (
        b"skills: " + b"[" * 100 + b"]" * 100,
        "1:29: error: nested deeper than 20 levels; flatten it (nested-too-deep)",
    ),
    "deep mapping": (
        b"".join(b" " * level + b"a:\n" for level in range(100)),
        "21:21: error: nested deeper than 20 levels; flatten it (nested-too-deep)",
    ),
    "many values": (
        b"[" + b"1," * 200_001 + b"]",
        "1:400000: error: more than 200,000 values in one file; split it (too-many-values)",
    ),
    "two documents": (
        b"background: other\n---\nbackground: other\n",
        "2:1: error: a second document starts here; keep one document a file (several-documents)",
    ),
    "list as key": (b"[a]: b\n", "1:1: error: a key must be plain text; quote it (key-not-text)"),
    "no mapping": (
        b"- background: other\n",
        f"1:1: error: {NO_LINES}",
    ),
    "just text": (
        b"backend developer\n",
        f"1:1: error: {NO_LINES}",
    ),
    "tab": (b"background: other\n\tname: x\n", "2:1: error: a tab stands in the indentation; use spaces (yaml-syntax)"),
    "open quote": (b'background: other\nname: "Sam\n', "2:7: error: a quote is opened here and never closed (yaml-syntax)"),
    "colon in a text": (b"name: a: b\n", f"1:8: error: {COLON}"),
    "no colon": (b"background other\nname: Sam\n", f"2:5: error: {ABOVE}"),
    "at sign": (
        b"name: @sam\n",
        "1:7: error: a text may not start with @; quote the text (yaml-syntax)",
    ),
    "open bracket": (
        b"skills: [python\nbackground: other\n",
        "1:9: error: a bracket or brace is opened here and not closed, or a comma is missing after it (yaml-syntax)",
    ),
    "backslash": (
        b'name: "C:\\work"\n',
        "1:10: error: a backslash in double quotes; write two of them, or use single quotes (yaml-syntax)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_unreadable_file(name, here):
    content, problem = FILES[name]
    (here / "case.yaml").write_bytes(content)
    assert refused("advise", "case.yaml") == [f"case.yaml:{problem}"]


ANSWERS = {
    "duplicate key": (
        "background: other\nname: a\nbackground: other\n",
        ["3:1: error: the key 'background' stands here a second time (first on line 1); keep one of them (duplicate-key)"],
    ),
    "unknown key": (
        "background: other\nyears: 7\n",
        ["2:1: error: there is no answer called 'years'; did you mean 'years_experience'? (unknown-key)"],
    ),
    "strange key": (
        "background: other\nzzz: 7\n",
        [f"2:1: error: there is no answer called 'zzz'; valid here: {KEYS} (unknown-key)"],
    ),
    "typo in a choice": (
        "background: data_enginer\n",
        ["1:13: error: 'background' cannot be 'data_enginer'; did you mean 'data_engineer'? (unknown-value)"],
    ),
    "no such choice": (
        "background: 7\n",
        [f"1:13: error: 'background' cannot be 7; valid here: {BACKGROUNDS_BY_NAME} (unknown-value)"],
    ),
    "unknown track": (
        "background: other\ntarget_track: ml_enginering\n",
        ["2:15: error: 'target_track' cannot be 'ml_enginering'; did you mean 'ml_engineering'? (unknown-value)"],
    ),
    "negative years": (
        "background: other\nyears_experience: -3\n",
        ["2:19: error: 'years_experience' must be from 0 to 60, not -3 (out-of-range)"],
    ),
    "absurd years": (
        "background: other\nyears_experience: 400\n",
        ["2:19: error: 'years_experience' must be from 0 to 60, not 400 (out-of-range)"],
    ),
    "endless years": (
        f"background: other\nyears_experience: {'9' * 400}\n",
        [
            f"2:19: error: 'years_experience' must be a whole number, such as 7, not '{'9' * 35}…' (wrong-type)"
        ],
    ),
    "half years": (
        "background: other\nyears_experience: 7.5\n",
        ["2:19: error: 'years_experience' must be a whole number, such as 7, not 7.5 (wrong-type)"],
    ),
    "years as a word": (
        "background: other\nyears_experience: many\n",
        ["2:19: error: 'years_experience' must be a whole number, such as 7, not 'many' (wrong-type)"],
    ),
    "years as yes": (
        "background: other\nyears_experience: true\n",
        ["2:19: error: 'years_experience' must be a whole number, such as 7, not 'yes' (wrong-type)"],
    ),
    "infinity": (
        "background: other\nsalary_goal: .inf\n",
        [f"2:14: error: 'salary_goal' must be {MONEY}, not inf (wrong-type)"],
    ),
    "negative salary": (
        "background: other\nsalary_goal: -1\n",
        ["2:14: error: 'salary_goal' must be from 0 to 5,000,000, not -1 (out-of-range)"],
    ),
    "a dot for thousands": (
        "background: other\nsalary_goal: 180.000\n",
        ["2:14: error: 'salary_goal' has a dot that may stand for thousands; write 180000 or 180 (wrong-type)"],
    ),
    "a list for a text": (
        "background: other\nname: [Sam, Doe]\n",
        ["2:7: error: 'name' must be one value, not a list (wrong-type)"],
    ),
    "a mapping for a choice": (
        "background: {id: other}\n",
        ["1:13: error: 'background' must be one value, not a mapping (wrong-type)"],
    ),
    "long text": (
        f"background: other\nname: {'x' * 20_001}\n",
        ["2:7: error: 'name' has 20,001 characters; at most 20,000 are read (text-too-long)"],
    ),
    "maybe": (
        "background: other\nexpects_same_work: maybe\n",
        ["2:20: error: 'expects_same_work' must be yes or no, not 'maybe' (unknown-value)"],
    ),
    "a number for skills": (
        "background: other\nskills: 7\n",
        ["2:9: error: 'skills' must be a list, as in [python, sql], not 7 (wrong-type)"],
    ),
    "a mapping for skills": (
        "background: other\nskills: {python: 5}\n",
        ["2:9: error: 'skills' must be a list, as in [python, sql], not a mapping (wrong-type)"],
    ),
    "a number among skills": (
        "background: other\nskills: [python, 7, [sql]]\n",
        [
            "2:18: error: an entry of 'skills' must be a short text, not 7 (wrong-type)",
            "2:21: error: an entry of 'skills' must be a short text, not a list (wrong-type)",
        ],
    ),
    "too many skills": (
        f"background: other\nskills: {', '.join(['python'] * 501)}\n",
        ["2:9: error: 'skills' has 501 entries; at most 500 are read, name the main ones (too-many-values)"],
    ),
    "ambiguous skill": (
        "background: other\nskills: [python, tf]\n",
        ["2:18: error: 'tf' may mean Terraform or TensorFlow; write terraform or tensorflow (ambiguous-skill)"],
    ),
    "missing background": (
        "years_experience: 7\n",
        [f"1:1: error: 'background' is missing; give it one of: {BACKGROUNDS} (missing-key)"],
    ),
    "null background": (
        "years_experience: 7\nbackground:\n",
        [f"2:1: error: 'background' has no value; give it one of: {BACKGROUNDS} (missing-key)"],
    ),
    "empty background": (
        'background: " "\n',
        [f"1:1: error: 'background' has no value; give it one of: {BACKGROUNDS} (missing-key)"],
    ),
    "everything at once": (
        "backgroud: other\nyears_experience: 99\nyears_experience: 7\nskills: [tf, zzgrok]\nsalary_goal: lots\n",
        [
            "1:1: error: there is no answer called 'backgroud'; did you mean 'background'? (unknown-key)",
            f"1:1: error: 'background' is missing; give it one of: {BACKGROUNDS} (missing-key)",
            "2:19: error: 'years_experience' must be from 0 to 60, not 99 (out-of-range)",
            f"3:1: error: the key 'years_experience' {TWICE}",
            "4:10: error: 'tf' may mean Terraform or TensorFlow; write terraform or tensorflow (ambiguous-skill)",
            f"4:14: warning: 'skills' knows no 'zzgrok' {UNKNOWN} (unknown-skill)",
            f"5:14: error: 'salary_goal' must be {MONEY}, not 'lots' (wrong-type)",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_wrong_answer(name, here):
    content, problems = ANSWERS[name]
    (here / "case.yaml").write_text(content, encoding="utf-8")
    found = refused("advise", "case.yaml")
    assert sorted(found) == sorted(f"case.yaml:{problem}" for problem in problems)


JSON_FILES = {
    "duplicate key": (
        '{"background": "other",\n "background": "other"}',
        "2:2: error: the key 'background' stands here a second time (first on line 1); keep one of them (duplicate-key)",
    ),
    "missing comma": (
        '{"background": "other"\n "name": "Sam"}',
        "2:2: error: not valid JSON: a comma, or a closing bracket or brace, is missing before this (json-syntax)",
    ),
    "open brace": (
        '{"background": "other"',
        "1:23: error: not valid JSON: a comma, or a closing bracket or brace, is missing before this (json-syntax)",
    ),
    "open quote": (
        '{"background": "other}',
        "1:16: error: not valid JSON: a quote is opened here and never closed (json-syntax)",
    ),
    "after the end": (
        '{"background": "other"} {"name": 1}',
        "1:25: error: not valid JSON: the document has ended before this; take out what follows (json-syntax)",
    ),
    "backslash": (
        '{"background": "\\work"}',
        "1:17: error: not valid JSON: this may not follow a backslash; write \\\\ for a backslash itself (json-syntax)",
    ),
    "half a character": (
        '{"background": "other", "name": "\\ud83d"}',
        "1:36: error: half of a character; write both halves (\\ud83d\\ude00), or the character itself (yaml-syntax)",
    ),
    "a list": (
        '[{"background": "other"}]',
        f"1:1: error: {NO_LINES}",
    ),
    "deep": (
        '{"name": ' * 100 + "1" + "}" * 100,
        "1:182: error: nested deeper than 20 levels; flatten it (nested-too-deep)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", JSON_FILES)
def test_wrong_json(name, here):
    content, problem = JSON_FILES[name]
    (here / "case.json").write_text(content, encoding="utf-8")
    assert refused("advise", "case.json") == [f"case.json:{problem}"]
    assert refused("advise", "-", given=content) == [f"<stdin>:{problem}"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"background": "other", "skills": ["python", "sql",],}', {"background": "other", "skills": ["python", "sql"]}),
        ('{\n\t"background":\t"other",\r\n\t"name":\t"a"\n}', {"background": "other", "name": "a"}),
        ('{"background":"other","name":"\\ud83d\\ude00 \\u00e9"}', {"background": "other", "name": "😀 é"}),
        ('{"background": "other", "name": "\\\\ud83d\\\\ude00 \\/"}', {"background": "other", "name": "\\ud83d\\ude00 /"}),
        ('\ufeff{"background": "other", "salary_goal": null}', {"background": "other"}),
    ],
    ids=["trailing commas", "tabs", "surrogate pair", "escaped backslash", "byte order mark"],
)  # fmt: skip
def test_lenient_json(content, expected, here):
    assert advised(here, content.encode(), "case.json") == ([], expected)


def test_skills_as_one_text_are_a_list(here):
    content = b"background: other\nskills: python, SQL;  k8s\n"
    assert advised(here, content) == ([], {"background": "other", "skills": ["kubernetes", "python", "sql"]})


def test_unknown_skill_is_a_warning(here):
    told, case = advised(here, b"background: other\nskills: [pythn, zzgrok, docker teamwork, sql]\n")
    assert told == [
        f"case.yaml:2:10: warning: 'skills' knows no 'pythn' {UNKNOWN}; did you mean 'python'? (unknown-skill)",
        f"case.yaml:2:17: warning: 'skills' knows no 'zzgrok' {UNKNOWN} (unknown-skill)",
        f"case.yaml:2:25: warning: 'skills' knows no 'docker teamwork' {UNKNOWN}; put a comma between two skills (unknown-skill)",  # noqa: E501
    ]  # fmt: skip
    assert case["skills"] == ["docker teamwork", "pythn", "sql", "zzgrok"]


def test_many_unknown_skills_are_one_line_and_what_stops_the_file_comes_first(here):
    skills = ", ".join(f"z{number}grok" for number in range(9))
    (here / "case.yaml").write_text(
        f"background: other\nskills: [{skills}, pythn]\nyears_experience: many\n", encoding="utf-8"
    )
    assert [line.partition(" ")[2] for line in refused("advise", "case.yaml")] == [
        "error: 'years_experience' must be a whole number, such as 7, not 'many' (wrong-type)",
        f"warning: 'skills' knows no 'z0grok', 'z1grok', 'z2grok', 'z3grok', 'z4grok' and 4 more {UNKNOWN} (unknown-skill)",
        f"warning: 'skills' knows no 'pythn' {UNKNOWN}; did you mean 'python'? (unknown-skill)",
    ]  # fmt: skip


def test_blank_answers_are_unknown(here):
    content = b"background: other\nname: ''\nskills:\nsalary_goal: ' '\nportfolio: ~\n"
    assert advised(here, content) == ([], {"background": "other"})


def test_very_many_problems_are_not_all_told(here):
    (here / "case.yaml").write_text("".join(f"k{number}: 1\n" for number in range(300)))
    found = refused("advise", "case.yaml")
    assert len(found) == 101
    assert found[-1] == "... and 201 more; mend these first"
