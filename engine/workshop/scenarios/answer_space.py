"""The answer space: the answers that rules can tell apart, and the cases that they make together.

Between two lines that rules and figures draw, one number stands for all; of the choices that no rule names, one
stands for the others. Skills are sampled: sets on both sides of every threshold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from trackfit.engine.cases.case import Case
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.conditions import Leaf, leaves
from trackfit.engine.language.facts import Figure
from trackfit.engine.language.measures import MEASURES
from trackfit.engine.language.model import Attribute, GroundRule, Value, conclusion_of

Answer = Value | None
"""A value, or None for an answer that was not given."""
Dimensions = dict[str, tuple[Answer, ...]]
"""For each asked attribute that matters, the answers that can make a difference; not given comes first."""


class Reach:
    """What rules of one knowledge base look at, through all that other rules conclude for them."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._givers: dict[str, list[GroundRule]] = {}
        for rule in kb.program.rules:
            if (conclusion := conclusion_of(rule.then)) is not None:
                self._givers.setdefault(conclusion[0], []).append(rule)

    def leaves(self, rules: Iterable[GroundRule]) -> list[Leaf]:
        """The comparisons of asked and measured attributes on which it depends whether the rules fire."""
        found: dict[Leaf, None] = {}
        queue = list(rules)
        seen = {rule.key for rule in queue}
        for rule in queue:
            for leaf in leaves(rule.when):
                if leaf.attribute not in self.kb.concluded:
                    found[leaf] = None
                    continue
                for giver in self._givers.get(leaf.attribute, ()):
                    if giver.key not in seen and _can_give(giver, leaf):
                        seen.add(giver.key)
                        queue.append(giver)
        return list(found)


def _can_give(rule: GroundRule, leaf: Leaf) -> bool:
    """Whether what a rule concludes can make a difference to a comparison."""
    conclusion = conclusion_of(rule.then)
    return leaf.operator == "known" or (conclusion is not None and conclusion[1] in leaf.operands)


def dimensions(looked_at: Sequence[tuple[KnowledgeBase, Iterable[Leaf]]]) -> Dimensions:
    """The answers that the comparisons, each made by its knowledge base, can tell apart."""
    wanted: dict[str, set[Value]] = {}
    for kb, compared in looked_at:
        for attribute in kb.reader.attributes.values():
            if _is_required(kb, attribute.id) and attribute.choices:
                wanted.setdefault(attribute.id, set())
        for name, told in _Tell(kb, list(compared)).values().items():
            wanted.setdefault(name, set()).update(told)
    found: Dimensions = {}
    for name, values in sorted(wanted.items()):
        given = sorted(values, key=_order)
        if any(_is_required(kb, name) for kb, _ in looked_at):
            known = [kb.facts.attributes[name] for kb, _ in looked_at if name in kb.facts.attributes]
            found[name] = tuple(given or [known[0].choices[-1].id])
        else:
            found[name] = (None, *given)
    return found


def _is_required(kb: KnowledgeBase, name: str) -> bool:
    question = kb.facts.attributes[name].question if name in kb.facts.attributes else None
    return question is not None and question.required


def _order(value: Value) -> tuple[int, int, str]:
    if isinstance(value, frozenset):
        return len(value), 0, " ".join(sorted(value))
    return 0, (value if isinstance(value, int) else 0), str(value)


