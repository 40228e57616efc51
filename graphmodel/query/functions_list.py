"""Lists (and `size` and `reverse`, which take texts too)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.refusals import takes
from graphmodel.query.types import INTEGER, STRING, Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    Place = tuple[int, int]

_LONGEST_RANGE = 10_000_000


def _list(value: Value, name: str) -> bool:
    """Tell whether the argument is a list (else it is null); any other type is a mismatch."""
    if value.type.kind is Kind.NULL:
        return False
    if value.type.kind is not Kind.LIST:
        reason = takes(name, "list", value.type)
        raise o.TypeMismatch(reason)
    return True


def size(_at: Place, value: Value) -> Value:
    """Return the number of items, or of code points."""
    if value.type.kind is Kind.STRING:
        return derive(q.call("length", value.copy()), INTEGER, value)
    if not _list(value, "size"):
        return o.constant_null()
    return derive(q.cast(q.call("len", value.copy()), INTEGER), INTEGER, value)


def reverse(_at: Place, value: Value) -> Value:
    """Return the items, or the code points, in reverse order."""
    if value.type.kind is Kind.STRING:
        parts = q.call(
            "list_reverse", q.call("regexp_extract_all", value.copy(), q.string("(?s)."))
        )
        return derive(q.call("array_to_string", parts, q.string("")), STRING, value)
    if not _list(value, "reverse"):
        return o.constant_null()
    return derive(q.call("list_reverse", value.copy()), value.type, value)


def head(_at: Place, value: Value) -> Value:
    """Return the first item; null for an empty list."""
    return _item(value, "head", 1)


def last(_at: Place, value: Value) -> Value:
    """Return the last item; null for an empty list."""
    return _item(value, "last", -1)


def _item(value: Value, name: str, position: int) -> Value:
    if not _list(value, name):
        return o.constant_null()
    sql = q.call("list_extract", value.copy(), q.number(position))
    return derive(sql, value.type.item or t.NULL, value, nullable=True)


def tail(_at: Place, value: Value) -> Value:
    """Return all items but the first."""
    if not _list(value, "tail"):
        return o.constant_null()
    few = q.binary(exp.LTE, q.call("len", value.copy()), q.number(1))
    empty = q.cast(exp.Array(expressions=[]), value.type)
    rest = q.call("list_slice", value.copy(), q.number(2), q.number(-1))
    return derive(q.case([(few, empty)], rest), value.type, value)


def series(at: Place, first: Value, last_: Value, step: Value | None = None) -> Value:
    """Return the integers from `first` to `last`, both included."""
    values = [first, last_, *([step] if step is not None else [])]
    other = next((value.type for value in values if value.type is not INTEGER), None)
    if other is not None:
        reason = takes("range", "integers", other)
        raise o.TypeMismatch(reason)
    by = q.integer(1) if step is None else step.copy()
    sql = q.call("generate_series", first.copy(), last_.copy(), by)
    span = q.call("abs", q.binary(exp.Sub, last_.copy(), first.copy()))
    reach = q.binary(exp.Mul, q.number(_LONGEST_RANGE), q.call("abs", by.copy()))
    branches = [(q.binary(exp.GT, span, reach), q.raised("range", at))]
    if step is not None:
        branches.insert(0, (q.equal(by.copy(), q.number(0)), q.raised("step", at)))
        less = q.binary(exp.LT, span.copy(), q.call("abs", by.copy()))
        # away from the end and longer than the way: Neo4j gives the first integer, openCypher []
        signs = [
            q.call("sign", q.binary(exp.Sub, last_.copy(), first.copy())),
            q.call("sign", by.copy()),
        ]
        away = q.both([less.copy(), q.binary(exp.EQ, q.binary(exp.Add, *signs), q.number(0))])
        branches.append((away, q.raised("away", at)))
        branches.append((less, exp.Array(expressions=[first.copy()])))
    nulls = [q.is_null(value.copy()) for value in values if value.nullable]
    if nulls:
        branches.insert(0, (q.either(nulls), q.raised("type", at)))
    made = derive(q.case(branches, sql), t.list_of(INTEGER), *values, nullable=False)
    made.raises = True
    return made
