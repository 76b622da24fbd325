"""`trackfit verify`: whether a report comes from this knowledge base and these answers."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trackfit.commands.faults import EXIT_FAULTS, faults_as_lines, refuse
from trackfit.commands.inputs import day, load_knowledge, read_case, read_template
from trackfit.commands.options import FILE, knowledge_options, since_option, template_option
from trackfit.engine.problems.errors import InvalidInput
from trackfit.engine.report.stamp import Stamp, stamp_of
from trackfit.engine.report.verify import MOST_LINES, Verdict, compare

PARTS = {
    "knowledge": "another knowledge base",
    "case": "other answers",
    "since": "other answers of last time",
    "as_of": "another date",
    "template": "another template",
    "version": "another version of trackfit",
    "engine": "another engine",
}
"""What it means that a part of the stamp differs, the weightiest first."""
PAGE = "<!doctype html>"


@click.command()
@click.argument("report", type=FILE)
@click.argument("case", type=FILE)
@since_option
@template_option
@knowledge_options
def verify(
    *,
    report: str,
    case: str,
    since: str | None,
    template: str | None,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Tell whether a report comes from this knowledge base and these answers.

    The report is made again, with the template and for the date that stand in it or in the options, and compared. The
    exit status is 0 if it is the same, and 1 if not; then it is told what differs.

    \b
    Example:
        trackfit verify report.md answers.yaml
    """
    with faults_as_lines():
        text, stamp = _read(report)
        from trackfit.engine.inference.consult import consult
        from trackfit.engine.report.report import TEMPLATE, to_markdown
        from trackfit.engine.report.templates import themes

        kb = load_knowledge(knowledge)
        known = themes(kb.folder / "templates")
        found = read_template(template or (stamp.template if stamp.template in known else TEMPLATE), kb)
        if stamp.since and since is None:
            text = "it tells what has moved since other answers; name those as well: --since FILE"
            refuse(report, "missing-option", text)
        as_of = day(as_of or stamp.as_of)
        consultation = consult(kb, read_case(case, kb), as_of)
        then = None if since is None else consult(kb, read_case(since, kb), as_of)
        if text.startswith(PAGE):
            from trackfit.engine.report.page import to_html

            made = to_html(consultation, found, since=then)
        else:
            made = to_markdown(consultation, found, since=then)
        if stamp_of(made) is None:
            text = "by this template a report has no line that says what made it; name another template"
            refuse("--template" if template else report, "no-stamp", text)
        verdict = compare(text, made)
        for line in _told(verdict, report):
            click.echo(line)
    if not verdict.same:
        sys.exit(EXIT_FAULTS)


def _read(report: str) -> tuple[str, Stamp]:
    """The text of a report, and its stamp."""
    from trackfit.engine.documents.parse import read_source

    text, problems = read_source(Path(report))
    if text is None:
        raise InvalidInput(problems)
    if text.count("\n") > MOST_LINES:
        refuse(
            report,
            "file-too-large",
            f"it has more than {MOST_LINES:,} lines, as no report has; name a report",
        )
    stamp = stamp_of(text)
    if stamp is None:
        refuse(
            report,
            "no-stamp",
            "there is no line here that says what made it; name a report that trackfit wrote, whole as it was written, "
            "and by another template than email, which has no such line",
        )
    return text, stamp


def _told(verdict: Verdict, report: str) -> list[str]:
    if verdict.same:
        lines = [f"Yes: {report} comes from this knowledge base and these answers."]
    else:
        lines = [f"No: {report} is not what this knowledge base says of these answers."]
    for part, meaning in PARTS.items():
        if part in verdict.stamp:
            found, now = (_short(one) for one in verdict.stamp[part])
            lines.append(f"  {meaning}: {found} in the report, {now} here")
    if not verdict.stamp and not verdict.same:
        lines.append("  its stamp is right, so its text was changed after it was written")
    for place in verdict.places:
        where = f", in “{place.section}”" if place.section else ""
        lines += [
            f"  line {place.line}{where}",
            f"    report  {place.found or '(nothing)'}",
            f"    here    {place.made or '(nothing)'}",
        ]
    if verdict.more:
        lines.append(f"  and {verdict.more} more places")
    return lines


def _short(part: str) -> str:
    """A hash by its beginning."""
    return f"{part[:19]}…" if part.startswith("sha256:") else part
