"""List comprehensions, quantifiers and `reduce`.

A body without subqueries becomes a lambda; one with subqueries (or whose variable is a node, whose
properties must be joined) becomes a query over the unnested list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.carried import carrier, gathered
from graphmodel.query.emit import emit_select
from graphmodel.query.joins import UnnestSource
from graphmodel.query.listing import list_rows
from graphmodel.query.names import has_subquery
from graphmodel.query.refusals import Said
from graphmodel.query.session import Context
from graphmodel.query.types import BOOLEAN, Kind
from graphmodel.query.values import Value, coerce, derive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.query import syntax as s
    from graphmodel.query.carried import Carrier
    from graphmodel.query.joins import JoinGraph
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql

_ENTITIES = {Kind.NODE, Kind.RELATIONSHIP}


def _source(session: Session, node: s.Expression, context: Context) -> Value:
    value = session.compilers.expression(session, node, context)
    if value.type.kind is Kind.NULL:
        return o.constant_null(t.list_of(t.NULL))
    if value.type.kind is not Kind.LIST:
        reason = Said("refusal-list-needed", type=value.type)
        raise session.error(reason, node.at)
    return value


def _needs_query(items: Value, *bodies: s.Expression | None) -> bool:
    item = items.type.item or t.NULL
    return item.entity() or any(body is not None and has_subquery(body) for body in bodies)


def _lambda(session: Session, items: Value, name: str, context: Context) -> tuple[str, Context]:
    variable = session.aliases.next("x")
    value = Value(q.bare(variable), items.type.item or t.NULL, simple=True)
    return variable, context.inside({**context.scope, name: value}, lambda_=True)


def _unnested(
    session: Session, items: Value, name: str, context: Context
) -> tuple[UnnestSource, JoinGraph, Context]:
    if context.lambda_:
        raise o.NeedsQuery
    graph = session.graph(context.graph)
    source = UnnestSource(session.aliases.next("u"), items)
    graph.add(source)
    type_ = items.type.item or t.NULL
    value = Value(source.column("v"), type_, frozenset({source.alias}), simple=True)
    if type_.kind in _ENTITIES:
        value.graph = graph
    scope = {**context.scope, name: value}
    return source, graph, Context(graph, scope, context.replaced, context.hidden)


def _null_where_null(items: Value, sql: Sql, type_: t.Type, *used: Value) -> Value:
    if items.nullable:
        sql = q.case([(q.is_null(items.copy()), q.cast(q.null(), type_))], sql)
    made = derive(sql, type_, items, *used, nullable=items.nullable)
    made.refs = items.refs.union(*(value.refs for value in used))
    return made


def compile_comprehension(session: Session, node: s.Comprehension, context: Context) -> Value:
    """Return `[x IN list WHERE condition | result]`."""
    items = _source(session, node.source, context)
    if not _needs_query(items, node.condition, node.result):
        try:
            return _comprehension_lambda(session, node, context, items)
        except o.NeedsQuery:
            if context.lambda_:
                raise
    return _comprehension_query(session, node, context, items)


def _comprehension_lambda(
    session: Session, node: s.Comprehension, context: Context, items: Value
) -> Value:
    sql, used = items.copy(), []
    if node.condition is not None:
        variable, inner = _lambda(session, items, node.variable, context)
        kept = _condition(session, node.condition, inner)
        sql = q.call("list_filter", sql, q.lambda_([variable], kept.sql))
        used.append(kept)
    type_ = items.type
    if node.result is not None:
        variable, inner = _lambda(session, items, node.variable, context)
        result = session.compilers.expression(session, node.result, inner)
        sql = q.call("list_transform", sql, q.lambda_([variable], result.sql))
        type_ = t.list_of(result.type)
        used.append(result)
    _refuse_queries(*used)
    return _null_where_null(items, sql, type_, *used)


def _refuse_queries(*bodies: Value) -> None:
    """A lambda holds no query."""
    if any(body.subquery for body in bodies):
        raise o.NeedsQuery


def _condition(session: Session, node: s.Expression, context: Context) -> Value:
    return session.compilers.condition(session, node, context)


def _comprehension_query(
    session: Session, node: s.Comprehension, context: Context, items: Value
) -> Value:
    source, graph, inner = _unnested(session, items, node.variable, context)
    used = []
    if node.condition is not None:
        used.append(_condition(session, node.condition, inner))
        graph.require(used[0])
    result = inner.scope[node.variable]
    if node.result is not None:
        result = session.compilers.expression(session, node.result, inner)
        used.append(result)
    made_type = t.list_of(result.type)
    empty = q.cast(exp.Array(expressions=[]), made_type)
    listed = q.subquery(list_rows(session, graph, result.copy(), [source.column("o")]))
    made = _null_where_null(items, q.call("coalesce", listed, empty), made_type, *used)
    made.subquery = True
    return made


def compile_quantifier(session: Session, node: s.Quantifier, context: Context) -> Value:
    """Return `all`, `any`, `none` or `single` in three-valued logic."""
    items = _source(session, node.source, context)
    if not _needs_query(items, node.condition):
        try:
            return _quantifier_lambda(session, node, context, items)
        except o.NeedsQuery:
            if context.lambda_:
                raise
    return _quantifier_query(session, node, context, items)


def _quantifier_lambda(
    session: Session, node: s.Quantifier, context: Context, items: Value
) -> Value:
    variable, inner = _lambda(session, items, node.variable, context)
    condition = session.compilers.condition(session, node.condition, inner)
    _refuse_queries(condition)
    results = q.call("list_transform", items.copy(), q.lambda_([variable], condition.sql))
    decided = node.kind != "all"
    found = q.call("list_contains", results, q.boolean(decided))
    unsure = o.has_null(results.copy())
    if node.kind == "single":
        kept = q.call("list_filter", results.copy(), q.lambda_(["y"], q.bare("y")))
        sql = _single(q.call("len", kept), unsure)
    else:
        answers = q.boolean(node.kind == "any"), q.boolean(node.kind != "any")
        sql = q.case([(found, answers[0]), (unsure, q.null())], answers[1])
    made = _null_where_null(items, sql, BOOLEAN, condition)
    made.nullable = True
    return made


def _single(count: Sql, unsure: Sql) -> Sql:
    several = q.binary(exp.GT, count, q.number(1))
    return q.case(
        [(several, q.boolean(False)), (unsure, q.null())],  # noqa: FBT003 (a value)
        q.equal(count.copy(), q.number(1)),
    )


def _quantifier_query(
    session: Session, node: s.Quantifier, context: Context, items: Value
) -> Value:
    _, graph, inner = _unnested(session, items, node.variable, context)
    condition = session.compilers.condition(session, node.condition, inner)
    judged = emit_select(graph, [q.alias(condition.sql, "c")])
    alias = session.aliases.next("q")
    column = q.column(alias, "c")
    unsure = q.binary(exp.GT, _count_where(q.is_null(column)), q.number(0))
    yes = column.copy() if node.kind != "all" else q.negate(column.copy())
    count = _count_where(yes)
    if node.kind == "single":
        sql = _single(count, unsure)
    else:
        answers = q.boolean(node.kind == "any"), q.boolean(node.kind != "any")
        hit = q.binary(exp.GT, count, q.number(0))
        sql = q.case([(hit, answers[0]), (unsure, q.null())], answers[1])
    outer = exp.Select(expressions=[sql]).from_(
        exp.Subquery(this=judged, alias=q.table_alias(alias)), copy=False
    )
    made = _null_where_null(items, q.subquery(outer), BOOLEAN, condition)
    made.subquery, made.nullable = True, True
    return made


def _count_where(condition: Sql) -> Sql:
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition))


def compile_reduce(session: Session, node: s.Reduce, context: Context) -> Value:
    """Return `reduce(total = start, x IN list | body)`."""
    items = _source(session, node.source, context)
    carried = carrier(session, items)
    initial = session.compilers.expression(session, node.initial, context)
    type_, body, names = initial.type, initial, ("", "")
    for _ in range(4):
        names = session.aliases.next("x"), session.aliases.next("x")
        item = _reduced_item(items, names[1], carried)
        total = Value(q.bare(names[0]), type_, simple=True)
        scope = {**context.scope, node.accumulator: total, node.variable: item}
        body = _reduce_body(session, node, context, scope)
        wider = t.unify(type_, body.type)
        if wider == type_:
            break
        type_ = wider
    else:
        reason = Said("refusal-reduce-type")
        raise session.error(reason, node.at)
    items = gathered(session, items, carried, context)
    made = _reduced(session, items, coerce(initial, type_), coerce(body, type_), names)
    result = _null_where_null(items, made, type_, initial, body)
    result.nullable = True
    return result


def _reduced_item(items: Value, name: str, carried: Carrier | None) -> Value:
    type_ = items.type.item or t.NULL
    if carried is None:
        return Value(q.bare(name), type_, simple=True)
    return carried.entity(name)


def _reduce_body(
    session: Session, node: s.Reduce, context: Context, scope: Mapping[str, Value]
) -> Value:
    try:
        body = session.compilers.expression(session, node.body, context.inside(scope, lambda_=True))
        _refuse_queries(body)
    except o.NeedsQuery:
        if context.lambda_:
            raise
        reason = Said("refusal-reduce-subquery")
        raise session.error(reason, node.at) from None
    return body


def _reduced(
    session: Session, items: Value, start: Value, body: Value, names: tuple[str, str]
) -> Sql:
    """Fold records of total and item: the engine's own reduction knows one type for both."""
    total, item = names
    x, before, after = (session.aliases.next("x") for _ in range(3))
    records = q.call(
        "list_transform",
        items.copy(),
        q.lambda_([x], _record(q.cast(q.null(), start.type), q.bare(x))),
    )
    opened = {
        total: q.call("struct_extract", q.bare(before), q.string("t")),
        item: q.call("struct_extract", q.bare(after), q.string("i")),
    }
    nothing = q.cast(q.null(), items.type.item or t.NULL)
    step = _record(_with_names(body.sql, opened), nothing.copy())
    first = _record(start.copy(), nothing)
    folded = q.call("list_reduce", records, q.lambda_([before, after], step), first)
    return q.call("struct_extract", folded, q.string("t"))


def _record(total: Sql, item: Sql) -> exp.Struct:
    parts = [("t", total), ("i", item)]
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=q.name(key), expression=value) for key, value in parts]
    )


def _with_names(sql: Sql, opened: Mapping[str, Sql]) -> Sql:
    """Put the parts of the record where the body names its two variables."""

    def opened_or_same(node: Sql) -> Sql:
        if isinstance(node, exp.Column) and not node.args.get("table"):
            part = opened.get(node.name)
            return node if part is None else part.copy()
        return node

    return sql.transform(opened_or_same)
