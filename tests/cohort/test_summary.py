"""The summary of a cohort, from totals put together by hand: every number, its share, its order and its bar."""

from __future__ import annotations

import pytest

from trackfit.engine.cohort.people import MOST, PersonRow
from trackfit.engine.cohort.summary import to_html, to_markdown
from trackfit.engine.cohort.totals import Totals
from trackfit.tests.support.shipped import DAY, three_valued

TOTALS = Totals(
    accepted=8,
    rejected=12,
    problems={"out-of-range": 2, "wrong-type": 9, "bad-row": 2},
    tracks={"mlops": 2, "ai_engineering": 5, "none": 1},
    bases={"skill_overlap": 2, "sourced_route": 5, "none": 1},
    warnings={"salary_routing": 6, "stale_figures": 0},
    gaps={"mlflow": 4, "rag": 8},
    gap_sizes={10: 1, 9: 7},
    goals={"within": 3, "no goal, or nothing to compare it with": 5},
)
TRICK = "<b onclick='x()'>&"


@pytest.fixture(scope="module")
def kb():
    return three_valued()


def tables(text):
    """The rows of each table of the summary by its heading, as cells."""
    found = {}
    for part in text.split("\n## ")[1:]:
        heading, _, rest = part.partition("\n")
        lines = [line for line in rest.splitlines() if line.startswith("|")][2:]
        found[heading] = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    return found


def test_the_most_come_first_and_shares_are_of_those_who_were_advised(kb):
    found = tables(to_markdown(TOTALS, kb, DAY))
    names = kb.facts.tracks["ai_engineering"].name, kb.facts.tracks["mlops"].name
    assert found["First track"] == [
        (names[0], "5", "62.5%", "█" * 15),
        (names[1], "2", "25.0%", "█" * 6),
        ("no track recommended", "1", "12.5%", "█" * 3),
    ]
    assert [row[:3] for row in found["On what grounds"]] == [
        ("a sourced route", "5", "62.5%"),
        ("skill overlap", "2", "25.0%"),
        ("no track recommended", "1", "12.5%"),
    ]
    assert [row[1:3] for row in found["Warnings"]] == [("6", "75.0%"), ("0", "0.0%")]
    assert [row[:3] for row in found["Commonest gaps on the way to the first track"]] == [
        (kb.facts.skills["rag"].name, "8", "100.0%"),
        (kb.facts.skills["mlflow"].name, "4", "50.0%"),
    ]


def test_gaps_are_in_order_of_their_size(kb):
    found = tables(to_markdown(TOTALS, kb, DAY))
    assert [row[:3] for row in found["Size of the gap"]] == [("9", "7", "87.5%"), ("10", "1", "12.5%")]


def test_what_was_refused_is_a_share_of_all_rows(kb):
    found = tables(to_markdown(TOTALS, kb, DAY))
    assert [row[:3] for row in found["Refused rows"]] == [
        ("wrong-type", "9", "45.0%"),
        ("bad-row", "2", "10.0%"),
        ("out-of-range", "2", "10.0%"),
    ]


def test_it_says_how_many_rows_came_to_what(kb):
    opening = f"Of 20 rows 8 were advised and 12 were refused (see rejected.csv). As of {DAY}."
    assert to_markdown(TOTALS, kb, DAY).startswith(f"# Advice for 8 people\n\n{opening}\n")
    assert f"<p>{opening}</p>" in to_html(TOTALS, kb, DAY)
    whole = to_markdown(Totals(accepted=3), kb, DAY)
    assert f"Of 3 rows 3 were advised and none was refused. As of {DAY}." in whole


def test_fifteen_gaps_are_shown(kb):
    skills = sorted(kb.facts.skills)[:20]
    totals = Totals(accepted=100, gaps={id_: 100 - place for place, id_ in enumerate(skills)})
    rows = tables(to_markdown(totals, kb, DAY))["Commonest gaps on the way to the first track"]
    assert [row[0] for row in rows] == [kb.facts.skills[id_].name for id_ in skills[:15]]


def test_a_share_too_small_to_show_is_not_shown_as_none(kb):
    totals = Totals(accepted=10_000, warnings={"salary_routing": 10, "stale_figures": 9})
    rows = tables(to_markdown(totals, kb, DAY))["Warnings"]
    assert [row[2] for row in rows] == ["0.1%", "under 0.1%"]


def test_the_page_says_the_same_and_escapes_every_name(kb):
    totals = Totals(accepted=4, rejected=1, warnings={TRICK: 3}, problems={TRICK: 1})
    page = to_html(totals, kb, DAY)
    escaped = "&lt;b onclick=&#x27;x()&#x27;&gt;&amp;"
    assert TRICK not in page
    assert page.count(escaped) == 2
    assert f"<tr><td>{escaped}<svg" in page
    assert (
        '<rect class="part" width="75.0" height="1"/></svg></td><td class=\'n\'>3</td><td class=\'n\'>75.0%'
        in page
    )
    assert (
        '<rect class="part" width="20.0" height="1"/></svg></td><td class=\'n\'>1</td><td class=\'n\'>20.0%'
        in page
    )
    assert "nobody" not in page
    assert "<h2>First track</h2>" not in page


def test_people_by_name_with_links_and_who_lacks_the_same(kb):
    def person(row, who, missing, report):
        return PersonRow(row, who, "other", "mlops", 5, 11, "within_reach", missing, report)

    totals = Totals(
        accepted=3,
        tracks={"mlops": 3},
        nearness={"within_reach": 3},
        backgrounds={"other": {"mlops": 2, "none": 1}},
        people=[
            person(1, "Ada", ("rag", "docker"), "000000/1-Ada"),
            person(2, "Ada", ("rag",), "000000/2-Ada"),
            person(3, "", ("rag",), "000000/3"),
        ],
    )
    found = tables(to_markdown(totals, kb, DAY, reports=True))
    links = "[Markdown](<reports/000000/1-Ada.md>), [page](<reports/000000/1-Ada.html>)"
    assert found["The people"][0] == (
        "Ada (row 1)", kb.facts.backgrounds["other"].name, "MLOps", "5 of 11 skills, within reach", links,
    )  # fmt: skip
    assert [row[0] for row in found["The people"]] == ["Ada (row 1)", "Ada (row 2)", "row 3"]
    assert found["First tracks by background"] == [(kb.facts.backgrounds["other"].name, "2", "1")]
    assert found["Who could learn together"] == [
        (kb.facts.skills["rag"].name, "3", "Ada (row 1), Ada (row 2) and row 3")
    ]
    assert [row[:2] for row in found["How near they are to it"]] == [("Within reach", "3")]
    assert "reports/" not in to_markdown(totals, kb, DAY)
    assert '<a href="reports/000000/1-Ada.html">page</a>' in to_html(totals, kb, DAY, reports=True)


def test_of_many_people_nobody_is_listed(kb):
    few = Totals(accepted=MOST, people=[PersonRow(1, "", "other", "", 0, 0, None, (), "")] * MOST)
    few.add(Totals(accepted=1, people=few.people[:1]))
    assert (few.accepted, few.people) == (MOST + 1, [])
    assert "The people" not in to_markdown(few, kb, DAY)


def test_what_nobody_has_is_no_table(kb):
    text = to_markdown(Totals(accepted=1), kb, DAY)
    assert "nobody" not in text
    assert "\n## " not in text
