"""Plain text as Markdown that shows it literally: nothing in it can become a heading, a link or a table cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Self

from trackfit.engine.language import formats

MAX_TYPED = 300
_JOINER = "\u2060"
"""Invisible, and keeps an address from being taken for a link."""
_SPECIAL = re.compile(r"[\\`*_\[\]<|~$]|&(?=#?\w+;)")
_AT_START = re.compile(r"^(?:[=:>]|-(?=[\s:-]|$)|\+(?=\s|$)|#{1,6}(?=\s|$)|[0-9]{1,9}(?=[.)](?:\s|$)))")
_ADDRESS = re.compile(r"(?i)(?<=\w)(?=://)|(?<=\bwww)(?=\.)|(?=@)")
_DOT_IN_NAME = re.compile(r"(?<=\w)\.(?=\w)")
_MARKS = re.compile(r"\\([!-/:-@\[-`{-~])|\[\^[^\]\s]+\]|\*+|`|\u2060")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Ready(str):
    """Text that is Markdown already and is printed as it stands; `figures` are the ids of those that it quotes."""

    __slots__ = ("figures",)
    figures: tuple[str, ...]

    def __new__(cls, text: str, figures: Iterable[str] = ()) -> Self:
        """The text, with what it quotes."""
        made = super().__new__(cls, text)
        made.figures = tuple(figures)
        return made

    def __html__(self) -> Ready:
        """What the template engine takes for the mark of text that needs no escaping."""
        return self


class Typed(str):
    """Text that a person typed: not even a bare name such as example.com may become a link."""

    __slots__ = ()


def escape(text: str) -> Ready:
    r"""Text as Markdown that shows it literally, on one line, without control or direction marks.

    What is only special where a line begins is escaped only where the text begins with it.

    >>> print(escape("<b>*me*</b> | [x](javascript:y)"))
    \<b>\*me\*\</b> \| \[x\](javascript:y)
    >>> print(escape("C++ & 1. #2"), escape("# no heading"), escape("1. no list"))
    C++ & 1. #2 \# no heading 1\. no list
    """
    shown = _SPECIAL.sub(r"\\\g<0>", plain_text(text))
    shown = _ADDRESS.sub(_JOINER, shown)
    if isinstance(text, Typed):
        shown = _DOT_IN_NAME.sub(r"\\.", shown)
    return Ready(_AT_START.sub(_escape_start, shown, count=1))


def _escape_start(match: re.Match[str]) -> str:
    found = match[0]
    return f"{found}\\" if found.isdigit() else f"\\{found}"


def plain_text(text: str) -> str:
    """Text on one line, without control characters, direction marks or invisible ones; what was typed, not endless."""
    kept = text
    if not (text.isascii() and text.isprintable()):
        spaced = (" " if character.isspace() else character for character in text)
        kept = "".join(one for one in spaced if unicodedata.category(one) not in _UNSEEN)
    shown = " ".join(kept.split())
    if isinstance(text, Typed) and len(shown) > MAX_TYPED:
        return f"{shown[: MAX_TYPED - 1]}…"
    return shown


def show(value: Any) -> Ready:
    """What a template or a rule's text prints: Markdown as it stands, all other text escaped, lists in words.

    Raises TypeError for what is no text, number or list.
    """
    if hasattr(value, "__html__"):
        shown = value.__html__()
        return shown if isinstance(shown, Ready) else Ready(shown)
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, int | float):
        return Ready(formats.number(+value))
    if isinstance(value, list | tuple):
        return listing(value)
    raise TypeError(f"{type(value).__name__!r} is nothing that can be printed")


def listing(values: list[Any] | tuple[Any, ...], word: str = "and") -> Ready:
    r"""Values as a list in a sentence.

    >>> print(listing(["a*", "b", "c"], "or"))
    a\*, b or c
    """
    shown = [show(one) for one in values]
    return Ready(formats.listing([*map(str, shown)], word), quoted_in(shown))


def quoted_in(texts: Iterable[Ready]) -> tuple[str, ...]:
    """The ids of the figures that texts quote, each once."""
    return tuple(dict.fromkeys(id_ for text in texts for id_ in text.figures))


def link(text: str, address: str | None) -> Ready:
    r"""Text that leads to an address, or the text alone where there is none. The address is one that `check` has let pass.

    >>> print(link("a_b", "https://example.org/a_(b)"), link("c", None))
    [a\_b](<https://example.org/a_(b)>) c
    """
    return Ready(f"[{escape(text)}](<{address}>)") if address else escape(text)


def code(text: str) -> Ready:
    """Text as inline code, also inside a table."""
    return Ready(f"`{re.sub('[`|]', '', plain_text(text)) or ' '}`")


def _in_chart(character: str) -> str:
    if character.isalnum() or character in " .,()/+-&":
        return character
    return f"#{ord(character)};" if character in "#:;%" else " "


def chart_text(text: str) -> Ready:
    """Text for a task or title of a Mermaid chart: nothing in it is taken for syntax.

    >>> chart_text("C#: 100%")
    'C#35;#58; 100#37;'
    """
    kept = "".join(_in_chart(one) for one in plain_text(text))
    return Ready(" ".join(kept.split()))


def readable(markdown: str) -> str:
    r"""A report as a reader sees it: one line, without Markdown's marks and footnotes.

    >>> readable("about **\\$90,000**[^a-b] a year")
    'about $90,000 a year'
    """
    return " ".join(_MARKS.sub(lambda match: match[1] or "", markdown).split())
