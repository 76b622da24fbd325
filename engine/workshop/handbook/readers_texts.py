"""The texts that a reader of the interview or of a report may see, each with its reading grade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language import formats
from trackfit.engine.language.model import Advise, Facts, GroundRule, Warn
from trackfit.engine.language.placeholders import render
from trackfit.engine.language.questions import asked
from trackfit.engine.language.readability import grade

FEW = 5
"""With fewer words a text's grade means little."""
_TAGS = re.compile(r"\{[%#].*?[%#]\}|\{\{.*?\}\}|```.*?```|^[|#>\s-]+|[*`|]", re.DOTALL | re.MULTILINE)


class Graded(msgspec.Struct, frozen=True):
    """A text that a reader sees, where it stands, and its reading grade."""

    where: str
    text: str
    grade: float


def readers_texts(kb: KnowledgeBase) -> list[Graded]:
    """Every text, the hardest first; those of a few words, whose grade means little, last."""
    found = [Graded(where, text, grade(text)) for where, text in _texts(kb) if text.strip()]
    return sorted(found, key=lambda one: (len(one.text.split()) < FEW, -one.grade, one.where))


def _texts(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Each text with the words that say where it stands."""
    yield from _of_questions(kb.facts)
    yield from _of_facts(kb.facts)
    for rule in {rule.rule: rule for rule in kb.program.rules}.values():
        yield f"title of rule {rule.rule}", rule.title
        if isinstance(rule.then, Warn | Advise):
            yield f"rule {rule.rule}", spoken(rule, kb)
    for path in sorted((kb.folder / "templates").rglob("*.j2")):
        yield f"template {path.name}", " ".join(_TAGS.sub(" ", path.read_text(encoding="utf-8")).split())


def _of_questions(facts: Facts) -> Iterator[tuple[str, str]]:
    for attribute in asked(facts.attributes.values()):
        assert attribute.question is not None
        yield f"question {attribute.id}", attribute.question.question
        yield f"help for {attribute.id}", attribute.question.help
        for choice in attribute.choices if attribute.id != "skills" else ():
            yield f"choice {choice.id} of {attribute.id}", choice.name


def _of_facts(facts: Facts) -> Iterator[tuple[str, str]]:
    for background in facts.backgrounds.values():
        yield f"background {background.id}", background.description
    for warning in facts.warnings.values():
        yield f"warning {warning.id}", warning.title
    for track in facts.tracks.values():
        yield f"days of {track.id}", " ".join(track.daily_work)
        for family in track.families:
            yield f"days of {family.id}", " ".join(family.daily_work)
        for milestone in track.milestones:
            yield f"milestone of {track.id}", milestone.outcome
    for route in facts.routes.values():
        yield f"route {route.id}", route.note
        for stage in route.stages:
            yield f"stage {stage.months}", stage.outcome


class _Placeholder:
    """What a name in a rule's text stands for: said in words, whatever follows it."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __getitem__(self, name: str) -> _Placeholder:
        return _Placeholder(f"{self.words} {name.replace('_', ' ')}")


def spoken(rule: GroundRule, kb: KnowledgeBase) -> str:
    """A rule's text with its figures, and with what differs from person to person in brackets."""
    assert isinstance(rule.then, Warn | Advise)
    figures = {id_: formats.figure(figure) for id_, figure in kb.facts.figures.items()}
    answers = {id_: f"[{row.label}]" for id_, row in kb.facts.attributes.items()}
    bound = {binding.variable: _Placeholder(f"the {binding.variable}'s") for binding in rule.bindings}
    return render(rule.then.says, {"figure": figures, "case": answers, **bound}, _shown)


def _shown(value: Any) -> str:
    return f"[{value.words}]" if isinstance(value, _Placeholder) else str(value)
