"""`percentileCont`, `percentileDisc`, `stDev` and `stDevP`, computed as Neo4j does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import syntax as s
from graphmodel.query import types as t
from graphmodel.query.refusals import Said, takes
from graphmodel.query.sorting import order_parts
from graphmodel.query.types import FLOAT, INTEGER, Kind
from graphmodel.query.values import Value, coerce, member_of

if TYPE_CHECKING:
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql

PERCENTILES = frozenset({"percentilecont", "percentiledisc"})
_NUMBER = t.unify(INTEGER, FLOAT)


def percentile(session: Session, call: s.Call, value: Value, _rows: object) -> Value:
    """Return a percentile: one of the values, or (continuous) a point between two of them."""
    share = _share(session, call)
    if value.type.kind is Kind.NULL:
        return o.constant_null()
    _check_numbers(call, value)
    if call.distinct and value.type.kind is Kind.MIXED:
        raise o.Refused(Said("refusal-distinct-numbers", function=call.name))
    items = _sorted(call, value)
    count = q.call("len", items.copy())
    if share == 1.0:
        return Value(q.call("list_extract", items, q.number(-1)), value.type)
    if call.name.lower() == "percentiledisc":
        return Value(_discrete(items, count, share), value.type)
    return _continuous(Value(items, t.list_of(value.type)), count, share, value.type)


def _share(session: Session, call: s.Call) -> float:
    """Return the percentile, which is known before anything runs: from 0.0 to 1.0."""
    node = call.arguments[1]
    given: object = None
    if isinstance(node, s.Literal):
        given = node.value
    elif isinstance(node, s.Parameter):
        session.parameter(node.name, node.at)
        given = session.constant(node.name)
    else:
        raise session.error(Said("refusal-percentile-constant"), node.at)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise session.error(Said("refusal-percentile-range"), node.at)
    return float(given)


def _check_numbers(call: s.Call, value: Value) -> None:
    kinds = {member.kind for member in value.type.members} or {value.type.kind}
    if not kinds <= t.NUMBERS:
        raise o.TypeMismatch(takes(call.name, "number", value.type))


def _listed(gathered: Sql, value: Value) -> Sql:
    kept = exp.Where(this=q.not_null(value.copy()))
    return exp.Filter(this=q.call("list", gathered), expression=kept)


def _sorted(call: s.Call, value: Value) -> Sql:
    gathered = exp.Distinct(expressions=[value.copy()]) if call.distinct else value.copy()
    by = [exp.Ordered(this=part) for part in order_parts(value)]
    return _listed(exp.Order(this=gathered, expressions=by), value)


def _item(items: Sql, position: Sql) -> Sql:
    """Return the item at a position counted from 0."""
    counted = q.binary(exp.Add, q.cast(position, INTEGER), q.number(1))
    return q.call("list_extract", items.copy(), counted)


def _discrete(items: Sql, count: Sql, share: float) -> Sql:
    place = q.binary(exp.Mul, count, q.cast(q.string(repr(share)), FLOAT))
    below = q.call("floor", place)
    above_none = q.binary(exp.GT, below.copy(), q.number(0))
    exact = q.both([q.equal(below.copy(), place.copy()), above_none])
    earlier = q.binary(exp.Sub, below.copy(), q.number(1))
    return _item(items, q.case([(exact, earlier)], below))


def _continuous(items: Value, count: Sql, share: float, type_: t.Type) -> Value:
    last = q.binary(exp.Sub, count, q.number(1))
    place = q.binary(exp.Mul, last, q.cast(q.string(repr(share)), FLOAT))
    below, above = q.call("floor", place), q.call("ceil", place.copy())
    first = Value(_item(items.sql, below.copy()), type_)
    second = Value(_item(items.sql, above.copy()), type_)
    up = q.binary(exp.Sub, above.copy(), place.copy())
    down = q.binary(exp.Sub, place.copy(), below.copy())
    between = q.binary(
        exp.Add,
        q.binary(exp.Mul, _double(first), up),
        q.binary(exp.Mul, _double(second), down),
    )
    target = type_ if type_ is FLOAT else _NUMBER
    point = coerce(Value(between, FLOAT), target).sql
    same = q.equal(below, above)
    return Value(q.case([(same, coerce(first, target).sql)], point), target)


def _double(value: Value) -> Sql:
    if value.type.kind is not Kind.MIXED:
        return q.cast(value.copy(), FLOAT)
    parts = [q.cast(member_of(value, member).sql, FLOAT) for member in value.type.members]
    return q.call("coalesce", *parts)


def deviation(_session: Session, call: s.Call, value: Value, rows: Rows) -> Value:
    """Return the standard deviation of a sample (`stDev`) or of everything (`stDevP`).

    Of one value it is 0.0, of none null. The values are taken in the order of the rows, one by
    one, by Welford's method, as in Neo4j: even the last digit is the same.
    """
    if value.type.kind is Kind.NULL:
        return o.constant_null(FLOAT)
    _check_numbers(call, value)
    if call.distinct and value.type.kind is Kind.MIXED:
        raise o.Refused(Said("refusal-distinct-numbers", function=call.name))
    number = _double(value)
    gathered: Sql = exp.Distinct(expressions=[number]) if call.distinct else number
    if rows.order and not call.distinct:
        keys = [exp.Ordered(this=key.copy()) for key in rows.order]
        gathered = exp.Order(this=gathered, expressions=keys)
    start = _fold(q.cast(q.number(0), FLOAT), q.cast(q.number(0), FLOAT), q.number(0))
    records = q.call(
        "list_transform",
        _listed(gathered, value),
        q.lambda_(["v"], _fold(q.bare("v"), q.cast(q.number(0), FLOAT), q.number(0))),
    )
    folded = q.call("list_reduce", records, q.lambda_(["a", "b"], _step()), start)
    one = exp.Array(expressions=[folded])
    made = q.call("list_transform", one, q.lambda_(["f"], _root(call)))
    return Value(q.call("list_extract", made, q.number(1)), FLOAT)


class Rows(Protocol):
    """The rows that are grouped, as far as these functions see them."""

    order: list[Value]


def _fold(mean: Sql, squares: Sql, count: Sql) -> Sql:
    """Return a record of a mean (or the next value), the squares around it, and their number."""
    return q.record([("m", mean), ("s", squares), ("n", q.cast(count, FLOAT))])


def _part(name: str, field: str) -> Sql:
    return q.call("struct_extract", q.bare(name), q.string(field))


def _step() -> Sql:
    """Take the value in record `b` into the fold `a`."""
    count = q.binary(exp.Add, _part("a", "n"), q.number(1))
    apart = q.binary(exp.Sub, _part("b", "m"), _part("a", "m"))
    mean = q.binary(exp.Add, _part("a", "m"), q.binary(exp.Div, apart, count))
    left = q.binary(exp.Sub, _part("b", "m"), mean.copy())
    squares = q.binary(exp.Add, _part("a", "s"), q.binary(exp.Mul, apart.copy(), left))
    return _fold(mean, squares, count.copy())


def _root(call: s.Call) -> Sql:
    """Return the deviation of the fold `f`."""
    freedom = q.number(1 if call.name.lower() == "stdev" else 0)
    below = q.binary(exp.Sub, _part("f", "n"), freedom)
    root = q.call("sqrt", q.binary(exp.Div, _part("f", "s"), below))
    none = q.either([q.is_null(q.bare("f")), q.equal(_part("f", "n"), q.number(0))])
    one = q.equal(_part("f", "n"), q.number(1))
    return q.case([(none, q.null()), (one, q.cast(q.number(0), FLOAT))], root)
