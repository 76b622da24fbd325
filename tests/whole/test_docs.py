"""What README.md, CONTRIBUTING.md and docs/ show is tried, so that it stays true.

Each document is gone through from top to bottom in a folder of its own, which holds the examples and a copy of the
knowledge base. Its fenced blocks mean:

    console                    lines after `$` are run; what is shown below one is compared, `...` standing for anything
    python                     a doctest
    yaml title="rules/x.yaml"  the end of that file of the knowledge base, or any other file as a whole
    diff title="rules/x.yaml"  a change of that file

A block without such a mark is not tried here, except in docs/rule-language.md, where each is part of a rule.
"""

from __future__ import annotations

import datetime
import doctest
import importlib
import itertools
import re
import shlex
import shutil
import types
from itertools import dropwhile
from typing import Literal, get_args, get_origin

import click
import msgspec
import pytest
import yaml
from click.testing import CliRunner
from markdown_it import MarkdownIt

from trackfit.cli import COMMANDS, cli
from trackfit.commands import inputs
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference import base as knowledge
from trackfit.engine.inference.base import shipped
from trackfit.engine.knowledge.compile import compile_knowledge
from trackfit.engine.knowledge.schema import FACT_TABLES, RECORDS
from trackfit.engine.language.columns import columns, parts
from trackfit.engine.language.model import Advise, Warn
from trackfit.engine.language.operators import OPERATORS
from trackfit.engine.language.wording import Wording
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.searches import mostly_slow
from trackfit.tools import template_names

pytestmark = pytest.mark.docs

TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
PAGES = TOP + sorted((ROOT / "docs").rglob("*.md"))
TRIED = [page for page in PAGES if "problems" not in page.relative_to(ROOT).parts]
MODULES = [
    path for path in sorted((ROOT / "engine").rglob("*.py")) if ">>>" in path.read_text(encoding="utf-8")
]
TODAY = datetime.date(2026, 11, 22)


def name_of(path):
    return path.relative_to(ROOT).as_posix()


class Block(msgspec.Struct):
    """A fenced block: its language, its title, its text, and the line it starts on."""

    language: str
    title: str
    text: str
    line: int


def tokens_of(page):
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


def blocks_of(page):
    found = []
    for token in tokens_of(page):
        if token.type == "fence" and token.map:
            language, _, rest = token.info.partition(" ")
            title = re.search(r'title="([^"]+)"', rest)
            found.append(Block(language, title[1] if title else "", token.content, token.map[0] + 1))
    return found


# Trying what a page shows


@pytest.fixture
def scratch(tmp_path, tmp_path_factory, monkeypatch):
    """A folder with the examples and a copy of the knowledge base, on a fixed day."""

    class Day(datetime.date):
        @classmethod
        def today(cls):
            return TODAY

    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    fixed = types.SimpleNamespace(**{**vars(datetime), "date": Day})
    for module in (inputs, knowledge):
        monkeypatch.setattr(module, "datetime", fixed)
    return tmp_path


@pytest.mark.parametrize("page", mostly_slow(TRIED), ids=name_of)
def test_what_a_page_shows_is_true(page, scratch):
    names: dict[str, object] = {}
    for block in blocks_of(page):
        where = f"{name_of(page)}:{block.line}"
        if block.language == "console":
            try_console(block.text, where)
        elif block.language == "python":
            try_python(block.text, where, names)
        elif block.title and block.language == "diff":
            change(scratch / block.title, block.text, where)
        elif block.title:
            write(scratch / block.title, block.text)


