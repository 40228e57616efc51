"""`list[i]` and `list[a..b]`, counted from 0, from the end where negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.refusals import Said
from graphmodel.query.types import INTEGER, Kind
from graphmodel.query.values import Value, coerce, derive, field_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query import syntax as s
    from graphmodel.query.session import Context, Session
    from graphmodel.query.sqlparts import Sql


def compile_subscript(session: Session, node: s.Subscript, target: Value, index: Value) -> Value:
    """Return one element of a list or map; null where the index is outside, or no key."""

    def chosen(held: Value, at: Value) -> Value:
        kinds = held.type.kind, at.type.kind
        if Kind.NULL in kinds:
            return o.constant_null()
        if kinds == (Kind.MAP, Kind.STRING):
            fields = [(key, field_of(held, key, type_)) for key, type_ in held.type.fields]
            return by_name(fields, at, held)
        if kinds != (Kind.LIST, Kind.INTEGER):
            raise o.TypeMismatch(Said("refusal-subscript", type=held.type, index=at.type))
        return _element(held, at)

    return o.spread(chosen, target, index, at=session.place(node.at))


def _element(target: Value, index: Value) -> Value:
    item = target.type.item or t.NULL
    moved = q.binary(exp.Add, index.copy(), q.number(1))
    counted = q.case([(q.binary(exp.LT, index.copy(), q.number(0)), index.copy())], moved)
    sql = q.call("list_extract", target.copy(), counted)
    return derive(sql, item, target, index, nullable=True)


def by_name(fields: Sequence[tuple[str, Value]], name: Value, target: Value) -> Value:
    """Return the value of the field that a text names; null where none is."""
    type_ = t.unify_all(value.type for _, value in fields)
    if type_.kind is Kind.NULL:
        return o.constant_null()
    branches = [
        (q.equal(name.copy(), q.string(key)), coerce(value, type_).copy()) for key, value in fields
    ]
    used = [value for _, value in fields]
    return derive(q.case(branches, None), type_, target, name, *used, nullable=True)


def compile_property_by_name(
    session: Session, node: s.Subscript, target: Value, index: Value, context: Context
) -> Value:
    """Return the property of a node or relationship that a text names; null where it has none."""
    catalogue = session.catalogue
    tables = catalogue.classes if target.type.kind is Kind.NODE else catalogue.edge_numbers
    names = sorted({name for number in target.type.classes for name in tables[number].columns})

    def chosen(name: Value) -> Value:
        if name.type.kind is Kind.NULL:
            return o.constant_null()
        if name.type.kind is not Kind.STRING:
            raise o.TypeMismatch(Said("refusal-subscript", type=target.type, index=name.type))
        read = session.compilers.property_of
        fields = [(key, read(session, target, key, node.at, context)) for key in names]
        return by_name(fields, name, target)

    return o.spread(chosen, index, at=session.place(node.at))


def compile_slice(session: Session, node: s.Slice, parts: Sequence[Value | None]) -> Value:
    """Return a part of a list, from `start` up to but not including `stop`."""
    target, start, stop = parts
    given = [part for part in parts if part is not None]
    if target is None:
        return o.constant_null()

    def sliced(held: Value, *bounds: Value) -> Value:
        left = list(bounds)
        return _slice(
            held,
            left.pop(0) if start is not None else None,
            left.pop(0) if stop is not None else None,
        )

    return o.spread(sliced, *given, at=session.place(node.at))


def _slice(target: Value, start: Value | None, stop: Value | None) -> Value:
    if target.type.kind is Kind.NULL:
        return o.constant_null()
    bounds = [bound for bound in (start, stop) if bound is not None]
    if target.type.kind is not Kind.LIST or any(
        bound.type is not INTEGER and bound.type.kind is not Kind.NULL for bound in bounds
    ):
        raise o.TypeMismatch(Said("refusal-slice"))
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
