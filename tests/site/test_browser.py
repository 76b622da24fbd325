"""The pages in a real browser: answered by clicking, they give the bytes of `advise`, and ask no other host for anything."""

import pytest

from trackfit.tests.support.pages import listening
from trackfit.tests.support.places import EXAMPLES
from trackfit.tests.support.shipped import case_in, three_valued
from trackfit.tests.support.site_pages import BELOW, Reader, advised, build_site, opened, served, visiting

CLOCK = "Blocked script execution in 'about:srcdoc'"
"""What the browser says when the test sets the clock in the report's frame, where nothing may run."""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with served(build_site(tmp_path_factory.mktemp("site"), three_valued())) as found:
        yield found


@pytest.fixture
def context(browser):
    with visiting(browser, accept_downloads=True) as found:
        yield found


def downloaded(page, words):
    with page.expect_download() as found:
        page.get_by_role("button", name=words).click()
    return found.value.path().read_bytes()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_clicking_gives_the_bytes_of_advise(context, address, example, tmp_path):
    kb = three_valued()
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page = opened(context, address)
    heard = listening(page)
    case = case_in(kb, example)
    given = {key: value for key, value in case.answers.items() if key not in case.defaulted}
    Reader(page, kb, given).answer_all()
    answers = tmp_path / "answers.yaml"
    answers.write_bytes(downloaded(page, "Save my answers as a file"))
    read = case_in(kb, answers)
    assert read.answers.items() <= case.answers.items()  # what can change nothing is not asked
    assert {"background", "skills"} <= read.answers.keys()
    page_text = page.locator("#outcome iframe").get_attribute("srcdoc")
    assert (page_text or "").encode() == advised(answers, "html")
    assert downloaded(page, "Download the page") == advised(answers, "html")
    assert downloaded(page, "Download as Markdown") == advised(answers, "md")
    origin = address.removesuffix(f"{BELOW}/")
    assert {one for one in heard if not one.startswith((address, f"blob:{origin}", CLOCK))} == set()
    assert {one for one in asked if not one.startswith((address, f"blob:{origin}"))} == set()
    assert page.url == address
    page.get_by_role("button", name="Forget my answers").click()
    page.get_by_text("Question 1 of").wait_for()
    page.locator("#load").set_input_files(example)
    page.get_by_text("Your answers are read from").wait_for()
    Reader(page, kb, {}).answer_all()
    assert downloaded(page, "Download as Markdown") == advised(example, "md")
    page.get_by_role("button", name="Forget my answers").click()
    page.get_by_text("Question 1 of").wait_for()
    page.close()
