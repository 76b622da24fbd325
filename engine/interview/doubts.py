"""What the interview asks back: the prompts for an answer that is not clear, and what a line picks from a short list."""

from __future__ import annotations

from trackfit.engine.cases.typed_skills import Doubt
from trackfit.engine.cases.values import Wrong
from trackfit.engine.interview.prompts import Prompt
from trackfit.engine.language.formats import money
from trackfit.engine.language.model import Choice

KEEP, OUT, BOTH = "keep", "out", "both"
"""Ids of choices: leave it as it is; leave it out, or change nothing; take the skill, and keep the other words."""
YES, NO = "yes", "no"


def doubt_prompt(doubt: Doubt) -> Prompt:
    """Which skill a typed text means, or whether it means the one that it looks like."""
    if doubt.known:
        title = f"Which do you mean by “{doubt.text}”?"
        last = Choice(id=OUT, name="None of these: leave it out")
        return _ask_back(title, (*doubt.choices, last), "leaves it out")
    last = Choice(id=KEEP, name=f"No, keep “{doubt.text}” as it is")
    only, *others = doubt.choices
    if others:
        title = f"“{doubt.text}” is not known here. Is it one of these?"
        return _ask_back(title, (*doubt.choices, last), "keeps it as it is")
    choices = [Choice(id=only.id, name=f"Yes, {only.name}")]
    if doubt.rest:
        choices.append(Choice(id=BOTH, name=f"Yes, and keep “{doubt.rest}” too"))
    title = f"By “{doubt.text}”, do you mean {only.name}?"
    return _ask_back(title, (*choices, last), "keeps it as it is")


def amount_prompt(amount: int) -> Prompt:
    """Whether so few dollars a year stand for thousands."""
    more = money(amount * 1000)
    choices = (Choice(id=YES, name=f"Yes, {more}"), Choice(id=NO, name=f"No, {money(amount)}"))
    return _ask_back(f"Do you mean {more} a year?", choices, "means yes")


def _ask_back(title: str, choices: tuple[Choice, ...], empty: str) -> Prompt:
    return Prompt(kind="ask_back", title=title, type="choice", choices=choices, empty=empty)


def picked(step: Prompt, text: str) -> str:
    """The id of the choice that a line picks, by its number, id or name. Raises `Wrong`."""
    for number, choice in enumerate(step.choices, 1):
        if text.casefold() in (str(number), choice.id.casefold(), choice.name.casefold()):
            return choice.id
    if step.kind == "ask_back" and step.choices[-1].id in (NO, KEEP):
        if text.lower() in ("y", "yes"):
            return step.choices[0].id
        if text.lower() in ("n", "no"):
            return step.choices[-1].id
    says = f"must be a number from 1 to {len(step.choices)}, or Enter alone, which {step.empty}"
    raise Wrong("unknown-value", says)
