"""How an interview ends: which files there are, the command that goes on, and whether a page is opened."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest

from trackfit.commands import outputs
from trackfit.commands.terminal import confirming
from trackfit.tests.support.running import run

ANSWERS = "background: other\nskills: [python]\n"


@pytest.fixture
def opened(monkeypatch):
    """What was opened, at a terminal with a screen where a person answers yes."""
    found: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(confirming, "can_ask", lambda: True)
    monkeypatch.setattr(confirming, "read_line", lambda _: "y")

    def launch(address):
        found.append(address)
        return 0

    monkeypatch.setattr(click, "launch", launch)
    return found


@pytest.mark.parametrize(
    ("options", "files"),
    [
        (["--out", "r.md"], ["r.html", "r.md"]),
        (["--out", "r.html"], ["r.html", "r.md"]),
        (["--out", "r.html", "--format", "html"], ["r.html"]),
        (["--out", "r.md", "--format", "md"], ["r.md"]),
    ],
)
def test_both_kinds_are_written_unless_one_is_asked_for(here, options, files):
    (here / "a.yaml").write_text(ANSWERS, encoding="utf-8")
    assert run("interview", "--answers", "a.yaml", "--no-input", *options).exit_code == 0
    assert sorted(path.name for path in here.iterdir() if path.name[0] == "r") == files
    for name in files:
        is_page = (here / name).read_text(encoding="utf-8").startswith("<!doctype html>")
        assert is_page is name.endswith(".html")


def test_the_file_beside_is_never_written_over_unasked(here):
    (here / "a.yaml").write_text(ANSWERS, encoding="utf-8")
    (here / "r.html").write_text("mine", encoding="utf-8")
    command = ("interview", "--answers", "a.yaml", "--no-input", "--out", "r.md")
    assert "As a page:    r-2.html" in run(*command).stderr
    assert (here / "r.html").read_text(encoding="utf-8") == "mine"
    assert "As a page:    r.html" in run(*command, "--force").stderr
    assert (here / "r.html").read_text(encoding="utf-8") != "mine"


def test_a_page_is_opened_where_the_person_says_so(opened, tmp_path):
    confirming.offer_to_open(tmp_path / "r.html")
    assert opened == [str(tmp_path / "r.html")]


@pytest.mark.parametrize("answer", ["", "n", "No"])
def test_no_page_is_opened_by_enter_alone_or_no(opened, monkeypatch, tmp_path, answer):
    monkeypatch.setattr(confirming, "read_line", lambda _: answer.lower())
    confirming.offer_to_open(tmp_path / "r.html")
    assert opened == []


def test_nothing_is_asked_without_a_terminal_or_a_screen(opened, monkeypatch, tmp_path):
    def asks(_):
        raise AssertionError

    monkeypatch.setattr(confirming, "read_line", asks)
    monkeypatch.setattr(confirming, "can_ask", lambda: False)
    confirming.offer_to_open(tmp_path / "r.html")
    monkeypatch.setattr(confirming, "can_ask", lambda: True)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    confirming.offer_to_open(tmp_path / "r.html")
    assert opened == []


def test_a_command_works_from_where_the_person_is(monkeypatch, tmp_path):
    assert (
        outputs.command_here("interview", "--resume", "a b.yaml") == "trackfit interview --resume 'a b.yaml'"
    )
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/trackfit").touch()
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv/bin/python"))
    monkeypatch.chdir(tmp_path)
    assert outputs.command_here("interview") == ".venv/bin/trackfit interview"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert outputs.command_here("interview") == f"{tmp_path}/.venv/bin/trackfit interview"
    Path(tmp_path, ".venv/bin/trackfit").unlink()
    assert outputs.command_here("interview") == f"{tmp_path}/.venv/bin/python -m trackfit interview"
