"""A case: one person's answers, each read by the same code wherever it was typed."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from trackfit.engine.model import Attribute, Facts, Value
from trackfit.engine.problem import Location, Problem, Severity, did_you_mean
from trackfit.engine.source import Node
from trackfit.engine.vocabulary import SkillIndex, fold, split_skills

MAX_TEXT = 20_000
MAX_SKILLS = 500
_MONEY = re.compile(r"(?:US)?\$?\s*([0-9][0-9,_ ]*(?:\.[0-9]+)?)\s*([kKmM]?)(?:\s*(?:USD|usd|dollars))?")
_YES, _NO = ("yes", "y", "true"), ("no", "n", "false")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Answers by attribute; an attribute that is not there is unknown.

    `unmatched` keeps the skills that the vocabulary does not know, as they were typed.
    """

    answers: dict[str, Value]
    unmatched: tuple[str, ...] = ()

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


class Wrong(Exception):
    """One answer that cannot be read; `id` and `suggestion` as in a `Problem`."""

    def __init__(self, id_: str, text: str, suggestion: str | None = None) -> None:
        self.id, self.text, self.suggestion = id_, text, suggestion
        super().__init__(text)


class SkillsRead(msgspec.Struct, frozen=True):
    """A set of skills as read: those known, and those kept as typed with their nearest names."""

    ids: frozenset[str]
    unmatched: tuple[str, ...]


