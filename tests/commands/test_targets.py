"""Whatever `--out` names, only its content changes: through links, into pipes and devices, with mode and owner kept."""

import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from trackfit.engine.inference.base import shipped
from trackfit.tests.support.running import run

CASE = shipped() / "examples" / "backend.yaml"
WRITERS = {
    "advise": lambda out: ("advise", CASE, "--out", out, "--force"),
    "figures": lambda out: ("advise", CASE, "--out", "-", "--figures", out, "--force"),
    "handbook": lambda out: ("handbook", "--out", out, "--force"),
    "interview": lambda out: ("interview", "--answers", CASE, "--no-input", "--out", out, "--force"),
    "import": lambda out: ("import", "resume.json", "--out", out, "--force"),
    "junit": lambda out: ("test", "--knowledge", shipped(), "--junit", out),
}
"""Of every command that writes one file, how it is told to write to a place."""
SOME = ["advise", "import"]


@pytest.fixture
def place(here):
    (here / "resume.json").write_text('{"skills": [{"name": "Python"}]}', encoding="utf-8")
    return here


def writers():
    return [pytest.param(name, marks=[] if name in SOME else pytest.mark.slow) for name in WRITERS]


def written(name, out):
    result = run(*WRITERS[name](out))
    assert result.exit_code == 0, result.stderr


def kept(path):
    now = path.stat()
    return stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid


@pytest.mark.parametrize("name", writers())
def test_a_file_keeps_its_mode_its_owner_and_its_links(place, name):
    target, link = place / "target.txt", place / "link.txt"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(target, 1234, 2345)
    before = kept(target)
    link.symlink_to("target.txt")
    written(name, link)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") not in ("", "old")
    assert kept(target) == before


@pytest.mark.parametrize("name", writers())
def test_every_name_of_a_file_has_the_new_content(place, name):
    one, other = place / "one.txt", place / "other.txt"
    one.write_text("a longer text than any" * 9_000, encoding="utf-8")
    other.hardlink_to(one)
    written(name, one)
    assert one.samefile(other)
    assert not other.read_text(encoding="utf-8").endswith("than any")


@pytest.mark.parametrize("name", writers())
def test_a_pipe_with_a_name_is_written_to(place, name):
    os.mkfifo(place / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((place / "pipe").read_bytes()), daemon=True)
    reader.start()
    written(name, place / "pipe")
    reader.join(30)
    assert read[0]
    assert stat.S_ISFIFO((place / "pipe").stat().st_mode)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("name", writers())
def test_a_device_stays_one(name):
    written(name, "/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_link_to_nothing_gets_its_file(place):
    (place / "link.md").symlink_to("new.md")
    written("advise", place / "link.md")
    assert (place / "link.md").is_symlink()
    assert (place / "new.md").is_file()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize("out", [">(cat > copy.md)", "/dev/stdout > copy.md", "/dev/fd/3 3> copy.md"])
def test_what_a_shell_has_open(place, out):
    command = f"{sys.executable} -m trackfit advise {CASE} --force --out {out}; wait $!"
    if out.startswith(">("):
        command = command.replace("--force ", "")
    result = subprocess.run(["bash", "-c", command], cwd=place, capture_output=True, check=False)
    assert b"error" not in result.stderr
    assert (place / "copy.md").read_text(encoding="utf-8").startswith("# ")


def test_the_results_of_a_cohort_go_through_links_and_keep_their_mode(place):
    (place / "people.csv").write_text("background\nother\n", encoding="utf-8")
    (place / "results").mkdir()
    kept_elsewhere = place / "kept.csv"
    kept_elsewhere.write_text("old", encoding="utf-8")
    kept_elsewhere.chmod(0o640)
    (place / "results" / "advice.csv").symlink_to(kept_elsewhere)
    result = run("cohort", "people.csv", "--out", "results", "--results", "csv", "--force")
    assert result.exit_code == 0
    assert (place / "results" / "advice.csv").is_symlink()
    assert kept_elsewhere.read_text(encoding="utf-8").startswith("row,id,")
    assert stat.S_IMODE(kept_elsewhere.stat().st_mode) == 0o640


def test_force_is_never_advised_where_answers_are_kept(place):
    shutil.copy(CASE, place / "mine.yaml")
    result = run("interview", "--save", "mine.yaml", "--force", given="")
    assert result.exit_code == 2
    assert "go on with them: --resume mine.yaml, or name another file" in result.stderr
    assert "--force" not in result.stderr
    assert (place / "mine.yaml").read_bytes() == CASE.read_bytes()
