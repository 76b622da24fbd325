"""What is declared and never used, and figures that are due for review.

Sources are not looked at: one may be listed because another one quotes it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from trackfit.engine.documents.folder import files_in, read_anyhow
from trackfit.engine.documents.node import Node
from trackfit.engine.inference.measures import stale
from trackfit.engine.knowledge.compile import Compilation
from trackfit.engine.knowledge.references import WrittenRow, values_at
from trackfit.engine.knowledge.schema import RECORDS
from trackfit.engine.language.columns import references
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import RECOMMENDED, WARNED, address_of
from trackfit.engine.language.voices import voices
from trackfit.engine.problems.problem import Location, Problem

REPORTED = frozenset({"background", "years_experience", "skills", "salary_goal", "salary_basis", "name"})
"""Answers that every report shows."""
_FIGURE = re.compile(r"\bfigure\.([a-z][a-z0-9_]*)")
_ANSWER = re.compile(r"\bcase\.([a-z][a-z0-9_]*)")
_BRACES = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[a-z][a-z0-9_]*")


def unused(found: Compilation, templates: Path, as_of: str) -> Iterator[Problem]:
    """Warnings of what could be taken out, and of what has grown old."""
    usage = _Usage(found, templates)
    rows = found.loaded.rows
    for row in rows.sound("figures"):
        if not usage.figure(row.id):
            text = f"no row, rule or template uses the figure {row.id!r}; take it out, or use it"
            yield _warning(row.node.find(("id",)), "unused-figure", text)
    for row in rows.sound("attributes"):
        yield from usage.attribute(row.id, row.node.find(("id",)))
    for row in rows.sound("skills"):
        if not row.plain.get("counts_as") and row.id not in usage.skills | usage.maybe:
            text = (
                f"no track, route, rule or other skill names the skill {row.id!r}, so it changes no advice; "
                "use it, or say why it stays"
            )
            yield _warning(row.node.find(("id",)), "unused-skill", text)
    for row in rows.sound("warnings"):
        if row.id not in usage.words_of_rules:
            text = f"no rule gives the warning {row.id!r}; take it out, or write the rule"
            yield _warning(row.node.find(("id",)), "unused-warning", text)
    yield from _unlinked(found)
    yield from _learning(found, as_of)
    for figure in stale(found.facts.figures.values(), as_of):
        where = rows.tables["figures"][figure.id].node.find(("review_by",))
        text = (
            f"the figure {figure.id!r} was due for review on {figure.review_by}; "
            "look it up again, then set `value`, `as_of` and a new `review_by`"
        )
        yield _warning(where, "stale-figure", text)


def _unlinked(found: Compilation) -> Iterator[Problem]:
    """Sources of figures that nobody can look up."""
    facts, rows = found.facts, found.loaded.rows.tables["sources"]
    for id_ in sorted({id_ for figure in facts.figures.values() for id_ in figure.sources}):
        if facts.sources[id_].standing != "ours" and address_of(facts, id_) is None:
            text = (
                f"the source {id_!r} has no address, so that nobody can look its numbers up; add `address`, or "
                "`quoted_in` with the source where you read it"
            )
            yield _warning(rows[id_].node.find(("id",)), "source-without-address", text)


def _learning(found: Compilation, as_of: str) -> Iterator[Problem]:
    """Places to learn that are due for review, and skills of tracks that have none; nothing where nobody keeps any."""
    facts, rows = found.facts, found.loaded.rows.tables
    for resource in facts.resources.values():
        if resource.review_by < as_of:
            text = (
                f"the resource {resource.id!r} was due for review on {resource.review_by}; open its address, "
                "then set `checked`, `how` and a new `review_by`"
            )
            yield _warning(rows["resources"][resource.id].node.find(("review_by",)), "stale-resource", text)
    taught = {skill for resource in facts.resources.values() for skill in resource.skills}
    for track in facts.tracks.values() if taught else ():
        for number, row in enumerate(track.skills):
            if row.skill not in taught:
                text = f"no resource teaches {row.skill!r}; add one to the table `resources`"
                where = rows["tracks"][track.id].node.find(("skills", number, "skill"))
                yield _warning(where, "skill-without-resource", text)


def _warning(where: Location, id_: str, text: str) -> Problem:
    return Problem(where=where, id=id_, text=text, severity="warning")


def _tested(rules: Iterable[Mapping[str, Any]], questions: Mapping[str, Node]) -> set[str]:
    """The attributes that a rule looks at, or another's question."""
    tested = {key for rule in rules for key in _keys(rule.get("when"))}
    for id_, node in questions.items():
        tested.update(key for key in _keys(node.plain()) if key != id_)
    return tested


