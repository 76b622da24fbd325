"""What the faces of the interview show: steps, lines to say, the words that can be typed, and search in a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from trackfit.engine.language.model import Choice
from trackfit.engine.language.vocabulary import fold

Manner = Literal["plain", "strong", "wrong"]
COMMANDS = {
    "?": "help",
    "help": "help",
    "why": "why",
    "back": "back",
    "<": "back",
    "skip": "skip",
    "review": "review",
    "save": "save",
    "quit": "quit",
    "exit": "quit",
}
WORDS = {
    "?": "what the question means, with examples",
    "why": "what we need it for; again, and you see what follows from that",
    "back": "the question before",
    "skip": "leave it open",
    "review": "see your answers, and change any",
    "save": "say where your answers are kept",
    "quit": "stop; your answers are kept",
}
YES_NO = (Choice(id="yes", name="Yes"), Choice(id="no", name="No"))


class Said(msgspec.Struct, frozen=True):
    """A line to show; `indent` is printed before it, and later lines of it start below its text."""

    text: str
    manner: Manner = "plain"
    indent: str = ""


class Named(msgspec.Struct, frozen=True):
    """Something to find in a long list: by its name, its id, or what else people call it."""

    id: str
    name: str
    also: tuple[str, ...] = ()


def search(rows: Iterable[Named], typed: str) -> list[Named]:
    """The rows that a typed text may mean: first those that it is, then those that begin with it, or hold it."""
    wanted = fold(typed)
    if not wanted:
        return list(rows)
    found: list[tuple[int, Named]] = []
    for row in rows:
        name, spelled = fold(row.name), [fold(text) for text in (row.id, *row.also)]
        if wanted in (name, *spelled):
            found.append((0, row))
        elif name.startswith(wanted):
            found.append((1, row))
        elif any(text.startswith(wanted) for text in spelled):
            found.append((2, row))
        elif any(wanted in text for text in (name, *spelled)):
            found.append((3, row))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked now. Where there are `choices`, a line may be the number, the id or the name of one.

    A set has `rows` to search in, and its present elements in `held`, by id or as typed. `given` is the present
    answer in words, where there is one, which an empty line keeps; `empty` says in a few words what an empty line
    does. `number` and `most_left` count the questions, this one among them. `notes` has a line for some of the choices,
    by id; `hint` is a line for who sees no list to search in; `nearest` is what the answers so far come to.
    """

    kind: Literal["question", "ask_back", "doubt", "review"]
    title: str
    type: str
    choices: tuple[Choice, ...] = ()
    rows: tuple[Named, ...] = ()
    held: tuple[str, ...] = ()
    given: str = ""
    empty: str = ""
    number: int = 0
    most_left: int = 0
    notes: dict[str, str] = msgspec.field(default_factory=dict)
    hint: str = ""
    nearest: str = ""
