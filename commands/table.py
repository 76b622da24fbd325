"""`trackfit table`: a facts table as a spreadsheet, and an edited one back into its file."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackfit.commands.faults import faults_as_lines, refuse, tell
from trackfit.commands.inputs import day, is_knowledge, own_folder
from trackfit.commands.options import FILE, FOLDER, writing_options
from trackfit.commands.outputs import check_writable, unwritable, write_result
from trackfit.commands.terminal.confirming import can_ask

if TYPE_CHECKING:
    from trackfit.engine.problems.problem import Problem
    from trackfit.engine.workshop.tables.plan import TableEdit


@click.group()
def table() -> None:
    """A facts table as a spreadsheet, and back.

    \b
    Examples:
        trackfit table export facts/resources.yaml --out resources.xlsx
        trackfit table import resources.xlsx --dry-run
    """


@table.command("export")
@click.argument("facts_file", type=FILE)
@writing_options
def export(*, facts_file: str, out: str | None, force: bool) -> None:
    """A facts file as CSV or, if --out ends in .xlsx, as a workbook with a sheet for each of its tables."""
    with faults_as_lines():
        from trackfit.engine.workshop.tables.plan import facts_file as read
        from trackfit.engine.workshop.tables.spreadsheet import to_csv, to_xlsx

        check_writable(out, force=force)
        path = Path(facts_file)
        folder = next((one for one in path.absolute().parents if is_knowledge(one)), None)
        name = path.name if folder is None else path.absolute().relative_to(folder).as_posix()
        sheets = read(path, facts_file).sheets
        if out is None or not out.lower().endswith(".xlsx"):
            write_result(to_csv(sheets, name), out, force=force)
            return
        from trackfit.engine.documents.files import write_atomic
        from trackfit.engine.documents.workbook import need_sheets

        need_sheets()
        with tempfile.TemporaryDirectory() as spill:
            content = to_xlsx(sheets, name, day(None), Path(spill))
        try:
            write_atomic(Path(out), content)
        except OSError as error:
            raise unwritable(out, error) from error
        click.echo(f"Written: {out}", err=True)


@table.command("import")
@click.argument("file", type=FILE)
@click.option("--delete", is_flag=True, help="Take rows out that are not in the sheet any more.")
@click.option("--dry-run", is_flag=True, help="Show what would change, check it, write nothing.")
@click.option("--yes", is_flag=True, help="Write, and ask nothing.")
@click.option(
    "--knowledge", metavar="DIR", type=FOLDER, help="Your knowledge base. Default: the folder you are in."
)
def import_(*, file: str, delete: bool, dry_run: bool, yes: bool, knowledge: str | None) -> None:
    """An edited spreadsheet back into the facts files that it came from.

    What changes is shown and checked; in a terminal you are asked whether to write it. What the sheet does not change
    stays as it is, comments and all.
    """
    with faults_as_lines():
        from trackfit.engine.workshop.tables.plan import plan
        from trackfit.engine.workshop.tables.spreadsheet import read_rows

        folder = own_folder(knowledge)
        planned = plan(folder, file, read_rows(file), delete=delete)
        tell(planned.notes)
        if not planned.changes:
            click.echo("Nothing changes.", err=True)
            return
        _show(planned)
        tell(_checked(planned, folder, file))
        if dry_run:
            click.echo("Nothing was written.", err=True)
        elif yes or not can_ask() or click.confirm("Write this?", err=True):
            _write(planned, folder)


def _show(planned: TableEdit) -> None:
    """What changes, as a difference."""
    for one in planned.changes:
        lines = difflib.unified_diff(
            one.before.splitlines(), one.after.splitlines(), one.name, one.name, lineterm="", n=1
        )
        for line in lines:
            click.echo(line)


def _checked(planned: TableEdit, folder: Path, file: str) -> list[Problem]:
    """The warnings that the change brings with it. Raises `InvalidInput` where it brings an error."""
    from trackfit.engine.problems.problems import Problems
    from trackfit.engine.workshop.check.check import check
    from trackfit.engine.workshop.tables.plan import at_its_cell

    today = day(None)
    before = {(one.where.file, one.id, one.text) for one in check(folder, today).problems}
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "knowledge"
        for part in ("facts", "rules", "templates"):
            if (folder / part).is_dir():
                shutil.copytree(folder / part, copy / part, symlinks=False)
        for one in planned.changes:
            (copy / one.name).write_bytes(one.after.encode())
        after = check(copy, today).problems
    changes = {one.name: one for one in planned.changes}
    found = Problems(
        at_its_cell(one, changes[one.where.file], file) if one.where.file in changes else one
        for one in after
        if (one.where.file, one.id, one.text) not in before
    )
    found.refuse()
    return found


def _write(planned: TableEdit, folder: Path) -> None:
    from trackfit.engine.documents.files import write_atomic

    for one in planned.changes:
        path = folder / one.name
        if not os.access(path, os.W_OK):
            refuse(str(path), "unwritable-file", "you may not write this file; nothing was written")
    for one in planned.changes:
        try:
            write_atomic(folder / one.name, one.after.encode())
        except OSError as error:
            raise unwritable(str(folder / one.name), error) from error
        click.echo(f"Written: {folder / one.name}", err=True)
