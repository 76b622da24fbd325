"""Renews the excerpt of a report in README.md: `python tools/readme_excerpt.py`.

What stands between the two marks is made from the report for an example, on a fixed day.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
EXAMPLE = "examples/backend.yaml"
AS_OF = "2026-11-22"
BEGIN, END = "<!-- excerpt: made by tools/readme_excerpt.py -->", "<!-- end of excerpt -->"


def report() -> str:
    """The whole report for the example."""
    from trackfit import KnowledgeBase, to_markdown
    from trackfit.engine.documents.parse import read_file

    with KnowledgeBase.load(ROOT, cache=False) as kb:
        node, _ = read_file(ROOT / EXAMPLE)
        assert node is not None
        case, _ = kb.reader.read(node)
        assert case is not None
        return to_markdown(kb.consult(case, AS_OF))


def excerpt(text: str) -> str:
    """The recommendation, the plan's table and the first mistake, as a quotation with its footnotes below."""
    parts = [_section(text, "## The recommendation")]
    table = re.search(r"(?:^\|.*(?:\n|\Z))+", _section(text, "## The plan"), re.MULTILINE)
    if table:
        parts.append(f"## The plan\n\n{table[0]}")
    mistakes = _section(text, "## Mistakes to avoid")
    parts.append("\n\n".join(part.strip() for part in mistakes.split("\n### ")[:1]))
    first = mistakes.split("\n### ")[1:2]
    parts += [f"### {one.strip()}" for one in first]
    shown = "\n\n…\n\n".join(parts[:2]) + "\n\n…\n\n" + "\n\n".join(parts[2:])
    quoted = "\n".join(f"> {line}".rstrip() for line in re.sub(r"\n{3,}", "\n\n", shown).strip().splitlines())
    named = dict.fromkeys(re.findall(r"\[\^([^\]]+)\]", quoted))
    notes = [
        note[0] for one in named if (note := re.search(rf"^\[\^{re.escape(one)}\]: .*$", text, re.MULTILINE))
    ]
    return "\n\n".join([quoted, *notes])


def _section(text: str, heading: str) -> str:
    """A section with its heading, down to the next heading of its level."""
    found = re.search(rf"^{re.escape(heading)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0].strip() if found else ""


def renewed() -> str:
    """README.md as it should be."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{excerpt(report())}\n\n{END}{after}"


if __name__ == "__main__":
    README.write_text(renewed(), encoding="utf-8")
