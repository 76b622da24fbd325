"""Renews the picture of the rooms in docs/architecture.md: `python tools/architecture.py`.

It is made from the imports as they are: an arrow goes from a room to each room that it uses, but where a longer way
of arrows says so already.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grimp import build_graph

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/architecture.md"
BEGIN, END = "<!-- rooms: made by tools/architecture.py -->", "<!-- end of rooms -->"
ENGINE = "trackfit.engine"
COMMANDS = "commands"
KINDS = {
    "The flow: one person's advice": (
        "documents",
        "knowledge",
        "cases",
        "inference",
        "explanation",
        "report",
    ),
    "The wings": ("adverts", "cohort", "interview", "proofs", "resumes", "site", "workshop"),
    "Used by all": ("language", "papers", "problems"),
}
Uses = Mapping[str, frozenset[str]]


def uses() -> Uses:
    """The rooms, and the command line, each with the rooms that it imports from."""
    graph = build_graph("trackfit", exclude_type_checking_imports=True, cache_dir=None)
    rooms = {module.removeprefix(f"{ENGINE}."): module for module in graph.find_children(ENGINE)}
    homes = {**rooms, COMMANDS: "trackfit.commands"}
    return {
        room: frozenset(
            other
            for other, target in rooms.items()
            if other != room and graph.direct_import_exists(importer=home, imported=target, as_packages=True)
        )
        for room, home in homes.items()
    }


def _reached(room: str, found: Uses) -> frozenset[str]:
    """Every room that one comes to from here, in one step or more."""
    return found[room].union(*(_reached(other, found) for other in found[room]))


def shortened(found: Uses) -> Uses:
    """The same without what follows from the rest."""
    return {
        room: used - frozenset().union(*(_reached(other, found) for other in used))
        for room, used in found.items()
    }


def picture() -> str:
    """The rooms as a Mermaid flowchart."""
    found = uses()
    drawn = {room for rooms in KINDS.values() for room in rooms} | {COMMANDS}
    if drawn != set(found):
        raise ValueError(f"these rooms have no place in the picture, or are no more: {drawn ^ set(found)}")
    lines = ["```mermaid", "flowchart TD", f"    {COMMANDS}([{COMMANDS}])"]
    for number, (kind, rooms) in enumerate(KINDS.items()):
        lines += [f'    subgraph kind{number}["{kind}"]', *(f"        {room}" for room in rooms), "    end"]
    lines += [
        f"    {room} --> {other}" for room, used in sorted(shortened(found).items()) for other in sorted(used)
    ]
    return "\n".join([*lines, "```"])


def renewed() -> str:
    """docs/architecture.md as it should be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{picture()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(), encoding="utf-8")
