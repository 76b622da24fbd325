"""`trackfit interview`: the questions in a terminal, then the report."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from trackfit.commands.faults import EXIT_INTERRUPTED, faults_as_lines, refuse
from trackfit.commands.inputs import day, load_knowledge, read_answers, read_template
from trackfit.commands.options import FILE, knowledge_options, template_option, writing_options
from trackfit.commands.outputs import (
    check_writable,
    command_here,
    free_name,
    free_names,
    write_file,
    write_result,
)
from trackfit.commands.terminal.confirming import can_ask, case_of_resume, offer_to_open
from trackfit.commands.terminal.faces import Face, face, say, show, terminal_width
from trackfit.commands.terminal.pager import as_plain_text, opening, show_report
from trackfit.engine.cases.answers_file import settled_in, to_yaml
from trackfit.engine.documents.parse import read_source
from trackfit.engine.interview.dialogue import Dialogue
from trackfit.engine.interview.interview import Interview
from trackfit.engine.interview.prompts import YES_NO, Prompt, Said
from trackfit.engine.language.formats import listing

if TYPE_CHECKING:
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.inference.consult import Consultation
    from trackfit.engine.report.templates import OwnTemplate

ANSWERS = "trackfit-answers.yaml"
REPORT = "trackfit-report"
SHORT = "brief"
"""The template of what a terminal shows in the end."""


@click.command()
@click.option(
    "--answers",
    metavar="FILE",
    type=FILE,
    help="Answers to start from; only the rest is asked, and FILE stays as it is.",
)
@click.option(
    "--resume",
    metavar="FILE",
    type=FILE,
    help="Go on with the answers in FILE, and keep the new ones there too; or start from a résumé.",
)
@click.option(
    "--save",
    metavar="FILE",
    type=FILE,
    help=f"Where to keep your answers, from the first one on. Default: {ANSWERS}.",
)
@click.option(
    "--plain",
    is_flag=True,
    help="Numbered questions and plain lines, for screen readers and simple terminals.",
)
@click.option(
    "--no-input", is_flag=True, help="Ask nothing: report on the answers given, and say what is open."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html"]),
    help="The report as Markdown or as a page for the browser. Default: both, where it goes to a file.",
)
@template_option
@writing_options
@knowledge_options
@click.pass_context
def interview(
    context: click.Context,
    *,
    answers: str | None,
    resume: str | None,
    save: str | None,
    plain: bool,
    no_input: bool,
    form: str | None,
    template: str | None,
    out: str | None,
    force: bool,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Answer questions, then get your report.

    Only what can still change your advice is asked. At any question you can type ? (what it means), why (what we need
    it for), back, skip, review, save or quit. Your answers are kept in a file from the first one on, so you can stop
    at any moment and go on later. Without --out, the report goes to new files, or to standard output where that is
    not a terminal.

    \b
    Example:
        trackfit interview --out report.md
    """
    with faults_as_lines():
        as_of = day(as_of)
        check_writable(out, force=force)
        _check_save(save, resume)
        _check_start(answers, resume, no_input=no_input)
        asks = face(plain=plain, colour=context.color is not False)
        kb = load_knowledge(knowledge, as_of)
        form_of = Form(form, read_template(template, kb))
        if not (answers or resume or save):
            resume = _offered(asks)
        confirms = not no_input and can_ask()
        talk, kept = _begin(kb, answers, resume, save, as_of, knowledge=knowledge, confirms=confirms)
        if no_input:
            _tell_open(talk)
            _write_report(talk, as_of, out, asks, form_of, force=force)
            return
        check_writable(str(kept), force=True)
        if talk.answers and not kept.exists():
            write_file(kept, talk.to_yaml())
        _ask_all(Dialogue(talk, as_of), asks, kept, knowledge)
        write_file(kept, talk.to_yaml())
        _write_report(talk, as_of, out, asks, form_of, force=force, kept=kept, knowledge=knowledge)


def _check_save(save: str | None, resume: str | None) -> None:
    """Refuse to keep answers over others, whatever `--force` says of the report: those go on with `--resume`."""
    if save is not None and save != resume and Path(save).is_file():
        refuse(
            save,
            "file-exists",
            f"answers are kept here already; go on with them: --resume {shlex.quote(save)}, or name another file",
        )
    check_writable(save, force=True)


def _check_start(answers: str | None, resume: str | None, *, no_input: bool) -> None:
    if answers and resume:
        refuse("--resume", "bad-option", "give --answers or --resume, not both")
    if no_input and not (answers or resume):
        refuse("--no-input", "bad-option", "name the answers to report on: --answers FILE --no-input")


def _offered(asks: Face) -> str | None:
    """Answers in this folder, where there are some and the person wants to go on with them."""
    if not Path(ANSWERS).exists() or sys.stdin is None or not sys.stdin.isatty():
        return None
    step = Prompt(
        kind="ask_back",
        title=f"There are answers in {ANSWERS} already. Go on with them?",
        type="yes_no",
        choices=YES_NO,
        empty="means yes",
    )
    said: tuple[Said, ...] = ()
    while True:
        try:
            answer = asks.ask(step, said).lower()
        except EOFError:
            raise KeyboardInterrupt from None
        if answer in ("", "1", "y", "yes"):
            return ANSWERS
        if answer in ("2", "n", "no"):
            return None
        said = (Said("This must be yes or no.", "wrong"),)


def _begin(
    kb: KnowledgeBase,
    answers: str | None,
    resume: str | None,
    save: str | None,
    as_of: str,
    *,
    knowledge: str | None,
    confirms: bool,
) -> tuple[Interview, Path]:
    """The interview, and the file to keep its answers in; nothing is overwritten unasked, and no résumé ever."""
    start = answers or resume
    if start == "-":
        refuse("-", "bad-option", "your answers come from standard input here; name a file to start from")
    new = Path(save) if save else free_name(ANSWERS)
    if start is None:
        return Interview(kb), new
    try:
        imported = case_of_resume(
            start, kb, as_of, lambda case: write_file(new, to_yaml(case, kb.facts)), asks=confirms
        )
    except KeyboardInterrupt:
        _stop(new, knowledge)
    if imported is not None:
        return Interview(kb, imported), new
    case, left_open = read_answers(start, kb, unfinished=True)
    if resume is None:
        return Interview(kb, case), new
    settled = settled_in(read_source(Path(resume))[0] or "")
    return Interview(kb, case, left_open, settled), Path(save or resume)


def _ask_all(dialogue: Dialogue, asks: Face, kept: Path, knowledge: str | None) -> None:
    """Ask until nothing is left that could change the advice, keeping the answers after each."""
    most = dialogue.talk.most_left()
    if dialogue.step is None:
        say("Every question that could change your advice is answered already.")
        if sys.stdin is None or not sys.stdin.isatty():
            return
        dialogue.review()
    elif most:
        say(f"At most {most} {'question' if most == 1 else 'questions'}, then your report.")
        say("Type ? to have a question explained. Your answers are kept as you go.")
    with _hang_up_as_interrupt():
        try:
            show(_converse(dialogue, asks, kept))
        except (EOFError, KeyboardInterrupt):
            _stop(kept, knowledge)


def _converse(dialogue: Dialogue, asks: Face, kept: Path) -> tuple[Said, ...]:
    """One step after the other; what was said to the last line is given back.

    Raises KeyboardInterrupt or EOFError where the person stops, or is gone.
    """
    said: tuple[Said, ...] = ()
    written = dialogue.talk.to_yaml()
    while (step := dialogue.step) is not None:
        try:
            text = asks.ask(step, said)
        except EOFError:
            if step.kind != "doubt" or sys.stdin is None or sys.stdin.isatty():
                raise
            text = ""  # a pipe that answered every question has nothing to say to a doubt
        said = dialogue.take(text)
        if (text := dialogue.talk.to_yaml()) != written:
            write_file(kept, text)
            written = text
        if dialogue.wish == "save":
            say(f"Your answers are in {kept}." if kept.exists() else "Nothing is answered yet.")
        if dialogue.wish == "quit":
            raise KeyboardInterrupt
    return said


@contextmanager
def _hang_up_as_interrupt() -> Iterator[None]:
    """A terminal that is closed, or a request to end, stops the interview as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(kept: Path, knowledge: str | None) -> NoReturn:
    """Say where the answers are and how to go on, and leave."""
    text = (
        f"\nStopped. Your answers are in {kept}. Go on with:\n  {_going_on(kept, knowledge)}"
        if kept.exists()
        else "\nStopped. Nothing was answered, so nothing is kept."
    )
    with suppress(OSError):  # there may be no terminal any more to say it on
        click.echo(text, err=True)
    sys.exit(EXIT_INTERRUPTED)


def _tell_open(talk: Interview) -> None:
    """Say what was not given and could change the advice."""
    missing = [one for one in talk.left() if one.type != "text"]
    required = [one.id for one in missing if one.question and one.question.required]
    if required:
        refuse(
            "--no-input", "missing-key", f"the answers lack {listing(required)}; everything else hangs on it"
        )
    if missing:
        say(f"Not known, and able to change the advice: {listing([one.label for one in missing])}.")


def _going_on(kept: Path, knowledge: str | None) -> str:
    """The command that goes on with the answers, as it works from here."""
    more = ["--knowledge", knowledge] if knowledge else []
    return command_here("interview", "--resume", str(kept), *more)


class Form(NamedTuple):
    """How the report is written: as Markdown, as a page, or as both (None), and by which template."""

    kind: str | None
    template: str | OwnTemplate

    def files(self, out: str | None, *, force: bool) -> dict[str, str]:
        """The files to write, by kind: `out` or new ones; none where the report goes to standard output."""
        if out is None:
            return self._new_files() if sys.stdout is not None and sys.stdout.isatty() else {}
        if out == "-":
            return {}
        path = Path(out)
        kind = self.kind or ("html" if path.suffix.lower() in (".html", ".htm") else "md")
        if self.kind or (path.exists() and not path.is_file()):
            return {kind: out}
        other = "md" if kind == "html" else "html"
        beside = path.with_suffix(f".{other}")
        return {kind: out, other: str(beside if force else free_name(str(beside)))}

    def _new_files(self) -> dict[str, str]:
        """Files that are not there yet, of one name."""
        kinds = [self.kind] if self.kind else ["md", "html"]
        paths = free_names(REPORT, *(f".{kind}" for kind in kinds))
        return {kind: str(path) for kind, path in zip(kinds, paths, strict=True)}


def _write_report(
    talk: Interview,
    as_of: str,
    out: str | None,
    asks: Face,
    form: Form,
    *,
    force: bool,
    kept: Path | None = None,
    knowledge: str | None = None,
) -> None:
    """Write the report; a person at a terminal sees the short one, too, and where everything is."""
    from trackfit.commands.advise import rendered
    from trackfit.engine.explanation import explanation
    from trackfit.engine.inference.consult import consult
    from trackfit.engine.report.report import TEMPLATE, to_markdown
    from trackfit.engine.report.templates import themes

    consultation = consult(talk.kb, talk.case(), as_of)
    explained = explanation.of(consultation)
    files = form.files(out, force=force)
    for kind, path in files.items():
        write_result(rendered(consultation, kind, form.template, explained), path, force=force, quiet=True)
    if not files:
        text = rendered(consultation, form.kind or "md", form.template, explained)
        write_result(text, out, force=force, quiet=True)
    else:
        has_short = form.template == TEMPLATE and SHORT in themes(talk.kb.folder / "templates")
        short = to_markdown(consultation, SHORT if has_short else form.template, explained)
        _show(consultation, short, asks)
    _tell_where(files, kept, knowledge)
    if "html" in files and kept is not None:
        offer_to_open(Path(files["html"]))


def _tell_where(files: Mapping[str, str], kept: Path | None, knowledge: str | None) -> None:
    """Say where everything is, and how to go on."""
    lines = [("Your report:", files.get("md")), ("As a page:", files.get("html")), ("Your answers:", kept)]
    if files:
        say()
    for label, path in lines:
        if path is not None:
            click.echo(f"{label:13} {path}", err=True)
    if kept is not None and files:
        say("To change an answer, or to go on when something is done:")
        click.echo(f"  {_going_on(kept, knowledge)}", err=True)


def _show(consultation: Consultation, report: str, asks: Face) -> None:
    """A report to a person at a terminal; where nobody sits there, in short what it comes to."""
    if asks.is_full:
        show_report(report, colour=asks.colour)
        return
    if sys.stderr is not None and sys.stderr.isatty():
        click.echo(as_plain_text(report, terminal_width()), err=True)
        return
    for paragraph in opening(report):
        say()
        say(paragraph)
    grave = [one.id for one in consultation.warnings if one.severity == "high"]
    if grave:
        say()
    for id_ in grave:
        say(f"Watch out: {consultation.kb.facts.warnings[id_].title}.")
