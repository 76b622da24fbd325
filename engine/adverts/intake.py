"""Advertisements from where they are: files, folders, standard input, and rows of JSON lines or CSV."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from trackfit.engine.adverts.advert import AdvertText
from trackfit.engine.documents.folder import files_in
from trackfit.engine.documents.sheet import open_sheet
from trackfit.engine.papers.html import read_html
from trackfit.engine.papers.paper import clean, lines_of
from trackfit.engine.papers.reading import ENDINGS, paper_of, raw_of, text_of
from trackfit.engine.problems.problem import Location, quoted
from trackfit.engine.problems.problems import Problems

MAX_ADVERTS = 50_000
MAX_CHARACTERS = 200_000
"""Of one advertisement; a long one has ten thousand."""
MAX_TABLE_BYTES = 500_000_000
TABLES = (".jsonl", ".ndjson", ".csv", ".tsv")
COLUMNS = {
    "text": ("text", "description", "job_description", "jobdescription", "body"),
    "title": ("title", "job_title", "jobtitle", "position"),
    "place": ("place", "location", "city"),
    "date": ("date", "posted", "published", "posted_at"),
}
"""What a column may be called, the likeliest name first."""


def adverts_in(paths: Iterable[str], given: bytes | None, notes: Problems) -> Iterator[AdvertText]:
    """The advertisements behind some paths, one after the other; `given` stands for the path `-`.

    What cannot be read is noted, and the others are read.
    """
    number = 0
    for path in paths:
        for one in _behind(path, given, notes):
            number += 1
            if number > MAX_ADVERTS:
                notes.add(
                    Location(path),
                    "too-many-values",
                    f"more than {MAX_ADVERTS:,} advertisements at once; split them",
                )
                return
            if any(line.text.strip() for line in one.lines):
                yield one
            else:
                notes.add(
                    Location(one.file), "empty-file", "there is no text in this advertisement; paste it again"
                )


def _behind(path: str, given: bytes | None, notes: Problems) -> Iterator[AdvertText]:
    if path == "-":
        yield from _of(Path("<stdin>"), given or b"", notes)
    elif os.path.isdir(path):  # noqa: PTH112 - the path is as it was typed
        found = files_in(Path(path), (*ENDINGS, *TABLES))
        if not found:
            known = ", ".join((*ENDINGS, *TABLES))
            notes.add(
                Location(path),
                "empty-file",
                f"there is no advertisement in this folder; it reads files that end in {known}",
            )
        for one in found:
            yield from _behind(str(one), None, notes)
    else:
        is_table = path.lower().endswith(TABLES)
        raw = raw_of(Path(path), notes, limit=MAX_TABLE_BYTES if is_table else None)
        if raw is not None:
            yield from _of(Path(path), raw, notes)


def _of(path: Path, raw: bytes, notes: Problems) -> Iterator[AdvertText]:
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv"):
        yield from _rows_of_csv(path, raw, notes)
    elif ending in (".jsonl", ".ndjson") or (str(path) == "<stdin>" and raw.lstrip()[:1] == b"{"):
        yield from _rows_of_json(path, raw, notes)
    else:
        paper = paper_of(path, raw, notes)
        if paper is not None:
            if sum(len(line.text) for line in paper.lines) > MAX_CHARACTERS:
                _too_long(str(path), notes)
            else:
                yield AdvertText(str(path), paper.lines)


def _too_long(place: str, notes: Problems) -> None:
    text = f"this has more than {MAX_CHARACTERS:,} characters, and no advertisement has; put each into a file of its own"
    notes.add(Location(place), "text-too-long", text)


def _rows_of_json(path: Path, raw: bytes, notes: Problems) -> Iterator[AdvertText]:
    text = text_of(raw, str(path), notes)
    for number, line in enumerate((text or "").splitlines(), 1):
        if not line.strip():
            continue
        where = Location(str(path), number)
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            notes.add(
                where,
                "json-syntax",
                'this line is not valid JSON; each line is one object, such as {"text": "…"}',
            )
            continue
        if not isinstance(row, dict):
            notes.add(where, "wrong-type", 'an advertisement is an object with a text, such as {"text": "…"}')
            continue
        named = {
            str(key).strip().casefold(): str(value)
            for key, value in row.items()
            if isinstance(value, str | int | float)
        }
        yield from _row(f"{path}:{number}", where, named, notes)


def _rows_of_csv(path: Path, raw: bytes, notes: Problems) -> Iterator[AdvertText]:
    text = text_of(raw, str(path), notes)
    if text is None:
        return
    names = {name for known in COLUMNS.values() for name in known}
    sheet = open_sheet(
        io.StringIO(text, newline=""),
        lambda cells: len({cell.strip().casefold() for cell in cells} & names),
        max_cell=MAX_CHARACTERS,
    )
    headings = [] if sheet is None else [cell.strip().casefold() for cell in sheet.heading.cells]
    if sheet is None or not set(COLUMNS["text"]) & set(headings):
        told = "there is no column 'text' or 'description' with the advertisements; add one, or rename it"
        notes.add(Location(str(path), 1), "missing-column", told)
        return
    number = sheet.heading.number
    while True:
        line = sheet.rows.line_num + 1
        number += 1
        try:
            cells = next(sheet.rows)
        except StopIteration:
            return
        except csv.Error as error:
            told = (
                "a cell of this row is far too long"
                if "limit" in str(error)
                else "a quote in this row is not closed, or closed too early"
            )
            notes.add(Location(str(path), line), "bad-row", f"{told}; the rows from here on are left out")
            return
        if any(map(str.strip, cells)):
            named = dict(zip(headings, cells, strict=False))
            yield from _row(f"{path}:{line}", Location(str(path), line), named, notes)


def _row(file: str, where: Location, named: dict[str, str], notes: Problems) -> Iterator[AdvertText]:
    cells = {
        column: next((named[name] for name in known if named.get(name, "").strip()), "")
        for column, known in COLUMNS.items()
    }
    text = cells.pop("text")
    if not text.strip():
        given = quoted(cells["title"]) if cells["title"] else "this row"
        notes.add(
            where, "empty-value", f"{given} has no text; write the advertisement into the column 'text'"
        )
    elif len(text) > MAX_CHARACTERS:
        _too_long(file, notes)
    else:
        lines = read_html(text).lines if _is_html(text) else lines_of(text)
        yield AdvertText(
            file, lines, **{name: " ".join(clean(cell).split())[:300] for name, cell in cells.items()}
        )


def _is_html(text: str) -> bool:
    """Whether a cell holds marks of a web page, as job boards' exports do."""
    return any(f"</{tag}>" in text for tag in ("p", "li", "ul", "div", "strong", "h2", "h3")) or "<br" in text
