"""New rows for a knowledge base: from a scaffold, at the end of the right file, and never over what is there.

A scaffold is a file of `scaffolds/` with a section for each table that gets a row; `scenarios` is the file beside the
rules. Everything is planned before anything is written.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

import msgspec

from trackfit.engine.documents.files import write_atomic
from trackfit.engine.documents.node import Node
from trackfit.engine.documents.parse import read_text
from trackfit.engine.knowledge import guesses as meant
from trackfit.engine.knowledge.consistency import value_faults
from trackfit.engine.knowledge.load import Loaded, knowledge_files, load
from trackfit.engine.knowledge.references import undeclared
from trackfit.engine.language.facts import currency_of
from trackfit.engine.language.formats import months_later
from trackfit.engine.language.vocabulary import SkillIndex
from trackfit.engine.problems.allow import allows_in_table
from trackfit.engine.problems.errors import InvalidInput, refused
from trackfit.engine.problems.problem import Location, Problem, quoted
from trackfit.engine.problems.problems import has_errors
from trackfit.engine.workshop.authoring.schemas import kind_of, schema_line, write_schemas

ROW_KINDS = ("rule", "mistake", "background", "track", "skill", "figure", "source")
KINDS = (*ROW_KINDS, "knowledge")
HOMES = {"rule": "rules/remarks.yaml", "mistake": "rules/mistakes.yaml"}
OTHER_HOME = "rules/routes.yaml"
"""Where rules go; scenarios stand in the file beside it."""
MAX_ID = 60
REVIEW_AFTER = 6
_ID = re.compile(r"[a-z][a-z0-9_]*")
_SECTION = re.compile(r"^(\w+):\n", re.MULTILINE)


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What a person may say about a new row; what is left out is chosen, where there is a harmless choice."""

    background: str | None = None
    skill_kind: str = "practice"
    value: str | None = None
    unit: str | None = None
    source: str | None = None


class PlannedFile(msgspec.Struct, frozen=True):
    """A file as it will be: its whole text, and the line where what is new begins."""

    path: Path
    text: str
    line: int


def plan(folder: Path, kind: str, id_: str, wishes: Wishes, today: str) -> list[PlannedFile]:
    """The files that a new row of a kind changes. Raises `InvalidInput` where it cannot be added."""
    loaded = load(folder)
    sections = dict(_sections(kind))
    _check_id(id_, kind, sections, loaded)
    values = _values(kind, id_, wishes, loaded, today)
    found = []
    rules: Path | None = None
    for table, text in sections.items():
        if table == "scenarios":
            path = _scenarios_beside(rules or _home(folder, kind))
        elif table == "rules":
            path = rules = _home(folder, kind)
        else:
            path = _file_of(table, folder, loaded, values)
            values["allowed"] = _allowance(path, table)
        found.append(_appended(path, table, Template(text).substitute(values), folder))
    return found


def plan_knowledge(folder: Path, today: str) -> list[PlannedFile]:
    """The files of a new, minimal knowledge base. Raises `InvalidInput` where `folder` is not empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise _refusal(folder, "file-exists", "there is something here already; name a new folder")
    values = _days(today)
    found = []
    for path, text in _shipped_files("scaffolds/knowledge"):
        if path.suffix == ".yaml":
            kind = "case" if path.parts[0] == "examples" else kind_of(folder / path, folder)
            filled = f"{schema_line(folder / path, folder, kind)}\n{Template(text).substitute(values)}"
        else:
            filled = text
        found.append(PlannedFile(folder / path, filled, 1))
    found += [PlannedFile(folder / "templates" / path, text, 1) for path, text in _shipped_files("templates")]
    return found


def write(planned: list[PlannedFile], knowledge: Path) -> None:
    """Put every file in place, each in one step, and keep the editor's schemas in step. Raises OSError."""
    for one in planned:
        one.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(one.path, one.text.encode())
    write_schemas(knowledge)


def _shipped_files(name: str) -> Iterator[tuple[Path, str]]:
    root = Path(str(files("trackfit") / name))
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix in (".yaml", ".yml", ".md", ".j2"):
            yield path.relative_to(root), path.read_text(encoding="utf-8")


