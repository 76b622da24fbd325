"""`trackfit cohort`: advice for a whole spreadsheet."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click
import msgspec

from trackfit.commands.faults import EXIT_FAULTS, faults_as_lines, need_tables, refuse
from trackfit.commands.inputs import day, load_knowledge
from trackfit.commands.options import FILE, FOLDER, knowledge_options
from trackfit.commands.outputs import as_json, unwritable
from trackfit.commands.terminal.progress import Progress
from trackfit.engine.problems.errors import pip_install
from trackfit.engine.problems.problem import quoted

if TYPE_CHECKING:
    from trackfit.engine.cohort.files.headings import CohortFile
    from trackfit.engine.cohort.remembered import Remembered
    from trackfit.engine.cohort.run import Options, Rehearsal
    from trackfit.engine.cohort.totals import Totals
    from trackfit.engine.inference.base import KnowledgeBase

NAMES = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
"""What separators are called."""


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--out",
    metavar="DIR",
    type=FOLDER,
    help="The folder for the results; made if it is not there. Needed but for a dry run.",
)
@click.option(
    "--results",
    type=click.Choice(["parquet", "csv", "jsonl", "xlsx"]),
    default="parquet",
    help="Default: parquet.",
)
@click.option(
    "--input",
    "kind",
    type=click.Choice(["csv", "jsonl", "parquet", "xlsx", "ods"]),
    help="FILE's kind, if its name does not tell.",
)
@click.option(
    "--sheet", metavar="NAME", help="The sheet of a workbook. Default: the first that is not hidden."
)
@click.option(
    "--map",
    "mapping",
    metavar="HEADING=KEY|FILE",
    multiple=True,
    help="A heading that stands for a case key, or the columns.yaml of an earlier run. Can be repeated.",
)
@click.option(
    "--null",
    "nulls",
    metavar="TEXT",
    multiple=True,
    help="A text that stands for no answer, such as N/A. Can be repeated.",
)
@click.option(
    "--reports",
    is_flag=True,
    help="Also write one report a person, as Markdown and as a page, under DIR/reports.",
)
@click.option(
    "--redact",
    is_flag=True,
    help="Keep names, unknown skills and other free text out of all that is written.",
)
@click.option("--dry-run", is_flag=True, help="Show how FILE is read, check every row, write nothing.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How a dry run shows it. Default: text.",
)
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
    out: str | None,
    results: str,
    kind: str | None,
    sheet: str | None,
    mapping: tuple[str, ...],
    nulls: tuple[str, ...],
    reports: bool,
    redact: bool,
    dry_run: bool,
    format_: str,
    restart: bool,
    force: bool,
    memory: str | None,
    engine: str,
    master: str | None,
    knowledge: str | None,
    as_of: str | None,
) -> None:
    """Advice for many people: CSV, XLSX, ODS, JSON lines or Parquet, one row a person.

    Headings are the keys of an answers file; skills are separated by ; or a comma. Every row is either advised
    (DIR/advice.parquet) or listed with its problems (DIR/rejected.csv). A run that was stopped goes on when the
    same command is given again.

    \b
    Example:
        trackfit cohort applicants.xlsx --dry-run
        trackfit cohort applicants.xlsx --out results --map "Years of work=years_experience"
    """
    with faults_as_lines():
        need_tables()
        _check_fit(out, dry_run=dry_run, format_=format_, results=results)
        from trackfit.engine.cohort.files.headings import source_of

        spark = (master or "local[*]") if engine == "spark" else None
        wanted = _Wanted(day(as_of), results, memory, reports, redact, restart, force, spark)
        read_as = _columns(mapping, nulls)
        _check_spark(wanted, read_as, master)
        source = source_of(file, read_as.columns, kind, sheet=sheet, nulls=read_as.nulls)
        kb = load_knowledge(knowledge, wanted.as_of)
        if out is None or dry_run:
            rehearsal = _rehearsed(kb, source, wanted)
            _show(rehearsal, format_)
            _end(rehearsal.totals, "nothing was written")
        _end(_run(kb, source, Path(out), wanted, read_as), f"results in {out}")


class _Wanted(NamedTuple):
    as_of: str
    results: str
    memory: str | None
    reports: bool
    redact: bool
    restart: bool
    force: bool
    spark: str | None
    """Spark's master, where it is to run there."""


def _check_fit(out: str | None, *, dry_run: bool, format_: str, results: str) -> None:
    """Refuse options that do not go together."""
    if out is None and not dry_run:
        refuse("--out", "missing-option", "say where the results go, as in --out results, or add --dry-run")
    if format_ == "json" and not dry_run:
        refuse(
            "--format",
            "option-does-not-fit",
            "only a dry run prints something; add --dry-run, or leave it out",
        )
    if results == "xlsx":
        from trackfit.engine.documents.workbook import need_sheets

        need_sheets()


def _check_spark(wanted: _Wanted, read_as: Remembered, master: str | None) -> None:
    """Refuse what does not go with Spark, or goes with nothing else."""
    if wanted.spark is None:
        if master is not None:
            refuse("--master", "bad-option", "only Spark has a master; add --engine spark, or leave it out")
        return
    if wanted.reports or wanted.redact:
        refuse("--engine", "bad-option", "Spark writes no reports and redacts nothing; leave --engine out")
    if wanted.results != "parquet":
        refuse("--results", "bad-option", "Spark writes Parquet; leave --results out")
    if read_as.nulls:
        refuse("--null", "bad-option", "Spark does not take it; empty those cells, or leave --engine out")
    if find_spec("pyspark") is None:
        refuse("--engine", "cohort-missing", f"Spark is not installed: {pip_install('spark')}")


