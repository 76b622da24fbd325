"""Forms of numbers and dates: one place, and Babel, which reads Unicode's tables, is their outside judge."""

import pytest
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from trackfit.engine.language import formats
from trackfit.engine.language.facts import Figure

ENGLISH = Locale("en", "US")


def figure(value, unit, **more):
    row = {"id": "x", "about": "x", "as_of": "2026", "review_by": "2027-04-30", "sources": ("s",)}
    return formats.figure(Figure(**{**row, "value": value, "unit": unit, **more}))


@pytest.mark.parametrize(
    ("shown", "value", "unit", "more"),
    [
        ("$180,000", 180_000, "usd_per_year", {}),
        ("$90,000–$135,000", (90_000, 135_000), "usd_per_year", {}),
        ("$350,000–$600,000 and up", (350_000, 600_000), "usd_per_year", {"open_ended": True}),
        ("3–6 months", (3, 6), "months", {}),
        ("1 month", 1, "months", {}),
        ("0–1 month", (0, 1), "months", {}),
        ("about 37.7%", 37.7, "percent_of_postings", {"approximate": True}),
        ("about 38% or more", 38, "percent_of_postings", {"approximate": True, "open_ended": True}),
        ("25–30%", (25, 30), "percent_of_stack", {}),
        ("+10,854%", 10_854, "percent_growth_yoy", {}),
        ("1–2", (1, 2), "month_of_plan", {}),
        ("#1", 1, "rank", {}),
        ("1 posting", 1, "postings", {}),
        ("12,609 postings", 12_609, "postings", {}),
        ("2,000–5,100 salaries", (2_000, 5_100), "salaries", {}),
        ("20 years or more", 20, "years", {"open_ended": True}),
    ],
)
def test_a_figure_has_one_form(shown, value, unit, more):
    assert figure(value, unit, **more) == shown


@given(st.integers(0, 10**12))
def test_whole_numbers_lose_nothing(value):
    assert int(formats.number(value).replace(",", "")) == value
    assert formats.money(value) == f"${formats.number(value)}"


@given(st.decimals(0, 1000, places=2).map(float))
def test_decimals_lose_nothing(value):
    assert float(formats.number(value).replace(",", "")) == value
    assert float(figure(value, "percent_of_postings").rstrip("%").replace(",", "")) == value


@given(st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | st.decimals(0, 1000, places=2).map(float))
def test_numbers_stand_as_babel_writes_them(value):
    value += 0  # -0.0 is 0 here, and with a sign there
    assert formats.number(value) == format_decimal(value, "#,##0.###", ENGLISH, decimal_quantization=False)
    told = format_currency(round(value), "USD", "¤#,##0", ENGLISH, currency_digits=False)
    assert formats.money(value) == told


@given(st.dates())
def test_dates_stand_as_babel_writes_them(day):
    assert formats.date(day.isoformat()) == format_date(day, "d MMMM y", ENGLISH)
    assert formats.date(day.isoformat()[:7]) == format_date(day, "MMMM y", ENGLISH)


@given(st.integers(0, 200) | st.floats(0, 200))
def test_what_is_counted_stands_in_the_form_that_babel_gives(value):
    form = formats.WORDS[f"months {ENGLISH.plural_form(value)}"]
    assert figure(value, "months") == form.format(formats.number(value))


def test_every_plural_of_the_language_has_its_word():
    forms = ENGLISH.plural_form.tags | {"other"}
    for noun in ("hours", "months", "postings", "salaries", "years"):
        assert {key.split()[1] for key in formats.WORDS if key.startswith(f"{noun} ")} == forms
