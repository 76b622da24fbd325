# pyright: reportAttributeAccessIssue=false, reportArgumentType=false
# (z3 tells type checkers little of what it has)
"""The smallest change of answers: a descent to the lowest cost, with the solver's word that there is none lower."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import z3

from trackfit.engine.cases.case import Case
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.model import Attribute, Change, Value
from trackfit.engine.proofs.alike import named_skills, telling_skills
from trackfit.engine.proofs.encoding import World
from trackfit.engine.proofs.ranking_terms import Bool

UNNAMED = 100
"""What a skill that no track or route names counts for among changes of one cost; a named one, its place."""


class _Price(NamedTuple):
    """What is paid where `broken` holds."""

    broken: Bool
    cost: int


class Smallest:
    """Cases that satisfy a formula, the cheapest changes of one case first.

    A given answer is never taken back to open, an element of a set never taken away. A skill costs as much as all
    that is newly held with it: who learns a framework learns its language, too. After each solution all that contain
    its changes are left out: a choice made otherwise once more, a number moved as far, the same skills newly held.

    Of changes with one cost, the one with the better known skills comes first: those that `track` names, or else
    any track, and names early; and the choice that is listed first. Numbers move no farther than they must. Only the
    answers to `questions` change: those that the formula can depend on.
    """

    def __init__(  # noqa: PLR0913 - what to look for, where, and how long
        self,
        world: World,
        case: Case,
        wanted: Bool,
        *,
        questions: Collection[str],
        track: str | None = None,
        milliseconds: int = 20_000,
    ) -> None:
        self.world = world
        self.base = case
        self._questions = questions
        self._track = track
        self._seconds = milliseconds / 1000
        self._solver = z3.Solver()
        self._solver.add(*world.rules, wanted)
        self._prices: list[_Price] = []
        self._taste: list[_Price] = []
        self._at_least = 0
        for name in world.given:
            self._price(world.kb.facts.attributes[name])

    def next(self) -> tuple[int, dict[str, Value]] | None:
        """The next cheapest solution: its cost and all answers; None when there is no other.

        Raises `TimeoutError` where the time does not suffice to tell.
        """
        until = time.monotonic() + self._seconds
        self._solver.push()
        try:
            found = self._lowest(until)
        finally:
            self._solver.pop()
        if found is None:
            return None
        model, cost = found
        self._at_least = cost
        self._solver.add(z3.Not(z3.And(self._changes(model))))
        return cost, self._answers(model)

    def _lowest(self, until: float) -> tuple[Any, int] | None:
        """A model of the lowest cost, and among these of the best taste."""
        model = self._check(until)
        if model is None:
            return None
        model, cost = self._minimum(self._prices, model, self._at_least, until)
        self._solver.add(_at_most(self._prices, cost))
        try:
            model, taste = self._minimum(self._taste, model, 0, until)
            self._solver.add(_at_most(self._taste, taste))
            for name in self.world.given:
                model = self._nearest(name, model, until)
        except TimeoutError:
            pass
        return model, cost

    def _minimum(self, prices: Sequence[_Price], model: Any, low: int, until: float) -> tuple[Any, int]:
        """A model that pays the least, which is `low` or more: in growing strides from below, then by halves.

        Few changes are quickly ruled out, and a first model may change anything.
        """
        high, stride = _paid(prices, model), 1
        while low < high:
            bound = low + min(stride, high - low) - 1
            found = self._with(_at_most(prices, bound), until)
            if found is None:
                low, stride = bound + 1, 2 * stride
            else:
                model, high = found, _paid(prices, found)
                stride = max(1, (high - low) // 2)
        return model, high

    def _nearest(self, name: str, model: Any, until: float) -> Any:
        """A model of the same cost in which a changed number is as near to the old one, or as low, as can be."""
        attribute, old = self.world.kb.facts.attributes[name], self.base.answers.get(name)
        if attribute.range is None or not self.world.holds_in(model, self.world.given[name]):
            return model
        term = self.world.typed[name]
        start = old if isinstance(old, int) else attribute.range[0]
        sign = 1 if self.world.holds_in(model, term >= start) else -1
        low, high = 0, model.eval(sign * (term - start), model_completion=True).as_long()
        while low < high:
            middle = (low + high) // 2
            found = self._with(z3.And(sign * (term - start) >= 0, sign * (term - start) <= middle), until)
            if found is None:
                low = middle + 1
            else:
                model, high = found, found.eval(sign * (term - start), model_completion=True).as_long()
        self._solver.add(term == start + sign * high)
        return model

    def _with(self, formula: Bool, until: float) -> Any:
        """A model of what is asserted and a formula; None where there is none."""
        self._solver.push()
        try:
            self._solver.add(formula)
            return self._check(until)
        finally:
            self._solver.pop()

    def _check(self, until: float) -> Any:
        """A model of what is asserted now; None where there is none."""
        left = round((until - time.monotonic()) * 1000)
        if left <= 0:
            raise TimeoutError
        self._solver.set("timeout", left)
        result = self._solver.check()
        if result == z3.unknown:
            raise TimeoutError
        return self._solver.model() if result == z3.sat else None

    def _price(self, attribute: Attribute) -> None:
        """What it costs to answer this question otherwise, each price for what it would break; and its limits."""
        name = attribute.id
        change = (attribute.question.change if attribute.question else None) or Change()
        given = self.world.given[name]
        was_given = name in self.base.answers and name not in self.base.defaulted
        if change.never or name not in self._questions:
            self._solver.add(self.world.gives(name, self.base))
        elif name in self.world.elements:
            self._price_elements(name, change)
        elif attribute.range is None:
            self._price_choice(attribute, change)
        elif was_given:
            self._price_steps(attribute, change)
        if was_given:
            self._solver.add(given)
        elif not change.never and name in self._questions:
            self._prices.append(_Price(given, change.open))

    def _price_choice(self, attribute: Attribute, change: Change) -> None:
        """A price for any other value than was given, and a taste for values that are listed early."""
        name, typed = attribute.id, self.world.typed[attribute.id]
        other = z3.Not(self.world.gives(name, self.base))
        if name in self.base.answers and name not in self.base.defaulted:
            self._prices.append(_Price(other, change.cost))
            if change.only_up and attribute.type == "choice":
                self._solver.add(typed >= self.world.encode(attribute, self.base.answers[name]))
        for place, _ in enumerate(attribute.choices):
            self._taste.append(_Price(z3.And(other, typed == place), place + 1))

    def _price_elements(self, name: str, change: Change) -> None:
        places = self._places()
        for one, bit in self.world.elements[name].items():
            if self.world.holds_one(name, one, self.base):
                self._solver.add(bit)
            else:
                self._taste.append(_Price(bit, places.get(one, UNNAMED)))
        self._prices += [_Price(held, change.cost) for held in self._newly_held(name)]

    def _newly_held(self, name: str) -> list[Bool]:
        """For each element that makes a difference by itself and is not held yet, that it is held."""
        before = self.base.answers.get(name)
        had = before if isinstance(before, frozenset) else frozenset()
        terms = self.world.value[name]
        if name == SKILLS:
            kb = self.world.kb
            wanted = telling_skills(kb) - kb.reader.index.counted(had)
            return [terms[one] for one in sorted(wanted)]
        return [term for one, term in terms.items() if one not in had]

    def _places(self) -> dict[str, int]:
        """How early tracks name each skill, the wished one before all others; those only routes name come last."""
        by_track = self.world.kb.ways.lists
        last = max(map(len, by_track.values()), default=0) + 1
        places = dict.fromkeys(named_skills(self.world.kb), last)
        for skills in [by_track[self._track]] if self._track else by_track.values():
            for place, skill in enumerate(skills, 1):
                places[skill] = min(place, places[skill])
        return places

    def _price_steps(self, attribute: Attribute, change: Change) -> None:
        """A price for every step that a number may move, in either direction."""
        before = int(str(self.base.answers[attribute.id]))
        term = self.world.typed[attribute.id]
        low, high = attribute.range or (before, before)
        if change.only_up:
            self._solver.add(term >= before)
            low = before
        self._prices += [_Price(term > line, change.cost) for line in range(before, high, change.step)]
        self._prices += [_Price(term < line, change.cost) for line in range(before, low, -change.step)]

    def _answers(self, model: Any) -> dict[str, Value]:
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

    def _changes(self, model: Any) -> list[Bool]:
        """What changed in a model, as formulas."""
        found: list[Bool] = []
        for name, given in self.world.given.items():
            if self.world.holds_in(model, self.world.gives(name, self.base)):
                continue
            found.append(given)
            if name in self.world.elements:
                found += [held for held in self._newly_held(name) if self.world.holds_in(model, held)]
            elif name in self.base.answers and name not in self.base.defaulted:
                found.append(self._as_far(name, model))
        return found

    def _as_far(self, name: str, model: Any) -> Bool:
        """That a number moved as far as in the model, or farther; that a choice is another one."""
        if self.world.kb.facts.attributes[name].range is None:
            return z3.Not(self.world.gives(name, self.base))
        typed = self.world.typed[name]
        value = model.eval(typed, model_completion=True)
        rises = value.as_long() > int(str(self.base.answers[name]))
        return typed >= value if rises else typed <= value


def _at_most(prices: Sequence[_Price], cost: int) -> Bool:
    return z3.PbLe([tuple(price) for price in prices], cost) if prices else z3.BoolVal(True)


def _paid(prices: Sequence[_Price], model: Any) -> int:
    total = z3.Sum([z3.IntVal(0), *(z3.If(price.broken, price.cost, 0) for price in prices)])
    found: int = model.eval(total, model_completion=True).as_long()
    return found
