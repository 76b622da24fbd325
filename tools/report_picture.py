"""Renews the picture of the report as a page in README.md and docs/index.md: `make picture`.

It needs a Chromium, as the slow tests do.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/report.png"
EXAMPLE = ROOT / "examples/backend.yaml"
AS_OF = "2026-11-22"
WIDTH, HEIGHT = 820, 700
LARGEST = 200_000
"""Bytes: everybody who opens README loads it."""
FRAMES = """<!doctype html><style>body {{ margin: 0; display: flex; gap: 12px; background: #8a949e; }}
iframe {{ border: 0; width: {width}px; height: {height}px; }}</style>
<iframe src="report.html"></iframe><iframe src="report.html#the-plan"></iframe>"""


def page() -> str:
    """The report for the example, as a page."""
    from trackfit import KnowledgeBase, to_html
    from trackfit.engine.documents.parse import read_file

    with KnowledgeBase.load(ROOT, cache=False) as kb:
        node, _ = read_file(EXAMPLE)
        assert node is not None
        case, _ = kb.reader.read(node)
        assert case is not None
        return to_html(kb.consult(case, AS_OF))


def picture(folder: Path) -> bytes:
    """Its beginning and its plan side by side, as a browser shows them."""
    from trackfit.tests.support.outside import offline, running_browser

    (folder / "report.html").write_text(page(), encoding="utf-8")
    frames = folder / "frames.html"
    frames.write_text(FRAMES.format(width=WIDTH, height=HEIGHT), encoding="utf-8")
    size = {"width": 2 * WIDTH + 12, "height": HEIGHT}
    with running_browser() as browser, offline(browser, viewport=size, color_scheme="light") as context:
        shown = context.new_page()
        shown.goto(frames.as_uri())
        return shown.screenshot()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        made = picture(Path(place))
    if len(made) > LARGEST:
        sys.exit(f"The picture has {len(made):,} bytes, more than {LARGEST:,}; make it smaller.")
    PICTURE.write_bytes(made)