def try_console(text, where):
    """Run the commands of a block, one after the other."""
    status = 0
    for part in re.split(r"^(?=\$ )", text, flags=re.MULTILINE):
        if not part.strip():
            continue
        command, _, wanted = part.removeprefix("$ ").partition("\n")
        words = [*dropwhile(re.compile(r"[A-Z_]+=").match, shlex.split(command, comments=True))]
        if words[0] == "make":
            target = words[1]
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), (
                where
            )
        elif words == ["echo", "$?"]:
            assert wanted.strip() == str(status), f"{where}: the exit status is {status}"
        elif words[0] == "trackfit":
            found = CliRunner().invoke(cli, words[1:], prog_name="trackfit")
            status = found.exit_code
            assert found.exception is None or isinstance(found.exception, SystemExit), where
            if wanted.strip():
                compare(wanted, found.output, f"{where}: $ {command}")
            else:
                assert status == 0, f"{where}: $ {command}\n{found.output}"
        else:
            assert words[0] in ("git", "pip", "python", "cd", "cp"), f"{where}: {command} is not tried"


def compare(wanted, found, where):
    """`...` stands for anything; the first part that is not there is told."""
    wanted, found = (
        "\n".join(line.rstrip() for line in text.strip().splitlines()) for text in (wanted, found)
    )
    if doctest.OutputChecker().check_output(f"{wanted}\n", f"{found}\n", doctest.ELLIPSIS):
        return
    rest = found
    for part in filter(None, wanted.split("...")):
        _, here, after = rest.partition(part)
        if not here:
            pytest.fail(f"{where}\nshown, but not there:\n{part}\nthere:\n{rest[:3000]}", pytrace=False)
        rest = after
    pytest.fail(f"{where}\nthere, but not shown:\n{rest[:3000] or found[:3000]}", pytrace=False)


def try_python(text, where, names):
    """Run a block as a doctest; the names of earlier blocks are known."""
    parsed = doctest.DocTestParser().get_doctest(text, names, where, where, 0)
    assert parsed.examples, f"{where}: nothing to run; write it with >>>"
    report: list[str] = []
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(
        parsed, out=report.append, clear_globs=False
    )
    names.update(parsed.globs)
    assert not results.failed, "".join(report)


def write(path, text):
    """Add to a file of the knowledge base; any other file is written whole."""
    if path.exists() and path.parent.name in (*FOLDERS, "figures", "skills"):
        text = f"{path.read_text(encoding='utf-8')}\n{text}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(path, text, where):
    """Apply a change: the lines without `+` must stand in the file exactly once."""
    lines = text.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[:1] in (" ", "-"))
    new = "".join(line[1:] for line in lines if line[:1] in (" ", "+"))
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, (
        f"{where}: these lines are in {path.name} {content.count(old)} times:\n{old}"
    )
    path.write_text(content.replace(old, new), encoding="utf-8")


def test_the_readme_is_short():
    words = (ROOT / "README.md").read_text(encoding="utf-8").split()
    assert len(words) <= 900


def test_the_names_of_templates_are_listed():
    expected = template_names.renewed()
    actual = template_names.PAGE.read_text(encoding="utf-8")
    assert expected == actual, "the names have changed; run: python tools/template_names.py"
    assert not re.findall(r"^\| `\w+` \| [^|]+ \|  \|$", actual, re.MULTILINE), "a name without a meaning"


def test_the_blocks_of_the_report_are_listed_in_their_order():
    text = (ROOT / "templates/report.md.j2").read_text(encoding="utf-8")
    blocks = ", ".join(f"`{name}`" for name in re.findall(r"\{% block (\w+) %\}", text))
    page = " ".join(template_names.PAGE.read_text(encoding="utf-8").split())
    assert f"The blocks of `report`, in order: {blocks}." in page


