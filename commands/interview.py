"""`trackfit interview`: the questions in a terminal, then the report."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackfit.commands.shared import (
    EXIT_INTERRUPTED,
    check_writable,
    day,
    faults_as_lines,
    free_name,
    knowledge_options,
    load_knowledge,
    read_answers,
    refuse,
    write_file,
    write_result,
    writing_options,
)
from trackfit.commands.terminal import be_lenient_with_input, confirm, opening, read_line, say
from trackfit.engine.case import Wrong
from trackfit.engine.formats import money
from trackfit.engine.interview import Doubt, Interview
from trackfit.engine.vocabulary import split_skills

if TYPE_CHECKING:
    from trackfit.engine.consult import Consultation
    from trackfit.engine.knowledge import KnowledgeBase
    from trackfit.engine.model import Attribute

ANSWERS = "trackfit-answers.yaml"
REPORT = "trackfit-report.md"
KEYS = ("Enter leaves it open", "? explains", "< goes back", "Ctrl-C stops, answers kept")
PROMPTS = {
    "yes_no": "yes or no > ",
    "whole_number": "a number > ",
    "money": "an amount > ",
    "set": "with commas > ",
    "text": "> ",
}


@click.command()
@click.option(
    "--answers",
    metavar="FILE",
    help="Answers to start from; only the rest is asked, and FILE stays as it is.",
)
@click.option(
    "--resume", metavar="FILE", help="Go on with the answers in FILE, and keep the new ones there too."
)
@click.option(
    "--save", metavar="FILE", help=f"Where to keep your answers, from the first one on. Default: {ANSWERS}."
)
@writing_options
@knowledge_options
def interview(
    *,
    answers: str | None,
    resume: str | None,
    save: str | None,
    out: str | None,
    force: bool,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Answer questions, then get your report.

    Press Enter to leave a question open, type ? to have it explained. Your answers are kept in a file from the
    first one on, so you can stop at any moment and go on later. Without --out, the report goes to a new file,
    or to standard output where that is not a terminal.

    \b
    Example:
        trackfit interview --out report.md
    """
    with faults_as_lines():
        as_of = day(as_of)
        check_writable(out, force=force)
        check_writable(save, force=force)
        if answers and resume:
            refuse("--resume", "bad-option", "give --answers or --resume, not both")
        be_lenient_with_input()
        talk, kept = _begin(load_knowledge(knowledge, as_of), answers, resume, save)
        check_writable(str(kept), force=True)
        try:
            _ask_all(talk, kept)
        except (EOFError, KeyboardInterrupt):
            _stop(talk, kept, knowledge)
        write_file(kept, talk.to_yaml())
        _hand_over(talk, kept, as_of, out, force=force)


def _begin(
    kb: KnowledgeBase, answers: str | None, resume: str | None, save: str | None
) -> tuple[Interview, Path]:
    """The interview, and the file to keep its answers in; nothing is overwritten unasked.

    Without options, answers in this folder are offered to go on with.
    """
    default = Path(ANSWERS)
    if not (answers or resume or save) and default.exists() and sys.stdin is not None and sys.stdin.isatty():
        try:
            resume = ANSWERS if confirm(f"There are answers in {ANSWERS} already. Go on with them?") else None
        except EOFError:
            raise KeyboardInterrupt from None
    start = answers or resume
    if start == "-":
        refuse("-", "bad-option", "your answers come from standard input here; name a file to start from")
    if start is None:
        return Interview(kb), Path(save) if save else free_name(ANSWERS)
    case, left_open = read_answers(start, kb, unfinished=True)
    kept = save or resume
    return Interview(kb, case, left_open if resume else ()), Path(kept) if kept else free_name(ANSWERS)


def _ask_all(talk: Interview, kept: Path) -> None:
    """Ask until nothing is left, keeping the answers after each."""
    most = talk.most_left()
    if most == 0:
        say("Every question that concerns you is answered already.")
        return
    say(f"At most {most} {'question' if most == 1 else 'questions'}, then your report.")
    say(" · ".join(key.replace(" ", "\u00a0") for key in KEYS))
    while (attribute := talk.next_question()) is not None:
        number = len(talk.history) + 1
        say()
        say(f"{number} of at most {number + talk.most_left() - 1}")
        _ask(talk, attribute)
        write_file(kept, talk.to_yaml())


