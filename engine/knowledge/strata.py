"""The order in which rules settle: a rule that tests an absence waits until nothing can fill it any more.

A stratum is a set of ground rules run to their fixpoint together. A rule stands in the stratum of the
attribute it concludes; an attribute stands no lower than those it depends on, and above those whose absence
it depends on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trackfit.engine.language.conditions import leaves
from trackfit.engine.language.model import GroundRule, conclusion_of

Needs = Mapping[str, Mapping[str, bool]]
"""For each node the attributes it depends on, and whether (also) on their absence."""


class NegationCycle(Exception):
    """Rules depend on the absence of what they themselves give; `path` names the attributes round the cycle."""

    def __init__(self, path: Sequence[str], rules: Sequence[str]) -> None:
        self.path = tuple(path)
        self.rules = tuple(rules)
        super().__init__(" → ".join(self.path))


def stratify(rules: Iterable[GroundRule], concluded: frozenset[str]) -> tuple[GroundRule, ...]:
    """The rules with their stratum, sorted by stratum and key.

    `concluded` names the ground attributes that rules conclude. Raises `NegationCycle`.
    """
    rules = list(rules)
    needs: dict[str, dict[str, bool]] = defaultdict(dict)
    givers: dict[str, list[GroundRule]] = defaultdict(list)
    for rule in rules:
        node = _node(rule)
        givers[node].append(rule)
        for leaf in leaves(rule.when):
            if leaf.attribute in concluded:
                needs[node][leaf.attribute] = needs[node].get(leaf.attribute, False) or leaf.is_negative
    level = _levels(needs, givers)
    placed = (msgspec.structs.replace(rule, stratum=level[_node(rule)]) for rule in rules)
    return tuple(sorted(placed, key=lambda rule: (rule.stratum, rule.key)))


def _node(rule: GroundRule) -> str:
    """What a rule gives; a mere remark is a node of its own."""
    conclusion = conclusion_of(rule.then)
    return conclusion[0] if conclusion else f"remark {rule.key}"


def _levels(needs: Needs, givers: Mapping[str, Sequence[GroundRule]]) -> dict[str, int]:
    """The lowest stratum that each node can stand in; raises `NegationCycle` where there is none.

    Levels rise until every need is met. With no cycle through `not`, none can rise above the number of nodes
    that are needed absent.
    """
    level = dict.fromkeys((*givers, *(need for wanted in needs.values() for need in wanted)), 0)
    highest = len({need for wanted in needs.values() for need, negative in wanted.items() if negative})
    rising = True
    while rising:
        rising = False
        for node, wanted in needs.items():
            lowest = max(level[need] + negative for need, negative in wanted.items())
            if lowest > highest:
                path = _cycle(needs)
                raise NegationCycle(path, [rule.rule for one in path for rule in givers.get(one, ())])
            if lowest > level[node]:
                level[node] = lowest
                rising = True
    return level


def _cycle(needs: Needs) -> list[str]:
    """A cycle through a `not`, from the absence round to itself; there must be one."""
    for node in sorted(needs):
        for need, negative in sorted(needs[node].items()):
            if negative and (back := _path(need, node, needs)):
                return [node, *back]
    raise AssertionError("no cycle through a negation")


def _path(start: str, goal: str, needs: Needs) -> list[str]:
    """A shortest way from `start` to `goal` along needs, both ends included; empty where there is none."""
    came: dict[str, str | None] = {start: None}
    queue = [start]
    for node in queue:
        for need in sorted(needs.get(node, {})):
            if need not in came:
                came[need] = node
                queue.append(need)
    path: list[str] = []
    step: str | None = goal if goal in came else None
    while step is not None:
        path.append(step)
        step = came[step]
    return path[::-1]
