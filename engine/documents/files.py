"""Writing files so that a reader never sees half of one, and so that nothing but the content changes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

_OPEN_FILES = (Path("/dev"), Path("/proc"))
"""Where the system keeps the names of what is open already: standard output, or a shell's `>(command)`."""


class Target(NamedTuple):
    """Where a path leads: the file at the end of its links, and what it is now (None where nothing is there).

    `direct` is what cannot be replaced by another file without harm: a pipe, a device, a file with several names, or
    one that someone has open.
    """

    path: Path
    now: os.stat_result | None
    direct: bool


def target_of(path: Path) -> Target:
    """Where what is written to a path goes. Raises OSError."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return Target(Path(os.path.realpath(path)), None, direct=False)
    is_open = any(parent in _OPEN_FILES for parent in path.absolute().parents)
    if is_open or not stat.S_ISREG(now.st_mode):
        return Target(path, now, direct=True)
    found = Path(os.path.realpath(path))
    return Target(found, now, direct=now.st_nlink > 1 or not os.access(found.parent, os.W_OK))


def put_in_place(temporary: Path, target: Target, mode: int) -> None:
    """Let a whole file take its place, with the mode and the owner of what stands there. Raises OSError."""
    if target.now is None:
        temporary.chmod(mode)
    else:
        os.chown(temporary, target.now.st_uid, target.now.st_gid)
        temporary.chmod(stat.S_IMODE(target.now.st_mode))
    temporary.replace(target.path)


def write_atomic(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write to a temporary file beside `path`, flush it to the disk, and put it in place in one step.

    Links are followed; a file that is there keeps its mode, its owner and its other names; pipes and devices are
    written to. Raises OSError; a file at `path` is then as it was, and no temporary file is left.
    """
    import tempfile  # late: most commands only read

    target = target_of(path)
    if target.direct:
        with target.path.open("wb") as stream:
            stream.write(content)
        return
    handle, name = tempfile.mkstemp(dir=target.path.parent, prefix=f".{path.name[:80]}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        put_in_place(temporary, target, mode)
    except PermissionError:
        temporary.unlink(missing_ok=True)
        if target.now is None:
            raise
        target.path.write_bytes(content)  # it belongs to somebody else, who lets us write
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
