"""`trackfit change`: the smallest changes to the answers that change the advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from trackfit.commands.faults import faults_as_lines, need_solver, refuse
from trackfit.commands.inputs import day, load_knowledge, read_case
from trackfit.commands.options import FILE, Known, knowledge_options
from trackfit.commands.outputs import as_json
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.formats import in_sentence, listing
from trackfit.engine.language.model import Facts
from trackfit.engine.language.wording import Wording
from trackfit.engine.problems.problem import did_you_mean
from trackfit.engine.proofs.alike import telling_skills

if TYPE_CHECKING:
    from trackfit.engine.proofs.change import ChangedAnswer, Goal, SmallestChange


@click.command()
@click.argument("case", type=FILE)
@click.option(
    "--to",
    "track",
    metavar="TRACK",
    type=Known(lambda kb: kb.facts.tracks),
    help="Reach this track: first if possible, else among the recommended.",
)
@click.option(
    "--without",
    metavar="WARNING",
    type=Known(lambda kb: kb.facts.warnings),
    help="No longer be warned of this.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text (default) or JSON."
)
@click.option(
    "--seconds", type=click.FloatRange(min=0.001), default=20.0, help="Time for each suggestion. Default: 20."
)
@knowledge_options
def change(
    *,
    case: str,
    track: str | None,
    without: str | None,
    form: str,
    seconds: float,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """The smallest changes to your answers that change the advice.

    Without options: that change the first recommendation. The three cheapest are shown, by weights that the
    coaches declare (learning a skill is cheaper than ten years; a background does not change). Each one has been
    tried by running the rules on it.

    \b
    Examples:
        trackfit change answers.yaml --to agentic_ai
        trackfit change answers.yaml --without salary_routing
    """
    with faults_as_lines():
        need_solver()
        as_of = day(as_of)
        if track is not None and without is not None:
            refuse("--to", "bad-setting", "name a track or a warning, not both; run it twice")
        kb = load_knowledge(knowledge, as_of)
        before = consult(kb, read_case(case, kb), as_of)
        _check(track, kb.facts.tracks, "--to", "track")
        _check(without, kb.facts.warnings, "--without", "warning")
        goal, found = search(before, track, without, round(seconds * 1000))
        if form == "json":
            click.echo(as_json(_plain(goal, found)))
        else:
            show(before, goal, found)


def _check(name: str | None, names: dict[str, Any], option: str, kind: str) -> None:
    if name is not None and name not in names:
        hint, _ = did_you_mean(name, names)
        refuse(option, "undeclared-name", f"there is no {kind} {name!r}{hint}")


def search(
    before: Consultation, track: str | None, without: str | None, milliseconds: int
) -> tuple[Goal, tuple[SmallestChange, ...]]:
    """The goal that was asked for; for a track that cannot be first, to have it recommended at all."""
    from trackfit.engine.proofs.change import Goal, suggest

    goal = Goal(track=track, without=without)
    if goal.reached(before, before):
        return goal, ()
    found = suggest(before, goal, milliseconds=milliseconds)
    if track is not None and not found:
        goal = Goal(track=track, anywhere=True)
        found = () if goal.reached(before, before) else suggest(before, goal, milliseconds=milliseconds)
    return goal, found


def show(before: Consultation, goal: Goal, found: tuple[SmallestChange, ...]) -> None:
    """Print the smallest changes, or that there are none."""
    facts = before.kb.facts
    aim = _aim(goal, facts)
    if goal.track is not None and goal.anywhere:
        click.echo(
            f"No other answers make {facts.tracks[goal.track].name} come first for your background (proved)."
        )
    if not found:
        done = goal.reached(before, before)
        click.echo(
            f"You already {aim}."
            if done
            else f"No other answers would let you {aim} (proved; your background stays)."
        )
        if goal.track is None and goal.without is None:
            ids = listing([one.id for one in before.warnings], "or")
            click.echo("You can ask for less: --to TRACK" + (f", or --without {ids}." if ids else "."))
        return
    click.echo(f"To {aim}, the smallest {'change is' if len(found) == 1 else 'changes are'}:")
    for number, one in enumerate(found, 1):
        click.echo(f"\n{number}. (cost {one.cost})")
        _print_change(before, one)


def _aim(goal: Goal, facts: Facts) -> str:
    """What should be different, after "to"."""
    if goal.without is not None:
        return f"no longer be warned of “{facts.warnings[goal.without].title}”"
    if goal.track is not None:
        return f"have {facts.tracks[goal.track].name} {'recommended' if goal.anywhere else 'come first'}"
    return "have another track come first"


def _print_change(before: Consultation, one: SmallestChange) -> None:
    facts = before.kb.facts
    wording = Wording(facts, before.kb.program, before.case.currency)
    for step in one.steps:
        click.echo(f"   {wording.label(step.attribute)}: {_step(before.kb, step, wording)}")
    tracks = [facts.tracks[row.track].name for row in one.after.recommendations]
    click.echo(f"   → recommended: {', '.join(tracks) or 'nothing'}")
    had = {row.id for row in before.warnings}
    if new := [f"“{facts.warnings[row.id].title}”" for row in one.after.warnings if row.id not in had]:
        click.echo(f"   → a new warning: {listing(new)}")


def _step(kb: KnowledgeBase, step: ChangedAnswer, wording: Wording) -> str:
    """A changed answer; of a set what was added, of skills with what they bring along."""
    if not isinstance(step.after, list):
        return f"{wording.value(step.attribute, step.before)} → {wording.value(step.attribute, step.after)}"
    names = {choice.id: choice.name for choice in wording.attribute(step.attribute).choices}
    had = [one for one in step.before or [] if one in names]
    added = [one for one in step.after if one in names and one not in had]
    text = ", ".join(f"+ {names[one]}" for one in added)
    if step.attribute == SKILLS:
        along = kb.reader.index.counted(added) - kb.reader.index.counted(had) - set(added)
        if told := sorted(in_sentence(names[one]) for one in along & telling_skills(kb)):
            text += f" (and with {'them' if len(added) > 1 else 'it'} {listing(told)})"
    return text


def _plain(goal: Goal, found: tuple[SmallestChange, ...]) -> dict[str, Any]:
    return {
        "goal": {"track": goal.track, "first": not goal.anywhere, "without": goal.without},
        "changes": [
            {
                "cost": one.cost,
                "steps": one.steps,
                "recommended": [row.track for row in one.after.recommendations],
                "warnings": [row.id for row in one.after.warnings],
            }
            for one in found
        ],
    }