class CaseReader:
    """Reads answers against the declared attributes of one knowledge base."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.attributes = {row.id: row for row in facts.attributes.values() if row.origin == "asked"}
        self.index = SkillIndex(facts)

    def read(self, root: Node, *, unfinished: bool = False) -> tuple[Case | None, list[Problem]]:
        """A case from a parsed answers file; None where there is an error among the problems.

        An `unfinished` case may lack what is required.
        """
        problems: list[Problem] = []
        if not isinstance(root.value, dict):
            text = "an answers file is a mapping, such as `background: data_engineer`"
            return None, [Problem(where=root.where, id="wrong-type", text=text)]
        answers: dict[str, Value] = {}
        unmatched: tuple[str, ...] = ()
        for key, node in root.value.items():
            attribute = self.attributes.get(key)
            if attribute is None:
                hint, nearest = did_you_mean(key, self.attributes)
                problems.append(
                    Problem(
                        where=root.keys[key],
                        id="unknown-key",
                        text=f"there is no answer called {key!r}{hint}",
                        suggestion=nearest,
                    )
                )
            elif node.value is None:
                continue
            elif attribute.type == "set":
                answers[key], unmatched = self._set(attribute, node, problems)
            else:
                try:
                    raw = node.text if attribute.type == "text" and node.text else node.plain()
                    answers[key] = self.value(attribute, raw)
                except Wrong as wrong:
                    problems.append(_at(node.where, wrong))
        if not unfinished:
            problems.extend(self._missing(root))
        if any(problem.severity == "error" for problem in problems):
            return None, problems
        return self.case(answers, unmatched), problems

    def _missing(self, root: Node) -> Iterator[Problem]:
        """What is required and not there, or has no value."""
        for attribute in self.attributes.values():
            if attribute.question is None or not attribute.question.required:
                continue
            if attribute.id not in root.value:
                hint = ", ".join(choice.id for choice in attribute.choices)
                text = f"{attribute.id!r} is missing; add it, as one of: {hint}"
                yield Problem(where=root.where, id="missing-key", text=text)
            elif root.value[attribute.id].value is None:
                where = root.keys[attribute.id]
                yield Problem(where=where, id="missing-key", text=f"{attribute.id!r} has no value; give one")

    def case(self, answers: dict[str, Value], unmatched: tuple[str, ...] = ()) -> Case:
        """A case with the declared defaults filled in, sorted by attribute."""
        full = dict(answers)
        for attribute in self.attributes.values():
            if attribute.default is not None and attribute.id not in full and attribute.default_with in full:
                full[attribute.id] = attribute.default
        return Case(answers=dict(sorted(full.items())), unmatched=tuple(sorted(set(unmatched))))

    def value(self, attribute: Attribute, raw: Any) -> Value:
        """One answer of a type other than set. Raises `Wrong`.

        `raw` is a plain YAML value or a line of typed text.
        """
        if isinstance(raw, list | dict):
            raise Wrong("wrong-type", f"{attribute.id!r} is one value, not {_kind(raw)}")
        match attribute.type:
            case "choice":
                return self._choice(attribute, raw)
            case "yes_no":
                return _yes_no(attribute, raw)
            case "whole_number":
                return _in_range(attribute, _whole_number(attribute, raw), raw)
            case "money":
                return _in_range(attribute, _money(attribute, raw), raw)
            case _:
                return _text(attribute, raw)

    def skills(self, attribute: Attribute, texts: list[str]) -> tuple[SkillsRead, list[Wrong]]:
        """Typed texts as elements of a set attribute; ambiguous and unknown ones as faults, in order.

        An unknown text is not lost: it is among `unmatched`, and its fault has the id `unknown-skill`.
        """
        ids: set[str] = set()
        unmatched: list[str] = []
        faults: list[Wrong] = []
        for text in texts:
            found = self._match(attribute, text)
            if len(found) == 1:
                ids.add(found[0])
            elif found:
                names = " or ".join(self.facts.skills[one].name for one in found)
                faults.append(
                    Wrong("ambiguous-skill", f"{text!r} may mean {names}; write {' or '.join(found)}")
                )
            else:
                hint, nearest = did_you_mean(text, self.index.spellings())
                known = f"{attribute.id!r} knows no {_short(text)}{hint}"
                faults.append(
                    Wrong("unknown-skill", f"{known} (kept in the report, counted nowhere)", nearest)
                )
                unmatched.append(text)
        return SkillsRead(frozenset(ids), tuple(unmatched)), faults

    def _match(self, attribute: Attribute, text: str) -> tuple[str, ...]:
        if attribute.id == "skills":
            return self.index.match(text).ids
        folded = fold(text)
        return tuple(one.id for one in attribute.choices if folded in (fold(one.id), fold(one.name)))

    def _set(
        self, attribute: Attribute, node: Node, problems: list[Problem]
    ) -> tuple[frozenset[str], tuple[str, ...]]:
        pieces: list[tuple[Any, Location]]
        if isinstance(node.value, str):
            pieces = [(part, node.where) for part in split_skills(node.value)]
        elif isinstance(node.value, list):
            pieces = [(one.value, one.where) for one in node.value if one.value is not None]
        else:
            text = f"{attribute.id!r} is a list, as in [python, sql], not {_kind(node.value)}"
            problems.append(Problem(where=node.where, id="wrong-type", text=text))
            return frozenset(), ()
        if len(pieces) > MAX_SKILLS:
            text = f"{attribute.id!r} has {len(pieces):,} entries; at most {MAX_SKILLS} are read, name the main ones"
            problems.append(Problem(where=node.where, id="too-many-values", text=text))
            return frozenset(), ()
        ids: set[str] = set()
        unmatched: list[str] = []
        for piece, where in pieces:
            if not (isinstance(piece, str) and 0 < len(piece.strip()) <= MAX_TEXT):
                text = f"an entry of {attribute.id!r} is a short text, not {_kind(piece)}"
                problems.append(Problem(where=where, id="wrong-type", text=text))
                continue
            read, faults = self.skills(attribute, [piece.strip()])
            ids |= read.ids
            unmatched.extend(read.unmatched)
            problems.extend(_at(where, fault) for fault in faults)
        return frozenset(ids), tuple(unmatched)

    def _choice(self, attribute: Attribute, raw: Any) -> str:
        folded = fold(str(raw))
        for choice in attribute.choices:
            if folded in (fold(choice.id), fold(choice.name)):
                return choice.id
        hint, nearest = did_you_mean(str(raw), [choice.id for choice in attribute.choices])
        raise Wrong("unknown-value", f"{attribute.id!r} is never {_short(raw)}{hint}", nearest)


def _at(where: Location, wrong: Wrong) -> Problem:
    severity: Severity = "warning" if wrong.id == "unknown-skill" else "error"
    return Problem(where=where, id=wrong.id, text=wrong.text, severity=severity, suggestion=wrong.suggestion)


def _yes_no(attribute: Attribute, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise Wrong("unknown-value", f"{attribute.id!r} is yes or no, not {_short(raw)}")


def _whole_number(attribute: Attribute, raw: Any) -> int:
    if isinstance(raw, str) and re.fullmatch(r"\s*[-+]?[0-9]{1,9}\s*", raw):
        return int(raw)
    if isinstance(raw, float) and math.isfinite(raw) and raw.is_integer():
        return int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise Wrong("wrong-type", f"{attribute.id!r} is a whole number, such as 7, not {_short(raw)}")


def _money(attribute: Attribute, raw: Any) -> int:
    if isinstance(raw, str) and (match := _MONEY.fullmatch(raw.strip())):
        number = float(re.sub(r"[,_ ]", "", match[1]))
        raw = number * {"": 1, "k": 1_000, "m": 1_000_000}[match[2].lower()]
    if isinstance(raw, float) and math.isfinite(raw):
        return round(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise Wrong(
        "wrong-type", f"{attribute.id!r} is US dollars a year, such as 180000 or 180k, not {_short(raw)}"
    )


def _in_range(attribute: Attribute, value: int, raw: Any) -> int:
    assert attribute.range is not None
    low, high = attribute.range
    if not low <= value <= high:
        raise Wrong("out-of-range", f"{attribute.id!r} is from {low:,} to {high:,}, not {_short(raw)}")
    return value


def _text(attribute: Attribute, raw: Any) -> str:
    text = raw if isinstance(raw, str) else str(raw)
    if len(text) > MAX_TEXT:
        raise Wrong(
            "text-too-long", f"{attribute.id!r} has {len(text):,} characters; at most {MAX_TEXT:,} are read"
        )
    return text


def _kind(raw: Any) -> str:
    if isinstance(raw, list):
        return "a list"
    if isinstance(raw, dict):
        return "a mapping"
    return _short(raw)


def _short(raw: Any) -> str:
    if isinstance(raw, bool):
        raw = "yes" if raw else "no"
    text = repr(raw)
    return text if len(text) <= 40 else f"{text[:37]}…"
