"""The schemas that editors use: right for every shipped file, wrong for what is mistyped, and in step."""

from __future__ import annotations

import os
import re
import shutil

import jsonschema
import pytest

from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.documents.parse import read_text
from trackfit.engine.workshop.authoring.schemas import (
    FILE_KINDS,
    FOLDER,
    kind_of,
    schema_line,
    schemas,
    to_json,
    write_schemas,
)
from trackfit.tests.support.language_server import LanguageServer
from trackfit.tests.support.places import ROOT

FILES = sorted(
    path
    for folder in ("facts", "rules", "examples")
    for path in (ROOT / folder).rglob("*.y*ml")
    if path.is_file()
)
BROKEN = ROOT / "tests/broken"
MISTYPED = sorted(
    path.parent.name
    for path in BROKEN.glob("*/expected.txt")
    if re.search(r"\((unknown-(key|operator|attribute|table))\)", path.read_text(encoding="utf-8"))
)
RULE = """\
rules:
  - id: example
    title: An example
    reviewed: "2026-11-22"
    when:
      {when}
    then:
      {then}
"""
WARN = "warn: salary_routing\n      severity: high\n      says: Look at the gap."
FIGURE = """\
figures:
  - id: example
    about: an example
    value: {value}
    unit: {unit}
    as_of: "2026-04"
    review_by: "2027-04-30"
    sources: [{source}]
"""


def kind(path):
    return "case" if path.is_relative_to(ROOT / "examples") else kind_of(path, ROOT)


@pytest.fixture(scope="module")
def found():
    return schemas(ROOT)


def faults(found, kind, text):
    """The message of each fault of a document, innermost first."""
    node, problems = read_text(text, "document.yaml")
    assert node is not None, problems
    return [one.message for one in jsonschema.Draft7Validator(found[kind]).iter_errors(node.plain())]


def test_each_kind_of_file_has_a_schema_of_draft_7(found):
    assert tuple(found) == FILE_KINDS
    for schema in found.values():
        jsonschema.Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_shipped_file_fits_its_schema_and_names_it_first(found, path):
    text = path.read_text(encoding="utf-8")
    assert faults(found, kind(path), text) == []
    assert text.splitlines()[0] == schema_line(path, ROOT, kind(path))
    assert (
        path.parent / text.split("$schema=")[1].split("\n")[0]
    ).resolve() == ROOT / FOLDER / f"{kind(path)}.json"


@pytest.mark.parametrize("name", FILE_KINDS)
def test_the_committed_schemas_are_in_step(found, name):
    text = (ROOT / FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert text == to_json(found[name]), "run `trackfit schema`"


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("rules", RULE.format(when="target_raeson: salary", then=WARN), "target_raeson"),
        ("rules", RULE.format(when="target_reason: salry", then=WARN), "salry"),
        ("rules", RULE.format(when="years_experience: {at_leats: 3}", then=WARN), "at_leats"),
        ("rules", RULE.format(when="years_experience: {at_least: figure.none}", then=WARN), "figure.none"),
        ("rules", RULE.format(when="years_experience: 99", then=WARN), "maximum of 60"),
        ("rules", RULE.format(when="skills: python", then=WARN), "not of type 'object'"),
        ("rules", RULE.format(when="levels of mlop: {has: senior}", then=WARN), "levels of mlop"),
        ("rules", RULE.format(when="name: Sam", then=WARN), "name"),
        (
            "rules",
            RULE.format(when="background: architect", then=WARN.replace("severity", "serverity")),
            "serv",
        ),
        (
            "rules",
            RULE.format(when="background: architect", then="recommend: mlops\n      basis: skill_overlap"),
            "'basis' was unexpected",
        ),
        (
            "rules",
            RULE.format(when="background: architect", then=WARN + "\n      plan: route"),
            "False",
        ),
        ("rules", RULE.format(when="background: architect", then="says: Nothing."), "'warn' is a required"),
        ("facts", FIGURE.format(value=3, unit="years", source="indeed"), "indeed"),
        ("facts", FIGURE.format(value=3, unit="year", source="indeed_2026_04"), "year"),
        ("facts", FIGURE.format(value="three", unit="years", source="indeed_2026_04"), "three"),
        ("facts", FIGURE.format(value=3, unit="usd_per_year", source="indeed_2026_04"), "basis"),
        ("facts", "figurs: []", "figurs"),
        ("scenarios", "scenarios: [{name: x, case: {background: other}, expect: {warnd: [x]}}]", "warnd"),
        ("statements", "statements: [{id: x, title: x, wher: {background: other}, then: {}}]", "wher"),
        ("case", "backgroud: architect", "backgroud"),
        ("case", "background: architekt", "architekt"),
    ],
)
def test_what_is_mistyped_does_not_fit(found, kind, text, fault):
    assert any(fault in one for one in faults(found, kind, text))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("rules", RULE.format(when="background: [architect, other]", then=WARN)),
        (
            "rules",
            RULE.format(
                when="not: {any: [{skills: {has_any: [python]}}]}", then="plan: data_engineer_to_mlops"
            ),
        ),
        ("facts", FIGURE.format(value="[1, 2.5]", unit="years", source="indeed_2026_04")),
        ("case", "background: other\nskills: a skill nobody knows\nportfolio:\nsalary_goal: 180k"),
    ],
)
def test_what_is_right_fits(found, kind, text):
    assert faults(found, kind, text) == []


