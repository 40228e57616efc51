"""Paths of variable length that begin only where the query lets them begin.

A walk over a whole graph for the sake of one start would be most of its work for nothing: where
the node at the start of a walk has conditions of its own, the walk starts from those nodes alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.joins import PathSource, TableSource

if TYPE_CHECKING:
    from graphmodel.query.joins import JoinGraph
    from graphmodel.query.sqlparts import Sql


def seed_paths(graph: JoinGraph) -> None:
    """Narrow the starts of the walks of a join graph, once for each walk.

    Conditions that come to the graph later only leave fewer rows, so that what is done now stays
    right.
    """
    for path in graph.sources:
        if isinstance(path, PathSource) and path.start is not None and not path.outer:
            nodes = _nodes_at(graph, path)
            start, path.start = path.start, None
            for node in nodes:
                _narrow(graph, node, start)


def _nodes_at(graph: JoinGraph, path: PathSource) -> list[TableSource]:
    """Return the node tables whose id is that of the start of a walk."""
    met: set[str] = set()
    for condition in graph.conditions:
        sides = [condition.sql.this, condition.sql.expression] if condition.link else []
        names = [(s.table, s.name) for s in sides if isinstance(s, exp.Column)]
        if (path.alias, "_src") in names:
            met |= {alias for alias, column in names if column == "_nid"}
    return [
        source
        for source in graph.sources
        if isinstance(source, TableSource) and source.alias in met and not source.outer
    ]


def _narrow(graph: JoinGraph, node: TableSource, start: exp.Select) -> None:
    own = frozenset({node.alias})
    asked = [
        condition.copy()
        for condition in graph.conditions
        if condition.refs == own and not (condition.subquery or condition.raises)
    ]
    if not asked:
        return
    chosen = exp.Select(expressions=[node.column("_nid")]).from_(node.sql(), copy=False)
    chosen.set("where", exp.Where(this=q.both(asked)))
    within: Sql = exp.In(this=q.column("e", "_src"), query=q.subquery(chosen))
    held = start.args.get("where")
    start.set("where", exp.Where(this=q.both([held.this, within] if held else [within])))
