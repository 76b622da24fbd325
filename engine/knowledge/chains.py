"""Which conclusions rest on which others, and the longest chain of them.

An atom is one value that rules may conclude for one attribute. Atoms that need each other, round in a circle, are one
group; the groups are in order, each after those it needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from trackfit.engine.language.conditions import Condition, leaves
from trackfit.engine.language.model import GroundRule, conclusion_of

Atom = tuple[str, str | bool]
"""A concluded attribute and one value that it may be given."""


def by_attribute(atoms: Iterable[Atom]) -> dict[str, list[Atom]]:
    """The atoms of each attribute."""
    found: dict[str, list[Atom]] = defaultdict(list)
    for atom in atoms:
        found[atom[0]].append(atom)
    return found


def looked_at(condition: Condition, atoms: Mapping[str, Collection[Atom]]) -> Iterator[Atom]:
    """Those of some atoms, given by attribute, at which a condition looks."""
    for leaf in leaves(condition):
        for atom in atoms.get(leaf.attribute, ()):
            if leaf.operator == "known" or atom[1] in leaf.operands:
                yield atom


def givers_of(rules: Iterable[GroundRule]) -> dict[Atom, list[GroundRule]]:
    """The rules that give each atom."""
    found: dict[Atom, list[GroundRule]] = defaultdict(list)
    for rule in rules:
        if (atom := conclusion_of(rule.then)) is not None:
            found[atom].append(rule)
    return found


def needs_of(givers: Mapping[Atom, Iterable[GroundRule]]) -> dict[Atom, set[Atom]]:
    """For each atom those others that the rules that give it look at."""
    atoms = by_attribute(givers)
    return {
        atom: {need for rule in rules for need in looked_at(rule.when, atoms)}
        for atom, rules in givers.items()
    }


def groups(needs: Mapping[Atom, Collection[Atom]]) -> list[list[Atom]]:
    """The atoms in groups that need each other, each group after those it needs.

    Tarjan's strongly connected components (1972), with a stack of its own in place of recursion.
    """
    found: list[list[Atom]] = []
    number: dict[Atom, int] = {}
    lowest: dict[Atom, int] = {}
    open_atoms: list[Atom] = []
    still_open: set[Atom] = set()
    for root in needs:
        walk = [] if root in number else [(root, iter(needs[root]))]
        while walk:
            atom, rest = walk[-1]
            if atom not in number:
                number[atom] = lowest[atom] = len(number)
                open_atoms.append(atom)
                still_open.add(atom)
            for need in rest:
                if need not in number:
                    walk.append((need, iter(needs[need])))
                    break
                if need in still_open:
                    lowest[atom] = min(lowest[atom], number[need])
            else:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    lowest[above] = min(lowest[above], lowest[atom])
                if lowest[atom] == number[atom]:
                    group = [open_atoms.pop()]
                    while group[-1] != atom:
                        group.append(open_atoms.pop())
                    still_open.difference_update(group)
                    found.append(group)
    return found


def longest_chain(rules: Iterable[GroundRule]) -> list[Atom]:
    """The most conclusions that may follow one from the other, first to last.

    Of those that need each other all count: each may wait for the one before.
    """
    needs = needs_of(givers_of(rules))
    length: dict[Atom, int] = {}
    before: dict[Atom, Atom | None] = {}
    chain: dict[Atom, list[Atom]] = {}
    for group in groups(needs):
        below = {need for atom in group for need in needs[atom]} - set(group)
        last = max(sorted(below, key=str), key=lambda atom: length[atom], default=None)
        for atom in group:
            length[atom] = len(group) + (length[last] if last else 0)
            before[atom] = last
            chain[atom] = group
    path: list[Atom] = []
    step = max(sorted(length, key=str), key=lambda atom: length[atom], default=None)
    while step is not None:
        path = [*sorted(chain[step], key=str), *path]
        step = before[step]
    return path
