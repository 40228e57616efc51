"""Queries inside functions that have a lambda: Spark takes none there, so each becomes a source.

`transform((SELECT collect_list(…) FROM r WHERE r.a = t.c), x -> …)` becomes
`transform(q1.v, x -> …)` with `LEFT JOIN LATERAL (SELECT collect_list(…) AS v FROM r WHERE
r.a = t.c) AS q1 ON TRUE`. Only a query of exactly one row is moved; one that reads the variable of
a lambda stays where it is, and Spark refuses it.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.query.sqlparts import Sql


_GATHERING = frozenset({"collect_list", "collect_set", "max_by", "min_by"})


def lift_queries_of_lists(statement: Sql) -> None:
    """Turn each query that is an argument beside a lambda into a source of the query around."""
    numbers = count(1)
    for inner in reversed(list(statement.find_all(exp.Select))):
        around = _reader(inner)
        if around is not None and _gives_one_row(inner) and not _reads_bare_names(inner):
            _lift(inner, around, numbers)


def _reader(inner: exp.Select) -> exp.Select | None:
    """Return the query whose rows the function stands in; None where nothing is to be moved."""
    if not isinstance(inner.parent, exp.Subquery):
        return None
    node, listed = inner.parent.parent, False
    while node is not None and not isinstance(node, exp.Select):
        if isinstance(node, exp.From | exp.Join | exp.CTE):
            return None
        if isinstance(node, exp.Func) and any(
            isinstance(part, exp.Lambda) for part in node.iter_expressions()
        ):
            listed = True
        node = node.parent
    return node if listed else None


def _gives_one_row(inner: exp.Select) -> bool:
    gathered = any(
        part.parent_select is inner
        for part in inner.expressions[0].find_all(exp.AggFunc, exp.Anonymous)
        if isinstance(part, exp.AggFunc) or part.name in _GATHERING
    )
    return len(inner.expressions) == 1 and gathered and not inner.args.get("group")


def _reads_bare_names(inner: exp.Select) -> bool:
    """Tell whether a query reads a variable of a lambda around it."""
    own = {
        variable.name for lambda_ in inner.find_all(exp.Lambda) for variable in lambda_.expressions
    }
    return any(
        not column.table and column.name not in own and not isinstance(column.this, exp.Star)
        for column in inner.find_all(exp.Column)
        if not column.this.args.get("quoted")
    )


def _lift(inner: exp.Select, around: exp.Select, numbers: Iterator[int]) -> None:
    alias = f"q{next(numbers)}"
    place, value = inner.parent, inner.expressions[0].unalias()
    inner.set("expressions", [q.alias(value, "v")])
    if place is None:
        return
    place.replace(q.column(alias, "v"))
    rows = exp.Subquery(this=inner)
    if around.args.get("from_") is None:
        rows.set("alias", q.table_alias(alias))
        around.set("from_", exp.From(this=rows))
        return
    source = exp.Lateral(this=rows, alias=q.table_alias(alias))
    on = q.boolean(True)  # noqa: FBT003 (a value)
    around.append("joins", exp.Join(this=source, side="LEFT", on=on))
