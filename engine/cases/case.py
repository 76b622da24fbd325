"""A case: one person's answers, each read by the same code wherever it was typed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from trackfit.engine.cases import values
from trackfit.engine.cases.money import Amount, MoneyReader
from trackfit.engine.cases.titles import TitleRules
from trackfit.engine.cases.typed_skills import Heard, read_entry
from trackfit.engine.cases.values import MAX_TEXT, Wrong
from trackfit.engine.documents.node import Node
from trackfit.engine.language.facts import USUAL_CURRENCY
from trackfit.engine.language.formats import listing
from trackfit.engine.language.measures import GAP_ANSWERS
from trackfit.engine.language.model import Attribute, Facts, Value
from trackfit.engine.language.vocabulary import (
    NO_VALUES,
    NOTHING,
    SkillIndex,
    SkillMatch,
    fold,
    split_skills,
    without_accents,
)
from trackfit.engine.problems.problem import Location, Problem, Severity, did_you_mean, quoted
from trackfit.engine.problems.problems import Problems, has_errors

MAX_SKILLS = 500
MANY_UNKNOWN = 5
"""More unknown skills of one person are told in one line, which names so many of them."""
BACKGROUND, SKILLS, DENIED = GAP_ANSWERS
OTHER = "other"
"""The background of those whose titles tell none, where the knowledge base has one of that id."""
WARNINGS = frozenset({"unknown-skill", "skill-not-counted", "read-as"})
"""Faults of an answer that leave it usable."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Answers by attribute; an attribute that is not there is unknown.

    `unmatched` keeps the skills that the vocabulary does not know, as they were typed; `defaulted` names the
    answers that were not given but filled in by a declared default.
    """

    answers: dict[str, Value]
    unmatched: tuple[str, ...] = ()
    defaulted: frozenset[str] = frozenset()

    @property
    def currency(self) -> str:
        """The id of the currency that its sums are in."""
        return str(self.answers.get("salary_currency", USUAL_CURRENCY))

    def plain(self) -> dict[str, Any]:
        """The normalised answers as JSON-ready values, sorted by key; sets become sorted lists."""
        found: dict[str, Any] = {
            key: sorted(value) if isinstance(value, frozenset) else value
            for key, value in self.answers.items()
        }
        if self.unmatched:
            found["skills"] = sorted([*found.get("skills", []), *self.unmatched])
        return dict(sorted(found.items()))

    def digest(self) -> str:
        """`sha256:` and the hash of the normalised answers."""
        return "sha256:" + hashlib.sha256(msgspec.json.encode(self.plain())).hexdigest()


class SkillsRead(msgspec.Struct, frozen=True):
    """A set of skills as read: those known, and those kept as typed with their nearest names."""

    ids: frozenset[str]
    unmatched: tuple[str, ...]


class CaseReader:
    """Reads answers against the declared attributes of one knowledge base; `folded` is as for `SkillIndex`."""

    def __init__(self, facts: Facts, folded: str | None = None) -> None:
        self.facts = facts
        self.attributes = {row.id: row for row in facts.attributes.values() if row.origin == "asked"}
        self.index = SkillIndex(facts, folded)
        self.money = MoneyReader(facts.currencies)
        self._folded: dict[str, dict[str, str]] = {}
        self._answer_words = {
            without_accents(word): row.yes for row in facts.answer_words.values() for word in row.words
        }
        self.said_in = {row.said_in: row.id for row in self.attributes.values() if row.said_in}
        """What is said in the text of an answer, by that answer."""

    @cached_property
    def titles(self) -> TitleRules:
        """What job titles tell."""
        return TitleRules(self.facts)

    def read(self, root: Node, *, unfinished: bool = False) -> tuple[Case | None, list[Problem]]:
        """A case from a parsed answers file; None where there is an error among the problems.

        An `unfinished` case may lack what is required, and keeps skills that are not clear among the unmatched.
        """
        problems = Problems()
        if not isinstance(root.value, dict):
            text = "an answers file has lines such as `background: data_engineer`; this one begins otherwise"
            return None, [Problem(where=root.where, id="wrong-type", text=text)]
        answers: dict[str, Value] = {}
        unmatched: tuple[str, ...] = ()
        for key, node in root.value.items():
            attribute = self.attributes.get(key)
            if attribute is None:
                hint, nearest = did_you_mean(key, self.attributes)
                problems.add(
                    root.keys[key],
                    "unknown-key",
                    f"there is no answer called {quoted(key)}{hint}",
                    suggestion=nearest,
                )
            elif values.is_blank(attribute, node.value):
                continue
            elif attribute.type == "set":
                answers[key], kept = self._set(attribute, node, problems, unfinished=unfinished)
                unmatched += kept
            else:
                try:
                    answers[key] = self.value(attribute, _as_written(attribute, node))
                except Wrong as wrong:
                    problems.append(_at(node.where, wrong))
                else:
                    problems.extend(_at(node.where, note) for note in self.made_of(attribute, node.value))
        problems.extend(self._said_twice(root, answers))
        if not unfinished:
            problems.extend(self._missing(root))
        if has_errors(problems):
            return None, problems
        return self.case(answers, unmatched), problems

    def _said_twice(self, root: Node, answers: Mapping[str, Value]) -> Iterator[Problem]:
        """A currency that is not that of the sum it is for."""
        for name, said in self.said_in.items():
            amount = answers.get(name)
            named = amount.currency if isinstance(amount, Amount) else None
            if named is not None and answers.get(said, named) != named:
                text = f"{said!r} is {answers[said]}, but {name!r} names {named}; take one of the two out"
                yield Problem(where=root.value[said].where, id="wrong-shape", text=text)

    def _missing(self, root: Node) -> Iterator[Problem]:
        """What is required and not there, or has no value."""
        for attribute in self.attributes.values():
            if attribute.question is None or not attribute.question.required:
                continue
            node = root.value.get(attribute.id)
            if node is None or values.is_blank(attribute, node.value):
                where = root.where if node is None else root.keys[attribute.id]
                wrong = "is missing" if node is None else "has no value"
                text = f"{attribute.id!r} {wrong}; give it one{_of(attribute)}"
                yield Problem(where=where, id="missing-key", text=text)

    def case(self, answers: dict[str, Value], unmatched: tuple[str, ...] = ()) -> Case:
        """A case with the declared defaults filled in, sorted by attribute."""
        full = dict(answers)
        for name, value in answers.items():
            if isinstance(value, Amount):
                full[name] = int(value)
                if value.currency is not None and name in self.said_in:
                    full[self.said_in[name]] = value.currency
        defaulted: set[str] = set()
        for attribute in self.attributes.values():
            default = attribute.default_for(full)
            if default is not None and attribute.id not in full and attribute.default_with in full:
                full[attribute.id] = default
                defaulted.add(attribute.id)
        return Case(
            answers=dict(sorted(full.items())),
            unmatched=tuple(sorted(set(unmatched))),
            defaulted=frozenset(defaulted),
        )

    def value(self, attribute: Attribute, raw: Any) -> Value:
        """One answer of a type other than set. Raises `Wrong`.

        `raw` is a plain YAML value or a line of typed text.
        """
        if isinstance(raw, list | dict):
            raise Wrong("wrong-type", f"must be one value, not {values.kind(raw)}", about=attribute.id)
        if isinstance(raw, str):
            raw = _clean(raw)
        match attribute.type:
            case "choice":
                return self._choice(attribute, raw)
            case "yes_no":
                return values.yes_no(attribute, raw, self._answer_words)
            case "whole_number":
                return values.whole_number(attribute, raw)
            case "money":
                return values.money(attribute, raw, self.money)
            case _:
                return values.text(attribute, raw)

    def can_be(self, attribute: Attribute, raw: Any) -> bool:
        """Whether something is a valid answer."""
        try:
            self.value(attribute, raw)
        except Wrong:
            return False
        return True

    def nothing(self, attribute: Attribute) -> tuple[str, ...]:
        """The words that say that a set is empty: those that name none of its choices."""
        named = () if attribute.id == SKILLS else self._folded_choices(attribute)
        return tuple(word for word in NOTHING if word not in named)

    def entries(self, attribute: Attribute, text: str) -> list[str]:
        """The entries of a set in one text."""
        return split_skills(text, self.nothing(attribute))

    def skills(self, attribute: Attribute, texts: list[str]) -> tuple[SkillsRead, list[Wrong]]:
        """Typed texts as elements of a set attribute; ambiguous and unknown ones as faults, in order.

        An unknown skill is not lost: it is among `unmatched`, and its fault has the id `unknown-skill`.
        """
        if attribute.id not in (SKILLS, DENIED):
            return self._elements(attribute, texts)
        ids: set[str] = set()
        unmatched: list[str] = []
        faults: list[Wrong] = []
        for entry in (read_entry(self.index, _clean(text)) for text in texts):
            ids.update(entry.ids)
            faults.extend(self._unclear(one) for one in entry.unclear)
            if attribute.id == DENIED:
                ids.update(id_ for heard in entry.heard for id_ in heard.ids)
            else:
                unmatched.extend((*(one.text for one in entry.heard), *entry.unknown))
                faults.extend(self._not_counted(one) for one in entry.heard)
            faults.extend(self._unknown(attribute, one) for one in entry.unknown)
        return SkillsRead(frozenset(ids), tuple(unmatched)), faults

    def _elements(self, attribute: Attribute, texts: list[str]) -> tuple[SkillsRead, list[Wrong]]:
        """Typed texts as elements of another set; a choice called "none" is one like any other.

        Denied skills may be written as skills are.
        """
        folded = self._folded_choices(attribute)
        found = {text: folded.get(fold(text)) or self._denied(attribute, text) for text in map(_clean, texts)}
        faults = [
            self._no_choice(attribute, text)
            for text, id_ in found.items()
            if id_ is None and fold(text) not in NO_VALUES
        ]
        return SkillsRead(frozenset(id_ for id_ in found.values() if id_), ()), faults

    def _folded_choices(self, attribute: Attribute) -> dict[str, str]:
        """The ids of a set's choices by what they are called, folded; an id is its own, whatever others are called."""
        found = self._folded.get(attribute.id)
        if found is None:
            choices = attribute.choices
            found = {fold(one.name): one.id for one in choices} | {fold(one.id): one.id for one in choices}
            self._folded[attribute.id] = found
        return found

    def _denied(self, attribute: Attribute, text: str) -> str | None:
        ids = self.index.match(text).ids if attribute.id == DENIED else ()
        return ids[0] if len(ids) == 1 else None

    def _unclear(self, match: SkillMatch) -> Wrong:
        names = " or ".join(self.facts.skills[one].name for one in match.ids)
        says = f"may mean {names}; write {' or '.join(match.ids)}"
        return Wrong("ambiguous-skill", says, about=match.text)

    def _not_counted(self, heard: Heard) -> Wrong:
        names = listing([self.facts.skills[one].name for one in heard.ids], "and")
        tells = {
            "denied": f"says that you do not have {names}",
            "wished": f"says that {names} is still to be learned",
            "slight": f"says that you know {names} only a little",
        }[heard.manner]
        write = (
            f"; write {', '.join(heard.ids)} if you could use it next week"
            if heard.manner == "slight"
            else ""
        )
        says = f"has {quoted(heard.text)}, which {tells} (shown in the report, counted nowhere){write}"
        return Wrong("skill-not-counted", says, about=SKILLS)

    def _unknown(self, attribute: Attribute, text: str) -> Wrong:
        what_becomes_of_it = "shown in the report, counted nowhere" if attribute.id == SKILLS else "left out"
        says = f"knows no {quoted(text)} ({what_becomes_of_it})"
        words = text.split()
        if len(words) > 1 and all(self.index.match(word).ids for word in words):
            return Wrong("unknown-skill", f"{says}; put a comma between two skills", about=attribute.id)
        near = self.index.nearest(text)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        typed = "" if near else text
        return Wrong("unknown-skill", says + hint, near[0] if near else None, about=attribute.id, typed=typed)

    def _pieces(
        self, attribute: Attribute, nodes: Iterable[Node], problems: Problems
    ) -> Iterator[tuple[str, Location]]:
        """What stands in the texts of a set, one after the other; what is no short text is told."""
        for node in nodes:
            if isinstance(node.value, str) and len(node.value) <= MAX_TEXT:
                for part in self.entries(attribute, node.value):
                    yield part, node.where
            elif node.value is not None:
                text = f"an entry of {attribute.id!r} must be a short text, not {values.kind(node.value)}"
                problems.add(node.where, "wrong-type", text)

    def _set(
        self, attribute: Attribute, node: Node, problems: Problems, *, unfinished: bool
    ) -> tuple[frozenset[str], tuple[str, ...]]:
        entries = node.value if isinstance(node.value, list) else [node]
        if isinstance(node.value, dict) or (entries == [node] and not isinstance(node.value, str)):
            text = f"{attribute.id!r} must be a list, as in [python, sql], not {values.kind(node.value)}"
            problems.add(node.where, "wrong-type", text)
            return frozenset(), ()
        pieces = list(self._pieces(attribute, entries, problems))
        if len(pieces) > MAX_SKILLS:
            text = f"{attribute.id!r} has {len(pieces):,} entries; at most {MAX_SKILLS} are read, name the main ones"
            problems.add(node.where, "too-many-values", text)
            return frozenset(), ()
        ids: set[str] = set()
        unmatched: list[str] = []
        found: list[tuple[Location, Wrong]] = []
        for piece, where in pieces:
            read, faults = self.skills(attribute, [piece])
            ids |= read.ids
            unmatched.extend(read.unmatched)
            if unfinished and attribute.id == SKILLS:
                unmatched.extend(
                    fault.about for fault in faults if fault.id == "ambiguous-skill" and fault.about
                )
                continue
            found.extend((where, fault) for fault in faults)
        problems.extend(_in_short(attribute, node.where, found))
        return frozenset(ids), tuple(unmatched)

    def _choice(self, attribute: Attribute, raw: Any) -> str:
        found = self._folded_choices(attribute).get(fold(str(raw)))
        if found is None and (by_title := self._by_title(attribute, raw)):
            found = by_title[0]
        if found is None:
            raise self._no_choice(attribute, raw)
        return found

    def _by_title(self, attribute: Attribute, raw: Any) -> tuple[str, str] | None:
        """The background that a job title in the place of one tells, and the words of it that do."""
        if attribute.id != BACKGROUND or not isinstance(raw, str):
            return None
        found = self.titles.background(raw, OTHER)
        return found if found and any(one.id == found[0] for one in attribute.choices) else None

    def made_of(self, attribute: Attribute, raw: Any) -> list[Wrong]:
        """What is to be told of an answer that was understood by other words than those of a choice."""
        if (
            fold(str(raw)) in self._folded_choices(attribute)
            or (found := self._by_title(attribute, raw)) is None
        ):
            return []
        name = next(one.name for one in attribute.choices if one.id == found[0])
        says = (
            f"has {quoted(raw)}, which is read as {found[0]} ({name}), for {quoted(found[1])}; "
            "change it if another fits better"
        )
        return [Wrong("read-as", says, about=attribute.id)]

    def _no_choice(self, attribute: Attribute, raw: Any) -> Wrong:
        hint, nearest = did_you_mean(str(raw), [choice.id for choice in attribute.choices])
        return Wrong("unknown-value", f"cannot be {values.short(raw)}{hint}", nearest, about=attribute.id)


