"""What to learn in which order, cut into steps that each end with something that another person can check.

Most wanted comes first, unless something else has to be learned before it. What a step is for, and what exists at its
end, stands in the facts: in a route's stages where a source splits its months, else in its track's milestones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trackfit.engine.inference.ways import Way
from trackfit.engine.language.columns import Record
from trackfit.engine.language.facts import Milestone, Stage
from trackfit.engine.language.model import Facts
from trackfit.engine.language.vocabulary import SkillIndex

KEPT = 500
"""Plans that are kept."""


class Step(Record, frozen=True):
    """One step of a plan; `months` is a figure's id where a source gives the step its months.

    `groundwork` holds those to learn that were not asked for, each with the skill that builds on it. `milestone` is the
    id of what exists at its end, where it has one; of one that is `done`, what is to learn was not named as learned.
    """

    to_learn: tuple[str, ...]
    groundwork: tuple[tuple[str, str], ...]
    outcome: str
    months: str | None = None
    milestone: str | None = None
    done: bool = False


class Planner:
    """Plans the steps to a track for what a person lacks of it."""

    def __init__(self, facts: Facts, index: SkillIndex) -> None:
        self.facts = facts
        self.index = index
        self._kept: dict[tuple[Way, frozenset[str], frozenset[str]], tuple[Step, ...]] = {}

    def steps(self, way: Way, skills: frozenset[str], done: frozenset[str] = frozenset()) -> tuple[Step, ...]:
        """The steps to what is missing: the stages of its route as the source has them, or its track's milestones.

        All `skills` that the person holds, and what is usual, are taken as known, with what they need. Milestones that
        are `done` come first; they make no skill known.
        """
        key = way, skills, done
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            found = self._kept[key] = self._plan(way, skills, done)
        return found

    def _plan(self, way: Way, skills: frozenset[str], done: frozenset[str]) -> tuple[Step, ...]:
        known = self._known((*skills, *way.usual))
        stages = self.facts.routes[way.route].stages if way.route else ()
        if stages:
            steps = self._filled(stages, self._in_order(self._as_staged(way.missing, stages), known), done)
        else:
            steps = self._reached(way.track, self._in_order(way.missing, known), done)
        return (*(step for step in steps if step.done), *(step for step in steps if not step.done))

    def _as_staged(self, missing: Sequence[str], stages: Sequence[Stage]) -> list[str]:
        """What no stage names comes first, as groundwork; the rest as the stages have it."""
        named = [skill for stage in stages for skill in stage.skills]
        return [
            *(one for one in missing if one not in named),
            *(one for one in dict.fromkeys(named) if one in missing),
        ]

    def _known(self, skills: Iterable[str]) -> set[str]:
        """The skills with all they count as, and all that had to be learned before them."""
        found: set[str] = set()
        queue = list(skills)
        while queue:
            skill = queue.pop()
            if skill not in found:
                found.add(skill)
                queue += (*self.facts.skills[skill].counts_as, *self.facts.skills[skill].needs)
        return found

    def _in_order(self, wanted: Sequence[str], known: set[str]) -> dict[str, str]:
        """Every skill to learn, each after those it needs; with the wanted skill for which it is learned."""
        found: dict[str, str] = {}
        have = set(known)

        def learn(skill: str, purpose: str) -> None:
            for need in self.facts.skills[skill].needs:
                if need not in have:
                    learn(need, need if need in wanted else purpose)
            if skill not in found:
                found[skill] = purpose
                have.update(self.index.counted([skill]))

        for skill in wanted:
            learn(skill, skill)
        return found

    def _reached(self, track: str, order: dict[str, str], done: frozenset[str]) -> tuple[Step, ...]:
        """The track's milestones in the order in which they can be reached, without those that ask for nothing new.

        Those that are done stay. The last of them is where every plan ends; what is needed before is learned before.
        """
        milestones = self.facts.tracks[track].milestones
        if not milestones:
            return (Step(tuple(order), _groundwork(order, order), ""),) if order else ()
        homes = _homes(milestones, order, len(milestones) - 1)
        end = len(milestones) - 1
        found: dict[int, list[str]] = {home: [] for home in self._sequence(homes, end)}
        taken: set[str] = set()

        def learn(skill: str, learned: list[str]) -> None:
            """Where milestones need each other in a circle, what is needed is learned just before."""
            if skill in homes and skill not in taken:
                taken.add(skill)
                for need in self.facts.skills[skill].needs:
                    learn(need, learned)
                learned.append(skill)

        for home, learned in found.items():
            for skill in (one for one in order if homes[one] == home):
                learn(skill, learned)
        ticked = {home for home, one in enumerate(milestones) if one.id in done}
        kept = {home for home, learned in found.items() if learned} | ticked | {end}
        return tuple(
            _step(found.get(home, []), order, milestones[home], done)
            for home in (*sorted(ticked - found.keys()), *found)
            if home in kept
        )

    def _sequence(self, homes: dict[str, int], end: int) -> list[int]:
        """The milestones in the order in which they can be reached, with the end where it belongs."""
        found: list[int] = []
        seen = {end}

        def reach(home: int) -> None:
            if home not in seen:
                seen.add(home)
                for skill in (one for one in homes if homes[one] == home):
                    for need in self.facts.skills[skill].needs:
                        if need in homes:
                            reach(homes[need])
                found.append(home)

        for home in homes.values():
            reach(home)
        return [*found, end]

    def _filled(
        self, stages: Sequence[Stage], order: dict[str, str], done: frozenset[str]
    ) -> tuple[Step, ...]:
        """The stages in their own order, each with what is to be learned in it; what none names, in the first."""
        homes = _homes(stages, order, 0)
        return tuple(
            _step([skill for skill in order if homes[skill] == number], order, stage, done)
            for number, stage in enumerate(stages)
        )


def _step(
    learned: Sequence[str], order: dict[str, str], group: Milestone | Stage, done: frozenset[str]
) -> Step:
    return Step(
        to_learn=tuple(learned),
        groundwork=_groundwork(learned, order),
        outcome=group.outcome,
        months=group.months if isinstance(group, Stage) else None,
        milestone=group.id,
        done=group.id in done,
    )


def _groundwork(learned: Iterable[str], order: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((skill, order[skill]) for skill in learned if order[skill] != skill)


def _homes(groups: Sequence[Milestone | Stage], order: dict[str, str], others: int) -> dict[str, int]:
    """The group of each skill: one that names it, else that of the skill for which it is learned, else `others`."""
    named: dict[str, int] = {}
    for number, group in enumerate(groups):
        for skill in group.skills:
            named.setdefault(skill, number)
    return {skill: named.get(skill, named.get(purpose, others)) for skill, purpose in order.items()}
