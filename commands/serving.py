"""A site shown on this machine: files of one folder over HTTP, on the loopback address only."""

from __future__ import annotations

import functools
import http.server
import webbrowser
from pathlib import Path
from typing import Any

import click

HOST = "127.0.0.1"


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files as any static host hands them out, with the headers that the site's `_headers` asks for."""

    def __init__(self, *given: Any, headers_sent: dict[str, str], **named: Any) -> None:
        self.headers_sent = headers_sent
        super().__init__(*given, **named)

    def end_headers(self) -> None:
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nobody reads it."""


def server(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server of a folder, not yet running; port 0 is any that is free."""
    handler = functools.partial(_Handler, directory=str(folder), headers_sent=_headers(folder))
    return http.server.ThreadingHTTPServer((HOST, port), handler)


def serve(folder: Path) -> None:
    """Show a site in the person's browser until Ctrl-C."""
    with server(folder) as running:
        address = f"http://{HOST}:{running.server_port}/"
        click.echo(f"The pages are at {address} (Ctrl-C ends)", err=True)
        webbrowser.open(address)
        running.serve_forever()


def _headers(folder: Path) -> dict[str, str]:
    """What `_headers` asks for with every file."""
    found: dict[str, str] = {}
    rules = (folder / "_headers").read_text(encoding="utf-8").splitlines()
    for line in rules[1:]:
        if not line.startswith(" "):
            break
        name, _, value = line.strip().partition(": ")
        found[name] = value
    return found
