"""The text of a double as Java writes it, as a SQL expression: 1.0, 1.23456789E7, 1.0E-4, NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query.types import FLOAT, INTEGER, STRING

if TYPE_CHECKING:
    from graphmodel.query.sqlparts import Sql


def java_float(value: Sql) -> Sql:
    """Return the text of a double; plain from a thousandth below ten million, else scientific."""
    size = q.call("abs", value.copy())
    low, high = (q.cast(q.string(text), FLOAT) for text in ("1e-3", "1e7"))
    plain = q.either(
        [
            q.equal(value.copy(), q.number(0)),
            q.both([q.binary(exp.GTE, size, low), q.binary(exp.LT, size.copy(), high)]),
        ]
    )
    tiny = q.both(
        [
            q.binary(exp.LT, size.copy(), q.cast(q.string("1e-300"), FLOAT)),
            q.binary(exp.GT, size.copy(), q.number(0)),
        ]
    )
    positive = q.binary(exp.GT, value.copy(), q.number(0))
    infinite = q.case([(positive, q.string("Infinity"))], q.string("-Infinity"))
    made = q.case(
        [
            (q.is_null(value.copy()), q.cast(q.null(), STRING)),
            (q.call("isnan", value.copy()), q.string("NaN")),
            (q.call("isinf", value.copy()), infinite),
            (tiny, q.raised("tiny", (1, 1))),
            (plain, _plain(value)),
        ],
        _scientific(value),
    )
    return q.marked(made, q.FLOAT_TEXT)


def _plain(value: Sql) -> Sql:
    text = q.cast(value.copy(), STRING)
    whole = q.call("regexp_replace", text, q.string(r"^(-?\d+)$"), q.string(r"\1.0"))
    return q.call("regexp_replace", whole, q.string("^(-?)1e-0*3$"), q.string(r"\10.001"))


def _scientific(value: Sql) -> Sql:
    """Take digits and exponent out of the engine's own (shortest) text and set them anew."""
    text = q.cast(q.call("abs", value.copy()), STRING)
    made = q.call(
        "list_transform", exp.Array(expressions=[text]), q.lambda_(["s"], _reset(q.bare("s")))
    )
    below = q.binary(exp.LT, value.copy(), q.number(0))
    sign = q.case([(below, q.string("-"))], q.string(""))
    return q.binary(exp.DPipe, sign, q.call("list_extract", made, q.number(1)))


def _reset(text: Sql) -> Sql:
    whole = q.call("regexp_extract", text, q.string(r"^\d+"))
    part = q.call("regexp_extract", text.copy(), q.string(r"\.(\d+)"), q.number(1))
    power = q.call("regexp_extract", text.copy(), q.string(r"e([+-]?\d+)$"), q.number(1))
    moved = q.call("coalesce", exp.TryCast(this=power, to=q.sql_type(INTEGER)), q.number(0))
    digits = q.binary(exp.DPipe, whole, part)
    from_first = q.call("ltrim", digits, q.string("0"))
    kept = q.call("rtrim", from_first.copy(), q.string("0"))
    zeros = q.binary(exp.Sub, _size(digits.copy()), _size(from_first.copy()))
    place = q.binary(exp.Sub, q.binary(exp.Sub, _size(whole.copy()), q.number(1)), zeros)
    exponent = q.cast(q.binary(exp.Add, moved, place), STRING)
    more = q.binary(exp.GT, _size(kept.copy()), q.number(1))
    rest = q.case([(more, q.call("substr", kept.copy(), q.number(2)))], q.string("0"))
    parts = [q.call("left", kept, q.number(1)), q.string("."), rest, q.string("E"), exponent]
    return q.call("concat", *parts)


def _size(text: Sql) -> Sql:
    return q.call("length", text)
