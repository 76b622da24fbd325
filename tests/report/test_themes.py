"""Templates that take over others: the shipped ones, and a coach's own from outside the knowledge base."""

import os
import shutil
from functools import partial
from pathlib import Path

import pytest

from trackfit import KnowledgeBase, to_markdown
from trackfit.engine.documents.parse import read_file
from trackfit.engine.inference.base import shipped
from trackfit.engine.language.markdown import Typed
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.report import templates as texts
from trackfit.engine.report.templates import OwnTemplate, render_file, themes
from trackfit.tests.support.places import BROKEN, ROOT
from trackfit.tests.support.running import run
from trackfit.tests.support.template_folders import rendered

EXAMPLE = ROOT / "examples/backend.yaml"
NAMES = {"person": {"name": Typed("<Sam>")}}
PARENT = "{% block a %}[{{ person.name }}]{% endblock %}{% block b %}b{% endblock %}"


@pytest.fixture
def render(tmp_path):
    return partial(rendered, tmp_path, NAMES)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{% extends 'parent.md.j2' %}", r"[\<Sam>]b"),
        ("{% extends 'parent.md.j2' %}{% block b %}{{ super() }}!{% endblock %}", r"[\<Sam>]b!"),
        (
            "{% extends 'parent.md.j2' %}{% block a %}{{ super() }}{{ super() }}{% endblock %}",
            r"[\<Sam>][\<Sam>]b",
        ),
        ("{% extends 'parent.md.j2' %}{% block b %}{{ self.a() }}{% endblock %}", r"[\<Sam>][\<Sam>]"),
    ],
)
def test_a_template_takes_another_over_and_changes_single_blocks(render, text, printed):
    for _ in ("compiled", "from the cache folder"):
        assert render(text, parent=PARENT) == printed
        texts._environment.cache_clear()


def test_a_changed_parent_is_noticed(render, tmp_path):
    text = "{% extends 'parent.md.j2' %}{% block b %}{{ super() }}!{% endblock %}"
    assert render(text, parent=PARENT) == r"[\<Sam>]b!"
    (tmp_path / "parent.md.j2").write_text("{% block b %}c{% endblock %}", encoding="utf-8")
    os.utime(tmp_path / "parent.md.j2", (1, 1))  # another time, however fast the clock is
    assert render_file(tmp_path, "report.md.j2", NAMES) == "c!"


def test_a_template_from_outside_may_bear_the_name_of_the_one_that_it_takes_over(render, tmp_path):
    assert render(PARENT) == r"[\<Sam>]b"
    text = "{% extends 'report.md.j2' %}{% block b %}{{ super() }}!{% endblock %}"
    own = OwnTemplate("report.md.j2", text)
    assert render_file(tmp_path, own, NAMES) == r"[\<Sam>]b!"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("\n{{ persn }}", "me/own.md.j2:2:4: error: the template names what is not there: 'persn' is undefined"),
        ("{% extends 'report.md.j2' %}\n{% block b %}\n{% if %}", "me/own.md.j2:3:1: error: the template cannot be read"),
        ("{% extends 'reprt.md.j2' %}", "me/own.md.j2:1:13: error: there is no template 'reprt.md.j2'"),
        ("{% extends '/etc/passwd' %}", "me/own.md.j2:1:13: error: there is no template '/etc/passwd'"),
        ("{% extends 'report.md.j2' %}{% block b %}{{ self.b() }}{% endblock %}", "me/own.md.j2:1:1: error: "),
        ("{% extends 'report.md.j2' %}{% block b %}{{ super.__class__ }}{% endblock %}", "me/own.md.j2:1:51: error: "),
        ("{% include 'report.md.j2' %}{{ 1 / 0 }}", "me/own.md.j2:1:1: error: the template cannot be rendered"),
    ],
)  # fmt: skip
def test_a_fault_of_a_template_from_outside_has_its_place_there(render, tmp_path, text, problem):
    render(PARENT)
    with pytest.raises(InvalidKnowledge) as caught:
        render_file(tmp_path, OwnTemplate("me/own.md.j2", text), NAMES)
    assert caught.value.problems[0].line().startswith(problem)


