"""A Markdown report as it is read in a terminal: drawn by rich in a pager, or as plain lines for screen readers."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

WIDE = 100
"""So many columns it takes to read a table."""
_MARK = re.compile(r"\[\^([^\]]+)\]")
_NOTE = re.compile(r"^\[\^([^\]]+)\]: (.*)$", re.MULTILINE)
_DRAWING = re.compile(r"(?:^\S[^\n]*:\n\n)?^```mermaid\n.*?^```\n+", re.MULTILINE | re.DOTALL)
_FOLDED = re.compile(r"^<details>\n<summary>(.*)</summary>$|^</details>$", re.MULTILINE)
_ADDRESS = re.compile(r"\]\(<[^>]*>\)")
_ENTRY = re.compile(r" *(?:[-*]|\d+\.) |\[\^[^\]]+\]: ")
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
        console.print(Markdown(fitted(numbered_notes(report), width)))
    drawn = capture.get()
    if drawn.count("\n") < shutil.get_terminal_size().lines or shutil.which(LESS[0]) is None:
        sys.stderr.write(drawn)
        sys.stderr.flush()
        return
    environment = {**os.environ, "LESSCHARSET": "utf-8"}
    subprocess.run(LESS, input=drawn.encode(), stdout=sys.stderr, env=environment, check=False)  # noqa: S603


def fitted(report: str, width: int) -> str:
    """Markdown for so many columns: in few of them lines end between words, and a table is a list: no cell is cut."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    if width >= WIDE:
        return report
    lines = report.split("\n")
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(report))
    for table in reversed([node for node in tree.walk() if node.type == "table"]):
        assert table.map is not None
        start, end = table.map
        lines[start:end] = _listed(table)
    return "\n".join(part for line in lines for part in _wrapped(line, width))


def _wrapped(line: str, width: int) -> list[str]:
    """The lines of a line of Markdown; those of an entry stand below its text, and a heading or tag stays whole."""
    if len(line) <= width or line.startswith(("#", "<", "|")):
        return [line]
    mark = _ENTRY.match(line)
    indent = " " * mark.end() if mark else ""
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _listed(table: SyntaxTreeNode) -> Iterator[str]:
    """The rows of a table as a list; each begins with its first cell, and the others stand below it."""
    head, *bodies = table.children
    columns = [_source(cell) for cell in head.children[0].children]
    for row in (row for body in bodies for row in body.children):
        for at, (column, cell) in enumerate(zip(columns, map(_source, row.children), strict=True)):
            if cell:
                yield f"{'  - ' if at else '- '}{f'{column}: ' if column else ''}{cell}"
    yield ""


def _source(cell: SyntaxTreeNode) -> str:
    """The Markdown of a cell."""
    return cell.children[0].content if cell.children else ""


def numbered_notes(report: str) -> str:
    """The report with footnotes by number, as a list at its end, and without what only a browser draws."""
    numbers: dict[str, int] = {}
    following = count(1)

    def number(match: re.Match[str]) -> str:
        if match[1] not in numbers:
            numbers[match[1]] = next(following)
        return f" \\[{numbers[match[1]]}]"

    text = _FOLDED.sub(_unfolded, _DRAWING.sub("", report))
    notes = dict(_NOTE.findall(text))
    text = _MARK.sub(number, _NOTE.sub("", text))
    listed = [(label, _MARK.sub(number, notes[label])) for label in tuple(numbers) if label in notes]
    return text.rstrip() + "\n\n" + "\n".join(f"{numbers[label]}. {note}" for label, note in listed) + "\n"


def _unfolded(part: re.Match[str]) -> str:
    """A folded part as a section under a heading; the answer in short that its summary has behind a dash is left out."""
    return f"## {html.unescape(part[1].partition(' – ')[0])}" if part[1] else ""


def opening(report: str) -> list[str]:
    """The paragraphs of a Markdown report above its first heading of the second level, as plain text; a table cell by cell."""
    top, _, _ = report.partition("\n## ")
    plain = (_ESCAPED.sub(r"\1", _MARK.sub("", one).replace("**", "")) for one in _paragraphs(top))
    return [" ".join(text.removeprefix("# ").replace("\u2060", "").split()) for text in plain if text.strip()]


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        if not paragraph.startswith("|"):
            yield _ADDRESS.sub("]", paragraph).replace("[", "").replace("]", "")
            continue
        heads, _, *rows = (
            [cell.strip() for cell in line.strip("|").split(" | ")] for line in paragraph.split("\n")
        )
        for row in rows:
            yield from (f"{head}: {cell}" for head, cell in zip(heads, row, strict=False))


def as_plain_text(report: str, width: int) -> str:
    """The whole report without marks, color or drawing, in lines of up to `width` columns; of tables a line a cell."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    parser = MarkdownIt("commonmark").enable("table")
    return "\n".join(_plain(SyntaxTreeNode(parser.parse(numbered_notes(report))), width)) + "\n"


def _plain(node: SyntaxTreeNode, width: int) -> Iterator[str]:
    """The lines of a block; an empty one stands before each block but the items of a list."""
    if node.type in ("heading", "paragraph"):
        if node.tag == "h2":
            yield ""
        yield from ("", *textwrap.wrap(_words(node), width, break_on_hyphens=False))
    elif node.type in ("bullet_list", "ordered_list"):
        yield ""
        for number, item in enumerate(node.children, int(node.attrs.get("start", 1))):
            mark = "- " if node.type == "bullet_list" else f"{number}. "
            lines = [line for line in _plain(item, width - len(mark)) if line]
            yield from (f"{' ' * len(mark) if at else mark}{line}" for at, line in enumerate(lines))
    elif node.type == "table":
        yield from _plain_table(node, width)
    elif node.type in ("fence", "code_block"):
        yield from ("", *node.content.splitlines())
    else:
        for child in node.children:
            yield from _plain(child, width)


def _plain_table(table: SyntaxTreeNode, width: int) -> Iterator[str]:
    head, *bodies = table.children
    columns = [_words(cell) for cell in head.children[0].children]
    for row in (row for body in bodies for row in body.children):
        yield ""
        for at, (column, cell) in enumerate(zip(columns, row.children, strict=True)):
            text = f"{column}: {_words(cell)}" if column else _words(cell)
            indent = "  " if at else ""
            yield from textwrap.wrap(
                text, width, initial_indent=indent, subsequent_indent="    ", break_on_hyphens=False
            )


def _words(node: SyntaxTreeNode) -> str:
    """The text in a node, on one line."""
    if node.type in ("softbreak", "hardbreak"):
        return " "
    text = "".join(map(_words, node.children)) if node.children else node.content
    return text.replace("\u2060", "")