def _columns(pairs: tuple[str, ...], nulls: tuple[str, ...]) -> Remembered:
    """What --map and --null say, and the files that --map names; what is said in the command goes before them."""
    from trackfit.engine.cohort import remembered

    columns: dict[str, str] = {}
    found: dict[str, str] = {}
    texts = list(nulls)
    for pair in pairs:
        heading, equals, key = pair.rpartition("=")
        if pair.endswith((".yaml", ".yml")):
            earlier = remembered.read(pair)
            columns |= earlier.columns
            texts += earlier.nulls
        elif not equals:
            text = "write HEADING=KEY, such as 'Years of work=years_experience', or name a file such as columns.yaml"
            refuse(f"--map {pair}", "bad-setting", text)
        else:
            found[heading] = key
    return remembered.Remembered(columns | found, tuple(dict.fromkeys(texts)))


def _run(kb: KnowledgeBase, source: CohortFile, folder: Path, wanted: _Wanted, read_as: Remembered) -> Totals:
    from trackfit.engine.cohort import remembered
    from trackfit.engine.cohort import run as engine
    from trackfit.engine.cohort.summary import to_html, to_markdown
    from trackfit.engine.documents.files import write_atomic

    if (folder / f"advice.{wanted.results}").exists() and not wanted.force:
        refuse(
            str(folder),
            "file-exists",
            "results lie here already; add --force to overwrite them, or name another folder",
        )
    try:
        if wanted.restart:
            engine.discard(folder)
        with Progress() as listener:
            totals = _advise(kb, source, folder, wanted, listener)
        kept = {
            "summary.md": to_markdown(totals, kb, wanted.as_of, reports=wanted.reports),
            "summary.html": to_html(totals, kb, wanted.as_of, reports=wanted.reports),
        }
        if any(read_as):
            kept[remembered.NAME] = remembered.to_yaml(read_as, folder / remembered.NAME)
        for name, text in kept.items():
            write_atomic(folder / name, text.encode(), mode=0o600)
    except OSError as error:
        raise unwritable(str(folder), error) from error
    return totals


def _options(wanted: _Wanted) -> Options:
    from trackfit.engine.cohort import run as engine

    return engine.Options(
        as_of=wanted.as_of,
        results=wanted.results,
        memory=wanted.memory or engine.MEMORY,
        reports=wanted.reports,
        redact=wanted.redact,
    )


def _advise(
    kb: KnowledgeBase, source: CohortFile, folder: Path, wanted: _Wanted, listener: Progress
) -> Totals:
    from trackfit.engine.cohort import run as engine

    if wanted.spark is None:
        return engine.run(kb, source, folder, _options(wanted), listener)
    from trackfit.engine.cohort import spark

    with spark.session(wanted.spark, wanted.memory) as session:
        return spark.run(kb, source, folder, _options(wanted), listener, spark=session)


def _rehearsed(kb: KnowledgeBase, source: CohortFile, wanted: _Wanted) -> Rehearsal:
    from trackfit.engine.cohort import run as engine

    with Progress() as listener:
        if wanted.spark is None:
            return engine.dry_run(kb, source, _options(wanted), listener)
        from trackfit.engine.cohort import spark

        with spark.session(wanted.spark, wanted.memory) as session:
            return spark.dry_run(kb, source, _options(wanted), listener, spark=session)


def _show(rehearsal: Rehearsal, format_: str) -> None:
    """How the file is laid out, and its first rows as they are read."""
    layout = rehearsal.layout
    if format_ == "json":
        click.echo(as_json({**msgspec.structs.asdict(layout), "first_rows": rehearsal.first_rows}))
        return
    for name in ("kind", "sheet", "encoding", "separator", "heading_row"):
        value = getattr(layout, name)
        if value is not None:
            click.echo(f"{name.replace('_', ' ')}: {NAMES.get(value, value)}")
    if layout.skipped_rows:
        click.echo(f"skipped rows: {', '.join(map(str, layout.skipped_rows))}")
    click.echo("columns:")
    for heading, key in layout.columns.items():
        click.echo(f"  {quoted(heading)} {f'is {key}' if key else 'is not used'}")
    click.echo("first rows:")
    for number, row in enumerate(rehearsal.first_rows, 1):
        cells = (f"{key}: {quoted(cell)}" for key, cell in row.items() if cell is not None)
        click.echo(f"  {number}. {', '.join(cells)}")


def _end(totals: Totals, where: str) -> NoReturn:
    """A word on what it came to; the exit status says whether every row was advised."""
    rows = f"{totals.rows:,} {'row' if totals.rows == 1 else 'rows'}"
    click.echo(f"{rows}: {totals.accepted:,} advised, {totals.rejected:,} refused; {where}.", err=True)
    for id_, number in sorted(totals.problems.items(), key=lambda one: (-one[1], one[0]))[:5]:
        click.echo(f"  {number:,} × {id_}", err=True)
    sys.exit(EXIT_FAULTS if totals.rejected else 0)
