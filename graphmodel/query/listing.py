"""Rows of a join graph gathered into one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.emit import emit_select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query.joins import JoinGraph
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql


def list_rows(
    session: Session, graph: JoinGraph, value: Sql, order: Sequence[Sql] = ()
) -> exp.Select:
    """Return the query for the list of a value in each row, in ascending `order`; null for none.

    The rows stand in a query of their own: an aggregate over nothing but columns from outside
    would be taken for one of the query around.
    """
    columns = [q.alias(value, "v"), *(q.alias(key, f"k{i}") for i, key in enumerate(order))]
    return list_column(session, emit_select(graph, columns), len(order))


def list_column(session: Session, rows: Sql, keys: int) -> exp.Select:
    """Return the query for the list of the column `v`, ordered by columns `k0`, `k1`, as given."""
    alias = session.aliases.next("d")
    gathered: Sql = q.column(alias, "v")
    if keys:
        by = [exp.Ordered(this=q.column(alias, f"k{index}")) for index in range(keys)]
        gathered = exp.Order(this=gathered, expressions=by)
    source = exp.Subquery(this=rows, alias=q.table_alias(alias))
    return exp.Select(expressions=[q.call("list", gathered)]).from_(source, copy=False)
