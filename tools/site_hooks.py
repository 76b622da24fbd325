"""What the site's build adds to mkdocs.

The menu lists the pages of whole folders; the program is laid out as the package `trackfit` for its docstrings to be
read (in the checkout it lies between everything else, which takes long to go through); and no page may load anything
from outside the site.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "build" / "site-package" / "trackfit"
LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"'](?:https?:)?//|<link\b[^>]*\bhref=[\"'](?:https?:)?//"
)


def on_startup(**_: Any) -> None:
    """Lay out the package."""
    shutil.rmtree(PACKAGE, ignore_errors=True)
    shutil.copytree(ROOT / "engine", PACKAGE / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "__init__.py", PACKAGE)


def on_config(config: Any) -> Any:
    """Put in the pages of each folder (`adr/`) that the menu names."""
    config["nav"] = _with_folders(config["nav"], Path(config["docs_dir"]))
    return config


def _with_folders(entry: Any, docs: Path) -> Any:
    if isinstance(entry, list):
        return [_with_folders(one, docs) for one in entry]
    if isinstance(entry, dict):
        return {title: _with_folders(one, docs) for title, one in entry.items()}
    if entry.endswith("/"):
        pages = sorted((docs / entry).glob("*.md"), key=lambda page: (page.stem != "index", page.name))
        return [page.relative_to(docs).as_posix() for page in pages]
    return entry


def on_post_build(config: Any) -> None:
    """Refuse a page that loads anything from elsewhere: the site is read offline."""
    site = Path(config["site_dir"])
    for page in sorted(site.rglob("*.html")):
        found = LOADED.search(page.read_text(encoding="utf-8"))
        if found:
            raise click.ClickException(f"{page.relative_to(site)} loads something from elsewhere: {found[0]}")
