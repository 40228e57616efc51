"""A join graph written down as one SELECT, its sources in the order chosen by `ordering`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.joins import Source
from graphmodel.query.ordering import core_of, order_sources
from graphmodel.query.seeds import seed_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query.joins import JoinGraph
    from graphmodel.query.sqlparts import Sql
    from graphmodel.query.values import Value


def emit_select(
    graph: JoinGraph,
    columns: Sequence[Sql],
    *,
    distinct: bool = False,
    order: Sequence[Sql] = (),
) -> exp.Select:
    """Return `SELECT columns FROM … WHERE … ORDER BY …`.

    Inner sources come first, each with the conditions that are complete when it joins; conditions
    that hold a subquery stand in WHERE; sources of optional properties come last.
    """
    seed_paths(graph)
    inner, conditions = order_sources(graph), list(graph.conditions)
    outer = [source for source in graph.sources if source.outer]
    columns, order = list(columns), list(order)
    core = core_of(graph, inner)
    if core:
        barrier = _Barrier(graph, core, inner)
        conditions = barrier.close(
            conditions, [*columns, *order, *(c.sql for s in outer for c in s.on)]
        )
        columns = [barrier.moved(column) for column in columns]
        order = [barrier.moved(key) for key in order]
        for source in outer:
            source.on = [replace(c, sql=barrier.moved(c.sql)) for c in source.on]
        inner = [barrier, *(source for source in inner if source.alias not in core)]
    select = exp.Select(expressions=columns)
    if distinct:
        select.set("distinct", exp.Distinct())
    own = frozenset(source.alias for source in (*inner, *outer))
    pending = _join_all(select, inner, conditions, own)
    if outer and not inner:
        select.set("from_", exp.From(this=_one_row(graph)))
    for source in outer:
        on = q.both([c.sql for c in source.on])
        select.append("joins", exp.Join(this=source.sql(), side="LEFT", on=on))
    if pending:
        select.set("where", exp.Where(this=q.both([c.sql for c in pending])))
    if order:
        select.set("order", exp.Order(expressions=order))
    return select


def _join_all(
    select: exp.Select,
    inner: Sequence[Source],
    conditions: Sequence[Value],
    own: frozenset[str],
) -> list[Value]:
    """Write the inner joins; return the conditions that are left for WHERE."""
    pending = list(conditions)
    placed: set[str] = set()
    for index, source in enumerate(inner):
        placed.add(source.alias)
        if index == 0:
            select.set("from_", exp.From(this=source.sql()))
            continue
        late = {id(c) for c in pending if c.subquery or not (c.refs & own) <= placed}
        ready = [c.sql for c in pending if id(c) not in late]
        pending = [c for c in pending if id(c) in late]
        on = q.both(ready) if ready else None
        kind = None if ready else "CROSS"
        select.append("joins", exp.Join(this=source.sql(), on=on, kind=kind))
    return pending


def _one_row(graph: JoinGraph) -> Sql:
    one = exp.Select(expressions=[q.alias(q.number(1), "one")])
    return exp.Subquery(this=one, alias=q.table_alias(graph.aliases.next("z")))


class _Barrier(Source):
    """The sources that ids hold together, joined and finished before anything else joins them.

    The database does not move a join across it: a join of values, such as equal names, can be a
    hundred times larger than it looks, and would otherwise be tried too early.
    """

    def __init__(self, graph: JoinGraph, core: frozenset[str], inner: Sequence[Source]) -> None:
        super().__init__(graph.aliases.next("m"), 1)
        self._core = core
        self._name = graph.aliases.next("m")
        self._inner = [source for source in inner if source.alias in core]
        self._own = frozenset(source.alias for source in graph.sources)
        self._columns: dict[tuple[str, str], str] = {}
        self._conditions: list[Value] = []

    def close(self, conditions: Sequence[Value], used: Sequence[Sql]) -> list[Value]:
        """Take the conditions that concern the core; return the others, moved."""
        mine = {
            id(c) for c in conditions if c.refs & self._own and c.refs & self._own <= self._core
        }
        self._conditions = [c for c in conditions if id(c) in mine]
        rest = [c for c in conditions if id(c) not in mine]
        for sql in (*used, *(c.sql for c in rest)):
            for column in sql.find_all(exp.Column):
                if column.table in self._core:
                    self._columns.setdefault((column.table, column.name), f"m{len(self._columns)}")
        return [self._condition(c) for c in rest]

    def _condition(self, condition: Value) -> Value:
        touched = condition.refs & self._core
        refs = (condition.refs - self._core) | ({self.alias} if touched else set())
        return replace(condition, sql=self.moved(condition.sql), refs=refs)

    def moved(self, sql: Sql) -> Sql:
        """Return an expression that reads the barrier where it read the core."""

        def shown(node: Sql) -> Sql:
            if isinstance(node, exp.Column) and node.table in self._core:
                return self.column(self._columns[node.table, node.name])
            return node

        moved: Sql = sql.transform(shown)
        return moved

    def sql(self) -> Sql:
        """Return the core as a materialized step inside a derived table."""
        columns = [q.alias(q.column(*key), shown) for key, shown in self._columns.items()]
        select = exp.Select(expressions=columns or [q.alias(q.number(1), "one")])
        pending = _join_all(select, self._inner, self._conditions, self._core)
        if pending:
            select.set("where", exp.Where(this=q.both([c.sql for c in pending])))
        step = exp.CTE(this=select, alias=q.table_alias(self._name), materialized=True)
        read = exp.Select(expressions=[exp.Star()]).from_(
            exp.Table(this=exp.Identifier(this=self._name, quoted=False)), copy=False
        )
        read.set("with_", exp.With(expressions=[step]))
        return exp.Subquery(this=read, alias=q.table_alias(self.alias))
