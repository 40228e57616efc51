"""Join graphs: what one SELECT reads, the conditions between, and where properties come from.

A node is known by its id alone; its table joins only when a property is read (late fetch), once for
each node however often it is read. Sources are written down in an order chosen here, cheapest
first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.catalogue import ID_BITS
from graphmodel.query.values import Value, coerce

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.query.catalogue import Catalogue, Column, EdgeTable, NodeClass
    from graphmodel.query.sqlparts import Sql
    from graphmodel.query.types import Type


class Source(ABC):
    """One thing a SELECT reads. `outer` sources are joined by LEFT JOIN on `on`."""

    def __init__(self, alias: str, rows: float) -> None:
        """Keep the alias and the estimated number of rows."""
        self.alias = alias
        self.rows = rows
        self.outer = False
        self.on: list[Value] = []

    def column(self, name: str) -> Sql:
        """Return a column of this source."""
        return q.column(self.alias, name)

    @abstractmethod
    def sql(self) -> Sql:
        """Return the item of FROM."""


class StageSource(Source):
    """A finished step, written as a common table expression."""

    def __init__(self, alias: str, rows: float, name: str) -> None:
        """Keep the name of the step."""
        super().__init__(alias, rows)
        self.name = name

    def sql(self) -> Sql:
        """Return the name of the step under the alias."""
        return exp.Table(this=q.name(self.name), alias=q.table_alias(self.alias))


class UnnestSource(Source):
    """The elements of a list, numbered from 1: columns `v` and `o`."""

    def __init__(self, alias: str, items: Value) -> None:
        """Keep the list."""
        super().__init__(alias, 5)
        self.items = items

    def sql(self) -> Sql:
        """Return a lateral unnesting."""
        numbered = exp.Select(
            expressions=[
                q.alias(q.call("unnest", self.items.sql), "v"),
                q.alias(q.call("unnest", q.call("range", q.number(1), _length(self.items))), "o"),
            ]
        )
        return exp.Lateral(this=q.subquery(numbered), alias=q.table_alias(self.alias))


def _length(items: Value) -> Sql:
    return exp.Add(this=q.call("len", items.copy()), expression=q.number(1))


class TableSource(Source):
    """Tables read together under one set of property names: nodes of classes, or relationships.

    With more than one table (or with both directions) it is a UNION ALL of them; a property that
    one table lacks is null there, and one of differing types becomes a mix.
    """

    def __init__(
        self,
        alias: str,
        catalogue: Catalogue,
        tables: Iterable[NodeClass | EdgeTable],
        keys: tuple[str, ...],
        direction: str = "out",
    ) -> None:
        """Keep the tables and the id columns they share."""
        self.tables = list(tables)
        self.catalogue = catalogue
        self.keys = keys
        self.direction = direction
        rows = sum(catalogue.rows(table.table) for table in self.tables)
        super().__init__(alias, rows * (2 if direction == "both" else 1))
        self.properties: dict[str, tuple[str, Type]] = {}

    @property
    def single(self) -> bool:
        """Tell whether the source is one plain table."""
        return len(self.tables) == 1 and self.direction != "both"

    def nodes_at(self, column: str) -> int:
        """Return how many nodes may stand at one end of the relationships."""
        end = 0 if column == "_src" else 1
        classes = {pair[end] for edge in self.tables for pair in getattr(edge, "ends", ())}
        if self.direction == "both":
            classes |= {pair[1 - end] for edge in self.tables for pair in getattr(edge, "ends", ())}
        known = self.catalogue.classes
        return sum(self.catalogue.rows(known[number].table) for number in classes)

    def property_type(self, name: str) -> Type | None:
        """Return the type of a property over all tables; None where its types cannot meet."""
        found = [table.columns[name].type for table in self.tables if name in table.columns]
        return t.unify_all(found)

    def property(self, name: str) -> tuple[Sql, Type] | None:
        """Return column and type of a property, asking for it where it was not asked for yet."""
        type_ = self.property_type(name)
        if type_ is None:
            return None
        if self.single:
            physical = self.tables[0].columns.get(name)
            return (q.null(), t.NULL) if physical is None else (self.column(physical.name), type_)
        if name not in self.properties:
            self.properties[name] = (f"p{len(self.properties)}", type_)
        return self.column(self.properties[name][0]), type_

    def sql(self) -> Sql:
        """Return the table, or the union of the tables."""
        if self.single:
            return q.table(self.catalogue.namespace, self.tables[0].table, self.alias)
        parts: list[Sql] = []
        for table in self.tables:
            parts.append(self._select(table, self.keys))
            if self.direction == "both":
                swapped = self._select(table, ("_rid", "_dst", "_src"))
                parts.append(swapped.where(_not_a_loop(), copy=False))
        union: Sql = parts[0]
        for part in parts[1:]:
            union = exp.Union(this=union, expression=part, distinct=False)
        return exp.Subquery(this=union, alias=q.table_alias(self.alias))

    def _select(self, table: NodeClass | EdgeTable, keys: tuple[str, ...]) -> exp.Select:
        columns = [
            q.alias(exp.Column(this=q.name(physical)), shown)
            for physical, shown in zip(keys, self.keys, strict=True)
        ]
        for name, (shown, type_) in self.properties.items():
            columns.append(q.alias(_property(table.columns.get(name), type_), shown))
        db = exp.Identifier(this=self.catalogue.namespace, quoted=True)
        source = exp.Table(this=q.name(table.table), db=db if self.catalogue.namespace else None)
        return exp.Select(expressions=columns).from_(source, copy=False)


def _not_a_loop() -> Sql:
    return exp.NEQ(this=exp.Column(this=q.name("_src")), expression=exp.Column(this=q.name("_dst")))


def _property(physical: Column | None, type_: Type) -> Sql:
    if physical is None:
        return q.cast(q.null(), type_)
    column = exp.Column(this=q.name(physical.name))
    return coerce(Value(column, physical.type, simple=True), type_).sql


class PathSource(Source):
    """A variable-length pattern, written as a recursive common table expression.

    Columns `_src`, `_dst` and, where trails are kept, `_rids`. `start` is the query of the first
    hops, as long as it may still be narrowed.
    """

    def __init__(self, alias: str, rows: float, name: str, start: exp.Select | None = None) -> None:
        """Keep the name of the recursive step and its start."""
        super().__init__(alias, rows)
        self.name = name
        self.start = start

    def sql(self) -> Sql:
        """Return the name of the step under the alias."""
        return exp.Table(this=q.name(self.name), alias=q.table_alias(self.alias))


@dataclass(slots=True, eq=False)
class JoinGraph:
    """Sources and conditions of one SELECT; `parent` is the graph a subquery stands in."""

    catalogue: Catalogue
    aliases: Aliases
    parent: JoinGraph | None = None
    sources: list[Source] = field(default_factory=list)
    conditions: list[Value] = field(default_factory=list)
    _fetched: dict[str, TableSource] = field(default_factory=dict)

    def add(self, source: Source) -> Source:
        """Add a source."""
        self.sources.append(source)
        return source

    def require(self, value: Value) -> None:
        """Add a condition, one for each conjunct."""
        self.conditions.append(value)

    def node_scan(self, classes: Iterable[int]) -> tuple[Value, TableSource]:
        """Read all nodes of some classes; return the node and its source."""
        known = self.catalogue.classes
        numbers = sorted(classes)
        tables = [known[number] for number in numbers]
        source = TableSource(self.aliases.next("n"), self.catalogue, tables, ("_nid",))
        self.add(source)
        node = self.entity(source, "_nid", t.node_of(numbers))
        self._fetched[_key(node)] = source
        return node, source

    def entity(self, source: Source, column: str, type_: Type, *, nullable: bool = False) -> Value:
        """Return the node or relationship whose id is in a column of a source."""
        refs = frozenset({source.alias})
        return Value(source.column(column), type_, refs, nullable, simple=True, graph=self)

    def fetch(self, entity: Value) -> TableSource:
        """Return the tables that hold the properties of a node or relationship, joined once."""
        if isinstance(entity.source, TableSource):
            return entity.source
        key = _key(entity)
        if key not in self._fetched:
            self._fetched[key] = self._join_tables(entity)
        return self._fetched[key]

    def ends(self, link: Value) -> TableSource:
        """Return the tables that hold start and end (`_src`, `_dst`) of a relationship."""
        own = link.source
        if isinstance(own, TableSource) and own.direction != "both":
            return own
        key = f"ends {_key(link)}"
        if key not in self._fetched:
            self._fetched[key] = self._join_tables(link, ("_rid", "_src", "_dst"))
        return self._fetched[key]

    def _join_tables(self, entity: Value, keys: tuple[str, ...] = ()) -> TableSource:
        of_node = entity.type.kind is t.Kind.NODE
        known = self.catalogue.classes if of_node else self.catalogue.edge_numbers
        tables = [known[number] for number in sorted(entity.type.classes)]
        id_column = "_nid" if of_node else "_rid"
        source = TableSource(self.aliases.next("f"), self.catalogue, tables, keys or (id_column,))
        same = q.equal(source.column(id_column), entity.copy())
        condition = Value(same, t.BOOLEAN, entity.refs | {source.alias}, link=True)
        if entity.nullable:
            source.outer = True
            source.on.append(condition)
        else:
            self.conditions.append(condition)
        self.add(source)
        return source


def _key(entity: Value) -> str:
    column = entity.sql
    if isinstance(column, exp.Column) and column.args.get("table") is not None:
        return f"{column.table}.{column.name}"
    return entity.sql.sql()


class Aliases:
    """Gives out names that occur once in a whole statement."""

    def __init__(self) -> None:
        """Start at one."""
        self._count = 0

    def next(self, letter: str) -> str:
        """Return the next name."""
        self._count += 1
        return f"{letter}{self._count}"


def in_classes(id_: Sql, numbers: Iterable[int]) -> Sql:
    """Return the test that an id belongs to one of these classes (or types)."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return q.either(
        exp.Between(
            this=id_.copy(),
            low=q.number(first << ID_BITS),
            high=q.number(((last + 1) << ID_BITS) - 1),
        )
        for first, last in runs
    )
