"""Sites to look at: a runtime that only looks like one, and the JSON that a page's worker and its session exchange."""

from __future__ import annotations

import io
import json
import zipfile

import msgspec

from trackfit.engine.inference.base import Compiled, KnowledgeBase, shipped
from trackfit.engine.language.vocabulary import folded_spellings
from trackfit.engine.site.session import Session
from trackfit.tests.support.shipped import DAY


def zipped(names):
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name in names:
            archive.writestr(name, f"# {name}\n")
    return found.getvalue()


def standing_for_runtime(folder, python="3.14.2"):
    """A folder as npm and pip fill it, with nothing in it that runs."""
    pyodide = folder / "node_modules/pyodide"
    pyodide.mkdir(parents=True)
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"):
        (pyodide / name).write_text(name, encoding="utf-8")
    lock = {"info": {"abi_version": "2026_0", "python": python}, "packages": {"numpy": {}}}
    (pyodide / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    (pyodide / "python_stdlib.zip").write_bytes(zipped(["json/__init__.py", "idlelib/idle.py", "turtle.py"]))
    wheel = folder / "msgspec-0.22.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
    wheel.write_bytes(zipped(["msgspec/__init__.py", "msgspec/_core.so", "msgspec/__init__.pyi"]))
    return folder


def compiled(kb: KnowledgeBase) -> bytes:
    return msgspec.json.encode(Compiled(kb.facts, kb.program, kb.digest, folded_spellings(kb.facts)))


class Asking:
    """A session of a knowledge base, asked as the page asks it."""

    def __init__(self, kb: KnowledgeBase, folder=None) -> None:
        self.session = Session(compiled(kb), str(folder or shipped()))
        self.begun = self.ask("begin", as_of=DAY)

    def ask(self, kind, **fields):
        return json.loads(self.session.answer(json.dumps({"type": kind, **fields})))

    def take(self, *lines):
        screens = [self.ask("take", line=line) for line in lines]
        return screens[-1]
