"""Yes and no in the languages of the table `answer_words`: the same in every carrier."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trackfit.engine.documents.node import from_plain
from trackfit.engine.problems.problem import Location
from trackfit.tests.support.cohorts import ids_of, results_of, run_cohort, write_csv
from trackfit.tests.support.workbooks import write_ods, write_xlsx

SAID = {
    "Ja": True,
    "oui": True,
    "SÍ": True,
    "si": True,
    "sim": True,
    "1": True,
    "Nein": False,
    "non": False,
    "não": False,
    "NAO": False,
    "no": False,
    "0": False,
}


@pytest.mark.parametrize(("word", "meaning"), SAID.items())
def test_words_of_other_languages(kb, word, meaning):
    answers = {"background": "data_scientist", "expects_same_work": word}
    case, problems = kb.reader.read(from_plain(answers, Location("")))
    assert problems == []
    assert case.answers["expects_same_work"] is meaning


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx", "ods"])
def test_the_same_in_every_carrier(kb, tmp_path, kind):
    rows = [{"background": "data_scientist", "expects_same_work": word} for word in (*SAID, "jein")]
    path = tmp_path / f"people.{kind}"
    table = [[*rows[0]], *([*row.values()] for row in rows)]
    match kind:
        case "csv":
            write_csv(path, rows)
        case "jsonl":
            path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        case "parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        case "xlsx":
            write_xlsx(path, {"People": table})
        case _:
            write_ods(path, {"People": table})
    run_cohort(kb, path, tmp_path / "out")
    advised, refused = results_of(tmp_path / "out")
    found = ["same_work_better_title" in advised[row]["warnings"] for row in sorted(advised)]
    assert found == list(SAID.values())
    assert ids_of(refused) == {len(rows): ["unknown-value"]}