def _sections(kind: str) -> Iterator[tuple[str, str]]:
    """The parts of a scaffold: a table, and the text of its new rows."""
    text = (files("trackfit") / "scaffolds" / f"{kind}.yaml").read_text(encoding="utf-8")
    parts = _SECTION.split(text)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _refusal(where: object, id_: str, text: str, suggestion: str | None = None) -> InvalidInput:
    return refused(str(where), id_, text, suggestion)


def _check_id(id_: str, kind: str, tables: Mapping[str, str], loaded: Loaded) -> None:
    if not _ID.fullmatch(id_) or len(id_) > MAX_ID:
        better = (meant.id_of(id_) or "")[:MAX_ID].rstrip("_")
        hint = f", such as {better!r}" if better else ""
        text = f"{quoted(id_)} is not an id; use small letters, digits and _, starting with a letter{hint}"
        raise _refusal("ID", "bad-id", text, better or None)
    for table in tables:
        if table in loaded.rows.tables and id_ in loaded.rows.ids(table):
            row = loaded.rows.tables[table].get(id_)
            place = f" ({row.node.where.file}:{row.node.where.line})" if row else ""
            raise _refusal(
                "ID", "duplicate-id", f"the id {id_!r} stands in {table} already{place}; choose another"
            )
    known = SkillIndex(loaded.facts).match(id_).ids if kind == "skill" else ()
    if known:
        text = f"{id_!r} stands for {' or '.join(known)} already; choose another, or add an alias there"
        raise _refusal("ID", "ambiguous-alias", text)


def _days(today: str) -> dict[str, str]:
    return {"today": today, "month": today[:7], "review": months_later(today, REVIEW_AFTER)}


