"""A client for yaml-language-server, the program behind YAML in many editors, over its standard input and output."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

from trackfit.tests.support.outside import npm_file

SERVER = "yaml-language-server/bin/yaml-language-server"
SETTINGS = {"yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}}
CAN = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
    "workspace": {"configuration": True},
}


class LanguageServer:
    """A running server. Documents are given as text; `|` in a text marks where the cursor is."""

    def __init__(self) -> None:
        server = npm_file(SERVER)
        node = shutil.which("node")
        assert node is not None
        self.process = subprocess.Popen(
            [node, str(server), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.number = 0
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": CAN})
        self.tell("initialized", {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.communicate(timeout=30)

    def completions(self, path: Path, text: str) -> dict[str, str]:
        """What may stand at the cursor: each with its explanation."""
        found = self.at_cursor("textDocument/completion", path, text)
        return {one["label"]: _plain(one.get("documentation", "")) for one in found["items"]}

    def hover(self, path: Path, text: str) -> str:
        """What is shown over the word at the cursor."""
        found = self.at_cursor("textDocument/hover", path, text)
        return _plain(found["contents"]) if found else ""

    def faults(self, path: Path, text: str) -> list[tuple[int, str, str]]:
        """The line, the text there and the message of each diagnostic."""
        uri = self.open(path, text)
        while True:
            message = self.receive()
            params = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri:
                break
        lines = text.splitlines()
        found = []
        for one in params["diagnostics"]:
            start, end = one["range"]["start"], one["range"]["end"]
            stop = end["character"] if end["line"] == start["line"] else None
            found.append((start["line"] + 1, lines[start["line"]][start["character"] : stop], one["message"]))
        return found

    def at_cursor(self, method: str, path: Path, text: str) -> Any:
        before, after = text.split("|", 1)
        uri = self.open(path, before + after)
        place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self.ask(method, {"textDocument": {"uri": uri}, "position": place})

    def open(self, path: Path, text: str) -> str:
        """Every text is a document of its own beside `path`: what the server says later of another is not of this."""
        self.number += 1
        uri = path.absolute().with_name(f"{self.number}-{path.name}").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": self.number, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def ask(self, method: str, params: Any) -> Any:
        self.number += 1
        number = self.number
        self.send({"id": number, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    def tell(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The next message; what the server asks of the editor is answered on the way."""
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            key, _, value = line.partition(b":")
            if key.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if "method" in message and "id" in message:
            asked = (message.get("params") or {}).get("items", [])
            settings = [SETTINGS.get(one.get("section")) for one in asked]
            self.send({"id": message["id"], "result": settings or None})
        return message


def _plain(content: Any) -> str:
    return content["value"] if isinstance(content, dict) else str(content)
