"""A site shown on this machine: files of one folder over HTTP, on the loopback address only."""

from __future__ import annotations

import functools
import http.server
import threading
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

HOST = "127.0.0.1"


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files as any static host hands them out, with the headers that the site's `_headers` asks for."""

    def __init__(self, *given: Any, headers_sent: Mapping[str, str], **named: Any) -> None:
        self.headers_sent = headers_sent
        super().__init__(*given, **named)

    def end_headers(self) -> None:
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nobody reads it."""


@contextmanager
def served(folder: Path, headers: Mapping[str, str]) -> Iterator[str]:
    """The address of a folder's files while they are served, with these headers."""
    handler = functools.partial(_Handler, directory=str(folder), headers_sent=headers)
    with http.server.ThreadingHTTPServer((HOST, 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{running.server_port}/"
        running.shutdown()


@contextmanager
def shown(folder: Path, headers: Mapping[str, str]) -> Iterator[None]:
    """The same, in the person's browser."""
    with served(folder, headers) as address:
        click.echo(f"The pages are at {address} (Ctrl-C ends)", err=True)
        webbrowser.open(address)
        yield


def headers_of(folder: Path) -> dict[str, str]:
    """What a site's `_headers` asks for with every file."""
    found: dict[str, str] = {}
    rules = (folder / "_headers").read_text(encoding="utf-8").splitlines()
    for line in rules[1:]:
        if not line.startswith(" "):
            break
        name, _, value = line.strip().partition(": ")
        found[name] = value
    return found
