"""Which format a path holds, and what it says."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from trackfit.engine.documents.decoding import as_text
from trackfit.engine.documents.folder import MAX_BYTES
from trackfit.engine.documents.node import Node
from trackfit.engine.documents.parse import read_raw, read_text
from trackfit.engine.papers.reading import ENDINGS, paper_of, raw_of
from trackfit.engine.problems.problem import Location, quoted
from trackfit.engine.problems.problems import Problems, has_errors
from trackfit.engine.resumes.archive import WANTED, Part, part_of_file, parts_of_folder, parts_of_zip
from trackfit.engine.resumes.dates import Calendar
from trackfit.engine.resumes.json_resume import has_skills_only, is_resume, read_json_resume
from trackfit.engine.resumes.linkedin import by_its_name, read_linkedin
from trackfit.engine.resumes.resume import Resume
from trackfit.engine.resumes.written import WrittenReader

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_NONE = f"there is no {', '.join(WANTED[:-1])} or {WANTED[-1]} in it"


def holds_resume(path: Path, answers: Collection[str]) -> bool:
    """Whether a path is for `read_resume`, and no answers file, whose keys are among `answers`."""
    kinds = (".csv", *ENDINGS)
    if path.is_dir() or path.suffix.lower() in kinds or _beginning(path).startswith((*_ZIP, b"%PDF")):
        return True
    root = _parsed(path, Problems()) if path.is_file() else None
    return root is not None and is_resume(root) and not set(root.value) & set(answers) - {"skills"}


def read_resume(
    path: Path, days: Calendar, written: WrittenReader | None = None
) -> tuple[Resume | None, Problems]:
    """What a file or folder says; None, with an error among the notes, where nothing can be taken from it.

    Jobs that go on are counted up to the day that `days` takes for the present. `written` reads documents for people; where
    there is none, as in a browser, which can start no process to read them in, they are refused.
    """
    notes, where = Problems(), Location(str(path))
    start = _beginning(path)
    if path.is_dir():
        found = _export(parts_of_folder(path, notes), days, path, notes)
    elif _is_paper(path, start):
        found = _written(path, written, notes)
    elif start.startswith(_ZIP) or (start and path.suffix.lower() == ".zip"):
        found = _export(parts_of_zip(path, notes), days, path, notes)
    elif path.suffix.lower() == ".csv" and path.exists():
        found = _table(path, days, where, notes)
    else:
        found = _document(path, days, where, notes)
    if found is not None and not (found.jobs or found.skills or found.name or found.headline):
        notes.add(where, "empty-file", "there is nothing here to take: no job, no skill and no name")
        found = None
    return found, notes


def _beginning(path: Path) -> bytes:
    """The first bytes of a plain file; nothing where there is none that can be read."""
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except OSError:
        return b""


def _beside(path: Path) -> str:
    """What a folder holds that could be meant instead, as the end of a sentence."""
    kinds = (".zip", ".json")
    names = sorted(one.name for one in path.iterdir() if one.suffix.lower() in kinds) if path.is_dir() else []
    return f"; did you mean its {' or '.join(map(quoted, names[:3]))}?" if names else ""


def _export(parts: list[Part] | None, days: Calendar, path: Path, notes: Problems) -> Resume | None:
    if parts is None:
        return None
    if not parts:
        where = Location(str(path))
        notes.add(where, "unknown-file-kind", f"this is no LinkedIn export: {_NONE}{_beside(path)}")
        return None
    return _sound(read_linkedin(parts, days, notes), notes)


def _table(path: Path, days: Calendar, where: Location, notes: Problems) -> Resume | None:
    part = part_of_file(path, notes)
    if part is None:
        return None
    known = by_its_name(part)
    if known is None:
        text = f"of CSV files only {', '.join(WANTED[:-1])} and {WANTED[-1]} of a LinkedIn export are read"
        notes.add(where, "unknown-file-kind", text)
        return None
    return _sound(read_linkedin([known], days, notes), notes)


def _is_paper(path: Path, start: bytes) -> bool:
    return path.suffix.lower() in ENDINGS or start.startswith(b"%PDF")


def _written(path: Path, written: WrittenReader | None, notes: Problems) -> Resume | None:
    if written is None:
        text = (
            "a document such as a PDF is not read here; run trackfit import on your own machine, or name LinkedIn's copy of "
            "your data"
        )
        notes.add(Location(str(path)), "unknown-file-kind", text)
        return None
    raw = raw_of(path, notes)
    paper = None if raw is None else paper_of(path, raw, notes)
    return None if paper is None else written.read(paper, str(path), notes)


def _sound(found: Resume, notes: Problems) -> Resume | None:
    """What was read, unless part of it was lost on the way."""
    return None if has_errors(notes) else found


def _document(path: Path, days: Calendar, where: Location, notes: Problems) -> Resume | None:
    root = _parsed(path, notes)
    if root is None or has_errors(notes):
        return None
    if isinstance(root.value, dict) and "background" in root.value:
        text = "this is an answers file already; ask for advice on it: trackfit advise FILE"
    elif is_resume(root) or has_skills_only(root):
        return read_json_resume(root, days, notes)
    else:
        text = "this is no JSON Resume: it has none of the sections 'basics', 'work' and 'skills'"
    notes.add(where, "unknown-file-kind", text)
    return None


def _parsed(path: Path, notes: Problems) -> Node | None:
    """A JSON or YAML file, in whatever encoding; what is wrong with it is noted."""
    where = Location(str(path))
    raw, problems = read_raw(path, where.file)
    notes += problems
    if raw is None:
        return None
    if len(raw) > MAX_BYTES:
        size = f"{MAX_BYTES // 1_000_000} MB"
        told = (
            f"the file is larger than {size}, and no résumé is; take out pictures and the like, and try again"
        )
        notes.add(where, "file-too-large", told)
        return None
    text = as_text(raw, where.file, notes)
    if text is None:
        told = "this is a binary file; name a résumé in JSON, or the zip that LinkedIn sends"
        notes.add(where, "not-utf-8", told)
        return None
    root, problems = read_text(text, where.file)
    notes += problems
    return root
