"""What the interview draws with: wrapped lines, and a face for a plain terminal or a pipe and one for a full one.

All of it goes to standard error, so that standard output stays free for the report.
"""

from __future__ import annotations

import io
import os
import select
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from typing import Protocol

import click

from trackfit.engine.interview.prompts import Prompt, Said

PROMPTS = {
    "yes_no": "yes or no > ",
    "whole_number": "a number > ",
    "money": "an amount > ",
    "set": "with commas > ",
    "text": "> ",
}
WIDEST = 88
MOST_WAITING = 65_536
PASTE = 0.05
"""Within so many seconds the next line of a paste is there, in which nobody types one."""


class Face(Protocol):
    """Asks a step, and gives back the line that was typed or picked. Raises EOFError where there is no more."""

    is_full: bool
    colour: bool

    def ask(self, step: Prompt, said: Iterable[Said] = ()) -> str:
        """Show what was said to the line before, then the step."""
        ...


class PlainFace:
    """Numbered prompts and whole lines: for screen readers, simple terminals and pipes."""

    is_full = False
    colour = False

    def __init__(self) -> None:
        self._shown: Prompt | None = None
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")

    def ask(self, step: Prompt, said: Iterable[Said] = ()) -> str:
        """Print the step where it is another than before, and read a line."""
        show(said)
        if step != self._shown:
            self._print(step)
            self._shown = step
        count = len(step.choices)
        several = ", with commas" if step.type == "set" else ""
        numbers = "" if not count or step.type == "yes_no" else f"1-{count}{several} > "
        line = read_line(numbers or PROMPTS[step.type])
        return ", ".join([line, *pasted_lines()]) if step.type == "set" else line

    def _print(self, step: Prompt) -> None:
        say()
        if step.number:
            say(f"{step.number} of at most {step.number + step.most_left - 1}")
        if step.nearest:
            say(f"{step.nearest}.")
        say(step.title, bold=True)
        if step.hint:
            say(step.hint)
        if step.given:
            say(f"Your answer so far: {step.given}.")
        for number, choice in enumerate(step.choices if step.type != "yes_no" else (), 1):
            say(choice.name, indent=f"{number:3}  ")
            if choice.id in step.notes:
                say(step.notes[choice.id], indent=" " * 5)
        if step.kind != "question" or step.given or (step.choices and step.type == "set"):
            say(f"Enter alone {step.empty}.")


class FullFace:
    """Lists with arrow keys and search, drawn in place; what was answered stays above as one line."""

    is_full = True

    def __init__(self, *, colour: bool) -> None:
        self.colour = colour

    def ask(self, step: Prompt, said: Iterable[Said] = ()) -> str:
        """Draw the step; explanations are printed above it, and what was wrong stands in it."""
        from trackfit.commands.terminal.picker import pick

        said = tuple(said)
        for one in said:
            if one.manner == "strong":
                say(one.text, indent="✓ ")
            elif one.manner == "plain":
                show([one])
        return pick(step, tuple(one for one in said if one.manner == "wrong"), colour=self.colour)


def face(*, plain: bool, colour: bool) -> Face:
    """The fullest face that this terminal has."""
    if plain or not is_full_terminal():
        return PlainFace()
    return FullFace(colour=colour)


def is_full_terminal() -> bool:
    """Whether a person sits at a terminal on which a program can move the cursor."""
    terminals = (sys.stdin, sys.stderr)
    if os.environ.get("CI") or os.environ.get("TERM", "dumb") in ("dumb", "unknown", ""):
        return False
    return all(one is not None and one.isatty() for one in terminals) and "utf" in sys.stderr.encoding.lower()


def show(said: Iterable[Said]) -> None:
    """Print what was said, each on lines of its own."""
    for one in said:
        say(one.text, indent=one.indent, bold=one.manner == "strong")


def say(text: str = "", *, bold: bool = False, indent: str = "") -> None:
    """Print a text, wrapped to the terminal; later lines start under the text, not under the indent's mark."""
    wrapped = textwrap.fill(
        text,
        terminal_width(),
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_on_hyphens=False,
    )
    click.secho(wrapped, bold=bold or None, err=True)


def terminal_width() -> int:
    """How many columns a line may have."""
    return max(20, min(shutil.get_terminal_size().columns, WIDEST))


def pasted_lines() -> Iterator[str]:
    """The lines that a terminal has already behind one that was read: those of a paste, and of one answer."""
    while sys.stdin is not None and sys.stdin.isatty() and select.select([sys.stdin], [], [], PASTE)[0]:
        waiting = os.read(sys.stdin.fileno(), MOST_WAITING)
        if not waiting:
            break
        yield from filter(None, map(str.strip, waiting.decode(errors="replace").splitlines()))


def read_line(prompt: str) -> str:
    """One typed line. Raises EOFError where there is no more input, or no terminal any more."""
    if sys.stdin is None:
        raise EOFError
    if sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty():
        import readline  # noqa: F401 - lets people edit the line they type

        try:
            return input(prompt).strip()
        except OSError as error:
            raise EOFError from error
    click.echo(prompt, nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()
