"""Conversions that give null where others stop: `toIntegerOrNull`, `toIntegerList` and kin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.functions_number import to_boolean, to_float, to_integer
from graphmodel.query.functions_text import to_string
from graphmodel.query.refusals import takes
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER, NUMBERS, STRING, Kind, Type
from graphmodel.query.values import Value, derive, each, keys_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.sqlparts import Sql

    Place = tuple[int, int]
    Function = Callable[..., Value]


def _or_null(convert: Function, type_: Type, at: Place, value: Value) -> Value:
    try:
        made = convert(at, value)
    except o.TypeMismatch:
        return o.constant_null(type_)
    return o.constant_null(type_) if made.type.kind is Kind.NULL else made


def _each_or_null(convert: Function, type_: Type, name: str, at: Place, value: Value) -> Value:
    if value.type.kind is Kind.NULL:
        return o.constant_null(t.list_of(type_))
    if value.type.kind is not Kind.LIST:
        raise o.TypeMismatch(takes(name, "list", value.type))
    item = value.type.item or t.NULL
    one = partial(_or_null, convert, type_, at)
    if item.kind is Kind.NULL:
        return derive(q.cast(value.copy(), t.list_of(type_)), t.list_of(type_), value)
    raises = False

    def change(held: Sql) -> Sql:
        nonlocal raises
        made = o.spread(one, Value(held, item), at=at)
        raises = made.raises
        return q.cast(made.sql, type_)

    made = derive(each(value.copy(), item, change), t.list_of(type_), value)
    made.raises = made.raises or raises
    return made


_to_integer = partial(to_integer, wide=False)
integer_or_null = partial(_or_null, _to_integer, INTEGER)
float_or_null = partial(_or_null, to_float, FLOAT)
boolean_or_null = partial(_or_null, to_boolean, BOOLEAN)
string_or_null = partial(_or_null, to_string, STRING)
integer_list = partial(_each_or_null, _to_integer, INTEGER, "toIntegerList")
float_list = partial(_each_or_null, to_float, FLOAT, "toFloatList")
boolean_list = partial(_each_or_null, to_boolean, BOOLEAN, "toBooleanList")
string_list = partial(_each_or_null, to_string, STRING, "toStringList")


def is_empty(_at: Place, value: Value) -> Value:
    """Tell whether a text, list or map has nothing in it."""
    kind = value.type.kind
    if kind is Kind.NULL:
        return o.constant_null(BOOLEAN)
    if kind is Kind.STRING:
        return derive(q.equal(value.copy(), q.string("")), BOOLEAN, value)
    if kind not in {Kind.LIST, Kind.MAP}:
        raise o.TypeMismatch(takes("isEmpty", "list", value.type))
    items = value.copy() if kind is Kind.LIST else keys_of(value)
    empty = q.equal(q.call("len", items), q.number(0))
    if kind is Kind.MAP and value.nullable:
        empty = q.case([(q.is_null(value.copy()), q.null())], empty)
    return derive(empty, BOOLEAN, value)


def is_nan(_at: Place, value: Value) -> Value:
    """Tell whether a number is not a number."""
    if value.type.kind is Kind.NULL:
        return o.constant_null(BOOLEAN)
    if value.type.kind not in NUMBERS:
        raise o.TypeMismatch(takes("isNaN", "number", value.type))
    number = value.copy() if value.type is FLOAT else q.cast(value.copy(), FLOAT)
    return derive(q.call("isnan", number), BOOLEAN, value)


def characters(_at: Place, value: Value) -> Value:
    """Return the number of code points of a text."""
    if value.type.kind is Kind.NULL:
        return o.constant_null()
    if value.type.kind is not Kind.STRING:
        raise o.TypeMismatch(takes("char_length", "text", value.type))
    return derive(q.cast(q.call("length", value.copy()), INTEGER), INTEGER, value)
