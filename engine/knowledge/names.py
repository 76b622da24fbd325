"""Names and values in rules: what each stands for, and whether it fits the attribute it is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import repeat
from typing import Any

from trackfit.engine.knowledge import guesses as meant
from trackfit.engine.knowledge.references import alias_for_id, spellings, target_of, undeclared
from trackfit.engine.knowledge.rows import YES_NO, yes_no_as_text
from trackfit.engine.knowledge.schema import RECORDS
from trackfit.engine.knowledge.written_rules import RawLeaf
from trackfit.engine.language.model import Attribute, Binding, Facts, GroundAttribute
from trackfit.engine.language.operators import Operand
from trackfit.engine.language.vocabulary import fold
from trackfit.engine.problems.problem import Location, misspelt, quoted
from trackfit.engine.problems.problems import Problems

MAX_OPERANDS = 60


class Fault(Exception):
    """A problem was noted, or had been before; give up on this part of the rule."""


def ground_attributes(facts: Facts) -> dict[str, GroundAttribute]:
    """Every attribute by the name conditions use, in order of name; one a row for those with `of`."""
    found: dict[str, GroundAttribute] = {}
    for attribute in facts.attributes.values():
        if attribute.of is None:
            found[attribute.id] = GroundAttribute(name=attribute.id, attribute=attribute.id)
            continue
        for row in getattr(facts, attribute.of):
            name = f"{attribute.id} of {row}"
            found[name] = GroundAttribute(name=name, attribute=attribute.id, row=row)
    return dict(sorted(found.items()))


class Resolver:
    """Resolves names against one set of facts, collecting problems.

    `broken` rows are there, but have faults; `spared` counts the faults not noted because they follow from those.
    """

    def __init__(self, facts: Facts, broken: Iterable[tuple[str, str]] = ()) -> None:
        self.facts = facts
        self.attributes = ground_attributes(facts)
        self.broken = frozenset(broken)
        self.problems = Problems()
        self.spared = 0

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return spellings((row.id, row.name, row.aliases) for row in self.facts.skills.values())

    def fault(self, where: Location, id_: str, text: str, suggestion: str | None = None) -> Fault:
        """Note a problem; to be raised by the caller."""
        self.problems.add(where, id_, text, suggestion=suggestion)
        return Fault()

    def misspelt(self, where: Location, id_: str, text: str, word: str, names: Iterable[str]) -> Fault:
        """Note the problem of a name that stands for nothing, with the nearest that does."""
        self.problems.append(misspelt(where, id_, text, word, names))
        return Fault()

    def undeclared(self, table: str, id_: str, where: Location) -> Fault:
        """Note that a name stands in no table, unless its row is there but faulty."""
        if (table, id_) not in self.broken:
            rows = getattr(self.facts, table)
            named = ((row.id, row.name, ()) for row in rows.values() if hasattr(row, "name"))
            known = self._aliases if table == "skills" else spellings(named)
            names = {*rows, *(id_ for where, id_ in self.broken if where == table)}
            self.problems.append(undeclared(table, id_, names, where, known))
            return Fault()
        return self.spare()

    def spare(self) -> Fault:
        """Give up without a word, because of a fault that is told elsewhere."""
        self.spared += 1
        return Fault()

    def attribute_name(self, text: str, where: Location, binding: Binding | None) -> str:
        """The ground attribute that `text` names, such as `levels of route.track`."""
        if text in self.attributes:
            return text
        family, of, row = text.partition(" of ")
        attribute = self.facts.attributes.get(family)
        if ("attributes", family) in self.broken:
            raise self.spare()
        if attribute is None:
            names = {*self.facts.attributes, *(id_ for table, id_ in self.broken if table == "attributes")}
            raise self.misspelt(
                where, "unknown-attribute", f"there is no attribute {quoted(family)}", family, names
            )
        if attribute.of is None:
            text = f"{family!r} stands alone; leave out ' of {row}'"
            raise self.fault(where, "unknown-attribute", text, family)
        if not of:
            text = f"{family!r} is one a row of {attribute.of}; write `{family} of …`"
            raise self.fault(where, "unknown-attribute", text)
        resolved = self.reference(row, where, binding)
        if resolved not in getattr(self.facts, attribute.of):
            raise self.undeclared(attribute.of, str(resolved), where)
        return f"{family} of {resolved}"

    def attribute_of(self, name: str) -> Attribute:
        """The declared attribute behind a ground name."""
        return self.facts.attributes[self.attributes[name].attribute]

    def reference(self, text: Any, where: Location, binding: Binding | None) -> Any:
        """`row.column` and `row` stand for the bound row's value, `figure.id` for the figure's number."""
        if not isinstance(text, str):
            return text
        head, dot, column = text.partition(".")
        if binding and head == binding.variable:
            return self.column(binding, column, where) if dot else binding.row
        if head == "figure" and dot:
            return self.number(column, where)
        return text

    def column(self, binding: Binding, column: str, where: Location) -> Any:
        """The bound row's value in a column; a figure's id there stands for its number."""
        value = self.raw_column(binding, column, where)
        if value is not None and target_of(binding.table, column) == "figures":
            return self.number(value, where)
        return value

    def raw_column(self, binding: Binding, column: str, where: Location) -> Any:
        """The bound row's value in a column, as the table has it."""
        columns = RECORDS[binding.table].__struct_fields__
        if column not in columns:
            text = f"{binding.table} have no column {quoted(column)}"
            raise self.misspelt(where, "unknown-column", text, column, columns)
        return getattr(getattr(self.facts, binding.table)[binding.row], column)

    def number(self, figure_id: Any, where: Location) -> int | float:
        """A figure's number."""
        figure = self.facts.figures.get(figure_id) if isinstance(figure_id, str) else None
        if figure is None:
            raise self.undeclared("figures", str(figure_id), where)
        if isinstance(figure.value, tuple):
            text = f"the figure {figure_id!r} is a range; a condition compares with one number"
            raise self.fault(where, "wrong-type", text)
        return figure.value

    def figure_of(self, operand: Any, binding: Binding | None) -> str | None:
        """The figure that an operand names, by `figure.id` or through the bound row's column."""
        if not isinstance(operand, str):
            return None
        head, _, column = operand.partition(".")
        if head == "figure":
            return column
        if binding and head == binding.variable and target_of(binding.table, column) == "figures":
            return str(getattr(getattr(self.facts, binding.table)[binding.row], column))
        return None

    def operand(
        self, raw: RawLeaf, takes: str, attribute: Attribute, binding: Binding | None
    ) -> Operand | None:
        """The typed operand; None where the row has no value in that column, so that the leaf never holds."""
        if takes == "flag":
            return self.flag(raw)
        operator, where = raw.operator, raw.operand_where
        if takes == "one":
            if isinstance(raw.operand, list | dict):
                raise self.fault(where, "wrong-type", f"`{operator}` takes one value, not a list")
            value = self.reference(raw.operand, where, binding)
            return None if value is None else self.typed(value, attribute, where)
        if isinstance(raw.operand, list):
            given = list(zip(raw.operand, raw.places or repeat(where), strict=False))
        else:
            values = self.reference(raw.operand, where, binding)
            if not isinstance(values, tuple):
                raise self.fault(where, "wrong-type", f"`{operator}` takes a list, as in [a, b]")
            given = [(one, where) for one in values]
        if takes == "range" and len(given) != 2:
            raise self.fault(where, "wrong-type", f"`{operator}` takes two numbers, [lowest, highest]")
        if not 1 <= len(given) <= MAX_OPERANDS:
            text = f"`{operator}` takes from 1 to {MAX_OPERANDS} values; this has {len(given)}"
            raise self.fault(where, "too-many-values" if given else "wrong-type", text)
        typed = self._each(given, attribute, binding)
        if takes == "range":
            if typed[0] > typed[1]:
                text = f"the range runs from {typed[0]} down to {typed[1]}; write the lower end first"
                raise self.fault(where, "bad-range", text)
            return tuple(typed)
        return tuple(sorted(set(typed)))

    def flag(self, raw: RawLeaf) -> bool:
        """The operand of `known`."""
        where = raw.operand_where
        if isinstance(raw.operand, bool):
            return raw.operand
        if str(raw.operand).lower() in YES_NO:
            self.problems.append(yes_no_as_text(where, "known", str(raw.operand)))
            raise Fault
        raise self.fault(where, "wrong-type", "`known` takes true or false")

    def _each(
        self, given: list[tuple[Any, Location]], attribute: Attribute, binding: Binding | None
    ) -> list[Any]:
        """Every value typed; a fault in one does not hide a fault in the next."""
        found = []
        for one, where in given:
            try:
                found.append(self.typed(self.reference(one, where, binding), attribute, where))
            except Fault:
                continue
        if len(found) < len(given):
            raise Fault
        return found

    def typed(self, value: Any, attribute: Attribute, where: Location) -> Any:
        """`value` as an operand for the attribute, or a fault that says what is valid."""
        if attribute.type in ("choice", "set"):
            return self._choice(value, attribute, where)
        if attribute.type == "yes_no":
            if isinstance(value, bool):
                return value
            if str(value).lower() in YES_NO:
                self.problems.append(yes_no_as_text(where, attribute.id, str(value)))
                raise Fault
            raise self.fault(where, "wrong-type", f"{attribute.id!r} is true or false, not {quoted(value)}")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._no_number(value, attribute, where)
        assert attribute.range is not None
        low, high = attribute.range
        if not low <= value <= high:
            text = f"{value} is outside the range of {attribute.id!r}, {low} to {high}"
            raise self.fault(where, "out-of-range", text)
        return value

    def _no_number(self, value: Any, attribute: Attribute, where: Location) -> Fault:
        text = f"{attribute.id!r} is compared with a whole number, not {quoted(value)}"
        better = _comparison(value)
        if better is None:
            return self.fault(where, "wrong-type", text)
        told = f"{text}; write {better}"
        self.problems.add(where, "wrong-type", told, suggestion=better, replaces=str(value))
        return Fault()

    def _choice(self, value: Any, attribute: Attribute, where: Location) -> str:
        ids = [choice.id for choice in attribute.choices]
        if value in ids:
            return str(value)
        if isinstance(value, str):
            known = spellings((choice.id, choice.name, ()) for choice in attribute.choices)
            right = known.get(fold(value)) or self._aliases.get(fold(value))
            if right in ids:
                self.problems.append(alias_for_id(value, str(right), where))
                raise Fault
        text = f"{attribute.id!r} is never {quoted(value)}"
        if isinstance(value, str) and (better := self._several(value, attribute, ids)):
            raise self.fault(where, "unknown-value", f"{text}; write {better}", better)
        raise self.misspelt(where, "unknown-value", text, str(value), ids)

    def _several(self, text: str, attribute: Attribute, ids: list[str]) -> str | None:
        """What an enumeration in words is as a list, and a `not` as an operator."""
        compared = meant.comparison(text)
        if compared and compared[1] in ids:
            return f"{{{compared[0]}: {compared[1]}}}"
        known = spellings((choice.id, choice.name, ()) for choice in attribute.choices)
        found = [known.get(fold(part)) or self._aliases.get(fold(part)) for part in meant.listed(text)]
        if len(found) < 2 or not all(one in ids for one in found):
            return None
        shown = f"[{', '.join(str(one) for one in found)}]"
        return f"{{has_any: {shown}}}" if attribute.type == "set" else shown


def _comparison(value: Any) -> str | None:
    """What a number, or a comparison in signs or in plain words, is as an operand or an operator with its operand."""
    if not isinstance(value, str):
        return None
    operator, operand = meant.comparison(value) or ("at_least" if value.rstrip().endswith("+") else "", value)
    number = meant.number(operand)
    if number is None:
        return None
    if number.startswith("["):
        return f"{{between: {number}}}"
    return f"{{{operator}: {number}}}" if operator else number
