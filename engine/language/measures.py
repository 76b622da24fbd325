"""The one table of measures: what is worked out from the answers before any rule runs, in every reader's terms.

A measure is unknown without the answers it needs, or where `when` does not hold. It is made of what every reader gives
(`MeasureReader`) and of Python's own operators, so that plain values, solver terms and table columns all pass through
it, and no reader's library is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, get_args

import msgspec

from trackfit.engine.language.attributes import (
    BACKGROUND,
    COUNTRY,
    DENIED_SKILLS,
    MATH_COMFORT,
    SALARY_BASIS,
    SALARY_CURRENCY,
    SALARY_GOAL,
    SKILLS,
    TARGET_TRACK,
    YEARS,
)
from trackfit.engine.language.facts import Level

GAP_ANSWERS = (BACKGROUND, SKILLS, DENIED_SKILLS)
"""The answers on which it hangs what of a track is held, usual and missing."""
ASIDE_ANSWERS = (YEARS, TARGET_TRACK, MATH_COMFORT)
"""The answers that tell tracks apart that are alike in the share missing."""


MeasuredTable = Literal["tracks", "currencies"]
"""The tables for whose rows there are measures."""


class MeasureReader(Protocol):
    """What a reader gives measures to be made of: numbers, sets and conditions in its own terms."""

    def asked_for(self, track: str) -> int:
        """How many skills a track asks for."""
        ...

    def held_of(self, track: str) -> Any:
        """How many of them the person holds."""
        ...

    def missing_of(self, track: str) -> Any:
        """How many of them are missing: neither held nor usual for the background."""
        ...

    def place(self, track: str) -> Any:
        """The place of a track among all: 1 is the smallest gap; tied ones share theirs."""
        ...

    def percent(self, part: Any, whole: int) -> Any:
        """A share in percent, rounded down."""
        ...

    def levels(self, track: str) -> Any:
        """The levels of a track whose salary bands include the person's years."""
        ...

    def how_many(self, levels: Any) -> Any:
        """How many levels there are."""
        ...

    def has_comparable_band(self, track: str) -> Any:
        """Whether a band for the person's years pays in the currency and on the basis of the goal, or does not say on which."""
        ...

    def goal_against_band(self, name: str, track: str) -> Any:
        """Where the goal lies against those bands, as a choice of the attribute of this name."""
        ...

    def goal_is_in(self, currency: str) -> Any:
        """Whether the goal is in a currency in which some figure of pay is."""
        ...

    def goal_against_highest(self, name: str, currency: str) -> Any:
        """Where it lies against the highest of these figures, as a choice of the attribute of this name."""
        ...

    def past_review(self) -> Any:
        """How many figures are past their review date on the day of the advice."""
        ...


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    It gives values of a type, all of `values` if it is a closed set, for each row of the table `of` or once.
    `read(reader, name, row)` works it out for the ground attribute of a name; `when` says when it is known at all, if
    the `needed` answers are; the answers in `also` may count, too.
    """

    name: str
    gives: Literal["whole_number", "set", "choice"]
    of: MeasuredTable | None = "tracks"
    values: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    read: Callable[[MeasureReader, str, str], Any]
    when: Callable[[MeasureReader, str], Any] | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers that it is worked out from."""
        return (*self.needed, *self.also)


_ROWS = (
    Measure(
        name="skills_held",
        gives="whole_number",
        needed=(SKILLS,),
        read=lambda reader, name, track: reader.held_of(track),
    ),
    Measure(
        name="skills_missing",
        gives="whole_number",
        also=GAP_ANSWERS,
        read=lambda reader, name, track: reader.missing_of(track),
    ),
    # What is not missing; rounded down, so that "at least half" never holds for less than half.
    Measure(
        name="percent_held",
        gives="whole_number",
        also=GAP_ANSWERS,
        read=lambda reader, name, track: reader.percent(
            reader.asked_for(track) - reader.missing_of(track), reader.asked_for(track)
        ),
    ),
    Measure(
        name="place",
        gives="whole_number",
        also=(*GAP_ANSWERS, *ASIDE_ANSWERS),
        read=lambda reader, name, track: reader.place(track),
    ),
    Measure(
        name="levels",
        gives="set",
        values=get_args(Level),
        needed=(YEARS,),
        also=(COUNTRY,),
        read=lambda reader, name, track: reader.levels(track),
    ),
    Measure(
        name="bands",
        gives="whole_number",
        needed=(YEARS,),
        also=(COUNTRY,),
        read=lambda reader, name, track: reader.how_many(reader.levels(track)),
    ),
    # An open-ended band is never exceeded.
    Measure(
        name="goal_against_band",
        gives="choice",
        values=("below", "within", "above"),
        needed=(SALARY_GOAL, YEARS),
        also=(SALARY_BASIS, SALARY_CURRENCY, COUNTRY),
        read=lambda reader, name, track: reader.goal_against_band(name, track),
        when=lambda reader, track: reader.has_comparable_band(track),
    ),
    # Of pay on any basis, in any country, for anybody. What a source adds by "and up" is no sum that it names.
    Measure(
        name="goal_against_highest",
        gives="choice",
        of="currencies",
        values=("within", "above"),
        needed=(SALARY_GOAL,),
        also=(SALARY_CURRENCY, COUNTRY),
        read=lambda reader, name, currency: reader.goal_against_highest(name, currency),
        when=lambda reader, currency: reader.goal_is_in(currency),
    ),
    Measure(
        name="figures_past_review",
        gives="whole_number",
        of=None,
        read=lambda reader, name, track: reader.past_review(),
    ),
)

MEASURES = {row.name: row for row in _ROWS}
