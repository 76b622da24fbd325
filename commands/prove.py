"""`trackfit prove`: statements about every possible person."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trackfit.commands.shared import (
    EXIT_FAULTS,
    faults_as_lines,
    load_knowledge,
    need_solver,
    write_result,
)
from trackfit.engine.interview import to_yaml
from trackfit.engine.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from trackfit.engine.prove import Proof

SIGNS = {"proved": "✓", "refuted": "✗", "undecided": "?"}


@click.command()
@click.option(
    "--knowledge",
    metavar="DIR",
    help="A folder with rules/, facts/ and templates/. Default: the shipped one.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text (default) or JSON."
)
@click.option(
    "--seconds", type=click.FloatRange(min=0.001), default=10.0, help="Time for each question to the solver."
)
@click.option("--save", metavar="DIR", help="Write each counterexample there as an answers file.")
def prove(*, knowledge: str | None, form: str, seconds: float, save: str | None) -> None:
    """Proofs about the rules, for every possible person.

    Nine built-in statements, and the coaches' own in rules/*.prove.yaml. A statement that does not hold is shown
    with a person for whom it does not, and that person has been through the rule engine.

    \b
    Example:
        trackfit prove --knowledge my-rules --save counterexamples
    """
    with faults_as_lines():
        need_solver()
        from trackfit.engine.prove import prove as run
        from trackfit.engine.statements import read_statements

        kb = load_knowledge(knowledge)
        proofs: list[Proof] = []
        for proof in run(kb, read_statements(kb), round(seconds * 1000)):
            proofs.append(proof)
            if form == "text":
                _print(proof, kb)
        if form == "json":
            click.echo(json.dumps([_plain(proof) for proof in proofs], indent=2, ensure_ascii=False))
        if save is not None:
            _save(proofs, Path(save), kb)
        sys.exit(0 if all(proof.result == "proved" for proof in proofs) else EXIT_FAULTS)


def _print(proof: Proof, kb: KnowledgeBase) -> None:
    click.echo(f"{SIGNS[proof.result]} {proof.result:9} {proof.statement} ({proof.id})")
    for failure in proof.failures:
        click.echo(f"      {failure.text}")
        if failure.case is not None:
            for line in to_yaml(failure.case, kb).splitlines()[1:]:
                click.echo(f"        {line}")


def _plain(proof: Proof) -> dict[str, Any]:
    """The contract's entry; `case` is the first counterexample, `failures` holds them all."""
    cases = [failure.case.plain() for failure in proof.failures if failure.case is not None]
    return {
        "id": proof.id,
        "statement": proof.statement,
        "result": proof.result,
        "case": cases[0] if cases else None,
        "failures": [
            {"text": failure.text, "case": failure.case.plain() if failure.case else None}
            for failure in proof.failures
        ],
    }


def _save(proofs: list[Proof], folder: Path, kb: KnowledgeBase) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for proof in proofs:
        for number, failure in enumerate(proof.failures, 1):
            if failure.case is not None:
                path = str(folder / f"{proof.id}-{number}.yaml")
                write_result(to_yaml(failure.case, kb), path, force=False)
