"""Options that several commands have, and how a shell completes what is typed for them."""

from __future__ import annotations

from collections.abc import Callable

import click
from click.shell_completion import CompletionItem


class _PathText(click.types.StringParamType):
    """A path as it was typed, which a shell completes; the commands look themselves what is there."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type=self.kind)]


FILE, FOLDER = _PathText("file"), _PathText("dir")


def knowledge_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that reads the knowledge base."""
    command = click.option(
        "--as-of",
        metavar="YYYY-MM-DD",
        help="The date to advise for; it decides which figures are out of date. Default: today.",
    )(command)
    return click.option(
        "--knowledge",
        metavar="DIR",
        type=FOLDER,
        help="A folder with rules/, facts/ and templates/. Default: the one that comes with the program.",
    )(command)


def writing_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that can write its result to a file."""
    command = click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")(command)
    return click.option("--out", metavar="FILE", type=FILE, help="Write to FILE instead of standard output.")(
        command
    )


def template_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option of every command that makes a report."""
    return click.option(
        "--template",
        metavar="NAME|FILE",
        type=FILE,
        help="A template of the knowledge base, such as brief, coach or email, or a file of your own. Default: report.",
    )(command)
