"""What an advertisement says, each finding with its line: the values that the rest of the room makes and reads."""

from __future__ import annotations

from typing import Literal

import msgspec

from trackfit.engine.papers.paper import Line

Period = Literal["year", "month", "week", "day", "hour"]


class AdvertText(msgspec.Struct, frozen=True):
    """An advertisement before it is read: where it stands, its title, place and date where a column tells them, its lines."""

    file: str
    lines: tuple[Line, ...]
    title: str = ""
    place: str = ""
    date: str = ""


class Asked(msgspec.Struct, frozen=True):
    """A skill that is asked for: as the text has it, in which line, and whether it is only wished for."""

    skill: str
    text: str
    line: int
    wished: bool


class Years(msgspec.Struct, frozen=True):
    """Years of experience that are asked for; `high` is None where the text says no more than "at least"."""

    low: int
    high: int | None
    line: int


class Pay(msgspec.Struct, frozen=True):
    """Pay as the text has it, in whole units of a currency; nothing is converted.

    `currency` is an ISO code in small letters; `per` is None where the text does not say for how long.
    """

    low: float
    high: float
    currency: str
    per: Period | None
    line: int


class TrackShare(msgspec.Struct, frozen=True):
    """How much of a track's list an advertisement asks for."""

    track: str
    share: float
    asked: tuple[str, ...]


class Advert(msgspec.Struct, frozen=True, kw_only=True):
    """An advertisement as read; `tracks` come with the largest share first, `nearest` is the first of them, if it has any."""

    file: str
    title: str
    skills: tuple[Asked, ...]
    years: Years | None
    pay: Pay | None
    seniority: str | None
    place: str
    date: str
    tracks: tuple[TrackShare, ...]
    nearest: str | None
