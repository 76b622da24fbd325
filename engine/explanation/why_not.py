"""Why, why not, and what would be different: explanations as values, from the same rules that gave the advice."""

from __future__ import annotations

from typing import Any

import msgspec

from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.inference.three_valued import WorkingMemory, leaf_truth, truth
from trackfit.engine.language.conditions import AnyOf, Condition, Leaf, leaves
from trackfit.engine.language.model import Attribute, GroundRule, Recommend, Value, Warn
from trackfit.engine.language.questions import asked


class Tested(msgspec.Struct, frozen=True):
    """One comparison of a rule that did not fire: whether it holds (None: unknown), wanted and found."""

    leaf: Leaf
    holds: bool | None
    found: Any


class Unfired(msgspec.Struct, frozen=True):
    """A rule that would have given a conclusion, how its comparisons stand, and how far it was from firing.

    `distance` is the smallest number of comparisons that would have to turn out otherwise: of an `any`, the nearest
    part counts.
    """

    rule: GroundRule
    tested: tuple[Tested, ...]
    distance: int

    @property
    def missing(self) -> tuple[Tested, ...]:
        """The comparisons that do not hold or are unknown."""
        return tuple(one for one in self.tested if one.holds is not True)


def why_not(consultation: Consultation, wanted: str) -> tuple[Unfired, ...]:
    """The rules that would have recommended the track, or given the warning, `wanted`; nearest first."""
    found = [
        unfired(rule, consultation)
        for rule in consultation.kb.program.rules
        if _gives(rule, wanted) and truth(rule.when, consultation.memory) is not True
    ]
    return tuple(sorted(found, key=lambda one: (one.distance, len(one.missing), one.rule.key)))


def _gives(rule: GroundRule, wanted: str) -> bool:
    match rule.then:
        case Recommend(track=track):
            return track == wanted
        case Warn(warning=warning):
            return warning == wanted
        case _:
            return False


def unfired(rule: GroundRule, consultation: Consultation) -> Unfired:
    memory = consultation.memory
    tested = []
    for leaf in dict.fromkeys(leaves(rule.when)):
        found: Any = memory.concluded.get(leaf.attribute)
        if found is None:
            found = memory.known.get(leaf.attribute)
        tested.append(Tested(leaf, leaf_truth(leaf, memory), found))
    return Unfired(rule, tuple(tested), _distance(rule.when, memory))


def _distance(condition: Condition, memory: WorkingMemory) -> int:
    if isinstance(condition, Leaf):
        return int(leaf_truth(condition, memory) is not True)
    of_parts = [_distance(part, memory) for part in condition.parts]
    return min(of_parts, default=0) if isinstance(condition, AnyOf) else sum(of_parts)


class OtherAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What another answer would do, the same for each of `values`: tried by running the rules, not guessed."""

    attribute: str
    values: tuple[Value, ...]
    first: str | None
    first_changes: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


def changes(consultation: Consultation) -> tuple[OtherAnswer, ...]:
    """The single other answers that would change the first track or the warnings, in order of the questions.

    Tried are every value of an open question with a list of answers, and for a number of years the lines that
    rules and salary bands draw (where an answer was given, only those that time can bring).
    """
    kb = consultation.kb
    before = _summary(consultation)
    found: dict[tuple[Any, ...], list[Value]] = {}
    for attribute in questions(consultation):
        for value in other_values(consultation, attribute):
            answers = {**consultation.case.answers, attribute.id: value}
            case = kb.reader.case(answers, consultation.case.unmatched)
            after = _summary(consult(kb, case, consultation.as_of))
            if after != before:
                found.setdefault((attribute.id, *after), []).append(value)
    return tuple(
        OtherAnswer(
            attribute=attribute_id,
            values=tuple(values),
            first=first,
            first_changes=first != before[0],
            added=tuple(sorted(warned - before[1])),
            removed=tuple(sorted(before[1] - warned)),
        )
        for (attribute_id, first, warned), values in found.items()
    )


def _summary(consultation: Consultation) -> tuple[str | None, frozenset[str]]:
    first = consultation.recommendations[0].track if consultation.recommendations else None
    return first, frozenset(warning.id for warning in consultation.warnings)


def questions(consultation: Consultation) -> list[Attribute]:
    """The asked attributes that concern this case, in order, that rules look at."""
    return [
        attribute
        for attribute in asked(consultation.kb.facts.attributes.values())
        if concerns(attribute, consultation) and attribute.type != "text"
    ]


def concerns(attribute: Attribute, consultation: Consultation) -> bool:
    """Whether the question makes sense for this case."""
    condition = attribute.question.only_if if attribute.question else None
    return condition is None or truth(condition, consultation.memory) is True


def other_values(consultation: Consultation, attribute: Attribute) -> list[Value]:
    """The answers that `changes` tries for a question; none for sums of money, sets and texts."""
    given = consultation.case.answers.get(attribute.id)
    if attribute.type == "whole_number":
        found = lines(consultation, attribute)
        change = attribute.question.change if attribute.question else None
        lowest = given + 1 if isinstance(given, int) and change and change.only_up else min(found, default=0)
        return [line for line in found if line >= lowest and line != given]
    if given is None and attribute.type == "yes_no":
        return [True, False]
    if given is None and attribute.type == "choice":
        return [choice.id for choice in attribute.choices]
    return []


def lines(consultation: Consultation, attribute: Attribute) -> list[int]:
    """The values on both sides of every line that a rule or a salary band draws, within the range."""
    found: set[int] = set()
    for rule in consultation.kb.program.rules:
        for leaf in leaves(rule.when):
            if leaf.attribute == attribute.id and leaf.operator != "known":
                for operand in leaf.operands:
                    found |= {int(operand) - 1, int(operand), int(operand) + 1}
    measures, known = consultation.kb.measures, consultation.memory.known
    for track, bands in measures.bands.items():
        if attribute.id == "years_experience":
            for band in bands.figures:
                low, high = band.years or (0, None)
                found |= {low, low - 1} if high is None else {low, low - 1, high, high + 1}
        elif attribute.id == "salary_goal":
            for band in measures.bands_at(known, track) or ():
                found |= {int(band.low) - 1, int(band.low), int(band.high), int(band.high) + 1}
    low, high = attribute.range or (0, 0)
    return [line for line in sorted(found) if low <= line <= high]
