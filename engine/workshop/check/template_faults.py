"""Faults of templates: what they name that is not there, what is never used, and what goes wrong in sample reports.

In parts that no sample report comes to, names are compared with the types of what templates are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec
from jinja2 import Environment, TemplateSyntaxError, nodes

from trackfit.engine.documents.folder import files_in, renamed
from trackfit.engine.documents.parse import read_source
from trackfit.engine.documents.slips import template_advice
from trackfit.engine.explanation import explanation
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import consult
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.language.columns import Record
from trackfit.engine.language.model import Value
from trackfit.engine.language.placeholders import NUMBER, ONE_BRACE
from trackfit.engine.problems.errors import TrackfitError
from trackfit.engine.problems.problem import Location, Problem, misspelt
from trackfit.engine.problems.problems import Problems
from trackfit.engine.report.book import Answers, Figures
from trackfit.engine.report.figures import FigureView
from trackfit.engine.report.names import Report
from trackfit.engine.report.report import TEMPLATE, to_markdown
from trackfit.engine.report.template_problems import parsed, place_in
from trackfit.engine.report.templates import OWN, PAGE, STYLE, SUFFIX, OwnTemplate, themes
from trackfit.engine.workshop.check.template_scan import ById, defined, unknown_names
from trackfit.engine.workshop.check.text_faults import MARK

ENDING = ".j2"
PAGE_SUFFIX = ".html.j2"
NO_FIGURE = (
    "make it a figure and write {{ figure.its_id }}, or, if it measures nothing (a room, a telephone), "
    "write {# trackfit: allow number-in-template because … #} on its line"
)
MAX_RULES_TRIED = 400
"""With more rules than this only two sample reports are made: each takes its time."""


class _Template(msgspec.Struct):
    """A template as it was read; `file` is how problems name it."""

    file: str
    text: str
    tree: nodes.Template | None = None

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
    templates, problems = _read(folder)
    texts |= {template.file: template.text for template in templates.values()}
    if f"{TEMPLATE}{SUFFIX}" not in templates:
        file = f"{TEMPLATE}{SUFFIX}"
        told = f"there is no template {file!r}, which reports are made with"
        problems.add(Location(f"templates/{file}"), "missing-template", told)
    problems += _missing(templates)
    problems += _unused(templates)
    for template in templates.values():
        problems += _never_printed(template, templates)
        problems += _typed(template)
    return problems


def own_template_faults(kb: KnowledgeBase, own: OwnTemplate, as_of: str | None = None) -> list[Problem]:
    """What is wrong with a template from outside, beside the knowledge base's; on a day, in sample reports too."""
    templates, _ = _read(kb.folder)
    template = _Template(own.place, own.text)
    problems = [*_parse(template)]
    templates[OWN] = template
    if not problems:
        problems += [one for one in _missing(templates) if one.where.file == own.place]
        problems += _never_printed(template, templates)
        problems += _typed(template)
        problems += _rendered(kb, as_of, [own]) if as_of else []
        told = {(problem.where.file, problem.where.line) for problem in problems}
        undefined = _undefined(kb, [template], templates.values())
        problems += [one for one in undefined if (one.where.file, one.where.line) not in told]
    return sorted(set(problems), key=lambda one: (one.where, one.id, one.text))


def _read(folder: Path) -> tuple[dict[str, _Template], Problems]:
    """The templates of a knowledge base by name, and why some cannot be read."""
    templates: dict[str, _Template] = {}
    problems = Problems()
    for path in files_in(folder / "templates"):
        right = path.name if path.suffix == ENDING else renamed(path, (ENDING,))
        if right is None:
            continue
        name = path.with_name(right).relative_to(folder / "templates").as_posix()
        file = path.relative_to(folder).as_posix()
        text, faults = read_source(path, file)
        templates[name] = _Template(file, text or "")
        problems += faults or _parse(templates[name])
    return templates, problems


def _parse(template: _Template) -> Iterator[Problem]:
    """Fills in the tree, or tells why there is none."""
    try:
        template.tree = parsed(Environment(autoescape=False), template.text)  # noqa: S701 - only read, never rendered
    except TemplateSyntaxError as error:
        line = "".join(template.text.split("\n")[error.lineno - 1 : error.lineno])
        told = f"the template cannot be read: {template_advice(str(error.message), line)}"
        where = place_in(template.text, template.file, error.lineno, told)
        yield Problem(where=where, id="template-syntax", text=told)


