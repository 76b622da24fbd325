"""What an edit changes in what is written: figures and who quotes them, rows of facts, texts and templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.documents.folder import files_in
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import consult
from trackfit.engine.language import formats
from trackfit.engine.language.columns import named
from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.facts import Figure
from trackfit.engine.language.model import Advise, Facts, GroundRule, Warn
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.report.report import to_json
from trackfit.engine.workshop.scenarios.scenarios import Scenario

MOST_REPORTS = 40
"""Reports that are written to see which figures they quote."""
_IN_TEXT = re.compile(r"\{\{\s*figure\.([a-z0-9_]+)")


class ChangedFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that differs: its value before and after (None where it is not there), and where it is named.

    `reports` names the scenarios, of those whose reports were written, in whose report it is quoted.
    """

    id: str
    before: str | None
    after: str | None
    rules: tuple[str, ...]
    routes: tuple[str, ...]
    tracks: tuple[str, ...]
    reports: tuple[str, ...]
    reports_written: int


class Rewritten(msgspec.Struct, frozen=True, kw_only=True):
    """What is written differently; each row of facts with the columns that differ, or "added", "removed"."""

    figures: tuple[ChangedFigure, ...]
    rows: dict[str, tuple[str, ...]]
    templates: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether anything is."""
        return bool(self.figures or self.rows or self.templates)


def written(old: KnowledgeBase, new: KnowledgeBase, scenarios: Sequence[Scenario], as_of: str) -> Rewritten:
    """Compare what is written in two knowledge bases."""
    return Rewritten(
        figures=tuple(_figures(old, new, scenarios, as_of)),
        rows=_rows(old.facts, new.facts),
        templates=_templates(old, new),
    )


def _tracks_naming(kb: KnowledgeBase, figure: str) -> Iterator[str]:
    """The tracks in whose row or salary bands a figure stands."""
    for track in kb.facts.tracks.values():
        bands = (band.id for band in kb.measures.bands[track.id].figures)
        if figure in {*named(track, "figures"), *bands}:
            yield track.id


def _figures(
    old: KnowledgeBase, new: KnowledgeBase, scenarios: Sequence[Scenario], as_of: str
) -> Iterator[ChangedFigure]:
    ids = sorted({*old.facts.figures, *new.facts.figures})
    changed = [id_ for id_ in ids if old.facts.figures.get(id_) != new.facts.figures.get(id_)]
    if not changed:
        return
    some = scenarios[:: max(1, len(scenarios) // MOST_REPORTS)]
    quoted = [(one.name, _quoted(new, one.case, one.as_of or as_of)) for one in some]
    for id_ in changed:
        kb = new if id_ in new.facts.figures else old
        yield ChangedFigure(
            id=id_,
            before=_value(old.facts.figures.get(id_)),
            after=_value(new.facts.figures.get(id_)),
            rules=tuple(sorted({rule.rule for rule in kb.program.rules if id_ in figures_of(rule)})),
            routes=tuple(route.id for route in kb.facts.routes.values() if id_ in named(route, "figures")),
            tracks=tuple(_tracks_naming(kb, id_)),
            reports=tuple(name for name, figures in quoted if id_ in figures),
            reports_written=len(quoted),
        )


def figures_of(rule: GroundRule) -> set[str]:
    """The figures that a rule compares with, or names in its text."""
    found = {leaf.figure for leaf in leaves(rule.when) if leaf.figure is not None}
    if isinstance(rule.then, Warn | Advise):
        found |= set(_IN_TEXT.findall(rule.then.says))
    return found


def _value(figure: Figure | None) -> str | None:
    if figure is None:
        return None
    values = [
        figure,
        *(msgspec.structs.replace(figure, **msgspec.structs.asdict(one)) for one in figure.earlier),
    ]
    return ", before ".join(f"{formats.figure(one)} ({formats.date(one.as_of)})" for one in values)


def _quoted(kb: KnowledgeBase, case: Case, as_of: str) -> frozenset[str]:
    try:
        return frozenset(one["id"] for one in to_json(consult(kb, case, as_of))["figures"])
    except ConflictingConclusions:
        return frozenset()


def _rows(old: Facts, new: Facts) -> dict[str, tuple[str, ...]]:
    """The rows of facts that differ, but figures: "added", "removed", or the columns."""
    found: dict[str, tuple[str, ...]] = {}
    for table in Facts.__struct_fields__:
        before, after = getattr(old, table), getattr(new, table)
        for id_ in sorted({*before, *after}) if table != "figures" else ():
            if id_ not in before or id_ not in after:
                found[f"{table}.{id_}"] = ("removed" if id_ in before else "added",)
            elif before[id_] != after[id_]:
                columns = before[id_].__struct_fields__
                found[f"{table}.{id_}"] = tuple(
                    one for one in columns if getattr(before[id_], one) != getattr(after[id_], one)
                )
    return found


def _templates(old: KnowledgeBase, new: KnowledgeBase) -> tuple[str, ...]:
    texts = [
        {
            path.relative_to(kb.folder / "templates").as_posix(): path.read_bytes()
            for path in files_in(kb.folder / "templates")
        }
        for kb in (old, new)
    ]
    return tuple(name for name in sorted({*texts[0], *texts[1]}) if texts[0].get(name) != texts[1].get(name))
