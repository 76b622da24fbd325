"""`trackfit match`: what job advertisements ask for, and what of it a person holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackfit.commands.faults import faults_as_lines, refuse, tell
from trackfit.commands.inputs import day, load_knowledge, read_case, standard_input
from trackfit.commands.options import FILE, knowledge_options, writing_options
from trackfit.commands.outputs import as_json, check_writable, write_file, write_result

if TYPE_CHECKING:
    from trackfit.engine.adverts.advert import Advert
    from trackfit.engine.inference.base import KnowledgeBase


@click.command()
@click.argument("adverts", metavar="AD…", nargs=-1, required=True, type=FILE)
@click.option(
    "--case", metavar="CASE", type=FILE, help="An answers file: what its person holds and lacks of each."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html", "json"]),
    default="md",
    show_default=True,
    help="Markdown, a page, or JSON.",
)
@click.option(
    "--figures", metavar="FILE", type=FILE, help="Write the demand into FILE, as rows for facts/figures."
)
@writing_options
@knowledge_options
def match(
    *,
    adverts: tuple[str, ...],
    case: str | None,
    form: str,
    figures: str | None,
    out: str | None,
    force: bool,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """What a job advertisement asks for, and what of it you hold.

    AD is a text, Markdown, HTML or PDF file, - for standard input, a folder of them, or a file of JSON lines or CSV with a
    column `text` (or `description`) and, where there, `title`. Told are the skills, those that are required and those that
    are only wished for, each with its line, the years, the pay, the seniority, and the track whose list it asks for most of.
    Of several, the demand over all comes first.

    \b
    Examples:
        trackfit match advert.txt --case me.yaml
        trackfit match adverts/ --figures local_demand.yaml
    """
    with faults_as_lines():
        from trackfit.engine.adverts.demand import as_figures

        as_of = day(as_of)
        check_writable(out, force=force)
        check_writable(figures, force=force)
        if case == "-" and "-" in adverts:
            refuse(
                "--case",
                "bad-option",
                "standard input is one file; name a file for the answers or for the advertisement",
            )
        kb = load_knowledge(knowledge)
        found = _read(adverts, kb)
        text = _made(found, case, form, kb, as_of)
        if figures:
            write_file(Path(figures), as_figures(found, kb, as_of))
        write_result(text, out, force=force)


def _read(paths: tuple[str, ...], kb: KnowledgeBase) -> list[Advert]:
    """Every advertisement that can be read; what is wrong with others is told, and stops nothing but a run without any."""
    from msgspec.structs import replace

    from trackfit.engine.adverts.intake import adverts_in
    from trackfit.engine.adverts.reading import AdvertReader
    from trackfit.engine.papers.reading import MAX_BYTES
    from trackfit.engine.problems.errors import InvalidInput
    from trackfit.engine.problems.problems import Problems

    notes = Problems()
    given = standard_input("an advertisement", MAX_BYTES) if "-" in paths else None
    reader = AdvertReader(kb)
    found = [reader.read(one) for one in adverts_in(paths, given, notes)]
    if not found:
        raise InvalidInput(notes)
    tell(replace(one, severity="warning") for one in notes)
    return found


def _made(found: list[Advert], case: str | None, form: str, kb: KnowledgeBase, as_of: str) -> str:
    from trackfit.engine.adverts.plain import as_plain
    from trackfit.engine.adverts.standing import standing_of
    from trackfit.engine.adverts.written import to_markdown

    person = None if case is None else read_case(case, kb)
    standings = None if person is None else [standing_of(one, person, kb) for one in found]
    if form == "json":
        return f"{as_json(as_plain(found, standings, as_of))}\n"
    text = to_markdown(found, standings, kb, as_of)
    if form == "md":
        return text
    from trackfit.engine.report.page import page_of
    from trackfit.engine.report.report import MadeReport

    return page_of(MadeReport(text, text, (), {}, {}), kb)
