"""Every fault of a knowledge base in one pass: of its documents, of its rules together, and of its templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from trackfit.engine.documents.folder import copied, files_in, read_anyhow, renamed
from trackfit.engine.documents.node import line_and_column, walk
from trackfit.engine.documents.parse import read_source
from trackfit.engine.documents.recovery import salvage
from trackfit.engine.inference.base import Compiled, KnowledgeBase
from trackfit.engine.knowledge.compile import Compilation, compile_folder
from trackfit.engine.knowledge.load import OTHER_KINDS, YAML, misnamed_files
from trackfit.engine.knowledge.references import Rows, values_at
from trackfit.engine.language.history import first_day
from trackfit.engine.language.placeholders import NUMBER
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.allow import without_allowed
from trackfit.engine.problems.problem import Location, Problem, quoted
from trackfit.engine.problems.problems import has_errors
from trackfit.engine.proofs.statements import statement_files, statements_of
from trackfit.engine.workshop.check.row_faults import row_faults
from trackfit.engine.workshop.check.rule_faults import RuleFaults
from trackfit.engine.workshop.check.template_faults import ENDING, rendering_faults, template_faults
from trackfit.engine.workshop.check.text_faults import row_text_faults
from trackfit.engine.workshop.check.unused import unused
from trackfit.engine.workshop.scenarios.scenarios import read_files, scenario_files

_WORD = re.compile(r"\w+")
_COMMENT_BEHIND = re.compile(r"(?<=\S)[ \t]+(?=#(?!-?\s*trackfit:))")
_NO_TEXT = re.compile(r"[a-z0-9_.-]+")
"""Ids, names of columns and dates: a comment behind one of them is meant to be one."""
PRINTED: dict[str, tuple[str, ...]] = {
    "rules": ("title",),
    "routes": ("note", "stages.*.outcome"),
    "tracks": ("daily_work.*", "families.*.daily_work.*", "milestones.*.outcome"),
    "warnings": ("title",),
    "backgrounds": ("name", "description"),
    "attributes": ("label",),
}
"""Texts of rows that reports print; what rules say is looked at when they are loaded."""


class Checked(msgspec.Struct, frozen=True):
    """The problems of a knowledge base, sorted; the text of each file, by its name; how many rules there are.

    `exact` tells whether the solver looked at the rules together, too; `undecided` what it left open.
    """

    problems: tuple[Problem, ...]
    texts: dict[str, str]
    rules: int
    exact: bool
    undecided: tuple[str, ...]


def check(folder: Path, as_of: str, *, solver: bool = False) -> Checked:
    """Check the knowledge base in `folder` as it is on a day (YYYY-MM-DD). Files are named relative to `folder`.

    With `solver` (z3), rules without faults of their own are looked at together exactly.
    """
    found = compile_folder(folder)
    texts = dict(found.loaded.texts)
    problems = [*found.problems]
    sound = not has_errors(problems)
    kb = KnowledgeBase(folder, Compiled(found.facts, found.program, ""), engine="three-valued")
    faults = RuleFaults(found, as_of, kb if solver and sound else None)
    problems += faults.problems()
    problems += _scenarios(folder, found, faults, texts)
    problems += _statements(folder, found, texts)
    problems += unused(found, folder / "templates", as_of)
    problems += _numbers(found.loaded.rows, texts)
    problems += _same_route(found.loaded.rows)
    problems += _same_name(found.loaded.rows)
    problems += _future(found.loaded.rows, as_of)
    problems += row_faults(found.loaded.rows, as_of)
    problems += row_text_faults(found.loaded.rows, texts)
    problems += _cut(texts)
    problems += _ignored(folder)
    problems += template_faults(folder, texts)
    if not has_errors(problems):
        problems += rendering_faults(kb, as_of)
    told = sorted(set(without_allowed(problems, texts)), key=lambda one: (one.where, one.id, one.text))
    undecided = tuple(faults.exact.undecided) if faults.exact is not None else ()
    return Checked(tuple(told), texts, len(found.loaded.rules), faults.exact is not None, undecided)


def _scenarios(
    folder: Path, found: Compilation, faults: RuleFaults, texts: dict[str, str]
) -> Iterator[Problem]:
    """Faults of the scenarios, and rules that none of them makes fire, as far as faults elsewhere let that be seen."""
    files = scenario_files(folder)
    for path in files:
        name = path.relative_to(folder).as_posix()
        texts[name] = _text(path, name)
    scenarios = read_files(folder, found.facts, found.program, files)
    yield from _not_from_others(scenarios.problems, found, texts)
    if not scenarios.whole or has_errors(found.problems):
        return
    author = {rule.key: rule.rule for rule in found.rules}
    fired = {
        author[key]
        for case, as_of in scenarios.cases
        for key in faults.witness.fired(case.answers, as_of=as_of)
    }
    told = faults.told | faults.silent()
    for raw in found.loaded.rules:
        if raw.id not in fired and raw.id not in told:
            text = (
                f"no scenario makes {raw.id!r} fire; write one beside it, in a file that ends in .test.yaml"
            )
            yield Problem(where=raw.find("id"), id="rule-without-scenario", text=text, severity="warning")


def _statements(folder: Path, found: Compilation, texts: dict[str, str]) -> Iterator[Problem]:
    for path in statement_files(folder):
        name = path.relative_to(folder).as_posix()
        texts[name] = _text(path, name)
    yield from _not_from_others(statements_of(folder, found.facts)[1], found, texts)


def _text(path: Path, name: str) -> str:
    """What stands in a file, as far as it can be told."""
    return read_source(path, name)[0] or read_anyhow(path)


def _not_from_others(
    problems: Iterable[Problem], found: Compilation, texts: dict[str, str]
) -> Iterator[Problem]:
    """The problems of scenarios and statements that do not come from faults of the facts and rules that they name."""
    if not has_errors(found.problems):
        yield from problems
        return
    rows = found.loaded.rows
    unsure = {*found.loaded.lost, *(id_ for _, id_ in rows.broken), *(raw.id for raw in found.loaded.rules)}
    for problem in problems:
        line = texts[problem.where.file].split("\n")[max(problem.where.line, 1) - 1]
        word = _WORD.match(line, problem.where.column - 1) if problem.where.column else None
        follows = word is not None and word[0] in unsure
        if not follows and not (problem.id == "unknown-skill" and not rows.whole("skills")):
            yield problem


def _numbers(rows: Rows, texts: dict[str, str]) -> Iterator[Problem]:
    """Numbers typed into the texts of rows."""
    for row in rows:
        for dotted in PRINTED.get(row.table, ()):
            for path, text in values_at(row.plain, tuple(dotted.split("."))):
                for number in NUMBER.finditer(text):
                    node = row.node
                    for step in path:
                        node = node.value[step]
                    where = node.spot(texts[node.where.file], number[0])
                    told = (
                        f"the number {number[0]!r} is typed into a text that reports print; make it a figure"
                    )
                    yield Problem(where=where, id="number-in-text", text=told)


def _same_route(rows: Rows) -> Iterator[Problem]:
    """Two routes between the same two ends: reports show one of them."""
    first: dict[tuple[str, str], str] = {}
    for row in sorted(rows.sound("routes"), key=lambda row: row.node.where):
        other = first.setdefault((row.plain["background"], row.plain["track"]), row.id)
        if other != row.id:
            text = (
                f"{row.id!r} and {other!r} lead from the same background to the same track; keep one of them"
            )
            yield Problem(where=row.node.find(("id",)), id="same-route", text=text, severity="warning")


def _same_name(rows: Rows) -> Iterator[Problem]:
    """Backgrounds, tracks and choices that readers cannot tell apart."""
    tables = {
        table: [row.node for row in sorted(rows.sound(table), key=lambda row: row.node.where)]
        for table in ("backgrounds", "tracks")
    }
    for row in rows.sound("attributes"):
        choices = row.plain.get("choices")
        listed = (
            row.node.value["choices"].value if isinstance(choices, list) else tables.get(str(choices), [])
        )
        also = row.node.value["also"].value if "also" in row.plain else []
        tables[row.id] = [*listed, *also]
    for nodes in tables.values():
        first: dict[str, str] = {}
        for node in nodes:
            id_, name = (str(node.value[key].value) for key in ("id", "name"))
            other = first.setdefault(fold(name), id_)
            if other != id_:
                text = f"{other!r} has the name {quoted(name)} already; give {id_!r} another"
                yield Problem(where=node.find(("name",)), id="same-name", text=text, severity="warning")


def _future(rows: Rows, as_of: str) -> Iterator[Problem]:
    """Dates of sources and figures that are still to come."""
    for table, column in (("sources", "date"), ("figures", "as_of")):
        for row in rows.sound(table):
            date = row.plain.get(column)
            if date is None or first_day(date) <= as_of:
                continue
            where, text = (
                row.node.find((column,)),
                f"{date!r} is after {as_of}; write the date that the source gives",
            )
            if "earlier" in row.plain:
                text = f"{text} (till then, the earlier value counts)"
            usable = table == "sources" or "earlier" in row.plain
            yield Problem(where=where, id="future-date", text=text, severity="warning" if usable else "error")


def _cut(texts: Mapping[str, str]) -> Iterator[Problem]:
    """Texts that end where a comment begins."""
    for name, text in texts.items():
        root = salvage(text, name).root if _COMMENT_BEHIND.search(text) else None
        for node in walk(root) if root is not None else ():
            start, end = node.span
            behind = _COMMENT_BEHIND.match(text, end)
            if (
                behind
                and text[start] not in "'\"|>"
                and isinstance(node.value, str)
                and not _NO_TEXT.fullmatch(node.text)
            ):
                told = "the text ends here, for # begins a comment; quote the text, or put the comment on its own line"
                where = Location(name, *line_and_column(text[: behind.end()]))
                yield Problem(where=where, id="comment-in-text", text=told, severity="warning")


def _ignored(folder: Path) -> Iterator[Problem]:
    """Files beside the documents that are not read as such."""
    for name in ("facts", "rules"):
        misnamed = misnamed_files(folder / name)
        for path in files_in(folder / name):
            text = None if path in misnamed else _why_ignored(path, name)
            if text:
                where = Location(path.relative_to(folder).as_posix())
                yield Problem(where=where, id="ignored-file", text=text, severity="warning")
    for path in files_in(folder / "templates"):
        right = renamed(path, (ENDING,))
        if right or path.suffix in (".html", ".md", ".txt", ".docx"):
            better = f"name it {right!r}" if right else "name it with .md.j2 or .html.j2 at its end"
            text = f"this file is not read as a template; {better}, or move it elsewhere"
            where = Location(path.relative_to(folder).as_posix())
            yield Problem(where=where, id="ignored-file", text=text, severity="warning")


def _why_ignored(path: Path, folder: str) -> str | None:
    """What is to be told of a file of facts/ or rules/ that is not read; None where it is."""
    if path.suffix not in YAML:
        return "this file is not read; name it with .yaml at its end, or move it elsewhere"
    if folder == "facts" and path.stem.endswith(OTHER_KINDS):
        return "this file is not read; scenarios and statements stand in rules/"
    if original := copied(path):
        return f"this looks like a copy of {original!r}, and is not read; take it out, or give it a name of its own"
    return None
