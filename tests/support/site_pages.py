"""A real site in a real browser: built once, served below an address of its own, answered by clicking."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from trackfit.commands import serving
from trackfit.commands.site import usual_runtime, write_site
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.site.build import site_files
from trackfit.engine.site.runtime import find_runtime
from trackfit.tests.support.shipped import DAY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

BELOW = "advice/here"
"""Where the site is served, below the top of its address."""
PATIENCE = 60_000
WITHOUT_EXTENSION = (
    "import sys; sys.modules['durable_rules_engine'] = None; from trackfit.cli import cli; cli()"
)
WORKER = """() => {
    const files = JSON.parse(document.querySelector("meta[name=files]").content);
    const worker = new Worker(new URL(files.worker, document.baseURI), {type: "module"});
    const waiting = new Map();
    worker.onmessage = ({data}) => {
        if (data.progress) return;
        const {resolve, reject} = waiting.get(data.number);
        data.fault === undefined ? resolve(data.reply) : reject(new Error(data.fault));
    };
    let number = 0;
    window.worker = (message) => {
        number += 1;
        worker.postMessage({number, ...message});
        return new Promise((resolve, reject) => waiting.set(number, {resolve, reject}));
    };
    return window.worker({files});
}"""


def build_site(folder: Path, kb: KnowledgeBase) -> Path:
    """The pages of a knowledge base, with the real runtime; skipped where `make site` has not fetched it."""
    if not usual_runtime().is_dir():
        pytest.skip("Python for browsers is not here; `make test-all` fetches it where there is npm")
    write_site(folder / BELOW, site_files(kb, find_runtime(usual_runtime())))
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a site while it is served."""
    with serving.served(folder, serving.headers_of(folder / BELOW)) as top:
        yield f"{top}{BELOW}/"


@contextmanager
def visiting(browser: Browser, **settings: Any) -> Iterator[BrowserContext]:
    """A fresh profile."""
    context = browser.new_context(**settings)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def opened(context: BrowserContext, address: str) -> Page:
    """The page on the day of the tests, from the first question on."""
    page = context.new_page()
    page.clock.set_fixed_time(f"{DAY}T12:00:00")
    page.goto(address)
    return page


def advised(case: Path, form: str) -> bytes:
    """What `trackfit advise` writes where only the built-in engine is installed."""
    command = [sys.executable, "-c", WITHOUT_EXTENSION, "advise", str(case), "--format", form, "--as-of", DAY]
    return subprocess.run(command, capture_output=True, check=True).stdout


class Reader:
    """Somebody who answers by clicking, from a case's answers."""

    def __init__(self, page: Page, kb: KnowledgeBase, answers: dict[str, Any]) -> None:
        self.page = page
        self.kb = kb
        self.answers = answers
        self.asked = {
            one.question.question: one for one in kb.facts.attributes.values() if one.question is not None
        }

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def pick(self, name: str) -> None:
        self.page.locator("#question").get_by_label(name, exact=True).check()

    def answer_all(self) -> None:
        """Until the report is there."""
        while self.page.locator("#outcome").count() == 0:
            before = self.page.locator("#question").element_handle()
            self.answer(self.page.locator("#title").inner_text())
            before.wait_for_element_state("hidden")
            self.page.locator("#title").wait_for()

    def answer(self, title: str) -> None:
        attribute = self.asked.get(title)
        if attribute is None:
            self.pick("My answers are right")
        elif attribute.id not in self.answers:
            self.press("Skip")
            return
        else:
            self._give(attribute, self.answers[attribute.id])
        self.press("Continue")

    def _give(self, attribute: Any, value: Any) -> None:
        names = {one.id: one.name for one in attribute.choices}
        if attribute.id == "skills":
            for id_ in sorted(value):
                self.page.locator("#typed").fill(names[id_])
                self.page.locator(".found").get_by_label(names[id_], exact=True).check()
        elif attribute.type == "set":
            for box in self.page.locator("#question input[name=answer]").all():
                if box.get_attribute("value") not in value:
                    box.check()
        elif attribute.type == "yes_no":
            self.pick("Yes" if value else "No")
        elif attribute.choices:
            self.pick(names[value])
        else:
            self.page.locator("#typed").fill(str(value))
