"""`trackfit site`: the interview and the report as static pages that run in the reader's own browser."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

import click

from trackfit.commands.faults import faults_as_lines, refuse
from trackfit.commands.inputs import day, load_knowledge
from trackfit.commands.options import FOLDER, knowledge_options
from trackfit.commands.outputs import unwritable

LISTING = "site-files.json"
"""Stands in the folder of a site and names its files, so that the next build takes away those that are gone."""


@click.command()
@click.option("--out", metavar="DIR", type=FOLDER, help="Where the pages are written.")
@click.option(
    "--runtime",
    metavar="DIR",
    type=FOLDER,
    help="The folder with Pyodide and msgspec for WebAssembly. Default: where `make site` puts them.",
)
@click.option(
    "--open", "opens", is_flag=True, help="Show the pages in a browser, on this machine only, until Ctrl-C."
)
@click.option("--force", is_flag=True, help="Write into DIR even if it holds something else.")
@knowledge_options
def site(
    *,
    out: str | None,
    runtime: str | None,
    opens: bool,
    force: bool,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """The interview and the report as static pages.

    They run this very program in the reader's own browser: no server works anything out, and no answer leaves the
    reader's machine. Any host of static files will do, under any address.

    \b
    Example:
        trackfit site --out build/pages --open
    """
    with faults_as_lines():
        from trackfit.engine.site.build import compressed_size, site_files
        from trackfit.engine.site.runtime import find_runtime

        if out is None and not opens:
            refuse(
                "--out", "missing-option", "name a folder for the pages, or add --open only to look at them"
            )
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(out or scratch)
            _check_folder(folder, force=force)
            found = find_runtime(Path(runtime) if runtime else usual_runtime())
            kb = load_knowledge(knowledge, day(as_of))
            files = site_files(kb, found)
            write_site(folder, files)
            total, first = sum(map(len, files.values())), compressed_size(files)
            if out is not None:
                click.echo(
                    f"Written: {out} ({len(files)} files, {total / 1e6:.1f} MB; a first visit loads {first / 1e6:.1f} MB "
                    "where the host compresses, later ones next to nothing)",
                    err=True,
                )
            if opens:
                from trackfit.commands.serving import headers_of, shown

                with shown(folder, headers_of(folder)):
                    threading.Event().wait()
            else:
                click.echo(f"To look at it: trackfit site --out {out} --open", err=True)


def usual_runtime() -> Path:
    """Where `make site` puts the runtime."""
    return Path(sys.prefix, "wasm")


def _check_folder(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds something else than a site, before any work is done."""
    if folder.exists() and not folder.is_dir():
        refuse(str(folder), "unwritable-file", "this is a file; name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / LISTING).is_file() and not force:
        text = "this folder holds something else; name another, or add --force to write the pages beside it"
        refuse(str(folder), "file-exists", text)


def write_site(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put the files of a site into a folder, and take away those of an earlier one."""
    from trackfit.engine.documents.files import write_atomic

    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not (path.is_file() and path.read_bytes() == content):
                write_atomic(path, content)
        for name in _listed(folder) - files.keys():
            path = folder / name
            path.unlink(missing_ok=True)
            if path.parent != folder and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
        write_atomic(folder / LISTING, json.dumps(sorted(files), indent=0).encode())
    except OSError as error:
        raise unwritable(str(folder), error) from error


def _listed(folder: Path) -> set[str]:
    """The files of the site that is there, none of them outside of its folder."""
    try:
        names = json.loads((folder / LISTING).read_bytes())
    except (OSError, ValueError):
        return set()
    inside = folder.resolve()
    return {
        name for name in names if isinstance(name, str) and (folder / name).resolve().is_relative_to(inside)
    }
