"""Commands as tests run them: in this process, with what they print kept."""

from __future__ import annotations

from click.testing import CliRunner

from trackfit.cli import cli


def run(*arguments, given=None):
    """The result of a command, with `given` on its standard input; what no command should raise is raised."""
    words = [str(word) for word in arguments]
    return CliRunner().invoke(cli, words, input=given, prog_name="trackfit", catch_exceptions=False)


def told(*arguments, given=None):
    """The exit status of a command, and what it prints: the result, and beside it."""
    result = run(*arguments, given=given)
    return result.exit_code, result.stdout, result.stderr


def refused(*arguments, given=None):
    """The lines on standard error of a command that must refuse its input."""
    status, output, beside = told(*arguments, given=given)
    assert (status, output) == (2, "")
    return beside.splitlines()
