"""Compiled values: what is known of each, and how one is read as a wider type.

A map of SQL is a record; one that may lack some of its fields lists the keys it has. A mix is a
record of its tag and a field for each kind of which one is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graphmodel.query.sqlparts import Sql
    from graphmodel.query.types import Type


class Carried(Protocol):
    """Properties that travel with the id of a node or relationship, where no table can join."""

    def property(self, name: str) -> Value | None:
        """Return a property; None where its types cannot meet in one place."""


class Tables(Protocol):
    """Joined tables that hold the properties or the ends of a node or relationship."""

    alias: str

    def column(self, name: str) -> Sql:
        """Return a column of the tables."""

    def property(self, name: str) -> tuple[Sql, Type] | None:
        """Return a property with its type; None where its types cannot meet in one place."""


class Home(Protocol):
    """The join graph in which the id of a node or relationship lives."""

    def fetch(self, entity: Value) -> Tables:
        """Return the tables that hold its properties."""

    def ends(self, link: Value) -> Tables:
        """Return the tables that hold the ends of a relationship."""

    def entity(self, source: Any, column: str, type_: Type, *, nullable: bool = False) -> Value:  # noqa: ANN401 (a source of the graph)
        """Return the node or relationship whose id is in a column of a source."""


@dataclass(slots=True, eq=False)
class Value:
    """A compiled expression with what the planner must know about it.

    `refs` are the aliases it reads, `subquery` tells that it holds a query, `raises` that it can
    stop the query with an error, `simple` that repeating it costs nothing, `link` that it is a
    condition of two equal ids; `graph` is the join graph in which the id of a node or relationship
    lives, `source` the relationship's own scan, `carried` the properties that travel with it.
    """

    sql: Sql
    type: Type
    refs: frozenset[str] = frozenset()
    nullable: bool = True
    raises: bool = False
    subquery: bool = False
    simple: bool = False
    link: bool = False
    graph: Home | None = None
    source: object = None
    carried: Carried | None = None

    def copy(self) -> Sql:
        """Return the SQL as a tree of its own (a column, the usual case, without walking it)."""
        if isinstance(self.sql, exp.Column):
            return exp.Column(**self.sql.args)
        return self.sql.copy()


def owned(values: Iterable[Value]) -> list[Sql]:
    """Return the SQL of values that nothing else will hold; what may be named again is copied."""
    seen: set[int] = set()
    taken = []
    for value in values:
        is_own = not value.simple and id(value.sql) not in seen
        seen.add(id(value.sql))
        taken.append(value.sql if is_own else value.copy())
    return taken


def derive(sql: Sql, type_: Type, *operands: Value, nullable: bool | None = None) -> Value:
    """Return a value computed from others: it reads what they read and fails where they fail."""
    return Value(
        sql,
        type_,
        frozenset().union(*(operand.refs for operand in operands)),
        any(operand.nullable for operand in operands) if nullable is None else nullable,
        any(operand.raises for operand in operands),
        any(operand.subquery for operand in operands),
    )


def coerce(value: Value, target: Type) -> Value:
    """Return the value as a wider type found by `unify`."""
    if value.type == target:
        return value
    sql = _coerced(value, target)
    made = derive(sql, target, value)
    made.simple = value.simple
    return made


def _coerced(value: Value, target: Type) -> Sql:
    source = value.type
    if source.kind is t.Kind.NULL:
        return q.cast(value.sql, target)
    if target.kind is t.Kind.MIXED:
        return read_once(value, lambda held: _packed(held, target))
    if source == t.list_of(t.NULL):
        return q.cast(value.sql, target)
    if target.kind is t.Kind.LIST and target.item and source.item:
        return _coerced_list(value, source.item, target.item)
    if target.kind is t.Kind.MAP:
        return read_once(value, lambda held: _coerced_map(held, target))
    return value.sql


def _coerced_list(value: Value, source: Type, target: Type) -> Sql:
    if isinstance(value.sql, exp.Array):
        items = [Value(item, source, nullable=not _given(item)) for item in value.sql.expressions]
        return exp.Array(expressions=[coerce(item, target).sql for item in items])
    if q.sql_type(source) == q.sql_type(target):
        return value.sql
    return each(value.sql, target, lambda held: coerce(Value(held, source), target).sql)


def each(items: Sql, type_: Type, change: Callable[[Sql], Sql]) -> Sql:
    """Return a list with every item changed; `type_` is the type of the items, before or after.

    The name of the lambda's variable is that of the depth: a nested lambda has another.
    """
    variable = f"e{t.height(type_)}"
    return q.call("list_transform", items, q.lambda_([variable], change(q.bare(variable))))


def read_once(value: Value, build: Callable[[Value], Sql]) -> Sql:
    """Return what `build` makes of a value that it names often, computing the value only once."""
    if value.simple or isinstance(value.sql, exp.Column | exp.Struct | exp.Array | exp.Literal):
        return build(value)
    if value.sql.find(exp.AggFunc) or len(list(value.sql.walk())) <= _SMALL:
        return build(value)
    variable = f"o{t.height(value.type)}"
    held = Value(q.bare(variable), value.type, nullable=value.nullable)
    return bound_once(value.sql, variable, build(held))


def bound_once(sql: Sql, variable: str, body: Sql) -> Sql:
    """Return a body that reads a value under the name of a variable, computed only once."""
    one = exp.Array(expressions=[sql])
    listed = q.call("list_transform", one, q.lambda_([variable], body))
    return q.call("list_extract", listed, q.number(1))


_SMALL = 6


def _given(sql: Sql) -> bool:
    """Tell whether a value is written out, and so not null."""
    inner = sql.this if isinstance(sql, exp.Cast) else sql
    return isinstance(inner, exp.Literal | exp.Boolean | exp.Struct | exp.Array)


def field_of(value: Value, key: str, type_: Type) -> Value:
    """Return the field of a map, null where the map is null or lacks it."""
    name = t.field_name(key)
    sql: Sql | None = None
    if isinstance(value.sql, exp.Struct):
        written = {part.this.name: part.expression for part in value.sql.expressions}
        sql = written[name].copy()
    made = derive(sql or q.call("struct_extract", value.copy(), q.string(name)), type_, value)
    made.nullable = sql is None or not _given(sql)
    return made


def keys_of(value: Value) -> Sql:
    """Return the keys of a map that is not null, as a list of texts."""
    if value.type.sparse:
        return q.call("struct_extract", value.copy(), q.string(t.KEYS))
    return texts(key for key, _ in value.type.fields)


def texts(words: Iterable[str]) -> Sql:
    """Return a list of texts written out."""
    listed = exp.Array(expressions=[q.string(word) for word in words])
    return listed if listed.expressions else q.cast(listed, t.list_of(t.STRING))


def _coerced_map(value: Value, target: Type) -> Sql:
    known = dict(value.type.fields)
    parts: list[tuple[str, Sql]] = [(t.KEYS, keys_of(value))] if target.sparse else []
    for key, type_ in target.fields:
        if key in known:
            made = coerce(field_of(value, key, known[key]), type_).sql
        else:
            made = q.cast(q.null(), type_)
        parts.append((t.field_name(key), made))
    if not value.nullable or isinstance(value.sql, exp.Struct):
        return q.record(parts)
    return q.case([(q.is_null(value.copy()), q.cast(q.null(), target))], q.record(parts))


def _packed(value: Value, target: Type) -> Sql:
    if value.type.kind is t.Kind.MIXED:
        branches = []
        for member in value.type.members:
            tagged = q.equal(tag_of(value), q.string(t.TAGS[member.kind]))
            held = member_of(value, member)
            held.nullable = False
            branches.append((tagged, _packed(held, target)))
        return q.case(branches, q.cast(q.null(), target))
    parts: list[tuple[str, Sql]] = [("t", q.string(t.TAGS[value.type.kind]))]
    for member in target.members:
        held_sql = (
            coerce(Value(value.copy(), value.type, nullable=value.nullable), member).sql
            if member.kind is value.type.kind
            else q.cast(q.null(), member)
        )
        parts.append((t.TAGS[member.kind], held_sql))
    made: Sql = q.record(parts)
    if not value.nullable or _given(value.sql):
        return made
    return q.case([(q.is_null(value.copy()), q.cast(q.null(), target))], made)


def tag_of(value: Value) -> Sql:
    """Return the tag of a mixed value."""
    return q.call("struct_extract", value.copy(), q.string("t"))


def member_of(value: Value, member: Type) -> Value:
    """Return a mixed value read as one of its members (null where it is another)."""
    part = q.call("struct_extract", value.copy(), q.string(t.TAGS[member.kind]))
    return derive(part, member, value, nullable=True)
