"""Parts of a page that look different: what a template puts between two marks; in Markdown the marks print nothing.

How each looks stands in page.css, under its name. A folded part is `<details>` with its `<summary>` in Markdown as well.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from trackfit.engine.language.columns import Record
from trackfit.engine.language.markdown import Ready, readable

if TYPE_CHECKING:
    from markdown_it.token import Token

SUMMARY = re.compile(r"^<summary>(.*)</summary>$", re.MULTILINE)
_OPEN = re.compile(r"<!-- box (?P<name>[a-z]+) -->")
_FOLDED = re.compile(r"<details>\n(?P<summary><summary>[^\n]*</summary>)")
_UNFOLDED = "</details>"
_END = "end"
_ASIDE = " – "
"""What stands behind it in a summary is its short answer."""


class Boxes(Record, frozen=True):
    """Parts of a page: each begins one, `end` ends the innermost. In Markdown they print nothing."""

    card: Ready
    """The short answer on top."""
    held: Ready
    """Skills that are held: what stands in code marks looks like a label."""
    usual: Ready
    """Skills that are usual for the background, likewise."""
    missing: Ready
    """Skills that are missing, likewise."""
    steps: Ready
    """The steps of the plan."""
    next: Ready
    """The next steps, side by side where there is room."""
    watch: Ready
    """A warning."""
    more: Ready
    """The appendix; on paper it begins on a new page."""
    end: Ready
    """Ends what was begun last."""


def boxes(*, page: bool) -> Boxes:
    """The marks on a page, and nothing in Markdown."""
    return Boxes(
        **{name: Ready(f"\n\n<!-- box {name} -->\n\n" if page else "") for name in Boxes.__struct_fields__}
    )


def plain_summaries(text: str) -> str:
    """Markdown in which summaries hold words alone: inside HTML nobody reads Markdown, and nothing may be HTML there."""
    return SUMMARY.sub(lambda one: f"<summary>{html.escape(readable(one[1]), quote=False)}</summary>", text)


def with_boxes(tokens: Iterable[Token]) -> list[Token]:
    """The parts of a page where their marks stand; what is left open ends with the page."""
    found: list[Token] = []
    open_: list[str] = []
    skipped = False
    for token in tokens:
        if skipped and token.type == "paragraph_close":
            skipped = False
        elif (made := _made(token, open_)) is not None:
            found[-1].type, found[-1].tag, found[-1].content = "html_block", "", made
            skipped = True
        elif token.type == "footnote_block_open":
            found += _closing(open_)
            found.append(token)
        else:
            found.append(token)
    return found + _closing(open_)


def _made(token: Token, open_: list[str]) -> str | None:
    """The HTML that stands for a paragraph that is a mark; None where it is none."""
    if token.type != "inline" or token.level != 1:
        return None
    if opened := _OPEN.fullmatch(token.content):
        if opened["name"] == _END:
            return f"{open_.pop()}\n" if open_ else ""
        open_.append("</div>")
        return f'<div class="{opened["name"]}">\n'
    if folded := _FOLDED.fullmatch(token.content):
        open_.append(_UNFOLDED)
        shown, dash, aside = folded["summary"].removesuffix("</summary>").partition(_ASIDE)
        return f"<details>\n{shown}{f' <span>{aside}</span>' if dash else ''}</summary>\n"
    if token.content == _UNFOLDED:
        return "".join(_until_folded(open_))
    return None


def _until_folded(open_: list[str]) -> Iterator[str]:
    """The ends of what was begun in a folded part, and its own; nothing where there is none."""
    while _UNFOLDED in open_:
        ended = open_.pop()
        yield f"{ended}\n"
        if ended == _UNFOLDED:
            return


def _closing(open_: list[str]) -> list[Token]:
    from markdown_it.token import Token

    found = [Token("html_block", "", 0, content=f"{one}\n") for one in reversed(open_)]
    open_.clear()
    return found
