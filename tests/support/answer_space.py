"""The answer space of the shipped knowledge base: what people can answer, at every boundary that a rule names."""

from __future__ import annotations

import itertools
import random

from trackfit.engine.language.conditions import leaves


def boundary_years(kb):
    """No answer, the ends of the range, and both sides of every number of years that a rule or a band names."""
    named = {
        operand
        for rule in kb.program.rules
        for leaf in leaves(rule.when)
        for operand in (leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,))
        if leaf.attribute == "years_experience" and type(operand) is int
    }
    named |= {year for figure in kb.facts.figures.values() for year in figure.years or () if year is not None}
    low, high = kb.facts.attributes["years_experience"].range
    near = {year + step for year in named | {low, high} for step in (-1, 0, 1)}
    return [None, *sorted(year for year in near if low <= year <= high)]


def answer_space(kb):
    """Every background, years at a boundary, target and reason, with one yes/no question answered or none."""
    attributes = kb.facts.attributes

    def choices(name):
        return [None, *(choice.id for choice in attributes[name].choices)]

    asked = [one.id for one in attributes.values() if one.type == "yes_no" and one.origin == "asked"]
    yes_no = [{}, *({name: value} for name in asked for value in (True, False))]
    backgrounds = choices("background")[1:]
    for background, years, target, reason, answered in itertools.product(
        backgrounds, boundary_years(kb), choices("target_track"), choices("target_reason"), yes_no
    ):
        case = {"background": background, "years_experience": years, "target_track": target}
        case = {**case, "target_reason": reason, **answered}
        yield {name: value for name, value in case.items() if value is not None}


def with_the_rest(kb, space, seed):
    """Each case with skills, goal and the other answers drawn at random, or left out."""
    chance = random.Random(seed)  # noqa: S311 - the same cases in every run
    skills = sorted(kb.facts.skills)
    for known in space:
        rest = {
            "skills": frozenset(chance.sample(skills, chance.choice([0, 1, 5, 15, len(skills)]))),
            "salary_goal": chance.choice([0, 60_000, 150_000, 250_000, 5_000_000]),
            "salary_basis": chance.choice(["base", "total"]),
            "math_comfort": chance.choice(["low", "some", "strong"]),
            "portfolio": chance.choice(["none", "notebooks", "deployed"]),
        }
        yield known | {name: value for name, value in rest.items() if chance.random() < 0.7}


def sampled(kb, count):
    space = list(answer_space(kb))
    return list(with_the_rest(kb, random.Random(count).sample(space, count), count))  # noqa: S311 - as above


def of_each_background(kb, count):
    """So many cases of each background, drawn from the answer space; the same in every run."""
    chance = random.Random(count)  # noqa: S311 - as above
    space = sorted(answer_space(kb), key=lambda known: known["background"])
    people = [
        one
        for _, known in itertools.groupby(space, key=lambda known: known["background"])
        for one in chance.sample(list(known), count)
    ]
    return list(with_the_rest(kb, people, count))
