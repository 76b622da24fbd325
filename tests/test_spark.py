"""`cohort --engine spark` on a real standalone master with two workers, one of which dies on the way."""

import os
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pyspark = pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'trackfit[spark]'")

from trackfit import KnowledgeBase  # noqa: E402
from trackfit.engine import cohort, spark  # noqa: E402
from trackfit.engine.cohort_headings import Source, source_of  # noqa: E402
from trackfit.tests.test_cohort import DAY, Quiet, people  # noqa: E402

pytest.importorskip("pyspark.sql")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("java") is None, reason="Spark needs Java, and there is no command 'java'"
    ),
    pytest.mark.filterwarnings("ignore"),
]


class Process:
    """One of Spark's own programs, until it says a certain thing and beyond."""

    def __init__(self, folder, name, *args):
        folder.mkdir(exist_ok=True)
        program = Path(pyspark.__file__).parent / "bin" / "spark-class"
        self.log = (folder / f"{name}.log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [program, *args],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(folder / name)},
        )

    def until(self, text):
        """The first line with a text."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.write(line)
            if text in line:
                return line
        self.log.seek(0)
        raise AssertionError(f"it ended without saying {text!r}:\n{self.log.read()}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()
        self.log.close()


@pytest.fixture
def cluster(tmp_path):
    """The address of a master on loopback, and its two workers."""
    started = []
    try:
        master = Process(
            tmp_path / "spark",
            "master",
            "org.apache.spark.deploy.master.Master",
            *("--host", "127.0.0.1"),
            "--port",
            "0",
            "--webui-port",
            "0",
        )
        started.append(master)
        address = master.until("Starting Spark master at").rsplit(" at ", 1)[1].strip()
        for name in ("one", "two"):
            args = (
                "org.apache.spark.deploy.worker.Worker",
                "-c",
                "1",
                "-m",
                "1g",
                "-h",
                "127.0.0.1",
                "--webui-port",
                "0",
            )
            worker = Process(tmp_path / "spark", name, *args, address)
            started.append(worker)
            worker.until("Successfully registered with master")
        yield address, started[1:]
    finally:
        for one in reversed(started):
            one.kill()


def test_spark_gives_what_duckdb_gives_though_a_worker_dies(tmp_path, cluster, monkeypatch):
    address, workers = cluster
    kb = KnowledgeBase.load()
    rows = people(kb, 600, seed=11)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "people.parquet")
    (tmp_path / "parts").mkdir()
    for number in range(3):
        part = pa.Table.from_pylist(rows[number * 200 : (number + 1) * 200])
        pq.write_table(part, tmp_path / "parts" / f"{number}.parquet")
    options = cohort.Options(as_of=DAY)
    (tmp_path / "duckdb").mkdir()
    here = cohort.run(
        kb, source_of(str(tmp_path / "people.parquet"), {}), tmp_path / "duckdb", options, Quiet()
    )

    write = spark._write_advice

    def lose_a_worker_and_write(advice, out):
        assert advice.count() > 0
        workers[0].kill()
        return write(advice, out)

    monkeypatch.setattr(spark, "_write_advice", lose_a_worker_and_write)
    (tmp_path / "spark-out").mkdir()
    quick = (
        pyspark.sql.SparkSession.builder.master(address)
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    session = spark.session(address)
    assert session is quick
    try:
        source = Source(str(tmp_path / "parts"), "parquet", {})
        there = spark.run(kb, source, tmp_path / "spark-out", options, Quiet(), spark=session)
    finally:
        session.stop()
    assert there == here
    advised = [
        pq.read_table(tmp_path / name / "advice.parquet").sort_by("row") for name in ("duckdb", "spark-out")
    ]
    assert advised[0].to_pylist() == advised[1].to_pylist()
    refused = [(tmp_path / name / "rejected.csv").read_bytes() for name in ("duckdb", "spark-out")]
    assert refused[0] == refused[1]
