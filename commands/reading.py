"""A Markdown report as it is read in a terminal: drawn by rich, in a pager where it is longer than the screen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from itertools import count

_MARK = re.compile(r"\[\^([^\]]+)\]")
_NOTE = re.compile(r"^\[\^([^\]]+)\]: (.*)$", re.MULTILINE)
_DRAWING = re.compile(r"^```mermaid\n.*?^```\n+", re.MULTILINE | re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
LESS = ("less", "-R", "-F", "-X", "-P", "Your report\\: space or arrows to read on, q to end ")


def show_report(report: str, *, colour: bool) -> None:
    """Draw a report on the terminal; the reader leaves the pager with q."""
    from rich.console import Console
    from rich.markdown import Markdown

    width = shutil.get_terminal_size().columns
    console = Console(
        width=width, force_terminal=True, no_color=not colour, stderr=True, legacy_windows=False
    )
    with console.capture() as capture:
        console.print(Markdown(numbered_notes(report)))
    drawn = capture.get()
    if drawn.count("\n") < shutil.get_terminal_size().lines or shutil.which(LESS[0]) is None:
        sys.stderr.write(drawn)
        sys.stderr.flush()
        return
    environment = {**os.environ, "LESSCHARSET": "utf-8"}
    subprocess.run(LESS, input=drawn.encode(), stdout=sys.stderr, env=environment, check=False)  # noqa: S603


def numbered_notes(report: str) -> str:
    """The report with footnotes by number, as a list at its end, and without what only a browser draws."""
    numbers: dict[str, int] = {}
    following = count(1)

    def number(match: re.Match[str]) -> str:
        if match[1] not in numbers:
            numbers[match[1]] = next(following)
        return f" \\[{numbers[match[1]]}]"

    text = _DRAWING.sub("", report)
    notes = dict(_NOTE.findall(text))
    text = _MARK.sub(number, _NOTE.sub("", text))
    listed = [(label, _MARK.sub(number, notes[label])) for label in tuple(numbers) if label in notes]
    return text.rstrip() + "\n\n" + "\n".join(f"{numbers[label]}. {note}" for label, note in listed) + "\n"


def opening(report: str) -> list[str]:
    """The paragraphs under a Markdown report's first heading of the second level, as plain text."""
    _, _, rest = report.partition("\n## ")
    section, _, _ = rest.partition("\n## ")
    paragraphs = section.split("\n\n")[1:]
    plain = (_ESCAPED.sub(r"\1", _MARK.sub("", text).replace("**", "")) for text in paragraphs)
    return [" ".join(text.replace("\u2060", "").split()) for text in plain if text.strip()]
