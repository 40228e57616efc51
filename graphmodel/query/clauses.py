"""Clauses one after another: MATCH grows a join graph, everything else may close it into a step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.emit import emit_select
from graphmodel.query.expressions import AGGREGATES, compile_expression
from graphmodel.query.free_distincts import ends_as_set, lightened
from graphmodel.query.joins import StageSource, UnnestSource
from graphmodel.query.mixes import listed_members
from graphmodel.query.names import aggregates_in, names_used
from graphmodel.query.patterns import HIDDEN, add_match, visible
from graphmodel.query.projections import Branch, project_final, project_with
from graphmodel.query.refusals import Said
from graphmodel.query.session import Context, Step
from graphmodel.query.states import State, stage
from graphmodel.query.types import Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql


_KEY = HIDDEN + "key"


def compile_branch(
    session: Session, clauses: tuple[s.Clause, ...], *, united: bool = False
) -> Branch:
    """Return one branch of a UNION: its rows and the columns they have.

    `united` tells that a UNION makes its rows different.
    """
    state = State(session.graph(), {})
    later = _names_after(clauses)
    for place, (clause, live) in enumerate(zip(clauses, later, strict=True)):
        if isinstance(clause, s.Projection) and clause.final:
            return project_final(session, state, clause)
        if isinstance(clause, s.Projection) and clause.distinct:
            light = ends_as_set(clauses[place + 1 :], united=united)
            clause = lightened(session, state, clause) if light else clause  # noqa: PLW2901
        state = _follow(session, state, clause, live)
    reason = Said("refusal-no-return")
    raise session.error(reason, 0)


def _follow(session: Session, state: State, clause: s.Clause, live: set[str] | None) -> State:
    if isinstance(clause, s.Match):
        add = _optional if clause.optional else _match
        return add(session, state, clause, live)
    if isinstance(clause, s.Unwind):
        return _unwind(session, state, clause, live)
    return project_with(session, state, clause, live)


def run_inside(
    session: Session, clauses: tuple[s.Clause, ...], context: Context, used: set[str]
) -> State:
    """Return what the clauses of a subquery leave; behind RETURN, its columns alone.

    The variables around it stay in reach throughout, and no WITH may take the name of one. Those
    that the subquery names (`used` are all names in it) are grouping keys of each WITH.
    """
    outer = dict(context.scope)
    state = State(session.graph(context.graph), dict(outer))
    for clause, live in zip(clauses, _names_after(clauses), strict=True):
        if not isinstance(clause, s.Projection):
            state = _follow(session, state, clause, live)
            continue
        for item in clause.items:
            same = isinstance(item.expression, s.Variable) and item.expression.name == item.name
            if item.name in outer and not same:
                reason = Said("refusal-variable-taken", name=item.name)
                raise session.error(reason, item.at)
        needed = None if clause.final else live
        keyed = clause if clause.final or not used & outer.keys() else _grouped(clause)
        state = project_with(session, state, replace(keyed, final=False), needed, outer)
        if not clause.final:
            state = replace(state, scope={**outer, **state.scope})
    return state


def _grouped(clause: s.Projection) -> s.Projection:
    """Give an aggregation a grouping key, so that no row becomes no group, as Neo4j has it."""
    if not aggregates_in(tuple(item.expression for item in clause.items), AGGREGATES):
        return clause
    one = s.Literal("integer", 1, clause.at)
    return replace(clause, items=(*clause.items, s.Item(one, _KEY, aliased=True, at=clause.at)))


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
        reason = Said("refusal-variable-taken", name=clause.variable)
        raise session.error(reason, clause.name_at)
    items = compile_expression(session, clause.source, Context(state.graph, state.scope))
    if items.type.kind is Kind.NULL:
        items = replace(items, sql=q.cast(q.null(), t.list_of(t.NULL)), type=t.list_of(t.NULL))
    if items.type.kind is Kind.MIXED:
        items = listed_members(items)
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
    _refuse_known_paths(session, clause, before)
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


def _refuse_known_paths(session: Session, clause: s.Match, before: State) -> None:
    """Neo4j makes a path whose parts are all bound already, whether or not it matches."""
    for path in clause.paths:
        names = [node.variable for node in path.nodes]
        names += [link.variable for link in path.relationships]
        if path.variable is not None and all(name in before.scope for name in names):
            raise session.error(Said("refusal-known-path", name=path.variable), path.at)


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