def _ask(talk: Interview, attribute: Attribute) -> None:
    """Ask one question until its answer can be read, or the person goes back."""
    question = attribute.question
    assert question is not None
    say(question.question, bold=True)
    choices = attribute.choices if attribute.type == "choice" else ()
    for number, choice in enumerate(choices, 1):
        say(choice.name, indent=f"{number:3}  ")
    while True:
        text = read_line(PROMPTS.get(attribute.type, f"1-{len(choices)} > "))
        if text == "?":
            say(question.help)
            if question.examples and not choices:
                say(f"For example: {' · '.join(question.examples)}")
            continue
        if text == "<":
            if talk.back():
                return
            say("This is the first question.")
            continue
        try:
            _take(talk, attribute, text)
        except Wrong as wrong:
            say(f"This {wrong.says}{'' if wrong.says.endswith('?') else '.'}")
            continue
        return


def _take(talk: Interview, attribute: Attribute, text: str) -> None:
    """Take an answer, and say what was understood where that is not plain. Raises `Wrong`."""
    if attribute.type == "set":
        read = talk.answer(attribute, _settle(talk, text))
        if read is not None:
            names = sorted(talk.kb.facts.skills[id_].name for id_ in read.ids)
            say(f"Understood: {', '.join(names) or 'none'}.")
            if read.unmatched:
                say(f"Not known here, but shown in your report: {', '.join(read.unmatched)}.")
        return
    talk.answer(attribute, _settle_amount(talk, attribute, text) if attribute.type == "money" else text)
    value = talk.answers.get(attribute.id)
    if attribute.type == "money" and isinstance(value, int):
        say(f"Understood: {money(value)} a year.")
    elif attribute.type == "choice" and value is not None and not text.isdigit():
        say(f"Understood: {next(one.name for one in attribute.choices if one.id == value)}.")


def _settle_amount(talk: Interview, attribute: Attribute, text: str) -> str:
    """Ask back whether a very small amount means thousands. Raises `Wrong`."""
    value = talk.kb.reader.value(attribute, text) if text else None
    if isinstance(value, int) and 0 < value < 1000 and confirm(f"Do you mean {money(value * 1000)} a year?"):
        return f"{value}k"
    return text


def _settle(talk: Interview, text: str) -> str:
    """Ask back what each unclear skill means, and put the meaning in its place."""
    meant = {doubt.text: _meaning(doubt) for doubt in talk.doubts(text)}
    parts = (meant.get(part, part) for part in split_skills(text))
    return ", ".join(part for part in parts if part)


def _meaning(doubt: Doubt) -> str:
    """What the person means by it, as a skill's id; empty where they leave it out."""
    names = [f"{number} {choice.name}" for number, choice in enumerate(doubt.choices, 1)]
    if doubt.known:
        say(f"“{doubt.text}” may mean: {' · '.join(names)} · Enter leaves it out")
    else:
        say(f"“{doubt.text}” is not known here. Is it: {' · '.join(names)} · Enter keeps it as it is")
    numbers = {str(number): choice.id for number, choice in enumerate(doubt.choices, 1)}
    while True:
        picked = read_line(f"1-{len(names)} > " if len(names) > 1 else "1 or Enter > ")
        if not picked:
            return "" if doubt.known else doubt.text
        if picked in numbers:
            return numbers[picked]
        say(f"This must be a number from 1 to {len(names)}, or Enter.")


def _stop(talk: Interview, kept: Path, knowledge: str | None) -> None:
    """Keep what was answered, say how to go on, and leave."""
    if not talk.history and not kept.exists():
        click.echo("\nStopped. Nothing was answered, so nothing is kept.", err=True)
    else:
        write_file(kept, talk.to_yaml())
        again = ["trackfit", "interview", "--resume", str(kept)]
        again += ["--knowledge", knowledge] if knowledge else []
        click.echo(f"\nStopped. Your answers are in {kept}. Go on with:\n  {shlex.join(again)}", err=True)
    sys.exit(EXIT_INTERRUPTED)


def _hand_over(talk: Interview, kept: Path, as_of: str, out: str | None, *, force: bool) -> None:
    """Write the report; a person at a terminal also gets its beginning, and where everything is."""
    from trackfit.engine.consult import consult
    from trackfit.engine.report import to_markdown

    consultation = consult(talk.kb, talk.case(), as_of)
    report = to_markdown(consultation)
    if out is None and sys.stdout is not None and sys.stdout.isatty():
        out = str(free_name(REPORT))
    if out is not None:
        _show_opening(consultation, report)
        click.echo(f"\nYour report:  {out}", err=True)
    click.echo(f"Your answers: {kept}", err=True)
    write_result(report, out, force=force, quiet=True)


def _show_opening(consultation: Consultation, report: str) -> None:
    for paragraph in opening(report):
        say()
        say(paragraph)
    grave = [one.id for one in consultation.warnings if one.severity == "high"]
    if grave:
        say()
    for id_ in grave:
        say(f"Watch out: {consultation.kb.facts.warnings[id_].title}.")
