"""The Python API, two knowledge bases side by side, and running without the extension."""

import gc
import json
import os
import subprocess
import sys
import weakref

import pytest

import trackfit
from trackfit import KnowledgeBase
from trackfit.tests.support.places import EXAMPLES
from trackfit.tests.support.searches import mostly_slow

WITHOUT_EXTENSION = (
    "import sys; sys.modules['durable_rules_engine'] = None; from trackfit.cli import cli; cli()"
)


def scratch(tmp_path, change):
    """A copy of the shipped knowledge base with one text replaced in one file."""
    import shutil

    from trackfit.engine.documents.folder import FOLDERS
    from trackfit.engine.inference.base import shipped

    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    file, old, new = change
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


def test_every_public_name_is_there():
    for name in trackfit.__all__:
        assert getattr(trackfit, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = trackfit.nothing


def test_a_fault_in_the_answers_raises_with_its_problems():
    with KnowledgeBase.load() as kb, pytest.raises(trackfit.InvalidInput) as caught:
        kb.consult({"background": "wizard", "yeers": 3})
    assert [problem.id for problem in caught.value.problems] == ["unknown-key", "unknown-value"]


def test_two_knowledge_bases_do_not_touch_each_other(tmp_path):
    old = KnowledgeBase.load()
    change = ("rules/mistakes.yaml", "background: data_engineer", "background: architect")
    new = KnowledgeBase.load(scratch(tmp_path, change))
    case = {"background": "data_engineer", "undervalues_pipeline_skills": True}
    for _ in range(3):
        assert "undervalues_pipeline_skills" in {one.id for one in old.consult(case).warnings}
        assert "undervalues_pipeline_skills" not in {one.id for one in new.consult(case).warnings}
    assert old.digest != new.digest
    new.close()
    assert "undervalues_pipeline_skills" in {one.id for one in old.consult(case).warnings}


def test_a_dropped_knowledge_base_is_freed():
    kb = KnowledgeBase.load()
    kb.consult({"background": "other"})
    gone = weakref.ref(kb)
    del kb
    gc.collect()
    assert gone() is None


def test_a_closed_knowledge_base_can_be_used_again():
    kb = KnowledgeBase.load()
    before = kb.consult({"background": "data_scientist"}).recommendations
    kb.close()
    assert kb.consult({"background": "data_scientist"}).recommendations == before


@pytest.mark.parametrize("example", mostly_slow(EXAMPLES, 2), ids=lambda path: path.stem)
def test_without_the_extension_the_advice_is_the_same(example, tmp_path):
    args = ["advise", str(example), "--format", "json", "--as-of", "2026-11-22"]
    plain = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTENSION, *args],
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},  # nobody was told of the engine yet
        capture_output=True,
        check=True,
        text=True,
    )
    full = subprocess.run(
        [sys.executable, "-m", "trackfit", *args], capture_output=True, check=True, text=True
    )
    without, with_it = json.loads(plain.stdout), json.loads(full.stdout)
    assert without["stamp"].pop("engine") == "three-valued"
    assert with_it["stamp"].pop("engine") == "durable-rules"
    assert without == with_it
    assert plain.stderr.startswith("note: durable-rules is not installed")
    assert "pip install" in plain.stderr


def test_the_version_names_the_engine_that_runs():
    shown = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTENSION, "--version"], capture_output=True, check=True, text=True
    )
    assert "engine three-valued" in shown.stdout
