"""Hypothesis strategies: small knowledge bases of every shape that the language has, and cases for them.

`knowledge` makes ground rules as the engine gets them; `knowledge_folders` writes YAML files as a coach would.
The vocabulary is fixed, small and unkind: ids that two different texts share a 32-bit hash (the engine's), that
other tools take for a number, a truth value or nothing at all, and numbers at both ends of their ranges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st

from trackfit.engine.knowledge.strata import stratify
from trackfit.engine.language.conditions import AllOf, AnyOf, Condition, Leaf, count_clauses
from trackfit.engine.language.model import (
    Advise,
    Attribute,
    Binding,
    Choice,
    Conclude,
    GroundRule,
    Origin,
    Plan,
    Recommend,
    Then,
    Value,
    ValueType,
    Warn,
)
from trackfit.engine.language.operators import OPERATORS

MOST_CLAUSES = 40
CHOICES = ("liquid", "costarring", "null", "true", "none")  # the first two have one hash
ELEMENTS = ("altarage", "zinke", "nan", "go", "x" * 80)
ROWS = ("north", "south")
LEVELS = 3


def _attribute(
    name: str,
    type_: ValueType,
    origin: Origin = "asked",
    choices: Iterable[str] = (),
    span: tuple[int, int] | None = None,
) -> Attribute:
    return Attribute(
        id=name,
        label=name,
        type=type_,
        origin=origin,
        choices=tuple(Choice(id=one, name=one) for one in choices),
        range=span,
    )


ATTRIBUTES = {
    attribute.id: attribute
    for attribute in (
        _attribute("declinate", "choice", choices=CHOICES),
        _attribute("macallums", "choice", choices=CHOICES),  # one hash with the one before
        _attribute("years", "whole_number", span=(0, 60)),
        _attribute("depth", "whole_number", span=(-(10**15), 10**15)),
        _attribute("goal", "money", span=(0, 5_000_000)),
        _attribute("keen", "yes_no"),
        _attribute("calm", "yes_no"),
        _attribute("tools", "set", choices=ELEMENTS),
        _attribute("levels of north", "set", "measured", ELEMENTS[:3]),
        _attribute("held of north", "whole_number", "measured", span=(0, 100)),
        _attribute("held of south", "whole_number", "measured", span=(0, 100)),
        _attribute("mood", "choice", "concluded", CHOICES),
        _attribute("sure", "yes_no", "concluded"),
        _attribute("ready", "yes_no", "concluded"),
        _attribute("found", "set", "concluded", ELEMENTS),
        _attribute("more", "set", "concluded", ELEMENTS),
        _attribute("recommended", "set", "concluded", ROWS),
        _attribute("warned", "set", "concluded", ROWS),
    )
}
CONCLUDED = frozenset(name for name, row in ATTRIBUTES.items() if row.origin == "concluded")


class Knowledge(msgspec.Struct, frozen=True):
    """Ground rules in strata, and the attributes that they conclude."""

    rules: tuple[GroundRule, ...]
    concluded: frozenset[str] = CONCLUDED


@cache
def numbers(low: int, high: int) -> st.SearchStrategy[int]:
    """Numbers of a range, most of them near an end, zero or each other."""
    near = {low, low + 1, -1, 0, 1, 19, 20, 21, high - 1, high}
    return st.sampled_from(sorted(one for one in near if low <= one <= high)) | st.integers(low, high)


@cache
def one_value(name: str) -> st.SearchStrategy[str | int | bool]:
    """A value, or an element of a set, of an attribute."""
    attribute = ATTRIBUTES[name]
    if attribute.type == "yes_no":
        return st.booleans()
    if attribute.range is not None:
        return numbers(*attribute.range)
    return st.sampled_from([choice.id for choice in attribute.choices])


@cache
def leaves_of(name: str, *, positive_only: bool = False) -> st.SearchStrategy[Leaf]:
    """Comparisons of one attribute, with every operator that fits its type, operands as the grounder makes them."""
    value = one_value(name)
    shapes: dict[str, st.SearchStrategy[Any]] = {
        "one": value,
        "many": st.sets(value, min_size=1, max_size=3).map(lambda found: tuple(sorted(found))),
        "range": st.tuples(value, value).map(lambda pair: tuple(sorted(pair))),
        "flag": st.booleans(),
    }
    leaves = [
        st.builds(Leaf, attribute=st.just(name), operator=st.just(row.name), operand=shapes[row.takes])
        for row in OPERATORS.values()
        if ATTRIBUTES[name].type in row.types and not (positive_only and row.negates)
    ]
    return st.one_of(leaves).filter(lambda leaf: not (positive_only and leaf.is_negative))


@st.composite
def conditions(draw: st.DrawFn, leaves: Sequence[st.SearchStrategy[Leaf]], depth: int = 3) -> Condition:
    """Trees of `all` and `any` over the leaves, now and then with an empty group."""
    shape = draw(_shapes)
    if shape in ("leaf", "leaf again") or depth == 0:
        return draw(draw(st.sampled_from(leaves)))
    parts = tuple(draw(conditions(leaves, depth - 1)) for _ in range(draw(_sizes)))
    group = AllOf(parts) if shape == "all" else AnyOf(parts)
    return group if count_clauses(group) <= MOST_CLAUSES else parts[0]


_shapes = st.sampled_from(["leaf", "all", "any", "leaf again"])
_sizes = st.sampled_from([2, 1, 3, 2, 0])
any_condition = conditions([leaves_of(name) for name in ATTRIBUTES])


@cache
def consequences(concluded: tuple[str, ...]) -> st.SearchStrategy[Then]:
    """Every kind of consequence that gives one of these attributes, or none."""
    concludes = [
        st.builds(Conclude, attribute=st.just(name), value=one_value(name))
        for name in concluded
        if name not in ("recommended", "warned")
    ]
    kinds: list[st.SearchStrategy[Then]] = [*concludes, *concludes, st.just(Advise(section="plan", says="…"))]
    kinds.append(st.just(Plan(route="north")))
    if "recommended" in concluded:
        kinds.append(st.builds(Recommend, track=st.sampled_from(ROWS)))
    if "warned" in concluded:
        kinds.append(
            st.builds(Warn, warning=st.sampled_from(ROWS), severity=st.just("high"), says=st.just("…"))
        )
    return st.one_of(kinds)


def gives(then: Then) -> str | None:
    """The attribute that a consequence tells about."""
    match then:
        case Conclude(attribute=name):
            return name
        case Recommend():
            return "recommended"
        case Warn():
            return "warned"
        case _:
            return None


@st.composite
def knowledge(draw: st.DrawFn) -> Knowledge:
    """Ground rules that chain, recurse, and test absences across strata, all about a few of the attributes.

    Each concluded attribute has a level: a rule may look for what its own level or a lower one concludes, and for
    the lack of what a lower one concludes, so that there always are strata.
    """
    asked = draw(_few_asked)
    concluded = draw(_few_concluded)
    level = {name: draw(st.integers(0, LEVELS - 1)) for name in concluded}
    found: list[GroundRule] = []
    for number in range(draw(st.integers(2, 12))):
        then = draw(consequences(tuple(sorted(concluded))))
        given_by = gives(then)
        own = LEVELS if given_by is None else level[given_by]
        usable = [leaves_of(name) for name in sorted(asked)]
        usable += [
            leaves_of(name, positive_only=level[name] == own)
            for name in sorted(concluded)
            if level[name] <= own
        ]
        rule = GroundRule(
            key=f"rule{number}",
            rule=f"rule{number}",
            title=f"Rule {number}",
            when=draw(conditions(usable)),
            then=then,
            salience=draw(st.integers(-2, 2)),
        )
        rows = draw(st.lists(st.sampled_from(ROWS), unique=True))
        found += [_for_row(rule, row, draw(conditions(usable))) for row in rows] or [rule]
    return Knowledge(stratify(found, CONCLUDED))


def _for_row(rule: GroundRule, row: str, when: Condition) -> GroundRule:
    binding = Binding(variable="row", table="tracks", row=row)
    return msgspec.structs.replace(rule, key=f"{rule.rule}[{row}]", when=when, bindings=(binding,))


_few_asked = st.sets(st.sampled_from(sorted(set(ATTRIBUTES) - CONCLUDED)), max_size=4)
_few_concluded = st.sets(st.sampled_from(sorted(CONCLUDED)), min_size=1, max_size=4)


def _answers() -> st.SearchStrategy[dict[str, Value]]:
    """A case: some value for some of what is asked or measured."""
    optional: dict[str, st.SearchStrategy[Any]] = {
        name: st.frozensets(one_value(name)) if row.type == "set" else one_value(name)
        for name, row in ATTRIBUTES.items()
        if row.origin != "concluded"
    }
    return st.fixed_dictionaries({}, optional=optional)


answers = _answers()
