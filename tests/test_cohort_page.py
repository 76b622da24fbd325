"""The summary of a cohort as a page, in a real browser: accessible, quiet, and as wide as a phone."""

import pytest

from trackfit import KnowledgeBase
from trackfit.engine.cohort_summary import to_html
from trackfit.engine.cohort_totals import Totals
from trackfit.tests.outside import offline
from trackfit.tests.test_cohort import DAY, people, run, write_csv
from trackfit.tests.test_page import BEYOND, SCREENSHOTS, axe_faults, listening

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_summary_is_accessible_and_quiet_and_fits_a_phone(browser, scheme, tmp_path):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    kb = KnowledgeBase.load(engine="three-valued")
    totals = run(kb, write_csv(tmp_path / "people.csv", people(kb, 300, seed=61)), tmp_path / "out")
    for name, shown in (("summary", totals), ("summary-of-nobody", Totals())):
        path = tmp_path / f"{name}.html"
        path.write_text(to_html(shown, kb, DAY), encoding="utf-8")
        for width in (320, 390, 1280):
            with offline(browser, viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
                page = context.new_page()
                heard = listening(page)
                page.goto(path.as_uri())
                assert heard == [path.as_uri()]
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                assert page.evaluate(BEYOND) == []
                page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
                assert axe_faults(page) == []
