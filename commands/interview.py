"""`trackfit interview`: the questions in a terminal, then the report."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trackfit.commands.advise import rendered
from trackfit.commands.shared import (
    EXIT_INTERRUPTED,
    day,
    faults_as_lines,
    knowledge_options,
    load_knowledge,
    read_case,
    refuse_overwrite,
    unwritable,
    write_result,
    writing_options,
)
from trackfit.engine.case import Case, Wrong
from trackfit.engine.consult import consult
from trackfit.engine.files import write_atomic
from trackfit.engine.interview import Interview, to_yaml
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Attribute
from trackfit.engine.vocabulary import split_skills

ANSWERS = "trackfit-answers.yaml"


@click.command()
@click.option(
    "--answers", metavar="FILE", help="An answers file that gives some answers; only the rest is asked."
)
@click.option(
    "--save", metavar="FILE", help=f"Where to keep your answers, from the first one on. Default: {ANSWERS}."
)
@writing_options
@knowledge_options
def interview(
    *,
    answers: str | None,
    save: str | None,
    out: str | None,
    force: bool,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Answer questions, then get your report.

    Press Enter to leave a question open, type ? to have it explained. Your answers are kept in a file from the
    first one on, so you can stop at any moment and go on later.

    \b
    Example:
        trackfit interview --out report.md
    """
    with faults_as_lines():
        as_of = day(as_of)
        refuse_overwrite(out, force=force)
        kb = load_knowledge(knowledge)
        started, kept = _begin(answers, save, kb, force=force)
        talk = Interview(kb, started)
        try:
            _ask_all(talk, kept)
        except (click.Abort, EOFError, KeyboardInterrupt):
            _keep(talk, kept)
            click.echo(
                f"\nStopped. Your answers are in {kept}; go on with: trackfit interview --answers {kept}",
                err=True,
            )
            sys.exit(EXIT_INTERRUPTED)
        _keep(talk, kept)
        click.echo(f"\nYour answers are in {kept}.", err=True)
        write_result(rendered(consult(kb, talk.case(), as_of), "md"), out, force=force)


def _begin(
    answers: str | None, save: str | None, kb: KnowledgeBase, *, force: bool
) -> tuple[Case | None, Path]:
    """The answers to start from, and the file to keep answers in.

    Without options an unfinished interview in this folder is offered; nothing is overwritten unasked.
    """
    if answers is not None:
        return read_case(answers, kb, unfinished=True), Path(save or answers)
    if save is not None:
        refuse_overwrite(save, force=force)
        return None, Path(save)
    kept = Path(ANSWERS)
    if kept.exists() and click.confirm(f"Go on with the answers in {kept}?", default=True, err=True):
        return read_case(str(kept), kb, unfinished=True), kept
    number = 1
    while kept.exists():
        number += 1
        kept = Path(f"{Path(ANSWERS).stem}-{number}.yaml")
    return None, kept


def _ask_all(talk: Interview, kept: Path) -> None:
    """Ask until nothing is left, keeping the answers after each."""
    number = 0
    while (attribute := talk.next_question()) is not None:
        number += 1
        click.echo(f"\nQuestion {number} (at most {talk.most_left() - 1} more)", err=True)
        _ask(talk, attribute)
        _keep(talk, kept)


def _ask(talk: Interview, attribute: Attribute) -> None:
    """Ask one question until its answer can be read."""
    question = attribute.question
    assert question is not None
    click.secho(question.question, bold=True, err=True)
    if attribute.type == "choice":
        for number, choice in enumerate(attribute.choices, 1):
            click.echo(f"  {number}  {choice.name}", err=True)
    while True:
        text = _prompt(attribute)
        if text.strip() == "?":
            examples = f"\nFor example: {' · '.join(question.examples)}" if question.examples else ""
            click.echo(f"{question.help}{examples}", err=True)
            continue
        try:
            read = talk.answer(attribute, _settle(talk, text) if attribute.type == "set" else text)
        except Wrong as wrong:
            click.echo(f"Sorry, {wrong.text}.", err=True)
            continue
        if read is not None:
            names = sorted(talk.kb.facts.skills[id_].name for id_ in read.ids)
            click.echo(f"Understood: {', '.join(names) or 'none'}.", err=True)
            if read.unmatched:
                click.echo(f"Not known here, kept in your report: {', '.join(read.unmatched)}.", err=True)
        return


def _prompt(attribute: Attribute) -> str:
    hint = {
        "choice": "a number",
        "yes_no": "yes or no",
        "whole_number": "a number",
        "money": "an amount",
        "set": "separated by commas",
        "text": "any text",
    }[attribute.type]
    rest = "? explains" if attribute.question and attribute.question.required else "Enter skips, ? explains"
    text: str = click.prompt(
        f"({hint}; {rest})", default="", show_default=False, prompt_suffix=" > ", err=True
    )
    return text


def _settle(talk: Interview, text: str) -> str:
    """Ask back what each ambiguous skill means, and put the meaning in its place."""
    meant: dict[str, str] = {}
    for part, choices in talk.meanings(text):
        named = " or ".join(f"{number} {choice.name}" for number, choice in enumerate(choices, 1))
        picked: int = click.prompt(
            f"{part}: {named}?", type=click.IntRange(1, len(choices)), prompt_suffix=" > ", err=True
        )
        meant[part] = choices[picked - 1].id
    return ", ".join(meant.get(part, part) for part in split_skills(text))


def _keep(talk: Interview, kept: Path) -> None:
    """Write the answers so far."""
    try:
        write_atomic(kept, to_yaml(talk.case(), talk.kb).encode(), mode=0o600)
    except OSError as error:
        raise unwritable(str(kept), error) from error
