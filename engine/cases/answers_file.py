"""A case as an answers file, and what such a file says besides the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

import msgspec

from trackfit.engine.cases.case import Case
from trackfit.engine.language.model import Facts
from trackfit.engine.language.questions import asked

HEADING = "# Answers for trackfit. Change them as you like, then run: trackfit advise THIS_FILE"
SETTLED = "# Asked back, and to stay as it is: "
LEFT_OPEN = "# left open"
_HIDDEN = re.compile("[\x7f-\x9f\xa0\u2028\u2029\ufeff\ufffe\uffff]")
"""What nobody sees in a text, or YAML takes for the end of a line."""


def to_yaml(case: Case, facts: Facts, left_open: Collection[str] = (), settled: Collection[str] = ()) -> str:
    """The answers as an answers file that `advise` reads back to the same case, in the order of the questions.

    What was settled stands in a comment, for the interview to read when it goes on.
    """
    plain = case.plain()
    lines = [f"{SETTLED}{json.dumps(sorted(settled))}"] if settled else []
    said = [row for row in facts.attributes.values() if row.said_in]
    for attribute in (*asked(facts.attributes.values()), *said):
        if attribute.id in plain and attribute.id not in case.defaulted:
            lines.append(f"{attribute.id}: {_scalar(plain[attribute.id])}")
        elif attribute.id in left_open:
            lines.append(f"{attribute.id}: {LEFT_OPEN}")
    return "\n".join([HEADING, *lines, ""])


def settled_in(text: str) -> frozenset[str]:
    """What an answers file says was settled; nothing where it says so in no way that we write."""
    for line in text.splitlines():
        if line.startswith(SETTLED):
            try:
                return frozenset(msgspec.json.decode(line.removeprefix(SETTLED), type=list[str]))
            except msgspec.DecodeError:
                break
    return frozenset()


def _scalar(value: Any) -> str:
    """A value on one line of YAML; texts in quotes, so that no reader takes them for anything else."""
    if isinstance(value, list):
        return f"[{', '.join(_scalar(one) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
