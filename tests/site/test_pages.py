"""The pages for everyone: by keyboard, on a phone, in the dark, without script, without a network, and for hostile texts."""

import shutil
from typing import Any

import pytest

from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.tests.support.outside import npm_file
from trackfit.tests.support.pages import AXE, SCHEMES, SCREENSHOTS, axe_faults
from trackfit.tests.support.shipped import three_valued
from trackfit.tests.support.site_pages import Reader, build_site, opened, served, visiting

pytestmark = pytest.mark.slow
HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with served(build_site(tmp_path_factory.mktemp("site"), three_valued())) as found:
        yield found


def loaded(page):
    page.locator("#save:enabled").wait_for()
    return page


def looked_at(page, name):
    """A screen in every size and scheme."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width in (390, 1280):
        for scheme in SCHEMES:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            where = f"site-{name}-{width}-{scheme}"
            page.screenshot(path=SCREENSHOTS / f"{where}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, where
            assert axe_faults(page) == [], where


def test_every_screen_is_good_in_every_size(browser, address):
    with visiting(browser, bypass_csp=True) as context:
        context.add_init_script(path=npm_file(AXE))
        page = loaded(opened(context, address))
        reader = Reader(page, three_valued(), {})
        looked_at(page, "first")
        reader.pick("Data engineer")
        reader.press("Continue")
        page.get_by_text("How many years").wait_for()
        page.locator("#typed").fill("many")
        reader.press("Continue")
        page.locator("#said .wrong").wait_for()
        looked_at(page, "wrong")
        page.locator("#typed").fill("6")
        reader.press("Continue")
        page.get_by_text("Which tools and skills").wait_for()
        page.locator("#typed").fill("air")
        page.locator(".found").get_by_label("Airflow").check()
        page.locator("#typed").fill("sql, tf, kubernets, terrafrom")
        looked_at(page, "skills")
        reader.press("Continue")
        page.get_by_text("Which do you mean by").wait_for()
        looked_at(page, "unclear")
        reader.pick("Terraform")
        reader.press("Continue")
        page.get_by_text("Shall “terrafrom” count").wait_for()
        reader.pick("Count Terraform")
        reader.press("Continue")
        page.get_by_text("Which of these do you use as well?").wait_for()
        looked_at(page, "usual")
        reader.press("Continue")
        page.get_by_text("Which kind of AI job").wait_for()
        reader.press("All answers")
        page.get_by_text("Your answers so far").wait_for()
        looked_at(page, "review")
        reader.pick("None: go on")
        reader.press("Continue")
        page.get_by_text("Which kind of AI job").wait_for()
        reader.answer_all()
        page.frame_locator("#outcome iframe").locator("h1").wait_for()
        looked_at(page, "report")
        page.get_by_text("What if you knew more").click()
        page.locator("#what-if").get_by_label("Docker").check()
        page.locator("#what-if .reasons li").first.wait_for()
        looked_at(page, "what-if")


def test_a_keyboard_is_enough(browser, address):
    with visiting(browser) as context:
        page = loaded(opened(context, address))
        keys = page.keyboard

        def tab_to(place):
            for _ in range(80):
                if place.and_(page.locator(":focus")).count():
                    return
                keys.press("Tab")
            raise AssertionError(f"Tab does not come to {place}")

        tab_to(page.get_by_label("Backend or full-stack engineer"))
        keys.press("ArrowDown")
        keys.press("Enter")
        page.get_by_text("How many years").wait_for()
        assert page.locator("#title:focus").count() == 1
        tab_to(page.locator("#typed"))
        keys.type("6")
        keys.press("Enter")
        page.get_by_text("Which tools and skills").wait_for()
        tab_to(page.locator("#typed"))
        keys.type("airf")
        found = page.locator(".found input").first
        found.wait_for()
        tab_to(found)
        keys.press("Space")
        tab_to(page.get_by_role("button", name="Why do you ask?"))
        keys.press("Enter")
        page.locator("#said p").first.wait_for()
        assert page.get_by_role("button", name="Take out Airflow").count() == 1
        tab_to(page.get_by_role("button", name="Continue"))
        keys.press("Space")
        page.locator("#title").filter(has_not_text="Which tools").wait_for()
        while page.locator("#outcome").count() == 0:
            title = page.locator("#title").inner_text()
            skip = page.get_by_role("button", name="Skip")
            tab_to(skip if skip.count() else page.get_by_role("button", name="Continue"))
            keys.press("Enter")
            page.locator("#title").filter(has_not_text=title).wait_for()
        tab_to(page.locator("#what-if summary"))
        keys.press("Enter")
        tab_to(page.locator("#years"))
        keys.press("ArrowUp")
        page.locator("#what-if [data-settings='years_experience=7']").wait_for()
        tab_to(page.get_by_role("button", name="Change my answers"))
        keys.press("Enter")
        page.get_by_text("Your answers so far").wait_for()


def test_the_first_question_is_answered_while_the_rest_loads(browser, address):
    with visiting(browser) as context:
        held: list[Any] = []

        def hold(route):
            held.append(route)

        context.route("**/pyodide.asm.wasm", hold)
        page = opened(context, address)
        reader = Reader(page, three_valued(), {})
        reader.pick("Architect or technical lead")
        reader.press("Continue")
        page.get_by_text("Noted.").wait_for()
        assert page.locator("progress").is_visible()
        held[0].continue_()
        page.get_by_text("How many years").wait_for()
        assert "Architect or technical lead" in page.locator("#said").inner_text()


def test_answers_outlast_the_page_and_are_forgotten_on_request(browser, address):
    with visiting(browser) as context:
        page = loaded(opened(context, address))
        reader = Reader(page, three_valued(), {})
        reader.pick("Data scientist")
        reader.press("Continue")
        page.get_by_text("How many years").wait_for()
        loaded(opened(context, address)).get_by_text("Welcome back.").wait_for()
        loaded(page)
        page.reload()
        page.get_by_text("Welcome back.").wait_for()
        reader.press("Back")
        page.get_by_text("Which of these is closest").wait_for()
        assert page.locator("#question").get_by_label("Data scientist", exact=True).is_checked()
        reader.press("Forget my answers")
        page.locator("#said").get_by_text("Forgotten.").wait_for()
        page.reload()
        loaded(page).locator("#question").get_by_label("Data scientist", exact=True).wait_for()
        assert page.get_by_text("Welcome back.").count() == 0
        assert page.locator("input:checked").count() == 0


def test_a_return_visit_needs_no_network(browser, address):
    with visiting(browser) as context:
        page = loaded(opened(context, address))
        page.locator("html[data-kept]").wait_for(state="attached")
        context.set_offline(offline=True)
        page.reload()
        loaded(page)
        Reader(page, three_valued(), {"background": "other"}).answer_all()
        page.frame_locator("#outcome iframe").locator("h1").wait_for()


def test_without_script_the_page_says_what_to_do(browser, address):
    with visiting(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        told = page.locator("noscript")
        assert told.is_visible()
        assert "This page needs JavaScript" in told.inner_text()
        assert "pip install trackfit" in told.inner_text()


def test_without_webassembly_the_page_says_what_to_do(browser, address):
    with visiting(browser) as context:
        context.add_init_script("delete globalThis.WebAssembly")
        page = context.new_page()
        page.goto(address)
        page.get_by_role("alert").filter(has_text="This browser has no WebAssembly").wait_for()


def test_a_file_that_is_not_what_it_was_is_not_run(browser, address):
    with visiting(browser) as context:
        context.route("**/engine-*.zip", lambda route: route.fulfill(body=b"PK other"))
        page = context.new_page()
        page.goto(address)
        page.get_by_role("alert").filter(has_text="The engine could not be loaded").wait_for()


def test_texts_of_a_hostile_knowledge_base_and_reader_run_nothing(browser, tmp_path):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file, text in (
        ("facts/backgrounds.yaml", "name: Data engineer"),
        ("facts/tracks.yaml", "name: MLOps"),
        ("facts/attributes.yaml", "question: How many years have you worked in software or data?"),
    ):
        path = tmp_path / file
        before = path.read_text(encoding="utf-8")
        assert text in before
        path.write_text(before.replace(text, f"{text.partition(':')[0]}: '{HOSTILE}'", 1), encoding="utf-8")
    with (
        KnowledgeBase.load(tmp_path, engine="three-valued") as kb,
        served(build_site(tmp_path, kb)) as address,
        visiting(browser) as context,
    ):
        page = loaded(opened(context, address))
        opened_boxes: list[str] = []
        page.on("dialog", lambda dialog: opened_boxes.append(dialog.message))
        reader = Reader(page, kb, {"background": "data_engineer", "name": HOSTILE})
        reader.answer_all()
        page.frame_locator("#outcome iframe").locator("h1").wait_for()
        page.get_by_text("What if you knew more").click()
        assert page.locator("img, #screen script").count() == 0
        assert page.frame_locator("#outcome iframe").locator("img, script").count() == 0
        assert page.get_by_text(HOSTILE).first.is_visible()
        assert opened_boxes == []
