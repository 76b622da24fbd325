"""Sets durable-rules up in an environment, or says in one line why trackfit goes on without it.

    PYTHON tools/engine.py [--wheels FOLDER] [--build-only]

Run by the Python that is to have it. durable-rules comes as source alone, and from Python 3.13 on it is right only when
it is built with one define. So it is built here, never taken from pip's cache, kept as a wheel in FOLDER (`.wheels`), and
tried by importing it. The source is unmodified. Where it cannot be had, nothing is installed and trackfit runs its
built-in engine, whose advice is the same: the exit status is 0 all the same. With --build-only it makes the wheel and
installs nothing; then the exit status is 1 where there is none.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFINE = "-DPyEval_CallObject=PyObject_CallObject"
NAME = "durable-rules"
MODULE = "durable_rules_engine"


def requirement() -> str:
    """The pinned requirement, as pyproject.toml declares it."""
    found = re.search(rf"{NAME}==[\d.]+", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"pyproject.toml names no version of {NAME}")
    return found[0]


def loads() -> bool:
    """Whether it is installed here and can be loaded; in a process of its own, as an extension stays loaded."""
    return _run("-c", f"import {MODULE}")


def build(wheels: Path) -> bool:
    """Make the wheel anew, from source."""
    environment = {**os.environ}
    if DEFINE not in environment.get("CPPFLAGS", ""):
        environment["CPPFLAGS"] = f"{environment.get('CPPFLAGS', '')} {DEFINE}".strip()
    wanted = ("--no-deps", "--no-cache-dir", "--no-binary", NAME, "--wheel-dir", str(wheels))
    return _run("-m", "pip", "wheel", *wanted, requirement(), environment=environment)


def install(wheels: Path) -> bool:
    """Install the kept wheel for this Python, if there is one."""
    wanted = ("--no-index", "--find-links", str(wheels), "--no-deps", "--force-reinstall")
    return _run("-m", "pip", "install", *wanted, requirement()) and loads()


def why_not() -> str:
    """One line for the person: what to install for it, and that nothing hangs on it."""
    asked = [sys.executable, str(ROOT / "tools" / "doctor.py"), "--engine"]
    lacking = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False).stdout.strip()
    why = (
        f"install {lacking}, then `make clean` and the same command again"
        if lacking
        else f"see why it does not build: {sys.executable} -m pip wheel --no-cache-dir {requirement()}"
    )
    return f"Going on without {NAME}, on the built-in engine, whose advice is the same. To have it, {why}."


def _run(*arguments: str, environment: dict[str, str] | None = None) -> bool:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False, env=environment)
    return done.returncode == 0


def main() -> int:
    """Set it up, or tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheels", type=Path, default=ROOT / ".wheels", help="where wheels are kept")
    parser.add_argument("--build-only", action="store_true", help="make the wheel, install nothing")
    asked = parser.parse_args()
    wheels = asked.wheels.resolve()
    if asked.build_only:
        return 0 if build(wheels) else 1
    if loads() or install(wheels) or (build(wheels) and install(wheels)):
        return 0
    _run("-m", "pip", "uninstall", "--yes", NAME)
    print(why_not(), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
