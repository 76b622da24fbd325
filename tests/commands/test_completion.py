"""What a shell is told of the ids that options take."""

import pytest
from click.shell_completion import ShellComplete

from trackfit.cli import cli

CASES = {
    ("explain", "case.yaml", "--why-not", "ml"): ["ml_engineering", "mlops"],
    ("change", "case.yaml", "--to", "age"): ["agentic_ai"],
    ("change", "case.yaml", "--without", "salary_r"): ["salary_routing"],
    ("whatif", "case.yaml", "--set", "background=arch"): ["background=architect"],
    ("whatif", "case.yaml", "--set", "years"): ["years_experience="],
    ("whatif", "case.yaml", "--set", "skills-=pytes"): ["skills-=pytest"],
    ("whatif", "case.yaml", "--set", "expects"): ["expects_same_work=no", "expects_same_work=yes"],
    ("advise", "case.yaml", "--template", "coa"): ["coach", "coa"],
    ("advise", "--knowledge", "nowhere", "case.yaml", "--template", "coa"): ["coa"],
}
"""The words typed, and the ones offered; of a template also files."""


@pytest.mark.parametrize("words", CASES, ids=" ".join)
def test_ids_are_completed(words):
    *before, typed = words
    shell = ShellComplete(cli, {}, "trackfit", "_TRACKFIT_COMPLETE")
    assert [item.value for item in shell.get_completions(list(before), typed)] == CASES[words]
