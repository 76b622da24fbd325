"""What can be said of the rules without running them: which can fire, which are useless, which contradict.

Everything told here is certain, except that what two rules contradict in is looked for with an example, and is told
as a possibility where none is found. What is not told may still be so: see `limits` for what is not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from trackfit.engine.language.conditions import AttributeTest, clauses
from trackfit.engine.language.model import GroundRule, conclusion_of, given_by
from trackfit.engine.language.operators import Scalar
from trackfit.engine.workshop.check.limits import Clause, Space, pinned

Conclusion = tuple[str, Scalar]
ANY = "\0any"
"""Stands for any value of a concluded attribute."""
SMALL = 24
"""So few alternatives are compared one with each other; more are first parted by what they ask for."""


class Alternatives(msgspec.Struct, frozen=True):
    """A ground rule with its possible alternatives; `conflict` shows why there are none."""

    rule: GroundRule
    clauses: tuple[Clause, ...]
    conflict: tuple[AttributeTest, ...] = ()


Rows = list[tuple[Alternatives, Clause]]
"""Alternatives, each with its rule."""


def read_rules(rules: Iterable[GroundRule], space: Space) -> list[Alternatives]:
    """Every rule's alternatives, without those that contradict themselves."""
    found = []
    for rule in rules:
        possible: list[Clause] = []
        conflict: tuple[AttributeTest, ...] = ()
        for tests in clauses(rule.when):
            clause, conflicting = space.clause(tests)
            if conflicting:
                conflict = conflict or tuple(conflicting)
            else:
                possible.append(clause)
        found.append(Alternatives(rule, tuple(possible), conflict))
    return found


def wanted(clause: Clause) -> Iterator[Conclusion]:
    """The values that an alternative asks rules to have concluded; True for any value at all."""
    for name, limit in clause.items():
        if limit.has:
            yield from ((name, value) for value in limit.has)
        elif limit.known:
            yield name, ANY


class Reachable:
    """Which rules can fire, given what the others can conclude: never too few.

    `given` are conclusions to take for granted, such as those of rules that have faults.
    """

    def __init__(
        self, readings: Sequence[Alternatives], concluded: frozenset[str], given: Iterable[Conclusion]
    ) -> None:
        self.concluded = concluded
        self.possible: set[Conclusion] = set()
        self.firing: set[str] = set()
        self._waiting: dict[Conclusion, list[tuple[Alternatives, Clause]]] = defaultdict(list)
        self._queue: list[Conclusion] = []
        for conclusion in given:
            self._conclude(*conclusion)
        for reading in readings:
            for clause in reading.clauses:
                self._try(reading, clause)
        while self._queue:
            for reading, clause in self._waiting.pop(self._queue.pop(), ()):
                self._try(reading, clause)

    def _conclude(self, name: str, value: Scalar) -> None:
        for conclusion in ((name, value), (name, ANY)):
            if conclusion not in self.possible:
                self.possible.add(conclusion)
                self._queue.append(conclusion)

    def _try(self, reading: Alternatives, clause: Clause) -> None:
        if reading.rule.key in self.firing:
            return
        lacking = next(self.lacking(clause), None)
        if lacking is not None:
            self._waiting[lacking].append((reading, clause))
            return
        self.firing.add(reading.rule.key)
        conclusion = conclusion_of(reading.rule.then)
        if conclusion is not None:
            self._conclude(*conclusion)

    def lacking(self, clause: Clause) -> Iterator[Conclusion]:
        """What an alternative waits for that nothing can conclude."""
        for conclusion in wanted(clause):
            if conclusion[0] in self.concluded and conclusion not in self.possible:
                yield conclusion


class Index:
    """Alternatives by what they ask for most rarely, so that few of many need be compared."""

    def __init__(self, space: Space, readings: Iterable[Alternatives]) -> None:
        self.space = space
        self._by_key: dict[tuple[str, Scalar] | str | None, list[tuple[Alternatives, Clause]]] = defaultdict(
            list
        )
        rows = [(reading, clause) for reading in readings for clause in reading.clauses]
        count: dict[tuple[str, Scalar], int] = defaultdict(int)
        for _, clause in rows:
            for key in pinned(clause, space.domains):
                count[key] += 1
        for reading, clause in rows:
            keys = sorted(pinned(clause, space.domains), key=lambda key: (count[key], str(key)))
            chosen = keys[0] if keys else min(clause, default=None)
            self._by_key[chosen].append((reading, clause))

    def wider(self, clause: Clause) -> Iterator[Alternatives]:
        """The rules that hold whenever the alternative does."""
        keys: list[tuple[str, Scalar] | str | None] = [None, *clause, *pinned(clause, self.space.domains)]
        for key in keys:
            for reading, other in self._by_key.get(key, ()):
                if self.space.implies(clause, other):
                    yield reading


