"""Names in templates that stand for nothing, in every branch: found from the types of what templates are given.

Where a template gives a name a meaning that cannot be told (the parameter of a macro, what another template sets), its
parts are compared with the parts of everything that templates are given.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Union, get_args, get_origin

from jinja2 import nodes

from trackfit.engine.language.columns import Record
from trackfit.engine.workshop.check.template_names import parts_of, view_kinds

Kinds = frozenset[Any] | None
"""What an expression may be, as types; None where that cannot be told."""

TEXT: Kinds = frozenset({str})
LOOP = frozenset(
    {
        "first",
        "last",
        "index",
        "index0",
        "revindex",
        "revindex0",
        "length",
        "depth",
        "depth0",
        "previtem",
        "nextitem",
        "changed",
        "cycle",
    }
)
"""What Jinja itself gives to every loop."""
OWN_NAMES = frozenset({"caller", "self", "super"})
SAME_LIST = frozenset({"list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique"})
ONE_OF_LIST = frozenset({"first", "last", "max", "min"})
NUMBERS = frozenset({"abs", "count", "length", "round"})


class Unknown(NamedTuple):
    """A name that stands for nothing, its line, and what could stand there."""

    name: str
    line: int
    valid: frozenset[str]


class ById(NamedTuple):
    """The names of what is looked up by id, such as `figure.ID`, and what is found."""

    names: frozenset[str]
    found: type


def unknown_names(
    tree: nodes.Template, given: type[Record], ids: Mapping[Any, ById], others: Iterable[str]
) -> list[Unknown]:
    """The names in a template that stand for nothing, in order.

    `given` has the names that it may use; `others` are names to which the templates around it give a meaning.
    """
    around = frozenset(others)
    scan = _Scan(ids, around)
    names: _Scope = {name: _kinds(hint) for name, hint in parts_of(given).items()}
    scan.body(tree.body, [dict.fromkeys(around | defined(tree)), names])
    return scan.found


def defined(tree: nodes.Template) -> frozenset[str]:
    """The names that a template itself gives a meaning."""
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    names |= {node.name for node in tree.find_all(nodes.Macro)}
    return frozenset(names | {node.target for node in tree.find_all(nodes.Import)} | _imported(tree))


def _imported(tree: nodes.Template) -> set[str]:
    named = [one for node in tree.find_all(nodes.FromImport) for one in node.names]
    return {one if isinstance(one, str) else one[1] for one in named}


_Scope = dict[str, Kinds]


class _Loop(NamedTuple):
    """The kind of `loop`, by what is looped over."""

    over: Kinds


class _Scan:
    """Walks a template from top to bottom with the names that are known at each place."""

    def __init__(self, ids: Mapping[Any, ById], around: frozenset[str]) -> None:
        self.ids = ids
        self.around = around
        self.found: list[Unknown] = []

    def body(self, body: Iterable[nodes.Node], scopes: list[_Scope]) -> None:
        for node in body:
            self.node(node, scopes)

    def node(self, node: nodes.Node, scopes: list[_Scope]) -> None:
        """A statement: what it names, and the names to which it gives a meaning."""
        match node:
            case nodes.Expr():
                self.kind(node, scopes)
            case nodes.For():
                self._loop(node, scopes)
            case nodes.Macro() | nodes.CallBlock():
                self._macro(node, scopes)
            case nodes.With():
                self._with(node, scopes)
            case nodes.Assign():
                self._bind(node.target, self.kind(node.node, scopes), scopes)
            case nodes.AssignBlock():
                self.body(node.body, [*scopes, {}])
                self._bind(node.target, TEXT, scopes)
            case _:
                self.body(node.iter_child_nodes(), scopes)

    def _macro(self, node: nodes.Macro | nodes.CallBlock, scopes: list[_Scope]) -> None:
        """Its parameters may be anything."""
        for given in node.defaults:
            self.kind(given, scopes)
        if isinstance(node, nodes.CallBlock):
            self.kind(node.call, scopes)
        inner: _Scope = {"caller": None}
        for one in node.args:
            inner[one.name] = None
        self.body(node.body, [*scopes, inner])

    def _with(self, node: nodes.With, scopes: list[_Scope]) -> None:
        inner: _Scope = {}
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, self.kind(value, scopes), [*scopes, inner])
        self.body(node.body, [*scopes, inner])

    def _loop(self, node: nodes.For, scopes: list[_Scope]) -> None:
        over = _element(self.kind(node.iter, scopes))
        inner: _Scope = {"loop": frozenset({_Loop(over)})}
        self._bind(node.target, over, [*scopes, inner])
        if node.test is not None:
            self.kind(node.test, [*scopes, inner])
        self.body(node.body, [*scopes, inner])
        self.body(node.else_, [*scopes, {}])

    def _bind(self, target: nodes.Node, kinds: Kinds, scopes: list[_Scope]) -> None:
        """A name may be set more than once, in one branch or the other."""
        if isinstance(target, nodes.Name):
            before = scopes[-1].get(target.name, frozenset())
            scopes[-1][target.name] = None if before is None or kinds is None else before | kinds
        else:
            for one in target.find_all(nodes.Name):
                scopes[-1][one.name] = None

    def kind(self, node: nodes.Node, scopes: list[_Scope]) -> Kinds:
        """What an expression may be."""
        match node:
            case nodes.Name():
                return self._name(node, scopes)
            case nodes.Getattr(node=nodes.Name(name="self")):
                return None
            case nodes.Getattr():
                return self._part(self.kind(node.node, scopes), node.attr, node.lineno)
            case nodes.Getitem():
                return self._item(node, scopes)
            case nodes.Filter():
                return self._filter(node, scopes)
            case nodes.CondExpr() | nodes.Or() | nodes.And():
                parts = [self.kind(child, scopes) for child in node.iter_child_nodes()]
                return _either(parts[1:] if isinstance(node, nodes.CondExpr) else parts)
            case nodes.Const():
                return frozenset({type(node.value)})
            case _:
                for child in node.iter_child_nodes():
                    self.kind(child, scopes)
                return None

    def _name(self, node: nodes.Name, scopes: list[_Scope]) -> Kinds:
        for scope in reversed(scopes):
            if node.name in scope:
                return scope[node.name]
        if node.name not in OWN_NAMES:
            self.found.append(Unknown(node.name, node.lineno, frozenset().union(*scopes)))
        return None

    def _item(self, node: nodes.Getitem, scopes: list[_Scope]) -> Kinds:
        owner = self.kind(node.node, scopes)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._part(owner, node.arg.value, node.lineno)
        self.kind(node.arg, scopes)
        return owner if isinstance(node.arg, nodes.Slice) else _element(owner)

    def _filter(self, node: nodes.Filter, scopes: list[_Scope]) -> Kinds:
        of = self.kind(node.node, scopes) if node.node is not None else None
        for given in (*node.args, *(pair.value for pair in node.kwargs)):
            self.kind(given, scopes)
        found = self._attribute(node, of)
        if node.name == "map":
            return None if found is None else frozenset(types.GenericAlias(list, one) for one in found)
        if node.name in SAME_LIST:
            return of
        if node.name in ONE_OF_LIST:
            return _element(of)
        if node.name in NUMBERS:
            return frozenset({int})
        return None if node.name == "default" else TEXT

    def _attribute(self, node: nodes.Filter, of: Kinds) -> Kinds:
        """What the attribute may be that a filter looks at in each element, if it names one."""
        attribute = next((pair.value for pair in node.kwargs if pair.key == "attribute"), None)
        if node.name in ("selectattr", "rejectattr") and node.args:
            attribute = node.args[0]
        if not isinstance(attribute, nodes.Const):
            return None
        found = _element(of)
        for name in str(attribute.value).split("."):
            found = self._part(found, name, node.lineno)
        return found

    def _part(self, owner: Kinds, name: str, line: int) -> Kinds:
        """What `owner.name` may be; told where there is no such part."""
        if owner is None or Any in owner:
            valid = frozenset().union(self.around, LOOP, *(parts_of(kind) for kind in view_kinds()))
            found: list[Kinds] = [None]
        else:
            parts = [self._parts(kind) for kind in owner]
            valid = frozenset().union(*parts)
            found = [one[name] for one in parts if name in one]
        if name not in valid:
            self.found.append(Unknown(name, line, valid))
            return None
        return _either(found)

    def _parts(self, kind: Any) -> Mapping[str, Kinds]:
        """The parts of one kind, each with what it may be."""
        if isinstance(kind, _Loop):
            return dict.fromkeys(LOOP, frozenset({int})) | {"previtem": kind.over, "nextitem": kind.over}
        if kind in self.ids:
            return dict.fromkeys(self.ids[kind].names, _kinds(self.ids[kind].found))
        if isinstance(kind, type) and kind.__module__.startswith("trackfit.") and not issubclass(kind, str):
            return {name: _kinds(hint) for name, hint in parts_of(kind).items()}
        return {}


def _kinds(hint: Any) -> Kinds:
    """The alternatives of a type hint, without None."""
    if get_origin(hint) in (Union, types.UnionType):
        return _either(_kinds(one) for one in get_args(hint) if one is not type(None))
    return frozenset({hint})


def _element(kinds: Kinds) -> Kinds:
    """What one of a list may be."""
    return None if kinds is None else _either(_kinds(one) for kind in kinds for one in _of(kind))


def _of(kind: Any) -> Iterator[Any]:
    yield from get_args(kind)[:1] or (Any,)


def _either(kinds: Iterable[Kinds]) -> Kinds:
    found: frozenset[Any] = frozenset()
    for one in kinds:
        if one is None or Any in one:
            return None
        found |= one
    return found
