"""A cohort that is killed, runs out of disk or memory, or may not write: nothing is lost, and it goes on."""

import contextlib
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from trackfit import InvalidInput
from trackfit.cli import cli
from trackfit.engine.cohort import run as cohort
from trackfit.engine.cohort.files.headings import source_of
from trackfit.tests.support.cohorts import Quiet, people, results_of, run_cohort, write_csv
from trackfit.tests.support.shipped import DAY

KILLS = 20
PROGRAM = """
import sys
from pathlib import Path
from trackfit.tests.support.cohorts import run_cohort
from trackfit.tests.support.shipped import three_valued
run_cohort(three_valued(), Path(sys.argv[1]), Path(sys.argv[2]), part_rows=150)
"""


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def start(path, out, **more):
    return subprocess.Popen([sys.executable, "-c", PROGRAM, path, out], **more)


@pytest.mark.slow
def test_twenty_kills_leave_no_trace(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 3_000, seed=21))
    run_cohort(kb, path, tmp_path / "whole", part_rows=150)
    began = time.monotonic()
    assert start(path, tmp_path / "once").wait() == 0
    lasts = time.monotonic() - began
    draw = random.Random(22)  # noqa: S311 - the same moments, as far as a machine repeats itself
    out, kills, finished = tmp_path / "broken", 0, 0
    while kills < KILLS:
        process = start(path, out)
        try:
            assert process.wait(timeout=draw.uniform(0.2, 1.0) * lasts) == 0
            finished += 1
            for name in ("advice.jsonl", "rejected.csv"):
                (out / name).unlink()
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
    assert start(path, out).wait() == 0
    assert contents(out) == contents(tmp_path / "whole")


def small_files(limit):
    """In a child: no file may grow beyond so many bytes, as if the disk were full then."""

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return limited


@pytest.mark.slow
@pytest.mark.parametrize("begins_anew", [False, True])
def test_stopped_while_the_parts_are_thrown_away(kb, tmp_path, monkeypatch, begins_anew):
    """At each file that is removed, as the run that is finished does it, or the one that is begun anew."""
    path = write_csv(tmp_path / "people.csv", people(kb, 300, seed=24))
    run_cohort(kb, path, tmp_path / "whole", part_rows=150)
    out, unlink = tmp_path / "out", Path.unlink
    stopped, removed = True, -1
    while stopped:
        stopped, removed = False, removed + 1
        left = removed

        def counted(self, *, missing_ok=False):
            nonlocal stopped, left
            if self.parent in (out, out / "parts") and not self.name.startswith("."):
                if left == 0:
                    stopped = True
                    raise KeyboardInterrupt
                left -= 1
            unlink(self, missing_ok=missing_ok)

        if begins_anew:
            run_up_to_the_end(kb, path, out, monkeypatch)
        monkeypatch.setattr(Path, "unlink", counted)
        with contextlib.suppress(KeyboardInterrupt):
            cohort.discard(out) if begins_anew else run_cohort(kb, path, out, part_rows=150)
        monkeypatch.setattr(Path, "unlink", unlink)
        run_cohort(kb, path, out, part_rows=150)
        assert contents(out) == contents(tmp_path / "whole")
    assert removed == 9, "four files for each of two parts, and the manifest"


def run_up_to_the_end(kb, path, out, monkeypatch):
    """A run that leaves its parts and its manifest."""

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
        patched.setattr(cohort, "_assemble", stop)
        run_cohort(kb, path, out, part_rows=150)


