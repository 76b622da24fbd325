"""`trackfit advise`: the advice for one answers file."""

from __future__ import annotations

import shutil
import sys

import click

from trackfit.commands.faults import faults_as_lines
from trackfit.commands.inputs import day, load_knowledge, read_case, read_template
from trackfit.commands.options import FILE, knowledge_options, since_option, template_option, writing_options
from trackfit.commands.outputs import as_json, check_writable, write_result
from trackfit.commands.terminal.pager import fitted
from trackfit.engine.explanation import explanation
from trackfit.engine.explanation.explanation import Explanation
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.report.report import to_json, to_markdown
from trackfit.engine.report.templates import OwnTemplate


@click.command()
@click.argument("case", type=FILE)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html", "json"]),
    default="md",
    help="Markdown (default), a page for the browser, or JSON.",
)
@click.option(
    "--figures", metavar="FILE", type=FILE, help="Also write the figures that the report quotes, as CSV."
)
@since_option
@template_option
@writing_options
@knowledge_options
def advise(
    *,
    case: str,
    form: str,
    figures: str | None,
    since: str | None,
    template: str | None,
    out: str | None,
    force: bool,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Advice for one answers file.

    CASE is YAML or JSON; - reads standard input. With --since, it is compared with earlier answers.

    \b
    Example:
        trackfit advise answers.yaml --out report.md
    """
    with faults_as_lines():
        as_of = day(as_of)
        check_writable(out, force=force)
        check_writable(figures, force=force)
        kb = load_knowledge(knowledge)
        found = read_template(template, kb)
        consultation = consult(kb, read_case(case, kb), as_of)
        explained = explanation.of(consultation)
        then = None if since is None else consult(kb, read_case(since, kb), as_of)
        text = rendered(consultation, form, found, explained, since=then)
        if form == "md" and out is None and sys.stdout.isatty():
            text = fitted(text, shutil.get_terminal_size().columns)
        write_result(text, out, force=force)
        if figures:
            from trackfit.engine.report.figures_csv import to_csv

            write_result(to_csv(consultation, found, explained, since=then), figures, force=force)


def rendered(
    consultation: Consultation,
    form: str,
    template: str | OwnTemplate,
    explained: Explanation,
    *,
    since: Consultation | None = None,
) -> str:
    """The advice as text: Markdown, HTML or JSON."""
    if form == "md":
        return to_markdown(consultation, template, explained, since=since)
    if form == "html":
        from trackfit.engine.report.page import to_html

        return to_html(consultation, template, explained, since=since)
    return as_json(to_json(consultation, template, explained, since=since)) + "\n"
