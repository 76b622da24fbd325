"""Why: every conclusion of a consultation with the rules, facts and earlier conclusions behind it, as values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from trackfit.engine.inference.consult import Consultation, Firing
from trackfit.engine.language import formats
from trackfit.engine.language.conditions import Leaf
from trackfit.engine.language.model import Advise, Plan, Recommend, Warn, conclusion_of
from trackfit.engine.language.wording import Wording


class FactUsed(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison that held: the attribute, the value found, where the value came from, and all of it in words.

    `source` is "answer", "default", "measure", "rules" (concluded), or "absence" (not concluded by any rule).
    `figure` is the id of the figure that the rule compared with, if any.
    """

    attribute: str
    value: Any
    source: str = msgspec.field(name="from")
    text: str
    operator: str
    figure: str | None = None


class Justification(msgspec.Struct, frozen=True):
    """One rule's reason for one conclusion; `because` holds the justifications of what it built on.

    `gives` is what it concludes, in words; `says` tells of a track also how, and of a warning how grave it is. A
    conclusion that several rules give has as many justifications. Where one is needed several times below the same
    conclusion, only the first has its `because`; the others are marked `again`.
    """

    id: str
    rule: str
    title: str
    gives: str
    says: str
    facts: tuple[FactUsed, ...]
    because: tuple[Justification, ...]
    again: bool = False


def justify(consultation: Consultation, id_: str | None = None) -> tuple[Justification, ...]:
    """The justifications of every conclusion, or of the one with an id such as `recommend:mlops`.

    First the tracks by rank, then the warnings, gravest first, then plans and remarks, and last what these were built
    on. A warning's or track's bare id works as well. Empty where nothing of that id was concluded.
    """
    build = _Builder(consultation)
    place = _places(consultation)
    firings = sorted(consultation.firings, key=lambda firing: place.get(firing.conclusion, len(place)))
    return tuple(build.of(firing, set()) for firing in firings if id_ is None or _named(firing, id_))


def justifications(consultation: Consultation) -> tuple[Justification, ...]:
    """The justifications of all firings, in the order in which they built on each other."""
    build = _Builder(consultation)
    return tuple(build.of(firing, set()) for firing in consultation.firings)


def _places(consultation: Consultation) -> dict[str, int]:
    """What a reader looks for first: conclusions that somebody is told, in their order."""
    ranked = [f"recommend:{one.track}" for one in consultation.recommendations]
    warned = [f"warn:{one.id}" for one in consultation.warnings]
    told = [
        one.conclusion
        for kind in (Plan, Advise)
        for one in consultation.firings
        if isinstance(one.rule.then, kind)
    ]
    return {id_: place for place, id_ in enumerate(dict.fromkeys([*ranked, *warned, *told]))}


def conclusion_ids(consultation: Consultation) -> list[str]:
    """The ids of all that was concluded, sorted."""
    return sorted({firing.conclusion for firing in consultation.firings})


def _named(firing: Firing, id_: str) -> bool:
    kind, _, bare = firing.conclusion.partition(":")
    return id_ == firing.conclusion or (id_ == bare and kind in ("recommend", "warn"))


class _Builder:
    """Builds justifications, down to the answers; a rule never stands below itself, nor twice in full."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.wording = Wording(consultation.kb.facts, consultation.kb.program, consultation.case.currency)
        self.givers: dict[tuple[str, str | bool], list[Firing]] = {}
        for firing in consultation.firings:
            conclusion = conclusion_of(firing.rule.then)
            if conclusion is not None:
                self.givers.setdefault(conclusion, []).append(firing)

    def of(self, firing: Firing, told: set[str], above: tuple[str, ...] = ()) -> Justification:
        """The justification of one firing; `told` holds the rules that stand in full already below one conclusion."""
        above = (*above, firing.rule.key)
        again = firing.rule.key in told
        told.add(firing.rule.key)
        needed = {
            giver.rule.key: giver
            for leaf in firing.because
            for giver in self._behind(leaf)
            if not again and giver.rule.key not in above
        }
        return Justification(
            id=firing.conclusion,
            rule=firing.rule.rule,
            title=firing.rule.title,
            gives=self.wording.consequence(firing.rule),
            says=self._says(firing),
            facts=tuple(self._fact(leaf, firing) for leaf in firing.because),
            because=tuple(self.of(giver, told, above) for giver in needed.values()),
            again=again,
        )

    def _behind(self, leaf: Leaf) -> Iterable[Firing]:
        """The firings that concluded what a comparison found."""
        values = self.consultation.memory.concluded.get(leaf.attribute)
        if values is None or leaf.is_negative:
            return
        for value in sorted(values, key=str):
            if leaf.operator == "known" or value in leaf.operands:
                yield from self.givers.get((leaf.attribute, value), ())

    def _fact(self, leaf: Leaf, firing: Firing) -> FactUsed:
        return FactUsed(
            attribute=leaf.attribute,
            value=firing.found[leaf.attribute],
            source=self._source(leaf),
            text=self.wording.leaf(leaf),
            operator=leaf.operator,
            figure=leaf.figure,
        )

    def _source(self, leaf: Leaf) -> str:
        if leaf.attribute in self.consultation.memory.concluded:
            return "absence" if leaf.is_negative else "rules"
        attribute = self.wording.attribute(leaf.attribute)
        if attribute.origin == "measured":
            return "measure"
        return "default" if leaf.attribute in self.consultation.case.defaulted else "answer"

    def _says(self, firing: Firing) -> str:
        told = self.wording.consequence(firing.rule)
        facts = self.consultation.kb.facts
        match firing.rule.then:
            case Recommend(track=track):
                timeline = next(way.timeline for way in self.consultation.ways if way.track == track)
                if timeline:
                    return f"{told}: a source gives this route {formats.figure(facts.figures[timeline])}"
                return f"{told}: by the skills you hold, without a number of months"
            case Warn(severity=severity):
                return f"{told} ({severity})"
            case _:
                return told
