"""A query two levels down that reads the outermost one: Spark lets a query see one level only.

The rows of the inner query are gathered beforehand, by what ties them to the query between, and
joined to it; what ties them to the outermost is asked of the gathered rows:
`EXISTS (SELECT 1 FROM r WHERE r.a = mid.a AND r.b = far.b)` becomes
`LEFT JOIN (SELECT r.a AS g0, COLLECT_SET(STRUCT(r.b AS c0)) AS h FROM r GROUP BY r.a) AS o1 ON
o1.g0 = mid.a` and `EXISTS(o1.h, row -> row.c0 = far.b)`. `COUNT` counts the gathered rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.types import INTEGER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.query.sqlparts import Sql

_ROW = "row"


@dataclass(slots=True)
class _Gathered:
    """The inner query taken apart: what it says of itself, keys, and what it asks of others."""

    local: list[Sql] = field(default_factory=list)
    keys: list[tuple[Sql, Sql]] = field(default_factory=list)
    asked: list[Sql] = field(default_factory=list)


def gather(select: exp.Select, around: exp.Select, alias: str) -> bool:
    """Join the rows of an inner query to the one around it; False where its form is another."""
    test = select.parent
    counts = not isinstance(test, exp.Exists)
    if counts and not _counts_rows(select):
        return False
    parts = _taken_apart(select, around)
    if parts is None:
        return False
    own = aliases_of(select)
    inner: dict[tuple[str, str], str] = {}
    asked = [_of_row(part, own, inner) for part in parts.asked]
    columns = [q.alias(key, f"g{index}") for index, (key, _) in enumerate(parts.keys)]
    fields = [(shown, q.column(*key)) for key, shown in inner.items()]
    record = q.record(fields or [("c0", q.number(1))])
    columns.append(q.alias(q.call("collect_list" if counts else "collect_set", record), "h"))
    _read_only_itself(select, columns, parts)
    on = q.both([q.equal(q.column(alias, f"g{i}"), mid) for i, (_, mid) in enumerate(parts.keys)])
    rows = exp.Subquery(this=select.copy(), alias=q.table_alias(alias))
    held = q.column(alias, "h")
    condition = q.lambda_([_ROW], q.both(asked))
    answer: Sql = q.call("coalesce", q.call("exists", held, condition), q.boolean(False))  # noqa: FBT003
    if counts:
        size = q.call("array_size", q.call("filter", held.copy(), condition))
        answer = q.call("coalesce", q.cast(size, INTEGER), q.integer(0))
    if test is not None:
        test.replace(answer)
    around.append("joins", exp.Join(this=rows, side="LEFT", on=on))
    return True


def asks_outer_null(select: exp.Select) -> bool:
    """Tell whether an inner query asks if a column around it is null: Spark 4.3 breaks on that."""
    own = aliases_of(select)
    return any(
        isinstance(test.this, exp.Column) and test.this.table and test.this.table not in own
        for test in select.find_all(exp.Is)
        if test.parent_select is select
    )


def _counts_rows(select: exp.Select) -> bool:
    first = select.expressions[0]
    return (
        isinstance(select.parent, exp.Subquery)
        and len(select.expressions) == 1
        and isinstance(first, exp.Count)
        and isinstance(first.this, exp.Star)
    )


def aliases_of(select: Sql) -> set[str]:
    """Return the names of the sources of one query; a table without an alias is read by none."""
    from_ = select.args.get("from_")
    sources = [from_.this] if from_ is not None else []
    sources += [join.this for join in select.args.get("joins") or ()]
    return {source.alias for source in sources if source.alias}


def conjuncts(sql: Sql | None) -> list[Sql]:
    """Return the conditions that AND joins."""
    if isinstance(sql, exp.Paren):
        return conjuncts(sql.this)
    if isinstance(sql, exp.And):
        return [*conjuncts(sql.this), *conjuncts(sql.expression)]
    return [] if sql is None else [sql]


def outer_tables(sql: Sql) -> set[str]:
    """Return the names that an expression reads from outside it."""
    known = {name for part in sql.find_all(exp.Select) for name in aliases_of(part)}
    return {c.table for c in sql.find_all(exp.Column) if c.table} - known


def _taken_apart(select: exp.Select, around: exp.Select) -> _Gathered | None:
    own, mid = aliases_of(select), aliases_of(around)
    where = select.args.get("where")
    conditions = conjuncts(where.this) if where is not None else []
    sources: list[Sql] = [select.args["from_"]] if select.args.get("from_") is not None else []
    for join in select.args.get("joins") or ():
        if join.side:
            sources.append(join)
        else:
            conditions += conjuncts(join.args.get("on"))
            sources.append(join.this)
    if any(outer_tables(source) - own for source in sources) or not sources:
        return None
    parts = _Gathered()
    for condition in conditions:
        tables = outer_tables(condition)
        if tables <= own:
            parts.local.append(condition)
        elif condition.find(exp.Select):
            return None
        else:
            key = _key(condition, own, mid)
            if key is None:
                parts.asked.append(condition)
            else:
                parts.keys.append(key)
    return parts


def _key(condition: Sql, own: set[str], mid: set[str]) -> tuple[Sql, Sql] | None:
    """Return the inner and the outer side of an equality with the query between."""
    if not isinstance(condition, exp.EQ):
        return None
    sides = condition.this, condition.expression
    for inner, outer in (sides, sides[::-1]):
        if (
            outer_tables(inner)
            and outer_tables(inner) <= own
            and outer_tables(outer)
            and outer_tables(outer) <= mid
        ):
            return inner.copy(), outer.copy()
    return None


def _of_row(sql: Sql, own: set[str], inner: dict[tuple[str, str], str]) -> Sql:
    """Return a condition that reads a gathered row where it read the inner query."""

    def shown(node: Sql) -> Sql:
        if isinstance(node, exp.Column) and node.table in own:
            name = inner.setdefault((node.table, node.name), f"c{len(inner)}")
            return exp.Dot(this=exp.Paren(this=q.bare(_ROW)), expression=q.name(name))
        return node

    return q.wrap(sql.copy().transform(shown))


def _read_only_itself(select: exp.Select, columns: Iterable[Sql], parts: _Gathered) -> None:
    """Leave in the inner query what concerns it alone, grouped by its keys."""
    select.set("expressions", list(columns))
    for join in select.args.get("joins") or ():
        if not join.side:
            join.set("on", None)
            join.set("kind", "CROSS")
    local = [q.wrap(condition.copy()) for condition in parts.local]
    select.set("where", exp.Where(this=q.both(local)) if local else None)
    if parts.keys:
        select.set("group", exp.Group(expressions=[key.copy() for key, _ in parts.keys]))
