"""A statement rewritten for Spark: the tree the compiler makes is DuckDB's own.

Checked on Spark 4.3 in ANSI mode, where overflow and division by zero are errors.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.errors import InternalError
from graphmodel.query import sqlparts as q
from graphmodel.query.refusals import Said, refusal
from graphmodel.query.spark_functions import REWRITERS, SAME, int_of, struct_part, with_null_flags
from graphmodel.query.spark_lifted import lift_queries_of_lists
from graphmodel.query.spark_nested import outer_tables
from graphmodel.query.spark_scopes import carry_outer_columns, order_by_columns
from graphmodel.query.types import FLOAT, STRING

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.sqlparts import Sql


def for_spark(statement: exp.Expression) -> exp.Expression:
    """Return the statement for Spark, made of a copy: no two places share a part of the tree."""
    statement = statement.copy()
    _write_out_correlated(statement)
    nodes = list(statement.walk())
    for node in reversed(nodes):  # what stands inside comes before what holds it
        rewrite = _REWRITES.get(type(node))
        if rewrite is not None and isinstance(node, exp.Expression):
            rewrite(node)
    _keep_steps(statement)
    order_by_columns(statement)
    lift_queries_of_lists(statement)
    carry_outer_columns(statement)
    return statement


def _write_out_correlated(statement: exp.Expression) -> None:
    """Put a step that reads a query around it where it is read: Spark takes none such in WITH."""
    for with_ in list(statement.find_all(exp.With)):
        for step in list(with_.expressions):  # one read by a later one makes that one such a step
            if outer_tables(step.this):
                _write_out(statement, step)
        if not with_.expressions and with_.parent is not None:
            with_.parent.set("with_", None)


def _write_out(statement: exp.Expression, step: exp.Expression) -> None:
    step.pop()
    read = [t for t in statement.find_all(exp.Table) if t.name == step.alias and not t.db]
    if len(read) > 1 and step.find(exp.Window):
        # numbered twice, rows that are equal in order could get different numbers
        raise refusal(Said("refusal-run-spark-nested"))
    for table in read:
        rows = exp.Subquery(this=step.this.copy(), alias=q.table_alias(table.alias))
        table.replace(rows)


def _keep_steps(statement: exp.Expression) -> None:
    """Have a step that is read more than once computed once.

    Spark writes a step out wherever it is read, a step of steps many times over, unless two
    readings could differ: so each such step is given a condition that is always true and random.
    """
    read = Counter(t.name for t in statement.find_all(exp.Table) if not t.db)
    for step in statement.find_all(exp.CTE):
        select = step.this
        while isinstance(select, exp.Union | exp.Subquery):
            select = select.this
        if read[step.alias] > 1 and isinstance(select, exp.Select):
            select.where(q.binary(exp.GTE, q.call("rand"), q.number(0)), copy=False)


def _call(node: Sql) -> None:
    name = str(node.this).lower()
    if name == "list":
        _gathered(node)
    elif name == "first" and isinstance(node.expressions[0], exp.Order):
        keys = [key.this for key in node.expressions[0].expressions]
        by = exp.Struct(expressions=with_null_flags(keys))
        node.replace(q.call("min_by", node.expressions[0].this, by))
    elif name in REWRITERS:
        node.replace(REWRITERS[name](*node.expressions))
    elif name not in SAME:
        reason = f"The function {name} has no counterpart on Spark."
        raise InternalError(reason)


def _gathered(node: Sql) -> None:
    """Write `list(x ORDER BY y) FILTER (…)`: Spark gathers without order, so records are sorted.

    Of no rows it makes an empty list, DuckDB null, which the compiler takes for an empty list.
    """
    value, keys = node.expressions[0], []
    if isinstance(value, exp.Order):
        value, keys = value.this, [key.this for key in value.expressions]
    distinct = isinstance(value, exp.Distinct)
    if distinct:
        value = value.expressions[0]
    if keys:
        fields = [*with_null_flags(keys), exp.PropertyEQ(this=q.name("v"), expression=value)]
        value = exp.Struct(expressions=fields)
    gathered: Sql = q.call("collect_list", exp.Distinct(expressions=[value]) if distinct else value)
    replaced: Sql = node
    if isinstance(node.parent, exp.Filter):
        replaced = node.parent
        gathered = exp.Filter(this=gathered, expression=replaced.expression)
    if keys:
        held = q.lambda_(["z"], struct_part(q.bare("z"), q.string("v")))
        gathered = q.call("transform", q.call("array_sort", gathered), held)
    replaced.replace(gathered)


def _case(node: Sql) -> None:
    if node.meta.get(q.FLOAT_TEXT):
        tested = node.args["ifs"][0].this.this
        node.replace(q.cast(tested, STRING))


def _paren(node: Sql) -> None:
    depth = node.meta.get(q.ORDERED_LIST)
    if depth:
        node.replace(_list_key(node.this, depth))


def _list_key(items: Sql, depth: int) -> Sql:
    """Return a list that compares with nulls last: Spark takes null for the least."""
    name = f"n{depth}"
    item = q.bare(name) if depth == 1 else _list_key(q.bare(name), depth - 1)
    record = q.record([("n", q.is_null(q.bare(name))), ("v", item)])
    return q.call("transform", items, q.lambda_([name], record))


def _struct(node: Sql) -> None:
    if node.meta.get(q.ORDERED_RECORD):
        node.set("expressions", with_null_flags([part.expression for part in node.expressions]))


def _extreme(node: Sql) -> None:
    depth = node.meta.get(q.ORDERED_LIST)
    if depth:
        name = "max_by" if isinstance(node, exp.Max) else "min_by"
        node.replace(q.call(name, node.this, _list_key(node.this.copy(), depth)))


def _sum(node: Sql) -> None:
    """DuckDB adds integers in 128 bits; Spark would stop at 64."""
    if not node.meta.get(q.WHOLE):
        return
    wide = exp.DataType(
        this=exp.DataType.Type.DECIMAL,
        expressions=[exp.DataTypeParam(this=q.number(20)), exp.DataTypeParam(this=q.number(0))],
    )
    inner = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
    inner.replace(exp.Cast(this=inner.copy(), to=wide))


def _cast(node: Sql) -> None:
    """A parameter that is a list or map is bound as JSON text: Spark binds no null inside one.

    A list of no value is cast once: Spark casts no list of numbers to one of records.
    """
    held = node.this.this if isinstance(node.this, exp.Cast) else None
    if isinstance(held, exp.Array) and all(isinstance(i, exp.Null) for i in held.expressions):
        node.set("this", held)
    if isinstance(node.this, exp.Placeholder) and node.args["to"].args.get("nested"):
        declared = q.string(node.args["to"].sql(dialect="spark"))
        node.replace(q.call("from_json", node.this, declared))


def _try_cast(node: Sql) -> None:
    """Spark takes a double of 2^63 for the largest integer."""
    node.set("safe", True)  # noqa: FBT003 (a value)
    if node.args["to"].this != exp.DataType.Type.BIGINT:
        return
    double = exp.TryCast(this=node.this.copy(), to=q.data_type("DOUBLE"), safe=True)
    beyond = q.binary(exp.GTE, double, q.cast(q.string("9223372036854775808"), FLOAT))
    is_double = q.equal(q.call("typeof", node.this.copy()), q.string("double"))
    node.replace(q.case([(q.both([is_double, beyond]), q.null())], node.copy()))


def _window(node: Sql) -> None:
    if node.args.get("order") is None:
        node.set("order", exp.Order(expressions=[exp.Ordered(this=q.number(1))]))


def _bound_of_rows(node: Sql) -> None:
    """Spark computes `raise_error` wherever it stands in a LIMIT: a cast of its words fails too."""
    bound = node.expression
    if isinstance(bound, exp.Subquery) and not bound.this.args.get("from_"):
        bound = bound.this.expressions[0]
    if not isinstance(bound, exp.Case):
        return
    branches = [(i.this, i.args["true"]) for i in bound.args["ifs"]]
    told = [(test, then.expressions[0]) for test, then in branches]
    number = q.cast(int_of(bound.args["default"]), STRING)
    node.set("expression", exp.Cast(this=q.case(told, number), to=q.data_type("INT")))


def _compared(node: Sql) -> None:
    """Spark reads `EXISTS (…) <> x` only with parentheses around the query."""
    for side in (node.this, node.expression):
        if isinstance(side, exp.Exists):
            side.replace(exp.Paren(this=side.copy()))


def _lateral(node: Sql) -> None:
    """Number the items of a list: `posexplode` counts from 0, which orders them as well."""
    if not isinstance(node.this, exp.Subquery):
        return
    items = node.this.this.expressions[0].this.expressions[0]
    alias = q.table_alias(node.alias, ("o", "v"))
    node.replace(exp.Lateral(this=q.call("posexplode", items), alias=alias))


def _cte(node: Sql) -> None:
    """Spark materializes nothing, and recurses by UNION ALL only: each round is made distinct."""
    node.set("materialized", None)
    walk = node.this
    if isinstance(walk, exp.Union) and walk.args.get("distinct"):
        tables = walk.find_all(exp.Table)
        if any(table.name == node.alias and not table.db for table in tables):
            for side in (walk.this, walk.expression):
                side.set("distinct", exp.Distinct())
            walk.set("expression", exp.Subquery(this=walk.expression))
            walk.set("distinct", False)  # noqa: FBT003 (a value)


def _in(node: Sql) -> None:
    """Outside a condition of rows Spark takes null for false where a query is looked into."""
    query = node.args.get("query")
    if query is None or _decides_rows(node):
        return
    items = query.this.expressions[0].expressions[0]
    found = q.call("array_contains", items, node.this)
    empty = q.equal(q.call("array_size", items.copy()), q.number(0))
    node.replace(q.case([(empty, q.boolean(False))], found))  # noqa: FBT003 (a value)


def _decides_rows(node: Sql) -> bool:
    """Tell whether a condition is a conjunct of WHERE, where null and false are the same."""
    above = node.parent
    while isinstance(above, exp.And | exp.Paren):
        above = above.parent
    return isinstance(above, exp.Where) and not isinstance(above.parent, exp.Filter)


_REWRITES: dict[type, Callable[[Sql], None]] = {
    exp.Anonymous: _call, exp.Case: _case, exp.Cast: _cast, exp.CTE: _cte, exp.EQ: _compared,
    exp.In: _in,
    exp.Lateral: _lateral, exp.Limit: _bound_of_rows, exp.Max: _extreme, exp.Min: _extreme,
    exp.NEQ: _compared, exp.Offset: _bound_of_rows, exp.Paren: _paren, exp.Struct: _struct,
    exp.Sum: _sum, exp.TryCast: _try_cast, exp.Window: _window,
}  # fmt: skip
