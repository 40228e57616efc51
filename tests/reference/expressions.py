"""Gives the value of an expression in a row, and in a group of rows where it aggregates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphmodel.query import syntax as s
from tests.reference.arithmetic import arithmetic, signed
from tests.reference.functions import AGGREGATES, SCALAR
from tests.reference.patterns import fits
from tests.reference.values import (
    Node,
    OracleError,
    Rel,
    Row,
    UnsureError,
    Value,
    compared,
    conjunction,
    disjunction,
    equal,
    negation,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.reference.interpreter import Oracle

Group = list[Row] | None
_SUBQUERIES = (s.Exists, s.Count, s.Collect, s.PatternComprehension)


def aggregates(node: Value) -> bool:
    """Tell whether an expression aggregates the rows it stands in."""
    if isinstance(node, s.Call) and node.name.lower() in AGGREGATES:
        return True
    if isinstance(node, _SUBQUERIES):
        return False
    if isinstance(node, tuple):
        return any(aggregates(part) for part in node)
    names = getattr(node, "__dataclass_fields__", {})
    return any(aggregates(getattr(node, name)) for name in names if name != "at")


class Expressions:
    """Evaluates expressions; `oracle` runs the patterns and queries inside them."""

    def __init__(self, oracle: Oracle) -> None:
        """Start without parameters."""
        self.oracle = oracle
        self.params: Mapping[str, Value] = {}

    def value(self, node: s.Expression, row: Row, group: Group = None) -> Value:
        """Return the value of an expression."""
        return _EVALUATE[type(node)](self, node, row, group)

    def holds(self, condition: s.Expression, row: Row) -> bool:
        """Tell whether a condition is true."""
        return boolean(self.value(condition, row)) is True


def boolean(value: Value) -> bool | None:
    """Return a truth value; anything else is an error."""
    if value is not None and not isinstance(value, bool):
        reason = "not a boolean"
        raise OracleError(reason)
    return value


def property_of(target: Value, name: str) -> Value:
    """Return a property, or an entry of a map; null where it is absent."""
    if target is None:
        return None
    if isinstance(target, dict):
        return target.get(name)
    if not isinstance(target, Node | Rel):
        reason = "no properties here"
        raise OracleError(reason)
    return target.properties.get(name)


# operators -----------------------------------------------------------------------------------


def _member(value: Value, items: Value) -> bool | None:
    if items is None:
        return None
    if not isinstance(items, list):
        reason = "IN needs a list"
        raise OracleError(reason)
    return disjunction(equal(value, item) for item in items)


def _joined(left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if type(left) is not type(right) or not isinstance(left, list | str):
        reason = "|| joins two texts or two lists"
        raise OracleError(reason)
    return left + right


def _of_texts(test: Callable[[str, str], bool]) -> Callable[[Value, Value], bool | None]:
    """Return a test of two texts; null where either is something else."""

    def tested(left: Value, right: Value) -> bool | None:
        both = isinstance(left, str) and isinstance(right, str)
        return test(left, right) if both else None

    return tested


_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "<>": lambda left, right: negation(equal(left, right)),
    "IN": _member,
    "=~": _of_texts(lambda left, right: bool(re.fullmatch(right, left, re.ASCII))),
    "STARTS WITH": _of_texts(str.startswith),
    "ENDS WITH": _of_texts(str.endswith),
    "CONTAINS": _of_texts(str.__contains__),
    "||": _joined,
}


def _binary(o: Expressions, node: s.Binary, row: Row, group: Group) -> Value:
    left, right = (o.value(part, row, group) for part in (node.left, node.right))
    if node.operator in _OPERATORS:
        return _OPERATORS[node.operator](left, right)
    if node.operator in {"<", "<=", ">", ">="}:
        return compared(node.operator, left, right)
    return arithmetic(node.operator, left, right)


def _logical(o: Expressions, node: s.Logical, row: Row, group: Group) -> Value:
    """Evaluate from left to right; what decides AND and OR also hides a later error."""
    values: list[bool | None] = []
    for part in node.operands:
        value = boolean(o.value(part, row, group))
        values.append(value)
        if (node.operator, value) in {("AND", False), ("OR", True)}:
            return value
    if node.operator == "XOR":
        return None if None in values else sum(map(bool, values)) % 2 == 1
    return conjunction(values) if node.operator == "AND" else disjunction(values)


def _unary(o: Expressions, node: s.Unary, row: Row, group: Group) -> Value:
    value = o.value(node.operand, row, group)
    return negation(boolean(value)) if node.operator == "NOT" else signed(node.operator, value)


def _case(o: Expressions, node: s.Case, row: Row, group: Group) -> Value:
    for when, then in node.branches:
        if node.subject is None:
            hit = boolean(o.value(when, row, group))
        else:
            hit = equal(o.value(node.subject, row, group), o.value(when, row, group))
        if hit is True:
            return o.value(then, row, group)
    return None if node.otherwise is None else o.value(node.otherwise, row, group)


# lists and maps ------------------------------------------------------------------------------


def _items(o: Expressions, source: s.Expression, row: Row, group: Group) -> list[Value] | None:
    items = o.value(source, row, group)
    if items is not None and not isinstance(items, list):
        reason = "a list is needed"
        raise OracleError(reason)
    return items


def _comprehension(o: Expressions, node: s.Comprehension, row: Row, group: Group) -> Value:
    items = _items(o, node.source, row, group)
    if items is None:
        return None
    made = []
    for item in items:
        inner = {**row, node.variable: item}
        if node.condition is None or boolean(o.value(node.condition, inner, group)) is True:
            made.append(item if node.result is None else o.value(node.result, inner, group))
    return made


def _quantifier(o: Expressions, node: s.Quantifier, row: Row, group: Group) -> Value:
    items = _items(o, node.source, row, group)
    if items is None:
        return None
    inner = [{**row, node.variable: item} for item in items]
    found = [boolean(o.value(node.condition, one, group)) for one in inner]
    if node.kind == "all":
        return conjunction(found)
    if node.kind == "any":
        return disjunction(found)
    if node.kind == "none":
        return negation(disjunction(found))
    hits = found.count(True)
    return False if hits > 1 else None if None in found else hits == 1


def _reduce(o: Expressions, node: s.Reduce, row: Row, group: Group) -> Value:
    items = _items(o, node.source, row, group)
    if items is None:
        return None
    total = o.value(node.initial, row, group)
    for item in items:
        inner = {**row, node.accumulator: total, node.variable: item}
        total = o.value(node.body, inner, group)
    return total


def _subscript(o: Expressions, node: s.Subscript, row: Row, group: Group) -> Value:
    target, index = (o.value(part, row, group) for part in (node.target, node.index))
    if target is None or index is None:
        return None
    if isinstance(index, str) and not isinstance(target, list):
        return property_of(target, index)
    if not isinstance(target, list) or type(index) is not int:
        reason = "no element here"
        raise OracleError(reason)
    return target[index] if -len(target) <= index < len(target) else None


def _slice(o: Expressions, node: s.Slice, row: Row, group: Group) -> Value:
    target = _items(o, node.target, row, group)
    given = [part for part in (node.start, node.stop) if part is not None]
    values = [o.value(part, row, group) for part in given]
    if target is None or None in values:
        return None
    if any(type(value) is not int for value in values):
        reason = "a slice needs integers"
        raise OracleError(reason)
    start = values[0] if node.start is not None else None
    stop = values[-1] if node.stop is not None else None
    return target[start:stop]


# the graph -----------------------------------------------------------------------------------


def _has_labels(o: Expressions, node: s.HasLabels, row: Row, group: Group) -> Value:
    target = o.value(node.target, row, group)
    if target is None:
        return None
    if not isinstance(target, Node | Rel):
        reason = "no labels here"
        raise OracleError(reason)
    return fits(node.labels, target.labels if isinstance(target, Node) else (target.type,))


def _collect(o: Expressions, node: s.Collect, row: Row, _group: Group) -> list[Value]:
    names, rows = o.oracle.subquery(node.body, row)
    if len(names) != 1:
        reason = "COLLECT returns one column"
        raise OracleError(reason)
    return [one[names[0]] for one in rows]


def _pattern_list(
    o: Expressions, node: s.PatternComprehension, row: Row, _group: Group
) -> list[Value]:
    found = o.oracle.matcher.rows((node.path,), row)
    held = [one for one in found if node.condition is None or o.holds(node.condition, one)]
    return [o.value(node.result, one) for one in held]


# names and calls -----------------------------------------------------------------------------


def _variable(_o: Expressions, node: s.Variable, row: Row, _group: Group) -> Value:
    if node.name not in row:
        reason = f"unknown variable {node.name}"
        raise OracleError(reason)
    return row[node.name]


def _parameter(o: Expressions, node: s.Parameter, _row: Row, _group: Group) -> Value:
    return o.params[node.name]


def _call(o: Expressions, node: s.Call, row: Row, group: Group) -> Value:
    name = node.name.lower()
    if name in AGGREGATES and group is not None:
        return _aggregate(o, node, group)
    if name not in SCALAR:
        reason = f"{name} is no function of the reference"
        raise UnsureError(reason)
    values = [o.value(part, row, group) for part in node.arguments]
    try:
        return SCALAR[name](*values)
    except TypeError as error:
        raise OracleError(str(error)) from error


def _aggregate(o: Expressions, node: s.Call, group: list[Row]) -> Value:
    if node.star:
        return len(group)
    found = [o.value(node.arguments[0], row) for row in group]
    values = [value for value in found if value is not None]
    first = group[0] if group else {}
    rest = [o.value(part, first) for part in node.arguments[1:]]
    return AGGREGATES[node.name.lower()](unique(values) if node.distinct else values, *rest)


_EVALUATE: dict[type, Callable[[Expressions, Any, Row, Group], Value]] = {
    s.Literal: lambda _o, n, _r, _g: n.value,
    s.Parameter: _parameter,
    s.Variable: _variable,
    s.PropertyOf: lambda o, n, r, g: property_of(o.value(n.target, r, g), n.name),
    s.ListLiteral: lambda o, n, r, g: [o.value(item, r, g) for item in n.items],
    s.MapLiteral: lambda o, n, r, g: {key: o.value(item, r, g) for key, item in n.items},
    s.Unary: _unary,
    s.Binary: _binary,
    s.Logical: _logical,
    s.IsNull: lambda o, n, r, g: (o.value(n.operand, r, g) is None) is not n.negated,
    s.Case: _case,
    s.Call: _call,
    s.HasLabels: _has_labels,
    s.Exists: lambda o, n, r, _g: bool(o.oracle.subquery(n.body, r)[1]),
    s.Count: lambda o, n, r, _g: len(o.oracle.subquery(n.body, r)[1]),
    s.Collect: _collect,
    s.PatternComprehension: _pattern_list,
    s.Comprehension: _comprehension,
    s.Quantifier: _quantifier,
    s.Reduce: _reduce,
    s.Subscript: _subscript,
    s.Slice: _slice,
}
