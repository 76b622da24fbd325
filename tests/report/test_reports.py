"""The reports of the examples, word for word; the same whatever the order of files, rows, keys and answers.

After a change that is meant: `TRACKFIT_REFRESH_GOLDEN=1 .venv/bin/pytest tests/report/test_reports.py`, then
read the difference.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from trackfit import KnowledgeBase, to_json, to_markdown
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.inference.base import shipped
from trackfit.engine.report.templates import themes
from trackfit.tests.support.golden import neutral, same_as_golden
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.searches import mostly_slow
from trackfit.tests.support.shipped import DAY, case_in

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def advice_for(kb, path):
    return kb.consult(case_in(kb, path), DAY)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_report_is_the_golden_one(kb, example):
    advice = advice_for(kb, example)
    plain = to_json(advice)
    plain["stamp"] = {key: plain["stamp"][key] for key in ("as_of", "case")}
    found = {
        f".{theme}.md": neutral(to_markdown(advice, theme))
        for theme in themes(kb.folder / "templates")
        if theme != "report"
    }
    found |= {
        ".md": neutral(to_markdown(advice)),
        ".json": json.dumps(plain, indent=1, ensure_ascii=False) + "\n",
    }
    for ending, text in found.items():
        same_as_golden(f"{example.stem}{ending}", text)


def test_the_seven_first_cases_are_there_and_every_mistake_is_made_by_one(kb):
    assert [path.stem for path in EXAMPLES] == [
        *("architect", "backend", "data_engineer", "data_scientist", "devops", "junior_architect", "other"),
    ]
    warned = {warning.id for path in EXAMPLES for warning in advice_for(kb, path).warnings}
    assert warned >= {
        *("salary_routing", "undervalues_pipeline_skills", "same_work_better_title", "notebook_portfolio"),
        *("undershooting_cloud", "waiting_to_learn", "no_sourced_route", "seniority_below_route"),
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_section_is_there_and_none_is_empty(kb, example):
    text = to_markdown(advice_for(kb, example))
    first, _, folded = text.partition("\n## Everything behind it\n")
    sections = re.split(r"^## ", first, flags=re.MULTILINE)[1:]
    titles = [section.splitlines()[0] for section in sections]
    assert titles[:3] == ["What you bring, what is missing", "The plan", "Pay"]
    assert titles[-1] == "Next steps"
    parts = folded.split("<details>\n")[1:]
    assert len(parts) >= 6
    for part in [*sections, *(part.partition("</summary>")[2].replace("</details>", "") for part in parts)]:
        assert part.split("\n", 1)[1].strip(), part


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_footnote_has_its_source_and_every_source_a_footnote(kb, example):
    advice = advice_for(kb, example)
    for theme in themes(kb.folder / "templates"):
        text = to_markdown(advice, theme)
        defined = set(re.findall(r"^\[\^([^\]]+)\]:", text, flags=re.MULTILINE))
        used = set(re.findall(r"\[\^([^\]]+)\](?!:)", text))
        assert used == defined, theme


def shuffled(value, draw, path=()):
    """The same rows in another order of keys, and tables in another order of rows."""
    if isinstance(value, dict):
        items = [(key, shuffled(one, draw, (*path, key))) for key, one in value.items()]
        draw.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        rows = [shuffled(one, draw, (*path, "*")) for one in value]
        if len(path) == 1:
            draw.shuffle(rows)
        return rows
    return value


@pytest.mark.parametrize("seed", mostly_slow([1, 2]))
def test_the_order_of_files_rows_and_keys_makes_no_difference(kb, tmp_path, seed):
    draw = random.Random(seed)  # noqa: S311 - a shuffle needs no secret
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name)
    for number, path in enumerate(
        sorted([*tmp_path.rglob("facts/**/*.yaml"), *tmp_path.rglob("rules/*.yaml")])
    ):
        if path.stem.endswith((".test", ".prove")):
            continue
        text = path.read_text(encoding="utf-8")
        tables = shuffled(yaml.load(text, Loader=yaml.BaseLoader), draw)  # noqa: S506 - every scalar as text
        assert isinstance(tables, dict)
        for table, rows in tables.items():
            other = path.with_name(f"{draw.randint(0, 999):03}-{number}-{table}.yaml")
            other.write_text(
                yaml.safe_dump({table: unquoted(rows, text)}, sort_keys=False, allow_unicode=True),
                encoding="utf-8",
            )
        path.unlink()
    with KnowledgeBase.load(tmp_path, cache=False) as other_kb:
        assert other_kb.digest == kb.digest
        for example in EXAMPLES:
            assert to_markdown(advice_for(other_kb, example)) == to_markdown(advice_for(kb, example))


def unquoted(value, text):
    """Texts back to the numbers and booleans they were, except where the file had them in quotes."""
    if isinstance(value, dict):
        return {key: unquoted(one, text) for key, one in value.items()}
    if isinstance(value, list):
        return [unquoted(one, text) for one in value]
    if value in ("true", "false"):
        return value == "true"
    if value == "null":
        return None
    if re.fullmatch(r"-?\d+", value) and f'"{value}"' not in text:
        return int(value)
    if re.fullmatch(r"-?\d+\.\d+", value):
        return float(value)
    return value


def test_the_order_of_answers_makes_no_difference(kb):
    case = yaml.safe_load((ROOT / "examples" / "backend.yaml").read_text(encoding="utf-8"))
    backwards = dict(reversed(case.items()))
    backwards["skills"] = case["skills"][::-1]
    assert to_markdown(kb.consult(case, DAY)) == to_markdown(kb.consult(backwards, DAY))


def test_the_hash_seed_makes_no_difference():
    outputs = set()
    for seed in ("0", "1", "4242"):
        args = [
            sys.executable,
            "-m",
            "trackfit",
            "advise",
            "examples/other.yaml",
            "--as-of",
            DAY,
            "--format",
            "json",
        ]
        run = subprocess.run(
            args, capture_output=True, check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1
