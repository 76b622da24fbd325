"""The summary of a cohort as a page, in a real browser: accessible, quiet, and as wide as a phone."""

import pytest

from trackfit import KnowledgeBase
from trackfit.engine.cohort.summary import to_html
from trackfit.engine.cohort.totals import Totals
from trackfit.tests.cohort.test_run import DAY, people, run, write_csv
from trackfit.tests.report.test_page import assert_good_at_every_size


@pytest.mark.slow
def test_the_summary_is_accessible_and_quiet_and_fits_a_phone(browser, tmp_path):
    kb = KnowledgeBase.load(engine="three-valued")
    totals = run(kb, write_csv(tmp_path / "people.csv", people(kb, 300, seed=61)), tmp_path / "out")
    paths = []
    for name, shown in (("summary", totals), ("summary-of-nobody", Totals())):
        paths.append(tmp_path / f"{name}.html")
        paths[-1].write_text(to_html(shown, kb, DAY), encoding="utf-8")
    assert_good_at_every_size(browser, paths)