class _Tell:
    """What one knowledge base's comparisons tell apart."""

    def __init__(self, kb: KnowledgeBase, compared: list[Leaf]) -> None:
        self.kb = kb
        self.measured: dict[str, list[Leaf]] = {}
        self.asked: dict[str, list[Leaf]] = {}
        for leaf in compared:
            attribute = self._attribute(leaf.attribute)
            if attribute.origin == "asked":
                self.asked.setdefault(attribute.id, []).append(leaf)
            elif attribute.origin == "measured":
                for name in MEASURES[attribute.measure or ""].answers:
                    self.measured.setdefault(name, []).append(leaf)

    def _attribute(self, name: str) -> Attribute:
        return self.kb.facts.attributes[self.kb.program.attributes[name].attribute]

    def values(self) -> dict[str, list[Value]]:
        """For every answer that matters, the values to try."""
        found: dict[str, list[Value]] = {}
        for name in {**self.asked, **self.measured}:
            attribute = self.kb.facts.attributes[name]
            match attribute.type:
                case "yes_no":
                    found[name] = [True, False]
                case "choice":
                    found[name] = self._choices(attribute)
                case "set":
                    found[name] = self._sets(attribute)
                case "text":
                    continue
                case _:
                    found[name] = self._numbers(attribute)
        return found

    def _choices(self, attribute: Attribute) -> list[Value]:
        """The choices that comparisons name, and the first other one."""
        named = {value for leaf in self.asked.get(attribute.id, ()) for value in _operands(leaf)}
        if attribute.id in self.measured:
            named |= {choice.id for choice in attribute.choices}
        others = [choice.id for choice in attribute.choices if choice.id not in named]
        return [*(choice.id for choice in attribute.choices if choice.id in named), *others[:1]]

    def _numbers(self, attribute: Attribute) -> list[Value]:
        """The lowest number, and every number at which some comparison turns."""
        low, high = attribute.range or (0, 0)
        cuts = {cut for leaf in self.asked.get(attribute.id, ()) for cut in turns(leaf)}
        for band in self._pay(attribute.id):
            if attribute.type == "money":
                cuts |= {int(band.low), math.floor(band.high) + 1}
            elif band.years is not None:
                first, last = band.years
                cuts |= {first} if last is None else {first, last + 1}
        return [low, *sorted(cut for cut in cuts if low < cut <= high)]

    def _pay(self, name: str) -> list[Figure]:
        """Of the tracks whose measures are compared the bands, and of the currencies the highest pay."""
        rows = {self.kb.program.attributes[leaf.attribute].row or "" for leaf in self.measured.get(name, ())}
        bands, highest = self.kb.measures.bands, self.kb.measures.highest
        found = [band for row in sorted(rows) if row in bands for band in bands[row].figures]
        return [*found, *(highest[row] for row in sorted(rows) if row in highest)]

    def _sets(self, attribute: Attribute) -> list[Value]:
        found: list[Value] = [frozenset()]
        for leaf in self.asked.get(attribute.id, ()):
            operands = [one for one in _operands(leaf) if isinstance(one, str)]
            found += [frozenset((one,)) for one in operands]
            found.append(frozenset(operands or [choice.id for choice in attribute.choices[:1]]))
        by_track: dict[str, list[Leaf]] = {}
        for leaf in self.measured.get(attribute.id, ()):
            by_track.setdefault(self.kb.program.attributes[leaf.attribute].row or "", []).append(leaf)
        for track, compared in by_track.items():
            found += self._around_thresholds(track, compared)
        return found

    def _around_thresholds(self, track: str, compared: list[Leaf]) -> Iterator[Value]:
        """Of ever larger sets of a track's skills, those between which a comparison turns."""
        before: tuple[bool, ...] | None = None
        last: frozenset[str] = frozenset()
        for skills in growing(self.kb, track):
            answers = {SKILLS: self.kb.reader.index.counted(skills)}
            truths = []
            for leaf in compared:
                value = self.kb.measures.value(self._attribute(leaf.attribute), track, answers)
                truths.append(leaf.row.test(value, leaf.operand))
            if before is not None and tuple(truths) != before:
                yield last
                yield skills
            before, last = tuple(truths), skills
        yield last


def growing(kb: KnowledgeBase, track: str) -> Iterator[frozenset[str]]:
    """Sets of a track's skills, each with some more than the one before, from none to all."""
    wanted = set(kb.ways.lists[track])
    by_breadth = sorted(
        kb.ways.lists[track], key=lambda skill: len(kb.reader.index.counted((skill,)) & wanted)
    )
    for number in range(len(by_breadth) + 1):
        yield frozenset(by_breadth[:number])


def turns(leaf: Leaf) -> set[int]:
    """The numbers at which a comparison of a number begins or ceases to hold."""
    found: set[int] = set()
    if leaf.operator == "known":
        return found
    for clause in leaf.row.clauses(leaf.operand):
        for test in clause:
            after = {">=": (0,), "<": (0,), "<=": (1,), ">": (1,), "==": (0, 1), "!=": (0, 1)}
            found |= {int(test.value) + one for one in after.get(test.symbol, ())}
    return found


def _operands(leaf: Leaf) -> tuple[str | int | bool, ...]:
    return () if leaf.operator == "known" else leaf.operands


def size(space: Mapping[str, Sequence[Answer]]) -> int:
    """How many combinations of answers there are."""
    return math.prod(len(values) for values in space.values())


def combinations(space: Mapping[str, Sequence[Answer]], most: int) -> Iterator[dict[str, Value]]:
    """The combinations, those with few answers early; of more than `most`, as many, evenly spread and always the same."""
    whole = size(space)
    step = 1
    if whole > most:
        step = next(one for one in range(int(whole * 0.618), whole) if math.gcd(one, whole) == 1)
    for number in range(min(whole, most)):
        place = number * step % whole
        found: dict[str, Value] = {}
        for name, values in reversed(list(space.items())):
            place, index = divmod(place, len(values))
            value = values[index]
            if value is not None:
                found[name] = value
        yield dict(sorted(found.items()))


def case_of(kb: KnowledgeBase, answers: Mapping[str, Value]) -> Case:
    """The answers as a case; one that only goes with another that is missing is left out."""
    kept = {
        name: value
        for name, value in answers.items()
        if (goes_with := kb.reader.attributes[name].default_with) is None or goes_with in answers
    }
    return kb.reader.case(kept)
