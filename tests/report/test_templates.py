"""Templates that are wrong, hostile or endless: one problem each, with the template's line."""

import os
import re
from functools import partial
from pathlib import Path

import jinja2
import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from trackfit.engine.language.markdown import Ready, Typed
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.report import templates as texts
from trackfit.engine.report.templates import KEPT_TEMPLATES, LARGEST, render_file
from trackfit.tests.support.searches import mostly_slow
from trackfit.tests.support.template_folders import rendered


class Thing:
    """Stands for a view."""

    name = "C*"
    skills = ("a_b", "c")
    _hidden = "hidden"

    def act(self):
        raise AssertionError("a template has called it")


THING = Thing()
Thing.__module__ = "trackfit.engine.report.tracks"
NAMES = {
    "person": {"name": Typed("<Sam>"), "none": ""},
    "thing": THING,
    "things": [THING] * 50,
    "ready": Ready("*x*"),
}

NESTED_LOOPS = "{% for one in things %}" * 4


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def render(tmp_path):
    return partial(rendered, tmp_path, NAMES)


@pytest.fixture
def fault(render):
    def line(text, files):
        with pytest.raises(InvalidKnowledge) as caught:
            render(text, **files)
        (problem,) = caught.value.problems
        return problem.line()

    def made(text, **files):
        first = line(text, files)
        texts._environment.cache_clear()
        assert line(text, files) == first, "with the code from the cache folder"
        return first

    return made


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{{ person.name }}", r"\<Sam>"),
        ("{{ thing.skills }}", r"a\_b and c"),
        ("{{ thing.skills | listing('or') }}", r"a\_b or c"),
        ("{{ thing.skills | join('; ') }}", r"a\_b; c"),
        ("{{ ready }}", "*x*"),
        ("{% macro shout(text) %}**{{ text }}**{% endmacro %}{{ shout(thing.name) }}", r"**C\***"),
        ("{% set bold %}**{{ thing.name }}**{% endset %}{{ bold }}", r"**C\***"),
        ("{% for one in thing.skills %}{{ loop.index }}{{ loop.last }}{% endfor %}", "1021"),
        ("{% for one in [] %}x{% else %}none{% endfor %}", "none"),
        ("{{ things | length + 1 }}", "51"),
        ("{{ 'b' if person.none else 'a' }}", "a"),
    ],
)
def test_what_is_printed_is_escaped_once(render, text, printed):
    assert render(text) == printed


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ person.__class__ }}",
        "{{ thing._hidden }}",
        "{{ thing['_hidden'] }}",
        "{{ thing.act() }}",
        "{{ thing.__init__.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ things | map(attribute='_hidden') | list }}",
        "{{ thing.skills.index('c') }}",
        "{{ '%99d'.format(1) }}",
        "{{ 'x'.zfill(1000000000) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ [0] * 1000000000 }}",
        "{{ 'x' + 'y' }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 9 ** 9 ** 9 }}",
        f"{{{{ {LARGEST} * 10 }}}}",
    ],
)
def test_the_sandbox_holds(fault, text):
    found = fault(f"\n{text}")
    assert re.match(
        r"templates/report\.md\.j2:2:\d+: error: the template tries what the sandbox forbids: ", found
    )
    assert found.endswith("(template-escapes-sandbox)")


def test_a_call_is_told_by_its_name(fault):
    assert fault("{{ thing.act() }}") == (
        "templates/report.md.j2:1:10: error: the template tries what the sandbox forbids: it calls 'act', and only "
        "macros of its own may be called; templates only print what they are given (template-escapes-sandbox)"
    )


@pytest.mark.parametrize(
    "text",
    mostly_slow(
        [
            f"{NESTED_LOOPS}{'{% endfor %}' * 4}",
            "{% set a0 %}"
            + "x" * 4000
            + "{% endset %}"
            + "".join(f"{{% set a{n + 1} %}}{{{{ a{n} }}}}{{{{ a{n} }}}}{{% endset %}}" for n in range(40)),
            f"{NESTED_LOOPS}{{{{ one.name }}}}{'{% endfor %}' * 4}",
            "{% macro m0() %}x{% endmacro %}"
            + "".join(
                f"{{% macro m{n + 1}() %}}{{{{ m{n}() }}}}{{{{ m{n}() }}}}{{% endmacro %}}" for n in range(40)
            )
            + "{{ m40() }}",
        ],
        2,
    ),
    ids=["loops", "texts", "printing-loops", "macros"],
)
def test_a_template_that_would_not_end_is_stopped(fault, text):
    assert "more than 200,000 loop rounds, calls and printed values" in fault(text)


