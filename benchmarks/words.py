"""How many typed skills the reader takes a second, and how many of a list of names it knows.

Without a list it reads what the vocabulary itself holds, each spelling once and changed as people change it. Lists are files
with a name on each line, or a count, a tab and a name: `python benchmarks/words.py NAMES.tsv MORE.txt` adds the share that is
known, by mentions and by distinct names, and with `--unknown` names what is not.
Run it with `make bench SECTION=words`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import NamedTuple

from trackfit import KnowledgeBase
from trackfit.benchmarks._measure import rate
from trackfit.engine.cases.typed_skills import read_entry
from trackfit.engine.language.vocabulary import SkillIndex

SECONDS = 2.0
AIM = 100_000
LOADS = 20


class Named(NamedTuple):
    """A name from a list, and how often it is mentioned there."""

    name: str
    mentions: int


def main(lists: list[str]) -> None:
    """Measure, and print what came out."""
    kb = KnowledgeBase.load(engine="three-valued")
    index = kb.reader.index
    names = [text for skill in kb.facts.skills.values() for text in (skill.name, *skill.aliases)]
    changed = [f"{name} tools" for name in names[::3]] + [f"{name} 3.1" for name in names[1::3]]
    print(f"The vocabulary: {len(kb.facts.skills):,} skills, {len(index.spellings()):,} spellings")
    print(f"Typed skills a second of processor time (aim: {AIM:,}); Python {sys.version.split()[0]}")
    print(f"  as they are written      {rate(lambda: _read(index, names), len(names), SECONDS):10,.0f}")
    print(f"  with words or versions   {rate(lambda: _read(index, changed), len(changed), SECONDS):10,.0f}")
    start = time.process_time()
    for _ in range(LOADS):
        KnowledgeBase.load(engine="three-valued")
    print(f"  loading it all           {1000 * (time.process_time() - start) / LOADS:10.1f} ms, compiled")
    for path in (one for one in lists if not one.startswith("--")):
        _share(index, Path(path), told="--unknown" in lists)


def _read(index: SkillIndex, names: list[str]) -> None:
    for name in names:
        read_entry(index, name)


def _share(index: SkillIndex, path: Path, *, told: bool) -> None:
    """How much of a list is known: read as one skill or several, or asked back as one of several."""
    named = [_named(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    unknown = [
        one
        for one in named
        if (entry := read_entry(index, one.name)).unknown or not (entry.ids or entry.unclear)
    ]
    mentions = sum(one.mentions for one in named)
    known = mentions - sum(one.mentions for one in unknown)
    asked = sum(one.mentions for one in named if read_entry(index, one.name).unclear)
    print(
        f"{path.name}: {known / mentions:.1%} of {mentions:,} mentions, "
        f"{1 - len(unknown) / len(named):.1%} of {len(named):,} names"
    )
    print(f"  of the mentions {asked / mentions:.1%} may mean several skills, and are asked back")
    for one in unknown if told else ():
        print(f"  {one.mentions}\t{one.name}")


def _named(line: str) -> Named:
    count, tab, name = line.partition("\t")
    return Named(name.strip(), int(count)) if tab else Named(line.strip(), 1)


if __name__ == "__main__":
    main(sys.argv[1:])
