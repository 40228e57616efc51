"""Records of a graph into tables: a class for each set of labels, types from the values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphmodel.errors import CypherError, UsageError
from graphmodel.model.schema_types import (
    GraphSchema,
    NodeType,
    Property,
    PropertyType,
    RelationshipType,
)
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.catalogue import (
    ID_BITS,
    Catalogue,
    Column,
    Degrees,
    EdgeTable,
    NodeClass,
)
from graphmodel.query.parameters import bind, types_of
from graphmodel.query.types import Kind, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

_PROPERTY_TYPES = {
    t.STRING: PropertyType.TEXT,
    t.INTEGER: PropertyType.INTEGER,
    t.FLOAT: PropertyType.FLOAT,
    t.BOOLEAN: PropertyType.BOOLEAN,
    t.list_of(t.STRING): PropertyType.TEXTS,
}


NO_TYPE = "\x01"
"""The type of the empty table that a graph without relationships has; no query can name it."""


@dataclass(slots=True)
class _Rows:
    """Rows of one table while they are read: id columns and the properties of each row."""

    keys: list[tuple[int, ...]]
    properties: list[Mapping[str, object]]

    def columns(self) -> dict[str, Column]:
        """Return a safe column name and the common type for each property."""
        seen: dict[str, dict[object, Type]] = {}
        for row in self.properties:
            for name, value in row.items():
                kind = type(value)
                found = seen.setdefault(name, {})
                if kind in found and _is_usual(kind, value):
                    continue
                type_ = _types({name: value})[name]
                found[kind if kind in _PLAIN else type_] = type_
        types = {name: _common(name, found.values()) for name, found in seen.items()}
        known = {name: type_ for name, type_ in types.items() if type_.kind is not Kind.NULL}
        return {name: Column(f"c{i}", type_) for i, (name, type_) in enumerate(known.items())}


_PLAIN = frozenset({bool, int, float, str})
_LEAST, _MOST = -(2**63), 2**63 - 1


def _is_usual(kind: type, value: Any) -> bool:  # noqa: ANN401 - any property
    """Tell whether a value has the type of its kind without a closer look."""
    if kind is str:
        return bool(value.isascii())
    return kind in {bool, float} or (kind is int and _LEAST <= value <= _MOST)


def _common(name: str, types: Iterable[Type]) -> Type:
    """Return the type that holds every value of a property."""
    common = t.NULL
    for type_ in types:
        if type_.kind is Kind.MAP or not _storable(type_):
            reason = f"Property {name} holds a value that no graph stores."
            raise UsageError(reason)
        joined = t.unify(common, type_)
        if joined is None:
            reason = f"Property {name} holds values of types that cannot meet."
            raise UsageError(reason)
        common = joined
    return common


def _types(row: Mapping[str, object]) -> dict[str, Type]:
    try:
        return types_of(row)
    except CypherError as error:
        reason = error.reason.replace("parameter $", "property ")
        reason = f"{reason[0].upper()}{reason[1:]}."
        raise UsageError(reason) from None


def _storable(type_: Type) -> bool:
    if type_.kind is Kind.LIST:
        return type_.item is not None and type_.item.kind is not Kind.LIST and _storable(type_.item)
    return type_.kind is not Kind.MAP


@dataclass(slots=True)
class Layout:
    """The tables of a graph read from records, not yet loaded."""

    catalogue: Catalogue
    rows: dict[str, _Rows]

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Create and fill the tables in the schema `graph`."""
        connection.execute("CREATE SCHEMA graph")
        for node in self.catalogue.nodes:
            _load(connection, node.table, ("_nid",), node.columns, self.rows[node.table])
        for edge in self.catalogue.edges:
            keys, rows = ("_rid", "_src", "_dst"), self.rows[edge.table]
            _load(connection, edge.table, keys, edge.columns, rows)
            self.catalogue.degrees[edge.table] = _degrees(rows)

    def schema(self) -> GraphSchema:
        """Return the inferred schema: the classes of one label are seen as one node type."""
        nodes: dict[str, dict[str, Property]] = {}
        for node in self.catalogue.nodes:
            for label in node.labels:
                found = nodes.setdefault(label, {})
                found.update({p.name: p for p in _properties(node.columns)})
        classes = self.catalogue.classes
        edges = []
        for edge in self.catalogue.edges:
            if edge.type == NO_TYPE:
                continue
            ends = sorted(
                {
                    (a, b)
                    for start, end in edge.ends
                    for a in classes[start].labels or ("",)
                    for b in classes[end].labels or ("",)
                }
            )
            edges.append(RelationshipType(edge.type, tuple(ends), tuple(_properties(edge.columns))))
        return GraphSchema.of(
            (NodeType(label, tuple(found.values())) for label, found in nodes.items()), edges
        )


def _properties(columns: Mapping[str, Column]) -> list[Property]:
    return [
        Property(name, _PROPERTY_TYPES.get(column.type, PropertyType.ANY))
        for name, column in columns.items()
    ]


