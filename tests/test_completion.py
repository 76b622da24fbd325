"""Completion of commands and options in the shells that docs/interview.md names, by click's own means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class

from trackfit.cli import COMMANDS, cli

PAGE = Path(__file__).parent.parent / "docs" / "interview.md"


def completed(shell, arguments, incomplete):
    kind = get_completion_class(shell)
    assert kind is not None
    return {
        one.value
        for one in kind(cli, {}, "trackfit", "_TRACKFIT_COMPLETE").get_completions(arguments, incomplete)
    }


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_options(shell):
    kind = get_completion_class(shell)
    assert kind is not None
    assert f"_TRACKFIT_COMPLETE={shell}_source trackfit" in PAGE.read_text(encoding="utf-8")
    script = kind(cli, {}, "trackfit", "_TRACKFIT_COMPLETE").source_vars()
    assert re.search("_TRACKFIT_COMPLETE", " ".join(map(str, script.values())))
    assert completed(shell, [], "") == set(COMMANDS)
    assert completed(shell, [], "int") == {"interview"}
    assert completed(shell, ["interview"], "--re") == {"--resume"}
