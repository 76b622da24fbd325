"""A knowledge base → the files of a site, by their names in its folder."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path
from string import Template
from typing import Any

import msgspec

from trackfit import __version__
from trackfit.engine.inference.base import Compiled, KnowledgeBase, a_day, shipped
from trackfit.engine.interview.dialogue import Dialogue
from trackfit.engine.interview.interview import Interview
from trackfit.engine.language.attributes import BACKGROUND
from trackfit.engine.language.vocabulary import folded_spellings
from trackfit.engine.report.page import to_html
from trackfit.engine.site.archive import packed, templates_of
from trackfit.engine.site.runtime import Runtime

TITLE = "Which AI career track is nearest to where you stand?"
SCRIPTS = ("page.js", "screens.js", "outcome.js")
BESIDE = (*SCRIPTS, "preview.js", "worker.js", "site.css", "icon.svg")
"""The page's own files."""
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; "
    "style-src 'self' '{report}'; img-src 'self'{images}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types report worker"
)
"""What the page's browser may load and run: the site's own files, and the report's one style sheet."""
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
COMPRESSED = (".html", ".js", ".mjs", ".css", ".svg", ".json", ".wasm")
"""Endings of files that hosts compress on their way."""


def site_files(kb: KnowledgeBase, runtime: Runtime, *, preview: bool = False) -> dict[str, bytes]:
    """All files of a site. The names of those that a browser may keep for good hold a hash of their content.

    A `preview` asks its server again and again for `preview.json`, as `commands/preview.py` writes it.
    """
    files: dict[str, bytes] = {}
    engine = _named("engine", ".zip", runtime.engine, files)
    knowledge = _named("knowledge", ".zip", _knowledge(kb), files)
    brand, logo, look = _brand(kb)
    ours = {**{name: (shipped() / "web" / name).read_bytes() for name in BESIDE}, **look}
    page = _folder("page", ours, files)
    python = _folder("runtime", runtime.files, files)
    fetched = (engine, knowledge, *(f"{python}{name}" for name in runtime.files))
    settings = {
        "engine": engine,
        "knowledge": knowledge,
        "runtime": python,
        "worker": f"{page}worker.js",
        "preview": preview,
        "integrity": {name: integrity(files[name]) for name in fetched},
    }
    lasting = sorted(files)
    files["index.html"] = _index(kb, page, ours, settings, _heading(brand, f"{page}{logo}" if logo else ""))
    worker = (shipped() / "web/sw.js").read_text(encoding="utf-8")
    files["sw.js"] = Template(worker).substitute(files=json.dumps(lasting)).encode()
    files["_headers"] = _headers(kb, lasting).encode()
    return files


def integrity(content: bytes) -> str:
    """A content's hash as browsers check it."""
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


def compressed_size(files: Mapping[str, bytes]) -> int:
    """Bytes that a first visit loads from a host that compresses."""
    return sum(
        len(gzip.compress(content, 9)) if name.endswith(COMPRESSED) else len(content)
        for name, content in files.items()
    )


def _named(name: str, ending: str, content: bytes, files: dict[str, bytes]) -> str:
    found = f"{name}-{_digest(content)}{ending}"
    files[found] = content
    return found


def _folder(name: str, contents: Mapping[str, bytes], files: dict[str, bytes]) -> str:
    """Files that name each other, under one hash of them all."""
    folder = f"{name}-{_digest(packed(contents))}/"
    files.update({f"{folder}{one}": content for one, content in contents.items()})
    return folder


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _knowledge(kb: KnowledgeBase) -> bytes:
    compiled = Compiled(kb.facts, kb.program, kb.digest, folded_spellings(kb.facts))
    encoded = msgspec.json.encode(compiled)
    return packed({"knowledge.json": encoded, **templates_of(kb.folder, "")})