def test_a_full_disk_is_told_and_what_is_done_is_kept(kb, tmp_path):
    """Once while a part is put away, and once while the parts are joined."""
    rows = people(kb, 600, seed=23)
    for row in rows[300:]:
        row["id"] *= 400  # so that the third part is larger than those before
    path = write_csv(tmp_path / "people.csv", rows)
    whole, out = tmp_path / "whole", tmp_path / "out"
    run_cohort(kb, path, whole, part_rows=150)
    for limit, parts in ((100_000, 2), ((whole / "advice.jsonl").stat().st_size // 2, 4)):
        process = start(path, out, preexec_fn=small_files(limit), stderr=subprocess.PIPE)
        _, told = process.communicate()
        assert process.returncode == 1
        assert "File too large" in str(told)
        assert not (out / "advice.jsonl").exists()
        assert len(list((out / "parts").glob("*.totals"))) == parts
        assert not [name for name in contents(out) if "tmp" in name]
    run_cohort(kb, path, out, part_rows=150)
    assert contents(out) == contents(whole)


def test_the_command_tells_of_a_full_disk(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 600, seed=23))
    command = [sys.executable, "-m", "trackfit", "cohort", path, "--out", "out", "--as-of", DAY]
    full = subprocess.run(
        command, cwd=tmp_path, preexec_fn=small_files(8_000), capture_output=True, text=True, check=False
    )
    told = "out:1:1: error: cannot write here: File too large; name another place (unwritable-file)\n"
    assert (full.returncode, full.stderr) == (2, told)
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    assert "manifest.json" not in contents(tmp_path / "out")


def test_a_folder_that_cannot_be_made(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 20))
    result = CliRunner().invoke(cli, ["cohort", str(path), "--out", "/proc/out"])
    told = "/proc/out:1:1: error: cannot write here: No such file or directory; name another place (unwritable-file)\n"
    assert (result.exit_code, result.stderr) == (2, told)


@pytest.mark.parametrize("option", ["--reports", "--redact"])
def test_spark_refuses_what_it_cannot_do(tmp_path, option):
    path = tmp_path / "people.parquet"
    result = CliRunner().invoke(
        cli, ["cohort", str(path), "--out", str(tmp_path / "out"), "--engine", "spark", option]
    )
    told = (
        "--engine:1:1: error: Spark writes no reports and redacts nothing; leave --engine out (bad-option)\n"
    )
    assert (result.exit_code, result.stderr) == (2, told)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 20))
    tmp_path.joinpath("closed").mkdir(mode=0o500)
    result = CliRunner().invoke(cli, ["cohort", str(path), "--out", str(tmp_path / "closed" / "out")])
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "cannot write here: Permission denied; name another place (unwritable-file)\n"
    )


def test_a_file_in_the_place_of_the_folder(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 20))
    result = CliRunner().invoke(cli, ["cohort", str(path), "--out", str(path)])
    assert result.exit_code == 2
    assert result.stderr.endswith("(unwritable-file)\n")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 21


@pytest.mark.parametrize(
    ("memory", "told"),
    [
        (
            "lots",
            "--memory:1:1: error: 'lots' is no amount of memory; write one such as 500MB or 2GB (bad-setting)\n",
        ),
        (
            "1MB",
            "--memory:1:1: error: 1MB is too little for this file; give more, such as 1GB (bad-setting)\n",
        ),
    ],
)
def test_memory_that_cannot_be_had(kb, tmp_path, memory, told):
    path = write_csv(tmp_path / "people.csv", people(kb, 2_000, seed=24))
    out = tmp_path / "out"
    result = CliRunner().invoke(cli, ["cohort", str(path), "--out", str(out), "--memory", memory])
    assert (result.exit_code, result.stderr) == (2, told)


def test_another_knowledge_base_does_not_mix_in(kb, tmp_path):
    path = write_csv(tmp_path / "people.csv", people(kb, 100, seed=25))
    out = tmp_path / "out"
    out.mkdir()
    other = (
        '{"version":"0","knowledge":"sha256:0","input":"","as_of":"2026-11-22","part_rows":1,'
        '"reports":false,"redact":false}'
    )
    (out / "manifest.json").write_text(other, encoding="utf-8")
    args = ["cohort", str(path), "--out", str(out), "--as-of", DAY, "--results", "jsonl"]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 2
    assert "differs in version, knowledge, input, part_rows" in result.stderr
    assert (out / "manifest.json").read_text(encoding="utf-8") == other
    assert CliRunner().invoke(cli, [*args, "--restart"]).exit_code == 1
    advised, refused = results_of(out)
    assert len(advised) + len(refused) == 100


