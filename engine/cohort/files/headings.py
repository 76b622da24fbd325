"""Cohort files and their headings: which column holds which case key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from trackfit.engine.cases.case import CaseReader
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.errors import InvalidInput
from trackfit.engine.problems.problem import Location, Problem, did_you_mean


class Columns(msgspec.Struct, frozen=True):
    """Which column holds which case key, by place; and headings that look like one but are not."""

    places: dict[str, int]
    ignored: tuple[str, ...]


class Source(msgspec.Struct, frozen=True):
    """A cohort file: the kind is csv, jsonl or parquet; `mapping` gives a case key for a heading."""

    path: str
    kind: str
    mapping: dict[str, str]


def source_of(path: str, mapping: Mapping[str, str], kind: str | None = None) -> Source:
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
        raise InvalidInput([Problem(where=Location(path), id="unknown-file-kind", text=text)])
    if path != "-" and not Path(path).exists():
        text = "there is no such file; check the path"
        raise InvalidInput([Problem(where=Location(path), id="no-such-file", text=text)])
    return Source(path, found, dict(mapping))


def match_columns(
    headings: Sequence[str], source: Source, reader: CaseReader, notice: Callable[[str], None]
) -> Columns:
    """The place of each case key among the headings, by key or label whatever the case and punctuation.

    Raises `InvalidInput` where two columns claim one key, or a mapping names what is not there.
    """
    names = {fold("id"): "id"}
    for attribute in reader.attributes.values():
        names[fold(attribute.id)] = names[fold(attribute.label)] = attribute.id
    problems: list[Problem] = []
    where = Location(source.path, 1, 1)
    for heading, key in source.mapping.items():
        if heading not in headings:
            hint, _ = did_you_mean(heading, headings)
            text = f"--map names a column {heading!r} that is not there{hint}"
            problems.append(Problem(where=where, id="unknown-column", text=text))
        if key not in reader.attributes and key != "id":
            hint, _ = did_you_mean(key, reader.attributes)
            problems.append(
                Problem(where=where, id="unknown-key", text=f"--map names no case key: {key!r}{hint}")
            )
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, heading in enumerate(headings):
        found = source.mapping.get(heading) or names.get(fold(heading))
        if found is None:
            ignored.append(heading)
        elif found in places and heading not in source.mapping:
            text = f"columns {places[found] + 1} and {place + 1} both stand for {found!r}; rename one, or choose with --map"
            problems.append(Problem(where=where, id="duplicate-heading", text=text))
        else:
            places[found] = place
    if problems:
        raise InvalidInput(problems)
    for heading in ignored:
        _, nearest = (
            did_you_mean(heading, [name for name in names.values() if name not in places])
            if heading.strip()
            else ("", None)
        )
        if nearest:
            notice(
                f"the column {heading!r} is not used; if it is {nearest!r}, say --map {heading!r}={nearest}"
            )
    if "background" not in places:
        _, nearest = did_you_mean("background", [heading for heading in headings if heading.strip()])
        chosen = nearest or next((heading for heading in headings if heading.strip()), "HEADING")
        listed = ", ".join(map(repr, headings[:12]))
        text = f"no column is called 'background'; say which one it is, as in --map {chosen!r}=background; there are {listed}"
        raise InvalidInput([Problem(where=where, id="missing-column", text=text)])
    return Columns(places, tuple(ignored))
