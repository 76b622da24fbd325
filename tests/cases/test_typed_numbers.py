"""Numbers as people type them: words, units, spaces of any kind, full-width digits; and what is asked back."""

import pytest

from trackfit.engine.cases.values import Wrong
from trackfit.tests.support.shipped import three_valued

READER = three_valued().reader
YEARS = {
    "6 years": 6,
    "6 years of experience": 6,
    "5+": 5,
    "7 yrs": 7,
    "about 7 years": 7,
    "six": 6,
    "sixty": 60,
    "5.0": 5,
    "５": 5,
    "12 ans": 12,
    "6 Jahre": 6,
}
MONEY = {
    "180 000": 180_000,
    "180\u00a0000": 180_000,
    "180\u202f000": 180_000,
    "180\u2009000": 180_000,
    "１８０ ０００": 180_000,
    "180’000": 180_000,
    "1.8e5": 180_000,
    "about 150k": 150_000,
    "~150k": 150_000,
    "180k+": 180_000,
    "US$ 180k a year": 180_000,
}
ASKED_BACK = {
    ("years_experience", "3-5"): "must be one whole number, not a range such as '3-5'",
    ("years_experience", "5 or 6"): "must be one whole number, not a range such as '5 or 6'",
    ("years_experience", "18 months"): "must be whole years, rounded down, not months as in '18 months'",
    ("years_experience", "some"): "must be a whole number, such as 7, not 'some'",
    ("years_experience", "5.5 years"): "must be a whole number, such as 7, not '5.5 years'",
    ("salary_goal", "about 150-200k"): (
        "must be one sum, such as 180k, not a range such as 'about 150-200k'; write the one you aim at"
    ),
}


@pytest.mark.parametrize("typed", YEARS)
def test_whole_numbers_as_typed(typed):
    assert READER.value(READER.attributes["years_experience"], typed) == YEARS[typed]


@pytest.mark.parametrize("typed", MONEY)
def test_amounts_as_typed(typed):
    assert READER.value(READER.attributes["salary_goal"], typed) == MONEY[typed]


@pytest.mark.parametrize(("attribute", "typed"), ASKED_BACK)
def test_what_is_no_one_number_is_asked_back(attribute, typed):
    with pytest.raises(Wrong) as raised:
        READER.value(READER.attributes[attribute], typed)
    assert raised.value.says == ASKED_BACK[attribute, typed]


@pytest.mark.parametrize("typed", ["C$120k", "20 LPA", "a lot"])
def test_money_that_is_not_declared_is_told_what_is(typed):
    with pytest.raises(Wrong) as raised:
        READER.value(READER.attributes["salary_goal"], typed)
    assert raised.value.says == (
        "must be a sum a year, such as 180000 or 180k, in euros, Indian rupees, pounds sterling, Swiss francs or "
        f"US dollars, not {typed!r}"
    )
