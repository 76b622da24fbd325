"""Templates that are too much for Jinja or for Python, and pages that would run something."""

import shutil

import pytest

from trackfit import InvalidKnowledge, KnowledgeBase
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import shipped
from trackfit.engine.report.page import to_html
from trackfit.tests.support.running import run
from trackfit.tests.support.shipped import DAY
from trackfit.tests.support.template_folders import rendered

CASE = shipped() / "examples" / "backend.yaml"
TOO_MUCH = {
    "parentheses": "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}",
    "ifs": "{% if true %}" * 300 + "x" + "{% endif %}" * 300,
    "loops": "{% for a in (1, 2) %}" * 40 + "x" + "{% endfor %}" * 40,
    "not": "{{ " + "not " * 3_000 + "1 }}",
    "filters": "{{ 1" + " | capital" * 3_000 + " }}",
    "sums": "{{ 1" + " + 1" * 3_000 + " }}",
    "dots": "{{ a" + ".b" * 3_000 + " }}",
    "digits": "{{ " + "9" * 6_000 + " }}",
    "macros": "".join(f"{{% macro m{number}() %}}" for number in range(100)) + "{% endmacro %}" * 100,
    "blocks": "".join(f"{{% block b{number} %}}" for number in range(200)) + "{% endblock %}" * 200,
}
RUNNING = {
    "a script": ("</main>", "<script>alert(1)</script></main>"),
    "a script before the policy": ("<!doctype html>", "<script>alert(1)</script><!doctype html>"),
    "a script before the policy in the head": ("<meta charset", "<script>alert(1)</script><meta charset"),
    "no policy": ('<meta http-equiv="Content-Security-Policy" content="{{ policy }}">', ""),
    "a wider policy": ('content="{{ policy }}"', "content=\"script-src 'unsafe-inline'\""),
    "a policy in a comment": ("<meta http-equiv", "<!-- <meta http-equiv"),
    "a handler": ("<main>", '<main ONCLICK="alert(1)">'),
    "a handler behind a slash": ("<main>", "<main><svg/onload=alert(1)></svg>"),
    "an address": ("<main>", '<main><a href="java&#10;script:alert(1)">x</a>'),
    "a frame": ("<main>", '<main><iframe srcdoc="x"></iframe>'),
    "a script of a drawing": ("<main>", "<main><svg><svg:script>alert(1)</svg:script></svg>"),
    "a refresh": ("<main>", '<main><meta http-equiv="Refresh" content="0; url=https://example.org">'),
}


@pytest.fixture
def folder(tmp_path):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / "own" / name)
    return tmp_path / "own"


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_breaks_a_compiler_is_a_problem(name, tmp_path):
    with pytest.raises(InvalidKnowledge) as caught:
        rendered(tmp_path, {}, TOO_MUCH[name])
    (problem,) = caught.value.problems
    assert problem.where.file == "templates/report.md.j2"
    assert problem.id in ("template-syntax", "template-fails")


@pytest.mark.parametrize("name", ["parentheses", "ifs", "digits"])
def test_check_tells_what_breaks_a_compiler(name, folder):
    (folder / "templates" / "own.md.j2").write_text(TOO_MUCH[name], encoding="utf-8")
    result = run("check", "--knowledge", folder)
    assert result.exit_code == 1
    assert (
        "templates/own.md.j2:1:1: error: the template cannot be read: it is nested too deep" in result.stdout
    )
    told = run("advise", CASE, "--knowledge", folder, "--template", "own")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "it is nested too deep, or a number in it has too many digits; make it simpler" in told.stderr


@pytest.mark.parametrize("name", RUNNING)
def test_a_page_never_runs_anything_whoever_wrote_its_template(name, folder):
    old, new = RUNNING[name]
    path = folder / "templates" / "page.html.j2"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    kb = KnowledgeBase.load(folder)
    with pytest.raises(InvalidKnowledge) as caught:
        to_html(kb.consult({"background": "other"}, DAY))
    (problem,) = caught.value.problems
    assert (problem.id, problem.where.file) == ("template-escapes-sandbox", "templates/page.html.j2")
    assert problem.text.startswith("a page never runs anything: ")


def test_check_tells_a_page_that_would_run_something(folder):
    path = folder / "templates" / "page.html.j2"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<main>", "<main><script>alert(1)</script>"), encoding="utf-8")
    result = run("check", "--knowledge", folder)
    assert result.exit_code == 1
    assert (
        "a page never runs anything: it has a <script>; take it out (template-escapes-sandbox)"
        in result.stdout
    )
