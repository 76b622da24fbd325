"""`diff --cohort`: the queries find who changes, how, and because of which rules, as two consultations of each row do."""

import csv
import shutil

import pytest

from trackfit import KnowledgeBase
from trackfit.engine.cohort.diff import NO_LONGER_READ, NOW_READ, CohortDiff
from trackfit.engine.cohort.files.headings import source_of
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.documents.node import from_plain
from trackfit.engine.inference.base import shipped
from trackfit.engine.problems.problem import Location
from trackfit.engine.workshop.diff.differences import Difference, OutcomeDiff, outcome
from trackfit.engine.workshop.diff.impact import Changes
from trackfit.tests.support.cohorts import Quiet, people, write_csv
from trackfit.tests.support.shipped import DAY, three_valued

PEOPLE = 300
BAKER = "\n  - id: baker\n    name: Baker\n    description: You bake bread.\n    order: 55\n"
CONTRARY = (
    '\n  - id: contrary\n    title: Contrary\n    reviewed: "2026-11-22"\n    when: {background: architect}\n'
    "    then: {conclude: {has_sourced_route: false}}\n"
)
GRADED = (
    '\n  - id: grave\n    title: Grave\n    reviewed: "2026-11-22"\n'
    "    when: {background: data_engineer, undervalues_pipeline_skills: true, skills: {has: sql}}\n"
    "    then: {warn: undervalues_pipeline_skills, severity: high, says: Think again.}\n"
)
NEARLY_TIED = (
    "aws; crewai; cross_functional_influence; deepeval; elasticsearch; gradient_boosting; html_css; "
    "production_reliability; scikit_learn; sql"
)
EDITS = {
    "nothing": (),
    "a wider rule": (
        ("rules/mistakes.yaml", "target_reason: salary", "target_reason: [salary, job_market]"),
    ),
    "a threshold": (("facts/figures/choices.yaml", "value: 30", "value: 40"),),
    "a timeline": (("facts/figures/timelines.yaml", "value: [3, 6]", "value: [4, 8]"),),
    "rules that others rest on": (
        (
            "rules/routes.yaml",
            "      any:\n        - route.years_from: {known: false}",
            "      skills: {known: true}\n      any:\n        - route.years_from: {known: false}",
        ),
    ),
    "a new background": (("facts/backgrounds.yaml", None, BAKER),),
    "rules that contradict each other": (("rules/routes.yaml", None, CONTRARY),),
    "another severity": (("rules/mistakes.yaml", None, GRADED),),
    "what a track asks for": (("facts/tracks.yaml", "- {skill: vector_databases}", "- {skill: sql}"),),
    "what counts as a skill": (("facts/skills/databases.yaml", "    counts_as: [sql]\n", ""),),
}


def edited(folder, edits):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, folder / name)
    for file, before, after in edits:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert before is None or before in text
        path.write_text(text + after if before is None else text.replace(before, after, 1), encoding="utf-8")
    return KnowledgeBase.load(folder, engine="three-valued")


def one_by_one(old, new, rows):
    """What differs for each row that one of them can read, by number; and how many both cannot."""
    judge = OutcomeDiff(old, new, in_order=False)
    found: dict[int, list[Difference]] = {}
    for number, row in enumerate(rows, 1):
        plain = from_plain({key: cell for key, cell in row.items() if key != "id"}, Location("row"))
        cases = [kb.reader.read(plain)[0] for kb in (old, new)]
        if cases == [None, None]:
            continue
        if None in cases:
            found[number] = [(NOW_READ if cases[0] is None else NO_LONGER_READ, ())]
        else:
            found[number] = list(
                judge.differences(
                    *(outcome(kb, case, DAY) for kb, case in zip((old, new), cases, strict=True))
                )
            )
    return found


def check(old, new, rows, path, out):
    changes = Changes()
    refused = CohortDiff(old, new, DAY).run(source_of(str(path), {}), changes, Quiet(), out)
    expected = one_by_one(old, new, rows)
    groups: dict[Difference, list[int]] = {}
    for number, differences in expected.items():
        for difference in differences:
            groups.setdefault(difference, []).append(number)
    found = changes.comparison()
    assert refused == len(rows) - len(expected)
    assert found.tried == {"cohort": len(expected)}
    assert {(one.change, one.because): one.cases["cohort"] for one in found.groups} == {
        difference: len(numbers) for difference, numbers in groups.items()
    }
    for one in found.groups:
        first = groups[one.change, one.because][0]
        assert one.named == (rows[first - 1]["id"] or f"row {first}")
        assert "name" not in one.example
    with out.open(encoding="utf-8", newline="") as stream:
        who = list(csv.DictReader(stream))
    assert who == [
        {
            "row": str(number),
            "id": rows[number - 1]["id"],
            "changes": "; ".join(change for change, _ in differences),
            "rules": "; ".join(sorted({rule for _, because in differences for rule in because})),
        }
        for number, differences in expected.items()
        if differences
    ]
    return found


@pytest.fixture(scope="module")
def kb():
    return three_valued()


def compare_both(kb, folder, edits):
    rows = people(kb, PEOPLE, seed=41)
    for number in range(0, PEOPLE, 9):
        rows[number]["background"] = "baker"
    tied = {"id": "tied", "background": "other", "years_experience": "3", "skills": NEARLY_TIED}
    graded = {
        "id": "graded",
        "background": "data_engineer",
        "undervalues_pipeline_skills": "yes",
        "skills": "sql",
    }
    rows[:2] = [dict.fromkeys(rows[0], "") | one for one in (tied, graded)]
    path = write_csv(folder / "people.csv", rows)
    return check(kb, edited(folder / "new", edits), rows, path, folder / "who.csv")


def test_the_queries_find_what_two_consultations_of_each_row_find(kb, tmp_path):
    found = compare_both(kb, tmp_path, [edit for edits in EDITS.values() for edit in edits])
    told = " ".join(one.change for one in found.groups)
    for part in (
        "several values",
        "first is",
        "takes",
        "is high instead of medium",
        NOW_READ,
        "salary_routing",
        "what is missing",
    ):
        assert part in told


@pytest.mark.slow
@pytest.mark.parametrize("name", EDITS)
def test_the_queries_find_the_same_for_every_edit(kb, tmp_path, name):
    assert bool(compare_both(kb, tmp_path, EDITS[name]).groups) == (name != "nothing")


@pytest.mark.slow
def test_what_is_taken_back_is_found_too(kb, tmp_path):
    rows = people(kb, PEOPLE, seed=42)
    rows[3]["background"] = "baker"
    old = edited(tmp_path / "old", [edit for edits in EDITS.values() for edit in edits])
    found = check(old, kb, rows, write_csv(tmp_path / "people.csv", rows), tmp_path / "who.csv")
    assert NO_LONGER_READ in {one.change for one in found.groups}