@pytest.mark.parametrize(
    "text", ["{% include 'report.md.j2' %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"]
)
def test_a_circle_is_a_problem(fault, text):
    assert fault(text).startswith("templates/report.md.j2:1:1: error: ")


@pytest.mark.parametrize("name", ["range", "lipsum", "dict", "cycler", "joiner", "namespace"])
def test_nothing_is_there_but_what_is_given(fault, name):
    assert f"'{name}' is undefined" in fault(f"{{{{ {name}(10) }}}}")


@pytest.mark.parametrize(
    "name", ["safe", "e", "escape", "random", "format", "center", "urlize", "tojson", "replace"]
)
def test_filters_that_mark_stretch_or_draw_lots_are_not_there(fault, name):
    found = fault(f"\n{{{{ person.name | {name} }}}}")
    assert (
        found
        == f"templates/report.md.j2:2:18: error: the template cannot be read: there is no filter '{name}' (template-syntax)"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "\n{{ persn }}",
            "2:4: error: the template names what is not there: 'persn' is undefined; did you mean 'person'? docs",
        ),
        (
            "{{ thing.nme }}",
            "1:10: error: the template names what is not there: thing has no 'nme'; did you mean 'name'? docs",
        ),
        (
            "{{ person.nam }}",
            "1:11: error: the template names what is not there: this has no 'nam'; did you mean 'name'? docs",
        ),
        (
            "{% if persn %}{% endif %}",
            "1:7: error: the template names what is not there: 'persn' is undefined",
        ),
        (
            "{% for x in persn %}{% endfor %}",
            "1:13: error: the template names what is not there: 'persn' is undefined",
        ),
        ("a\nb\n{% if %}", "3:1: error: the template cannot be read: "),
        ("{{ 'a' ~ 'b' }}", "1:1: error: the template cannot be read: the operator ~ is not known here"),
        (
            "{{ thing }}",
            "1:1: error: the template cannot be rendered: 'Thing' is nothing that can be printed",
        ),
        ("{% for x in 5 %}{% endfor %}", "1:1: error: the template cannot be rendered: "),
        ("{{ 1 / 0 }}", "1:1: error: the template cannot be rendered: division by zero"),
        ("{% include 'reprt.md.j2' %}", "1:13: error: there is no template 'reprt.md.j2' in "),
        ("{% include '../secret' %}", "1:13: error: there is no template '../secret' in "),
        (
            "{% for x in [1] %}" * 25 + "{% endfor %}" * 25,
            "1:1: error: the template cannot be read: it is nested too deep",
        ),
    ],
)
def test_a_fault_has_its_line_and_the_nearest_name(fault, text, problem):
    assert fault(text).startswith(f"templates/report.md.j2:{problem}")


def test_a_missing_template_names_the_nearest(fault):
    found = fault("{% include 'skils.md.j2' %}", skills="x")
    assert "did you mean 'skills.md.j2'?" in found


def test_a_fault_in_a_partial_is_told_at_its_place_in_the_partial(fault):
    assert fault("{% include 'part.md.j2' %}", part="\n\n{{ persn }}").startswith(
        "templates/part.md.j2:3:4: "
    )
    assert fault("{% include 'bad.md.j2' %}", bad="\n{% if %}").startswith("templates/bad.md.j2:2:1: ")


