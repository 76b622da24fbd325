"""The engine and its few libraries as one archive, the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from trackfit.engine.documents.folder import files_in
from trackfit.engine.inference.base import shipped

LIBRARIES = (
    "Jinja2",
    "markdown-it-py",
    "MarkupSafe",
    "mdit-py-plugins",
    "mdurl",
    "platformdirs",
    "PyYAML",
    "RapidFuzz",
)
"""What a consultation and a report import, besides msgspec, which has a build of its own. Each works without what a
compiler makes of it."""
ROOMS = (
    "cases",
    "documents",
    "explanation",
    "inference",
    "interview",
    "knowledge",
    "language",
    "papers",
    "problems",
    "report",
    "resumes",
    "site",
)
"""The rooms of the engine that the page runs."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of files by name."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return found.getvalue()


def engine_archive(compiled: Mapping[str, bytes]) -> bytes:
    """The engine, its libraries and the shipped templates, with the files of the library that needs a compiler."""
    files = dict(compiled)
    files.update(_libraries())
    root = shipped()
    for path in (root / "__init__.py", root / "engine/__init__.py", *_modules(root / "engine")):
        files[f"trackfit/{path.relative_to(root).as_posix()}"] = path.read_bytes()
    files.update(templates_of(root, "trackfit/"))
    return packed(files)


def templates_of(folder: Path, at: str) -> dict[str, bytes]:
    """The templates of a knowledge base, by their names in an archive."""
    return {
        f"{at}{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in files_in(folder / "templates")
    }


def _modules(engine: Path) -> Iterator[Path]:
    for room in ROOMS:
        yield from (engine / room).rglob("*.py")


def _libraries() -> Iterator[tuple[str, bytes]]:
    """Modules and licenses of the installed libraries."""
    for name in LIBRARIES:
        for one in metadata.distribution(name).files or ():
            place = one.as_posix()
            is_license = ".dist-info/" in place and "license" in place.lower()
            if is_license or (one.suffix == ".py" and not place.startswith("..")):
                yield place, Path(str(one.locate())).read_bytes()
