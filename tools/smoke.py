"""Tries a built wheel the way a stranger meets it: an empty environment, and no checkout in reach.

    python tools/smoke.py PYTHON WHEEL [--out FOLDER]

Checks what the wheel holds against the checkout, installs it under PYTHON, and has it advise every example.
The advice is left in FOLDER as JSON, one file an example, so that runs on several Pythons can be compared.
Where durable-rules is optional (Python 3.13 on), the wheel is tried without it too: the advice must be equal.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("__init__.py", "__main__.py", "cli.py", "py.typed")
FOLDERS = ("commands", "engine", "facts", "rules", "scaffolds", "templates", "web")
AS_OF = "2026-12-01"
DEFINE = "-DPyEval_CallObject=PyObject_CallObject"


class SmokeError(Exception):
    """What went wrong, for whoever reads the log."""


def run(*command: str | Path, cwd: Path, stdin: str | None = None) -> str:
    """Standard output of a command; it must succeed. Nothing of this checkout is in its environment."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    if DEFINE not in environment.get("CPPFLAGS", ""):
        environment["CPPFLAGS"] = f"{environment.get('CPPFLAGS', '')} {DEFINE}".strip()
    for variable in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"):
        environment[variable] = (ROOT / "constraints.txt").as_uri()  # pip splits a path at spaces
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise SmokeError(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{said}")
    return done.stdout


def shipped() -> set[str]:
    """What the checkout says must be in the wheel."""
    paths = [ROOT / name for name in FILES]
    for folder in FOLDERS:
        paths += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return {
        f"trackfit/{path.relative_to(ROOT).as_posix()}"
        for path in paths
        if "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def check_content(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {name for name in names if ".dist-info/" not in name}
    expected = shipped()
    if inside != expected:
        lacks, extra = sorted(expected - inside), sorted(inside - expected)
        raise SmokeError(f"{wheel.name} lacks {lacks or 'nothing'} and has {extra or 'nothing'} too much")


class Install:
    """The wheel in an environment of its own."""

    def __init__(self, python: str, folder: Path) -> None:
        self.folder = folder
        run(python, "-m", "venv", folder / "venv", cwd=folder)
        self.bin = folder / "venv" / "bin"

    def install(self, requirement: str) -> None:
        run(self.bin / "python", "-m", "pip", "install", "--quiet", requirement, cwd=self.folder)

    def check_place(self) -> None:
        """The package comes from the environment, and brought nothing but itself."""
        code = "import sysconfig, trackfit; print(trackfit.__file__); print(sysconfig.get_path('purelib'))"
        file, site = run(self.bin / "python", "-c", code, cwd=self.folder).splitlines()
        if Path(file) != Path(site) / "trackfit" / "__init__.py":
            raise SmokeError(f"trackfit was imported from {file}")
        (record,) = Path(site).glob("trackfit-*.dist-info/RECORD")
        tops = {line.split("/")[0] for line in record.read_text(encoding="utf-8").splitlines()}
        if tops != {"trackfit", record.parent.name, ".."}:
            raise SmokeError(f"installed at the top level: {sorted(tops)}")

    def advise(self, example: Path) -> str:
        return run(
            self.bin / "trackfit", "advise", example, "--format", "json", "--as-of", AS_OF, cwd=self.folder
        )

    def check_reports(self, example: Path) -> None:
        """Markdown from a file and from standard input, and the module as a command."""
        text = example.read_text(encoding="utf-8")
        from_file = run(self.bin / "trackfit", "advise", example, "--as-of", AS_OF, cwd=self.folder)
        command = (self.bin / "python", "-m", "trackfit", "advise", "-", "--as-of", AS_OF)
        if not from_file.startswith("#"):
            raise SmokeError(f"advice that is no report: {from_file[:200]!r}")
        if run(*command, cwd=self.folder, stdin=text) != from_file:
            raise SmokeError("standard input gives another report than the file")


def conclusions(advice: str) -> dict[str, object]:
    """The part of the advice that may not depend on which engine ran."""
    parts = json.loads(advice)
    return {key: parts[key] for key in ("case", "figures", "recommendations", "tracks", "warnings")}


def smoke(python: str, wheel: Path, out: Path) -> None:
    check_content(wheel)
    examples = sorted((ROOT / "examples").glob("*.yaml"))
    if not examples:
        raise SmokeError("there are no examples to advise")
    with tempfile.TemporaryDirectory(prefix="trackfit-smoke-") as name:
        installed = Install(python, Path(name))
        installed.install(str(wheel))
        installed.check_place()
        print("   ", run(installed.bin / "trackfit", "--version", cwd=installed.folder).strip())
        plain = {example: conclusions(installed.advise(example)) for example in examples}
        run(installed.bin / "python", ROOT / "tools" / "engine.py", cwd=installed.folder)
        print("   ", run(installed.bin / "trackfit", "--version", cwd=installed.folder).strip())
        installed.check_reports(examples[0])
        out.mkdir(parents=True, exist_ok=True)
        for example in examples:
            advice = installed.advise(example)
            if conclusions(advice) != plain[example]:
                raise SmokeError(f"{example.name}: other advice with durable-rules than without")
            (out / f"{example.stem}.json").write_text(advice, encoding="utf-8")
    print(f"    {len(examples)} examples advised")


def main() -> int:
    parser = argparse.ArgumentParser(description="Try a built wheel in an empty environment.")
    parser.add_argument("python")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/smoke"))
    options = parser.parse_args()
    try:
        smoke(options.python, options.wheel.resolve(), options.out)
    except SmokeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
