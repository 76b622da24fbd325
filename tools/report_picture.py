"""Renews the pictures of reports as pages in README.md and docs: `make picture`.

It needs a Chromium, as the slow tests do. Each example is shown as its reader first sees it: on a wide screen, on a dark one,
on a phone, and as the first printed sheet.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
SCREENS = ROOT / "docs/screens"
EXAMPLES = ("backend", "data_engineer")
AS_OF = "2026-11-22"
LARGEST = 160_000
"""Bytes: everybody who opens README loads one."""
Scheme = Literal["light", "dark"]
Media = Literal["screen", "print"]
VIEWS: dict[str, tuple[int, int, Scheme, Media]] = {
    "desktop": (1200, 900, "light", "screen"),
    "dark": (1200, 900, "dark", "screen"),
    "phone": (390, 844, "light", "screen"),
    "print": (794, 1123, "light", "print"),
}
"""Width and height in pixels, the scheme, and the medium; a sheet of A4 has so many pixels."""


def pages() -> dict[str, str]:
    """The reports for the examples, as pages."""
    from trackfit import KnowledgeBase, to_html
    from trackfit.engine.documents.parse import read_file

    found = {}
    with KnowledgeBase.load(ROOT, cache=False) as kb:
        for name in EXAMPLES:
            node, _ = read_file(ROOT / f"examples/{name}.yaml")
            assert node is not None
            case, _ = kb.reader.read(node)
            assert case is not None
            found[name] = to_html(kb.consult(case, AS_OF))
    return found


def pictures(browser: Browser, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each view of each example with the name of its file."""
    from trackfit.tests.support.outside import offline

    for name, text in pages().items():
        path = folder / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        for view, (width, height, scheme, media) in VIEWS.items():
            size = {"width": width, "height": height}
            with offline(browser, viewport=size, color_scheme=scheme) as context:
                page = context.new_page()
                page.emulate_media(media=media)
                page.goto(path.as_uri())
                if media == "print":
                    page.evaluate("document.body.style.margin = '45px 57px'")
                yield f"{name}-{view}.png", page.screenshot()


if __name__ == "__main__":
    from trackfit.tests.support.outside import running_browser

    with tempfile.TemporaryDirectory() as place, running_browser() as chromium:
        made = dict(pictures(chromium, Path(place)))
    large = [f"{name} has {len(content):,} bytes" for name, content in made.items() if len(content) > LARGEST]
    if large:
        sys.exit(f"{'; '.join(large)}: more than {LARGEST:,}; make it smaller.")
    SCREENS.mkdir(exist_ok=True)
    for name, content in made.items():
        (SCREENS / name).write_bytes(content)
