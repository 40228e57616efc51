"""Functions that know the layout: `labels`, `type`, `keys`, `properties`; and `coalesce`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.joins import Value, coerce, derive, in_classes
from graphmodel.query.types import STRING, Kind

if TYPE_CHECKING:
    from graphmodel.query import syntax as s
    from graphmodel.query.session import Context, Session

_ENTITIES = {Kind.NODE, Kind.RELATIONSHIP}


def coalesce(session: Session, node: s.Call, _context: Context, *values: Value) -> Value:
    """Return the first value that is not null."""
    type_ = t.unify_all(value.type for value in values)
    if type_ is None:
        reason = "the arguments have types that cannot meet in one place"
        raise session.error(reason, node.at)
    if type_.kind is Kind.NULL:
        return o.constant_null()
    made = [coerce(value, type_) for value in values if value.type.kind is not Kind.NULL]
    sql = q.call("coalesce", *(value.copy() for value in made)) if len(made) > 1 else made[0].copy()
    nullable = all(value.nullable for value in values)
    return derive(sql, type_, *made, nullable=nullable)


def labels(session: Session, node: s.Call, _context: Context, value: Value) -> Value:
    """Return the labels of a node."""
    type_ = t.list_of(STRING)
    if value.type.kind is Kind.NULL:
        return o.constant_null(type_)
    if value.type.kind is not Kind.NODE:
        reason = f"labels() takes a node, not a {value.type.word}"
        raise session.error(reason, node.at)
    branches = []
    for number in sorted(value.type.classes):
        names = [q.string(label) for label in session.catalogue.classes[number].labels]
        branches.append(
            (in_classes(value.sql, [number]), q.cast(exp.Array(expressions=names), type_))
        )
    return derive(q.case(branches, q.cast(q.null(), type_)) if branches else q.null(), type_, value)


def type_of(session: Session, node: s.Call, _context: Context, value: Value) -> Value:
    """Return the type of a relationship."""
    if value.type.kind is Kind.NULL:
        return o.constant_null(STRING)
    if value.type.kind is not Kind.RELATIONSHIP:
        reason = f"type() takes a relationship, not a {value.type.word}"
        raise session.error(reason, node.at)
    numbers = sorted(value.type.classes)
    names = [q.string(session.catalogue.edge_numbers[number].type) for number in numbers]
    if len(numbers) == 1 and not value.nullable:
        return Value(names[0], STRING, nullable=False, simple=True)
    tests = [in_classes(value.sql, [number]) for number in numbers]
    sql = q.case(list(zip(tests, names, strict=True)), q.cast(q.null(), STRING))
    return derive(sql, STRING, value)


def _entity_properties(
    session: Session, node: s.Call, context: Context, value: Value
) -> list[tuple[str, Value]]:
    catalogue = session.catalogue
    tables = catalogue.classes if value.type.kind is Kind.NODE else catalogue.edge_numbers
    names = sorted({name for number in value.type.classes for name in tables[number].columns})
    return [
        (name, session.compilers.property_of(session, value, name, node.at, context))
        for name in names
    ]


def keys(session: Session, node: s.Call, context: Context, value: Value) -> Value:
    """Return the names of the properties that are not null, or of the keys of a map."""
    type_ = t.list_of(STRING)
    if value.type.kind is Kind.NULL:
        return o.constant_null(type_)
    if value.type.kind is Kind.MAP and not value.type.sparse:
        names = [q.string(name) for name, _ in value.type.fields]
        return derive(exp.Array(expressions=names), type_, value)
    if value.type.kind not in _ENTITIES:
        reason = "keys() takes a node, relationship or map"
        raise session.error(reason, node.at)
    held = _entity_properties(session, node, context, value)
    present = [q.case([(q.not_null(v.copy()), q.string(name))], q.null()) for name, v in held]
    listed = q.cast(exp.Array(expressions=present), type_)
    sql = q.call("list_filter", listed, q.lambda_(["k"], q.not_null(q.bare("k"))))
    return _or_null(value, sql, type_, [v for _, v in held])


def properties(session: Session, node: s.Call, context: Context, value: Value) -> Value:
    """Return the properties that are not null as a map."""
    if value.type.kind is Kind.NULL:
        return o.constant_null()
    if value.type.kind is Kind.MAP:
        return value
    if value.type.kind not in _ENTITIES:
        reason = "properties() takes a node, relationship or map"
        raise session.error(reason, node.at)
    held = _entity_properties(session, node, context, value)
    if not held or len({name.lower() for name, _ in held}) < len(held):
        reason = "these properties cannot be gathered into one map"
        raise session.error(reason, node.at)
    type_ = t.Type(Kind.MAP, fields=tuple((name, v.type) for name, v in held), sparse=True)
    parts = [exp.PropertyEQ(this=q.name(name), expression=v.copy()) for name, v in held]
    return _or_null(value, exp.Struct(expressions=parts), type_, [v for _, v in held])


def _or_null(value: Value, sql: exp.Expression, type_: t.Type, used: list[Value]) -> Value:
    if value.nullable:
        sql = q.case([(q.is_null(value.copy()), q.cast(q.null(), type_))], sql)
    return derive(sql, type_, value, *used, nullable=value.nullable)
