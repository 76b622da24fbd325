"""What people get besides the Markdown report, kept whole, so that no fault in it goes unseen.

After a change that is meant: `TRACKFIT_REFRESH_GOLDEN=1 .venv/bin/pytest tests/whole/test_outputs.py`, then read the diff.
"""

from __future__ import annotations

from trackfit.tests.support.golden import neutral, same_as_golden
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.running import run, told
from trackfit.tests.support.shipped import DAY

AS_OF = ("--as-of", DAY)
BACKEND = ROOT / "examples" / "backend.yaml"
PEOPLE = """\
id,name,background,years_experience,skills,salary_goal,target_track,target_reason
p1,Ada <b>,backend_fullstack,6,python;docker;rest_apis,220000,ml_engineering,salary
p2,Ben,data_engineer,4,sql;python;airflow,,mlops,interest
p3,Cy,architect,12,system_design,300000,,
p4,Di,sculptor,3,python,,,
p5,Eve,devops_platform_sre,7,kubernetes;terraform;docker,190000,ai_infrastructure,job_market
p6,Flo,data_scientist,5,python;pytorch;statistics,150000,ml_engineering,skill_fit
p7,Gus,backend_fullstack,many,python,,,
"""
"""Five whom trackfit advises, two whom it refuses, each for a reason of their own."""


def test_the_rules_as_coaches_read_them():
    """Each with all that it asks: a skill that goes out of a list, or a bound that moves, shows."""
    text = run("handbook", *AS_OF).stdout
    rules = text.split("\n## Rules\n")[1].split("\n## ")[0]
    same_as_golden("handbook-rules.md", rules)


def test_the_page():
    page = run("advise", BACKEND, "--format", "html", *AS_OF).stdout
    same_as_golden("backend.html", neutral(page))


def test_other_answers_side_by_side():
    asked = ("whatif", BACKEND, "--set", "skills=python, rag, pytorch", "--set", "salary_basis=total")
    same_as_golden("backend.whatif.txt", neutral(run(*asked, *AS_OF).stdout))


def test_the_figures_of_a_report(here):
    assert told("advise", BACKEND, "--figures", "figures.csv", "--out", "r.md", *AS_OF)[0] == 0
    same_as_golden("backend.figures.csv", (here / "figures.csv").read_text(encoding="utf-8"))


def test_a_cohort(here):
    (here / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert told("cohort", "people.csv", "--out", "out", "--results", "csv", *AS_OF)[0] == 1
    for name in ("summary.md", "summary.html", "rejected.csv", "advice.csv"):
        same_as_golden(f"cohort.{name}", neutral((here / "out" / name).read_text(encoding="utf-8")))
