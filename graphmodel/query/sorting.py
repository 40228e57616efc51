"""`ORDER BY` over every type, nulls last ascending; and what DISTINCT may compare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.joins import Value, coerce, derive, member_of, tag_of
from graphmodel.query.types import FLOAT, Kind

if TYPE_CHECKING:
    from graphmodel.query import syntax as s
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql

_RANKS = {Kind.LIST: 0, Kind.STRING: 1, Kind.BOOLEAN: 2, Kind.INTEGER: 3, Kind.FLOAT: 3}


def sort_keys(session: Session, value: Value, key: s.SortKey) -> list[exp.Ordered]:
    """Return the SQL keys of one sort key."""
    constant = not value.subquery and value.sql.find(exp.Column) is None
    if constant or value.type.kind is Kind.NULL:
        return []
    if not sortable(value.type):
        reason = f"a {value.type.word} has no order here"
        raise session.error(reason, key.expression.at)
    return [
        exp.Ordered(this=part, desc=key.descending, nulls_first=key.descending)
        for part in order_parts(value)
    ]


def sortable(type_: t.Type) -> bool:
    """Tell whether the order of values of this type is known."""
    if type_.kind is Kind.MAP:
        return False
    if type_.kind is Kind.LIST:
        item = type_.item or t.NULL
        return item.kind is not Kind.MIXED and sortable(item)
    return all(sortable(member) for member in type_.members)


def order_parts(value: Value) -> list[Sql]:
    """Return the values that order a value: where it is mixed, its rank among kinds first."""
    if value.type.kind is not Kind.MIXED:
        return [value.copy()]
    ranks = [
        (q.equal(tag_of(value), q.string(t.TAGS[member.kind])), q.number(_RANKS[member.kind]))
        for member in value.type.members
    ]
    parts: list[Sql] = [q.case(ranks, None)]
    numbers = []
    for member in value.type.members:
        held = member_of(value, member)
        if member.kind in t.NUMBERS:
            numbers.append(held)
        else:
            parts.append(held.sql)
    if numbers:
        doubles = [q.cast(number.copy(), FLOAT) for number in numbers]
        parts.append(q.call("coalesce", *doubles) if len(doubles) > 1 else numbers[0].copy())
        parts += [_beyond_double(n) for n in numbers if n.type.kind is Kind.INTEGER]
    return parts


def _beyond_double(number: Value) -> Sql:
    """Return an integer that a double cannot tell from its neighbours; null for any other."""
    large = q.binary(exp.GT, q.call("abs", number.copy()), q.number(2**53))
    return q.case([(large, number.copy())], None)


def same_key(value: Value) -> Sql:
    """Return what is equal in SQL where Cypher takes two values for one: 1.0 is brought to 1."""
    if not has_two_numbers(value.type):
        return value.copy()
    members = {member.kind: member for member in value.type.members}
    number = member_of(value, members[Kind.FLOAT])
    size = q.call("abs", number.copy())
    fits = q.binary(exp.LT, size, q.cast(q.string("9223372036854775808"), FLOAT))
    whole = q.equal(q.call("trunc", number.copy()), number.copy())
    brought = Value(q.cast(q.call("trunc", number.copy()), t.INTEGER), t.INTEGER, nullable=False)
    test = q.both([q.equal(tag_of(value), q.string(t.TAGS[Kind.FLOAT])), fits, whole])
    return q.case([(test, coerce(brought, value.type).sql)], value.copy())


def order_record(value: Value, *, greatest: bool) -> Sql:
    """Return one value that compares as `order_parts` do, for the least and greatest of a mix.

    Of an integer and a float that are equal the integer is taken.
    """
    whole = is_integer(value)
    kept = order_parts(value)
    kept.append(whole if greatest else q.negate(whole))
    parts = [
        exp.PropertyEQ(this=q.name(f"k{index}"), expression=part) for index, part in enumerate(kept)
    ]
    return exp.Struct(expressions=parts)


def is_integer(value: Value) -> Sql:
    """Return the test that a mixed value is an integer now."""
    return q.equal(tag_of(value), q.string(t.TAGS[Kind.INTEGER]))


def comparable(session: Session, value: Value, at: int) -> Value:
    """Return a value fit for DISTINCT and grouping; refuse what SQL would tell apart otherwise.

    Not-a-number equals nothing, not even itself; SQL takes all of them for one, so it is an error.
    """
    inside = [value.type.item, *(field for _, field in value.type.fields)]
    inside += [member.item for member in value.type.members]
    if any(part is not None and has_two_numbers(part) for part in inside):
        hint = "Convert it with toFloat() or toString()."
        reason = "integers and floats are mixed in one column here"
        raise session.error(reason, at, hint)
    if value.type is not FLOAT or isinstance(value.sql, exp.Null):
        return value
    number = q.call("isnan", value.copy())
    sql = q.case([(number, q.raised("nan", session.place(at)))], value.copy())
    return replace(derive(sql, FLOAT, value), simple=value.simple)


def has_two_numbers(type_: t.Type) -> bool:
    """Tell whether a value may hold an integer or a float in the same place."""
    kinds = {member.kind for member in type_.members}
    if kinds >= t.NUMBERS:
        return True
    parts = [type_.item, *(field for _, field in type_.fields), *type_.members]
    return any(part is not None and has_two_numbers(part) for part in parts)
