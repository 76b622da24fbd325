"""Cohorts of made-up people, and what a run over them must give: what `advise` says of each."""

from __future__ import annotations

import csv
import json
import random

import pyarrow.parquet as pq

from trackfit import ConflictingConclusions
from trackfit.engine.cohort import run as cohort
from trackfit.engine.cohort.files.headings import source_of
from trackfit.engine.documents.node import from_plain
from trackfit.engine.problems.problem import Location
from trackfit.tests.support.shipped import DAY

WRONG = {
    "whole_number": ["3 to 5", "-1", "many", "7.5", "61", "1e3"],
    "money": ["$120-140k", "lots", "-5", "6000000"],
    "choice": ["nobody knows", "=1+1", "N/A"],
    "yes_no": ["maybe", "2"],
}


class Quiet:
    """Remembers what it hears."""

    def __init__(self):
        self.notices = []
        self.rows = []

    def notice(self, text):
        self.notices.append(text)

    def total(self, rows):
        pass

    def progress(self, rows):
        self.rows.append(rows)


def people(kb, number, seed=1, wrong=0.03):
    """Rows as a spreadsheet would hold them: some blank, some wrong."""
    draw = random.Random(seed)  # noqa: S311 - made-up people need no secret
    spellings = [
        text for skill in kb.facts.skills.values() for text in (skill.id, skill.name, *skill.aliases)
    ]
    spellings += ["tf", "cobol on rails"]

    def cell(attribute):
        if draw.random() < (0.02 if attribute.id == "background" else 0.3):
            return ""
        if draw.random() < wrong and attribute.type in WRONG:
            return draw.choice(WRONG[attribute.type])
        match attribute.type:
            case "choice":
                choice = draw.choice(attribute.choices)
                return draw.choice([choice.id, choice.name, choice.id.upper()])
            case "yes_no":
                return draw.choice(["yes", "no", "true", "False"])
            case "set":
                named = [one.id for one in attribute.choices] if attribute.id == "done" else spellings
                return draw.choice(["; ", ", "]).join(draw.sample(named, draw.randint(0, 10)))
            case "money":
                return draw.choice(["180k", "$120,000", "250000", "400000"])
            case "whole_number":
                low, high = attribute.range
                numbers = [low, 1, 2, 3, 5, 6, 7, 8, 9, 10, 19, 20, 30, high]
                return str(draw.choice(numbers))
            case _:
                return "Ada; drop table"

    return [
        {"id": f"p{place}", **{one.id: cell(one) for one in kb.reader.attributes.values()}}
        for place in range(1, number + 1)
    ]


def expected(kb, row):
    """What `advise` says of a row: its advice, or its problems."""
    case, problems = kb.reader.read(
        from_plain({key: cell for key, cell in row.items() if key != "id"}, Location("row"))
    )
    if case is None:
        return [(one.id, one.text) for one in problems if one.severity == "error"]
    try:
        advice = kb.consult(case, DAY)
    except ConflictingConclusions as error:
        return [(one.id, one.text) for one in error.problems]
    first = advice.recommendations[0] if advice.recommendations else None
    months = kb.facts.figures[first.timeline] if first and first.timeline else None
    return {
        "id": row["id"],
        "first_track": first and first.track,
        "first_basis": first and first.basis,
        "months_low": months and months.low,
        "months_high": months and months.high,
        "tracks": [one.track for one in advice.recommendations],
        "warnings": sorted(one.id for one in advice.warnings),
    }


def write_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def run_cohort(kb, path, out, *, part_rows=250, listener=None, mapping=None):  # noqa: PLR0913
    out.mkdir(exist_ok=True)
    options = cohort.Options(as_of=DAY, results="jsonl", part_rows=part_rows)
    return cohort.run(kb, source_of(str(path), mapping or {}), out, options, listener or Quiet())


def results_of(out):
    table = out / "advice.parquet"
    if table.exists():
        rows = pq.read_table(table).to_pylist()
    else:
        rows = [json.loads(line) for line in (out / "advice.jsonl").read_text(encoding="utf-8").splitlines()]
    advised = {row.pop("row"): row for row in rows}
    refused: dict[int, list[tuple[str, str]]] = {}
    with (out / "rejected.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            refused.setdefault(int(row["row"]), []).append((row["problem_id"], row["text"]))
    return advised, refused


def ids_of(refused):
    return {row: [id_ for id_, _ in problems] for row, problems in refused.items()}


def assert_as_advised(kb, rows, out):
    advised, refused = results_of(out)
    assert set(advised) | set(refused) == set(range(1, len(rows) + 1))
    assert not set(advised) & set(refused)
    for number, row in enumerate(rows, 1):
        want = expected(kb, row)
        assert (refused if isinstance(want, list) else advised).get(number) == want, row