def test_a_knowledge_base_without_faults_fits():
    found = schemas(BROKEN / "base")
    for path in sorted(BROKEN.glob("base/*/**/*.yaml")):
        assert faults(found, kind_of(path, BROKEN / "base"), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", MISTYPED)
def test_a_broken_file_with_a_mistyped_key_does_not_fit(name, tmp_path):
    shutil.copytree(BROKEN / "base", tmp_path, dirs_exist_ok=True)
    shutil.copytree(BROKEN / name, tmp_path, dirs_exist_ok=True)
    found = schemas(tmp_path)
    there = (BROKEN / name).glob("*/**/*.yaml")
    files = [tmp_path / path.relative_to(BROKEN / name) for path in there]
    assert any(faults(found, kind_of(path, tmp_path), path.read_text(encoding="utf-8")) for path in files)


@pytest.fixture
def own(tmp_path):
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_an_id_of_ones_own_is_offered_even_where_its_row_is_faulty(own):
    with (own / "facts/skills/cloud.yaml").open("a", encoding="utf-8") as file:
        file.write("\n  - id: cobol\n    nam: COBOL\n")
    assert "cobol" in schemas(own)["facts"]["definitions"]["row.skills"]["enum"]


def test_only_schemas_that_differ_are_written_again(own):
    paths = write_schemas(own)
    (own / FOLDER / "case.json").write_text("{}", encoding="utf-8")
    for path in paths:
        os.utime(path, (0, 0))
    write_schemas(own)
    assert [path.stem for path in paths if path.stat().st_mtime > 0] == ["case"]


# The real language server


@pytest.fixture(scope="module")
def server():
    with LanguageServer() as running:
        yield running


def a_rule(when, then=WARN):
    return f"{schema_line(ROOT / 'rules/x.yaml', ROOT, 'rules')}\n" + RULE.format(when=when, then=then)


def a_figure(text):
    return f"{schema_line(ROOT / 'facts/x.yaml', ROOT, 'facts')}\nfigures:\n  - id: example\n    {text}\n"


def a_case(text):
    return f"{schema_line(ROOT / 'examples/x.yaml', ROOT, 'case')}\n{text}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "offered", "told"),
    [
        (a_rule("|"), "target_reason", "What matters most to you in this choice?"),
        (a_rule("any:\n        - |"), "percent_held of mlops", "Measured, once for each track."),
        (a_rule("target_reason: |"), "job_market", "Many open jobs"),
        (a_rule("target_track: [|]"), "mlops", "MLOps"),
        (a_rule("years_experience:\n        |"), "at_least", "years of experience is at least …"),
        (a_rule("skills: {has: |}"), "kubernetes", "Kubernetes"),
        (
            a_rule("percent_held of mlops: {at_least: |}"),
            "figure.overlap_threshold",
            "recommend it by overlap",
        ),
        (a_rule("background: architect", "|"), "warn", "Warns of a mistake"),
        (a_rule("background: architect", "warn: |"), "salary_routing", "Choosing by average salary"),
        (a_rule("background: architect", "conclude:\n        |"), "has_sourced_route", "Concluded by rules."),
        (a_figure("sources: [|]"), "indeed_2026_04", "Average base salaries"),
        (a_figure("|"), "review_by", "The day by which a coach looks at it again"),
        (a_case("|"), "math_comfort", "How do you feel about math?"),
        (a_case("background: |"), "architect", "Architect or technical lead"),
        (a_case("skills: [|]"), "kubernetes", "Kubernetes"),
    ],
)
def test_the_server_completes(server, text, offered, told):
    found = server.completions(path_of(text), text)
    assert told in found.get(offered, f"not offered, but {list(found)}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (a_rule("target_|reason: salary"), "Asked: “What matters most to you in this choice?”"),
        (a_rule("years_experience: {at_l|east: 3}"), "years of experience is at least …"),
        (a_rule("background: architect", WARN.replace("says", "sa|ys")), "What the reader sees."),
        (a_figure("review|_by: '2027-04-30'"), "The day by which a coach looks at it again"),
        (a_case("backg|round: architect"), "Which of these is closest to the work you do now?"),
    ],
)
def test_the_server_explains(server, text, told):
    assert told in server.hover(path_of(text), text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "line", "marked", "told"),
    [
        (a_rule("target_raeson: salary"), 7, "target_raeson", "Property target_raeson is not allowed."),
        (
            a_rule("target_reason: salry"),
            7,
            "salry",
            'Value is not accepted. Valid values: "salary", "interest", "job_market", "skill_fit", "other".',
        ),
        (
            a_rule("skills: {has: pyton}"),
            7,
            "pyton",
            "'skills' is never this. Completion (Ctrl+Space) shows what there is.",
        ),
        (
            a_rule("background: architect", WARN + "\n      plan: backend_to_ai_engineering"),
            12,
            "plan",
            "`warn` goes with `says` and `severity`, and no other key.",
        ),
        (
            a_rule("background: architect", "says: Nothing."),
            8,
            "then",
            "Write one of: conclude, recommend, warn, advise, plan.",
        ),
        (a_case("background: architect\nskils: [python]"), 3, "skils", "Property skils is not allowed."),
    ],
)
def test_the_server_marks_the_one_fault(server, text, line, marked, told):
    assert server.faults(path_of(text), text) == [(line, marked, told)]


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_server_marks_nothing_in_a_shipped_file(server, path):
    assert server.faults(path, path.read_text(encoding="utf-8")) == []


def path_of(text):
    """A place for a document from which its first line leads to its schema."""
    for folder, schema in (("rules", "rules"), ("facts", "facts"), ("examples", "case")):
        if f"/{schema}.json" in text:
            return ROOT / folder / "unsaved.yaml"
    raise AssertionError(text)
