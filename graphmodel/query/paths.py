"""Named paths: a record of the ids of their nodes and of their relationships, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.refusals import takes
from graphmodel.query.types import INTEGER, Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query import syntax as s
    from graphmodel.query.session import Context, Session
    from graphmodel.query.sqlparts import Sql
    from graphmodel.query.types import Type

NODES, LINKS = "n", "r"
"""Fields of the record."""


@dataclass(slots=True)
class Hop:
    """One relationship pattern of a path.

    A single relationship is `links` itself; of a variable length, `links` is the list of them,
    `nodes` the list of the nodes behind the first one, and `classes` what those can be.
    """

    links: Value
    nodes: Sql | None = None
    classes: frozenset[int] = frozenset()


def path_of(ends: Sequence[Value], hops: Sequence[Hop]) -> Value:
    """Return the path through these nodes of a pattern and the hops between them."""
    nodes, links = _Listed(), _Listed()
    nodes.add(ends[0].copy())
    classes: frozenset[int] = frozenset().union(*(end.type.classes for end in ends))
    kinds: frozenset[int] = frozenset()
    for end, hop in zip(ends[1:], hops, strict=True):
        if hop.nodes is None:
            nodes.add(end.copy())
            links.add(hop.links.copy())
        else:
            nodes.join(hop.nodes.copy())
            links.join(hop.links.copy())
            classes |= hop.classes
        kinds |= (hop.links.type.item or hop.links.type).classes
    of_nodes, of_links = t.list_of(t.node_of(classes)), t.list_of(t.relationship_of(kinds))
    sql = q.record([(NODES, nodes.sql(of_nodes)), (LINKS, links.sql(of_links))])
    type_ = t.Type(Kind.PATH, fields=((NODES, of_nodes), (LINKS, of_links)))
    return derive(sql, type_, *ends, *(hop.links for hop in hops), nullable=False)


class _Listed:
    """A list put together from single values and from whole lists."""

    def __init__(self) -> None:
        self._parts: list[Sql] = []

    def add(self, item: Sql) -> None:
        if not self._parts or not isinstance(self._parts[-1], exp.Array):
            self._parts.append(exp.Array(expressions=[]))
        self._parts[-1].append("expressions", item)

    def join(self, items: Sql) -> None:
        self._parts.append(items)

    def sql(self, type_: Type) -> Sql:
        if not self._parts:
            return q.cast(exp.Array(expressions=[]), type_)
        whole = self._parts[0]
        for part in self._parts[1:]:
            whole = q.call("list_concat", whole, part)
        return whole


def _part(session: Session, node: s.Call, value: Value, field: str) -> Value:
    if value.type.kind is Kind.NULL:
        return o.constant_null()
    if value.type.kind is not Kind.PATH:
        raise session.error(takes(node.name, "path", value.type), node.at)
    type_ = dict(value.type.fields)[field]
    if isinstance(value.sql, exp.Struct):
        written = {part.this.name: part.expression for part in value.sql.expressions}
        return derive(written[field].copy(), type_, value)
    return derive(q.call("struct_extract", value.copy(), q.string(field)), type_, value)


def nodes(session: Session, node: s.Call, _context: Context, value: Value) -> Value:
    """Return the nodes of a path, from its start."""
    return _part(session, node, value, NODES)


def relationships(session: Session, node: s.Call, _context: Context, value: Value) -> Value:
    """Return the relationships of a path, from its start."""
    return _part(session, node, value, LINKS)


def length(session: Session, node: s.Call, _context: Context, value: Value) -> Value:
    """Return how many relationships a path has."""
    links = _part(session, node, value, LINKS)
    if links.type.kind is Kind.NULL:
        return links
    return derive(q.cast(q.call("len", links.copy()), INTEGER), INTEGER, links)
