"""The report as one self-contained page: its Markdown as HTML, with charts; no script, nothing fetched.

What a template or a person wrote never reaches the page as HTML: raw HTML is off, links lead only where `SCHEMES` allow,
and the page's own policy forbids the browser to load or run anything but the one style sheet in it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from trackfit.engine.explanation.explanation import Explanation
from trackfit.engine.inference.base import KnowledgeBase, shipped
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.language.columns import Record
from trackfit.engine.language.facts import Organization
from trackfit.engine.language.images import LARGEST, kind_of
from trackfit.engine.language.markdown import Ready
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.problems.problem import Location, Problem
from trackfit.engine.report.drawing import charts
from trackfit.engine.report.drawing.boxes import with_boxes
from trackfit.engine.report.drawing.charts import drawn
from trackfit.engine.report.figures import MARKED, without_marks
from trackfit.engine.report.report import TEMPLATE, MadeReport, made
from trackfit.engine.report.templates import PAGE, STYLE, OwnTemplate, render_page

if TYPE_CHECKING:
    from markdown_it.token import Token

PARAGRAPH = 3
"""Tokens of a paragraph: its begin, its text, its end."""
SCHEMES = ("http:", "https:", "mailto:", "#")
POLICY = "default-src 'none'; style-src '{style}'; {images}base-uri 'none'; form-action 'none'"
IMAGES = "img-src data:; "
_BEGINNING = re.compile(
    r"\s*<!doctype html>\s*<html(?: lang=\"[A-Za-z0-9-]+\")?>\s*<head>\s*<meta charset=\"utf-8\">\s*"
    r"<meta http-equiv=\"Content-Security-Policy\" content=\"(?P<policy>[^\"<>]*)\">",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"data:image/(?:png|jpeg);base64,[a-z0-9+/=]*")
DARK_BRAND = "#82b4f7"
"""The color of the style sheet for dark screens."""
_RUNS = ("script", "iframe", "object", "embed", "applet", "base", "frame")
"""Elements that run something, bring a page in, or change where addresses lead."""


class Heading(Record, frozen=True):
    """A heading of the second level, for the table of contents."""

    id: str
    """Its anchor."""
    text: str
    """Its words."""


class Page(Record, frozen=True):
    """The names that the page's template may use."""

    title: str
    """The report's heading, or its first line."""
    heading: bool
    """Whether the report has a heading of its own."""
    policy: str
    """The content security policy that allows this style sheet and nothing else."""
    style: Ready
    """The style sheet, with the colors of the organization."""
    organization: str
    """The name of the organization that gives the advice; empty where the knowledge base names none."""
    logo: Ready
    """Its logo as an image; empty where it has none."""
    contents: list[Heading]
    """The sections."""
    body: Ready
    """The report."""
    notes: Ready
    """Its footnotes as items of a list; empty where there are none."""


def to_html(
    consultation: Consultation,
    template: str | OwnTemplate = TEMPLATE,
    explained: Explanation | None = None,
    *,
    since: Consultation | None = None,
) -> str:
    """The report as a page; see `to_markdown`. Raises `InvalidKnowledge` where a template cannot be rendered."""
    return page_of(made(consultation, template, explained, since=since, page=True), consultation.kb)


def page_of(report: MadeReport, kb: KnowledgeBase) -> str:
    """A report that is made already as a page, with the look of a knowledge base. Raises `InvalidKnowledge`."""
    tokens = _without_pictures(_parser().parse(report.text))
    contents = _headings(tokens)
    _tables(tokens)
    tokens = with_boxes(tokens)
    last = next((place for place, one in enumerate(tokens) if one.type == "footnote_block_open"), len(tokens))
    folder = _folder(kb)
    ours = next(iter(kb.facts.organization.values()), None)
    logo = _logo(kb.folder / "templates", ours) if ours else Ready("")
    style = _style(folder) + (_colors(ours) if ours else "")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    title = next((one.content for one in tokens if one.type == "inline"), "")
    page = Page(
        title=_words(title),
        heading=bool(tokens) and tokens[0].type == "heading_open",
        policy=POLICY.format(style=f"sha256-{digest}", images=IMAGES if logo else ""),
        style=Ready(style),
        organization=ours.name if ours else "",
        logo=logo,
        contents=contents,
        body=_whole(_rendered(tokens[_lines_as_heading(tokens) : last]), report),
        notes=_whole(_rendered(tokens[last + 1 : -1]), report),
    )
    return _without_script(render_page(folder, page), page.policy)


