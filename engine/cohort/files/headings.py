"""Cohort files and their headings: which column holds which case key."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from trackfit.engine.cases.case import CaseReader
from trackfit.engine.documents.workbook import ENDINGS as WORKBOOKS
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.errors import InvalidInput, refused
from trackfit.engine.problems.problem import Location, did_you_mean
from trackfit.engine.problems.problems import Problems

KINDS = ("csv", "jsonl", "parquet", "xlsx", "ods")
ENDINGS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    **WORKBOOKS,
}


class Columns(msgspec.Struct, frozen=True):
    """Which column holds which case key, by place; and headings that look like one but are not."""

    places: dict[str, int]
    ignored: tuple[str, ...]


class CohortFile(msgspec.Struct, frozen=True):
    """A cohort file: its kind, one of `KINDS`; `mapping` gives a case key for a heading.

    `sheet` is the sheet of a workbook, None for the first; `nulls` are texts that stand for no answer.
    """

    path: str
    kind: str
    mapping: dict[str, str]
    sheet: str | None = None
    nulls: tuple[str, ...] = ()


class Layout(msgspec.Struct):
    """How a file is laid out, as far as it has been read: rows count from 1; None where there is no such thing."""

    kind: str
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    heading_row: int | None = None
    skipped_rows: list[int] = []
    columns: dict[str, str | None] = {}
    """The case key of each heading."""


class Reading(NamedTuple):
    """A cohort file that is being read: by which answers, who hears of what is noticed, and what is known of its layout."""

    source: CohortFile
    reader: CaseReader
    notice: Callable[[str], None]
    layout: Layout


def source_of(
    path: str,
    mapping: Mapping[str, str],
    kind: str | None = None,
    *,
    sheet: str | None = None,
    nulls: Sequence[str] = (),
) -> CohortFile:
    """The file's kind, by its ending unless it is given. Raises `InvalidInput`."""
    ending = Path(path).suffix.lower()
    found = kind or ENDINGS.get(ending)
    if path == "-":
        found = found or "csv"
    if found is None:
        text = "its kind is not clear from its name; end it in .csv, .jsonl, .parquet, .xlsx or .ods, or say --input csv"
        if ending in (".xls", ".xlsb", ".numbers"):
            text = f"{ending} is not read; save it as .xlsx, .ods or .csv"
        raise refused(path, "unknown-file-kind", text)
    if path != "-" and not Path(path).exists():
        text = "there is no such file; check the path"
        raise refused(path, "no-such-file", text)
    if sheet is not None and found not in WORKBOOKS.values():
        raise refused(
            "--sheet", "option-does-not-fit", "only workbooks (.xlsx, .ods) have sheets; leave it out"
        )
    return CohortFile(path, found, dict(mapping), sheet, tuple(nulls))


@contextlib.contextmanager
def named(path: str) -> Iterator[str]:
    """The path; of standard input, that of a copy, for what is not read from its beginning to its end."""
    if path != "-":
        yield path
        return
    with tempfile.NamedTemporaryFile() as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield copy.name


def match_columns(headings: Sequence[str], reading: Reading, line: int = 1) -> Columns:
    """The place of each case key among the headings, by key or label whatever the case and punctuation.

    The file's layout learns of them. Raises `InvalidInput` where two columns claim one key, or a mapping names what
    is not there.
    """
    source, reader, notice, layout = reading
    names = {fold("id"): "id"}
    for attribute in reader.attributes.values():
        names[fold(attribute.id)] = names[fold(attribute.label)] = attribute.id
    where = Location(source.path, line, 1)
    problems = _mapping_faults(headings, source, reader, where)
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, heading in enumerate(headings):
        found = source.mapping.get(heading) or names.get(fold(heading))
        if found is None:
            ignored.append(heading)
        elif found in places and heading not in source.mapping:
            text = f"columns {places[found] + 1} and {place + 1} both stand for {found!r}; rename one, or choose with --map"
            problems.add(where, "duplicate-heading", text)
        else:
            places[found] = place
    problems.refuse()
    open_ = [name for name in names.values() if name not in places]
    for heading in filter(str.strip, ignored):
        _, nearest = did_you_mean(heading, open_)
        if nearest:
            notice(
                f"the column {heading!r} is not used; if it is {nearest!r}, say --map {heading!r}={nearest}"
            )
    if BACKGROUND not in places:
        raise _without_background(headings, where)
    key_at = {place: key for key, place in places.items()}
    layout.columns |= {
        heading: key_at.get(place) for place, heading in enumerate(headings) if heading.strip()
    }
    return Columns(places, tuple(ignored))


def _mapping_faults(
    headings: Sequence[str], source: CohortFile, reader: CaseReader, where: Location
) -> Problems:
    problems = Problems()
    for heading, key in source.mapping.items():
        if heading not in headings:
            hint, _ = did_you_mean(heading, headings)
            text = f"--map names a column {heading!r} that is not there{hint}"
            problems.add(where, "unknown-column", text)
        if key not in reader.attributes and key != "id":
            hint, _ = did_you_mean(key, reader.attributes)
            problems.add(where, "unknown-key", f"--map names no case key: {key!r}{hint}")
    return problems


def _without_background(headings: Sequence[str], where: Location) -> InvalidInput:
    found = [heading for heading in headings if heading.strip()]
    _, nearest = did_you_mean(BACKGROUND, found)
    chosen = nearest or (found or ["HEADING"])[0]
    listed = ", ".join(map(repr, headings[:12]))
    text = f"no column is called 'background'; say which one it is, as in --map {chosen!r}=background; there are {listed}"
    return refused(where, "missing-column", text)
