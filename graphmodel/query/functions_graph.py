"""Functions that know the layout: `labels`, `type`, `keys`, `properties`; and `coalesce`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.joins import in_classes
from graphmodel.query.refusals import takes
from graphmodel.query.types import STRING, Kind
from graphmodel.query.values import Value, coerce, derive, keys_of

if TYPE_CHECKING:
    from graphmodel.query.session import Context, Session
    from graphmodel.query.values import Home

_ENTITIES = {Kind.NODE, Kind.RELATIONSHIP}


def coalesce(_session: Session, _node: s.Call, _context: Context, *values: Value) -> Value:
    """Return the first value that is not null."""
    type_ = t.unify_all(value.type for value in values)
    if type_.kind is Kind.NULL:
        return o.constant_null()
    made = [coerce(value, type_) for value in values if value.type.kind is not Kind.NULL]
    sql = q.call("coalesce", *(value.copy() for value in made)) if len(made) > 1 else made[0].copy()
    nullable = all(value.nullable for value in values)
    return derive(sql, type_, *made, nullable=nullable)


def null_if(session: Session, node: s.Call, _context: Context, value: Value, other: Value) -> Value:
    """Return null where both are equal, else the first."""
    if Kind.NULL in {value.type.kind, other.type.kind}:
        return value
    folded = all(isinstance(argument, s.Literal) for argument in node.arguments)
    equals = partial(o.equals, folded=folded)
    same = o.spread(equals, value, other, at=session.place(node.at))
    sql = q.case([(same.sql, q.cast(q.null(), value.type))], value.copy())
    return derive(sql, value.type, value, other, nullable=True)


def labels(session: Session, node: s.Call, context: Context, value: Value) -> Value:
    """Return the labels of a node."""
    type_ = t.list_of(STRING)
    if value.type.kind is Kind.NULL:
        return o.constant_null(type_)
    if value.type.kind is Kind.MIXED:
        at = session.place(node.at)
        return o.spread(lambda held: labels(session, node, context, held), value, at=at)
    if value.type.kind is not Kind.NODE:
        raise o.TypeMismatch(takes("labels", "node", value.type))
    branches = []
    for number in sorted(value.type.classes):
        names = [q.string(label) for label in session.catalogue.classes[number].labels]
        branches.append(
            (in_classes(value.sql, [number]), q.cast(exp.Array(expressions=names), type_))
        )
    return derive(q.case(branches, q.cast(q.null(), type_)) if branches else q.null(), type_, value)


def type_of(session: Session, node: s.Call, context: Context, value: Value) -> Value:
    """Return the type of a relationship."""
    if value.type.kind is Kind.NULL:
        return o.constant_null(STRING)
    if value.type.kind is Kind.MIXED:
        at = session.place(node.at)
        return o.spread(lambda held: type_of(session, node, context, held), value, at=at)
    if value.type.kind is not Kind.RELATIONSHIP:
        raise o.TypeMismatch(takes("type", "relationship", value.type))
    numbers = sorted(value.type.classes)
    if not numbers:
        return o.constant_null(STRING)
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
    if value.type.kind is Kind.MIXED:
        at = session.place(node.at)
        return o.spread(lambda held: keys(session, node, context, held), value, at=at)
    if value.type.kind is Kind.MAP:
        return _or_null(value, keys_of(value), type_, [])
    if value.type.kind not in _ENTITIES:
        raise o.TypeMismatch(takes("keys", "keyed", value.type))
    held = _entity_properties(session, node, context, value)
    sql = _present(held)
    return _or_null(value, sql, type_, [v for _, v in held])


def properties(session: Session, node: s.Call, context: Context, value: Value) -> Value:
    """Return the properties that are not null as a map."""
    if value.type.kind is Kind.NULL:
        return o.constant_null()
    if value.type.kind is Kind.MIXED:
        at = session.place(node.at)
        return o.spread(lambda held: properties(session, node, context, held), value, at=at)
    if value.type.kind is Kind.MAP:
        return value
    if value.type.kind not in _ENTITIES:
        raise o.TypeMismatch(takes("properties", "keyed", value.type))
    held = _entity_properties(session, node, context, value)
    type_ = t.Type(Kind.MAP, fields=tuple((name, v.type) for name, v in held), sparse=True)
    parts = [(t.KEYS, _present(held))] + [(t.field_name(name), v.copy()) for name, v in held]
    return _or_null(value, q.record(parts), type_, [v for _, v in held])


def _present(held: list[tuple[str, Value]]) -> exp.Expression:
    """Return the names of the properties that are not null."""
    names = [q.case([(q.not_null(v.copy()), q.string(name))], q.null()) for name, v in held]
    listed = q.cast(exp.Array(expressions=names), t.list_of(STRING))
    return q.call("list_filter", listed, q.lambda_(["k"], q.not_null(q.bare("k"))))


def _or_null(value: Value, sql: exp.Expression, type_: t.Type, used: list[Value]) -> Value:
    if value.nullable:
        sql = q.case([(q.is_null(value.copy()), q.cast(q.null(), type_))], sql)
    return derive(sql, type_, value, *used, nullable=value.nullable)


def start_node(session: Session, node: s.Call, context: Context, value: Value) -> Value:
    """Return the node where a relationship starts."""
    return _end_of(session, node, context, value, "_src")


def end_node(session: Session, node: s.Call, context: Context, value: Value) -> Value:
    """Return the node where a relationship ends."""
    return _end_of(session, node, context, value, "_dst")


def _end_of(session: Session, node: s.Call, context: Context, value: Value, column: str) -> Value:
    if value.type.kind is Kind.NULL:
        return o.constant_null()
    if value.type.kind is not Kind.RELATIONSHIP:
        raise session.error(takes(node.name, "relationship", value.type), node.at)
    if not value.type.classes:
        return o.constant_null(t.node_of(()))
    if value.graph is None and context.lambda_:
        raise o.NeedsQuery
    graph: Home = value.graph or context.graph
    known = session.catalogue.edge_numbers
    place = 0 if column == "_src" else 1
    classes = frozenset(pair[place] for n in value.type.classes for pair in known[n].ends)
    source = graph.ends(value)
    return graph.entity(source, column, t.node_of(classes), nullable=value.nullable)
