"""Python as WebAssembly: Pyodide's files and the one compiled library, found in a folder and cut to what is needed."""

from __future__ import annotations

import io
import json
import re
import shlex
import zipfile
from pathlib import Path
from typing import NamedTuple

from trackfit.engine.problems.errors import refused
from trackfit.engine.site.archive import engine_archive, packed

PYODIDE = "314.0.7"
PYTHON = "3.14"
ABI = "pyemscripten_2026_0_wasm32"
SCRIPTS = ("pyodide.mjs", "pyodide.asm.mjs")
WASM = "pyodide.asm.wasm"
LIBRARY = "python_stdlib.zip"
LOCK = "pyodide-lock.json"
WHEEL = re.compile(r"msgspec-(?P<version>[0-9.]+)-cp314-cp314-pyemscripten_\w+_wasm32\.whl")
UNUSED = re.compile(
    r"(_pyrepl|asyncio/windows|concurrent/interpreters|ctypes/macholib|curses|dbm|distutils|email/mime|ensurepip|idlelib"
    r"|lib2to3|multiprocessing|pydoc_data|sqlite3|test|tkinter|turtledemo|unittest|venv|wsgiref|xmlrpc)/"
    r"|(antigravity|cProfile|doctest|ftplib|imaplib|mailbox|nntplib|pdb|pickletools|poplib|profile|pstats|pydoc|smtplib"
    r"|socketserver|statistics|telnetlib|this|timeit|trace|turtle|webbrowser)\.py$"
)
"""Parts of the standard library that neither the engine nor what starts it imports."""


class Runtime(NamedTuple):
    """What every site has, whatever its knowledge base: the files that run Python, by name, and the engine's archive."""

    files: dict[str, bytes]
    engine: bytes


def find_runtime(folder: Path) -> Runtime:
    """The runtime in a folder that npm and pip filled. Raises `InvalidInput` with the two lines that fill it."""
    pyodide = next((one for one in (folder / "node_modules/pyodide", folder) if (one / WASM).is_file()), None)
    wheel = next((one for one in sorted(folder.glob("*.whl")) if WHEEL.fullmatch(one.name)), None)
    if pyodide is None or wheel is None:
        missing = " and ".join(
            name
            for name, found in (("Pyodide", pyodide), ("msgspec for WebAssembly", wheel))
            if found is None
        )
        raise refused(str(folder), "runtime-missing", f"{missing} missing here; {_how(folder)}")
    files = {name: (pyodide / name).read_bytes() for name in (*SCRIPTS, WASM)}
    lock = json.loads((pyodide / LOCK).read_bytes())
    if not str(lock["info"]["python"]).startswith(f"{PYTHON}."):
        text = (
            f"this Pyodide is Python {lock['info']['python']}, and the page runs on {PYTHON}; {_how(folder)}"
        )
        raise refused(str(folder), "runtime-missing", text)
    files[LIBRARY] = packed(_needed((pyodide / LIBRARY).read_bytes()))
    files[LOCK] = json.dumps({"info": lock["info"], "packages": {}}).encode()
    with zipfile.ZipFile(wheel) as archive:
        library = {
            name: archive.read(name)
            for name in archive.namelist()
            if name.endswith((".py", ".so", "METADATA")) or "/licenses/" in name
        }
    return Runtime(files, engine_archive(library))


def _how(folder: Path) -> str:
    """The commands that fill a folder."""
    import msgspec

    place = shlex.quote(str(folder))
    return (
        f"fill the folder once: npm install --prefix {place} pyodide@{PYODIDE} && pip download --no-deps "
        f"--only-binary=:all: --python-version {PYTHON} --implementation cp --platform {ABI} -d {place} "
        f"msgspec=={msgspec.__version__}"
    )


def _needed(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name) for name in found.namelist() if not UNUSED.match(name)}
