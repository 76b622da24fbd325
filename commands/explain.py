"""`trackfit explain`: why this advice, and why not that."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from trackfit.commands.faults import faults_as_lines, has_solver, refuse
from trackfit.commands.inputs import day, load_knowledge, read_case
from trackfit.commands.options import FILE, Known, knowledge_options
from trackfit.commands.outputs import as_json
from trackfit.engine.explanation.justify import Justification, conclusion_ids, justify
from trackfit.engine.explanation.why_not import Tested, Unfired, why_not
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.language.formats import in_sentence, listing
from trackfit.engine.language.wording import Wording
from trackfit.engine.problems.errors import pip_install
from trackfit.engine.problems.problem import did_you_mean

if TYPE_CHECKING:
    from trackfit.engine.proofs.change import Sensitivity

MILLISECONDS = 20_000
"""For the smallest change."""
SOURCES = {
    "answer": "your answer",
    "default": "assumed, since you did not say",
    "measure": "worked out from your answers",
    "rules": "concluded, see below",
    "absence": "no rule concluded it",
}


@click.command()
@click.argument("case", type=FILE)
@click.option(
    "--how", "conclusion", metavar="ID", help="Only this conclusion: a track, a warning, or an id as printed."
)
@click.option(
    "--why-not",
    "wanted",
    metavar="TRACK",
    type=Known(lambda kb: (*kb.facts.tracks, *kb.facts.warnings)),
    help="Why this track (or warning) was not given.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text (default) or JSON."
)
@knowledge_options
def explain(
    *,
    case: str,
    conclusion: str | None,
    wanted: str | None,
    form: str,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Why this advice, and why not that.

    Every conclusion with the rule that gave it, down to your answers and the figures.

    \b
    Examples:
        trackfit explain answers.yaml --how ai_engineering
        trackfit explain answers.yaml --why-not ml_engineering
    """
    with faults_as_lines():
        as_of = day(as_of)
        kb = load_knowledge(knowledge)
        found = consult(kb, read_case(case, kb), as_of)
        if wanted is not None:
            _show_why_not(found, wanted, form)
        else:
            _show_why(found, conclusion, form)


def _show_why(consultation: Consultation, conclusion: str | None, form: str) -> None:
    justifications = justify(consultation, conclusion)
    if conclusion is not None and not justifications:
        hint, _ = did_you_mean(conclusion, conclusion_ids(consultation))
        if not hint:
            hint = f"; concluded were: {', '.join(conclusion_ids(consultation))}"
        refuse("--how", "not-concluded", f"{conclusion!r} was not concluded for this case{hint}")
    if form == "json":
        shown: dict[str, Any] = {"conclusions": justifications}
        if conclusion is None and has_solver():
            shown["sensitivity"] = _sensitivity(consultation)
        click.echo(as_json(shown))
        return
    for number, (_, alike) in enumerate(groupby(justifications, key=lambda one: (one.id, one.says))):
        if number:
            click.echo()
        first, *others = alike
        _print_justification(first, 0)
        for other in others:
            _print_reasons(other, 0, also=True)
    if conclusion is None and has_solver():
        _print_sensitivity(consultation)


def _sensitivity(consultation: Consultation) -> Sensitivity:
    from trackfit.engine.proofs.change import sensitivity

    return sensitivity(consultation)


def _print_sensitivity(consultation: Consultation) -> None:
    wording = Wording(consultation.kb.facts, consultation.kb.program, consultation.case.currency)
    found = _sensitivity(consultation)
    click.echo()
    for text, names in (
        ("The tracks and warnings hang on your answers to", found.hangs_on),
        ("They would be the same whatever you answered to", found.could_be_anything),
        ("Not decided in time", found.undecided),
    ):
        if names:
            click.echo(f"{text}: {listing([wording.label(name) for name in names])}.")


