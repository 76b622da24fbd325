"""What only the solver can tell of rules taken together: which never fire, add nothing, or contradict, exactly.

It is asked where `analysis` and examples leave it open: a rule for which an example is at hand can fire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.model import GroundRule, Value
from trackfit.engine.proofs.encoding import all_of, any_of, negation
from trackfit.engine.proofs.prover import Failure, Prover, swallowed
from trackfit.engine.workshop.check.analysis import Alternatives
from trackfit.engine.workshop.check.witness import Witness

MILLISECONDS = 1_000


class Exact:
    """Questions to the solver about one knowledge base without faults."""

    def __init__(self, kb: KnowledgeBase, witness: Witness, *, milliseconds: int = MILLISECONDS) -> None:
        self.kb = kb
        self._witness = witness
        self._milliseconds = milliseconds
        self._seen: dict[str, dict[str, Value] | None] = {}

    @cached_property
    def _prover(self) -> Prover:
        return Prover(self.kb, milliseconds=self._milliseconds)

    @property
    def undecided(self) -> list[str]:
        """The questions that were not decided in time."""
        return self._prover.undecided if "_prover" in vars(self) else []

    def silent(self, readings: Sequence[Alternatives]) -> list[str]:
        """The rules that can fire for nobody."""
        by_rule: dict[str, list[Alternatives]] = {}
        for reading in readings:
            by_rule.setdefault(reading.rule.rule, []).append(reading)
        return [
            rule
            for rule, rows in by_rule.items()
            if all(self._example(row) is None for row in rows) and self._never_fire(rule, rows)
        ]

    def _never_fire(self, rule: str, rows: Sequence[Alternatives]) -> bool:
        fires = any_of(*(self._prover.world.fires(row.rule.key) for row in rows))
        return self._prover.impossible(fires, f"whether {rule} can fire")

    def useless(self, readings: Sequence[Alternatives]) -> Iterator[tuple[str, list[str]]]:
        """The rules that add nothing, each with the keys of those that give the same whenever it fires."""
        by_key = {reading.rule.key: reading for reading in readings}

        def covers(wide: GroundRule, narrow: GroundRule) -> bool:
            seen = self._example(by_key[narrow.key])
            if seen is not None and wide.key not in self._witness.fired(seen, [wide.key]):
                return False
            world = self._prover.world
            apart = all_of(world.fires(narrow.key), negation(world.fires(wide.key)))
            return self._prover.impossible(apart, f"whether {wide.key} fires whenever {narrow.key} does")

        return swallowed([reading.rule for reading in readings], covers)

    def both(self, pairs: Iterable[tuple[str, str]]) -> Failure | Literal[False] | None:
        """Somebody for whom both of a pair of ground rules fire; False where there is nobody, None where left open."""
        world = self._prover.world
        formula = any_of(*(all_of(world.fires(one), world.fires(other)) for one, other in pairs))
        before = len(self.undecided)
        found = next(self._prover.refute(formula, "whether two rules contradict", conflict=True), None)
        return found or (None if len(self.undecided) > before else False)

    def _example(self, reading: Alternatives) -> dict[str, Value] | None:
        """Answers for which this ground rule fires; None where none are at hand."""
        key = reading.rule.key
        if key not in self._seen:
            found = (self._witness.case(clause, {key}) for clause in reading.clauses)
            self._seen[key] = next((answers for answers in found if answers is not None), None)
        return self._seen[key]
