"""Constants and angles in degrees and radians.

Sine and its kin are left out: the last digit of Java's results is not that of the engine.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query.numbercompare import as_double
from graphmodel.query.refusals import takes
from graphmodel.query.types import FLOAT, NUMBERS, Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from graphmodel.query.sqlparts import Sql

    Place = tuple[int, int]

_DEGREES, _RADIANS = "57.29577951308232", "0.017453292519943295"


def _float(text: str) -> Sql:
    return q.cast(q.string(text), FLOAT)


def _constant(text: str, _at: Place) -> Value:
    return Value(_float(text), FLOAT, nullable=False, simple=True)


euler = partial(_constant, "2.718281828459045")
pi = partial(_constant, "3.141592653589793")


def _number(name: str, value: Value) -> bool:
    """Tell whether the argument is a number (else it is null); any other type is a mismatch."""
    if value.type.kind is Kind.NULL:
        return False
    if value.type.kind not in NUMBERS:
        raise o.TypeMismatch(takes(name, "number", value.type))
    return True


def _scaled(name: str, factor: str, _at: Place, value: Value) -> Value:
    if not _number(name, value):
        return o.constant_null(FLOAT)
    return derive(q.binary(exp.Mul, as_double(value), _float(factor)), FLOAT, value)


degrees = partial(_scaled, "degrees", _DEGREES)
radians = partial(_scaled, "radians", _RADIANS)
