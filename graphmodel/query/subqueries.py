"""Queries inside expressions: `EXISTS { }`, `COUNT { }`, `COLLECT { }`, pattern comprehensions.

Each is one SQL query that reads the variables around it. Patterns alone are one join graph; with
other clauses the steps between them stand inside that query, where they may read those variables
too.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.clauses import run_inside
from graphmodel.query.emit import emit_select
from graphmodel.query.expressions import AGGREGATES, compile_expression
from graphmodel.query.listing import list_column, list_rows
from graphmodel.query.names import aggregates_in, names_used
from graphmodel.query.patterns import add_match
from graphmodel.query.projections import Branch
from graphmodel.query.refusals import Said
from graphmodel.query.session import Context
from graphmodel.query.sorting import order_parts, sortable
from graphmodel.query.types import BOOLEAN, INTEGER, Kind
from graphmodel.query.unions import join_branches, with_steps
from graphmodel.query.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphmodel.query.joins import JoinGraph
    from graphmodel.query.session import Session, Step
    from graphmodel.query.sqlparts import Sql
    from graphmodel.query.states import State


def compile_exists(session: Session, node: s.Exists, context: Context) -> Value:
    """Return whether there is a row."""
    _begin(session, node, node.at, context)
    if node.pattern:
        _refuse_new_names(session, node, context)
    found: list[Sql] = []
    for clauses in node.body.branches:
        if _is_plain(clauses):
            graph, _ = _matched(session, clauses, context, reach_only=True)
            found.append(exp.Exists(this=emit_select(graph, [q.number(1)])))
            continue
        with _own_steps(session) as steps:
            state = run_inside(session, clauses, context, names_used(node.body))
            select = _finished(steps, emit_select(state.graph, [q.number(1)]))
        found.append(exp.Exists(this=select))
    return _query_value(q.either(found), BOOLEAN)


def compile_count(session: Session, node: s.Count, context: Context) -> Value:
    """Return the number of rows."""
    _begin(session, node, node.at, context)
    body = node.body
    count = exp.Count(this=exp.Star())
    if len(body.branches) == 1 and _is_plain(body.branches[0]):
        return _plain_count(session, body.branches[0], context)
    with _own_steps(session) as steps:
        if len(body.branches) == 1:
            state = run_inside(session, body.branches[0], context, names_used(body))
            select = emit_select(state.graph, [count])
        else:
            rows, _, _ = _united(session, body, context)
            alias = session.aliases.next("d")
            derived = exp.Subquery(this=rows, alias=q.table_alias(alias))
            select = exp.Select(expressions=[count]).from_(derived, copy=False)
        whole = _finished(steps, select)
    return _query_value(q.subquery(whole), INTEGER)


def compile_collect(session: Session, node: s.Collect, context: Context) -> Value:
    """Return the values of the one column as a list, nulls included."""
    _begin(session, node, node.at, context)
    with _own_steps(session) as steps:
        if len(node.body.branches) == 1:
            state = run_inside(session, node.body.branches[0], context, names_used(node.body))
            value = _only_column(session, node, list(state.scope.values()))
            order = [place.copy() for place in state.order]
            select = list_rows(session, state.graph, value.copy(), order or _keys(value))
        else:
            rows, names, types = _united(session, node.body, context)
            alias = session.aliases.next("d")
            held = [Value(q.column(alias, f"c{i}"), type_) for i, type_ in enumerate(types)]
            value = _only_column(session, node, held[: len(names)])
            keys = _keys(value)
            columns = [q.alias(value.copy(), "v")]
            columns += [q.alias(key, f"k{index}") for index, key in enumerate(keys)]
            derived = exp.Subquery(this=rows, alias=q.table_alias(alias))
            named = exp.Select(expressions=columns).from_(derived, copy=False)
            select = list_column(session, named, len(keys))
        whole = _finished(steps, select)
    return _or_empty(whole, value)


def compile_pattern_list(session: Session, node: s.PatternComprehension, context: Context) -> Value:
    """Return `[(a)-->(b) WHERE condition | result]`."""
    _begin(session, node, node.at, context)
    match = s.Match((node.path,), node.condition, at=node.at)
    graph, inner = _matched(session, (match,), context, reach_only=False)
    value = compile_expression(session, node.result, inner)
    return _or_empty(list_rows(session, graph, value.copy(), _keys(value)), value)


def _begin(session: Session, node: s.Expression, at: int, context: Context) -> None:
    """Refuse a place where no query can stand, and variables that an aggregation left behind."""
    if context.lambda_:
        raise o.NeedsQuery
    lost = sorted(context.hidden & names_used(node))
    if lost:
        raise session.error(Said("refusal-no-grouping-key", name=lost[0]), at)


def _refuse_new_names(session: Session, node: s.Exists, context: Context) -> None:
    """A pattern used as a condition names only what is known."""
    for name in sorted(names_used(node)):
        if name not in context.scope:
            raise session.error(Said("refusal-pattern-new-name", name=name), node.at)


def _is_plain(clauses: Sequence[s.Clause]) -> bool:
    """Tell whether there are only patterns, and a RETURN that keeps all rows or different ones."""
    for clause in clauses:
        if isinstance(clause, s.Unwind) or (isinstance(clause, s.Match) and clause.optional):
            return False
        if isinstance(clause, s.Projection):
            cut = clause.skip or clause.limit or clause.order or not clause.final
            if cut or aggregates_in(clause.items, AGGREGATES):
                return False
    return isinstance(clauses[0], s.Match)


def _matched(
    session: Session, clauses: Sequence[s.Clause], context: Context, *, reach_only: bool
) -> tuple[JoinGraph, Context]:
    """Match patterns in one join graph; the columns of a RETURN are looked at, not kept."""
    graph = session.graph(context.graph)
    inner = Context(graph, context.scope, context.replaced, context.hidden)
    for clause in clauses:
        if isinstance(clause, s.Match):
            scope = add_match(session, clause, inner, reach_only=reach_only)
            inner = Context(graph, scope, context.replaced, context.hidden)
        elif isinstance(clause, s.Projection):
            _columns(session, clause, inner)
    return graph, inner


def _plain_count(session: Session, clauses: Sequence[s.Clause], context: Context) -> Value:
    graph, inner = _matched(session, clauses, context, reach_only=False)
    count = exp.Count(this=exp.Star())
    last = clauses[-1]
    if not isinstance(last, s.Projection) or not last.distinct:
        return _query_value(q.subquery(emit_select(graph, [count])), INTEGER)
    values = _columns(session, last, inner)
    columns = [q.alias(value.copy(), f"c{index}") for index, value in enumerate(values)]
    rows = emit_select(graph, columns, distinct=True)
    alias = session.aliases.next("d")
    derived = exp.Subquery(this=rows, alias=q.table_alias(alias))
    select = exp.Select(expressions=[count]).from_(derived, copy=False)
    return _query_value(q.subquery(select), INTEGER)


def _columns(session: Session, projection: s.Projection, context: Context) -> list[Value]:
    if projection.star:
        names = sorted(context.scope)
        return [context.scope[name] for name in names]
    return [compile_expression(session, item.expression, context) for item in projection.items]


def _united(
    session: Session, body: s.Subquery, context: Context
) -> tuple[exp.Expression, list[str], list[t.Type]]:
    branches = []
    for clauses in body.branches:
        last = clauses[-1]
        if not isinstance(last, s.Projection) or not last.final:
            raise session.error(Said("refusal-no-return"), last.at)
        state = run_inside(session, clauses, context, names_used(body))
        branches.append(_branch(state))
    places = [clauses[-1].at for clauses in body.branches]
    return join_branches(session, branches, places, keep=body.keep_duplicates)


def _branch(state: State) -> Branch:
    values = list(state.scope.values())
    columns = [q.alias(value.copy(), f"c{index}") for index, value in enumerate(values)]
    return Branch(emit_select(state.graph, columns), list(state.scope), values)


@contextmanager
def _own_steps(session: Session) -> Iterator[list[Step]]:
    """Gather the steps of a subquery by themselves: they may read what stands around it."""
    around = session.steps
    session.steps = []
    try:
        yield session.steps
    finally:
        session.steps = around


def _finished(steps: Sequence[Step], select: exp.Expression) -> exp.Expression:
    """Write the steps before the SELECT of a subquery.

    A total over all rows is computed whole: the database fails where it leaves unread columns of
    one out of a subquery that reads its surroundings.
    """
    for step in steps:
        last = step.sql.expressions[-1] if isinstance(step.sql, exp.Select) else None
        if isinstance(last, exp.Alias) and isinstance(last.this, exp.Count):
            step.materialized = True
    return with_steps(steps, select)


def _only_column(session: Session, node: s.Collect, values: Sequence[Value]) -> Value:
    if len(values) != 1:
        raise session.error(Said("refusal-collect-columns", count=len(values)), node.at)
    return values[0]


def _keys(value: Value) -> list[Sql]:
    """Return what orders values whose rows have no order: by value, the same each time."""
    if value.type.kind is Kind.NULL or not sortable(value.type):
        return []
    return order_parts(value)


def _or_empty(select: exp.Expression, value: Value) -> Value:
    type_ = t.list_of(value.type)
    empty = q.cast(exp.Array(expressions=[]), type_)
    return _query_value(q.call("coalesce", q.subquery(select), empty), type_)


def _query_value(sql: Sql, type_: t.Type) -> Value:
    """Return a subquery as a value: it reads whatever it names without reading it from itself."""
    read = {column.table for column in sql.find_all(exp.Column) if column.table}
    own = {alias.name for alias in sql.find_all(exp.TableAlias)}
    refs = frozenset(read - own)
    return Value(sql, type_, refs, nullable=False, subquery=True)
