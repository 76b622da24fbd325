"""Pages in a real browser: accessible, quiet, and as wide as a phone; pictures of them are kept."""

from __future__ import annotations

import itertools
from typing import Literal

from trackfit.tests.support.outside import npm_file, offline, save_picture
from trackfit.tests.support.places import ROOT

SCREENSHOTS = ROOT / "build/screenshots"
AXE = "axe-core/axe.min.js"
AXE_RUN = """axe.run(document, {resultTypes: ["violations"]})
    .then(found => found.violations.map(one => [one.id, one.nodes[0].html]))"""
BEYOND = """() => [...document.querySelectorAll("text, td, th, p, li, a")]
    .filter(one => one.closest("thead") === null && one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => one.textContent)"""
"""What sticks out on the right, but for headings of columns, which narrow screens hide."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = tuple(itertools.product((320, 390, 1280), SCHEMES))


def axe_faults(page):
    return [tuple(one) for one in page.evaluate(AXE_RUN)]


def listening(page):
    """What the page says and asks for."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    return heard


def assert_good_at_every_size(browser, paths):
    """Pages on narrow and on wide screens, light and dark, with what is folded open; pictures of them are kept."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with offline(browser) as context:
        context.add_init_script(path=npm_file(AXE))
        page = context.new_page()
        heard = listening(page)
        for path in paths:
            heard.clear()
            page.goto(path.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            for width, scheme in SIZES:
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme=scheme)
                where = f"{path.stem}-{width}-{scheme}"
                assert page.evaluate("document.documentElement.scrollWidth") <= width, where
                assert page.evaluate(BEYOND) == [], where
                assert axe_faults(page) == [], where
                if width != 320:
                    save_picture(page, SCREENSHOTS / f"{where}.png")
            assert heard == [path.as_uri()]
