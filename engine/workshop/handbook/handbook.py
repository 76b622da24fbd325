"""The handbook: the whole knowledge base as one Markdown document, in the order in which people read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from trackfit.engine.cases.answers_file import to_yaml
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.measures import stale
from trackfit.engine.language import formats
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.conditions import AllOf, Condition
from trackfit.engine.language.markdown import chart_text, code, escape
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import Advise, Attribute, GroundRule, Warn
from trackfit.engine.language.placeholders import render
from trackfit.engine.language.questions import asked
from trackfit.engine.language.wording import Wording
from trackfit.engine.workshop.handbook import reference
from trackfit.engine.workshop.handbook.reference import table
from trackfit.engine.workshop.scenarios.coverage import AuthorRule, author_rules
from trackfit.engine.workshop.scenarios.scenarios import Kind, Scenario

_EXPECTED: dict[Kind, str] = {
    "first": "{} comes first",
    "recommended": "{} is recommended",
    "warned": "{} is warned of",
    "concluded": "{} is concluded",
    "fired": "the rule {} fires",
    "says": "the report says {}",
}
"""What a scenario expects, as a clause."""
_BLANK_LINES = re.compile(r"\n{3,}")
_MONTHS_AGO = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12}


def handbook(kb: KnowledgeBase, scenarios: Sequence[Scenario], as_of: str) -> str:
    """The handbook as Markdown; figures are as old as they are on `as_of` (YYYY-MM-DD)."""
    text = "\n".join(_Handbook(kb, scenarios, as_of).lines())
    return _BLANK_LINES.sub("\n\n", text).rstrip("\n") + "\n"


class _Handbook:
    def __init__(self, kb: KnowledgeBase, scenarios: Sequence[Scenario], as_of: str) -> None:
        self.kb = kb
        self.facts = kb.facts
        self.scenarios = scenarios
        self.as_of = as_of
        self.wording = Wording(kb.facts, kb.program)
        self.rules: tuple[AuthorRule, ...] = author_rules(kb)

    def lines(self) -> Iterator[str]:
        """The document, line by line."""
        yield from ("# Handbook", "")
        facts = self.facts
        yield (
            f"What this knowledge base holds on {formats.date(self.as_of)}: {len(self.rules)} rules, "
            f"{len(facts.figures)} figures from {len(facts.sources)} sources, {len(facts.routes)} routes to "
            f"{len(facts.tracks)} tracks, {len(facts.skills)} skills and {len(self.scenarios)} scenarios."
        )
        yield from ("", f"Its digest, which each report made with it names, is `{self.kb.digest}`.", "")
        parts: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
            ("Map of the routes", self._map),
            ("Questions", self._questions),
            ("Rules", self._rules),
            ("Figures", self._figures),
            ("Sources", lambda: reference.sources(facts)),
            ("Backgrounds", lambda: reference.backgrounds(facts)),
            ("Routes", self._routes),
            ("Tracks", self._tracks),
            ("Skills", self._skills),
            ("Job titles", self._titles),
            ("Resources", lambda: reference.resources(facts)),
            ("Places, money and units", lambda: reference.places(facts)),
            ("Occupations", lambda: reference.occupations(facts)),
            ("Scenarios", self._scenarios),
        )
        for title, part in parts:
            yield from (f"## {title}", "")
            yield from part()
            yield ""

    def _map(self) -> Iterator[str]:
        yield from ("```mermaid", "graph LR")
        for background in sorted(self.facts.backgrounds.values(), key=lambda one: (one.order, one.id)):
            yield f'    from_{background.id}["{chart_text(background.name)}"]'
        for track in self.facts.tracks.values():
            yield f'    to_{track.id}(["{chart_text(track.name)}"])'
        for route in self.facts.routes.values():
            months = chart_text(formats.figure(self.facts.figures[route.timeline]).replace("–", "-"))
            arrow = "-->" if route.standing == "recommended" else "-.->"
            against = "" if route.standing == "recommended" else ", advised against"
            yield f'    from_{route.background} {arrow}|"{months}{against}"| to_{route.track}'
        yield "```"

    def _questions(self) -> Iterator[str]:
        for number, attribute in enumerate(asked(self.facts.attributes.values()), 1):
            question = attribute.question
            assert question is not None
            yield f"### {number}. {escape(question.question)}"
            yield from ("", escape(question.help), "")
            yield f"- Called {code(attribute.id)} in answers files and rules: {escape(attribute.label)}."
            yield f"- Asked of {self._of_whom(attribute)}."
            if attribute.choices and attribute.id != SKILLS:
                yield f"- Answers: {'; '.join(escape(one.name) for one in attribute.choices)}."
            looked = [rule.id for rule in self.rules if self._looks_at(rule, attribute.id)]
            yield f"- Rules that look at it, or at what is measured from it: {', '.join(map(code, looked)) or 'none'}."
            yield ""

    def _looks_at(self, rule: AuthorRule, attribute: str) -> bool:
        looked_at = [
            self.wording.attribute(leaf.attribute) for one in rule.conditions for _, leaf in one.leaves
        ]
        return any(
            attribute == one.id or (one.measure and attribute in MEASURES[one.measure].answers)
            for one in looked_at
        )

    def _of_whom(self, attribute: Attribute) -> str:
        question = attribute.question
        if question is None or question.only_if is None:
            return "everyone; it must be answered" if question and question.required else "everyone"
        return f"those whose earlier answers say: {escape(self.wording.condition(question.only_if))}"

    def _rules(self) -> Iterator[str]:
        file = ""
        for rule in self.rules:
            if rule.where.file != file:
                file = rule.where.file
                yield from (f"### {code(file)}", "")
            yield from (f"#### {escape(rule.title)}", "", f"{code(rule.id)}, line {rule.where.line}", "")
            if not rule.ground:
                yield from ("It never fires: no row of its table fits.", "")
                continue
            for ground in rule.ground:
                grave = f" ({ground.then.severity})" if isinstance(ground.then, Warn) else ""
                row = f"For {code(ground.bindings[0].row)}: when" if ground.bindings else "When"
                yield f"- {row} {escape(self._all(ground.when))}, then it {escape(self.wording.consequence(ground))}{grave}."
            first = rule.ground[0]
            if isinstance(first.then, Warn | Advise):
                yield from ("", f"> {escape(_spoken(first, self.kb))}")
            yield ""

    def _all(self, condition: Condition) -> str:
        """A condition as a clause, with its parts set apart."""
        parts = condition.parts if isinstance(condition, AllOf) else (condition,)
        said = [self.wording.condition(part) for part in parts] or ["always"]
        if len(said) > 2:
            return f"{'; '.join(said[:-1])}; and {said[-1]}"
        return ", and ".join(said)

    def _figures(self) -> Iterator[str]:
        past = {figure.id for figure in stale(self.facts.figures.values(), self.as_of)}
        rows = (
            (
                code(figure.id),
                escape(figure.about),
                escape(formats.figure(figure)),
                formats.date(figure.as_of),
                age(figure.as_of, self.as_of),
                f"**{figure.review_by}, past**" if figure.id in past else figure.review_by,
                ", ".join(map(code, figure.sources)),
            )
            for figure in self.facts.figures.values()
        )
        yield from table(("Figure", "What it says", "Value", "Date", "Age", "Review by", "Sources"), rows)

    def _routes(self) -> Iterator[str]:
        for route in self.facts.routes.values():
            background, track = self.facts.backgrounds[route.background], self.facts.tracks[route.track]
            yield from (f"### {escape(background.name)} → {escape(track.name)}", "", escape(route.note), "")
            standing = "recommended" if route.standing == "recommended" else "priced, and advised against"
            yield f"- {code(route.id)}: {standing}; mathematics: {route.math.replace('_', ' ')}."
            yield f"- It takes {self._figure(route.timeline)}."
            if route.years_from:
                yield f"- For people with {self._figure(route.years_from)} of experience."
            if route.transfer:
                yield f"- Of the stack, {self._figure(route.transfer)} carries over."
            yield f"- Carries over: {self._names(route.carries_over)}."
            yield f"- To learn: {self._names(route.gap)}."
            for stage in route.stages:
                months = self._figure(stage.months)
                yield f"- Months {months}: {self._names(stage.skills)}, shown by {escape(stage.outcome)}."
            yield ""

    def _figure(self, id_: str) -> str:
        return f"{escape(formats.figure(self.facts.figures[id_]))} ({code(id_)})"

    def _names(self, skills: Iterable[str]) -> str:
        return (
            formats.listing([escape(self.facts.skills[one].name) for one in skills])
            or "the source names nothing"
        )

    def _tracks(self) -> Iterator[str]:
        for track in self.facts.tracks.values():
            yield from (f"### {escape(track.name)}", "")
            for line in (*track.daily_work, *(one for family in track.families for one in family.daily_work)):
                yield f"- {escape(line)}"
            yield ""
            rows = (
                (
                    escape(self.facts.skills[row.skill].name),
                    ", ".join(map(self._figure, row.demand)) or "no figure",
                )
                for row in track.skills
            )
            yield from table(("Skill, most wanted first", "How much it is asked for"), rows)
            yield ""
            if near := reference.nearest_occupations(track.occupations, self.facts):
                yield f"- Occupations that come nearest: {near}."
            for one in track.milestones:
                called = f" ({code(one.id)})" if one.id else ""
                yield f"- {self._names(one.skills)}, shown by {escape(one.outcome)}{called}."
            yield ""

    def _skills(self) -> Iterator[str]:
        rows = (
            (
                code(skill.id),
                escape(skill.name),
                escape(skill.kind),
                ", ".join(map(escape, skill.aliases)),
                self._names(skill.counts_as) if skill.counts_as else "",
            )
            for skill in self.facts.skills.values()
        )
        yield from table(("Skill", "Name", "Kind", "Also written", "Counts as"), rows)

    def _titles(self) -> Iterator[str]:
        for title in self.facts.titles.values():
            backgrounds = self.facts.backgrounds
            tells = (
                escape(backgrounds[title.background].name)
                if title.background
                else "not counted as experience"
            )
            yield f"- {code(title.id)}: {', '.join(map(escape, title.words))} → {tells}"

    def _scenarios(self) -> Iterator[str]:
        file = ""
        for scenario in self.scenarios:
            if scenario.where.file != file:
                file = scenario.where.file
                yield from ("", f"### {code(file)}", "")
            todo = f" **To do:** {escape(scenario.todo)}." if scenario.todo else ""
            answers = "; ".join(to_yaml(scenario.case, self.kb.facts).splitlines()[1:]).replace('"', "")
            yield f"- {escape(scenario.name)}.{todo}"
            yield f"    - Answers: {code(answers)}"
            for wanted, heading in ((True, "It must follow that"), (False, "It must not follow that")):
                said = [
                    _EXPECTED[one.kind].format(code(one.what))
                    for one in scenario.expected
                    if one.wanted is wanted
                ]
                if said:
                    yield f"    - {heading} {formats.listing(said, 'and' if wanted else 'or')}."


class _Placeholder:
    """What a name in a rule's text stands for: said in words, whatever follows it."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __getitem__(self, name: str) -> _Placeholder:
        return _Placeholder(f"{self.words} {name.replace('_', ' ')}")


