"""How far a long run is, on a terminal."""

from __future__ import annotations

import sys
from typing import Any, Self

import click


class Progress:
    """Tells how far a run is on a terminal, and nothing where there is none."""

    def __enter__(self) -> Self:
        self.bar: Any = None
        if sys.stderr.isatty():
            from rich import progress
            from rich.console import Console

            columns = (
                progress.BarColumn(),
                progress.TextColumn("{task.completed:,} rows, {task.fields[rate]:,.0f} a second, left:"),
                progress.TimeRemainingColumn(),
            )
            self.bar = progress.Progress(*columns, console=Console(stderr=True), transient=True)
            self.bar.start()
            self.task = self.bar.add_task("rows", total=None, rate=0.0)
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def notice(self, text: str) -> None:
        """A word about the file."""
        click.echo(f"note: {text}", err=True)

    def total(self, rows: int | None) -> None:
        """About how many rows there are."""
        if self.bar is not None:
            self.bar.update(self.task, total=rows)

    def progress(self, rows: int) -> None:
        """The number of rows done."""
        if self.bar is not None:
            elapsed = self.bar.tasks[0].elapsed or 1
            self.bar.update(self.task, completed=rows, rate=rows / elapsed)
