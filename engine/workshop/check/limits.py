"""What an alternative of a condition leaves each attribute to be.

Exact for one attribute, and blind to how attributes hang together: a measure and the answers it is taken of are
treated as independent. So what is impossible here is impossible, and what is implied here is implied; what is
possible here, or not implied, may turn out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.conditions import AttributeTest
from trackfit.engine.language.model import Facts, Program
from trackfit.engine.language.operators import Scalar, Test

RANGES: dict[str, tuple[int | None, int | None]] = {
    "==": (0, 0),
    ">=": (0, None),
    ">": (1, None),
    "<=": (None, 0),
    "<": (None, -1),
}
"""How far from its number the lowest and the highest whole number is that satisfies a comparison."""
Values = frozenset[Scalar]
NONE: Values = frozenset()


class Domain(msgspec.Struct, frozen=True):
    """What an attribute may be at all. Of a `several` every value may hold at once."""

    values: Values = NONE
    low: int = 0
    high: int = 0
    several: bool = False
    concluded: bool = False
    always_known: bool = False
    single: bool = False
    """One value at most, although it is concluded like a set."""


class Limit(msgspec.Struct, frozen=True):
    """What is left of one attribute: known or not (None: either), and then which values.

    `has` and `lacks` are for sets and for what rules conclude; `allowed` for choices; `low`, `high` and `without`
    for numbers.
    """

    known: bool | None = None
    allowed: Values = NONE
    low: int = 0
    high: int = 0
    without: frozenset[int] = frozenset()
    has: Values = NONE
    lacks: Values = NONE


Clause = dict[str, Limit]
"""What one alternative of a condition asks of every attribute that it speaks of."""


class Space:
    """The attributes of one knowledge base, and how sets in it are closed."""

    def __init__(self, facts: Facts, program: Program) -> None:
        self.facts = facts
        self.domains = {name: _domain(facts, ground.attribute) for name, ground in program.attributes.items()}
        self._broader = {row.id: row.counts_as for row in facts.skills.values()}
        self._narrower: dict[str, list[str]] = {}
        for row in facts.skills.values():
            for broader in row.counts_as:
                self._narrower.setdefault(broader, []).append(row.id)

    def clause(self, tests: Iterable[AttributeTest]) -> tuple[Clause, list[AttributeTest]]:
        """What the tests leave; with the tests of the first attribute that they leave nothing of, if any."""
        found: dict[str, list[Test]] = {}
        for name, test in tests:
            found.setdefault(name, []).append(test)
        clause: Clause = {}
        for name, group in found.items():
            limit = self._limit(name, group)
            if limit is None:
                return {}, [(name, test) for test in group]
            clause[name] = limit
        return clause, []

    def _limit(self, name: str, tests: Iterable[Test]) -> Limit | None:
        domain = self.domains[name]
        limit: Limit | None = Limit(allowed=domain.values, low=domain.low, high=domain.high)
        for test in tests:
            if limit is not None:
                limit = self._meet(domain, limit, self._one(name, test))
        return limit

    def _one(self, name: str, test: Test) -> Limit:
        """What one test leaves."""
        domain = self.domains[name]
        value, whole = test.value, Limit(True, domain.values, domain.low, domain.high)
        if test.symbol in ("known", "unknown"):
            return msgspec.structs.replace(whole, known=test.symbol == "known")
        if domain.concluded or domain.several:
            positive = test.symbol in ("has", "==")
            known = True if positive or not domain.concluded else None
            links = (self._broader if positive else self._narrower) if name == SKILLS else {}
            reached = _reached(links, value)
            if positive:
                return msgspec.structs.replace(whole, known=known, has=reached)
            return msgspec.structs.replace(whole, known=known, lacks=reached)
        if domain.values:
            one = frozenset({value})
            return msgspec.structs.replace(whole, allowed=one if test.symbol == "==" else domain.values - one)
        number = int(value)
        low, high = RANGES.get(test.symbol, (None, None))
        return msgspec.structs.replace(
            whole,
            low=whole.low if low is None else number + low,
            high=whole.high if high is None else number + high,
            without=frozenset({number}) if test.symbol == "!=" else frozenset(),
        )

    def meet(self, name: str, left: Limit, right: Limit) -> Limit | None:
        """What both leave of an attribute; None where that is nothing."""
        return self._meet(self.domains[name], left, right)

    def _meet(self, domain: Domain, left: Limit, right: Limit) -> Limit | None:
        if left.known is not None and right.known is not None and left.known is not right.known:
            return None
        known = left.known if right.known is None else right.known
        met = Limit(
            known,
            left.allowed & right.allowed,
            max(left.low, right.low),
            min(left.high, right.high),
            left.without | right.without,
            left.has | right.has,
            left.lacks | right.lacks,
        )
        return met if _possible(domain, met) else None

    def together(self, left: Clause, right: Clause) -> Clause | None:
        """Both alternatives at once; None where they exclude each other."""
        small, large = (left, right) if len(left) < len(right) else (right, left)
        met = dict(large)
        for name, limit in small.items():
            other = large.get(name)
            joint = limit if other is None else self._meet(self.domains[name], limit, other)
            if joint is None:
                return None
            met[name] = joint
        return met

    def implies(self, narrow: Clause, wide: Clause) -> bool:
        """Whether whatever satisfies the one alternative satisfies the other."""
        return all(
            name in narrow and _within(self.domains[name], narrow[name], limit)
            for name, limit in wide.items()
        )


def _possible(domain: Domain, limit: Limit) -> bool:
    if limit.known is False:
        return not domain.always_known and not limit.has
    if limit.has & limit.lacks or (domain.single and len(limit.has) > 1):
        return False
    if domain.concluded:
        return not (limit.known and domain.values <= limit.lacks)
    if domain.several or limit.known is None:
        return True
    if domain.values:
        return bool(limit.allowed)
    size = limit.high - limit.low + 1
    return size > 0 and (
        size > len(limit.without)
        or size > sum(1 for number in limit.without if limit.low <= number <= limit.high)
    )


def _within(domain: Domain, narrow: Limit, wide: Limit) -> bool:
    if wide.known is not None and narrow.known is not wide.known:
        return False
    if domain.concluded and narrow.known is False:
        return not wide.has
    if domain.concluded or domain.several:
        return wide.has <= narrow.has and wide.lacks <= narrow.lacks
    if domain.values:
        return narrow.allowed <= wide.allowed
    return (
        wide.low <= narrow.low
        and narrow.high <= wide.high
        and all(
            number in narrow.without or not narrow.low <= number <= narrow.high for number in wide.without
        )
    )


def _domain(facts: Facts, attribute: str) -> Domain:
    row = facts.attributes[attribute]
    choices: Values = (
        frozenset({True, False}) if row.type == "yes_no" else frozenset(one.id for one in row.choices)
    )
    low, high = row.range or (0, 0)
    return Domain(
        choices,
        low,
        high,
        several=row.type == "set",
        concluded=row.origin == "concluded",
        always_known=row.question is not None and row.question.required,
        single=row.origin == "concluded" and row.type != "set",
    )


def _reached(links: Mapping[str, Sequence[str]], start: Scalar) -> Values:
    """What can be reached by links, with where they start."""
    found: dict[Scalar, None] = {start: None}
    queue = [start]
    for one in queue:
        for to in links.get(str(one), ()):
            if to not in found:
                found[to] = None
                queue.append(to)
    return frozenset(found)


def pinned(limits: Mapping[str, Limit], domains: Mapping[str, Domain]) -> Iterable[tuple[str, Scalar]]:
    """The attributes of which one value is left, and the elements that sets must have: what tells clauses apart."""
    for name, limit in limits.items():
        if limit.known is not True:
            continue
        if domains[name].concluded or domains[name].several:
            for value in limit.has:
                yield name, value
        elif domains[name].values and len(limit.allowed) == 1:
            yield name, next(iter(limit.allowed))
