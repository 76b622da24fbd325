"""`trackfit prove`: statements about every possible person."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trackfit.commands.faults import EXIT_FAULTS, faults_as_lines, need_solver
from trackfit.commands.inputs import day, load_knowledge
from trackfit.commands.options import FOLDER
from trackfit.commands.outputs import as_json, check_writable, unwritable, write_file
from trackfit.engine.cases.answers_file import to_yaml
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.workshop.scenarios.suggest import as_scenario, scenario_file

if TYPE_CHECKING:
    from trackfit.engine.cases.case import Case
    from trackfit.engine.proofs.prove import Proof
    from trackfit.engine.proofs.prover import Failure

SIGNS = {"proved": "✓", "refuted": "✗", "undecided": "?"}


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text (default) or JSON."
)
@click.option(
    "--seconds", type=click.FloatRange(min=0.001), default=10.0, help="Time for each question to the solver."
)
@click.option(
    "--save",
    metavar="DIR",
    type=FOLDER,
    help="Write each counterexample there, as an answers file and as a scenario.",
)
@click.option("--force", is_flag=True, help="Overwrite the files in DIR that exist.")
@click.option(
    "--knowledge",
    metavar="DIR",
    type=FOLDER,
    help="A folder with rules/, facts/ and templates/. Default: the one that comes with the program.",
)
@click.option("--as-of", metavar="YYYY-MM-DD", help="Prove it for this date only. Default: for every date.")
def prove(
    *, form: str, seconds: float, save: str | None, force: bool, knowledge: str | None, as_of: str | None
) -> None:
    """Proofs about the rules, for every possible person.

    Nine built-in statements, and the coaches' own in rules/*.prove.yaml. A statement that does not hold is shown
    with a person for whom it does not, and that person has been through the rule engine.

    \b
    Example:
        trackfit prove --knowledge my-rules --save counterexamples
    """
    with faults_as_lines():
        need_solver()
        from trackfit.engine.proofs.prove import prove as run
        from trackfit.engine.proofs.statements import read_statements

        as_of = None if as_of is None else day(as_of)
        kb = load_knowledge(knowledge, as_of)
        statements = read_statements(kb)
        folder = None if save is None else _folder(save)
        proofs: list[Proof] = []
        for proof in run(kb, statements, as_of=as_of, milliseconds=round(seconds * 1000)):
            proofs.append(proof)
            if form == "text":
                _print(proof, kb)
        if form == "json":
            click.echo(as_json([_plain(proof) for proof in proofs]))
        if folder is not None:
            _save(proofs, folder, kb, as_of or day(None), force=force)
        sys.exit(0 if all(proof.result == "proved" for proof in proofs) else EXIT_FAULTS)


def _print(proof: Proof, kb: KnowledgeBase) -> None:
    note = f" – {proof.note}" if proof.note else ""
    click.echo(f"{SIGNS[proof.result]} {proof.result:9} {proof.statement} ({proof.id}){note}")
    for failure in proof.failures:
        click.echo(f"      {failure.text}")
        if failure.case is not None:
            _print_case(failure, kb)
    for text in proof.undecided:
        click.echo(f"      not decided in time: {text}")


def _print_case(failure: Failure, kb: KnowledgeBase) -> None:
    assert failure.case is not None
    lines = _lines(failure.case, kb)
    for line in lines:
        click.echo(f"        {line}")
    if failure.after is not None:
        click.echo("      and no longer with")
        for line in _lines(failure.after, kb):
            if line not in lines:
                click.echo(f"        {line}")
    if failure.as_of is not None:
        click.echo(f"      on {failure.as_of}")


def _lines(case: Case, kb: KnowledgeBase) -> list[str]:
    return to_yaml(case, kb.facts).splitlines()[1:]


def _plain(proof: Proof) -> dict[str, Any]:
    """The contract's entry; `case` is the first counterexample, `failures` holds them all."""
    cases = [failure.case.plain() for failure in proof.failures if failure.case is not None]
    return {
        "id": proof.id,
        "statement": proof.statement,
        "result": proof.result,
        "case": cases[0] if cases else None,
        "note": proof.note,
        "undecided": proof.undecided,
        "failures": [
            {
                "text": failure.text,
                "case": failure.case.plain() if failure.case else None,
                "after": failure.after.plain() if failure.after else None,
                "as_of": failure.as_of,
            }
            for failure in proof.failures
        ],
    }


def _folder(path: str) -> Path:
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return Path(path)


def _save(proofs: list[Proof], folder: Path, kb: KnowledgeBase, as_of: str, *, force: bool) -> None:
    """Every counterexample as an answers file, and all together as scenarios; all names are tried before any is written.

    An answers file is named by its statement and a number. A case that the engine refuses is no scenario.
    """
    texts: dict[Path, str] = {}
    scenarios: list[str] = []
    for proof in proofs:
        for number, failure in enumerate(proof.failures, 1):
            for after, case in (("", failure.case), ("-after", failure.after)):
                if case is None:
                    continue
                name = f"{proof.id}-{number}{after}"
                texts[folder / f"{name}.yaml"] = to_yaml(case, kb.facts)
                with suppress(ConflictingConclusions):
                    found = kb.consult(case, failure.as_of or as_of)
                    todo = "this follows today; write what should"
                    scenarios.append(as_scenario(f"{name}: {failure.text}", found, todo=todo))
    cases = len(texts)
    if scenarios:
        texts[folder / "counterexamples.test.yaml"] = scenario_file(scenarios)
    for path in texts:
        check_writable(str(path), force=force)
    for path, text in texts.items():
        write_file(path, text)
    if cases:
        files = "answers file" if cases == 1 else "answers files"
        click.echo(f"Written: {cases} {files} and their scenarios in {folder}", err=True)
