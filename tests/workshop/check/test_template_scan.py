"""Names that stand for nothing are found in branches that no sample report takes, by the types of what is given."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import shipped
from trackfit.engine.report.templates import OwnTemplate
from trackfit.engine.workshop.check.template_faults import own_template_faults


def told(kb, text):
    """What is said of a branch that is never taken; without sample reports."""
    own = OwnTemplate("own.md.j2", f"{{% if false %}}{text}{{% endif %}}")
    return [problem.line() for problem in own_template_faults(kb, own)]


@pytest.mark.parametrize(
    ("text", "name", "meant"),
    [
        ("{{ persn.name }}", "persn", "person"),
        ("{{ person.nmae }}", "nmae", "name"),
        ("{{ first.timeline }}", "timeline", None),
        ("{{ first.route.timline }}", "timline", "timeline"),
        ("{{ first['trak'] }}", "trak", "track"),
        ("{{ tracks[0].trak }}", "trak", "track"),
        ("{{ tracks[1:][0].trak }}", "trak", "track"),
        ("{{ (near.steps | first).outcom }}", "outcom", "outcome"),
        ("{{ (first or near).hold }}", "hold", "held"),
        ("{{ (near if near else target).nme }}", "nme", "name"),
        ("{% for row in tracks %}{{ row.track.naem }}{% endfor %}", "naem", "name"),
        ("{% for row in tracks if row.rnk %}x{% endfor %}", "rnk", "rank"),
        ("{% for row in tracks %}{{ loop.indx }}{% endfor %}", "indx", "index"),
        ("{% for row in tracks %}{{ loop.previtem.rnk }}{% endfor %}", "rnk", "rank"),
        ("{% for one in near.demand %}{% for one in one.figures %}{{ one.dat }}{% endfor %}{% endfor %}", "dat", "date"),
        ("{{ near.steps | selectattr('to_lern') | list }}", "to_lern", "to_learn"),
        ("{{ tracks | map(attribute='track.naem') | join }}", "naem", "name"),
        ("{% for one in tracks | map(attribute='track') %}{{ one.naem }}{% endfor %}", "naem", "name"),
        ("{% set one = near %}{{ one.naem }}", "naem", "name"),
        ("{% with one = near %}{{ one.naem }}{% endwith %}", "naem", "name"),
        ("{{ figure.overlap_treshold }}", "overlap_treshold", "overlap_threshold"),
        ("{{ figure.overlap_threshold.txt }}", "txt", "text"),
        ("{{ case.backgrund }}", "backgrund", "background"),
        ("{{ box.cart }}", "cart", "card"),
        ("{{ person.name.upper }}", "upper", None),
        ("{% macro m(one) %}{{ one.zzz }}{% endmacro %}", "zzz", None),
    ],
)  # fmt: skip
def test_a_name_that_stands_for_nothing_is_told_where_it_stands(kb, text, name, meant):
    column = len("{% if false %}") + text.rindex(name) + 1
    line = f"own.md.j2:1:{column}: error: the template names what is not there: '{name}'"
    (found,) = told(kb, text)
    assert found.startswith(line)
    assert (f"; did you mean '{meant}'?" in found) is bool(meant)


@pytest.mark.parametrize(
    "text",
    [
        "{% macro m(one, two='x') %}{{ one.name }}{{ two }}{{ caller() }}{% endmacro %}{% call m(near) %}x{% endcall %}",
        "{% set one = near %}{% set one = first %}{{ one.name }}{{ one.rank }}",
        "{% if near %}{% set one = near %}{% else %}{% set one = 'x' %}{% endif %}{{ one.name }}",
        "{% set one %}{{ near.name }}{% endset %}{{ one }}",
        "{% for figure in near.growth %}{{ figure.of_what }}{{ loop.changed(figure) }}{% endfor %}",
        "{% for figure in near.growth %}{{ figure.of_what }}{% endfor %}{{ figure.overlap_threshold }}",
        "{% for step in near.steps %}{{ step.months.text }}{% else %}{{ near.name }}{% endfor %}",
        "{% block one %}{{ near.name }}{% endblock %}{{ self.one() }}",
        "{{ (near.steps | selectattr('to_learn') | list)[0].to_learn | listing | capital }}",
        "{{ tracks | sort(attribute='track.name') | map(attribute='track') | map(attribute='name') | join }}",
        "{{ warnings | rejectattr('severity', 'equalto', 'low') | list | length + 1 }}",
        "{{ near.name | default('x') }}{{ sources | list }}{{ unstated | first }}",
        "{% import '_skills_picture.md.j2' as picture %}{{ picture }}",
        "{% for a, b in [[1, 2]] %}{{ a }}{{ b }}{% endfor %}",
    ],
)
def test_what_stands_for_something_is_not_told(kb, text):
    assert [line for line in told(kb, text) if "undefined-in-template" in line] == []


@pytest.fixture
def folder(tmp_path):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name)
    return tmp_path


def check(folder):
    return CliRunner().invoke(cli, ["check", str(folder)], env={"NO_COLOR": "1"}).output


def change(path: Path, before: str, after: str):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_a_branch_of_the_page_that_no_sample_takes(folder):
    page = folder / "templates/page.html.j2"
    change(
        page,
        "{% if not heading %}",
        "{% if not title %}{{ polcy }}{% for one in contents %}{{ one.ttext }}{% endfor %}",
    )
    output = check(folder)
    lines = page.read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines) if "polcy" in line)
    for name, meant in (("polcy", "policy"), ("ttext", "text")):
        place = f"templates/page.html.j2:{number + 1}:{lines[number].index(name) + 1}"
        told = (
            f"the template names what is not there: '{name}'; did you mean '{meant}'? (undefined-in-template)"
        )
        assert f"{place}: error: {told}" in output


def test_a_part_may_use_what_the_template_around_it_names(folder):
    (folder / "templates/_row.md.j2").write_text("{{ row.track.name }}", encoding="utf-8")
    change(
        folder / "templates/report.md.j2",
        "{% block sources %}",
        "{% block sources %}{% for row in tracks %}{% include '_row.md.j2' %}{% endfor %}\n\n",
    )
    assert check(folder).startswith("No problems")
