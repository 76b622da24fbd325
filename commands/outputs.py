"""Where the commands write: a file in one step, never over another unasked, or standard output."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

import click
import msgspec

from trackfit.commands.faults import refuse
from trackfit.engine.problems.errors import InvalidInput, refused


def write_result(text: str, out: str | None, *, force: bool, quiet: bool = False) -> None:
    """To a file in one step, or to standard output as UTF-8; unless `quiet`, with a word about the file."""
    if out in (None, "-"):
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    check_writable(out, force=force)
    write_file(Path(out), text)
    if not quiet:
        click.echo(f"Written: {out}", err=True)


def as_json(value: object) -> str:
    """Records, mappings and lists of plain values as JSON for people to read, too."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def write_file(path: Path, text: str) -> None:
    """Put a text into a file that only its owner may read."""
    from trackfit.engine.documents.files import write_atomic

    try:
        write_atomic(path, text.encode(), mode=0o600)
    except OSError as error:
        raise unwritable(str(path), error) from error


def check_writable(path: str | None, *, force: bool) -> None:
    """Refuse what could not be written, before any work is done for it."""
    if path in (None, "-"):
        return
    target = Path(path)
    if target.is_dir():
        refuse(path, "is-a-folder", "this is a folder; name a file in it")
    if target.exists() and not target.is_file():
        return  # a pipe or a device: nothing is lost
    if target.exists() and not force:
        refuse(path, "file-exists", "this file exists; add --force to overwrite it, or name another")
    folder = (Path(os.path.realpath(target)) if target.is_symlink() else target).parent
    if not folder.is_dir():
        refuse(path, "unwritable-file", f"there is no folder {str(folder)!r}; make it, or name another")
    if not os.access(target if target.exists() else folder, os.W_OK):
        refuse(path, "unwritable-file", "you may not write in this folder; name another place")


def free_name(name: str) -> Path:
    """`name`, or the first of name-2, name-3 and so on that is not taken."""
    return free_names(Path(name).stem, Path(name).suffix)[0]


def free_names(stem: str, *endings: str) -> list[Path]:
    """A file of each ending, all with the first of stem, stem-2, stem-3 and so on of which none is taken."""
    candidates = (
        [Path(f"{stem if number == 1 else f'{stem}-{number}'}{ending}") for ending in endings]
        for number in count(1)
    )
    return next(paths for paths in candidates if not any(path.exists() for path in paths))


def command_here(*words: str) -> str:
    """A command of this program as it works from the folder that the person is in: by its name, else by its path."""
    return f"{_program()} {shlex.join(words)}"


def _program() -> str:
    if shutil.which("trackfit"):
        return "trackfit"
    script = Path(sys.executable).parent / "trackfit"
    if not script.exists():
        return f"{shlex.quote(sys.executable)} -m trackfit"
    with suppress(ValueError):
        script = script.relative_to(Path.cwd())
    return shlex.quote(str(script))


def unwritable(path: str, error: OSError) -> InvalidInput:
    text = f"cannot write here: {error.strerror or type(error).__name__}; name another place"
    return refused(path, "unwritable-file", text)
