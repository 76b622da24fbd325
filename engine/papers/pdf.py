"""The text of a PDF in the order in which people read it: by columns where there are columns, by rows where there are none.

A PDF knows letters and places, and neither lines nor columns. pdfminer gives pieces of lines; the rest is worked out here.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTContainer, LTTextLine
from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed

from trackfit.engine.papers.bounded import Parsed

MAX_PAGES = 60
MAX_PIECES = 4_000
"""Of lines on a page."""
_GUTTER = 9.0
"""Points between two columns at least."""
_FEWEST = 5
"""Lines that the left one of two columns has at least, beside the right one: fewer are the labels of a table."""
_FEWEST_BESIDE = 6
"""Rows with something on the right of a gutter; fewer are a table, whose rows belong together."""
_GLYPH = re.compile(r"\(cid:\d+\)")
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}/\d{2,4}|present|heute|aujourd|actual|today|now\b", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"\s*(?:page|seite|página|pagina|-)?\s*\d{1,3}\s*(?:(?:of|von|sur|de|di|van|/)\s*\d{1,3}|-)?\s*",
    re.IGNORECASE,
)


class Piece(NamedTuple):
    """A piece of a line with its place on the page, in points from the lower left corner."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    size: float
    bold: bool


class Row(NamedTuple):
    """Pieces that stand beside each other; `top` and `bottom` in points from the bottom of the page."""

    top: float
    bottom: float
    pieces: list[Piece]


def read_pdf(raw: bytes) -> Parsed:
    """The lines of a PDF; raises what pdfminer raises on a broken one."""
    pages: list[list[Piece]] = []
    try:
        layout = LAParams(
            boxes_flow=None, char_margin=1.6, line_margin=0.3, word_margin=0.1, detect_vertical=False
        )
        for page in extract_pages(io.BytesIO(raw), maxpages=MAX_PAGES + 1, laparams=layout):
            if len(pages) == MAX_PAGES:
                return Parsed(fault="too much")
            pages.append(list(_pieces(page)))
    except (PDFPasswordIncorrect, PDFTextExtractionNotAllowed):
        return Parsed(fault="locked")
    return _laid_out(pages) if pages else Parsed(fault="broken")


def _laid_out(pages: Sequence[Sequence[Piece]]) -> Parsed:
    """The lines of pages, in the order of reading."""
    if any(len(pieces) > MAX_PIECES for pieces in pages):
        return Parsed(fault="too much")
    letters = sum(len(piece.text) for pieces in pages for piece in pieces)
    if letters < 20:
        return Parsed(fault="scanned")
    repeated = _repeated(pages)
    usual = median([piece.size for pieces in pages for piece in pieces])
    found: list[tuple[str, int]] = []
    for number, pieces in enumerate(pages, 1):
        kept = [one for one in pieces if not _is_margin(one, repeated, number)]
        found += [(text, number) for text in _lines(_in_columns(_rows(kept)), usual)]
    return Parsed(lines=found)


def _pieces(container: Iterable[object]) -> Iterator[Piece]:
    for one in container:
        if isinstance(one, LTTextLine):
            text = _GLYPH.sub("", one.get_text()).replace("\n", " ").strip()
            letters = [letter for letter in one if isinstance(letter, LTChar)]
            if text and letters and letters[0].upright:
                bold = all(
                    re.search(r"bold|black|heavy|semibold|demi", letter.fontname, re.IGNORECASE)
                    for letter in letters[:40]
                )
                yield Piece(one.x0, one.y0, one.x1, one.y1, text, round(letters[0].size, 1), bold)
        elif isinstance(one, LTContainer):
            yield from _pieces(one)


def _repeated(pages: Sequence[Sequence[Piece]]) -> frozenset[str]:
    """What stands on every page but in the first, in the highest or lowest lines: running heads and feet."""
    if len(pages) < 2:
        return frozenset()
    seen: Counter[str] = Counter()
    for pieces in pages:
        ordered = sorted(pieces, key=lambda one: -one.y1)
        seen.update({_shape(one.text) for one in (*ordered[:3], *ordered[-3:])})
    return frozenset(text for text, times in seen.items() if times >= max(2, len(pages) - 1))


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def _is_margin(piece: Piece, repeated: frozenset[str], page: int) -> bool:
    return (bool(_PAGE_NUMBER.fullmatch(piece.text)) and not _DATE.search(piece.text)) or (
        page > 1 and _shape(piece.text) in repeated
    )


