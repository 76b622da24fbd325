"""trackfit on a pseudo-terminal: line by line as a plain terminal shows it, or as the screen of a full one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pexpect
import pyte

PATIENCE = 120
"""Seconds after which what does not come is missing: a test waits for output, and never for time to pass."""
STILL = 10
"""Seconds without output after which a screen that is not as expected will not become so."""
PROMPT = "> $"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
KEYS: dict[str, str] = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "left": "\x1b[D",
    "tab": "\t",
    "enter": "\r",
    "ctrl-c": "\x03",
    "ctrl-d": "\x04",
    "erase": "\x7f",
}


def usual_signals():
    """In a child: a run in the background ignores Ctrl-C, and all that it starts would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def spawn(folder, *arguments, columns, rows, **environment):
    surroundings = {**os.environ, "TERM": "xterm", "INPUTRC": "/dev/null", "PYTHONUTF8": "1", "PAGER": ""}
    surroundings = {name: value for name, value in surroundings.items() if name not in ("CI", "NO_COLOR")}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "trackfit", *arguments],
        cwd=str(folder),
        env={**surroundings, **environment},
        encoding="utf-8",
        dimensions=(rows, columns),
        timeout=PATIENCE,
        preexec_fn=usual_signals,
    )
    child.delaybeforesend = None
    return child


class Terminal:
    """A run in plain mode: a prompt, a line, a prompt."""

    def __init__(self, folder, *arguments, columns=80, **environment):
        if arguments[0] == "interview":
            arguments = (*arguments, "--plain")
        self.child = spawn(folder, *arguments, columns=columns, rows=40, **environment)

    def prompted(self):
        """What was printed up to the next prompt, that included."""
        self.child.expect(PROMPT)
        return shown(f"{self.child.before}{self.child.after}")

    def answer(self, text):
        self.child.sendline(text)

    def ended(self):
        """The rest of the output, and the exit status."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return shown(self.child.before), self.child.exitstatus


class Screen:
    """A run on a full terminal, seen as what stands on its screen."""

    def __init__(self, folder, *arguments, columns=80, rows=40, **environment):
        self.child = spawn(folder, *arguments, columns=columns, rows=rows, **environment)
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.raw = ""

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        return "\n".join(self.lines).rstrip()

    def press(self, *keys: str):
        """Send named keys, and other texts as they are typed."""
        for key in keys:
            self.child.send(str(KEYS.get(key, key)))

    def until(self, *wanted, gone=()):
        """Read until all these texts are on the screen, and those `gone` are not."""
        end = time.monotonic() + PATIENCE
        while not (all(one in self.text for one in wanted) and not any(one in self.text for one in gone)):
            assert time.monotonic() < end, f"no {wanted} on:\n{self.text}"
            try:
                self._feed(self.child.read_nonblocking(65536, timeout=PATIENCE))
            except (pexpect.EOF, pexpect.TIMEOUT) as ended:
                raise AssertionError(f"no {wanted} without {gone} on:\n{self.text}") from ended
        return self.text

    def settle(self, drawn):
        """Read until `drawn` says that all is on the screen, or nothing more comes for a while."""
        while not drawn():
            try:
                self._feed(self.child.read_nonblocking(65536, timeout=STILL))
            except (pexpect.EOF, pexpect.TIMEOUT):
                return

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def ended(self):
        """The screen at the end, and the exit status."""
        while True:
            try:
                self._feed(self.child.read_nonblocking(65536, timeout=PATIENCE))
            except pexpect.EOF:
                break
        self.child.close()
        return self.text, self.child.exitstatus

    def _feed(self, text):
        self.raw += text
        self.stream.feed(text)


def shown(text):
    return ESCAPE.sub("", text).replace("\r", "")


def advise(folder, *arguments):
    command = [sys.executable, "-m", "trackfit", "advise", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout.decode()
