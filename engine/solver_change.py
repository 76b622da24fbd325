"""The smallest change of answers, as an optimization; with `solver` and `solver_measures` the users of z3."""

from __future__ import annotations

import z3

from trackfit.engine.case import Case
from trackfit.engine.model import Attribute, Change, Value
from trackfit.engine.solver import World
from trackfit.engine.solver_measures import Bool


class Smallest:
    """Cases that satisfy a formula, the fewest and cheapest changes of one case first.

    A given answer is never taken back to open, an element of a set never taken away. After each solution all
    that contain its changes are left out.
    """

    def __init__(self, world: World, case: Case, wanted: Bool, milliseconds: int = 20_000) -> None:
        self.world = world
        self.base = case
        self._optimizer = z3.Optimize()
        self._optimizer.set("timeout", milliseconds)
        self._optimizer.add(*world.rules, wanted)
        self._prices: list[tuple[Bool, int]] = []
        for name in world.given:
            self._price(world.kb.facts.attributes[name])
        for kept, cost in self._prices:
            self._optimizer.add_soft(kept, cost)

    def next(self) -> tuple[int, dict[str, Value]] | None:
        """The next cheapest solution: its cost and all answers; None when there is no other.

        Raises `TimeoutError` where the time does not suffice to tell.
        """
        result = self._optimizer.check()
        if result == z3.unknown:
            raise TimeoutError
        if result == z3.unsat:
            return None
        model = self._optimizer.model()
        self._optimizer.add(z3.Not(z3.And(self._changes(model))))
        cost = sum(cost for kept, cost in self._prices if not self.world.holds_in(model, kept))
        return cost, self._answers(model)

    def _price(self, attribute: Attribute) -> None:
        """What it costs to answer this question otherwise, each price for what it would break; and its limits."""
        name = attribute.id
        change = (attribute.question.change if attribute.question else None) or Change()
        given = self.world.given[name]
        was_given = name in self.base.answers and name not in self.base.defaulted
        if change.never:
            self._optimizer.add(self.world.gives(name, self.base))
        elif name in self.world.elements:
            for one, bit in self.world.elements[name].items():
                if self.world.holds_one(name, one, self.base):
                    self._optimizer.add(bit)
                else:
                    self._prices.append((z3.Not(bit), change.cost))
        elif was_given and attribute.range is None:
            self._prices.append((self.world.gives(name, self.base), change.cost))
        elif was_given:
            self._price_steps(attribute, change)
        if was_given:
            self._optimizer.add(given)
        elif not change.never:
            self._prices.append((z3.Not(given), change.open))

    def _price_steps(self, attribute: Attribute, change: Change) -> None:
        """A price for every step that a number may move, in either direction."""
        before = int(str(self.base.answers[attribute.id]))
        term = self.world.typed[attribute.id]
        low, high = attribute.range or (before, before)
        if change.only_up:
            self._optimizer.add(term >= before)
            low = before
        self._prices += [(term <= line, change.cost) for line in range(before, high, change.step)]
        self._prices += [(term >= line, change.cost) for line in range(before, low, -change.step)]

    def _answers(self, model: z3.ModelRef) -> dict[str, Value]:
        """The model's answers; what no formula looks at, and what a set held, stays as it was."""
        case = self.world.case(model)
        answers = {name: value for name, value in case.answers.items() if name not in case.defaulted}
        for name, value in self.base.answers.items():
            if name in self.base.defaulted:
                continue
            if name not in self.world.given:
                answers[name] = value
            elif isinstance(value, frozenset):
                held = {
                    one for one in self.world.elements[name] if self.world.holds_one(name, one, self.base)
                }
                found = answers.get(name)
                answers[name] = value | ((found if isinstance(found, frozenset) else frozenset()) - held)
        return answers

    def _changes(self, model: z3.ModelRef) -> list[Bool]:
        """The changed answers of a model as formulas; for a set, each added element."""
        found: list[Bool] = []
        for name, given in self.world.given.items():
            if self.world.holds_in(model, self.world.gives(name, self.base)):
                continue
            if name in self.world.elements:
                bits = self.world.elements[name].items()
                found.append(given)
                found += [
                    bit
                    for one, bit in bits
                    if self.world.holds_in(model, bit) and not self.world.holds_one(name, one, self.base)
                ]
                continue
            found.append(z3.And(given, self._as_far(name, model)))
        return found

    def _as_far(self, name: str, model: z3.ModelRef) -> Bool:
        """That a changed answer is as in the model; a number, that it moved as far or farther."""
        typed = self.world.typed[name]
        value = model.eval(typed, model_completion=True)
        before = self.base.answers.get(name)
        if isinstance(before, int) and not isinstance(before, bool):
            return typed >= value if value.as_long() > before else typed <= value
        same: Bool = typed == value
        return same
