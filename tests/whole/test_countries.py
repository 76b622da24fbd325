"""Countries and currencies: how sums are read, which figures a person sees, and that no money meets another."""

import csv
import json
import re

import pytest
from click.testing import CliRunner

from trackfit import KnowledgeBase, to_markdown
from trackfit.cli import cli
from trackfit.engine.cases.money import MoneyReader
from trackfit.engine.documents.node import from_plain
from trackfit.engine.problems.errors import InvalidInput
from trackfit.engine.problems.problem import Location

DAY = "2026-11-22"
SIGNS = {"us": "$", "gb": "£", "de": "€"}
ANSWERS = {
    "background": "data_scientist",
    "years_experience": 4,
    "skills": ["python", "sql", "rest apis", "docker"],
    "target_track": "ai_engineering",
    "salary_goal": "90k",
}


@pytest.fixture(scope="module")
def kb():
    with KnowledgeBase.load(engine="three-valued") as found:
        yield found


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("80k EUR", 80_000, "eur"),
        ("£75,000", 75_000, "gbp"),
        ("75,000 pounds a year", 75_000, "gbp"),
        ("€ 1.2m", 1_200_000, "eur"),
        ("eur80k", 80_000, "eur"),
        ("180k", 180_000, None),
        ("$180,000", 180_000, "usd"),
        ("US $ 180,000 USD", 180_000, "usd"),
        ("180 000 CHF", 180_000, "chf"),
        ("9\u202f500\u00a0000 ₹ per year", 9_500_000, "inr"),
    ],
)
def test_a_sum_says_its_currency(kb, text, amount, currency):
    found = MoneyReader(kb.facts.currencies).read(text)
    assert found is not None
    assert (found.number, found.currency) == (amount, currency)


@pytest.mark.parametrize("text", ["80k quid", "£80k EUR", "EUR", "8,0.0,0k €€", "80k eurodollars"])
def test_what_is_no_sum_is_refused(kb, text):
    assert MoneyReader(kb.facts.currencies).read(text) is None
    with pytest.raises(InvalidInput, match="must be a sum a year"):
        kb.consult({**ANSWERS, "salary_goal": text}, DAY)


def test_thousands_by_dots_are_asked_back(kb):
    with pytest.raises(InvalidInput, match="dot that may stand for thousands; write 80000 or 80"):
        kb.consult({**ANSWERS, "salary_goal": "80.000 €"}, DAY)


@pytest.mark.parametrize(
    ("given", "currency"),
    [
        ({}, None),
        ({"country": "de"}, "eur"),
        ({"country": "United Kingdom"}, "gbp"),
        ({"country": "de", "salary_goal": "90k USD"}, "usd"),
        ({"salary_goal": "90k EUR"}, "eur"),
        ({"salary_currency": "chf"}, "chf"),
    ],
)
def test_the_currency_is_that_of_the_sum_else_of_the_country(kb, given, currency):
    case = kb.consult({**ANSWERS, **given}, DAY).case
    assert case.answers["salary_goal"] == 90_000
    assert type(case.answers["salary_goal"]) is int
    assert case.answers.get("salary_currency") == currency


def test_two_currencies_for_one_sum_are_a_fault(kb):
    answers = {**ANSWERS, "salary_goal": "80k EUR", "salary_currency": "gbp"}
    case, problems = kb.reader.read(from_plain(answers, Location("case.yaml")))
    assert case is None
    assert [one.text for one in problems] == [
        "'salary_currency' is gbp, but 'salary_goal' names eur; take one of the two out"
    ]


def salary_rows(kb, country, target):
    """The rows of the salary table for the target: pay, and what is said of the goal; and the report."""
    text = to_markdown(kb.consult({**ANSWERS, "country": country, "target_track": target}, DAY))
    table = text.partition("## Pay")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if "](" not in line
    ]
    name = kb.facts.tracks[target].name
    return [(row[2], row[-1]) for row in rows if len(row) == 4 and row[0] == name], text


@pytest.mark.parametrize("target", ["ai_engineering", "ml_engineering"])
@pytest.mark.parametrize("country", SIGNS)
def test_no_goal_meets_another_currency(kb, country, target):
    rows, text = salary_rows(kb, country, target)
    assert f"Your goal of {SIGNS[country]}90,000 a year |" in text
    assert rows
    for pay, goal in rows:
        if not goal.startswith("not compared"):
            assert SIGNS[country] in pay, (pay, goal)
        elif goal == "not compared: another currency":
            assert SIGNS[country] not in pay, (pay, goal)


def test_each_country_sees_its_own_pay_first_and_not_that_of_others(kb):
    firsts = {country: salary_rows(kb, country, "ai_engineering")[0] for country in SIGNS}
    assert firsts["gb"][0] == ("£75,000–£110,000[^joblabs-2026-04] base salary", "within")
    undated = [told for told in firsts["gb"] if "lorien-2026" in told[0] or "£60,000–£90,000" in told[0]]
    assert "within, whatever your years, if this is base salary" in {where for _, where in undated}
    for country, rows in firsts.items():
        foreign = set(SIGNS.values()) - {SIGNS[country], "$"}
        assert not [pay for pay, _ in rows if foreign & set(pay)]
    germany, _ = salary_rows(kb, "de", "ml_engineering")
    assert germany[0] == (
        "€60,000–€70,000[^digital-magazin-2026] basis not stated",
        "above, if this is base salary",
    )


def test_a_goal_above_is_told_in_its_own_money(kb):
    answers = {"background": "data_scientist", "years_experience": 4, "salary_goal": "95k", "country": "de"}
    advice = kb.consult(answers, DAY)
    assert "goal_above_sourced_range" in {one.id for one in advice.warnings}
    assert re.search(r"Your goal of €95,000 is above the range .*€60,000–€70,000", to_markdown(advice))
    dollars = kb.consult({**answers, "salary_goal": "95k USD"}, DAY)
    assert "goal_above_sourced_range" not in {one.id for one in dollars.warnings}


def test_a_cohort_reads_them_alike(kb, tmp_path):
    """Each row's warnings are those of the same answers alone; a contradiction is refused in both."""
    goals = ("95k", "95k EUR", "£95,000", "250k USD", "", "5k", "95k quid")
    cases = [
        {
            "background": "data_scientist",
            "years_experience": 4,
            "country": country,
            "salary_goal": goal,
            "salary_currency": said,
        }
        for country in ("", "de", "gb", "us", "at")
        for goal in goals
        for said in ("", "eur")
    ]
    path = tmp_path / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(cases[0]))
        writer.writeheader()
        writer.writerows(cases)
    options = ["--out", str(tmp_path / "out"), "--results", "jsonl", "--as-of", DAY]
    told = CliRunner().invoke(cli, ["cohort", str(path), *options])
    assert told.exit_code == 1, told.output
    found = {}
    for line in (tmp_path / "out" / "advice.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["row"]] = sorted(row["warnings"])
    wanted = {}
    for number, case in enumerate(cases, 1):
        try:
            advice = kb.consult({key: value for key, value in case.items() if value != ""}, DAY)
        except InvalidInput:
            continue
        wanted[number] = sorted(one.id for one in advice.warnings)
    assert found == wanted
    assert 0 < len(found) < len(cases)
    assert len({tuple(one) for one in found.values()}) > 1
