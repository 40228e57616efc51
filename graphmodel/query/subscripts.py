"""`list[i]` and `list[a..b]`, counted from 0, from the end where negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.joins import Value, derive
from graphmodel.query.types import INTEGER, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query import syntax as s
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql


def compile_subscript(session: Session, node: s.Subscript, target: Value, index: Value) -> Value:
    """Return one element; null where the index is outside."""
    if Kind.NULL in {target.type.kind, index.type.kind}:
        return o.constant_null()
    if target.type.kind is not Kind.LIST or index.type is not INTEGER:
        words = f"{target.type.word}[{index.type.word}]"
        reason = f"{words} has no meaning"
        raise session.error(reason, node.at, "An element is list[integer].")
    item = target.type.item or t.NULL
    moved = q.binary(exp.Add, index.copy(), q.number(1))
    counted = q.case([(q.binary(exp.LT, index.copy(), q.number(0)), index.copy())], moved)
    sql = q.call("list_extract", target.copy(), counted)
    return derive(sql, item, target, index, nullable=True)


def compile_slice(session: Session, node: s.Slice, parts: Sequence[Value | None]) -> Value:
    """Return a part of a list, from `start` up to but not including `stop`."""
    target, start, stop = parts
    if target is None or target.type.kind is Kind.NULL:
        return o.constant_null()
    bounds = [bound for bound in (start, stop) if bound is not None]
    if target.type.kind is not Kind.LIST or any(
        bound.type is not INTEGER and bound.type.kind is not Kind.NULL for bound in bounds
    ):
        reason = "a slice is list[integer..integer]"
        raise session.error(reason, node.at)
    if any(bound.type.kind is Kind.NULL for bound in bounds):
        return o.constant_null(target.type)
    size = q.call("len", target.copy())
    first = q.number(0) if start is None else _from_start(start, size)
    last = size.copy() if stop is None else _from_start(stop, size)
    sql: Sql = q.call("list_slice", target.copy(), q.binary(exp.Add, first, q.number(1)), last)
    none = q.binary(exp.GTE, first.copy(), last.copy())
    nulls = [q.is_null(part.copy()) for part in (target, *bounds) if part.nullable]
    branches = [(q.either(nulls), q.cast(q.null(), target.type))] if nulls else []
    branches.append((none, q.cast(exp.Array(expressions=[]), target.type)))
    return derive(q.case(branches, sql), target.type, target, *bounds)


def _from_start(bound: Value, size: Sql) -> Sql:
    """Return the bound counted from the start: never below 0."""
    negative = q.binary(exp.LT, bound.copy(), q.number(0))
    counted = q.binary(exp.Add, size.copy(), bound.copy())
    placed = q.case([(negative, counted)], bound.copy())
    return q.call("greatest", placed, q.number(0))
