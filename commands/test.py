"""`trackfit test`: the coaches' scenarios, and which rules and conditions they try."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import click

from trackfit.commands.faults import EXIT_FAULTS, faults_as_lines, tell
from trackfit.commands.inputs import day, load_knowledge, tell_if_elsewhere
from trackfit.commands.options import FILE, knowledge_options
from trackfit.commands.outputs import as_json, check_writable, write_file
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.problems.problems import has_errors

if TYPE_CHECKING:
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.workshop.scenarios.coverage import Coverage
    from trackfit.engine.workshop.scenarios.scenarios import Scenario
    from trackfit.engine.workshop.scenarios.trials import Trial


@click.command()
@click.argument("paths", type=FILE, nargs=-1, metavar="[PATH]...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text (default) or JSON."
)
@click.option("--junit", metavar="FILE", type=FILE, help="Also write the results to FILE as JUnit XML.")
@click.option(
    "--suggest",
    "suggesting",
    is_flag=True,
    help="Write scenarios for what is not tried yet to standard output, for you to approve.",
)
@knowledge_options
def test(
    *,
    paths: tuple[str, ...],
    form: str,
    junit: str | None,
    suggesting: bool,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Try the scenarios in rules/*.test.yaml.

    A scenario is a case with what must and must not follow for it. PATH is a file of scenarios, a rules file (its
    scenarios stand beside it) or a folder; without it, all are tried. The exit status is 1 where one fails.

    \b
    Examples:
        trackfit test
        trackfit test rules/mistakes.test.yaml
        trackfit test rules/mistakes.yaml --suggest > suggested.yaml
    """
    with faults_as_lines():
        as_of = day(as_of)
        check_writable(junit, force=True)
        kb = load_knowledge(knowledge)
        from trackfit.engine.workshop.scenarios.coverage import author_rules, cover, in_files
        from trackfit.engine.workshop.scenarios.scenarios import scenario_files
        from trackfit.engine.workshop.scenarios.trials import try_scenarios

        files = scenario_files(kb.folder, paths)
        trials = try_scenarios(kb, _read(kb, files), as_of)
        consultations = [trial.consultation for trial in trials if trial.consultation is not None]
        rules = author_rules(kb)
        if paths:
            rules = in_files(rules, kb, files)
        if suggesting:
            from trackfit.engine.workshop.scenarios.suggest import as_scenarios, suggest

            click.echo(as_scenarios(suggest(kb, rules, consultations, as_of)), nl=False)
            return
        coverage = cover(kb, consultations, rules, as_of)
        if junit is not None:
            write_file(Path(junit), _junit(trials))
        if form == "json":
            click.echo(as_json(_plain(trials, coverage)))
        else:
            _print(trials, coverage)
        if not paths and knowledge is None:
            tell_if_elsewhere("test --knowledge .")
        sys.exit(EXIT_FAULTS if any(trial.state == "failed" for trial in trials) else 0)


def _read(kb: KnowledgeBase, files: Sequence[Path]) -> list[Scenario]:
    from trackfit.engine.workshop.scenarios.scenarios import read_scenarios

    scenarios, problems = read_scenarios(kb.folder, kb.facts, kb.program, files)
    if has_errors(problems):
        raise InvalidKnowledge(problems)
    tell(problems)
    return scenarios


def _print(trials: Sequence[Trial], coverage: Coverage) -> None:
    from trackfit.engine.workshop.scenarios.trials import counts

    for trial in trials:
        if trial.state != "passed":
            _print_trial(trial)
    count = counts(trials)
    if trials:
        click.echo(f"{count['passed']} passed, {count['failed']} failed, {count['todo']} to do.")
    else:
        click.echo("There are no scenarios. `trackfit test --suggest` writes some for you to approve.")
    click.echo(
        f"Covered: {coverage.rules[0]} of {coverage.rules[1]} rules,"
        f" {coverage.conditions[0]} of {coverage.conditions[1]} conditions."
    )
    silent = {one.rule for one in coverage.uncovered if one.condition is None}
    for one in coverage.uncovered:
        if one.condition is None:
            click.echo(f"  {one.where}: {one.rule} {one.why}")
        elif one.rule not in silent:
            click.echo(f"  {one.where}: {one.rule}, “{one.condition}”, {one.why}")
    if coverage.uncovered and trials:
        click.echo("`trackfit test --suggest` writes scenarios for these.")


def _print_trial(trial: Trial) -> None:
    scenario = trial.scenario
    sign, color = ("FAILED", "red") if trial.state == "failed" else ("TO DO", "yellow")
    click.echo(f"{click.style(sign, fg=color, bold=True)}  {scenario.name}  ({scenario.where})")
    if scenario.todo is not None:
        click.echo(f"    to do: {scenario.todo}")
        if not trial.shortfalls:
            click.echo("    It passes now: take its line `todo` out.")
    for shortfall in trial.shortfalls:
        click.echo(f"    line {shortfall.expected.where.line}: {shortfall.text}")
        for line in shortfall.why:
            click.echo(f"        {line}")
    click.echo()


def _plain(trials: Sequence[Trial], coverage: Coverage) -> dict[str, Any]:
    from trackfit.engine.workshop.scenarios.trials import counts

    return {
        **counts(trials),
        "coverage": {
            "rules": coverage.rules,
            "conditions": coverage.conditions,
            "uncovered": [
                {
                    "rule": one.rule,
                    "condition": one.condition,
                    "file": one.where.file,
                    "line": one.where.line,
                    "why": one.why,
                }
                for one in coverage.uncovered
            ],
        },
        "failures": [
            {
                "name": trial.scenario.name,
                "file": trial.scenario.where.file,
                "line": shortfall.expected.where.line,
                "text": shortfall.text,
                "why": shortfall.why,
            }
            for trial in trials
            if trial.state == "failed"
            for shortfall in trial.shortfalls
        ],
        "todo_passing": [
            {
                "name": trial.scenario.name,
                "file": trial.scenario.where.file,
                "line": trial.scenario.where.line,
            }
            for trial in trials
            if trial.state == "todo" and not trial.shortfalls
        ],
    }


def _junit(trials: Sequence[Trial]) -> str:
    from trackfit.engine.workshop.scenarios.trials import counts

    count = counts(trials)
    suite = ET.Element(
        "testsuite",
        name="trackfit",
        tests=str(len(trials)),
        failures=str(count["failed"]),
        errors="0",
        skipped=str(count["todo"]),
    )
    for trial in trials:
        where = trial.scenario.where
        case = ET.SubElement(suite, "testcase", classname=where.file, name=trial.scenario.name)
        case.set("file", where.file)
        case.set("line", str(where.line))
        if trial.state == "todo":
            ET.SubElement(case, "skipped", message=trial.scenario.todo or "")
        elif trial.shortfalls:
            message = "; ".join(one.text for one in trial.shortfalls)
            failure = ET.SubElement(case, "failure", message=message)
            failure.text = "\n".join(line for one in trial.shortfalls for line in (one.text, *one.why))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
