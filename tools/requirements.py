"""Prints what trackfit needs of other packages, a line each, without durable-rules, which tools/engine.py sets up.

python tools/requirements.py [EXTRA ...]
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def needed(extras: list[str]) -> list[str]:
    """The requirements of the package and of these extras, as pyproject.toml declares them."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    rows = list(project["dependencies"])
    for extra in extras:
        rows += project["optional-dependencies"][extra]
    return [row for row in dict.fromkeys(rows) if not row.startswith("durable-rules")]


def lowest(rows: list[str]) -> list[str]:
    """The same with the oldest versions that are allowed."""
    return [re.sub(r">=([\d.]+).*", r"==\1", row) for row in rows]


if __name__ == "__main__":
    asked = sys.argv[1:]
    rows = needed([one for one in asked if one != "--lowest"])
    print("\n".join(lowest(rows) if "--lowest" in asked else rows))
