"""Subqueries as Spark takes them: a query sees the one around it, and none beyond that.

Where a query two levels down reads a column of the outermost one, its rows are gathered for the
query between (`spark_nested`); where that cannot be, the query between carries the column:
`FROM (SELECT t.c AS x0) AS o1 CROSS JOIN …`.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.spark_nested import aliases_of, asks_outer_null, gather

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphmodel.query.sqlparts import Sql


def carry_outer_columns(statement: Sql) -> None:
    """Give each query between two others the columns that the inner reads of the outer."""
    numbers = count(1)
    for select in reversed(list(statement.find_all(exp.Select))):
        around = _around(select)
        if around is not None:
            _carry(select, around, numbers)


def order_by_columns(statement: Sql) -> None:
    """Let ORDER BY name columns where it would hold a query: a source that computes them."""
    for select in reversed(list(statement.find_all(exp.Select))):
        windows = [w for w in select.find_all(exp.Window) if w.parent_select is select]
        orders = [
            o for o in (select.args.get("order"), *(w.args.get("order") for w in windows)) if o
        ]
        if any(order.find(exp.Select) for order in orders):
            _source_of_keys(select, orders, windows)


def _source_of_keys(select: Sql, orders: list[Sql], windows: Sequence[Sql]) -> None:
    numbered = {id(window.parent) for window in windows}
    computed: list[Sql] = []
    columns: list[Sql] = []
    for column in select.expressions:
        if id(column) in numbered:
            columns.append(column)
        else:
            computed.append(column)
            columns.append(q.alias(q.column("y", column.alias), column.alias))
    for order in orders:
        for key in order.expressions:
            shown = f"y{len(computed)}"
            held = key.this
            if isinstance(held, exp.Anonymous) and held.this == "transform":
                held = held.expressions[0]  # a function with a lambda holds no query
            held.replace(q.column("y", shown))
            computed.append(q.alias(held, shown))
    inner = exp.Select(expressions=computed)
    for part in ("from_", "joins", "where"):
        inner.set(part, select.args.get(part))
        select.set(part, None)
    select.set("expressions", columns)
    source = exp.Subquery(this=inner, alias=q.table_alias("y"))
    select.set("from_", exp.From(this=source))


def _around(select: Sql) -> exp.Select | None:
    """Return the query in one of whose expressions a query stands; None where it is a source."""
    node = select.parent
    while node is not None and not isinstance(node, exp.Select):
        if isinstance(node, exp.From | exp.Join | exp.CTE):
            return None
        node = node.parent
    return node


def _carry(select: exp.Select, around: exp.Select, numbers: Iterator[int]) -> None:
    known = set().union(*(aliases_of(inner) for inner in select.find_all(exp.Select)))
    known |= aliases_of(around)
    far = [c for c in select.find_all(exp.Column) if c.table and c.table not in known]
    if not (far or asks_outer_null(select)):
        return
    alias = f"o{next(numbers)}"
    if gather(select, around, alias) or not far:
        return
    names: dict[tuple[str, str], str] = {}
    for column in far:
        shown = names.setdefault((column.table, column.name), f"x{len(names)}")
        column.replace(q.column(alias, shown))
    carried = [q.alias(q.column(*key), shown) for key, shown in names.items()]
    source = exp.Subquery(this=exp.Select(expressions=carried), alias=q.table_alias(alias))
    from_ = around.args.get("from_")
    if from_ is not None:
        first = exp.Join(this=from_.this, kind="CROSS")
        around.set("joins", [first, *(around.args.get("joins") or ())])
    around.set("from_", exp.From(this=source))
