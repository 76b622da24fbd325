# pyright: reportMissingImports=false
# (cosmic-ray is installed by make mutants alone)
"""Do the tests notice when the engine's heart is wrong? Small faults, one at a time, and the tests against each.

cosmic-ray makes the faults (it turns `<` into `<=`, drops a `not`, skips a loop). What no test can tell apart is left
out: annotations, and identity in place of equality, which the style check judges. For each fault, a child process
takes the faulty text in place of the module and runs the fast tests of the rules' meaning; nothing is written into the
checkout. A fault that all tests let pass must stand in docs/mutants.md with the reason why it does no harm;
otherwise it is printed, and the exit status is 1.

Run it with `make mutants`; `make mutants MODULE=strata` for one module.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import importlib
import importlib.abc
import importlib.util
import os
import re
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from multiprocessing import connection, get_context
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[1]
LISTED = ROOT / "docs/mutants.md"
MODULES = {
    "language.operators": (
        "language/test_conditions",
        "agreement/test_semantics",
        "agreement/test_agreement",
    ),
    "language.conditions": ("language/test_conditions", "knowledge/test_strata", "agreement/test_agreement"),
    "knowledge.strata": ("knowledge/test_strata", "agreement/test_semantics", "agreement/test_agreement"),
    "inference.three_valued": (
        "language/test_conditions",
        "agreement/test_semantics",
        "agreement/test_agreement",
    ),
    "inference.durable": (
        "inference/test_shards",
        "inference/test_engine_safety",
        "inference/test_engine_limits",
        "agreement/test_agreement",
    ),
    "knowledge.compile": (
        "whole/test_own_limits",
        "knowledge/test_chains",
        "workshop/check/test_check",
        "knowledge/test_strata",
        "agreement/test_semantics",
        "interview/test_interview",
    ),
}
"""What is made faulty, and the files of tests that must notice, one after the other, quick ones first."""
LEFT_OUT = re.compile(
    r"core/ReplaceComparisonOperator_(Eq_Is|Is_Eq|NotEq_IsNot|IsNot_NotEq)$|core/ReplaceBinaryOperator_BitOr_(?!BitAnd)"
    r"|core/Variable"
)
"""Identity for equality; all but one of the ten faults made of `|`, which mostly joins types; what needs settings."""
PROCESSOR_SECONDS = 40
SECONDS = 900
"""A fault that makes the tests run for longer is noticed: of the processor's time, or of waiting for nothing."""
SLOW_TO_LOAD = ("clips", "durable_rules_engine", "hypothesis", "jinja2", "pydantic", "pytest", "yaml")

Change = tuple[str, str]


class Mutant(msgspec.Struct, frozen=True):
    """One fault: the module's whole faulty text, and the lines that it changes."""

    module: str
    text: str
    change: Change