@pytest.mark.parametrize("path", [ROOT / "__init__.py", *MODULES], ids=name_of)
def test_examples_in_docstrings_are_true(path):
    dotted = ".".join(("trackfit", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    results = doctest.testmod(importlib.import_module(dotted), optionflags=doctest.ELLIPSIS)
    assert results.attempted
    assert not results.failed


# Links


def inline_tokens(page):
    return [child for token in tokens_of(page) for child in token.children or ()]


def slug(heading):
    """A heading's anchor, as GitHub and the site both make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors_of(page):
    tokens = tokens_of(page)
    return {
        slug("".join(child.content for child in following.children or ()))
        for token, following in itertools.pairwise(tokens)
        if token.type == "heading_open"
    }


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    targets = [str(token.attrs.get("href") or token.attrs.get("src") or "") for token in inline_tokens(page)]
    for target in targets:
        if not target or re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), f"{name_of(page)} links to {target}, which is not there"
        if anchor and goal.suffix == ".md":
            assert anchor in anchors_of(goal), (
                f"{name_of(page)} links to {target}; no heading has that anchor"
            )


# Reference pages name all there is


def sections(page, level=2):
    """The text under each heading of a level, by the heading's text without backquotes."""
    parts = re.split(rf"^{'#' * level} (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {heading.replace("`", ""): text for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_every_command_and_option_is_documented():
    documented = sections(ROOT / "docs" / "commands.md")
    headings = {heading for heading in documented if heading.startswith("trackfit ")}
    assert headings == {f"trackfit {name}" for name in COMMANDS}
    common = documented["Options of several commands"]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                text = documented[f"trackfit {name}"] + common
                missing = [option for option in parameter.opts if f"`{option}" not in text]
                assert not missing, f"docs/commands.md does not tell of {missing} of trackfit {name}"


@pytest.mark.parametrize("table", FACT_TABLES)
def test_every_table_and_column_is_documented(table):
    text = sections(ROOT / "docs" / "facts.md")[table]
    told = re.findall(r"^\| `([^`]+)` \| (required)? ?\|", text, flags=re.MULTILINE)
    known = columns(RECORDS[table])
    assert told == [(".".join(path), "required" if one.required else "") for path, one in known.items()]
    for path, column in known.items():
        closed = [hint for _, hint in parts(column.type) if get_origin(hint) is Literal]
        values = [one for hint in closed for one in get_args(hint) if isinstance(one, str)]
        missing = [one for one in values if f"`{one}`" not in text]
        assert not missing, f"docs/facts.md does not tell of {missing} in {table}.{path[-1]}"


def rule_parts():
    """The untitled YAML of docs/rule-language.md, each made into a whole rule, with the English shown for it."""
    page = ROOT / "docs" / "rule-language.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    for number, block in enumerate(block for block in blocks_of(page) if block.language == "yaml"):
        rule = yaml.safe_load(block.text)
        reads = re.search(
            r"Reads: \*(.+?)\.\*", " ".join(lines[block.line + block.text.count("\n") + 1 :][:4])
        )
        whole = {
            "id": f"example_{number}",
            "title": "An example",
            "reviewed": "2026-11-22",
            "when": {"background": "other"},
            "then": {"advise": "answers", "says": "An example."},
        }
        yield {**whole, **rule}, reads[1] if reads else None, f"{name_of(page)}:{block.line}"


def test_the_rule_language_page_shows_rules_that_hold_water(scratch):
    parts = list(rule_parts())
    rules = yaml.safe_dump({"rules": [rule for rule, _, _ in parts]}, sort_keys=False)
    (scratch / "rules" / "examples.yaml").write_text(rules, encoding="utf-8")
    facts, program, problems = compile_knowledge(scratch)
    assert not problems, "\n".join(problem.line() for problem in problems)
    wording = Wording(facts, program)
    ground = {rule.rule: rule for rule in program.rules}
    for rule, reads, where in parts:
        found = ground.get(rule["id"])
        assert found is not None, f"{where}: no row satisfies this"
        assert not isinstance(found.then, Advise | Warn) or found.then.says, where
        if reads is not None:
            assert reads == wording.condition(found.when), where


def test_the_rule_language_page_shows_every_operator():
    text = (ROOT / "docs" / "rule-language.md").read_text(encoding="utf-8")
    assert not [name for name in OPERATORS if not re.search(rf"[{{ ]{name}: ", text)]