def test_a_fault_in_a_block_of_what_was_taken_over_is_told_where_it_stands(tmp_path):
    parent = "{% block b %}b{% endblock %}\n{% block c %}{{ persn }}{% endblock %}"
    (tmp_path / "report.md.j2").write_text(parent, encoding="utf-8")
    own = OwnTemplate("own.md.j2", "{% extends 'report.md.j2' %}{% block b %}{% endblock %}")
    with pytest.raises(InvalidKnowledge) as caught:
        render_file(tmp_path, own, NAMES)
    assert caught.value.problems[0].line().startswith("templates/report.md.j2:2:17: ")


def test_blocks_that_double_are_stopped(render):
    blocks = "".join(
        f"{{% block b{n + 1} %}}{{{{ self.b{n}() }}}}{{{{ self.b{n}() }}}}{{% endblock %}}" for n in range(40)
    )
    text = f"{{% block b0 %}}x{{% endblock %}}{blocks}"
    with pytest.raises(InvalidKnowledge, match="more than 200,000 loop rounds, calls and printed values"):
        render(text)


# From the command line

ADVISE = ["advise", str(EXAMPLE), "--as-of", "2026-11-22", "--template"]


@pytest.mark.parametrize("name", themes(shipped() / "templates"))
def test_a_template_of_the_knowledge_base_is_picked_by_its_name(name):
    with KnowledgeBase.load() as kb:
        node, _ = read_file(EXAMPLE)
        assert node is not None
        case, _ = kb.reader.read(node)
        assert case is not None
        expected = to_markdown(kb.consult(case, "2026-11-22"), name)
    assert run(*ADVISE, name).output == expected
    assert f"template {name}," in expected or name == "email"


def test_a_name_that_is_none_is_told_with_the_nearest():
    result = run(*ADVISE, "breif")
    assert result.exit_code == 2
    assert result.output == (
        "--template:1:1: error: there is no template 'breif'; did you mean 'brief'? (missing-template)\n"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, ":1:1: error: there is no such file"),
        ("{% extends 'report.md.j2' %}\nlost", ":2:1: error: this stands outside the blocks"),
        ("{% extends 'report.md.j2' %}\n{% block skils %}{% endblock %}", ":2:10: error: 'report.md.j2' has no block 'skils'"),
        ("{% if false %}{{ first.trak }}{% endif %}", ":1:24: error: the template names what is not there: 'trak'"),
        ("{% if %}", ":1:1: error: the template cannot be read"),
        ("{{ 'x' * 999999999 }}", ":1:1: error: the template tries what the sandbox forbids"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", [ADVISE[:4], ["check"]], ids=["advise", "check"])
def test_a_faulty_file_is_told_by_advise_and_by_check(tmp_path, text, problem, command):
    path = tmp_path / "own.md.j2"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    result = run(*command, *(["--template"] if command[0] == "advise" else []), path)
    assert result.exit_code == (1 if command == ["check"] and text is not None else 2)
    assert f"{path}{problem}" in result.output


def test_check_tries_a_file_with_the_knowledge_base_around_it_or_the_one_named(tmp_path):
    shutil.copytree(BROKEN / "base", tmp_path / "kb")
    inside, outside = tmp_path / "kb/own.md.j2", tmp_path / "own.md.j2"
    for path in (inside, outside):
        path.write_text("{% extends 'report.md.j2' %}{% block salary %}{% endblock %}", encoding="utf-8")
    told = "has no block 'salary'"
    assert told in run("check", inside).output
    assert told in run("check", outside, "--knowledge", tmp_path / "kb").output
    assert run("check", outside).output == "No problems.\n"


def test_a_report_by_any_template_is_verified(tmp_path):
    own = tmp_path / "own words.md.j2"
    own.write_text("{% extends 'brief.md.j2' %}{% block opening %}# Mine{% endblock %}", encoding="utf-8")
    for name, given in (("brief", []), ("coach", []), (str(own), ["--template", own])):
        for form in ("md", "html"):
            report = tmp_path / f"{Path(name).stem}.{form}"
            assert run(*ADVISE, name, "--format", form, "--out", report).exit_code == 0
            assert run("verify", report, EXAMPLE, *given).output.startswith("Yes: "), (name, form)
            report.write_text(report.read_text(encoding="utf-8").replace("a", "o", 40), encoding="utf-8")
            assert run("verify", report, EXAMPLE, *given).exit_code != 0
