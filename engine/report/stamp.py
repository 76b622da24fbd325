"""What a report was made from: written under it, and read from it again by `trackfit verify`."""

from __future__ import annotations

import html
import re
from pathlib import Path

from trackfit import __version__
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.language.columns import Record
from trackfit.engine.report.templates import OwnTemplate

_LINE = re.compile(
    r"trackfit (?P<version>\S+) \((?P<engine>\S+)\), template (?P<template>\S+), as of (?P<as_of>\d{4}-\d\d-\d\d), "
    r"knowledge base (?P<knowledge>sha256:[0-9a-f]{64}), answers (?P<case>sha256:[0-9a-f]{64})"
    r"(?:, since answers (?P<since>sha256:[0-9a-f]{64}))?"
)
_TAG = re.compile(r"<[^>]*>")


class Stamp(Record, frozen=True):
    """What the report was made from."""

    version: str
    """The version of the program."""
    engine: str
    """The rule engine that ran."""
    template: str
    """The name of the template."""
    as_of: str
    """The day it was made for, as YYYY-MM-DD."""
    knowledge: str
    """The digest of the knowledge base."""
    case: str
    """The digest of the answers."""
    since: str = ""
    """The digest of the earlier answers that it compares them with; empty where there are none."""

    @property
    def line(self) -> str:
        """All of this on one line, as `trackfit verify` reads it."""
        return (
            f"trackfit {self.version} ({self.engine}), template {self.template}, as of {self.as_of}, "
            f"knowledge base {self.knowledge}, answers {self.case}"
            + (f", since answers {self.since}" if self.since else "")
        )


def stamp(
    consultation: Consultation, template: str | OwnTemplate, since: Consultation | None = None
) -> Stamp:
    """What a report of a consultation is made from, which may tell what has moved since an earlier one."""
    name = template
    if not isinstance(name, str):
        name = "-".join(Path(name.place).name.partition(".")[0].split()) or "own"
    return Stamp(
        version=__version__,
        engine=consultation.kb.engine.name,
        template=name,
        as_of=consultation.as_of,
        knowledge=consultation.kb.digest,
        case=consultation.case.digest(),
        since="" if since is None else since.case.digest(),
    )


def has_stamp(line: str) -> bool:
    """Whether a line of Markdown or HTML holds a stamp."""
    return _LINE.search(words(line)) is not None


def stamp_of(text: str) -> Stamp | None:
    """The stamp of a report, Markdown or HTML; the last one where there are several."""
    found = None
    for line in text.splitlines():
        if "sha256:" in line:
            found = _LINE.search(words(line)) or found
    return Stamp(**found.groupdict(default="")) if found else None


def words(line: str) -> str:
    """A line of Markdown or HTML without marks."""
    return html.unescape(_TAG.sub("", line)).replace("`", "").replace("\\", "")
