"""The one place where the SQL of one engine is written differently from another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.errors import UsageError

if TYPE_CHECKING:
    from sqlglot import expressions as exp

DIALECTS = ("duckdb", "spark")


def render(statement: exp.Expression, dialect: str) -> str:
    """Return the statement as text of a dialect; the tree given is used up."""
    if dialect not in DIALECTS:
        reason = f"there is no dialect {dialect}."
        raise UsageError(reason, hint=f"Use {' or '.join(DIALECTS)}.")
    if dialect == "spark":
        from graphmodel.query.spark_sql import for_spark

        statement = for_spark(statement)
    return statement.sql(dialect=dialect, copy=False)
