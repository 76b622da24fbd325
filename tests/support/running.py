"""Commands as the tests of bad files run them."""

from __future__ import annotations

from click.testing import CliRunner

from trackfit.cli import cli


def run(*arguments, given=None):
    """The result of a command, with `given` on its standard input."""
    return CliRunner().invoke(cli, arguments, input=given, catch_exceptions=False)


def refused(*arguments, given=None):
    """The lines on standard error of a command that must refuse its input."""
    result = run(*arguments, given=given)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.splitlines()
