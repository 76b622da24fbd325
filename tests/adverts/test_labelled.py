"""How much of what advertisements ask for is found, on sixty that were read by hand."""

from __future__ import annotations

import pytest
import yaml

from trackfit.engine.adverts.advert import AdvertText
from trackfit.engine.adverts.reading import AdvertReader
from trackfit.engine.papers.paper import lines_of
from trackfit.tests.support.places import ROOT

LABELLED = [
    row
    for path in sorted((ROOT / "tests/adverts/labelled").glob("*.yaml"))
    for row in yaml.safe_load(path.read_text(encoding="utf-8"))
]
RECALL, PRECISION = 0.95, 0.95


@pytest.fixture(scope="module")
def read(kb):
    reader = AdvertReader(kb)
    return [reader.read(AdvertText("advert", lines_of(row["text"]))) for row in LABELLED]


def _wanted(row):
    return {**dict.fromkeys(row.get("skills", ()), False), **dict.fromkeys(row.get("wished", ()), True)}


def _found(advert):
    return {one.skill: one.wished for one in advert.skills}


def test_there_are_sixty_and_each_names_only_skills_that_there_are(kb):
    unknown = {id_ for row in LABELLED for id_ in _wanted(row) if id_ not in kb.facts.skills}
    assert (len(LABELLED) >= 60, unknown) == (True, set())


def test_most_skills_are_found_and_little_else(read):
    pairs = [(set(_wanted(row)), set(_found(advert))) for row, advert in zip(LABELLED, read, strict=True)]
    right = sum(len(wanted & found) for wanted, found in pairs)
    assert right / sum(len(wanted) for wanted, _ in pairs) >= RECALL
    assert right / sum(len(found) for _, found in pairs) >= PRECISION


def test_what_is_wished_for_is_told_from_what_is_required(read):
    both = [
        (wished, found[skill])
        for row, advert in zip(LABELLED, read, strict=True)
        for found in [_found(advert)]
        for skill, wished in _wanted(row).items()
        if skill in found
    ]
    assert sum(wanted == found for wanted, found in both) / len(both) >= PRECISION


def _years(advert):
    return None if advert.years is None else [advert.years.low, advert.years.high]


def _pay(advert):
    return (
        None if advert.pay is None else [advert.pay.low, advert.pay.high, advert.pay.currency, advert.pay.per]
    )


@pytest.mark.parametrize(
    ("key", "told"), [("years", _years), ("pay", _pay), ("seniority", lambda advert: advert.seniority)]
)
def test_years_pay_and_seniority_are_those_of_the_text(read, key, told):
    wrong = [
        (row["text"].splitlines()[0], told(advert), row.get(key))
        for row, advert in zip(LABELLED, read, strict=True)
        if told(advert) != row.get(key)
    ]
    assert wrong == []
