"""What a query knows between two clauses, and how that is closed into a step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.emit import emit_select
from graphmodel.query.joins import StageSource
from graphmodel.query.session import Step
from graphmodel.query.types import Kind
from graphmodel.query.values import Value, owned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.query.joins import JoinGraph
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql

_STEP_ROWS = 300


@dataclass(slots=True)
class State:
    """The join graph so far, the variables in reach, and the order of rows where there is one.

    `order` lists values by which the rows are taken in ascending order (an UNWIND, an ORDER BY):
    Cypher promises nothing then, but `collect` follows it.
    """

    graph: JoinGraph
    scope: dict[str, Value]
    order: list[Value] = field(default_factory=list)


def stage(session: Session, state: State, live: set[str] | None, *, shared: bool = False) -> State:
    """Close the join graph into a step of the live variables; `shared` steps are read twice."""
    names = [name for name in sorted(state.scope) if live is None or name in live]
    if _is_bare(state, names):
        if shared:
            _share(session, state)
        return State(state.graph, {name: state.scope[name] for name in names}, state.order)
    taken = owned([state.scope[name] for name in names])
    columns: list[Sql] = [q.alias(sql, f"c{i}") for i, sql in enumerate(taken)]
    columns += [q.alias(value.copy(), f"o{i}") for i, value in enumerate(state.order)]
    select = emit_select(state.graph, columns or [q.alias(q.number(1), "c0")])
    values = {name: state.scope[name] for name in names}
    made = stage_of(session, select, values, len(state.order))
    if shared:
        _share(session, made)
    return made


def _is_bare(state: State, names: list[str]) -> bool:
    """Tell whether the graph is one finished step already."""
    graph = state.graph
    if len(graph.sources) != 1 or graph.conditions:
        return False
    values = [*(state.scope[name] for name in names), *state.order]
    return isinstance(graph.sources[0], StageSource) and all(v.simple and v.refs for v in values)


def _share(session: Session, state: State) -> None:
    source = state.graph.sources[0]
    for step in session.steps:
        if isinstance(source, StageSource) and step.name == source.name:
            step.materialized = True


def stage_of(session: Session, select: Sql, values: Mapping[str, Value], order: int = 0) -> State:
    """Return the state that reads a step whose columns `c0`, `c1`, … hold these values."""
    name = session.aliases.next("s")
    session.steps.append(Step(name, select))
    graph = session.graph()
    source = StageSource(session.aliases.next("t"), _STEP_ROWS, name)
    graph.add(source)
    scope = {
        key: column_value(source, f"c{index}", value, graph)
        for index, (key, value) in enumerate(values.items())
    }
    refs = frozenset({source.alias})
    places = [Value(source.column(f"o{i}"), t.INTEGER, refs, simple=True) for i in range(order)]
    return State(graph, scope, places)


def column_value(source: StageSource, column: str, value: Value, graph: JoinGraph) -> Value:
    """Return the value that a column of a step holds."""
    entity = value.type.kind in {Kind.NODE, Kind.RELATIONSHIP}
    return Value(
        source.column(column),
        value.type,
        frozenset({source.alias}),
        value.nullable,
        simple=True,
        graph=graph if entity else None,
    )
