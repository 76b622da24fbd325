"""`trackfit handbook` as a command: where it writes, and a knowledge base with faults."""

import shutil
from functools import partial

from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import shipped
from trackfit.engine.workshop.handbook.handbook import handbook
from trackfit.engine.workshop.scenarios.scenarios import read_scenarios, scenario_files
from trackfit.tests.support.running import told
from trackfit.tests.support.shipped import DAY

run = partial(told, "handbook", "--as-of", DAY)


def test_it_prints_the_handbook_or_writes_it_to_a_file(kb, tmp_path):
    scenarios = read_scenarios(kb.folder, kb.facts, kb.program, scenario_files(kb.folder))[0]
    text = handbook(kb, scenarios, DAY)
    assert run("--out", tmp_path / "handbook.md")[0] == 0
    assert (tmp_path / "handbook.md").read_text(encoding="utf-8") == text
    assert run("--out", tmp_path / "handbook.md")[0] == 2
    assert run()[:2] == (0, text)


def test_faults_of_the_knowledge_base_are_status_1(tmp_path):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name)
    scenarios = tmp_path / "rules" / "routes.test.yaml"
    scenarios.write_text(
        scenarios.read_text(encoding="utf-8").replace("first:", "frist:", 1), encoding="utf-8"
    )
    code, out, err = run("--knowledge", tmp_path)
    assert (code, out) == (1, "")
    assert "did you mean 'first'" in err
    rules = tmp_path / "rules" / "routes.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("when:", "wen:", 1), encoding="utf-8")
    assert run("--knowledge", tmp_path)[:2] == (1, "")
