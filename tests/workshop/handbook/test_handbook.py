"""`handbook`: everything that the knowledge base holds is in it, and it is sound Markdown."""

import re

import pytest
from markdown_it import MarkdownIt

from trackfit.engine.language.questions import asked
from trackfit.engine.workshop.handbook.handbook import age, handbook
from trackfit.engine.workshop.scenarios.scenarios import read_scenarios, scenario_files
from trackfit.tests.support.shipped import DAY

HEADINGS = [
    "Map of the routes",
    "Questions",
    "Rules",
    "Figures",
    "Sources",
    "Backgrounds",
    "Routes",
    "Tracks",
    "Skills",
    "Job titles",
    "Resources",
    "Places, money and units",
    "Occupations",
    "Scenarios",
]


@pytest.fixture(scope="module")
def scenarios(kb):
    return read_scenarios(kb.folder, kb.facts, kb.program, scenario_files(kb.folder))[0]


@pytest.fixture(scope="module")
def text(kb, scenarios):
    return handbook(kb, scenarios, DAY)


def part(text, heading):
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_its_parts_come_in_order(text):
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


def test_questions_stand_in_the_order_of_the_interview(kb, text):
    found = re.findall(r"^- Called `(\w+)`", part(text, "Questions"), re.MULTILINE)
    assert found == [row.id for row in asked(kb.facts.attributes.values())]


def test_a_question_names_the_rules_that_look_at_what_is_measured_from_it(text):
    (line,) = [
        line
        for block in part(text, "Questions").split("### ")
        if "`salary_goal` in" in block
        for line in block.splitlines()
        if line.startswith("- Rules")
    ]
    assert "`goal_above_sourced_range`" in line


def test_every_rule_figure_source_route_track_and_skill_is_there(kb, text):
    rules = part(text, "Rules")
    assert {rule.rule for rule in kb.program.rules} == set(
        re.findall(r"^`(\w+)`, line \d+$", rules, re.MULTILINE)
    )
    for heading, table in (("Figures", "figures"), ("Skills", "skills")):
        ids = re.findall(r"^\| `(\w+)`", part(text, heading), re.MULTILINE)
        assert ids == list(getattr(kb.facts, table))
    assert re.findall(r"^- `(\w+)`: ", part(text, "Sources"), re.MULTILINE) == list(kb.facts.sources)
    assert re.findall(r"^- `(\w+)`: (?:rec|pri)", part(text, "Routes"), re.MULTILINE) == list(kb.facts.routes)
    assert part(text, "Tracks").count("\n### ") == len(kb.facts.tracks)


def test_every_job_title_is_there(kb, text):
    shown = part(text, "Job titles")
    for title in kb.facts.titles.values():
        assert f"`{title.id}`" in shown
        assert [word for word in title.words if word not in shown] == []


def test_every_place_currency_unit_and_resource_is_there(kb, text):
    facts = kb.facts
    for heading, tables in (
        ("Places, money and units", ("countries", "currencies", "units")),
        ("Resources", ("resources",)),
    ):
        ids = re.findall(r"^\| `(\w+)`", part(text, heading), re.MULTILINE)
        assert ids == [id_ for table in tables for id_ in getattr(facts, table)]
    shown = part(text, "Resources")
    assert [row.address for row in facts.resources.values() if f"(<{row.address}>)" not in shown] == []


def test_every_background_is_there_with_its_usual_skills(kb, text):
    shown = part(text, "Backgrounds")
    called = re.findall(r"^- Called `(\w+)`", shown, re.MULTILINE)
    assert called == sorted(kb.facts.backgrounds, key=lambda id_: kb.facts.backgrounds[id_].order)
    tester = shown.split("- Called `qa_engineer`")[0].rsplit("### ", 1)[1]
    assert "besides what its routes list: Automated testing, SQL and Git." in tester


def test_occupations_stand_with_their_numbers_where_somebody_comes_near_them(kb, text):
    shown = part(text, "Occupations")
    for row in kb.facts.occupations.values():
        assert re.search(rf"^\| \S+ \| {re.escape(row.code)} \|", shown, re.MULTILINE), row.id
    (line,) = [line for line in shown.splitlines() if "| 15-2051.00 |" in line]
    assert "Data scientist" in line
    assert "ML Engineering" in line
    assert "(ISCO-08 2512)" in part(text, "Tracks")
    assert "(ISCO-08 2522)" in part(text, "Backgrounds")


def test_a_source_tells_its_standing_address_place_method_and_sample(text):
    line = next(line for line in text.splitlines() if line.startswith("- `field_guide_postings_2026_01`"))
    for told in (
        "](<https://github.com/alexeygrigorev/",
        "Standing: counted or asked by its publisher.",
        "It speaks of postings on Built In",
        "How: job postings for AI engineers",
        "Sample: 895 postings",
        "Seen on 2026-11-28:",
        "It does not state:",
    ):
        assert told in line, told
    quoted = next(line for line in text.splitlines() if line.startswith("- `indeed_2026_04`"))
    assert "as quoted by [Dexity](<https://dexity.com/" in quoted


def test_every_scenario_is_there(scenarios, text):
    assert part(text, "Scenarios").count("    - Answers: ") == len(scenarios) > 50


@pytest.mark.parametrize(
    "line",
    [
        "- Asked of those whose earlier answers say: salary goal is given.",
        (
            "- When there are tracks with a sourced route for you, then it concludes that a sourced route from your "
            "background applies."
        ),
        (
            "- When a sourced route from your background applies, and skills are not given, then it adds the remark "
            "“No skills were named” to the section on answers."
        ),
    ],
)
def test_conditions_read_as_english(line, text):
    assert line in text.splitlines()


def test_what_a_scenario_expects_reads_as_english(text):
    block = part(text, "Scenarios").split("- A backend engineer has the sourced route")[1]
    assert re.search(
        r"    - It must follow that `\w+` comes first, .+ and the report says `[^`]+`\.\n", block
    )


def test_a_figure_has_value_source_date_and_age(text):
    row = next(line for line in text.splitlines() if line.startswith("| `ai_engineering_base_average`"))
    for cell in (r"\$153,620", "April 2026", "7 months", "2027-04-30", "`indeed_2026_04`"):
        assert f" {cell} |" in row


def test_a_figure_past_its_review_is_marked(kb):
    assert "**2027-04-30, past**" in handbook(kb, [], "2027-05-01")


def test_the_map_has_every_route(kb, text):
    chart = part(text, "Map of the routes")
    for route in kb.facts.routes.values():
        assert re.search(rf"from_{route.background} \S+\|\"[^\"]+\"\| to_{route.track}$", chart, re.MULTILINE)


def test_no_table_is_broken(text):
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert sum(token.type == "table_open" for token in tokens) >= 7
    left = [token.content for token in tokens if token.type == "inline" and token.content.startswith("|")]
    assert left == []
    assert not [token for token in tokens if token.type in ("html_block", "code_block")]


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2026", "this year"),
        ("2026-11", "this month"),
        ("2026-Q4", "this quarter"),
        ("2026-Q3", "2 months"),
        ("2026-10", "1 month"),
        ("2025-11-30", "12 months"),
    ],
)
def test_ages(date, words):
    assert age(date, DAY) == words
