"""How many reports a second, and how much of the time goes into templates.

Each example's report is made again and again, from its consultation on, as Markdown and as a page for the browser. The
time in templates is that between Jinja's start and end of a rendering, with the views that it asks for; the rest is
reasons, changes that were tried, charts and the page around it. Run it with `make bench SECTION=report`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trackfit import KnowledgeBase, to_markdown
from trackfit.engine.documents.parse import read_file
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.report import report
from trackfit.engine.report import templates as texts
from trackfit.engine.report.page import to_html

EXAMPLES = sorted((Path(__file__).resolve().parent.parent / "examples").glob("*.yaml"))
DAY = "2026-11-22"
ROUNDS = 15
MAKERS: dict[str, Callable[[Consultation], str]] = {"Markdown": to_markdown, "HTML": to_html}


class Clock:
    """The seconds spent in rendering templates."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._render = texts.render_file

    def render(self, *args: Any) -> str:
        start = time.perf_counter()
        try:
            return self._render(*args)
        finally:
            self.seconds += time.perf_counter() - start


def main() -> None:
    """Measure, and print what came out."""
    clock = Clock()
    setattr(report, "render_file", clock.render)  # noqa: B010 - the name that the report calls
    with KnowledgeBase.load() as kb:
        cases = []
        for path in EXAMPLES:
            node, _ = read_file(path)
            assert node is not None
            case, _ = kb.reader.read(node)
            assert case is not None
            cases.append(case)
        print(f"Reports of {len(cases)} examples, {ROUNDS} rounds, medians; Python {sys.version.split()[0]}")
        for name, make in MAKERS.items():
            whole, templates, size = [], [], 0
            for number in range(ROUNDS + 1):
                for case in cases:
                    consultation = kb.consult(case, DAY)
                    clock.seconds, start = 0.0, time.perf_counter()
                    size += len(make(consultation))
                    if number:  # the first round compiles the templates
                        whole.append(time.perf_counter() - start)
                        templates.append(clock.seconds / whole[-1])
            print(
                f"  {name:9}{1 / statistics.median(whole):7.0f} reports a second, "
                f"{statistics.median(templates):4.0%} of the time in templates, "
                f"{size // (ROUNDS + 1) // len(cases):,} characters each"
            )
        firsts = [kb.consult(case, DAY) for case in cases * ROUNDS]
        start = time.perf_counter()
        for consultation in firsts:
            kb.consult(consultation.case, DAY)
        print(f"  a consultation before it: {1000 * (time.perf_counter() - start) / len(firsts):.1f} ms")


if __name__ == "__main__":
    main()
