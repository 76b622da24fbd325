"""Whether a report comes from this knowledge base and these answers; if not, what differs.

A report ends with a stamp: what it was made from. The report is made again from that, and the two are compared, line
by line and without the stamp's own line.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator, Sequence

import msgspec

from trackfit.engine.language.markdown import plain_text
from trackfit.engine.report.stamp import Stamp, has_stamp, stamp_of, words

TOLD = 3
"""So many differing places are told."""
LEAD = 40
LONGEST = 160
"""So many characters of a line are shown, and of these so many before the difference."""
MOST_LINES = 5_000
"""A report has a few hundred; with many more than that a comparison takes for ever."""
_NOTE = re.compile(r"<sup>.*?</sup>")
_PAGE_TAG = re.compile(r"</?(?:a|code|em|h[1-6]|li|p|span|strong|td|th)\b[^<>]*>")
_HEADING = re.compile(
    r"\s*(?:#{1,6}\s+(?P<plain>.*\S)|<(?:h[1-6]|summary)\b[^>]*>(?P<html>.*?)(?: – | <span>|</h[1-6]>|</summary>))"
)


class DifferentLine(msgspec.Struct, frozen=True):
    """A place where two reports differ: the section, the line in the one at hand, and both texts, "" where there is none."""

    section: str
    line: int
    found: str
    made: str


class Verdict(msgspec.Struct, frozen=True):
    """Whether a report is what would be made now (`same`), and what differs: parts of its stamp, and of its text."""

    same: bool
    stamp: dict[str, tuple[str, str]]
    places: tuple[DifferentLine, ...]
    more: int


def compare(text: str, made: str) -> Verdict:
    """Compare a report with `made`, the one that is made now. Both have a stamp."""
    theirs, ours = stamp_of(text), stamp_of(made)
    assert theirs is not None
    assert ours is not None
    parts = {
        name: (getattr(theirs, name), getattr(ours, name))
        for name in Stamp.__struct_fields__
        if getattr(theirs, name) != getattr(ours, name)
    }
    places = list(_places(_lines(text), _lines(made)))
    return Verdict(
        same=not places and not parts.keys() & {"knowledge", "case", "as_of", "since"},
        stamp=parts,
        places=tuple(places[:TOLD]),
        more=max(0, len(places) - TOLD),
    )


def _lines(text: str) -> list[str]:
    """The lines of a report, the stamp's left empty."""
    return ["" if has_stamp(line) else line.rstrip() for line in text.splitlines()]


def _places(found: Sequence[str], made: Sequence[str]) -> Iterator[DifferentLine]:
    """Where the lines differ, in order."""
    matcher = difflib.SequenceMatcher(None, found, made, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        before = [line for line in found[start:end] if line]
        after = [line for line in made[other_start:other_end] if line]
        if before or after:
            section = _section(found[: start + 1])
            yield DifferentLine(
                section, start + 1, *_excerpts(before[0] if before else "", after[0] if after else "")
            )


def _section(lines: Sequence[str]) -> str:
    """The heading, or the summary of a folded part, that the last of the lines stands under."""
    for line in reversed(lines):
        heading = _HEADING.match(line)
        if heading:
            return plain_text(words(heading["plain"] or heading["html"]))
    return ""


def _excerpts(found: str, made: str) -> tuple[str, str]:
    """Both lines from a little before where they part; of a page, as they are read, if that is where they part."""
    if _read(found) != _read(made):
        found, made = _read(found), _read(made)
    found, made = plain_text(found), plain_text(made)
    same = next(
        (place for place, (one, other) in enumerate(zip(found, made, strict=False)) if one != other), 0
    )
    start = max(0, same - LEAD) if found and made else 0
    return _cut(found, start), _cut(made, start)


def _read(line: str) -> str:
    """A line of a page without its notes and the tags of its sentences; of Markdown, which has none, as it is."""
    return html.unescape(_PAGE_TAG.sub("", _NOTE.sub("", line)))


def _cut(line: str, start: int) -> str:
    end = start + LONGEST
    return f"{'…' if start else ''}{line[start:end]}{'…' if len(line) > end else ''}"
