"""What a piece of work costs, measured in the process that does it."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def measured(work: Callable[[], int]) -> dict[str, float]:
    """Seconds by the clock and of the processor, without the start of Python, and the peak of memory in MB."""
    wall, cpu = time.perf_counter(), time.process_time()
    cases = work()
    found = {"cases": cases, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return found | {"peak": peak_of_memory()}


def peak_of_memory() -> float:
    """This process's own, in MB; what `getrusage` gives on Linux includes the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        assert found is not None
        return int(found[1]) / 1_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def rate(work: Callable[[], Any], cases: int, seconds: float) -> float:
    """Cases a second of processor time, over so many seconds at least, after a first time that does not count."""
    work()
    done, start, spent = 0, time.process_time(), 0.0
    while spent < seconds:
        work()
        done += cases
        spent = time.process_time() - start
    return done / spent
