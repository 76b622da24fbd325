"""Makes docs/skills.md from facts/skills: which families there are, and how each is built.

`python tools/skills_page.py` writes the page; a test holds that it is in step with the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "facts" / "skills"
PAGE = ROOT / "docs" / "skills.md"
EXAMPLES = 6
HEAD = """\
# The vocabulary of skills

This page is made from the files of `facts/skills/` by `python tools/skills_page.py`; change those, not this.

{skills:,} skills in {files} families, with {spellings:,} written spellings. A skill that no track lists is still known: it
plays no part in the advice, and nobody is told that we have never heard of it.

## How a family is built

One file holds one family, and a row one skill; the columns are told in [facts](facts.md#skills).

- A product that people name often is a skill of its own. Rarer ones of one sort share a row, such as "Other Python web
  frameworks", whose `counts_as` then holds for each of them.
- `counts_as` names the broader skills that *everyone* who holds this one surely holds too: Athena counts as SQL, and Spring
  Boot as REST APIs. It never goes the other way.
- A wrong meaning is worse than an unknown word. Leave out what two readers would take for different things, and words that
  are no skill ("automation", "AI tools"). A short form with two meanings belongs into `ambiguous.yaml`: the interview asks.
- A spelling stands in one row only, and needs no row where the reader finds it by itself (below).

## What needs no alias

The same reader takes skills from answers files, résumés, sheets and the interview. It sees through

- capitals, spaces, hyphens and points: `Node JS` is `node.js`;
- the plural, British spelling and versions: `Vector database`, `data modelling`, `Java 17`, `C++17`;
- the maker before a product, where one alias of it has the maker: `Apache Kafka`, `Amazon S3`;
- a word behind a tool's name that says nothing more: `Kubernetes tooling`, `Python programming`, `LLM-based applications`;
- several names in one: `AWS/GCP`, `Docker and Kubernetes`, `AWS (EC2, S3)`, `Databases: MySQL`;
- how well it is held: `5 years of Java` is Java, while `basic SQL`, `learning PyTorch` and `no Kubernetes` count for nothing
  and stay in the report as they were typed.

A likely slip of the hand (`kuberentes`) is asked about, and kept as typed unless somebody says otherwise. Whatever else is
not known is shown in the report and counted nowhere.

## The families

"""


class Family(NamedTuple):
    """One file: what it is about, what coaches are told of it, and its skills."""

    name: str
    about: str
    rules: list[str]
    skills: list[dict[str, Any]]


def families() -> list[Family]:
    """Every file that has skills, by its name."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if skills := yaml.safe_load(text).get("skills"):
            comments = [line[1:].strip() for line in text.splitlines() if line.startswith("#")]
            about = next(line.partition("Skills: ")[2] for line in comments if line.startswith("Skills: "))
            found.append(Family(path.name, about, list(_rules(comments)), skills))
    return found


def _rules(comments: list[str]) -> Iterator[str]:
    """What a file says of its own `counts_as`, without what every file says."""
    start = next((at for at, line in enumerate(comments) if line.startswith("For coaches.")), len(comments))
    if comments[start : start + 1] == ["For coaches. The fields are explained at the top of languages.yaml."]:
        yield from (line for line in comments[start + 1 :] if line and not line.startswith("trackfit:"))


def page() -> str:
    """The whole page."""
    found = families()
    spellings = sum(1 + len(one.get("aliases") or ()) for family in found for one in family.skills)
    skills = sum(len(family.skills) for family in found)
    parts = [HEAD.format(skills=skills, files=len(found), spellings=spellings)]
    for family in found:
        names = ", ".join(str(one["name"]) for one in family.skills[:EXAMPLES])
        parts.append(
            f"### {family.name}\n\n{_sentence(family.about)} {len(family.skills)} skills, such as {names}.\n"
        )
        if family.rules:
            parts.append(f"{_sentence(' '.join(family.rules))}\n")
    return "\n".join(parts).replace("\n\n\n", "\n\n")


def _sentence(text: str) -> str:
    """With a capital at its beginning and a point behind it."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
