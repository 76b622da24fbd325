"""Knowledge bases in which a statement is false, put together from their layers."""

from __future__ import annotations

import shutil

from trackfit.tests.support.places import BROKEN


def overlaid(name, folder):
    """The smallest knowledge base, what the statements need besides, and the files of one case on top."""
    for layer in (BROKEN / "base", BROKEN / "prove" / "base", BROKEN / "prove" / name):
        shutil.copytree(layer, folder, dirs_exist_ok=True)
    return folder


def write(folder, file, text):
    (folder / file).write_text(text, encoding="utf-8")
