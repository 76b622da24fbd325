"""`trackfit new`: a new row with its scenario, or a whole knowledge base to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from trackfit.commands.faults import faults_as_lines, refuse
from trackfit.commands.inputs import day, own_folder
from trackfit.commands.options import FOLDER
from trackfit.commands.outputs import unwritable
from trackfit.engine.language.facts import SkillKind
from trackfit.engine.workshop.authoring.scaffold import (
    KINDS,
    PlannedFile,
    Wishes,
    plan,
    plan_knowledge,
    write,
)

USED_BY: dict[str, tuple[str, ...]] = {"background": ("rule", "mistake", "track"), "skill_kind": ("skill",)}
OPTIONS = {"background": "--for", "skill_kind": "--kind"}


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("id_", metavar="ID")
@click.option(
    "--for", "background", metavar="BACKGROUND", help="Rule, mistake, track: the background it is for."
)
@click.option(
    "--kind", "skill_kind", type=click.Choice(get_args(SkillKind)), help="Skill: the group it belongs to."
)
@click.option(
    "--value", metavar="NUMBER", help="Figure: its number, such as 75, or a range, such as '[3, 6]'."
)
@click.option("--unit", help="Figure: what the number counts, such as months or usd_per_year.")
@click.option("--source", metavar="SOURCE", help="Figure: the id of its source.")
@click.option(
    "--knowledge", metavar="DIR", type=FOLDER, help="Your knowledge base. Default: the folder you are in."
)
def new(
    *,
    kind: str,
    id_: str,
    background: str | None,
    skill_kind: str | None,
    value: str | None,
    unit: str | None,
    source: str | None,
    knowledge: str | None,
) -> None:
    """Add a row with its scenario, or begin a knowledge base.

    KIND is what to add, ID its id; for `knowledge`, ID is the new folder. Nothing that is there is changed: new rows go
    to the end of the right file, with comments that say what to fill in.

    \b
    Examples:
        trackfit new knowledge my-rules
        trackfit new mistake waits_for_a_title --for data_engineer
        trackfit new figure mlops_median --value 150000 --unit usd_per_year --source indeed_2026_04
    """
    with faults_as_lines():
        _check_fit(kind, background=background, skill_kind=skill_kind, value=value, unit=unit, source=source)
        if kind == "knowledge":
            folder = Path(id_)
            planned = plan_knowledge(folder, day(None))
        else:
            folder = own_folder(knowledge)
            wishes = Wishes(
                background=background,
                skill_kind=skill_kind or "practice",
                value=value,
                unit=unit,
                source=source,
            )
            planned = plan(folder, kind, id_, wishes, day(None))
        try:
            write(planned, folder)
        except OSError as error:
            raise unwritable(str(folder), error) from error
        _report(planned, kind, folder)


def _check_fit(kind: str, **given: str | None) -> None:
    """Refuse options that say nothing about this kind."""
    for name, one in given.items():
        if one is not None and kind not in USED_BY.get(name, ("figure",)):
            option = OPTIONS.get(name, f"--{name}")
            refuse(option, "option-does-not-fit", f"{option} does not go with `new {kind}`; leave it out")


def _report(planned: list[PlannedFile], kind: str, folder: Path) -> None:
    """What was written, and what to do next."""
    if kind == "knowledge":
        click.echo(f"Written: {len(planned)} files in {folder}")
        click.echo("Next: fill in facts/ and rules/; README.md there lists the commands.")
        return
    for one in planned:
        click.echo(f"Written: {one.path}:{one.line}")
    click.echo(
        "Next: fill in what the comments say, then run "
        f"`trackfit check {folder}` and `trackfit test --knowledge {folder}`."
    )