class _Usage:
    """Every name that something uses; what a faulty row may have meant counts as used."""

    def __init__(self, found: Compilation, templates: Path) -> None:
        self.found = found
        rows = list(found.loaded.rows)
        rules = [row.plain for row in rows if row.table == "rules"]
        self.words_of_rules = found.loaded.lost.union(*map(_words, rules))
        meant = [problem.suggestion for problem in found.problems if problem.suggestion]
        faulty = [row.plain for row in rows if row.shape is None]
        self.maybe = found.loaded.lost.union(_words(meant), *map(_words, faulty))
        self.tested = _tested(rules, found.loaded.questions)
        self.concluded = {key for rule in rules for key in _keys(_part(rule.get("then"), "conclude"))}
        named = _named(rows)
        texts = _texts(rules)
        shown = "\n".join([*texts, *_templates(templates)])
        in_braces = chain.from_iterable(map(_BRACES.findall, texts))
        self.figures = {*_FIGURE.findall(shown), *_WORD.findall(" ".join(in_braces)), *named["figures"]}
        self.skills = self.words_of_rules | named["skills"]
        attributes = found.facts.attributes.values()
        measures = [row.measure for row in attributes if row.measure is not None and row.id in self.tested]
        measured = {answer for one in measures for answer in MEASURES[one].answers}
        self.answers = {*_ANSWER.findall(shown), *REPORTED, *named["attributes"], *measured}

    def figure(self, id_: str) -> bool:
        """Whether it is used: by a row, a rule, a text, a template, as a salary band, or as another voice on such a one."""
        figure = self.found.facts.figures.get(id_)
        if id_ in self.figures or id_ in self.maybe or (figure is not None and figure.is_band):
            return True
        if figure is None:
            return False
        beside = voices(self.found.facts.figures.values(), figure)
        return any(one.id in self.figures for one in beside)

    def attribute(self, id_: str, where: Location) -> Iterator[Problem]:
        attribute = self.found.facts.attributes[id_]
        if id_ in self.maybe or id_ in (RECOMMENDED, WARNED):
            return
        if attribute.origin == "asked":
            if id_ not in self.tested and id_ not in self.answers:
                text = f"no rule uses the answer to {id_!r}, so nobody need be asked; take the question out, or use it"
                yield _warning(where, "unused-question", text)
        elif id_ not in self.tested:
            text = f"no rule looks at {id_!r}; take it out, or write a rule that does"
            yield _warning(where, "unused-attribute", text)
        elif attribute.origin == "concluded" and id_ not in self.concluded and not self.found.faulty:
            text = f"rules look at {id_!r}, and none concludes it; write one with `conclude: {{{id_}: …}}`"
            yield _warning(where, "never-concluded", text)


def _named(rows: Iterable[WrittenRow]) -> Mapping[str, set[str]]:
    """The ids that rows name, by table."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for steps, target in references(RECORDS[row.table]).items():
            found[target.table].update(id_ for _, id_ in values_at(row.plain, steps))
    return found


def _templates(folder: Path) -> list[str]:
    """The text of every template."""
    return [read_anyhow(path) for path in files_in(folder)]


def _part(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def _words(value: object) -> set[str]:
    found = {word for text in _texts(value) for word in _WORD.findall(text)}
    return found | set(_keys(value))


def _keys(value: object) -> Iterator[str]:
    """The keys of a condition at any depth, each without the row after ` of `."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield key.partition(" of ")[0]
            yield from _keys(one)
    elif isinstance(value, list):
        for one in value:
            yield from _keys(one)
