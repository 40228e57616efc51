"""`x IN list` in three-valued logic."""

from __future__ import annotations

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.hoisting import hoisted
from graphmodel.query.refusals import Said
from graphmodel.query.types import BOOLEAN, Kind
from graphmodel.query.values import Value, derive

_PLAIN = frozenset({Kind.STRING, Kind.INTEGER, Kind.BOOLEAN, Kind.NODE, Kind.RELATIONSHIP})
"""Kinds whose equality in SQL is that of Cypher."""


def member(
    left: Value, right: Value | list[Value], at: tuple[int, int], *, parameter: bool = False
) -> Value:
    """Return `left IN right`; `right` is a compiled list, or the items of a list written out."""
    if isinstance(right, list):
        return _among(left, right)
    kind = right.type.kind
    if kind is Kind.NULL:
        return o.constant_null(BOOLEAN)
    if kind is Kind.MIXED:
        return o.spread(_looked_up, left, right, at=at)
    if parameter and _comparable(left, right):
        return _in_parameter(left, right)
    return _looked_up(left, right)


def _looked_up(left: Value, right: Value) -> Value:
    return hoisted(_in_list, left, right)


def _comparable(left: Value, right: Value) -> bool:
    scalars = {Kind.STRING, Kind.INTEGER, Kind.BOOLEAN}
    return left.type == right.type.item and left.type.kind in scalars and bool(left.refs)


def _in_parameter(left: Value, right: Value) -> Value:
    """SQL's IN over a query has just Cypher's three values, and joins by hash."""
    items = exp.Select(expressions=[q.call("unnest", right.copy())])
    sql = exp.In(this=q.wrap(left.copy()), query=q.subquery(items))
    made = derive(sql, BOOLEAN, left, right, nullable=True)
    made.subquery = True
    return made


def _among(left: Value, items: list[Value]) -> Value:
    if not items:
        return o.constant(False)  # noqa: FBT003 (a value)
    if left.type.kind in _PLAIN and all(item.type.kind is left.type.kind for item in items):
        sql = exp.In(this=q.wrap(left.copy()), expressions=[item.copy() for item in items])
        return derive(sql, BOOLEAN, left, *items)
    parts = [o.equal_inside(left, item) for item in items]
    return derive(q.either([part.copy() for part in parts]), BOOLEAN, *parts)


def _in_list(left: Value, right: Value) -> Value:
    if right.type.kind is not Kind.LIST:
        reason = Said("refusal-in-list", type=right.type)
        raise o.TypeMismatch(reason)
    item_type = right.type.item or t.NULL
    empty = q.equal(q.call("len", right.copy()), q.number(0))
    branches = [(q.is_null(right.copy()), q.null()), (empty, q.boolean(False))]  # noqa: FBT003
    if left.type.kind is Kind.NULL or item_type.kind is Kind.NULL:
        return derive(q.case(branches[::-1], q.null()), BOOLEAN, left, right, nullable=True)
    if left.type.kind is item_type.kind and left.type.kind in _PLAIN:
        found = q.call("list_contains", right.copy(), left.copy())
        unsure = o.has_null(right.copy())
    else:
        item = Value(q.bare("m"), item_type)
        same = o.equal_inside(left, item)
        results = q.call("list_transform", right.copy(), q.lambda_(["m"], same.sql))
        found = q.call("list_contains", results, q.boolean(True))  # noqa: FBT003 (a value)
        unsure = o.has_null(results.copy())
    if left.nullable:
        branches.append((q.is_null(left.copy()), q.null()))
    branches += [(found, q.boolean(True)), (unsure, q.null())]  # noqa: FBT003 (a value)
    sql = q.case(branches, q.boolean(False))  # noqa: FBT003 (a value)
    return derive(sql, BOOLEAN, left, right, nullable=True)
