"""The worker's own interface in a real browser: three hundred made-up people get what the engine here gives them."""

import pytest

from trackfit import to_html, to_json, to_markdown
from trackfit.commands.outputs import as_json
from trackfit.engine.cases.case import MAX_SKILLS
from trackfit.tests.support.answer_space import sampled
from trackfit.tests.support.places import EXAMPLES
from trackfit.tests.support.shipped import DAY, case_in, three_valued
from trackfit.tests.support.site_pages import WORKER, build_site, served, visiting

pytestmark = pytest.mark.slow
PEOPLE = 300


@pytest.fixture(scope="module")
def ask(browser, tmp_path_factory):
    """A function that asks the worker; its page's policy is lifted, so that the test can."""
    folder = build_site(tmp_path_factory.mktemp("site"), three_valued())
    with served(folder) as address, visiting(browser, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(address)
        page.evaluate(WORKER)
        yield lambda **request: page.evaluate("request => window.worker({request})", request)


def written(ask, answers, forms):
    begun = ask(type="begin", as_of=DAY, kept={"answers": answers})
    assert begun["type"] == "screen", begun
    return [ask(type="write", form=form)["text"] for form in forms]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_form_of_every_example_is_the_same(ask, example):
    kb = three_valued()
    case = case_in(kb, example)
    advice = kb.consult(case, DAY)
    kept = {key: value for key, value in case.plain().items() if key not in case.defaulted}
    wanted = [to_markdown(advice), to_html(advice), as_json(to_json(advice)) + "\n"]
    assert written(ask, kept, ["md", "html", "json"]) == wanted


def test_made_up_people_get_the_same(ask):
    kb = three_valued()
    people = [one for one in sampled(kb, 2 * PEOPLE) if len(one.get("skills", ())) <= MAX_SKILLS][:PEOPLE]
    assert len(people) == PEOPLE
    for answers in people:
        case = kb.reader.case(answers)
        advice = kb.consult(case, DAY)
        kept = {key: value for key, value in case.plain().items() if key not in case.defaulted}
        wanted = [to_markdown(advice), as_json(to_json(advice)) + "\n"]
        assert written(ask, kept, ["md", "json"]) == wanted, kept
