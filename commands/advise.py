"""`trackfit advise`: the advice for one answers file."""

from __future__ import annotations

import click

from trackfit.commands.shared import (
    check_writable,
    day,
    faults_as_lines,
    knowledge_options,
    load_knowledge,
    read_case,
    write_result,
    writing_options,
)
from trackfit.engine.consult import Consultation, consult
from trackfit.engine.report import to_json, to_markdown


@click.command()
@click.argument("case")
@click.option(
    "--format", "form", type=click.Choice(["md", "json"]), default="md", help="Markdown (default) or JSON."
)
@writing_options
@knowledge_options
def advise(
    *, case: str, form: str, out: str | None, force: bool, knowledge: str | None, as_of: str | None
) -> None:
    """Advice for one answers file.

    CASE is YAML or JSON; - reads standard input.

    \b
    Example:
        trackfit advise answers.yaml --out report.md
    """
    with faults_as_lines():
        as_of = day(as_of)
        check_writable(out, force=force)
        kb = load_knowledge(knowledge)
        write_result(rendered(consult(kb, read_case(case, kb), as_of), form), out, force=force)


def rendered(consultation: Consultation, form: str) -> str:
    """The advice as Markdown or JSON text."""
    if form == "md":
        return to_markdown(consultation)
    import json

    return json.dumps(to_json(consultation), indent=2, ensure_ascii=False) + "\n"