class _Faulty(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Hands out a module's faulty text wherever the module is imported."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = f"trackfit.engine.{mutant.module}"
        self.path = str(_file(mutant.module))
        self.text = mutant.text

    def find_spec(self, name: str, *_: Any) -> Any:
        return importlib.util.spec_from_loader(name, self, origin=self.path) if name == self.name else None

    def exec_module(self, module: Any) -> None:
        exec(compile(self.text, self.path, "exec"), vars(module))  # noqa: S102 - running it is the purpose


def main() -> int:
    """Make the faults, run the tests, print what they let pass."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("modules", nargs="*", choices=[*MODULES, []], metavar="MODULE")
    options.add_argument("--jobs", type=int, default=2)
    given = options.parse_args()
    for name in SLOW_TO_LOAD:
        importlib.import_module(name)
    modules = given.modules or list(MODULES)
    if not all(_passes(_unharmed(module)) for module in modules):
        print("The tests fail without any fault; mend that first.", file=sys.stderr)
        return 1
    found = {module: list(mutants(module)) for module in modules}
    survivors = list(_survivors([one for some in found.values() for one in some], given.jobs))
    listed = {module: changes for module, changes in explained().items() if module in modules}
    for module in modules:
        alive = Counter(one.change for one in survivors if one.module == module)
        print(
            f"{_file(module).relative_to(ROOT)}: {len(found[module])} faults, {sum(alive.values())} not noticed"
        )
        explained_here = listed.get(module, ())
        _print_changes("not noticed, and not in docs/mutants.md", alive, explained_here)
        _print_changes("in docs/mutants.md, and noticed now", explained_here, alive)
    return int(any(one.change not in listed.get(one.module, ()) for one in survivors))


def _print_changes(heading: str, some: Iterable[Change], others: Container[Change]) -> None:
    """The changes that are among some, and not among others."""
    for change in some:
        if change not in others:
            print(f"  {heading}:\n    - {change[0]}\n    + {change[1]}")


def mutants(module: str) -> Iterator[Mutant]:
    """Every fault that cosmic-ray can make of a module and that changes what it does."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    source = _file(module).read_text(encoding="utf-8")
    same = {_without_annotations(source)}
    for name in operator_names():
        if LEFT_OUT.match(name):
            continue
        operator = get_operator(name)()
        occurrence = 0
        while (text := mutate_code(source, operator, occurrence)) is not None:
            occurrence += 1
            meaning = _without_annotations(text)
            if meaning not in same:
                same.add(meaning)
                yield Mutant(module, text, _change(source, text))


def _without_annotations(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def _change(source: str, text: str) -> Change:
    lines = list(difflib.ndiff(source.splitlines(), text.splitlines()))
    old, new = (
        " ".join(line[2:].strip() for line in lines if line.startswith(mark)) for mark in ("- ", "+ ")
    )
    return old, new


def _survivors(waiting: list[Mutant], jobs: int) -> Iterator[Mutant]:
    """Those that every test lets pass."""
    running: dict[int, tuple[Any, Mutant, float]] = {}
    waiting.reverse()
    total = len(waiting)
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            child = get_context("fork").Process(target=_run, args=(mutant,))
            child.start()
            running[child.sentinel] = child, mutant, time.monotonic()
        connection.wait(list(running), timeout=1)
        for sentinel, (child, mutant, started) in list(running.items()):
            if child.is_alive() and time.monotonic() - started < SECONDS:
                continue
            if child.is_alive():
                child.kill()
            child.join()
            del running[sentinel]
            if child.exitcode == 0:
                print(f"not noticed in {mutant.module}: {' → '.join(mutant.change)}", file=sys.stderr)
                yield mutant
            done = total - len(waiting) - len(running)
            if done % 20 == 0:
                print(f"{done} of {total} faults tried", file=sys.stderr)


def _run(mutant: Mutant) -> None:
    """In a child process: exit status 0 if no test fails."""
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    with open(os.devnull, "w", encoding="utf-8") as nowhere, tempfile.TemporaryDirectory() as folder:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        code = 1
        with contextlib.suppress(BaseException):
            sys.meta_path.insert(0, _Faulty(mutant))
            import pytest
            from hypothesis import Phase, settings

            from trackfit.tests.support import readers

            settings.register_profile(
                "hasty", phases=(Phase.explicit, Phase.generate), derandomize=True, database=None
            )
            settings.load_profile("hasty")  # what tests ask for themselves is added to it

            readers.SAVED = Path(folder, "disagreements")
            plain = [
                "-x",
                "-q",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:xdist",
                "--assert=plain",
                "-k",
                "not spawned",
            ]
            with warnings.catch_warnings():
                failed = any(
                    pytest.main([*plain, f"--basetemp={folder}/{Path(name).stem}", f"tests/{name}.py"])
                    for name in MODULES[mutant.module]
                )
            code = int(failed)
    os._exit(code)


def _file(module: str) -> Path:
    return ROOT / f"engine/{module.replace('.', '/')}.py"


def _unharmed(module: str) -> Mutant:
    return Mutant(module, _file(module).read_text(encoding="utf-8"), ("", ""))


def _passes(mutant: Mutant) -> bool:
    return list(_survivors([mutant], 1)) == [mutant]


def explained() -> dict[str, list[Change]]:
    """The changes that docs/mutants.md lists, by module: each `diff` block holds pairs of an old and a new line."""
    found: dict[str, list[Change]] = {}
    for section in re.split(r"^## engine/", LISTED.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        lines = [
            line
            for block in re.findall(r"^```diff\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
            for line in block.splitlines()
        ]
        pairs = zip(lines[::2], lines[1::2], strict=True)
        found[section.partition(".py")[0].replace("/", ".")] = [(old[2:], new[2:]) for old, new in pairs]
    return found


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
