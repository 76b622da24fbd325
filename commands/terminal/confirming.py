"""What was read from a résumé, shown with where it came from and, in a terminal, confirmed answer by answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackfit.commands.faults import tell
from trackfit.commands.terminal.faces import read_line, say
from trackfit.engine.problems.errors import InvalidInput

if TYPE_CHECKING:
    from trackfit.engine.cases.case import Case
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.resumes.answers import Imported

MAX_LINES = 12
"""How many lines about one answer are shown; an answers file has them all."""


def case_of_resume(
    path: str, kb: KnowledgeBase, as_of: str, keep: Callable[[Case], None], *, asks: bool
) -> Case | None:
    """What a person takes of a résumé, for the interview to go on from; None where `path` is an answers file.

    A background that no title told is left to the interview, as is what may mean several skills. What is taken so far
    goes to `keep` after each answer that the person took. Raises KeyboardInterrupt where the person stops.
    """
    from trackfit.engine.resumes.answers import answers_from, case_of
    from trackfit.engine.resumes.dates import Calendar
    from trackfit.engine.resumes.detect import holds_resume, read_resume
    from trackfit.engine.resumes.written import WrittenReader

    if not holds_resume(Path(path), kb.reader.attributes):
        return None
    days = Calendar.of(kb.facts, as_of)
    resume, notes = read_resume(Path(path), days, WrittenReader(kb, days))
    if resume is None:
        raise InvalidInput(notes)
    found = [one for one in answers_from(resume, kb, as_of, notes) if one.guessed]
    tell(problem for problem in notes if problem.id != "ambiguous-skill")
    taken: list[Imported] = []
    for one in confirmed(found, kb, asks=asks):
        taken.append(one)
        if asks:
            keep(case_of(taken, kb, unclear=True))
    return case_of(taken, kb, unclear=True)


def can_ask() -> bool:
    """Whether a person sits at a terminal."""
    terminals = (sys.stdin, sys.stderr)
    return not os.environ.get("CI") and all(one is not None and one.isatty() for one in terminals)


def offer_to_open(page: Path) -> None:
    """Ask whether to open a page in the browser; not without a terminal and a screen, and never in CI."""
    has_screen = sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if not (can_ask() and has_screen):
        return
    while True:
        try:
            answer = read_line("Open the page in your browser? y/n > ").lower()
        except (EOFError, KeyboardInterrupt):
            return
        if answer in ("", "n", "no"):
            return
        if answer in ("y", "yes"):
            break
    if click.launch(str(page.resolve())):
        say(f"No browser could be opened; its address is {page.resolve().as_uri()}")


def confirmed(found: Iterable[Imported], kb: KnowledgeBase, *, asks: bool) -> Iterator[Imported]:
    """The answers that the person takes, one by one; all of them where nobody is asked. Raises KeyboardInterrupt."""
    return (one for one in found if _agreed(one, kb, asks=asks))


def _agreed(one: Imported, kb: KnowledgeBase, *, asks: bool) -> bool:
    from trackfit.engine.resumes.answers import in_words

    say()
    say(f"{kb.facts.attributes[one.attribute].label}: {in_words(one, kb)}", bold=True)
    for line in one.lines[:MAX_LINES]:
        say(line, indent="  ")
    if len(one.lines) > MAX_LINES:
        say(f"... and {len(one.lines) - MAX_LINES} more", indent="  ")
    while asks:
        try:
            answer = read_line("Take this? Y/n > ").lower()
        except EOFError:
            raise KeyboardInterrupt from None
        if answer in ("", "y", "yes"):
            break
        if answer in ("n", "no"):
            return False
    return True
