"""Clauses one after another: MATCH grows a join graph, everything else may close it into a step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.emit import emit_select
from graphmodel.query.expressions import compile_expression
from graphmodel.query.joins import StageSource, UnnestSource, Value, derive
from graphmodel.query.names import names_used
from graphmodel.query.patterns import add_match, visible
from graphmodel.query.projections import Branch, project_final, project_with
from graphmodel.query.session import Context, Step
from graphmodel.query.states import State, stage
from graphmodel.query.types import Kind

if TYPE_CHECKING:
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql


def compile_branch(session: Session, clauses: tuple[s.Clause, ...]) -> Branch:
    """Return one branch of a UNION: its rows and the columns they have."""
    state = State(session.graph(), {})
    later = _names_after(clauses)
    for clause, live in zip(clauses, later, strict=True):
        if isinstance(clause, s.Match):
            add = _optional if clause.optional else _match
            state = add(session, state, clause, live)
        elif isinstance(clause, s.Unwind):
            state = _unwind(session, state, clause, live)
        elif clause.final:
            return project_final(session, state, clause)
        else:
            state = project_with(session, state, clause, live)
    reason = "the query does not end with RETURN"
    raise session.error(reason, 0)


def _names_after(clauses: tuple[s.Clause, ...]) -> list[set[str] | None]:
    """Return for each clause the variables named in later ones; None means all (a star follows)."""
    found: list[set[str] | None] = []
    names: set[str] | None = set()
    for clause in reversed(clauses):
        found.append(None if names is None else set(names))
        if isinstance(clause, s.Projection):
            # what stands before a projection is needed only by it
            names = None if clause.star else names_used(clause)
        elif names is not None:
            names |= names_used(clause)
    return found[::-1]


def _match(session: Session, state: State, clause: s.Match, _live: set[str] | None) -> State:
    context = Context(state.graph, state.scope)
    return replace(state, scope=add_match(session, clause, context))


def _unwind(session: Session, state: State, clause: s.Unwind, live: set[str] | None) -> State:
    if clause.variable in state.scope:
        reason = f"variable {clause.variable} exists already"
        raise session.error(reason, clause.at)
    items = compile_expression(session, clause.source, Context(state.graph, state.scope))
    if items.type.kind is Kind.NULL:
        items = replace(items, sql=q.cast(q.null(), t.list_of(t.NULL)), type=t.list_of(t.NULL))
    if items.type.kind is Kind.MIXED:
        reason = f"UNWIND takes a list, not a {items.type.word}"
        raise session.error(reason, clause.at)
    if items.type.kind is not Kind.LIST:
        items = _one_item(items)
    outer = {source.alias for source in state.graph.sources if source.outer}
    if items.subquery or items.refs & outer:
        scope = {**state.scope, clause.variable: items}
        kept = None if live is None else {*live, clause.variable}
        state = stage(session, replace(state, scope=scope), kept)
        items = state.scope.pop(clause.variable)
    source = UnnestSource(session.aliases.next("u"), items)
    state.graph.add(source)
    refs = frozenset({source.alias})
    value = Value(source.column("v"), items.type.item or t.NULL, refs, simple=True)
    if value.type.kind in {Kind.NODE, Kind.RELATIONSHIP}:
        value.graph = state.graph
    place = Value(source.column("o"), t.INTEGER, refs, simple=True)
    scope = {**state.scope, clause.variable: value}
    return replace(state, scope=scope, order=[*state.order, place])


def _one_item(value: Value) -> Value:
    """Return a value that is no list as a list of it; null is an empty list."""
    type_ = t.list_of(value.type)
    sql: Sql = exp.Array(expressions=[value.copy()])
    if value.nullable:
        sql = q.case([(q.is_null(value.copy()), q.cast(exp.Array(expressions=[]), type_))], sql)
    return derive(sql, type_, value, nullable=False)


def _optional(session: Session, state: State, clause: s.Match, live: set[str] | None) -> State:
    """Join what matches to the rows before it; a row without a match keeps nulls.

    The pattern is matched once for each different combination of the variables it uses.
    """
    used = names_used(clause)
    needed = None if live is None else live | used
    before = stage(session, state, needed, shared=True)
    source = before.graph.sources[0]
    keys = [name for name in visible(before.scope) if name in used]
    inner = _inner_graph(session, before, keys)
    scope = add_match(session, clause, inner)
    new = [name for name in visible(scope) if name not in before.scope]
    kept = [name for name in new if needed is None or name in needed]
    columns = [q.alias(inner.scope[name].copy(), f"k{i}") for i, name in enumerate(keys)]
    columns.append(q.alias(q.boolean(True), "m"))  # noqa: FBT003 (a value)
    columns += [q.alias(scope[name].copy(), f"n{i}") for i, name in enumerate(kept)]
    matches = emit_select(inner.graph, columns)
    name = session.aliases.next("s")
    session.steps.append(Step(name, matches))
    found = StageSource(session.aliases.next("t"), source.rows, name)
    found.outer = True
    for index, key in enumerate(keys):
        same = exp.NullSafeEQ(
            this=q.wrap(before.scope[key].copy()), expression=found.column(f"k{index}")
        )
        found.on.append(Value(same, t.BOOLEAN, frozenset({source.alias, found.alias})))
    before.graph.add(found)
    after = dict(before.scope)
    for index, variable in enumerate(kept):
        value = Value(
            found.column(f"n{index}"),
            scope[variable].type,
            frozenset({found.alias}),
            simple=True,
            graph=before.graph,
        )
        after[variable] = value
    return stage(session, replace(before, scope=after), live)


def _inner_graph(session: Session, before: State, keys: list[str]) -> Context:
    graph = session.graph()
    scope: dict[str, Value] = {}
    if keys:
        columns = [q.alias(before.scope[name].copy(), f"k{i}") for i, name in enumerate(keys)]
        select = emit_select(before.graph, columns, distinct=True)
        step = session.aliases.next("s")
        session.steps.append(Step(step, select))
        source = StageSource(session.aliases.next("t"), before.graph.sources[0].rows, step)
        graph.add(source)
        for index, name in enumerate(keys):
            old = before.scope[name]
            value = Value(
                source.column(f"k{index}"),
                old.type,
                frozenset({source.alias}),
                old.nullable,
                simple=True,
            )
            value.graph = graph if old.type.kind in {Kind.NODE, Kind.RELATIONSHIP} else None
            scope[name] = value
    return Context(graph, scope)