def useless(readings: Sequence[Alternatives], space: Space) -> dict[str, str]:
    """The rules all of whose ground rules hold only where another rule gives the same, with that other rule.

    Of two rules with the same condition the one later in `readings` is told.
    """
    groups: dict[tuple[str, ...], list[Alternatives]] = defaultdict(list)
    for reading in readings:
        groups[given_by(reading.rule)].append(reading)
    order = {rule: number for number, rule in enumerate(dict.fromkeys(one.rule.rule for one in readings))}
    covered_by: dict[str, list[set[str]]] = defaultdict(list)
    for group in groups.values():
        index = Index(space, group) if len({one.rule.rule for one in group}) > 1 else None
        for reading in group:
            if not reading.clauses:
                continue
            sets = [
                {other.rule.rule for other in index.wider(clause)} - {reading.rule.rule} if index else set()
                for clause in reading.clauses
            ]
            covered_by[reading.rule.rule].append(set.intersection(*sets))
    found: dict[str, str] = {}
    for rule in sorted(covered_by, key=lambda one: -order[one]):
        wider = set.intersection(*covered_by[rule]) - found.keys()
        if wider:
            found[rule] = min(wider, key=lambda one: order[one])
    return found


def overlaps(
    left: Sequence[Alternatives], right: Sequence[Alternatives], space: Space
) -> Iterator[tuple[Alternatives, Alternatives, Clause]]:
    """Pairs of rules that may fire for one case, each with what such a case must be; some pairs more than once."""
    yield from _overlaps(
        [(one, clause) for one in left for clause in one.clauses],
        [(one, clause) for one in right for clause in one.clauses],
        space,
        frozenset(),
    )


def _overlaps(
    left: Rows, right: Rows, space: Space, used: frozenset[str]
) -> Iterator[tuple[Alternatives, Alternatives, Clause]]:
    name = None if min(len(left), len(right)) <= SMALL else _parting(left, right, space, used)
    if name is None:
        for one, clause in left:
            for other, clause_of_other in right:
                both = space.together(clause, clause_of_other)
                if both is not None:
                    yield one, other, both
        return
    for value in sorted(space.domains[name].values, key=str):
        yield from _overlaps(
            [row for row in left if _allows(row[1], name, value)],
            [row for row in right if _allows(row[1], name, value)],
            space,
            used | {name},
        )


def _allows(clause: Clause, name: str, value: Scalar) -> bool:
    limit = clause.get(name)
    return limit is None or limit.known is not True or value in limit.allowed


def _parting(left: Rows, right: Rows, space: Space, used: frozenset[str]) -> str | None:
    """The choice that most alternatives ask one value of."""
    count: dict[str, int] = defaultdict(int)
    for _, clause in (*left, *right):
        for name, _ in pinned(clause, space.domains):
            domain = space.domains[name]
            if name not in used and not domain.concluded and not domain.several:
                count[name] += 1
    best = max(sorted(count), key=lambda name: count[name], default=None)
    return best if best is not None and count[best] * 2 >= len(left) + len(right) else None


def single_valued(
    readings: Iterable[Alternatives], singles: Mapping[str, bool]
) -> dict[str, dict[Scalar, list[Alternatives]]]:
    """For each attribute that takes one value, the rules that conclude it, by value; where there are several."""
    found: dict[str, dict[Scalar, list[Alternatives]]] = defaultdict(lambda: defaultdict(list))
    for reading in readings:
        conclusion = conclusion_of(reading.rule.then)
        if conclusion is not None and singles.get(conclusion[0]):
            found[conclusion[0]][conclusion[1]].append(reading)
    return {name: dict(by_value) for name, by_value in found.items() if len(by_value) > 1}