def page_policy(kb: KnowledgeBase) -> str:
    """The page's policy: what its report's own policy allows, it must allow as well."""
    first = kb.facts.attributes[BACKGROUND].choices[0].id
    report = to_html(kb.consult({BACKGROUND: first}, kb.settled))
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', report)
    assert found is not None
    allowed = unescape(found[1])
    style = re.search(r"style-src '(sha256-[^']+)'", allowed)
    assert style is not None
    images = " data:" if "img-src data:" in allowed else ""
    return POLICY.format(report=style[1], images=images)


def _brand(kb: KnowledgeBase) -> tuple[str, str, dict[str, bytes]]:
    """Whose pages these are: their name, the file of their logo, and the files that make the page look like theirs."""
    ours = next(iter(kb.facts.organization.values()), None)
    if ours is None:
        return "trackfit", "", {"brand.css": b""}
    colors = f":root {{ --accent: {ours.color}; }}\n" if ours.color else ""
    if ours.dark_color:
        colors += f"@media (prefers-color-scheme: dark) {{ :root {{ --accent: {ours.dark_color}; }} }}\n"
    elif ours.color:
        colors += "@media (prefers-color-scheme: dark) { :root { --accent: #82bdf7; } }\n"
    files = {"brand.css": colors.encode()}
    if ours.logo:
        files[ours.logo] = (kb.folder / "templates" / ours.logo).read_bytes()
    return ours.name, ours.logo or "", files


def _headers(kb: KnowledgeBase, lasting: list[str]) -> str:
    """What hosts that read such a file send with each answer."""
    rules = [
        "/*",
        f"  Content-Security-Policy: {page_policy(kb)}; frame-ancestors 'none'",
        "  X-Content-Type-Options: nosniff",
        "  Referrer-Policy: no-referrer",
        "  Cross-Origin-Opener-Policy: same-origin",
    ]
    for name in lasting:
        rules += [f"/{name}", "  Cache-Control: public, max-age=31536000, immutable"]
    return "\n".join(rules) + "\n"


def _heading(brand: str, logo: str) -> str:
    image = f'<img src="{escape(logo)}" alt=""> ' if logo else ""
    return f"{image}{escape(brand)}"


def _index(
    kb: KnowledgeBase, page: str, ours: Mapping[str, bytes], settings: Mapping[str, Any], heading: str
) -> bytes:
    names = {
        Path(name).stem if name in SCRIPTS else name.replace(".", "_"): name
        for name in (*BESIDE, "brand.css")
    }
    given = {stem: f"{page}{name}" for stem, name in names.items()}
    given |= {f"{stem}_integrity": integrity(ours[name]) for stem, name in names.items()}
    text = (shipped() / "web/index.html").read_text(encoding="utf-8")
    return (
        Template(text)
        .substitute(
            {name: escape(value) for name, value in given.items()},
            style=escape(given["site_css"]),
            style_integrity=escape(given["site_css_integrity"]),
            icon=escape(given["icon_svg"]),
            policy=escape(page_policy(kb), quote=False),
            files=escape(json.dumps(settings)),
            title=escape(TITLE),
            brand=heading,
            first=_first_question(kb),
            made=escape(f"trackfit {__version__}, knowledge base {kb.digest[:19]}"),
        )
        .encode()
    )


def _first_question(kb: KnowledgeBase) -> str:
    """The first step as the page's script would make it, so that it can be answered before that runs."""
    dialogue = Dialogue(Interview(kb), a_day(kb.settled))
    step = dialogue.step
    assert step is not None
    assert step.type == "choice"
    options = "\n".join(
        f'<label class="option"><input type="radio" name="answer" value="{escape(one.id)}" required>'
        f"<span>{escape(one.name)}</span></label>"
        for one in step.choices
    )
    meaning = "\n".join(
        f'<p class="plain{" indented" if one.indent else ""}">{escape(one.text)}</p>'
        for one in dialogue.meaning()
    )
    return f"""<form id="question">
<p class="count">Question 1 of at most {step.most_left}</p>
<fieldset>
<legend id="title" tabindex="-1">{escape(step.title)}</legend>
{options}
</fieldset>
<details>
<summary>What does this mean?</summary>
{meaning}
</details>
<div class="actions"><button type="submit" class="first">Continue</button></div>
</form>"""
