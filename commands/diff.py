"""`trackfit diff`: whose advice an edit changes, and by which rule."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec
from msgspec.structs import asdict

from trackfit.commands.faults import EXIT_FAULTS, faults_as_lines, need_tables, refuse, tell
from trackfit.commands.inputs import day, load_knowledge
from trackfit.commands.options import FILE, knowledge_options
from trackfit.commands.outputs import as_json, check_writable, unwritable
from trackfit.commands.terminal.progress import Progress
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.problems.problem import Problem

if TYPE_CHECKING:
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.workshop.diff.edits import ChangedFigure, Rewritten
    from trackfit.engine.workshop.diff.impact import Changes, Comparison, Group
    from trackfit.engine.workshop.scenarios.scenarios import Scenario

MOST_GROUPS = 40
MOST_NAMED = 3
ORIGINS = {
    "possible": ("possible case", "possible cases"),
    "scenario": ("scenario", "scenarios"),
    "cohort": ("person of the cohort", "people of the cohort"),
}
"""Where cases come from, as one and as several are called."""


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option(
    "--cohort", metavar="FILE", type=FILE, help="Also try these people: CSV, JSON lines or Parquet."
)
@click.option(
    "--out",
    metavar="FILE",
    type=FILE,
    help="List in FILE, as CSV, who of them changes, how, and by which rules.",
)
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text (default) or JSON."
)
@knowledge_options
def diff(
    *,
    old: str,
    new: str,
    cohort: str | None,
    out: str | None,
    force: bool,
    form: str,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Whose advice an edit changes, and by which rule.

    OLD and NEW are folders with a knowledge base; git:REV is the other one (or the one of --knowledge) as it was at that
    revision of its git checkout. Both are consulted on every combination of answers that some rule can tell apart, and on
    all scenarios.
    The exit status is 1 where the advice, a figure or a text differs.

    \b
    Examples:
        trackfit diff git:HEAD my-rules
        trackfit diff last-year this-year --cohort people.csv --out who.csv
    """
    with faults_as_lines(), ExitStack() as folders:
        as_of = day(as_of)
        people = _people(cohort, out, force=force)
        from trackfit.engine.inference.base import shipped
        from trackfit.engine.workshop.diff.differences import edited_rules
        from trackfit.engine.workshop.diff.edits import written
        from trackfit.engine.workshop.diff.revisions import PREFIX, knowledge_folder

        folder = next((one for one in (knowledge, new, old) if one and not one.startswith(PREFIX)), None)
        beside = Path(folder) if folder is not None else shipped()
        before = _load(folders.enter_context(knowledge_folder(old, beside)), old)
        after = _load(folders.enter_context(knowledge_folder(new, beside)), new)
        scenarios = _scenarios(after)
        changes = _changes(before, after, scenarios, as_of)
        if people is not None:
            _cohort(before, after, people, changes, as_of)
        found = changes.comparison()
        texts = written(before, after, scenarios, as_of)
        rules = edited_rules(before, after)
        if form == "json":
            click.echo(as_json({"rules": rules, **asdict(found), **asdict(texts)}))
        else:
            _print(found, texts, rules)
        sys.exit(EXIT_FAULTS if found.groups or texts.any or "reworded" in rules.values() else 0)


class _People(NamedTuple):
    file: str
    out: str | None


def _people(cohort: str | None, out: str | None, *, force: bool) -> _People | None:
    """The cohort's file and where to list who changes, seen to before any work is done."""
    if cohort is None:
        if out is not None:
            refuse("--out", "bad-option", "this lists the people of a cohort; name their file with --cohort")
        return None
    need_tables()
    if cohort == "-":
        refuse("--cohort", "bad-option", "standard input can be read only once; name a file")
    check_writable(out, force=force)
    return _People(cohort, out)


def _load(folder: Path, name: str) -> KnowledgeBase:
    """A knowledge base; its faults name the side that they are on."""
    try:
        return load_knowledge(str(folder))
    except InvalidKnowledge as error:
        raise InvalidKnowledge([_on_side(one, folder, name) for one in error.problems]) from error


def _on_side(problem: Problem, folder: Path, name: str) -> Problem:
    file = name if problem.where.file == str(folder) else f"{name}/{problem.where.file}"
    return msgspec.structs.replace(problem, where=msgspec.structs.replace(problem.where, file=file))


