"""The command line: the group of commands, each loaded from `commands/` when it is called."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from keyword import iskeyword

import click

from trackfit import __version__
from trackfit.commands.faults import faults_as_lines

COMMANDS = {
    "import": "Answers from a résumé.",
    "interview": "Answer questions, then get your report.",
    "advise": "Advice for one answers file.",
    "explain": "Why this advice, and why not that.",
    "whatif": "The advice before and after other answers, as a difference.",
    "change": "The smallest changes to your answers that change the advice.",
    "match": "What a job advertisement asks for, and what of it you hold.",
    "prove": "Proofs about the rules, for every possible person.",
    "cohort": "Advice for many people: CSV, XLSX, ODS, JSON lines or Parquet, one row a person.",
    "schema": "JSON Schemas for editors, one for each kind of file.",
    "test": "Try the scenarios in rules/*.test.yaml.",
    "diff": "Whose advice an edit changes, and by which rule.",
    "preview": "Write the report again whenever a rule, a figure, a template or the answers are saved.",
    "site": "The interview and the report as static pages.",
    "verify": "Tell whether a report comes from this knowledge base and these answers.",
    "new": "Add a row with its scenario, or begin a knowledge base.",
    "table": "A facts table as a spreadsheet, and back.",
    "check": "Every fault in a knowledge base, with its place and what to do.",
    "handbook": "The whole knowledge base as one Markdown document.",
}
"""In the order of their use, with the first sentence of their help, so that a list of them loads none.

Each is the function of that name in the module of that name (see `_python_name`).
"""

UNTIL_GARBAGE = 100_000
"""New objects until a search for garbage: a short command, which loads much and drops little, does without it."""


def _python_name(command: str) -> str:
    """The command's name in Python, where `import` is a word of the language."""
    return f"{command}_" if iskeyword(command) else command


class Commands(click.Group):
    """Loads a command when it is called, and names the nearest one where a name is mistyped."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = _python_name(cmd_name)
        command: click.Command = getattr(import_module(f"trackfit.commands.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = formatter.width - 6 - max(map(len, COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, click.Command(name, help=text).get_short_help_str(width))
                    for name, text in COMMANDS.items()
                ]
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from trackfit.engine.problems.problem import did_you_mean

            hint, _ = did_you_mean(args[0], COMMANDS)
            ctx.fail(f"there is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version", is_flag=True, help="The version of the program, of the knowledge base and of the engine."
)
@click.pass_context
def cli(ctx: click.Context, *, version: bool) -> None:
    """Find the AI career track with the smallest gap from where you are.

    \b
    Answer a few questions and get your report:
        trackfit interview --out report.md
    Or write your answers into a file, and ask for advice on it:
        trackfit advise answers.yaml

    Every number in a report has its source and date, and every conclusion its reasons.
    """
    if any(os.environ.get(name) for name in ("NO_COLOR", "CI")) or os.environ.get("TERM") == "dumb":
        ctx.color = False
    if version:
        with faults_as_lines():
            _print_version()
    elif ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _print_version() -> None:
    from trackfit.engine.inference.base import KnowledgeBase

    kb = KnowledgeBase.load()
    newest = max(figure.as_of for figure in kb.facts.figures.values())
    click.echo(f"trackfit {__version__}")
    click.echo(f"knowledge base {kb.digest[:19]}, newest figure {newest}")
    click.echo(f"engine {kb.engine.name}")


def main() -> None:
    """Run the command line."""
    from trackfit.commands.terminal.streams import take_over

    gc.set_threshold(UNTIL_GARBAGE)
    take_over()
    try:
        with faults_as_lines():
            cli()
    finally:
        if "duckdb" not in sys.modules:  # which takes what is not collected for a leak, and complains
            gc.freeze()  # the process ends: the last search for garbage takes longer than most of the work


if __name__ == "__main__":
    main()
