"""A cohort's results on one page: who goes where, what they are warned of, what was refused; Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from trackfit.engine.cohort.grids import Cell, Grid, backgrounds, groups, people
from trackfit.engine.cohort.totals import Totals
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.markdown import Typed, show

BAR = 24
FIRST_TRACK, NEARNESS = "First track", "How near they are to it"
STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #d0d0d0; --rest: #e6e6e6; --part: #2a6fb0 }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper) }
h1 { line-height: 1.2 }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.25rem; line-height: 1.3 }
table { border-collapse: collapse; width: 100% }
.wide { overflow-x: auto }
.wide td, .wide th { padding-right: .8rem }
a { color: var(--part) }
th, td { text-align: left; vertical-align: top; padding: .4rem 0; border-bottom: 1px solid var(--line) }
.n { text-align: right; width: 4.5rem; padding-left: .5rem; font-variant-numeric: tabular-nums }
td svg { display: block; width: 100%; height: 6px; margin-top: .3rem }
.rest { fill: var(--rest) }
.part { fill: var(--part) }
code { overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eee; --paper: #161616; --line: #444; --rest: #333; --part: #6aa9e0 }
}
"""


def to_markdown(totals: Totals, kb: KnowledgeBase, as_of: str, *, reports: bool = False) -> str:
    """The summary as Markdown, each table with bars of text; with links to the `reports` where there are some."""
    parts = [f"# {_title(totals)}", "", _opening(totals, as_of), ""]
    for table in _sections(totals, kb, reports=reports):
        if isinstance(table, Grid):
            parts += [f"## {table.heading}", "", _line(table.columns), _line(["---"] * len(table.columns))]
            parts += [_line([_as_markdown(cell) for cell in row]) for row in table.rows]
        else:
            heading, first, rows = table
            parts += [f"## {heading}", "", f"| {first} | People | Share | |", "| --- | --- | --- | --- |"]
            parts += [
                f"| {name} | {number:,} | {_share(number, whole)} | {_bar(number, whole)} |"
                for name, number, whole in rows
            ]
        parts.append("")
    return "\n".join([*parts, f"Knowledge base `{kb.digest}`.", ""])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _as_markdown(cell: Cell) -> str:
    if isinstance(cell, str):
        return show(Typed(cell))
    return ", ".join(f"[{link.text}](<{link.to}>)" for link in cell)


def to_html(totals: Totals, kb: KnowledgeBase, as_of: str, *, reports: bool = False) -> str:
    """The summary as one self-contained page: no script, nothing fetched."""
    body = [f"<h1>{_title(totals)}</h1>", f"<p>{escape(_opening(totals, as_of))}</p>"]
    body += [
        _grid(table) if isinstance(table, Grid) else _counts(*table)
        for table in _sections(totals, kb, reports=reports)
    ]
    body.append(f"<p>Knowledge base <code>{kb.digest}</code>.</p>")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_title(totals)}</title>'
        f'<meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<style>{STYLE}</style></head><body><main>{chr(10).join(body)}</main></body></html>\n"
    )


def _counts(heading: str, first: str, rows: Rows) -> str:
    """A table of counts of the page, each with its share as a bar."""
    lines = [
        f"<tr><td>{escape(name)}{_svg(number, whole)}</td><td class='n'>{number:,}</td>"
        f"<td class='n'>{_share(number, whole)}</td></tr>"
        for name, number, whole in rows
    ]
    return (
        f"<h2>{heading}</h2>\n<table><thead><tr><th scope='col'>{first}</th><th scope='col' class='n'>People</th>"
        f"<th scope='col' class='n'>Share</th></tr></thead><tbody>\n{chr(10).join(lines)}\n</tbody></table>"
    )