def _rows(pieces: Sequence[Piece]) -> list[Row]:
    """Pieces by the height at which they stand, from the top down."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda one: (-one.y1, one.x0)):
        last = rows[-1] if rows else None
        if last is not None and min(last.top, piece.y1) - max(last.bottom, piece.y0) > 0.55 * min(
            last.top - last.bottom, piece.y1 - piece.y0
        ):
            last.pieces.append(piece)
        else:
            rows.append(Row(piece.y1, piece.y0, [piece]))
    return [Row(row.top, row.bottom, sorted(row.pieces)) for row in rows]


def _in_columns(rows: Sequence[Row]) -> list[Row]:
    """Rows in the order of reading: where a gutter runs down part of a page, its left side before its right one."""
    for first in range(len(rows)):
        for last in range(len(rows), first + _FEWEST - 1, -1):
            part = rows[first:last]
            gutter = _gutter(part)
            if gutter is not None:
                sides = [_side(part, gutter, left=left) for left in (True, False)]
                above, below = rows[:first], rows[last:]
                return [*above, *_in_columns(sides[0]), *_in_columns(sides[1]), *_in_columns(below)]
            if last < len(rows) - 12:
                break
    return list(rows)


def _side(rows: Sequence[Row], gutter: float, *, left: bool) -> list[Row]:
    return _rows([piece for row in rows for piece in row.pieces if (piece.x1 <= gutter) == left])


def _gutter(rows: Sequence[Row]) -> float | None:
    """Where a strip runs down all these rows in which nothing stands, with columns of text on both sides; else None."""
    pieces = sorted(piece for row in rows for piece in row.pieces)
    widest, place, reach = 0.0, None, pieces[0].x1
    for piece in pieces[1:]:
        if piece.x0 - reach > max(_GUTTER, widest) and _are_columns(rows, (reach + piece.x0) / 2):
            widest, place = piece.x0 - reach, (reach + piece.x0) / 2
        reach = max(reach, piece.x1)
    return place


def _are_columns(rows: Sequence[Row], gutter: float) -> bool:
    """Whether what stands left and right of a place are two columns, not the two ends of single lines."""
    left = [piece for row in rows for piece in row.pieces if piece.x1 <= gutter]
    right = [piece for row in rows for piece in row.pieces if piece.x0 >= gutter]
    beside = [at for at, row in enumerate(rows) if any(one.x0 >= gutter for one in row.pieces)]
    if len(beside) < _FEWEST_BESIDE:
        return False
    within = rows[beside[0] : beside[-1] + 1]
    if sum(any(one.x1 <= gutter for one in row.pieces) for row in within) < _FEWEST:
        return False
    return not any(_are_ends(side) for side in (left, right))


def _are_ends(pieces: Sequence[Piece]) -> bool:
    """Whether pieces are dates, places or marks beside the lines that they belong to."""
    short = sum(
        (bool(_DATE.search(one.text)) and len(one.text) <= 36) or len(one.text) <= 2 for one in pieces
    )
    return short * 5 >= len(pieces) * 2


def _lines(rows: Sequence[Row], usual: float) -> Iterator[str]:
    """The rows as lines, blank ones where there is space, headings marked."""
    before: Row | None = None
    for row in rows:
        height = row.top - row.bottom
        if before is not None and not 0 <= before.bottom - row.top <= 0.75 * height:
            yield ""
        texts = [piece.text for piece in row.pieces]
        is_heading = (
            all(piece.bold or piece.size > 1.15 * usual for piece in row.pieces)
            and len(" ".join(texts).split()) <= 8
        )
        yield ("# " if is_heading else "") + "\t".join(texts)
        before = row
