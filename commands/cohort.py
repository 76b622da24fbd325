"""`trackfit cohort`: advice for a whole spreadsheet."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from trackfit.commands.faults import EXIT_FAULTS, faults_as_lines, need_tables, pip_install, refuse
from trackfit.commands.inputs import day, load_knowledge
from trackfit.commands.options import FILE, FOLDER, knowledge_options
from trackfit.commands.outputs import unwritable
from trackfit.commands.terminal.progress import Progress

if TYPE_CHECKING:
    from trackfit.engine.cohort.totals import Totals


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--out",
    metavar="DIR",
    type=FOLDER,
    required=True,
    help="The folder for the results; made if it is not there.",
)
@click.option(
    "--results", type=click.Choice(["parquet", "csv", "jsonl"]), default="parquet", help="Default: parquet."
)
@click.option(
    "--input",
    "kind",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="FILE's kind, if its name does not tell.",
)
@click.option(
    "--map",
    "mapping",
    metavar="HEADING=KEY",
    multiple=True,
    help="A heading that stands for a case key. Can be repeated.",
)
@click.option(
    "--reports", is_flag=True, help="Also write one report a person, as Markdown, under DIR/reports."
)
@click.option(
    "--redact",
    is_flag=True,
    help="Keep names, unknown skills and other free text out of all that is written.",
)
@click.option("--dry-run", is_flag=True, help="Read and check every row, write nothing.")
@click.option("--restart", is_flag=True, help="Throw an unfinished run in DIR away.")
@click.option("--force", is_flag=True, help="Overwrite the results in DIR.")
@click.option(
    "--memory",
    metavar="SIZE",
    help="The most memory the query may use; the rest goes to disk. Default: 2GB; on a cluster, what that is set to.",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    help="Where the query runs: DuckDB here (default), or Spark, from Parquet to Parquet.",
)
@click.option(
    "--master",
    metavar="URL",
    help="Spark's master, such as spark://host:7077. Default: Spark on this machine.",
)
@knowledge_options
def cohort(
    *,
    file: str,
    out: str,
    results: str,
    kind: str | None,
    mapping: tuple[str, ...],
    reports: bool,
    redact: bool,
    dry_run: bool,
    restart: bool,
    force: bool,
    memory: str | None,
    engine: str,
    master: str | None,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Advice for many people: CSV, JSON lines or Parquet, one row a person.

    Headings are the keys of an answers file; skills are separated by ; or a comma. Every row is either advised
    (DIR/advice.parquet) or listed with its problems (DIR/rejected.csv). A run that was stopped goes on when the
    same command is given again.

    \b
    Example:
        trackfit cohort applicants.csv --out results --map "Years of work=years_experience"
    """
    with faults_as_lines():
        need_tables()
        wanted = _Wanted(
            knowledge=knowledge,
            as_of=day(as_of),
            results=results,
            memory=memory,
            reports=reports,
            redact=redact,
            dry_run=dry_run,
            restart=restart,
            force=force,
            spark=(master or "local[*]") if engine == "spark" else None,
        )
        if wanted.spark is not None:
            _check_spark(wanted)
        elif master is not None:
            refuse("--master", "bad-option", "only Spark has a master; add --engine spark, or leave it out")
        totals = _advised(file, kind, _mapping(mapping), Path(out), wanted)
        _report(totals, Path(out), dry_run=dry_run)
        sys.exit(EXIT_FAULTS if totals.rejected else 0)


class _Wanted(NamedTuple):
    knowledge: str | None
    as_of: str
    results: str
    memory: str | None
    reports: bool
    redact: bool
    dry_run: bool
    restart: bool
    force: bool
    spark: str | None
    """Spark's master, where it is to run there."""


def _check_spark(wanted: _Wanted) -> None:
    if wanted.reports or wanted.redact:
        refuse("--engine", "bad-option", "Spark writes no reports and redacts nothing; leave --engine out")
    if wanted.results != "parquet":
        refuse("--results", "bad-option", "Spark writes Parquet; leave --results out")
    if find_spec("pyspark") is None:
        refuse("--engine", "cohort-missing", f"Spark is not installed: {pip_install('spark')}")


def _mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        heading, equals, key = pair.rpartition("=")
        if not equals:
            refuse(
                f"--map {pair}", "bad-setting", "write HEADING=KEY, such as 'Years of work=years_experience'"
            )
        found[heading] = key
    return found


def _advised(file: str, kind: str | None, mapping: dict[str, str], folder: Path, wanted: _Wanted) -> Totals:
    from trackfit.engine.cohort.files.headings import source_of

    source = source_of(file, mapping, kind)
    kb = load_knowledge(wanted.knowledge, wanted.as_of)
    try:
        return _run(kb, source, folder, wanted)
    except OSError as error:
        raise unwritable(str(folder), error) from error


def _run(kb: Any, source: Any, folder: Path, wanted: _Wanted) -> Totals:
    from trackfit.engine.cohort import run as engine
    from trackfit.engine.cohort.summary import to_html, to_markdown
    from trackfit.engine.documents.files import write_atomic

    if not wanted.dry_run:
        if (folder / f"advice.{wanted.results}").exists() and not wanted.force:
            refuse(
                str(folder),
                "file-exists",
                "results lie here already; add --force to overwrite them, or name another folder",
            )
        if wanted.restart:
            engine.discard(folder)
    with Progress() as listener:
        totals = _advise(kb, source, folder, wanted, listener)
    if not wanted.dry_run:
        for name, text in (
            ("summary.md", to_markdown(totals, kb, wanted.as_of)),
            ("summary.html", to_html(totals, kb, wanted.as_of)),
        ):
            write_atomic(folder / name, text.encode(), mode=0o600)
    return totals


def _advise(kb: Any, source: Any, folder: Path, wanted: _Wanted, listener: Progress) -> Totals:
    from trackfit.engine.cohort import run as engine

    options = engine.Options(
        as_of=wanted.as_of,
        results=wanted.results,
        memory=wanted.memory or engine.MEMORY,
        reports=wanted.reports,
        redact=wanted.redact,
    )
    if wanted.spark is None:
        if wanted.dry_run:
            return engine.dry_run(kb, source, options, listener)
        return engine.run(kb, source, folder, options, listener)
    from trackfit.engine.cohort import spark

    with spark.session(wanted.spark, wanted.memory) as session:
        if wanted.dry_run:
            return spark.dry_run(kb, source, options, listener, spark=session)
        return spark.run(kb, source, folder, options, listener, spark=session)


def _report(totals: Totals, folder: Path, *, dry_run: bool) -> None:
    where = "nothing was written" if dry_run else f"results in {folder}"
    rows = f"{totals.rows:,} {'row' if totals.rows == 1 else 'rows'}"
    click.echo(f"{rows}: {totals.accepted:,} advised, {totals.rejected:,} refused; {where}.", err=True)
    for id_, number in sorted(totals.problems.items(), key=lambda one: (-one[1], one[0]))[:5]:
        click.echo(f"  {number:,} × {id_}", err=True)