def _grid(grid: Grid) -> str:
    """A table of the page; it scrolls by itself where a screen is too narrow for it."""
    head = "".join(f"<th scope='col'>{escape(column)}</th>" for column in grid.columns)
    rows = "\n".join(f"<tr>{''.join(f'<td>{_as_html(cell)}</td>' for cell in row)}</tr>" for row in grid.rows)
    return (
        f"<h2>{grid.heading}</h2>\n<div class='wide' role='region' aria-label='{grid.heading}' tabindex='0'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _as_html(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    return ", ".join(f'<a href="{escape(link.to)}">{escape(link.text)}</a>' for link in cell)


def rows_of_summary(
    totals: Totals, kb: KnowledgeBase, as_of: str
) -> list[tuple[str, str, int | None, str | None]]:
    """The summary as rows of one table: of which heading, what, how many people, and their share."""
    found: list[tuple[str, str, int | None, str | None]] = [
        (_title(totals), _opening(totals, as_of), None, None)
    ]
    for heading, _, rows in _tables(totals, kb):
        found += [(heading, name, number, _share(number, whole)) for name, number, whole in rows]
    return [*found, ("Knowledge base", kb.digest, None, None)]


def _title(totals: Totals) -> str:
    return f"Advice for {totals.accepted:,} {'person' if totals.accepted == 1 else 'people'}"


def _opening(totals: Totals, as_of: str) -> str:
    refused = "none" if not totals.rejected else f"{totals.rejected:,}"
    refused += " was" if totals.rejected < 2 else " were"
    see = " (see rejected.csv)" if totals.rejected else ""
    rows = "row" if totals.rows == 1 else "rows"
    advised = "was" if totals.accepted == 1 else "were"
    return f"Of {totals.rows:,} {rows} {totals.accepted:,} {advised} advised and {refused} refused{see}. As of {as_of}."


Rows = list[tuple[str, int, int]]


def _sections(totals: Totals, kb: KnowledgeBase, *, reports: bool) -> Iterator[tuple[str, str, Rows] | Grid]:
    """All tables that have rows: where people go and how near it is, who goes with whom, the rest, and the people."""
    tables = _tables(totals, kb)
    first = [one for one in tables if one[0] in (FIRST_TRACK, NEARNESS)]
    yield from first
    yield from (grid for grid in (backgrounds(totals, kb), groups(totals, kb)) if grid.rows)
    yield from (one for one in tables if one not in first)
    if totals.people:
        yield people(totals, kb, reports=reports)


def _tables(totals: Totals, kb: KnowledgeBase) -> list[tuple[str, str, Rows]]:
    """The tables that have rows: heading, that of the first column, and rows of name, number, and whole."""
    facts = kb.facts
    tracks = {id_: row.name for id_, row in facts.tracks.items()} | {"none": "no track recommended"}
    bases = {
        "sourced_route": "a sourced route",
        "skill_overlap": "skill overlap",
        "none": "no track recommended",
    }
    place = facts.attributes.get("goal_against_band")
    places = {one.id: one.name for one in place.choices} if place else {}
    warnings = {id_: row.title for id_, row in facts.warnings.items()}
    nearness = {"near": "Near", "within_reach": "Within reach", "far": "Far"}
    found = [
        (FIRST_TRACK, "Track", _rows(totals.tracks, tracks, totals.accepted)),
        (
            NEARNESS,
            "Nearness",
            [
                (name, totals.nearness[id_], totals.accepted)
                for id_, name in nearness.items()
                if id_ in totals.nearness
            ],
        ),
        ("On what grounds", "Grounds", _rows(totals.bases, bases, totals.accepted)),
        ("Warnings", "Warning", _rows(totals.warnings, warnings, totals.accepted)),
        ("Commonest gaps on the way to the first track", "Skill", _gaps(totals, kb)),
        (
            "Size of the gap",
            "Missing skills",
            [(str(size), n, totals.accepted) for size, n in sorted(totals.gap_sizes.items())],
        ),
        (
            "Salary goal against the sourced band of the first track",
            "Goal",
            _rows(totals.goals, places, totals.accepted),
        ),
        ("Refused rows", "Problem", _rows(totals.problems, {}, max(totals.rows, 1))),
    ]
    return [(heading, first, rows) for heading, first, rows in found if rows]


def _rows(counter: Mapping[str, int], names: dict[str, str], whole: int) -> Rows:
    ordered = sorted(counter.items(), key=lambda one: (-one[1], one[0]))
    return [(names.get(id_, id_), number, whole) for id_, number in ordered]


def _gaps(totals: Totals, kb: KnowledgeBase) -> Rows:
    names = {id_: row.name for id_, row in kb.facts.skills.items()}
    return _rows(totals.gaps, names, totals.accepted)[:15]


def _share(number: int, whole: int) -> str:
    if not whole:
        return ""
    return f"{100 * number / whole:.1f}%" if number == 0 or 1_000 * number >= whole else "under 0.1%"


def _bar(number: int, whole: int) -> str:
    return "█" * round(BAR * number / whole) if whole else ""


def _svg(number: int, whole: int) -> str:
    """The share as a bar, for the eye only."""
    width = 100 * number / whole if whole else 0
    return (
        '<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rest" width="100" height="1"/><rect class="part" width="{width:.1f}" height="1"/></svg>'
    )
