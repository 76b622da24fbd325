"""How many examples a property is tried on, and whether they are the same in every run."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

LENIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def seeded(examples):
    """So many examples, the same in every run."""
    return settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=LENIENT)


def searching(examples):
    """So many examples, new ones in every run."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=LENIENT)