def _spoken(rule: GroundRule, kb: KnowledgeBase) -> str:
    """A rule's text with its figures, and with what differs from person to person in brackets."""
    assert isinstance(rule.then, Warn | Advise)
    figures = {id_: formats.figure(figure) for id_, figure in kb.facts.figures.items()}
    answers = {id_: f"[{row.label}]" for id_, row in kb.facts.attributes.items()}
    bound = {binding.variable: _Placeholder(f"the {binding.variable}'s") for binding in rule.bindings}
    return render(rule.then.says, {"figure": figures, "case": answers, **bound}, _bracketed)


def _bracketed(value: Any) -> str:
    return f"[{value.words}]" if isinstance(value, _Placeholder) else str(value)


def age(date: str, as_of: str) -> str:
    """How old a date (YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD) is, counted from its last month.

    >>> [age(date, "2026-11-22") for date in ("2026", "2026-Q3", "2026-04", "2024-11-30")]
    ['this year', '2 months', '7 months', '24 months']
    """
    year, _, rest = date.partition("-")
    month = _MONTHS_AGO.get(rest) or int(rest[:2] or 12)
    now = int(as_of[:4]) * 12 + int(as_of[5:7])
    months = max(0, now - int(year) * 12 - month)
    if months:
        return f"{months} month{'s' if months > 1 else ''}"
    return "this month" if rest[:2].isdigit() else "this quarter" if rest else "this year"
