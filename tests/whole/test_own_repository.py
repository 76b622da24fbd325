"""A coach's own repository checks itself: the pre-commit hooks, and the example for GitHub Actions."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
import yaml
from click.testing import CliRunner

from trackfit.cli import cli
from trackfit.engine.site.runtime import ABI, PYODIDE, PYTHON
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.sites import standing_for_runtime

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/coaches/own-repository.md").read_text(encoding="utf-8")


def shown(title):
    """The document that the page shows under a title."""
    found = re.search(rf'```yaml title="my-rules/{re.escape(title)}"\n(.*?)```', PAGE, re.DOTALL)
    assert found is not None
    return yaml.safe_load(found[1])


def steps():
    """What the GitHub Actions example runs of ours."""
    workflow = shown(".github/workflows/knowledge.yml")
    found = [step.get("run", "") for step in workflow["jobs"]["check"]["steps"]]
    return [step for step in found if step.startswith("trackfit ")]


def commands():
    """Those but for the comparison with an older revision."""
    return [step for step in steps() if "git:" not in step]


WAITING = {
    "facts/backgrounds.yaml": "One sentence in which such a person recognizes themselves.",
    "facts/tracks.yaml": "What the days are like, one line each.",
}
"""What `new knowledge` leaves to be written, and `check` tells."""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A new knowledge base whose texts somebody has written."""
    result = CliRunner().invoke(cli, ["new", "knowledge", str(tmp_path / "mine")])
    assert result.exit_code == 0, result.output
    for name, text in WAITING.items():
        path = tmp_path / "mine" / name
        before = path.read_text(encoding="utf-8")
        assert text in before
        path.write_text(before.replace(text, "You build models and see them run."), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path / "mine"


def run(command):
    words = shlex.split(command)
    assert words[0] == "trackfit"
    return CliRunner().invoke(cli, words[1:])


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("command", [*(hook["entry"] for hook in HOOKS), *commands()])
def test_each_command_passes_on_a_sound_knowledge_base(command):
    result = run(command)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("command", [HOOKS[0]["entry"], *commands()[:1]])
def test_a_fault_is_caught(own, command):
    rules = own / "rules/tracks.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("recommended: {known", "recommend: {known"), encoding="utf-8")
    result = run(command)
    assert result.exit_code == 1
    assert "there is no attribute 'recommend'" in result.output


def test_the_comparison_is_with_the_repository_that_we_are_in(own):
    def git(*words):
        author = ["-c", "user.name=A coach", "-c", "user.email=coach@example.org"]
        subprocess.run(["git", "-C", own, *author, *words], check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "As it was")
    (compared,) = (step.partition(" || ")[0] for step in steps() if "git:" in step)
    result = run(compared.replace("origin/main", "HEAD"))
    assert (result.exit_code, result.stderr) == (0, "")
    text = (own / "facts/figures.yaml").read_text(encoding="utf-8")
    (own / "facts/figures.yaml").write_text(
        re.sub(r"value: \S+", "value: 17", text, count=1), encoding="utf-8"
    )
    assert run(compared.replace("origin/main", "HEAD")).exit_code == 1


def test_a_scenario_that_fails_is_caught(own):
    scenarios = own / "rules/tracks.test.yaml"
    text = scenarios.read_text(encoding="utf-8")
    scenarios.write_text(text.replace("first: none", "first: first_track"), encoding="utf-8")
    assert run(HOOKS[1]["entry"]).exit_code == 1


def test_hooks_run_once_for_what_they_look_at():
    for hook in HOOKS:
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False
        assert re.match(hook["files"], "rules/tracks.yaml")
        assert not re.match(hook["files"], "docs/rules/notes.md")


def test_the_page_shows_every_hook():
    [repository] = shown(".pre-commit-config.yaml")["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in HOOKS]


def test_the_workflow_of_pages_fetches_what_the_program_wants_and_stands_in_the_guide():
    text = (ROOT / "scaffolds/knowledge/.github/workflows/pages.yml").read_text(encoding="utf-8")
    guide = (ROOT / "docs/coaches/publish.md").read_text(encoding="utf-8")
    assert f"\n{text}```" in guide
    steps = [step.get("run", "") for step in yaml.safe_load(text)["jobs"]["pages"]["steps"]]
    fetched = " ".join(steps).replace(
        "\"msgspec==$(python -c 'import msgspec; print(msgspec.__version__)')\"", "msgspec"
    )
    assert f"npm install --prefix runtime pyodide@{PYODIDE}" in fetched
    wanted = f"--python-version {PYTHON} --implementation cp --platform {ABI} -d runtime msgspec"
    assert wanted in fetched


def test_the_workflow_of_pages_makes_them(own, tmp_path):
    standing_for_runtime(tmp_path / "runtime")
    text = (own / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    for step in yaml.safe_load(text)["jobs"]["pages"]["steps"]:
        if step.get("run", "").startswith("trackfit "):
            command = step["run"].replace("--runtime runtime", f"--runtime {tmp_path}/runtime")
            result = run(command)
            assert result.exit_code == 0, result.stderr
    assert (own / "pages/index.html").is_file()
