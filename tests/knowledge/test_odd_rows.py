"""Rows that are valid, or nearly so, and that no reader may stumble over."""

import re
import shutil

import pytest

from trackfit import KnowledgeBase, to_html, to_json, to_markdown
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import shipped
from trackfit.engine.knowledge.compile import compile_knowledge
from trackfit.engine.knowledge.references import MAX_SKILL_CHAIN
from trackfit.engine.workshop.handbook.handbook import handbook
from trackfit.tests.support.places import EXAMPLES
from trackfit.tests.support.running import run
from trackfit.tests.support.shipped import DAY


@pytest.fixture
def folder(tmp_path):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / "own" / name)
    return tmp_path / "own"


def with_years(folder, *years):
    """One of the salary bands again, for other years."""
    path = folder / "facts" / "figures" / "salary.yaml"
    text = path.read_text(encoding="utf-8")
    band = re.search(
        r"  - id: (?P<id>\w+)\n(?:    .*\n)*?    years: (?P<years>\[6, 9\])\n(?:    .*\n)*", text
    )
    assert band
    for number, one in enumerate(years):
        own = band[0].replace(band["id"], f"{band['id']}_{number}").replace(band["years"], one)
        text = f"{text.rstrip()}\n\n{own.rstrip()}\n"
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "years", [("[5, null]", "[5, 9]"), ("[5, 9]", "[5, null]"), ("[0, null]", "[0, 0]", "[0, null]")]
)
def test_bands_without_an_end_beside_bands_with_one(folder, years):
    with_years(folder, *years)
    with KnowledgeBase.load(folder, cache=False) as kb:
        for years_experience in (None, 0, 5, 9, 40):
            answers = {"background": "backend_fullstack", "salary_goal": 200_000}
            if years_experience is not None:
                answers["years_experience"] = years_experience
            advice = kb.consult(answers, DAY)
            assert to_markdown(advice)
            assert to_html(advice)
            assert to_json(advice)
        assert handbook(kb, [], DAY)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "advise", "explain", "change", "whatif"])
def test_no_command_stumbles_over_them(folder, command):
    with_years(folder, "[5, null]", "[5, 9]")
    case = {"check": [], "whatif": [EXAMPLES[0], "--set", "years_experience=9"]}.get(command, [EXAMPLES[0]])
    assert run(command, *case, "--knowledge", folder).exit_code == 0


@pytest.mark.parametrize("length", [MAX_SKILL_CHAIN, MAX_SKILL_CHAIN + 1, 3_000])
@pytest.mark.parametrize("column", ["needs", "counts_as"])
def test_a_chain_of_skills_has_a_limit(folder, column, length):
    rows = [
        f"  - id: z{number}\n    name: Zed {number}\n    kind: practice\n"
        + (f"    {column}: [z{number - 1}]\n" if number else "")
        for number in range(length)
    ]
    (folder / "facts" / "skills" / "chain.yaml").write_text(f"skills:\n{''.join(rows)}", encoding="utf-8")
    _, _, problems = compile_knowledge(folder)
    told = [(one.id, one.where.line) for one in problems if one.severity == "error"]
    assert told == ([] if length <= MAX_SKILL_CHAIN else [("over-limit", 4 * MAX_SKILL_CHAIN + 4)])