def _lines_as_heading(tokens: Sequence[Token]) -> int:
    """How many tokens the first line has, where the page says it as its heading: a paragraph of words alone."""
    opens = len(tokens) > PARAGRAPH and tokens[0].type == "paragraph_open"
    return PARAGRAPH if opens and all(one.type == "text" for one in tokens[1].children or ()) else 0


def _without_script(page: str, policy: str) -> str:
    """The page, if no browser can run anything in it, whoever wrote its template. Raises `InvalidKnowledge`.

    The policy comes before all that a browser could run, so it holds for all of it; and for readers that know no
    policies there is no script, no handler and no address that is one.
    """
    beginning = _BEGINNING.match(page)
    fault = ""
    if beginning is None or unescape(beginning["policy"]) != policy:
        fault = "it must begin with a doctype, <html lang>, <head>, the character set and the policy, as the shipped one"
    else:
        reader = _ScriptFinder()
        reader.feed(page)
        reader.close()
        fault = reader.fault
    if fault:
        text = f"a page never runs anything: {fault}"
        where = Location(f"templates/{PAGE}", 1)
        raise InvalidKnowledge([Problem(where=where, id="template-escapes-sandbox", text=text)])
    return page


class _ScriptFinder(HTMLParser):
    """Looks for what runs."""

    fault = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.rpartition(":")[2] in _RUNS:
            self.fault = f"it has a <{tag}>; take it out"
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]+", "", value or "").lower()
            if name.startswith("on") or name == "srcdoc":
                self.fault = f"<{tag}> has {name!r}; take it out"
            elif tag == "img" and name == "src" and _IMAGE.fullmatch(address):
                continue
            elif address.startswith(("javascript:", "vbscript:", "data:")):
                self.fault = f"<{tag}> has an address that is a script; take it out"
            elif tag == "meta" and name == "http-equiv" and address == "refresh":
                self.fault = "it sends its reader elsewhere; take the <meta> out"


def _folder(kb: KnowledgeBase) -> Path:
    """The templates of the knowledge base, or the shipped ones where it has no page of its own."""
    own = kb.folder / "templates"
    return own if (own / PAGE).is_file() else shipped() / "templates"


def _style(folder: Path) -> str:
    place = folder if (folder / STYLE).is_file() else shipped() / "templates"
    text = (place / STYLE).read_text(encoding="utf-8")
    if "<" in text:
        told = "a style sheet has no '<'; take it out"
        where = Location(f"templates/{STYLE}", text[: text.index("<")].count("\n") + 1)
        raise InvalidKnowledge([Problem(where=where, id="template-fails", text=told)])
    return f"\n{text}"


def _colors(ours: Organization) -> str:
    """The colors of an organization over those of the style sheet, in both schemes."""
    found = f"\n:root {{ --brand: {ours.color}; }}\n" if ours.color else ""
    if ours.color or ours.dark_color:
        dark = ours.dark_color or DARK_BRAND
        found += f"\n@media screen and (prefers-color-scheme: dark) {{ :root {{ --brand: {dark}; }} }}\n"
    return found


