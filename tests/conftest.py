"""What all tests share: a cache folder of their own, nothing of the person's environment, no deadlines."""

from __future__ import annotations

import pytest
from hypothesis import settings

from trackfit.tests.support.outside import running_browser

settings.register_profile("trackfit", deadline=None)
settings.load_profile("trackfit")


@pytest.fixture(autouse=True, scope="session")
def _own_surroundings(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for name in ("NO_COLOR", "CI", "COLUMNS", "LINES"):
            patch.delenv(name, raising=False)
        yield


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