def _named(template: _Template) -> Iterator[tuple[str, int]]:
    """The other templates that a template names, with the line of each."""
    kinds = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    for node in template.tree.find_all(kinds) if template.tree else ():
        name = getattr(node.template, "value", None)  # type: ignore[attr-defined]
        if isinstance(name, str):
            yield name, node.lineno


def _missing(templates: dict[str, _Template]) -> Iterator[Problem]:
    """Templates that are named and not there."""
    known = templates.keys() - {OWN}
    for template in templates.values():
        for name, line in _named(template):
            if name not in known:
                where = template.spot(line, name)
                yield misspelt(where, "missing-template", f"there is no template {name!r}", name, known)


def _unused(templates: dict[str, _Template]) -> Iterator[Problem]:
    """Parts that no template that makes a report comes to."""
    wanted = {name: [one for one, _ in _named(template)] for name, template in templates.items()}
    lacking = any(one not in templates for names in wanted.values() for one in names)
    if lacking or any(template.tree is None for template in templates.values()):
        return
    queue = [name for name in templates if _is_root(name)]
    reached = set(queue)
    for name in queue:
        queue += [one for one in wanted[name] if one not in reached]
        reached.update(wanted[name])
    for name in sorted(templates.keys() - reached):
        where = Location(templates[name].file, 1, 1)
        text = f"no template uses {name!r}; take it out, or include it"
        yield Problem(where=where, id="unused-template", text=text, severity="warning")


def _is_root(name: str) -> bool:
    """Whether a template is used by its name: it makes a report or the page around one."""
    return "/" not in name and name[0] != "_"


def _never_printed(template: _Template, templates: dict[str, _Template]) -> Iterator[Problem]:
    """In a template that takes another over: blocks that the other has not, and what stands outside blocks."""
    if template.tree is None:
        return
    body = iter(template.tree.body)
    parent = _taken_over(body)
    if not isinstance(parent, str) or parent not in templates:
        return
    for part in _printed(node for node in body if not isinstance(node, nodes.Block)):
        if not isinstance(part, nodes.TemplateData) or part.data.strip():
            yield _outside(template, part)
            return
    known = _blocks(parent, templates, set())
    blocks = list(template.tree.find_all(nodes.Block))
    inner = {one for block in blocks for one in block.find_all(nodes.Block)}
    for block in blocks:
        if block not in inner and block.name not in known:
            where = template.spot(block.lineno, block.name)
            text = f"{parent!r} has no block {block.name!r}, so this is never printed"
            yield misspelt(where, "never-printed", text, block.name, known)


def _taken_over(body: Iterator[nodes.Node]) -> object:
    """The name of the template that a template takes over, if it does; the body is left after that."""
    taken = next((node for node in body if isinstance(node, nodes.Extends)), None)
    return getattr(taken.template, "value", None) if taken else None


