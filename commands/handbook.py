"""`trackfit handbook`: the whole knowledge base as one document."""

from __future__ import annotations

import sys

import click

from trackfit.commands.faults import EXIT_FAULTS, faults_as_lines, tell
from trackfit.commands.inputs import day, load_knowledge
from trackfit.commands.options import knowledge_options, writing_options
from trackfit.commands.outputs import check_writable, write_result
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.problems.problems import has_errors


@click.command()
@writing_options
@knowledge_options
def handbook(*, out: str | None, force: bool, knowledge: str | None, as_of: str | None) -> None:
    """The whole knowledge base as one Markdown document.

    Questions in their order, rules in English, figures with their source, date and age, routes with a map, tracks,
    skills, scenarios, and how hard each text is to read. The exit status is 1 where the knowledge base has faults.

    \b
    Example:
        trackfit handbook --out handbook.md
    """
    with faults_as_lines():
        as_of = day(as_of)
        check_writable(out, force=force)
        try:
            text = _written(knowledge, as_of)
        except InvalidKnowledge as error:
            tell(error.problems)
            sys.exit(EXIT_FAULTS)
        write_result(text, out, force=force)


def _written(knowledge: str | None, as_of: str) -> str:
    from trackfit.engine.workshop.handbook.handbook import handbook as write
    from trackfit.engine.workshop.scenarios.scenarios import read_scenarios, scenario_files

    kb = load_knowledge(knowledge, as_of)
    scenarios, problems = read_scenarios(kb.folder, kb.facts, kb.program, scenario_files(kb.folder))
    if has_errors(problems):
        raise InvalidKnowledge(problems)
    return write(kb, scenarios, as_of)
