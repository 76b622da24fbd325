"""`trackfit preview`: the report for one answers file, written again whenever something it hangs on is saved."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from trackfit.commands.faults import faults_as_lines, refuse, tell
from trackfit.commands.inputs import day, is_installed, is_knowledge, read_case, read_template
from trackfit.commands.options import FILE, FOLDER, knowledge_options, template_option
from trackfit.commands.outputs import check_writable, write_file
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.engine.problems.errors import TrackfitError
from trackfit.engine.problems.problem import Problem

if TYPE_CHECKING:
    from trackfit.engine.site.runtime import Runtime

MARK = "<!-- Written by trackfit preview, and overwritten by it. -->\n"
LOOK_AGAIN = 1000
"""Milliseconds after which files are looked at without having been told of a change."""


class Preview(msgspec.Struct, frozen=True):
    """What is shown: the report, or the last one that could be written under the problems since then."""

    report: str
    problems: tuple[Problem, ...] = ()

    @property
    def text(self) -> str:
        """As Markdown, the problems first."""
        if not self.problems:
            return f"{MARK}{self.report}"
        faults = "".join(f"> - `{problem.where}`: {problem.text}\n" for problem in self.problems)
        below = "The report below is as it was before." if self.report else "There is no report yet."
        return f"{MARK}> **The report cannot be written.** {below}\n>\n{faults}\n{self.report}"


def render_once(
    case: str, folder: Path, as_of: str, before: str = "", template: str | None = None
) -> Preview:
    """The report as it is now; where something is broken, the problems and the report `before`."""
    from trackfit.engine.inference.consult import consult
    from trackfit.engine.report.report import to_markdown

    try:
        with KnowledgeBase.load(folder) as kb:
            found = read_template(template, kb)
            return Preview(to_markdown(consult(kb, read_case(case, kb), as_of), found))
    except TrackfitError as error:
        return Preview(before, error.problems)


@click.command()
@click.argument("case", type=FILE, required=False)
@click.option(
    "--out",
    metavar="FILE",
    type=FILE,
    default="report-preview.md",
    show_default=True,
    help="Where the report is written, again and again.",
)
@click.option("--force", is_flag=True, help="Overwrite FILE even if it is no preview.")
@click.option("--site", is_flag=True, help="Show the pages of `trackfit site` instead, and answer there.")
@click.option("--runtime", metavar="DIR", type=FOLDER, help="With --site: as for `trackfit site`.")
@template_option
@knowledge_options
def preview(
    *,
    case: str | None,
    out: str,
    force: bool,
    site: bool,
    runtime: str | None,
    template: str | None,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Write the report again whenever a rule, a figure, a template or the answers are saved.

    In a terminal it is shown, too. While something is broken, the problems stand above the last report that could be
    written. Ctrl-C ends it. With --site the pages are shown in a browser instead, on this machine only, and change with
    what is saved; CASE is left out.

    \b
    Examples:
        trackfit preview examples/backend.yaml --knowledge my-rules
        trackfit preview --site --knowledge my-rules
    """
    with faults_as_lines():
        as_of = day(as_of)
        folder = Path(knowledge) if knowledge else Path() if is_knowledge(Path()) else shipped()
        if site:
            if case is not None:
                refuse(
                    case,
                    "option-does-not-fit",
                    "with --site the answers are given in the page; leave CASE out",
                )
            _preview_site(folder, runtime)
            return
        if case is None:
            refuse("CASE", "missing-option", "name an answers file, or use --site to answer in the page")
        if not Path(case).is_file():
            refuse(case, "no-such-file", "there is no such file; name an answers file")
        check_writable(out, force=force or _is_preview(Path(out)))
        report = ""
        try:
            own = [Path(template)] if template and Path(template).is_file() else []
            for _ in _changes([Path(case), *own], folder):
                shown = render_once(case, folder, as_of, report, template)
                report = shown.report
                write_file(Path(out), shown.text)
                _show(shown, out)
                _renew_schemas(folder)
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)


def _preview_site(folder: Path, runtime: str | None) -> None:
    """Show the pages, and make them anew whenever the knowledge base is saved."""
    from trackfit.commands.serving import shown
    from trackfit.commands.site import usual_runtime
    from trackfit.engine.site.runtime import find_runtime

    found = find_runtime(Path(runtime) if runtime else usual_runtime())
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as serving:
        pages = Path(scratch)
        is_shown = False
        try:
            for _ in _changes([], folder):
                problems = renew_site(folder, found, pages)
                tell(problems)
                click.echo(f"The pages are made {'with' if problems else 'without'} problems", err=True)
                if not is_shown and (pages / "index.html").is_file():
                    serving.enter_context(shown(pages, {"Cache-Control": "no-cache"}))
                    is_shown = True
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)


def renew_site(folder: Path, runtime: Runtime, pages: Path) -> tuple[Problem, ...]:
    """Make the pages as the knowledge base is now; where something is broken they stay, and show its problems."""
    from trackfit.commands.site import write_site
    from trackfit.engine.site.build import site_files

    problems: tuple[Problem, ...] = ()
    try:
        with KnowledgeBase.load(folder) as kb:
            write_site(pages, site_files(kb, runtime, preview=True))
    except TrackfitError as error:
        problems = error.problems
    made = sorted(path.name for path in pages.glob("knowledge-*.zip"))
    shown = {"knowledge": made[0] if made else "", "problems": [one.line() for one in problems]}
    write_file(pages / "preview.json", json.dumps(shown))
    return problems


def _is_preview(path: Path) -> bool:
    return path.is_file() and path.read_bytes().startswith(MARK.encode())


def _changes(files: Sequence[Path], folder: Path) -> Iterator[None]:
    """Once at the start, and then whenever a file is not as it was. Ends with Ctrl-C."""
    from watchfiles import watch

    around = {file.absolute().parent for file in files}
    watched = [path for path in (*(folder / name for name in FOLDERS), *around) if path.is_dir()]
    before = _state(files, folder)
    yield
    for _ in watch(*watched, rust_timeout=LOOK_AGAIN, yield_on_timeout=True):
        now = _state(files, folder)
        if now != before:
            before = now
            yield


def _state(files: Sequence[Path], folder: Path) -> dict[Path, tuple[int, int]]:
    """Time and size of every file that the report hangs on."""
    found = {}
    for path in (*files, *(path for name in FOLDERS for path in (folder / name).rglob("*"))):
        try:
            status = path.stat()
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _show(shown: Preview, out: str) -> None:
    """The report in a terminal; otherwise a line that says what became of it."""
    if sys.stdout is not None and sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        from trackfit.commands.terminal.pager import fitted, numbered_notes

        console = Console()
        console.clear()
        console.print(Markdown(fitted(numbered_notes(shown.report), console.width)))
    tell(shown.problems)
    state = "with problems" if shown.problems else "without problems"
    click.echo(f"Written {state}: {out} (Ctrl-C ends)", err=True)


def _renew_schemas(folder: Path) -> None:
    """Keep the editor's schemas in step, where there are some."""
    from trackfit.engine.workshop.authoring.schemas import FOLDER, write_schemas

    if (folder / FOLDER).is_dir() and not is_installed(folder):
        write_schemas(folder)