def test_what_is_no_text_is_a_problem(tmp_path):
    (tmp_path / "report.md.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidKnowledge):
        render_file(tmp_path, "report.md.j2", NAMES)


def test_a_changed_template_is_noticed(render, tmp_path):
    assert render("one") == "one"
    (tmp_path / "report.md.j2").write_text("two", encoding="utf-8")
    os.utime(tmp_path / "report.md.j2", (1, 1))  # another time, however fast the clock is
    assert render_file(tmp_path, "report.md.j2", NAMES) == "two"


@pytest.fixture
def compiled(monkeypatch):
    """The names of the templates that Jinja has compiled since the last look."""
    found = []
    really = ImmutableSandboxedEnvironment._generate

    def noted(self, source, name, *others, **named):
        found.append(name)
        return really(self, source, name, *others, **named)

    monkeypatch.setattr(ImmutableSandboxedEnvironment, "_generate", noted)

    def since():
        texts._environment.cache_clear()
        names, found[:] = list(found), []
        return names

    return since


def _kept(folder):
    return sorted(path for path in folder.rglob("*.template"))


def test_a_template_is_compiled_once_and_kept_for_its_owner_only(render, compiled, own_cache):
    assert render("{{ person.name }}{% include 'b.md.j2' %}", b="b") == r"\<Sam>b"
    assert compiled() == ["report.md.j2", "b.md.j2"]
    assert render("{{ person.name }}{% include 'b.md.j2' %}", b="b") == r"\<Sam>b"
    assert compiled() == []
    assert render("{{ person.name }}{% include 'b.md.j2' %}", b="c") == r"\<Sam>c"
    assert compiled() == ["b.md.j2"]
    assert [path.stat().st_mode & 0o777 for path in _kept(own_cache)] == [0o600] * 3
    assert own_cache.joinpath("trackfit").stat().st_mode & 0o777 == 0o700


def test_code_is_not_taken_from_another_place_version_of_jinja_or_program(
    render, compiled, monkeypatch, tmp_path
):
    render("a")
    assert compiled() == ["report.md.j2"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "report.md.j2").write_text("a", encoding="utf-8")
    assert render_file(other, "report.md.j2", NAMES) == "a"
    assert compiled() == ["report.md.j2"]
    for name, value in (
        ("report.templates.jinja_version", jinja2.__version__ + "1"),
        ("documents.cache.program", lambda: b"other"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(f"trackfit.engine.{name}", value)
            assert render("a") == "a"
            assert compiled() == ["report.md.j2"]
    assert render("a") == "a"
    assert compiled() == []


@pytest.mark.parametrize("who", ["file", "folder"])
@pytest.mark.parametrize("change", ["writable by the group", "writable by all", "of another user"])
def test_what_another_could_have_put_there_is_not_read(render, compiled, own_cache, who, change):
    render("a")
    compiled()
    (file,) = _kept(own_cache)
    path = file if who == "file" else file.parent
    if change == "of another user":
        if os.geteuid() != 0:
            pytest.skip("only root can give files away")
        os.chown(path, 12345, 12345)
    else:
        path.chmod(path.stat().st_mode | (0o020 if "group" in change else 0o002))
    assert render("a") == "a"
    assert compiled() == ["report.md.j2"]


@pytest.mark.parametrize("damage", ["empty", "cut short", "another code", "one bit"])
def test_a_damaged_file_is_not_read_and_written_again(render, compiled, own_cache, damage):
    render("a")
    compiled()
    (file,) = _kept(own_cache)
    content = file.read_bytes()
    bad = {
        "empty": b"",
        "cut short": content[:-5],
        "another code": content[:32] + b"x" + content[33:],
        "one bit": content[:-1] + bytes([content[-1] ^ 1]),
    }
    file.write_bytes(bad[damage])
    assert render("a") == "a"
    assert compiled() == ["report.md.j2"]
    assert file.read_bytes() == content
    assert render("a") == "a"
    assert compiled() == []


def test_without_a_cache_folder_everything_is_compiled(render, compiled, monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    for _ in range(2):
        assert render("a") == "a"
        assert compiled() == ["report.md.j2"]


def test_the_cache_folder_does_not_grow_without_end(own_cache, monkeypatch):
    monkeypatch.setattr(texts, "KEPT_TEMPLATES", 5)
    for number in range(12):
        texts._Environment(Path("nowhere")).from_string(f"{number}")
    assert len(_kept(own_cache)) == 5
    assert KEPT_TEMPLATES > 5
