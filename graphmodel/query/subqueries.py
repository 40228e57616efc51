"""`EXISTS { }`, `COUNT { }` and pattern predicates: queries that see the variables around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.emit import emit_select
from graphmodel.query.expressions import AGGREGATES, compile_expression
from graphmodel.query.joins import Value
from graphmodel.query.names import aggregates_in
from graphmodel.query.patterns import add_match
from graphmodel.query.session import Context
from graphmodel.query.types import BOOLEAN, INTEGER

if TYPE_CHECKING:
    from graphmodel.query import syntax as s
    from graphmodel.query.joins import JoinGraph
    from graphmodel.query.session import Session


def compile_exists(session: Session, node: s.Exists, context: Context) -> Value:
    """Return whether the patterns have a match."""
    graph, inner = _matched(session, node.body, node.at, context, reach_only=True)
    if node.body.projection is not None:
        _check_projection(session, node.body.projection)
        _columns(session, node.body.projection, inner)
    select = emit_select(graph, [q.number(1)])
    return Value(
        exp.Exists(this=select), BOOLEAN, _outer_refs(graph), nullable=False, subquery=True
    )


def compile_count(session: Session, node: s.Count, context: Context) -> Value:
    """Return the number of matches; with `RETURN DISTINCT`, of different rows."""
    graph, inner = _matched(session, node.body, node.at, context, reach_only=False)
    projection = node.body.projection
    count = exp.Count(this=exp.Star())
    if projection is None or not projection.distinct:
        if projection is not None:
            _check_projection(session, projection)
            _columns(session, projection, inner)
        select = emit_select(graph, [count])
    else:
        _check_projection(session, projection)
        columns = [
            q.alias(value.copy(), f"c{index}")
            for index, value in enumerate(_columns(session, projection, inner))
        ]
        rows = emit_select(graph, columns, distinct=True)
        alias = session.aliases.next("d")
        derived = exp.Subquery(this=rows, alias=q.table_alias(alias))
        select = exp.Select(expressions=[count]).from_(derived, copy=False)
    refs = _outer_refs(graph)
    return Value(q.subquery(select), INTEGER, refs, nullable=False, subquery=True)


def _matched(
    session: Session, body: s.Subquery, at: int, context: Context, *, reach_only: bool
) -> tuple[JoinGraph, Context]:
    if context.lambda_:
        reason = "a subquery stands in a list expression that cannot hold it"
        raise session.error(reason, at)
    graph = session.graph(context.graph)
    inner = Context(graph, context.scope, context.replaced, context.hidden)
    for match in body.matches:
        if match.optional:
            reason = "OPTIONAL MATCH inside a subquery is outside the subset"
            raise session.error(reason, match.at)
        scope = add_match(session, match, inner, reach_only=reach_only)
        inner = Context(graph, scope, context.replaced, context.hidden)
    return graph, inner


def _check_projection(session: Session, projection: s.Projection) -> None:
    if projection.skip or projection.limit or projection.order:
        reason = "SKIP, LIMIT and ORDER BY stand in no subquery here"
        raise session.error(reason, projection.at)
    if aggregates_in(projection.items, AGGREGATES):
        reason = "a subquery here does not aggregate"
        raise session.error(reason, projection.at)


def _columns(session: Session, projection: s.Projection, context: Context) -> list[Value]:
    if projection.star:
        names = sorted(context.scope)
        return [context.scope[name] for name in names]
    return [compile_expression(session, item.expression, context) for item in projection.items]


def _outer_refs(graph: JoinGraph) -> frozenset[str]:
    own = {source.alias for source in graph.sources}
    used: set[str] = set()
    for condition in graph.conditions:
        used |= condition.refs
    for source in graph.sources:
        for condition in source.on:
            used |= condition.refs
    return frozenset(used - own)
