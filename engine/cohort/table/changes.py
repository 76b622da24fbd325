# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# (ibis types its columns too loosely)
"""What can differ between the advice of two knowledge bases for one person, as numbers in columns.

People with the same numbers differ in the same words, so that one of them is enough to find the words. What counts here
is what `differences.Judge` looks at, but for the order in which to learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

import ibis

from trackfit.engine.cohort.table.coding import Coding
from trackfit.engine.cohort.table.gaps import Column
from trackfit.engine.cohort.table.outcomes import WORD, Basis, Outcomes, RankingColumns, mask_of
from trackfit.engine.cohort.table.reader import TableReader
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import SEVERITIES
from trackfit.engine.language.model import Warn, conclusion_of
from trackfit.engine.workshop.diff.differences import changed_rules, months, told_by

READ, WRONG, CLASH = range(3)
"""What became of a row on one side: it was read, it could not be, or rules contradict each other on it."""
FIRED, GIVEN, GAP, CARRIED = "fired", "given", "gap", "carried"
MANY = 1 << 30
"""More than there are tracks, grounds or severities."""


class Traits:
    """The columns of two sides, laid out alike, and what of them differs."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
        self.sides = (old, new)
        self.codings = (Coding(old, new), Coding(new, old))
        self.made = (Outcomes(old), Outcomes(new))
        rules = {rule.key: rule for kb in self.sides for rule in kb.program.rules}
        self.rules = sorted(rules)
        self.given = sorted({id_ for kb in self.sides for rule in kb.program.rules if (id_ := told_by(rule))})
        self.tracks = sorted({track for kb in self.sides for track in kb.facts.tracks})
        self.shared = [track for track in self.tracks if all(track in kb.facts.tracks for kb in self.sides)]
        self.grounds = sorted(
            {
                _ground(kb, basis)
                for kb, made in zip(self.sides, self.made, strict=True)
                for basis in made.every_basis
            }
        )
        self.graded = self._graded()
        self.edited = changed_rules(old, new)

    def _graded(self) -> list[str]:
        """The warnings that are given in different severities."""
        found: dict[str, set[str]] = {}
        for kb in self.sides:
            for rule in kb.program.rules:
                if isinstance(rule.then, Warn):
                    found.setdefault(rule.then.warning, set()).add(rule.then.severity)
        return sorted(warning for warning, severities in found.items() if len(severities) > 1)

    # One side

    def of(self, side: int, cases: ibis.Table, as_of: str) -> ibis.Table:
        """The columns of one side (0 or 1) for its coded cases: `row`, `id`, `state`, and numbers."""
        kb, made = self.sides[side], self.made[side]
        reader = TableReader(self.codings[side], cases, as_of, every_rule=True)
        clash = reader.clash()
        fires = reader.add({rule.key: reader.match(rule.when) for rule in kb.program.rules})
        ranking = made.rank(reader)
        (first,) = reader.add({"first": ranking.first(reader.table)}).values()
        table = reader.table
        no = ibis.literal(False)
        found: dict[str, Column] = {"state": ibis.cases((table.wrong, WRONG), (clash, CLASH), else_=READ)}
        found |= _masks(FIRED, [table[fires[key]] if key in fires else no for key in self.rules])
        givers: dict[str | None, list[Column]] = {}
        for rule in kb.program.rules:
            givers.setdefault(told_by(rule), []).append(table[fires[rule.key]])
        found |= _masks(GIVEN, [reduce(or_, givers.get(id_, []), no) for id_ in self.given])
        for number, warning in enumerate(self.graded):
            found[f"grade_{number}"] = self._grade(kb, table, fires, warning)
        places = [(one.number, 1 + self.tracks.index(one.track)) for one in made.every_basis]
        found["first"] = table[first].cases(*places, else_=0)
        for number, track in enumerate(self.shared):
            found |= self._on_the_way(reader, ranking, side, number, made.bases[track])
        return table.select("row", "id", **found)

    def _grade(self, kb: KnowledgeBase, table: ibis.Table, fires: dict[str, str], warning: str) -> Column:
        """The severity of a warning: 1 is the gravest, 0 is not given."""
        branches = []
        for place, severity in enumerate(SEVERITIES, 1):
            givers = [
                table[fires[rule.key]]
                for rule in kb.program.rules
                if isinstance(rule.then, Warn)
                and (rule.then.warning, rule.then.severity) == (warning, severity)
            ]
            branches.append((reduce(or_, givers, ibis.literal(False)), place))
        return ibis.cases(*branches, else_=0)

    def _on_the_way(
        self, reader: TableReader, ranking: RankingColumns, side: int, number: int, bases: Sequence[Basis]
    ) -> dict[str, Column]:
        """On what grounds a track is recommended (0 is not), what is missing, and what is carried over."""
        table, kb = reader.table, self.sides[side]
        track = bases[0].track
        basis = table[ranking.bases[track]]
        grounds = [(one.number, 1 + self.grounds.index(_ground(kb, one))) for one in bases]
        found = {
            f"ground_{number}": ibis.ifelse(
                table[ranking.recommended[track]], basis.cases(*grounds, else_=0), 0
            )
        }
        for place, missing in enumerate(reader.gaps.missing(track)):
            carried = [(one.number, self._carried(reader, one, place)) for one in bases]
            found[f"{GAP}_{number}_{place}"] = missing
            found[f"{CARRIED}_{number}_{place}"] = basis.cases(*carried, else_=0)
        return found

    @staticmethod
    def _carried(reader: TableReader, basis: Basis, place: int) -> Column:
        """By a route what its source says, else what is held."""
        if basis.route is None:
            held = reader.holds(reader.kb.ways.lists[basis.track])
            return held[place] if held else ibis.literal(0, "int64")
        return ibis.literal(reader.coding.skills.masks(basis.route.carries_over)[place], "int64")

    # Both

    def differing(self, old: ibis.Table, new: ibis.Table) -> ibis.Table:
        """The rows on which the sides differ, or that one of them cannot read: `row`, `id`, and numbers."""
        both = _prefixed(old, "old_").join(_prefixed(new, "new_"), "row")
        read = (both.old_state == READ) & (both.new_state == READ)
        found: dict[str, Column] = {"states": both.old_state * 3 + both.new_state}

        def one_sided(name: str, when: Column) -> None:
            """The bits that are set on one side only."""
            was, now = both[f"old_{name}"], both[f"new_{name}"]
            found[f"lost_{name}"] = ibis.ifelse(when, was & ~now, 0)
            found[f"got_{name}"] = ibis.ifelse(when, now & ~was, 0)

        def pair(name: str, when: Column) -> None:
            """Two numbers, neither of them 0, where they differ."""
            was, now = both[f"old_{name}"], both[f"new_{name}"]
            differ = when & (was != 0) & (now != 0) & (was != now)
            found[name] = ibis.ifelse(differ, was.cast("int64") * MANY + now, 0)

        for name in _named(old, f"{FIRED}_", f"{GIVEN}_"):
            one_sided(name, read)
        pair("first", read)
        for number, _ in enumerate(self.shared):
            pair(f"ground_{number}", read)
            some = read & (both[f"old_ground_{number}"] != 0) & (both[f"new_ground_{number}"] != 0)
            for name in _named(old, f"{GAP}_{number}_", f"{CARRIED}_{number}_"):
                one_sided(name, some)
        for number, warning in enumerate(self.graded):
            pair(f"grade_{number}", read)
            graded = (found[f"grade_{number}"] != 0,) * 2
            self._fired_among(found, both, self._graders(warning), f"graders_{number}", graded)
        clashing = tuple(
            (both[f"{side}_state"] == CLASH) & (both[f"{other}_state"] == READ)
            for side, other in (("old", "new"), ("new", "old"))
        )
        self._fired_among(found, both, self._single_valued(), "clashing", clashing)
        same = [column == 0 for name, column in found.items() if name != "states"]
        differs = (found["states"] != READ) | ~reduce(lambda one, other: one & other, same)
        return both.filter(differs).select("row", id=both.new_id, **found)

    def _graders(self, warning: str) -> set[str]:
        """The edited rules that give a warning its severity."""
        return {
            rule.key
            for kb in self.sides
            for rule in kb.program.rules
            if isinstance(rule.then, Warn) and rule.then.warning == warning and rule.rule in self.edited
        }

    def _single_valued(self) -> set[str]:
        """The rules that give an attribute its value of which there may be one only."""
        return {
            rule.key
            for kb in self.sides
            for rule in kb.program.rules
            if (conclusion_of(rule.then) or ("",))[0] in kb.single_valued
        }

    def _fired_among(
        self,
        found: dict[str, Column],
        both: ibis.Table,
        keys: set[str],
        name: str,
        when: Sequence[Column],
    ) -> None:
        """Which of some rules fired on either side."""
        for place in range(0, len(self.rules), WORD):
            mask = sum(1 << bit for bit, key in enumerate(self.rules[place : place + WORD]) if key in keys)
            for side, counts in zip(("old", "new"), when, strict=True) if mask else ():
                column = both[f"{side}_{FIRED}_{place // WORD}"]
                found[f"{side}_{name}_{place // WORD}"] = ibis.ifelse(counts, column & mask, 0)


def _ground(kb: KnowledgeBase, basis: Basis) -> tuple[str, str]:
    return basis.name, months(kb, basis.route.timeline if basis.route else None)


def _masks(name: str, truths: Sequence[Column]) -> dict[str, Column]:
    return {
        f"{name}_{place // WORD}": mask_of(truths[place : place + WORD])
        for place in range(0, len(truths), WORD)
    }


def _named(table: ibis.Table, *beginnings: str) -> list[str]:
    return [name for name in table.columns if name.startswith(beginnings)]


def _prefixed(table: ibis.Table, prefix: str) -> ibis.Table:
    """The table with a word before the name of each column but `row`."""
    return table.rename({f"{prefix}{name}": name for name in table.columns if name != "row"})
