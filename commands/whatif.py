"""`trackfit whatif`: the advice before and after some other answers."""

from __future__ import annotations

from typing import Any

import click

from trackfit.commands.faults import faults_as_lines
from trackfit.commands.inputs import day, load_knowledge, read_case
from trackfit.commands.options import FILE, Known, knowledge_options, settings_of
from trackfit.commands.outputs import as_json
from trackfit.engine.explanation.whatif import Difference, TrackChange, compare, with_settings
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
    for key, (old, new) in difference.answers.items():
        click.echo(f"{wording.label(key)}: {_answer(wording, key, old, new)}")
    click.echo()
    if difference.is_empty:
        click.echo("The advice stays the same: the same tracks, warnings and reasons.")
        return
    for change in difference.tracks:
        _print_track(change, kb)
    for sign, word, warnings in (
        ("+", "new warning", difference.warnings_added),
        ("-", "no longer warned of", difference.warnings_removed),
    ):
        for id_ in warnings:
            click.echo(f"{sign} {word}: {kb.facts.warnings[id_].title} ({id_})")
    if not (difference.tracks or difference.warnings_added or difference.warnings_removed):
        click.echo("The same tracks and warnings, for other reasons:")
    click.echo()
    for word, keys in (("now fires", difference.rules_added), ("no longer fires", difference.rules_removed)):
        for key in keys:
            click.echo(f"  {word}: {kb.rules[key].title} ({key})")


def _answer(wording: Wording, key: str, old: Any, new: Any) -> str:
    if not isinstance(old or new, list):
        return f"{wording.value(key, old)} → {wording.value(key, new)}"
    if new is None:
        return "→ not answered"
    names = {choice.id: choice.name for choice in wording.attribute(key).choices}
    added = [f"+ {names.get(one, one)}" for one in new if one not in (old or [])]
    removed = [f"- {names.get(one, one)}" for one in old or [] if one not in new]
    return ", ".join(added + removed)


def _print_track(change: TrackChange, kb: KnowledgeBase) -> None:
    name = kb.facts.tracks[change.track].name
    old, new = change.rank
    if old is None:
        click.echo(f"+ {name}: now recommended, rank {new} ({_basis(change.basis[1])})")
    elif new is None:
        click.echo(f"- {name}: no longer recommended (was rank {old}, {_basis(change.basis[0])})")
    elif old != new or change.basis[0] != change.basis[1]:
        click.echo(f"~ {name}: rank {old} → {new} ({_basis(change.basis[0])} → {_basis(change.basis[1])})")
    for word, skills in (("no longer missing", change.gap_closed), ("now missing", change.gap_opened)):
        if skills:
            click.echo(f"~ {name}: {word}: {', '.join(kb.facts.skills[id_].name for id_ in skills)}")


def _basis(basis: str | None) -> str:
    return {"sourced_route": "a sourced route", "skill_overlap": "by skill overlap"}.get(
        basis or "", "not recommended"
    )
