"""Rules × facts → ground rules: every name resolved, every operand typed, one rule a row of `for_each`.

Every fault is noted with its place; a rule with a fault yields no ground rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from trackfit.engine.knowledge.consistency import RESERVED
from trackfit.engine.knowledge.names import Fault, Resolver
from trackfit.engine.knowledge.references import target_of
from trackfit.engine.knowledge.schema import RECORDS
from trackfit.engine.knowledge.written_rules import RawAll, RawAny, RawCondition, RawLeaf, RawNot, RawRule
from trackfit.engine.language import model
from trackfit.engine.language.conditions import ALWAYS, NEVER, AllOf, AnyOf, Condition, Leaf, negate, simplify
from trackfit.engine.language.model import Binding, Facts, GroundRule, Then
from trackfit.engine.language.operators import OPERATORS, Operator
from trackfit.engine.problems.problem import Location, quoted

INSTEAD = {"is": "has", "one_of": "has_any", "none_of": "has_none", "is_not": "lacks"}
"""What an author means who compares a set as if it were one value."""


class Grounder(Resolver):
    """Grounds rules and conditions against one set of facts, collecting problems and the ids of faulty rules."""

    def __init__(self, facts: Facts, broken: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(facts, broken)
        self.faulty: set[str] = set()

    def rule(self, raw: RawRule) -> list[GroundRule]:
        """The ground rules of one rule; empty where it has a fault or no row satisfies its row conditions."""
        before = len(self.problems) + self.spared
        self._check_variable(raw)
        rows: list[str | None] = [None] if raw.table is None else list(getattr(self.facts, raw.table))
        found = [rule for row in rows for rule in self._for_row(raw, row)]
        if not raw.sound or len(self.problems) + self.spared > before:
            self.faulty.add(raw.id)
            return []
        return found

    def _for_row(self, raw: RawRule, row: str | None) -> list[GroundRule]:
        binding = (
            Binding(variable=raw.variable, table=raw.table, row=row)
            if raw.variable and raw.table and row
            else None
        )
        condition = self.condition(raw.when, binding)
        try:
            then = self.then(raw, binding)
        except Fault:
            return []
        if condition == NEVER:
            return []
        return [
            GroundRule(
                key=f"{raw.id}[{row}]" if row else raw.id,
                rule=raw.id,
                title=raw.title,
                when=condition,
                then=then,
                salience=raw.salience if raw.sound else 0,
                bindings=(binding,) if binding else (),
            )
        ]

    def _check_variable(self, raw: RawRule) -> None:
        """A loop variable may not be mistaken for something else that stands in conditions and texts."""
        name = raw.variable
        if name is None:
            return
        choices = (choice.id for one in self.facts.attributes.values() for choice in one.choices)
        if name in RESERVED or name in self.facts.attributes or name in choices:
            text = f"{name!r} means something else already; call the variable otherwise, such as `route`"
            self.fault(raw.find("for_each", name, key=True), "reserved-name", text)

    def condition(self, raw: RawCondition, binding: Binding | None = None) -> Condition:
        """Resolve a condition; parts that only look at the bound row are decided here."""
        return simplify(self._condition(raw, binding, True))

    def _condition(self, raw: RawCondition, binding: Binding | None, positive: bool) -> Condition:
        """`raw`, or its opposite; the `not` goes down to the leaves, where what is missing satisfies neither."""
        match raw:
            case RawNot(part):
                return self._condition(part, binding, not positive)
            case RawAll(parts) | RawAny(parts):
                kind = AllOf if isinstance(raw, RawAll) is positive else AnyOf
                return kind(tuple(self._tolerant(part, binding, positive) for part in parts))
            case RawLeaf():
                if binding and raw.subject.startswith(f"{binding.variable}."):
                    return self._row_leaf(raw, binding, positive)
                leaf = self._leaf(raw, binding)
                return leaf if positive or leaf == NEVER else negate(leaf)

    def _tolerant(self, raw: RawCondition, binding: Binding | None, positive: bool) -> Condition:
        """One part, so that a fault in it does not hide faults in the next."""
        try:
            return self._condition(raw, binding, positive)
        except Fault:
            return ALWAYS

    def _leaf(self, raw: RawLeaf, binding: Binding | None) -> Condition:
        name = self.attribute_name(raw.subject, raw.where, binding)
        attribute = self.attribute_of(name)
        if not raw.operator:
            raise Fault
        operator = OPERATORS[raw.operator]
        if attribute.type not in operator.types:
            self._does_not_fit(raw, name, attribute.type)
        operand = self.operand(raw, operator.takes, attribute, binding)
        if operand is None:
            return NEVER
        figure = self.figure_of(raw.operand, binding)
        return Leaf(attribute=name, operator=raw.operator, operand=operand, figure=figure)

    def _does_not_fit(self, raw: RawLeaf, name: str, type_: str) -> None:
        """Raise the fault of an operator that a type does not have."""
        fitting = [row.name for row in OPERATORS.values() if type_ in row.types]
        text = f"{raw.operator!r} does not fit {name!r}, a {_spoken(type_)}"
        if not fitting:
            text = f"{name!r} is a {_spoken(type_)}; no rule may look at it"
            raise self.fault(raw.where, "operator-does-not-fit", text)
        better = INSTEAD.get(raw.operator)
        better = better if better in fitting else fitting[0]
        text = f"{text}; use one of {', '.join(fitting)}"
        raise self.fault(raw.operator_where, "operator-does-not-fit", text, better)

    def _row_leaf(self, raw: RawLeaf, binding: Binding, positive: bool) -> Condition:
        """A condition on the bound row itself, decided now."""
        column = raw.subject.partition(".")[2]
        value = self.raw_column(binding, column, raw.where)
        if not raw.operator:
            raise Fault
        operator = OPERATORS[raw.operator]
        if raw.operator == "known":
            return ALWAYS if ((value is not None) is self.flag(raw)) is positive else NEVER
        type_ = _column_type(binding.table, column)
        if type_ not in operator.types:
            self._does_not_fit(raw, raw.subject, type_)
        operand = self._row_operand(raw, operator, binding, column)
        value = self.column(binding, column, raw.where)
        if value is None or operand is None:
            return NEVER
        return ALWAYS if operator.test(value, operand) is positive else NEVER

    def _row_operand(self, raw: RawLeaf, operator: Operator, binding: Binding, column: str) -> Any:
        given, where = raw.operand, raw.operand_where
        if (operator.takes == "one") is isinstance(given, list) or isinstance(given, dict):
            wanted = "one value, not a list" if operator.takes == "one" else "a list, as in [a, b]"
            raise self.fault(where, "wrong-type", f"`{raw.operator}` takes {wanted}")
        if operator.takes == "range" and len(given) != 2:
            raise self.fault(where, "wrong-type", f"`{raw.operator}` takes two numbers, [lowest, highest]")
        values = []
        for one, place in (
            zip(given, raw.places, strict=True) if isinstance(given, list) else [(given, where)]
        ):
            values.append(self.reference(one, place, binding))
            self._check_column_value(values[-1], place, binding.table, column)
        return values[0] if operator.takes == "one" else tuple(values)

    def _check_column_value(self, value: Any, where: Location, table: str, column: str) -> None:
        target = target_of(table, column)
        hint = _hint(table, column)
        if _column_type(table, column) == "whole_number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                text = f"{column!r} is compared with a number, not {quoted(value)}"
                raise self.fault(where, "wrong-type", text)
        elif target is not None:
            if value not in getattr(self.facts, target):
                raise self.undeclared(target, str(value), where)
        elif get_origin(hint) is Literal:
            if value not in get_args(hint):
                text = f"{column!r} is never {quoted(value)}"
                raise self.misspelt(where, "unknown-value", text, str(value), get_args(hint))
        elif not isinstance(value, str):
            raise self.fault(where, "wrong-type", f"{column!r} is a text, not {quoted(value)}")

    def then(self, raw: RawRule, binding: Binding | None) -> Then:
        """The consequence, every name resolved. Raises `Fault`, with every fault of it noted."""
        then = raw.then
        before = len(self.problems)

        def row_id(key: str, table: str) -> str:
            where = raw.find("then", key)
            try:
                value = self.reference(then[key], where, binding)
                if value not in getattr(self.facts, table):
                    raise self.undeclared(table, str(value), where)
            except Fault:
                return ""
            return str(value)

        made = self._consequence(raw, binding, row_id)
        if made is None or len(self.problems) > before or not raw.sound:
            raise Fault
        return made

    def _consequence(
        self,
        raw: RawRule,
        binding: Binding | None,
        row_id: Callable[[str, str], str],
    ) -> Then | None:
        then = raw.then
        made: Then | None = None
        if isinstance(then.get("conclude"), dict) and len(then["conclude"]) == 1:
            return self._conclude(raw, binding)
        if isinstance(then.get("recommend"), str):
            track = row_id("recommend", "tracks")
            made = model.Recommend(track=track) if track else None
        elif isinstance(then.get("warn"), str):
            warning = row_id("warn", "warnings")
            if raw.sound and warning:
                made = model.Warn(warning=warning, severity=then["severity"], says=then["says"].strip())
        elif isinstance(then.get("plan"), str):
            route = row_id("plan", "routes")
            made = model.Plan(route=route) if route else None
        elif raw.sound:
            made = model.Advise(section=then["advise"], says=then["says"].strip())
        return made

    def _conclude(self, raw: RawRule, binding: Binding | None) -> Then:
        ((text, value),) = raw.then["conclude"].items()
        where = raw.find("then", "conclude", text, key=True)
        name = self.attribute_name(text, where, binding)
        attribute = self.attribute_of(name)
        if attribute.id in (model.RECOMMENDED, model.WARNED):
            text = (
                f"{attribute.id!r} follows from `recommend` and `warn`; a rule cannot conclude it by itself"
            )
            raise self.fault(where, "not-concludable", text)
        if attribute.origin != "concluded":
            text = f"{name!r} is {attribute.origin}; a rule cannot conclude it"
            raise self.fault(where, "not-concludable", text)
        place = raw.find("then", "conclude", text)
        resolved = self.reference(value, place, binding)
        return model.Conclude(attribute=name, value=self.typed(resolved, attribute, place))


@cache
def _hint(table: str, column: str) -> Any:
    """The type of a column of a table."""
    return get_type_hints(RECORDS[table])[column]


@cache
def _column_type(table: str, column: str) -> str:
    """What a column of a table is compared as; `structure` where it can only be known or not."""
    hint = _hint(table, column)
    target = target_of(table, column)
    several = any(get_origin(one) is tuple for one in (hint, *get_args(hint)))
    if several:
        return "set" if target == "skills" else "structure"
    return "whole_number" if target == "figures" or hint is int else "choice"


def _spoken(type_: str) -> str:
    words = {
        "yes_no": "yes/no",
        "whole_number": "number",
        "money": "sum of money",
        "structure": "list of rows",
    }
    return words.get(type_, type_)
