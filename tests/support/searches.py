"""How much is tried: examples of a property, rows of a table of tests; `make test` tries a part, `make test-all` all.

`tests/conftest.py` registers the two profiles.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

LENIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
FAST, WHOLE = 25, 100
"""Examples of a property that asks for no number of its own; one that does gets that share of it."""


def share(examples):
    """So many examples in `make test-all`, and in `make test` the share that its profile leaves."""
    profile = settings.default
    assert profile is not None
    return max(1, examples * profile.max_examples // WHOLE)


def seeded(examples):
    """A share of so many examples, the same in every run."""
    return settings(
        max_examples=share(examples), derandomize=True, deadline=None, suppress_health_check=LENIENT
    )


def searching(examples):
    """A share of so many examples, new ones in every run."""
    return settings(max_examples=share(examples), deadline=None, suppress_health_check=LENIENT)


def mostly_slow(rows, quick=1):
    """Rows for `parametrize`: all but the first so many are slow tests."""
    marked = []
    for place, row in enumerate(rows):
        values = row if isinstance(row, tuple) else (row,)
        marked.append(pytest.param(*values, marks=() if place < quick else pytest.mark.slow))
    return marked
