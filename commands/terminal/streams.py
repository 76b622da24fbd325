"""Standard output and error as the commands write to them, whatever stands at their other end.

A reader that has gone away stops nothing: the command ends with its own status. What cannot be written at all is one
problem. A character that the other end has no letter for is replaced.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from trackfit.commands.outputs import unwritable
from trackfit.engine.problems.errors import refused

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Descriptor(io.RawIOBase):
    """An open file of the process by its number; None where it was closed before the process began."""

    def __init__(self, number: int | None, name: str | None) -> None:
        self.number, self.name = number, name
        self.lost = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self.number is None:
            raise io.UnsupportedOperation("closed")
        return self.number

    def isatty(self) -> bool:
        return self.number is not None and os.isatty(self.number)

    def write(self, content: ReadableBuffer, /) -> int:
        """Write what can be; only the first failure is told, and none of a stream without a name."""
        size = memoryview(content).nbytes
        if self.lost:
            return size
        if self.number is None:
            self.lost = True
            if self.name is None:
                return size
            raise refused(self.name, "unwritable-file", "standard output is closed; open it, or name a file")
        try:
            return os.write(self.number, content)
        except OSError as error:
            self.lost = True
            if self.name is None or isinstance(error, BrokenPipeError):
                return size
            raise unwritable(self.name, error) from error


def take_over() -> None:
    """Put these streams in the place of Python's own, for the rest of the process."""
    sys.stdout = _stream(sys.stdout, 1, "<stdout>", "replace")
    sys.stderr = _stream(sys.stderr, 2, None, "backslashreplace")  # there is no place to tell of it


def _stream(before: TextIO | None, number: int, name: str | None, errors: str) -> TextIO:
    there = before is not None
    raw = _Descriptor(number if there else None, name)
    encoding = before.encoding if before is not None else "utf-8"
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, write_through=name is None)
