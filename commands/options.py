"""Options that several commands have, and how a shell completes what is typed for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from trackfit.engine.inference.base import KnowledgeBase


class _PathText(click.types.StringParamType):
    """A path as it was typed, which a shell completes; the commands look themselves what is there."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type=self.kind)]


FILE, FOLDER = _PathText("file"), _PathText("dir")


class Known(click.types.StringParamType):
    """A text that a shell completes from the knowledge base; `of` gives what there is in it, `kind` as in `_PathText`."""

    def __init__(self, of: Callable[[KnowledgeBase], Iterable[str]], kind: str | None = None) -> None:
        self.of, self.kind = of, kind

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from trackfit.engine.inference.base import KnowledgeBase
        from trackfit.engine.problems.errors import TrackfitError

        try:
            known = sorted(self.of(KnowledgeBase.load(ctx.params.get("knowledge"))))
        except TrackfitError:
            known = []
        found = [CompletionItem(one) for one in known if one.startswith(incomplete)]
        return [*found, CompletionItem(incomplete, type=self.kind)] if self.kind else found


def _themes(kb: KnowledgeBase) -> list[str]:
    from trackfit.engine.report.templates import themes

    return themes(kb.folder / "templates")


def settings_of(kb: KnowledgeBase) -> Iterator[str]:
    """What `--set` takes: every answer with each value of its own, as far as there is a list of them."""
    from trackfit.engine.cases.case import SKILLS

    for one in kb.reader.attributes.values():
        if one.type == "set":
            ids = kb.facts.skills if one.id == SKILLS else [choice.id for choice in one.choices]
            yield from (f"{one.id}{sign}={id_}" for sign in "+-" for id_ in ids)
        yield from (f"{one.id}={choice.id}" for choice in one.choices if one.type == "choice")
        yield from (f"{one.id}={word}" for word in ("yes", "no") if one.type == "yes_no")
        if not one.choices and one.type != "yes_no":
            yield f"{one.id}="


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


def since_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option of every command that can tell what has moved since earlier answers."""
    return click.option(
        "--since",
        metavar="OLD_CASE",
        type=FILE,
        help="Earlier answers of the same person: the report opens with what has moved since.",
    )(command)


def template_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option of every command that makes a report."""
    return click.option(
        "--template",
        metavar="NAME|FILE",
        type=Known(_themes, "file"),
        help="A template of the knowledge base, such as brief, coach or email, or a file of your own. Default: report.",
    )(command)
