"""What was read from a résumé, shown with where it came from and, in a terminal, confirmed answer by answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from trackfit.commands.terminal import read_line, say

if TYPE_CHECKING:
    from trackfit.engine.importers.answers import Imported
    from trackfit.engine.knowledge import KnowledgeBase

MAX_LINES = 12
"""How many lines about one answer are shown; an answers file has them all."""


def can_ask() -> bool:
    """Whether a person sits at a terminal."""
    terminals = (sys.stdin, sys.stderr)
    return not os.environ.get("CI") and all(one is not None and one.isatty() for one in terminals)


def confirmed(found: Iterable[Imported], kb: KnowledgeBase, *, asks: bool) -> list[Imported]:
    """The answers that the person takes, all of them where nobody is asked. Raises KeyboardInterrupt."""
    return [one for one in found if _agreed(one, kb, asks=asks)]


def _agreed(one: Imported, kb: KnowledgeBase, *, asks: bool) -> bool:
    say()
    say(f"{kb.facts.attributes[one.attribute].label}: {_value(one, kb)}", bold=True)
    for line in one.lines[:MAX_LINES]:
        say(line, indent="  ")
    if len(one.lines) > MAX_LINES:
        say(f"... and {len(one.lines) - MAX_LINES} more", indent="  ")
    while asks:
        try:
            answer = read_line("Take this? Y/n > ").lower()
        except EOFError:
            raise KeyboardInterrupt from None
        if answer in ("", "y", "yes"):
            break
        if answer in ("n", "no"):
            return False
    return True


def _value(one: Imported, kb: KnowledgeBase) -> str:
    """An answer in a few words."""
    if isinstance(one.value, frozenset):
        names = sorted((kb.facts.skills[id_].name for id_ in one.value), key=str.casefold)
        kept = f", and {len(one.unmatched)} not known here" if one.unmatched else ""
        return f"{', '.join(names) or 'none of those known here'}{kept}"
    names_of = {choice.id: choice.name for choice in kb.facts.attributes[one.attribute].choices}
    return names_of.get(str(one.value)) or repr(one.value)
