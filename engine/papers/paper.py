"""The lines of a document, and the passages that they make: a heading, an entry of a list, a paragraph."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator

import msgspec

_HEADING = re.compile(r"\s*#{1,6}\s+(.*?)\s*#*\s*")
_BOLD = re.compile(r"\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*(:?)\s*")
_ENTRY = re.compile(
    r"\s*(?:[-–—*+•●▪◦‣∙·○■□➢➤►✓✔✅★]|\d{1,2}[.)]|[a-z]\))\s+(.*)|\s*[•●▪◦‣∙■➢➤►✓✔✅★]\s*(.*)"
)
_LABEL = re.compile(r"[^\W\d_][\w /&'’()-]{1,30}:(?:\s|$)")
_RULE = re.compile(r"\s*(?:[-=_*~]\s*){3,}")
_FULL = 45
"""Characters from which a line may have been broken by a margin rather than by its author."""
LONGEST = 4_000
"""Characters of a passage; a longer one is several, so that no text takes longer to read than it is long."""
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


class Line(msgspec.Struct, frozen=True):
    """One line: its text, its number from 1, and its page, 0 where there are none."""

    text: str
    number: int
    page: int = 0


class Paper(msgspec.Struct, frozen=True):
    """A document; `kind` is what it is called, such as PDF, and `title` what its author called it, if that is told."""

    kind: str
    lines: tuple[Line, ...]
    title: str = ""


class Passage(msgspec.Struct, frozen=True):
    """Text that belongs together, without marks; `starts` are the places in it where a line begins."""

    text: str
    starts: tuple[int, ...]
    lines: tuple[Line, ...]
    is_heading: bool = False
    is_entry: bool = False

    def line(self, place: int) -> Line:
        """The line in which a character of the text stands."""
        return self.lines[bisect_right(self.starts, place) - 1]


def clean(text: str) -> str:
    r"""A text with one kind of each letter: no ligatures, no soft hyphens, no invisible or control characters.

    >>> clean("Kuber\u00adnetes work\ufb02ows\tand more")
    'Kubernetes workflows and more'
    """
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    return "".join(one if one.isprintable() else " " for one in text)


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a text, numbered as an editor does."""
    return tuple(Line(clean(line), number) for number, line in enumerate(text.splitlines(), 1))


def passages(lines: Iterable[Line]) -> Iterator[Passage]:
    """The passages of a document: lines that a margin parted are one again, and so are words parted by a hyphen."""
    open_: list[tuple[str, Line]] = []
    is_entry = False
    for line in (part for whole in lines for part in _parts(whole)):
        text = line.text.strip()
        if not text or _RULE.fullmatch(text):
            yield from _closed(open_, is_entry=is_entry)
            open_ = []
        elif heading := _HEADING.fullmatch(text) or _BOLD.fullmatch(text):
            yield from _closed(open_, is_entry=is_entry)
            open_ = []
            yield Passage(_plain("".join(heading.groups())), (0,), (line,), is_heading=True)
        elif entry := _ENTRY.fullmatch(line.text):
            yield from _closed(open_, is_entry=is_entry)
            open_, is_entry = [(_plain(entry[1] or entry[2] or ""), line)], True
        elif open_ and _goes_on(open_[-1][0], text) and sum(len(one) for one, _ in open_) < LONGEST:
            open_.append((_plain(text), line))
        else:
            yield from _closed(open_, is_entry=is_entry)
            open_, is_entry = [(_plain(text), line)], False
    yield from _closed(open_, is_entry=is_entry)


def _parts(line: Line) -> Iterator[Line]:
    """A line, or where it is longer than a passage the parts of it."""
    if len(line.text) <= LONGEST:
        yield line
        return
    for start in range(0, len(line.text), LONGEST):
        yield Line(line.text[start : start + LONGEST], line.number, line.page)


def _plain(text: str) -> str:
    """Without the marks of Markdown for bold, italic, code, tables and links."""
    if "](" in text:
        text = re.sub(r"\[([^\]]*)\]\([^)\s]*\)", r"\1", text)
    for mark in ("**", "__", "`"):
        if mark in text:
            text = text.replace(mark, "")
    return text.strip().strip("|").strip()


def _goes_on(before: str, text: str) -> bool:
    """Whether a line carries on the one before it: that one is as long as a margin lets it be, and does not end there."""
    if _LABEL.match(text) or (
        before.endswith((":", ".", "!", "?")) and not text[:1].islower() and len(before) < _FULL
    ):
        return False
    return before.endswith((",", "-", "&", "/")) or len(before) >= _FULL or text[:1].islower()


def _closed(open_: list[tuple[str, Line]], *, is_entry: bool) -> Iterator[Passage]:
    """The passage of some lines."""
    if not open_:
        return
    whole, starts = "", []
    for text, _ in open_:
        if whole.endswith("-") and whole[-2:-1].isalpha() and text[:1].islower():
            whole = whole[:-1]
        elif whole:
            whole += " "
        starts.append(len(whole))
        whole += text
    if whole:
        yield Passage(whole, tuple(starts), tuple(line for _, line in open_), is_entry=is_entry)