def _printed(body: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """What some parts of a template print."""
    for node in body:
        for output in [node] if isinstance(node, nodes.Output) else node.find_all(nodes.Output):
            yield from output.nodes


def _outside(template: _Template, part: nodes.Node) -> Problem:
    line = part.lineno
    if isinstance(part, nodes.TemplateData):
        line += part.data[: len(part.data) - len(part.data.lstrip())].count("\n")
    text = "this stands outside the blocks of a template that takes another over, so it is never printed; put it into a block"
    lines = template.text.split("\n")
    column = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 1
    return Problem(where=Location(template.file, line, column), id="never-printed", text=text)


def _blocks(name: str, templates: dict[str, _Template], seen: set[str]) -> set[str]:
    """The blocks of a template and of those that it takes over."""
    tree = templates[name].tree if name in templates and name not in seen else None
    if tree is None:
        return set()
    found = {block.name for block in tree.find_all(nodes.Block)}
    for taken in tree.find_all(nodes.Extends):
        found |= _blocks(str(getattr(taken.template, "value", "")), templates, {*seen, name})
    return found


def _typed(template: _Template) -> Iterator[Problem]:
    """Numbers typed into the plain text of a template, and names in single braces."""
    for data in template.tree.find_all(nodes.TemplateData) if template.tree else ():
        for found in ONE_BRACE.finditer(data.data):
            line = data.lineno + data.data.count("\n", 0, found.start())
            text = f"{found[0]!r} would be printed as it stands; write two braces, {{{{ {found[1]} }}}}"
            yield Problem(where=template.spot(line, found[0]), id="template-syntax", text=text)
        for found in MARK.finditer(data.data):
            line = data.lineno + data.data.count("\n", 0, found.start())
            text = f"{found[0]!r} waits for words of yours; write them, for readers see this"
            yield Problem(
                where=template.spot(line, found[0]), id="placeholder", text=text, severity="warning"
            )
        told: set[int] = set()
        for found in NUMBER.finditer(data.data):
            line = data.lineno + data.data.count("\n", 0, found.start())
            if line not in told:
                told.add(line)
                where = template.spot(line, found[0])
                text = f"the number {found[0]!r} is typed into the template; {NO_FIGURE}"
                yield Problem(where=where, id="number-in-template", text=text, severity="warning")


def sample_answers(kb: KnowledgeBase) -> Iterator[dict[str, Value]]:
    """Answers of people of every background, one who tells little and one who tells much."""
    tracks = list(kb.facts.tracks)
    for number, background in enumerate(kb.facts.backgrounds):
        few: dict[str, Value] = {BACKGROUND: background}
        yield few
        much = dict(few)
        for attribute in kb.reader.attributes.values():
            if attribute.id == BACKGROUND:
                continue
            if attribute.type == "set":
                much[attribute.id] = frozenset(kb.ways.lists[tracks[number % len(tracks)]][::2])
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


def rendering_faults(kb: KnowledgeBase, as_of: str) -> list[Problem]:
    """What goes wrong when sample reports are made, and names that stand for nothing where none comes."""
    folder = kb.folder / "templates"
    page = any((folder / name).is_file() for name in (PAGE, STYLE))
    found = _rendered(kb, as_of, themes(folder), page=page)
    told = {(problem.where.file, problem.where.line) for problem in found}
    templates = _read(kb.folder)[0].values()
    undefined = _undefined(kb, templates, templates)
    return [*found, *(one for one in undefined if (one.where.file, one.where.line) not in told)]


def _rendered(
    kb: KnowledgeBase, as_of: str, templates: Sequence[str | OwnTemplate], *, page: bool = False
) -> list[Problem]:
    """What goes wrong when sample reports are made with each of these templates, and with `page` one page."""
    found: dict[Problem, None] = {}
    most = 100 if len(kb.program.rules) <= MAX_RULES_TRIED else 2
    for answers in islice(sample_answers(kb), most):
        try:
            consultation = consult(kb, kb.reader.case(answers), as_of)
            explained = explanation.of(consultation)
        except TrackfitError as error:
            found.update(dict.fromkeys(error.problems))
            continue
        makers = [partial(to_markdown, consultation, template, explained) for template in templates]
        if page:
            from trackfit.engine.report.page import to_html  # late: it loads a Markdown parser

            makers.append(partial(to_html, consultation, explained=explained))
            page = False
        for make in makers:
            try:
                make()
            except TrackfitError as error:
                found.update(dict.fromkeys(error.problems))
    return [*found]


def _undefined(
    kb: KnowledgeBase, templates: Iterable[_Template], around: Iterable[_Template]
) -> Iterator[Problem]:
    """Names in templates that stand for nothing, in branches too that no sample report takes."""
    ids = {
        Figures: ById(frozenset(kb.facts.figures), FigureView),
        Answers: ById(frozenset(kb.reader.attributes), str),
    }
    elsewhere = frozenset().union(*(defined(one.tree) for one in around if one.tree is not None))
    for template in templates:
        if template.tree is None:
            continue
        part = Path(template.file).name.startswith("_")
        for one in unknown_names(template.tree, _given(template), ids, elsewhere if part else ()):
            text = f"the template names what is not there: {one.name!r}"
            where = template.spot(one.line, one.name)
            yield misspelt(where, "undefined-in-template", text, one.name, one.valid)


def _given(template: _Template) -> type[Record]:
    """What has the names that a template may use."""
    if not template.file.endswith(PAGE_SUFFIX):
        return Report
    from trackfit.engine.report.page import Page  # late: it loads a Markdown parser

    return Page
