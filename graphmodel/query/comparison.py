"""`<`, `<=`, `>` and `>=`: lists and maps are compared part by part, the first difference decides.

Kinds without a common order give null, and so does a null or a float that is not a number where it
decides. Maps compare by size, then by their keys in order, then by their values in that order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.hoisting import hoisted
from graphmodel.query.numbercompare import as_double, float_comparison, unless_null, whole
from graphmodel.query.refusals import Said
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER, NUMBERS, Kind
from graphmodel.query.values import (
    Value,
    bound_once,
    derive,
    field_of,
    keys_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.sqlparts import Sql

_COMPARE: dict[str, Callable[..., Sql]] = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_ENTITIES = frozenset({Kind.NODE, Kind.RELATIONSHIP, Kind.PATH})
_UNKNOWN, _NONE = 2, 3
"""Stand among the ranks -1, 0 and 1 of parts for null, and for no rank but 0."""


def compare(operator: str, *, folded: bool = False) -> Callable[[Value, Value], Value]:
    """Return `<`, `<=`, `>` or `>=`: null between kinds that have no common order.

    `folded` tells that both operands are written out.
    """
    node = _COMPARE[operator]

    def compared(left: Value, right: Value) -> Value:
        kinds = {left.type.kind, right.type.kind}
        if kinds <= NUMBERS and Kind.FLOAT in kinds:
            return float_comparison(node, left, right, folded=folded)
        if len(kinds) > 1 or Kind.NULL in kinds:
            return o.constant_null(BOOLEAN)
        if kinds & _ENTITIES:
            raise o.TypeMismatch(Said("refusal-list-order"))
        if kinds & {Kind.LIST, Kind.MAP}:
            rank = _rank(left, right)
            return derive(
                q.binary(node, rank.sql, q.number(0)), BOOLEAN, left, right, nullable=True
            )
        return derive(q.binary(node, left.copy(), right.copy()), BOOLEAN, left, right)

    return compared


def _rank(left: Value, right: Value) -> Value:
    """Return -1, 0 or 1 as `left` is less than, equal to or greater than `right`, or null."""
    made = o.by_kind(_rank_plain, left, right, q.null())
    return replace(made, type=INTEGER)


def _rank_plain(left: Value, right: Value) -> Value:
    kinds = {left.type.kind, right.type.kind}
    if kinds <= NUMBERS and Kind.FLOAT in kinds:
        return _rank_numbers(left, right)
    if len(kinds) > 1 or Kind.NULL in kinds:
        return o.constant_null(INTEGER)
    if kinds & _ENTITIES:
        raise o.TypeMismatch(Said("refusal-list-order"))
    if Kind.LIST in kinds:
        return hoisted(_rank_lists, left, right)
    if Kind.MAP in kinds:
        return _rank_maps(left, right)
    return derive(_three_ways(left.copy(), right.copy(), q.integer(0)), INTEGER, left, right)


def _three_ways(left: Sql, right: Sql, same: Sql) -> Sql:
    return q.case(
        [
            (q.binary(exp.LT, left, right), q.integer(-1)),
            (q.binary(exp.GT, left.copy(), right.copy()), q.integer(1)),
            (q.equal(left.copy(), right.copy()), same),
        ],
        None,
    )


def _rank_numbers(left: Value, right: Value) -> Value:
    same: Sql = q.integer(0)
    if left.type is not right.type:
        float_at = 0 if left.type is FLOAT else 1
        sides = [
            side.copy() if side.type is INTEGER else whole(side.copy()) for side in (left, right)
        ]
        above = q.is_null(sides[float_at].copy())
        same = q.case(
            [(above, q.integer(1 if float_at == 0 else -1))],
            _three_ways(sides[0], sides[1], q.integer(0)),
        )
    ranked = _three_ways(as_double(left), as_double(right), same)
    doubtful = [q.call("isnan", side.copy()) for side in (left, right) if side.type is FLOAT]
    return derive(q.case([(q.either(doubtful), q.null())], ranked), INTEGER, left, right)


def _first_difference(ranks: Sql, otherwise: Sql) -> Sql:
    """Return the first rank that is not 0, null where it is unknown; else `otherwise`."""
    different = q.lambda_(["c"], exp.NEQ(this=q.bare("c"), expression=q.number(0)))
    kept = q.call("list_filter", ranks, different)
    first = q.bare("r")
    decided = q.call("nullif", first.copy(), q.number(_UNKNOWN))
    found = q.call("list_extract", kept, q.number(1))
    # a rank that is found stands for itself; where none is, the answer may read what lies around
    known = q.call("coalesce", found, q.integer(_NONE))
    ranked = q.case([(q.equal(first, q.number(_NONE)), otherwise)], decided)
    return bound_once(known, "r", ranked)


def _known(rank: Value) -> Sql:
    return q.call("coalesce", rank.sql, q.integer(_UNKNOWN))


def _rank_lists(left: Value, right: Value) -> Value:
    name = o.free_name("i", left, right)
    items = [
        Value(q.call("list_extract", side.copy(), q.bare(name)), side.type.item or t.NULL)
        for side in (left, right)
    ]
    sizes = [q.call("len", side.copy()) for side in (left, right)]
    shorter = q.call("least", *(size.copy() for size in sizes))
    positions = q.call("range", q.number(1), q.binary(exp.Add, shorter, q.number(1)))
    pair = q.call("coalesce", o.in_pairs(_rank, items[0], items[1]), q.integer(_UNKNOWN))
    ranks = q.call("list_transform", positions, q.lambda_([name], pair))
    made = _first_difference(ranks, _three_ways(sizes[0], sizes[1], q.integer(0)))
    return _ranked(left, right, made)


def _ranked(left: Value, right: Value, made: Sql) -> Value:
    value = unless_null(left, right, made)
    value.type, value.nullable = INTEGER, True
    return value


def _rank_maps(left: Value, right: Value) -> Value:
    fields = dict(left.type.fields), dict(right.type.fields)
    if any(max(key, default="") > "\uffff" for known in fields for key in known):
        reason = Said("refusal-map-order")
        raise o.Refused(reason)
    sizes = [q.call("len", keys_of(side)) for side in (left, right)]
    keys = [o.sorted_keys(side) for side in (left, right)]
    ranks = []
    for key in sorted(set(fields[0]) & set(fields[1])):
        sides = [
            field_of(side, key, known[key])
            for side, known in zip((left, right), fields, strict=True)
        ]
        rank = _known(_rank(*sides))
        ranks.append(q.case([(o.has_key(left, key), rank)], q.integer(0)))
    values: Sql = q.integer(0)
    if ranks:
        values = _first_difference(exp.Array(expressions=ranks), values)
    by_key = _three_ways(keys[0], keys[1], values)
    return _ranked(left, right, _three_ways(sizes[0], sizes[1], by_key))
