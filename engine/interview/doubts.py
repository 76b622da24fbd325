"""What the interview asks back: the prompts for an answer that is not clear, and what a line picks from a short list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trackfit.engine.cases.typed_skills import Doubt
from trackfit.engine.cases.values import Wrong
from trackfit.engine.interview.prompts import Prompt
from trackfit.engine.language.formats import money
from trackfit.engine.language.model import Choice

KEEP, OUT = "keep", "out"
"""Ids of choices: leave it as it is; leave it out, or change nothing."""
YES, NO = "yes", "no"


def doubt_prompt(doubts: Sequence[Doubt]) -> Prompt:
    """What to ask about typed skills: which of several each means, one after the other, then all that may be slips.

    What may be a slip is kept as it was typed unless somebody says otherwise.
    """
    unclear = first_unclear(doubts)
    if unclear is not None:
        title = f"Which do you mean by “{unclear.text}”?"
        last = Choice(id=OUT, name="None of these: leave it out")
        return _ask_back(title, (*unclear.choices, last), "leaves it out")
    if len(doubts) == 1:
        (doubt,) = doubts
        first = Choice(id=KEEP, name=f"Keep “{doubt.text}” as it is")
        choices = [Choice(id=one.id, name=f"Count {one.name}") for one in doubt.choices]
        return _ask_back(f"Shall “{doubt.text}” count as a skill?", (first, *choices), "keeps it as it is")
    guesses = guesses_of(doubts)
    choices = [
        Choice(id=str(number), name=f"{choice.name}, for “{doubt.text}”")
        for number, (doubt, choice) in enumerate(guesses, 1)
    ]
    title = "Which of these shall count? What you leave out is kept as you typed it."
    empty = "keeps all of them as they are"
    return Prompt(kind="ask_back", title=title, type="set", choices=tuple(choices), empty=empty)


def first_unclear(doubts: Sequence[Doubt]) -> Doubt | None:
    """The first that may mean several skills; those come before all others."""
    return next((one for one in doubts if one.known), None)


def guesses_of(doubts: Sequence[Doubt]) -> list[tuple[Doubt, Choice]]:
    """What is on the list of those that may be slips, in its order."""
    return [(doubt, choice) for doubt in doubts for choice in doubt.choices]


def picked_several(step: Prompt, text: str) -> list[int]:
    """The places, from 0, of the rows of a list that a line picks by numbers or names. Raises `Wrong`."""
    places = {text.casefold(): at for at, one in enumerate(step.choices) for text in (one.id, one.name)}
    if text.casefold() in places:
        return [places[text.casefold()]]
    parts = [
        part.strip().casefold() for part in re.split(r"[,;]|(?<=[0-9])\s+(?=[0-9])", text) if part.strip()
    ]
    if parts in (["none"], ["no"], ["n"]):
        return []
    if any(part not in places for part in parts):
        numbers = f"numbers from 1 to {len(step.choices)}, with commas"
        raise Wrong("unknown-value", f"must be {numbers}, or Enter alone, which {step.empty}")
    return [places[part] for part in parts]


def amount_prompt(amount: int, sign: str) -> Prompt:
    """Whether so little money a year stands for thousands."""
    more = money(amount * 1000, sign)
    choices = (Choice(id=YES, name=f"Yes, {more}"), Choice(id=NO, name=f"No, {money(amount, sign)}"))
    return _ask_back(f"Do you mean {more} a year?", choices, "means yes")


def _ask_back(title: str, choices: tuple[Choice, ...], empty: str) -> Prompt:
    return Prompt(kind="ask_back", title=title, type="choice", choices=choices, empty=empty)


def picked(step: Prompt, text: str) -> str:
    """The id of the choice that a line picks, by its number, id or name. Raises `Wrong`."""
    for number, choice in enumerate(step.choices, 1):
        if text.casefold() in (str(number), choice.id.casefold(), choice.name.casefold()):
            return choice.id
    if step.kind == "ask_back" and (answer := _yes_or_no(step, text.lower())):
        return answer
    says = f"must be a number from 1 to {len(step.choices)}, or Enter alone, which {step.empty}"
    raise Wrong("unknown-value", says)


def _yes_or_no(step: Prompt, text: str) -> str | None:
    """The choice that a "yes" or a "no" stands for, where one stands for each."""
    ids = [one.id for one in step.choices]
    if ids[-1] == NO or (ids[0] == KEEP and len(ids) == 2):
        yes, no = (ids[0], NO) if ids[-1] == NO else (ids[1], KEEP)
        return yes if text in ("y", "yes") else no if text in ("n", "no") else None
    return KEEP if ids[0] == KEEP and text in ("n", "no") else None
