"""The summary of a cohort as a page, in a real browser: accessible, quiet, and as wide as a phone."""

import pytest

from trackfit.engine.cohort.summary import to_html
from trackfit.engine.cohort.totals import Totals
from trackfit.tests.support.cohorts import people, run_cohort, write_csv
from trackfit.tests.support.pages import assert_good_at_every_size
from trackfit.tests.support.shipped import DAY, three_valued


@pytest.mark.slow
def test_the_summary_is_accessible_and_quiet_and_fits_a_phone(browser, tmp_path):
    kb = three_valued()
    totals = run_cohort(kb, write_csv(tmp_path / "people.csv", people(kb, 300, seed=61)), tmp_path / "out")
    paths = []
    for name, shown in (("summary", totals), ("summary-of-nobody", Totals())):
        paths.append(tmp_path / f"{name}.html")
        paths[-1].write_text(to_html(shown, kb, DAY), encoding="utf-8")
    assert_good_at_every_size(browser, paths)
