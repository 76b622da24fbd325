"""Faults of templates: what they name that is not there, what is never used, and what goes wrong in sample reports.

In parts that no sample report comes to, a name is compared with all that samples were given, wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, TemplateSyntaxError, nodes

from trackfit.engine.consult import consult
from trackfit.engine.errors import TrackfitError
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Value
from trackfit.engine.problem import Location, Problem, misspelt
from trackfit.engine.report import TEMPLATE, report_names, to_markdown
from trackfit.engine.route_views import RouteView, StepView
from trackfit.engine.says import NUMBER, ONE_BRACE
from trackfit.engine.source import read_source
from trackfit.engine.syntax import template_advice
from trackfit.engine.track_views import Average, RecommendationView, SkillDemand, TrackView
from trackfit.engine.views import FigureView

SUFFIX = ".j2"
MAX_RULES_TRIED = 400
"""With more rules than this only two sample reports are made: each takes its time."""

OWN_NAMES = frozenset({"loop", "caller", "varargs", "kwargs"})
OWN_PARTS = frozenset(
    {"first", "last", "index", "index0", "revindex", "revindex0", "length", "previtem", "nextitem"}
)
"""What Jinja itself gives to every loop."""
VIEWS = (FigureView, RouteView, StepView, TrackView, SkillDemand, Average, RecommendationView)
"""What templates may be given though no sample comes to it: where no route has stages, say."""
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
        read, faults = read_source(path, f"templates/{name}")
        problems += faults
        text = read or ""
        texts[f"templates/{name}"] = text
        templates[name] = _Template(name, text, None)
        if read is None:
            continue
        try:
            templates[name].tree = Environment(autoescape=False).parse(text)  # noqa: S701 - only read, never rendered
        except TemplateSyntaxError as error:
            where = Location(f"templates/{name}", error.lineno, 1)
            told = f"the template cannot be read: {template_advice(str(error.message))}"
            problems.append(Problem(where=where, id="template-syntax", text=told))
    if TEMPLATE not in templates:
        told = f"there is no template {TEMPLATE!r}, which reports are made with"
        problems.append(Problem(where=Location(f"templates/{TEMPLATE}"), id="missing-template", text=told))
    problems += _uses(templates)
    for template in templates.values():
        problems += _typed(template)
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


def _typed(template: _Template) -> Iterator[Problem]:
    """Numbers typed into the plain text of a template, and names in single braces."""
    for data in template.tree.find_all(nodes.TemplateData) if template.tree else ():
        for found in ONE_BRACE.finditer(data.data):
            line = data.lineno + data.data.count("\n", 0, found.start())
            text = f"{found[0]!r} would be printed as it stands; write two braces, {{{{ {found[1]} }}}}"
            yield Problem(where=template.spot(line, found[0]), id="template-syntax", text=text)
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
    """What goes wrong when sample reports are made, and names that stand for nothing where none comes."""
    found: dict[Problem, None] = {}
    first: set[str] = set()
    parts = {name for view in VIEWS for name in vars(view) if name[0] != "_"}
    for answers in _samples(kb):
        try:
            consultation = consult(kb, kb.reader.case(answers), as_of)
            given = report_names(consultation)
            first.update(given)
            _gather(given.values(), parts, set())
            to_markdown(consultation)
        except TrackfitError as error:
            found.update(dict.fromkeys(_narrowed(problem, texts) for problem in error.problems))
    told = {(problem.where.file, problem.where.line) for problem in found}
    more = [
        one for one in _undefined(kb, texts, first, parts) if (one.where.file, one.where.line) not in told
    ]
    return [*found, *more]


def _samples(kb: KnowledgeBase) -> list[dict[str, Value]]:
    most = 100 if len(kb.program.rules) <= MAX_RULES_TRIED else 2
    return list(islice(sample_answers(kb), most))


def _undefined(
    kb: KnowledgeBase, texts: dict[str, str], first: set[str], parts: set[str]
) -> Iterator[Problem]:
    """Names in templates that no sample report was given."""
    trees = {
        name: Environment(autoescape=False).parse(text)  # noqa: S701 - only read, never rendered
        for name, text in sorted(texts.items())
        if name.endswith(SUFFIX)
    }
    parts = {
        *parts,
        *OWN_PARTS,
        *(macro.name for tree in trees.values() for macro in tree.find_all(nodes.Macro)),
    }
    for name, tree in trees.items():
        template = _Template(name.removeprefix("templates/"), texts[name], tree)
        own = _defined(tree)
        given = first | own
        ids = {"figure": set(kb.facts.figures), "case": set(kb.reader.attributes)}
        for node in tree.find_all(nodes.Name):
            if node.name not in given and node.name not in OWN_NAMES:
                text = f"the template names what is not there: {node.name!r}"
                where = template.spot(node.lineno, node.name)
                yield misspelt(where, "undefined-in-template", text, node.name, given)
        for part in tree.find_all(nodes.Getattr):
            owner = part.node.name if isinstance(part.node, nodes.Name) else ""
            valid = ids.get(owner, set()) | (parts if owner in own or owner not in ids else set())
            if part.attr not in valid:
                text = f"the template names what is not there: {part.attr!r}"
                where = template.spot(part.lineno, part.attr)
                yield misspelt(where, "undefined-in-template", text, part.attr, valid)


def _defined(tree: nodes.Template) -> frozenset[str]:
    """The names that a template itself gives a meaning."""
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    names |= {node.name for node in tree.find_all(nodes.Macro)}
    return frozenset(names | {node.target for node in tree.find_all(nodes.Import)})


def _gather(values: Iterable[Any], parts: set[str], seen: set[type]) -> None:
    """The names of all parts of what templates are given; of each kind of thing, once."""
    for value in values:
        if isinstance(value, dict):
            parts.update(str(key) for key in value)
            _gather(value.values(), parts, seen)
        elif isinstance(value, list | tuple):
            _gather(value, parts, seen)
        elif (
            type(value).__module__.startswith("trackfit.")
            and not isinstance(value, str)
            and type(value) not in seen
        ):
            seen.add(type(value))
            names = [name for name in (*dir(type(value)), *getattr(value, "__dict__", {})) if name[0] != "_"]
            parts.update(names)
            _gather((getattr(value, name) for name in names), parts, seen)


def _narrowed(problem: Problem, texts: dict[str, str]) -> Problem:
    """The problem at the first word in quotes that it speaks of, where that stands on its line."""
    lines = texts.get(problem.where.file, "").split("\n")
    line = lines[problem.where.line - 1] if 0 < problem.where.line <= len(lines) else ""
    for word in _QUOTED.findall(problem.text):
        if word in line:
            where = msgspec.structs.replace(problem.where, column=line.index(word) + 1)
            return msgspec.structs.replace(problem, where=where)
    return problem
