"""Outputs kept whole: with TRACKFIT_REFRESH_GOLDEN=1 in the environment a test writes them anew."""

from __future__ import annotations

import os
import re

from trackfit.tests.support.places import GOLDEN


def neutral(text: str) -> str:
    """A report without what says which program and which files made it; all that they decide stays."""
    text = re.sub(r"trackfit \S+ \((durable-rules|three-valued)\)", "trackfit VERSION (ENGINE)", text)
    return re.sub(r"([Kk]nowledge base (`|<code>)?)sha256:[0-9a-f]{64}", r"\1DIGEST", text)


def same_as_golden(name: str, text: str) -> None:
    """Fail where a text is not the one kept under this name in tests/golden."""
    path = GOLDEN / name
    if os.environ.get("TRACKFIT_REFRESH_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
