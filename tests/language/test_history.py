"""Figures with a memory: what is quoted on a day is what held on it, in texts, in rules and in what is derived."""

import json
import shutil

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from trackfit import InvalidInput, KnowledgeBase, to_json, to_markdown
from trackfit.cli import cli
from trackfit.engine.cohort.table.warehouse import advise_table
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import shipped
from trackfit.engine.language.history import first_day, on
from trackfit.engine.workshop.check.check import check
from trackfit.tests.support.shipped import DAY

BEFORE = "2026-11-10"
CASE = {
    "background": "other",
    "years_experience": 6,
    "skills": ["python", "docker", "ci_cd", "rest_apis", "system_design", "kubernetes"],
}


@pytest.fixture
def folder(tmp_path):
    """The shipped knowledge base, with what an average and our line were before."""
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name)
    renew(tmp_path / "facts/figures/salary.yaml", "ml_engineering_base_average", 200_000, "2026-11-15")
    renew(tmp_path / "facts/figures/choices.yaml", "overlap_threshold", 80, "2026-11-15")
    return tmp_path


def renew(path, id_, value, as_of):
    """Gives a figure a new value, and what it was before to its memory."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    (row,) = (row for row in rows["figures"] if row["id"] == id_)
    row["earlier"] = [{key: row[key] for key in ("value", "as_of", "review_by", "sources")}]
    row |= {"value": value, "as_of": as_of}
    path.write_text(without_anchors(rows), encoding="utf-8")


def without_anchors(rows):
    return yaml.safe_dump(json.loads(json.dumps(rows)), sort_keys=False, allow_unicode=True)


def test_a_memory_is_no_fault(folder):
    found = check(folder, DAY).problems
    assert [problem.line() for problem in found if problem.id != "rule-without-scenario"] == []


def test_each_day_quotes_what_held_on_it(folder):
    with KnowledgeBase.load(folder, cache=False) as kb:
        found = {}
        for day in (BEFORE, "2026-11-14", "2026-11-15", DAY):
            figures = kb.on(day).facts.figures
            average = figures["ml_engineering_base_average"]
            found[day] = (average.value, average.as_of, figures["ml_over_ai_engineering_base_average"].value)
    assert found == {
        BEFORE: (187_606, "2026-04", 33_986),
        "2026-11-14": (187_606, "2026-04", 33_986),
        "2026-11-15": (200_000, "2026-11-15", 46_380),
        DAY: (200_000, "2026-11-15", 46_380),
    }


def test_the_report_of_a_day_quotes_its_figures_and_their_formula(folder):
    answers = {
        **CASE,
        "background": "backend_fullstack",
        "target_track": "ml_engineering",
        "target_reason": "salary",
    }
    with KnowledgeBase.load(folder, cache=False) as kb:
        now, then = (to_markdown(kb.consult(answers, day)) for day in (DAY, BEFORE))
    assert "$187,606" in then
    assert "$33,986" in then
    assert "$187,606[^indeed-2026-04] − $153,620[^indeed-2026-04]." in then
    assert "$187,606" not in now
    assert "$46,380" in now
    assert "$200,000[^indeed-2026-04-for-2026-11-15] − $153,620[^indeed-2026-04]." in now


@pytest.mark.parametrize("engine", ["durable-rules", "three-valued"])
def test_rules_compare_with_the_number_of_the_day(folder, engine):
    with KnowledgeBase.load(folder, engine=engine, cache=False) as kb:
        now, then = (kb.consult(CASE, day) for day in (DAY, BEFORE))
    assert [row.track for row in now.recommendations] == ["ai_engineering"]
    assert [row.track for row in then.recommendations] == ["ai_engineering", "ai_infrastructure"]
    assert [found.ways[0].closeness for found in (now, then)] == ["far", "within_reach"]
    assert to_json(now)["stamp"]["knowledge"] == to_json(then)["stamp"]["knowledge"]


def test_a_table_is_advised_with_the_numbers_of_the_day(folder):
    import ibis

    people = ibis.memtable(
        [{"id": "a", **CASE}],
        schema={
            "id": "string",
            "background": "string",
            "years_experience": "int64",
            "skills": "array<string>",
        },
    )
    with KnowledgeBase.load(folder, cache=False) as kb:
        tracks = [
            ibis.duckdb.connect().to_pyarrow(advise_table(kb, people, day)).to_pylist()[0]["tracks"]
            for day in (DAY, BEFORE)
        ]
    assert tracks == [["ai_engineering"], ["ai_engineering", "ai_infrastructure"]]


def test_a_knowledge_base_of_a_day_finds_every_other_day(folder):
    with KnowledgeBase.load(folder, cache=False) as kb:
        before = kb.on(BEFORE)
        assert before is kb.on(BEFORE)
        assert before.on(DAY) is kb
        assert before.consult(CASE, DAY).ways[0].closeness == "far"
        assert kb.on(DAY) is kb


def test_from_the_cache_it_is_the_same(folder):
    values = []
    for _ in range(2):
        with KnowledgeBase.load(folder) as kb:
            values.append(kb.on(BEFORE).facts.figures["overlap_threshold"].value)
    assert values == [30, 30]


def test_before_any_value_there_is_no_advice(tmp_path):
    with KnowledgeBase.load() as kb, pytest.raises(InvalidInput) as raised:
        kb.consult(CASE, "2026-10-31")
    (problem,) = raised.value.problems
    assert problem.line() == (
        "--as-of:1:1: error: there is no advice for 2026-10-31: 3 figures had no value yet "
        "(architect_usual_years, near_threshold, overlap_threshold); "
        "the first day on which all have one is 2026-11-01 (no-figure-yet)"
    )
    (tmp_path / "me.yaml").write_text("background: other\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["advise", str(tmp_path / "me.yaml"), "--as-of", "1999-12-31"])
    assert result.exit_code == 2
    assert "figures had no value yet (agentic_ai_growth, agentic_ai_staff_total, ai_" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "args",
    [["advise"], ["explain"], ["whatif", "--set", "years_experience=7"], ["change"]],
    ids=lambda args: args[0],
)
def test_every_command_refuses_such_a_day(tmp_path, args):
    (tmp_path / "me.yaml").write_text("background: other\n", encoding="utf-8")
    command = [args[0], str(tmp_path / "me.yaml"), *args[1:], "--as-of", "2020-01-01"]
    result = CliRunner().invoke(cli, command)
    assert (result.exit_code, result.stderr.count("(no-figure-yet)")) == (2, 1)


def test_past_its_review_a_figure_says_so_where_it_is_quoted(folder):
    answers = {"background": "backend_fullstack", "years_experience": 6}
    with KnowledgeBase.load(folder, cache=False) as kb:
        text = to_markdown(kb.consult(answers, "2027-06-01"))
        fresh = to_markdown(kb.consult(answers, DAY))
    assert "past the date by which a coach should have looked at them" in " ".join(text.split())
    assert "[^dexity-2026-04-past-review]" in text
    note = next(line for line in text.splitlines() if line.startswith("[^dexity-2026-04-past-review]:"))
    assert note.endswith(", 28 April 2026; past its review date.")
    assert "past-review" not in fresh


def test_two_sources_for_one_thing_stand_side_by_side(folder):
    path = folder / "facts/figures/salary.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    (row,) = (row for row in rows["figures"] if row["id"] == "ai_engineering_senior_base")
    second = {
        "id": "second_senior_base",
        "value": [200_000, 300_000],
        "sources": ["kore1_2026"],
        "as_of": "2026",
    }
    rows["figures"].append({**row, **second})
    path.write_text(without_anchors(rows), encoding="utf-8")
    with KnowledgeBase.load(folder, cache=False) as kb:
        text = to_markdown(kb.consult({"background": "backend_fullstack", "years_experience": 6}, DAY))
    assert "$180,000–$280,000[^dexity-2026-04]" in text
    assert "$200,000–$300,000[^kore1-2026]" in text
    assert "$190,000" not in text
    assert "$290,000" not in text


DATES = st.dates().map(str) | st.sampled_from(["2026", "2025-Q3", "2026-04", "2024-Q1", "2025-11"])


@given(st.lists(DATES, min_size=1, max_size=5, unique_by=first_day), st.dates().map(str))
def test_the_value_of_a_day_is_the_newest_that_counts(dates, day):
    dates.sort(key=first_day, reverse=True)
    values = [
        {"value": number, "as_of": date, "review_by": day, "sources": ["s"]}
        for number, date in enumerate(dates)
    ]
    found = on({"id": "x", **values[0], "earlier": values[1:]}, day)
    counting = [one for one in values if first_day(one["as_of"]) <= day]
    expected = counting[0] if counting else values[-1]
    assert (found["value"], found["as_of"]) == (expected["value"], expected["as_of"])
    assert found["earlier"] == values[expected["value"] + 1 :]


def test_the_first_days_of_dates_are_days():
    assert [first_day(date) for date in ("2026", "2026-Q1", "2026-Q4", "2026-12", "2026-02-03")] == [
        *("2026-01-01", "2026-01-01", "2026-10-01", "2026-12-01", "2026-02-03"),
    ]
