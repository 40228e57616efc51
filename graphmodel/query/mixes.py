"""Mixed values as lists: what UNWIND makes of a value that may be a list or not."""

from __future__ import annotations

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.types import Kind
from graphmodel.query.values import Value, coerce, derive, member_of, tag_of


def listed_members(value: Value) -> Value:
    """Return a mixed value as a list: a list itself, null as no item, any other as one item."""
    items = []
    for member in value.type.members:
        held = member_of(value, member)
        if member.kind is not Kind.LIST:
            one = exp.Array(expressions=[held.sql])
            held = derive(one, t.list_of(member), held, nullable=False)
        items.append((member, held))
    type_ = t.unify_all(held.type for _, held in items)
    branches = [
        (q.equal(tag_of(value), q.string(t.TAGS[member.kind])), coerce(held, type_).sql)
        for member, held in items
    ]
    nothing = q.cast(exp.Array(expressions=[]), type_)
    return derive(q.case(branches, nothing), type_, value, nullable=False)
