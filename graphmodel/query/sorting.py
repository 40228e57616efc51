"""`ORDER BY` over every type, nulls last ascending; and what DISTINCT may compare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.numbercompare import as_double, whole, written_number
from graphmodel.query.operators import sorted_keys
from graphmodel.query.refusals import Said
from graphmodel.query.types import FLOAT, Kind
from graphmodel.query.values import Value, coerce, derive, each, field_of, member_of, tag_of

if TYPE_CHECKING:
    from graphmodel.query import syntax as s
    from graphmodel.query.session import Session
    from graphmodel.query.sqlparts import Sql

_RANKS = {Kind.MAP: 0, Kind.LIST: 1, Kind.STRING: 2, Kind.BOOLEAN: 3}
_RANKS |= dict.fromkeys(t.NUMBERS, 4)


def sort_keys(session: Session, value: Value, key: s.SortKey) -> list[exp.Ordered]:
    """Return the SQL keys of one sort key."""
    constant = not value.subquery and value.sql.find(exp.Column) is None
    if constant or value.type.kind is Kind.NULL:
        return []
    if value.type.entity() or not sortable(value.type):
        reason = Said("refusal-no-order", type=value.type)
        raise session.error(reason, key.expression.at)
    return [
        exp.Ordered(this=part, desc=key.descending, nulls_first=key.descending)
        for part in order_parts(value)
    ]


def sortable(type_: t.Type) -> bool:
    """Tell whether the order of values of this type is known.

    Neo4j orders nodes, relationships and paths by numbers of its own.
    """
    if type_.entity():
        return False
    if any(max(key, default="") > "\uffff" for key, _ in type_.fields):
        return False  # Java orders such keys by halves of characters
    parts = [type_.item, *(field for _, field in type_.fields), *type_.members]
    return all(sortable(part) for part in parts if part is not None)


def order_parts(value: Value) -> list[Sql]:
    """Return the values that order a value: where it is mixed, its rank among kinds first."""
    if value.type.kind is Kind.MAP:
        return [order_key(value)]
    if value.type.kind is not Kind.MIXED:
        return [order_key(value)]
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
            parts.append(order_key(held))
    if numbers:
        doubles = [q.cast(number.copy(), FLOAT) for number in numbers]
        parts.append(q.call("coalesce", *doubles) if len(doubles) > 1 else numbers[0].copy())
        if len(doubles) > 1:
            parts.append(q.call("coalesce", *(_beyond_double(number) for number in numbers)))
    return parts


def plainly_ordered(type_: t.Type) -> bool:
    """Tell whether the database orders values of a type as Cypher does."""
    if type_.kind in {Kind.MAP, Kind.MIXED}:
        return False
    return type_.item is None or plainly_ordered(type_.item)


def _plain_key(value: Value) -> Sql:
    depth = list_depth(value.type)
    return q.marked(exp.Paren(this=value.copy()), q.ORDERED_LIST, depth) if depth else value.copy()


def list_depth(type_: t.Type) -> int:
    """Return how many lists stand in each other; 0 for what is no list."""
    return 0 if type_.item is None else 1 + list_depth(type_.item)


def order_key(value: Value) -> Sql:
    """Return one value that the database orders as Cypher orders `value`; null for null.

    Maps are ordered by size, by their keys, by their values in the order of the keys.
    """
    if plainly_ordered(value.type):
        return _plain_key(value)
    item = value.type.item
    if item is not None:
        items = each(value.copy(), item, lambda held: order_key(Value(held, item)))
        return q.marked(exp.Paren(this=items), q.ORDERED_LIST)
    if value.type.kind is Kind.MIXED:
        parts = order_parts(value)
    else:
        keys = sorted_keys(value)
        fields = sorted(value.type.fields)
        parts = [q.call("len", keys), keys.copy()]
        parts += [order_key(field_of(value, key, type_)) for key, type_ in fields]
    made = q.record((f"k{index}", part) for index, part in enumerate(parts))
    q.marked(made, q.ORDERED_RECORD)
    return q.case([(q.is_null(value.copy()), q.null())], made) if value.nullable else made


def _beyond_double(number: Value) -> Sql:
    """Return a number as an integer where a double may not tell it from its neighbours."""
    large = q.binary(exp.GT, q.call("abs", as_double(number)), q.number(2**53 - 1))
    exact = whole(number.copy()) if number.type is FLOAT else number.copy()
    return q.case([(large, exact)], None)


def same_key(value: Value) -> Sql:
    """Return what is equal in SQL where Cypher takes two values for one.

    1.0 is brought to 1, and the keys of maps into one order.
    """
    if not tells_apart(value.type):
        return value.copy()
    item = value.type.item
    if item is not None:
        return each(value.copy(), item, lambda held: same_key(Value(held, item)))
    if value.type.kind is Kind.MAP:
        parts = [(t.KEYS, sorted_keys(value))] if value.type.sparse else []
        for key, type_ in value.type.fields:
            parts.append((t.field_name(key), same_key(field_of(value, key, type_))))
        made = q.record(parts)
        return q.case([(q.is_null(value.copy()), q.cast(q.null(), value.type))], made)
    return q.case(_member_keys(value), value.copy())


def _member_keys(value: Value) -> list[tuple[Sql, Sql]]:
    """Return for each member of a mix that needs it the test and the key."""
    branches: list[tuple[Sql, Sql]] = []
    members = {member.kind: member for member in value.type.members}
    if members.keys() >= t.NUMBERS:
        number = member_of(value, members[Kind.FLOAT])
        size = q.call("abs", number.copy())
        fits = q.binary(exp.LT, size, q.cast(q.string("9223372036854775808"), FLOAT))
        cut = q.equal(q.call("trunc", number.copy()), number.copy())
        integer = q.cast(q.call("trunc", number.copy()), t.INTEGER)
        brought = Value(integer, t.INTEGER, nullable=False)
        test = q.both([q.equal(tag_of(value), q.string(t.TAGS[Kind.FLOAT])), fits, cut])
        branches.append((test, coerce(brought, value.type).sql))
    for kind in (Kind.LIST, Kind.MAP):
        if kind in members and tells_apart(members[kind]):
            held = Value(same_key(member_of(value, members[kind])), members[kind], nullable=False)
            test = q.equal(tag_of(value), q.string(t.TAGS[kind]))
            branches.append((test, coerce(held, value.type).sql))
    return branches


def order_record(value: Value, *, greatest: bool) -> Sql:
    """Return one value that compares as `order_parts` do, for the least and greatest of a mix.

    Of an integer and a float that are equal the integer is taken.
    """
    kept = order_parts(value)
    if value.type.kind is Kind.MIXED:
        integer = is_integer(value)
        kept.append(integer if greatest else q.negate(integer))
    return q.record((f"k{index}", part) for index, part in enumerate(kept))


def is_integer(value: Value) -> Sql:
    """Return the test that a mixed value is an integer now."""
    return q.equal(tag_of(value), q.string(t.TAGS[Kind.INTEGER]))


def comparable(session: Session, value: Value, at: int) -> Value:
    """Return a value fit for DISTINCT and grouping.

    Not-a-number equals nothing, not even itself; SQL takes all of them for one, so it is an error.
    """
    if isinstance(value.sql, exp.Null):
        return value
    number = _has_nan(value)
    if number is None:
        return value
    raised = q.raised("nan", session.place(at))
    sql = q.case([(number, raised)], value.copy())
    return replace(derive(sql, value.type, value), simple=value.simple)


def _has_nan(value: Value) -> Sql | None:
    """Return the test that a value is not a number, or holds one; None where it cannot."""
    type_ = value.type
    if type_ is FLOAT:
        return None if written_number(value.sql) is not None else q.call("isnan", value.copy())
    item = type_.item
    if item is not None:
        inside = _has_nan(Value(q.bare("x"), item))
        if inside is None:
            return None
        found = each(value.copy(), item, lambda held: _has_nan(Value(held, item)) or q.null())
        return q.call("list_contains", found, q.boolean(True))  # noqa: FBT003 (a value)
    held = [field_of(value, key, field) for key, field in type_.fields]
    held += [member_of(value, member) for member in type_.members]
    tests = [test for part in held if (test := _has_nan(part)) is not None]
    return q.either(q.call("coalesce", test, q.boolean(False)) for test in tests) if tests else None  # noqa: FBT003


def tells_apart(type_: t.Type) -> bool:
    """Tell whether SQL may take values of a type for different that Cypher takes for the same."""
    kinds = {member.kind for member in type_.members}
    if kinds >= t.NUMBERS or (type_.kind is Kind.MAP and type_.sparse and type_.fields):
        return True
    parts = [type_.item, *(field for _, field in type_.fields), *type_.members]
    return any(part is not None and tells_apart(part) for part in parts)
