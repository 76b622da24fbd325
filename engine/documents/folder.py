"""The files of a folder that are read: regular and visible ones, and none that a link outside has put there.

An editor's locks and copies (`.#name`, `._name`) are not seen; a pipe or a device is not waited for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from trackfit.engine.problems.problem import Location, Problem

FOLDERS = ("facts", "rules", "templates")
"""What a knowledge base consists of."""
MAX_BYTES = 2_000_000
"""So much of a file is read at most."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How a file in that encoding begins."""


_COPY = re.compile(r" ?\(\d+\)(?=\.)| - Copy(?: \(\d+\))?(?=\.)| copy(?: \d+)?(?=\.)")
"""What a file manager or a browser puts into the name of a copy."""


def copied(path: Path) -> str | None:
    """The name of the file beside this one that it looks like a copy of; None where there is none.

    >>> copied(Path("nowhere/skills (1).yaml"))
    """
    name = _COPY.sub("", path.name)
    return name if name != path.name and path.with_name(name).is_file() else None


def renamed(path: Path, endings: tuple[str, ...]) -> str | None:
    """The name that a file has without a last ending that hides its own, as in `skills.yaml.txt`.

    None where its name is another, and where a file has that name already.
    """
    right = path.with_suffix("")
    return (
        right.name if path.suffix not in endings and right.suffix in endings and not right.exists() else None
    )


def files_in(folder: Path, ending: tuple[str, ...] = ("",)) -> list[Path]:
    """The files below a folder whose names end so, sorted; links stay within the folder that holds it."""
    return sorted(Path(path) for path, fault in _entries(folder) if fault is None and path.endswith(ending))


def paths_in(folder: Path) -> list[str] | None:
    """The same as texts, for where it must be fast; None where something in the folder must be told of."""
    found = list(_entries(folder))
    return None if any(fault for _, fault in found) else sorted(path for path, _ in found)


def faults_in(folder: Path) -> Iterator[Problem]:
    """What is visible in a folder and not read: a link that leads out of it is an error, what is no file a warning."""
    for path, fault in sorted(_entries(folder), key=lambda one: one[0]):
        where = Location(os.path.relpath(path, folder.parent))
        if fault == "link":
            text = "this link leads out of the knowledge base, and is not followed; put the file itself here"
            yield Problem(where=where, id="unreadable-file", text=text)
        elif fault == "no file":
            text = "this is no regular file, and is not read; take it out"
            yield Problem(where=where, id="ignored-file", text=text, severity="warning")


def _entries(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Every visible thing below a folder that is no folder, and why it is not read."""
    root = os.path.realpath(folder.parent)
    if not _within(os.path.realpath(folder), root):
        yield os.fspath(folder), "link"
    elif folder.is_dir():
        yield from _below(os.fspath(folder), root)


def _below(folder: str, root: str) -> Iterator[tuple[str, str | None]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_symlink() and not _within(os.path.realpath(entry.path), root):
                yield entry.path, "link"
            elif entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, root)
            else:
                dangling = entry.is_symlink() and not os.path.exists(entry.path)  # noqa: PTH110 - it is a text
                yield entry.path, None if dangling or entry.is_file() else "no file"


def _within(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def read_anyhow(path: Path) -> str:
    """What can be made out of a file that may be no UTF-8; nothing where it cannot be read at all."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES)
    except OSError:
        return ""
    return raw.decode("utf-16" if raw.startswith(UTF_16) else "utf-8", errors="replace")