def _values(kind: str, id_: str, wishes: Wishes, loaded: Loaded, today: str) -> dict[str, str]:
    """What stands for each name in a scaffold."""
    words = " ".join(re.sub(r"[0-9]+", "", id_).split("_")).strip()
    values = {
        "id": id_,
        "title": words.capitalize(),
        "label": words,
        "kind": wishes.skill_kind,
        **_days(today),
    }
    if kind in ("rule", "mistake", "track"):
        values |= _backgrounds(wishes.background, loaded)
    if kind == "rule":
        values |= _optional_question(loaded)
    if kind in ("mistake", "background"):
        rows = loaded.facts.backgrounds.values()
        orders = [row.question.order for row in loaded.facts.attributes.values() if row.question]
        taken = [row.order for row in rows] if kind == "background" else orders
        values["order"] = str((max(taken, default=0) // 10 + 1) * 10)
    if kind == "track":
        values["skill"] = _free_skill(loaded)
    return values | (_figure(wishes, loaded) if kind == "figure" else {})


def _backgrounds(wished: str | None, loaded: Loaded) -> dict[str, str]:
    rows = sorted(loaded.facts.backgrounds.values(), key=lambda row: row.order)
    ids = [row.id for row in rows]
    if wished is not None and wished not in ids:
        raise InvalidInput([undeclared("backgrounds", wished, ids, Location("--for"))])
    chosen = wished or next(iter(ids), "")
    others = [id_ for id_ in ids if id_ != chosen]
    if not others:
        text = "its scenarios need two backgrounds; add one with `trackfit new background`"
        raise _refusal("facts", "missing-row", text)
    return {"background": chosen, "other": others[-1]}


def _optional_question(loaded: Loaded) -> dict[str, str]:
    """A question that may be left open, and an answer to it."""
    asked = [row for row in loaded.facts.attributes.values() if row.question and row.type != "text"]
    free = [row for row in asked if row.question and not row.question.required]
    if not free:
        raise _refusal(
            "facts", "missing-row", "its condition needs a question that may be left open; add one"
        )
    found = min(free, key=lambda row: row.question.order if row.question else 0)
    if found.range:
        return {"attribute": found.id, "answer": str(found.range[0])}
    first = found.choices[0].id if found.choices else "yes"
    return {"attribute": found.id, "answer": f"[{first}]" if found.type == "set" else first}


def _free_skill(loaded: Loaded) -> str:
    """A skill that no track asks for, so that the advice for others stays as it is; else any."""
    asked = {row.skill for track in loaded.facts.tracks.values() for row in track.skills}
    skills = sorted(
        loaded.facts.skills.values(), key=lambda row: (row.id in asked, bool(row.counts_as), row.id)
    )
    if not skills:
        raise _refusal("facts", "missing-row", "a track asks for skills; add one with `trackfit new skill`")
    return skills[0].id


def _figure(wishes: Wishes, loaded: Loaded) -> dict[str, str]:
    """A figure is never made up: its number, unit and source are asked for."""
    given = {"--value": wishes.value, "--unit": wishes.unit, "--source": wishes.source}
    missing = [option for option, value in given.items() if value is None]
    if missing:
        text = f"a figure is never made up; say {' and '.join(missing)}"
        raise _refusal("trackfit new figure", "missing-option", text)
    value, unit, source = meant.number(str(wishes.value)), str(wishes.unit), str(wishes.source)
    if value is None or "+" in str(wishes.value):
        text = f"{quoted(wishes.value)} is neither a number nor a range; write 75, 37.7 or [3, 6]"
        raise _refusal("--value", "wrong-type", text)
    for _, id_, text in value_faults({"value": json.loads(value), "unit": unit}):
        raise _refusal("--value", id_, text)
    if source not in loaded.rows.ids("sources"):
        raise InvalidInput([undeclared("sources", source, loaded.rows.ids("sources"), Location("--source"))])
    basis = "    basis: not_stated\n" if currency_of(unit) else ""
    return {"value": value, "unit": unit, "source": source, "basis": basis}


def _home(folder: Path, kind: str) -> Path:
    """The file of rules for a kind: the usual one, or the first that there is."""
    usual = folder / HOMES.get(kind, OTHER_HOME)
    there = knowledge_files(folder / "rules")
    return usual if usual in there or not there else there[0]


def _scenarios_beside(rules: Path) -> Path:
    return rules.with_name(f"{rules.stem}.test{rules.suffix}")


def _file_of(table: str, folder: Path, loaded: Loaded, values: Mapping[str, str]) -> Path:
    """The file with most rows of a table that are like the new one."""
    names: dict[str, int] = {}
    for row in loaded.rows.tables[table].values():
        alike = all(row.plain.get(key) in (None, values.get(key)) for key in ("kind", "unit"))
        names[row.node.where.file] = names.get(row.node.where.file, 0) + (1000 if alike else 1)
    return folder / max(sorted(names), key=lambda name: names[name], default=f"facts/{table}.yaml")


def _allowance(path: Path, table: str) -> str:
    """The comment that lets a new skill stand there before a track asks for it, where its file does not allow that."""
    if table != "skills" or (path.exists() and allows_in_table(path.read_text("utf-8-sig"), "unused-skill")):
        return ""
    return (
        "  # trackfit: allow unused-skill because it is new; take this comment out when a track asks for it"
    )


def _appended(path: Path, table: str, rows: str, folder: Path) -> PlannedFile:
    """`rows` at the end of a file, below its table; a file that is not there is begun."""
    if not path.exists():
        head = f"{schema_line(path, folder, kind_of(path, folder))}\n\n{table}:\n"
        return PlannedFile(path, head + rows, 1)
    before = path.read_text(encoding="utf-8-sig").rstrip()
    root, problems = read_text(before, path.relative_to(folder).as_posix())
    if root is None or not isinstance(root.value, dict) or has_errors(problems):
        raise InvalidInput(problems or [_cannot(path, table, folder)])
    indent = _indent(root, table)
    if indent is None:
        raise InvalidInput([_cannot(path, table, folder)])
    added = textwrap.indent(textwrap.dedent(rows), " " * indent)
    text = f"{before}\n\n{added}"
    after, _ = read_text(text, str(path))
    if after is None or len(after.value[table].value) <= len(root.value[table].value):
        raise InvalidInput([_cannot(path, table, folder)])
    return PlannedFile(path, text, before.count("\n") + 3)


def _indent(root: Node, table: str) -> int | None:
    """How far the dashes of a table stand in; None where no row can go at the end of the file."""
    listing = root.value.get(table)
    if (
        listing is None
        or table != list(root.value)[-1]
        or not isinstance(listing.value, list)
        or not listing.value
    ):
        return None
    first: Node = listing.value[0]
    return first.where.column - 3 if first.where.line > root.keys[table].line else None


def _cannot(path: Path, table: str, folder: Path) -> Problem:
    name = path.relative_to(folder).as_posix()
    text = f"no row can be added at the end of this file; let it end with the rows of {table!r}, each starting with a dash"
    return Problem(where=Location(name), id="cannot-append", text=text)
