"""Build hook: lets an editable install find this checkout under the name `trackfit`.

The root of the checkout is the package, but a folder can only be imported by its own name. So an editable
install puts `.dev/` on the path, and `.dev/trackfit` is a link to the root. Nothing else is touched, and a
normal build does nothing here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "trackfit"


def link_to(root: Path) -> None:
    """Make `.dev/trackfit` point to `root`, whatever an earlier install left there."""
    link = root / ".dev" / PACKAGE
    link.parent.mkdir(exist_ok=True)
    if sys.platform == "win32":
        if not link.exists():
            # A junction, unlike a symbolic link, needs no special right.
            import _winapi

            _winapi.CreateJunction(str(root), str(link))
        return
    if link.exists() and not link.is_symlink():
        raise FileExistsError(f"{link} is in the way: it should be a link to {root}. Please remove it.")
    # Made aside and moved into place: neither another install nor a running program ever sees it missing.
    fresh = link.with_name(f"{PACKAGE}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to("..", target_is_directory=True)
    fresh.replace(link)


class DevLink(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that hatchling calls before each build of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if version == "editable":
            link_to(Path(self.root))
