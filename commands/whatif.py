"""`trackfit whatif`: the advice before and after some other answers."""

from __future__ import annotations

import click

from trackfit.commands.faults import faults_as_lines
from trackfit.commands.inputs import day, load_knowledge, read_case
from trackfit.commands.options import FILE, Known, knowledge_options, settings_of
from trackfit.commands.outputs import as_json
from trackfit.engine.explanation.differences import advice_told, answers_told, rules_told
from trackfit.engine.explanation.whatif import Difference, compare, with_settings
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import consult
from trackfit.engine.language.wording import Wording


@click.command()
@click.argument("case", type=FILE)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    type=Known(settings_of),
    multiple=True,
    required=True,
    help="Another answer; KEY= makes it unknown, skills+=NAME and skills-=NAME change the set. Can be repeated.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text (default) or JSON."
)
@knowledge_options
def whatif(
    *, case: str, settings: tuple[str, ...], form: str, knowledge: str | None, as_of: str | None
) -> None:
    """The advice before and after other answers, as a difference.

    \b
    Example:
        trackfit whatif answers.yaml --set years_experience=20 --set skills+=kubernetes
    """
    with faults_as_lines():
        as_of = day(as_of)
        kb = load_knowledge(knowledge)
        before = read_case(case, kb)
        after = with_settings(before, settings, kb.reader)
        difference = compare(consult(kb, before, as_of), consult(kb, after, as_of))
        if form == "json":
            click.echo(as_json(difference))
        else:
            _print(difference, kb, Wording(kb.facts, kb.program, after.currency))


def _print(difference: Difference, kb: KnowledgeBase, wording: Wording) -> None:
    if not difference.answers:
        click.echo("These are the answers you gave already; nothing differs.")
        return
    for line in answers_told(difference, wording):
        click.echo(line)
    click.echo()
    if difference.is_empty:
        click.echo("The advice stays the same: the same tracks, warnings and reasons.")
        return
    for sign, line in advice_told(difference, kb):
        click.echo(f"{sign} {line}")
    if not (difference.tracks or difference.warnings_added or difference.warnings_removed):
        click.echo("The same tracks and warnings, for other reasons:")
    click.echo()
    for line in rules_told(difference, kb):
        click.echo(f"  {line}")
