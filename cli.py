"""The command line: the only file that prints."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import click

from trackfit.engine.errors import InvalidInput, TrackfitError

EXIT_BAD_INPUT = 2


def main() -> None:
    """Run the command line; a fault of the user's is told in lines, never as a traceback."""
    cli()


@click.group()
def cli() -> None:
    """Which AI career track is nearest."""


@cli.command()
@click.argument("case")
@click.option("--as-of")
@click.option("--format", "form", default="md")
def advise(case: str, as_of: str | None, form: str) -> None:
    from trackfit.engine.consult import consult
    from trackfit.engine.knowledge import KnowledgeBase
    from trackfit.engine.report import to_json, to_markdown
    from trackfit.engine.source import read_file

    try:
        kb = KnowledgeBase.load()
        node, problems = read_file(Path(case), case)
        if node is None:
            raise InvalidInput(problems)
        found, problems = kb.reader.read(node)
        if found is None:
            raise InvalidInput(problems)
        c = consult(kb, found, as_of or datetime.date.today().isoformat())
        print(to_markdown(c) if form == "md" else json.dumps(to_json(c), indent=1, ensure_ascii=False))
    except TrackfitError as error:
        for problem in error.problems:
            print(problem.line(), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
