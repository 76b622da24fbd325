"""Tries what machines do to an installation, each row of the table in docs/install.md.

Called as `python tools/tour.py dist/*.whl [--python PYTHON]`. It fills a folder with all wheels that trackfit needs and
installs from it alone, under each of the conditions; only the oldest versions are fetched on their own. Ends with 1 where
one of them gives no advice, or other advice.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "backend.yaml"
AS_OF = ("--as-of", "2026-12-01", "--format", "json")
OLD_PIP = "pip==22.3.1"
"""What Python 3.11 came with on its first day."""


class TourError(Exception):
    """What went wrong, for whoever reads the log."""


class Machine:
    """A folder with the wheels of trackfit and of all it needs, for one Python."""

    def __init__(self, python: str, wheel: Path, folder: Path) -> None:
        self.python, self.wheel, self.folder = python, wheel, folder
        self.house = folder / "wheels"
        self.house.mkdir()
        shutil.copy(wheel, self.house)
        needed = run(sys.executable, ROOT / "tools" / "requirements.py").split("\n")
        constraints = ("-c", ROOT / "constraints.txt")
        run(
            python,
            "-m",
            "pip",
            "download",
            "--quiet",
            "-d",
            self.house,
            *constraints,
            *filter(None, needed),
            OLD_PIP,
        )

    def environment(self, name: str) -> Path:
        """The folder of the commands of a new environment."""
        place = self.folder / name
        run(self.python, "-m", "venv", place)
        return place / "bin"

    def install(self, bin_: Path, *, surroundings: Mapping[str, str] | None = None) -> None:
        """Trackfit and what it needs, from the folder of wheels and nowhere else, without durable-rules."""
        needed = run(sys.executable, ROOT / "tools" / "requirements.py").split("\n")
        pip = (bin_ / "python", "-m", "pip", "install", "--quiet", "--no-index", "--find-links", self.house)
        run(*pip, *filter(None, needed), surroundings=surroundings)
        run(*pip, "--no-deps", "trackfit", surroundings=surroundings)


def run(*command: str | Path, surroundings: Mapping[str, str] | None = None) -> str:
    """Standard output of a command, which must succeed."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [str(word) for word in command],
        env={**environment, **(surroundings or {})},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise TourError(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{said}")
    return done.stdout


def advice(bin_: Path, **surroundings: str) -> str:
    """The advice for the example, as JSON."""
    return run(bin_ / "trackfit", "advise", EXAMPLE, *AS_OF, surroundings=surroundings)


def offline(machine: Machine) -> str:
    """From a folder of wheels, without a network."""
    bin_ = machine.environment("plain")
    machine.install(bin_)
    return advice(bin_)


def no_compiler(machine: Machine) -> str:
    """Without a C compiler."""
    bin_ = machine.environment("no-compiler")
    machine.install(bin_, surroundings={"CC": "/nonexistent"})
    return advice(bin_)


def strange_path(machine: Machine) -> str:
    """In a folder whose path has spaces and letters beyond ASCII."""
    bin_ = machine.environment("Añna Müller 日本")
    machine.install(bin_)
    return advice(bin_)


def old_pip(machine: Machine) -> str:
    """With an old pip."""
    bin_ = machine.environment("old-pip")
    run(
        bin_ / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--find-links",
        machine.house,
        OLD_PIP,
    )
    machine.install(bin_)
    return advice(bin_)


def no_home(machine: Machine) -> str:
    """With a home folder that cannot be written."""
    home = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/cache"}
    return advice(machine.folder / "plain" / "bin", **home)


def no_language(machine: Machine) -> str:
    """With no language set, and an output that knows ASCII alone."""
    return advice(machine.folder / "plain" / "bin", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")


def oldest(machine: Machine) -> str:
    """With the oldest versions of what pyproject.toml names."""
    bin_ = machine.environment("oldest")
    rows = run(sys.executable, ROOT / "tools" / "requirements.py", "--lowest").split("\n")
    run(bin_ / "python", "-m", "pip", "install", "--quiet", *filter(None, rows))
    run(bin_ / "python", "-m", "pip", "install", "--quiet", "--no-deps", machine.wheel)
    checked = run(bin_ / "trackfit", "check")
    if not checked.startswith("No problems in "):
        raise TourError(f"{oldest.__doc__} check says: {checked}")
    return advice(bin_)


TRIED: tuple[Callable[[Machine], str], ...] = (
    offline,
    no_compiler,
    strange_path,
    old_pip,
    no_home,
    no_language,
)


def main() -> int:
    """Try them all, a line each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--python", default=sys.executable)
    asked = parser.parse_args()
    first = ""
    with tempfile.TemporaryDirectory(prefix="trackfit-tour-") as name:
        try:
            machine = Machine(asked.python, asked.wheel.resolve(), Path(name))
            for tried in TRIED:
                found = tried(machine)
                first = first or found
                print("    held:" if found == first else "    OTHER ADVICE:", tried.__doc__)
                if found != first:
                    return 1
        except TourError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
