"""Cohort files and their headings: which column holds which case key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from trackfit.engine.cases.case import CaseReader
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.errors import InvalidInput, refused
from trackfit.engine.problems.problem import Location, did_you_mean
from trackfit.engine.problems.problems import Problems


class Columns(msgspec.Struct, frozen=True):
    """Which column holds which case key, by place; and headings that look like one but are not."""

    places: dict[str, int]
    ignored: tuple[str, ...]


class CohortFile(msgspec.Struct, frozen=True):
    """A cohort file: the kind is csv, jsonl or parquet; `mapping` gives a case key for a heading."""

    path: str
    kind: str
    mapping: dict[str, str]


def source_of(path: str, mapping: Mapping[str, str], kind: str | None = None) -> CohortFile:
    """The file's kind, by its ending unless it is given. Raises `InvalidInput`."""
    found = kind or {
        ".csv": "csv",
        ".tsv": "csv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".parquet": "parquet",
    }.get(Path(path).suffix.lower())
    if path == "-":
        found = found or "csv"
    if found is None:
        text = "its kind is not clear from its name; end it in .csv, .jsonl or .parquet, or say --input csv"
        raise refused(path, "unknown-file-kind", text)
    if path != "-" and not Path(path).exists():
        text = "there is no such file; check the path"
        raise refused(path, "no-such-file", text)
    return CohortFile(path, found, dict(mapping))


def match_columns(
    headings: Sequence[str], source: CohortFile, reader: CaseReader, notice: Callable[[str], None]
) -> Columns:
    """The place of each case key among the headings, by key or label whatever the case and punctuation.

    Raises `InvalidInput` where two columns claim one key, or a mapping names what is not there.
    """
    names = {fold("id"): "id"}
    for attribute in reader.attributes.values():
        names[fold(attribute.id)] = names[fold(attribute.label)] = attribute.id
    where = Location(source.path, 1, 1)
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
    named = [heading for heading in headings if heading.strip()]
    _, nearest = did_you_mean(BACKGROUND, named)
    chosen = nearest or (named or ["HEADING"])[0]
    listed = ", ".join(map(repr, headings[:12]))
    text = f"no column is called 'background'; say which one it is, as in --map {chosen!r}=background; there are {listed}"
    return refused(where, "missing-column", text)
