"""A cohort's results on one page: who goes where, what they are warned of, what was refused; Markdown and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from trackfit.engine.cohort_totals import Totals
from trackfit.engine.knowledge import KnowledgeBase

BAR = 24
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}td.n{text-align:right}"
    "svg{display:block}@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}"
    "th,td{border-color:#444}}"
)


def to_markdown(totals: Totals, kb: KnowledgeBase, as_of: str) -> str:
    """The summary as Markdown, each table with bars of text."""
    parts = [f"# {_title(totals)}", "", _opening(totals, as_of), ""]
    for heading, first, rows in _tables(totals, kb):
        parts += [f"## {heading}", "", f"| {first} | People | Share | |", "| --- | --- | --- | --- |"]
        parts += [
            f"| {name} | {number:,} | {_share(number, whole)} | {_bar(number, whole)} |"
            for name, number, whole in rows
        ]
        if not rows:
            parts.append("| nobody | 0 | | |")
        parts.append("")
    return "\n".join([*parts, f"Knowledge base `{kb.digest}`.", ""])


def to_html(totals: Totals, kb: KnowledgeBase, as_of: str) -> str:
    """The summary as one self-contained page: no script, nothing fetched."""
    body = [f"<h1>{_title(totals)}</h1>", f"<p>{escape(_opening(totals, as_of))}</p>"]
    for heading, first, rows in _tables(totals, kb):
        body.append(
            f"<h2>{heading}</h2><table><thead><tr><th>{first}</th><th>People</th><th>Share</th><th></th></tr></thead><tbody>"
        )
        body += [
            f'<tr><td>{escape(name)}</td><td class="n">{number:,}</td><td class="n">{_share(number, whole)}</td>'
            f"<td>{_svg(number, whole)}</td></tr>"
            for name, number, whole in rows
        ]
        body.append("</tbody></table>")
    body.append(f"<p>Knowledge base <code>{kb.digest}</code>.</p>")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_title(totals)}</title>'
        f'<meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<style>{STYLE}</style></head><body><main>{''.join(body)}</main></body></html>\n"
    )


def _title(totals: Totals) -> str:
    return f"Advice for {totals.accepted:,} people"


def _opening(totals: Totals, as_of: str) -> str:
    refused = (
        "none was refused" if not totals.rejected else f"{totals.rejected:,} were refused (see rejected.csv)"
    )
    return f"Of {totals.rows:,} rows {totals.accepted:,} were advised and {refused}. As of {as_of}."


Rows = list[tuple[str, int, int]]


def _tables(totals: Totals, kb: KnowledgeBase) -> list[tuple[str, str, Rows]]:
    """Each table's heading, its first column's, and its rows: name, number, and the whole it is a share of."""
    facts = kb.facts
    tracks = {id_: row.name for id_, row in facts.tracks.items()} | {"none": "no track recommended"}
    bases = {
        "sourced_route": "a sourced route",
        "skill_overlap": "skill overlap",
        "none": "no track recommended",
    }
    warnings = {id_: row.title for id_, row in facts.warnings.items()}
    return [
        ("First track", "Track", _rows(totals.tracks, tracks, totals.accepted)),
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
            _rows(totals.goals, {}, totals.accepted),
        ),
        ("Refused rows", "Problem", _rows(totals.problems, {}, max(totals.rows, 1))),
    ]


def _rows(counter: Mapping[str, int], names: dict[str, str], whole: int) -> Rows:
    ordered = sorted(counter.items(), key=lambda one: (-one[1], one[0]))
    return [(names.get(id_, id_), number, whole) for id_, number in ordered]


def _gaps(totals: Totals, kb: KnowledgeBase) -> Rows:
    names = {id_: row.name for id_, row in kb.facts.skills.items()}
    return _rows(totals.gaps, names, totals.accepted)[:15]


def _share(number: int, whole: int) -> str:
    return f"{100 * number / whole:.1f}%" if whole else ""


def _bar(number: int, whole: int) -> str:
    return "█" * round(BAR * number / whole) if whole else ""


def _svg(number: int, whole: int) -> str:
    width = 200 * number / whole if whole else 0
    return (
        f'<svg width="200" height="14" role="img" aria-label="{_share(number, whole)}">'
        f'<rect width="200" height="14" fill="#8884"/><rect width="{width:.1f}" height="14" fill="#2a6fb0"/></svg>'
    )
