"""The knowledge base that a person works on: the one in the folder they are in, and never the installed one."""

from __future__ import annotations

from pathlib import Path

import click

from trackfit.commands.shared import refuse
from trackfit.engine.inference.base import shipped


def is_knowledge(folder: Path) -> bool:
    """Whether a folder looks like a knowledge base."""
    return (folder / "facts").is_dir() and (folder / "rules").is_dir()


def own_folder(knowledge: str | None) -> Path:
    """The folder given by --knowledge, or the one we are in. Refuses what is none, or belongs to the program."""
    folder = Path(knowledge or ".")
    if not is_knowledge(folder):
        text = "there is no knowledge base here; go to a folder with facts/ and rules/, or name one with --knowledge"
        refuse(str(folder), "no-knowledge-base", text)
    if is_installed(folder):
        text = "this is the installed program, which an update overwrites; make your own with `trackfit new knowledge DIR`"
        refuse(str(folder), "installed-knowledge", text)
    return folder


def tell_if_elsewhere(command: str) -> None:
    """Say that a command looked at the program's own knowledge base where the folder that we are in holds another."""
    if is_knowledge(Path()) and Path.cwd() != shipped().resolve():
        click.echo(
            f"This was the knowledge base that comes with trackfit; for yours: trackfit {command}", err=True
        )


def is_installed(folder: Path) -> bool:
    """Whether a folder is where the package manager put trackfit; a checkout of it is not."""
    within = folder.resolve()
    return within.is_relative_to(shipped().resolve()) and bool(
        {"site-packages", "dist-packages"} & set(within.parts)
    )
