"""Scenarios for a coach to approve: for each rule a case that fires it, and cases that come near and do not.

Only what no scenario has tried yet is suggested. What follows for a case today stands there as what is expected,
so approving one means to read it and to agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import yaml

from trackfit.engine.cases.answers_file import to_yaml
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.inference.three_valued import leaf_truth
from trackfit.engine.language.model import GroundRule, Warn
from trackfit.engine.language.wording import Wording
from trackfit.engine.workshop.scenarios.answer_space import Reach, turns
from trackfit.engine.workshop.scenarios.coverage import (
    AuthorCondition,
    AuthorRule,
    fires,
    rests_on,
    stops_alone,
    tried,
)
from trackfit.engine.workshop.scenarios.scenarios import NOTHING


class SuggestedScenario(msgspec.Struct, frozen=True, kw_only=True):
    """A case worth having among the scenarios, and what it would try of which rule."""

    rule: AuthorRule
    tries: str
    fires: bool
    consultation: Consultation


def suggest(
    kb: KnowledgeBase, rules: Iterable[AuthorRule], consultations: Sequence[Consultation], as_of: str
) -> Iterator[SuggestedScenario]:
    """Cases for what the consultations of the present scenarios do not try yet, in order of the rules."""
    reach = Reach(kb)
    for rule in rules:
        wanted = [one for one in _wishes(rule, Wording(kb.facts, kb.program)) if not one.met(consultations)]
        open_ = dict.fromkeys(wanted)
        found: dict[_Wish, Consultation] = {}
        for ground in rule.ground:
            if not open_:
                break
            for one in tried(kb, reach, ground, as_of):
                for wish in [wish for wish in open_ if wish.met([one])]:
                    found[wish] = one
                    del open_[wish]
                if not open_:
                    break
        for wish in wanted:
            if wish in found:
                yield SuggestedScenario(
                    rule=rule, tries=wish.says, fires=wish.fires, consultation=found[wish]
                )


class _Wish(msgspec.Struct, frozen=True, eq=False):
    """Something to see of one condition (or, without one, of the rule as a whole)."""

    says: str
    fires: bool
    rules: tuple[GroundRule, ...]
    condition: AuthorCondition | None = None
    unknown: bool = False
    exactly: int | None = None

    def met(self, consultations: Iterable[Consultation]) -> bool:
        """Whether one of the consultations shows it."""
        return any(self._shown(one) for one in consultations)

    def _shown(self, one: Consultation) -> bool:
        if self.condition is None:
            return any(fires(one, rule.key) for rule in self.rules)
        by_key = {rule.key: rule for rule in self.rules}
        for key, leaf in self.condition.leaves:
            if self.exactly is not None and one.known(leaf.attribute) != self.exactly:
                continue
            if self.fires:
                if rests_on(one, key, leaf):
                    return True
            elif stops_alone(by_key[key], leaf, one.memory) and self.unknown is (
                leaf_truth(leaf, one.memory) is None
            ):
                return True
        return False


def _wishes(rule: AuthorRule, wording: Wording) -> Iterator[_Wish]:
    if not rule.conditions:
        yield _Wish("fires", True, rule.ground)
    for condition in rule.conditions:
        leaf = condition.leaves[0][1]
        words = condition.text if len(rule.ground) > 1 else wording.leaf(leaf)
        attribute = wording.attribute(leaf.attribute)
        yield _Wish(f"fires, resting on “{words}”", True, rule.ground, condition)
        yield _Wish(f"near miss, all but “{words}”", False, rule.ground, condition)
        if attribute.origin == "asked" and leaf.operator != "known":
            yield _Wish(f"unknown, no answer to “{words}”", False, rule.ground, condition, unknown=True)
        if attribute.type in ("whole_number", "money") and attribute.origin == "asked":
            for number in sorted({side for turn in turns(leaf) for side in (turn - 1, turn)}):
                holds = leaf.row.test(number, leaf.operand)
                says = f"boundary, {wording.label(leaf.attribute)} {number}"
                yield _Wish(says, holds, rule.ground, condition, exactly=number)


def as_scenarios(suggestions: Iterable[SuggestedScenario]) -> str:
    """The suggestions as a file of scenarios, each marked for approval; those with one case are one."""
    by_case: dict[str, list[SuggestedScenario]] = {}
    for one in suggestions:
        by_case.setdefault(one.consultation.case.digest(), []).append(one)
    return scenario_file([_row(group) for group in by_case.values()])


def scenario_file(rows: Sequence[str]) -> str:
    """A file of scenarios, from rows as `as_scenario` gives them."""
    return "scenarios:\n" + "\n".join(rows) if rows else "scenarios: []\n"


def _row(group: Sequence[SuggestedScenario]) -> str:
    consultation = group[0].consultation
    warned = {one.id for one in consultation.warnings}
    fired = {rule.rule for rule in consultation.fired}
    missed = {one.rule.id for one in group if not one.fires} - fired
    not_warned = {
        rule.then.warning
        for one in group
        if not one.fires
        for rule in one.rule.ground
        if isinstance(rule.then, Warn)
    }
    return as_scenario(
        f"{group[0].rule.title}: {group[0].tries}",
        consultation,
        also=dict.fromkeys(f"{one.rule.id}: {one.tries}" for one in group[1:]),
        expect={
            "not_warned": sorted(not_warned - warned),
            "fired": sorted({one.rule.id for one in group if one.fires}),
            "not_fired": sorted(missed),
        },
    )


def as_scenario(
    name: str,
    consultation: Consultation,
    *,
    also: Iterable[str] = (),
    expect: Mapping[str, Sequence[str]] | None = None,
    todo: str = "approve me",
) -> str:
    """A row of a scenario file that expects what follows today, and what `expect` says besides.

    `also` stands there as comments; `todo` says what to do before the line is taken out.
    """
    ranked = [one.track for one in consultation.recommendations]
    warned = [one.id for one in consultation.warnings]
    expected = {"recommended": ranked[1:], "warned": warned, **(expect or {})}
    lines = [f"  - name: {_text(name)}", *(f"    # also {other}" for other in also)]
    lines.append("    case:")
    lines += [f"      {line}" for line in to_yaml(consultation.case, consultation.kb.facts).splitlines()[1:]]
    lines.append(f'    as_of: "{consultation.as_of}"')
    lines += ["    expect:", f"      first: {ranked[0] if ranked else NOTHING}"]
    lines += [f"      {key}: [{', '.join(ids)}]" for key, ids in expected.items() if ids]
    lines.append(f"    todo: {todo}, and take this line out")
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    written: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=float("inf"))
    return written.strip()