def _in_short(
    attribute: Attribute, where: Location, found: list[tuple[Location, Wrong]]
) -> Iterator[Problem]:
    """The faults of a set; many skills that are simply not known are told in one line, not in fifty."""
    plain = [wrong for _, wrong in found if wrong.is_plainly_unknown]
    for place, wrong in found:
        if len(plain) <= MANY_UNKNOWN or not wrong.is_plainly_unknown:
            yield _at(place, wrong)
    if len(plain) > MANY_UNKNOWN:
        named = [quoted(wrong.typed) for wrong in plain]
        more = f" and {len(named) - MANY_UNKNOWN} more" if len(named) > MANY_UNKNOWN else ""
        what_becomes_of_them = (
            "shown in the report, counted nowhere" if attribute.id == SKILLS else "left out"
        )
        says = f"knows no {', '.join(named[:MANY_UNKNOWN])}{more} ({what_becomes_of_them})"
        yield _at(where, Wrong("unknown-skill", says, about=attribute.id))


def _at(where: Location, wrong: Wrong) -> Problem:
    severity: Severity = "warning" if wrong.id in WARNINGS else "error"
    return Problem(where=where, id=wrong.id, text=wrong.text, severity=severity, suggestion=wrong.suggestion)


def _of(attribute: Attribute) -> str:
    """The choices of an attribute that has some, as the end of a sentence."""
    return f" of: {', '.join(choice.id for choice in attribute.choices)}" if attribute.choices else ""


def _as_written(attribute: Attribute, node: Node) -> Any:
    """A node's value; for a text or an amount what was written, so that 007 stays 007 and 180.000 is seen."""
    if attribute.type == "text" or (
        attribute.type == "money" and values.THOUSANDS_BY_DOTS.fullmatch(node.text)
    ):
        return node.text or node.plain()
    return node.plain()


def _clean(text: str) -> str:
    """Text without spaces around it, and without the half characters that a broken terminal may send."""
    return text.strip().encode("utf-8", "replace").decode()
