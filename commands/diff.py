"""`trackfit diff`: whose advice an edit changes, and by which rule."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from trackfit.commands.shared import (
    EXIT_FAULTS,
    day,
    faults_as_lines,
    knowledge_options,
    load_knowledge,
    refuse,
    tell,
)
from trackfit.engine.errors import InvalidKnowledge
from trackfit.engine.problem import Location, Problem

if TYPE_CHECKING:
    from trackfit.engine.case import Case
    from trackfit.engine.edits import ChangedFigure, Written
    from trackfit.engine.impact import Comparison, Group, Tried
    from trackfit.engine.knowledge import KnowledgeBase
    from trackfit.engine.scenarios import Scenario

MOST_GROUPS = 40
MOST_NAMED = 3
ORIGINS = {"possible": "possible cases", "scenario": "scenarios", "cohort": "cases of the cohort"}


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--cohort", metavar="FILE", help="Also try these cases: CSV with a heading, or JSON Lines.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text (default) or JSON."
)
@knowledge_options
def diff(
    *, old: str, new: str, cohort: str | None, form: str, knowledge: str | None, as_of: str | None
) -> None:
    """Whose advice an edit changes, and by which rule.

    OLD and NEW are folders with a knowledge base; git:REV is the other one (or the one of --knowledge) as it was at that
    revision of its git checkout. Both are consulted on every combination of answers that some rule can tell apart, and on
    all scenarios.
    The exit status is 1 where the advice, a figure or a text differs.

    \b
    Examples:
        trackfit diff git:HEAD my-rules
        trackfit diff last-year this-year --cohort people.csv
    """
    with faults_as_lines(), ExitStack() as folders:
        as_of = day(as_of)
        from trackfit.engine.edits import written
        from trackfit.engine.impact import compare, edited_rules, possible
        from trackfit.engine.knowledge import shipped
        from trackfit.engine.revisions import PREFIX, knowledge_folder

        folder = next((one for one in (knowledge, new, old) if one and not one.startswith(PREFIX)), None)
        beside = Path(folder) if folder is not None else shipped()
        before = _load(folders.enter_context(knowledge_folder(old, beside)), old)
        after = _load(folders.enter_context(knowledge_folder(new, beside)), new)
        scenarios = _scenarios(after)
        cases = [] if before.digest == after.digest else possible(before, after)
        cases += [_tried(one.case, "scenario", one.name) for one in scenarios]
        if cohort is not None:
            cases += [_tried(case, "cohort", name) for name, case in _cohort(Path(cohort), after)]
        found = compare(before, after, cases, as_of)
        texts = written(before, after, scenarios, as_of)
        rules = edited_rules(before, after)
        if form == "json":
            click.echo(json.dumps(_plain(found, texts, rules), indent=2, ensure_ascii=False))
        else:
            _print(found, texts, rules)
        reworded = "reworded" in rules.values()
        differs = found.groups or texts.figures or texts.rows or texts.templates or reworded
        sys.exit(EXIT_FAULTS if differs else 0)


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
    from trackfit.engine.scenarios import read_scenarios, scenario_files

    scenarios, problems = read_scenarios(kb.folder, kb.facts, kb.program, scenario_files(kb.folder))
    tell(problems)
    return scenarios


def _tried(case: Case, origin: Any, name: str) -> Tried:
    from trackfit.engine.impact import Tried

    answers = {key: value for key, value in case.answers.items() if key not in case.defaulted}
    return Tried(answers=answers, origin=origin, name=name)


def _cohort(path: Path, kb: KnowledgeBase) -> Iterator[tuple[str, Case]]:
    """The cases of a file, each with its name; those that cannot be read are told and left out."""
    from trackfit.engine.node import from_plain

    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        refuse(str(path), "unreadable-file", f"cannot read it: {error.strerror or type(error).__name__}")
    except UnicodeDecodeError:
        refuse(str(path), "not-utf-8", "this is not UTF-8; save the file as UTF-8")
    for line, row in _rows(text, path):
        where = Location(str(path), line, 1)
        if not isinstance(row, Mapping):
            tell([Problem(where=where, id="bad-row", text="this line is no JSON mapping of answers")])
            continue
        answers = {key: value for key, value in row.items() if key != "id" and value not in (None, "")}
        case, problems = kb.reader.read(from_plain(answers, where))
        tell(problems)
        if case is not None:
            yield str(row.get("id") or f"line {line}"), case


def _rows(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    if path.suffix.lower() == ".csv":
        reader = csv.DictReader(text.splitlines())
        for row in reader:
            yield reader.line_num, {key: value for key, value in row.items() if key is not None}
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, None


def _print(found: Comparison, texts: Written, rules: Mapping[str, str]) -> None:
    if rules:
        click.echo("Rules: " + ", ".join(f"{id_} ({how})" for id_, how in rules.items()))
    for origin, number in found.tried.items():
        changed = found.changed.get(origin, 0)
        click.echo(f"Of {number:,} {ORIGINS[origin]}, {changed:,} {'changes' if changed == 1 else 'change'}.")
    for group in found.groups[:MOST_GROUPS]:
        _print_group(group)
    if len(found.groups) > MOST_GROUPS:
        click.echo(
            f"\n... and {len(found.groups) - MOST_GROUPS:,} smaller groups; --format json has them all"
        )
    for figure in texts.figures:
        _print_figure(figure)
    if texts.rows:
        click.echo("\nFacts that differ:")
    for row, columns in texts.rows.items():
        click.echo(f"    {row}: {', '.join(columns)}")
    if texts.templates:
        click.echo(f"\nTemplates that differ, and so may every report: {', '.join(texts.templates)}")
    if not (found.groups or texts.figures or texts.rows or texts.templates or rules):
        click.echo("The advice is the same.")


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
    counted = ", ".join(f"{number:,} {ORIGINS[origin]}" for origin, number in group.cases.items())
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


def _plain(found: Comparison, texts: Written, rules: Mapping[str, str]) -> dict[str, Any]:
    return {"rules": dict(rules), **msgspec.to_builtins(found), **msgspec.to_builtins(texts)}
