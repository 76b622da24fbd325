"""Which elements of the asked sets can make a difference, and which make the same: fewer cases to reason about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.ways import DENIED
from trackfit.engine.language.attributes import SKILLS
from trackfit.engine.language.conditions import Condition, leaves
from trackfit.engine.language.operators import SET

Alike = dict[str, dict[str, frozenset[str]]]
"""For every asked set, the elements that can make a difference, each with those that make the same."""


def telling_elements(kb: KnowledgeBase, conditions: Iterable[Condition] = ()) -> Alike:
    """The elements that rules, `conditions`, tracks or routes can tell apart.

    Skills that count as the same things that any of these names are one; a named one stands for them.
    """
    found: Alike = defaultdict(dict)
    mentioned = _mentioned(chain((rule.when for rule in kb.program.rules), conditions))
    if DENIED in kb.reader.attributes:
        usual = chain(*(brought.values() for brought in kb.ways.usual.values()))
        mentioned[DENIED].update(chain(*usual))
    for name, elements in mentioned.items():
        found[name] = {one: frozenset((one,)) for one in elements}
    wanted = mentioned[SKILLS] | named_skills(kb)
    alike: dict[frozenset[str], list[str]] = defaultdict(list)
    for skill in sorted(kb.facts.skills, key=lambda one: (one not in wanted, one)):
        alike[kb.reader.index.counted([skill]) & wanted].append(skill)
    found[SKILLS] = {skills[0]: frozenset(skills) for counts, skills in alike.items() if counts}
    return found


def telling_skills(kb: KnowledgeBase) -> frozenset[str]:
    """The skills that rules, tracks or routes name themselves."""
    return named_skills(kb) | _mentioned(rule.when for rule in kb.program.rules)[SKILLS]


def named_skills(kb: KnowledgeBase) -> frozenset[str]:
    """The skills that tracks and routes name themselves."""
    routes = kb.facts.routes.values()
    return frozenset(chain(*kb.ways.lists.values(), *((*one.carries_over, *one.gap) for one in routes)))


def _mentioned(conditions: Iterable[Condition]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for condition in conditions:
        for leaf in leaves(condition):
            if leaf.row.types == SET:
                found[leaf.attribute].update(map(str, leaf.operands))
    return found
