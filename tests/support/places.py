"""Where the checkout keeps what tests read."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
BROKEN = TESTS / "broken"
GOLDEN = TESTS / "golden"
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
