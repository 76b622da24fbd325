"""Texts that say what their writer cannot have meant: a scaffold's words that nobody replaced, a sentence twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Template

from trackfit.engine.documents.node import Node, walk
from trackfit.engine.documents.parse import read_text
from trackfit.engine.knowledge.references import Rows
from trackfit.engine.problems.problem import Problem, quoted

MARK = re.compile(r"(?<!\w)(?:TODO|FIXME|TBD|XXX)(?!\w)|\b[Ll]orem ipsum\b")
"""What people write where something is still to be written."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
LEAST_WORDS = 4
"""Shorter sentences may stand in a text twice."""
_FILLED = "Zz"
"""Stands for what `trackfit new` fills in."""


def unfilled(text: str) -> str | None:
    """The words of a text that wait for others: those of a scaffold, or a mark such as TODO; None where there are none.

    >>> unfilled("Ask for the price. TODO: which?")
    'TODO'
    """
    found = MARK.search(text)
    if found:
        return found[0]
    words = " ".join(text.split())
    return words if _scaffold_texts().fullmatch(words) else None


def repeated(text: str) -> str | None:
    """The first sentence that stands in a text twice; None where there is none."""
    seen: set[str] = set()
    for sentence in _SENTENCE_END.split(" ".join(text.split())):
        if sentence in seen and len(sentence.split()) >= LEAST_WORDS:
            return sentence
        seen.add(sentence)
    return None


def row_text_faults(rows: Rows, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Such texts in rows of every kind."""
    for row in rows:
        for node in walk(row.node):
            if isinstance(node.value, str):
                yield from _text_faults(node, texts.get(node.where.file, ""))


def _text_faults(node: Node, source: str) -> Iterator[Problem]:
    """What is wrong with one text of a file with the text `source`."""
    if words := unfilled(node.value):
        told = f"{quoted(words)} waits for words of yours; write them, for readers see this"
        yield Problem(where=node.spot(source, words), id="placeholder", text=told, severity="warning")
    if sentence := repeated(node.value):
        told = f"the sentence {quoted(sentence)} stands here twice; take one out"
        yield Problem(
            where=node.spot(source, sentence), id="repeated-sentence", text=told, severity="warning"
        )


@cache
def _scaffold_texts() -> re.Pattern[str]:
    """The sentences that `trackfit new` writes for others to replace."""
    found: set[str] = set()
    for path in (files("trackfit") / "scaffolds").iterdir():
        if not path.name.endswith(".yaml"):
            continue
        text = path.read_text(encoding="utf-8")
        names = dict.fromkeys(Template(text).get_identifiers(), _FILLED)
        root, _ = read_text(Template(text).substitute({**names, "basis": ""}), path.name)
        assert root is not None
        for table, listing in root.value.items():
            found |= {
                node.value
                for node in walk(listing)
                if table != "scenarios"
                and isinstance(node.value, str)
                and len(re.split(r"[\s-]+", node.value)) > 2
            }
    patterns = (re.escape(" ".join(text.split())).replace(_FILLED, ".+") for text in sorted(found))
    return re.compile("|".join(patterns))
