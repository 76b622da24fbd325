"""The user's cache folder: what can be made again at any time, and is read back only if nobody else can have put it there.

Nothing in it is ever needed. A folder or file that is not there, belongs to somebody else, may be written by others or
is not as it was written is passed over without a word, and what would have been read is made again.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from trackfit import __version__
from trackfit.engine.documents.files import write_atomic

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_DIGEST = 32
"""Bytes at the beginning of each file: the SHA-256 of the rest."""


@cache
def program() -> bytes:
    """What tells this program from any other version of it: its number, and its own files' times."""
    found = hashlib.sha256(__version__.encode())
    for path, written in sorted(_modules(os.fspath(Path(__file__).parents[1]))):
        found.update(f"{path} {written}\n".encode())
    return found.digest()


def _modules(folder: str) -> Iterator[tuple[str, int]]:
    """The program's files below a folder, and when each was written, in nanoseconds."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _modules(entry.path)
            elif entry.name.endswith(".py"):
                yield entry.path, entry.stat().st_mtime_ns


def read(name: str) -> bytes | None:
    """What was kept under this name, or None."""
    folder = _folder()
    if folder is None:
        return None
    try:
        with (folder / name).open("rb") as file:
            kept = file.read() if _only_mine(os.fstat(file.fileno())) else b""
    except OSError:
        return None
    digest, content = kept[:_DIGEST], kept[_DIGEST:]
    return content if digest == hashlib.sha256(content).digest() else None


def keep(name: str, content: bytes, *, most: int) -> None:
    """Keep a content under a name, and of all with the same ending the `most` newest."""
    folder = _folder()
    if folder is None:
        return
    try:
        write_atomic(folder / name, hashlib.sha256(content).digest() + content, mode=0o600)
        alike = folder.glob(f"*{Path(name).suffix}")
        for old in sorted(alike, key=lambda one: one.stat().st_mtime, reverse=True)[most:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _folder() -> Path | None:
    from platformdirs import user_cache_path

    path = user_cache_path("trackfit")
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path if _only_mine(path.stat()) else None
    except OSError:
        return None


def _only_mine(found: os.stat_result) -> bool:
    """Whether nobody else could have written it; where the system does not tell, cache folders are each person's own."""
    if not hasattr(os, "geteuid"):
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE
