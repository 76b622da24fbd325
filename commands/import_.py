"""`trackfit import`: answers from a résumé or a LinkedIn export, each shown with where it came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackfit.commands.faults import faults_as_lines, tell
from trackfit.commands.inputs import day, load_knowledge
from trackfit.commands.options import FILE, knowledge_options, writing_options
from trackfit.commands.outputs import check_writable, command_here, write_result
from trackfit.commands.terminal.confirming import can_ask, confirmed
from trackfit.commands.terminal.faces import say

if TYPE_CHECKING:
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.resumes.answers import Imported


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Take everything, and ask nothing.")
@writing_options
@knowledge_options
def import_(
    *, file: str, yes: bool, out: str | None, force: bool, knowledge: str | None, as_of: str | None
) -> None:
    """Answers from a résumé.

    FILE is a résumé as PDF, DOCX, ODT, HTML, Markdown or plain text, a JSON Resume, LinkedIn's profile as PDF, or the copy of
    your data that LinkedIn sends: the zip, its folder, or one file of it. What is
    found is shown with where it came from, and in a terminal you are asked whether it is so. Only what stands there is
    taken: never a goal, and never how well you know something. The result is an answers file with these reasons
    beside the answers.

    \b
    Examples:
        trackfit import resume.pdf --out me.yaml
        trackfit import resume.json --out me.yaml
        trackfit import Basic_LinkedInDataExport.zip --out me.yaml
    """
    with faults_as_lines():
        from trackfit.engine.problems.errors import InvalidInput
        from trackfit.engine.resumes.answers import answers_from, to_commented_yaml
        from trackfit.engine.resumes.dates import Calendar
        from trackfit.engine.resumes.detect import read_resume
        from trackfit.engine.resumes.written import WrittenReader

        as_of = day(as_of)
        check_writable(out, force=force)
        kb = load_knowledge(knowledge)
        days = Calendar.of(kb.facts, as_of)
        resume, notes = read_resume(Path(file), days, WrittenReader(kb, days))
        if resume is None:
            raise InvalidInput(notes)
        found = answers_from(resume, kb, as_of, notes)
        tell(notes)
        taken = list(confirmed(found, kb, asks=not yes and can_ask()))
        heading = _heading(file, resume.kind, as_of, taken, kb)
        write_result(to_commented_yaml(taken, kb, heading), out, force=force)
        if out not in (None, "-"):
            _next(str(out), taken, kb, knowledge)


def _heading(file: str, kind: str, as_of: str, taken: list[Imported], kb: KnowledgeBase) -> list[str]:
    """The first lines of the answers file: what it is, and what a résumé does not say."""
    from trackfit.engine.language.questions import asked
    from trackfit.engine.problems.problem import quoted

    given = {one.attribute for one in taken}
    source = quoted(Path(file).resolve().name or file)
    open_ = [row.id for row in asked(kb.facts.attributes.values()) if row.id not in given]
    return [
        f"Answers for trackfit, from {source} ({kind}), up to {as_of}. Change what is not so, then run:",
        "trackfit advise THIS_FILE",
        "What stands in a résumé is taken as it stands, and says nothing of how well you know it.",
        f"Never guessed, and left open: {', '.join(open_)}.",
    ]


def _next(out: str, taken: list[Imported], kb: KnowledgeBase, knowledge: str | None) -> None:
    required = [
        one.id for one in kb.reader.attributes.values() if one.question is not None and one.question.required
    ]
    more = ["--knowledge", knowledge] if knowledge else []
    resume = command_here("interview", "--resume", out, *more)
    say()
    say("Only what stands there was taken: no goal, and nothing of how well you know it.")
    say(f"To answer the rest: {resume}")
    if set(required) <= {one.attribute for one in taken}:
        say(f"For advice as it is: {command_here('advise', out, *more)}")
