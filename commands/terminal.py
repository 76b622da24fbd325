"""What the interview draws with: wrapped lines, a prompt, and the beginning of a report as plain text.

All of it goes to standard error, so that standard output stays free for the report.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import textwrap

import click

_FOOTNOTE = re.compile(r"\[\^[^\]]+\]")
_ESCAPED = re.compile(r"\\(.)")


def say(text: str = "", *, bold: bool = False, indent: str = "") -> None:
    """Print a text, wrapped to the terminal; later lines start under the text, not under the indent's mark."""
    width = max(20, min(shutil.get_terminal_size().columns, 88))
    wrapped = textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    click.secho(wrapped, bold=bold or None, err=True)


def read_line(prompt: str) -> str:
    """One typed line. Raises EOFError where there is no more input."""
    if sys.stdin is None:
        raise EOFError
    if sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty():
        import readline  # noqa: F401 - lets people edit the line they type

        return input(prompt).strip()
    click.echo(prompt, nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def confirm(question: str) -> bool:
    """Whether the person agrees; Enter is a yes."""
    while True:
        say(question)
        answer = read_line("Y/n > ").lower()
        if answer in ("", "y", "yes"):
            return True
        if answer in ("n", "no"):
            return False


def be_lenient_with_input() -> None:
    """Read bytes that are no text as replacement characters instead of failing on them."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def opening(report: str) -> list[str]:
    """The paragraphs under a Markdown report's first heading of the second level, as plain text."""
    _, _, rest = report.partition("\n## ")
    section, _, _ = rest.partition("\n## ")
    paragraphs = section.split("\n\n")[1:]
    plain = (_ESCAPED.sub(r"\1", _FOOTNOTE.sub("", text).replace("**", "")) for text in paragraphs)
    return [" ".join(text.replace("\u2060", "").split()) for text in plain if text.strip()]
