"""`trackfit schema` as a command: what it writes and where."""

import shutil

import pytest

from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.workshop.authoring.schemas import FILE_KINDS, FOLDER, schemas, to_json
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.running import run


@pytest.fixture
def own(tmp_path):
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_command_writes_every_schema_beside_the_knowledge_base(own, monkeypatch):
    monkeypatch.chdir(own)
    result = run("schema")
    assert (result.exit_code, result.output) == (0, "Written: 5 schemas in .trackfit/schema\n")
    assert sorted(path.stem for path in (own / FOLDER).iterdir()) == sorted(FILE_KINDS)


def test_one_schema_on_standard_output(own, monkeypatch):
    monkeypatch.chdir(own)
    result = run("schema", "--stdout", "case")
    assert result.output == to_json(schemas(own)["case"])
    assert not (own / FOLDER).exists()


def test_no_knowledge_base_here_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("schema")
    assert result.exit_code == 2
    assert result.output == (
        ".:1:1: error: there is no knowledge base here; go to a folder with facts/ and rules/, "
        "or name one with --knowledge (no-knowledge-base)\n"
    )
