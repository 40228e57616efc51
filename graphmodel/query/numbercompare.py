"""Integers against floats, exactly; a float that is not a number equals nothing, has no order.

Neo4j compares an integer with a float by their exact values, except where both are written out:
then its planner has made doubles of both already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.sqlparts import Sql

_EXACT = 2.0**53
_LARGEST = 2**63 - 1


def unless_null(left: Value, right: Value, answer: Sql) -> Value:
    """Return the answer, or null where one side is null."""
    nulls = [q.is_null(side.copy()) for side in (left, right) if side.nullable]
    sql = answer if not nulls else q.case([(q.either(nulls), q.null())], answer)
    return derive(sql, BOOLEAN, left, right)


def as_double(value: Value) -> Sql:
    """Return a number as a double."""
    return value.copy() if value.type is FLOAT else q.cast(value.copy(), FLOAT)


def float_comparison(
    node: Callable[..., Sql], left: Value, right: Value, *, folded: bool = False
) -> Value:
    """Compare two numbers of which one at least is a float; `node` is the comparison.

    `folded` tells that both are written out, and so compared by the planner, as doubles.
    """
    sides = as_double(left), as_double(right)
    compared = q.binary(node, *sides)
    if _beyond_doubles(node, left, right, folded=folded):
        compared = q.case([(q.equal(sides[0], sides[1]), _exactly(node, left, right))], compared)
    doubtful = [
        q.call("isnan", side.copy())
        for side, value in zip(sides, (left, right), strict=True)
        if value.type is FLOAT and written_number(value.sql) is None
    ]
    if not doubtful:
        return derive(compared, BOOLEAN, left, right)
    unequal = node is exp.NEQ
    answer = q.case([(q.either(doubtful), q.boolean(unequal))], compared)
    return unless_null(left, right, answer)


def _beyond_doubles(node: Callable[..., Sql], left: Value, right: Value, *, folded: bool) -> bool:
    """Tell whether two equal doubles may stand for different numbers."""
    if left.type == right.type or (folded and node is not exp.NEQ):
        return False
    written = [written_number(side.sql) for side in (left, right)]
    return not any(number is not None and abs(number) < _EXACT for number in written)


def _exactly(node: Callable[..., Sql], left: Value, right: Value) -> Sql:
    """Compare an integer with a float that is the same double: whole, and of about its size."""
    sides = [side.copy() if side.type is INTEGER else whole(side.copy()) for side in (left, right)]
    if node not in (exp.EQ, exp.NEQ):
        # 2^63 is a float and no integer: it is larger than all of them
        float_at = 0 if left.type is FLOAT else 1
        above = q.is_null(sides[float_at].copy())
        greater = (node in (exp.GT, exp.GTE)) == (float_at == 0)
        return q.case([(above, q.boolean(greater))], q.binary(node, *sides))
    sides = [q.call("coalesce", side, q.integer(_LARGEST)) for side in sides]
    return q.binary(node, *sides)


def whole(number: Sql) -> Sql:
    """Return a whole double as an integer; null where it is beyond 64 bits."""
    return exp.TryCast(this=number, to=q.sql_type(INTEGER))


def written_number(sql: Sql) -> float | None:
    """Return a number that is written out in the statement."""
    sign = 1.0
    while isinstance(sql, exp.Cast | exp.Neg | exp.Paren):
        sign = -sign if isinstance(sql, exp.Neg) else sign
        sql = sql.this
    if not isinstance(sql, exp.Literal):
        return None
    try:
        return sign * float(sql.this)
    except ValueError:
        return None
