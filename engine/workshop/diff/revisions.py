"""A knowledge base as it was: `git:REV` stands for a revision of the checkout that holds it."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.problems.errors import InvalidInput, refused

PREFIX = "git:"


@contextmanager
def knowledge_folder(text: str, beside: Path) -> Iterator[Path]:
    """The folder that `text` names: itself, or for `git:REV` a copy that goes away afterwards.

    The revision is one of the checkout in which the folder `beside` lies. Raises `InvalidInput`.
    """
    if not text.startswith(PREFIX):
        yield Path(text)
        return
    with TemporaryDirectory(prefix="trackfit-") as kept:
        _extract(text, beside.resolve(), Path(kept))
        yield Path(kept)


def _extract(text: str, folder: Path, into: Path) -> None:
    revision = text.removeprefix(PREFIX)
    prefix = _git(text, folder, "rev-parse", "--show-prefix", why=f"{folder} is in no git checkout")
    commit = _git(
        text,
        folder,
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{revision}^{{commit}}",
        why=f"there is no revision {revision!r} in the checkout of {folder}",
    )
    tree = f"{commit.decode().strip()}:{prefix.decode().strip()}"
    held = _git(text, folder, "ls-tree", "--name-only", tree, why="the folder was not there yet").decode()
    names = [name for name in FOLDERS if name in held.splitlines()]
    if not names:
        raise _problem(text, f"revision {revision!r} holds no knowledge base in this folder")
    archive = _git(text, folder, "archive", "--format=zip", tree, *names, why="git could not archive it")
    zipfile.ZipFile(io.BytesIO(archive)).extractall(into)


def _git(text: str, folder: Path, *arguments: str, why: str) -> bytes:
    """What git prints; `why` says what is wrong where it fails."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise _problem(text, "git is not installed; name a folder") from error
    if done.returncode:
        raise _problem(text, f"{why}; name a folder, or another revision")
    return done.stdout


def _problem(place: str, text: str) -> InvalidInput:
    return refused(place, "no-such-revision", text)