def read_records(
    nodes: Iterable[Mapping[str, object]], relationships: Iterable[Mapping[str, object]]
) -> Layout:
    """Return the layout of a graph; an id given twice or an end that is missing is a UsageError."""
    groups: dict[tuple[str, ...], _Rows] = {}
    places: dict[object, tuple[str, ...]] = {}
    numbers: dict[object, int] = {}
    classed: dict[tuple[str, ...], int] = {}
    for record in nodes:
        identity, labels = record["id"], _labels(record)
        if identity in places:
            reason = f"Node {identity!r} is given twice."
            raise UsageError(reason)
        rows = groups.setdefault(labels, _Rows([], []))
        number = classed.setdefault(labels, len(classed) + 1)
        numbers[identity] = (number << ID_BITS) | len(rows.keys)
        rows.keys.append((numbers[identity],))
        rows.properties.append(_values(record))
        places[identity] = labels
    if not groups:
        groups[()] = _Rows([], [])  # an empty graph can be asked, too
    classes = tuple(
        NodeClass(number, labels, f"n{number}", rows.columns())
        for number, (labels, rows) in enumerate(groups.items(), start=1)
    )
    edges, edge_rows = _edges(relationships, numbers)
    tables = {f"n{i}": rows for i, rows in enumerate(groups.values(), start=1)} | edge_rows
    counts = {table: len(rows.keys) for table, rows in tables.items()}
    return Layout(Catalogue(classes, edges, strict=False, counts=counts), tables)


def _labels(record: Mapping[str, object]) -> tuple[str, ...]:
    labels = record.get("labels") or []
    if not isinstance(labels, list | tuple) or not all(isinstance(x, str) and x for x in labels):
        reason = f"The labels of node {record['id']!r} are no list of text."
        raise UsageError(reason)
    return tuple(dict.fromkeys(labels))


def _values(record: Mapping[str, object]) -> Mapping[str, object]:
    values: Any = record.get("properties") or {}
    return {str(name): value for name, value in values.items() if value is not None}


def _edges(
    relationships: Iterable[Mapping[str, object]], numbers: Mapping[object, int]
) -> tuple[tuple[EdgeTable, ...], dict[str, _Rows]]:
    groups: dict[str, _Rows] = {}
    ends: dict[str, set[tuple[int, int]]] = {}
    typed: dict[str, int] = {}
    seen: set[object] = set()
    for record in relationships:
        identity, type_ = record.get("id"), str(record["type"])
        if identity is not None and identity in seen:
            reason = f"Relationship {identity!r} is given twice."
            raise UsageError(reason)
        seen.add(identity)
        start, end = numbers.get(record["from"]), numbers.get(record["to"])
        if start is None or end is None:
            missing = record["from"] if start is None else record["to"]
            reason = f"Relationship {identity!r} names node {missing!r}, which is not there."
            raise UsageError(reason)
        if type_ not in groups:
            groups[type_], ends[type_], typed[type_] = _Rows([], []), set(), len(groups) + 1
        rows = groups[type_]
        rows.keys.append(((typed[type_] << ID_BITS) | len(rows.keys), start, end))
        rows.properties.append(_values(record))
        ends[type_].add((start >> ID_BITS, end >> ID_BITS))
    if not groups:
        groups[NO_TYPE], ends[NO_TYPE] = _Rows([], []), {(1, 1)}
    tables = tuple(
        EdgeTable(number, type_, f"e{number}", rows.columns(), frozenset(ends[type_]))
        for number, (type_, rows) in enumerate(groups.items(), start=1)
    )
    return tables, {f"e{i}": rows for i, rows in enumerate(groups.values(), start=1)}


def _degrees(rows: _Rows) -> Degrees:
    out = Counter(row[1] for row in rows.keys)
    back = Counter(row[2] for row in rows.keys)
    most = (max(counted.values(), default=0) for counted in (out, back))
    return Degrees(len(rows.keys), len(out), len(back), *most)


def _load(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    keys: tuple[str, ...],
    columns: Mapping[str, Column],
    rows: _Rows,
) -> None:
    import pyarrow as pa

    arrays = {
        key: pa.array([row[i] for row in rows.keys], pa.int64()) for i, key in enumerate(keys)
    }
    for name, column in columns.items():
        values = [row.get(name) for row in rows.properties]
        if column.type.kind not in _AS_THEY_ARE:
            values = [bind(value, column.type) for value in values]
        arrays[column.name] = pa.array(values, _arrow_type(column.type))
    declared = ", ".join(
        [f'"{key}" BIGINT' for key in keys]
        + [f'"{c.name}" {q.sql_type(c.type).sql(dialect="duckdb")}' for c in columns.values()]
    )
    connection.execute(f'CREATE TABLE graph."{table}" ({declared})')
    if rows.keys:
        connection.register("incoming", pa.table(arrays))
        connection.execute(f'INSERT INTO graph."{table}" SELECT * FROM incoming')  # noqa: S608
        connection.unregister("incoming")


_AS_THEY_ARE = frozenset({Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT, Kind.STRING})


def _arrow_type(type_: Type) -> object:
    import pyarrow as pa

    scalars = {
        Kind.BOOLEAN: pa.bool_(),
        Kind.INTEGER: pa.int64(),
        Kind.FLOAT: pa.float64(),
        Kind.STRING: pa.string(),
        Kind.NULL: pa.int32(),
    }
    if type_.kind in scalars:
        return scalars[type_.kind]
    if type_.kind is Kind.LIST and type_.item is not None:
        return pa.list_(_arrow_type(type_.item))
    fields = [("t", pa.string())]
    fields += [(t.TAGS[member.kind], _arrow_type(member)) for member in type_.members]
    return pa.struct(fields)
