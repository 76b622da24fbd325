"""The people of a small cohort, one by one: how near each is to the first track, what they lack, where their report lies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.cohort.table.cells_to_cases import Normaliser
from trackfit.engine.inference.ways import Closeness
from trackfit.engine.language.attributes import BACKGROUND, SKILLS

MOST = 500
"""So many people are listed; of more than that nobody is."""
A_FOLDER = 1_000
"""Reports in one folder at most, so that no folder grows too large to be opened."""
LONGEST = 40
LONGEST_NAME = 80
"""Characters of a name in a file's name, and in the summary."""


class PersonRow(msgspec.Struct, frozen=True):
    """One accepted row: its number, who it is (a name, else an id, else nothing), and how the first track stands to them.

    Without a track, `track` is empty. `report` is where the report would lie, without its ending.
    """

    row: int
    who: str
    background: str
    track: str
    there: int
    size: int
    closeness: Closeness | None
    missing: tuple[str, ...]
    report: str


def people(
    normaliser: Normaliser, rows: Iterable[Mapping[str, Any]], first: Iterable[str | None], *, redact: bool
) -> list[PersonRow]:
    """Accepted rows of raw cells, with the first track of each (None: no track is recommended)."""
    found = []
    kb = normaliser.kb
    for row, track in zip(rows, first, strict=True):
        case, _ = normaliser.read(row)
        assert case is not None
        skills = case.answers.get(SKILLS)
        counted = kb.reader.index.counted(skills) if isinstance(skills, frozenset) else frozenset[str]()
        ways = kb.ways.of({**case.answers, SKILLS: counted})
        way = next((one for one in ways if one.track == track), None)
        found.append(
            PersonRow(
                row=row["row"],
                who=who(case, row["id"], redact=redact),
                background=str(case.answers[BACKGROUND]),
                track=way.track if way else "",
                there=way.size - len(way.missing) if way else 0,
                size=way.size if way else 0,
                closeness=way.closeness if way else None,
                missing=way.missing if way else (),
                report=report_path(row["row"], who(case, row["id"], redact=redact)).as_posix(),
            )
        )
    return found


def who(case: Case, id_: str | None, *, redact: bool) -> str:
    """Who a row is: their name, else the id of the row; nothing where that is to be kept out."""
    found = "" if redact else str(case.answers.get("name") or id_ or "")
    return found if len(found) <= LONGEST_NAME else f"{found[:LONGEST_NAME]}…"


def report_path(row: int, who: str) -> Path:
    """Where a row's report lies, without its ending: by its number, and as much of who it is as is safe in a file name.

    >>> report_path(1234, "../Zoë & Co").as_posix()
    '000001/000001234-Zoe-Co'
    """
    plain = "".join(one for one in unicodedata.normalize("NFKD", who) if not unicodedata.combining(one))
    safe = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-")
    return Path(f"{row // A_FOLDER:06}") / f"{row:09}{'-' if safe else ''}{safe}"
