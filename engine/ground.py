"""Rules × facts → ground rules: every name resolved, every operand typed, one rule a row of `for_each`.

Every fault is noted with its place; a rule with a fault yields no ground rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

from trackfit.engine import model
from trackfit.engine.conditions import ALWAYS, NEVER, AllOf, AnyOf, Condition, Leaf, negate, simplify
from trackfit.engine.model import Attribute, Binding, Facts, GroundAttribute, GroundRule, Then
from trackfit.engine.operators import OPERATORS, Operand
from trackfit.engine.problem import Location, Problem, did_you_mean
from trackfit.engine.raw_rules import RawAll, RawAny, RawCondition, RawLeaf, RawNot, RawRule

ROW_TYPES: dict[str, type[model.Record]] = {
    "tracks": model.Track,
    "routes": model.Route,
    "backgrounds": model.Background,
}
ROW_REFERENCES: dict[tuple[str, str], str] = {
    ("routes", "background"): "backgrounds",
    ("routes", "track"): "tracks",
    ("routes", "timeline"): "figures",
    ("routes", "years_from"): "figures",
    ("routes", "transfer"): "figures",
    ("routes", "carries_over"): "skills",
    ("routes", "gap"): "skills",
    ("tracks", "feeder"): "backgrounds",
}
MAX_OPERANDS = 60


class _Fault(Exception):
    """A problem was noted; give up on this part of the rule."""


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


class Grounder:
    """Grounds rules and conditions against one set of facts, collecting problems."""

    def __init__(self, facts: Facts, broken: Iterable[tuple[str, str]] = ()) -> None:
        self.facts = facts
        self.attributes = ground_attributes(facts)
        self.broken = frozenset(broken)
        self.problems: list[Problem] = []

    def rule(self, raw: RawRule) -> list[GroundRule]:
        """The ground rules of one rule; empty where it has a fault or no row satisfies its row conditions."""
        before = len(self.problems)
        found: list[GroundRule] = []
        rows: list[str | None] = [None] if raw.table is None else list(getattr(self.facts, raw.table))
        for row in rows:
            binding = (
                Binding(variable=raw.variable, table=raw.table, row=row)
                if raw.variable and raw.table and row
                else None
            )
            try:
                condition = self.condition(raw.when, binding)
                if condition == NEVER:
                    continue
                then = self.then(raw, binding)
            except _Fault:
                continue
            found.append(
                GroundRule(
                    key=f"{raw.id}[{row}]" if row else raw.id,
                    rule=raw.id,
                    title=raw.title,
                    when=condition,
                    then=then,
                    salience=raw.salience,
                    bindings=(binding,) if binding else (),
                )
            )
        return found if len(self.problems) == before else []

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
        except _Fault:
            return ALWAYS

    def _leaf(self, raw: RawLeaf, binding: Binding | None) -> Condition:
        name = self.attribute_name(raw.subject, raw.where, binding)
        attribute = self.facts.attributes[self.attributes[name].attribute]
        operator = OPERATORS[raw.operator]
        if attribute.type not in operator.types:
            fitting = [row.name for row in OPERATORS.values() if attribute.type in row.types]
            text = f"{raw.operator!r} does not fit {name!r}, a {_spoken(attribute.type)}"
            if attribute.type == "text":
                raise self._fault(
                    raw.operator_where, "operator-does-not-fit", f"{text}; no rule may look at it"
                )
            better = {"is": "has", "one_of": "has_any", "none_of": "has_none", "is_not": "lacks"}.get(
                raw.operator
            )
            better = better if better in fitting else fitting[0]
            raise self._fault(
                raw.operator_where,
                "operator-does-not-fit",
                f"{text}; use one of {', '.join(fitting)}",
                better,
            )
        operand = self._operand(raw, attribute, operator.takes, binding)
        if operand is None:
            return NEVER
        return Leaf(
            attribute=name,
            operator=raw.operator,
            operand=operand,
            figure=self._figure_of(raw.operand, binding),
        )

    def _figure_of(self, operand: Any, binding: Binding | None) -> str | None:
        """The figure that an operand names, by `figure.id` or through the bound row's column."""
        if not isinstance(operand, str):
            return None
        head, _, column = operand.partition(".")
        if head == "figure":
            return column
        if binding and head == binding.variable and ROW_REFERENCES.get((binding.table, column)) == "figures":
            return str(getattr(getattr(self.facts, binding.table)[binding.row], column))
        return None

    def attribute_name(self, text: str, where: Location, binding: Binding | None) -> str:
        """The ground attribute that `text` names, such as `levels of route.track`."""
        if text in self.attributes:
            return text
        family, of, row = text.partition(" of ")
        attribute = self.facts.attributes.get(family)
        if ("attributes", family) in self.broken:
            raise _Fault
        if attribute is None:
            hint, nearest = did_you_mean(family, self.facts.attributes)
            raise self._fault(where, "unknown-attribute", f"there is no attribute {family!r}{hint}", nearest)
        if attribute.of is None:
            raise self._fault(
                where, "unknown-attribute", f"{family!r} stands alone; leave out ' of {row}'", family
            )
        if not of:
            raise self._fault(
                where,
                "unknown-attribute",
                f"{family!r} is one a row of {attribute.of}; write `{family} of …`",
            )
        resolved = self._reference(row, where, binding)
        if resolved not in getattr(self.facts, attribute.of):
            self._undeclared(attribute.of, str(resolved), where)
        return f"{family} of {resolved}"

    def _reference(self, text: Any, where: Location, binding: Binding | None) -> Any:
        """`row.column` and `row` stand for the bound row's value, `figure.id` for the figure's number."""
        if not isinstance(text, str):
            return text
        head, dot, column = text.partition(".")
        if binding and head == binding.variable:
            return self._column(binding, column, where) if dot else binding.row
        if head == "figure" and dot:
            return self._number(column, where)
        return text

    def _column(self, binding: Binding, column: str, where: Location) -> Any:
        """The bound row's value in a column; a figure's id there stands for its number."""
        if column not in ROW_TYPES[binding.table].__struct_fields__:
            hint, nearest = did_you_mean(column, ROW_TYPES[binding.table].__struct_fields__)
            raise self._fault(
                where, "unknown-column", f"{binding.table} have no column {column!r}{hint}", nearest
            )
        value = getattr(getattr(self.facts, binding.table)[binding.row], column)
        if value is not None and ROW_REFERENCES.get((binding.table, column)) == "figures":
            return self._number(value, where)
        return value

    def _number(self, figure_id: str, where: Location) -> int | float:
        figure = self.facts.figures.get(figure_id)
        if figure is None:
            self._undeclared("figures", figure_id, where)
            raise _Fault
        if isinstance(figure.value, tuple):
            text = f"the figure {figure_id!r} is a range; a condition compares with one number"
            raise self._fault(where, "wrong-type", text)
        return figure.value

    def _row_leaf(self, raw: RawLeaf, binding: Binding, positive: bool) -> Condition:
        """A condition on the bound row itself, decided now."""
        column = raw.subject.partition(".")[2]
        value = self._column(binding, column, raw.where)
        operator = OPERATORS[raw.operator]
        if raw.operator == "known":
            if not isinstance(raw.operand, bool):
                raise self._fault(raw.operand_where, "wrong-type", "`known` takes true or false")
            return ALWAYS if ((value is not None) is raw.operand) is positive else NEVER
        operands = raw.operand if isinstance(raw.operand, list) else [raw.operand]
        if operator.takes == "one" and isinstance(raw.operand, list):
            raise self._fault(
                raw.operand_where, "wrong-type", f"`{raw.operator}` takes one value, not a list"
            )
        self._check_column_operands(raw, binding.table, column, operands)
        if value is None:
            return NEVER
        return ALWAYS if operator.test(value, raw.operand) is positive else NEVER

    def _check_column_operands(self, raw: RawLeaf, table: str, column: str, operands: list[Any]) -> None:
        target = ROW_REFERENCES.get((table, column))
        hint = get_type_hints(ROW_TYPES[table])[column]
        if target is not None and target != "figures":
            for one in operands:
                if one not in getattr(self.facts, target):
                    self._undeclared(target, str(one), raw.operand_where)
        elif get_origin(hint) is Literal:
            for one in operands:
                if one not in get_args(hint):
                    text, nearest = did_you_mean(str(one), get_args(hint))
                    raise self._fault(
                        raw.operand_where, "unknown-value", f"{column!r} is never {one!r}{text}", nearest
                    )

    def _operand(
        self, raw: RawLeaf, attribute: Attribute, takes: str, binding: Binding | None
    ) -> Operand | None:
        """The typed operand; None where the row has no value in that column, so the leaf never holds."""
        where = raw.operand_where
        if takes == "flag":
            if not isinstance(raw.operand, bool):
                raise self._fault(where, "wrong-type", "`known` takes true or false")
            return raw.operand
        if takes == "one":
            if isinstance(raw.operand, list | dict):
                raise self._fault(where, "wrong-type", f"`{raw.operator}` takes one value, not a list")
            value = self._reference(raw.operand, where, binding)
            return None if value is None else self._typed(value, attribute, where)
        given = raw.operand
        if not isinstance(given, list):
            given = self._reference(given, where, binding)
            if not isinstance(given, tuple):
                raise self._fault(where, "wrong-type", f"`{raw.operator}` takes a list, as in [a, b]")
        if takes == "range" and len(given) != 2:
            raise self._fault(where, "wrong-type", f"`{raw.operator}` takes two numbers, [lowest, highest]")
        if not 1 <= len(given) <= MAX_OPERANDS:
            text = f"`{raw.operator}` takes from 1 to {MAX_OPERANDS} values; this has {len(given)}"
            raise self._fault(where, "too-many-values" if given else "wrong-type", text)
        values = [self._typed(self._reference(one, where, binding), attribute, where) for one in given]
        if takes == "range" and values[0] > values[1]:
            text = f"the range runs from {values[0]} down to {values[1]}; write the lower end first"
            raise self._fault(where, "bad-range", text)
        return tuple(values) if takes == "range" else tuple(sorted(set(values)))

    def _typed(self, value: Any, attribute: Attribute, where: Location) -> Any:
        """`value` as an operand for the attribute, or a fault that says what is valid."""
        if attribute.type in ("choice", "set"):
            ids = [choice.id for choice in attribute.choices]
            if value not in ids:
                hint, nearest = did_you_mean(str(value), ids)
                raise self._fault(
                    where, "unknown-value", f"{attribute.id!r} is never {value!r}{hint}", nearest
                )
            return value
        if attribute.type == "yes_no":
            if isinstance(value, bool):
                return value
            better = "true" if str(value).lower() in ("yes", "y", "on") else "false"
            text = f"{attribute.id!r} is true or false here, not {value!r}"
            raise self._fault(where, "yes-no-as-text", f"{text}; write `{better}`", better)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._fault(
                where, "wrong-type", f"{attribute.id!r} is compared with a whole number, not {value!r}"
            )
        assert attribute.range is not None
        low, high = attribute.range
        if not low <= value <= high:
            text = f"{value} is outside the range of {attribute.id!r}, {low} to {high}"
            raise self._fault(where, "out-of-range", text)
        return value

    def then(self, raw: RawRule, binding: Binding | None) -> Then:
        """The consequence, every name resolved."""
        then = raw.then
        place = raw.node.find

        def row_id(key: str, table: str) -> str:
            where = place(("then", key))
            value = self._reference(then[key], where, binding)
            if value not in getattr(self.facts, table):
                self._undeclared(table, str(value), where)
                raise _Fault
            return str(value)

        if then.get("conclude"):
            return self._conclude(raw, binding)
        if then.get("recommend"):
            track = row_id("recommend", "tracks")
            route = row_id("route", "routes") if then.get("route") else None
            return model.Recommend(track=track, basis=then["basis"], route=route)
        if then.get("warn"):
            return model.Warn(
                warning=row_id("warn", "warnings"), severity=then["severity"], says=then["says"]
            )
        if then.get("advise"):
            return model.Advise(section=then["advise"], says=then["says"])
        return model.Plan(route=row_id("plan", "routes"))

    def _conclude(self, raw: RawRule, binding: Binding | None) -> Then:
        ((text, value),) = raw.then["conclude"].items()
        where = raw.node.find(("then", "conclude", text), key=True)
        name = self.attribute_name(text, where, binding)
        attribute = self.facts.attributes[self.attributes[name].attribute]
        if attribute.origin != "concluded":
            raise self._fault(
                where, "not-concludable", f"{name!r} is {attribute.origin}; a rule cannot conclude it"
            )
        if attribute.id in (model.RECOMMENDED, model.WARNED):
            text = (
                f"{attribute.id!r} follows from `recommend` and `warn`; a rule cannot conclude it by itself"
            )
            raise self._fault(where, "not-concludable", text)
        operand_where = raw.node.find(("then", "conclude", text))
        resolved = self._reference(value, operand_where, binding)
        return model.Conclude(attribute=name, value=self._typed(resolved, attribute, operand_where))

    def _undeclared(self, table: str, id_: str, where: Location) -> None:
        """Note that a name stands in no table, unless its row is there but faulty."""
        if (table, id_) not in self.broken:
            self.problems.append(undeclared(table, id_, getattr(self.facts, table), where))
        raise _Fault

    def _fault(self, where: Location, id_: str, text: str, suggestion: str | None = None) -> _Fault:
        self.problems.append(Problem(where=where, id=id_, text=text, suggestion=suggestion))
        return _Fault()


def undeclared(table: str, id_: str, names: Mapping[str, Any] | Iterable[str], where: Location) -> Problem:
    """The problem of a name that no row of its table has."""
    hint, nearest = did_you_mean(id_, names)
    singular = {"ambiguous": "ambiguous text"}.get(table, table.removesuffix("s"))
    return Problem(
        where=where, id="undeclared-name", text=f"there is no {singular} {id_!r}{hint}", suggestion=nearest
    )


def _spoken(type_: str) -> str:
    return {"yes_no": "yes/no", "whole_number": "whole number", "money": "sum of money"}.get(type_, type_)
