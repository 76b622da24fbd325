"""Whatever lies in a folder, only its regular, visible files are read; a link that leaves it is told."""

import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trackfit import InvalidKnowledge, KnowledgeBase
from trackfit.engine.cohort.files.parquet import files_of
from trackfit.engine.documents.folder import FOLDERS, MAX_BYTES
from trackfit.engine.inference.base import shipped
from trackfit.tests.support.running import run

BAD = "rules: [this is no rule"
UNSEEN = {
    "facts": [".#skills.yaml", "._tracks.yaml", ".hidden.yaml"],
    "rules": [".#mistakes.yaml", "._x.yaml", "._x.test.yaml", ".x.prove.yaml"],
    "templates": ["._report.md.j2", ".#report.md.j2"],
}
"""What editors and systems leave behind, by the folder in which it would be read."""
ENDINGS = {"facts": "yaml", "rules": "yaml", "templates": "md.j2"}
NAMES = [*ENDINGS.items(), ("rules", "test.yaml"), ("rules", "prove.yaml")]
LEAVES = "error: this link leads out of the knowledge base, and is not followed; put the file itself here"


@pytest.fixture
def folder(tmp_path):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / "own" / name)
    return tmp_path / "own"


def checked(folder):
    result = run("check", "--knowledge", folder)
    return result.exit_code, result.stdout.splitlines()


def test_what_editors_and_systems_leave_behind_changes_nothing(kb, folder):
    for part, names in UNSEEN.items():
        for name in names:
            (folder / part / name).write_text(BAD, encoding="utf-8")
        (folder / part / ".#lock.yaml").symlink_to("somebody@somewhere.4711")
        (folder / part / ".git").mkdir()
        (folder / part / ".git" / "x.yaml").write_text(BAD, encoding="utf-8")
    assert KnowledgeBase.load(folder).digest == kb.digest
    assert run("test", "--knowledge", folder, "rules/mistakes.test.yaml").exit_code == 0


@pytest.mark.parametrize(("part", "ending"), NAMES)
def test_pipes_are_not_waited_for(kb, folder, part, ending):
    os.mkfifo(folder / part / f"pipe.{ending}")
    (folder / part / f"device.{ending}").symlink_to("/dev/zero")
    with pytest.raises(InvalidKnowledge) as caught:
        KnowledgeBase.load(folder)
    assert [one.where.file for one in caught.value.problems if one.severity == "error"] == [
        f"{part}/device.{ending}"
    ]
    (folder / part / f"device.{ending}").unlink()
    assert KnowledgeBase.load(folder).digest == kb.digest
    told = f"{part}/pipe.{ending}:1:1: warning: this is no regular file, and is not read; take it out (ignored-file)"
    assert any(line.endswith(told) for line in checked(folder)[1])


@pytest.mark.parametrize(("part", "ending"), NAMES)
def test_a_link_that_leaves_the_folder_is_told_and_never_read(folder, part, ending):
    secret = folder.parent / "secret"
    secret.write_text("the password", encoding="utf-8")
    (folder / part / f"x.{ending}").symlink_to(secret)
    case = shipped() / "examples" / "backend.yaml"
    for arguments in (("advise", case), ("check",), ("handbook",)):
        result = run(*arguments, "--knowledge", folder)
        assert result.exit_code in (1, 2)
        assert "the password" not in result.output
        assert f"{part}/x.{ending}:1:1: {LEAVES} (unreadable-file)" in result.output


def test_a_folder_that_is_a_link_out_is_told(folder):
    (folder / "templates").rename(folder.parent / "elsewhere")
    (folder / "templates").symlink_to("../elsewhere")
    status, lines = checked(folder)
    assert status == 1
    assert any(line.endswith(f"templates:1:1: {LEAVES} (unreadable-file)") for line in lines)


def test_a_link_within_the_folder_is_followed(kb, folder):
    (folder / "rules" / "mistakes.yaml").rename(folder / "kept")
    (folder / "rules" / "mistakes.yaml").symlink_to("../kept")
    assert len(KnowledgeBase.load(folder).program.rules) == len(kb.program.rules)


@pytest.mark.parametrize(("part", "ending"), NAMES[:3])
def test_a_file_of_three_gigabytes_is_told_at_once(folder, part, ending):
    with (folder / part / f"large.{ending}").open("wb") as stream:
        stream.truncate(3_000_000_000)
    with pytest.raises(InvalidKnowledge) as caught:
        KnowledgeBase.load(folder)
    assert [(one.where.file, one.id) for one in caught.value.problems] == [
        (f"{part}/large.{ending}", "file-too-large")
    ]
    assert MAX_BYTES < 3_000_000_000


def test_a_folder_of_parquet_with_other_things_in_it(tmp_path):
    pq.write_table(pa.table({"background": ["other"]}), tmp_path / "people.parquet")
    os.mkfifo(tmp_path / "pipe.parquet")
    (tmp_path / "._people.parquet").write_bytes(b"x")
    (tmp_path / "folder.parquet").mkdir()
    assert [path.name for path in files_of(str(tmp_path))] == ["people.parquet"]
