"""What a visit of the pages costs, in a real Chromium on this machine: `make bench SECTION=site`, after `make site`.

Times are from the moment that the page is asked for. Advice is that for an answers file which is given to the page, so
that nobody's reading is measured. The second visit is the same browser once more.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from trackfit.commands.serving import headers_of, served
from trackfit.commands.site import usual_runtime, write_site
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.site.build import compressed_size, site_files
from trackfit.engine.site.runtime import find_runtime
from trackfit.tests.support.outside import running_browser

EXAMPLE = Path(__file__).resolve().parent.parent / "examples/backend.yaml"
PATIENCE = 90_000
CHANGES = 10


def main() -> None:
    """Measure, and print what came out."""
    with tempfile.TemporaryDirectory() as scratch, KnowledgeBase.load() as kb:
        files = site_files(kb, find_runtime(usual_runtime()))
        write_site(Path(scratch), files)
        total, loaded = sum(map(len, files.values())), compressed_size(files)
        with served(Path(scratch), headers_of(Path(scratch))) as address, running_browser() as browser:
            context = browser.new_context()
            context.set_default_timeout(PATIENCE)
            before = memory()
            first = visited(context, address)
            context.pages[0].close()
            second = visited(context, address)
            used = memory() - before
    load = os.getloadavg()[0]
    print(
        f"A visit of the pages; Chromium {browser.version}, load of the machine {load:.1f}, {os.cpu_count()} cores"
    )
    print(f"  the site                     {total / 1e6:7.1f} MB")
    print(f"  loaded by a first visit      {loaded / 1e6:7.1f} MB  (compressed; aim: below 9)")
    print("                                 first    second visit")
    for name, aim in (("first question", ""), ("engine is ready", ""), ("first advice", "aim: 6 s, 2.5 s")):
        print(f"  {name:27}  {first[name]:6.2f} s  {second[name]:6.2f} s  {aim}")
    print(f"  a what-if                    {1000 * second['what if']:6.0f} ms  (aim: below 100)")
    print(f"  memory of the browser's processes for the open page  {used:.0f} MB")


def visited(context: Any, address: str) -> dict[str, float]:
    """Seconds until each thing is there."""
    page = context.new_page()
    found: dict[str, float] = {}
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    for name, place, state in (
        ("first question", "#question", "attached"),
        ("engine is ready", "#save:enabled", "visible"),
    ):
        page.locator(place).wait_for(state=state)
        found[name] = time.perf_counter() - start
    if page.locator("#outcome").count() == 0:
        page.locator("#load").set_input_files(EXAMPLE)
        page.get_by_text("Your answers are read from").wait_for()
    while page.locator("#outcome").count() == 0:
        title = page.locator("#title").inner_text()
        page.get_by_role("button", name="Skip").click()
        page.locator("#title").filter(has_not_text=title).wait_for()
    page.frame_locator("#outcome iframe").locator("h1").wait_for()
    found["first advice"] = time.perf_counter() - start
    page.locator("#what-if summary").click()
    took = []
    for years in range(20, 20 + CHANGES):
        begin = time.perf_counter()
        page.locator("#years").fill(str(years))
        page.locator(f"#what-if [data-settings='years_experience={years}']").wait_for()
        took.append(time.perf_counter() - begin)
    found["what if"] = sorted(took)[CHANGES // 2]
    return found


def memory() -> float:
    """What this process's children hold, in MB; shared pages count in part."""
    held = 0
    for one in psutil.Process().children(recursive=True):
        try:
            held += one.memory_full_info().pss
        except (psutil.Error, AttributeError):
            continue
    return held / 1e6


if __name__ == "__main__":
    main()
