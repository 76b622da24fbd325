"""Scenarios tried: what was expected against what followed, each difference with its reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from trackfit.engine.explanation.why_not import Tested, unfired
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import Consultation, Firing, consult
from trackfit.engine.language.markdown import readable
from trackfit.engine.language.model import GroundRule
from trackfit.engine.language.wording import Wording
from trackfit.engine.problems.errors import ConflictingConclusions
from trackfit.engine.report.report import to_markdown
from trackfit.engine.workshop.scenarios.scenarios import NOTHING, Expected, Scenario

State = Literal["passed", "failed", "todo"]
MAX_REASONS = 3
MAX_NEAREST = 160


class Shortfall(msgspec.Struct, frozen=True):
    """One expectation that was not met: what was found instead, and why, in words."""

    expected: Expected
    text: str
    why: tuple[str, ...] = ()


class Trial(msgspec.Struct, frozen=True):
    """A scenario and what came of it; without a consultation where the rules contradict each other."""

    scenario: Scenario
    consultation: Consultation | None
    shortfalls: tuple[Shortfall, ...]

    @property
    def state(self) -> State:
        """A scenario that is still to do counts as that, whether it is met or not."""
        if self.scenario.todo is not None:
            return "todo"
        return "failed" if self.shortfalls else "passed"


def try_scenarios(kb: KnowledgeBase, scenarios: Iterable[Scenario], as_of: str) -> list[Trial]:
    """Consult the knowledge base on every scenario, on its own date or else on `as_of`."""
    return [_try(kb, scenario, scenario.as_of or as_of) for scenario in scenarios]


def _try(kb: KnowledgeBase, scenario: Scenario, as_of: str) -> Trial:
    try:
        consultation = consult(kb, scenario.case, as_of)
    except ConflictingConclusions as error:
        text = "expected advice; the rules contradict each other"
        why = tuple(problem.text for problem in error.problems)
        return Trial(scenario, None, (Shortfall(scenario.expected[0], text, why),))
    judge = _Judge(consultation)
    found = (judge.shortfall(expected) for expected in scenario.expected)
    return Trial(scenario, consultation, tuple(one for one in found if one is not None))


class _Judge:
    """Holds one consultation against what was expected of it."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.facts = consultation.kb.facts
        self.wording = Wording(self.facts, consultation.kb.program)

    def shortfall(self, expected: Expected) -> Shortfall | None:
        """How far the outcome falls short of one expectation; None where it is met."""
        match expected.kind:
            case "first":
                return self._first(expected)
            case "says":
                return self._says(expected)
            case _:
                return self._given(expected)

    @cached_property
    def ranked(self) -> list[str]:
        return [one.track for one in self.consultation.recommendations]

    @cached_property
    def report(self) -> str:
        return readable(to_markdown(self.consultation))

    def _first(self, expected: Expected) -> Shortfall | None:
        first = self.ranked[0] if self.ranked else NOTHING
        if first == expected.what:
            return None
        text = f"expected {self._track(expected.what)} first; got {self._track(first)}"
        if expected.what == NOTHING:
            return Shortfall(expected, text, self._because(f"recommend:{first}"))
        if expected.what in self.ranked:
            place = self.ranked.index(expected.what) + 1
            return Shortfall(expected, text, (f"{self._track(expected.what)} came out at place {place}.",))
        return Shortfall(expected, text, self._why_not(f"recommend:{expected.what}"))

    def _track(self, id_: str) -> str:
        return f"{self.facts.tracks[id_].name} ({id_})" if id_ in self.facts.tracks else "no track"

    def _given(self, expected: Expected) -> Shortfall | None:
        """Of a recommendation, a warning, a conclusion or a rule: whether it was given."""
        conclusion, name, given = self._outcome(expected)
        fired = any(_is(firing.rule, firing.conclusion, conclusion) for firing in self.consultation.firings)
        if fired is expected.wanted:
            return None
        if fired:
            text = f"expected no {name}; got it"
            return Shortfall(expected, text, self._because(conclusion))
        text = f"expected the {name}; got {', '.join(given) or 'none'}"
        return Shortfall(expected, text, self._why_not(conclusion))

    def _outcome(self, expected: Expected) -> tuple[str, str, list[str]]:
        """The conclusion's id, its name, and what of its kind was given."""
        what = expected.what
        match expected.kind:
            case "recommended":
                return f"recommend:{what}", f"recommendation {what}", self.ranked
            case "warned":
                given = [one.id for one in self.consultation.warnings]
                return f"warn:{what}", f"warning {what}", given
            case "fired":
                return f"rule:{what}", f"firing of the rule {what}", []
            case _:
                attribute = what.partition("=")[0]
                values = self.consultation.memory.concluded.get(attribute, ())
                return what, f"conclusion {what}", sorted(f"{attribute}={_plain(one)}" for one in values)

    def _because(self, conclusion: str) -> tuple[str, ...]:
        found = [
            self._fired(firing)
            for firing in self.consultation.firings
            if _is(firing.rule, firing.conclusion, conclusion)
        ]
        return tuple(found[:MAX_REASONS])

    def _fired(self, firing: Firing) -> str:
        because = [self.wording.leaf(leaf) for leaf in firing.because]
        return f"{_named(firing.rule)} fired, because {'; '.join(because) or 'it always does'}."

    def _why_not(self, conclusion: str) -> tuple[str, ...]:
        """The rules that came nearest to giving it."""
        rules = [
            rule
            for rule in self.consultation.kb.program.rules
            if _is(rule, Firing(rule, (), {}).conclusion, conclusion)
        ]
        if not rules:
            return ("No rule gives it.",)
        tested = sorted(
            (unfired(rule, self.consultation) for rule in rules), key=lambda one: len(one.missing)
        )
        nearest = [one for one in tested if len(one.missing) == len(tested[0].missing)]
        return tuple(
            f"{_named(one.rule)} did not fire: {'; '.join(map(self._failed, one.missing))}."
            for one in nearest[:MAX_REASONS]
        )

    def _failed(self, tested: Tested) -> str:
        found = self.wording.value(tested.leaf.attribute, tested.found)
        return f"it asks for “{self.wording.leaf(tested.leaf)}”, and found {found}"

    def _says(self, expected: Expected) -> Shortfall | None:
        text = readable(expected.what)
        at = self.report.casefold().find(text.casefold())
        if (at >= 0) is expected.wanted:
            return None
        if expected.wanted:
            nearest = _nearest(text, self.report)
            return Shortfall(expected, f"expected the report to say “{text}”; it does not", nearest)
        around = self.report[max(0, at - 40) : at + len(text) + 40]
        return Shortfall(expected, f"expected the report not to say “{text}”; it says “…{around}…”")


def _is(rule: GroundRule, conclusion: str, wanted: str) -> bool:
    return wanted in (conclusion, f"rule:{rule.rule}")


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _named(rule: GroundRule) -> str:
    row = f" for {rule.bindings[0].row}" if rule.bindings else ""
    return f"“{rule.title}”{row} ({rule.rule})"


def _nearest(text: str, report: str) -> tuple[str, ...]:
    """What the report says that is most like a text."""
    from rapidfuzz import fuzz

    found = fuzz.partial_ratio_alignment(text, report, score_cutoff=60)
    if found is None:
        return ()
    return (f"Nearest to it is “…{report[found.dest_start : found.dest_end][:MAX_NEAREST]}…”.",)


def counts(trials: Sequence[Trial]) -> dict[str, int]:
    """How many scenarios passed, failed, and are still to do."""
    states = [trial.state for trial in trials]
    return {"passed": states.count("passed"), "failed": states.count("failed"), "todo": states.count("todo")}
