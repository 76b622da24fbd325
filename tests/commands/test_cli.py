"""The command itself: its help, its version, its ways to be started, and output that nobody reads to the end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import trackfit
from trackfit.cli import COMMANDS, cli
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.running import run
from trackfit.tests.support.searches import mostly_slow

EXAMPLE = str(ROOT / "examples/backend.yaml")
MODULE = [sys.executable, "-m", "trackfit"]


def process(command, **options):
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **options)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_has_an_example_of_each_way_to_start(arguments):
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "trackfit interview --out report.md" in result.stdout
    assert "trackfit advise answers.yaml" in result.stdout
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", result.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert COMMANDS[name] == command.get_short_help_str(limit=200)


def test_the_list_of_commands_loads_none_of_them():
    code = (
        "import sys; from trackfit.cli import cli; cli(['--help'], standalone_mode=False);"
        " print(sorted(name for name in sys.modules if name.startswith(('trackfit.commands', 'trackfit.engine'))))"
    )
    done = process([sys.executable, "-c", code])
    assert done.stdout.splitlines()[-1] == str(
        [
            "trackfit.commands",
            "trackfit.commands.faults",
            "trackfit.engine",
            "trackfit.engine.problems",
            "trackfit.engine.problems.errors",
            "trackfit.engine.problems.problem",
        ]
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name):
    result = run(name, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"trackfit {name}" in result.stdout.split("\n", 1)[1]


def test_version_of_program_knowledge_base_and_engine():
    result = run("--version")
    assert (result.exit_code, result.stderr) == (0, "")
    program, knowledge, engine = result.stdout.splitlines()
    assert program == f"trackfit {trackfit.__version__}"
    assert re.fullmatch(r"knowledge base sha256:[0-9a-f]{12}, newest figure \d{4}\S*", knowledge)
    assert engine in ("engine durable-rules", "engine three-valued")


@pytest.mark.parametrize(
    ("typed", "hint"), [("advize", "; did you mean 'advise'?"), ("intervew", "; did you mean 'interview'?")]
)
def test_a_mistyped_command_names_the_nearest(typed, hint):
    result = run(typed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"Error: there is no command '{typed}'{hint}\n")


@pytest.mark.parametrize("arguments", [("advise",), ("advise", EXAMPLE, "--frmat", "json"), ("--nonsense",)])
def test_wrong_use_says_where_help_is(arguments):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--help' for help." in result.stderr


@pytest.mark.parametrize(
    "command",
    [MODULE, [sys.executable, str(ROOT / "cli.py")]],
    ids=["python -m trackfit", "python cli.py"],
)
def test_other_ways_to_start(command, tmp_path):
    """From another folder; the advice is the same, byte for byte."""
    arguments = ("advise", EXAMPLE, "--as-of", "2026-11-22")
    result = process([*command, *arguments], cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == run(*arguments).stdout
    assert result.stdout.startswith("# ")


def test_no_colour_where_none_is_wanted(monkeypatch):
    """Asked to print in colour, as a terminal does, the command still prints none."""
    for name in ("NO_COLOR", "CI"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "1")
            result = CliRunner().invoke(cli, ["interview"], color=True, input="")
            assert "\x1b" not in result.output
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in CliRunner().invoke(cli, ["interview"], color=True, input="").output
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[1m" in CliRunner().invoke(cli, ["interview"], color=True, input="").output


@pytest.mark.parametrize(
    "arguments",
    mostly_slow([(one,) for one in [("advise", EXAMPLE), ("advise", EXAMPLE, "--format", "json")]]),
)
def test_a_reader_that_leaves_early_gets_no_traceback(arguments):
    """As `trackfit advise … | head -1` may: here the reader is gone before the first byte."""
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run([*MODULE, *arguments], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_a_problem_and_no_traceback():
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*MODULE, "advise", EXAMPLE], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert result.returncode == 2
    assert result.stderr.decode() == (
        "<stdout>:1:1: error: cannot write here: No space left on device; name another place (unwritable-file)\n"
    )


def test_standard_output_may_be_closed():
    script = "import os, sys; os.close(1); os.execv(sys.argv[1], sys.argv[1:])"
    result = process([sys.executable, "-c", script, *MODULE, "advise", EXAMPLE])
    assert result.returncode == 2
    assert result.stderr == (
        "<stdout>:1:1: error: standard output is closed; open it, or name a file (unwritable-file)\n"
    )


def test_a_cache_folder_that_cannot_be_made_is_no_fault(tmp_path):
    (tmp_path / "file").touch()
    result = process(
        [*MODULE, "advise", EXAMPLE], env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "file")}
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_a_broken_cache_is_no_fault(tmp_path):
    surroundings = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    first = process([*MODULE, "advise", EXAMPLE], env=surroundings)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        path.write_bytes(b"{" + path.read_bytes()[:100])
    again = process([*MODULE, "advise", EXAMPLE], env=surroundings)
    assert (again.returncode, again.stderr, again.stdout) == (0, "", first.stdout)


def test_a_rule_engine_that_cannot_be_loaded_is_a_problem_and_not_silently_left_out(tmp_path):
    """As durable-rules built for Python 3.13 without its define."""
    (tmp_path / "durable_rules_engine.py").write_text(
        "raise ImportError('undefined symbol: x')", encoding="utf-8"
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    result = process([*MODULE, "advise", EXAMPLE], env={**os.environ, "PYTHONPATH": path})
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "durable-rules:1:1: error: durable-rules is installed and cannot be loaded (undefined symbol: x); uninstall it "
        "to run on the built-in engine, or build it anew: CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install "
        "--force-reinstall --no-cache-dir durable_rules==2.0.28 (engine-not-loadable)\n"
    )


def test_that_the_built_in_engine_runs_is_said_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("trackfit.engine.inference.base.has_durable_rules", lambda: False)
    first, second = (CliRunner().invoke(cli, ["advise", str(EXAMPLE)]) for _ in range(2))
    assert first.stderr.startswith("note: durable-rules is not installed, so the built-in engine runs")
    assert f"{sys.executable} -m pip install 'trackfit[engine]'" in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout
    assert "(three-valued)" in second.stdout
