"""Nodes and relationships in a fold: no table can be joined there, so their properties come along.

`reduce(t = 0, r IN relationships(p) | t + r.w)` folds records of the ids and of every property that
the body reads, gathered by one query over the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.joins import UnnestSource
from graphmodel.query.listing import list_rows
from graphmodel.query.types import INTEGER, Kind
from graphmodel.query.values import Value

if TYPE_CHECKING:
    from graphmodel.query.session import Context, Session
    from graphmodel.query.sqlparts import Sql
    from graphmodel.query.types import Type

_ID = "id"


class Carrier:
    """The properties that a body reads of the nodes or relationships of a list."""

    def __init__(self, session: Session, item: Type) -> None:
        """Start without any; `item` is the type of the list's items."""
        self._session = session
        self.item = item
        self.names: dict[str, tuple[str, Type]] = {}
        self._variable = ""

    def entity(self, variable: str) -> Value:
        """Return the node or relationship that a record of the fold stands for."""
        self._variable = variable
        id_ = q.call("struct_extract", q.bare(variable), q.string(_ID))
        return Value(id_, self.item, simple=True, carried=self)

    def property(self, name: str) -> Value | None:
        """Return a property out of the record; None where its types cannot meet in one place."""
        if not self.item.classes:
            return o.constant_null()
        if name not in self.names:
            graph = self._session.graph()
            blank = Value(q.cast(q.null(), self.item), self.item, graph=graph)
            found = graph.fetch(blank).property(name)
            if found is None:
                return None
            self.names[name] = (f"p{len(self.names)}", found[1])
        field, type_ = self.names[name]
        held = q.call("struct_extract", q.bare(self._variable), q.string(field))
        return Value(held, type_)


def carrier(session: Session, items: Value) -> Carrier | None:
    """Return who carries the properties of a list's items; None where they have none."""
    item = items.type.item
    if item is None or item.kind not in {Kind.NODE, Kind.RELATIONSHIP}:
        return None
    return Carrier(session, item)


def gathered(session: Session, items: Value, carried: Carrier | None, context: Context) -> Value:
    """Return the list as records of what is carried."""
    if carried is None:
        return items
    if context.lambda_:
        raise o.NeedsQuery
    graph = session.graph(context.graph)
    source = UnnestSource(session.aliases.next("u"), items)
    graph.add(source)
    value = Value(source.column("v"), carried.item, frozenset({source.alias}), graph=graph)
    fields: list[tuple[str, exp.Expression]] = [(_ID, value.copy())]
    kinds: list[tuple[str, Type]] = [(_ID, INTEGER)]
    for name, (field, type_) in carried.names.items():
        found = graph.fetch(value).property(name)
        held = q.null() if found is None else found[0]
        fields.append((field, q.cast(held, type_) if type_.kind is Kind.NULL else held))
        kinds.append((field, type_))
    made = t.list_of(t.map_of(kinds))
    empty = q.cast(exp.Array(expressions=[]), made)
    listed = list_rows(session, graph, q.record(fields), [source.column("o")])
    whole: Sql = q.call("coalesce", q.subquery(listed), empty)
    if items.nullable:
        whole = q.case([(q.is_null(items.copy()), q.cast(q.null(), made))], whole)
    return Value(whole, made, items.refs, items.nullable, items.raises, subquery=True)
