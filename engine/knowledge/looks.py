"""Whether an organization's logo and colors can stand on a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trackfit.engine.documents.folder import files_in
from trackfit.engine.knowledge.references import Rows, WrittenRow
from trackfit.engine.language.images import LARGEST, kind_of
from trackfit.engine.problems.problem import Location, Problem, misspelt

LEAST_CONTRAST = 4.5
"""What WCAG 2.2 asks of text at level AA."""
PAPERS = {"color": "#ffffff", "dark_color": "#12181f"}
"""What each color stands on, as templates/page.css has it; and what is written on it has that color."""


def look_faults(folder: Path, rows: Rows) -> Iterator[Problem]:
    """What is wrong with the rows of the table `organization`, beyond the shape of each."""
    found = list(rows.sound("organization"))
    for row in found[1:]:
        text = "a knowledge base is of one organization, and another row stands before this; take one out"
        yield Problem(where=row.node.where, id="wrong-shape", text=text)
    for row in found:
        yield from _logo(folder / "templates", row)
        for key, paper in PAPERS.items():
            color = row.plain.get(key)
            if isinstance(color, str) and contrast(color, paper) < LEAST_CONTRAST:
                darker = "darker" if key == "color" else "lighter"
                text = f"{color} can hardly be read on {paper} (contrast {contrast(color, paper):.1f} to 1); make it {darker}"
                yield Problem(
                    where=row.node.find((key,)),
                    id="low-contrast",
                    text=f"{text}, until that is {LEAST_CONTRAST}",
                )


def _logo(templates: Path, row: WrittenRow) -> Iterator[Problem]:
    name = row.plain.get("logo")
    if not isinstance(name, str):
        return
    where: Location = row.node.find(("logo",))
    there = {path.name: path for path in files_in(templates) if path.parent == templates}
    if name not in there:
        text = f"there is no file {name!r} in templates/"
        yield misspelt(where, "unusable-logo", text, name, there)
        return
    size = there[name].stat().st_size
    if size > LARGEST:
        text = f"{name} has {size:,} bytes, more than {LARGEST:,}; every page holds it, so make it smaller"
        yield Problem(where=where, id="unusable-logo", text=text)
    elif kind_of(there[name].read_bytes()) is None:
        text = f"{name} is no PNG and no JPEG, whatever its name says; save it as one of them"
        yield Problem(where=where, id="unusable-logo", text=text)


def contrast(one: str, other: str) -> float:
    """How far two colors are apart in brightness, from 1 to 21, as WCAG 2.2 counts it.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    brighter, darker = sorted(map(_luminance, (one, other)), reverse=True)
    return round((brighter + 0.05) / (darker + 0.05), 2)


def _luminance(color: str) -> float:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