def _scenarios(kb: KnowledgeBase) -> list[Scenario]:
    from trackfit.engine.workshop.scenarios.scenarios import read_scenarios, scenario_files

    scenarios, problems = read_scenarios(kb.folder, kb.facts, kb.program, scenario_files(kb.folder))
    tell(problems)
    return scenarios


def _changes(
    before: KnowledgeBase, after: KnowledgeBase, scenarios: Sequence[Scenario], as_of: str
) -> Changes:
    """What differs for every case that some rule can tell apart, and for the scenarios."""
    from trackfit.engine.workshop.diff.impact import compare, possible, tried

    cases = [] if before.digest == after.digest else possible(before, after)
    cases += [tried(one.case, "scenario", one.name) for one in scenarios]
    return compare(before, after, cases, as_of)


def _cohort(old: KnowledgeBase, new: KnowledgeBase, wanted: _People, changes: Changes, as_of: str) -> None:
    """Try the people of a file; what neither side can read is counted and left out."""
    from trackfit.engine.cohort.diff import CohortDiff
    from trackfit.engine.cohort.files.headings import source_of

    source = source_of(wanted.file, {})
    out = None if wanted.out is None else Path(wanted.out)
    try:
        with Progress() as listener:
            left_out = CohortDiff(old, new, as_of).run(source, changes, listener, out)
    except OSError as error:
        raise unwritable(wanted.out or tempfile.gettempdir(), error) from error
    if left_out:
        rows = "1 row is" if left_out == 1 else f"{left_out:,} rows are"
        click.echo(
            f"note: {rows} left out, which neither side can read; `trackfit cohort {wanted.file}` lists what is wrong",
            err=True,
        )


def _print(found: Comparison, texts: Rewritten, rules: Mapping[str, str]) -> None:
    if rules:
        click.echo("Rules: " + ", ".join(f"{id_} ({how})" for id_, how in rules.items()))
    if "possible" not in found.tried:
        click.echo("No rule, and no fact that rules hang on, differs: no case had to be tried.")
    for origin, number in found.tried.items():
        changed = found.changed.get(origin, 0)
        click.echo(f"Of {_counted(number, origin)}, {changed:,} {'changes' if changed == 1 else 'change'}.")
    for group in found.groups[:MOST_GROUPS]:
        _print_group(group)
    if len(found.groups) > MOST_GROUPS:
        click.echo(
            f"\n... and {len(found.groups) - MOST_GROUPS:,} smaller groups; --format json has them all"
        )
    _print_texts(texts)
    if not (found.groups or texts.any or rules):
        click.echo("The advice is the same.")


def _print_texts(texts: Rewritten) -> None:
    for figure in texts.figures:
        _print_figure(figure)
    if texts.rows:
        click.echo("\nFacts that differ:")
    for row, columns in texts.rows.items():
        click.echo(f"    {row}: {', '.join(columns)}")
    if texts.templates:
        click.echo(f"\nTemplates that differ, and so may every report: {', '.join(texts.templates)}")


def _counted(number: int, origin: str) -> str:
    return f"{number:,} {ORIGINS[origin][number != 1]}"


def _print_figure(figure: ChangedFigure) -> None:
    click.echo(f"\nFigure {figure.id}: {figure.before or 'not there'} → {figure.after or 'not there'}")
    for kind, ids in (("rules", figure.rules), ("routes", figure.routes), ("tracks", figure.tracks)):
        if ids:
            click.echo(f"    named by the {kind}: {', '.join(ids)}")
    number = len(figure.reports)
    shown = [f"        “{name}”" for name in figure.reports[:MOST_NAMED]]
    more = [f"        and {number - MOST_NAMED} more; --format json names all"] * (number > MOST_NAMED)
    end = ":" if number else ""
    click.echo(f"    quoted in {number} of {figure.reports_written} reports on scenarios{end}")
    for line in (*shown, *more):
        click.echo(line)


def _print_group(group: Group) -> None:
    counted = ", ".join(_counted(number, origin) for origin, number in group.cases.items())
    click.echo(f"\n{click.style(group.change, bold=True)}: {counted}")
    if group.because:
        click.echo(f"    because of {', '.join(group.because)}")
    answers = ", ".join(f"{key}: {_short(value)}" for key, value in group.example.items())
    name = f"“{group.named}”: " if group.named else ""
    click.echo(f"    for example {name}{answers}")


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)
