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
    from playwright.sync_api import Browser, BrowserContext

MODULES = Path(sys.prefix, "node/node_modules")
"""Where `make test-all` puts what it takes from npm."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 180_000
"""Milliseconds; a busy machine may need them."""
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


def mermaid_faults(browser: Browser, sources: list[str]) -> list[str]:
    """What Mermaid itself says of each chart when it reads and draws it; empty where it is right."""
    with offline(browser) as context:
        page = context.new_page()
        page.add_script_tag(path=npm_file(MERMAID))
        faults: list[str] = page.evaluate(DRAW, sources)
    return faults
