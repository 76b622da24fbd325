"""What the page and the engine say to each other: requests and replies, as JSON with their `type`."""

from __future__ import annotations

from typing import Any

import msgspec

from trackfit.engine.interview.prompts import Named, Prompt, Said

# What the page asks for


class Begin(msgspec.Struct, tag="begin"):
    """Start, or go on from what `Kept` held."""

    as_of: str
    kept: Kept | None = None


class Warm(msgspec.Struct, tag="warm"):
    """Load what a report needs, while the reader is still answering."""


class Take(msgspec.Struct, tag="take"):
    """A line, as if it was typed in a terminal: an answer, or a word such as `back`."""

    line: str


class Find(msgspec.Struct, tag="find"):
    """What a typed text may mean in the present question's list."""

    typed: str


class Write(msgspec.Struct, tag="write"):
    """The advice as `trackfit advise --format FORM` writes it: `md`, `html` or `json`."""

    form: str


class Try(msgspec.Struct, tag="try"):
    """Other answers, as `trackfit whatif --set` takes them; with `take` they become the answers."""

    settings: list[str]
    take: bool = False


class ReadFile(msgspec.Struct, tag="read"):
    """A file that the reader gave: an answers file or a résumé."""

    path: str


class Accept(msgspec.Struct, tag="accept"):
    """What the reader takes of a résumé, by the ids of the answers."""

    attributes: list[str]


Request = Begin | Warm | Take | Find | Write | Try | ReadFile | Accept


# What is shown


class Kept(msgspec.Struct):
    """All that the page keeps between two visits."""

    answers: dict[str, Any] = {}
    left_open: list[str] = []
    settled: list[str] = []
    history: list[str] = []


class Screen(msgspec.Struct, tag="screen"):
    """A step of the interview, or the end of it, where `step` is None; `file` holds the answers as a file."""

    step: Prompt | None
    said: tuple[Said, ...]
    meaning: tuple[Said, ...]
    kept: Kept
    file: str


class Matches(msgspec.Struct, tag="names"):
    """What was found, best first."""

    rows: list[Named]


class Text(msgspec.Struct, tag="text"):
    """Something written, or nothing where nothing was asked for."""

    text: str = ""


class Place(msgspec.Struct):
    """A track's place and how much of its list is missing, before and with the other answers."""

    track: str
    name: str
    place: tuple[int, int]
    missing: tuple[int, int]
    size: int


class Ticked(msgspec.Struct):
    """A skill that some track asks for."""

    id: str
    name: str
    held: bool


class OtherPlaces(msgspec.Struct, tag="trial"):
    """What other answers would change."""

    places: list[Place]
    reasons: list[str]
    skills: list[Ticked]
    years: int | None


class Found(msgspec.Struct):
    """An answer that a résumé gives, in words, and where it stands there."""

    attribute: str
    label: str
    value: str
    lines: tuple[str, ...]


class Offer(msgspec.Struct, tag="offer"):
    """What a résumé says, to be confirmed answer by answer."""

    found: list[Found]
    notes: list[str]


class Faults(msgspec.Struct, tag="faults"):
    """Why it cannot be done, a line a fault."""

    lines: list[str]


Reply = Screen | Matches | Text | OtherPlaces | Offer | Faults