def test_a_file_that_cannot_be_read_does_not_keep_the_folder_for_itself(kb, tmp_path):
    (tmp_path / "bad.parquet").write_text("background", encoding="utf-8")
    good = write_csv(tmp_path / "people.csv", people(kb, 10, seed=27, wrong=0))
    out = tmp_path / "out"
    told = CliRunner().invoke(cli, ["cohort", str(tmp_path / "bad.parquet"), "--out", str(out)])
    assert (told.exit_code, list(out.iterdir())) == (2, [])
    assert CliRunner().invoke(cli, ["cohort", str(good), "--out", str(out)]).exit_code in (0, 1)


def test_a_wrong_setting_does_not_cost_the_parts_that_are_done(kb, tmp_path, monkeypatch):
    path = write_csv(tmp_path / "people.csv", people(kb, 40, seed=28))
    monkeypatch.setattr(cohort, "_assemble", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_cohort(kb, path, tmp_path / "out", part_rows=20)
    before = contents(tmp_path / "out")
    options = cohort.Options(as_of=DAY, memory="lots", part_rows=20)
    with pytest.raises(InvalidInput):
        cohort.run(kb, source_of(str(path), {}), tmp_path / "out", options, Quiet())
    assert contents(tmp_path / "out") == before
    assert len([name for name in before if name.endswith(".totals")]) == 2


def stopped(*_):
    raise KeyboardInterrupt


def test_reports_lie_in_folders_with_safe_names_for_their_owner_alone(tmp_path):
    rows = [
        {
            "id": "../../etc/passwd",
            "background": "data_engineer",
            "name": "Ada",
            "skills": "sql; cobol on rails",
        },
        {"id": "", "background": "Nobodyia", "name": "Eve", "skills": ""},
        {"id": "=1+1", "background": "other", "name": "Bob <b>", "skills": ""},
    ]
    path = write_csv(tmp_path / "people.csv", rows)
    args = ["cohort", str(path), "--as-of", DAY, "--reports", "--out"]
    assert CliRunner().invoke(cli, [*args, str(tmp_path / "open")]).exit_code == 1
    reports = contents(tmp_path / "open" / "reports")
    assert list(reports) == [
        f"000000/00000000{name}.{ending}" for name in ("1-Ada", "3-Bob-b") for ending in ("html", "md")
    ]
    single = tmp_path / "ada.yaml"
    single.write_text("background: data_engineer\nname: Ada\nskills: sql; cobol on rails\n", encoding="utf-8")
    report = CliRunner().invoke(cli, ["advise", str(single), "--as-of", DAY])
    assert reports["000000/000000001-Ada.md"].decode() == report.stdout
    page = CliRunner().invoke(cli, ["advise", str(single), "--as-of", DAY, "--format", "html"])
    assert reports["000000/000000001-Ada.html"].decode() == page.stdout
    summary = (tmp_path / "open" / "summary.md").read_text(encoding="utf-8")
    assert "| Ada | Data engineer | MLOps |" in summary
    assert "| Bob \\<b> |" in summary
    for link in re.findall(r"\(<(reports/[^>]*)>\)", summary):
        assert (tmp_path / "open" / link).is_file()
    assert len(re.findall(r"\(<reports/", summary)) == 4
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "open" / "reports").rglob("*.md")}
    assert modes == {0o600}
    assert CliRunner().invoke(cli, [*args, str(tmp_path / "closed"), "--redact"]).exit_code == 1
    written = contents(tmp_path / "closed")
    assert "reports/000000/000000001.md" in written
    for content in written.values():
        for word in (b"Ada", b"cobol", b"Nobodyia", b"Bob"):
            assert word not in content


def test_nothing_of_a_case_is_told_or_left_in_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    Path(tmp_path / "tmp").mkdir()
    rows = [
        {"id": "a", "background": "data_engineer", "name": "Secretia"},
        {"id": "b", "background": "Secretia"},
    ]
    path = write_csv(tmp_path / "people.csv", [{"name": ""} | row for row in rows])
    result = CliRunner().invoke(cli, ["cohort", str(path), "--out", str(tmp_path / "out")])
    assert "Secretia" not in result.output
    assert not list((tmp_path / "tmp").rglob("*"))
