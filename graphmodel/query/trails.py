"""Variable-length patterns as recursive steps: trails, or reach where existence is all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.emit import emit_select
from graphmodel.query.expressions import compile_expression, property_of, split_condition
from graphmodel.query.joins import PathSource, TableSource
from graphmodel.query.operators import equals, spread
from graphmodel.query.session import Context, Step

if TYPE_CHECKING:
    from graphmodel.query import syntax as s
    from graphmodel.query.catalogue import EdgeTable
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql

Ends = tuple[frozenset[int], frozenset[int]]
Kept = tuple[str, ...]
"""Columns kept of each path: `_rids`, its relationships, and `_nids`, its nodes. Without the first
only reach counts."""

_ROWS_A_HOP = 3


def path_source(
    session: Session,
    pattern: s.RelationshipPattern,
    tables: list[EdgeTable],
    context: Context,
    keep: Kept,
) -> tuple[PathSource, Ends]:
    """Write the steps of a variable length; return their source and the possible end classes."""
    low, high = pattern.hops or (1, 1)
    edges = _edges(session, pattern, tables, context)
    name = session.aliases.next("w")
    walk = _walk(name, edges, high, keep)
    columns = ("_src", "_dst", "_n", *keep)
    session.roots.append(Step(name, walk, recursive=True, columns=columns))
    starts = frozenset(a for table in tables for a, _ in table.ends)
    stops = frozenset(b for table in tables for _, b in table.ends)
    if pattern.direction == "both":
        starts = stops = starts | stops
    chosen = session.aliases.next("s")
    picked: Sql = _picked(name, (low, high), keep)
    if low == 0:
        everything = session.catalogue.all_classes
        starts = stops = everything
        picked = _with_none(session, picked, keep)
    session.roots.append(Step(chosen, picked))
    rows = sum(session.catalogue.rows(table.table) for table in tables) * _ROWS_A_HOP
    return PathSource(session.aliases.next("v"), rows, chosen, walk.this), (starts, stops)


def _edges(
    session: Session, pattern: s.RelationshipPattern, tables: list[EdgeTable], context: Context
) -> str:
    """Write the step that reads the relationships a path may use; return its name."""
    graph = session.graph()
    direction = "both" if pattern.direction == "both" else "out"
    source = TableSource(
        session.aliases.next("r"), session.catalogue, tables, ("_rid", "_src", "_dst"), direction
    )
    graph.add(source)
    numbers = frozenset(table.number for table in tables)
    value = graph.entity(source, "_rid", t.relationship_of(numbers))
    value.source = source
    # only constants and parameters may be asked of every hop: other variables are out of reach
    inner = Context(
        graph, {pattern.variable: value} if pattern.variable else {}, hidden=context.hidden
    )
    for name, expected in pattern.properties:
        held = property_of(session, value, name, pattern.at, inner)
        wanted = compile_expression(session, expected, Context(graph, {}))
        graph.require(spread(equals, held, wanted, at=session.place(pattern.at)))
    if pattern.condition is not None:
        for part in split_condition(session, pattern.condition, inner):
            graph.require(part)
    columns = [q.alias(source.column(key), key) for key in ("_rid", "_src", "_dst")]
    name = session.aliases.next("e")
    session.roots.append(Step(name, emit_select(graph, columns)))
    return name


def _walk(name: str, edges: str, high: int, keep: Kept) -> Sql:
    first = [q.column("e", "_src"), q.column("e", "_dst"), q.number(1)]
    following = [
        q.column("w", "_src"),
        q.column("e", "_dst"),
        exp.Add(this=q.column("w", "_n"), expression=q.number(1)),
    ]
    conditions: list[Sql] = [exp.LT(this=q.column("w", "_n"), expression=q.number(high))]
    if "_rids" in keep:
        first.append(exp.Array(expressions=[q.column("e", "_rid")]))
        used = q.column("w", "_rids")
        following.append(q.call("list_append", used, q.column("e", "_rid")))
        conditions.append(q.negate(q.call("list_contains", used.copy(), q.column("e", "_rid"))))
    if "_nids" in keep:
        first.append(exp.Array(expressions=[q.column("e", "_src"), q.column("e", "_dst")]))
        following.append(q.call("list_append", q.column("w", "_nids"), q.column("e", "_dst")))
    start = exp.Select(expressions=first).from_(_step(edges, "e"), copy=False)
    meet = q.equal(q.column("e", "_src"), q.column("w", "_dst"))
    more = exp.Select(expressions=following).from_(_step(name, "w"), copy=False)
    more.append("joins", exp.Join(this=_step(edges, "e"), on=meet))
    more.set("where", exp.Where(this=q.both(conditions)))
    return exp.Union(this=start, expression=more, distinct=not keep)


def _step(name: str, alias: str) -> exp.Table:
    return exp.Table(this=q.name(name), alias=q.table_alias(alias))


def _picked(name: str, hops: tuple[int, int], keep: Kept) -> exp.Select:
    columns = ["_src", "_dst", *keep]
    select = exp.Select(expressions=[q.column("w", column) for column in columns])
    select.from_(_step(name, "w"), copy=False)
    low, high = hops
    if low > 1 or high < 1:
        within = exp.Between(this=q.column("w", "_n"), low=q.number(low), high=q.number(high))
        select.set("where", exp.Where(this=within))
    if not keep:
        select.set("distinct", exp.Distinct())
    return select


def _with_none(session: Session, picked: Sql, keep: Kept) -> Sql:
    """Add the paths of no hop: every node to itself."""
    graph = session.graph()
    node, _ = graph.node_scan(session.catalogue.all_classes)
    columns = [q.alias(node.copy(), "_src"), q.alias(node.copy(), "_dst")]
    if "_rids" in keep:
        empty = q.cast(exp.Array(expressions=[]), t.list_of(t.INTEGER))
        columns.append(q.alias(empty, "_rids"))
    if "_nids" in keep:
        columns.append(q.alias(exp.Array(expressions=[node.copy()]), "_nids"))
    return exp.Union(this=picked, expression=emit_select(graph, columns), distinct=not keep)
