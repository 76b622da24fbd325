"""`trackfit schema`: what an editor needs to complete, explain and check the files of a knowledge base."""

from __future__ import annotations

from pathlib import Path

import click

from trackfit.commands.faults import faults_as_lines
from trackfit.commands.inputs import is_knowledge, own_folder
from trackfit.commands.options import FOLDER
from trackfit.commands.outputs import unwritable, write_result
from trackfit.engine.inference.base import shipped
from trackfit.engine.workshop.authoring.schemas import FILE_KINDS, schemas, to_json, write_schemas


@click.command()
@click.option(
    "--out", metavar="DIR", type=FOLDER, help="Write here instead of .trackfit/schema/ in the knowledge base."
)
@click.option(
    "--stdout",
    "kind",
    type=click.Choice(FILE_KINDS),
    help="Print the schema of one kind of file, and write nothing.",
)
@click.option(
    "--knowledge",
    metavar="DIR",
    type=FOLDER,
    help="A folder with rules/, facts/ and templates/. Default: the one you are in.",
)
def schema(*, out: str | None, kind: str | None, knowledge: str | None) -> None:
    """JSON Schemas for editors, one for each kind of file.

    With them, an editor completes the ids of this knowledge base, explains each key, and marks what is mistyped. Run it
    again after you add or rename an id.

    \b
    Example:
        trackfit schema --knowledge my-rules
    """
    with faults_as_lines():
        if kind is not None or out is not None:
            here = Path(knowledge or ".")
            folder = here if knowledge or is_knowledge(here) else shipped()
        else:
            folder = own_folder(knowledge)
        if kind is not None:
            write_result(to_json(schemas(folder)[kind]), None, force=False)
            return
        try:
            paths = write_schemas(folder, Path(out) if out else None)
        except OSError as error:
            raise unwritable(out or str(folder), error) from error
        click.echo(f"Written: {len(paths)} schemas in {paths[0].parent}", err=True)
