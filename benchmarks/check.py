"""How long `trackfit check` takes as a knowledge base grows: rules over the shipped facts, each with a scenario's luck."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import yaml

from trackfit.engine.inference.base import shipped
from trackfit.engine.workshop.check.check import check

DAY = "2026-11-23"
SIZES = (0, 250, 500, 1_000, 2_000)
A_FILE = 100
BACKGROUNDS = (
    "backend_fullstack",
    "data_engineer",
    "data_scientist",
    "devops_platform_sre",
    "architect",
    "other",
)
SKILLS = (
    "python",
    "sql",
    "docker",
    "kubernetes",
    "spark",
    "terraform",
    "airflow",
    "rag",
    "pytorch",
    "mlflow",
)


def rule(number):
    """One rule like those that coaches write: a background, years, a skill; every tenth concludes a tone."""
    when = {
        "background": BACKGROUNDS[number % len(BACKGROUNDS)],
        "years_experience": {"at_least": number % 50, "less_than": number % 50 + 1 + number % 9},
        "skills": {"has": SKILLS[number % len(SKILLS)], "lacks": SKILLS[(number + 3) % len(SKILLS)]},
    }
    says = f"A remark for {{{{ case.background }}}} {'x' * (number % 40 + 1)}."
    then: dict[str, object] = {"advise": "answers", "says": says}
    if number % 10 == 0:
        then = {"conclude": {"tone": "warm" if number % 20 else "cold"}}
    elif number % 10 == 1:
        then = {"plan": "architect_to_agentic_ai"}
    return {"id": f"rule_{number}", "title": "A rule", "reviewed": "2026-11-22", "when": when, "then": then}


def grown(folder, size):
    """The shipped knowledge base with so many more rules."""
    for name in ("facts", "rules", "templates"):
        shutil.copytree(shipped() / name, folder / name)
    tone = {
        "id": "tone",
        "label": "tone",
        "type": "choice",
        "choices": [{"id": "warm", "name": "Warm"}, {"id": "cold", "name": "Cold"}],
        "concluded": True,
    }
    (folder / "facts" / "tone.yaml").write_text(
        yaml.safe_dump({"attributes": [tone]}, sort_keys=False), encoding="utf-8"
    )
    for start in range(0, size, A_FILE):
        rows = [rule(number) for number in range(start, min(start + A_FILE, size))]
        (folder / "rules" / f"more_{start}.yaml").write_text(
            yaml.safe_dump({"rules": rows}, sort_keys=False), encoding="utf-8"
        )
    return folder


def main():
    print(
        f"{'rules':>6}  {'seconds':>8}  {'ms a rule':>9}  {'problems':>8}  {'with the solver':>15}  {'problems':>8}"
    )
    for size in SIZES:
        with tempfile.TemporaryDirectory() as place:
            folder = grown(Path(place), size)
            (found, took), (exact, longer) = (timed(folder, solver=solver) for solver in (False, True))
        each = 1000 * took / found.rules
        print(
            f"{found.rules:>6}  {took:>8.2f}  {each:>9.2f}  {len(found.problems):>8}  {longer:>15.2f}  {len(exact.problems):>8}"
        )


def timed(folder, *, solver):
    """What check finds, and in how many seconds."""
    start = time.perf_counter()
    found = check(folder, DAY, solver=solver)
    return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
