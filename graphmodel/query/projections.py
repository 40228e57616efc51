"""`WITH` and `RETURN`: columns, grouping, DISTINCT, ORDER BY, SKIP and LIMIT."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.aggregates import group
from graphmodel.query.emit import emit_select
from graphmodel.query.expressions import AGGREGATES, compile_expression, split_condition
from graphmodel.query.names import (
    aggregates_in,
    calls_in_subqueries,
    has_subquery,
    names_outside_subqueries,
    names_used,
)
from graphmodel.query.patterns import visible
from graphmodel.query.refusals import Said, whole
from graphmodel.query.session import Context
from graphmodel.query.sorting import (
    comparable,
    is_integer,
    same_key,
    sort_keys,
    tells_apart,
)
from graphmodel.query.states import State, stage, stage_of
from graphmodel.query.values import Value, derive, owned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql


@dataclass(slots=True)
class Branch:
    """The rows of one branch: a SELECT whose columns are `c0`, `c1`, … with names and values."""

    select: exp.Select
    names: list[str]
    values: list[Value]


@dataclass(slots=True)
class _Projected:
    """The items of a projection compiled: where they live and what ORDER BY may see."""

    state: State
    context: Context
    items: dict[str, Value]
    known: dict[s.Expression, Value]


def _items(session: Session, state: State, clause: s.Projection) -> tuple[s.Item, ...]:
    if not clause.star:
        return clause.items
    names = visible(state.scope)
    taken = {item.name for item in clause.items}
    if not names and clause.final:
        reason = Said("refusal-star-nothing")
        raise session.error(reason, clause.at)
    starred = tuple(
        s.Item(s.Variable(name, clause.at), name, False, clause.at)  # noqa: FBT003 (a field)
        for name in names
        if name not in taken
    )
    return (*starred, *clause.items)


def _project(session: Session, state: State, clause: s.Projection) -> _Projected:
    """Compile the items, grouping first where one of them aggregates."""
    items = _items(session, state, clause)
    _refuse_hidden_aggregates(session, items)
    context = Context(state.graph, state.scope)
    grouped = aggregates_in(tuple(item.expression for item in items), AGGREGATES)
    if grouped:
        state, context = group(session, state, items, clause)
    elif sorting := aggregates_in(tuple(key.expression for key in clause.order), AGGREGATES):
        raise session.error(Said("refusal-order-aggregate"), sorting[0].at)
    values = {item.name: compile_expression(session, item.expression, context) for item in items}
    known = {item.expression: values[item.name] for item in items}
    projected = _Projected(state, context, values, known)
    if clause.distinct:
        projected = _distinct(session, projected, items)
    return projected


def _refuse_hidden_aggregates(session: Session, items: tuple[s.Item, ...]) -> None:
    """Neo4j takes an aggregation inside a subquery for one of the column, if that reads more."""
    for item in items:
        for call in calls_in_subqueries(item.expression):
            if call.name.lower() in AGGREGATES and names_outside_subqueries(item.expression):
                raise session.error(Said("refusal-hidden-aggregate", function=call.name), call.at)


def _distinct(session: Session, projected: _Projected, items: tuple[s.Item, ...]) -> _Projected:
    """Close the different rows into a step; behind it only the columns are in reach."""
    for item in items:
        projected.items[item.name] = comparable(session, projected.items[item.name], item.at)
    select = _different_rows(session, projected)
    state = stage_of(session, select, projected.items)
    hidden = projected.context.hidden | set(projected.context.scope)
    known = {item.expression: state.scope[item.name] for item in items}
    scope = {
        item.expression.name: state.scope[item.name]
        for item in items
        if isinstance(item.expression, s.Variable)
    }
    context = Context(state.graph, scope, known, frozenset(hidden - set(scope)))
    return _Projected(state, context, state.scope, known)


def _different_rows(session: Session, projected: _Projected) -> exp.Select:
    values = list(projected.items.values())
    columns = [q.alias(value.copy(), f"c{index}") for index, value in enumerate(values)]
    graph = projected.state.graph
    if not any(tells_apart(value.type) for value in values):
        return emit_select(graph, columns, distinct=True)
    order = projected.state.order
    columns += [q.alias(value.copy(), f"o{index}") for index, value in enumerate(order)]
    types = [value.type for value in values]
    return first_of_each(session, emit_select(graph, columns), types, len(order))


def first_of_each(session: Session, rows: Sql, types: list[t.Type], order: int) -> exp.Select:
    """Return the first row of each set of rows that Cypher takes for the same.

    The order is that of the columns `o0`, `o1`, …; without them an integer comes before a float.
    """
    alias = session.aliases.next("d")
    held = [Value(q.column(alias, f"c{index}"), type_) for index, type_ in enumerate(types)]
    by = [q.column(alias, f"o{index}") for index in range(order)]
    columns = []
    for index, value in enumerate(held):
        keys = [*by, *([q.negate(is_integer(value))] if value.type.kind is t.Kind.MIXED else [])]
        kept = exp.Order(this=value.copy(), expressions=[exp.Ordered(this=k.copy()) for k in keys])
        columns.append(q.alias(q.call("first", kept if keys else value.copy()), f"c{index}"))
    source = exp.Subquery(this=rows, alias=q.table_alias(alias))
    select = exp.Select(expressions=columns).from_(source, copy=False)
    select.set("group", exp.Group(expressions=[same_key(value) for value in held]))
    return select


def _order_keys(session: Session, clause: s.Projection, projected: _Projected) -> list[exp.Ordered]:
    """Compile ORDER BY: it sees the new names, which hide old variables of the same name."""
    context = projected.context
    scope = {**context.scope, **projected.items}
    known = {**context.replaced, **projected.known}
    for name in projected.items:
        known.pop(s.Variable(name), None)
    known = {key: value for key, value in known.items() if not _hides(key, projected.items)}
    inner = Context(projected.state.graph, scope, known, context.hidden)
    keys: list[exp.Ordered] = []
    for key in clause.order:
        value = compile_expression(session, key.expression, inner)
        keys += sort_keys(session, value, key)
    return keys


def _hides(node: s.Expression, items: dict[str, Value]) -> bool:
    """Tell whether an expression reads a variable that a new name hides."""
    return bool(names_used(node) & items.keys()) and not isinstance(node, s.Variable)


def _bound(session: Session, node: s.Expression | None, what: str) -> Sql | None:
    """Return SKIP or LIMIT as a number that is known before anything runs."""
    if node is None:
        return None
    value: object = None
    if isinstance(node, s.Literal):
        value = node.value
    elif isinstance(node, s.Parameter):
        session.parameter(node.name, node.at)
        value = session.constant(node.name)
    else:
        return _computed_bound(session, node, what)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        reason = Said("refusal-count-negative", clause=what)
        raise session.error(reason, node.at)
    return q.number(value)


def _computed_bound(session: Session, node: s.Expression, what: str) -> Sql:
    """Return SKIP or LIMIT as an expression of constants, checked while the query runs."""
    value = compile_expression(session, node, Context(session.graph(), {}))
    if value.subquery or has_subquery(node):
        reason = Said("refusal-count-literal", clause=what)
        raise session.error(reason, node.at)
    if value.type is not t.INTEGER:
        reason = Said("refusal-count-negative", clause=what)
        raise session.error(reason, node.at)
    negative = q.binary(exp.LT, value.copy(), q.number(0))
    wrong = q.either([q.is_null(value.copy()), negative])
    checked = q.case([(wrong, q.raised("count", session.place(node.at)))], value.copy())
    # as a query of its own it is checked even where there are no rows to count
    return q.subquery(exp.Select(expressions=[checked]))


def project_final(session: Session, state: State, clause: s.Projection) -> Branch:
    """Return the rows of RETURN."""
    projected = _project(session, state, clause)
    names = list(projected.items)
    values = list(projected.items.values())
    for index, (name, value) in enumerate(projected.items.items()):
        if value.type.entity():
            at = next((item.at for item in clause.items if item.name == name), clause.at)
            values[index] = _absent(session, name, value, at)
    keys = _order_keys(session, clause, projected)
    if not keys and not clause.distinct:
        keys = [exp.Ordered(this=value.copy()) for value in projected.state.order]
    taken = [value.copy() for value in values] if clause.order else owned(values)
    columns = [q.alias(sql, f"c{index}") for index, sql in enumerate(taken)]
    select = emit_select(projected.state.graph, columns, order=keys)
    _cut(session, select, clause)
    return Branch(select, names, values)


def _absent(session: Session, name: str, value: Value, at: int) -> Value:
    """Return a column that may hold no element: null and empty lists are answered, others refused.

    Nodes, relationships and paths are no plain values; where none is found there is none to refuse.
    """
    kind = value.type.kind
    if kind not in {t.Kind.NODE, t.Kind.RELATIONSHIP, t.Kind.PATH, t.Kind.LIST}:
        reason, hint = whole(name, value.type)
        raise session.error(reason, at, hint)
    stop = q.raised("whole", session.place(at), name, kind.value)
    branches: list[tuple[Sql, Sql]] = [(q.is_null(value.copy()), q.null())]
    type_ = t.NULL
    if kind is t.Kind.LIST:
        type_ = t.list_of(t.NULL)
        none = q.equal(q.call("len", value.copy()), q.number(0))
        branches.append((none, q.cast(exp.Array(expressions=[]), type_)))
    return derive(q.cast(q.case(branches, stop), type_), type_, value)


def _cut(session: Session, select: exp.Select, clause: s.Projection) -> None:
    limit, offset = _bound(session, clause.limit, "LIMIT"), _bound(session, clause.skip, "SKIP")
    if limit is not None:
        select.set("limit", exp.Limit(expression=limit))
    if offset is not None:
        select.set("offset", exp.Offset(expression=offset))


def project_with(
    session: Session,
    state: State,
    clause: s.Projection,
    live: set[str] | None,
    outer: Mapping[str, Value] | None = None,
) -> State:
    """Return the state behind WITH, its WHERE applied, which sees the `outer` variables too."""
    projected = _project(session, state, clause)
    if clause.order or clause.skip is not None or clause.limit is not None:
        made = _ordered_stage(session, projected, clause)
    else:
        made = _plain_with(session, projected, clause, live)
    if clause.condition is not None:
        context = Context(made.graph, {**(outer or {}), **made.scope})
        for value in split_condition(session, clause.condition, context):
            made.graph.require(value)
    kept = {name: made.scope[name] for name in projected.items if name in made.scope}
    return replace(made, scope=kept)


def _plain_with(
    session: Session, projected: _Projected, clause: s.Projection, live: set[str] | None
) -> State:
    """Go on in the same join graph, or behind a step where a value is worth computing once.

    WHERE still sees the variables from before, unless rows were grouped or made different.
    """
    names = names_used(clause.condition) if clause.condition is not None else set()
    older: dict[str, Value] = {}
    if not projected.context.hidden and not clause.distinct:
        older = {n: v for n, v in projected.context.scope.items() if n in names}
    scope = {**older, **projected.items}
    made = State(projected.state.graph, scope, projected.state.order)
    if all(value.simple and not value.subquery for value in projected.items.values()):
        return made
    return stage(session, made, None if live is None else live | names)


def _ordered_stage(session: Session, projected: _Projected, clause: s.Projection) -> State:
    """Number the rows in the order asked for, and cut by that number."""
    keys = _order_keys(session, clause, projected)
    if not keys:
        keys = [exp.Ordered(this=value.copy()) for value in projected.state.order]
    columns: list[Sql] = [
        q.alias(v.copy(), f"c{i}") for i, v in enumerate(projected.items.values())
    ]
    select = _numbered_rows(session, projected, columns, keys)
    made = stage_of(session, select, projected.items, 1)
    limit, offset = _bound(session, clause.limit, "LIMIT"), _bound(session, clause.skip, "SKIP")
    place = made.order[0]
    if offset is not None:
        made.graph.require(_place(exp.GT, place, offset))
    if limit is not None:
        last = limit if offset is None else q.binary(exp.Add, limit, offset.copy())
        made.graph.require(_place(exp.LTE, place, last))
    if limit is not None or offset is not None:
        made = stage(session, made, None)
    return made if clause.order else replace(made, order=[])


def _numbered_rows(
    session: Session, projected: _Projected, columns: list[Sql], keys: list[exp.Ordered]
) -> exp.Select:
    """Return the columns and, as `o0`, the place of each row.

    Keys are computed one step before: a window takes none that may stop the query by an error.
    """
    places = [q.alias(key.this.copy(), f"k{i}") for i, key in enumerate(keys)]
    alias = session.aliases.next("w")
    for index, key in enumerate(keys):
        key.set("this", q.column(alias, f"k{index}"))
    order = exp.Order(expressions=keys) if keys else None
    numbered = q.alias(exp.Window(this=exp.RowNumber(), order=order), "o0")
    rows = emit_select(projected.state.graph, [*columns, *places])
    shown = [q.alias(q.column(alias, column.alias), column.alias) for column in columns]
    source = exp.Subquery(this=rows, alias=q.table_alias(alias))
    return exp.Select(expressions=[*shown, numbered]).from_(source, copy=False)


def _place(node: Callable[..., Sql], place: Value, bound: Sql) -> Value:
    return Value(q.binary(node, place.copy(), bound), t.BOOLEAN, place.refs)
