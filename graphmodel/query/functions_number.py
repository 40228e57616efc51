"""Numbers: rounding, roots, and conversions from text as Java does them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.functions_text import SPACES
from graphmodel.query.refusals import Said, takes
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER, STRING, Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from graphmodel.query.sqlparts import Sql

    Place = tuple[int, int]

_LARGE = 10**15
_DIGITS = 5


def _number(value: Value, name: str) -> bool:
    """Tell whether the argument is a number (else it is null); any other type is a mismatch."""
    if value.type.kind is Kind.NULL:
        return False
    if value.type.kind not in t.NUMBERS:
        reason = takes(name, "number", value.type)
        raise o.TypeMismatch(reason)
    return True


def _double(value: Value) -> Sql:
    return value.copy() if value.type is FLOAT else q.cast(value.copy(), FLOAT)


def _float(text: str) -> Sql:
    return q.cast(q.string(text), FLOAT)


def absolute(_at: Place, value: Value) -> Value:
    """Return `abs(x)`."""
    if not _number(value, "abs"):
        return o.constant_null()
    return derive(q.call("abs", value.copy()), value.type, value)


def sign(_at: Place, value: Value) -> Value:
    """Return `sign(x)`: an integer."""
    if not _number(value, "sign"):
        return o.constant_null()
    return derive(q.cast(q.call("sign", value.copy()), INTEGER), INTEGER, value)


def rounded(at: Place, value: Value, digits: Value | None = None) -> Value:
    """Return `round(x)`, half up, or `round(x, digits)`, half away from zero."""
    if not _number(value, "round"):
        return o.constant_null()
    if digits is not None:
        return _rounded_digits(at, value, digits)
    if value.type is INTEGER:
        return derive(_double(value), FLOAT, value)
    number = value.copy()
    whole = q.call("floor", number)
    up = q.binary(exp.GTE, q.binary(exp.Sub, number.copy(), whole), _float("0.5"))
    moved = q.case([(up, q.binary(exp.Add, whole.copy(), q.number(1)))], whole.copy())
    # Java rounds to an integer of 64 bits first
    largest, smallest = _float("9223372036854775808"), _float("-9223372036854775808")
    branches = [
        (q.call("isnan", number.copy()), _float("0")),
        (q.binary(exp.GTE, number.copy(), largest), largest.copy()),
        (q.binary(exp.LTE, number.copy(), smallest), smallest.copy()),
    ]
    return derive(q.case(branches, moved), FLOAT, value)


def _rounded_digits(at: Place, value: Value, digits: Value) -> Value:
    count = digits.sql.this if isinstance(digits.sql, exp.Cast) else digits.sql
    known = isinstance(count, exp.Literal) and not count.is_string and int(count.this) <= _DIGITS
    if digits.type is not INTEGER or not known:
        reason = Said("refusal-round-digits", most=_DIGITS)
        raise o.Refused(reason)
    if int(count.this) == 0:
        return rounded(at, value)
    number = _double(value)
    decimal = exp.DataType(
        this=exp.DataType.Type.DECIMAL,
        expressions=[exp.DataTypeParam(this=q.number(38)), exp.DataTypeParam(this=q.number(22))],
    )
    exact = exp.Cast(this=q.cast(number, STRING), to=decimal)
    set_right = q.cast(q.call("round", exact, q.number(int(count.this))), FLOAT)
    size = q.call("abs", number.copy())
    large = q.binary(exp.LT, size, q.number(_LARGE))
    branches = [
        (large, set_right),
        (q.binary(exp.LT, size.copy(), q.number(2**53)), q.raised("round", at)),
    ]
    made = derive(q.case(branches, number.copy()), FLOAT, value)
    made.raises = True
    return made


def floor(_at: Place, value: Value) -> Value:
    """Return `floor(x)`: a float."""
    if not _number(value, "floor"):
        return o.constant_null()
    return derive(q.call("floor", _double(value)), FLOAT, value)


def ceiling(_at: Place, value: Value) -> Value:
    """Return `ceil(x)`: a float."""
    if not _number(value, "ceil"):
        return o.constant_null()
    return derive(q.call("ceil", _double(value)), FLOAT, value)


def square_root(_at: Place, value: Value) -> Value:
    """Return `sqrt(x)`; of a negative number it is not a number."""
    if not _number(value, "sqrt"):
        return o.constant_null()
    negative = q.binary(exp.LT, _double(value), q.number(0))
    sql = q.case([(negative, _float("nan"))], q.call("sqrt", _double(value)))
    return derive(sql, FLOAT, value)


def exponential(_at: Place, value: Value) -> Value:
    """Return `exp(x)`."""
    if not _number(value, "exp"):
        return o.constant_null()
    return derive(q.call("exp", _double(value)), FLOAT, value)


def logarithm(_at: Place, value: Value) -> Value:
    """Return the natural logarithm; of zero it is minus infinity, below not a number."""
    if not _number(value, "log"):
        return o.constant_null()
    zero = q.equal(_double(value), q.number(0))
    negative = q.binary(exp.LT, _double(value), q.number(0))
    branches = [(zero, _float("-inf")), (negative, _float("nan"))]
    return derive(q.case(branches, q.call("ln", _double(value))), FLOAT, value)


def to_integer(at: Place, value: Value, *, wide: bool = True) -> Value:
    """Return `toInteger(x)`: floats and their texts are cut, other texts are null.

    A written number beyond 64 bits is an error, or null where `wide` is not set.
    """
    kind = value.type.kind
    if kind is Kind.NULL or value.type is INTEGER:
        return value if kind is not Kind.NULL else o.constant_null()
    if kind is Kind.BOOLEAN:
        return derive(q.cast(value.copy(), INTEGER), INTEGER, value)
    if kind is Kind.FLOAT:
        return _cut(value.copy(), value, at)
    if kind is not Kind.STRING:
        reason = takes("toInteger", "number-or-text", value.type)
        raise o.TypeMismatch(reason)
    beyond = q.raised("wide", at) if wide else q.null()
    return _integer_of_text(at, value, beyond)


def _matches(value: Value, pattern: str) -> Sql:
    return q.call("regexp_full_match", value.copy(), q.string(pattern))


def _integer_of_text(at: Place, value: Value, beyond: Sql) -> Value:
    """Cut a written number exactly; one beyond 64 bits gives `beyond`."""
    before_point = q.call("regexp_extract", value.copy(), q.string(r"^[+-]?\d*"))
    padded = q.call("regexp_replace", before_point, q.string("^([+-]?)$"), q.string(r"\10"))
    whole = exp.TryCast(this=padded, to=q.sql_type(INTEGER))
    real = exp.TryCast(this=value.copy(), to=q.sql_type(FLOAT))
    limit = _float("9223372036854775808")
    large = q.binary(exp.GTE, q.call("abs", real.copy()), limit)
    cut = q.cast(q.call("trunc", real.copy()), INTEGER)
    branches = [
        (q.is_null(value.copy()), q.null()),
        (
            _matches(value, r"[+-]?(\d+\.?\d*|\.\d+)"),
            q.call("coalesce", whole, beyond),
        ),
        (_matches(value, _LONG_EXPONENT), q.raised("digits", at)),
        (_matches(value, _EXPONENT), q.case([(large, beyond.copy())], cut)),
        (_matches(value, _OTHER_DIGITS), q.raised("script", at)),
    ]
    made = derive(q.case(branches, q.cast(q.null(), INTEGER)), INTEGER, value, nullable=True)
    made.raises = True
    return made


_EXPONENT = r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+"
_LONG_EXPONENT = r"[+-]?(\d{16,}\.?\d*|\d*\.\d{15,}|\d{8,}\.\d{8,})[eE][+-]?\d+"
_OTHER_DIGITS = r"(?s).*[^\P{Nd}0-9].*"


def _cut(number: Sql, value: Value, at: Place) -> Value:
    """Cut a double toward zero as Java does: not a number is 0, too large the largest."""
    branches = [
        (q.is_null(number.copy()), q.null()),
        (q.call("isnan", number.copy()), q.integer(0)),
        (q.binary(exp.GTE, number.copy(), _float("9223372036854775808")), q.integer(2**63 - 1)),
        (q.binary(exp.LT, number.copy(), _float("-9223372036854775808")), q.integer(-(2**63))),
    ]
    del at
    return derive(q.case(branches, q.cast(q.call("trunc", number.copy()), INTEGER)), INTEGER, value)


def to_float(at: Place, value: Value) -> Value:
    """Return `toFloat(x)`; a text that is no number is null."""
    kind = value.type.kind
    if kind is Kind.NULL:
        return o.constant_null()
    if kind in t.NUMBERS:
        return derive(_double(value), FLOAT, value)
    if kind is not Kind.STRING:
        reason = takes("toFloat", "number-or-text", value.type)
        raise o.TypeMismatch(reason)
    inner = q.call("trim", value.copy(), q.string("".join(chr(code) for code in range(1, 33))))
    text = Value(inner, STRING)
    digits = q.call("regexp_replace", inner.copy(), q.string("[fFdD]$"), q.string(""))
    branches = [
        (_matches(text, _REAL), exp.TryCast(this=digits, to=q.sql_type(FLOAT))),
        (_matches(text, "[+-]?NaN"), _float("nan")),
        (_matches(text, r"\+?Infinity"), _float("inf")),
        (_matches(text, "-Infinity"), _float("-inf")),
        (_matches(text, r"[+-]?0[xX][0-9a-fA-F.]*[pP][+-]?\d+[fFdD]?"), q.raised("script", at)),
    ]
    made = derive(q.case(branches, q.cast(q.null(), FLOAT)), FLOAT, value, nullable=True)
    made.raises = True
    return made


_REAL = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?"


def to_boolean(_at: Place, value: Value) -> Value:
    """Return `toBoolean(x)`; a text other than true and false is null."""
    kind = value.type.kind
    if kind is Kind.NULL:
        return o.constant_null()
    if kind is Kind.BOOLEAN:
        return value
    if kind is Kind.INTEGER:
        return derive(q.binary(exp.NEQ, value.copy(), q.number(0)), BOOLEAN, value)
    if kind is not Kind.STRING:
        reason = takes("toBoolean", "boolean-or-text", value.type)
        raise o.TypeMismatch(reason)
    lower = q.call("lower", q.call("trim", value.copy(), q.string(SPACES)))
    branches = [
        (q.equal(lower, q.string("true")), q.boolean(True)),  # noqa: FBT003 (a value)
        (q.equal(lower.copy(), q.string("false")), q.boolean(False)),  # noqa: FBT003 (a value)
    ]
    return derive(q.case(branches, q.null()), BOOLEAN, value, nullable=True)
