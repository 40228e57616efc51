"""Grouping: keys, aggregating functions, and what an expression around them may still read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.emit import emit_select
from graphmodel.query.expressions import AGGREGATES, compile_expression
from graphmodel.query.names import aggregates_in, walk
from graphmodel.query.percentiles import PERCENTILES, deviation, percentile
from graphmodel.query.refusals import Said, takes
from graphmodel.query.session import Context
from graphmodel.query.sorting import (
    comparable,
    order_parts,
    order_record,
    plainly_ordered,
    same_key,
    sortable,
    tells_apart,
)
from graphmodel.query.states import State, stage_of
from graphmodel.query.types import FLOAT, INTEGER, Kind
from graphmodel.query.values import Value, coerce, each, member_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql


def group(
    session: Session, state: State, items: tuple[s.Item, ...], clause: s.Projection
) -> tuple[State, Context]:
    """Group the rows by the items that do not aggregate; return where the results can be read."""
    _check_bodies(session, items)
    keys = [item for item in items if not aggregates_in(item.expression, AGGREGATES)]
    calls = list(dict.fromkeys(aggregates_in(tuple(i.expression for i in items), AGGREGATES)))
    for call in aggregates_in(tuple(key.expression for key in clause.order), AGGREGATES):
        if call not in calls:
            reason = Said("refusal-order-aggregate")
            raise session.error(reason, call.at)
    context = Context(state.graph, state.scope)
    key_values = [compile_expression(session, item.expression, context) for item in keys]
    key_values = [
        comparable(session, value, item.at) for item, value in zip(keys, key_values, strict=True)
    ]
    arguments = [_argument(session, call, context) for call in calls]
    rows = _Rows(session, state, key_values)
    if clause.final and session.single:
        rows.wide = [i.expression for i in items if isinstance(i.expression, s.Call)]
    results = [
        _aggregate(session, call, value, rows) for call, value in zip(calls, arguments, strict=True)
    ]
    return _grouped(session, rows, keys, calls, results, state)


def _check_bodies(session: Session, items: tuple[s.Item, ...]) -> None:
    """Refuse aggregations in what is done with each item of a list."""
    for part in walk(tuple(item.expression for item in items)):
        bodies: tuple[s.Expression | None, ...] = ()
        if isinstance(part, s.Comprehension):
            bodies = (part.condition, part.result)
        elif isinstance(part, s.Quantifier):
            bodies = (part.condition,)
        elif isinstance(part, s.Reduce):
            bodies = (part.body,)
        found = aggregates_in(bodies, AGGREGATES)
        if found:
            reason = Said("refusal-list-aggregate", function=found[0].name)
            raise session.error(reason, found[0].at)


def _argument(session: Session, call: s.Call, context: Context) -> Value | None:
    if call.star:
        return None
    if len(call.arguments) != (2 if call.name.lower() in PERCENTILES else 1):
        reason = Said("refusal-one-argument", function=call.name)
        raise session.error(reason, call.at)
    if aggregates_in(call.arguments, AGGREGATES):
        reason = Said("refusal-aggregate-inside")
        raise session.error(reason, call.at)
    return compile_expression(session, call.arguments[0], context)


class _Rows:
    """The rows before grouping, closed into a step: keys first, then whatever is asked for."""

    def __init__(self, session: Session, state: State, keys: list[Value]) -> None:
        self.state = state
        self.alias = session.aliases.next("g")
        self.columns: list[Sql] = []
        self.wide: list[s.Call] = []
        self.keys = [self.add(key) for key in keys]
        self.order = [self.add(value) for value in state.order]

    def add(self, value: Value) -> Value:
        """Add a column; return it as seen from the grouping SELECT."""
        shown = f"c{len(self.columns)}"
        self.columns.append(q.alias(value.copy(), shown))
        return Value(q.column(self.alias, shown), value.type, nullable=value.nullable, simple=True)


def _grouped(
    session: Session,
    rows: _Rows,
    keys: list[s.Item],
    calls: list[s.Call],
    results: list[Value],
    state: State,
) -> tuple[State, Context]:
    columns = rows.columns or [q.alias(q.number(1), "c0")]
    source = exp.Subquery(this=emit_select(state.graph, columns), alias=q.table_alias(rows.alias))
    values = [*(_kept(key) for key in rows.keys), *results]
    shown = [q.alias(value.copy(), f"c{index}") for index, value in enumerate(values)]
    select = exp.Select(expressions=shown).from_(source, copy=False)
    if not rows.keys:
        # one row even where every aggregation turned out to be a constant
        select.append("expressions", q.alias(exp.Count(this=exp.Star()), "n"))
    else:
        select.set("group", exp.Group(expressions=[same_key(key) for key in rows.keys]))
    names = [str(index) for index in range(len(values))]
    made = stage_of(session, select, dict(zip(names, values, strict=True)))
    read = [made.scope[name] for name in names]
    replaced: dict[s.Expression, Value] = {}
    scope: dict[str, Value] = {}
    for item, value in zip(keys, read, strict=False):
        replaced[item.expression] = value
        if isinstance(item.expression, s.Variable):
            scope[item.expression.name] = value
    replaced.update(zip(calls, read[len(keys) :], strict=True))
    hidden = frozenset(state.scope) - set(scope)
    return State(made.graph, scope), Context(made.graph, scope, replaced, hidden)


def _kept(key: Value) -> Value:
    """Return a grouping key as it is shown: of 1 and 1.0, which are one group, the first."""
    if not tells_apart(key.type):
        return key
    return replace(key, sql=q.call("first", key.copy()))


def _aggregate(session: Session, call: s.Call, value: Value | None, rows: _Rows) -> Value:
    if value is None:
        return Value(exp.Count(this=exp.Star()), INTEGER, nullable=False)
    name = call.name.lower()
    if call.distinct:
        value = comparable(session, value, call.at)
    try:
        return _FUNCTIONS[name](session, call, rows.add(value), rows)
    except (o.TypeMismatch, o.Refused) as error:
        raise session.error(error.args[0], call.at) from None


def _argument_sql(call: s.Call, value: Value) -> Sql:
    return exp.Distinct(expressions=[value.copy()]) if call.distinct else value.copy()


def _count(_session: Session, call: s.Call, value: Value, _rows: _Rows) -> Value:
    if value.type.kind is Kind.NULL:
        return Value(q.integer(0), INTEGER, nullable=False)
    counted = exp.Distinct(expressions=[same_key(value)]) if call.distinct else value.copy()
    return Value(exp.Count(this=counted), INTEGER, nullable=False)


def _sum(_session: Session, call: s.Call, value: Value, rows: _Rows) -> Value:
    kind = value.type.kind
    if kind is Kind.NULL:
        return Value(q.integer(0), INTEGER, nullable=False)
    if kind is Kind.MIXED:
        return _sum_of_mix(call, value)
    if kind not in t.NUMBERS:
        raise o.TypeMismatch(takes("sum", "numbers", value.type))
    summed = exp.Sum(this=_argument_sql(call, value))
    if kind is Kind.FLOAT:
        return _float_or_zero(summed, value)
    total = q.call("coalesce", q.marked(summed, q.WHOLE), q.number(0))
    if call in rows.wide:
        return Value(total, t.WIDE, nullable=False)
    return Value(q.cast(total, INTEGER), INTEGER, nullable=False)


_NUMBER = t.unify(INTEGER, FLOAT)


def _float_or_zero(summed: Sql, _value: Value) -> Value:
    """The sum of no float is the integer 0, as in Neo4j."""
    some = coerce(Value(summed, FLOAT, nullable=False), _NUMBER).sql
    none = coerce(Value(q.integer(0), INTEGER, nullable=False), _NUMBER).sql
    return Value(q.case([(q.is_null(summed.copy()), none)], some), _NUMBER, nullable=False)


def _members(value: Value, name: str) -> dict[Kind, Value]:
    kinds = {member.kind for member in value.type.members}
    if not kinds <= t.NUMBERS:
        raise o.TypeMismatch(takes(name, "numbers", value.type))
    return {member.kind: member_of(value, member) for member in value.type.members}


def _sum_of_mix(call: s.Call, value: Value) -> Value:
    keyed = Value(same_key(value), value.type) if call.distinct else value
    parts = _members(keyed, "sum")
    sums = {kind: exp.Sum(this=_argument_sql(call, part)) for kind, part in parts.items()}
    whole = q.call("coalesce", q.marked(sums[Kind.INTEGER], q.WHOLE), q.number(0))
    part = q.call("coalesce", sums[Kind.FLOAT], q.number(0))
    total = q.binary(exp.Add, q.cast(whole.copy(), FLOAT), part)
    has_float = q.binary(exp.GT, exp.Count(this=member_of(value, FLOAT).sql), q.number(0))
    as_float = coerce(Value(total, FLOAT, nullable=False), _NUMBER).sql
    as_integer = coerce(Value(q.cast(whole, INTEGER), INTEGER, nullable=False), _NUMBER).sql
    return Value(q.case([(has_float, as_float)], as_integer), _NUMBER, nullable=False)


def _avg(_session: Session, call: s.Call, value: Value, _rows: _Rows) -> Value:
    kind = value.type.kind
    if kind is Kind.NULL:
        return o.constant_null(FLOAT)
    if kind is Kind.MIXED:
        keyed = Value(same_key(value), value.type) if call.distinct else value
        parts = [q.cast(part.sql, FLOAT) for part in _members(keyed, "avg").values()]
        value = Value(q.call("coalesce", *parts), FLOAT)
    elif kind not in t.NUMBERS:
        raise o.TypeMismatch(takes("avg", "numbers", value.type))
    return Value(exp.Avg(this=_argument_sql(call, value)), FLOAT)


def _extreme(node: Callable[..., Sql], call: s.Call, value: Value) -> Value:
    if value.type.kind is Kind.NULL:
        return o.constant_null()
    if value.type.entity() or not sortable(value.type):
        reason = Said("refusal-aggregate-kind", function=call.name, type=value.type)
        raise o.Refused(reason)
    if not plainly_ordered(value.type):
        function = "arg_min" if node is exp.Min else "arg_max"
        held: Sql = exp.Filter(
            this=q.call(function, value.copy(), order_record(value, greatest=node is exp.Max)),
            expression=exp.Where(this=q.not_null(value.copy())),
        )
        return Value(held, value.type)
    return Value(node(this=value.copy()), value.type)


def _min(_session: Session, call: s.Call, value: Value, _rows: _Rows) -> Value:
    return _extreme(exp.Min, call, value)


def _max(_session: Session, call: s.Call, value: Value, _rows: _Rows) -> Value:
    return _extreme(exp.Max, call, value)


def _collect(_session: Session, call: s.Call, value: Value, rows: _Rows) -> Value:
    """Gather values in the order of the rows; without one, by value: the same each time."""
    type_ = t.list_of(value.type)
    empty = q.cast(exp.Array(expressions=[]), type_)
    if value.type.kind is Kind.NULL:
        return Value(empty, type_, nullable=False)
    by: list[Sql] = [key.copy() for key in rows.order]
    if not rows.order and plainly_ordered(value.type):
        by = order_parts(value)
    plain = call.distinct and not rows.order and not tells_apart(value.type)
    gathered: Sql = exp.Distinct(expressions=[value.copy()]) if plain else value.copy()
    if by:
        gathered = exp.Order(this=gathered, expressions=[exp.Ordered(this=key) for key in by])
    listed: Sql = exp.Filter(
        this=q.call("list", gathered), expression=exp.Where(this=q.not_null(value.copy()))
    )
    if call.distinct and not plain:
        listed = _first_of_each(listed, value.type)
    return Value(q.call("coalesce", listed, empty), type_, nullable=False)


def _first_of_each(items: Sql, type_: t.Type) -> Sql:
    """Keep of items that Cypher takes for the same the first."""
    held = q.bare("l")
    keys = each(held, type_, lambda item: same_key(Value(item, type_, nullable=False)))
    found = q.call("list_position", keys, same_key(Value(q.bare("a"), type_, nullable=False)))
    at = exp.Lambda(
        this=q.equal(found, q.bare("b")),
        expressions=[exp.Identifier(this=text, quoted=False) for text in ("a", "b")],
    )
    kept = q.call("list_filter", held.copy(), at)
    one = q.call("list_transform", exp.Array(expressions=[items]), q.lambda_(["l"], kept))
    return q.call("list_extract", one, q.number(1))


_FUNCTIONS = {
    "count": _count, "sum": _sum, "avg": _avg, "min": _min, "max": _max, "collect": _collect,
    "percentilecont": percentile, "percentiledisc": percentile, "stdev": deviation,
    "stdevp": deviation,
}  # fmt: skip
