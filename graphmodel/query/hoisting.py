"""Values that hold a query, kept out of lambdas: the database takes no query inside one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from collections.abc import Callable


def hoisted(build: Callable[..., Value], *values: Value) -> Value:
    """Return what `build` makes of the values; those with a query are computed before, once.

    `build` may put them into lambdas. Where one holds a query, all go through a list of one record,
    and `build` sees the fields of that record.
    """
    if not any(value.subquery for value in values):
        return build(*values)
    used = {column.name for value in values for column in value.sql.find_all(exp.Column)}
    name = next(f"h{depth}" for depth in range(len(used) + 1) if f"h{depth}" not in used)
    fields = [f"h{index}" for index in range(len(values))]
    record = q.record((field, value.copy()) for field, value in zip(fields, values, strict=True))
    held = [
        Value(q.call("struct_extract", q.bare(name), q.string(field)), value.type)
        for field, value in zip(fields, values, strict=True)
    ]
    made = build(*held)
    one = exp.Array(expressions=[record])
    listed = q.call("list_transform", one, q.lambda_([name], made.sql))
    sql = q.call("list_extract", listed, q.number(1))
    return derive(sql, made.type, *values, nullable=True)
