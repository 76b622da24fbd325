"""The texts of rules: plain words in which `{{ name.part }}` stands for a figure, an answer or a fact.

Nothing else has a meaning in them: no conditions, no loops, no filters. So a coach cannot break a report with one,
and every name is checked when the knowledge base is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trackfit.engine.problems.problem import Location, Problem, misspelt, quoted
from trackfit.engine.problems.problems import Problems

TEXT_NAMES: dict[str, frozenset[str]] = {
    "routes": frozenset({"track", "background", "timeline", "years_from", "transfer", "note"}),
    "tracks": frozenset({"name", "role", "bands"}),
    "backgrounds": frozenset({"name"}),
    "currencies": frozenset({"name", "highest", "highest_about"}),
}
"""What a rule's text may say of the row that its loop variable stands for."""
NESTED = {"track": "tracks", "background": "backgrounds"}
_PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)\s*\}\}")
_STRAY = re.compile(r"\{\{[^{}]*\}\}|\{[{%#]|[}%#]\}")
ONE_BRACE = re.compile(r"(?<!\{)\{ *([a-z][a-z0-9_]*(?: *\. *[a-z][a-z0-9_]*)+) *\}{1,2}(?!\})")
"""A name after a single brace, which would be printed as it stands."""
NUMBER = re.compile(
    r"(?<![\w-])(?:(?:US)?\$)?\d[\d.,]*(?:[kKmM]|st|nd|rd|th)?(?![\w])|(?<=USD)\d+|"
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety|hundred|thousand|million)"
    r"(?=(?:[- ]\w+){0,3}?[- ](?:weeks?|months?|years?|percent|dollars?|postings|salaries)\b)",
    re.IGNORECASE,
)
"""A number that stands by itself, in figures or before its unit in words; `k8s`, `S3` and `GPT-4` are names."""


def render(text: str, names: Mapping[str, Any], show: Callable[[Any], str]) -> str:
    """The text on one line, each name shown. Its names were checked when it was loaded."""

    def put(match: re.Match[str]) -> str:
        first, *parts = match[1].split(".")
        value = names[first]
        for part in parts:
            value = value[part] if hasattr(value, "__getitem__") else getattr(value, part)
        return show(value)

    return " ".join(_PLACE.sub(put, text).split())


def places(text: str) -> list[list[str]]:
    """The names that a text shows, each in its parts."""
    return [place.split(".") for place in _PLACE.findall(text)]


Known = Mapping[str, frozenset[str]]
"""What may follow each first name of a place; a name that is not there stands for nothing."""
Locate = Callable[[str], Location]


def known_names(
    figures: Iterable[str], answers: Iterable[str], variable: str | None, table: str | None
) -> Known:
    """The names that a rule's text may use; `variable` stands for a row of `table`."""
    known = {"figure": frozenset(figures), "case": frozenset(answers)}
    return {**known, variable: TEXT_NAMES[table]} if variable and table else known


def text_problems(text: str, known: Known, locate: Locate) -> list[Problem]:
    """What is wrong with a rule's text: stray braces, numbers typed into it, names that stand for nothing.

    `locate` gives the place of a word of the text.
    """
    words = _PLACE.sub("\0", text)
    problems = Problems()
    rest = ONE_BRACE.sub("", words)
    if stray := _STRAY.search(rest):
        complaint = (
            f"{stray[0]!r} is no part of a text ({_around(rest, stray)!r}); only {{{{ name.part }}}} is"
        )
        if stray[0] == "{{":
            complaint = f"`{{{{` is not closed ({_around(rest, stray)!r}); write {{{{ name.part }}}}"
        elif stray[0].endswith("}}"):
            complaint = (
                f"{quoted(stray[0])} is no name; write {{{{ name.part }}}}, such as {{{{ figure.its_id }}}}"
            )
        problems.add(locate(stray[0][:2]), "template-syntax", complaint)
    for single in ONE_BRACE.finditer(words):
        complaint = f"{single[0]!r} would be printed as it stands; write two braces, {{{{ {single[1]} }}}}"
        problems.add(locate(single[0]), "template-syntax", complaint)
    for typed in NUMBER.finditer(words):
        complaint = f"a number is typed into the text ({_around(words, typed)!r}); make it a figure and write"
        problems.add(locate(typed[0]), "number-in-text", f"{complaint} {{{{ figure.its_id }}}}")
    for place in dict.fromkeys(_PLACE.findall(text)):
        problems.extend(_place_problems(place, known, locate))
    return problems


def _around(text: str, found: re.Match[str]) -> str:
    """What stands around a fault, to find it by."""
    excerpt = text[max(0, found.start() - 15) : found.end() + 15].replace("\0", "…")
    return " ".join(excerpt.split())


def _place_problems(place: str, known: Known, locate: Locate) -> Iterable[Problem]:
    """The first step that stands for nothing, or an end at which nothing can be printed."""
    owner, *parts = place.split(".")
    if owner not in known:
        yield _unknown_first(owner, known, locate(place))
        return
    names = known[owner]
    for part in parts:
        if part not in names:
            yield _unknown(owner, part, names, locate(place))
            return
        names = (
            TEXT_NAMES[NESTED[part]] if part in NESTED and owner not in ("figure", "case") else frozenset()
        )
        owner = part
    if names:
        complaint = f"{owner!r} alone prints nothing; write {place}.{min(names)}, say"
        yield Problem(where=locate(place), id="undefined-in-text", text=complaint)


def _unknown_first(name: str, known: Known, where: Location) -> Problem:
    text = f"the text names what is not there: {name!r}"
    owner = next((one for one in ("figure", "case") if name in known[one]), None)
    if owner is None:
        return misspelt(where, "undefined-in-text", text, name, known)
    better = f"{owner}.{name}"
    text = f"{text}; write {better}"
    return Problem(where=where, id="undefined-in-text", text=text, suggestion=better, replaces=name)


def _unknown(kind: str, name: str, names: Iterable[str], where: Location) -> Problem:
    if kind == "figure":
        return misspelt(where, "undeclared-name", f"there is no figure {name!r}", name, names)
    text = f"the text names what is not there: {kind!r} has no {name!r}"
    return misspelt(where, "undefined-in-text", text, name, names)