def _print_justification(one: Justification, depth: int) -> None:
    indent = "    " * depth
    click.echo(f"{indent}{click.style(one.says[0].upper() + one.says[1:], bold=depth == 0)}")
    if one.again:
        click.echo(f"{indent}  as explained above ({one.rule})")
        return
    _print_reasons(one, depth)


def _print_reasons(one: Justification, depth: int, *, also: bool = False) -> None:
    indent = "    " * depth
    click.echo(f"{indent}  {'and also ' if also else ''}by the rule “{one.title}” ({one.rule})")
    for fact in one.facts:
        figure = f", figure {fact.figure}" if fact.figure else ""
        click.echo(f"{indent}  because {fact.text} ({SOURCES[fact.source]}{figure})")
    for deeper in one.because:
        _print_justification(deeper, depth + 1)


def _show_why_not(consultation: Consultation, wanted: str, form: str) -> None:
    facts = consultation.kb.facts
    if wanted not in facts.tracks and wanted not in facts.warnings:
        hint, _ = did_you_mean(wanted, [*facts.tracks, *facts.warnings])
        refuse("--why-not", "undeclared-name", f"there is no track or warning {wanted!r}{hint}")
    rules = why_not(consultation, wanted)
    wording = Wording(facts, consultation.kb.program, consultation.case.currency)
    if form == "json":
        click.echo(as_json({"track": wanted, "rules": [_plain_rule(one, wording) for one in rules]}))
        return
    given = justify(consultation, wanted)
    if given:
        name = facts.tracks[wanted].name if wanted in facts.tracks else facts.warnings[wanted].title
        click.echo(
            f"“{name}” was given, by {', '.join(sorted({one.rule for one in given}))}. Rules that did not add to it:"
        )
    for number, one in enumerate(rules):
        if number or given:
            click.echo()
        _print_unfired(one, wording)
    if wanted in facts.tracks:
        _print_what_it_takes(consultation, wanted)


def _print_what_it_takes(consultation: Consultation, track: str) -> None:
    """What of the track's list is missing, and the smallest changes that put it first."""
    facts = consultation.kb.facts
    way = next(one for one in consultation.ways if one.track == track)
    click.echo(f"\nWhat it would take for {facts.tracks[track].name}:")
    if way.missing:
        names = listing([in_sentence(facts.skills[one].name) for one in way.missing])
        click.echo(f"  {len(way.missing)} of its {way.size} skills are missing: {names}.")
    else:
        click.echo(f"  None of its {way.size} skills is missing.")
    if not has_solver():
        click.echo(f"  The smallest change needs the solver z3: {pip_install('prove')}")
        return
    from trackfit.commands.change import search, show

    goal, found = search(consultation, track, None, MILLISECONDS)
    show(consultation, goal, found[:1])


def _print_unfired(one: Unfired, wording: Wording) -> None:
    row = f" for {one.rule.bindings[0].row}" if one.rule.bindings else ""
    click.echo(click.style(f"“{one.rule.title}”{row} ({one.rule.rule}) did not fire:", bold=True))
    for sign, tests in (
        ("holds", _with(one.tested, True)),
        ("fails", _with(one.tested, False)),
        ("unknown", _with(one.tested, None)),
    ):
        for test in tests:
            found = "" if sign == "holds" else f" – found: {wording.value(test.leaf.attribute, test.found)}"
            click.echo(f"  {sign:8}{wording.leaf(test.leaf)}{found}")


def _with(tests: Sequence[Tested], holds: bool | None) -> list[Tested]:
    return [test for test in tests if test.holds is holds]


def _plain_rule(one: Unfired, wording: Wording) -> dict[str, Any]:
    return {
        "rule": one.rule.rule,
        "key": one.rule.key,
        "conditions": [
            {
                "text": wording.leaf(test.leaf),
                "holds": test.holds,
                "wanted": test.leaf.operand,
                "found": sorted(test.found, key=str)
                if isinstance(test.found, set | frozenset)
                else test.found,
            }
            for test in one.tested
        ],
    }
