"""Programs of others that the slow tests ask: what npm installed, and a browser. Where one is missing, a test is skipped."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

MODULES = Path(sys.prefix, "node/node_modules")
"""Where `make test-all` puts what it takes from npm."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 180_000
"""Milliseconds; a busy machine may need them."""
TALLEST = 8_000
"""Pixels; Chromium refuses pictures of more than 16,384."""
MERMAID = "mermaid/dist/mermaid.min.js"
DRAW = """async sources => {
    mermaid.initialize({startOnLoad: false, securityLevel: "strict", suppressErrorRendering: true});
    const faults = [];
    for (const [number, source] of sources.entries()) {
        try { await mermaid.render(`chart${number}`, source); faults.push(""); }
        catch (fault) { faults.push(String(fault.message ?? fault)); }
    }
    return faults;
}"""


def npm_file(path: str) -> Path:
    """A file of an installed npm package, such as "axe-core/axe.min.js"."""
    found = MODULES / path
    if not found.is_file() or shutil.which("node") is None:
        pytest.skip(
            f"{path.partition('/')[0]} is not installed; `make test-all` installs it where there is npm"
        )
    return found


@contextmanager
def running_browser() -> Iterator[Browser]:
    """The system's Chromium, without a window; it may go nowhere."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"there is no browser; install one of {', '.join(BROWSERS)}")
    from playwright.sync_api import sync_playwright

    arguments = ["--disable-background-networking", "--disable-gpu", "--no-first-run", "--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@contextmanager
def offline(browser: Browser, **settings: Any) -> Iterator[BrowserContext]:
    """A fresh profile without network."""
    context = browser.new_context(offline=True, **settings)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def save_picture(page: Page, path: Path) -> None:
    """The whole page as a picture, in several where it is longer than what browsers put into one."""
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    parts = -(-height // TALLEST)
    for number in range(parts):
        part = path if parts == 1 else path.with_stem(f"{path.stem}-part-{number + 1}")
        top = number * TALLEST
        clip: Any = {"x": 0, "y": top, "width": width, "height": min(TALLEST, height - top)}
        page.screenshot(path=part, full_page=True, clip=clip)


def mermaid_faults(browser: Browser, sources: list[str]) -> list[str]:
    """What Mermaid itself says of each chart when it reads and draws it; empty where it is right."""
    with offline(browser) as context:
        page = context.new_page()
        page.add_script_tag(path=npm_file(MERMAID))
        faults: list[str] = page.evaluate(DRAW, sources)
    return faults
