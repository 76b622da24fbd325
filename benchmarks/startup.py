"""How long one short command takes: `trackfit advise` over a script that imports the same libraries and does nothing.

Both run in turn, as processes of their own, and each pair gives one ratio, so that a slow moment of the machine
meets both. Run it with `make bench SECTION=startup`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "examples/backend.yaml"
ADVISE = ["advise", str(EXAMPLE), "--as-of", "2026-11-22"]
PAIRS = 25
AIM = 1.5
LIBRARIES = """
import sys, sysconfig
from trackfit.cli import cli
cli(sys.argv[1:], standalone_mode=False)
site = sysconfig.get_path("platlib"), sysconfig.get_path("purelib")
found = {name.partition(".")[0] for name, module in sys.modules.items()
         if str(getattr(module, "__file__", None) or "").startswith(site)}
print(*sorted(name for name in found if not name.startswith("_")), file=sys.stderr)
"""


def main() -> None:
    """Measure, and print what came out."""
    with tempfile.TemporaryDirectory() as folder:
        command = [_console_script(), *ADVISE]
        _seconds(command, _surroundings(folder, "unused"))  # so that Python has its bytecode
        surroundings = _surroundings(folder, "cache")
        first = _seconds(command, surroundings)
        libraries = _libraries(surroundings)
        bare = Path(folder, "bare.py")
        bare.write_text(f"import {', '.join(libraries)}\n", encoding="utf-8")
        nothing = [sys.executable, str(bare)]
        _seconds(nothing, surroundings)
        pairs = [(_seconds(command, surroundings), _seconds(nothing, surroundings)) for _ in range(PAIRS)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(mine / bare_time for mine, bare_time in pairs)
    print(f"Start-up, {PAIRS} pairs in turn, medians; Python {sys.version.split()[0]}")
    print(f"  trackfit advise examples/backend.yaml   {1000 * ours:7.0f} ms")
    print(f"  a script that only imports its libraries{1000 * theirs:7.0f} ms   ({', '.join(libraries)})")
    print(f"  ratio                                   {ratio:7.2f}      (aim: at most {AIM})")
    print(f"  the first run, with an empty cache      {1000 * first:7.0f} ms")


def _surroundings(folder: str, cache: str) -> dict[str, str]:
    """The environment with a cache folder of our own, and without settings that keep Python from its bytecode."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {**kept, "XDG_CACHE_HOME": str(Path(folder, cache))}


def _console_script() -> str:
    script = Path(sys.executable).with_name("trackfit")
    if not script.exists():
        sys.exit("There is no trackfit beside this Python; run `make bench SECTION=startup`.")
    return str(script)


def _libraries(surroundings: Mapping[str, str]) -> list[str]:
    """The libraries, other than Python's own, that the measured command had imported at its end."""
    command = [sys.executable, "-c", LIBRARIES, *ADVISE]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    return done.stderr.split()


def _seconds(command: list[str], surroundings: Mapping[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=surroundings, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