def _logo(templates: Path, ours: Organization) -> Ready:
    """The logo as an image that is part of the page. Its file was looked at when the knowledge base was loaded."""
    if ours.logo is None:
        return Ready("")
    content = (templates / ours.logo).read_bytes()
    kind = kind_of(content)
    if kind is None or len(content) > LARGEST:
        return Ready("")
    inside = base64.b64encode(content).decode()
    return Ready(f'<img src="data:{kind};base64,{inside}" alt="">')


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    parser.use(footnote_plugin)
    parser.validateLink = lambda url: url.lower().startswith(SCHEMES)  # type: ignore[method-assign]
    for name, rule in RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def _whole(body: str, report: MadeReport) -> Ready:
    """HTML with its charts, and with figures that tell who says them."""

    def told(figure: re.Match[str]) -> str:
        return f'<span class="figure" title="{escape(report.origins[figure["id"]])}">{figure["text"]}</span>'

    return Ready(MARKED.sub(told, drawn(body, report.charts)))


def _rendered(tokens: Sequence[Token]) -> str:
    parser = _parser()
    return str(parser.renderer.render(tokens, parser.options, {}))


def _words(markdown: str) -> str:
    """Markdown without its marks."""
    plain = charts.without_marks(without_marks(markdown))
    (token,) = MarkdownIt("commonmark").parseInline(plain)
    return "".join(child.content for child in token.children or ())


def _headings(tokens: Sequence[Token]) -> list[Heading]:
    """Gives every heading below the title an anchor, and lists those of the second level."""
    found: list[Heading] = []
    taken: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type != "heading_open" or token.tag == "h1":
            continue
        text = _words(tokens[place + 1].content)
        name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
        while name in taken:
            name += "-more"
        taken.add(name)
        token.attrSet("id", name)
        if token.tag == "h2":
            found.append(Heading(id=name, text=text))
    return found


def _tables(tokens: Sequence[Token]) -> None:
    """Headings of columns and rows, and the column's name at each cell, for narrow screens."""
    columns: list[str] = []
    column = 0
    in_head = False
    for place, token in enumerate(tokens):
        if token.type in ("thead_open", "tbody_open"):
            in_head = token.type == "thead_open"
            columns = [] if in_head else columns
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open" and in_head:
            token.attrs = {"scope": "col", "role": "columnheader"}
            columns.append(_words(tokens[place + 1].content))
        elif token.type == "td_open":
            token.attrs = {"role": "cell", "data-label": columns[column]}
            if column == 0:
                token.tag = tokens[place + 2].tag = "th"
                token.attrs = {"scope": "row", "role": "rowheader", "data-label": columns[column]}
            column += 1


def _without_pictures(tokens: Sequence[Token]) -> list[Token]:
    """Mermaid's blocks, which nothing here draws, are left out."""
    return [one for one in tokens if not (one.type == "fence" and one.info.strip() == "mermaid")]


def _note_link(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    number, again = tokens[place].meta["id"] + 1, tokens[place].meta["subId"]
    name = f"note-{number}-{again}"
    return f'<sup><a href="#note-{number}" id="{name}" role="doc-noteref" aria-label="Footnote {number}">{number}</a></sup>'


def _note_open(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return f'<li id="note-{tokens[place].meta["id"] + 1}">\n'


def _note_back(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    number, again = tokens[place].meta["id"] + 1, tokens[place].meta["subId"]
    shown = f"↩{again + 1}" if again else "↩"
    label = f"Back to place {again + 1} of footnote {number}"
    return (
        f' <a class="back" href="#note-{number}-{again}" role="doc-backlink" aria-label="{label}">{shown}</a>'
    )


RULES: dict[str, Any] = {
    "table_open": lambda *_: '<div class="table"><table role="table">\n',
    "table_close": lambda *_: "</table></div>\n",
    "thead_open": lambda *_: '<thead role="rowgroup">\n',
    "tbody_open": lambda *_: '<tbody role="rowgroup">\n',
    "tr_open": lambda *_: '<tr role="row">\n',
    "footnote_ref": _note_link,
    "footnote_open": _note_open,
    "footnote_close": lambda *_: "</li>\n",
    "footnote_anchor": _note_back,
}
