"""Which format a path holds, and what it says."""

from __future__ import annotations

from pathlib import Path

from trackfit.engine.importers.dates import Date
from trackfit.engine.importers.json_resume import has_skills_only, is_resume, read_json_resume
from trackfit.engine.importers.resume import Notes, Resume
from trackfit.engine.problem import Location, Problem
from trackfit.engine.source import read_file


def read_resume(path: Path, as_of: str) -> tuple[Resume | None, Notes]:
    """What a file or folder says; None, with an error among the notes, where nothing can be taken from it.

    `as_of` (YYYY-MM-DD) is the day up to which jobs that go on are counted.
    """
    notes = Notes()
    year, month, day = map(int, as_of.split("-"))
    return _document(path, Date(year, month, day), notes), notes


def _document(path: Path, as_of: Date, notes: Notes) -> Resume | None:
    root, problems = read_file(path)
    notes.problems += problems
    if root is None or any(one.severity == "error" for one in problems):
        return None
    if isinstance(root.value, dict) and "background" in root.value:
        text = "this is an answers file already; ask for advice on it: trackfit advise FILE"
    elif is_resume(root) or has_skills_only(root):
        return read_json_resume(root, as_of, notes)
    else:
        text = "this is no JSON Resume: it has none of the sections 'basics', 'work' and 'skills'"
    notes.problems.append(Problem(where=Location(str(path)), id="unknown-file-kind", text=text))
    return None
