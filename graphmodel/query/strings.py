"""`STARTS WITH`, `ENDS WITH`, `CONTAINS`: null where an operand is no string."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query.types import BOOLEAN, Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from collections.abc import Callable

_FUNCTIONS = {"STARTS WITH": "starts_with", "ENDS WITH": "ends_with", "CONTAINS": "contains"}


def text_test(operator: str) -> Callable[[Value, Value], Value]:
    """Return the test of one string against another."""

    def tested(left: Value, right: Value) -> Value:
        if left.type.kind is not Kind.STRING or right.type.kind is not Kind.STRING:
            return o.constant_null(BOOLEAN)
        sql = q.call(_FUNCTIONS[operator], left.copy(), right.copy())
        return derive(sql, BOOLEAN, left, right)

    return tested
