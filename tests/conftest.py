"""What all tests share: a cache folder of their own, nothing of the person's environment, no deadlines."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from trackfit import KnowledgeBase
from trackfit.tests.support.outside import running_browser
from trackfit.tests.support.searches import FAST, WHOLE

settings.register_profile("fast", deadline=None, max_examples=FAST)
settings.register_profile("whole", deadline=None, max_examples=WHOLE)
FAST_TESTS = "not slow"


def pytest_configure(config):
    """The surroundings of all that follows, what is loaded while tests are collected too; those that run beside share them."""
    settings.load_profile("fast" if config.option.markexpr == FAST_TESTS else "whole")
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    for name in ("NO_COLOR", "CI", "COLUMNS", "LINES"):
        patch.delenv(name, raising=False)
    patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = tempfile.TemporaryDirectory(prefix="trackfit-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    patch.setenv("XDG_CACHE_HOME", folder.name)


@pytest.fixture(scope="session")
def kb():
    """The shipped knowledge base with the usual engine."""
    with KnowledgeBase.load() as found:
        yield found


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, and the one that commands run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def browser():
    """For slow tests; skipped where there is none."""
    with running_browser() as found:
        yield found
