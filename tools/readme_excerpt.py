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
    """The first page without the pay, with one step of the plan, as a quotation with its footnotes below."""
    top, _, _ = text.partition("\n## The plan\n")
    plan = _section(text, "## The plan").split("\n### ")
    parts = [
        top.strip(),
        "\n\n### ".join(part.strip() for part in plan[:2]),
        _section(text, "## Watch out for"),
    ]
    shown = "\n\n".join(parts[:2]) + "\n\n…\n\n" + parts[2] + "\n\n" + _section(text, "## Next steps")
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
