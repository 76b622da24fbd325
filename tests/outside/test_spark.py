"""`cohort --engine spark` on a real standalone master with two workers, one of which dies on the way."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pyspark = pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'trackfit[spark]'")

from trackfit import KnowledgeBase  # noqa: E402
from trackfit.engine.cohort import run as cohort  # noqa: E402
from trackfit.engine.cohort import spark  # noqa: E402
from trackfit.engine.cohort.files.headings import CohortFile, source_of  # noqa: E402
from trackfit.tests.support.answer_space import sampled  # noqa: E402
from trackfit.tests.support.cohorts import Quiet, assert_as_advised, people, results_of  # noqa: E402
from trackfit.tests.support.person_strategies import answers, knowledge_base, knowledge_bases  # noqa: E402
from trackfit.tests.support.shipped import DAY, three_valued  # noqa: E402

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
    monkeypatch.setenv("PYSPARK_PYTHON", "workers-need-no-python")
    quick = (
        pyspark.sql.SparkSession.builder.master(address)
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    with spark.session(address) as session:
        assert session is quick
        source = CohortFile(str(tmp_path / "parts"), "parquet", {})
        there = spark.run(kb, source, tmp_path / "spark-out", options, Quiet(), spark=session)
    assert there == here
    assert (tmp_path / "spark-out" / "advice.parquet").stat().st_mode & 0o777 == 0o700
    advised = [
        pq.read_table(tmp_path / name / "advice.parquet").sort_by("row") for name in ("duckdb", "spark-out")
    ]
    assert advised[0].to_pylist() == advised[1].to_pylist()
    refused = [(tmp_path / name / "rejected.csv").read_bytes() for name in ("duckdb", "spark-out")]
    assert refused[0] == refused[1]


@pytest.fixture
def local():
    """Spark in this process, with as few tasks as a small table needs."""
    with (
        pyspark.sql.SparkSession.builder.master("local[2]")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    ) as session:
        yield session


@pytest.fixture
def folders(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("spark")


def same(kb, persons, folder, session):
    """Persons as typed columns through Spark, compared with what `advise` says of each."""
    rows = [
        {"id": str(number)}
        | {key: sorted(value) if isinstance(value, frozenset) else value for key, value in one.items()}
        for number, one in enumerate(persons, 1)
    ]
    columns = ["id", *kb.reader.attributes]
    table = pa.Table.from_pylist([dict.fromkeys(columns) | row for row in rows])
    pq.write_table(table, folder / "persons.parquet")
    out = folder / "out"
    out.mkdir()
    source = source_of(str(folder / "persons.parquet"), {})
    spark.run(kb, source, out, cohort.Options(as_of=DAY), Quiet(), spark=session)
    assert_as_advised(kb, rows, out)


@settings(
    deadline=None,
    max_examples=8,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(knowledge_bases(), st.data())
def test_generated_knowledge_bases_on_spark(folders, local, base, data):
    persons = data.draw(st.lists(answers(base[0]), min_size=20, max_size=60))
    with knowledge_base(*base) as kb:
        same(kb, persons, folders(), local)


def test_the_answer_space_on_spark(tmp_path, local):
    with three_valued() as kb:
        same(kb, sampled(kb, 20_000), tmp_path, local)


def test_columns_of_any_type_are_read_as_duckdb_reads_them(tmp_path, local):
    kb = KnowledgeBase.load()
    number = 6
    tables = [
        {
            "id": pa.array([1.0, 2.0, 2.5, float("nan"), None, 4.0]),
            "background": pa.array([b"data_engineer", b"\xff", b"", None, b"Data Engineer", b"architect"]),
            "years_experience": pa.array(
                [Decimal(one) for one in (1, 70, 3, 4, 5, 25)], pa.decimal128(10, 2)
            ),
            "salary_goal": pa.array([1.2e5, 1.2e7, float("inf"), float("nan"), 7.5, None]),
            "skills": pa.array([["sql", "cobol"], [], [None], None, ["a, b"], ["git"]]),
            "expects_same_work": pa.array([True, False, None, True, True, False]),
        },
        {
            "id": pa.array([datetime(2026, 1, day, 3, 4, 5, tzinfo=UTC) for day in range(1, 7)]),
            "background": pa.array([["architect"], [], None, ["other", None], ["other"], ["other"]]),
            "years_experience": pa.array([1, 2, None, 70, -1, 5], pa.int16()),
            "salary_goal": pa.array([date(2026, 1, 1)] * number),
            "skills": pa.array([[1, 2], [3], [], None, [4], [None]]),
        },
        {
            "id": pa.array([b"a", b"b", b"c", None, b"e", b"f"]),
            "background": pa.array(["other"] * number).dictionary_encode(),
            "years_experience": pa.nulls(number),
            "skills": pa.array([1, 2, None, 4, 5, 6]),
            "salary_goal": pa.array([Decimal(one) for one in range(6)], pa.decimal128(38, 0)),
        },
        {
            "id": pa.array([[1], [2], None, [], [5], [6]]),
            "background": pa.array(["other"] * number, pa.large_string()),
            "skills": pa.array([b"sql; git", b"none", b"", None, b"sql|git", b"sql"]),
            "salary_goal": pa.array([{"low": 1}] * number),
        },
    ]
    for place, columns in enumerate(tables):
        path = tmp_path / f"{place}.parquet"
        pq.write_table(pa.table(columns), path)
        found = []
        for name, run in (("duckdb", cohort.run), ("spark", partial(spark.run, spark=local))):
            out = tmp_path / f"{place}-{name}"
            totals = run(kb, source_of(str(path), {}), out, cohort.Options(as_of=DAY), Quiet())
            found.append((totals, results_of(out)))
        assert found[0] == found[1]
        assert found[0][0].rows == number


def test_a_dry_run_on_spark_counts_the_same_and_writes_nothing(tmp_path, local):
    kb = KnowledgeBase.load()
    path = tmp_path / "people.parquet"
    pq.write_table(pa.Table.from_pylist(people(kb, 100, seed=5)), path)
    before = sorted(tmp_path.rglob("*"))
    source, options = source_of(str(path), {}), cohort.Options(as_of=DAY)
    there = spark.dry_run(kb, source, options, Quiet(), spark=local)
    assert there == cohort.dry_run(kb, source, options, Quiet())
    assert len(there.first_rows) == cohort.FIRST_ROWS
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("master", "content", "said"),
    [
        ("spark://127.0.0.1:1", None, "--master:1:1: error: nothing answers at 127.0.0.1:1 ("),
        (
            "nonsense",
            None,
            "--master:1:1: error: 'nonsense' is no master; write one such as spark://host:7077",
        ),
        ("local[0]", None, "--master:1:1: error: Spark says: "),
        ("local[1]", b"a,b\n", "people.parquet:1:1: error: Spark says: "),
    ],
)
def test_what_spark_cannot_do_is_told_without_its_java(tmp_path, monkeypatch, master, content, said):
    monkeypatch.chdir(tmp_path)
    path = Path("people.parquet")
    if content is None:
        pq.write_table(pa.table({"background": ["other"]}), path)
    else:
        path.write_bytes(content)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "trackfit",
            "cohort",
            path,
            "--out",
            "out",
            "--engine",
            "spark",
            "--master",
            master,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(Path("out").glob("*"))
