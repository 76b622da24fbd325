"""The files of a LinkedIn export, from a folder or a zip: read into memory, each up to a limit.

Nothing is unpacked, written, or followed out of the folder. A zip that is made to do harm is refused as a whole.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from trackfit.engine.problems.problem import Location, quoted
from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.resume import printable

WANTED = ("Positions.csv", "Profile.csv", "Skills.csv")
MAX_BYTES = 5_000_000
"""Of one file that is read; a person's jobs and skills take a few thousand."""
MAX_MEMBERS = 10_000
MAX_UNPACKED = 4_000_000_000
"""Of all files in a zip together, as it declares them; a full export has pictures and films in it."""
MAX_RATIO = 200
"""How much larger than packed a file may be; texts reach about ten."""
MAX_AT_ONCE = 6_000_000
"""Bytes of a zip that are read in one piece: its table of contents is the largest."""
MAX_DEPTH = 4
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_DRIVE = re.compile(r"[A-Za-z]:")


class Part(msgspec.Struct, frozen=True):
    """One file of an export: its name, where problems say that it is, and what it holds."""

    name: str
    place: str
    raw: bytes


class _Harmful(Exception):
    """Why a zip is refused."""


class _Bounded(io.BufferedReader):
    """A file that refuses to give very much at once, so that a false table of contents cannot fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = MAX_AT_ONCE + 1 if size is None or size < 0 else size
        if wanted > MAX_AT_ONCE + 1:
            raise _Harmful("its table of contents is far too large")
        found = super().read(wanted)
        if len(found) > MAX_AT_ONCE:
            raise _Harmful("its table of contents is far too large")
        return found


def parts_of_zip(path: Path, notes: Problems) -> list[Part] | None:
    """The wanted files of a zip; None, with an error noted, where it cannot or must not be read."""
    where = Location(str(path))
    try:
        with path.open("rb", buffering=0) as raw, _Bounded(raw) as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _refuse_harmful(members)
            names = _nearest((one.filename for one in members if not one.is_dir()), where, notes)
            return [_member(archive, archive.getinfo(name), path, notes) for name in names]
    except _Harmful as reason:
        notes.add(where, "unsafe-archive", f"this zip is not read: {reason}; ask LinkedIn for a new one")
    except _Refused:
        pass
    except _BROKEN:
        text = "this zip is broken or not whole; download it again"
        notes.add(where, "broken-archive", text)
    except OSError as error:
        notes.add(where, "unreadable-file", f"cannot read it: {error.strerror or type(error).__name__}")
    return None


class _Refused(Exception):
    """A file cannot be used; the problem is noted."""


def _refuse_harmful(members: list[zipfile.ZipInfo]) -> None:
    """Names that lead out of the folder, links, and sizes that no export has. Raises `_Harmful`."""
    if len(members) > MAX_MEMBERS:
        raise _Harmful(f"it has {len(members):,} files, and at most {MAX_MEMBERS:,} are looked at")
    for one in members:
        steps = one.filename.replace("\\", "/").split("/")
        if ".." in steps or steps[0] == "" or _DRIVE.match(one.filename):
            raise _Harmful(f"its file {quoted(one.filename)} leads out of the folder")
        if stat.S_ISLNK(one.external_attr >> 16):
            raise _Harmful(f"its file {quoted(one.filename)} is a link")
        if one.file_size > max(MAX_BYTES, MAX_RATIO * one.compress_size):
            raise _Harmful(f"its file {quoted(one.filename)} unpacks to {one.file_size:,} bytes")
    if (total := sum(one.file_size for one in members)) > MAX_UNPACKED:
        raise _Harmful(f"it unpacks to {total:,} bytes")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, notes: Problems) -> Part:
    """One file of a zip. Raises `_Refused`, and what zipfile raises."""
    place = f"{path}/{printable(member.filename)}"
    if member.flag_bits & 1:
        text = "this file is locked with a password; unpack the zip and name its folder"
        notes.add(Location(place), "unreadable-file", text)
        raise _Refused
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        text = "this file is packed in a way that is not read; unpack the zip and name its folder"
        notes.add(Location(place), "unreadable-file", text)
        raise _Refused
    with archive.open(member) as stream:
        raw = stream.read(MAX_BYTES + 1)
    return _part(Path(member.filename).name, place, raw, notes)


def _part(name: str, place: str, raw: bytes, notes: Problems) -> Part:
    if len(raw) > MAX_BYTES:
        text = f"the file is larger than {MAX_BYTES // 1_000_000} MB; no export's {name} is"
        notes.add(Location(place), "file-too-large", text)
        raise _Refused
    return Part(name, place, raw)


def _nearest(names: Iterable[str], where: Location, notes: Problems) -> list[str]:
    """For each wanted file the name that is nested least, then the first by the alphabet."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.rpartition("/")[2].lower(), []).append(name)
    chosen = []
    for wanted in WANTED:
        several = sorted(found.get(wanted.lower(), ()), key=lambda one: (one.count("/"), one))
        chosen += several[:1]
        if len(several) > 1:
            text = f"there are {len(several)} files called {wanted}; {quoted(several[0])} is read"
            notes.warn(where, "duplicate-entry", text)
    return chosen


def parts_of_folder(folder: Path, notes: Problems) -> list[Part] | None:
    """The wanted files of a folder or of one inside it; None where one of them cannot be read."""
    try:
        names = _nearest(_names(folder), Location(str(folder)), notes)
    except _Harmful as reason:
        notes.add(Location(str(folder)), "unsafe-archive", f"this folder is not read: {reason}")
        return None
    except OSError as error:
        text = f"cannot read it: {error.strerror or type(error).__name__}"
        notes.add(Location(str(folder)), "unreadable-file", text)
        return None
    found = [part_of_file(folder / name, notes) for name in names]
    return None if None in found else [one for one in found if one is not None]


def _names(folder: Path) -> Iterator[str]:
    """The files in a folder, by their paths from it, some levels deep; links to folders are not followed."""
    number, queue = 0, [("", folder)]
    for inside, path in queue:
        if inside and not os.access(path, os.R_OK | os.X_OK):
            continue
        with os.scandir(path) as entries:
            for entry in entries:
                number += 1
                if number > MAX_MEMBERS:
                    raise _Harmful(
                        f"it has more than {MAX_MEMBERS:,} files; name the folder that LinkedIn sent"
                    )
                name = f"{inside}{entry.name}"
                if not entry.is_dir(follow_symlinks=False):
                    yield name
                elif name.count("/") < MAX_DEPTH:
                    queue.append((f"{name}/", path / entry.name))


def part_of_file(path: Path, notes: Problems) -> Part | None:
    """A plain file; a link is not followed, and a pipe or a device not waited for."""
    where = Location(printable(str(path)))
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                notes.add(where, "unreadable-file", "this is no plain file; name one")
                return None
            return _part(path.name, where.file, stream.read(MAX_BYTES + 1), notes)
    except OSError as error:
        reason = "it is a link, and links are not followed" if path.is_symlink() else error.strerror
        notes.add(where, "unreadable-file", f"cannot read it: {reason or type(error).__name__}")
    except _Refused:
        pass
    return None
