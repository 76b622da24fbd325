"""Faults of templates: what they name that is not there, what is never used, and what goes wrong in sample reports.

A name that stands for nothing shows where a sample report comes to it; a part that none comes to is only read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from jinja2 import Environment, TemplateSyntaxError, nodes

from trackfit.engine.consult import consult
from trackfit.engine.errors import TrackfitError
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Value
from trackfit.engine.problem import Location, Problem, misspelt
from trackfit.engine.report import TEMPLATE, to_markdown
from trackfit.engine.says import NUMBER

SUFFIX = ".j2"
MAX_RULES_TRIED = 400
"""With more rules than this only two sample reports are made: each takes its time."""

_QUOTED = re.compile(r"'([^']+)'")


class _Template(msgspec.Struct):
    """A template as it was read."""

    name: str
    text: str
    tree: nodes.Template | None

    @property
    def file(self) -> str:
        return f"templates/{self.name}"

    def spot(self, line: int, word: str) -> Location:
        """The place of a word on a line, or on the nearest one after it that has it."""
        lines = self.text.split("\n")
        for number in range(line - 1, len(lines)):
            column = lines[number].find(word)
            if column >= 0:
                return Location(self.file, number + 1, column + 1)
        return Location(self.file, line, 1)


def template_faults(folder: Path, texts: dict[str, str]) -> list[Problem]:
    """What can be told from the templates of a knowledge base alone; their texts are added to `texts`."""
    problems: list[Problem] = []
    templates: dict[str, _Template] = {}
    for path in sorted((folder / "templates").rglob(f"*{SUFFIX}")):
        name = path.relative_to(folder / "templates").as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")
        texts[f"templates/{name}"] = text
        templates[name] = _Template(name, text, None)
        try:
            templates[name].tree = Environment(autoescape=False).parse(text)  # noqa: S701 - only read, never rendered
        except TemplateSyntaxError as error:
            where = Location(f"templates/{name}", error.lineno, 1)
            told = f"the template cannot be read: {error.message}"
            problems.append(Problem(where=where, id="template-syntax", text=told))
    if TEMPLATE not in templates:
        told = f"there is no template {TEMPLATE!r}, which reports are made with"
        problems.append(Problem(where=Location(f"templates/{TEMPLATE}"), id="missing-template", text=told))
    problems += _uses(templates)
    for template in templates.values():
        problems += _numbers(template)
    return problems


def _uses(templates: dict[str, _Template]) -> Iterator[Problem]:
    """Templates that are used and not there, and those that are there and not used."""
    wanted: dict[str, list[str]] = {name: [] for name in templates}
    unread = False
    for template in templates.values():
        if template.tree is None:
            unread = True
            continue
        for node in template.tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            name = getattr(node.template, "value", None)  # type: ignore[attr-defined]
            if not isinstance(name, str):
                continue
            wanted[template.name].append(name)
            if name not in templates:
                where = template.spot(node.lineno, name)
                yield misspelt(where, "missing-template", f"there is no template {name!r}", name, templates)
    reached, queue = {TEMPLATE}, [TEMPLATE]
    for name in queue:
        queue += [one for one in wanted.get(name, ()) if one not in reached]
        reached.update(wanted.get(name, ()))
    lacking = {one for names in wanted.values() for one in names if one not in templates}
    for name in sorted(templates.keys() - reached):
        if not unread and not lacking and TEMPLATE in templates:
            text = f"no template uses {name!r}; take it out, or include it"
            yield Problem(
                where=Location(f"templates/{name}", 1, 1), id="unused-template", text=text, severity="warning"
            )


def _numbers(template: _Template) -> Iterator[Problem]:
    for data in template.tree.find_all(nodes.TemplateData) if template.tree else ():
        for found in NUMBER.finditer(data.data):
            line = data.lineno + data.data.count("\n", 0, found.start())
            text = f"the number {found[0]!r} is typed into the template; make it a figure and write {{{{ figure.its_id }}}}"
            yield Problem(
                where=template.spot(line, found[0]), id="number-in-template", text=text, severity="warning"
            )


def sample_answers(kb: KnowledgeBase) -> Iterator[dict[str, Value]]:
    """Answers of people of every background, one who tells little and one who tells much."""
    tracks = list(kb.facts.tracks)
    for number, background in enumerate(kb.facts.backgrounds):
        few: dict[str, Value] = {"background": background}
        yield few
        much = dict(few)
        for attribute in kb.reader.attributes.values():
            if attribute.id == "background":
                continue
            if attribute.type == "set":
                much[attribute.id] = frozenset(kb.measures.track_skills[tracks[number % len(tracks)]][::2])
            elif attribute.type == "yes_no":
                much[attribute.id] = number % 3 != 2
            elif attribute.range is not None:
                low, high = attribute.range
                much[attribute.id] = min(
                    high, low + (180_000 if attribute.type == "money" else 4 + 5 * number)
                )
            elif attribute.choices:
                much[attribute.id] = attribute.choices[number % len(attribute.choices)].id
            else:
                much[attribute.id] = "Sam"
        yield much


def rendering_faults(kb: KnowledgeBase, as_of: str, texts: dict[str, str]) -> list[Problem]:
    """What goes wrong when sample reports are made."""
    most = 100 if len(kb.program.rules) <= MAX_RULES_TRIED else 2
    found: dict[Problem, None] = {}
    for number, answers in enumerate(sample_answers(kb)):
        if number < most:
            try:
                to_markdown(consult(kb, kb.reader.case(answers), as_of))
            except TrackfitError as error:
                found.update(dict.fromkeys(_narrowed(problem, texts) for problem in error.problems))
    return list(found)


def _narrowed(problem: Problem, texts: dict[str, str]) -> Problem:
    """The problem at the first word in quotes that it speaks of, where that stands on its line."""
    lines = texts.get(problem.where.file, "").split("\n")
    line = lines[problem.where.line - 1] if 0 < problem.where.line <= len(lines) else ""
    for word in _QUOTED.findall(problem.text):
        if word in line:
            where = msgspec.structs.replace(problem.where, column=line.index(word) + 1)
            return msgspec.structs.replace(problem, where=where)
    return problem
