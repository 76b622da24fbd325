"""Every number of the source article: it is a figure with the same value, or it is known why it is none.

`article_numbers.csv` lists them with the line they stand on. Where TRACKFIT_ARTICLE names the article's file, the
list itself is checked against it.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from trackfit.tests.support.places import TESTS
from trackfit.tests.support.shipped import three_valued

with (TESTS / "article_numbers.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
KB = three_valued()
FIGURES = KB.facts.figures
ARTICLE = "dexity_2026_04"
OF_THE_ARTICLE = {
    id_
    for id_, figure in FIGURES.items()
    if {ARTICLE} & {one for source in figure.sources for one in (source, KB.facts.sources[source].quoted_in)}
}
"""The figures that it gives or quotes."""
ROUNDED = {
    ("9", "$187K"): 187_606,  # the article rounds it here, and gives it in full twice
    ("17", "$34K"): 33_986,  # the difference of the two averages
    ("175", "$34K"): 33_986,
}
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(K)?")


def value_of(text):
    """The number or range in a text of the article, such as $220K–$350K+."""
    numbers = []
    for digits, thousands in NUMBER.findall(text):
        number = float(digits.replace(",", ""))
        numbers.append(number * 1000 if thousands else number)
    return numbers[0] if len(numbers) == 1 else tuple(numbers)


def name(row):
    return f"{row['line']}: {row['text']}"


WITH_FIGURE = [pytest.param(row, id=name(row)) for row in ROWS if row["figure"]]


@pytest.mark.parametrize("row", WITH_FIGURE)
def test_a_number_of_the_article_is_a_figure(row):
    figure = FIGURES[row["figure"]]
    assert figure.value == ROUNDED.get((row["line"], row["text"]), value_of(row["text"]))
    assert figure.open_ended or "+" not in row["text"]
    assert figure.approximate or "~" not in row["text"]


def test_what_is_said_of_a_figure_is_said_in_the_article():
    """A figure is open-ended or approximate only where the article says so, in one place at least."""
    for sign, wanted in (("+", "open_ended"), ("~", "approximate")):
        marked = {row["figure"] for row in ROWS if sign in row["text"]}
        ours = {id_ for id_, figure in FIGURES.items() if getattr(figure, wanted)}
        assert ours & OF_THE_ARTICLE == marked - {""}


def test_roundings_are_those_of_the_article():
    for (line, text), exact in ROUNDED.items():
        assert {"line": line, "text": text} in [{"line": row["line"], "text": row["text"]} for row in ROWS]
        rounded = value_of(text)
        assert isinstance(rounded, float)
        assert abs(rounded - exact) < 1000


def test_each_number_is_a_figure_or_it_is_known_why_not():
    assert [name(row) for row in ROWS if bool(row["figure"]) == bool(row["why_none"])] == []


def test_every_figure_is_a_number_of_the_article_or_says_whose_it_is():
    """No figure comes from nowhere: what is not in the article rests on another source, or these rules set it."""
    listed = {row["figure"] for row in ROWS}
    assert {id_ for id_ in FIGURES if id_ in listed} == OF_THE_ARTICLE
    assert all(FIGURES[id_].sources for id_ in FIGURES)


def test_the_article_is_the_first_voice_of_its_five_routes():
    """What it gives for a background is what the route rests on; what others give has the same background and track."""
    five = {"backend_fullstack", "data_engineer", "data_scientist", "devops_platform_sre", "architect"}
    first: dict[str, list[str]] = {}
    for route in KB.facts.routes.values():
        if route.standing == "recommended":
            first.setdefault(route.background, []).append(route.timeline)
    for background in five:
        assert set(first[background]) & OF_THE_ARTICLE


def test_numbers_kept_in_another_figure_are_there():
    """A band's years and a count's year have no figure of their own: they are columns of one."""
    for row in ROWS:
        kept = re.search(r"\(kept as (years|as_of) of (.+)\)", row["why_none"])
        if kept is None:
            continue
        for id_ in re.split(r", | and ", kept[2]):
            figure = FIGURES[id_]
            if kept[1] == "as_of":
                assert figure.as_of.startswith(row["text"])
            else:
                low, *high = re.findall(r"\d+", row["text"])
                assert figure.years == (int(low), int(high[0]) if high else None)


def test_the_list_has_every_number_of_the_article():
    """Each run of digits in the article's file stands in exactly one row of its line."""
    path = os.environ.get("TRACKFIT_ARTICLE")
    if not path:
        pytest.skip("TRACKFIT_ARTICLE does not name the article's file")
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    missing = []
    for number, line in enumerate(lines, 1):
        rest = line
        for row in (row for row in ROWS if row["line"] == str(number)):
            found, text, after = rest.partition(row["text"])
            if not text:
                missing.append(f"{name(row)} is not in the article")
            rest = f"{found} {after}"
        missing += [f"{number}: {digits} is in no row" for digits in re.findall(r"\d[\d,.]*", rest)]
    assert missing == []
